//! Texts that a parameter or tag is asked for though none holds them: `which runs have stage retired`. The list that they choose is empty,
//! and says so.

use super::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::domain::filter::{Clause, Test, TextMatch};

/// Takes the name of what holds texts, and the word behind it that nobody knows, for a condition.
pub(in crate::agent::interpreter) fn join(reading: &mut Reading, vocabulary: &Vocabulary) {
    let asks_of_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Anaphor(_)));
    if asks_of_run {
        return;
    }
    let found = (0..reading.spans.len()).find_map(|index| condition(reading, index, vocabulary));
    if let Some((index, last, clause)) = found
        && let (Some(first), Some(end)) = (reading.spans.get(index), reading.spans.get(last))
    {
        let (words, bytes) = (first.words.start..end.words.end, first.bytes.start..end.bytes.end);
        reading.spans.splice(index..=last, [Span { part: Part::Conditions(vec![clause]), words, bytes }]);
    }
}

/// The condition that begins at a span, with the span it ends at.
fn condition(reading: &Reading, index: usize, vocabulary: &Vocabulary) -> Option<(usize, usize, Clause)> {
    let span = reading.spans.get(index).filter(|span| matches!(span.part, Part::Unknown) && span.words.len() == 1)?;
    let holder = vocabulary.holder_called(reading.words.get(span.words.start)?)?;
    let is_link = |place: usize| {
        let word = reading.spans.get(place).and_then(|span| reading.words.get(span.words.start)).map_or("", String::as_str);
        matches!(word, "is" | "of" | "set" | "to" | "equals" | "equal" | "as" | "being" | "was")
    };
    let last = (index + 1..index + 4).find(|place| !is_link(*place))?;
    let value = reading.spans.get(last).filter(|span| span.part == Part::Unknown)?;
    let text = reading.text.get(value.bytes.clone())?.to_owned();
    let is_led = span.words.start.checked_sub(1).and_then(|before| reading.words.get(before)).is_some_and(|word| {
        matches!(word.as_str(), "with" | "have" | "has" | "having" | "where" | "whose" | "in" | "at" | "by" | "the" | "a")
    });
    is_led.then_some((index, last, Clause { field: holder.field(), test: Test::Text(TextMatch::Eq, text) }))
}
