//! The server store when something between it and the server goes wrong: every call ends in time with an error that says what it is, or
//! with the right answer, and nothing is written twice.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::runtime::{Builder, Runtime};
use trialogue::domain::artifact::ArtifactPath;
use trialogue::domain::experiment::{ExperimentId, NewExperiment, Tag, View};
use trialogue::domain::run::RunId;
use trialogue::store::{ExperimentQuery, HistoryQuery, RunQuery, Store, StoreError, TableQuery, demo};

use crate::services::mlflow::{Artifacts, MlflowServer, Release, store_at};
use crate::services::toxic::{Toxic, ToxicProxy};
use crate::services::{is_full, service_folder};

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(4);

/// What a machine that does a lot else may add to that.
const GRACE: Duration = Duration::from_secs(4);

/// How soon a store has to see that its server answers again.
const RECOVERY: Duration = Duration::from_secs(2);

/// The methods of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Experiments,
    Experiment,
    CreateExperiment,
    StatusCounts,
    LastStarts,
    RunTagValues,
    Runs,
    RunsById,
    RunTable,
    MetricSummaries,
    ParamSummaries,
    MetricKeys,
    ParamKeys,
    MetricKeysOf,
    ParamKeysOf,
    MetricHistories,
    ArtifactsAtRoot,
}

impl Method {
    const ALL: [Self; 17] = [
        Self::Experiments,
        Self::Experiment,
        Self::CreateExperiment,
        Self::StatusCounts,
        Self::LastStarts,
        Self::RunTagValues,
        Self::Runs,
        Self::RunsById,
        Self::RunTable,
        Self::MetricSummaries,
        Self::ParamSummaries,
        Self::MetricKeys,
        Self::ParamKeys,
        Self::MetricKeysOf,
        Self::ParamKeysOf,
        Self::MetricHistories,
        Self::ArtifactsAtRoot,
    ];

    /// How its requests are spoiled: a creation looks before and after, so that its one write is spoiled by itself too.
    fn spoiled(self) -> &'static [Spoiled] {
        match self {
            Self::CreateExperiment => &[Spoiled::Every, Spoiled::TheFirst, Spoiled::EveryWrite, Spoiled::TheFirstWrite],
            _ => &[Spoiled::Every, Spoiled::TheFirst],
        }
    }

    /// Calls it on the demonstration store, and gives the answer as text; `name` is what an experiment is to be called.
    async fn call(self, store: &Store, name: &str) -> Result<String, StoreError> {
        fn text<T: std::fmt::Debug>(answer: T) -> String {
            format!("{answer:?}")
        }
        let churn = ExperimentId("1".to_owned());
        let both = [churn.clone(), ExperimentId("2".to_owned())];
        let best = RunId(BEST_RUN.to_owned());
        match self {
            Self::Experiments => {
                // Not those that are being made meanwhile.
                let query = ExperimentQuery { view: View::DeletedOnly, max_results: 3, ..ExperimentQuery::default() };
                store.experiments(&query).await.map(|page| text(page.items))
            }
            Self::Experiment => store.experiment(&churn).await.map(text),
            Self::CreateExperiment => {
                let tag = Tag { key: "made by".to_owned(), value: "a test".to_owned() };
                store.create_experiment(&NewExperiment { name: name.to_owned(), tags: vec![tag] }).await.map(|id| id.0)
            }
            Self::StatusCounts => store.status_counts(&both).await.map(text),
            Self::LastStarts => store.last_starts(&both).await.map(text),
            Self::RunTagValues => store.run_tag_values(&churn).await.map(text),
            Self::Runs => {
                let query = RunQuery { experiment_ids: both.to_vec(), max_results: 5, ..RunQuery::default() };
                store.runs(&query).await.map(|page| text(page.items))
            }
            Self::RunsById => store.runs_by_id(&[best]).await.map(text),
            Self::RunTable => {
                let columns = (vec!["f1_score".to_owned()], vec!["max_depth".to_owned()]);
                let query =
                    TableQuery { experiment_ids: both.to_vec(), metric_keys: columns.0, param_keys: columns.1, ..TableQuery::default() };
                store.run_table(&query).await.map(text)
            }
            Self::MetricSummaries => store.metric_summaries(&churn).await.map(text),
            Self::ParamSummaries => store.param_summaries(&churn).await.map(text),
            Self::MetricKeys => store.metric_keys(&both).await.map(text),
            Self::ParamKeys => store.param_keys(&both).await.map(text),
            Self::MetricKeysOf => store.metric_keys_of(&churn).await.map(text),
            Self::ParamKeysOf => store.param_keys_of(&churn).await.map(text),
            Self::MetricHistories => {
                let query = HistoryQuery { runs: vec![best], key: "training_loss".to_owned(), at_most: 20, steps: None };
                store.metric_histories(&query).await.map(text)
            }
            Self::ArtifactsAtRoot => {
                let run = demo::experiments().into_iter().flat_map(|record| record.runs).find(|run| run.run().id == best);
                store.artifacts(run.unwrap().run(), &ArtifactPath::root()).await.map(text)
            }
        }
    }
}

