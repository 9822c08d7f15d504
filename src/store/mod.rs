//! Where experiments live: MLflow's own SQLite file, read and written natively, or an MLflow server.
//!
//! A store knows filters, orders and pages; it does not know tools, models or who asks. Both stores give the same answers over
//! the same data.

mod ahead;
mod artifacts;
mod curves;
pub mod demo;
pub mod mlflow;
mod names;
mod page;
mod ranking;
mod refusals;
pub mod sqlite;

use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::domain::experiment::{Experiment, ExperimentId, NewExperiment, View};
use crate::domain::filter::{ExperimentFilter, ExperimentOrder, Filter, RunOrder};
use crate::domain::run::{Run, RunId, RunStatus, RunTable};
use crate::domain::time::Timestamp;
pub use curves::{HistoryQuery, MetricCurve};
use mlflow::MlflowStore;
pub use ranking::{MetricRanking, RankedRun, RankingCounts, RankingQuery};
use sqlite::SqliteStore;

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store at that place, or it may not be opened.
    #[error("{0}")]
    Unavailable(String),
    /// It is in use for longer than we wait: another process holds the lock, or the server turns requests away.
    #[error("{0}")]
    Busy(String),
    /// The server did not answer in time.
    #[error("{0}")]
    TimedOut(String),
    /// The server does not let us in.
    #[error("{0}")]
    Denied(String),
    /// It is no MLflow store, or one that is too old or damaged.
    #[error("{0}")]
    Foreign(String),
    /// A write that the store's rules forbid, such as a taken name.
    #[error("{0}")]
    Conflict(String),
    /// A write of which nobody knows whether it was done.
    #[error("{0}")]
    Uncertain(String),
    /// A write to a store that was opened for reading only.
    #[error("the tracking store is open for reading only, so nothing can be written to it")]
    ReadOnly,
    /// A query that the store cannot answer, such as a page token of another query.
    #[error("{0}")]
    InvalidQuery(String),
    /// What was named is not there.
    #[error("{0}")]
    NotFound(String),
    /// What was named lies where this store cannot read.
    #[error("{0}")]
    OutOfReach(String),
    /// Anything else, with the driver's own words.
    #[error("the tracking store failed: {0}")]
    Internal(String),
}

/// Where in a listing to go on; opaque to callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToken(pub String);

/// A part of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// How many rows the whole listing has; absent where the store cannot count.
    pub total: Option<u64>,
    /// Where the next page begins; absent on the last.
    pub next: Option<PageToken>,
}

/// A question for experiments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExperimentQuery {
    /// Which must hold; empty for all.
    pub filter: ExperimentFilter,
    /// Sort keys; MLflow's default (newest first) fills what is left open.
    pub order_by: Vec<ExperimentOrder>,
    /// Which lifecycle stages.
    pub view: View,
    /// Rows of one page, at least 1.
    pub max_results: usize,
    /// Where to go on.
    pub page_token: Option<PageToken>,
}

/// A question for runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunQuery {
    /// Where to look.
    pub experiment_ids: Vec<ExperimentId>,
    /// Which must hold; empty for all.
    pub filter: Filter,
    /// Sort keys; MLflow's default (newest first) fills what is left open.
    pub order_by: Vec<RunOrder>,
    /// Which lifecycle stages.
    pub view: View,
    /// Rows of one page, at least 1.
    pub max_results: usize,
    /// Where to go on.
    pub page_token: Option<PageToken>,
    /// Whether [`Page::total`] is wanted, which costs a server more than the page.
    pub count: Count,
}

/// What of a listing is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// All that fit.
    #[default]
    All,
    /// Nothing that the page itself does not tell.
    Nothing,
}

/// A question for a few columns of many runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableQuery {
    /// Where to look; active runs only.
    pub experiment_ids: Vec<ExperimentId>,
    /// Which must hold; empty for all.
    pub filter: Filter,
    /// Metric columns, latest values.
    pub metric_keys: Vec<String>,
    /// Parameter columns.
    pub param_keys: Vec<String>,
    /// How many of the runs.
    pub reach: Reach,
}

