//! The store's own names, by which the interpreter tells an experiment, run, metric, parameter or value from any other word.

pub(super) mod name_words;
mod runs;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;

use super::reading::topics;
use super::vocabulary::name_words::NameWords;
use crate::domain::experiment::{Experiment, ExperimentId, NOTE_TAG, View};
use crate::domain::filter::{Attribute, Field};
use crate::domain::reference::{Likeness, Name, is_form_of, reordered, words};
use crate::domain::time::Timestamp;
use crate::store::TableQuery;
use crate::tools::resolve::experiments;
use crate::tools::{Context, ToolError};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A metric.
    Metric,
    /// A parameter.
    Parameter,
    /// An experiment.
    Experiment,
    /// A run.
    Run,
    /// A text that a parameter or run tag holds.
    Value,
    /// A tag of an experiment.
    ExperimentTag,
}

/// A name of the store.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// What it stands for.
    pub(super) kind: Kind,
    /// The name.
    pub(super) name: Name,
    /// Where it occurs.
    pub(super) experiments: Vec<ExperimentId>,
    /// For a value: the parameter or tag that holds it.
    pub(super) holder: Option<Holder>,
}

/// What holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// A parameter.
    Parameter(String),
    /// A tag.
    Tag(String),
}

/// The tag that MLflow writes the user of a run to.
const USER_TAG: &str = "mlflow.user";

impl Holder {
    /// What a condition on it asks for. Who started a run is an attribute of it, whatever tags it has.
    pub(super) fn field(self) -> Field {
        match self {
            Self::Parameter(key) => Field::Param(key),
            Self::Tag(key) if key == USER_TAG => Field::Attribute(Attribute::UserId),
            Self::Tag(key) => Field::Tag(key),
        }
    }

    /// What a condition asks for, where it is on a parameter or tag.
    pub(super) fn of(field: &Field) -> Option<Self> {
        match field {
            Field::Param(key) => Some(Self::Parameter(key.clone())),
            Field::Tag(key) => Some(Self::Tag(key.clone())),
            Field::Attribute(Attribute::UserId) => Some(Self::Tag(USER_TAG.to_owned())),
            Field::Attribute(_) | Field::Metric(_) | Field::Dataset(_) => None,
        }
    }
}

/// A parameter of an experiment with its commonest values.
#[derive(Debug)]
struct Setting {
    experiment: ExperimentId,
    key: Name,
    values: Vec<String>,
}

/// All names of the store in scope.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    entries: Vec<Entry>,
    by_words: HashMap<String, Vec<usize>>,
    /// The experiments in scope, newest first.
    pub(super) experiments: Vec<Experiment>,
    /// What parameters hold, by experiment.
    settings: Vec<Setting>,
    /// The words of metrics', parameters' and experiments' names.
    pub(super) name_words: NameWords,
    /// Short names that may be initials.
    initials: HashSet<String>,
    /// When the latest run of each experiment started.
    latest: HashMap<ExperimentId, Timestamp>,
    longest: usize,
    /// What was found alike so far: a question is read several times, and each of its words beside others.
    alike: Mutex<HashMap<String, Vec<(usize, Likeness)>>>,
}

/// Experiments whose parameter values are read: with more, only those of the focus are.
const EXPERIMENTS_WITH_VALUES: usize = 20;

impl Vocabulary {
    /// Reads the names from the store.
    pub(super) async fn load(context: &Context) -> Result<Self, ToolError> {
        let all = experiments(context, View::ActiveOnly).await?;
        let ids: Vec<ExperimentId> = all.iter().map(|experiment| experiment.id.clone()).collect();
        let mut vocabulary = Self::default();
        for experiment in &all {
            vocabulary.add(Kind::Experiment, &experiment.name, vec![experiment.id.clone()], None);
            for tag in experiment.tags.iter().filter(|tag| !tag.key.starts_with("mlflow.") && !tag.key.starts_with("trialogue.")) {
                vocabulary.add(Kind::ExperimentTag, &tag.value, vec![experiment.id.clone()], Some(Holder::Tag(tag.key.clone())));
            }
        }
        for (key, experiments) in context.store.metric_keys(&ids).await? {
            vocabulary.add_in_scope(Kind::Metric, &key, experiments, &ids, None);
        }
        for (key, experiments) in context.store.param_keys(&ids).await? {
            vocabulary.add_in_scope(Kind::Parameter, &key, experiments, &ids, None);
        }
        if !ids.is_empty() {
            let table = context.store.run_table(&TableQuery { experiment_ids: ids.clone(), ..TableQuery::default() }).await?;
            let mut runs: BTreeMap<String, Vec<ExperimentId>> = BTreeMap::new();
            for row in table.rows {
                if let Some(start) = row.start {
                    let latest = vocabulary.latest.entry(row.experiment_id.clone()).or_insert(start);
                    *latest = start.max(*latest);
                }
                let places = runs.entry(row.name).or_default();
                if !places.contains(&row.experiment_id) {
                    places.push(row.experiment_id);
                }
            }
            for (name, experiments) in runs {
                vocabulary.add(Kind::Run, &name, experiments, None);
            }
        }
        let with_values: Vec<&ExperimentId> = if ids.len() <= EXPERIMENTS_WITH_VALUES {
            ids.iter().collect()
        } else {
            ids.iter().filter(|id| Some(*id) == context.focus.as_ref()).collect()
        };
        for id in with_values {
            for summary in context.store.param_summaries(id).await? {
                for (value, _) in &summary.values {
                    vocabulary.add_value(value, id, Holder::Parameter(summary.key.clone()));
                }
                let values = summary.values.into_iter().map(|(value, _)| value).collect();
                vocabulary.settings.push(Setting { experiment: id.clone(), key: Name::new(&summary.key), values });
            }
            for (key, value) in context.store.run_tag_values(id).await? {
                vocabulary.add_value(&value, id, Holder::Tag(key));
            }
        }
        vocabulary.experiments = all;
        Ok(vocabulary)
    }

