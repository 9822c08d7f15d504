//! The built-in planner: a deterministic semantic parser from utterances to tool calls. No model, no network.
//!
//! An utterance is cut into questions (`split`). A question takes its way through the modules in this order, until one has a plan for it:
//! upon the answer before, if it sounds like an order (`followup`); orders, to create (`creation`) or such as are not obeyed (`orders`), and
//! talk (`talk`), which `replies` answers without a look at the store; then it is read (`reading`) with the store's names (`vocabulary`) and the
//! words of the trade (`lexicon`; `chatter` is passed over). What it leaves out is taken from the conversation (`followup`), what no tool
//! answers is told (`unanswerable`), and what stands alone becomes a call (`calling`). It does not guess: what it does not understand, it says.

mod calling;
mod chatter;
mod creation;
mod followup;
mod lexicon;
mod orders;
mod reading;
mod replies;
mod split;
mod talk;
mod unanswerable;
mod vocabulary;

use serde_json::{Map, Value};

use super::conversation::Conversation;
use crate::tools::{Context, ToolError};
use reading::Reading;
use vocabulary::Vocabulary;

pub(super) use split::questions;

/// What an utterance asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// This call answers it.
    Call {
        /// The tool's name.
        tool: &'static str,
        /// Its arguments.
        arguments: Map<String, Value>,
    },
    /// These calls of one tool answer it together: one for each run, metric or experiment it is about.
    Each {
        /// The tool's name.
        tool: &'static str,
        /// The arguments of each call.
        all: Vec<Map<String, Value>>,
    },
    /// It cannot be answered; why, and what can.
    Refuse(String),
    /// It wants no tool: a greeting, or a question about Trialogue itself; what to say to it.
    Talk(String),
    /// It was not understood; what can be.
    Puzzle(String),
}

impl Plan {
    fn call(tool: &'static str, arguments: Map<String, Value>) -> Self {
        Self::Call { tool, arguments }
    }
}

/// Finds out what one question asks for.
pub(super) async fn interpret(question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    let mut plan = understood(question, context, conversation).await?;
    // `what is in it?`, of what was just made.
    let asks = crate::domain::reference::words(question).first().is_some_and(|word| lexicon::begins_question(word));
    if asks && matches!(plan, Plan::Puzzle(_)) && creation::pointed_at(question, conversation).is_some() {
        plan = Plan::call("describe_experiment", Arguments::new());
    }
    if let Plan::Call { tool: "describe_experiment" | "list_runs" | "best_run" | "parameter_impact", arguments } = &mut plan
        && !arguments.contains_key("experiment")
        && let Some(name) = creation::pointed_at(question, conversation)
    {
        put(arguments, "experiment", name);
    }
    Ok(plan)
}

async fn understood(question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    if let Some(plan) = followup::of_answer(question, context, conversation).await? {
        return Ok(plan);
    }
    if orders::is_denial(question) {
        return Ok(replies::to_denial());
    }
    let whole = if orders::refused(question).is_some() { question.to_owned() } else { orders::without_denials(question) };
    let (said, is_retracted) = followup::without_lead(&whole);
    if let Some(plan) = without_store(said, &whole, conversation) {
        return Ok(plan);
    }
    let (question, is_put_right) = followup::without_correction(said, conversation);
    let vocabulary = Vocabulary::load(context).await?;
    let mut reading = read(question, &vocabulary, context);
    if let Some(plan) = replies::to_other_matters(&reading, conversation) {
        return Ok(plan);
    }
    unanswerable::people::strangers(&mut reading);
    if let Some(reason) = unanswerable::left_over::of_asked(&reading).filter(|_| conversation.last_call.is_some()) {
        return Ok(Plan::Refuse(reason));
    }
    let is_taken_back = is_retracted || is_put_right;
    if let Some(plan) = followup::plan(question, &mut reading, is_taken_back, context, conversation, &vocabulary).await? {
        return Ok(plan);
    }
    if let Some(plan) = unanswerable::plan(&mut reading, context.focus.as_ref(), conversation, &vocabulary) {
        return Ok(plan);
    }
    if let Some(plan) = replies::to_unknown_order(&reading, conversation) {
        return Ok(plan);
    }
    let plan = calling::plan(&mut reading, context, conversation, &vocabulary).await?;
    Ok(plan.unwrap_or_else(|| replies::at_last(&reading)))
}

/// The plan for what needs no look at the store: orders, to create an experiment or such as are not obeyed, and talk. `said` is the `whole`
/// without what only leads to it.
fn without_store(said: &str, whole: &str, conversation: &Conversation) -> Option<Plan> {
    // The words of a name are none of the sentence, so they are no order either.
    let order = creation::order(said).or_else(|| creation::order_later(said, conversation)).filter(|_| !talk::overrides(whole));
    if !matches!(order, Some(creation::Order::Create(_))) {
        // `thanks, that was helpful` is thanks as a whole.
        if let Some(reply) = replies::without_store(said, conversation).or_else(|| replies::without_store(whole, conversation)) {
            return Some(reply);
        }
        if let Some(name) = creation::name_asked_about(said) {
            let mut arguments = Arguments::new();
            put(&mut arguments, "query", name);
            put(&mut arguments, "status", "all");
            return Some(Plan::call("list_experiments", arguments));
        }
    }
    let created = order.map(creation::Order::plan);
    created.or_else(|| creation::is_remark(said, conversation).then(replies::to_remark_on_creation))
}

/// Reads a question. Where it names an experiment, that experiment's names count before those of any other.
fn read(question: &str, vocabulary: &Vocabulary, context: &Context) -> Reading {
    let first = reading::read(question, vocabulary, context.focus.as_ref(), context.now);
    match first.experiment().and_then(|name| vocabulary.experiment_id(name)) {
        Some(id) => reading::read(question, vocabulary, Some(id), context.now),
        None => first,
    }
}

/// Whether a question is an order to do what is not done, whatever is said before it.
pub(super) fn is_refused_order(question: &str) -> bool {
    orders::refused(question).is_some()
}

/// The reading as the arguments of a call see it.
type Arguments = Map<String, Value>;

/// Puts an argument where there is something to put.
fn put(arguments: &mut Arguments, name: &str, value: impl Into<Value>) {
    arguments.insert(name.to_owned(), value.into());
}

/// The experiment that the question names, or the unknown name where it says one.
fn put_experiment(arguments: &mut Arguments, reading: &Reading) {
    if let Some(name) = reading.experiment() {
        put(arguments, "experiment", name);
    } else if let Some(name) = calling::fill::unknown_experiment(reading) {
        put(arguments, "experiment", name);
    }
}
