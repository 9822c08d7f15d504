//! The demo store as others read it: a real MLflow is the judge.
//!
//! `TRIALOGUE_TEST_PYTHON` names a Python that has a recent MLflow, `TRIALOGUE_TEST_PYTHON_OLD` one that has an old one.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use trialogue::domain::experiment::{Lifecycle, Tag};
use trialogue::domain::metric::MetricPoint;
use trialogue::store::demo;
use trialogue::store::sqlite::fill::{ExperimentRecord, RunRecord};

#[test]
fn a_recent_mlflow_reads_the_demo_as_it_was_written() {
    check_with_mlflow_of("TRIALOGUE_TEST_PYTHON");
}

#[test]
fn an_old_mlflow_reads_the_demo_as_it_was_written() {
    check_with_mlflow_of("TRIALOGUE_TEST_PYTHON_OLD");
}

fn check_with_mlflow_of(variable: &str) {
    let Ok(python) = std::env::var(variable) else {
        eprintln!("skipped: {variable} names no Python with MLflow");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("demo.db");
    demo::create(&store).unwrap();
    let mut read = read_with_mlflow(&python, folder.path(), &store);
    // By 3.17, opening a store adds the experiment `Default` where there is no experiment 0; 2.9 does that to empty stores only.
    read["experiments"].as_object_mut().unwrap().remove("0");
    let written = written();
    // Part by part, so that a failure shows what differs and not ten thousand points.
    for part in ["experiments", "searches"] {
        assert_eq!(read[part], written[part], "{part}");
    }
    let (read_runs, written_runs) = (read["runs"].as_object().unwrap(), written["runs"].as_object().unwrap());
    assert_eq!(read_runs.keys().collect::<std::collections::BTreeSet<_>>(), written_runs.keys().collect());
    for (id, written_run) in written_runs {
        assert_eq!(&read_runs[id], written_run, "{id}");
    }
}

fn read_with_mlflow(python: &str, folder: &Path, store: &Path) -> Value {
    // MLflow makes a folder for artifacts where it runs.
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/open_demo.py");
    let output = Command::new(python).arg(judge).arg(store).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the judge must print.
fn written() -> Value {
    let records = demo::experiments();
    let experiments: Map<String, Value> =
        records.iter().map(|record| (record.experiment.id.to_string(), experiment_facts(record))).collect();
    let runs: Map<String, Value> =
        records.iter().flat_map(|record| &record.runs).map(|record| (record.run().id.to_string(), run_facts(record))).collect();
    let searches = json!({
        "best f1_score": ["run-017", "run-021", "run-016"],
        // run-011 has NaN, which is no best value.
        "best auc_roc": ["run-012", "run-021", "run-017"],
        "last started": ["run-024", "run-023", "run-022"],
        "named run-017": ["run-017"],
        "still running": ["run-024"],
    });
    json!({ "experiments": experiments, "runs": runs, "searches": searches })
}

fn experiment_facts(record: &ExperimentRecord) -> Value {
    let experiment = &record.experiment;
    json!({
        "name": experiment.name,
        "lifecycle": lifecycle(experiment.lifecycle),
        "created": experiment.created.map(|created| created.0),
        "updated": experiment.updated.map(|updated| updated.0),
        "artifact_location": record.artifact_location,
        "tags": texts(&experiment.tags),
    })
}

fn run_facts(record: &RunRecord) -> Value {
    let run = record.run();
    let params: Map<String, Value> = run.params.iter().map(|param| (param.key.clone(), json!(param.value))).collect();
    let latest: Map<String, Value> = run.metrics.iter().map(|metric| (metric.key.clone(), number(metric.value))).collect();
    let histories: Map<String, Value> =
        record.histories().iter().map(|(key, points)| (key.clone(), points.iter().map(point).collect())).collect();
    json!({
        "name": run.name,
        "experiment": run.experiment_id.to_string(),
        "status": run.status.mlflow_name(),
        "lifecycle": lifecycle(run.lifecycle),
        "user": run.user,
        "start": run.start.map(|start| start.0),
        "end": run.end.map(|end| end.0),
        "artifact_uri": run.artifact_uri,
        "params": params,
        "tags": texts(&run.tags),
        "latest": latest,
        "histories": histories,
    })
}

fn texts(tags: &[Tag]) -> Map<String, Value> {
    tags.iter().map(|tag| (tag.key.clone(), json!(tag.value))).collect()
}

fn point(point: &MetricPoint) -> Value {
    json!([point.step, point.timestamp.0, number(point.value)])
}

/// MLflow's SQL stores give back the largest finite number for an infinity.
fn number(value: f64) -> Value {
    if value.is_nan() { json!("NaN") } else { json!(value.clamp(f64::MIN, f64::MAX)) }
}

fn lifecycle(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Active => "active",
        Lifecycle::Deleted => "deleted",
    }
}
