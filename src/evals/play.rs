//! Plays a case: hands its words to the planner under test, turn by turn, on a store of its own, and keeps all that happened.
//!
//! It does not judge. A script stands in for a planner where what is tested is the judging.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::case::{Case, CaseTurn, ExpectedCall, Mention, Outcome, StoreState};
use super::fixture::Which;
use super::matcher::Bindings;
use super::stage::{Copy, Stage};
use crate::agent::conversation::Conversation;
use crate::agent::{self, Call, Consent, Event, Planner, Refusal, Turn};
use crate::config::ModelBudget;
use crate::domain::experiment::ExperimentId;
use crate::llm::replay::{Clock, Replay, Spelling};
use crate::llm::{Model, ModelError};
use crate::prompts::Prompts;
use crate::tools;
use crate::tools::view::Resolved;

/// The name of the planner that makes what the cases expect.
const SCRIPTED: &str = "scripted";

/// Who is put to the test.
#[derive(Debug)]
pub enum Player {
    /// A planner: the interpreter or a model.
    Planner(Planner),
    /// A model whose replies are on a cassette, or go on one; it took as long as the cassette says, so that a run and its replay tell
    /// the same times.
    Taped {
        /// The cassette.
        replay: Replay,
        /// What the model is told.
        prompts: Prompts,
        /// What it may cost.
        budget: ModelBudget,
    },
    /// What each case itself expects, made as written: the planner that must pass everything.
    Gold,
    /// The same, whatever the case.
    Script(Vec<ScriptedTurn>),
}

/// A turn that is written down beforehand.
#[derive(Debug, Clone, Default)]
pub struct ScriptedTurn {
    /// The calls, made by the examples of their matchers.
    pub calls: Vec<ExpectedCall>,
    /// The answer.
    pub says: Says,
}

/// What a scripted turn says.
#[derive(Debug, Clone, Default)]
pub enum Says {
    /// What is composed from the results.
    #[default]
    Composed,
    /// This.
    Text(String),
    /// What is composed, and this.
    And(String),
    /// What is composed, changed by this.
    Edited(fn(&str) -> String),
}

/// A case as it went.
#[derive(Debug)]
pub struct Played {
    /// The turns.
    pub turns: Vec<PlayedTurn>,
    /// The store as it was left.
    pub copy: Copy,
}

/// A turn as it went.
#[derive(Debug)]
pub struct PlayedTurn {
    /// What was said.
    pub user: String,
    /// What came of it.
    pub turn: Turn,
    /// The experiment in focus before.
    pub focus: Option<ExperimentId>,
    /// What the answer may repeat numbers from: results of this and earlier turns, with their tools.
    pub evidence: Vec<(&'static str, Value)>,
    /// How long all of it took.
    pub took: Duration,
    /// How long the tools took of that.
    pub in_tools: Duration,
}

impl Player {
    /// The name by which reports tell who was tested.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Planner(planner) => planner.name(),
            Self::Taped { replay, .. } => replay.model().to_owned(),
            Self::Gold => SCRIPTED.to_owned(),
            Self::Script(_) => "script".to_owned(),
        }
    }
}

