//! The native store through its front door: what it reads and writes, and what it says when something is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};
use tempfile::TempDir;
use trialogue::domain::artifact::{ArtifactHead, ArtifactPath};
use trialogue::domain::experiment::{ExperimentId, NewExperiment, Tag, View};
use trialogue::domain::filter::{Filter, RunOrder};
use trialogue::domain::metric::MetricPoint;
use trialogue::domain::run::{Run, RunId, RunStatus};
use trialogue::domain::time::Timestamp;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{ExperimentQuery, OpenMode, PageToken, RunQuery, Store, StoreError, TableQuery};

use crate::support::{folder, history, open, python, run_python};

/// A new store in MLflow's schema of 2.9, with a connection of its own for what only raw SQL can write.
struct Fixture {
    folder: TempDir,
    path: PathBuf,
    raw: Connection,
}

impl Fixture {
    fn new() -> Self {
        let folder = folder();
        let path = folder.path().join("store.db");
        open(&path, OpenMode::Create);
        let raw = Connection::open(&path).unwrap();
        Self { folder, path, raw }
    }

    fn store(&self) -> Store {
        open(&self.path, OpenMode::ReadWrite)
    }

    fn experiment(&self, id: i64, name: &str, stage: &str) {
        let statement = "INSERT INTO experiments (experiment_id, name, lifecycle_stage, artifact_location) VALUES (?1, ?2, ?3, ?4)";
        self.raw.execute(statement, params![id, name, stage, format!("/artifacts/{id}")]).unwrap();
    }

    fn run(&self, id: &str, experiment: i64, start: Option<i64>) {
        let statement = "INSERT INTO runs (run_uuid, name, status, lifecycle_stage, start_time, artifact_uri, experiment_id) \
             VALUES (?1, ?1, 'FINISHED', 'active', ?2, '', ?3)";
        self.raw.execute(statement, params![id, start, experiment]).unwrap();
    }

    fn metric(&self, run: &str, key: &str, value: f64, is_nan: bool) {
        let statement = "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?1, ?2, 0, 0, ?3, ?4)";
        self.raw.execute(statement, params![key, value, is_nan, run]).unwrap();
    }

    fn param(&self, run: &str, key: &str, value: &str) {
        self.raw.execute("INSERT INTO params (key, value, run_uuid) VALUES (?1, ?2, ?3)", params![key, value, run]).unwrap();
    }

