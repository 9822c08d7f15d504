//! What the tool results say: every number with the runs and the metrics it belongs to, and the names that are known.
//!
//! Reads results by habit, not by type: an object with a `run_id` is about that run, what lies under `metrics` is keyed by
//! metric, and what stands nearer to a number wins over what stands farther.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::mentions::Phrases;
use super::numerals::{self, Kind};

/// Runs or quantities, by their place in the lists of names.
pub(super) type Ids = BTreeSet<usize>;

/// A number that a tool returned.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) value: f64,
    /// The run it belongs to (several if they share a name); none for counts, correlations and the like.
    pub(super) runs: Ids,
    pub(super) metrics: Ids,
    pub(super) params: Ids,
    /// Whether it is the metric's value itself, not a margin, a mean or a step beside it.
    pub(super) is_value: bool,
}

/// A text that a tool returned, and the run it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) runs: Ids,
}

/// All that the results say.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) leaves: Vec<Leaf>,
    /// The lengths of the lists that were returned.
    pub(super) lengths: BTreeSet<usize>,
    /// Every text in the results.
    pub(super) texts: Vec<Text<'a>>,
    /// Run names and ids.
    pub(super) runs: BTreeMap<String, Ids>,
    run_count: usize,
    pub(super) metrics: Phrases,
    pub(super) params: Phrases,
}

/// Where a value stands: what is known from the objects around it.
#[derive(Debug, Clone, Default)]
struct Place {
    runs: Ids,
    metrics: Ids,
    params: Ids,
}

impl<'a> Facts<'a> {
    pub(super) fn of(results: impl Iterator<Item = &'a Value> + Clone) -> Self {
        let mut facts = Self::default();
        let mut pairs = Vec::new();
        for result in results.clone() {
            collect_runs("", result, &mut pairs);
            facts.collect_quantities("", result);
        }
        facts.name_runs(&pairs);
        for result in results {
            facts.collect_leaves("", result, &Place::default());
        }
        facts
    }

