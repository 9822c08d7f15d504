//! One turn of a conversation: from what a person said to an answer whose numbers come from the store.
//!
//! A planner picks tools, the tools answer, and the answer is composed from their results or, where a model wrote it,
//! checked against them. It knows neither the door a question came through nor the store behind the tools.

pub mod answer;
pub mod conversation;
pub mod number_check;
pub mod suggestions;

mod interpreted;
mod interpreter;
mod model_loop;
mod recall;

use std::time::Duration;

use serde_json::{Map, Value};

use crate::config::ModelBudget;
use crate::domain::chart::Chart;
use crate::llm::{Model, ModelError, Usage};
use crate::prompts::Prompts;
use crate::store::StoreError;
use crate::tools::view::{Resolved, Table};
use crate::tools::{self, Access, Context, Outcome, ToolDef, ToolError};
use conversation::{Choice, Conversation};
pub use interpreted::UTTERANCE_BYTES;
use interpreted::interpreted;
use model_loop::GivenUp;
use number_check::UnverifiedNumber;
pub use recall::recall;

/// Who turns words into tool calls.
#[derive(Debug)]
pub enum Planner {
    /// The built-in interpreter: deterministic, no model, no network.
    Interpreter,
    /// A language model that picks functions.
    Model {
        /// The model.
        model: Box<Model>,
        /// What it is told.
        prompts: Prompts,
        /// What it may cost.
        budget: ModelBudget,
    },
}

impl Planner {
    /// The planner of turns that end after `turn`: a model leaves a quarter of that to the interpreter, which answers where it fails.
    #[must_use]
    pub fn within(self, turn: Duration) -> Self {
        match self {
            Self::Interpreter => Self::Interpreter,
            Self::Model { model, prompts, budget } => {
                let time = budget.time.min(turn * 3 / 4);
                Self::Model { model, prompts, budget: ModelBudget { time, ..budget } }
            }
        }
    }

    /// The name by which answers tell who made them.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Interpreter => "builtin".to_owned(),
            Self::Model { model, .. } => model.name(),
        }
    }
}

/// Whether a write that a model asks for is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The person agreed beforehand.
    Given,
    /// The person must be asked: the call is refused and the answer says how to agree.
    Needed,
    /// The person is asked by whoever takes the turn, also about what the interpreter understood: the call is checked and refused as
    /// [`NEEDS_CONFIRMATION`].
    Asked,
    /// Nothing may be written, for this reason.
    Refused(&'static str),
}

/// The code of a write that waits for the person's consent.
pub const NEEDS_CONFIRMATION: &str = "needs_confirmation";

/// The code of a write that this person may not do.
pub const FORBIDDEN: &str = "forbidden";

/// The code of a call of what is no tool.
const UNKNOWN_TOOL: &str = "unknown_tool";

