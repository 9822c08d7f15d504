//! Tenants see nothing of each other: by list, id, name, reference, page token, comparison, chart or the text of an error.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};
use trialogue::domain::experiment::{ExperimentId, NewExperiment, Tag};
use trialogue::store::{OpenMode, RunQuery, Store};

use crate::services::trialogue::{Reply, Trialogue, send};
use crate::support::{folder, open};

/// What only the other tenant has, in every place where a store keeps text.
pub(crate) const SECRETS: [&str; 6] = ["zebra", "quokka", "walrus", "osprey", "lemming", "0.98765"];

/// The demonstration store, whose experiments are `acme`'s, and one more with a twin of a run, which is `globex`'s.
pub(crate) async fn make_store(path: &Path) -> (ExperimentId, String) {
    trialogue::store::demo::create(path).unwrap();
    let store = open(path, OpenMode::ReadWrite);
    let raw = rusqlite::Connection::open(path).unwrap();
    raw.execute("INSERT INTO experiment_tags (key, value, experiment_id) SELECT 'tenant_id', 'acme', experiment_id FROM experiments", [])
        .unwrap();
    let tags = [("tenant_id", "globex"), ("team", "zebra"), ("mlflow.note.content", "about quokka")];
    let tags = tags.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect();
    let id = store.create_experiment(&NewExperiment { name: "zebra-churn".to_owned(), tags }).await.unwrap();
    let run = "f".repeat(32);
    // The newest run of all, so that whoever looks for the latest would find it.
    raw.execute(
        "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES (?1, 'walrus-017', 'UNKNOWN', '', '', 'osprey', 'FINISHED', 1900000000000, 1900000001000, '', 'active', '', ?2)",
        rusqlite::params![run, id.0],
    )
    .unwrap();
    for key in ["f1_score", "lemming_score"] {
        raw.execute(
            "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?1, 0.98765, 1, 0, 0, ?2)",
            rusqlite::params![key, run],
        )
        .unwrap();
        raw.execute(
            "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?1, 0.98765, 1, 0, 0, ?2)",
            rusqlite::params![key, run],
        )
        .unwrap();
    }
    raw.execute("INSERT INTO params (key, value, run_uuid) VALUES ('lemming_rate', 'quokka', ?1)", [&run]).unwrap();
    raw.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', 'walrus-017', ?1)", [&run]).unwrap();
    (id, run)
}

pub(crate) fn bearer(file: &Path, tenant: &str) -> String {
    let new = NewKey { name: tenant.to_owned(), tenant: Some(tenant.to_owned()), role: Role::Writer, expires_at: None };
    format!("Bearer {}", keys::add(file, new, jiff::Timestamp::now()).unwrap().1)
}

