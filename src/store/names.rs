//! Whether a name is there, asked in the cheapest way that the store has.

use super::{Store, StoreError, TableQuery};
use crate::domain::experiment::ExperimentId;
use crate::domain::run::RunTable;

impl Store {
    /// Whether an active run of the experiment logs exactly this metric. A server may say no to a key that its filters cannot spell.
    pub async fn logs_metric(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.logs_metric(id, key).await,
            Self::Mlflow(store) => store.logs_metric(id, key).await,
        }
    }

    /// As [`Store::logs_metric`], of a parameter.
    pub async fn has_param(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(store) => store.has_param(id, key).await,
            Self::Mlflow(store) => store.has_param(id, key).await,
        }
    }

    /// Metric keys of an experiment's active runs with how many runs logged each, ordered by key; on a server, of the newest runs
    /// where there are many.
    pub async fn metric_counts(&self, id: &ExperimentId) -> Result<Vec<(String, u64)>, StoreError> {
        match self {
            Self::Sqlite(store) => Ok(store.metric_summaries(id).await?.into_iter().map(|summary| (summary.key, summary.runs)).collect()),
            Self::Mlflow(store) => store.metric_counts(id).await,
        }
    }

    /// All active runs of the experiment, newest first, where reading them costs little.
    pub async fn few_runs(&self, id: &ExperimentId) -> Result<Option<RunTable>, StoreError> {
        let query = TableQuery { experiment_ids: vec![id.clone()], ..TableQuery::default() };
        match self {
            Self::Sqlite(store) => store.run_table(&query).await.map(Some),
            Self::Mlflow(store) => store.few_runs(id).await,
        }
    }
}
