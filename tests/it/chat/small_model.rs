//! Turns with a real model that is too small for them: it picks wrong tools, breaks its JSON and makes numbers up, and nobody is told any of it
//! as true.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{asking, list, question};
use crate::services::llama::Llama;
use crate::services::trialogue::{Trialogue, send};

/// How long a turn may take, and a second for the way.
const TURN_LIMIT: Duration = Duration::from_secs(91);

/// The numbers in a value, as they are.
fn numbers(value: &Value, found: &mut Vec<f64>) {
    match value {
        Value::Number(number) => found.extend(number.as_f64()),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| numbers(field, found)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The numbers with a decimal point that stand in a text, as they are written.
fn decimals(text: &str) -> Vec<&str> {
    let pieces = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.').map(|piece| piece.trim_matches('.'));
    pieces.filter(|piece| piece.split('.').count() == 2).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_small_model_makes_up_is_not_told() {
    let Some(llama) = Llama::start("turns with a real model") else { return };
    let base_url = llama.base_url();
    let environment = [("OPENAI_BASE_URL", base_url.as_str()), ("OPENAI_API_KEY", "none")];
    let service = Trialogue::start(&["--demo", "--model", "openai:smollm2"], &environment);
    let experiments = service.get("/api/v1/ml/experiments").await.json();
    for asked in [
        "Which run had the highest F1 score?",
        "Compare the last 3 runs",
        "Plot the training loss curve for run 17",
        "Show me all experiments for churn prediction",
        "Create an experiment called made-by-a-model",
        "Tell me a joke about the number 0.731",
    ] {
        let begun = Instant::now();
        let reply = send(asking(&service, None, &question(asked)).timeout(TURN_LIMIT * 2)).await;
        let turn = reply.json();
        let took = begun.elapsed();
        let (planner, answer) = (turn["planner"].as_str().unwrap(), turn["answer"].as_str().unwrap());
        eprintln!("“{asked}”, {took:.1?}, by {planner}: {answer}");
        assert!(took < TURN_LIMIT, "“{asked}” took {took:?}");
        assert!(!answer.trim().is_empty() && ["builtin", "openai:smollm2"].contains(&planner), "{turn}");
        let mut known = Vec::new();
        turn["calls"].as_array().unwrap().iter().for_each(|call| numbers(&call["result"], &mut known));
        for written in decimals(answer) {
            let places = written.split('.').nth(1).unwrap().len();
            let is_known = known.iter().any(|number| format!("{number:.places$}") == written) || asked.contains(written);
            assert!(is_known, "{written} is in no result: {turn}");
        }
    }
    assert_eq!(service.get("/api/v1/ml/experiments").await.json(), experiments, "nobody agreed to a write");
    assert_eq!(list(&service).await["conversations"].as_array().unwrap().len(), 6);
}
