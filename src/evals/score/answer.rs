//! What the answer says: the words it must, the numbers with whose they are, and no number that no result has.

use serde_json::{Map, Value};

use super::words::{has_number, passages_of, sentences_of, stands_in, text_of};
use super::{Scorer, Sheet};
use crate::agent::number_check::{self, Evidence};
use crate::evals::case::{CaseTurn, Fact};
use crate::evals::play::PlayedTurn;
use crate::evals::stage::Stage;

/// The verdicts on a turn's answer. `turns` are all of the conversation, of which `index` is this one.
pub(super) fn judge(case_turn: &CaseTurn, played: &PlayedTurn, turns: &[PlayedTurn], index: usize, stage: &Stage, sheet: &mut Sheet) {
    let answer = &case_turn.expect.answer;
    let text = text_of(&played.turn);
    for mention in &answer.mentions {
        let is_there = mention.words().iter().any(|word| stands_in(word, &text));
        sheet.note(Scorer::Mentions, (!is_there).then(|| format!("does not mention {}: {text}", mention.words().join(" or "))));
    }
    let lower = text.to_lowercase();
    for letters in &answer.not_mentions {
        let is_there = lower.contains(&letters.to_lowercase());
        sheet.note(Scorer::Mentions, is_there.then(|| format!("mentions {letters}: {text}")));
    }
    for fact in &answer.facts {
        sheet.note(Scorer::Facts, fact_fault(fact, played, stage));
    }
    sheet.note(Scorer::Grounded, ungrounded(played, turns.get(..=index).unwrap_or_default()));
}

fn fact_fault(fact: &Fact, played: &PlayedTurn, stage: &Stage) -> Option<String> {
    let value = fact.value.or_else(|| stage.value_of(fact.run.as_deref()?, fact.metric.as_deref()?));
    let Some(value) = value else { return Some(format!("the fixture has no value for {fact:?}")) };
    // A number that is nobody's counts something: a cell of a table that happens to hold it does not tell it.
    let passages = if fact.run.is_none() && fact.metric.is_none() { sentences_of(&played.turn) } else { passages_of(&played.turn) };
    let is_told = (0..passages.len()).any(|place| {
        passages.get(place).is_some_and(|passage| has_number(passage, value))
            && fact.run.as_deref().is_none_or(|run| is_about(run, &passages, place, stage))
            && fact.metric.as_deref().is_none_or(|metric| before(&passages, place, 1).any(|passage| stands_in(metric, passage)))
    });
    let whose = [fact.metric.as_deref(), fact.run.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" of ");
    (!is_told).then(|| format!("does not tell {value} ({whose}): {}", played.turn.answer))
}

/// The passage at `place` and up to `back` before it, the nearest first.
fn before(passages: &[String], place: usize, back: usize) -> impl Iterator<Item = &String> {
    passages.iter().take(place + 1).rev().take(back + 1)
}

/// Whether the passage at `place` is about `run`: it names it, or names no run and the one that was named last is it.
fn is_about(run: &str, passages: &[String], place: usize, stage: &Stage) -> bool {
    let names_any = |passage: &&String| stage.run_names().any(|name| stands_in(name, passage));
    before(passages, place, 2).find(names_any).is_some_and(|passage| stands_in(run, passage))
}

/// What is wrong with the numbers of an answer. Where no tool answered, only what was said or told before bears one out, but for
/// questions that the answer proposes in quotation marks: they claim nothing.
fn ungrounded(played: &PlayedTurn, turns: &[PlayedTurn]) -> Option<String> {
    let refusals: Vec<Value> = played
        .turn
        .calls
        .iter()
        .filter_map(|call| call.result.as_ref().err())
        .map(|refusal| Value::from(refusal.message.clone()))
        .collect();
    let mut evidence: Vec<Evidence<'_>> = played.evidence.iter().map(|(tool, result)| Evidence { tool, result }).collect();
    evidence.extend(refusals.iter().map(|result| Evidence { tool: "refusal", result }));
    // `longer than half an hour` is told as the bound that the call had.
    let bounds: Vec<Value> = played.turn.calls.iter().map(|call| bounds_of_time(&call.arguments)).collect();
    evidence.extend(bounds.iter().map(|result| Evidence { tool: "bounds", result }));
    let question = turns.iter().map(|turn| turn.user.as_str()).collect::<Vec<&str>>().join("\n");
    let answer = &played.turn.answer;
    let answer = if played.turn.outcomes().next().is_none() { without_quotations(answer) } else { answer.clone() };
    let faults = number_check::check(&answer, &question, &evidence);
    let mut told: Vec<String> = faults.iter().map(|fault| format!("{} in “{}”", fault.text, fault.sentence.trim())).collect();
    told.extend(played.turn.unverified_numbers.iter().map(|number| format!("{number}, which was taken back")));
    (!told.is_empty()).then(|| format!("no result has {}", told.join("; ")))
}

/// The arguments that are lengths of time.
fn bounds_of_time(arguments: &Map<String, Value>) -> Value {
    arguments
        .iter()
        .filter(|(name, _)| name.ends_with("seconds"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// The text without what stands between “ and ”.
fn without_quotations(text: &str) -> String {
    let mut pieces = text.split('“');
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| piece.split_once('”').map_or(piece, |(_, after)| after));
    std::iter::once(first).chain(rest).collect()
}