    fn sql(&self, statements: &str) {
        self.raw.execute_batch(statements).unwrap();
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn id(experiment: i64) -> ExperimentId {
    ExperimentId(experiment.to_string())
}

fn run_id(run: &str) -> RunId {
    RunId(run.to_owned())
}

fn all_runs(experiments: &[i64]) -> RunQuery {
    RunQuery { experiment_ids: experiments.iter().copied().map(id).collect(), max_results: 1_000, ..RunQuery::default() }
}

fn ids(runs: &[Run]) -> Vec<&str> {
    runs.iter().map(|run| run.id.0.as_str()).collect()
}

fn new_experiment(name: &str) -> NewExperiment {
    NewExperiment { name: name.to_owned(), tags: vec![Tag { key: "team".to_owned(), value: "x".to_owned() }] }
}

#[track_caller]
fn check_refused(path: &Path, mode: OpenMode, part: &str) {
    let error = SqliteStore::open(path, mode).expect_err("the store opened");
    let message = error.to_string();
    assert!(message.contains(part), "{message}");
    assert!(message.contains(path.to_str().unwrap()), "{message}");
}

#[test]
fn what_cannot_be_opened_says_why() {
    let folder = folder();
    let path = folder.path().join("store.db");
    for mode in [OpenMode::ReadOnly, OpenMode::ReadWrite] {
        check_refused(&path, mode, "there is no tracking store");
        assert!(!path.exists());
        check_refused(folder.path(), mode, "is a folder");
    }
    check_refused(folder.path(), OpenMode::Create, "is a folder");

    fs::write(&path, "experiments,runs\n".repeat(1_000)).unwrap();
    check_refused(&path, OpenMode::ReadWrite, "is no SQLite database");
    fs::write(&path, "").unwrap();
    check_refused(&path, OpenMode::ReadOnly, "no MLflow store: it has no table experiments");
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE runs (id)").unwrap();
    check_refused(&path, OpenMode::Create, "no MLflow store: it has no table experiments, experiment_tags, params");
}

#[test]
fn a_store_without_latest_metrics_is_too_old() {
    let fixture = Fixture::new();
    fixture.sql("DROP TABLE latest_metrics");
    check_refused(&fixture.path, OpenMode::ReadOnly, "older than version 1.1");
}

#[tokio::test]
async fn a_damaged_file_is_told_as_such() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    for run in 0..2_000 {
        fixture.run(&format!("{run:032}"), 1, Some(1));
    }
    let mut bytes = fs::read(&fixture.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xaa);
    fs::write(&fixture.path, bytes).unwrap();
    let store = open(&fixture.path, OpenMode::ReadOnly);
    let error = store.runs(&all_runs(&[1])).await.unwrap_err();
    assert!(matches!(&error, StoreError::Foreign(message) if message.contains("is damaged")), "{error:?}");
}

#[tokio::test]
async fn a_lock_held_too_long_is_told_and_a_short_one_waited_for() {
    let fixture = Fixture::new();
    let patient = fixture.store();
    let hasty = Store::Sqlite(SqliteStore::open_with_busy_wait(&fixture.path, OpenMode::ReadWrite, Duration::from_millis(20)).unwrap());
    fixture.sql("BEGIN EXCLUSIVE");
    for error in [
        hasty.experiment(&id(1)).await.unwrap_err(),
        hasty.create_experiment(&new_experiment("a")).await.unwrap_err(),
        SqliteStore::open_with_busy_wait(&fixture.path, OpenMode::ReadOnly, Duration::ZERO).unwrap_err(),
    ] {
        assert!(matches!(&error, StoreError::Busy(message) if message.contains("locked by another program")), "{error:?}");
    }
    let waiting = tokio::spawn(async move { patient.create_experiment(&new_experiment("a")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    fixture.sql("COMMIT");
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn reading_only_writes_nothing_and_leaves_no_file() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    let mut permissions = fs::metadata(&fixture.path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&fixture.path, permissions).unwrap();
    let store = open(&fixture.path, OpenMode::ReadOnly);
    let before = fs::read(&fixture.path).unwrap();
    assert!(store.experiment(&id(1)).await.unwrap().is_some());
    let error = store.create_experiment(&new_experiment("b")).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly));
    assert_eq!(fixture.files(), ["store.db"]);
    assert_eq!(fs::read(&fixture.path).unwrap(), before);
}

#[tokio::test]
async fn a_write_ahead_store_is_read_without_making_its_side_files() {
    let fixture = Fixture::new();
    fixture.sql("PRAGMA journal_mode = WAL");
    fixture.experiment(1, "a", "active");
    let in_use = open(&fixture.path, OpenMode::ReadOnly);
    assert!(in_use.experiment(&id(1)).await.unwrap().is_some());
    let Fixture { folder, path, raw } = fixture;
    drop(in_use);
    raw.close().unwrap();
    for file in ["store.db-wal", "store.db-shm"] {
        let _ = fs::remove_file(folder.path().join(file));
    }
    let store = open(&path, OpenMode::ReadOnly);
    assert!(store.experiment(&id(1)).await.unwrap().is_some());
    let fixture = Fixture { raw: Connection::open_in_memory().unwrap(), folder, path };
    assert_eq!(fixture.files(), ["store.db"]);
    // What another process writes later is seen.
    let raw = Connection::open(&fixture.path).unwrap();
    raw.execute("UPDATE experiments SET name = 'b'", []).unwrap();
    assert_eq!(store.experiment(&id(1)).await.unwrap().unwrap().name, "b");
}

#[tokio::test]
async fn another_file_at_its_place_is_read_and_a_deleted_one_is_told_and_not_remade() {
    let fixture = Fixture::new();
    fixture.experiment(1, "first", "active");
    let store = open(&fixture.path, OpenMode::Create);
    assert!(store.experiment(&id(1)).await.unwrap().is_some());

    let other = Fixture::new();
    other.experiment(7, "second", "active");
    fs::rename(&other.path, &fixture.path).unwrap();
    assert!(store.experiment(&id(1)).await.unwrap().is_none());
    assert_eq!(store.experiment(&id(7)).await.unwrap().unwrap().name, "second");

    fs::remove_file(&fixture.path).unwrap();
    let error = store.experiment(&id(7)).await.unwrap_err();
    assert!(error.to_string().contains("there is no tracking store at"), "{error}");
    assert!(!fixture.path.exists());
}

#[test]
fn several_may_create_the_same_store_at_once() {
    let folder = folder();
    let path = folder.path().join("new.db");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || SqliteStore::open(&path, OpenMode::Create).map(|_| ()))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_new_experiment_is_written_as_mlflow_writes_it() {
    let fixture = Fixture::new();
    let store = fixture.store();
    let made = store.create_experiment(&new_experiment("churn é")).await.unwrap();
    let experiment = store.experiment(&made).await.unwrap().unwrap();
    assert_eq!(experiment.name, "churn é");
    assert_eq!(experiment.tag("team"), Some("x"));
    assert!(experiment.created.is_some_and(|created| created > Timestamp(1_700_000_000_000)));
    assert_eq!(experiment.created, experiment.updated);
    let location = |id: &ExperimentId| -> String {
        let statement = "SELECT artifact_location FROM experiments WHERE experiment_id = ?1";
        fixture.raw.query_row(statement, [&id.0], |row| row.get(0)).unwrap()
    };
    let mlruns = std::path::absolute("mlruns").unwrap();
    assert_eq!(location(&made), format!("{}/{made}", mlruns.display()));

    // A server's own root shows in its experiment 0.
    fixture.sql("INSERT INTO experiments (experiment_id, name, lifecycle_stage, artifact_location) VALUES (0, 'Default', 'active', 'mlflow-artifacts:/0')");
    let next = store.create_experiment(&new_experiment("next")).await.unwrap();
    assert_eq!(location(&next), format!("mlflow-artifacts:/{next}"));
}

#[tokio::test]
async fn a_new_experiment_that_breaks_a_rule_is_refused() {
    let fixture = Fixture::new();
    fixture.experiment(1, "taken", "active");
    fixture.experiment(2, "trash", "deleted");
    let store = fixture.store();
    let refusal = async |new: NewExperiment| {
        let error = store.create_experiment(&new).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
        error.to_string()
    };
    assert!(refusal(new_experiment("taken")).await.contains("already an experiment `taken` (id 1)"));
    assert!(refusal(new_experiment("trash")).await.contains("deleted experiment 2"));
    assert!(refusal(new_experiment("")).await.contains("not blank"));
    assert!(refusal(new_experiment(" \t")).await.contains("not blank"));
    assert!(refusal(new_experiment(&"é".repeat(501))).await.contains("not 501"));
    store.create_experiment(&new_experiment(&"é".repeat(500))).await.unwrap();
    let with_tags = |tags: &[(&str, &str)]| NewExperiment {
        name: "tags".to_owned(),
        tags: tags.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect(),
    };
    assert!(refusal(with_tags(&[("a", "1"), ("a", "2")])).await.contains("stands twice"));
    assert!(refusal(with_tags(&[("a//b", "1")])).await.contains("`a//b`"));
    assert!(refusal(with_tags(&[("a'b", "1")])).await.contains("`a'b`"));
    assert!(refusal(with_tags(&[("a", &"x".repeat(20_001))])).await.contains("20001 characters"));
}

#[tokio::test]
async fn a_write_that_fails_midway_leaves_nothing() {
    let fixture = Fixture::new();
    fixture.sql("CREATE TRIGGER refuse BEFORE INSERT ON experiment_tags BEGIN SELECT RAISE(ABORT, 'no'); END");
    let store = fixture.store();
    assert!(store.create_experiment(&new_experiment("half")).await.is_err());
    let experiments = store.experiments(&ExperimentQuery { view: View::All, max_results: 10, ..ExperimentQuery::default() }).await.unwrap();
    assert_eq!(experiments.total, Some(0));
}

#[tokio::test]
async fn pages_follow_each_other_and_their_tokens_fit_one_search_only() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    for run in 0..7 {
        fixture.run(&format!("r{run}"), 1, Some(100 + run / 2));
    }
    let store = fixture.store();
    let mut query = RunQuery { max_results: 3, ..all_runs(&[1]) };
    let first = store.runs(&query).await.unwrap();
    assert_eq!((ids(&first.items), first.total), (vec!["r6", "r4", "r5"], Some(7)));
    query.page_token.clone_from(&first.next);
    let second = store.runs(&query).await.unwrap();
    assert_eq!((ids(&second.items), second.total), (vec!["r2", "r3", "r0"], Some(7)));
    query.page_token = second.next;
    let last = store.runs(&query).await.unwrap();
    assert_eq!((ids(&last.items), last.total, last.next), (vec!["r1"], Some(7), None));

    query.filter = Filter::parse("status = 'FINISHED'").unwrap();
    let error = store.runs(&query).await.unwrap_err();
    assert!(matches!(&error, StoreError::InvalidQuery(message) if message.contains("another search")), "{error:?}");
    query.page_token = Some(PageToken("eyJvZmZzZXQiOiAyfQ==".to_owned()));
    assert!(store.runs(&query).await.is_err());
    let none = store.runs(&RunQuery { max_results: 0, ..all_runs(&[1]) }).await.unwrap_err();
    assert!(none.to_string().contains("at least 1 row"));
}

#[tokio::test]
async fn odd_values_of_old_and_foreign_writers_are_read() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    fixture.run("a", 1, None);
    fixture.run("b", 1, Some(0));
    fixture.run("c", 1, Some(5));
    fixture.metric("a", "nan", 0.0, true);
    fixture.metric("a", "huge", f64::MAX, false);
    fixture.metric("a", "tiny", f64::MIN, false);
    fixture.sql(
        "INSERT INTO params (key, value, run_uuid) VALUES ('bytes', CAST(x'61ff62' AS TEXT), 'a');
         INSERT INTO tags (key, value, run_uuid) VALUES ('null', NULL, 'a'), ('mlflow.runName', 'told by tag', 'a'), ('mlflow.user', 'ana', 'a');
         UPDATE runs SET name = NULL, user_id = NULL, status = NULL, artifact_uri = NULL WHERE run_uuid = 'a'",
    );
    let store = fixture.store();
    let page = store.runs(&all_runs(&[1])).await.unwrap();
    assert_eq!(ids(&page.items), ["c", "b", "a"]);
    let run = &page.items[2];
    assert_eq!((run.name.as_str(), run.user.as_deref(), run.start, run.status), ("told by tag", Some("ana"), None, RunStatus::Scheduled));
    assert_eq!(page.items[1].start, None);
    assert!(run.metric("nan").is_some_and(f64::is_nan));
    assert_eq!((run.metric("huge"), run.metric("tiny")), (Some(f64::INFINITY), Some(f64::NEG_INFINITY)));
    assert_eq!((run.param("bytes"), run.tag("null")), (Some("a\u{fffd}b"), Some("")));
    let table = store.run_table(&TableQuery { experiment_ids: vec![id(1)], ..TableQuery::default() }).await.unwrap();
    assert_eq!(table.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["c", "b", "told by tag"]);
}

