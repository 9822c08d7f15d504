//! Runs from one to another: `exp003 to exp006`, `runs 8 through 12` are those between them too.

use super::reading::{Part, Reading, Span};
use super::vocabulary::Vocabulary;

/// The most runs that a range stands for.
const MOST: i64 = 20;

/// Puts the runs of a range beside its ends.
pub(super) fn fill(reading: &mut Reading, vocabulary: &Vocabulary) {
    let mut index = 0;
    while index < reading.spans.len() {
        let between = between(reading, index, vocabulary);
        if let Some(last) = reading.spans.get(index + 2).cloned().filter(|_| !between.is_empty()) {
            let spans: Vec<Span> = between.into_iter().map(|run| Span { part: Part::Run(run), ..last.clone() }).collect();
            let count = spans.len();
            reading.spans.splice(index + 2..index + 2, spans);
            index += count;
        }
        index += 1;
    }
}

/// The runs between the one at a place and the one behind the word next to it, if the word makes a range of them.
fn between(reading: &Reading, index: usize, vocabulary: &Vocabulary) -> Vec<String> {
    let run = |place: usize| match reading.spans.get(place).map(|span| &span.part) {
        Some(Part::Run(name)) => numbered(name),
        _ => None,
    };
    let (Some((stem, first)), Some((other, last))) = (run(index), run(index + 2)) else { return Vec::new() };
    let link = reading.spans.get(index + 1).and_then(|span| reading.words.get(span.words.start)).map_or("", String::as_str);
    let begins = reading.spans.get(index).and_then(|span| span.words.start.checked_sub(1)).and_then(|before| reading.words.get(before));
    let head = reading.spans.get(index).and_then(|span| reading.words.get(span.words.start));
    let is_from = begins.is_some_and(|word| matches!(word.as_str(), "from" | "runs" | "trials"))
        || head.is_some_and(|word| word.ends_with('s') && word.trim_end_matches('s') == stem.split(' ').next_back().unwrap_or_default());
    let is_range = matches!(link, "till" | "until" | "through" | "thru") || link == "to" && is_from;
    if !is_range || !(stem == other || other.is_empty()) || last - first > MOST {
        return Vec::new();
    }
    (first + 1..last).filter_map(|number| vocabulary.run_numbered(&stem, number)).collect()
}

/// The letters of a run's name and the number at its end; `runs 8` has none before it.
fn numbered(name: &str) -> Option<(String, i64)> {
    let words = crate::domain::reference::words(name);
    let (number, stem) = words.split_last()?;
    let stem: Vec<&str> = stem.iter().map(String::as_str).filter(|word| !matches!(*word, "run" | "runs")).collect();
    Some((stem.join(" "), number.parse().ok()?))
}
