//! Judges a played case: one verdict a scorer, and why.
//!
//! A case passes if every scorer that gates does. `args` and the time of a budget are advisory: they tell how a planner got there. A
//! scorer that has nothing to look at says so, and neither passes nor fails.

mod answer;
mod calls;
mod chart;
mod state;
mod words;

use serde::{Deserialize, Serialize};

use self::words::{asks_or_declines, declines};
use super::case::{Case, CaseTurn, EXTRA_CALLS, Outcome, StoreState};
use super::play::{Earlier, Played, PlayedTurn, given_up};
use super::stage::Stage;
use crate::agent::Call;
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
    for (index, (case_turn, turn)) in case.turns.iter().zip(&played.turns).enumerate() {
        sheet.turn = Some(index);
        let before = Earlier(played.turns.get(..index).unwrap_or_default());
        let credit = calls::credit(case_turn, turn, before, stage).await?;
        calls::judge(case_turn, turn, &credit, &mut sheet);
        writes.extend(calls::expected_writes(&credit, turn, before));
        outcome(case_turn, turn, &mut sheet);
        forbidden(case_turn, turn, &mut sheet);
        answer::judge(case_turn, turn, &played.turns, index, stage, &mut sheet);
        chart::judge(case_turn, turn, &credit, before, stage, &mut sheet).await?;
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
    let given_up = given_up(turn);
    let fault = match expected {
        _ if given_up.is_some() => given_up.map(|error| format!("the model got to no answer of its own: {error}")),
        _ if turn.answer.trim().is_empty() => Some("there is no answer".to_owned()),
        Outcome::Act | Outcome::AnswerOnly if !turn.answered => Some(format!("it did not answer but said: {}", turn.answer)),
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

fn forbidden(case_turn: &CaseTurn, played: &PlayedTurn, sheet: &mut Sheet) {
    let expect = &case_turn.expect;
    let options = std::iter::once(&expect.calls).chain(&expect.alternatives);
    let expects_write = options.flatten().any(|call| tools::named(&call.tool).is_some_and(|tool| tool.access == Access::Write));
    for call in &played.turn.calls {
        let named = expect.never.iter().find(|pattern| match pattern.strip_suffix('*') {
            Some(head) => call.tool.starts_with(head),
            None => call.tool == **pattern,
        });
        let fault = match named {
            Some(pattern) => Some(format!("`{}` was called, which `{pattern}` forbids", call.tool)),
            None if is_write(call) && call.result.is_ok() && !expects_write => Some(format!("`{}` was called, which writes", call.tool)),
            None => None,
        };
        sheet.note(Scorer::Forbidden, fault);
    }
    if played.turn.calls.is_empty() && !expect.never.is_empty() {
        sheet.note(Scorer::Forbidden, None);
    }
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
