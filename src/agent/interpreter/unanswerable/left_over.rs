//! Names in a question that the call for it leaves out, since the store has no such thing: "accuracy and perplexity of run 3", "the best of
//! churn q9". An answer without them would be one to another question.

use std::ops::Range;

use serde_json::Value;

use super::unknown_values;
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::reading::{Part, Reading, Span};
use crate::agent::interpreter::vocabulary::Vocabulary;
use crate::agent::interpreter::{Arguments, lexicon};
use crate::domain::filter::{Clause, Field};
use crate::domain::reference::words;
use crate::tools::view::plain;

/// What to say where a call leaves out what can only be a name; absent where it leaves out none.
pub(in crate::agent::interpreter) fn reason(
    reading: &Reading,
    tool: &str,
    arguments: &Arguments,
    vocabulary: &Vocabulary,
) -> Option<String> {
    if let Some(name) = other_number(reading, arguments) {
        return Some(no_experiment(&name, vocabulary));
    }
    if let Some(name) = other_metric(reading) {
        return Some(nothing(name));
    }
    let called = Value::Object(arguments.clone()).to_string().to_lowercase();
    let unknown = reading.spans.iter().enumerate().filter(|(_, span)| span.part == Part::Unknown || begins_name(reading, span));
    let chooses_runs = matches!(tool, "list_runs" | "best_run" | "compare_runs");
    for (index, span) in unknown {
        let bytes = whole(&reading.text, &span.bytes);
        let said = reading.text.get(bytes.clone())?;
        if called.contains(&said.to_lowercase()) || vocabulary.has_run_beginning(&said.to_lowercase()) {
            continue;
        }
        if let Some(name) = longer_experiment(reading, index, &bytes) {
            return Some(no_experiment(&name, vocabulary));
        }
        if is_name(said)
            || is_set(reading, span)
            || chooses_runs && unknown_values::is_value(reading, &span.words)
            || stands_beside_name(reading, index)
        {
            return Some(nothing(said));
        }
    }
    (tool != "metric_history").then(|| bound_of_nothing(reading, &called)).flatten()
}

/// `test accuracy`, `weighted f1`: a metric of other data or of another kind than the one that is logged.
fn other_metric(reading: &Reading) -> Option<&str> {
    const QUALIFIERS: &str = "test testing holdout train training val validation eval dev oof cv weighted macro micro balanced";
    reading.spans.iter().enumerate().find_map(|(index, span)| {
        let [word] = reading.words.get(span.words.clone()).unwrap_or_default() else { return None };
        let next =
            reading.spans.iter().skip(index + 1).find(|next| !reading.said(&next.words).is_some_and(|said| has("set split data", said)))?;
        let of_metric = match &next.part {
            Part::Metric(_) => true,
            Part::Conditions(clauses) => matches!(clauses.first(), Some(Clause { field: Field::Metric(_), .. })),
            _ => false,
        };
        let is_other = span.part == Part::Unknown && has(QUALIFIERS, word) && of_metric;
        is_other.then(|| reading.text.get(span.bytes.start..next.bytes.end)).flatten()
    })
}

/// `xgboost with more than 150 trees`: a number that the call leaves out, since what it bounds is nothing that the store knows.
fn bound_of_nothing(reading: &Reading, called: &str) -> Option<String> {
    let (index, number) = reading.spans.iter().enumerate().find(|(_, span)| matches!(span.part, Part::Number(_)))?;
    let said = reading.text.get(number.bytes.clone()).filter(|said| !called.contains(&said.to_lowercase()))?;
    let compared =
        index.checked_sub(1).and_then(|before| reading.spans.get(before)).filter(|span| matches!(span.part, Part::Comparison(_)));
    let start = compared.map_or(number.bytes.start, |span| span.bytes.start);
    let end = reading.spans.get(index + 1).filter(|span| span.part == Part::Unknown).map_or(number.bytes.end, |span| span.bytes.end);
    let whole = reading.text.get(start..end).unwrap_or(said);
    Some(format!("I do not know what `{}` is about: name the metric or parameter that it is said of.", plain(whole)))
}

