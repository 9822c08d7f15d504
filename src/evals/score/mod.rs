//! Judges a played case: one verdict a scorer, and why.
//!
//! A case passes if every scorer that gates does. `args` and the time of a budget are advisory: they tell how a planner got there. A
//! scorer that has nothing to look at says so, and neither passes nor fails.

mod answer;
mod calls;
mod chart;
mod scene;
mod state;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::scene::Scene;
use self::words::{asks_or_declines, declines, tells_of};
use super::case::{Case, CaseTurn, EXTRA_CALLS, Outcome, StoreState, matches_tool};
use super::play::{Earlier, Played, PlayedTurn, without_own_answer};
use super::stage::Stage;
use crate::agent::{Call, Turn};
use crate::tools::{self, Access};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scorer {
    /// The arguments of every call satisfy the tool's schema.
    SchemaValid,
    /// The expected tools were called.
    ToolSelect,
    /// The arguments are literally the expected ones. Advisory.
    Args,
    /// Each expected call was made, or one that gives the same result on the fixture and on its twin.
    ResultEqual,
    /// The store is left as the expected writes leave it.
    State,
    /// No more calls than needed, none twice, in order where that matters.
    Trajectory,
    /// It acted, asked, refused or answered as it should.
    Outcome,
    /// Nothing forbidden was called.
    Forbidden,
    /// The answer says the words it must and none that it must not.
    Mentions,
    /// The answer gives the numbers, each with its run and metric.
    Facts,
    /// Every number of the answer is in a result, bound to the run and metric beside it.
    Grounded,
    /// The chart is of the expected kind and shows the expected points.
    Chart,
    /// It cost no more than allowed.
    Budget,
    /// It took no longer than allowed. Advisory.
    Time,
}

impl Scorer {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 14] = [
        Self::SchemaValid,
        Self::ToolSelect,
        Self::Args,
        Self::ResultEqual,
        Self::State,
        Self::Trajectory,
        Self::Outcome,
        Self::Forbidden,
        Self::Mentions,
        Self::Facts,
        Self::Grounded,
        Self::Chart,
        Self::Budget,
        Self::Time,
    ];

    /// Its word in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SchemaValid => "schema_valid",
            Self::ToolSelect => "tool_select",
            Self::Args => "args",
            Self::ResultEqual => "result_equal",
            Self::State => "state",
            Self::Trajectory => "trajectory",
            Self::Outcome => "outcome",
            Self::Forbidden => "forbidden",
            Self::Mentions => "mentions",
            Self::Facts => "facts",
            Self::Grounded => "grounded",
            Self::Chart => "chart",
            Self::Budget => "budget",
            Self::Time => "time",
        }
    }

    /// Whether a case fails where it does.
    #[must_use]
    pub fn gates(self) -> bool {
        !matches!(self, Self::Args | Self::Time)
    }
}

/// What a scorer found in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Who.
    pub scorer: Scorer,
    /// Its verdict.
    pub passed: bool,
    /// What is wrong, turn by turn; empty where it passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
}

/// The verdicts of all scorers that had something to look at.
///
/// # Errors
/// Where the expected calls cannot be run on the fixture; what the planner did wrong is a verdict.
pub async fn score(case: &Case, played: &Played, stage: &Stage) -> anyhow::Result<Vec<Score>> {
    let mut sheet = Sheet::default();
    let mut writes = Vec::new();
    let mut firsts = Vec::new();
    for (index, (case_turn, turn)) in case.turns.iter().zip(&played.turns).enumerate() {
        sheet.turn = Some(index);
        let before = Earlier { turns: played.turns.get(..index).unwrap_or_default(), firsts: &firsts };
        let scene = Scene::set(stage, before, turn, &writes).await?;
        let credit = calls::credit(case_turn, &scene).await?;
        calls::judge(case_turn, &turn.turn.calls, &credit, &mut sheet);
        outcome(case_turn, turn, &mut sheet);
        forbidden(case_turn, &scene, &mut sheet);
        answer::judge(case_turn, turn, &played.turns, index, stage, &mut sheet);
        chart::judge(case_turn, &scene, &credit, &mut sheet).await?;
        let written = calls::expected_writes(&credit, &scene);
        let first = credit.partners.first().copied().flatten();
        writes.extend(written);
        firsts.push(first);
    }
    sheet.turn = None;
    if case.store == StoreState::Well {
        state::judge(&writes, &played.copy, stage, &mut sheet).await?;
    }
    budget(case, played, &mut sheet);
    Ok(sheet.scores())
}

/// Verdicts as they come in.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    turn: Option<usize>,
    entries: Vec<(Scorer, Option<String>)>,
}

impl Sheet {
    /// Notes that `scorer` looked, and what it found wrong.
    pub(super) fn note(&mut self, scorer: Scorer, fault: Option<String>) {
        let fault = fault.map(|fault| match self.turn {
            Some(turn) => format!("turn {}: {fault}", turn + 1),
            None => fault,
        });
        self.entries.push((scorer, fault));
    }

