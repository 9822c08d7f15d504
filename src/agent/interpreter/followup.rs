//! What a question leaves out because the conversation has it.
//!
//! Wishes that are said shortly (`wishes`) and orders upon the answer (`restated`) are said in full first; who and what pronouns and places
//! stand for (`persons`, `places`, `winners`, `siblings`) is put into the reading; then each kind of going on has its turn.

mod anaphora;
mod better;
mod changes;
mod choosing;
mod corrections;
mod filters;
mod fragments;
pub(super) mod narrowing;
mod neighbours;
mod other_end;
mod other_runs;
mod persons;
mod places;
pub(super) mod redrawn;
mod remarks;
mod resorting;
mod restated;
mod several;
mod siblings;
mod thresholds;
pub(super) mod told;
pub(super) mod widening;
mod winners;
mod wishes;

pub(super) use anaphora::{put_focus, put_listed_experiment, runs_referred_to};
pub(super) use corrections::without_lead;

use serde_json::Value;

use super::calling::{file_kinds, files, fill};
use super::reading::{self, Reading};
use super::vocabulary::{Kind, Vocabulary};
use super::{Arguments, Plan, orders, put};
use crate::agent::conversation::Conversation;
use crate::tools::{Context, ToolError};

/// The plan for a wish about the answer before that sounds like an order about the store: `lower the bar to 0.9`, `actually validation,
/// not training`; absent where it is none.
pub(super) async fn of_answer(question: &str, context: &Context, conversation: &Conversation) -> Result<Option<Plan>, ToolError> {
    let Some((last_tool, last)) = conversation.last_call.as_ref() else { return Ok(None) };
    let denied = || restated::denied(question).filter(|_| orders::is_denial(question));
    let Some(restated) = restated::restated(question, conversation).or_else(denied) else { return Ok(None) };
    let vocabulary = Vocabulary::load(context).await?;
    let mut reading = reading::read(&restated.wish, &vocabulary, context.focus.as_ref(), context.now);
    let plan = go_on(&mut reading, restated.is_correction, context, conversation, &vocabulary).await?;
    let named = |arguments: &Arguments, key: &str| arguments.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    // What is left out adds nothing to what was named; of one phrase for several, others may be named that stay.
    let is_more = |arguments: &Arguments| {
        restated.wish.starts_with("without ")
            && ["run_ids", "metrics"].iter().any(|key| {
                let (new, old) = (named(arguments, key), named(last, key));
                !old.is_empty() && new.len() > old.len() && old.iter().all(|one| new.contains(one))
            })
    };
    Ok(plan.filter(|plan| matches!(plan, Plan::Call { tool, arguments } if tool == last_tool && arguments != last && !is_more(arguments))))
}

/// What is asked, without what only says that the answer before was wrong; and whether anything does.
pub(super) fn without_correction<'a>(said: &'a str, conversation: &Conversation) -> (&'a str, bool) {
    let blamed = wishes::without_complaint(said, conversation);
    let (question, _) = without_lead(blamed);
    let (question, is_put_right) = corrections::without_order(question, conversation);
    (question, is_put_right || blamed.len() < said.len())
}

