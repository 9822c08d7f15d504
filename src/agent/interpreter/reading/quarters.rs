//! Quarters of a year that an experiment is called after: "q1 churn", "the first-quarter churn experiment", where there is a churn-prediction-q1.

use std::ops::Range;

use super::reader::Reader;
use super::{Part, topics};

impl Reader<'_> {
    /// Takes a quarter beside another word of the only experiment that has both in its name for that experiment.
    pub(super) fn named_quarters(&mut self) {
        for index in 0..self.words.len() {
            let Some((quarter, words)) = self.quarter_at(index).filter(|(_, words)| self.is_free(words.clone())) else { continue };
            let named = self.vocabulary.experiments.iter().filter_map(|experiment| {
                let name = crate::domain::reference::words(&experiment.name);
                let has_quarter = name.windows(2).any(|pair| matches!(pair, [letter, number] if letter == "q" && *number == quarter));
                // `churn runs from q1` speaks of a time.
                let neighbours = [words.start.checked_sub(1), Some(words.end)];
                let beside = neighbours
                    .into_iter()
                    .flatten()
                    .find(|place| topics::is_telling(self.word(*place)) && name.iter().any(|word| word == self.word(*place)))?;
                has_quarter.then_some((experiment.name.clone(), beside))
            });
            let named: Vec<(String, usize)> = named.collect();
            // The whole name is for whoever reads names.
            let is_glued = self.glued_around(words.start).len() > words.len();
            if let ([(name, beside)], false) = (named.as_slice(), is_glued) {
                let (name, rest) = (name.clone(), self.rest_of_name(name, *beside));
                self.cover(words, Part::Experiment(name));
                self.cover(rest, Part::Filler);
                return;
            }
        }
    }

    /// `churn prediction` before `q1`: the words around one that belong to the name as well.
    fn rest_of_name(&self, name: &str, beside: usize) -> Range<usize> {
        let known = crate::domain::reference::words(name);
        let belongs = |place: usize| known.iter().any(|word| word == self.word(place)) && self.is_free(place..place + 1);
        let start = (0..beside).rev().take_while(|place| belongs(*place)).last().unwrap_or(beside);
        let end = (beside + 1..self.words.len()).take_while(|place| belongs(*place)).last().map_or(beside + 1, |last| last + 1);
        start..end
    }

    /// `q1`, `first quarter`, `1st quarter`, `quarter 1`
    fn quarter_at(&self, index: usize) -> Option<(String, Range<usize>)> {
        let number = |word: &str| {
            Some(match word {
                "1" | "first" | "one" => "1",
                "2" | "second" | "two" => "2",
                "3" | "third" | "three" => "3",
                "4" | "fourth" | "four" => "4",
                _ => return None,
            })
        };
        let (word, next) = (self.word(index), self.word(index + 1));
        let found = |quarter: &str, used: usize| Some((quarter.to_owned(), index..index + used));
        match (word, next) {
            ("q", next) => number(next).and_then(|quarter| found(quarter, 2)),
            ("quarter", next) => number(next).and_then(|quarter| found(quarter, 2)),
            (word, "quarter") => number(word).and_then(|quarter| found(quarter, 2)),
            (word, "st" | "nd" | "rd" | "th") if self.word(index + 2) == "quarter" => number(word).and_then(|quarter| found(quarter, 3)),
            _ => None,
        }
    }
}
