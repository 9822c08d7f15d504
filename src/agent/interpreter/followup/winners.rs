//! The better and the worse of what was just compared: "what learning rate did the winner use?", "backbone of the loser", "and the other one?".

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};

/// Nouns for the better one.
const WINNERS: [&str; 6] = ["winner", "winners", "champion", "leader", "victor", "frontrunner"];

/// Nouns for the worse one.
const LOSERS: [&str; 4] = ["loser", "losers", "underdog", "laggard"];

/// Takes `the winner`, `the better one`, `the loser` and `the other one` for places in the last comparison or ranking, where something is
/// asked of them.
pub(in crate::agent::interpreter) fn see(reading: &mut Reading, conversation: &Conversation) {
    let Some((tool, _)) = conversation.last_call.as_ref() else { return };
    let standing = conversation.standing.len();
    let is_compared = standing > 1 && *tool != "best_run";
    if standing == 0 || reading.experiment().is_some() || ranks_anew(reading) || !asks_something(reading) {
        return;
    }
    for index in 0..reading.spans.len() {
        let Some(words) = reading.spans.get(index).map(|span| span.words.clone()) else { continue };
        let place = match words.end.checked_sub(1).map(|last| meant(reading, words.start, last)) {
            Some(Some(Meant::Winner)) => 0,
            Some(Some(Meant::Loser)) if is_compared => standing - 1,
            Some(Some(Meant::Other)) if *tool == "compare_runs" && standing == 2 => 1,
            _ => continue,
        };
        if let Some(span) = reading.spans.get_mut(index) {
            span.part = Part::Anaphor(Anaphor::Standing(place));
        }
    }
}

/// Which of the runs that were compared some words mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Winner,
    Loser,
    Other,
}

fn meant(reading: &Reading, first: usize, last: usize) -> Option<Meant> {
    let word = |place: usize| reading.words.get(place).map_or("", String::as_str);
    let before = first.checked_sub(1).map_or("", word);
    let is_one = |next: &str| matches!(next, "one" | "run" | "model" | "");
    let noun_follows = is_one(word(last + 1)) || is_one(word(last));
    match word(first) {
        noun if WINNERS.contains(&noun) => Some(Meant::Winner),
        noun if LOSERS.contains(&noun) => Some(Meant::Loser),
        "better" | "stronger" if before == "the" && noun_follows => Some(Meant::Winner),
        "worse" | "weaker" if before == "the" && noun_follows => Some(Meant::Loser),
        "other" if before == "the" && noun_follows => Some(Meant::Other),
        _ => None,
    }
}

/// `the winner by auc`, `who is the winner on f1`: by another metric somebody else may be.
fn ranks_anew(reading: &Reading) -> bool {
    let before = |start: usize| start.checked_sub(1).and_then(|before| reading.words.get(before)).map_or("", String::as_str);
    reading.spans.iter().any(|span| {
        matches!(span.part, Part::Metric(_)) && matches!(before(span.words.start), "by" | "on" | "for" | "in" | "better" | "best")
    })
}

/// Whether something is asked of a run, and not which of them is the winner.
fn asks_something(reading: &Reading) -> bool {
    let asks_who = matches!(reading.words.as_slice(), [who, is, ..] if who == "who" && matches!(is.as_str(), "is" | "was" | "s" | "wins" | "won" | "has" | "came"));
    let of_fact = reading.parts().any(|part| {
        matches!(
            part,
            Part::Metric(_)
                | Part::Parameter(_)
                | Part::Run(_)
                | Part::Meaning(
                    "parameter" | "user" | "start" | "howlong" | "status" | "details" | "show" | "plot" | "artifact" | "tag" | "describe"
                )
        )
    });
    let is_about = reading.says("about") && ["tell", "more", "know"].iter().any(|word| reading.says(word));
    let is_short = reading.words.len() <= 5 && reading.words.first().is_some_and(|word| matches!(word.as_str(), "and" | "what" | "now"));
    !asks_who && (of_fact || is_short || is_about || crate::agent::interpreter::calling::fill::asks_for_remark(reading))
}