    fn add_in_scope(&mut self, kind: Kind, name: &str, experiments: Vec<ExperimentId>, scope: &[ExperimentId], holder: Option<Holder>) {
        let seen: Vec<ExperimentId> = experiments.into_iter().filter(|id| scope.contains(id)).collect();
        if !seen.is_empty() {
            self.add(kind, name, seen, holder);
        }
    }

    /// Numbers are no names: they are compared, not recognised.
    fn add_value(&mut self, value: &str, experiment: &ExperimentId, holder: Holder) {
        if value.parse::<f64>().is_err() && value.chars().any(char::is_alphabetic) && value.len() <= 60 {
            self.add(Kind::Value, value, vec![experiment.clone()], Some(holder));
        }
    }

    fn add(&mut self, kind: Kind, name: &str, experiments: Vec<ExperimentId>, holder: Option<Holder>) {
        let name = Name::new(name);
        if name.words().is_empty() {
            return;
        }
        let index = self.entries.len();
        for key in keys_of(&name) {
            self.by_words.entry(key).or_default().push(index);
        }
        self.longest = self.longest.max(name.words().len());
        if matches!(kind, Kind::Metric | Kind::Parameter | Kind::Value) {
            self.initials.extend(name.words().iter().filter(|word| (3..=6).contains(&word.len()) && *word != "per").cloned());
        }
        if matches!(kind, Kind::Metric | Kind::Parameter | Kind::Experiment) {
            self.name_words.add(index, &name);
        }
        self.entries.push(Entry { kind, name, experiments, holder });
    }

    /// The name at a place.
    pub(super) fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// The most words that one name has.
    pub(super) fn longest(&self) -> usize {
        self.longest.min(12)
    }

    /// The names that are these words, spelled out or abbreviated, strongest likeness first.
    pub(super) fn exact(&self, words: &str) -> Vec<(&Entry, Likeness)> {
        let reference = Name::new(words);
        let keys = keys_of(&reference);
        let mut indices: Vec<usize> = keys.iter().filter_map(|key| self.by_words.get(key)).flatten().copied().collect();
        indices.sort_unstable();
        indices.dedup();
        let mut found: Vec<(&Entry, Likeness)> = indices
            .into_iter()
            .filter_map(|index| self.entries.get(index))
            .filter_map(|entry| Some((entry, entry.name.likeness(&reference)?)))
            .collect();
        // A value is a text, not a term: `stage` is no form of `staging`.
        let weakest = |entry: &Entry| match entry.kind {
            Kind::Value | Kind::ExperimentTag => Likeness::SameWords,
            Kind::Run => Likeness::SameMeaning,
            Kind::Metric | Kind::Parameter | Kind::Experiment => Likeness::Shortened,
        };
        let is_plural = |entry: &Entry| words.strip_suffix('s').is_some_and(|one| one.eq_ignore_ascii_case(entry.name.text()));
        found.retain(|(entry, likeness)| *likeness <= weakest(entry) || is_plural(entry));
        found.sort_by_key(|(entry, likeness)| (*likeness, entry.kind));
        found
    }

    /// The names of which these words are a part or a misspelling, strongest likeness first. Of values little may be left off.
    pub(super) fn alike(&self, words: &str) -> Vec<(&Entry, Likeness)> {
        let known = self.alike.lock().ok().and_then(|known| known.get(words).cloned());
        let found = known.unwrap_or_else(|| {
            let found = self.search_alike(words);
            if let Ok(mut known) = self.alike.lock() {
                known.insert(words.to_owned(), found.clone());
            }
            found
        });
        found.into_iter().filter_map(|(place, likeness)| Some((self.entries.get(place)?, likeness))).collect()
    }

