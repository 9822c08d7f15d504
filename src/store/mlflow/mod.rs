//! An MLflow Tracking Server, read and written over its REST API 2.0.
//!
//! For servers from 2.9 on, under any path prefix. What no server can filter, sort or count is completed here within stated
//! bounds; what a bound left out is told, see `MlflowStore::omissions`. MLflow's JSON is known to `wire` alone, sending to
//! `client`, and which version answers what to `conditions` and `histories`.

mod breaker;
mod client;
mod conditions;
mod count;
mod experiments;
mod fault;
mod hints;
mod histories;
mod memory;
mod names;
mod probe;
mod ranking;
mod retry;
mod search;
mod settings;
mod snapshot;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use self::client::{Client, Deadline, Question};
use self::fault::Fault;
use self::hints::Hints;
use self::memory::{Depth, Keeps, Memory};
use self::probe::Version;
use self::search::{Pages, Scope};
use self::wire::{FilesReply, RunReply};
use super::artifacts::{is_folder as artifact_is_folder, missing as no_such_artifact};
use super::{
    ExperimentQuery, HistoryQuery, MetricCurve, MetricSummary, Page, ParamSummary, Reach, RunQuery, StatusCounts, StoreError, TableQuery,
};
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::domain::experiment::{Experiment, ExperimentId, NewExperiment, View};
use crate::domain::filter::{Attribute, Clause, Field, Filter, RunOrder, SortDirection, Test, TextMatch};
use crate::domain::run::{Run, RunId, RunStatus, RunTable};
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
    hints: Arc<Hints>,
}

impl MlflowStore {
    /// A client for the server; asks nothing yet.
    pub fn new(settings: Settings) -> Result<Self, StoreError> {
        Ok(Self {
            client: Arc::new(Client::new(&settings)?),
            workspace: settings.workspace,
            version: Arc::default(),
            memory: Arc::default(),
            hints: Arc::default(),
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
            Keeps::Nothing => Self { memory: Arc::new(Memory::keeping()), ..self.clone() },
        }
    }

    pub(super) fn omissions(&self) -> Vec<String> {
        self.memory.omissions()
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
        let deadline = self.client.deadline();
        side_by_side(ids.iter().map(|id| self.status_count(id, deadline)).collect()).await
    }

    async fn status_count(&self, id: &ExperimentId, deadline: Deadline) -> Result<StatusCounts, StoreError> {
        let newest = self.at_hand(id, Depth::Newest, deadline).await?;
        if newest.is_complete() {
            return Ok(newest.status_counts());
        }
        let mut counts = StatusCounts::new();
        for status in RunStatus::ALL {
            let test = Test::Text(TextMatch::Eq, status.mlflow_name().to_owned());
            let filter = Filter { clauses: vec![Clause { field: Field::Attribute(Attribute::Status), test }] };
            let scope = Scope::new(std::slice::from_ref(id), &filter, &[], View::ActiveOnly)?;
            match count::count(self, &scope, None, deadline).await.map_err(|fault| self.client.explain(fault))? {
                Some(0) => {}
                Some(count) => drop(counts.insert(status, count)),
                None => return Ok(self.snapshot(id, Depth::All, deadline).await?.status_counts()),
            }
        }
        Ok(counts)
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
        if let Some(known) = self.memory.run(id) {
            return Ok(Some(known));
        }
        let question = Question::get("api/2.0/mlflow/runs/get", vec![("run_id", id.0.clone())]);
        match self.client.ask::<RunReply>(&question, deadline).await {
            Ok(reply) => {
                let run = reply.run.into_run().map(|found| found.run);
                run.iter().for_each(|run| self.memory.keep(run));
                Ok(run)
            }
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
        let depth = match query.reach {
            Reach::All => Depth::All,
            Reach::Newest => Depth::Newest,
        };
        Ok(snapshot::table(query, &self.snapshots(&ids, depth, deadline).await?))
    }

    pub(super) async fn metric_summaries(&self, id: &ExperimentId) -> Result<Vec<MetricSummary>, StoreError> {
        Ok(self.snapshot(id, Depth::All, self.client.deadline()).await?.metric_summaries())
    }

    pub(super) async fn param_summaries(&self, id: &ExperimentId) -> Result<Vec<ParamSummary>, StoreError> {
        Ok(self.snapshot(id, Depth::All, self.client.deadline()).await?.param_summaries())
    }

    pub(in crate::store) fn experiment_seen(&self, id: &ExperimentId) -> Option<Experiment> {
        self.hints.experiment(id).map(|experiment| experiment.as_ref().clone())
    }

    pub(in crate::store) fn see_experiment(&self, experiment: &Experiment) {
        self.hints.keep_experiment(experiment);
    }

    pub(in crate::store) async fn read_histories_ahead(&self, runs: &[RunId], metrics: &[String]) {
        let deadline = self.client.deadline();
        let histories = metrics.iter().map(|key| histories::read_ahead(self, runs, key, deadline));
        futures_util::future::join_all(histories).await;
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

/// Asks a few questions at a time, and gives the answers in the order of the questions, or the first failure.
async fn side_by_side<F, T, E>(questions: Vec<F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    stream::iter(questions).buffered(AT_A_TIME).try_collect().await
}
