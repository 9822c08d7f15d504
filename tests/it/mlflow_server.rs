//! An MLflow server and the SQLite file under it give the same answers, whatever the server's version.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, params};
use trialogue::domain::artifact::ArtifactPath;
use trialogue::domain::experiment::{ExperimentId, NewExperiment, Tag, View};
use trialogue::domain::filter::{ExperimentFilter, ExperimentOrder, Filter, RunOrder};
use trialogue::domain::run::{Run, RunId};
use trialogue::store::{Count, ExperimentQuery, HistoryQuery, OpenMode, Reach, RunQuery, Store, StoreError, TableQuery, demo};

use crate::services::mlflow::{Artifacts, MlflowServer, Release, store_at};
use crate::support::{folder, open};

/// How long a store may take over one call, on a machine that does a lot else.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_3_18_answers_as_its_file() {
    check_with(Release::Newest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_3_17_answers_as_its_file() {
    check_with(Release::V3_17).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_3_5_answers_as_its_file() {
    check_with(Release::V3_5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_2_22_answers_as_its_file() {
    check_with(Release::V2_22).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mlflow_2_9_answers_as_its_file() {
    check_with(Release::V2_9).await;
}

async fn check_with(release: Release) {
    let Some(python) = release.python("the comparison of a server with its file") else { return };
    let folder = folder();
    let path = folder.path().join("store.db");
    demo::create(&path).unwrap();
    add_oddities(&path, folder.path());
    let server = MlflowServer::start(&python, &format!("sqlite:///{}", path.display()), Artifacts::Own);
    let by_server = store_at(&server.uri(), ANSWER_LIMIT);
    let by_file = open(&path, OpenMode::ReadWrite);
    check_experiments(&by_file, &by_server).await;
    check_runs(&by_file, &by_server).await;
    check_summaries(&by_file, &by_server).await;
    check_summaries(&by_file, &by_server.for_one_call()).await;
    check_histories(&by_file, &by_server).await;
    check_artifacts(&by_file, &by_server, folder.path()).await;
    check_writes(&by_file, &by_server).await;
}

/// What the demo has not: a long history, odd steps, values and texts.
fn add_oddities(path: &Path, folder: &Path) {
    let mut raw = Connection::open(path).unwrap();
    let artifacts = folder.join("local");
    raw.execute(
        "UPDATE runs SET artifact_uri = ?1 || '/' || run_uuid WHERE run_uuid = (SELECT min(run_uuid) FROM runs)",
        [artifacts.to_str().unwrap()],
    )
    .unwrap();
    let run: String = raw.query_row("SELECT min(run_uuid) FROM runs WHERE lifecycle_stage = 'active'", [], |row| row.get(0)).unwrap();
    let transaction = raw.transaction().unwrap();
    let insert = "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for step in 0..6_000_i64 {
        transaction.execute(insert, params!["long", (step as f64).sin(), 1_736_928_000_000 + step, run, step, false]).unwrap();
    }
    for (place, step) in [-5, -1, 0, 0, 7, 3_000_000_000_i64].into_iter().enumerate() {
        transaction.execute(insert, params!["odd steps", place as f64, 1_736_928_000_000_i64, run, step, false]).unwrap();
    }
    for (step, value, is_nan) in [(0, f64::MAX, false), (1, f64::MIN, false), (2, 0.0, true), (3, 0.1 + 0.2, false)] {
        transaction.execute(insert, params!["odd values", value, 1_736_928_000_000_i64, run, step, is_nan]).unwrap();
    }
    for (key, value, is_nan) in [("long", 0.5, false), ("odd steps", 5.0, false), ("odd values", 0.0, true), ("infinite", f64::MAX, false)]
    {
        let statement =
            "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?1, ?2, 1736928000000, 0, ?3, ?4)";
        transaction.execute(statement, params![key, value, is_nan, run]).unwrap();
    }
    for (key, value) in [("both", "it's \"so\""), ("ends", "in\\"), ("näme/with.dots and-more", "zwölf"), ("number", " 1e-2 ")] {
        transaction.execute("INSERT INTO params (key, value, run_uuid) VALUES (?1, ?2, ?3)", params![key, value, run]).unwrap();
    }
    transaction.commit().unwrap();
}

/// NaN equals NaN here, as both print alike.
#[track_caller]
fn same<T: Debug>(file: &Result<T, StoreError>, server: &Result<T, StoreError>, what: &str) {
    let (Ok(file), Ok(server)) = (file, server) else { panic!("{what}: {file:?} from the file, {server:?} from the server") };
    let (file, server) = (format!("{file:#?}"), format!("{server:#?}"));
    if file != server {
        let differing: Vec<_> = file.lines().zip(server.lines()).filter(|(file, server)| file != server).take(8).collect();
        panic!(
            "{what}: {} lines from the file, {} from the server; first differences {differing:#?}",
            file.lines().count(),
            server.lines().count()
        );
    }
}

async fn ids(store: &Store) -> Vec<ExperimentId> {
    let query = ExperimentQuery { view: View::All, max_results: 1_000, ..ExperimentQuery::default() };
    store.experiments(&query).await.unwrap().items.into_iter().map(|experiment| experiment.id).collect()
}

async fn check_experiments(file: &Store, server: &Store) {
    for view in [View::ActiveOnly, View::DeletedOnly, View::All] {
        for filter in [
            "",
            "name LIKE '%churn%'",
            "name ILIKE '%CHURN%'",
            "tags.team = 'risk'",
            "tags.team != 'risk'",
            "tags.team IS NULL",
            "tags.team IS NOT NULL",
            "name = 'it\"s'",
            "experiment_id IN ('1', '2')",
            "experiment_id != '1'",
            "creation_time > 1700000000000",
        ] {
            let orders: &[&str] = if filter.is_empty() {
                &["", "name ASC", "creation_time DESC", "experiment_id ASC", "last_update_time ASC"]
            } else {
                &["name DESC"]
            };
            for order in orders {
                for max_results in [2, 1_000] {
                    let order_by = if order.is_empty() { Vec::new() } else { vec![ExperimentOrder::parse(order).unwrap()] };
                    let filter = ExperimentFilter::parse(filter).unwrap();
                    let query = ExperimentQuery { filter, order_by, view, max_results, page_token: None };
                    check_pages_of_experiments(file, server, query).await;
                }
            }
        }
    }
    for id in ids(file).await.into_iter().chain(["999", "none", ""].map(|id| ExperimentId(id.to_owned()))) {
        same(&file.experiment(&id).await, &server.experiment(&id).await, &format!("experiment {id}"));
    }
}

async fn check_pages_of_experiments(file: &Store, server: &Store, query: ExperimentQuery) {
    let (mut ours, mut theirs) = (query.clone(), query.clone());
    for page in 0..20 {
        let (from_file, from_server) = (file.experiments(&ours).await, server.experiments(&theirs).await);
        let what = format!("page {page} of {query:?}");
        (ours.page_token, theirs.page_token) =
            (from_file.as_ref().unwrap().next.clone(), from_server.as_ref().unwrap_or_else(|error| panic!("{what}: {error}")).next.clone());
        same(&from_file.map(|page| (page.items, page.total)), &from_server.map(|page| (page.items, page.total)), &what);
        assert_eq!(ours.page_token.is_some(), theirs.page_token.is_some(), "{what}");
        if ours.page_token.is_none() {
            break;
        }
    }
}

async fn check_runs(file: &Store, server: &Store) {
    let ids = ids(file).await;
    let queries = [
        ("", ""),
        ("", "metrics.f1_score DESC"),
        ("", "metrics.auc_roc ASC"),
        ("", "params.learning_rate ASC"),
        ("", "attributes.end_time ASC"),
        ("", "attributes.run_name DESC"),
        ("", "attributes.status ASC"),
        ("", "tags.`mlflow.user` ASC"),
        ("metrics.f1_score > 0.85", "metrics.f1_score DESC"),
        ("metrics.auc_roc < 2", ""),
        ("metrics.auc_roc != 0", ""),
        ("metrics.auc_roc != 0.9", ""),
        ("metrics.`odd values` <= 0", ""),
        ("metrics.infinite > 1e308", ""),
        ("metrics.infinite < 1e999", ""),
        ("params.learning_rate > 0.01", "metrics.f1_score ASC"),
        ("params.number = 0.01", ""),
        ("params.both LIKE '%so%'", ""),
        ("params.`näme/with.dots and-more` = 'zwölf'", ""),
        ("params.algorithm = 'xgboost' AND attributes.status = 'FINISHED'", ""),
        ("params.algorithm IS NULL", ""),
        ("params.algorithm IS NOT NULL AND metrics.f1_score > 0.8", "metrics.f1_score DESC"),
        ("tags.`mlflow.user` ILIKE 'A%'", ""),
        ("attributes.run_name LIKE 'run-0%'", "attributes.start_time ASC"),
        ("attributes.start_time > 1700000000000.5", ""),
        ("attributes.status != 'FINISHED'", ""),
        ("dataset.name LIKE '%'", ""),
    ];
    for (filter, order) in queries {
        for (view, max_results) in [(View::ActiveOnly, 1_000), (View::DeletedOnly, 1_000), (View::All, 7)] {
            let order_by = if order.is_empty() { Vec::new() } else { vec![RunOrder::parse(order).unwrap()] };
            let filter = Filter::parse(filter).unwrap();
            let query = RunQuery { experiment_ids: ids.clone(), filter, order_by, view, max_results, page_token: None, count: Count::All };
            check_pages_of_runs(file, server, query).await;
        }
    }
    let both_quotes = Filter::parse("params.both = 'x'").map(|mut filter| {
        filter.clauses[0].test = trialogue::domain::filter::Test::Text(trialogue::domain::filter::TextMatch::Eq, "it's \"so\"".to_owned());
        filter
    });
    let query = RunQuery { experiment_ids: ids.clone(), filter: both_quotes.unwrap(), max_results: 10, ..RunQuery::default() };
    assert_eq!(server.runs(&query).await.unwrap().items.len(), 1);
    check_pages_of_runs(file, server, query).await;

    let all = RunQuery { experiment_ids: ids, view: View::All, max_results: 1_000, ..RunQuery::default() };
    let mut known: Vec<RunId> = file.runs(&all).await.unwrap().items.into_iter().map(|run| run.id).collect();
    known.insert(1, RunId("none".to_owned()));
    known.insert(2, RunId("../x y".to_owned()));
    same(&file.runs_by_id(&known).await, &server.runs_by_id(&known).await, "runs by id");
}

async fn check_pages_of_runs(file: &Store, server: &Store, query: RunQuery) {
    let (mut ours, mut theirs) = (query.clone(), query.clone());
    for page in 0..50 {
        let (from_file, from_server) = (file.runs(&ours).await, server.runs(&theirs).await);
        let what = format!("page {page} of {:?} {:?} {:?} {}", query.filter.to_string(), query.order_by, query.view, query.max_results);
        (ours.page_token, theirs.page_token) =
            (from_file.as_ref().unwrap().next.clone(), from_server.as_ref().unwrap_or_else(|error| panic!("{what}: {error}")).next.clone());
        same(&from_file.map(|page| (page.items, page.total)), &from_server.map(|page| (page.items, page.total)), &what);
        assert_eq!(ours.page_token.is_some(), theirs.page_token.is_some(), "{what}");
        if ours.page_token.is_none() {
            break;
        }
    }
}

async fn check_summaries(file: &Store, server: &Store) {
    let ids = ids(file).await;
    same(&file.status_counts(&ids).await, &server.status_counts(&ids).await, "status counts");
    same(&file.last_starts(&ids).await, &server.last_starts(&ids).await, "last starts");
    same(&file.metric_keys(&ids).await, &server.metric_keys(&ids).await, "metric keys");
    same(&file.param_keys(&ids).await, &server.param_keys(&ids).await, "param keys");
    for id in &ids {
        same(&file.metric_summaries(id).await, &server.metric_summaries(id).await, "metric summaries");
        same(&file.param_summaries(id).await, &server.param_summaries(id).await, "param summaries");
        same(&file.metric_keys_of(id).await, &server.metric_keys_of(id).await, "metric keys of one");
        same(&file.param_keys_of(id).await, &server.param_keys_of(id).await, "param keys of one");
        let sorted = |values: Result<Vec<(String, String)>, StoreError>| {
            values.map(|mut values| {
                values.sort();
                values
            })
        };
        same(&sorted(file.run_tag_values(id).await), &sorted(server.run_tag_values(id).await), "tag values");
    }
    for filter in ["", "metrics.f1_score > 0.85", "params.learning_rate > 0.01", "params.algorithm IS NULL"] {
        let query = TableQuery {
            experiment_ids: ids.clone(),
            filter: Filter::parse(filter).unwrap(),
            metric_keys: ["f1_score", "auc_roc", "none", "odd values", "f1_score"].map(str::to_owned).to_vec(),
            param_keys: ["learning_rate", "algorithm", "none"].map(str::to_owned).to_vec(),
            reach: Reach::All,
        };
        same(&file.run_table(&query).await, &server.run_table(&query).await, filter);
    }
}

async fn check_histories(file: &Store, server: &Store) {
    let all = RunQuery { experiment_ids: ids(file).await, view: View::All, max_results: 1_000, ..RunQuery::default() };
    let runs = file.runs(&all).await.unwrap().items;
    let mut keys: Vec<String> = runs.iter().flat_map(|run: &Run| run.metrics.iter().map(|metric| metric.key.clone())).collect();
    keys.sort();
    keys.dedup();
    for key in keys.iter().filter(|key| *key != "long").map(String::as_str).chain(["none"]) {
        let logged = |run: &&Run| run.metric(key).is_some() || run.id <= runs[0].id;
        let ids: Vec<RunId> = runs.iter().filter(logged).map(|run| run.id.clone()).chain([RunId("none".to_owned())]).collect();
        for (at_most, steps) in [(usize::MAX, None), (10, None), (1, Some(3..=3)), (1, Some(i64::MIN..=5)), (100, Some(-3..=20))] {
            let query = HistoryQuery { runs: ids.clone(), key: key.to_owned(), at_most, steps };
            same(&file.metric_histories(&query).await, &server.metric_histories(&query).await, &format!("history {key} {at_most}"));
        }
    }
    let long = runs.iter().find(|run| run.metric("long").is_some()).unwrap().id.clone();
    let window = HistoryQuery { runs: vec![long.clone()], key: "long".to_owned(), at_most: 500, steps: Some(1_000..=1_999) };
    same(&file.metric_histories(&window).await, &server.metric_histories(&window).await, "a window of the long history");
    let whole = HistoryQuery { runs: vec![long], key: "long".to_owned(), at_most: 500, steps: None };
    let (ours, theirs) = (file.metric_histories(&whole).await.unwrap(), server.metric_histories(&whole).await.unwrap());
    assert_eq!((ours[0].total, ours[0].sampled), (Some(6_000), false));
    assert_eq!(theirs[0].total.is_none(), theirs[0].sampled);
    assert_eq!((ours[0].summary.first, ours[0].summary.last), (theirs[0].summary.first, theirs[0].summary.last));
    assert!((400..=500).contains(&theirs[0].points.len()), "{}", theirs[0].points.len());
}

async fn check_artifacts(file: &Store, server: &Store, folder: &Path) {
    let all = RunQuery { experiment_ids: ids(file).await, view: View::All, max_results: 1_000, ..RunQuery::default() };
    let runs = file.runs(&all).await.unwrap().items;
    let run = runs.iter().find(|run| run.artifact_uri.contains("/local/")).unwrap();
    let root = folder.join("local").join(&run.id.0);
    std::fs::create_dir_all(root.join("model")).unwrap();
    std::fs::write(root.join("model/MLmodel"), "x").unwrap();
    std::fs::write(root.join("top.txt"), "hello").unwrap();
    std::fs::write(root.join("Ä b.txt"), "").unwrap();
    assert_eq!(file.artifacts(run, &ArtifactPath::root()).await.unwrap().len(), 3);
    same(&file.artifacts(run, &ArtifactPath::root()).await, &server.artifacts(run, &ArtifactPath::root()).await, "artifacts");
    let path = |text: &str| ArtifactPath::parse(text).unwrap();
    same(&file.artifacts(run, &path("model")).await, &server.artifacts(run, &path("model")).await, "a folder of artifacts");
    for (name, at_most) in [("top.txt", 100), ("Ä b.txt", 100), ("model/MLmodel", 100)] {
        same(&file.read_artifact(run, &path(name), at_most).await, &server.read_artifact(run, &path(name), at_most).await, name);
    }
    assert_eq!(server.read_artifact(run, &path("top.txt"), 3).await.unwrap().bytes, b"hel");
    for missing in ["none.txt", "model/none"] {
        let (ours, theirs) = (file.read_artifact(run, &path(missing), 9).await, server.read_artifact(run, &path(missing), 9).await);
        assert!(
            matches!((&ours, &theirs), (Err(StoreError::NotFound(_)), Err(StoreError::NotFound(_)))),
            "{missing}: {ours:?}, {theirs:?}"
        );
    }
    assert!(matches!(server.read_artifact(run, &path("model"), 9).await, Err(StoreError::InvalidQuery(_))));
}

async fn check_writes(file: &Store, server: &Store) {
    let new = |name: &str| NewExperiment { name: name.to_owned(), tags: vec![Tag { key: "team".to_owned(), value: "x".to_owned() }] };
    let made = server.create_experiment(&new("made over REST é")).await.unwrap();
    same(&file.experiment(&made).await, &server.experiment(&made).await, "what was made");
    for taken in ["made over REST é", "churn-prediction-q1", ""] {
        let (ours, theirs) =
            (file.create_experiment(&new(taken)).await.unwrap_err(), server.create_experiment(&new(taken)).await.unwrap_err());
        assert!(matches!(theirs, StoreError::Conflict(_)), "{theirs:?}");
        assert_eq!(ours.to_string(), theirs.to_string());
    }
}