/// What to say of a question that speaks of the store and of what it has not, and is like no other: `f1_score of the ensemble`.
pub(in crate::agent::interpreter) fn of_nothing(reading: &Reading) -> Option<String> {
    let place = reading.unknown_places().into_iter().next()?;
    let asks = reading.speaks_of_store() || draws_unknown(reading);
    (asks && place.len() <= 3 && reading.words.len() <= 12).then(|| reading.said(&place).map(nothing)).flatten()
}

/// What to say of a question for one of some things that the store knows nothing of: `which shop does it predict worst?`
pub(in crate::agent::interpreter) fn of_asked(reading: &Reading) -> Option<String> {
    const VERBS: &str = "does do did is was has had have can could will would it he she they";
    let has = |words: &str, word: &str| words.split(' ').any(|known| known == word);
    let place = reading.unknown_places().into_iter().find(|place| {
        let asks = place.start.checked_sub(1).and_then(|before| reading.words.get(before));
        asks.is_some_and(|word| has("which what", word)) && reading.words.get(place.end).is_some_and(|word| has(VERBS, word))
    })?;
    let points = reading.parts().any(|part| matches!(part, Part::Anaphor(_)));
    (points && place.len() == 1 && place.start <= 3).then(|| reading.said(&place).map(nothing)).flatten()
}

/// `plot perplexity`: a curve of what nobody logs.
pub(in crate::agent::interpreter) fn draws_unknown(reading: &Reading) -> bool {
    let is_plain = |part: &Part| matches!(part, Part::Filler | Part::Unknown | Part::Meaning("plot" | "show"));
    let unknown = reading.unknown_places();
    let is_one = matches!(unknown.as_slice(), [only] if only.len() == 1 && only.end == reading.words.len());
    is_one
        && reading.means("plot")
        && reading.words.len() <= 4
        && reading.parts().all(is_plain)
        && !reading.words.iter().any(|word| lexicon::is_off_topic_noun(word))
}

fn nothing(said: &str) -> String {
    format!("Nothing in the store is called `{}`. Ask what an experiment logs to see the names that there are.", plain(said))
}

/// Whether a filler is only the beginning of a name, as the `a` of `a100`.
fn begins_name(reading: &Reading, span: &Span) -> bool {
    let bytes = whole(&reading.text, &span.bytes);
    let said = reading.text.get(bytes.clone()).unwrap_or_default();
    let is_open = |other: &Span| matches!(other.part, Part::Filler | Part::Number(_) | Part::Unknown);
    let mut inside = reading.spans.iter().filter(|other| bytes.start <= other.bytes.start && other.bytes.end <= bytes.end);
    span.part == Part::Filler && bytes.start == span.bytes.start && bytes.len() > span.bytes.len() && is_name(said) && inside.all(is_open)
}

fn no_experiment(name: &str, vocabulary: &Vocabulary) -> String {
    let names: Vec<String> = vocabulary.experiments.iter().take(5).map(|experiment| format!("`{}`", plain(&experiment.name))).collect();
    format!("No experiment matches `{}`; there is {}.", plain(name), names.join(", "))
}

/// `churn prediction q9`, `Bird Calls 2025`: an experiment with a number that the one that is meant does not have.
fn other_number(reading: &Reading, arguments: &Arguments) -> Option<String> {
    let place = reading.spans.iter().position(|span| matches!(span.part, Part::Experiment(_)))?;
    let span = reading.spans.get(place)?;
    let Part::Experiment(name) = &span.part else { return None };
    let meant = arguments.get("experiment").and_then(Value::as_str)?;
    let next = reading.spans.get(place + 1).filter(|next| matches!(next.part, Part::Number(_)));
    let is_year = |span: &Span| reading.words.get(span.words.clone()).is_some_and(|words| words.concat().len() == 4);
    let is_joined = |next: &Span| {
        let between = reading.text.get(span.bytes.end..next.bytes.start).unwrap_or_default();
        let is_last = reading.words.get(next.words.end).is_none_or(|word| matches!(word.as_str(), "by" | "in" | "with" | "please"));
        between.trim_matches([' ', '(']).is_empty() && (is_last || is_year(next))
    };
    let end = next.filter(|next| is_joined(next)).map_or(span.bytes.end, |next| next.bytes.end);
    let said = reading.text.get(whole(&reading.text, &(span.bytes.start..end)))?;
    let known = numbers(name);
    (meant == name && numbers(said).iter().any(|number| !known.contains(number))).then(|| said.to_owned())
}