/// `run-017` of the demonstration store.
const BEST_RUN: &str = "0bd58c86c8774560b38736d4d13b54ac";

/// The one path that writes.
const WRITE: &str = "/experiments/create";

/// Which requests are spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoiled {
    Every,
    TheFirst,
    EveryWrite,
    TheFirstWrite,
}

#[test]
fn every_call_ends_in_time_with_a_typed_error_and_nothing_is_written_twice() {
    if !is_full("a spoiled connection") {
        return;
    }
    let Some(python) = Release::Newest.python("a spoiled connection") else { return };
    let folder = service_folder();
    let file = folder.path().join("mlflow.db");
    demo::create(&file).unwrap();
    let server = MlflowServer::start(&python, &format!("sqlite:///{}", file.display()), Artifacts::Own);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let (server, file) = (&server, file.as_path());
        let threads = Method::ALL.map(|method| scope.spawn(move || check(method, server, file)));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Spoils the calls of one method in every way.
fn check(method: Method, server: &MlflowServer, file: &Path) -> Vec<String> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let clean = runtime.block_on(method.call(&store_at(&server.uri(), DEADLINE * 10), "toxic: clean")).unwrap();
    let mut faults = Vec::new();
    for toxic in Toxic::ALL {
        for &spoiled in method.spoiled() {
            let spoiling = Spoiling { method, toxic, spoiled, runtime: &runtime, file, clean: &clean };
            faults.extend(spoiling.faults(server).into_iter().map(|fault| format!("{method:?}, {toxic:?} on {spoiled:?}: {fault}")));
        }
    }
    faults
}

/// One call that is spoiled.
struct Spoiling<'a> {
    method: Method,
    toxic: Toxic,
    spoiled: Spoiled,
    runtime: &'a Runtime,
    file: &'a Path,
    clean: &'a str,
}

