//! Writes in a chat are asked about, and done only as they were asked about: once, in time, for whom they were asked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};

use super::{ask, asking, events, kinds, question, transcript};
use crate::scripted_openai::{KEY, ScriptedOpenAi, Turn};
use crate::services::trialogue::{Reply, Trialogue, send};
use crate::support::folder;

const CREATE: &str = "create an experiment called pilot-two";

async fn confirm(service: &Trialogue, credential: Option<&str>, body: &Value) -> Reply {
    let request = service.request(&Method::POST, "/api/v1/chat/confirm").header("content-type", "application/json");
    let request = request.body(body.to_string());
    send(match credential {
        Some(credential) => request.header("authorization", credential),
        None => request,
    })
    .await
}

/// The answer to the only question of a turn.
fn decision(turn: &Value, agree: bool) -> Value {
    assert_eq!(turn["confirmations"].as_array().map(Vec::len), Some(1), "{turn}");
    json!({"conversation_id": turn["conversation_id"], "token": turn["confirmations"][0]["token"], "agree": agree})
}

/// How many experiments of this name there are.
async fn count(service: &Trialogue, name: &str) -> u64 {
    service.get(&format!("/api/v1/ml/experiments?query={name}")).await.json()["total"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_asked_about_and_done_when_the_person_agrees() {
    let service = Trialogue::demo();
    let turn = ask(&service, question(CREATE)).await;
    assert_eq!((&turn["calls"][0]["ok"], &turn["calls"][0]["error"]["code"]), (&json!(false), &json!("needs_confirmation")));
    let asked = &turn["confirmations"][0];
    assert_eq!((&asked["tool"], &asked["arguments"]), (&json!("create_experiment"), &json!({"name": "pilot-two"})));
    assert!(
        asked["words"].as_str().unwrap().contains("“pilot-two”") && turn["answer"].as_str().unwrap().contains("Nothing is written yet")
    );
    assert_eq!(count(&service, "pilot-two").await, 0);
    let token = asked["token"].as_str().unwrap();
    assert!(!transcript(&service, &turn).await.text.contains(token), "a transcript has no token");

    let done = confirm(&service, None, &decision(&turn, true)).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let done = done.json();
    assert_eq!((&done["turn"], &done["answered"], &done["calls"][0]["ok"]), (&json!(2), &json!(true), &json!(true)), "{done}");
    assert!(done["answer"].as_str().unwrap().contains("pilot-two"), "{done}");
    assert_eq!(count(&service, "pilot-two").await, 1);
    let shown = transcript(&service, &turn).await.json();
    assert!(shown["turns"][1]["question"].as_str().unwrap().starts_with("Yes. "), "{shown}");
    let log = service.log();
    let audit: Vec<&str> = log.lines().filter(|line| line.contains("\"target\":\"audit\"")).collect();
    assert_eq!(audit.len(), 1, "{log}");
    assert!(audit[0].contains("create_experiment") && audit[0].contains("201"), "{}", audit[0]);

    let again = confirm(&service, None, &decision(&turn, true)).await;
    assert_eq!((again.status, again.code().as_str()), (409, "confirmation_used"));
    assert_eq!(count(&service, "pilot-two").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_the_person_declines_is_not_done_then_or_later() {
    let service = Trialogue::demo();
    let turn = ask(&service, question(CREATE)).await;
    let declined = confirm(&service, None, &decision(&turn, false)).await.json();
    assert_eq!((&declined["answer"], &declined["turn"]), (&json!("Nothing was written."), &json!(2)));
    assert_eq!(confirm(&service, None, &decision(&turn, true)).await.code(), "confirmation_used");
    assert_eq!(count(&service, "pilot-two").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_for_its_call_its_conversation_and_its_person() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let new = |role| NewKey { name: "test".to_owned(), tenant: Some("acme".to_owned()), role, expires_at: None };
    let key = |role| format!("Bearer {}", keys::add(&file, new(role), jiff::Timestamp::now()).unwrap().1);
    let [ana, bob, reader] = [key(Role::Writer), key(Role::Writer), key(Role::Reader)];
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let turn = send(asking(&service, Some(&ana), &question(CREATE))).await.json();
    let good = decision(&turn, true);
    // The conversation of somebody else is not there, and a reader may not write whatever he has.
    assert_eq!(confirm(&service, Some(&bob), &good).await.code(), "no_such_conversation");
    assert_eq!(confirm(&service, Some(&reader), &good).await.status, 403);
    let others = send(asking(&service, Some(&bob), &question(CREATE))).await.json();
    let elsewhere = send(asking(&service, Some(&ana), &question(CREATE))).await.json();
    let token = good["token"].as_str().unwrap();
    let (bytes, mark) = token.split_once('.').unwrap();
    let mut call: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(bytes).unwrap()).unwrap();
    call["arguments"]["name"] = json!("pilot-three");
    let changed = format!("{}.{mark}", URL_SAFE_NO_PAD.encode(call.to_string()));
    for wrong in [others["confirmations"][0]["token"].clone(), elsewhere["confirmations"][0]["token"].clone(), json!(changed), json!("x.y")]
    {
        let body = json!({"conversation_id": turn["conversation_id"], "token": wrong, "agree": true});
        let reply = confirm(&service, Some(&ana), &body).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "confirmation_invalid"), "{body}");
    }
    // None of that has spent it.
    assert_eq!(confirm(&service, Some(&ana), &good).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_good_for_ten_minutes_also_after_a_restart() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let state = folder.path().join("state.db");
    let at = |now: &'static str| Trialogue::over(&store, &[], &[("TRIALOGUE_STATE", state.to_str().unwrap()), ("TRIALOGUE_NOW", now)]);
    let service = at("2025-04-01T10:00:00Z");
    let (early, late) = (ask(&service, question(CREATE)).await, ask(&service, question("create an experiment called umbrella")).await);
    assert_eq!(early["confirmations"][0]["expires_at"], "2025-04-01T10:10:00Z");
    drop(service);
    assert_eq!(confirm(&at("2025-04-01T10:09:59Z"), None, &decision(&early, true)).await.status, 200);
    let service = at("2025-04-01T10:10:00Z");
    let reply = confirm(&service, None, &decision(&late, true)).await;
    assert_eq!((reply.status, reply.code().as_str()), (409, "confirmation_expired"));
    assert_eq!((count(&service, "pilot-two").await, count(&service, "umbrella").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_is_told_so_and_not_asked() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let new = NewKey { name: "test".to_owned(), tenant: None, role: Role::Reader, expires_at: None };
    let reader = format!("Bearer {}", keys::add(&file, new, jiff::Timestamp::now()).unwrap().1);
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let turn = send(asking(&service, Some(&reader), &question(CREATE))).await.json();
    assert_eq!((&turn["confirmations"], &turn["calls"][0]["error"]["code"]), (&json!([]), &json!("forbidden")), "{turn}");
    assert!(turn["answer"].as_str().unwrap().contains("You may read only"), "{turn}");
    let service = Trialogue::start(&["--demo", "--read-only"], &[]);
    let turn = ask(&service, question(CREATE)).await;
    assert!(turn["answer"].as_str().unwrap().contains("--read-only") && turn["confirmations"] == json!([]), "{turn}");
    let body = json!({"conversation_id": turn["conversation_id"], "token": "x.y", "agree": true});
    assert_eq!(confirm(&service, None, &body).await.code(), "read_only");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_obedient_model_writes_nothing_either() {
    let create = || ("create_experiment", json!({"name": "pilot-two"}));
    let script = [Turn::calls(&[create(), create()]), Turn::text("It waits for you.")];
    let model = ScriptedOpenAi::start(script).await;
    let environment = [("OPENAI_BASE_URL", model.base_url.as_str()), ("OPENAI_API_KEY", KEY)];
    let service = Trialogue::start(&["--demo", "--model", "openai:scripted"], &environment);
    let events = events(&service, question("tidy up")).await;
    // What it asks for again it was told already.
    assert_eq!(kinds(&events), ["planner", "call_started", "call_result", "text_delta", "confirmation", "usage", "done"]);
    assert_eq!(count(&service, "pilot-two").await, 0);
    // The write itself is told as events, too.
    let asked = events.iter().find(|event| event.kind == "confirmation").unwrap();
    let body = json!({"conversation_id": events[0].data["conversation_id"], "token": asked.data["token"], "agree": true});
    let request = service.request(&Method::POST, "/api/v1/chat/confirm").header("content-type", "application/json");
    let told = send(request.header("accept", "text/event-stream").body(body.to_string())).await;
    let kinds: Vec<&str> = told.text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(kinds, ["planner", "call_started", "call_result", "text_delta", "done"], "{}", told.text);
    assert_eq!(count(&service, "pilot-two").await, 1);
}
