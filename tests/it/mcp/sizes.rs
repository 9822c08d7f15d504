//! What answers cost a model: definitions, the answers to the questions that are asked first, and the largest there are.

use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use super::{Caller, is_error, text, without_meta};
use crate::services::trialogue::Trialogue;
use crate::support::folder;

/// Bytes of all definitions together, and of a short answer.
const DEFINITIONS: usize = 12_000;
const SHORT: usize = 2_000;

/// Characters of any answer; hosts refuse more.
const ANY: usize = 50_000;

#[tokio::test(flavor = "multi_thread")]
async fn definitions_are_short_and_always_the_same() {
    let service = Trialogue::demo();
    let caller = Caller::new(&service);
    let first = caller.ask("tools/list", &json!({})).await;
    assert!(first.text.len() <= DEFINITIONS, "{} bytes", first.text.len());
    assert_eq!(caller.tools().await.len(), 11);
    for _ in 0..3 {
        assert_eq!(caller.ask("tools/list", &json!({})).await.text, first.text);
    }
    assert_eq!(Caller::new(&Trialogue::demo()).ask("tools/list", &json!({})).await.text, first.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_questions_have_short_answers() {
    let service = Trialogue::demo();
    for (tool, arguments, expected) in [
        // Show me all experiments for churn prediction
        ("list_experiments", json!({ "query": "churn prediction" }), "churn-prediction-q1"),
        // Which run had the highest F1 score?
        ("best_run", json!({ "metric": "F1 score" }), "0.912"),
        // Compare the last 3 runs
        ("compare_runs", json!({ "run_ids": ["last 3"] }), "3 runs"),
        // Plot the training loss curve for run 17
        ("metric_history", json!({ "run_ids": ["run 17"], "metrics": ["training loss"] }), "training_loss"),
    ] {
        let result = Caller::new(&service).call(tool, &arguments).await;
        let told = without_meta(&result);
        eprintln!("sizes: {tool} {} bytes", told.len());
        assert!(!is_error(&result) && text(&result).contains(expected), "{result}");
        assert!(told.len() <= SHORT, "{tool}: {} bytes: {told}", told.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_longer_than_hosts_take() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    fill(&store);
    let service = Trialogue::over(&store, &[], &[]);
    let caller = Caller::new(&service);
    let runs: Vec<String> = (0..20).map(|run| format!("broad-{run:03}")).collect();
    let metrics: Vec<String> = (0..10).map(|metric| format!("layer/{metric:05}/gradient norm")).collect();
    let all_metrics: Vec<String> = (0..200).map(|metric| format!("layer/{metric:05}/gradient norm")).collect();
    for (tool, arguments) in [
        ("list_runs", json!({ "experiment": "large", "limit": 100 })),
        ("list_experiments", json!({ "limit": 100 })),
        ("get_run", json!({ "experiment": "large", "run": "wide" })),
        ("describe_experiment", json!({ "experiment": "large" })),
        ("best_run", json!({ "experiment": "large", "metric": "layer/00001/gradient norm" })),
        ("compare_runs", json!({ "experiment": "large", "run_ids": runs })),
        ("compare_runs", json!({ "experiment": "large", "run_ids": ["broad-001", "wide"], "metrics": all_metrics })),
        ("metric_history", json!({ "experiment": "large", "run_ids": runs, "metrics": metrics, "max_points": 1000 })),
        ("metric_history", json!({ "experiment": "large", "run_ids": ["broad-001"], "metrics": ["loss"], "max_points": 1000 })),
        ("parameter_impact", json!({ "experiment": "large", "metric": "layer/00001/gradient norm" })),
    ] {
        for format in ["concise", "detailed"] {
            let mut arguments = arguments.clone();
            arguments["response_format"] = json!(format);
            let mut result = caller.call(tool, &arguments).await;
            if is_error(&result) && text(&result).contains("response_format") {
                arguments.as_object_mut().unwrap().remove("response_format");
                result = caller.call(tool, &arguments).await;
            }
            let characters = without_meta(&result).chars().count();
            eprintln!("sizes: {tool} {format} {characters} characters{}", if is_error(&result) { ", refused" } else { "" });
            assert!(characters <= ANY, "{tool} {format}: {characters} characters");
            // What is too much to be asked for says so.
            assert!(!is_error(&result) || text(&result).len() < 2_000, "{tool}: {}", text(&result));
            let is_cut = text(&result).contains("Note:") || is_error(&result);
            assert!(
                is_cut || characters < ANY / 2 || format == "concise",
                "{tool} {format} does not say that it is cut: {}",
                text(&result)
            );
        }
    }
}

/// An experiment with a run of 10,000 metrics, and with 150 runs of 300 metrics and 40 parameters, twenty of which have curves of 1,000 steps.
fn fill(store: &Path) {
    let raw = Connection::open(store).unwrap();
    let experiment = "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) \
                      VALUES (77, 'large', '', 'active', 1740000000000, 1740000000000)";
    raw.execute(experiment, []).unwrap();
    let numbers = |count: usize| {
        format!("WITH RECURSIVE numbers(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < {})", count - 1)
    };
    let run = |id: &str, name: &str| {
        let statement = "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, \
                         source_version, lifecycle_stage, artifact_uri, experiment_id) \
                         VALUES (?1, ?2, 'UNKNOWN', '', '', 'ana', 'FINISHED', 1740000000000, 1740003600000, '', 'active', '', 77)";
        raw.execute(statement, [id, name]).unwrap();
        raw.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?1, ?2)", [name, id]).unwrap();
    };
    let metrics = |id: &str, count: usize| {
        raw.execute_batch(&format!(
            "{} INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
             SELECT printf('layer/%05d/gradient norm', number), (number * 7919 % 1000) / 7.0, 1740000000000, 0, 0, '{id}' FROM numbers;",
            numbers(count)
        ))
        .unwrap();
    };
    raw.execute_batch("BEGIN").unwrap();
    run(&"f".repeat(32), "wide");
    metrics(&"f".repeat(32), 10_000);
    for number in 0..150 {
        let id = format!("{number:032x}");
        run(&id, &format!("broad-{number:03}"));
        metrics(&id, 300);
        raw.execute_batch(&format!(
            "{} INSERT INTO params (key, value, run_uuid) SELECT printf('parameter of some length %03d', number), number * {number} % 13, '{id}' FROM numbers;",
            numbers(40)
        ))
        .unwrap();
        if number < 20 {
            for metric in (0..10).map(|metric| format!("layer/{metric:05}/gradient norm")).chain(["loss".to_owned()]) {
                raw.execute_batch(&format!(
                    "{} INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid)
                     SELECT '{metric}', 1.0 / (number + 3.1), 1740000000000 + number, number, 0, '{id}' FROM numbers;
                     INSERT OR IGNORE INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
                     VALUES ('{metric}', 0.001, 1740000000000, 999, 0, '{id}');",
                    numbers(1_000)
                ))
                .unwrap();
            }
        }
    }
    raw.execute_batch("COMMIT").unwrap();
}
