//! A turn that the built-in interpreter plans: every question of an utterance in its turn, and what came of it in one answer.

use serde_json::{Map, Value};

use super::conversation::Conversation;
use super::interpreter::{self, Plan};
use super::{Call, Consent, Event, Turn, allowed, answer, call};
use crate::tools::{Context, ToolError};

/// The longest utterance that is read, in bytes.
pub const UTTERANCE_BYTES: usize = 8_000;

/// The most questions of one utterance that are answered: each is calls to the store.
const QUESTIONS_AT_ONCE: usize = 50;

/// Answers an utterance question by question, without a model.
pub(super) async fn interpreted(
    utterance: &str,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Turn {
    let mut turn = Turn { planner: "builtin".to_owned(), answered: true, ..Turn::default() };
    let mut said: Vec<String> = Vec::new();
    if utterance.len() > UTTERANCE_BYTES {
        turn.answered = false;
        turn.answer = format!("The question has {} bytes; please ask in at most {UTTERANCE_BYTES}.", utterance.len());
        return turn;
    }
    let questions = interpreter::questions(utterance);
    if questions.is_empty() {
        turn.answered = !utterance.trim().is_empty();
        turn.answer = "There was no question. Ask for example “Which run had the highest F1 score?”.".to_owned();
        return turn;
    }
    if questions.len() > QUESTIONS_AT_ONCE {
        turn.answered = false;
        turn.answer = format!("These are {} questions; please ask at most {QUESTIONS_AT_ONCE} at once.", questions.len());
        return turn;
    }
    let mut puzzle: Option<String> = None;
    let last = questions.len() - 1;
    for (index, question) in questions.into_iter().enumerate() {
        let mut context = context.clone();
        context.focus = conversation.focus().or(context.focus);
        let plan = planned(puzzle.take(), &question, &context, conversation).await;
        match plan {
            // What was said before the question, such as a greeting or where to look, is understood with it or not at all.
            Ok(Plan::Puzzle(_) | Plan::Talk(_)) if index < last => puzzle = Some(question),
            // Beside a question courtesies need no answer.
            Ok(Plan::Talk(words)) => said.extend(said.is_empty().then_some(words)),
            Ok(Plan::Call { tool, arguments }) => {
                let call = agreed(tool, arguments, consent, &context, conversation, on_event).await;
                take_in(call, &mut turn, &mut said);
            }
            Ok(Plan::Each { tool, all }) => {
                let mut runs = Vec::new();
                for arguments in all {
                    let call = agreed(tool, arguments, consent, &context, conversation, on_event).await;
                    runs.extend(call.resolved().runs);
                    take_in(call, &mut turn, &mut said);
                }
                conversation.speak_of(runs);
            }
            Ok(Plan::Refuse(words) | Plan::Puzzle(words)) => {
                turn.answered = false;
                said.push(words);
            }
            Err(error) => {
                turn.answered = false;
                if let ToolError::Store(fault) = &error {
                    on_event(Event::StoreFailed(fault));
                }
                said.push(answer::of_refusal(&error.to_string()));
            }
        }
    }
    turn.answer = said.join("\n\n");
    turn
}

/// Makes a call that the interpreter understood: what the person said himself is his consent, unless whoever takes the turn asks for more.
async fn agreed(
    tool: &str,
    arguments: Map<String, Value>,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Call {
    match consent {
        Consent::Given | Consent::Needed => call(tool, arguments, context, conversation, on_event).await,
        Consent::Asked | Consent::Refused(_) => allowed(tool, arguments, consent, context, conversation, on_event).await,
    }
}

/// Takes a call into the turn, and its answer into what is said.
fn take_in(call: Call, turn: &mut Turn, said: &mut Vec<String>) {
    said.push(answer::of_call(&call));
    turn.answered &= call.result.is_ok() || call.is_asked_about();
    turn.caveats.extend(call.result.iter().flat_map(|outcome| outcome.caveats.clone()));
    turn.calls.push(call);
}

/// What a question asks for, read with the words before it that made no sense alone, else without them.
async fn planned(before: Option<String>, question: &str, context: &Context, conversation: &Conversation) -> Result<Plan, ToolError> {
    if let Some(before) = before {
        let together = interpreter::interpret(&format!("{before}, {question}"), context, conversation).await?;
        let alone = interpreter::interpret(question, context, conversation).await?;
        let is_order = interpreter::is_refused_order(question);
        let is_better_alone = is_order || matches!(together, Plan::Refuse(_)) && matches!(alone, Plan::Call { .. } | Plan::Each { .. });
        return Ok(if is_better_alone || matches!(together, Plan::Puzzle(_) | Plan::Talk(_)) { alone } else { together });
    }
    interpreter::interpret(question, context, conversation).await
}
