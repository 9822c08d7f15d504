//! What experiments are about: words of their names, descriptions and tags, by which people mean them.

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::vocabulary::Kind;
use crate::agent::interpreter::{chatter, lexicon};

impl Reader<'_> {
    /// `the experiment about jet engines`: words that nobody knows as a name, where one experiment is described with them.
    pub(in crate::agent::interpreter) fn topics(&mut self) {
        let names_experiment =
            self.spans.iter().flatten().any(|span| matches!(span.part, Part::Experiment(_) | Part::ExperimentTag { .. }));
        // `will it rain tomorrow` asks for nothing of the trade.
        let is_of_trade = self.spans.iter().flatten().any(|span| {
            matches!(span.part, Part::Meaning(_) | Part::Metric(_) | Part::Parameter(_) | Part::Value(..) | Part::End(..) | Part::Runs(_))
        });
        if names_experiment || !is_of_trade {
            return;
        }
        for index in 0..self.words.len() {
            if !matches!(self.spans.get(index), Some(Some(Span { part: Part::Unknown, .. }))) {
                continue;
            }
            // `fraud-v9` is the name of one that is not there.
            if let Some(Some(Span { words, .. })) = self.spans.get(index)
                && words.len() > 1
                && self.said(words).contains(|letter: char| letter.is_ascii_digit())
            {
                continue;
            }
            let about = self.vocabulary.experiment_about(self.word(index)).filter(|name| self.logs_what_is_named(name));
            if let Some(name) = about {
                self.cover(index..index + 1, Part::Experiment(name.to_owned()));
            }
        }
    }

    /// Whether an experiment that is only described with a word has the metrics that are named too, or nobody has them.
    fn logs_what_is_named(&self, name: &str) -> bool {
        let Some(place) = self.vocabulary.experiment_id(name) else { return false };
        let metrics = self.spans.iter().flatten().filter_map(|span| if let Part::Metric(said) = &span.part { Some(said) } else { None });
        metrics.into_iter().all(|said| {
            self.vocabulary.key_likeness(Kind::Metric, said, place).is_some() || self.vocabulary.latest_with_metric(said).is_none()
        })
    }

    /// `the best sweep`: the experiment whose runs are called so, or that is about them, unless one is named.
    pub(super) fn imply_place(&mut self, index: usize) {
        let names_experiment = self.spans.iter().flatten().chain(&self.implied).any(|span| matches!(span.part, Part::Experiment(_)));
        let word = self.word(index);
        let place = self.vocabulary.experiment_of_stem(word).or_else(|| self.vocabulary.experiment_about(word));
        let place = place.filter(|name| self.logs_what_is_named(name)).map(str::to_owned);
        if let Some(name) = place.filter(|_| !names_experiment) {
            self.imply(index, Part::Experiment(name));
        }
    }

    /// `translation runs`, where there is a switch `back_translation`: a word of what an experiment is about, and no more than a part of a
    /// parameter's name.
    pub(super) fn topic_at(&self, index: usize) -> Option<Part> {
        const LEADS: &str = "with without no using use used uses w o does do did is if any more less";
        let before = index.checked_sub(1).map_or("", |place| self.word(place));
        let after = self.word(index + 1);
        let speaks_of_parameter = has(LEADS, before)
            || matches!(after, "on" | "off" | "enabled" | "disabled" | "is" | "was" | "set")
            || self.words.iter().any(|word| matches!(lexicon::meaning(word), Some("impact" | "parameter")))
            || matches!(self.spans.get(index + 1), Some(Some(Span { part: Part::Number(_) | Part::Comparison(_), .. })));
        let name = self.vocabulary.experiment_about(self.word(index)).filter(|_| !speaks_of_parameter)?;
        Some(Part::Experiment(name.to_owned()))
    }
}

/// Whether a word of a description says what it is about; `trained` and its like say what was done.
pub(in crate::agent::interpreter) fn is_telling(word: &str) -> bool {
    word.chars().count() >= 4
        && word.chars().all(char::is_alphabetic)
        && !word.ends_with("ed")
        && !chatter::is_common(word)
        && !lexicon::is_filler(word)
        && !lexicon::is_run_noun(word)
        && lexicon::meaning(word).is_none()
        && lexicon::end(word).is_none()
        && lexicon::status(word).is_none()
}
