//! Words that are both a value of a parameter and a part of a metric's name, such as `dice` where there are losses of this name and a
//! `val/dice`: where a metric belongs they are the metric, where runs are described the value.

use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::vocabulary::Holder;

impl Reader<'_> {
    /// Takes such words for metrics in the places of metrics.
    pub(super) fn metric_places(&mut self) {
        for index in 0..self.words.len() {
            let Some(Span { part, words, .. }) = self.spans.get(index).cloned().flatten() else { continue };
            let (Part::Value(Holder::Parameter(key) | Holder::Tag(key), value) | Part::ExperimentTag { key, value }) = &part else {
                continue;
            };
            let is_meant = self.is_bounded(words.end) || !self.describes_runs(&words, key) && self.is_metric_place(&words);
            if words.start != index || !is_meant {
                continue;
            }
            let said = self.said(&words).to_owned();
            let is_of_experiment = matches!(part, Part::ExperimentTag { .. });
            if self.vocabulary.is_metric_beside(&said, value) || is_of_experiment && self.vocabulary.is_metric_part(&said) {
                self.cover(words, Part::Metric(said));
            }
        }
    }

    /// `the dice runs`, `dice loss`, `with dice`, `loss_fn = dice`.
    fn describes_runs(&self, words: &Range<usize>, key: &str) -> bool {
        let after = self.word(words.end);
        let names_key = |word: &str| crate::domain::reference::words(key).iter().any(|known| known == word);
        let before = self.word_ahead(words.start);
        lexicon::meaning(after) == Some("run")
            || lexicon::is_run_noun(after)
            || matches!(after, "one" | "ones")
            || names_key(after)
            || names_key(before)
            || matches!(before, "with" | "without" | "using" | "use" | "uses" | "used")
            || self.is_set(words.start)
    }

    /// Whether an equality sign, or a colon that follows no run, stands before a word.
    fn is_set(&self, start: usize) -> bool {
        let Some(before) = start.checked_sub(1) else { return false };
        let behind_run = matches!(self.spans.get(before), Some(Some(Span { part: Part::Run(_), .. })));
        let rest = self.places.get(before).and_then(|place| self.text.get(place.end..)).unwrap_or_default();
        !behind_run && rest.trim_start().starts_with(['=', ':'])
    }

    /// Whether a metric belongs here: behind an end of a ranking, before a bound, beside a curve.
    fn is_metric_place(&self, words: &Range<usize>) -> bool {
        let (before, after) = (self.word_ahead(words.start), self.word(words.end));
        let part_at = |place: usize| self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part);
        let place_ahead = (0..words.start).rev().find(|place| !is_article(self.word(*place)));
        let behind_end = place_ahead.is_some_and(|place| matches!(part_at(place), Some(Part::End(..))));
        let means = |word: &str, meanings: &[&str]| lexicon::meaning(word).is_some_and(|found| meanings.contains(&found));
        let has_end = self.spans.iter().flatten().any(|span| matches!(span.part, Part::End(..) | Part::Order(_)));
        let names_parameter = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Parameter(_)));
        let asks_for_impact = self.words.iter().any(|word| means(word, &["impact"]));
        let weighs = has_end
            || self.words.iter().any(|word| means(word, &["compare", "impact"]) || matches!(word.as_str(), "sort" | "sorted" | "rank"));
        let is_behind_link =
            matches!(before, "by" | "on" | "of" | "terms") && weighs || before == "for" && (asks_for_impact || names_parameter);
        // `run 3's dice`, `run 3: dice`
        let is_owned = place_ahead.is_some_and(|place| matches!(part_at(place), Some(Part::Run(_))));
        let of_run = matches!(after, "of" | "for" | "from")
            && (words.end + 1..words.end + 4)
                .any(|place| matches!(part_at(place), Some(Part::Run(_) | Part::Runs(_) | Part::End(..) | Part::Anaphor(_))));
        let is_drawn = means(after, &["plot"])
            || means(before, &["plot", "impact"])
            || before == "of" && place_ahead.and_then(|place| place.checked_sub(1)).is_some_and(|place| means(self.word(place), &["plot"]));
        let is_only = matches!(before, "only" | "just") && matches!(after, "" | "please" | "thanks");
        behind_end || is_behind_link || is_owned || of_run || is_drawn || is_only
    }

    /// Whether a bound stands behind the word that ends here.
    fn is_bounded(&self, end: usize) -> bool {
        matches!(self.spans.get(end), Some(Some(Span { part: Part::Comparison(_), .. }))) || self.sign_follows(end)
    }

    /// The word before a place, articles passed over.
    fn word_ahead(&self, index: usize) -> &str {
        (0..index).rev().map(|place| self.word(place)).find(|word| !is_article(word)).unwrap_or_default()
    }

    /// Whether a sign of comparison and a number stand behind the word that ends here: `> 0.8`.
    fn sign_follows(&self, end: usize) -> bool {
        let rest =
            end.checked_sub(1).and_then(|last| self.places.get(last)).and_then(|place| self.text.get(place.end..)).unwrap_or_default();
        let is_compared = rest.trim_start().starts_with(['<', '>', '≥', '≤']);
        is_compared && matches!(self.spans.get(end), Some(Some(Span { part: Part::Number(_), .. })))
    }
}

fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "our" | "its" | "their" | "s")
}
