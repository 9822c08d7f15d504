//! Experiments that are named by what was said before: "and in the other experiment?", "and in q2?" after `churn-q1`, "list all its runs",
//! "what is in there so far?".

use super::put_focus;
use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::agent::interpreter::{Arguments, Plan};
use crate::domain::reference::words;
use crate::tools::view::plain;

/// The longest question in which a part of a name stands for a sibling of the experiment in question, in words.
const LONGEST: usize = 6;

/// How many experiments are named where one has to be chosen.
const NAMED: usize = 10;

/// Takes such words for the experiment that they mean.
pub(in crate::agent::interpreter) fn see(reading: &mut Reading, conversation: &Conversation, vocabulary: &Vocabulary) {
    see_owned_runs(reading);
    see_any_runs(reading, conversation);
    if conversation.last_call.is_none() || reading.experiment().is_some() {
        return;
    }
    let found = other_experiment(reading, conversation, vocabulary)
        .or_else(|| other_of_two(reading, conversation))
        .or_else(|| sibling(reading, conversation, vocabulary));
    let Some((place, name)) = found else { return };
    if let Some(span) = reading.spans.iter_mut().find(|span| span.words.contains(&place)) {
        span.part = Part::Experiment(name);
    }
}

/// `all its runs`, `their trials`: the runs of the experiment in question, and no run that was told.
fn see_owned_runs(reading: &mut Reading) {
    for span in &mut reading.spans {
        let next = reading.words.get(span.words.end).map_or("", String::as_str);
        let owns = reading.words.get(span.words.start).is_some_and(|word| matches!(word.as_str(), "its" | "their"));
        if owns
            && matches!(span.part, Part::Anaphor(Anaphor::One | Anaphor::All))
            && matches!(next, "runs" | "trials" | "jobs" | "attempts")
        {
            span.part = Part::Filler;
        }
    }
}

/// `anything by ben?`, after runs were told: runs, and no experiments.
fn see_any_runs(reading: &mut Reading, conversation: &Conversation) {
    let of_runs =
        conversation.last_call.as_ref().is_some_and(|(tool, _)| matches!(*tool, "list_runs" | "best_run" | "get_run" | "compare_runs"));
    if !of_runs || reading.clauses().is_empty() || reading.means("experiment") {
        return;
    }
    for span in &mut reading.spans {
        let is_any = reading.words.get(span.words.start).is_some_and(|word| matches!(word.as_str(), "anything" | "something"));
        if is_any && span.part == Part::Meaning("experiments") {
            span.part = Part::Meaning("run");
        }
    }
}

/// `the other experiment`: the one spoken of before, else the only other one; with the place of the word for it.
fn other_experiment(reading: &Reading, conversation: &Conversation, vocabulary: &Vocabulary) -> Option<(usize, String)> {
    let place = says_other(reading)?;
    let here = conversation.experiment.as_ref().map(|experiment| experiment.name.as_str());
    let visited = conversation.visited.iter().rev().find(|name| Some(name.as_str()) != here).cloned();
    let name = visited.or_else(|| {
        let mut others = vocabulary.experiments.iter().filter(|experiment| Some(experiment.name.as_str()) != here);
        others.next().filter(|_| others.next().is_none()).map(|only| only.name.clone())
    })?;
    Some((place + 1, name))
}

/// `and in the other experiment?`, where there are several others and none was spoken of.
pub(in crate::agent::interpreter) fn unclear(reading: &Reading, conversation: &Conversation, vocabulary: &Vocabulary) -> Option<Plan> {
    says_other(reading)?;
    if reading.experiment().is_some() {
        return None;
    }
    let here = conversation.experiment.as_ref()?.name.as_str();
    let others: Vec<String> =
        vocabulary.experiments.iter().filter(|one| one.name != here).map(|one| format!("`{}`", plain(&one.name))).take(NAMED).collect();
    Some(Plan::Refuse(match others.as_slice() {
        [] => format!("There is no other experiment than `{}`.", plain(here)),
        _ => format!("Which other experiment is meant? There are {}.", others.join(", ")),
    }))
}

/// Where `other experiment` stands.
fn says_other(reading: &Reading) -> Option<usize> {
    reading.words.windows(2).position(|pair| {
        matches!(pair, [which, noun] if matches!(which.as_str(), "other" | "previous" | "earlier") && matches!(noun.as_str(), "experiment" | "project" | "exp"))
    })
}

