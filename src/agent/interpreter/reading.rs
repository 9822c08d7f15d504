//! What an utterance speaks of: the store's names, conditions, ends of rankings, dates and the words of the trade in it.
//!
//! Reading only recognises; what is wanted with it is for `intent` and `fill`.

mod assignments;
mod bounds;
mod concepts;
mod conditions;
mod counts;
mod courses;
mod cues;
mod dates;
mod flags;
mod further_values;
mod lengths;
mod linking;
mod metric_places;
mod name_patterns;
mod named;
mod names;
mod partial;
mod paths;
mod quarters;
mod rankings;
mod reader;
mod run_ranges;
mod standings;
mod tag_values;
pub(super) mod topics;

use std::ops::Range;

use super::lexicon::End;
use super::reading::reader::Reader;
use super::vocabulary::{Holder, Vocabulary};
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::{Attribute, Clause, Comparison, Field, Test, TextMatch};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;

/// A recognised part of an utterance.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A metric, as said.
    Metric(String),
    /// A parameter, as said.
    Parameter(String),
    /// An experiment's name.
    Experiment(String),
    /// A value of an experiment's tag.
    ExperimentTag {
        /// The tag.
        key: String,
        /// Its value.
        value: String,
    },
    /// A run, as said.
    Run(String),
    /// Several runs by when they started: `last 3`.
    Runs(String),
    /// An end of a ranking, with how many.
    End(End, Option<usize>),
    /// `best first`: the order of a list.
    Order(End),
    /// Conditions on runs.
    Conditions(Vec<Clause>),
    /// `or 8`: another value that is as welcome as that of a condition before it.
    Or(Clause),
    /// A bound of how long runs took, in seconds.
    Length(Comparison, u32),
    /// A text that a parameter or tag holds.
    Value(Holder, String),
    /// A file's name, as said.
    File(String),
    /// A number.
    Number(f64),
    /// A comparison in words or signs.
    Comparison(Comparison),
    /// A word of the trade, by its meaning.
    Meaning(&'static str),
    /// An earlier answer's run or runs: `it`, `their`.
    Anaphor(Anaphor),
    /// A word that carries no meaning of its own.
    Filler,
    /// A word nobody knows.
    Unknown,
}

/// What a pronoun points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anaphor {
    /// `it`, `its`, `that run`.
    One,
    /// `them`, `their`.
    All,
    /// `the second one`: its place in the last list, from 0.
    Nth(usize),
    /// `the other one`, `the last one`.
    Last,
    /// `the winner`, `the loser`: a place in the last comparison or ranking, from 0.
    Standing(usize),
}

/// A part with the words it covers and the bytes it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    /// What was recognised.
    pub(super) part: Part,
    /// Its words, by index.
    pub(super) words: Range<usize>,
    /// Its bytes in the utterance.
    pub(super) bytes: Range<usize>,
}

/// An utterance, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// As it was said.
    pub(super) text: String,
    /// Lower-case words, numbers without leading zeros.
    pub(super) words: Vec<String>,
    /// The parts, in order, every word in one of them.
    pub(super) spans: Vec<Span>,
    /// The experiments that hold all the values of which any is asked for.
    pub(super) places: Vec<ExperimentId>,
}

/// Reads an utterance with the store's names; those of `preferred` win where a name stands for several things.
pub(super) fn read(text: &str, vocabulary: &Vocabulary, preferred: Option<&ExperimentId>, now: Timestamp) -> Reading {
    let mut reader = Reader::new(text, vocabulary, preferred);
    reader.named_quarters();
    reader.files();
    reader.name_patterns();
    reader.assignments();
    reader.steps_asked();
    reader.over_training();
    reader.makers();
    reader.makes_difference();
    reader.lined_up();
    reader.asides();
    reader.exact_names();
    reader.glued_names();
    reader.coordinated_metrics();
    reader.spelled_out_names();
    reader.numbered_runs();
    reader.still_improving();
    reader.courses();
    reader.dates(now);
    reader.numbers();
    reader.run_times();
    reader.linked_names();
    reader.lengths();
    reader.bounds();
    reader.qualities();
    reader.comparisons();
    reader.counted_nouns();
    reader.raising();
    reader.turned();
    reader.standings();
    reader.run_phrases();
    reader.ends();
    reader.topped_charts();
    reader.counts_of_list();
    reader.anaphors();
    reader.left_behind();
    reader.metric_places();
    reader.languages();
    reader.names_behind_kinds();
    reader.kinds_of_names();
    reader.partial_names();
    reader.parted_metrics();
    reader.described_runs();
    reader.units();
    reader.concepts();
    reader.run_nouns();
    reader.switches();
    reader.flags();
    reader.statuses();
    reader.recommendations();
    reader.words_of_the_trade();
    reader.topics();
    reader.unknown_metrics();
    let mut reading = Reading {
        text: text.to_owned(),
        words: reader.words,
        spans: reader.spans.into_iter().flatten().chain(reader.implied).collect(),
        places: Vec::new(),
    };
    reading.spans.sort_by_key(|span| span.words.start);
    reading.spans.dedup();
    run_ranges::fill(&mut reading, vocabulary);
    place_by_tag(&mut reading, vocabulary);
    runs_by_value(&mut reading, vocabulary);
    values_of_one_holder(&mut reading, vocabulary);
    values_beside_metrics(&mut reading, vocabulary);
    conditions::join(&mut reading);
    conditions::spell_keys(&mut reading, vocabulary);
    further_values::join(&mut reading);
    tag_values::join(&mut reading, vocabulary);
    conditions::join_alternatives(&mut reading, vocabulary);
    named::settle(&mut reading);
    super::chatter::ignore(&mut reading);
    reading
}