/// Plays `case` on `stage`.
///
/// # Errors
/// Where the stage cannot be set up. What the planner does wrong is no error.
pub async fn play(case: &Case, player: &Player, stage: &Stage) -> anyhow::Result<Played> {
    let copy = stage.copy(Which::Base)?;
    if case.store == StoreState::Broken {
        copy.break_store()?;
    }
    let mut conversation = Conversation::default();
    let clock = Clock::default();
    let taped = match player {
        Player::Taped { replay, prompts, budget } => {
            let model = Box::new(Model::Replay(replay.shared(clock.clone(), copy.spellings.clone())));
            Some(Planner::Model { model, prompts: prompts.clone(), budget: budget.clone() })
        }
        Player::Planner(_) | Player::Gold | Player::Script(_) => None,
    };
    let mut played = Played { turns: Vec::new(), copy };
    for (index, case_turn) in case.turns.iter().enumerate() {
        let focus = conversation.focus();
        let begun = Instant::now();
        let mut stopwatch = Stopwatch::default();
        let user = &case_turn.user;
        let mut on_event = |event: Event<'_>| stopwatch.hear(&event);
        let context = &played.copy.context;
        let planner = match player {
            Player::Planner(planner) => Some(planner),
            Player::Taped { .. } => taped.as_ref(),
            Player::Gold | Player::Script(_) => None,
        };
        let mut turn = match planner {
            Some(planner) => agent::turn(user, planner, Consent::Given, context, &mut conversation, &mut on_event).await,
            None => {
                let scripted = match player {
                    Player::Script(turns) => turns.get(index).cloned().unwrap_or_default(),
                    Player::Gold | Player::Planner(_) | Player::Taped { .. } => gold(case_turn),
                };
                follow(&scripted, user, &Earlier::of(&played.turns), context, &mut conversation, &mut on_event).await
            }
        };
        spell_alike(&mut turn, &played.copy.spellings);
        if is_taken_over(&turn) {
            // The interpreter took the turn over: what it called and said is not the model's, but for the caveat that tells so.
            turn.calls.clear();
            turn.answer.clear();
            turn.caveats.truncate(1);
        }
        let evidence = conversation.evidence.clone();
        let took = if taped.is_some() { clock.read() + stopwatch.spent } else { begun.elapsed() };
        played.turns.push(PlayedTurn { user: user.clone(), turn, focus, evidence, took, in_tools: stopwatch.spent });
    }
    Ok(played)
}

/// Why a model got to no answer of its own, by its own fault: the interpreter took over, or its words did not hold and an answer was
/// composed from the results in their place.
#[must_use]
pub fn without_own_answer(turn: &Turn) -> Option<String> {
    let own_error = turn.model_error.as_ref().filter(|error| error.is_the_models_own());
    let is_models = turn.planner != Planner::Interpreter.name() && turn.planner != SCRIPTED;
    match own_error {
        Some(error) => Some(error.to_string()),
        None if is_models && turn.model_error.is_none() && !turn.in_its_own_words => turn.caveats.last().cloned().or(Some(String::new())),
        None => None,
    }
}

/// Whether the interpreter answered in the place of a model that is itself to blame.
fn is_taken_over(turn: &Turn) -> bool {
    turn.planner == Planner::Interpreter.name() && turn.model_error.as_ref().is_some_and(ModelError::is_the_models_own)
}

/// What a turn expects, as a script: its calls, and where there are none, words that say what the answer must say.
#[must_use]
pub fn gold(case_turn: &CaseTurn) -> ScriptedTurn {
    let expect = &case_turn.expect;
    let quoted = |mention: &Mention| mention.words().first().map(|word| format!("“{word}”"));
    let words: Vec<String> = expect.answer.mentions.iter().filter_map(quoted).collect();
    let says = match expect.outcome {
        Outcome::Act if !expect.calls.is_empty() => Says::Composed,
        Outcome::Act | Outcome::AnswerOnly => Says::Text(format!("Here you are: {}.", words.join(", "))),
        Outcome::Clarify if !expect.calls.is_empty() => Says::And(format!("The rest I cannot do: {}.", words.join(", "))),
        Outcome::Clarify => Says::Text(format!("Which do you mean: {}?", words.join(", "))),
        Outcome::Refuse => Says::Text(format!("That is not possible here: {}.", words.join(", "))),
    };
    ScriptedTurn { calls: expect.calls.clone(), says }
}

/// Takes out of a turn what is told about this run's folders.
fn spell_alike(turn: &mut Turn, spellings: &[Spelling]) {
    let refusals = turn.calls.iter_mut().filter_map(|call| call.result.as_mut().err()).map(|refusal| &mut refusal.message);
    for words in refusals.chain(&mut turn.caveats).chain([&mut turn.answer]) {
        *words = Spelling::apply(spellings, words);
    }
}

