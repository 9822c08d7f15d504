//! The utterance suites over a server: what people say has to lead to the same calls, and these to the same answers, as over a file.

use serde_json::{Value, json};
use trialogue::agent::conversation::Conversation;
use trialogue::agent::{Consent, Planner, turn};
use trialogue::config::Limits;
use trialogue::domain::time::Timestamp;
use trialogue::store::Store;
use trialogue::tools::Context;

use super::backends::Suite;
use super::differences::differences;
use crate::utterances::suite;

/// Of how many conversations one is held; all of them at full length.
const ONE_OF: usize = 4;

/// Where conversations go otherwise over `store` than over `file` with the same data.
pub(super) fn differences_in_turns(file: &Store, store: &Store, data: Suite) -> Vec<String> {
    let one_of = if std::env::var_os("TRIALOGUE_TEST_FULL").is_some() { 1 } else { ONE_OF };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut faults = Vec::new();
    // What one conversation writes the next ones find: in both stores.
    for case in suite(data.name()).iter().step_by(one_of) {
        let expected = runtime.block_on(held(file, case));
        let found = runtime.block_on(held(store, case));
        let differing = differences(&expected, &found).into_iter();
        faults.extend(differing.map(|difference| format!("{}, {}: {difference}", case["id"], case["turns"][0]["user"])));
    }
    faults
}

/// What came of a conversation.
async fn held(store: &Store, case: &Value) -> Value {
    let now = case["now"].as_str().unwrap_or("2025-06-20T12:00:00Z").parse::<jiff::Timestamp>().unwrap();
    let context =
        Context { store: store.clone(), limits: Limits::default(), tenant: None, now: Timestamp(now.as_millisecond()), focus: None };
    let mut conversation = Conversation::default();
    let mut turns = Vec::new();
    for said in case["turns"].as_array().unwrap() {
        let said = said["user"].as_str().unwrap();
        let taken = turn(said, &Planner::Interpreter, Consent::Given, &context, &mut conversation, &mut |_| {}).await;
        let calls: Vec<Value> = taken
            .calls
            .iter()
            .map(|call| {
                let result = match &call.result {
                    Ok(outcome) => outcome.result.clone(),
                    Err(refusal) => json!({ "refused": refusal.code, "message": refusal.message }),
                };
                json!({ "tool": call.tool, "arguments": call.arguments, "result": result })
            })
            .collect();
        turns.push(json!({ "answer": taken.answer, "caveats": taken.caveats, "calls": calls }));
    }
    Value::Array(turns)
}