/// `nllb-600m vs nllb-1.3b`, where runs are called after what they use: each value is the one run that has it in its name.
fn runs_by_value(reading: &mut Reading, vocabulary: &Vocabulary) {
    let names_run = reading.parts().any(|part| matches!(part, Part::Run(_) | Part::Runs(_) | Part::End(..)));
    if names_run || !(reading.means("compare") || reading.means("plot")) {
        return;
    }
    let values = reading.parts().filter_map(|part| if let Part::Value(_, value) = part { Some(value.clone()) } else { None });
    let runs: Vec<(String, Option<String>)> = values.map(|value| (value.clone(), vocabulary.run_with(&value))).collect();
    let is_enough = if reading.means("compare") { runs.len() > 1 } else { !runs.is_empty() };
    if !is_enough || runs.iter().any(|(_, run)| run.is_none()) {
        return;
    }
    for span in &mut reading.spans {
        let Part::Value(_, value) = &span.part else { continue };
        if let Some((_, Some(run))) = runs.iter().find(|(known, _)| known == value) {
            span.part = Part::Run(run.clone());
        }
    }
}

/// `the loss of the best xgboost run`: a value that parameters of several experiments hold is of one that logs what is asked for.
fn values_beside_metrics(reading: &mut Reading, vocabulary: &Vocabulary) {
    let metrics = reading.metrics();
    if metrics.is_empty() || reading.experiment().is_some() {
        return;
    }
    for span in &mut reading.spans {
        if let Part::Value(holder, value) = &mut span.part
            && let Some(other) = vocabulary.holder_beside(holder, value, &metrics)
        {
            *holder = other;
        }
    }
}

/// `xgboost and lightgbm`: values that parameters of several experiments hold are of the one that holds them all.
fn values_of_one_holder(reading: &mut Reading, vocabulary: &Vocabulary) {
    let said = reading.parts().filter_map(|part| if let Part::Value(holder, value) = part { Some((holder, value)) } else { None });
    let (holders, values): (Vec<&Holder>, Vec<String>) = said.map(|(holder, value)| (holder, value.clone())).unzip();
    if holders.windows(2).all(|pair| matches!(pair, [left, right] if left == right)) {
        return;
    }
    let Some(holder) = vocabulary.holder_of_all(&values) else { return };
    for span in &mut reading.spans {
        if let Part::Value(known, _) = &mut span.part {
            known.clone_from(&holder);
        }
    }
}

/// `best bleu in translation`: the tag of the only experiment that has it says which is meant, unless experiments are asked for.
fn place_by_tag(reading: &mut Reading, vocabulary: &Vocabulary) {
    let asks_for_experiments = reading.means("experiments") || reading.means("experiment") || reading.means("tag");
    let is_of_runs = reading.parts().any(|part| {
        matches!(
            part,
            Part::Metric(_)
                | Part::Parameter(_)
                | Part::End(..)
                | Part::Runs(_)
                | Part::Conditions(_)
                | Part::Meaning("run" | "plot" | "impact" | "metric" | "parameter")
        )
    });
    if reading.experiment().is_some() {
        return;
    }
    // `the translation experiment`
    let is_definite = |index: usize| {
        let span = |index: usize| reading.spans.get(index);
        let first = span(index).map_or(0, |span| span.words.start);
        let article = first.checked_sub(1).and_then(|before| reading.words.get(before)).map_or("", String::as_str);
        matches!(article, "the" | "our" | "my" | "that" | "this")
            && span(index + 1).is_some_and(|next| next.part == Part::Meaning("experiment"))
    };
    let definite: Vec<bool> = (0..reading.spans.len()).map(is_definite).collect();
    for (span, is_definite) in reading.spans.iter_mut().zip(definite) {
        let Part::ExperimentTag { key, value } = &span.part else { continue };
        if (asks_for_experiments || !is_of_runs) && !is_definite {
            continue;
        }
        let has_it =
            |experiment: &&crate::domain::experiment::Experiment| experiment.tags.iter().any(|tag| tag.key == *key && tag.value == *value);
        let mut having = vocabulary.experiments.iter().filter(has_it);
        if let (Some(only), None) = (having.next(), having.next()) {
            span.part = Part::Experiment(only.name.clone());
        }
    }
}

