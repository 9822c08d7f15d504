//! How many requests the tools make to a server that has an experiment too large to read, and that the answers are those of its file.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use trialogue::config::Limits;
use trialogue::domain::time::Timestamp;
use trialogue::store::{OpenMode, Store, demo};
use trialogue::tools::{self, Context};

use crate::services::mlflow::{Artifacts, MlflowServer, Release, store_at};
use crate::services::toxic::ToxicProxy;
use crate::support::{folder, open};

const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// More than two pages of those that are read at once.
const RUNS: usize = 1_200;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_experiment_takes_few_requests() {
    check_with(Release::Newest).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_experiment_takes_few_requests_of_a_server_that_takes_nan_for_zero() {
    check_with(Release::V2_9).await;
}

async fn check_with(release: Release) {
    let Some(python) = release.python("the number of requests") else { return };
    let folder = folder();
    let path = folder.path().join("store.db");
    demo::create(&path).unwrap();
    fill(&path);
    let server = MlflowServer::start(&python, &format!("sqlite:///{}", path.display()), Artifacts::Own);
    let proxy = ToxicProxy::start(server.port());
    let by_server = store_at(&proxy.uri(), ANSWER_LIMIT);
    let by_file = open(&path, OpenMode::ReadOnly);
    let mut faults = Vec::new();
    for (tool, arguments, most) in cases() {
        let asked = check(&by_server, &by_file, &proxy, tool, &arguments, &mut faults).await;
        if asked > most {
            faults.push(format!("{tool}({arguments}) takes {asked} requests, not {most}"));
        }
    }
    // What was found before tells where to look.
    for (tool, arguments, most) in [
        ("best_run", json!({ "experiment": LARGE, "metric": "f1" }), 5),
        ("list_runs", json!({ "experiment": LARGE, "sort_by": "metrics.f1", "limit": 100 }), 3),
    ] {
        let asked = check(&by_server, &by_file, &proxy, tool, &arguments, &mut faults).await;
        if asked > most {
            faults.push(format!("{tool}({arguments}) takes {asked} requests the second time, not {most}"));
        }
    }
    // It does not tell what is there.
    for change in [
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE experiment_id = 70 AND (run_uuid < '3' OR run_uuid IN
             (SELECT run_uuid FROM latest_metrics WHERE key = 'f1' AND value > 0.99))",
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE experiment_id = 70 AND run_uuid < 'f'",
        "UPDATE runs SET lifecycle_stage = 'active' WHERE experiment_id = 70",
    ] {
        Connection::open(&path).unwrap().execute(change, []).unwrap();
        for (tool, arguments, _) in cases() {
            check(&by_server, &by_file, &proxy, tool, &arguments, &mut faults).await;
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const LARGE: &str = "large";

/// Calls, with how many requests each may take.
fn cases() -> Vec<(&'static str, Value, usize)> {
    let ids: Vec<String> = [17, 170, 1_100].map(id_of).to_vec();
    vec![
        ("best_run", json!({ "experiment": LARGE, "metric": "f1" }), 35),
        ("best_run", json!({ "experiment": LARGE, "metric": "loss", "filter": "params.half = 'first'" }), 35),
        ("best_run", json!({ "experiment": LARGE, "metric": "odd" }), 75),
        ("best_run", json!({ "experiment": LARGE, "metric": "odd", "direction": "worst" }), 75),
        ("best_run", json!({ "experiment": LARGE, "metric": "coarse" }), 35),
        ("best_run", json!({ "experiment": LARGE, "metric": "seldom" }), 35),
        ("best_run", json!({ "experiment": LARGE, "metric": "never a number" }), 75),
        ("list_runs", json!({ "experiment": LARGE }), 20),
        ("list_runs", json!({ "experiment": LARGE, "sort_by": "metrics.f1", "limit": 100 }), 22),
        ("list_runs", json!({ "experiment": LARGE, "sort_by": "metrics.seldom", "limit": 2 }), 22),
        ("list_runs", json!({ "experiment": LARGE, "filter": "metrics.odd > 0 AND params.half = 'second'" }), 35),
        ("list_runs", json!({ "experiment": LARGE, "filter": "attributes.status = 'FAILED'", "limit": 50 }), 4),
        ("list_experiments", json!({ "query": "large" }), 45),
        ("metric_history", json!({ "run_ids": ids, "metrics": ["f1"] }), 10),
        ("metric_history", json!({ "run_ids": [ids[0]], "metrics": ["f1"] }), 4),
        ("get_run", json!({ "run": ids[0] }), 6),
        ("get_run", json!({ "experiment": LARGE, "run": "trial-0017" }), 8),
        ("get_run", json!({ "experiment": LARGE, "run": "TRIAL-0017" }), 8),
        ("get_run", json!({ "experiment": LARGE, "run": "run 170" }), 8),
        ("get_run", json!({ "experiment": LARGE, "run": &ids[1][..20] }), 8),
        ("get_run", json!({ "experiment": LARGE, "run": "latest" }), 8),
        ("compare_runs", json!({ "experiment": LARGE, "run_ids": ids, "metrics": ["f1"], "parameters": ["half"] }), 9),
        ("compare_runs", json!({ "experiment": LARGE, "run_ids": ["last 2", "first 2"], "metrics": ["f1"], "parameters": ["half"] }), 9),
        ("compare_runs", json!({ "experiment": LARGE, "run_ids": ["best 2 by f1", "worst 2 by odd"], "parameters": ["half"] }), 35),
    ]
}

/// How many requests a call takes; its answer has to be that of the file.
async fn check(server: &Store, file: &Store, proxy: &ToxicProxy, tool: &str, arguments: &Value, faults: &mut Vec<String>) -> usize {
    drop(proxy.take_passed());
    let found = call(server, tool, arguments).await;
    let asked = proxy.take_passed().len();
    eprintln!("requests: {tool}({arguments}) takes {asked}");
    let expected = call(file, tool, arguments).await;
    if expected != found {
        faults.push(format!("{tool}({arguments})\n  from the file {expected}\n  from the server {found}"));
    }
    asked
}

/// The result, or the refusal; without what is stated to differ over a server.
async fn call(store: &Store, tool: &str, arguments: &Value) -> Value {
    let context = Context { store: store.clone(), limits: Limits::default(), tenant: None, now: Timestamp(1_750_420_800_000), focus: None };
    let mut result = match tools::named(tool).unwrap().call(arguments.clone(), &context).await {
        Ok(outcome) => outcome.result,
        Err(refusal) => return json!(refusal.to_string()),
    };
    let fields = result.as_object_mut().unwrap();
    fields.remove("next_page_token");
    fields.remove("artifacts");
    if tool == "compare_runs" {
        // Over the newest runs only.
        fields["comparison"].as_object_mut().unwrap().remove("parameter_impact");
    }
    let is_stated = |caveat: &Value| {
        ["newest 500 runs", "artifacts"].iter().any(|stated| caveat.as_str().is_some_and(|caveat| caveat.contains(stated)))
    };
    fields["caveats"].as_array_mut().unwrap().retain(|caveat| !is_stated(caveat));
    result
}

fn id_of(number: usize) -> String {
    format!("{:08x}{number:024x}", number.wrapping_mul(2_654_435_761) & 0xffff_ffff)
}

/// Runs with `f1` and `loss` in no order, `odd` of which some are NaN, infinite or missing, `coarse` of which hundreds tie, and metrics
/// that few have.
fn fill(path: &Path) {
    const MAX: f64 = f64::MAX;
    let mut raw = Connection::open(path).unwrap();
    let transaction = raw.transaction().unwrap();
    transaction
        .execute(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
             VALUES (70, 'large', 'mlflow-artifacts:/70', 'active', 1740000000000, 1740000000000)",
            [],
        )
        .unwrap();
    for number in 0..RUNS {
        let id = id_of(number);
        let status = if number % 50 == 49 { "FAILED" } else { "FINISHED" };
        let name = format!("trial-{number:04}");
        transaction
            .execute(
                "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
                     source_version, lifecycle_stage, artifact_uri, experiment_id)
                 VALUES (?1, ?2, 'UNKNOWN', '', '', '', ?3, ?4, ?4 + 1000, '', 'active', 'mlflow-artifacts:/70/' || ?1 || '/artifacts', 70)",
                (&id, &name, status, 1_740_000_000_000 + 1_000 * number as i64),
            )
            .unwrap();
        transaction.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?1, ?2)", (&name, &id)).unwrap();
        let half = if number < RUNS / 2 { "first" } else { "second" };
        transaction.execute("INSERT INTO params (key, value, run_uuid) VALUES ('half', ?1, ?2)", (half, &id)).unwrap();
        // A permutation: no two are the same, and the best is in the middle.
        let mixed = ((number * 7_919 + 13) % RUNS) as f64;
        let odd = match number % 40 {
            0 => None,
            1 => Some((0.0, true)),
            2 => Some((MAX, false)),
            3 => Some((-MAX, false)),
            4 => Some((0.0, false)),
            _ => Some((mixed - 600.0, false)),
        };
        let seldom = (number % 400 == 7).then_some((mixed, false));
        let never = (number % 300 == 5).then_some((0.0, true));
        let metrics = [
            ("f1", Some((mixed / RUNS as f64, false))),
            ("loss", Some((1.0 - mixed, false))),
            ("odd", odd),
            ("coarse", Some(((number % 40) as f64, false))),
            ("seldom", seldom),
            ("never a number", never),
        ];
        for (key, (value, is_nan)) in metrics.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            for table in ["metrics", "latest_metrics"] {
                let insert = format!(
                    "INSERT INTO {table} (key, value, timestamp, step, is_nan, run_uuid) VALUES (?1, ?2, 1740000000000, 0, ?3, ?4)"
                );
                transaction.execute(&insert, (key, value, is_nan, &id)).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
}