    fn search_alike(&self, words: &str) -> Vec<(usize, Likeness)> {
        let reference = Name::new(words);
        let may_be = |entry: &Entry, likeness: Likeness| match entry.kind {
            Kind::Metric | Kind::Parameter | Kind::Experiment | Kind::Run => likeness != Likeness::Contains,
            Kind::Value | Kind::ExperimentTag => match likeness {
                Likeness::Misspelt => words.chars().count() >= 6,
                Likeness::Shortened => {
                    words.contains([' ', '-', '_'])
                        || words.len() >= 6 && entry.name.words().concat().starts_with(words)
                        || is_longer_form(words, entry)
                }
                // `deberta` for `deberta-v3`, but no word of a sentence.
                Likeness::PartOf => {
                    words.chars().count() >= 4
                        && entry.kind == Kind::Value
                        && (entry.name.words().len() <= 4 || entry.name.words().first() == reference.words().first())
                        && reference.words().iter().all(|word| entry.name.words().contains(word))
                }
                Likeness::Exact
                | Likeness::CaseFolded
                | Likeness::SameWords
                | Likeness::SameMeaning
                | Likeness::Contains
                | Likeness::MisspeltPart => false,
            },
        };
        let mut found: Vec<(usize, Kind, Likeness)> = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if let Some(likeness) = entry.name.likeness(&reference)
                && likeness > Likeness::SameMeaning
                && may_be(entry, likeness)
            {
                found.push((place, entry.kind, likeness));
            }
        }
        found.sort_by_key(|(_, kind, likeness)| (*likeness, *kind));
        found.into_iter().map(|(place, _, likeness)| (place, likeness)).collect()
    }

    /// The shortest metric with one of these words in its name, of one experiment or of any.
    pub(super) fn metric_with_word(&self, words: &[&str], place: Option<&ExperimentId>) -> Option<String> {
        let of = |place: Option<&ExperimentId>| {
            let fitting = self.entries.iter().filter(|entry| {
                entry.kind == Kind::Metric
                    && place.is_none_or(|id| entry.experiments.contains(id))
                    && entry.name.words().iter().any(|word| words.contains(&word.as_str()))
            });
            fitting.min_by_key(|entry| entry.name.text().len()).map(|entry| entry.name.text().to_owned())
        };
        of(place).or_else(|| of(None))
    }

    /// Who started runs, in alphabetical order.
    pub(super) fn users(&self) -> Vec<&str> {
        let is_user = |entry: &&Entry| matches!(&entry.holder, Some(Holder::Tag(key)) if key == USER_TAG);
        let mut users: Vec<&str> = self.entries.iter().filter(is_user).map(|entry| entry.name.text()).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// Whether these letters are a word of a metric's, parameter's or value's name.
    pub(super) fn has_initials(&self, letters: &str) -> bool {
        self.initials.contains(letters)
    }

    /// The metrics with `loss` in their name that an experiment logs, or any where none is named; without such, those of the training data.
    pub(super) fn losses(&self, experiment: Option<&str>) -> Vec<String> {
        let id = self.experiments.iter().find(|known| Some(known.name.as_str()) == experiment).map(|known| &known.id);
        let with = |words: &[&str]| -> Vec<String> {
            let has = |entry: &&Entry| {
                entry.kind == Kind::Metric
                    && entry.name.words().iter().any(|word| words.contains(&word.as_str()))
                    && id.is_none_or(|id| entry.experiments.contains(id))
            };
            self.entries.iter().filter(has).map(|entry| entry.name.text().to_owned()).collect()
        };
        let losses = with(&["loss"]);
        if losses.is_empty() && id.is_some() { with(&["train", "training"]) } else { losses }
    }

    /// Whether a metric of whose name this is a part is logged where something holds a value.
    pub(super) fn is_metric_beside(&self, said: &str, value: &str) -> bool {
        let reference = Name::new(said);
        let is_held = |entry: &&Entry| entry.holder.is_some() && entry.name.text() == value;
        let places: Vec<&ExperimentId> = self.entries.iter().filter(is_held).flat_map(|entry| &entry.experiments).collect();
        self.entries.iter().any(|entry| {
            entry.kind == Kind::Metric
                && entry.experiments.iter().any(|id| places.contains(&id))
                && entry.name.likeness(&reference).is_some_and(|likeness| likeness <= Likeness::PartOf)
        })
    }

    /// The only experiment in whose name, description or tags a telling word stands.
    pub(super) fn experiment_about(&self, word: &str) -> Option<&str> {
        if !topics::is_telling(word) {
            return None;
        }
        let says_it =
            |text: &str| words(text).iter().any(|said| said == word || stripped(said) == stripped(word) || is_form_of(said, word));
        let is_about = |experiment: &&Experiment| {
            let tags = experiment.tags.iter().filter(|tag| !tag.key.starts_with("mlflow.") || tag.key == NOTE_TAG);
            says_it(&experiment.name) || tags.into_iter().any(|tag| says_it(&tag.value))
        };
        let mut about = self.experiments.iter().filter(is_about);
        match (about.next(), about.next()) {
            (Some(only), None) => Some(only.name.as_str()),
            _ => None,
        }
    }

    /// Whether this is a part of some metric's name.
    pub(super) fn is_metric_part(&self, said: &str) -> bool {
        let reference = Name::new(said);
        let is_like = |entry: &Entry| entry.name.likeness(&reference).is_some_and(|likeness| likeness <= Likeness::PartOf);
        self.entries.iter().any(|entry| entry.kind == Kind::Metric && is_like(entry))
    }

    /// The metrics of an experiment of whose names this is a part, where it is no whole name.
    pub(super) fn metrics_with(&self, said: &str, experiment: &str) -> Vec<String> {
        let reference = Name::new(said);
        let Some(id) = self.experiment_id(experiment) else { return Vec::new() };
        let here = self.entries.iter().filter(|entry| entry.kind == Kind::Metric && entry.experiments.contains(id));
        let alike: Vec<(&Entry, Likeness)> = here.filter_map(|entry| Some((entry, entry.name.likeness(&reference)?))).collect();
        let Some(strongest) = alike.iter().map(|(_, likeness)| *likeness).min() else { return Vec::new() };
        let same = alike.iter().filter(|(_, likeness)| *likeness == strongest);
        same.map(|(entry, _)| entry.name.text().to_owned()).collect()
    }

    /// The metrics that an experiment logs.
    pub(super) fn metrics_in(&self, experiment: &str) -> Vec<&str> {
        let Some(id) = self.experiment_id(experiment) else { return Vec::new() };
        let here = self.entries.iter().filter(|entry| entry.kind == Kind::Metric && entry.experiments.contains(id));
        here.map(|entry| entry.name.text()).collect()
    }

    /// The most recently active experiment that logs a metric.
    pub(super) fn latest_with_metric(&self, said: &str) -> Option<&ExperimentId> {
        let logging =
            self.experiments.iter().map(|experiment| &experiment.id).filter(|id| self.key_likeness(Kind::Metric, said, id).is_some());
        logging.max_by_key(|id| self.last_start(id))
    }

    /// When an experiment's latest run started.
    pub(super) fn last_start(&self, id: &ExperimentId) -> Option<Timestamp> {
        self.latest.get(id).copied()
    }

    /// How like what is said is the metric or parameter of an experiment that is most like it.
    pub(super) fn key_likeness(&self, kind: Kind, said: &str, id: &ExperimentId) -> Option<Likeness> {
        let reference = Name::new(said);
        let here = self.entries.iter().filter(|entry| entry.kind == kind && entry.experiments.contains(id));
        here.filter_map(|entry| entry.name.likeness(&reference)).min()
    }

    /// Whether the name of some metric or parameter begins with these two words.
    pub(super) fn has_key_beginning(&self, first: &str, second: &str) -> bool {
        let is_second = |word: &str| word == second || second.strip_suffix('s') == Some(word);
        let begins = |words: &[String]| matches!(words, [one, two, ..] if one == first && is_second(two));
        self.entries.iter().any(|entry| matches!(entry.kind, Kind::Metric | Kind::Parameter) && begins(entry.name.words()))
    }

    /// The id of the experiment of this name.
    pub(super) fn experiment_id(&self, name: &str) -> Option<&ExperimentId> {
        self.experiments.iter().find(|experiment| experiment.name == name).map(|experiment| &experiment.id)
    }
}

/// A word without the ending of a plural.
fn stripped(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// `shortlisted` for `shortlist`.
fn is_longer_form(words: &str, entry: &Entry) -> bool {
    let name = entry.name.words().concat();
    name.len() >= 6 && words.to_lowercase().starts_with(&name)
}

/// The spellings under which a name is looked up.
fn keys_of(name: &Name) -> Vec<String> {
    let mut keys = vec![
        name.words().join(" "),
        name.words().concat(),
        name.meaning().join(" "),
        name.meaning().concat(),
        reordered(name.meaning()).join(" "),
    ];
    keys.sort();
    keys.dedup();
    keys
}
