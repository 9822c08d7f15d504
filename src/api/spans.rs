//! Spans of requests and of the calls within, for whoever follows a request through several services (OpenTelemetry).
//!
//! Without the feature `otel` there are none. Where they go is decided in `cli`. Like a line of log, a span holds neither the
//! query nor any header.

use axum::http::HeaderMap;
#[cfg(feature = "otel")]
use axum::http::HeaderName;
use tracing::Span;

/// The target of these spans, which tells them from those of other crates.
pub const TARGET: &str = "trialogue::spans";

/// The span of a request, a child of the one that its `traceparent` names (W3C Trace Context). None for health, which is asked
/// all the time.
#[cfg(feature = "otel")]
pub(super) fn of_request(method: &str, route: &str, id: &str, headers: &HeaderMap) -> Span {
    use opentelemetry::propagation::TextMapPropagator;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use tracing::field::Empty;
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    if route == "/healthz" || route == "/readyz" {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        trialogue.tool = Empty,
        trialogue.request_id = id,
    );
    if !span.is_disabled() {
        // Fails only where nobody takes spans.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Sent(headers)));
    }
    span
}

/// The span of a call of `tool`, whose name the span of the request gets too.
#[cfg(feature = "otel")]
pub(super) fn of_call(tool: &'static str) -> Span {
    Span::current().record("trialogue.tool", tool);
    tracing::info_span!(target: TARGET, "call", otel.name = format!("call {tool}"), trialogue.tool = tool)
}

/// Tells the span of a request what came of it.
#[cfg(feature = "otel")]
pub(super) fn finish(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The headers of a request, as a propagator reads them.
#[cfg(feature = "otel")]
struct Sent<'a>(&'a HeaderMap);

#[cfg(feature = "otel")]
impl opentelemetry::propagation::Extractor for Sent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// No span.
#[cfg(not(feature = "otel"))]
pub(super) fn of_request(_method: &str, _route: &str, _id: &str, _headers: &HeaderMap) -> Span {
    Span::none()
}

/// No span.
#[cfg(not(feature = "otel"))]
pub(super) fn of_call(_tool: &'static str) -> Span {
    Span::none()
}

/// Nobody to tell.
#[cfg(not(feature = "otel"))]
pub(super) fn finish(_span: &Span, _status: u16) {}
