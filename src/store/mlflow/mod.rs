//! An MLflow Tracking Server, read and written over its REST API 2.0.
//!
//! For servers from 2.9 on, under any path prefix. What no server can filter, sort or count is completed here within stated
//! bounds; what a bound left out is told, see `MlflowStore::omissions`. MLflow's JSON is known to `wire` alone, sending to
//! `client`, and which version answers what to `conditions` and `histories`.

mod breaker;
mod client;
mod conditions;
mod experiments;
mod fault;
mod histories;
mod probe;
mod retry;
mod search;
mod settings;
mod snapshot;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::client::{Client, Deadline, Question};
use self::fault::Fault;
use self::probe::Version;
use self::search::{Pages, Scope};
use self::snapshot::Snapshot;
use self::wire::{FilesReply, RunReply};
use super::artifacts::{is_folder as artifact_is_folder, missing as no_such_artifact};
use super::{
    ExperimentQuery, HistoryQuery, MetricCurve, MetricSummary, Page, ParamSummary, RunQuery, StatusCounts, StoreError, TableQuery,
};
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::domain::experiment::{Experiment, ExperimentId, NewExperiment, View};
use crate::domain::filter::{Attribute, Field, Filter, RunOrder, SortDirection};
use crate::domain::run::{Run, RunId, RunTable};
use crate::domain::time::Timestamp;

pub use probe::Finding;
pub use settings::{Credentials, Settings};

/// Questions of one call at a time.
const AT_A_TIME: usize = 6;

/// How long a version is believed: a server may be replaced by a newer one.
const VERSION_KEPT: Duration = Duration::from_secs(60);

/// An MLflow Tracking Server. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct MlflowStore {
    client: Arc<Client>,
    workspace: Option<String>,
    version: Arc<Mutex<Option<(Version, Instant)>>>,
    memory: Arc<Memory>,
}

/// Experiments by id; who comes second waits for the first to have read one.
type Snapshots = HashMap<(ExperimentId, Depth), Arc<OnceCell<Arc<Snapshot>>>>;

/// What one call of a tool has read so far, and what it left out.
#[derive(Debug, Default)]
struct Memory {
    keeps: Keeps,
    snapshots: Mutex<Snapshots>,
    omissions: Mutex<Vec<String>>,
}

/// Whether snapshots are kept for the next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Keeps {
    #[default]
    Nothing,
    Snapshots,
}

/// How much of an experiment a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Depth {
    All,
    Newest,
}

impl MlflowStore {
    /// A client for the server; asks nothing yet.
    pub fn new(settings: Settings) -> Result<Self, StoreError> {
        Ok(Self {
            client: Arc::new(Client::new(&settings)?),
            workspace: settings.workspace,
            version: Arc::default(),
            memory: Arc::default(),
        })
    }

    /// The server's address, without a user that may stand in it.
    #[must_use]
    pub fn address(&self) -> String {
        self.client.address().shown()
    }

    pub(super) fn for_one_call(&self) -> Self {
        match self.memory.keeps {
            // A call within a call shares what was read.
            Keeps::Snapshots => self.clone(),
            Keeps::Nothing => {
                let memory = Memory { keeps: Keeps::Snapshots, ..Memory::default() };
                Self { memory: Arc::new(memory), ..self.clone() }
            }
        }
    }