    /// The texts that belong to one of `runs` or to none; all where no run is meant.
    pub(super) fn texts_about(&self, runs: &Ids) -> impl Iterator<Item = &'a str> {
        let is_about = move |text: &&Text<'a>| runs.is_empty() || text.runs.is_empty() || !text.runs.is_disjoint(runs);
        self.texts.iter().filter(is_about).map(|text| text.text)
    }

    /// Whether a name says what a metric's value is: whoever calls a run `f1=0.99` may not have that told as if it were measured.
    pub(super) fn is_claim(&self, name: &str) -> bool {
        name.contains(['=', ':']) && !self.metrics.find(name).is_empty()
    }

    fn name_runs(&mut self, pairs: &[(Option<&str>, Option<&str>)]) {
        for (id, name) in pairs.iter().filter_map(|(id, name)| Some(((*id)?, *name))) {
            let run = match self.runs.get(&id.to_lowercase()).and_then(|runs| runs.first()) {
                Some(run) => *run,
                None => self.new_run(id),
            };
            if let Some(name) = name {
                self.runs.entry(name.to_lowercase()).or_default().insert(run);
            }
        }
        // A name alone is whichever run has it, else a run of its own.
        for name in pairs.iter().filter_map(|(id, name)| if id.is_none() { *name } else { None }) {
            if !self.runs.contains_key(&name.to_lowercase()) {
                self.new_run(name);
            }
        }
    }

    fn new_run(&mut self, name: &str) -> usize {
        let run = self.run_count;
        self.run_count += 1;
        self.runs.entry(name.to_lowercase()).or_default().insert(run);
        run
    }

    fn runs_called(&self, name: &str) -> Option<&Ids> {
        self.runs.get(&name.to_lowercase())
    }

    fn collect_quantities(&mut self, key: &str, value: &'a Value) {
        match value {
            Value::Object(members) => {
                let about_run = run_of(key, members) != (None, None);
                for (name, member) in members {
                    let has_values = number_of(member).is_some() || member.is_object() || member.is_array();
                    match named_by(key) {
                        _ if is_descriptive(name) => {}
                        // A row of a comparison has its metrics beside its run.
                        _ if about_run && number_of(member).is_some() => self.metrics.add(name),
                        _ if about_run => {}
                        Some(Named::Metric) if has_values => self.metrics.add(name),
                        Some(Named::Param) => self.params.add(name),
                        Some(Named::Metric) | None => {}
                    }
                    match (named_by_value(key, name), member) {
                        (Some(Named::Metric), Value::String(metric)) => self.metrics.add(metric),
                        (Some(Named::Param), Value::String(param)) => self.params.add(param),
                        (Some(_), _) | (None, _) => {}
                    }
                    self.collect_quantities(name, member);
                }
            }
            Value::Array(items) => {
                for item in items {
                    match (named_by(key), item) {
                        (Some(Named::Metric), Value::String(metric)) => self.metrics.add(metric),
                        (Some(Named::Param), Value::String(param)) => self.params.add(param),
                        (Some(_), _) | (None, _) => self.collect_quantities(key, item),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn collect_leaves(&mut self, key: &str, value: &'a Value, place: &Place) {
        match value {
            Value::Object(members) => {
                let place = self.place_of(key, members, place);
                let about_run = run_of(key, members) != (None, None);
                for (name, member) in members {
                    let mut inner = self.place_of_member(key, name, member, &place);
                    // `best_run` beside a value says whose value it is, but not whose all the lists around are.
                    if !about_run && member.is_number() {
                        inner.runs.extend(self.run_told_beside(members).into_iter().flatten());
                    }
                    self.collect_leaves(name, member, &inner);
                }
            }
            Value::Array(items) => {
                self.lengths.insert(items.len());
                for item in items {
                    self.collect_leaves(key, item, place);
                }
            }
            Value::Number(number) => self.leaves.extend(number.as_f64().map(|value| self.leaf(key, value, place))),
            Value::String(text) => self.collect_text(key, text, place),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn collect_text(&mut self, key: &str, text: &'a str, place: &Place) {
        self.texts.push(Text { text, runs: place.runs.clone() });
        if let Some(value) = number_of_text(text) {
            self.leaves.push(self.leaf(key, value, place));
            return;
        }
        // Free text may say anything: its numbers are values of the run at most, never of a metric. Caveats are the tools' own.
        let runs = if key.contains("caveat") { Ids::new() } else { place.runs.clone() };
        for numeral in numerals::scan(text) {
            if let Kind::Quantity(readings) = numeral.kind {
                let leaf = |value| Leaf { value, runs: runs.clone(), metrics: Ids::new(), params: Ids::new(), is_value: false };
                self.leaves.extend(readings.first().map(|reading| leaf(reading.value)));
            }
        }
    }

    /// What an object says about all that is in it.
    fn place_of(&self, key: &str, members: &Map<String, Value>, outer: &Place) -> Place {
        let mut place = outer.clone();
        let run = match run_of(key, members) {
            (None, None) => members.get("run").and_then(Value::as_object).map_or((None, None), |run| run_of("run", run)),
            run => run,
        };
        if let Some(runs) = run.0.or(run.1).and_then(|name| self.runs_called(name)) {
            place.runs.clone_from(runs);
        }
        for (name, member) in members {
            // The keys and texts of tags and parameters are other people's words, `run_id` and `metric` among them.
            let names_entry = !is_free(key) || matches!(name.as_str(), "key" | "name");
            if let (Some(named), Value::String(quantity)) = (named_by_value(key, name), member)
                && names_entry
            {
                match named {
                    Named::Metric => replace(&mut place.metrics, self.metrics.named(quantity)),
                    Named::Param => replace(&mut place.params, self.params.named(quantity)),
                }
            }
        }
        place
    }

    /// What a member's key says about it.
    fn place_of_member(&self, object_key: &str, name: &str, member: &Value, outer: &Place) -> Place {
        let mut place = outer.clone();
        let is_scalar = !member.is_object() && !member.is_array();
        if is_free(name) || (is_structural(name) && is_scalar) {
            place.metrics.clear();
            place.params.clear();
            return place;
        }
        if is_free(object_key) && named_by(object_key).is_none() {
            return place;
        }
        if let Some(runs) = self.runs_called(name) {
            place.runs.clone_from(runs);
        }
        if named_by(object_key) != Some(Named::Param) {
            replace(&mut place.metrics, self.metrics.mentioned(name));
        }
        if named_by(object_key) != Some(Named::Metric) {
            replace(&mut place.params, self.params.named(name));
        }
        place
    }

    fn leaf(&self, key: &str, value: f64, place: &Place) -> Leaf {
        let Place { runs, metrics, params } = place.clone();
        let is_value = key == "value" || !self.metrics.mentioned(key).is_empty();
        Leaf { value, runs, metrics, params, is_value }
    }

    fn run_told_beside(&self, members: &Map<String, Value>) -> Option<Ids> {
        let told = members.iter().filter(|(name, _)| matches!(name.as_str(), "best_run" | "winner"));
        told.filter_map(|(_, value)| self.runs_called(value.as_str()?)).next().cloned()
    }
}

/// Whether `moment` stands in `text`, not as a part of a longer number.
pub(super) fn quotes(text: &str, moment: &str) -> bool {
    text.match_indices(moment).any(|(start, _)| {
        let is_digit = |letter: char| letter.is_ascii_digit();
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(start + moment.len()..).unwrap_or_default();
        !before.ends_with(is_digit) && !after.starts_with(is_digit)
    })
}

/// What stands nearer wins; what says nothing leaves things as they are.
fn replace(outer: &mut Ids, inner: Ids) {
    if !inner.is_empty() {
        *outer = inner;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Metric,
    Param,
}

/// What the keys (or the texts of a list) under `key` are names of.
fn named_by(key: &str) -> Option<Named> {
    match key {
        "metrics" | "metric_keys" | "best_metric" | "best_metrics" | "deltas" | "best" | "best_per_metric" => Some(Named::Metric),
        "params" | "parameters" | "parameter_impact" | "impact" | "impacts" | "correlations" => Some(Named::Param),
        _ => None,
    }
}

/// What the text under `name`, in an object under `key`, is the name of.
fn named_by_value(key: &str, name: &str) -> Option<Named> {
    match name {
        "metric" | "metric_name" | "metric_key" => Some(Named::Metric),
        "parameter" | "param" | "parameter_name" | "param_name" => Some(Named::Param),
        "key" | "name" => named_by(key),
        _ => None,
    }
}

/// Members that describe an entry or sum it up, in place of being keyed by name.
fn is_descriptive(name: &str) -> bool {
    let summaries = ["value", "values", "min", "max", "first", "last", "mean", "median", "std", "final", "delta", "change"];
    let labels = ["key", "name", "metric", "parameter", "param", "run", "run_id", "run_name", "experiment", "status", "direction", "type"];
    is_structural(name) || summaries.contains(&name) || labels.contains(&name)
}

/// Counts, places and times: numbers of their own, not values of the metric around them.
fn is_structural(name: &str) -> bool {
    let counts =
        ["step", "steps", "epoch", "n", "count", "total", "returned", "rank", "more", "points", "size", "bytes", "limit", "timestamp"];
    let affixed = name.ends_with("_count")
        || name.ends_with("_step")
        || name.ends_with("_time")
        || name.ends_with("_at")
        || name.starts_with("n_runs");
    counts.contains(&name) || affixed || name.ends_with("_seconds") || name.contains("caveat")
}

/// Objects whose keys and texts other people chose.
fn is_free(key: &str) -> bool {
    matches!(key, "tags" | "params" | "parameters" | "metrics" | "attributes")
}

/// The id and name of the run that an object is about.
fn run_of<'a>(key: &str, members: &'a Map<String, Value>) -> (Option<&'a str>, Option<&'a str>) {
    if is_free(key) {
        return (None, None);
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let is_run = matches!(key, "run" | "runs" | "best_run" | "best_runs" | "runner_up" | "winner" | "ties");
    let id = text("run_id").or_else(|| text("run_uuid")).or_else(|| text("id").filter(|_| is_run));
    let name = text("run_name").or_else(|| text("name").filter(|_| is_run || id.is_some())).or_else(|| text("run"));
    (id, name)
}

fn collect_runs<'a>(key: &str, value: &'a Value, pairs: &mut Vec<(Option<&'a str>, Option<&'a str>)>) {
    match value {
        Value::Object(members) => {
            let run = run_of(key, members);
            if run != (None, None) {
                pairs.push(run);
            }
            if !is_free(key) {
                members.iter().for_each(|(name, member)| collect_runs(name, member, pairs));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_runs(key, item, pairs)),
        Value::String(name) if matches!(key, "run" | "runs" | "run_ids" | "run_names" | "best_run" | "runner_up" | "winner" | "ties") => {
            pairs.push((None, Some(name)));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => number_of_text(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The value of a text that is nothing but a number, as MLflow keeps parameters.
fn number_of_text(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
}
