//! Words where a value of a parameter or tag belongs that no run has: "the catboost runs", "how many used catboost". What they would choose
//! is nothing, so no list without them is given.

use std::ops::Range;

use super::lexicon;
use super::reading::{Part, Reading};
use super::vocabulary::Vocabulary;
use crate::tools::view::plain;

/// What to say where runs are asked for by a value that is not there.
pub(super) fn reason(reading: &Reading, vocabulary: &Vocabulary) -> Option<String> {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_) | Part::File(_)));
    let asks_else = ["plot", "compare", "impact", "describe", "experiments", "experiment", "create", "artifact", "user"];
    let is_of_runs = reading.means("run") || reading.means("howmany") || !reading.metrics().is_empty();
    if names_run || !is_of_runs || asks_else.iter().any(|meaning| reading.means(meaning)) {
        return None;
    }
    // `which DPO run`, where runs are called dpo-1 and dpo-2
    let begins_run = |place: &Range<usize>| reading.words.get(place.start).is_some_and(|word| vocabulary.has_run_beginning(word));
    let place = reading.unknown_places().into_iter().find(|place| is_value(reading, place) && !begins_run(place))?;
    let said = plain(reading.said(&place)?);
    let users = vocabulary.users();
    let whose = if users.is_empty() {
        String::new()
    } else {
        format!(" Runs were started by {}.", users.iter().map(|user| format!("`{user}`")).collect::<Vec<_>>().join(", "))
    };
    Some(format!(
        "No run has a parameter or tag that is `{said}`, so there is nothing to show.{whose} Ask what an experiment logs to see the values that there are."
    ))
}

/// Whether unknown words stand where a value belongs: behind `using`, before the noun for runs.
fn is_value(reading: &Reading, place: &Range<usize>) -> bool {
    let word = |index: Option<usize>| index.and_then(|index| reading.words.get(index)).map_or("", String::as_str);
    let before = word(place.start.checked_sub(1));
    let is_used = matches!(before, "use" | "used" | "using" | "uses" | "with" | "without");
    let describes = lexicon::meaning(word(Some(place.end))) == Some("run")
        && matches!(before, "the" | "many" | "all" | "any" | "of" | "list" | "show" | "which" | "best" | "for" | "");
    let is_short = place.len() <= 2 && place.end <= 12;
    let is_last = place.end == reading.words.len()
        || matches!(word(Some(place.end)), "in" | "of" | "from" | "please" | "by" | "are" | "have" | "is" | "did" | "do");
    is_short && (is_used && is_last || describes && place.len() == 1 && reading.clauses().is_empty() && reading.experiment().is_none())
}