    pub(super) fn omissions(&self) -> Vec<String> {
        self.memory.omissions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers what was left out.
    fn tell(&self, omission: String) {
        if self.memory.keeps == Keeps::Nothing {
            return;
        }
        let mut omissions = self.memory.omissions.lock().unwrap_or_else(PoisonError::into_inner);
        if !omissions.contains(&omission) {
            omissions.push(omission);
        }
    }

    async fn version(&self, deadline: Deadline) -> Result<Version, StoreError> {
        self.version_or_fault(deadline).await.map_err(|fault| self.client.explain(fault))
    }

    async fn version_or_fault(&self, deadline: Deadline) -> Result<Version, Fault> {
        let known = *self.version.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, _)) = known.filter(|(_, at)| at.elapsed() < VERSION_KEPT) {
            return Ok(version);
        }
        let version = probe::version(self, deadline).await?;
        *self.version.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, Instant::now()));
        Ok(version)
    }

    pub(super) async fn experiments(&self, query: &ExperimentQuery) -> Result<Page<Experiment>, StoreError> {
        experiments::search_experiments(self, query, self.client.deadline()).await
    }

    pub(super) async fn experiment(&self, id: &ExperimentId) -> Result<Option<Experiment>, StoreError> {
        experiments::experiment(self, id, self.client.deadline()).await
    }

    pub(super) async fn create_experiment(&self, new: &NewExperiment) -> Result<ExperimentId, StoreError> {
        experiments::create_experiment(self, new, self.client.deadline()).await
    }

    pub(super) async fn status_counts(&self, ids: &[ExperimentId]) -> Result<Vec<StatusCounts>, StoreError> {
        let snapshots = self.snapshots(ids, Depth::All, self.client.deadline()).await?;
        Ok(snapshots.iter().map(|snapshot| snapshot.status_counts()).collect())
    }

    pub(super) async fn last_starts(&self, ids: &[ExperimentId]) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let deadline = self.client.deadline();
        side_by_side(ids.iter().map(|id| self.last_start(id, deadline)).collect()).await
    }

    /// One run, the newest.
    async fn last_start(&self, id: &ExperimentId, deadline: Deadline) -> Result<Option<Timestamp>, StoreError> {
        if let Some(known) = self.remembered(id) {
            return Ok(known.last_start());
        }
        let newest = RunOrder { field: Field::Attribute(Attribute::StartTime), direction: SortDirection::Descending };
        let scope = Scope::new(std::slice::from_ref(id), &Filter::default(), &[newest], View::ActiveOnly)?;
        let found = Pages::new(self, scope, None).next(1, deadline).await.map_err(|fault| self.client.explain(fault))?;
        Ok(found.first().and_then(|found| Timestamp::from_mlflow(found.start)))
    }

    pub(super) async fn run_tag_values(&self, id: &ExperimentId) -> Result<Vec<(String, String)>, StoreError> {
        Ok(self.snapshot(id, Depth::All, self.client.deadline()).await?.tag_values())
    }

    pub(super) async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, StoreError> {
        search::search_runs(self, query, self.client.deadline()).await
    }

    pub(super) async fn runs_by_id(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError> {
        let deadline = self.client.deadline();
        let runs = side_by_side(ids.iter().map(|id| self.run(id, deadline)).collect()).await?;
        Ok(runs.into_iter().flatten().collect())
    }

    async fn run(&self, id: &RunId, deadline: Deadline) -> Result<Option<Run>, StoreError> {
        let question = Question::get("api/2.0/mlflow/runs/get", vec![("run_id", id.0.clone())]);
        match self.client.ask::<RunReply>(&question, deadline).await {
            Ok(reply) => Ok(reply.run.into_run().map(|found| found.run)),
            // An id that no run can have is refused as a bad question.
            Err(fault) if fault.is_missing() || fault.is_bad_question() => Ok(None),
            Err(fault) => Err(self.client.explain(fault)),
        }
    }

    pub(super) async fn run_table(&self, query: &TableQuery) -> Result<RunTable, StoreError> {
        let deadline = self.client.deadline();
        if !query.filter.clauses.is_empty() {
            return snapshot::filtered_table(self, query, deadline).await;
        }
        let mut ids = query.experiment_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        Ok(snapshot::table(query, &self.snapshots(&ids, Depth::All, deadline).await?))
    }

    pub(super) async fn metric_summaries(&self, id: &ExperimentId) -> Result<Vec<MetricSummary>, StoreError> {
        Ok(self.snapshot(id, Depth::All, self.client.deadline()).await?.metric_summaries())
    }

    pub(super) async fn param_summaries(&self, id: &ExperimentId) -> Result<Vec<ParamSummary>, StoreError> {
        Ok(self.snapshot(id, Depth::All, self.client.deadline()).await?.param_summaries())
    }

    pub(super) async fn metric_keys(&self) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(Snapshot::metric_keys).await
    }

    pub(super) async fn param_keys(&self) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        self.keys(Snapshot::param_keys).await
    }

    pub(super) async fn metric_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        let snapshot = self.snapshot(id, Depth::All, self.client.deadline()).await?;
        Ok(sorted(snapshot.metric_keys()))
    }

    pub(super) async fn param_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
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

    async fn snapshots(&self, ids: &[ExperimentId], depth: Depth, deadline: Deadline) -> Result<Vec<Arc<Snapshot>>, StoreError> {
        side_by_side(ids.iter().map(|id| self.snapshot(id, depth, deadline)).collect()).await
    }

    async fn snapshot(&self, id: &ExperimentId, depth: Depth, deadline: Deadline) -> Result<Arc<Snapshot>, StoreError> {
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
            Depth::Newest => Snapshot::read_newest(self, id, deadline).await?,
        }))
    }

    /// How many values this call keeps.
    fn values_kept(&self) -> usize {
        self.memory.lock_snapshots().values().filter_map(|cell| cell.get()).map(|snapshot| snapshot.values()).sum()
    }

    /// All of an experiment, if this call has read that much of it.
    fn remembered(&self, id: &ExperimentId) -> Option<Arc<Snapshot>> {
        let snapshots = self.memory.lock_snapshots();
        let known = |depth| snapshots.get(&(id.clone(), depth)).and_then(|cell| cell.get()).cloned();
        known(Depth::All).or_else(|| known(Depth::Newest).filter(|snapshot| snapshot.is_complete()))
    }

    pub(super) async fn metric_histories(&self, query: &HistoryQuery) -> Result<Vec<MetricCurve>, StoreError> {
        histories::metric_histories(self, query, self.client.deadline()).await
    }

    pub(super) async fn artifacts(&self, run: &Run, folder: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
        let mut query = vec![("run_id", run.id.0.clone())];
        if !folder.is_root() {
            query.push(("path", folder.as_str().to_owned()));
        }
        let question = Question::get("api/2.0/mlflow/artifacts/list", query);
        let reply: FilesReply = self.client.ask(&question, self.client.deadline()).await.map_err(|fault| self.client.explain(fault))?;
        let artifacts = reply.into_artifacts();
        // A server answers with nothing to the name of a folder that is not there.
        if artifacts.is_empty() && !folder.is_root() { Err(no_such_artifact(folder)) } else { Ok(artifacts) }
    }

    /// `get-artifact` stands outside of the API's paths, and streams from any artifact store that the server reaches.
    pub(super) async fn read_artifact(&self, run: &Run, file: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
        let question = Question::get("get-artifact", vec![("run_id", run.id.0.clone()), ("path", file.as_str().to_owned())]);
        match self.client.bytes(&question, self.client.deadline(), at_most).await {
            Ok(answer) => Ok(ArtifactHead { size: answer.is_whole.then_some(answer.body.len() as u64), bytes: answer.body }),
            Err(fault) if fault.is_missing() || fault.is_unknown_call() => Err(no_such_artifact(file)),
            Err(fault) => {
                // Servers answer 500 to the name of a folder.
                match self.artifacts(run, file).await {
                    Ok(_) => Err(artifact_is_folder(file)),
                    Err(StoreError::NotFound(message)) => Err(StoreError::NotFound(message)),
                    Err(_) => Err(self.client.explain(fault)),
                }
            }
        }
    }
}

impl Memory {
    fn lock_snapshots(&self) -> std::sync::MutexGuard<'_, Snapshots> {
        // A panic between lock and unlock leaves a good map: nothing in between can half-change it.
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks a few questions at a time, and gives the answers in the order of the questions, or the first failure.
async fn side_by_side<F, T, E>(questions: Vec<F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    stream::iter(questions).buffered(AT_A_TIME).try_collect().await
}

fn sorted(keys: &[String]) -> Vec<String> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys
}