/// `and the other one?`, after one of two experiments was described.
fn other_of_two(reading: &Reading, conversation: &Conversation) -> Option<(usize, String)> {
    let after = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool == "describe_experiment");
    let place = reading.words.windows(2).position(|pair| matches!(pair, [other, one] if other == "other" && one == "one"))?;
    let here = conversation.experiment.as_ref()?.name.as_str();
    let mut others = conversation.experiments.iter().filter(|name| *name != here);
    let only = others.next().filter(|_| after && others.next().is_none() && conversation.experiments.len() == 2)?;
    Some((place, only.clone()))
}

/// `and in q2?`, `v3?`: the only experiment that is called as the one in question but for this word.
fn sibling(reading: &Reading, conversation: &Conversation, vocabulary: &Vocabulary) -> Option<(usize, String)> {
    let here = words(&conversation.experiment.as_ref()?.name);
    let may_stand_for_it = |place: usize| {
        let span = reading.spans.iter().find(|span| span.words.contains(&place));
        span.is_some_and(|span| matches!(span.part, Part::Unknown | Part::Filler | Part::Number(_) | Part::Conditions(_) | Part::Value(..)))
    };
    if reading.words.len() > LONGEST {
        return None;
    }
    let mut found = vocabulary.experiments.iter().filter_map(|experiment| {
        let place = said_instead(&here, &words(&experiment.name), &reading.words).filter(|place| may_stand_for_it(*place))?;
        Some((place, experiment.name.clone()))
    });
    found.next().filter(|_| found.next().is_none())
}

/// Where the only word is said in which another name differs from this one; a digit with the word before it.
fn said_instead(here: &[String], other: &[String], said: &[String]) -> Option<usize> {
    let mut different = here.iter().zip(other).enumerate().filter(|(_, (one, another))| one != another).map(|(place, _)| place);
    let place = different.next().filter(|_| here.len() == other.len() && different.next().is_none())?;
    let word = other.get(place)?;
    let before = place.checked_sub(1).and_then(|before| other.get(before));
    (0..said.len()).find(|at| {
        let is_led = at.checked_sub(1).and_then(|before| said.get(before)) == before && before.is_some();
        said.get(*at) == Some(word) && (word.chars().count() > 1 && !word.chars().all(|letter| letter.is_ascii_digit()) || is_led)
    })
}

/// `what is in there so far?`, `anything in it yet?`, after an experiment was made or described.
pub(in crate::agent::interpreter) fn inside(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let (tool, _) = conversation.last_call.as_ref()?;
    let pair = |one: &str, others: &[&str]| {
        reading.words.windows(2).any(|pair| matches!(pair, [left, right] if left == one && others.contains(&right.as_str())))
    };
    let points = pair("in", &["there", "it"]) || pair("inside", &["it", ""]) || reading.words.last().is_some_and(|word| word == "inside");
    let asks = reading.words.iter().take(2).any(|word| matches!(word.as_str(), "what" | "whats" | "anything" | "something" | "is" | "and"));
    let is_plain =
        |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Anaphor(_) | Part::Meaning("experiments" | "describe"));
    let is_of_experiment = matches!(*tool, "create_experiment" | "describe_experiment");
    if !is_of_experiment || !points || !asks || reading.words.len() > 8 || !reading.parts().all(is_plain) {
        return None;
    }
    conversation.experiment.as_ref()?;
    let mut arguments = Arguments::new();
    put_focus(&mut arguments, conversation);
    Some(Plan::call("describe_experiment", arguments))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::followup::places::*;

    #[test]
    fn a_sibling_is_named_by_the_word_in_which_it_differs() {
        for (here, other, said, expected) in [
            ("churn-q1", "churn-q2", "and in q2?", Some(3)),
            ("churn-q1", "churn-q2", "and the 2 best?", None),
            ("lr-sweep-vit", "lr-sweep-cnn", "what about cnn?", Some(2)),
            ("lr-sweep", "lr-sweep-cnn", "what about cnn?", None),
            ("sales-2025", "stock-2026", "and 2026?", None),
        ] {
            assert_eq!(said_instead(&words(here), &words(other), &words(said)), expected, "{said}");
        }
    }
}
