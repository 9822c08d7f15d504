//! MLflow's own SQLite file, read and written natively.
//!
//! It reads the schema of every MLflow since 2.9 (and most of 1.x and 2.x before), probing what differs, and goes on when
//! a newer MLflow migrates the file meanwhile. It keeps MLflow's meaning of every filter and order, but not its plans: see
//! `conditions.rs` and `search.rs`. It does not read MLflow's tables of models, prompts and traces.

mod conditions;
mod connection;
mod experiments;
mod fault;
pub mod fill;
mod history;
mod keys;
mod location;
#[cfg(test)]
mod plans;
mod probe;
mod rows;
mod runs;
mod schema;
mod search;
mod statement;
mod summaries;
mod table;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use location::path_of_uri;

use self::connection::{Place, Pool};
use self::keys::KeyTable;
use super::artifacts;
use super::refusals::refuse_unfit_experiment;
use super::{
    ExperimentQuery, HistoryQuery, MetricCurve, MetricSummary, OpenMode, Page, ParamSummary, RunQuery, StatusCounts, StoreError, TableQuery,
};
use crate::config::S3Settings;
use crate::domain::artifact::{Artifact, ArtifactHead, ArtifactPath};
use crate::domain::experiment::{Experiment, ExperimentId, NewExperiment};
use crate::domain::run::{Run, RunId, RunTable};
use crate::domain::time::Timestamp;

/// How long MLflow waits for a lock: `PRAGMA busy_timeout = 20000` (`store/db/utils.py`).
pub const BUSY_WAIT: Duration = Duration::from_secs(20);

/// An MLflow tracking store in an SQLite file. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: Arc<Pool>,
    s3: Arc<S3Settings>,
}

impl SqliteStore {
    /// Opens the store at `path`, and says what is wrong if it is none. Blocks for a moment: open at start.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        Self::open_with_busy_wait(path, mode, BUSY_WAIT)
    }

    /// As [`SqliteStore::open`], with another wait for other processes' locks.
    pub fn open_with_busy_wait(path: &Path, mode: OpenMode, busy_wait: Duration) -> Result<Self, StoreError> {
        let pool = Pool::open(Place { path: path.to_owned(), mode, busy_wait })?;
        Ok(Self { pool: Arc::new(pool), s3: Arc::default() })
    }

    /// The same store, reading artifacts in buckets as `settings` say.
    #[must_use]
    pub fn with_s3(self, settings: S3Settings) -> Self {
        Self { s3: Arc::new(settings), ..self }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.pool.place().path
    }

    pub(super) async fn experiments(&self, query: &ExperimentQuery) -> Result<Page<Experiment>, StoreError> {
        let query = query.clone();
        self.pool.read(move |session| experiments::search_experiments(session, &query)).await
    }

    pub(super) async fn experiment(&self, id: &ExperimentId) -> Result<Option<Experiment>, StoreError> {
        let id = id.clone();
        self.pool.read(move |session| experiments::experiment(session, &id)).await
    }

    pub(super) async fn create_experiment(&self, new: &NewExperiment) -> Result<ExperimentId, StoreError> {
        refuse_unfit_experiment(new)?;
        let new = new.clone();
        self.pool.write(move |session| write::create_experiment(session, &new)).await
    }

    pub(super) async fn status_counts(&self, ids: &[ExperimentId]) -> Result<Vec<StatusCounts>, StoreError> {
        let ids = ids.to_vec();
        self.pool.read(move |session| experiments::status_counts(session, &ids)).await
    }

    pub(super) async fn last_starts(&self, ids: &[ExperimentId]) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let ids = ids.to_vec();
        self.pool.read(move |session| experiments::last_starts(session, &ids)).await
    }

    pub(super) async fn run_tag_values(&self, id: &ExperimentId) -> Result<Vec<(String, String)>, StoreError> {
        let id = id.clone();
        self.pool.read(move |session| summaries::run_tag_values(session, &id)).await
    }

    pub(super) async fn runs(&self, query: &RunQuery) -> Result<Page<Run>, StoreError> {
        let query = query.clone();
        self.pool.read(move |session| search::search_runs(session, &query)).await
    }

    pub(super) async fn runs_by_id(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError> {
        let ids = ids.to_vec();
        self.pool.read(move |session| runs::load_runs(session, &ids)).await
    }

    pub(super) async fn run_table(&self, query: &TableQuery) -> Result<RunTable, StoreError> {
        let query = query.clone();
        self.pool.read(move |session| table::run_table(session, &query)).await
    }

    pub(super) async fn metric_summaries(&self, id: &ExperimentId) -> Result<Vec<MetricSummary>, StoreError> {
        let id = id.clone();
        self.pool.read(move |session| summaries::metric_summaries(session, &id)).await
    }

    pub(super) async fn param_summaries(&self, id: &ExperimentId) -> Result<Vec<ParamSummary>, StoreError> {
        let id = id.clone();
        self.pool.read(move |session| summaries::param_summaries(session, &id)).await
    }

    pub(super) async fn metric_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        let among = among.to_vec();
        self.pool.read(move |session| keys::keys(session, KeyTable::Metrics, &among)).await
    }

    pub(super) async fn param_keys(&self, among: &[ExperimentId]) -> Result<Vec<(String, Vec<ExperimentId>)>, StoreError> {
        let among = among.to_vec();
        self.pool.read(move |session| keys::keys(session, KeyTable::Params, &among)).await
    }

    pub(super) async fn metric_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        Ok(self.metric_keys(std::slice::from_ref(id)).await?.into_iter().map(|(key, _)| key).collect())
    }

    pub(super) async fn param_keys_of(&self, id: &ExperimentId) -> Result<Vec<String>, StoreError> {
        Ok(self.param_keys(std::slice::from_ref(id)).await?.into_iter().map(|(key, _)| key).collect())
    }

    pub(super) async fn logs_metric(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        let (id, key) = (id.clone(), key.to_owned());
        self.pool.read(move |session| keys::is_logged(session, KeyTable::Metrics, &id, &key)).await
    }

    pub(super) async fn has_param(&self, id: &ExperimentId, key: &str) -> Result<bool, StoreError> {
        let (id, key) = (id.clone(), key.to_owned());
        self.pool.read(move |session| keys::is_logged(session, KeyTable::Params, &id, &key)).await
    }

    pub(super) async fn metric_histories(&self, query: &HistoryQuery) -> Result<Vec<MetricCurve>, StoreError> {
        let query = query.clone();
        self.pool.read(move |session| history::metric_histories(session, &query)).await
    }

    pub(super) async fn artifacts(&self, run: &Run, folder: &ArtifactPath) -> Result<Vec<Artifact>, StoreError> {
        artifacts::list(&self.s3, run, folder).await
    }

    pub(super) async fn read_artifact(&self, run: &Run, file: &ArtifactPath, at_most: usize) -> Result<ArtifactHead, StoreError> {
        artifacts::read(&self.s3, run, file, at_most).await
    }
}
