//! How long runs took, as people bound it: "longer than two hours", "in under 30 min". MLflow's filters know no such condition.

use super::bounds::bound_behind;
use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;
use crate::domain::filter::Comparison;
use crate::domain::reference::count_word;

impl Reader<'_> {
    /// Covers each bound of how long runs took with its words.
    pub(super) fn lengths(&mut self) {
        for index in 0..self.words.len() {
            if let Some((comparison, used)) = comparison(&self.rest(index)) {
                self.length(index, index + used, comparison, 0);
            } else if self.word(index) == "between" {
                // `between 1 and 2 hours`: the unit of both stands at the end.
                let Some((_, link)) = self.quantity(index + 1).filter(|(_, link)| self.word(link.to_owned()) == "and") else { continue };
                let Some((_, unit_at)) = self.quantity(link + 1) else { continue };
                self.length(link, link + 1, Comparison::Le, 0);
                self.length(index, index + 1, Comparison::Ge, unit_at.saturating_sub(link));
            } else if let Some((_, unit_at)) = self.quantity(index)
                && let Some((comparison, used)) = bound_behind(&self.rest(unit_at + 1))
                && self.is_free(unit_at..unit_at + 1 + used)
            {
                // `two hours or more`
                self.length(index, index, comparison, 0);
                if matches!(self.spans.get(index), Some(Some(Span { part: Part::Length(..), .. }))) {
                    self.cover(unit_at + 1..unit_at + 1 + used, Part::Filler);
                }
            }
        }
    }

    /// `the training time of run 3`: how long it took, where it is no metric's name.
    pub(super) fn run_times(&mut self) {
        let names_run = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Run(_)));
        for index in 1..self.words.len() {
            let is_of_run = has("training train execution wall compute total", self.word(index - 1)) && self.word(index) == "time";
            let leads = !has("over against vs versus by x", index.checked_sub(2).map_or("", |before| self.word(before)));
            if names_run && is_of_run && leads && self.is_free(index - 1..index + 1) {
                self.cover(index - 1..index + 1, Part::Meaning("howlong"));
            }
        }
    }

    /// Covers a bound that begins at `first` with its number at `number`, and its unit behind that and some words more.
    fn length(&mut self, first: usize, number: usize, comparison: Comparison, between: usize) {
        let Some((count, end)) = self.quantity(number) else { return };
        let unit_at = end + between;
        let Some((seconds, is_long)) = unit(self.word(unit_at)) else { return };
        let is_date = matches!(self.word(unit_at + 1), "ago" | "old");
        // `0.6 mAP` is no 0.6 m.
        let is_begun = self.places.get(unit_at).zip(self.places.get(unit_at + 1)).is_some_and(|(one, two)| one.end == two.start);
        let is_meant = is_long || self.speaks_of_lasting();
        let last = if between == 0 { unit_at + 1 } else { end };
        if !is_meant || is_date || is_begun || self.bounds_key(first, unit_at) || !self.is_free(first..number) {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates, and a length is above 0")]
        let length = (count * seconds) as u32;
        self.cover(first..last, Part::Length(comparison, length));
    }

    /// The number that begins here, in digits or words, and where it ends.
    fn quantity(&self, index: usize) -> Option<(f64, usize)> {
        if let Some(Some(Span { part: Part::Number(number), words, .. })) = self.spans.get(index) {
            return Some((*number, words.end));
        }
        match (self.word(index), self.word(index + 1)) {
            ("half", "an" | "a") => Some((0.5, index + 2)),
            ("a" | "an", _) => Some((1.0, index + 1)),
            #[expect(clippy::cast_precision_loss, reason = "spoken numbers are small")]
            (word, _) => count_word(word).map(|count| (count as f64, index + 1)),
        }
    }

    /// Whether the words say that something lasts.
    fn speaks_of_lasting(&self) -> bool {
        const LASTING: &str =
            "took take takes taken lasted last lasting ran long longer short shorter duration needed trained training finished completed";
        self.words.iter().any(|word| has(LASTING, word))
    }

    /// Whether it is a metric or parameter that is bounded: `lookback over 90 days`, `under 2 hours of lead time`.
    fn bounds_key(&self, first: usize, last: usize) -> bool {
        let is_key = |place: usize| {
            matches!(self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part), Some(Part::Metric(_) | Part::Parameter(_)))
        };
        (first.saturating_sub(2)..first).any(is_key) || (last + 1..last + 3).any(is_key)
    }
}

/// The comparison at the head of some words, with how many words it took.
fn comparison(words: &[&str]) -> Option<(Comparison, usize)> {
    match words {
        ["slower", "than", ..] => Some((Comparison::Gt, 2)),
        ["faster" | "quicker", "than", ..] => Some((Comparison::Lt, 2)),
        words => lexicon::comparison(words),
    }
}

/// The seconds of a unit of time, and whether it is one in which only training is measured.
fn unit(word: &str) -> Option<(f64, bool)> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => (1.0, false),
        "min" | "mins" | "minute" | "minutes" => (60.0, true),
        // `7M parameters`
        "m" => (60.0, false),
        "h" | "hr" | "hrs" | "hour" | "hours" => (3_600.0, true),
        "d" | "day" | "days" => (86_400.0, false),
        _ => return None,
    })
}