#[tokio::test]
async fn a_parameter_compares_as_a_number_where_its_text_is_one() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    for (run, text) in [("a", "0.01"), ("b", " 1e-2 "), ("c", "50"), ("d", "400"), ("e", "ten"), ("f", "nan")] {
        fixture.run(run, 1, Some(1));
        fixture.param(run, "lr", text);
    }
    let store = fixture.store();
    let check = async |filter: &str, expected: &[&str]| {
        let query = RunQuery { filter: Filter::parse(filter).unwrap(), ..all_runs(&[1]) };
        assert_eq!(ids(&store.runs(&query).await.unwrap().items), expected, "{filter}");
    };
    check("params.lr = 0.01", &["a", "b"]).await;
    check("params.lr < 100", &["a", "b", "c"]).await;
    check("params.lr != 50", &["a", "b", "d"]).await;
    check("params.lr = '0.01'", &["a"]).await;
}

#[tokio::test]
async fn queries_that_no_store_answers_are_refused() {
    let fixture = Fixture::new();
    let store = fixture.store();
    let refusal = async |query: RunQuery| {
        let error = store.runs(&query).await.unwrap_err();
        assert!(matches!(error, StoreError::InvalidQuery(_)), "{error:?}");
        error.to_string()
    };
    let key = RunOrder::parse("metrics.f1 DESC").unwrap();
    assert!(refusal(RunQuery { order_by: vec![key.clone(), key.clone()], ..all_runs(&[1]) }).await.contains("stands twice"));
    let keys = (0..40).map(|key| RunOrder::parse(&format!("metrics.m{key}")).unwrap()).collect();
    assert!(refusal(RunQuery { order_by: keys, ..all_runs(&[1]) }).await.contains("at most 32"));
    let clause = Filter::parse("tags.a = 'x'").unwrap().clauses.remove(0);
    let filter = Filter { clauses: vec![clause; 201] };
    assert!(refusal(RunQuery { filter, ..all_runs(&[1]) }).await.contains("at most 200"));
    let filter = Filter::parse(&format!("tags.a LIKE '{}'", "a".repeat(60_000))).unwrap();
    fixture.experiment(1, "a", "active");
    fixture.run("r", 1, Some(1));
    fixture.sql("INSERT INTO tags (key, value, run_uuid) VALUES ('a', 'x', 'r')");
    assert!(refusal(RunQuery { filter, ..all_runs(&[1]) }).await.contains("at most 50,000"));
}

