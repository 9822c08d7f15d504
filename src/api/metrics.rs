//! Figures about the service for Prometheus, in the OpenMetrics text format.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::text`].
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted. A label never holds what a client wrote: routes are those of the table.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    turns: Family<TurnLabels, Counter>,
    turn_seconds: Histogram,
    connections: Gauge,
    refused_connections: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    end: &'static str,
}

/// How a turn of a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TurnEnd {
    /// With an answer.
    Answered,
    /// With words that say why there is none.
    NotAnswered,
    /// With a problem.
    Failed,
    /// The client went away.
    Cancelled,
}

impl TurnEnd {
    /// A word for logs and figures.
    #[must_use]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotAnswered => "not_answered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("trialogue");
        let requests = Family::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        // From a millisecond to half a minute.
        let seconds: Family<RouteLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16)));
        registry.register_with_unit("http_request_duration", "Time from request to answer", Unit::Seconds, seconds.clone());
        let under_way = Gauge::default();
        registry.register("http_requests_under_way", "Requests being answered", under_way.clone());
        let turns = Family::default();
        registry.register("chat_turns", "Turns of conversations, by how they ended", turns.clone());
        let turn_seconds = Histogram::new(exponential_buckets(0.001, 2.0, 18));
        registry.register_with_unit("chat_turn_duration", "Time that turns took", Unit::Seconds, turn_seconds.clone());
        let connections = Gauge::default();
        registry.register("connections", "Open connections", connections.clone());
        let refused_connections = Counter::default();
        registry.register("connections_refused", "Connections turned away because too many were open", refused_connections.clone());
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        Self { registry, requests, seconds, under_way, turns, turn_seconds, connections, refused_connections }
    }
}

impl Metrics {
    /// Counts a request that begins, until the value is dropped.
    #[must_use]
    pub(super) fn begin(&self) -> Counted {
        Counted::new(&self.under_way)
    }

    /// Counts a connection that opens, until the value is dropped.
    #[must_use]
    pub(super) fn connect(&self) -> Counted {
        Counted::new(&self.connections)
    }

    /// Counts a connection that is turned away.
    pub(super) fn refuse_connection(&self) {
        self.refused_connections.inc();
    }

    /// Counts a request that was answered.
    pub(super) fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let labels = RequestLabels { route: route.to_owned(), method: method.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// Counts a turn that ended.
    pub(super) fn turn_ended(&self, end: TurnEnd, took: Duration) {
        self.turns.get_or_create(&TurnLabels { end: end.name() }).inc();
        self.turn_seconds.observe(took.as_secs_f64());
    }

    /// The figures as text.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut written = String::new();
        // Writing into a string does not fail.
        let _ = text::encode(&mut written, &self.registry);
        written
    }
}

/// One more, until it is dropped.
#[derive(Debug)]
pub(super) struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let metrics = Metrics::default();
        let under_way = metrics.begin();
        metrics.answered("/healthz", "GET", 200, Duration::from_millis(3));
        let text = metrics.text();
        assert!(text.contains("trialogue_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1"), "{text}");
        assert!(text.contains("trialogue_http_requests_under_way 1"), "{text}");
        drop(under_way);
        assert!(metrics.text().contains("trialogue_http_requests_under_way 0"));
    }
}
