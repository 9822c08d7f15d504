//! Where to begin to look, from what was found before: how many runs a search had, and which value the best of them reached.
//!
//! Nothing is answered from here. A hint that no longer holds costs a request or two more.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use super::search::Scope;

/// Hints of each kind that are kept.
const KEPT: usize = 1_000;

/// What was found, by search.
#[derive(Debug, Default)]
pub(super) struct Hints {
    counts: Mutex<HashMap<Scope, u64>>,
    bounds: Mutex<HashMap<(Scope, usize), f64>>,
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
}

fn found<K: Eq + Hash, V: Copy>(hints: &Mutex<HashMap<K, V>>, key: &K) -> Option<V> {
    hints.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
}

fn keep<K: Eq + Hash, V>(hints: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut hints = hints.lock().unwrap_or_else(PoisonError::into_inner);
    if hints.len() >= KEPT {
        hints.clear();
    }
    hints.insert(key, value);
}
