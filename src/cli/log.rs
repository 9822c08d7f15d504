//! Log lines of the service, on standard error, and its traces where they are wanted.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use super::Failure;
use crate::config::{LogFormat, LogLevel, ServiceConfig};

/// Logging under way: when this is dropped, what was traced has been sent.
#[derive(Debug)]
#[must_use]
pub(super) struct Logging {
    #[cfg(feature = "otel")]
    _traces: Option<super::traces::Traces>,
}

/// Starts logging as configured; the first to do so decides for the process.
pub(super) fn start(config: &ServiceConfig) -> Result<Logging, Failure> {
    let subscriber = tracing_subscriber::registry().with(lines(config));
    #[cfg(feature = "otel")]
    let traces = config.traces.as_deref().map(super::traces::Traces::start).transpose()?;
    #[cfg(feature = "otel")]
    let subscriber = subscriber.with(traces.as_ref().map(super::traces::Traces::layer));
    // Whoever set a logger up before us keeps it.
    let _ = subscriber.try_init();
    #[cfg(not(feature = "otel"))]
    if config.traces.is_some() {
        tracing::warn!("no traces are exported: this program was built without the feature `otel`");
    }
    Ok(Logging {
        #[cfg(feature = "otel")]
        _traces: traces,
    })
}

fn lines(config: &ServiceConfig) -> impl Layer<Registry> + Send + Sync + use<> {
    let level = match config.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let is_terminal = std::io::stderr().is_terminal();
    let format = config.log_format.unwrap_or(if is_terminal { LogFormat::Text } else { LogFormat::Json });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    // The protocol's library tells of each request three times, which our own line does once.
    let library = if level == LevelFilter::DEBUG { LevelFilter::DEBUG } else { LevelFilter::WARN.min(level) };
    let most = move |target: &str| if target.starts_with("rmcp") { library } else { level };
    // A line says all that it has to say: spans are for traces.
    lines.with_filter(
        filter_fn(move |metadata| metadata.is_event() && *metadata.level() <= most(metadata.target())).with_max_level_hint(level),
    )
}