/// How much of an experiment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// All of it, as far as the store allows.
    #[default]
    All,
    /// What a store reads at once: a file all of it, a server a page of the newest runs. With a filter, as `All`.
    Newest,
}

/// What is logged under one metric key in an experiment's active runs.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSummary {
    /// The key.
    pub key: String,
    /// Runs that logged it, NaN included.
    pub runs: u64,
    /// Runs whose latest value is NaN.
    pub nan: u64,
    /// Lowest latest value that is not NaN.
    pub min: Option<f64>,
    /// Highest latest value that is not NaN.
    pub max: Option<f64>,
}

/// What is logged under one parameter key in an experiment's active runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamSummary {
    /// The key.
    pub key: String,
    /// Runs that logged it.
    pub runs: u64,
    /// How many different texts.
    pub distinct: u64,
    /// The commonest texts with their counts, commonest first, at most [`PARAM_VALUES_SHOWN`].
    pub values: Vec<(String, u64)>,
}

/// How many of a parameter's values a summary lists.
pub const PARAM_VALUES_SHOWN: usize = 20;

/// How many tag values of an experiment's runs are read.
pub const TAG_VALUES_READ: usize = 1000;

/// How many active runs stand in each status.
pub type StatusCounts = std::collections::BTreeMap<RunStatus, u64>;

/// Whether the store may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Never writes, not even a journal.
    ReadOnly,
    /// Reads and writes; the file must exist.
    ReadWrite,
    /// Reads and writes; makes the file, in the schema of MLflow 2.9, where there is none.
    Create,
}

/// A tracking store. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub enum Store {
    /// MLflow's own SQLite file.
    Sqlite(SqliteStore),
    /// An MLflow server.
    Mlflow(MlflowStore),
}

impl Store {
    /// The store as one call of a tool uses it: what a server was asked once is not asked again before the call ends.
    #[must_use]
    pub fn for_one_call(&self) -> Self {
        match self {
            Self::Sqlite(_) => self.clone(),
            Self::Mlflow(store) => Self::Mlflow(store.for_one_call()),
        }
    }

