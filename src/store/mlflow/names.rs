//! Names of metrics and parameters, from runs that were read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::memory::Depth;
use super::search::{Pages, Scope};
use super::snapshot::Snapshot;
use super::{MlflowStore, ranking, search, snapshot};
use crate::domain::experiment::{ExperimentId, View};
use crate::domain::filter::{Clause, Comparison, Field, Filter, Test, TextMatch};
use crate::domain::run::RunTable;
use crate::store::{StoreError, TableQuery};

impl MlflowStore {
    pub(in crate::store) async fn metric_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(among, Snapshot::metric_keys).await
    }

    pub(in crate::store) async fn param_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(among, Snapshot::param_keys).await
    }

    pub(in crate::store) async fn metric_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        Ok(sorted(self.newest(id).await?.metric_keys()))
    }

    pub(in crate::store) async fn param_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        Ok(sorted(self.newest(id).await?.param_keys()))
    }

    pub(in crate::store) async fn metric_counts(&self, id: &ExperimentId) -> Result<Vec<(String, u64)>, StoreError> {
        let summaries = self.newest(id).await?.metric_summaries();
        Ok(summaries.into_iter().map(|summary| (summary.key, summary.runs)).collect())
    }

    async fn newest(&self, id: &ExperimentId) -> Result<Arc<Snapshot>, StoreError> {
        let newest = self.at_hand(id, Depth::Newest, self.client.deadline()).await?;
        self.tell_of_cut(usize::from(!newest.is_complete()));
        Ok(newest)
    }

    fn tell_of_cut(&self, experiments: usize) {
        if experiments > 0 {
            self.tell(format!("names were looked up in the newest {} runs of {experiments} large experiments", search::RUNS_A_PAGE));
        }
    }

    pub(in crate::store) async fn logs_metric(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        let test = Test::Number(Comparison::Ne, ranking::LOGGED_BY_NOBODY);
        self.has(id, Clause { field: Field::Metric(key.to_owned()), test }, Snapshot::metric_keys).await
    }

    pub(in crate::store) async fn has_param(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        let test = Test::Text(TextMatch::Like, "%".to_owned());
        self.has(id, Clause { field: Field::Param(key.to_owned()), test }, Snapshot::param_keys).await
    }

    /// Whether a run has the key, which `clause` then finds: the runs that were read or the newest mostly tell.
    async fn has(&self, id: &ExperimentId, clause: Clause, keys: fn(&Snapshot) -> &[String]) -> Result<bool, StoreError> {
        let hint = (id.clone(), clause.field.to_string());
        if self.memory.shows(id, &clause.field) || self.hints.is_logged(&hint) {
            return Ok(true);
        }
        let is_logged = self.has_by_question(id, clause, keys).await?;
        if is_logged {
            self.hints.keep_logged(hint);
        }
        Ok(is_logged)
    }

    async fn has_by_question(&self, id: &ExperimentId, clause: Clause, keys: fn(&Snapshot) -> &[String]) -> Result<bool, StoreError> {
        let deadline = self.client.deadline();
        let glimpse = self.at_hand(id, Depth::Glimpse, deadline).await?;
        let (Field::Metric(key) | Field::Param(key)) = &clause.field else { return Ok(false) };
        if glimpse.is_complete() || keys(&glimpse).contains(key) {
            return Ok(keys(&glimpse).contains(key));
        }
        let filter = Filter { clauses: vec![clause] };
        let Ok(scope) = Scope::new(std::slice::from_ref(id), &filter, &[], View::ActiveOnly) else { return Ok(false) };
        match Pages::new(self, scope, None).next(1, deadline).await {
            Ok(found) => Ok(!found.is_empty()),
            // No key that this server knows how to read.
            Err(fault) if fault.is_bad_question() => Ok(false),
            Err(fault) => Err(self.client.explain(fault)),
        }
    }

    pub(in crate::store) async fn few_runs(&self, id: &ExperimentId) -> Result<Option<RunTable>, StoreError> {
        let glimpse = self.at_hand(id, Depth::Glimpse, self.client.deadline()).await?;
        let query = TableQuery { experiment_ids: vec![id.clone()], ..TableQuery::default() };
        Ok(glimpse.is_complete().then(|| snapshot::table(&query, &[glimpse])))
    }

    /// The keys of experiments, from their newest runs: an experiment's runs mostly log the same.
    async fn keys(&self, ids: &[ExperimentId], of: fn(&Snapshot) -> &[String]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        let deadline = self.client.deadline();
        let snapshots = self.snapshots(ids, Depth::Newest, deadline).await?;
        let mut keys: BTreeMap<&str, Vec<ExperimentId>> = BTreeMap::new();
        let mut cut = 0;
        for (id, snapshot) in ids.iter().zip(&snapshots) {
            cut += usize::from(!snapshot.is_complete());
            for key in of(snapshot) {
                keys.entry(key).or_default().push(id.clone());
            }
        }
        self.tell_of_cut(cut);
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
