//! What a model may cost: of a request, of a turn, of a day.

use std::sync::Arc;

use serde_json::{Value, json};
use trialogue::agent::conversation::Conversation;
use trialogue::agent::{Consent, Planner, turn};
use trialogue::config::{Limits, ModelBudget};
use trialogue::domain::experiment::NewExperiment;
use trialogue::domain::time::Timestamp;
use trialogue::llm::scripted::{Scripted, Turn as Said};
use trialogue::llm::{Message, Model, Request, estimate};
use trialogue::prompts::Prompts;
use trialogue::store::{OpenMode, Store};
use trialogue::tools::Context;

use super::{Asked, Writer, best_run, right};
use crate::scripted_openai::{Turn, delta, finish};
use crate::support::{folder, open};

/// The most tokens of what a model is told before the question, with all tools.
const PROMPT_TOKENS: u64 = 4_000;

fn context(store: Store) -> Context {
    Context { store, limits: Limits::default(), tenant: None, now: Timestamp(1_750_000_000_000), focus: None }
}

/// The requests of a turn after `said` turns, by a model that says `words`.
async fn requests(store: Store, budget: ModelBudget, said: usize, words: &[&str]) -> Vec<Request> {
    let planner = Planner::Model {
        model: Box::new(Model::Scripted(Scripted::new(words.iter().map(|words| Said::text(words))))),
        prompts: Prompts::load(None).unwrap(),
        budget,
    };
    let turns = (0..said).map(|number| (format!("question {number} {}", "x".repeat(2_000)), "answer".to_owned())).collect();
    let mut conversation = Conversation { turns, ..Conversation::default() };
    turn("which run is best?", &planner, Consent::Asked, &context(store), &mut conversation, &mut |_| {}).await;
    let Planner::Model { model, .. } = planner else { panic!("no model") };
    let Model::Scripted(scripted) = *model else { panic!("no script") };
    scripted.requests()
}

#[tokio::test]
async fn a_prompt_with_all_tools_is_short_whatever_the_store_holds() {
    let folder = folder();
    let demo = folder.path().join("demo.db");
    trialogue::store::demo::create(&demo).unwrap();
    let hostile = open(&folder.path().join("hostile.db"), OpenMode::Create);
    for number in 0..60 {
        let name = format!("{number} {}", "精度\"".repeat(60));
        hostile.create_experiment(&NewExperiment { name, tags: Vec::new() }).await.unwrap();
    }
    for (name, store) in [("demo", open(&demo, OpenMode::ReadWrite)), ("hostile", hostile)] {
        let asked = requests(store, ModelBudget::default(), 0, &["Ask me about runs."]).await;
        let tokens = estimate::of_request(&asked[0]);
        eprintln!("a prompt over the {name} store has {tokens} tokens");
        assert!(tokens <= PROMPT_TOKENS, "{name}: {tokens}");
        assert_eq!(asked[0].functions.len(), trialogue::tools::ALL.len());
    }
}

#[tokio::test]
async fn a_prompt_tells_what_the_store_holds_and_how_people_ask() {
    let folder = folder();
    let demo = folder.path().join("demo.db");
    trialogue::store::demo::create(&demo).unwrap();
    let asked = requests(open(&demo, OpenMode::ReadWrite), ModelBudget::default(), 0, &["Ask me about runs."]).await;
    let Message::System { text } = &asked[0].messages[0] else { panic!("no instructions") };
    assert!(text.contains("- \"churn-prediction-q1\": \"accuracy\", "), "{text}");
    assert!(text.contains("- best_run: “which run had the highest F1”"), "{text}");
}

#[tokio::test]
async fn old_turns_are_left_out_whole_where_there_is_no_room() {
    let folder = folder();
    let demo = folder.path().join("demo.db");
    trialogue::store::demo::create(&demo).unwrap();
    let budget = ModelBudget { context_tokens: 5_500, ..ModelBudget::default() };
    let asked = requests(open(&demo, OpenMode::ReadWrite), budget, 8, &["Ask me about runs."]).await;
    let roles: Vec<&str> = asked[0].messages.iter().map(Message::role).collect();
    assert!(estimate::of_request(&asked[0]) <= 5_500);
    assert!((4..=18).contains(&roles.len()) && roles.len().is_multiple_of(2), "{roles:?}");
    assert_eq!((roles[0], roles[1], roles[2], roles[roles.len() - 1]), ("system", "user", "assistant", "user"));
    assert!(asked[0].messages[roles.len() - 3].text().starts_with("question 7 "), "the last turn stays longest");
}

