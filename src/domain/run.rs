//! Runs: single training executions with parameters, metrics and tags.

use std::fmt;

use super::experiment::{ExperimentId, Lifecycle, Tag};
use super::metric::Metric;
use super::time::Timestamp;

/// MLflow's run id: 32 hexadecimal digits in MLflow's own stores, opaque text here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// MLflow's run status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RunStatus {
    /// Training, or its client died without saying so.
    Running,
    /// Waiting to start.
    Scheduled,
    /// Ended well.
    Finished,
    /// Ended with an error.
    Failed,
    /// Ended from outside.
    Killed,
}

impl RunStatus {
    /// All, in MLflow's order.
    pub const ALL: [Self; 5] = [Self::Running, Self::Scheduled, Self::Finished, Self::Failed, Self::Killed];

    /// MLflow's name, as its filters and tables spell it.
    #[must_use]
    pub fn mlflow_name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }

    /// The status that MLflow calls `name`.
    #[must_use]
    pub fn from_mlflow_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.mlflow_name() == name)
    }
}

/// A hyperparameter of a run; MLflow keeps every value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// At most 250 characters.
    pub key: String,
    /// At most 8,000 characters.
    pub value: String,
}

/// One run with the latest value of each of its metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its name, not unique; empty on runs of very old clients.
    pub name: String,
    /// Where it belongs.
    pub experiment_id: ExperimentId,
    /// How it stands.
    pub status: RunStatus,
    /// In use or deleted.
    pub lifecycle: Lifecycle,
    /// Who started it, where known.
    pub user: Option<String>,
    /// When it began; absent where the client sent none.
    pub start: Option<Timestamp>,
    /// When it ended; absent while it runs.
    pub end: Option<Timestamp>,
    /// Where its artifacts lie.
    pub artifact_uri: String,
    /// Parameters, ordered by key.
    pub params: Vec<Param>,
    /// Latest value of each metric, ordered by key.
    pub metrics: Vec<Metric>,
    /// Labels, ordered by key.
    pub tags: Vec<Tag>,
}

impl Run {
    /// The latest value of the metric `key`; NaN is a value.
    #[must_use]
    pub fn metric(&self, key: &str) -> Option<f64> {
        self.metrics.iter().find(|metric| metric.key == key).map(|metric| metric.value)
    }

    /// The text of the parameter `key`.
    #[must_use]
    pub fn param(&self, key: &str) -> Option<&str> {
        self.params.iter().find(|param| param.key == key).map(|param| param.value.as_str())
    }

    /// The value of the tag `key`.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
    }
}

/// A narrow read of many runs: who they are, and the metric and parameter columns asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunTable {
    /// The columns of `RunRow::metrics`.
    pub metric_keys: Vec<String>,
    /// The columns of `RunRow::params`.
    pub param_keys: Vec<String>,
    /// Active runs, newest first (start descending, then id ascending: MLflow's default order).
    pub rows: Vec<RunRow>,
    /// False where the store stopped reading at a bound.
    pub complete: bool,
}

/// One run of a [`RunTable`].
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub experiment_id: ExperimentId,
    /// How it stands.
    pub status: RunStatus,
    /// When it began.
    pub start: Option<Timestamp>,
    /// When it ended; absent while it runs.
    pub end: Option<Timestamp>,
    /// Latest values, one a metric column; `Some(NaN)` was logged, `None` was not.
    pub metrics: Vec<Option<f64>>,
    /// Texts, one a parameter column.
    pub params: Vec<Option<String>>,
}
