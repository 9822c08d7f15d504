//! The planner that is a language model: it picks tools in a loop, then writes the answer, whose numbers are checked.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::conversation::Conversation;
use super::number_check::{self, Evidence, UnverifiedNumber};
use super::{Call, Consent, Event, Refusal, Turn, allowed, answer, refused};
use crate::domain::experiment::View;
use crate::llm::{Function, Message, Model, ModelError, Reply, Request, Usage};
use crate::prompts::{Prompts, RegenerateContext, SystemContext};
use crate::tools::view::{counted, plain, shown_instant};
use crate::tools::{ALL, Context, resolve};

/// How often the model may be asked in one turn, the rewriting of an answer apart.
const STEPS: usize = 8;

/// How long one turn may take.
const TURN_DEADLINE: Duration = Duration::from_secs(90);

/// How many earlier questions the model is shown.
const TURNS_SHOWN: usize = 8;

/// How many characters of one result the model is shown.
const RESULT_CHARACTERS: usize = 12_000;

/// How many experiments the model is told of beforehand.
const EXPERIMENTS_TOLD: usize = 30;

/// One turn by the model.
///
/// # Errors
/// Where the model fails before any tool has answered; later failures end the turn with what the tools gave.
pub(super) async fn run(
    utterance: &str,
    model: &Model,
    prompts: &Prompts,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Turn, ModelError> {
    let mut turn = Turn { planner: model.name(), answered: true, ..Turn::default() };
    let mut request =
        Request { messages: messages(utterance, prompts, context, conversation).await, functions: functions(), ..Request::default() };
    let deadline = tokio::time::Instant::now() + TURN_DEADLINE;
    for step in 0..=STEPS {
        if step == STEPS {
            request.functions.clear();
        }
        let reply = match ask(model, &request, deadline, on_event).await {
            Ok(reply) => reply,
            Err(error) if turn.calls.is_empty() => return Err(error),
            Err(error) => {
                turn.caveats.push(format!("the model broke off, so this answer is composed from the results: {error}"));
                turn.answer = answer::of_calls(&turn.calls);
                break;
            }
        };
        add_usage(&mut turn.usage, reply.usage);
        if reply.calls.is_empty() || step == STEPS {
            turn.answer = checked(&reply, utterance, model, prompts, &mut request, conversation, &mut turn, deadline, on_event).await;
            break;
        }
        let calls = reply.calls.clone();
        request.messages.push(reply.into_message());
        for wanted in calls {
            let made =
                make(&wanted.name, wanted.parse_arguments().map_err(|error| error.to_string()), consent, context, conversation, on_event)
                    .await;
            request.messages.push(Message::ToolResult { call_id: wanted.id, text: told(&made) });
            turn.caveats.extend(made.result.iter().flat_map(|outcome| outcome.caveats.clone()));
            turn.calls.push(made);
        }
    }
    turn.answered = turn.calls.is_empty() || turn.calls.iter().any(|call| call.result.is_ok() || call.is_asked_about());
    Ok(turn)
}

async fn ask(
    model: &Model,
    request: &Request,
    deadline: tokio::time::Instant,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Reply, ModelError> {
    let mut on_delta = |text: &str| on_event(Event::Delta(text));
    match tokio::time::timeout_at(deadline, model.reply(request, &mut on_delta)).await {
        Ok(reply) => reply,
        Err(_) => Err(ModelError::Timeout { after: TURN_DEADLINE }),
    }
}

async fn make(
    name: &str,
    arguments: Result<Map<String, Value>, String>,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Call {
    match arguments {
        Err(fault) => refused(name, Map::new(), Refusal { code: "invalid_arguments", message: fault }, on_event),
        Ok(arguments) => {
            let mut context = context.clone();
            context.focus = conversation.focus().or(context.focus);
            allowed(name, arguments, consent, &context, conversation, on_event).await
        }
    }
}

/// The model's answer if its numbers are the results'; else one that is written anew; else one composed from the results.
#[expect(clippy::too_many_arguments, reason = "the state of one turn, used here once")]
async fn checked(
    reply: &Reply,
    utterance: &str,
    model: &Model,
    prompts: &Prompts,
    request: &mut Request,
    conversation: &Conversation,
    turn: &mut Turn,
    deadline: tokio::time::Instant,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> String {
    let faults = unverified(&reply.text, utterance, conversation);
    if faults.is_empty() && !reply.text.trim().is_empty() {
        return reply.text.trim().to_owned();
    }
    on_event(Event::NumberCheckFailed(&faults));
    turn.unverified_numbers.extend(faults.iter().map(|fault| fault.text.clone()));
    let mut numbers = String::new();
    for fault in &faults {
        // Writing to a String does not fail.
        let _ = writeln!(numbers, "- {} in “{}”", fault.text, fault.sentence.trim());
    }
    request.messages.push(Message::Assistant { text: reply.text.clone(), calls: Vec::new() });
    request.messages.push(Message::User { text: prompts.regenerate(&RegenerateContext { numbers: &numbers }) });
    request.functions.clear();
    if let Ok(again) = ask(model, request, deadline, on_event).await {
        add_usage(&mut turn.usage, again.usage);
        if !again.text.trim().is_empty() && unverified(&again.text, utterance, conversation).is_empty() {
            return again.text.trim().to_owned();
        }
    }
    turn.caveats
        .push("the model wrote numbers that are not in the results, so this answer is composed from the results instead".to_owned());
    if turn.calls.is_empty() {
        return "I have no result that shows the numbers I would have to give. Ask about an experiment, a run or a metric, and I will look it up.".to_owned();
    }
    answer::of_calls(&turn.calls)
}

fn unverified(text: &str, utterance: &str, conversation: &Conversation) -> Vec<UnverifiedNumber> {
    let evidence: Vec<Evidence<'_>> = conversation.evidence.iter().map(|(tool, result)| Evidence { tool, result }).collect();
    number_check::check(text, utterance, &evidence)
}

fn add_usage(total: &mut Option<Usage>, more: Option<Usage>) {
    if let Some(more) = more {
        let sum = total.get_or_insert_with(Usage::default);
        sum.input_tokens += more.input_tokens;
        sum.output_tokens += more.output_tokens;
    }
}

/// The tools as functions.
fn functions() -> Vec<Function> {
    let function = |tool: &crate::tools::ToolDef| Function {
        name: tool.name.to_owned(),
        description: tool.description().to_owned(),
        parameters: tool.input_schema().clone(),
    };
    ALL.iter().map(function).collect()
}

async fn messages(utterance: &str, prompts: &Prompts, context: &Context, conversation: &Conversation) -> Vec<Message> {
    let experiments = overview(context).await;
    let examples: String = ALL.iter().filter_map(|tool| Some(format!("- {}: “{}”\n", tool.name, tool.phrases.first()?))).collect();
    let today = shown_instant(context.now);
    let system = SystemContext {
        today: today.get(..10).unwrap_or(&today),
        store: "an MLflow tracking store",
        experiments: &experiments,
        examples: &examples,
    };
    let mut messages = vec![Message::System { text: prompts.system(&system) }];
    let first = conversation.turns.len().saturating_sub(TURNS_SHOWN);
    for (question, answered) in conversation.turns.iter().skip(first) {
        messages.push(Message::User { text: question.clone() });
        messages.push(Message::Assistant { text: answered.clone(), calls: Vec::new() });
    }
    messages.push(Message::User { text: utterance.to_owned() });
    messages
}

/// The experiments in a few lines.
async fn overview(context: &Context) -> String {
    let Ok(all) = resolve::experiments(context, View::ActiveOnly).await else { return "(the store could not be read)".to_owned() };
    if all.is_empty() {
        return "(there are no experiments)".to_owned();
    }
    let mut lines: Vec<String> = all.iter().take(EXPERIMENTS_TOLD).map(|experiment| format!("- {}", plain(&experiment.name))).collect();
    if all.len() > EXPERIMENTS_TOLD {
        lines.push(format!("- and {} more", counted((all.len() - EXPERIMENTS_TOLD) as u64, "experiment")));
    }
    lines.join("\n")
}

/// A call's result as the model reads it: marked as data, long lists cut, told so.
fn told(made: &Call) -> String {
    let text = match &made.result {
        Ok(outcome) => {
            let mut result = outcome.result.clone();
            shorten(&mut result, 40);
            let mut text = json!({ "data": result }).to_string();
            if text.chars().count() > RESULT_CHARACTERS {
                shorten(&mut result, 8);
                text = json!({ "data": result }).to_string();
            }
            text
        }
        Err(refusal) => json!({ "error": refusal.message, "kind": refusal.code }).to_string(),
    };
    match text.char_indices().nth(RESULT_CHARACTERS) {
        Some((end, _)) => format!("{}… (cut at {RESULT_CHARACTERS} characters)", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Keeps the head and the tail of every long list.
fn shorten(value: &mut Value, at_most: usize) {
    match value {
        Value::Array(items) => {
            if items.len() > at_most {
                let cut = items.len() - at_most;
                items.splice(at_most / 2..at_most / 2 + cut, [json!(format!("… {cut} more"))]);
            }
            items.iter_mut().for_each(|item| shorten(item, at_most));
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| shorten(field, at_most)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
