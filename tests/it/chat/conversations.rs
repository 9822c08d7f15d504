//! Conversations: listed, resumed after a restart, exported, deleted, forgotten.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ask, asking, begun, follow_up, list, question, transcript};
use crate::scripted_openai::{KEY, Piece, ScriptedOpenAi, Turn};
use crate::services::trialogue::{Trialogue, send};
use crate::support::folder;

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_listed_the_last_used_first_by_their_first_question() {
    let service = Trialogue::demo();
    assert_eq!(list(&service).await, json!({"conversations": [], "returned": 0, "total": 0, "next_page_token": null}));
    let mut turns: Vec<Value> = Vec::new();
    for words in ["best run by accuracy", "list experiments", "compare the last 2 runs of churn"] {
        turns.push(ask(&service, question(words)).await);
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    ask(&service, follow_up(&turns[0], "and its f1 score?")).await;
    let listed = list(&service).await;
    let titles: Vec<&Value> = listed["conversations"].as_array().unwrap().iter().map(|one| &one["title"]).collect();
    assert_eq!(titles, ["best run by accuracy", "compare the last 2 runs of churn", "list experiments"]);
    assert_eq!(listed["conversations"][0]["turn_count"], 2);
    let first = service.get("/api/v1/conversations?limit=2").await.json();
    assert_eq!((&first["returned"], &first["total"]), (&json!(2), &json!(3)));
    let token = first["next_page_token"].as_str().unwrap();
    let rest = service.get(&format!("/api/v1/conversations?limit=2&page_token={token}")).await.json();
    assert_eq!((&rest["conversations"][0]["title"], &rest["next_page_token"]), (&json!("list experiments"), &Value::Null));
    assert_eq!(service.get("/api/v1/conversations?limit=0").await.code(), "invalid_arguments");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_after_a_restart() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let state = folder.path().join("state.db");
    let environment = [("TRIALOGUE_STATE", state.to_str().unwrap())];
    let first = ask(&Trialogue::over(&store, &[], &environment), question("Which run had the highest F1 score?")).await;
    let service = Trialogue::over(&store, &[], &environment);
    let second = ask(&service, follow_up(&first, "and its accuracy?")).await;
    assert_eq!(second["calls"][0]["resolved"]["runs"][0]["run_name"], "run-017", "{second}");
    let shown = transcript(&service, &first).await.json();
    let questions: Vec<&Value> = shown["turns"].as_array().unwrap().iter().map(|turn| &turn["question"]).collect();
    assert_eq!(questions, ["Which run had the highest F1 score?", "and its accuracy?"]);
    assert_eq!((&shown["turns"][0]["answer"], &shown["turns"][0]["calls"]), (&first["answer"], &first["calls"]));
    // Another store has other conversations, whatever is kept in the same file.
    let other = folder.path().join("other.db");
    trialogue::store::demo::create(&other).unwrap();
    let elsewhere = Trialogue::over(&other, &[], &environment);
    assert_eq!(transcript(&elsewhere, &first).await.code(), "no_such_conversation");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_exported_and_deleted() {
    let service = Trialogue::demo();
    let turn = ask(&service, question("best run by accuracy")).await;
    let path = format!("/api/v1/conversations/{}", turn["conversation_id"].as_str().unwrap());
    let export = service.get(&format!("{path}/export")).await;
    assert!(export.header("content-disposition").starts_with("attachment; filename=\"conv_"));
    let export = export.json();
    assert_eq!((&export["format"], &export["turns"][0]["answer"]), (&json!("trialogue-conversation/1"), &turn["answer"]));
    let deleted = send(service.request(&Method::DELETE, &path)).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(send(service.request(&Method::DELETE, &path)).await.code(), "no_such_conversation");
    assert_eq!(service.get(&path).await.status, 404);
    let again = send(asking(&service, None, &follow_up(&turn, "and its f1 score?"))).await;
    assert_eq!((again.status, again.code().as_str()), (404, "no_such_conversation"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_are_kept() {
    let service = Trialogue::start(&["--demo"], &[("TRIALOGUE_CONVERSATIONS_PER_PRINCIPAL", "2")]);
    let first = ask(&service, question("best run")).await;
    for _ in 0..2 {
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        ask(&service, question("best run")).await;
    }
    assert_eq!(list(&service).await["total"], 2);
    assert_eq!(transcript(&service, &first).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_turn_of_a_conversation_is_taken_at_a_time() {
    let waiting = || Turn::stream(vec![Piece::Wait(std::time::Duration::from_secs(600))]);
    let script = [Turn::calls(&[("best_run", json!({"metric": "F1"}))]), Turn::text("run-017 leads."), waiting(), Turn::text("Yes.")];
    let model = ScriptedOpenAi::start(script).await;
    let environment = [("OPENAI_BASE_URL", model.base_url.as_str()), ("OPENAI_API_KEY", KEY)];
    let service = Trialogue::start(&["--demo", "--model", "openai:scripted"], &environment);
    let first = ask(&service, question("Which run had the highest F1 score?")).await;
    let under_way = begun(asking(&service, None, &follow_up(&first, "are you sure?"))).await;
    let second = send(asking(&service, None, &follow_up(&first, "hello?"))).await;
    assert_eq!((second.status, second.code().as_str()), (409, "turn_under_way"));
    // Each reply of the script is for one request: the one that is never answered must have been made.
    while model.requests().len() < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(under_way);
    super::logged(&service, "\"end\":\"cancelled\"").await;
    // What was cancelled is no part of the conversation, which goes on.
    let third = ask(&service, follow_up(&first, "are you there?")).await;
    assert_eq!((&third["turn"], &third["answer"]), (&json!(2), &json!("Yes.")));
}
