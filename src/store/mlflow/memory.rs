//! What one call of a tool has read from the server, so that it is not asked for again before the call ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::client::Deadline;
use super::fault::Fault;
use super::histories::Histories;
use super::snapshot::Snapshot;
use super::{MlflowStore, ranking, search, side_by_side};
use crate::domain::experiment::{ExperimentId, Lifecycle};
use crate::domain::filter::Field;
use crate::domain::run::{Run, RunId};
use crate::store::StoreError;

/// Whole runs that are kept.
const RUNS_KEPT: usize = 200;

/// Experiments by id; who comes second waits for the first to have read one.
type Snapshots = HashMap<(ExperimentId, Depth), Arc<OnceCell<Arc<Snapshot>>>>;

/// Whole histories of one metric, by whose they are.
type Asked = (Vec<RunId>, String);

/// What one call of a tool has read so far, and what it left out.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) keeps: Keeps,
    snapshots: Mutex<Snapshots>,
    /// Whole runs, a few.
    runs: Mutex<HashMap<RunId, Run>>,
    /// Histories that were read ahead.
    histories: Mutex<HashMap<Asked, Result<Histories, Fault>>>,
    omissions: Mutex<Vec<String>>,
}

/// Whether snapshots are kept for the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Keeps {
    #[default]
    Nothing,
    Snapshots,
}

/// How much of an experiment a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Depth {
    All,
    /// A page of the newest runs.
    Newest,
    /// A few of the newest runs, which cost little.
    Glimpse,
}

impl MlflowStore {
    /// Remembers what was left out.
    pub(super) fn tell(&self, omission: String) {
        if self.memory.keeps == Keeps::Nothing {
            return;
        }
        let mut omissions = self.memory.omissions.lock().unwrap_or_else(PoisonError::into_inner);
        if !omissions.contains(&omission) {
            omissions.push(omission);
        }
    }

    pub(super) async fn snapshots(&self, ids: &[ExperimentId], depth: Depth, deadline: Deadline) -> Result<Vec<Arc<Snapshot>>, StoreError> {
        side_by_side(ids.iter().map(|id| self.snapshot(id, depth, deadline)).collect()).await
    }

    pub(super) async fn snapshot(&self, id: &ExperimentId, depth: Depth, deadline: Deadline) -> Result<Arc<Snapshot>, StoreError> {
        if self.memory.keeps == Keeps::Nothing {
            return self.read(id, depth, deadline).await;
        }
        if let Some(known) = self.remembered(id) {
            return Ok(known);
        }
        let cell = Arc::clone(self.memory.lock_snapshots().entry((id.clone(), depth)).or_default());
        let snapshot = cell.get_or_try_init(|| self.read(id, depth, deadline)).await?;
        Ok(Arc::clone(snapshot))
    }

    async fn read(&self, id: &ExperimentId, depth: Depth, deadline: Deadline) -> Result<Arc<Snapshot>, StoreError> {
        Ok(Arc::new(match depth {
            Depth::All => Snapshot::read(self, id, deadline).await?,
            Depth::Newest => Snapshot::read_newest(self, id, search::RUNS_A_PAGE, deadline).await?,
            Depth::Glimpse => Snapshot::read_newest(self, id, ranking::A_GLIMPSE, deadline).await?,
        }))
    }

    /// How many values this call keeps.
    pub(super) fn values_kept(&self) -> usize {
        self.memory.lock_snapshots().values().filter_map(|cell| cell.get()).map(|snapshot| snapshot.values()).sum()
    }

    /// All of an experiment, if this call has read that much of it.
    pub(super) fn remembered(&self, id: &ExperimentId) -> Option<Arc<Snapshot>> {
        let known = [Depth::All, Depth::Newest, Depth::Glimpse].map(|depth| self.memory.snapshot(id, depth));
        let [all, others @ ..] = known;
        all.or_else(|| others.into_iter().flatten().find(|snapshot| snapshot.is_complete()))
    }

    /// As [`MlflowStore::snapshot`], or a deeper one that this call has read.
    pub(super) async fn at_hand(&self, id: &ExperimentId, depth: Depth, deadline: Deadline) -> Result<Arc<Snapshot>, StoreError> {
        match (depth, self.memory.snapshot(id, Depth::Newest)) {
            (Depth::Glimpse, Some(newest)) => Ok(newest),
            (Depth::All | Depth::Newest | Depth::Glimpse, _) => self.snapshot(id, depth, deadline).await,
        }
    }
}

impl Memory {
    /// One that keeps what is read.
    pub(super) fn keeping() -> Self {
        Self { keeps: Keeps::Snapshots, ..Self::default() }
    }

    pub(super) fn omissions(&self) -> Vec<String> {
        self.omissions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a run for who asks for it again.
    pub(super) fn keep(&self, run: &Run) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if self.keeps == Keeps::Snapshots && runs.len() < RUNS_KEPT {
            runs.insert(run.id.clone(), run.clone());
        }
    }

    pub(super) fn run(&self, id: &RunId) -> Option<Run> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether one of the runs that were read is an active one of the experiment that logs the field's key.
    pub(super) fn shows(&self, id: &ExperimentId, field: &Field) -> bool {
        let logs = |run: &Run| match field {
            Field::Metric(key) => run.metric(key).is_some(),
            Field::Param(key) => run.param(key).is_some(),
            Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_) => false,
        };
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.values().any(|run| run.experiment_id == *id && run.lifecycle == Lifecycle::Active && logs(run))
    }

    /// Keeps what was read ahead for who will ask for it.
    pub(super) fn keep_histories(&self, asked: Asked, histories: Result<Histories, Fault>) {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, histories);
    }

    /// Gives away what was read ahead.
    pub(super) fn take_histories(&self, asked: &Asked) -> Option<Result<Histories, Fault>> {
        self.histories.lock().unwrap_or_else(PoisonError::into_inner).remove(asked)
    }

    fn snapshot(&self, id: &ExperimentId, depth: Depth) -> Option<Arc<Snapshot>> {
        self.lock_snapshots().get(&(id.clone(), depth)).and_then(|cell| cell.get()).cloned()
    }

    fn lock_snapshots(&self) -> std::sync::MutexGuard<'_, Snapshots> {
        // A panic between lock and unlock leaves a good map: nothing in between can half-change it.
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
