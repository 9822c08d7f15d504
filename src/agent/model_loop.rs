//! The planner that is a language model: it picks tools in a loop, then writes the answer, whose numbers are checked.
//!
//! `briefing` is what it is told beforehand, `asking` asks it within its budgets, `results` are told to it as data, and `writing` looks
//! over its answer, `addresses` among it. A model that gets nothing done is given up, and what it cost is told.

mod addresses;
mod asking;
mod briefing;
mod results;
mod writing;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::conversation::Conversation;
use super::{Call, Consent, Event, Refusal, Turn, UNKNOWN_TOOL, allowed, answer, refused};
use crate::config::ModelBudget;
use crate::llm::{FunctionCall, Message, Model, ModelError, Usage};
use crate::prompts::Prompts;
use crate::tools::Context;
use asking::Asking;

/// How many calls of one reply are made.
const CALLS_AT_ONCE: usize = 16;

/// How often a model may get the arguments of one tool, or a tool's name, wrong: it is told once.
const MISTAKES: usize = 2;

/// How often it may ask for what it was told in this turn.
const REPEATS: usize = 2;

/// A model that was given up in a turn, and what came of it until then.
#[derive(Debug)]
pub(super) struct GivenUp {
    /// Why.
    pub error: ModelError,
    /// What it cost.
    pub usage: Option<Usage>,
    /// Numbers that it wrote and no result holds.
    pub unverified_numbers: Vec<String>,
}

/// One turn by the model.
///
/// # Errors
/// Where the model fails before any tool has answered, or does not get to an answer; later failures end the turn with what the tools gave.
#[expect(clippy::too_many_arguments, reason = "a turn, with all that a planner which is a model has beside it")]
pub(super) async fn run(
    utterance: &str,
    model: &Model,
    prompts: &Prompts,
    budget: &ModelBudget,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Turn, GivenUp> {
    let mut turn = Turn { planner: model.name(), answered: true, ..Turn::default() };
    let mut asking = Asking::begin(utterance, model, prompts, budget, context, conversation).await;
    let taken = take(utterance, &mut asking, consent, context, conversation, &mut turn, on_event).await;
    turn.usage = asking.spent();
    match taken {
        Ok(()) => {
            turn.answered = turn.calls.is_empty() || turn.calls.iter().any(|call| call.result.is_ok() || call.is_asked_about());
            Ok(turn)
        }
        Err(error) => Err(GivenUp { error, usage: turn.usage, unverified_numbers: turn.unverified_numbers }),
    }
}

async fn take(
    utterance: &str,
    asking: &mut Asking<'_>,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    turn: &mut Turn,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<(), ModelError> {
    let mut missteps = Missteps::default();
    for step in 0..=asking.budget.steps {
        if step == asking.budget.steps || missteps.are_enough() {
            asking.request.functions.clear();
        }
        let reply = match asking.reply(on_event).await {
            Ok(reply) => reply,
            Err(error) if !has_answer(turn) => return Err(error),
            Err(error) => {
                turn.caveats.push(format!("the model broke off, so this answer is composed from the results: {error}"));
                turn.model_error = Some(error);
                turn.answer = answer::of_calls(&turn.calls);
                return Ok(());
            }
        };
        if reply.calls.is_empty() || asking.request.functions.is_empty() {
            turn.answer = writing::answer(&reply, utterance, asking, conversation, turn, on_event).await?;
            return Ok(());
        }
        let calls = reply.calls.clone();
        asking.request.messages.push(reply.into_message());
        for (index, wanted) in calls.into_iter().enumerate() {
            let text = if index >= CALLS_AT_ONCE {
                results::told_of_refusal("too_many_calls", &format!("at most {CALLS_AT_ONCE} calls are made at once; this one was not"))
            } else if missteps.is_repeat(&wanted) {
                results::told_of_refusal(
                    "repeated",
                    "this was called with the same arguments before; its result stands above: answer from it",
                )
            } else {
                let made = make(&wanted, consent, context, conversation, on_event).await;
                missteps.note(&made);
                let text = results::told(&made);
                turn.caveats.extend(made.result.iter().flat_map(|outcome| outcome.caveats.clone()));
                turn.calls.push(made);
                text
            };
            asking.request.messages.push(Message::ToolResult { call_id: wanted.id, text });
        }
        if missteps.are_enough() && !has_answer(turn) {
            return Err(ModelError::Unusable(missteps.told()));
        }
    }
    Ok(())
}

/// Whether a call came to something that a person can be told: an answer, or a refusal that is not about the way of calling.
fn has_answer(turn: &Turn) -> bool {
    turn.calls.iter().any(|call| !is_mistake(call))
}

fn is_mistake(call: &Call) -> bool {
    call.result.as_ref().is_err_and(|refusal| matches!(refusal.code, "invalid_arguments" | UNKNOWN_TOOL))
}

/// What a model did wrong in a turn.
#[derive(Debug, Default)]
struct Missteps {
    made: BTreeSet<String>,
    repeats: usize,
    /// How often, by tool.
    mistakes: BTreeMap<String, usize>,
    last: Option<String>,
}

impl Missteps {
    /// Whether a call was made in this turn already, by its name and arguments, whatever their order.
    fn is_repeat(&mut self, wanted: &FunctionCall) -> bool {
        let Ok(arguments) = wanted.parse_arguments() else { return false };
        let sorted: BTreeMap<&String, &Value> = arguments.iter().collect();
        let is_known = !self.made.insert(format!("{} {sorted:?}", wanted.name));
        self.repeats += usize::from(is_known);
        is_known
    }

    fn note(&mut self, made: &Call) {
        if let (true, Err(refusal)) = (is_mistake(made), &made.result) {
            // Tools that there are not are one tool.
            let name = if refusal.code == UNKNOWN_TOOL { UNKNOWN_TOOL } else { &made.tool };
            *self.mistakes.entry(name.to_owned()).or_default() += 1;
            self.last = Some(refusal.message.clone());
        }
    }

    /// Whether there is no point in letting it go on calling.
    fn are_enough(&self) -> bool {
        self.repeats >= REPEATS || self.mistakes.values().any(|count| *count >= MISTAKES)
    }

    fn told(&self) -> String {
        match &self.last {
            Some(mistake) => format!("the model did not get its calls right, also when it was told: {mistake}"),
            None => "the model went in circles".to_owned(),
        }
    }
}

async fn make(
    wanted: &FunctionCall,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Call {
    match wanted.parse_arguments() {
        Err(fault) => refused(&wanted.name, Map::new(), Refusal { code: "invalid_arguments", message: fault.to_string() }, on_event),
        Ok(arguments) => {
            let mut context = context.clone();
            context.focus = conversation.focus().or(context.focus);
            allowed(&wanted.name, arguments, consent, &context, conversation, on_event).await
        }
    }
}