async fn ask(service: &Trialogue, credential: &str, path: &str, body: Option<&Value>) -> Reply {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = service.request(&method, path).header("authorization", credential);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_tenant_is_seen() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let (theirs, their_run) = make_store(&path).await;
    let file = folder.path().join("keys.json");
    let (acme, globex) = (bearer(&file, "acme"), bearer(&file, "globex"));
    let service = Trialogue::over(&path, &["--keys", file.to_str().unwrap()], &[]);
    let base = "/api/v1/ml/experiments";

    // The other tenant does see it: the secrets are where they are looked for.
    let own = ask(&service, &globex, &format!("{base}/zebra-churn/runs?response_format=detailed"), None).await.text;
    assert!(own.contains("walrus") && own.contains("lemming_score") && own.contains("quokka") && own.contains("0.98765"), "{own}");

    let names = [theirs.0.as_str(), "zebra-churn", "zebra", "quokka", "zebra-chrun"];
    let runs = [their_run.as_str(), &their_run[..8], "walrus-017", "walrus", "walrsu-017"];
    let mut asked: Vec<(String, Option<Value>, bool)> = vec![
        (base.to_owned(), None, false),
        (format!("{base}?query=zebra"), None, false),
        (format!("{base}?query=quokka"), None, false),
        (format!("{base}?tags[team]=zebra"), None, false),
        (format!("{base}?status=all"), None, false),
    ];
    for name in names {
        for rest in [
            "",
            "/runs",
            "/best",
            "/best?metric=f1_score",
            "/impact",
            "/runs/latest",
            "/runs/latest/artifacts",
            "/runs/latest/metrics/f1_score?chart=vega_lite",
        ] {
            asked.push((format!("{base}/{name}{rest}"), None, true));
        }
        asked.push((format!("{base}/{name}/compare"), Some(json!({"run_ids": ["all"]})), true));
    }
    for run in runs {
        for experiment in ["churn-prediction-q1", "1"] {
            asked.push((format!("{base}/{experiment}/runs/{run}"), None, true));
            asked.push((format!("{base}/{experiment}/runs/{run}/metrics/f1_score"), None, true));
            asked.push((format!("{base}/{experiment}/runs/{run}/artifacts/content?path=x"), None, true));
            asked.push((format!("{base}/{experiment}/compare"), Some(json!({"run_ids": ["run-017", run]})), true));
        }
    }
    for metric in ["lemming_score", "lemming", "lemmign_score"] {
        asked.push((format!("{base}/churn-prediction-q1/best?metric={metric}"), None, true));
        asked.push((format!("{base}/churn-prediction-q1/runs?sort_by={metric}"), None, true));
        asked.push((format!("{base}/churn-prediction-q1/runs?filter=metrics.{metric}%3E0"), None, true));
        asked.push((format!("{base}/churn-prediction-q1/impact?metric=f1_score&parameters=lemming_rate"), None, true));
    }
    for (path, body, is_missing) in &asked {
        let reply = ask(&service, &acme, path, body.as_ref()).await;
        assert_eq!(reply.status == 404, *is_missing, "{path} {body:?}: {} {}", reply.status, reply.text);
        let sent = format!("{path}{}", body.as_ref().map(Value::to_string).unwrap_or_default());
        for secret in SECRETS {
            // What was asked may be repeated; a name that is near to it may not be told.
            let told = reply.text.replace("zebra-chrun", "").replace("walrsu-017", "").replace("lemmign_score", "");
            assert!(sent.contains(secret) || !told.contains(secret), "{path} tells {secret}: {}", reply.text);
        }
        assert!(!reply.text.contains(&their_run[..16]) || sent.contains(&their_run), "{path}: {}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_and_a_tenant_parameter_lead_to_nobody_elses_runs() {
    let folder = folder();
    let path = folder.path().join("store.db");
    make_store(&path).await;
    let file = folder.path().join("keys.json");
    let (acme, globex) = (bearer(&file, "acme"), bearer(&file, "globex"));
    let service = Trialogue::over(&path, &["--keys", file.to_str().unwrap()], &[]);
    let base = "/api/v1/ml/experiments";
    let token = ask(&service, &acme, &format!("{base}/churn-prediction-q1/runs?limit=3"), None).await.json()["next_page_token"].clone();
    let with_token = format!("{base}/zebra-churn/runs?limit=3&page_token={}", token.as_str().unwrap());
    let reply = ask(&service, &globex, &with_token, None).await;
    assert!(!reply.text.contains("run-0"), "{}", reply.text);
    let reply = ask(&service, &acme, &format!("{base}?tenant_id=globex"), None).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "other_tenant"));
    let body = json!({"name": "trojan", "tags": {"tenant_id": "globex"}});
    assert_eq!(ask(&service, &acme, base, Some(&body)).await.status, 400);
    // What one makes is one's own.
    assert_eq!(ask(&service, &acme, base, Some(&json!({"name": "mine"}))).await.status, 201);
    assert_eq!(ask(&service, &acme, &format!("{base}/mine"), None).await.status, 200);
    assert_eq!(ask(&service, &globex, &format!("{base}/mine"), None).await.status, 404);
    // A taken name is no telltale of what stands behind it.
    let taken = ask(&service, &acme, base, Some(&json!({"name": "zebra-churn"}))).await;
    assert_eq!(taken.status, 409);
    assert!(!taken.text.contains("globex") && !taken.text.contains("quokka"), "{}", taken.text);
    let store: Store = open(&path, OpenMode::ReadOnly);
    assert_eq!(store.runs(&RunQuery { max_results: 1, ..RunQuery::default() }).await.unwrap().items.len(), 0);
}
