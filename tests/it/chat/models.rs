//! Turns with a model: what it writes is checked before anybody reads it, and where it fails the interpreter answers.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{ask, asking, begun, events, kinds, logged, question};
use crate::scripted_openai::{KEY, Piece, ScriptedOpenAi, Turn};
use crate::services::trialogue::Trialogue;

async fn with_model(script: Vec<Turn>, more: &[(&str, &str)]) -> (Trialogue, ScriptedOpenAi) {
    let model = ScriptedOpenAi::start(script).await;
    let environment = [&[("OPENAI_BASE_URL", model.base_url.as_str()), ("OPENAI_API_KEY", KEY)], more].concat();
    (Trialogue::start(&["--demo", "--model", "openai:scripted"], &environment), model)
}

fn best_run() -> Turn {
    Turn::calls(&[("best_run", json!({"metric": "F1"}))])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_answers_and_its_cost_is_told() {
    let (service, _model) = with_model(vec![best_run(), Turn::text("run-017 leads with an f1_score of 0.912.")], &[]).await;
    let events = events(&service, json!({"message": "Which run had the highest F1 score?", "chart": "vega_lite"})).await;
    let kinds: Vec<&str> = kinds(&events).into_iter().filter(|kind| *kind != "caveat").collect();
    assert_eq!(kinds, ["planner", "call_started", "call_result", "chart", "text_delta", "usage", "done"]);
    assert_eq!(events[0].data["planner"], "openai:scripted");
    assert_eq!(events[4].data["text"], "run-017 leads with an f1_score of 0.912.");
    let usage = &events[events.len() - 2].data;
    assert_eq!((&usage["input_tokens"], &usage["output_tokens"]), (&json!(24), &json!(6)), "{usage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_number_is_told_as_one_and_stands_in_no_text() {
    let script =
        vec![best_run(), Turn::text("run-017 has the highest f1_score: 0.987."), Turn::text("run-017 has the highest f1_score: 0.955.")];
    let (service, _model) = with_model(script, &[]).await;
    let events = events(&service, question("Which run had the highest F1 score?")).await;
    let check = events.iter().find(|event| event.kind == "number_check").unwrap();
    assert_eq!(check.data["unverified_numbers"], json!(["0.987"]));
    for event in events.iter().filter(|event| event.kind != "number_check") {
        let mut shown = event.data.clone();
        if let Some(fields) = shown.as_object_mut() {
            fields.remove("unverified_numbers");
        }
        assert!(!shown.to_string().contains("0.987") && !shown.to_string().contains("0.955"), "{shown}");
    }
    let done = &events.last().unwrap().data;
    assert!(done["answer"].as_str().unwrap().contains("0.912"), "{done}");
    assert!(kinds(&events).contains(&"caveat"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_model_leaves_the_answer_to_the_interpreter_which_says_so() {
    let refusal = || Turn::response(401, "application/json", "{\"error\": {\"message\": \"no\"}}");
    let (service, _model) = with_model(vec![refusal(), refusal()], &[]).await;
    let turn = ask(&service, question("Which run had the highest F1 score?")).await;
    assert_eq!(turn["planner"], "builtin");
    assert!(turn["answer"].as_str().unwrap().contains("0.912"));
    assert!(turn["caveats"][0].as_str().unwrap().contains("interpreter"), "{turn}");
    let events = events(&service, question("Which run had the highest F1 score?")).await;
    let planners: Vec<&Value> = events.iter().filter(|event| event.kind == "planner").map(|event| &event.data["planner"]).collect();
    assert_eq!(planners, ["openai:scripted", "builtin"]);
    assert!(!service.log().contains(KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_stalls_leaves_time_for_the_interpreter() {
    let stalled = Turn::stream(vec![Piece::Wait(Duration::from_secs(600))]);
    let (service, _model) = with_model(vec![stalled], &[("TRIALOGUE_TURN_SECONDS", "1")]).await;
    let asked = Instant::now();
    let events = events(&service, question("Which run had the highest F1 score?")).await;
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    let done = &events.last().unwrap().data;
    assert_eq!((&done["type"], &done["planner"]), (&json!("done"), &json!("builtin")));
    assert!(done["answer"].as_str().unwrap().contains("0.912"), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_ends_the_turn_and_the_request_of_the_model() {
    let stalled = || Turn::stream(vec![Piece::Wait(Duration::from_secs(600))]);
    let (service, _model) = with_model(vec![stalled(), stalled()], &[]).await;
    let response = begun(asking(&service, None, &question("Which run had the highest F1 score?"))).await;
    let left = Instant::now();
    drop(response);
    logged(&service, "\"end\":\"cancelled\"").await;
    assert!(left.elapsed() < Duration::from_secs(1), "{:?}", left.elapsed());
    // So does one who waits for the whole.
    let request = asking(&service, None, &question("Which run had the highest F1 score?")).timeout(Duration::from_millis(300));
    assert!(request.send().await.is_err());
    let counted = "trialogue_chat_turns_total{end=\"cancelled\"} 2";
    let begun = Instant::now();
    while !service.get("/metrics").await.text.contains(counted) {
        assert!(begun.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
