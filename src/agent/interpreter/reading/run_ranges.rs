//! Runs from one to another: `exp003 to exp006`, `runs 8 through 12`, `trials 20-23` are those between them too.

use super::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;

/// The most runs that a range stands for.
const MOST: i64 = 20;

/// Words that make a range of two runs whatever else is said.
const THROUGH: [&str; 7] = ["till", "until", "through", "thru", "up to", "upto", "all the way to"];

/// Signs that make a range of two numbers.
const SIGNS: [&str; 6] = ["-", "–", "—", "..", "...", "…"];

/// A range of runs, by the spans of its ends.
struct RunRange {
    first: usize,
    last: usize,
    /// All of its runs by name, both ends too where they are known.
    runs: Vec<String>,
}

/// Puts all runs of a range in the place of its ends.
pub(in crate::agent::interpreter) fn fill(reading: &mut Reading, vocabulary: &Vocabulary) {
    let mut index = 0;
    while index < reading.spans.len() {
        if let Some(range) = range_at(reading, index, vocabulary)
            && let (Some(first), Some(last)) = (reading.spans.get(range.first), reading.spans.get(range.last))
        {
            let (words, bytes) = (first.words.start..last.words.end, first.bytes.start..last.bytes.end);
            let spans: Vec<Span> =
                range.runs.into_iter().map(|run| Span { part: Part::Run(run), words: words.clone(), bytes: bytes.clone() }).collect();
            index += spans.len();
            let covered = reading.spans.iter().skip(range.last).take_while(|span| span.words.start < words.end).count();
            reading.spans.splice(range.first..range.last + covered.max(1), spans);
            continue;
        }
        index += 1;
    }
}

/// The range that begins with the run at a place.
fn range_at(reading: &Reading, first: usize, vocabulary: &Vocabulary) -> Option<RunRange> {
    let run = |place: usize| match reading.spans.get(place).map(|span| &span.part) {
        Some(Part::Run(name)) => numbered(name),
        _ => None,
    };
    let (stem, from) = run(first)?;
    let last = (first + 1..first + 6).find(|place| run(*place).is_some())?;
    let (other, to) = run(last)?;
    let is_plain = |place: usize| reading.spans.get(place).is_some_and(|span| matches!(span.part, Part::Filler | Part::Comparison(_)));
    let is_of_one_kind = stem == other || other.is_empty();
    if !(first + 1..last).all(is_plain) || !is_of_one_kind || to.saturating_sub(from) > MOST || !is_range(reading, first, last, &stem) {
        return None;
    }
    let stems = [stem.as_str(), stem.strip_suffix('s').unwrap_or(&stem)];
    let known = |number: i64| stems.iter().find_map(|stem| vocabulary.run_numbered(stem, number));
    let runs: Vec<String> = (from..=to).filter_map(known).collect();
    (to.saturating_sub(from) > 1 && runs.len() > 2).then_some(RunRange { first, last, runs })
}

/// Whether what stands between two runs makes a range of them.
fn is_range(reading: &Reading, first: usize, last: usize, stem: &str) -> bool {
    let (Some(one), Some(other)) = (reading.spans.get(first), reading.spans.get(last)) else { return false };
    let link = reading.words.get(one.words.end..other.words.start).unwrap_or_default().join(" ");
    if link.is_empty() {
        let between = reading.text.get(one.bytes.end..other.bytes.start).unwrap_or_default();
        return SIGNS.contains(&between.trim());
    }
    let before = one.words.start.checked_sub(1).and_then(|before| reading.words.get(before)).map_or("", String::as_str);
    let head = reading.words.get(one.words.start).map_or("", String::as_str);
    let is_plural =
        head.ends_with('s') && head.trim_end_matches('s') == stem.split(' ').next_back().unwrap_or_default().trim_end_matches('s');
    let is_of_several = matches!(before, "from" | "runs" | "trials" | "between") || is_plural || head == "runs";
    // `what changed from run 3 to run 7`: the two are set side by side.
    let sets_beside =
        reading.means("compare") || ["moved", "went", "switched", "going", "relative", "close"].iter().any(|word| reading.says(word));
    let changes = ["changed", "change", "changes", "differ", "differs", "difference", "differences"].iter().any(|word| reading.says(word));
    THROUGH.contains(&link.as_str())
        || link == "to" && !changes && (is_of_several || !sets_beside)
        || link == "and" && before == "between" && is_plural && !sets_beside
}

/// The letters of a run's name and the number at its end; `runs 8` has none before it.
fn numbered(name: &str) -> Option<(String, i64)> {
    let words = crate::domain::reference::words(name);
    let (number, stem) = words.split_last()?;
    let stem: Vec<&str> = stem.iter().map(String::as_str).filter(|word| !matches!(*word, "run" | "runs")).collect();
    Some((stem.join(" "), number.parse().ok()?))
}