async fn follow(
    scripted: &ScriptedTurn,
    user: &str,
    bindings: &Earlier<'_>,
    context: &tools::Context,
    conversation: &mut Conversation,
    on_event: &mut (dyn FnMut(Event<'_>) + Send),
) -> Turn {
    let mut whole = Turn { planner: SCRIPTED.to_owned(), answered: true, ..Turn::default() };
    let mut said = Vec::new();
    for call in &scripted.calls {
        let arguments: Map<String, Value> =
            call.args.iter().filter_map(|(name, matcher)| Some((name.clone(), matcher.example(None, bindings)?))).collect();
        let Some(tool) = tools::named(&call.tool) else {
            let refusal = Refusal { code: "unknown_tool", message: format!("there is no tool `{}`", call.tool) };
            whole.calls.push(Call { tool: call.tool.clone(), arguments, result: Err(refusal) });
            whole.answered = false;
            continue;
        };
        let turn = agent::confirmed(user, tool, arguments, context, conversation, on_event).await;
        whole.answered &= turn.answered;
        said.push(turn.answer);
        whole.caveats.extend(turn.caveats);
        whole.calls.extend(turn.calls);
    }
    let composed = said.join("\n\n");
    whole.answer = match &scripted.says {
        Says::Composed => composed,
        Says::Text(text) => text.clone(),
        Says::And(text) => format!("{composed}\n\n{text}"),
        Says::Edited(edit) => edit(&composed),
    };
    whole.in_its_own_words = matches!(scripted.says, Says::Text(_));
    whole
}

#[derive(Default)]
struct Stopwatch {
    started: Option<Instant>,
    spent: Duration,
}

impl Stopwatch {
    fn hear(&mut self, event: &Event<'_>) {
        match event {
            Event::CallStarted { .. } => self.started = Some(Instant::now()),
            Event::CallDone(_) => self.spent += self.started.take().map(|started| started.elapsed()).unwrap_or_default(),
            Event::Planner(_)
            | Event::StoreFailed(_)
            | Event::Delta(_)
            | Event::Spent(_)
            | Event::NumberCheckFailed(_)
            | Event::Done(_) => {}
        }
    }
}

/// The turns before one, as matchers refer to them.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// How they went.
    pub turns: &'a [PlayedTurn],
    /// For each, the call that stands for the first that was expected.
    pub firsts: &'a [Option<usize>],
}

impl<'a> Earlier<'a> {
    /// Turns of which nobody knows what was expected: their first calls count.
    #[must_use]
    pub fn of(turns: &'a [PlayedTurn]) -> Self {
        Self { turns, firsts: &[] }
    }

    /// What the turn at `index` led to: what the expected call does, else the first that was answered.
    fn resolved(&self, index: usize) -> Option<Resolved> {
        let calls = &self.turns.get(index)?.turn.calls;
        let first = self.firsts.get(index).copied().flatten().and_then(|place| calls.get(place)).filter(|call| call.result.is_ok());
        Some(first.or_else(|| calls.iter().find(|call| call.result.is_ok()))?.resolved())
    }
}

impl Bindings for Earlier<'_> {
    fn value_of(&self, reference: &str) -> Option<Value> {
        let (index, what) = reference.strip_prefix("turn[")?.split_once("].")?;
        let resolved = self.resolved(index.parse().ok()?)?;
        let runs: Vec<String> = resolved.runs.iter().map(|run| run.run_name.clone()).collect();
        match what {
            "experiment" => resolved.experiment.map(|experiment| Value::from(experiment.name)),
            "run" => runs.first().cloned().map(Value::from),
            "runs" => Some(Value::from(runs)).filter(|runs| *runs != Value::Array(Vec::new())),
            "metric" => resolved.metrics.first().cloned().map(Value::from),
            "metrics" => Some(Value::from(resolved.metrics)),
            indexed => {
                let place = indexed.strip_prefix("runs[")?.strip_suffix(']')?;
                runs.get(place.parse::<usize>().ok()?).cloned().map(Value::from)
            }
        }
    }
}