impl Reading {
    /// The parts, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.spans.iter().map(|span| &span.part)
    }

    /// The metrics, as said.
    pub(super) fn metrics(&self) -> Vec<String> {
        self.parts().filter_map(|part| if let Part::Metric(text) = part { Some(text.clone()) } else { None }).collect()
    }

    /// The parameters, as said.
    pub(super) fn parameters(&self) -> Vec<String> {
        self.parts().filter_map(|part| if let Part::Parameter(text) = part { Some(text.clone()) } else { None }).collect()
    }

    /// The first experiment named.
    pub(super) fn experiment(&self) -> Option<&str> {
        self.parts().find_map(|part| if let Part::Experiment(name) = part { Some(name.as_str()) } else { None })
    }

    /// Whether a word of this meaning stands there.
    pub(super) fn means(&self, meaning: &str) -> bool {
        self.parts().any(|part| matches!(part, Part::Meaning(found) if *found == meaning))
    }

    /// Whether anything of a store is spoken of: one of its names or values, or what every store has.
    pub(super) fn speaks_of_store(&self) -> bool {
        self.parts().any(|part| {
            matches!(
                part,
                Part::Metric(_)
                    | Part::Parameter(_)
                    | Part::Experiment(_)
                    | Part::ExperimentTag { .. }
                    | Part::Run(_)
                    | Part::Runs(_)
                    | Part::Value(..)
                    | Part::File(_)
                    | Part::Meaning("run" | "experiment" | "experiments" | "metric" | "parameter" | "artifact" | "tag" | "status")
            )
        })
    }

    /// Whether this very word stands there.
    pub(super) fn says(&self, word: &str) -> bool {
        self.words.iter().any(|said| said == word)
    }

    /// All conditions. MLflow's filters have no OR: of several statuses, those that are not named are excluded.
    pub(super) fn clauses(&self) -> Vec<Clause> {
        let all = self.clauses_said();
        let status = |clause: &Clause| match (&clause.field, &clause.test) {
            (Field::Attribute(Attribute::Status), Test::Text(TextMatch::Eq, name)) => Some(name.clone()),
            _ => None,
        };
        let named: Vec<String> = all.iter().filter_map(status).collect();
        if named.len() < 2 {
            return all;
        }
        let mut clauses: Vec<Clause> = all.into_iter().filter(|clause| status(clause).is_none()).collect();
        let others = RunStatus::ALL.into_iter().map(RunStatus::mlflow_name).filter(|name| !named.iter().any(|said| said == name));
        clauses.extend(
            others.map(|name| Clause { field: Field::Attribute(Attribute::Status), test: Test::Text(TextMatch::Ne, name.to_owned()) }),
        );
        clauses
    }

    /// All conditions, as said.
    fn clauses_said(&self) -> Vec<Clause> {
        let mut all: Vec<Clause> = Vec::new();
        for clause in self.parts().filter_map(|part| if let Part::Conditions(clauses) = part { Some(clauses) } else { None }).flatten() {
            if !all.contains(clause) {
                all.push(clause.clone());
            }
        }
        all
    }

    /// Whether a picture over training is asked for, in words or by naming its axes.
    pub(super) fn plots(&self) -> bool {
        let runs = self.parts().filter(|part| matches!(part, Part::Run(_))).count();
        let together = self.says("together") && runs > 1 && !self.metrics().is_empty();
        together
            || runs > 0 && super::calling::fill::has_both_splits(self)
            || self.means("plot")
            || super::calling::fill::axis(self).is_some()
    }

    /// The words of a run of spans that nobody knows, joined where they stand together, as said.
    pub(super) fn unknown(&self) -> Vec<String> {
        self.unknown_places().into_iter().filter_map(|words| self.said(&words)).map(str::to_owned).collect()
    }

    /// The words that nobody knows, by index, joined where they stand together.
    pub(super) fn unknown_places(&self) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for span in self.spans.iter().filter(|span| span.part == Part::Unknown) {
            match found.last_mut() {
                Some(place) if place.end == span.words.start => place.end = span.words.end,
                _ => found.push(span.words.clone()),
            }
        }
        found
    }

    /// Some words, as said.
    pub(super) fn said(&self, words: &Range<usize>) -> Option<&str> {
        let mut inside = self.spans.iter().filter(|span| words.start <= span.words.start && span.words.end <= words.end);
        let first = inside.next()?;
        let last = inside.next_back().unwrap_or(first);
        self.text.get(first.bytes.start..last.bytes.end)
    }
}