/// The plan for what goes on from the answer before, said shortly (`I'd rather see ten` is `ten instead`) or in full; absent for a question that
/// stands alone.
pub(super) async fn plan(
    question: &str,
    reading: &mut Reading,
    is_taken_back: bool,
    context: &Context,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Result<Option<Plan>, ToolError> {
    if let Some(wish) = wishes::shortened(question, conversation) {
        let mut reading = reading::read(&wish, vocabulary, context.focus.as_ref(), context.now);
        // Where an experiment is named, it is a question of its own.
        let stands_alone = reading.experiment().is_some() && wish.starts_with("only ");
        let plan = go_on(&mut reading, is_taken_back, context, conversation, vocabulary).await?.filter(|_| !stands_alone);
        if plan.is_some() {
            return Ok(plan);
        }
    }
    let plan = go_on(reading, is_taken_back, context, conversation, vocabulary).await?;
    Ok(plan.map(|plan| at_step(plan, reading)))
}

/// `what was it at step 2?`, `its loss after 3 epochs`: the value at that step, and not the last one.
fn at_step(plan: Plan, reading: &Reading) -> Plan {
    let Some(step) = fill::step(reading) else { return plan };
    match plan {
        Plan::Call { tool: "get_run", mut arguments } if arguments.contains_key("keys") && !reading.metrics().is_empty() => {
            let (run, keys) = (arguments.remove("run"), arguments.remove("keys"));
            put(&mut arguments, "run_ids", Vec::from_iter(run));
            put(&mut arguments, "metrics", keys);
            put(&mut arguments, "step", step);
            Plan::call("metric_history", arguments)
        }
        Plan::Call { tool: tool @ ("metric_history" | "compare_runs"), mut arguments } => {
            put(&mut arguments, "step", step);
            Plan::call(tool, arguments)
        }
        plan => plan,
    }
}

/// The plan for what goes on from the answer before, or is of files; absent for a question that stands alone.
async fn go_on(
    reading: &mut Reading,
    is_taken_back: bool,
    context: &Context,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Result<Option<Plan>, ToolError> {
    anaphora::see_place_in_list(reading, conversation);
    winners::see(reading, conversation);
    places::see(reading, conversation, vocabulary);
    persons::see(reading, conversation);
    persons::see_told_run(reading, conversation);
    siblings::see(reading, conversation, vocabulary);
    other_runs::see(reading, conversation);
    let reading = &*reading;
    if let Some(plan) = choosing::plan(reading, conversation) {
        return Ok(Some(plan));
    }
    if let Some(plan) = file_kinds::plan(reading, vocabulary, context, conversation).await? {
        return Ok(Some(files::of_each(plan, reading)));
    }
    if let Some(mut plan) = files::plan(reading, conversation) {
        file_kinds::settle(&mut plan, context).await;
        return Ok(Some(files::of_each(plan, reading)));
    }
    if let Some(plan) = neighbours::plan(reading, context, conversation).await? {
        return Ok(Some(plan));
    }
    let corrected = remarks::plan(reading, conversation)
        .or_else(|| persons::plan(reading, conversation))
        .or_else(|| widening::plan(reading, conversation))
        .or_else(|| places::inside(reading, conversation))
        .or_else(|| places::unclear(reading, conversation, vocabulary))
        .or_else(|| better::plan(reading, conversation))
        .or_else(|| several::plan(reading, conversation))
        .or_else(|| several::beside_told(reading, conversation))
        .or_else(|| several::parameters(reading, conversation))
        .or_else(|| redrawn::plan(reading, conversation))
        .or_else(|| other_end::plan(reading, conversation))
        .or_else(|| thresholds::plan(reading, conversation))
        .or_else(|| corrections::plan(reading, is_taken_back, conversation));
    if corrected.is_some() {
        return Ok(corrected);
    }
    let mut plan = anaphora::plan(reading, conversation);
    if let Some(plan) = &mut plan {
        forget_foreign_metric(plan, reading, vocabulary);
    }
    Ok(plan)
}

/// `and in the demand experiment?`: a metric of the question before is not asked for where it is not logged.
fn forget_foreign_metric(plan: &mut Plan, reading: &Reading, vocabulary: &Vocabulary) {
    let Plan::Call { tool: "best_run" | "parameter_impact", arguments } = plan else { return };
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let (Some(experiment), Some(metric)) = (text("experiment").and_then(|name| vocabulary.experiment_id(name)), text("metric")) else {
        return;
    };
    if reading.metrics().is_empty() && vocabulary.key_likeness(Kind::Metric, metric, experiment).is_none() {
        arguments.remove("metric");
    }
}
