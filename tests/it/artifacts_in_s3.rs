//! Artifacts that lie in a bucket are read from there where the store is a file: no server stands between.

use std::process::Command;

use rusqlite::Connection;
use serde_json::{Value, json};
use trialogue::config::{Limits, S3Settings, Secret};
use trialogue::domain::time::Timestamp;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{OpenMode, Store, demo};
use trialogue::tools::{self, Context};

use crate::services::s3::S3;
use crate::support::{folder, python};

/// `run-017` of the demonstration store.
const RUN: &str = "0bd58c86c8774560b38736d4d13b54ac";

/// Files as MLflow's own client puts them into a bucket, and one of another run.
const LOG: &str = r#"
import os, pathlib, sys
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
root, other, folder = sys.argv[1:]
for name, content in [("notes.txt", b"hello"), ("model/MLmodel", b"flavors: {}"), ("empty.txt", b""), ("gr\u00f6\u00dfe M.csv", b"a,b\n1,x\n2,y\n"), ("a+b%20c&d.txt", b"odd"), ("long.txt", b"x" * 50_000)]:
    path = pathlib.Path(folder) / os.path.basename(name)
    path.write_bytes(content)
    get_artifact_repository(root).log_artifact(str(path), os.path.dirname(name) or None)
path = pathlib.Path(folder) / "secret.txt"
path.write_text("of another run")
get_artifact_repository(other).log_artifact(str(path))
"#;

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_of_a_file_s_run_are_read_from_the_bucket() {
    let test = "artifacts in S3";
    let (Some(python), Some(s3)) = (python(test), S3::start(test)) else { return };
    let folder = folder();
    let path = folder.path().join("store.db");
    demo::create(&path).unwrap();
    let root = format!("{}/1/{RUN}/artifacts", s3.destination("tracking"));
    let raw = Connection::open(&path).unwrap();
    raw.execute("UPDATE runs SET artifact_uri = ?1 WHERE run_uuid = ?2", [root.as_str(), RUN]).unwrap();
    drop(raw);
    let other = format!("{}/1/another/artifacts", s3.destination("tracking"));
    let mut log = Command::new(&python);
    log.args(["-c", LOG, &root, &other, folder.path().to_str().unwrap()]).envs(s3.environment()).env("MLFLOW_DISABLE_TELEMETRY", "true");
    let output = log.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let store = |settings: S3Settings| Store::Sqlite(SqliteStore::open(&path, OpenMode::ReadOnly).unwrap().with_s3(settings));
    let by_bucket = store(s3.settings());
    let list =
        async |folder: &str| call(&by_bucket, "list_artifacts", json!({ "run": RUN, "path": folder })).await.unwrap()["files"].clone();
    let file = |path: &str, size: u64| json!({ "path": path, "size": size });
    assert_eq!(
        list("").await,
        json!([
            file("a+b%20c&d.txt", 3),
            file("empty.txt", 0),
            file("größe M.csv", 12),
            file("long.txt", 50_000),
            { "path": "model", "size": null },
            file("notes.txt", 5),
        ])
    );
    assert_eq!(list("model").await, json!([file("model/MLmodel", 11)]));

    let read = async |path: &str| call(&by_bucket, "read_artifact", json!({ "run": RUN, "path": path, "max_bytes": 100 })).await;
    let text = async |path: &str| read(path).await.unwrap()["text"].clone();
    assert_eq!([text("notes.txt").await, text("a+b%20c&d.txt").await, text("empty.txt").await], [json!("hello"), json!("odd"), json!("")]);
    assert_eq!(text("model/MLmodel").await, "flavors: {}");
    let csv = read("größe M.csv").await.unwrap();
    assert_eq!((&csv["kind"], &csv["csv"]["row_count"]), (&json!("csv"), &json!(2)));
    let long = read("long.txt").await.unwrap();
    assert_eq!((&long["size"], &long["truncated"], long["text"].as_str().unwrap().len()), (&json!(50_000), &json!(true), 100));

    for (path, problem) in [
        ("none.txt", "has no artifact `none.txt`"),
        ("model", "is a folder"),
        ("../../another/artifacts/secret.txt", "relative to the run's artifacts"),
        ("%2e%2e/%2e%2e/another/artifacts/secret.txt", "relative to the run's artifacts"),
    ] {
        let refusal = read(path).await.unwrap_err();
        assert!(refusal.contains(problem), "{path}: {refusal}");
    }

    let wrong = S3Settings { credentials: Some(("a-test-key".to_owned(), Secret("wrong".to_owned()))), ..s3.settings() };
    let refusal = call(&store(wrong), "read_artifact", json!({ "run": RUN, "path": "notes.txt" })).await.unwrap_err();
    assert!(refusal.contains("refuses the credentials") && !refusal.contains("wrong"), "{refusal}");
}

async fn call(store: &Store, tool: &str, arguments: Value) -> Result<Value, String> {
    let context = Context { store: store.clone(), limits: Limits::default(), tenant: None, now: Timestamp(0), focus: None };
    let outcome = tools::named(tool).unwrap().call(arguments, &context).await;
    outcome.map(|outcome| outcome.result).map_err(|refusal| refusal.to_string())
}
