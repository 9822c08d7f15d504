//! Holds each number of an answer against the tool results that the answer is about.
//!
//! A number passes if it equals, as precisely as it is printed, a value that a tool returned for the run and the metric that
//! the sentence (or the row and the column of a table) names; if it counts what a tool returned; or if the person said it
//! first. Differences and percentages that no tool computed do not pass. Pure: it knows the JSON that tools return by its
//! habits (`run_id`, `metrics`, ..), not by its types. Numbers written as words are not looked at.

mod binding;
mod durations;
mod facts;
mod mentions;
mod numerals;
mod passages;

use std::ops::Range;

use serde_json::Value;

use binding::{Binding, Reading, Tie};
use facts::{Facts, Ids, Leaf};
use numerals::{Kind, Numeral};
use passages::{Passage, Setting, passages};

/// What a tool returned.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// Its whole result.
    pub result: &'a Value,
}

/// A number that no result bears out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedNumber {
    /// The number as printed, such as `0.913` or `95 %`.
    pub text: String,
    /// The sentence, list item or table row it stands in.
    pub sentence: String,
    /// Where it begins, in bytes from the start of the prose.
    pub offset: usize,
}

/// The numbers of `prose` that neither `results` nor `question` bear out, in the order of the prose.
#[must_use]
pub fn check(prose: &str, question: &str, results: &[Evidence<'_>]) -> Vec<UnverifiedNumber> {
    let facts = Facts::of(results.iter().map(|evidence| evidence.result));
    let asked = numerals::scan(question);
    let asked_metrics = Reading::of(question, &facts).all_metrics();
    let names = name_ranges(prose, &facts);
    let mut told_metrics = Ids::new();
    let mut unverified = Vec::new();
    for passage in passages(prose) {
        let text = prose.get(passage.range.clone()).unwrap_or_default();
        let reading = Reading::of(text, &facts);
        for numeral in &reading.numerals {
            let range = passage.range.start + numeral.range.start..passage.range.start + numeral.range.end;
            if names.iter().any(|name| name.start <= range.start && range.end <= name.end) {
                continue;
            }
            let printed = text.get(numeral.range.clone()).unwrap_or_default();
            let mut binding = binding_of(numeral, &reading, &passage, prose, &facts);
            if binding.metrics.is_empty() && binding.params.is_empty() {
                // A sentence that names no metric speaks of the one before it, or of the one that was asked about.
                binding.metrics = told_metrics.union(&asked_metrics).copied().collect();
            }
            let is_borne_out = is_asked(numeral, printed, &asked, question) || is_in_results(numeral, printed, text, &binding, &facts);
            if !is_borne_out {
                let sentence = prose.get(passage.shown.clone()).unwrap_or_default().trim().to_owned();
                unverified.push(UnverifiedNumber { text: printed.to_owned(), sentence, offset: range.start });
            }
        }
        let named = reading.all_metrics();
        if !named.is_empty() {
            told_metrics = named;
        }
    }
    unverified
}

/// Where the prose repeats a name from the results that has digits in it, such as an experiment called `2024-churn`.
fn name_ranges(prose: &str, facts: &Facts<'_>) -> Vec<Range<usize>> {
    let is_name = |text: &&str| {
        let has_letters = text.contains(|letter: char| letter.is_alphabetic());
        let has_digits = text.contains(|letter: char| letter.is_ascii_digit());
        let is_one_word = !text.contains(char::is_whitespace);
        // What is a quantity with a unit, such as `1e-5` or `95%`, is no name.
        let is_number = numerals::scan(text).iter().any(|numeral| numeral.range.start == 0 && matches!(numeral.kind, Kind::Quantity(_)));
        has_letters && has_digits && is_one_word && !facts.is_claim(text) && (text.len() > 6 || !is_number) && text.parse::<f64>().is_err()
    };
    let mut ranges = Vec::new();
    for name in facts.texts.iter().map(|text| text.text).filter(is_name) {
        let mut from = 0;
        while let Some(start) = mentions::find_bounded(prose, name, from) {
            from = start + name.len();
            ranges.push(start..from);
        }
    }
    ranges
}

/// What the number is said to belong to, by its sentence, and by the list or table around it.
fn binding_of(numeral: &Numeral, reading: &Reading<'_>, passage: &Passage, prose: &str, facts: &Facts<'_>) -> Binding {
    let read = |range: &Range<usize>| Reading::of(prose.get(range.clone()).unwrap_or_default(), facts);
    let mut binding = reading.binding(numeral);
    match &passage.setting {
        Setting::Text => {}
        Setting::Item { under } => {
            for line in under.iter().map(read) {
                if binding.runs.is_empty() {
                    binding.runs = line.all_runs();
                    // An item is about the run that it stands under.
                    binding.run_tie = Tie::Tight;
                }
                if binding.metrics.is_empty() && binding.params.is_empty() {
                    binding.metrics = line.all_metrics();
                }
            }
        }
        Setting::Cell { column } => {
            let (row, column) = (read(&passage.shown), read(column));
            binding.runs = row.all_runs();
            if binding.runs.is_empty() {
                binding.runs = column.all_runs();
            }
            binding.run_tie = Tie::Tight;
            let column_is_quantity = !column.all_metrics().is_empty() || !column.all_params().is_empty();
            let quantity = if column_is_quantity { &column } else { &row };
            binding.metrics = quantity.all_metrics();
            binding.params = quantity.all_params();
            let is_named = !binding.metrics.is_empty() || !binding.params.is_empty();
            binding.quantity_tie = if is_named { Tie::Tight } else { Tie::Loose };
        }
    }
    binding
}

/// Whether the person said the number first.
fn is_asked(numeral: &Numeral, printed: &str, asked: &[Numeral], question: &str) -> bool {
    match &numeral.kind {
        Kind::Verbatim => facts::quotes(question, printed),
        Kind::Ordinal(place) => asked.iter().any(|asked| values(asked).any(|value| value == *place as f64)),
        Kind::Quantity(readings) => {
            let readings = readings.first();
            readings.is_some_and(|reading| asked.iter().any(|asked| values(asked).any(|value| reading.equals(value))))
        }
    }
}

fn values(numeral: &Numeral) -> impl Iterator<Item = f64> {
    let values = match &numeral.kind {
        Kind::Quantity(readings) => readings.iter().map(|reading| reading.value).collect(),
        Kind::Ordinal(place) => vec![*place as f64],
        Kind::Verbatim => Vec::new(),
    };
    values.into_iter()
}

fn is_in_results(numeral: &Numeral, printed: &str, sentence: &str, binding: &Binding, facts: &Facts<'_>) -> bool {
    let readings = match &numeral.kind {
        Kind::Verbatim => return facts.texts_about(&binding.runs).any(|text| facts::quotes(text, printed)),
        Kind::Ordinal(place) => return facts.lengths.last().is_some_and(|longest| *place <= *longest as u64),
        Kind::Quantity(readings) => readings,
    };
    if is_written_date(numeral, printed, sentence, binding, facts) {
        return true;
    }
    if binding.is_count && facts.lengths.iter().any(|length| readings.iter().any(|reading| reading.equals(*length as f64))) {
        return true;
    }
    // Where the results have this very metric of this very run, a value that belongs to no run cannot stand in for it.
    let is_about = |leaf: &Leaf| !leaf.runs.is_disjoint(&binding.runs) && is_named(leaf, binding);
    let is_known_of_run = binding.run_tie == Tie::Tight && facts.leaves.iter().any(is_about);
    facts.leaves.iter().any(|leaf| {
        let is_free = leaf.runs.is_empty() && !(is_known_of_run && leaf.is_value && is_named(leaf, binding));
        let run_fits = binding.runs.is_empty() || !leaf.runs.is_disjoint(&binding.runs) || is_free;
        let quantity_fits = match binding.quantity_tie {
            Tie::Tight => is_named(leaf, binding),
            // Steps, durations and parameters may stand beside a metric; another metric's value may not pass for it.
            Tie::Loose => binding.metrics.is_empty() || leaf.metrics.is_empty() || is_named(leaf, binding),
        };
        run_fits && quantity_fits && readings.iter().any(|reading| reading.fits(leaf.value))
    })
}

/// Whether it is a value of a metric or parameter that the number is said to be of.
fn is_named(leaf: &Leaf, binding: &Binding) -> bool {
    !leaf.metrics.is_disjoint(&binding.metrics) || !leaf.params.is_disjoint(&binding.params)
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether the number is the day or the year of a date such as "March 15, 2025" that the results have.
fn is_written_date(numeral: &Numeral, printed: &str, sentence: &str, binding: &Binding, facts: &Facts<'_>) -> bool {
    let before = sentence.get(..numeral.range.start).unwrap_or_default().to_lowercase();
    let after = sentence.get(numeral.range.end..).unwrap_or_default().to_lowercase();
    let month_in = |words: &str| {
        let word: String = words.trim_start().chars().take(3).collect();
        MONTHS.iter().position(|month| *month == word).map(|position| position + 1)
    };
    let words_before: Vec<&str> = before.split_whitespace().rev().take(2).collect();
    let month_before = words_before.iter().find_map(|word| month_in(word));
    let Some(month) = month_before.or_else(|| month_in(&after)) else { return false };
    let is_year = printed.len() == 4;
    let wanted = if is_year { format!("{printed}-{month:02}-") } else { format!("-{month:02}-{printed:0>2}") };
    facts.texts_about(&binding.runs).any(|text| if is_year { text.starts_with(&wanted) } else { text.get(4..10) == Some(wanted.as_str()) })
}

#[cfg(test)]
mod tests;
