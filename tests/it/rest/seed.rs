//! The examples of the service's contract, put to the demonstration store: shapes field for field, and the values that the demo has.

use serde_json::{Value, json};

use crate::services::trialogue::Trialogue;

const CHURN: &str = "/api/v1/ml/experiments/churn-prediction-q1";

/// The fields of an object, those beyond the contract left out.
fn only(object: &Value, fields: &[&str]) -> Value {
    fields
        .iter()
        .map(|field| ((*field).to_owned(), object.get(*field).unwrap_or_else(|| panic!("{field} is missing in {object}")).clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_listed_with_their_best() {
    let service = Trialogue::demo();
    let reply = service.get("/api/v1/ml/experiments").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let experiments = reply.json()["experiments"].as_array().unwrap().clone();
    let churn = experiments.iter().find(|experiment| experiment["name"] == "churn-prediction-q1").unwrap();
    let expected = json!({
        "name": "churn-prediction-q1", "run_count": 24, "best_metric": {"f1_score": 0.912}, "status": "active", "created_at": "2025-01-15T08:00:00Z",
    });
    assert_eq!(only(churn, &["name", "run_count", "best_metric", "status", "created_at"]), expected);
    assert!(churn["id"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_experiments_of_the_tenant_asked_for_are_listed() {
    let service = Trialogue::demo();
    assert_eq!(service.get("/api/v1/ml/experiments?tenant_id=acme-corp").await.json()["experiments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_sorted_by_a_metric() {
    let service = Trialogue::demo();
    let reply = service.get(&format!("{CHURN}/runs?sort_by=metrics.f1_score&order=desc")).await.json();
    let best = &reply["runs"][0];
    assert_eq!(best["run_name"], "run-017");
    let expected = json!({"status": "completed", "duration_seconds": 342, "created_at": "2025-03-15T10:00:00Z"});
    assert_eq!(only(best, &["status", "duration_seconds", "created_at"]), expected);
    let parameters = json!({"algorithm": "xgboost", "n_estimators": 200, "learning_rate": 0.05});
    assert_eq!(only(&best["parameters"], &["algorithm", "n_estimators", "learning_rate"]), parameters);
    let metrics = json!({"f1_score": 0.912, "accuracy": 0.95, "training_loss": 0.082});
    assert_eq!(only(&best["metrics"], &["f1_score", "accuracy", "training_loss"]), metrics);
    let scores: Vec<f64> = reply["runs"].as_array().unwrap().iter().filter_map(|run| run["metrics"]["f1_score"].as_f64()).collect();
    assert!(scores.is_sorted_by(|one, next| one >= next) && scores.len() > 10, "{scores:?}");
    let statuses: Vec<Value> = service.get(&format!("{CHURN}/runs?limit=100")).await.json()["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["status"].clone())
        .collect();
    for status in ["completed", "failed", "running"] {
        assert!(statuses.contains(&json!(status)), "{status} in {statuses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_compared_with_the_impact_of_parameters() {
    let service = Trialogue::demo();
    let body = json!({
        "run_ids": ["run-015", "run-016", "run-017"],
        "metrics": ["f1_score", "accuracy", "auc_roc"],
        "parameters": ["n_estimators", "learning_rate", "max_depth"],
    });
    let comparison = service.post(&format!("{CHURN}/compare"), &body).await.json()["comparison"].clone();
    let rows: Vec<Value> =
        comparison["runs"].as_array().unwrap().iter().map(|row| only(row, &["run_name", "f1_score", "accuracy"])).collect();
    let expected = json!([
        {"run_name": "run-015", "f1_score": 0.88, "accuracy": 0.93},
        {"run_name": "run-016", "f1_score": 0.90, "accuracy": 0.94},
        {"run_name": "run-017", "f1_score": 0.912, "accuracy": 0.95},
    ]);
    assert_eq!(Value::from(rows), expected);
    assert_eq!(comparison["best_run"], comparison["runs"][2]["run_id"]);
    let impact = &comparison["parameter_impact"];
    let rounded = |parameter: &str| (impact[parameter]["correlation_with_f1"].as_f64().unwrap() * 100.0).round() / 100.0;
    assert_eq!((rounded("learning_rate"), rounded("n_estimators")), (-0.72, 0.85));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_gives_its_steps() {
    let service = Trialogue::demo();
    let reply = service.get(&format!("{CHURN}/runs/run-017/metrics/training_loss")).await.json();
    assert_eq!(reply["metric"], "training_loss");
    let steps = reply["steps"].as_array().unwrap();
    assert_eq!(steps[0], json!({"step": 0, "value": 0.693, "timestamp": "2025-03-15T10:00:00Z"}));
    assert_eq!(steps.last().unwrap()["value"], 0.082);
    assert!(steps.len() >= 31);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_created_and_found_again() {
    let service = Trialogue::demo();
    let body = json!({
        "name": "churn-prediction-q2",
        "description": "Customer churn prediction experiments for Q2 2025",
        "tags": {"project": "customer-retention", "team": "data-science"},
    });
    let created = service.post("/api/v1/ml/experiments", &body).await;
    assert_eq!(created.status, 201, "{}", created.text);
    let found = service.get(&format!("/api/v1/ml/experiments/{}", created.json()["id"].as_str().unwrap())).await.json();
    assert_eq!((&found["name"], &found["description"]), (&body["name"], &body["description"]), "{found}");
    let again = service.post("/api/v1/ml/experiments", &body).await;
    assert_eq!((again.status, again.code().as_str()), (409, "conflict"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_route_answers() {
    let service = Trialogue::demo();
    assert_eq!(service.get(&format!("{CHURN}/best?metric=F1")).await.json()["best"]["run_name"], "run-017");
    assert_eq!(service.get(&format!("{CHURN}/runs/17")).await.json()["run"]["run_name"], "run-017");
    assert_eq!(service.get(CHURN).await.status, 200);
    assert_eq!(service.get(&format!("{CHURN}/impact?metric=f1_score")).await.status, 200);
    // The demonstration says, as a file under a server does, that its artifacts lie with a server.
    let artifacts = service.get(&format!("{CHURN}/runs/17/artifacts")).await;
    assert_eq!((artifacts.status, artifacts.code().as_str()), (404, "out_of_reach"));
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_comes_where_it_is_asked_for() {
    let service = Trialogue::demo();
    let path = format!("{CHURN}/runs/run-017/metrics/training_loss");
    assert!(service.get(&path).await.json().get("chart").is_none());
    let chart = service.get(&format!("{path}?chart=vega_lite")).await.json()["chart"].clone();
    assert!(chart["$schema"].as_str().unwrap().contains("vega-lite"), "{chart}");
    assert_eq!(service.get(&format!("{path}?chart=pie")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_the_configuration_bound_every_route_and_tell_the_way_on() {
    let service = Trialogue::start(&["--demo"], &[("TRACKING_MAX_RUNS_PER_QUERY", "5"), ("TRACKING_METRIC_HISTORY_LIMIT", "7")]);
    let runs = service.get(&format!("{CHURN}/runs?limit=50")).await.json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 5);
    assert!(runs["caveats"].to_string().contains("TRACKING_MAX_RUNS_PER_QUERY"), "{}", runs["caveats"]);
    let token = runs["next_page_token"].as_str().unwrap();
    let next = service.get(&format!("{CHURN}/runs?limit=5&page_token={token}")).await.json();
    assert_ne!(next["runs"][0]["run_id"], runs["runs"][0]["run_id"], "{next}");
    let history = service.get(&format!("{CHURN}/runs/run-017/metrics/training_loss?max_points=500")).await.json();
    assert!(history["steps"].as_array().unwrap().len() <= 7, "{history}");
    assert!(!history["caveats"].as_array().unwrap().is_empty());
    let all = service.post(&format!("{CHURN}/compare"), &json!({"run_ids": ["all"], "metrics": ["f1_score"]})).await.json();
    assert_eq!(all["comparison"]["runs"].as_array().unwrap().len(), 5);
    assert!(all["caveats"].to_string().contains("TRACKING_MAX_RUNS_PER_QUERY"), "{}", all["caveats"]);
    let curves = service.get(&format!("{CHURN}/runs/all/metrics/training_loss")).await.json();
    assert_eq!(curves["curves"].as_array().unwrap().len(), 5);
    assert!(curves["caveats"].to_string().contains("TRACKING_MAX_RUNS_PER_QUERY"), "{}", curves["caveats"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_tells_what_does_not_answer() {
    let ready = Trialogue::demo().get("/readyz").await;
    assert_eq!((ready.status, ready.json()["model"].clone()), (200, json!({"status": "ok", "name": "builtin"})));
    // A model that is away is told; the interpreter answers in its place.
    let environment = [("OPENAI_BASE_URL", "http://127.0.0.1:9"), ("OPENAI_API_KEY", "canary")];
    let without_model = Trialogue::start(&["--demo", "--model", "openai:gpt"], &environment).get("/readyz").await;
    assert_eq!((without_model.status, &without_model.json()["model"]["status"]), (200, &json!("failed")), "{}", without_model.text);
    assert!(!without_model.text.contains("canary"));
    let without_store = Trialogue::start(&["--tracking-uri", "http://127.0.0.1:9"], &[]);
    let reply = without_store.get("/readyz").await;
    assert_eq!((reply.status, &reply.json()["store"]["status"]), (503, &json!("failed")), "{}", reply.text);
    assert_eq!(without_store.get("/healthz").await.status, 200);
    let listed = without_store.get("/api/v1/ml/experiments").await;
    assert_eq!((listed.status, listed.code().as_str(), listed.header("retry-after")), (503, "store_unavailable", "5"));
}