/// A reply that says that it cost so much.
fn costly(content: Value, tokens: u64) -> Turn {
    let usage = json!({"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": 10}});
    Turn::events(&[delta(content), finish("stop"), usage])
}

fn call(limit: u32) -> Value {
    let arguments = json!({"experiment": "churn", "limit": limit}).to_string();
    json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "list_runs", "arguments": arguments}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_costs_too_much_is_ended_with_what_there_is() {
    let asked = Asked::with(&["--demo"], &[("TRIALOGUE_MODEL_TURN_TOKENS", "30000")]).await;
    let turn = asked.play("too many tokens", vec![best_run(), costly(call(1), 28_000), right()], Writer::Results).await;
    assert_eq!(asked.model.requests().len(), 2);
    assert!(turn["caveats"].to_string().contains("30000 tokens"), "{turn:#}");
    let priced = [("TRIALOGUE_MODEL_PRICE", "10/20"), ("TRIALOGUE_MODEL_TURN_COST", "0.5")];
    let asked = Asked::with(&["--demo"], &priced).await;
    let turn = asked.play("too many dollars", vec![best_run(), costly(call(1), 49_000), right()], Writer::Results).await;
    assert!(turn["caveats"].to_string().contains("0.5 dollars"), "{turn:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_used_up_leaves_the_model_alone() {
    let asked = Asked::with(&["--demo"], &[("TRIALOGUE_MODEL_DAY_TOKENS", "20000")]).await;
    asked
        .play(
            "the first turn",
            vec![best_run(), costly(json!({"content": "run-017 has the highest f1_score: 0.912."}), 30_000)],
            Writer::Model,
        )
        .await;
    asked.model.play([right()]);
    let turn = asked.service.post("/api/v1/chat", &json!({"message": super::QUESTION})).await.json();
    assert_eq!((&turn["planner"], asked.model.requests().len()), (&json!("builtin"), 0));
    assert!(turn["answer"].as_str().unwrap().contains("0.912"));
    assert!(turn["caveats"].to_string().contains("20000 tokens of a model for today (UTC) are used up"), "{turn:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_has_cost_what_was_asked() {
    let asked = Arc::new(Asked::with(&["--demo"], &[("TRIALOGUE_MODEL_DAY_TOKENS", "3000")]).await);
    asked.model.play([right().after(std::time::Duration::from_secs(600))]);
    let body = json!({"message": super::QUESTION}).to_string();
    let request = asked.service.request(&reqwest::Method::POST, "/api/v1/chat").header("content-type", "application/json").body(body);
    assert!(request.timeout(std::time::Duration::from_millis(500)).send().await.is_err());
    let begun = std::time::Instant::now();
    loop {
        asked.model.play([]);
        let turn = asked.service.post("/api/v1/chat", &json!({"message": super::QUESTION})).await.json();
        if turn["caveats"].to_string().contains("used up") {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{turn:#}");
    }
}

#[test]
fn a_bound_on_cost_without_a_price_is_refused_at_the_start() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_trialogue"));
    command.args(["serve", "--demo", "--port", "0"]).env("TRIALOGUE_MODEL_DAY_COST", "5").env_remove("TRIALOGUE_MODEL_PRICE");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("TRIALOGUE_MODEL_PRICE"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_nobody_reached_has_cost_nothing() {
    let asked = Asked::with(&["--demo"], &[("TRIALOGUE_MODEL_DAY_TOKENS", "3000")]).await;
    for _ in 0..3 {
        let refusal = Turn::response(401, "application/json", "{\"error\": {\"message\": \"no\"}}");
        asked.play("refused", vec![refusal], Writer::Interpreter).await;
    }
}