    /// What was left out of the answers since [`Store::for_one_call`], at which bound.
    #[must_use]
    pub fn omissions(&self) -> Vec<String> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Mlflow(store) => store.omissions(),
        }
    }

    /// Experiments, a page of them.
    pub async fn experiments(&self, query: &ExperimentQuery) -> Result<Page<Experiment>, StoreError> {
        match self {
            Self::Sqlite(store) => store.experiments(query).await,
            Self::Mlflow(store) => store.experiments(query).await,
        }
    }

    /// One experiment, deleted ones too.
    pub async fn experiment(&self, id: &ExperimentId) -> Result<Option<Experiment>, StoreError> {
        match self {
            Self::Sqlite(store) => store.experiment(id).await,
            Self::Mlflow(store) => store.experiment(id).await,
        }
    }

    /// Makes an experiment and gives its id.
    pub async fn create_experiment(&self, new: &NewExperiment) -> Result<ExperimentId, StoreError> {
        match self {
            Self::Sqlite(store) => store.create_experiment(new).await,
            Self::Mlflow(store) => store.create_experiment(new).await,
        }
    }

    /// Active runs of each experiment by status, in the order of `ids`.
    pub async fn status_counts(&self, ids: &[ExperimentId]) -> Result<Vec<StatusCounts>, StoreError> {
        match self {
            Self::Sqlite(store) => store.status_counts(ids).await,
            Self::Mlflow(store) => store.status_counts(ids).await,
        }
    }

    /// When the last active run of each experiment began, in the order of `ids`.
    pub async fn last_starts(&self, ids: &[ExperimentId]) -> Result<Vec<Option<Timestamp>>, StoreError> {
        match self {
            Self::Sqlite(store) => store.last_starts(ids).await,
            Self::Mlflow(store) => store.last_starts(ids).await,
        }
    }

    /// Texts that the tags of an experiment's active runs hold, with their keys: people's own tags and `mlflow.user`, at most
    /// [`TAG_VALUES_READ`].
    pub async fn run_tag_values(&self, id: &ExperimentId) -> Result<Vec<(String, String)>, StoreError> {
        match self {
            Self::Sqlite(store) => store.run_tag_values(id).await,
            Self::Mlflow(store) => store.run_tag_values(id).await,
        }
    }

    /// Whole runs, a page of them.
    pub async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, StoreError> {
        match self {
            Self::Sqlite(store) => store.runs(query).await,
            Self::Mlflow(store) => store.runs(query).await,
        }
    }

    /// Whole runs by id, in the order of `ids`; unknown ids are left out. Deleted ones too.
    pub async fn runs_by_id(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError> {
        match self {
            Self::Sqlite(store) => store.runs_by_id(ids).await,
            Self::Mlflow(store) => store.runs_by_id(ids).await,
        }
    }

    /// A few columns of all active runs that pass a filter.
    pub async fn run_table(&self, query: &TableQuery) -> Result<RunTable, StoreError> {
        match self {
            Self::Sqlite(store) => store.run_table(query).await,
            Self::Mlflow(store) => store.run_table(query).await,
        }
    }

    /// Metric keys of an experiment's active runs with their ranges, ordered by key.
    pub async fn metric_summaries(&self, id: &ExperimentId) -> Result<Vec<MetricSummary>, StoreError> {
        match self {
            Self::Sqlite(store) => store.metric_summaries(id).await,
            Self::Mlflow(store) => store.metric_summaries(id).await,
        }
    }

    /// Parameter keys of an experiment's active runs with their values, ordered by key.
    pub async fn param_summaries(&self, id: &ExperimentId) -> Result<Vec<ParamSummary>, StoreError> {
        match self {
            Self::Sqlite(store) => store.param_summaries(id).await,
            Self::Mlflow(store) => store.param_summaries(id).await,
        }
    }

    /// Every metric key that active runs of these experiments log, with those that log it.
    pub async fn metric_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        match self {
            Self::Sqlite(store) => store.metric_keys(among).await,
            Self::Mlflow(store) => store.metric_keys(among).await,
        }
    }

    /// Every parameter key that active runs of these experiments log, with those that log it.
    pub async fn param_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        match self {
            Self::Sqlite(store) => store.param_keys(among).await,
            Self::Mlflow(store) => store.param_keys(among).await,
        }
    }

    /// Metric keys of one experiment's active runs, in order.
    pub async fn metric_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(store) => store.metric_keys_of(id).await,
            Self::Mlflow(store) => store.metric_keys_of(id).await,
        }
    }

    /// Parameter keys of one experiment's active runs, in order.
    pub async fn param_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Sqlite(store) => store.param_keys_of(id).await,
            Self::Mlflow(store) => store.param_keys_of(id).await,
        }
    }

    /// Histories of one metric, in the order of the runs asked for.
    pub async fn metric_histories(&self, query: &HistoryQuery) -> Result<Vec<MetricCurve>, StoreError> {
        match self {
            Self::Sqlite(store) => store.metric_histories(query).await,
            Self::Mlflow(store) => store.metric_histories(query).await,
        }
    }

    /// Files and folders in a folder of a run's artifacts, by path; none where the run has no artifacts.
    pub async fn artifacts(&self, run: &Run, folder: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
        match self {
            Self::Sqlite(store) => store.artifacts(run, folder).await,
            Self::Mlflow(store) => store.artifacts(run, folder).await,
        }
    }

    /// The first `at_most` bytes of a file of a run.
    pub async fn read_artifact(&self, run: &Run, file: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
        match self {
            Self::Sqlite(store) => store.read_artifact(run, file, at_most).await,
            Self::Mlflow(store) => store.read_artifact(run, file, at_most).await,
        }
    }
}
