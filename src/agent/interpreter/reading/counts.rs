//! How many runs are meant: "the four runs with the lowest", "the three with the highest", "the four scorecards", "I only need four".

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::chatter;
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::lexicon::{self, End};
use crate::agent::interpreter::vocabulary::{Entry, Kind};
use crate::domain::reference::{Likeness, count_word};

impl Reader<'_> {
    /// The number at a place.
    pub(super) fn count_at(&self, index: usize) -> Option<usize> {
        match self.spans.get(index) {
            Some(Some(Span { part: Part::Number(value), .. })) if *value >= 1.0 && *value <= 10_000.0 && value.fract() == 0.0 => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a whole number from 1 to 10000")]
                let count = *value as usize;
                Some(count)
            }
            Some(None) => count_word(self.word(index)).filter(|count| *count > 0 && !self.is_in_name(index)),
            _ => None,
        }
    }

    /// `the three with the highest`: a number that stands for as many runs.
    pub(super) fn bare_count_before(&self, index: usize) -> Option<(usize, usize)> {
        const LINKS: [&str; 8] = ["with", "having", "that", "which", "have", "has", "had", "the"];
        let place = (0..index).rev().find(|place| !LINKS.contains(&self.word(*place)))?;
        let count = self.count_at(place).filter(|count| *count > 1)?;
        let is_noun = place.checked_sub(1).is_some_and(|before| matches!(self.word(before), "the" | "those" | "and" | "which"));
        let is_linked = matches!(self.word(place + 1), "with" | "having" | "that" | "which");
        (is_noun && is_linked).then_some((place, count))
    }

    /// `the four … runs with the lowest`: the number stands before the word for runs.
    pub(super) fn count_of_runs_before(&self, index: usize) -> Option<usize> {
        let is_plural = |place: usize| {
            let word = self.word(place);
            word.ends_with('s') && (lexicon::meaning(word) == Some("run") || lexicon::is_run_noun(word)) || self.is_counted_noun(place)
        };
        let runs_at = (0..index).rev().find(|place| is_plural(*place))?;
        let from = runs_at.saturating_sub(6);
        let counts = (from..runs_at).rev().filter(|place| !matches!(self.word(place.to_owned()), "one" | "both"));
        counts.filter_map(|place| self.count_at(place)).find(|count| *count > 1)
    }

    /// `the four scorecards with …`: whatever is counted and then ranked are runs, called after what they make.
    pub(super) fn is_counted_noun(&self, index: usize) -> bool {
        const ELSE: &str = "days weeks months years hours minutes seconds times epochs steps layers blocks folds classes points percents \
            percentages digits decimals places values names words things";
        let word = self.word(index);
        let is_plural = word.chars().count() >= 4 && word.ends_with('s') && !word.ends_with("ss");
        let says_else = lexicon::is_filler(word)
            || chatter::is_common(word)
            || lexicon::meaning(word).is_some()
            || lexicon::end(word).is_some()
            || has(ELSE, word);
        let is_key = |(entry, _): &(&Entry, Likeness)| matches!(entry.kind, Kind::Metric | Kind::Parameter | Kind::Experiment);
        let counts = |before: usize| index.checked_sub(before).is_some_and(|place| self.count_at(place).is_some_and(|count| count > 1));
        // `the four catboost scorecards`
        let is_described = counts(2)
            && self.spans.get(index - 1).is_some_and(|span| span.as_ref().is_some_and(|span| matches!(span.part, Part::Value(..))));
        is_plural && !says_else && (counts(1) || is_described) && !self.vocabulary.exact(word).iter().any(is_key)
    }

    /// Names the runs that are counted under a name of their field, and so no part of another name.
    pub(super) fn counted_nouns(&mut self) {
        // `at least 3 layers` ranks nothing.
        let ranks =
            |place: usize| lexicon::end(self.word(place)).is_some() && place.checked_sub(1).is_none_or(|before| self.word(before) != "at");
        let is_ranked = (0..self.words.len()).any(ranks);
        for index in 1..self.words.len() {
            if is_ranked && self.is_free(index..index + 1) && self.is_counted_noun(index) {
                self.imply_place(index);
                self.cover(index..index + 1, Part::Meaning("run"));
            }
        }
    }

    /// `rank them by f1, I only need four`: how many of a sorted list are wanted.
    pub(super) fn counts_of_list(&mut self) {
        let sorts = self.words.iter().any(|word| matches!(word.as_str(), "rank" | "sort" | "order" | "ranked" | "sorted" | "ordered"));
        let Some(last) = self.words.len().checked_sub(1).filter(|_| sorts) else { return };
        let at = if matches!(self.word(last), "please" | "thanks" | "runs" | "max" | "only") { last.saturating_sub(1) } else { last };
        let limits = (at.saturating_sub(4)..at).any(|place| matches!(self.word(place), "only" | "just" | "limit" | "max" | "need"));
        if let Some(count) = self.count_at(at).filter(|_| limits) {
            self.cover(at..at + 1, Part::End(End::Best, Some(count)));
        }
    }
}