#[tokio::test]
async fn a_filter_may_have_many_clauses_and_a_query_many_experiments() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    fixture.run("r", 1, Some(1));
    fixture.param("r", "p", "x");
    let store = fixture.store();
    let clause = Filter::parse("params.p = 'x'").unwrap().clauses.remove(0);
    let query = RunQuery { filter: Filter { clauses: vec![clause; 200] }, ..all_runs(&(0..40_000).collect::<Vec<i64>>()) };
    assert_eq!(ids(&store.runs(&query).await.unwrap().items), ["r"]);
}

#[tokio::test]
async fn summaries_and_keys_are_of_active_runs_only() {
    let fixture = Fixture::new();
    for (experiment, stage) in [(1, "active"), (2, "active"), (3, "deleted")] {
        fixture.experiment(experiment, &format!("e{experiment}"), stage);
    }
    for (run, experiment) in [("a", 1), ("b", 1), ("c", 1), ("d", 2), ("e", 3), ("trash", 1)] {
        fixture.run(run, experiment, Some(1));
    }
    fixture.sql(
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'trash'; UPDATE runs SET status = 'FAILED' WHERE run_uuid = 'b'",
    );
    for (run, key, value, is_nan) in [
        ("a", "f1", 0.5, false),
        ("b", "f1", 0.9, false),
        ("c", "f1", 0.0, true),
        ("c", "late", 1.0, false),
        ("d", "f1", 0.1, false),
        ("d", "other", 0.1, false),
        ("e", "gone", 0.1, false),
        ("trash", "f1", 9.0, false),
        ("trash", "trashed", 9.0, false),
    ] {
        fixture.metric(run, key, value, is_nan);
    }
    for (run, value) in [("a", "x"), ("b", "y"), ("c", "y"), ("d", "z")] {
        fixture.param(run, "opt", value);
    }
    let store = fixture.store();
    let summaries = store.metric_summaries(&id(1)).await.unwrap();
    let f1 = &summaries[0];
    assert_eq!((f1.key.as_str(), f1.runs, f1.nan, f1.min, f1.max), ("f1", 3, 1, Some(0.5), Some(0.9)));
    assert_eq!(summaries.len(), 2);
    let params = store.param_summaries(&id(1)).await.unwrap();
    assert_eq!((params[0].runs, params[0].distinct), (3, 2));
    assert_eq!(params[0].values, [("y".to_owned(), 2), ("x".to_owned(), 1)]);
    let all: Vec<_> = (1..=3).map(id).collect();
    let keys = store.metric_keys(&all).await.unwrap();
    assert_eq!(keys, [("f1".to_owned(), vec![id(1), id(2)]), ("late".to_owned(), vec![id(1)]), ("other".to_owned(), vec![id(2)])]);
    assert_eq!(store.param_keys(&all).await.unwrap(), [("opt".to_owned(), vec![id(1), id(2)])]);
    assert_eq!(store.metric_keys(&[id(2)]).await.unwrap(), [("f1".to_owned(), vec![id(2)]), ("other".to_owned(), vec![id(2)])]);
    assert_eq!(store.metric_keys(&[]).await.unwrap(), []);
    let counts = store.status_counts(&[id(2), ExperimentId("none".to_owned()), id(1)]).await.unwrap();
    let of = |place: usize, status: RunStatus| counts[place].get(&status).copied();
    assert_eq!((of(0, RunStatus::Finished), counts[1].len()), (Some(1), 0));
    assert_eq!((of(2, RunStatus::Finished), of(2, RunStatus::Failed)), (Some(2), Some(1)));
}

