//! The best of all experiments: `best accuracy across all experiments`, `which experiment has the lowest loss`. Each that logs the metric is asked.

use std::cmp::Reverse;

use super::fill;
use crate::agent::interpreter::lexicon::{End, has};
use crate::agent::interpreter::reading::{Part, Reading};
use crate::agent::interpreter::vocabulary::{Kind, Vocabulary};
use crate::agent::interpreter::{Arguments, Plan, put};
use crate::domain::experiment::Experiment;
use crate::domain::reference::Likeness;

/// How many experiments are asked one after the other.
const AT_MOST: usize = 6;

/// The plan for such a question; absent for any other, and where no experiment logs the metric.
pub(super) fn plan(reading: &Reading, vocabulary: &Vocabulary) -> Option<Plan> {
    let (end, metric) = ranked(reading)?;
    let likeness = |experiment: &Experiment| vocabulary.key_likeness(Kind::Metric, &metric, &experiment.id);
    let best = vocabulary.experiments.iter().filter_map(likeness).min()?.max(Likeness::SameMeaning);
    let mut having: Vec<&Experiment> =
        vocabulary.experiments.iter().filter(|experiment| likeness(experiment).is_some_and(|found| found <= best)).collect();
    if having.len() > AT_MOST {
        return Some(Plan::Refuse(format!(
            "{} experiments log that, and I answer for {AT_MOST} one after the other at most: name those that you mean.",
            having.len()
        )));
    }
    having.sort_by_key(|experiment| Reverse(vocabulary.last_start(&experiment.id)));
    let of = |experiment: &Experiment| {
        let mut arguments = Arguments::new();
        put(&mut arguments, "experiment", experiment.name.clone());
        put(&mut arguments, "metric", metric.clone());
        fill::put_direction(&mut arguments, end);
        arguments
    };
    Some(Plan::Each { tool: "best_run", all: having.into_iter().map(of).collect() })
}

/// The end and the metric of a question for one run or experiment of all.
fn ranked(reading: &Reading) -> Option<(End, String)> {
    let mut found: Option<End> = None;
    for part in reading.parts() {
        match part {
            Part::End(end, None | Some(1)) if found.is_none() => found = Some(*end),
            Part::Metric(_) | Part::Filler | Part::Unknown | Part::Meaning("run" | "experiment" | "experiments" | "store" | "show") => {}
            _ => return None,
        }
    }
    let metrics = reading.metrics();
    let ([metric], Some(end)) = (metrics.as_slice(), found) else { return None };
    is_of_all(reading).then(|| (end, metric.clone()))
}

/// `across all experiments`, `in any experiment`, `overall`, `which experiment has …`
fn is_of_all(reading: &Reading) -> bool {
    let is_noun = |word: &str| has("experiment experiments project projects", word);
    let pair = |pair: &[String]| matches!(pair, [one, noun] if has("all any every each across which what", one) && is_noun(noun));
    let of_ours = |three: &[String]| matches!(three, [one, mine, noun] if has("all across of", one) && has("our my the these", mine) && is_noun(noun));
    reading.words.windows(2).any(pair) || reading.words.windows(3).any(of_ours) || reading.says("overall") || reading.says("everywhere")
}
