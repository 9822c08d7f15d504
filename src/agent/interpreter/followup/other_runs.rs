//! The last curves of other runs, told by what chooses them: "for all xgboost runs", "and for the best 3", "and the worst one's".

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading, Span};

/// The longest such fragment, in words.
const LONGEST: usize = 9;

/// Makes such a fragment the whole question: a picture of the same metrics.
pub(super) fn see(reading: &mut Reading, conversation: &Conversation) {
    let draws = conversation.last_call.as_ref().is_some_and(|(tool, _)| *tool == "metric_history");
    if !draws || conversation.metrics.is_empty() || !chooses_runs(reading) {
        return;
    }
    let end = reading.words.len();
    let place = Span { part: Part::Meaning("plot"), words: end..end, bytes: reading.text.len()..reading.text.len() };
    let metrics = conversation.metrics.iter().map(|metric| Span { part: Part::Metric(metric.clone()), ..place.clone() });
    reading.spans.extend(metrics);
    reading.spans.push(place);
}

/// Whether nothing but runs is named, and none of them by its name.
fn chooses_runs(reading: &Reading) -> bool {
    let first = reading.words.first().map_or("", String::as_str);
    let second = reading.words.get(1).map_or("", String::as_str);
    let is_choice = |part: &Part| matches!(part, Part::End(..) | Part::Runs(_) | Part::Conditions(_) | Part::Value(..));
    let is_plain = |part: &Part| is_choice(part) || matches!(part, Part::Filler | Part::Anaphor(Anaphor::One) | Part::Meaning("run"));
    let leads = has("for of", first) || has("and now then same but", first) && (has("for of", second) || owns(reading));
    leads && reading.words.len() <= LONGEST && reading.parts().any(is_choice) && reading.parts().all(is_plain)
}

/// `the worst one's`, `the best run's`
fn owns(reading: &Reading) -> bool {
    let text = reading.text.trim_end_matches(['?', '!', '.', ' ']);
    text.ends_with("'s") || text.ends_with("’s")
}
