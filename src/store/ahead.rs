//! Reading ahead: what a call will likely ask a server for, begun while other questions are under way. A file answers at once, so that
//! nothing is gained by asking it early.

use super::{Store, StoreError};
use crate::domain::experiment::{Experiment, ExperimentId};
use crate::domain::run::RunId;

impl Store {
    /// Reads runs that [`Store::runs_by_id`] will be asked for in this call.
    pub async fn read_runs_ahead(&self, ids: &[RunId]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Mlflow(store) => store.runs_by_id(ids).await.map(drop),
        }
    }

    /// An experiment as it was seen a moment ago, for who knows from elsewhere that it is there still: its name may have changed since.
    #[must_use]
    pub fn experiment_seen(&self, id: &ExperimentId) -> Option<Experiment> {
        match self {
            Self::Sqlite(_) => None,
            Self::Mlflow(store) => store.experiment_seen(id),
        }
    }

    /// Remembers an experiment for [`Store::experiment_seen`].
    pub fn see_experiment(&self, experiment: &Experiment) {
        match self {
            Self::Sqlite(_) => {}
            Self::Mlflow(store) => store.see_experiment(experiment),
        }
    }

    /// Reads whole histories that [`Store::metric_histories`] will be asked for in this call, of these runs in this order. What fails
    /// is told there.
    pub async fn read_histories_ahead(&self, ids: &[RunId], metrics: &[String]) {
        match self {
            Self::Sqlite(_) => {}
            Self::Mlflow(store) => store.read_histories_ahead(ids, metrics).await,
        }
    }
}
