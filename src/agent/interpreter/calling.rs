//! The call that answers a question which stands alone: which tool, and with which arguments.
//!
//! `intent` finds the tool one of whose phrases the question is most alike, or `fallback` those that its names leave; `fill` makes arguments
//! of its parts. Runs that conditions choose are looked up first (`selecting`), as is the one that others are set behind (`since_run`).

mod fallback;
pub(super) mod file_kinds;
pub(super) mod files;
pub(super) mod fill;
mod intent;
mod selecting;
mod since_run;

use super::followup::{narrowing, put_listed_experiment};
use super::reading::Reading;
use super::unanswerable::left_over;
use super::vocabulary::Vocabulary;
use super::{Arguments, Plan, put};
use crate::agent::conversation::Conversation;
use crate::tools::{Context, ToolError};

/// The call for a question that stands alone, or why it is not made; absent where no tool answers it.
pub(super) async fn plan(
    reading: &mut Reading,
    context: &Context,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Result<Option<Plan>, ToolError> {
    let place_of_other = since_run::resolve(reading, context).await?;
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
            return Ok(Some(files::of_each(Plan::call(tool, arguments), reading)));
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
