//! The call that answers a question which stands alone: which tool, and with which arguments.
//!
//! `intent` finds the tool one of whose phrases the question is most alike, or `fallback` those that its names leave; `fill` makes arguments
//! of its parts. Runs are looked up first where conditions choose them (`selecting`) or where others are set behind (`since_run`) or above
//! them (`than_run`). One call for each of several things: values (`alternatives`, `per_value`), experiments (`everywhere`), runs (`in_time`,
//! `files`).

mod alternatives;
mod everywhere;
mod fallback;
pub(super) mod file_kinds;
pub(super) mod files;
pub(super) mod fill;
pub(super) mod in_time;
mod intent;
mod per_value;
mod selecting;
mod since_run;
mod than_run;

use serde_json::Value;

use super::followup::{narrowing, put_listed_experiment};
use super::lexicon::has;
use super::reading::{Part, Reading};
use super::unanswerable::left_over;
use super::vocabulary::Vocabulary;
use super::{Arguments, Plan, put};
use crate::agent::conversation::Conversation;
use crate::tools::{Context, ToolError};

/// How many metrics or experiments are answered one after the other.
const MOST_AT_ONCE: usize = 4;

/// The call for a question that stands alone, or why it is not made; absent where no tool answers it.
pub(super) async fn plan(
    reading: &mut Reading,
    context: &Context,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Result<Option<Plan>, ToolError> {
    if let Some(plan) = per_value::plan(reading, context, vocabulary).await? {
        return Ok(Some(plan));
    }
    if let Some(plan) = in_time::plan(reading, Vec::new()).or_else(|| everywhere::plan(reading, vocabulary)) {
        return Ok(Some(plan));
    }
    let place_of_other = match since_run::resolve(reading, context).await? {
        Some(place) => Some(place),
        None => than_run::resolve(reading, context).await?,
    };
    fill::see_bare_curve(reading, context, vocabulary).await?;
    fill::see_own_end(reading, context, vocabulary).await?;
    selecting::resolve(reading, context, vocabulary).await?;
    if let Some(plan) = narrowing::against_focus(reading, conversation) {
        return Ok(Some(plan));
    }
    let intents = intent::intents(reading);
    let evident = fill::evident_tool(reading);
    let likely = intents.iter().filter(|intent| intent.likeness >= intent::LEAST_LIKENESS).map(|intent| intent.tool).take(3);
    for tool in evident.into_iter().chain(likely).chain(fallback::tools(reading)) {
        if let Some(arguments) = fill::arguments(tool, reading, conversation, vocabulary) {
            let (tool, mut arguments) = fill::retarget(tool, arguments, reading, conversation, vocabulary);
            put_listed_experiment(&mut arguments, tool, reading, conversation);
            fill::put_experiment_of_values(&mut arguments, tool, reading, vocabulary, context.focus.as_ref());
            fill::put_experiment_of_run(&mut arguments, tool, reading, vocabulary);
            fill::complete_keys(&mut arguments, tool, reading, vocabulary);
            if let Some(place) = place_of_other.as_ref().filter(|_| !arguments.contains_key("experiment")) {
                put(&mut arguments, "experiment", place.clone());
            }
            selecting::resolve_one(&mut arguments, tool, reading, context, vocabulary).await?;
            if let Some(reason) = left_over::reason(reading, tool, &arguments, vocabulary) {
                return Ok(Some(Plan::Refuse(reason)));
            }
            if let Some(plan) = alternatives::of_each(tool, &arguments, reading) {
                return Ok(Some(plan));
            }
            return Ok(Some(of_each(files::of_each(Plan::call(tool, arguments), reading), reading)));
        }
    }
    // The tool tells that there is no such experiment, and which there are.
    if let Some(name) = fill::absent_experiment(reading) {
        let mut arguments = Arguments::new();
        put(&mut arguments, "experiment", name);
        return Ok(Some(Plan::call("describe_experiment", arguments)));
    }
    Ok(None)
}

/// `the highest f1 and accuracy`, `the best f1 in pilot or trial`: what is asked of several metrics or experiments in one breath is asked of
/// one after the other.
fn of_each(plan: Plan, reading: &Reading) -> Plan {
    let Plan::Call { tool: tool @ ("best_run" | "parameter_impact"), arguments } = &plan else { return plan };
    let ends = reading.parts().filter(|part| matches!(part, Part::End(..))).count();
    let metric = |part: &Part| if let Part::Metric(name) = part { Some(name.clone()) } else { None };
    let experiment = |part: &Part| if let Part::Experiment(name) = part { Some(name.clone()) } else { None };
    for (argument, named) in [("metric", in_one_breath(reading, metric)), ("experiment", in_one_breath(reading, experiment))] {
        let is_first = arguments.get(argument).and_then(Value::as_str) == named.first().map(String::as_str);
        if ends <= 1 && is_first && (2..=MOST_AT_ONCE).contains(&named.len()) {
            let of = |name: String| {
                let mut arguments = arguments.clone();
                put(&mut arguments, argument, name);
                arguments
            };
            return Plan::Each { tool, all: named.into_iter().map(of).collect() };
        }
    }
    plan
}

/// The names that stand side by side with nothing but `and`, `or` or a comma between them, each once; none where others stand apart.
fn in_one_breath(reading: &Reading, name: impl Fn(&Part) -> Option<String>) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    let mut end: Option<usize> = None;
    for span in &reading.spans {
        let Some(name) = name(&span.part) else { continue };
        let between = end.map(|end| reading.words.get(end..span.words.start).unwrap_or_default());
        if between.is_some_and(|words| !words.iter().all(|word| has("and or nor the in for also both then", word))) {
            return Vec::new();
        }
        end = Some(span.words.end);
        if !named.contains(&name) {
            named.push(name);
        }
    }
    named
}