#[tokio::test]
async fn a_wide_table_has_the_cells_of_narrow_ones() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    for run in ["a", "b", "c"] {
        fixture.run(run, 1, Some(1));
        for key in 0..12_i32 {
            if (key + i32::from(run.as_bytes()[0])) % 3 > 0 {
                fixture.metric(run, &format!("m{key}"), f64::from(key), key == 4);
                fixture.param(run, &format!("p{key}"), &format!("{run}{key}"));
            }
        }
    }
    let store = fixture.store();
    let table = async |metric_keys: Vec<String>, param_keys: Vec<String>| {
        let query = TableQuery { experiment_ids: vec![id(1)], metric_keys, param_keys, ..TableQuery::default() };
        format!("{:?}", store.run_table(&query).await.unwrap().rows)
    };
    let keys = |prefix: &str, count: usize| (0..count).map(|key| format!("{prefix}{}", key % 12)).collect::<Vec<_>>();
    let wide: Vec<_> = {
        let query =
            TableQuery { experiment_ids: vec![id(1)], metric_keys: keys("m", 13), param_keys: keys("p", 13), ..TableQuery::default() };
        store.run_table(&query).await.unwrap().rows
    };
    for key in 0..13 {
        let narrow = table(vec![keys("m", 13)[key].clone()], vec![keys("p", 13)[key].clone()]).await;
        let cells: Vec<_> = wide
            .iter()
            .map(|row| {
                let mut row = row.clone();
                row.metrics = vec![row.metrics[key]];
                row.params = vec![row.params[key].clone()];
                row
            })
            .collect();
        assert_eq!(narrow, format!("{cells:?}"));
    }
}

