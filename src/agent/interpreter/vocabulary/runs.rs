//! What the runs' names tell.

use super::{Entry, Kind, Vocabulary, stripped};
use crate::domain::experiment::ExperimentId;
use crate::domain::reference::{Likeness, Name, run_number};

impl Vocabulary {
    /// Whether a run's name ends in this number.
    pub(in crate::agent::interpreter) fn has_run_number(&self, number: &str) -> bool {
        let Some(number) = run_number(number) else { return false };
        self.entries.iter().any(|entry| entry.kind == Kind::Run && entry.name.words().last() == Some(&number))
    }

    /// The run whose name is these words and a number.
    pub(in crate::agent::interpreter) fn run_numbered(&self, stem: &str, number: i64) -> Option<String> {
        let (number, stem) = (number.to_string(), stem.split_whitespace().collect::<Vec<&str>>());
        // `run` before a number is a part of the name, or the noun for it.
        let is_noun = |first: &[String]| stem.is_empty() && matches!(first, [only] if only == "run");
        let is_it = |words: &[String]| {
            words.split_last().is_some_and(|(last, first)| *last == number && (first == stem.as_slice() || is_noun(first)))
        };
        let found = self.entries.iter().find(|entry| entry.kind == Kind::Run && is_it(entry.name.words()));
        found.map(|entry| entry.name.text().to_owned())
    }

    /// Whether some run is called this word and a number, such as `sweep` of `sweep-13`.
    pub(in crate::agent::interpreter) fn has_run_stem(&self, stem: &str) -> bool {
        let is_sibling =
            |words: &[String]| matches!(words, [first, number] if first == stem && number.bytes().all(|byte| byte.is_ascii_digit()));
        self.entries.iter().any(|entry| entry.kind == Kind::Run && is_sibling(entry.name.words()))
    }

    /// The only experiment with runs whose names begin with a word, or with what it is the plural of.
    pub(in crate::agent::interpreter) fn experiment_of_stem(&self, word: &str) -> Option<&str> {
        let is_so_called =
            |entry: &&Entry| entry.kind == Kind::Run && entry.name.words().first().is_some_and(|first| first == stripped(word));
        let mut places = self.entries.iter().filter(is_so_called).flat_map(|entry| &entry.experiments);
        let first = places.next()?;
        if !places.all(|place| place == first) {
            return None;
        }
        self.experiments.iter().find(|experiment| experiment.id == *first).map(|experiment| experiment.name.as_str())
    }

    /// The name of the only experiment with a run of this name.
    pub(in crate::agent::interpreter) fn experiment_of_run(&self, run: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| entry.kind == Kind::Run && entry.name.text() == run)?;
        let [only] = entry.experiments.as_slice() else { return None };
        self.experiments.iter().find(|experiment| experiment.id == *only).map(|experiment| experiment.name.as_str())
    }

    /// The only run in whose name this stands.
    pub(in crate::agent::interpreter) fn run_with(&self, said: &str) -> Option<String> {
        let reference = Name::new(said);
        let mut found = self.entries.iter().filter(|entry| {
            entry.kind == Kind::Run && entry.name.likeness(&reference).is_some_and(|likeness| likeness <= Likeness::PartOf)
        });
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.name.text().to_owned()),
            _ => None,
        }
    }

    /// The experiments with runs whose names begin like this.
    pub(in crate::agent::interpreter) fn places_of_runs(&self, beginning: &str) -> Vec<ExperimentId> {
        let folded = beginning.to_lowercase();
        let begins = |entry: &&Entry| entry.kind == Kind::Run && entry.name.text().to_lowercase().starts_with(&folded);
        self.entries.iter().filter(begins).flat_map(|entry| entry.experiments.clone()).collect()
    }

    /// Whether the first word of some run's name is this.
    pub(in crate::agent::interpreter) fn has_run_beginning(&self, word: &str) -> bool {
        self.entries.iter().any(|entry| entry.kind == Kind::Run && entry.name.words().first().is_some_and(|first| first == word))
    }

    /// Whether some run is called just this.
    pub(in crate::agent::interpreter) fn has_run_called(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.kind == Kind::Run && entry.name.words() == [name])
    }
}
