//! Names of metrics and parameters, from runs that were read.

use std::collections::BTreeMap;

use super::memory::Depth;
use super::snapshot::Snapshot;
use super::{MlflowStore, experiments, search};
use crate::domain::experiment::ExperimentId;
use crate::store::StoreError;

impl MlflowStore {
    pub(in crate::store) async fn metric_keys(&self) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(Snapshot::metric_keys).await
    }

    pub(in crate::store) async fn param_keys(&self) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(Snapshot::param_keys).await
    }

    pub(in crate::store) async fn metric_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        let snapshot = self.snapshot(id, Depth::All, self.client.deadline()).await?;
        Ok(sorted(snapshot.metric_keys()))
    }

    pub(in crate::store) async fn param_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        let snapshot = self.snapshot(id, Depth::All, self.client.deadline()).await?;
        Ok(sorted(snapshot.param_keys()))
    }

    /// The keys of all active experiments, from their newest runs: an experiment's runs mostly log the same.
    async fn keys(&self, of: fn(&Snapshot) -> &[String]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        let deadline = self.client.deadline();
        let ids = experiments::active_ids(self, deadline).await?;
        let snapshots = self.snapshots(&ids, Depth::Newest, deadline).await?;
        let mut keys: BTreeMap<&str, Vec<ExperimentId>> = BTreeMap::new();
        let mut cut = 0;
        for (id, snapshot) in ids.iter().zip(&snapshots) {
            cut += usize::from(!snapshot.is_complete());
            for key in of(snapshot) {
                keys.entry(key).or_default().push(id.clone());
            }
        }
        if cut > 0 {
            self.tell(format!("names were looked up in the newest {} runs of {cut} large experiments", search::RUNS_A_PAGE));
        }
        let by_number = |id: &ExperimentId| id.0.parse::<i64>().ok();
        Ok(keys
            .into_iter()
            .map(|(key, mut ids)| {
                ids.sort_by_key(by_number);
                (key.to_owned(), ids)
            })
            .collect())
    }
}

fn sorted(keys: &[String]) -> Vec<String> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys
}