#[tokio::test]
async fn a_history_is_ordered_by_step_then_time_then_value() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    fixture.run("r", 1, Some(1));
    fixture.run("s", 1, Some(1));
    fixture.sql(
        "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES
         ('m', 3, 30, 'r', 1, 0), ('m', 2, 10, 'r', 1, 0), ('m', 1, 10, 'r', 1, 0), ('m', 0, 50, 'r', -1, 1), ('n', 9, 1, 'r', 0, 0), ('m', 9, 1, 's', 0, 0)",
    );
    let expected = [(-1, 50, None), (1, 10, Some(1.0)), (1, 10, Some(2.0)), (1, 30, Some(3.0))];
    let check = |points: Vec<MetricPoint>| {
        let found: Vec<_> =
            points.iter().map(|point| (point.step, point.timestamp.0, Some(point.value).filter(|value| !value.is_nan()))).collect();
        assert_eq!(found, expected);
    };
    let store = fixture.store();
    check(history(&store, &run_id("r"), "m").await);
    assert!(history(&store, &run_id("none"), "m").await.is_empty());
    // An index that comes and goes while the store is open, as in a migration.
    fixture.sql("CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step)");
    let newer = fixture.store();
    check(history(&newer, &run_id("r"), "m").await);
    fixture.sql("DROP INDEX index_metrics_run_uuid_key_step");
    check(history(&newer, &run_id("r"), "m").await);
    check(history(&store, &run_id("r"), "m").await);
}

