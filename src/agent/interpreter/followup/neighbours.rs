//! The run before or after the one that was told, by when they started: "and the previous one?", "the one before it", "what came next?".

use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::tools::{Context, ToolError};

/// The longest such question, in words.
const LONGEST: usize = 8;

/// How many runs are looked through.
const LOOKED_THROUGH: usize = 200;

/// Which neighbour is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Earlier,
    Later,
}

/// The neighbour of the one run in question; absent where none is asked for.
pub(in crate::agent::interpreter) async fn plan(
    reading: &Reading,
    context: &Context,
    conversation: &Conversation,
) -> Result<Option<Plan>, ToolError> {
    let Some((run, experiment, last)) = in_question(conversation) else { return Ok(None) };
    let (Some(side), Some(list_runs)) = (side(reading), crate::tools::named("list_runs")) else { return Ok(None) };
    let mut listing = Arguments::new();
    put(&mut listing, "experiment", experiment.clone());
    put(&mut listing, "sort_by", "start_time");
    put(&mut listing, "order", "desc");
    put(&mut listing, "limit", LOOKED_THROUGH);
    let runs = list_runs.call(Value::Object(listing), context).await?.resolved.runs;
    let at = runs.iter().position(|one| one.run_id == run);
    let neighbour = at.and_then(|at| match side {
        Side::Earlier => runs.get(at + 1),
        Side::Later => at.checked_sub(1).and_then(|before| runs.get(before)),
    });
    let Some(neighbour) = neighbour else { return Ok(None) };
    let mut arguments = Arguments::new();
    put(&mut arguments, "experiment", experiment);
    put(&mut arguments, "run", neighbour.run_id.clone());
    // As much of it as was told of the other.
    if let Some(keys) = last.get("keys") {
        put(&mut arguments, "keys", keys.clone());
    }
    Ok(Some(Plan::call("get_run", arguments)))
}

/// The one run that was told or listed alone, where it is, and how it was asked for.
fn in_question(conversation: &Conversation) -> Option<(String, String, &Arguments)> {
    let (tool, last) = conversation.last_call.as_ref()?;
    let [only] = conversation.runs.as_slice() else { return None };
    let is_newest = *tool == "list_runs" && last.get("sort_by").and_then(Value::as_str) == Some("start_time");
    let is_told = *tool == "get_run" || is_newest;
    is_told.then(|| Some((only.run_id.clone(), conversation.experiment.as_ref()?.name.clone(), last)))?
}

/// Which neighbour is asked for, with nothing else.
fn side(reading: &Reading) -> Option<Side> {
    let is_plain = |part: &Part| {
        matches!(part, Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Runs(_) | Part::Meaning("run" | "show" | "user" | "start"))
    };
    let pair = |one: &[&str], other: &[&str]| {
        reading
            .words
            .windows(2)
            .any(|pair| matches!(pair, [left, right] if one.contains(&left.as_str()) && other.contains(&right.as_str())))
    };
    let says = |known: &[&str]| known.iter().any(|word| reading.says(word));
    if reading.words.len() > LONGEST || !reading.parts().all(is_plain) {
        return None;
    }
    let nouns = ["one", "run", "trial", "that", "it", "this"];
    let is_one = says(&nouns) || reading.words.len() <= 4;
    if is_one && (says(&["previous", "preceding", "predecessor"]) || pair(&["one", "run", "just", "immediately"], &["before"])) {
        return Some(Side::Earlier);
    }
    let next = says(&["following", "successor", "subsequent"]) || pair(&["the"], &["next"]) && pair(&["next"], &["one", "run", "trial"]);
    (is_one && (next || pair(&["one", "run", "just", "right"], &["after"]))).then_some(Side::Later)
}