fn numbers(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

/// `team=nlp`: a value with a sign before it.
fn is_set(reading: &Reading, span: &Span) -> bool {
    reading.text.get(..span.bytes.start).is_some_and(|ahead| ahead.trim_end_matches([' ', '"', '\'']).ends_with('='))
}

/// The piece of the text around some bytes that people write as one word.
fn whole(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | '.');
    let ahead = text.get(..bytes.start).unwrap_or_default();
    let behind = text.get(bytes.end..).unwrap_or_default();
    let start = ahead.char_indices().rev().take_while(|(_, letter)| joins(*letter)).last().map_or(bytes.start, |(at, _)| at);
    let end = behind.find(|letter: char| !joins(letter)).map_or(text.len(), |length| bytes.end + length);
    let trimmed = text.get(start..end).unwrap_or_default();
    let kept = trimmed.trim_end_matches(['-', '_', '/', '.']).len();
    let skipped = trimmed.len() - trimmed.trim_start_matches(['-', '_', '/', '.']).len();
    start + skipped..(start + kept).max(bytes.end)
}

/// Whether a word can hardly be anything but a name: it holds a digit or a joining sign.
fn is_name(said: &str) -> bool {
    let is_joined = said.contains('_') || said.bytes().any(|byte| byte.is_ascii_digit());
    // `24h` and `3x` are amounts.
    is_joined && said.starts_with(char::is_alphabetic)
}

/// `churn prediction q9`, `Krebsregister Nord`: a name that goes on where that of an experiment ends.
fn longer_experiment(reading: &Reading, index: usize, bytes: &Range<usize>) -> Option<String> {
    let before = reading.spans.get(index.checked_sub(1)?)?;
    let said = reading.text.get(bytes.clone())?;
    let is_capital = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    let known = reading.text.get(before.bytes.clone())?;
    let is_together = reading.text.get(before.bytes.end..bytes.start)?.trim().is_empty();
    let goes_on = is_name(said) || is_capital(said) && is_capital(known);
    (matches!(before.part, Part::Experiment(_)) && is_together && goes_on).then(|| format!("{known} {said}"))
}

/// `f1_score and perplexity`, `perplexity or f1_score of run 3`: a word that is joined to the name of a metric or parameter.
fn stands_beside_name(reading: &Reading, index: usize) -> bool {
    let is_key = |span: &Span| matches!(span.part, Part::Metric(_) | Part::Parameter(_));
    let joins = |place: Option<usize>| {
        place.and_then(|place| reading.words.get(place)).is_some_and(|word| matches!(word.as_str(), "and" | "or" | "vs"))
    };
    let Some(span) = reading.spans.get(index) else { return false };
    let before =
        index.checked_sub(2).and_then(|before| reading.spans.get(before)).is_some_and(is_key) && joins(span.words.start.checked_sub(1));
    let after = reading.spans.get(index + 2).is_some_and(is_key) && joins(Some(span.words.end));
    let ends = reading.words.get(span.words.end).is_none_or(|word| matches!(word.as_str(), "of" | "for" | "in" | "from"));
    before && ends || after && index < 3
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::unanswerable::left_over::*;

    #[test]
    fn names_are_told_from_words_and_amounts() {
        let whole_at =
            |text: &str, word: &str| text.find(word).and_then(|at| text.get(whole(text, &(at..at + word.len()))).map(str::to_owned));
        assert_eq!(whole_at("runs of lstm-2, please", "lstm").as_deref(), Some("lstm-2"));
        assert_eq!(whole_at("what about f1_score?", "f").as_deref(), Some("f1_score"));
        for name in ["a100", "f1_score", "gpt-4"] {
            assert!(is_name(name), "{name}");
        }
        for word in ["24h", "3x", "properly", "well-known"] {
            assert!(!is_name(word), "{word}");
        }
    }
}