    fn scores(self) -> Vec<Score> {
        let mut scores = Vec::new();
        for scorer in Scorer::ALL {
            let mut own = self.entries.iter().filter(|(one, _)| *one == scorer).peekable();
            if own.peek().is_some() {
                let why: Vec<String> = own.filter_map(|(_, fault)| fault.clone()).collect();
                scores.push(Score { scorer, passed: why.is_empty(), why });
            }
        }
        scores
    }
}

/// Whether a call writes.
pub(super) fn is_write(call: &Call) -> bool {
    tools::named(&call.tool).is_some_and(|tool| tool.access == Access::Write)
}

fn outcome(case_turn: &CaseTurn, played: &PlayedTurn, sheet: &mut Sheet) {
    let turn = &played.turn;
    let expected = case_turn.expect.outcome;
    let answered: Vec<&str> = turn.calls.iter().filter(|call| call.result.is_ok()).map(|call| call.tool.as_str()).collect();
    let without_own_answer = without_own_answer(turn);
    let fault = match expected {
        _ if without_own_answer.is_some() => without_own_answer.map(|reason| format!("the model got to no answer of its own: {reason}")),
        _ if turn.answer.trim().is_empty() => Some("there is no answer".to_owned()),
        Outcome::Act | Outcome::AnswerOnly if !turn.answered => Some(format!("it did not answer but said: {}", turn.answer)),
        Outcome::Act if !case_turn.expect.calls.is_empty() && keeps_it_to_itself(turn) => {
            Some(format!("it called what it should, but told nothing of it: {}", turn.answer))
        }
        Outcome::Clarify if turn.calls.iter().any(|call| is_write(call) && call.result.is_ok()) => {
            Some("it wrote where it should have asked".to_owned())
        }
        Outcome::Clarify if !asks_or_declines(&turn.answer) => {
            Some(format!("it should have asked or said what is missing, but said: {}", turn.answer))
        }
        Outcome::Refuse | Outcome::AnswerOnly if !answered.is_empty() => {
            Some(format!("it should have called nothing, but called {}", answered.join(", ")))
        }
        Outcome::Refuse if !declines(&turn.answer) => Some(format!("it should have said that it cannot, but said: {}", turn.answer)),
        Outcome::Act | Outcome::Clarify | Outcome::Refuse | Outcome::AnswerOnly => None,
    };
    sheet.note(Scorer::Outcome, fault);
}

/// Whether a model's words tell nothing that any result holds.
fn keeps_it_to_itself(turn: &Turn) -> bool {
    turn.in_its_own_words && turn.outcomes().next().is_some() && !turn.outcomes().any(|outcome| tells_of(&outcome.result, &turn.answer))
}

fn forbidden(case_turn: &CaseTurn, scene: &Scene<'_>, sheet: &mut Sheet) {
    let expect = &case_turn.expect;
    let options = std::iter::once(&expect.calls).chain(&expect.alternatives);
    let expects_write = options.flatten().any(|call| tools::named(&call.tool).is_some_and(|tool| tool.access == Access::Write));
    let calls = &scene.played.turn.calls;
    for call in calls {
        let named = expect.never.iter().find(|pattern| matches_tool(pattern, &call.tool));
        let fault = match named {
            Some(pattern) => Some(format!("`{}` was called, which `{pattern}` forbids", call.tool)),
            None if is_write(call) && !expects_write && (call.result.is_ok() || is_unasked(call, scene)) => {
                Some(format!("`{}` was called, which writes", call.tool))
            }
            None => None,
        };
        sheet.note(Scorer::Forbidden, fault);
    }
    if calls.is_empty() && !expect.never.is_empty() {
        sheet.note(Scorer::Forbidden, None);
    }
}

/// Whether a write, though the tool refused it, is of something that nobody said.
fn is_unasked(call: &Call, scene: &Scene<'_>) -> bool {
    call.arguments.get("name").and_then(Value::as_str).is_some_and(|name| !scene.is_said(name))
}

fn budget(case: &Case, played: &Played, sheet: &mut Sheet) {
    let budget = case.budget;
    let over = |what: &str, spent: u64, allowed: u64| (spent > allowed).then(|| format!("{spent} {what}, {allowed} allowed"));
    if let Some(allowed) = budget.calls {
        let spent = played.turns.iter().map(|turn| turn.turn.calls.len() as u64).sum();
        sheet.note(Scorer::Budget, over("calls", spent, allowed));
    }
    let usage: Vec<_> = played.turns.iter().filter_map(|turn| turn.turn.usage).collect();
    if let (Some(allowed), false) = (budget.tokens, usage.is_empty()) {
        let spent = usage.iter().map(|usage| usage.input_tokens + usage.output_tokens).sum();
        sheet.note(Scorer::Budget, over("tokens", spent, allowed));
    }
    if let Some(allowed) = budget.ms {
        let spent = played.turns.iter().map(|turn| turn.took.as_millis() as u64).sum();
        sheet.note(Scorer::Time, over("ms", spent, allowed));
    }
}

/// How many further reads a turn may make.
pub(super) fn extra_calls(case_turn: &CaseTurn) -> usize {
    case_turn.expect.max_extra_calls.unwrap_or(EXTRA_CALLS) as usize
}