#[tokio::test]
async fn a_store_goes_on_when_mlflow_migrates_it() {
    let Some(python) = python("a_store_goes_on_when_mlflow_migrates_it") else { return };
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    fixture.run("r", 1, Some(1));
    fixture.sql("INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('m', 3, 30, 'r', 1, 0)");
    let store = fixture.store();
    assert_eq!(history(&store, &run_id("r"), "m").await.len(), 1);
    fixture.raw.close().unwrap();
    let code = format!(
        "from mlflow.tracking import MlflowClient\nclient = MlflowClient('sqlite:///{}')\nprint(client.create_experiment('by-mlflow'))\nclient.create_run('1', run_name='theirs')",
        fixture.path.display()
    );
    run_python(&python, &code, fixture.folder.path());
    assert_eq!(history(&store, &run_id("r"), "m").await.len(), 1);
    let runs = store.runs(&all_runs(&[1])).await.unwrap().items;
    assert_eq!(runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["theirs", "r"]);
    let taken = store.create_experiment(&new_experiment("by-mlflow")).await.unwrap_err();
    assert!(matches!(taken, StoreError::Conflict(_)), "{taken:?}");
    let made = store.create_experiment(&new_experiment("by-us")).await.unwrap();
    let code = format!(
        "from mlflow.tracking import MlflowClient\ne = MlflowClient('sqlite:///{}').get_experiment_by_name('by-us')\nprint(e.experiment_id, e.tags['team'], e.lifecycle_stage)",
        fixture.path.display()
    );
    assert_eq!(run_python(&python, &code, fixture.folder.path()).trim(), format!("{made} x active"));
}

#[tokio::test]
async fn withdrawn_questions_stop_working() {
    let fixture = Fixture::new();
    fixture.experiment(1, "a", "active");
    fixture.run("r", 1, Some(1));
    let store = fixture.store();
    // A table of parameters without end.
    fixture.sql(
        "DROP TABLE params;
         CREATE VIEW params AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT '' AS key, '' AS value, i AS run_uuid FROM n",
    );
    // More questions than connections: threads that worked on would leave none for the last.
    for _ in 0..6 {
        let withdrawn = tokio::time::timeout(Duration::from_millis(50), store.runs(&all_runs(&[1]))).await;
        assert!(withdrawn.is_err(), "{withdrawn:?}");
    }
    tokio::time::timeout(Duration::from_secs(20), store.experiment(&id(1))).await.unwrap().unwrap();
}

/// A run `r` with artifacts in a local folder, and what lies beside it.
struct Artifacts {
    fixture: Fixture,
    root: PathBuf,
}