impl Spoiling<'_> {
    fn faults(&self, server: &MlflowServer) -> Vec<String> {
        let proxy = ToxicProxy::start(server.port());
        // A store of its own: what another has read before would be answered from memory.
        let store = store_at(&proxy.uri(), DEADLINE);
        match self.spoiled {
            Spoiled::Every => proxy.poison(self.toxic, ""),
            Spoiled::TheFirst => proxy.poison_next(self.toxic, ""),
            Spoiled::EveryWrite => proxy.poison(self.toxic, WRITE),
            Spoiled::TheFirstWrite => proxy.poison_next(self.toxic, WRITE),
        }
        let name = format!("toxic: {:?} on {:?}", self.toxic, self.spoiled);
        let start = Instant::now();
        let answer = self.runtime.block_on(self.method.call(&store, &name));
        let took = start.elapsed();
        let mut faults = Vec::new();
        if took > DEADLINE + GRACE {
            faults.push(format!("took {took:?}"));
        }
        let asked = proxy.take_passed();
        proxy.heal();
        if self.method == Method::CreateExperiment {
            faults.extend(self.creation_faults(&answer, &asked, &name));
        } else {
            faults.extend(self.reading_faults(&answer));
            faults.extend(asked.iter().filter(|request| request.ends_with(WRITE)).map(|request| format!("a reading sent {request}")));
        }
        faults.extend(self.recovery_fault(&store));
        faults
    }

    /// A reading gives what it always does, or says what is wrong.
    fn reading_faults(&self, answer: &Result<String, StoreError>) -> Option<String> {
        match answer {
            Ok(text) if text == self.clean => {
                let is_strange = self.spoiled == Spoiled::Every && !matches!(self.toxic, Toxic::Late(_));
                is_strange.then(|| "answered although every request was spoiled".to_owned())
            }
            Ok(text) => Some(format!("answered {text}, should be {}", self.clean)),
            Err(error) if self.spoiled == Spoiled::TheFirst && self.may_be_asked_again() => Some(format!("gave up: {error}")),
            Err(error) if self.is_told_by(error) => None,
            Err(error) => Some(format!("is told as {error:?}")),
        }
    }

    /// Whether a reading is expected to get over it when it happens once.
    fn may_be_asked_again(&self) -> bool {
        match self.toxic {
            Toxic::Late(_)
            | Toxic::CutAfterRequest
            | Toxic::CutMidBody
            | Toxic::LengthTooLong
            | Toxic::LengthTooShort
            | Toxic::TooMany("1")
            | Toxic::UnavailableAfterCommit => true,
            Toxic::TooMany(_) | Toxic::LoginPage | Toxic::HugeBody | Toxic::Silence => false,
        }
    }

    /// Whether an experiment is expected to be made all the same: the server was asked for it, or may be asked again.
    fn is_made(&self) -> bool {
        match self.spoiled {
            Spoiled::Every => matches!(self.toxic, Toxic::Late(_)),
            Spoiled::TheFirst => self.may_be_asked_again(),
            Spoiled::EveryWrite | Spoiled::TheFirstWrite => match self.toxic {
                Toxic::Late(_)
                | Toxic::CutAfterRequest
                | Toxic::CutMidBody
                | Toxic::LengthTooLong
                | Toxic::LengthTooShort
                | Toxic::UnavailableAfterCommit
                | Toxic::HugeBody => true,
                Toxic::TooMany("1") => self.spoiled == Spoiled::TheFirstWrite,
                Toxic::TooMany(_) | Toxic::LoginPage | Toxic::Silence => false,
            },
        }
    }

    /// Whether the error is the one for this.
    fn is_told_by(&self, error: &StoreError) -> bool {
        match self.toxic {
            Toxic::Late(_) => false,
            Toxic::CutAfterRequest | Toxic::CutMidBody | Toxic::LengthTooLong | Toxic::UnavailableAfterCommit => {
                matches!(error, StoreError::Unavailable(_))
            }
            Toxic::TooMany(_) => matches!(error, StoreError::Busy(_)),
            Toxic::LengthTooShort | Toxic::LoginPage => matches!(error, StoreError::Foreign(_)),
            Toxic::HugeBody => matches!(error, StoreError::Internal(_)),
            Toxic::Silence => matches!(error, StoreError::TimedOut(_)),
        }
    }

    /// An experiment is asked for once at most, and is there if its id was given.
    fn creation_faults(&self, answer: &Result<String, StoreError>, asked: &[String], name: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let creations = asked.iter().filter(|request| request.ends_with(WRITE)).count();
        if creations > 1 {
            faults.push(format!("the server was asked for it {creations} times: {asked:?}"));
        }
        let stored = stored(self.file, name);
        if stored.len() > creations {
            faults.push(format!("{creations} creations, stored as {stored:?}"));
        }
        match answer {
            Ok(id) if stored == [id.as_str()] => {}
            Ok(id) => faults.push(format!("was given the id {id}, stored as {stored:?}")),
            Err(StoreError::Conflict(message)) => faults.push(format!("conflicts with itself: {message}")),
            Err(error) if self.is_made() => faults.push(format!("gave up: {error:?}, stored as {stored:?}")),
            Err(StoreError::Uncertain(_)) => {}
            Err(error) if !stored.is_empty() => faults.push(format!("was told {error:?}, stored as {stored:?}")),
            Err(error) if self.is_told_by(error) => {}
            Err(error) => faults.push(format!("is told as {error:?}")),
        }
        faults
    }

    /// The same store answers again soon after all is well.
    fn recovery_fault(&self, store: &Store) -> Option<String> {
        let start = Instant::now();
        let mut last = None;
        while start.elapsed() < RECOVERY + GRACE {
            match self.runtime.block_on(Method::Experiment.call(store, "")) {
                Ok(_) if start.elapsed() < RECOVERY + GRACE => return None,
                Ok(_) => break,
                Err(error) => last = Some(error),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(format!("does not recover: {last:?}"))
    }
}

/// The ids under which experiments of that name are in the server's database.
fn stored(file: &Path, name: &str) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(20)).unwrap();
    let mut statement = connection.prepare("SELECT experiment_id FROM experiments WHERE name = ?1").unwrap();
    let ids = statement.query_map([name], |row| row.get::<_, i64>(0)).unwrap();
    ids.map(|id| id.unwrap().to_string()).collect()
}
