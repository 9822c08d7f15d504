//! What is asked and no tool answers, and what to say to it.
//!
//! Runs that lack something (`impossible`) are listed; values, people and names that the store has not (`unknown_values`, `people`,
//! `left_over`), sums and averages (`unanswered`) and what no store tells (`beyond`) are told.

pub(super) mod beyond;
mod impossible;
pub(super) mod left_over;
pub(super) mod people;
mod unanswered;
mod unknown_values;

use super::reading::{Part, Reading};
use super::vocabulary::Vocabulary;
use super::{Arguments, Plan, put, put_experiment};
use crate::agent::conversation::Conversation;
use crate::domain::experiment::ExperimentId;

/// How many runs a list shows whose last lines are asked for.
const RUNS_WITHOUT: usize = 100;

/// The plan for a question that no tool answers as it stands; absent where one may.
pub(super) fn plan(
    reading: &mut Reading,
    focus: Option<&ExperimentId>,
    conversation: &Conversation,
    vocabulary: &Vocabulary,
) -> Option<Plan> {
    if conversation.last_call.is_none() && focus.is_none() && points_nowhere(reading) {
        return Some(Plan::Refuse(
            "I do not know what that refers to: nothing was asked before. Which run, metric or experiment do you mean?".to_owned(),
        ));
    }
    unknown_values::settle(reading, vocabulary);
    impossible::settle_lack(reading);
    if let Some(metric) = impossible::lacked(reading) {
        let mut arguments = Arguments::new();
        put_experiment(&mut arguments, reading);
        put(&mut arguments, "sort_by", metric);
        put(&mut arguments, "limit", RUNS_WITHOUT);
        return Some(Plan::call("list_runs", arguments));
    }
    unanswered::reason(reading, vocabulary)
        .or_else(|| impossible::reason(reading))
        .or_else(|| unknown_values::reason(reading, vocabulary))
        .or_else(|| unknown_values::compared(reading))
        .map(Plan::Refuse)
}

/// `plot it`, `who started that one?`: all that it is about was said before, so at the beginning of a conversation it is about nothing.
fn points_nowhere(reading: &Reading) -> bool {
    const SAID_ALONGSIDE: [&str; 12] =
        ["show", "plot", "compare", "details", "howlong", "status", "user", "start", "tag", "perform", "artifact", "describe"];
    let is_empty = |part: &Part| match part {
        Part::Filler | Part::Anaphor(_) => true,
        Part::Meaning(meaning) => SAID_ALONGSIDE.contains(meaning),
        // `why did it fail?`
        Part::Conditions(_) => reading.says("why"),
        // `plot its training loss`
        Part::Metric(_) | Part::Parameter(_) => ["its", "it", "their"].iter().any(|word| reading.says(word)),
        _ => false,
    };
    let points = ["it", "its", "that", "those", "them", "these", "their"].iter().any(|word| reading.says(word));
    let of_place = ["there", "here", "logged", "available", "contain", "stored"].iter().any(|word| reading.says(word));
    let points_first = reading.parts().any(|part| matches!(part, Part::Anaphor(_)));
    points
        && points_first
        && !of_place
        && reading.words.len() <= 8
        && reading.parts().all(is_empty)
        && reading.parts().any(|part| matches!(part, Part::Meaning(_) | Part::Conditions(_) | Part::Metric(_) | Part::Parameter(_)))
}