/// What happens in a turn, as it happens.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// Who plans this turn.
    Planner(&'a str),
    /// A tool is called.
    CallStarted {
        /// The tool.
        tool: &'a str,
        /// Its arguments.
        arguments: &'a Map<String, Value>,
    },
    /// A tool answered or refused.
    CallDone(&'a Call),
    /// The store failed while a question was read or a tool was called; the call, if it was one, is told next.
    StoreFailed(&'a StoreError),
    /// A piece of the answer that a model is writing; not yet checked.
    Delta(&'a str),
    /// What a model has cost in this turn so far, what it is being asked included.
    Spent(Usage),
    /// Numbers of the model's answer are in no result; the answer is written anew.
    NumberCheckFailed(&'a [UnverifiedNumber]),
    /// The turn is over.
    Done(&'a Turn),
}

/// A call made in a turn.
#[derive(Debug, Clone)]
pub struct Call {
    /// The tool's name, as the planner gave it.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// What came of it: the answer, or the refusal with its kind.
    pub result: Result<Outcome, Refusal>,
}

/// Why a call was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A word for programs.
    pub code: &'static str,
    /// Words for people and models.
    pub message: String,
}

impl From<ToolError> for Refusal {
    fn from(error: ToolError) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

impl Call {
    /// What the call's references led to; empty for a refused call.
    #[must_use]
    pub fn resolved(&self) -> Resolved {
        self.result.as_ref().map(|outcome| outcome.resolved.clone()).unwrap_or_default()
    }

    /// Whether it is a write that waits for the person's consent.
    #[must_use]
    pub fn is_asked_about(&self) -> bool {
        self.result.as_ref().is_err_and(|refusal| refusal.code == NEEDS_CONFIRMATION)
    }
}

/// What a turn came to.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// The answer in words.
    pub answer: String,
    /// Whether they are the model's own, and not composed from the results.
    pub in_its_own_words: bool,
    /// Who made it.
    pub planner: String,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// What was left out, assumed or went wrong.
    pub caveats: Vec<String>,
    /// Numbers that a model wrote and no result holds; the sentences that held them were replaced.
    pub unverified_numbers: Vec<String>,
    /// What a model cost.
    pub usage: Option<Usage>,
    /// Why the model was given up, and the interpreter answered, or why it broke off, and the answer is composed from what it had called.
    pub model_error: Option<ModelError>,
    /// Whether the question was understood and every call answered.
    pub answered: bool,
}

impl Turn {
    /// The answers of the calls.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.calls.iter().filter_map(|call| call.result.as_ref().ok())
    }

    /// The pictures, in the order of the calls.
    #[must_use]
    pub fn charts(&self) -> Vec<&Chart> {
        self.outcomes().filter_map(|outcome| outcome.chart.as_ref()).collect()
    }

    /// The tables, in the order of the calls.
    #[must_use]
    pub fn tables(&self) -> Vec<&Table> {
        self.outcomes().filter_map(|outcome| outcome.table.as_ref()).collect()
    }
}

/// Takes one turn: answers `utterance` in the light of `conversation`, which takes the turn in.
pub async fn turn(
    utterance: &str,
    planner: &Planner,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Turn {
    on_event(Event::Planner(&planner.name()));
    // What a server tells is read once a turn: the names in the question and the tools' answers come from the same runs.
    let context = &Context { store: context.store.for_one_call(), ..context.clone() };
    let mut turn = match planner {
        Planner::Interpreter => interpreted(utterance, consent, context, conversation, on_event).await,
        Planner::Model { model, prompts, budget } => {
            match model_loop::run(utterance, model, prompts, budget, consent, context, conversation, on_event).await {
                Ok(turn) => turn,
                Err(given_up) => without_model(given_up, utterance, consent, context, conversation, on_event).await,
            }
        }
    };
    let mut seen = Vec::new();
    turn.caveats.retain(|caveat| {
        !seen.contains(caveat) && {
            seen.push(caveat.clone());
            true
        }
    });
    conversation.turns.push((utterance.to_owned(), turn.answer.clone()));
    on_event(Event::Done(&turn));
    turn
}

/// Takes the turn in which the person agreed to a write that was asked about: `words` tell the transcript what he agreed to.
pub async fn confirmed(
    words: &str,
    tool: &'static ToolDef,
    arguments: Map<String, Value>,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Turn {
    let planner = Planner::Interpreter.name();
    on_event(Event::Planner(&planner));
    let context = &Context { store: context.store.for_one_call(), focus: conversation.focus(), ..context.clone() };
    let call = call(tool.name, arguments, context, conversation, on_event).await;
    let turn = Turn {
        answer: answer::of_call(&call),
        planner,
        caveats: call.result.iter().flat_map(|outcome| outcome.caveats.clone()).collect(),
        answered: call.result.is_ok(),
        calls: vec![call],
        ..Turn::default()
    };
    conversation.turns.push((words.to_owned(), turn.answer.clone()));
    on_event(Event::Done(&turn));
    turn
}

/// Takes the turn in which the person did not agree to a write that was asked about: `words` tell the transcript what it was.
pub fn declined(words: &str, conversation: &mut Conversation, on_event: &mut (dyn FnMut(Event<'_>) + Send)) -> Turn {
    let planner = Planner::Interpreter.name();
    on_event(Event::Planner(&planner));
    let turn = Turn { answer: "Nothing was written.".to_owned(), planner, answered: true, ..Turn::default() };
    conversation.turns.push((words.to_owned(), turn.answer.clone()));
    on_event(Event::Done(&turn));
    turn
}

/// The interpreter's answer where the model failed, saying so.
async fn without_model(
    given_up: GivenUp,
    utterance: &str,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Turn {
    on_event(Event::Planner(&Planner::Interpreter.name()));
    let GivenUp { error, usage, unverified_numbers } = given_up;
    let mut turn = interpreted(utterance, consent, context, conversation, on_event).await;
    turn.caveats.insert(0, format!("the model did not answer, so the built-in interpreter did: {error}"));
    Turn { usage, unverified_numbers, model_error: Some(error), ..turn }
}

/// Calls a tool, or refuses a write to which there is no consent.
async fn allowed(
    name: &str,
    arguments: Map<String, Value>,
    consent: Consent,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Call {
    let refusal = match (tools::named(name).filter(|tool| tool.access == Access::Write), consent) {
        (None, _) | (_, Consent::Given) => return call(name, arguments, context, conversation, on_event).await,
        (Some(_), Consent::Refused(reason)) => Refusal { code: FORBIDDEN, message: reason.to_owned() },
        (Some(_), Consent::Needed) => Refusal {
            code: NEEDS_CONFIRMATION,
            message:
                "this writes to the tracking store and needs the person's consent; ask the person to repeat the question with `--yes`"
                    .to_owned(),
        },
        (Some(tool), Consent::Asked) => match tool.checked(Value::Object(arguments.clone())) {
            Err(error) => error.into(),
            Ok(_) => Refusal {
                code: NEEDS_CONFIRMATION,
                message: "the person is asked beside your answer whether this may be written; nothing is written yet, and it need not be called again"
                    .to_owned(),
            },
        },
    };
    refused(name, arguments, refusal, on_event)
}

/// A call that is not made, told as if it were.
fn refused(name: &str, arguments: Map<String, Value>, refusal: Refusal, on_event: &mut (dyn FnMut(Event<'_>) + Send)) -> Call {
    on_event(Event::CallStarted { tool: name, arguments: &arguments });
    let call = Call { tool: name.to_owned(), arguments, result: Err(refusal) };
    on_event(Event::CallDone(&call));
    call
}

/// Calls a tool by name and lets the conversation remember what came of it.
async fn call(
    name: &str,
    arguments: Map<String, Value>,
    context: &Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Call {
    on_event(Event::CallStarted { tool: name, arguments: &arguments });
    let result = match tools::named(name) {
        Some(tool) => match tool.call(Value::Object(arguments.clone()), context).await {
            Ok(outcome) => {
                conversation.remember(tool.name, &arguments, &outcome);
                Ok(outcome)
            }
            Err(error) => {
                if let ToolError::Store(fault) = &error {
                    on_event(Event::StoreFailed(fault));
                }
                conversation.choice = match &error {
                    ToolError::Ambiguous { given, candidates, .. } => {
                        Some(Choice { tool: tool.name, arguments: arguments.clone(), given: given.clone(), candidates: candidates.clone() })
                    }
                    _ => None,
                };
                // What was wrong with it may be put right: `I meant recall`.
                if matches!(error, ToolError::NotFound { .. } | ToolError::Ambiguous { .. }) && tool.access == Access::Read {
                    conversation.last_call = Some((tool.name, arguments.clone()));
                }
                Err(error.into())
            }
        },
        None => Err(Refusal { code: UNKNOWN_TOOL, message: unknown_tool(name) }),
    };
    let call = Call { tool: name.to_owned(), arguments, result };
    on_event(Event::CallDone(&call));
    call
}

fn unknown_tool(name: &str) -> String {
    let names: Vec<&str> = tools::ALL.iter().map(|tool| tool.name).collect();
    format!("there is no tool `{name}`; there are {}", names.join(", "))
}
