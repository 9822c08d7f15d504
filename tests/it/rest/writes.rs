//! Writes over REST: once for each idempotency key, refused to readers, told to the audit.

use reqwest::Method;
use serde_json::{Value, json};

use crate::services::trialogue::{Reply, Trialogue, send};

async fn create(service: &Trialogue, key: &str, body: &Value) -> Reply {
    let request = service.request(&Method::POST, "/api/v1/ml/experiments").header("content-type", "application/json");
    send(request.header("idempotency-key", key).body(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_repeated_is_done_once() {
    let service = Trialogue::demo();
    let first = create(&service, "one", &json!({"name": "pilot", "tags": {"team": "risk"}})).await;
    let again = create(&service, "one", &json!({"tags": {"team": "risk"}, "name": "pilot"})).await;
    assert_eq!((first.status, again.status, &again.text), (201, 201, &first.text));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = create(&service, "one", &json!({"name": "another"})).await;
    assert_eq!((other.status, other.code().as_str()), (422, "key_of_another_request"));
    let taken = create(&service, "two", &json!({"name": "pilot"})).await;
    let taken_again = create(&service, "two", &json!({"name": "pilot"})).await;
    assert_eq!((taken.status, taken_again.status, taken_again.header("idempotency-replayed")), (409, 409, "true"));
    assert_eq!(taken_again.header("content-type"), "application/problem+json");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_a_time_with_one_key_make_one_experiment() {
    let service = Trialogue::demo();
    let bodies: Vec<Value> = (0..20).map(|_| json!({"name": "pilot"})).collect();
    let replies = futures_util::future::join_all(bodies.iter().map(|body| create(&service, "one", body))).await;
    let codes: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert!(codes.iter().all(|code| [201, 409].contains(code)) && codes.contains(&201), "{codes:?}");
    for reply in replies.iter().filter(|reply| reply.status == 409) {
        assert_eq!(reply.code(), "under_way");
    }
    let found = service.get("/api/v1/ml/experiments?query=pilot").await.json();
    assert_eq!(found["total"], 1, "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_outlives_the_service_and_belongs_to_one_store() {
    let folder = crate::support::folder();
    let (one, two) = (folder.path().join("one.db"), folder.path().join("two.db"));
    trialogue::store::demo::create(&one).unwrap();
    trialogue::store::demo::create(&two).unwrap();
    let state = folder.path().join("state.db");
    let environment = [("TRIALOGUE_STATE", state.to_str().unwrap())];
    let body = json!({"name": "pilot"});
    let first = create(&Trialogue::over(&one, &[], &environment), "one", &body).await;
    let later = create(&Trialogue::over(&one, &[], &environment), "one", &body).await;
    assert_eq!((later.text, later.headers.contains_key("idempotency-replayed")), (first.text, true));
    let elsewhere = create(&Trialogue::over(&two, &[], &environment), "one", &body).await;
    assert_eq!((elsewhere.status, elsewhere.header("idempotency-replayed")), (201, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_one_line_of_the_audit_and_no_secret_is_logged() {
    let service = Trialogue::demo();
    let request =
        service.request(&Method::POST, "/api/v1/ml/experiments?tenant_id=canary-query").header("content-type", "application/json");
    send(request.header("authorization", "Bearer canary-secret").header("x-request-id", "req-1").body(r#"{"name": "pilot"}"#)).await;
    service.get("/api/v1/ml/experiments?query=canary-words").await;
    let log = service.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let audit: Vec<&Value> = lines.iter().filter(|line| line["target"] == "audit").collect();
    assert_eq!(audit.len(), 1, "{log}");
    assert_eq!(
        (&audit[0]["request_id"], &audit[0]["tool"], &audit[0]["status"], &audit[0]["principal"]),
        (&json!("req-1"), &json!("create_experiment"), &json!(201), &json!("local"))
    );
    assert!(!log.contains("canary-secret") && !log.contains("canary-words"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_bounds() {
    let service = Trialogue::demo();
    let long = json!({"name": "x", "description": "x".repeat(2 * 1024 * 1024)});
    assert_eq!(service.post("/api/v1/ml/experiments", &long).await.code(), "body_too_long");
    let text = send(service.request(&Method::POST, "/api/v1/ml/experiments").body("{}")).await;
    assert_eq!((text.status, text.code().as_str()), (415, "not_json"));
    let deep = format!("{{\"name\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let request = service.request(&Method::POST, "/api/v1/ml/experiments").header("content-type", "application/json");
    assert_eq!(send(request.body(deep)).await.status, 400);
    let query = format!("/api/v1/ml/experiments?query={}", "x".repeat(20_000));
    assert_eq!(service.get(&query).await.code(), "query_too_long");
}
