//! Names that stand where an experiment belongs and that the store does not have: the tool tells so, and nothing is answered from another.

use std::ops::Range;

use super::word_in_front;
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::reading::{Part, Reading};

/// An unknown name beside the word `experiment`, behind `in`, or wherever what is asked must be asked of an experiment.
pub(in crate::agent::interpreter) fn unknown_experiment(reading: &Reading) -> Option<String> {
    let places = reading.unknown_places();
    let place =
        places.into_iter().find(|place| stands_beside_noun(reading, place) || stands_in(reading, place) || is_asked_about(reading, place));
    place.and_then(|place| reading.said(&place).map(str::to_owned)).or_else(|| numbered_experiment(reading))
}

/// The same, or a name in one piece, or what something is to be told `about`: of a question that is understood no further.
pub(in crate::agent::interpreter) fn absent_experiment(reading: &Reading) -> Option<String> {
    let said_whole = |place: &Range<usize>| {
        let said = reading.said(place).unwrap_or_default();
        said.contains(['-', '_']) && !said.contains(char::is_whitespace) && said.starts_with(char::is_alphanumeric)
    };
    let named = || reading.unknown_places().into_iter().find(said_whole).and_then(|place| reading.said(&place).map(str::to_owned));
    let is_of_trade = reading.parts().any(|part| {
        matches!(
            part,
            Part::Meaning("run" | "experiment" | "metric" | "parameter" | "describe" | "howmany") | Part::End(..) | Part::Metric(_)
        )
    });
    unknown_experiment(reading).filter(|_| is_of_trade).or_else(named)
}

/// `the nowcast experiment`, `experiment nowcast`
fn stands_beside_noun(reading: &Reading, place: &Range<usize>) -> bool {
    let is_noun = |index: usize| {
        let span = reading.spans.iter().find(|span| span.words.contains(&index));
        span.is_some_and(|span| matches!(span.part, Part::Meaning("experiment")))
    };
    let is_called = place
        .start
        .checked_sub(1)
        .and_then(|at| reading.words.get(at))
        .is_some_and(|word| matches!(word.as_str(), "called" | "named" | "titled"));
    let back = if is_called { 2 } else { 1 };
    is_noun(place.end) || place.start.checked_sub(back).is_some_and(is_noun)
}

/// `experiment 12`, `the experiment with id 12`: an id.
fn numbered_experiment(reading: &Reading) -> Option<String> {
    const LINKS: [&str; 6] = ["with", "id", "number", "no", "the", "nr"];
    let noun = reading.spans.iter().find(|span| span.part == Part::Meaning("experiment"))?.words.start;
    reading.words.get(noun).filter(|word| *word == "experiment")?;
    let behind = reading.words.get(noun + 1..)?;
    let number = behind.iter().find(|word| !LINKS.contains(&word.as_str()))?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.clone())
}

/// `in nowcast`, `the runs of nowcast`, `the last three from nowcast`
fn stands_in(reading: &Reading, place: &Range<usize>) -> bool {
    let link = word_in_front(reading, place.start);
    if link == "in" {
        return true;
    }
    let Some(at) = (0..place.start).rev().find(|at| reading.words.get(*at).is_some_and(|word| word == link)) else { return false };
    let is_link = matches!(link, "of" | "from" | "for" | "within" | "inside");
    let owner = at.checked_sub(1).and_then(|before| reading.spans.iter().find(|span| span.words.contains(&before)));
    let holds_runs = owner.is_some_and(|span| {
        matches!(span.part, Part::End(..) | Part::Runs(_) | Part::Meaning("run" | "metric" | "parameter" | "describe" | "howmany"))
    });
    is_link && holds_runs && !asks_for_effect(reading)
}

/// `nowcast-v2 - how many runs has it got?`: a name in one piece, in a question about runs that names no place for them.
fn is_asked_about(reading: &Reading, place: &Range<usize>) -> bool {
    let is_name = reading.said(place).is_some_and(|said| said.contains(['-', '_', '/']) && !said.contains(char::is_whitespace));
    // `nowcast-v2: how many runs has it?`
    let is_topic = place.start == 0;
    let names_place = reading
        .parts()
        .any(|part| matches!(part, Part::Experiment(_) | Part::Run(_) | Part::File(_)) || matches!(part, Part::Anaphor(_)) && !is_topic);
    let is_of_runs = reading.means("run")
        || reading.means("howmany")
        || !reading.metrics().is_empty()
        || reading.parts().any(|part| matches!(part, Part::End(..) | Part::Runs(_) | Part::Meaning("metric" | "parameter")));
    let before = word_in_front(reading, place.start);
    let is_key = matches!(before, "by" | "on" | "with" | "to" | "and" | "using")
        || lexicon::end(before).is_some()
        || lexicon::meaning(before) == Some("plot");
    is_name && is_of_runs && !names_place && !is_key && !asks_for_effect(reading)
}

/// Of an effect unknown names are metrics and parameters.
fn asks_for_effect(reading: &Reading) -> bool {
    reading.means("impact") && !reading.means("parameter")
}
