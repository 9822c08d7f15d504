//! Traces of the service's requests, sent by OTLP over HTTP to where the variables of OpenTelemetry say.
//!
//! The exporter works on a thread of its own and reads the rest of its variables itself (OpenTelemetry Environment Variable
//! Specification: endpoint, headers, timeout, sampler, batches). What cannot be sent is told in the log and lost.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::{Failure, render};
use crate::api::spans;

/// Traces under way: when this is dropped, they have been sent.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send, as the service called `name`.
    pub(super) fn start(name: &str) -> Result<Self, Failure> {
        let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
        let exporter = exporter.map_err(|error| Failure::Usage(format!("traces cannot be exported: {error}")))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(name.to_owned()).with_attribute(version).build();
        Ok(Self(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build()))
    }

    /// Takes the service's own spans, and nobody else's: what a library traces may hold anything.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("trialogue"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let is_ours = filter_fn(|metadata| metadata.is_span() && metadata.target() == spans::TARGET);
        layer.with_filter(is_ours.with_max_level_hint(LevelFilter::INFO))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            render::complain(&format!("some traces could not be sent: {error}"));
        }
    }
}
