//! What parameters and tags hold, and where.

use super::{Entry, Holder, Kind, Vocabulary};
use crate::domain::experiment::ExperimentId;
use crate::domain::reference::{Likeness, Name};

impl Vocabulary {
    /// The parameter or tag that is called just this, of those that hold texts.
    pub(in crate::agent::interpreter) fn holder_called(&self, name: &str) -> Option<Holder> {
        let is_it = |holder: &&Holder| {
            let (Holder::Parameter(key) | Holder::Tag(key)) = holder;
            key.eq_ignore_ascii_case(name)
        };
        let of_runs = self.entries.iter().filter(|entry| entry.kind == Kind::Value).filter_map(|entry| entry.holder.as_ref());
        of_runs.into_iter().find(is_it).cloned()
    }

    /// Whether a parameter or tag holds this text, however it is spelled.
    pub(in crate::agent::interpreter) fn holds(&self, holder: &Holder, text: &str) -> bool {
        self.entries.iter().any(|entry| {
            entry.kind == Kind::Value
                && entry.holder.as_ref() == Some(holder)
                && entry.name.likeness(&Name::new(text)).is_some_and(|likeness| likeness <= Likeness::PartOf)
        })
    }

    /// The values whose first word begins with this and has no more letters than that.
    pub(in crate::agent::interpreter) fn values_beginning(&self, word: &str, most_letters: usize) -> Vec<&Entry> {
        let begins = |entry: &&Entry| {
            let first = entry.name.words().first();
            entry.kind == Kind::Value && first.is_some_and(|first| first.starts_with(word) && first.chars().count() <= most_letters)
        };
        self.entries.iter().filter(begins).collect()
    }

    /// The parameter that is most like what is said and what it holds, in the experiment in question if it is there.
    pub(in crate::agent::interpreter) fn values_of(&self, said: &str, preferred: Option<&ExperimentId>) -> Option<(&str, &[String])> {
        let reference = Name::new(said);
        let alike = self.settings.iter().filter_map(|setting| Some((setting, setting.key.likeness(&reference)?)));
        let nearest = alike.min_by_key(|(setting, likeness)| (preferred.is_some_and(|id| *id != setting.experiment), *likeness))?;
        Some((nearest.0.key.text(), &nearest.0.values))
    }

    /// The values of a parameter or tag wherever it holds all of `some`.
    pub(in crate::agent::interpreter) fn values_beside(&self, holder: &Holder, some: &[String]) -> Vec<String> {
        let held: Vec<&Entry> = self.entries.iter().filter(|entry| entry.holder.as_ref() == Some(holder)).collect();
        let holds = |id: &ExperimentId| {
            some.iter().all(|value| held.iter().any(|entry| entry.name.text() == value && entry.experiments.contains(id)))
        };
        let mut values: Vec<String> =
            held.iter().filter(|entry| entry.experiments.iter().any(holds)).map(|entry| entry.name.text().to_owned()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// The experiments in which a parameter or tag holds all of some values.
    pub(in crate::agent::interpreter) fn places_of_values(&self, holder: &Holder, values: &[String]) -> Vec<ExperimentId> {
        let holds = |id: &ExperimentId, value: &String| {
            let is_held = |entry: &Entry| entry.holder.as_ref() == Some(holder) && entry.name.text() == value;
            self.entries.iter().any(|entry| is_held(entry) && entry.experiments.contains(id))
        };
        let ids = self.experiments.iter().map(|experiment| &experiment.id);
        ids.filter(|id| values.iter().all(|value| holds(id, value))).cloned().collect()
    }

    /// The experiments in which a parameter or tag holds a text; absent where nobody knows the text.
    pub(in crate::agent::interpreter) fn holding(&self, key: &str, value: &str) -> Option<Vec<ExperimentId>> {
        let is_held = |entry: &&Entry| {
            entry.kind == Kind::Value
                && entry.name.text() == value
                && matches!(&entry.holder, Some(Holder::Parameter(held) | Holder::Tag(held)) if held == key)
        };
        let found: Vec<ExperimentId> = self.entries.iter().filter(is_held).flat_map(|entry| entry.experiments.clone()).collect();
        (!found.is_empty()).then_some(found)
    }

    /// The parameter or tag that holds all of some values in one experiment, the most recently active one that has such.
    pub(in crate::agent::interpreter) fn holder_of_all(&self, values: &[String]) -> Option<Holder> {
        let (first, others) = values.split_first()?;
        let of_first = self.entries.iter().filter(|entry| entry.kind == Kind::Value && entry.name.text() == first);
        let fitting = of_first.filter_map(|entry| {
            let holder = entry.holder.as_ref()?;
            let places = self.places_of_values(holder, values);
            let latest = places.iter().filter_map(|id| self.last_start(id)).max();
            (!others.is_empty() && !places.is_empty()).then_some((holder, latest))
        });
        fitting.max_by_key(|(_, latest)| *latest).map(|(holder, _)| holder.clone())
    }

    /// Another parameter or tag that holds a value, where metrics are logged that nobody logs who has it in `holder`.
    pub(in crate::agent::interpreter) fn holder_beside(&self, holder: &Holder, value: &str, metrics: &[String]) -> Option<Holder> {
        let logs = |id: &ExperimentId| metrics.iter().all(|metric| self.key_likeness(Kind::Metric, metric, id).is_some());
        let holding = || self.entries.iter().filter(|entry| entry.kind == Kind::Value && entry.name.text() == value);
        let serves =
            |known: &Holder| holding().filter(|entry| entry.holder.as_ref() == Some(known)).any(|entry| entry.experiments.iter().any(logs));
        let others = || holding().filter_map(|entry| entry.holder.as_ref());
        if serves(holder) { None } else { others().find(|other| serves(other)).cloned() }
    }
}