impl Artifacts {
    fn new() -> Self {
        let fixture = Fixture::new();
        let root = fixture.folder.path().join("run é/r/artifacts");
        fs::create_dir_all(root.join("model/data")).unwrap();
        fs::write(root.join("top.txt"), "hello").unwrap();
        fs::write(root.join("A.csv"), "").unwrap();
        fs::write(root.join("model/MLmodel"), "flavors:").unwrap();
        fs::create_dir_all(fixture.folder.path().join("run é/r-other/artifacts")).unwrap();
        for secret in ["secret", "run é/secret", "run é/r/secret", "run é/r-other/artifacts/secret"] {
            fs::write(fixture.folder.path().join(secret), "canary").unwrap();
        }
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, root.join(name)).unwrap();
        link(&fixture.folder.path().join("secret"), "link");
        link(Path::new("../secret"), "near");
        link(fixture.folder.path(), "folder");
        link(Path::new("top.txt"), "inside");
        link(Path::new("loop"), "loop");
        fixture.experiment(1, "a", "active");
        fixture.run("r", 1, Some(1));
        Self { fixture, root }
    }

    async fn run_at(&self, uri: &str) -> (Store, Run) {
        self.fixture.raw.execute("UPDATE runs SET artifact_uri = ?1", [uri]).unwrap();
        let store = self.fixture.store();
        let run = store.runs_by_id(&[run_id("r")]).await.unwrap().remove(0);
        (store, run)
    }

    async fn listed(&self, uri: &str, folder: &str) -> Result<Vec<(String, Option<u64>)>, StoreError> {
        let (store, run) = self.run_at(uri).await;
        let artifacts = store.artifacts(&run, &ArtifactPath::parse(folder).unwrap()).await?;
        Ok(artifacts.into_iter().map(|artifact| (artifact.path, artifact.size)).collect())
    }
}

#[tokio::test]
async fn artifacts_are_listed_without_leaving_the_run() {
    let artifacts = Artifacts::new();
    let root = artifacts.root.to_str().unwrap();
    let entry = |path: &str, size| (path.to_owned(), size);
    let expected = [entry("A.csv", Some(0)), entry("inside", Some(5)), entry("model", None), entry("top.txt", Some(5))];
    assert_eq!(artifacts.listed(root, "").await.unwrap(), expected);
    assert_eq!(artifacts.listed(&format!("file://{}", root.replace(' ', "%20")), "").await.unwrap(), expected);
    assert_eq!(artifacts.listed(root, "model").await.unwrap(), [entry("model/MLmodel", Some(8)), entry("model/data", None)]);
    assert_eq!(artifacts.listed(root, "model/data").await.unwrap(), []);
    assert_eq!(artifacts.listed(&format!("{root}/none"), "").await.unwrap(), []);
    for away in ["none", "folder", "link/x", "loop"] {
        assert!(matches!(artifacts.listed(root, away).await, Err(StoreError::NotFound(_))), "{away}");
    }
    assert!(matches!(artifacts.listed(root, "top.txt").await, Err(StoreError::InvalidQuery(_))));
    // A run's record may say anything: only places that MLflow makes for this run are read.
    for elsewhere in [
        "/etc",
        artifacts.fixture.folder.path().to_str().unwrap(),
        "file:///etc",
        "",
        "gs://bucket/r/artifacts",
        "mlflow-artifacts:/1/r/artifacts",
    ] {
        assert!(matches!(artifacts.listed(elsewhere, "").await, Err(StoreError::OutOfReach(_))), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_file_of_a_run_is_read_as_far_as_asked_and_nothing_beside_it() {
    let artifacts = Artifacts::new();
    let (store, run) = artifacts.run_at(artifacts.root.to_str().unwrap()).await;
    let read = async |path: &str, at_most: usize| store.read_artifact(&run, &ArtifactPath::parse(path).unwrap(), at_most).await;
    let head = |bytes: &[u8], size| ArtifactHead { bytes: bytes.to_vec(), size: Some(size) };
    assert_eq!(read("top.txt", 100).await.unwrap(), head(b"hello", 5));
    assert_eq!(read("inside", 3).await.unwrap(), head(b"hel", 5));
    assert_eq!(read("A.csv", 100).await.unwrap(), head(b"", 0));
    assert!(matches!(read("model", 9).await, Err(StoreError::InvalidQuery(_))));
    for away in ["none", "link", "near", "folder/secret", "loop", "top.txt/x", "%73ecret"] {
        assert!(matches!(read(away, 9).await, Err(StoreError::NotFound(_))), "{away}: {:?}", read(away, 9).await);
    }
}
