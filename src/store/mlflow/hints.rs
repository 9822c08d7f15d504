//! Where to begin to look, from what was found before: how many runs a search had, which value the best of them reached, which keys
//! an experiment logs and what it is called, and which histories are short.
//!
//! No number is answered from here. A hint that no longer holds costs a request or two more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::search::Scope;
use crate::domain::experiment::{Experiment, ExperimentId};
use crate::domain::run::RunId;

/// Hints of each kind that are kept.
const KEPT: usize = 1_000;

/// For how long a key that was logged is taken to be so still, unless a search finds otherwise.
const KEY_KEPT: Duration = Duration::from_secs(60);

/// For how long an experiment is taken to be called as it was.
const EXPERIMENT_KEPT: Duration = Duration::from_secs(10);

/// What was found, by search.
#[derive(Debug, Default)]
pub(super) struct Hints {
    counts: Mutex<HashMap<Scope, u64>>,
    bounds: Mutex<HashMap<(Scope, usize), f64>>,
    /// By `metrics.f1` and the like, when each was last seen.
    keys: Mutex<HashMap<(ExperimentId, String), Instant>>,
    /// When each was last seen.
    experiments: Mutex<HashMap<ExperimentId, (Arc<Experiment>, Instant)>>,
    /// Whether the history of a run's metric came in one page.
    histories: Mutex<HashMap<(RunId, String), bool>>,
}

impl Hints {
    /// How many runs the search had.
    pub(super) fn count(&self, scope: &Scope) -> Option<u64> {
        found(&self.counts, scope)
    }

    pub(super) fn keep_count(&self, scope: Scope, count: u64) {
        keep(&self.counts, scope, count);
    }

    /// The value that so many runs of a sorted search reached.
    pub(super) fn bound(&self, search: &(Scope, usize)) -> Option<f64> {
        found(&self.bounds, search)
    }

    pub(super) fn keep_bound(&self, search: (Scope, usize), bound: f64) {
        keep(&self.bounds, search, bound);
    }

    /// Whether the experiment logged the field's key lately.
    pub(super) fn is_logged(&self, field: &(ExperimentId, String)) -> bool {
        found(&self.keys, field).is_some_and(|at| at.elapsed() < KEY_KEPT)
    }

    pub(super) fn keep_logged(&self, field: (ExperimentId, String)) {
        keep(&self.keys, field, Instant::now());
    }

    /// No run with the key was found where one would be the first.
    pub(super) fn forget_logged(&self, field: &(ExperimentId, String)) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(field);
    }

    /// The experiment as it was seen a moment ago.
    pub(super) fn experiment(&self, id: &ExperimentId) -> Option<Arc<Experiment>> {
        let (experiment, at) = found(&self.experiments, id)?;
        (at.elapsed() < EXPERIMENT_KEPT).then_some(experiment)
    }

    pub(super) fn keep_experiment(&self, experiment: &Experiment) {
        keep(&self.experiments, experiment.id.clone(), (Arc::new(experiment.clone()), Instant::now()));
    }

    /// Whether the history of the run's metric was short when it was last read.
    pub(super) fn is_short(&self, history: &(RunId, String)) -> bool {
        found(&self.histories, history).unwrap_or(false)
    }

    pub(super) fn keep_short(&self, history: (RunId, String), is_short: bool) {
        keep(&self.histories, history, is_short);
    }
}

fn found<K: Eq + Hash, V: Clone>(hints: &Mutex<HashMap<K, V>>, key: &K) -> Option<V> {
    hints.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<K: Eq + Hash, V>(hints: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut hints = hints.lock().unwrap_or_else(PoisonError::into_inner);
    if hints.len() >= KEPT {
        hints.clear();
    }
    hints.insert(key, value);
}
