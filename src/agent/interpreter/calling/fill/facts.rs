//! What is asked of one run: "its accuracy", "who started it", "what people wrote about it", "why it failed".

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use super::runs::clauses_of_run;
use crate::agent::interpreter::reading::{Part, Reading, Span};

/// The facts that are asked for: metrics and parameters by name, and a few attributes by the words for them.
pub(in crate::agent::interpreter) fn keys(reading: &Reading) -> Vec<String> {
    // `why did it fail`: the answer may stand anywhere.
    const REASONS: [&str; 8] = ["why", "wrong", "reason", "come", "error", "cause", "exception", "traceback"];
    let names_key = !reading.metrics().is_empty() || !reading.parameters().is_empty();
    let asks_why = |word: &str| reading.says(word) && (word != "come" || reading.words.windows(2).any(|pair| pair == ["how", "come"]));
    if REASONS.iter().any(|word| asks_why(word)) && !names_key {
        return Vec::new();
    }
    let mut keys = reading.metrics();
    keys.extend(reading.parameters());
    for (asked, key) in [("who", "user"), ("when", "start"), ("how long", "duration")] {
        if !keys.is_empty() && asks_besides(reading, asked) {
            keys.push(key.to_owned());
        }
    }
    if keys.is_empty() && (reading.says("id") || reading.says("identifier")) {
        keys.push("run_id".to_owned());
    }
    if keys.is_empty() && asks_what_is_written(reading) {
        keys.push("note".to_owned());
    }
    if keys.is_empty()
        && let Some(remark) = reading.words.iter().find(|word| is_remark(word))
    {
        keys.push(remark.clone());
    }
    // `which auc did run 3 come to`
    let asks_which = reading.words.first().is_some_and(|word| matches!(word.as_str(), "which" | "what"));
    let asked = reading.unknown_places().into_iter().next().filter(|place| {
        let asks = reading.words.get(place.end).is_some_and(|word| matches!(word.as_str(), "did" | "has" | "had" | "does"));
        asks_which && place.start == 1 && asks
    });
    if let Some(name) = asked.and_then(|place| reading.said(&place).map(str::to_owned)).filter(|_| keys.is_empty()) {
        return vec![name];
    }
    // A run's end is its start and how long it took.
    if keys.is_empty() && asks_for_end(reading) {
        return vec!["start".to_owned(), "duration".to_owned()];
    }
    if keys.is_empty() {
        for (meaning, key) in [("howlong", "duration"), ("user", "user"), ("start", "start"), ("status", "status")] {
            // `which user started it`
            let is_of_user = key == "start" && keys.iter().any(|key| key == "user") && !reading.says("when");
            // `with what parameters was it started`
            let is_of_parameters = key == "start" && reading.means("parameter");
            if reading.means(meaning) && !is_of_user && !is_of_parameters {
                keys.push(key.to_owned());
            }
        }
    }
    if keys.is_empty() && clauses_of_run(reading).len() < reading.clauses().len() {
        keys.push("status".to_owned());
    }
    if keys.is_empty()
        && let Some(name) = reading.unknown().into_iter().next().filter(|_| asks_for_fact(reading) && !reading.means("tag"))
        // `what makes run 3 so good`
        && !matches!(name.as_str(), "makes" | "made" | "make")
    {
        keys.push(name);
    }
    keys.dedup();
    keys
}

/// `when did run 3 finish`, `at what time was it done`
fn asks_for_end(reading: &Reading) -> bool {
    const ENDING: &str = "finish finished end ended stop stopped complete completed done over";
    let asks_when = reading.says("when") || reading.words.windows(2).any(|pair| pair == ["what", "time"]);
    let ends = reading.words.iter().any(|word| has(ENDING, word));
    asks_when && ends && !reading.says("start") && !reading.says("started")
}

/// `its accuracy and who started it`: whether something more is asked behind an `and`.
fn asks_besides(reading: &Reading, asked: &str) -> bool {
    let text = reading.words.join(" ");
    text.contains(&format!(" and {asked} ")) || text.contains(&format!(" also {asked} "))
}

/// `what did people write about run 3`, `what was said of it`: the note is asked for.
fn asks_what_is_written(reading: &Reading) -> bool {
    const WRITING: &str =
        "write writes wrote written say said says note noted notes remark remarked comment commented jot jotted think thought";
    let is_about =
        |pair: &[String]| matches!(pair, [verb, about] if has(WRITING, verb) && matches!(about.as_str(), "about" | "on" | "of" | "down"));
    let asks =
        reading.words.first().is_some_and(|word| matches!(word.as_str(), "what" | "did" | "has" | "anything" | "is" | "was" | "whats"));
    asks && reading.words.windows(2).any(is_about)
}

/// `any notes on it?`, `what did people write about it?`: asks for what somebody wrote about a run.
pub(in crate::agent::interpreter) fn asks_for_remark(reading: &Reading) -> bool {
    reading.words.iter().any(|word| is_remark(word)) || asks_what_is_written(reading)
}

/// `note`: what somebody wrote about a run.
pub(in crate::agent::interpreter) fn is_remark(word: &str) -> bool {
    matches!(word, "note" | "notes" | "description" | "comment" | "comments" | "remark" | "remarks")
}

/// `what X did run 12 use`, `the X of run 12`.
fn asks_for_fact(reading: &Reading) -> bool {
    let is_of_run = |place: &Range<usize>| {
        let is_run = |span: &Span| matches!(span.part, Part::Run(_) | Part::Runs(_)) && span.words.start <= place.end + 2;
        reading.words.get(place.end).is_some_and(|word| matches!(word.as_str(), "of" | "for" | "from"))
            && reading.spans.iter().any(|span| span.words.start > place.end && is_run(span))
    };
    let begins = |place: &Range<usize>| place.start == 0 || reading.words.get(place.start - 1).is_some_and(|word| word == "the");
    // `run 12's stage`
    let is_owned = |place: &Range<usize>| {
        let owner = reading
            .spans
            .iter()
            .find(|span| matches!(span.part, Part::Run(_)) && span.words.end <= place.start && place.start <= span.words.end + 1);
        owner.and_then(|span| reading.text.get(span.bytes.end..)).is_some_and(|rest| rest.starts_with("'s ") || rest.starts_with("’s "))
    };
    if reading.unknown_places().first().is_some_and(|place| place.end == reading.words.len() && is_owned(place)) {
        return true;
    }
    // `run 12 accuracy`, `run 12: accuracy please`
    let is_behind_run = |place: &Range<usize>| {
        let run = reading.spans.iter().find(|span| matches!(span.part, Part::Run(_)));
        run.is_some_and(|span| span.words.start == 0 && span.words.end == place.start)
            && reading.spans.iter().filter(|span| span.words.start >= place.end).all(|span| span.part == Part::Filler)
    };
    if reading.unknown_places().first().is_some_and(is_behind_run) {
        return true;
    }
    // `accuracy of run 12`
    if reading.unknown_places().first().is_some_and(|place| begins(place) && is_of_run(place)) {
        return true;
    }
    let is_amount = matches!(reading.words.as_slice(), [how, much, ..] if how == "how"
        && matches!(much.as_str(), "much" | "many" | "high" | "low" | "big" | "large" | "small" | "good" | "bad"));
    let first = reading.words.iter().find(|word| !matches!(word.as_str(), "and" | "but" | "so" | "now" | "then"));
    (is_amount || first.is_some_and(|word| matches!(word.as_str(), "what" | "which" | "whats"))) && !reading.says("about")
}
