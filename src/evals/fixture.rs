//! Fixtures: small stores with traps, made from a readable definition, and their perturbed twins.
//!
//! `evals/fixtures/NAME.yaml` says what is in a store. From it come an MLflow SQLite file and a second one, the twin: the same
//! names, but other ids, and each experiment's results, times and statuses dealt to other runs. A call that is right asks for the
//! same thing in both; a lucky one does not. The same definition gives the same files always.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::statistics::SplitMix64;
use crate::domain::experiment::{Experiment, ExperimentId, Lifecycle, NOTE_TAG, Tag};
use crate::domain::metric::MetricPoint;
use crate::domain::run::{Param, Run, RunId, RunStatus};
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, Histories, RunRecord};

/// What is in a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What it is a trap for, in a sentence.
    pub about: String,
    /// What "today" means, RFC 3339.
    pub now: String,
    /// Its experiments, oldest first.
    pub experiments: Vec<FixtureExperiment>,
}

/// An experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixtureExperiment {
    /// Its name.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Its description.
    #[serde(default)]
    pub description: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Whether it lies in the trash.
    #[serde(default)]
    pub deleted: bool,
    /// Its runs, one by one.
    #[serde(default)]
    pub runs: Vec<FixtureRun>,
    /// Further runs, made by number.
    #[serde(default)]
    pub series: Option<RunSeries>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixtureRun {
    /// Its name.
    pub name: String,
    /// `finished` unless given; `running` has no end.
    #[serde(default)]
    pub status: FixtureStatus,
    /// When it started, RFC 3339.
    pub start: String,
    /// How long it took.
    #[serde(default = "an_hour")]
    pub seconds: i64,
    /// Who started it.
    #[serde(default)]
    pub user: Option<String>,
    /// Whether it lies in the trash.
    #[serde(default)]
    pub deleted: bool,
    /// Its parameters; numbers are kept as their text.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// Its metrics: a number, logged once, or a list, logged at the steps 0, 1, 2, …; `"NaN"` and `"inf"` are values too.
    #[serde(default)]
    pub metrics: BTreeMap<String, Value>,
    /// Its labels.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Its description.
    #[serde(default)]
    pub note: Option<String>,
    /// Its files: path and text.
    #[serde(default)]
    pub artifacts: BTreeMap<String, String>,
}

/// MLflow's statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixtureStatus {
    /// Ended well.
    #[default]
    Finished,
    /// Goes on.
    Running,
    /// Ended badly.
    Failed,
    /// Was stopped.
    Killed,
    /// Has not begun.
    Scheduled,
}

/// Many runs: `NAME-001` and so on, an hour apart, with values dealt from the ranges by a fixed generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunSeries {
    /// How many.
    pub count: u32,
    /// What their names begin with.
    pub prefix: String,
    /// When the first started, RFC 3339.
    pub start: String,
    /// Parameters, each with the values that are dealt.
    pub params: BTreeMap<String, Vec<Value>>,
    /// Metrics, each with its lowest and highest value.
    pub metrics: BTreeMap<String, (f64, f64)>,
}

fn an_hour() -> i64 {
    3600
}

/// Which of a fixture's two stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// As it is defined.
    Base,
    /// Perturbed.
    Twin,
}

/// A store ready to be written, with its artifacts.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// What is in it.
    pub experiments: Vec<ExperimentRecord>,
    /// Files by their path under the folder of artifacts.
    pub files: Vec<(String, String)>,
}

impl Fixture {
    /// What "today" means.
    ///
    /// # Errors
    /// Where `now` is no instant.
    pub fn now(&self) -> anyhow::Result<Timestamp> {
        instant(&self.now)
    }

    /// The store's content, with artifacts under `artifacts` (a folder, as MLflow spells a local root).
    ///
    /// # Errors
    /// Where an instant, a number or a status does not fit.
    pub fn draw(&self, name: &str, which: Which, artifacts: &str) -> anyhow::Result<Drawn> {
        let mut drawn = Drawn { experiments: Vec::new(), files: Vec::new() };
        for (index, experiment) in self.experiments.iter().enumerate() {
            // Ids are far apart, so that one is never taken for a count, and differ between the two stores.
            let id = match which {
                Which::Base => 301 + index * 7,
                Which::Twin => 802 + index * 11,
            };
            let mut runs = experiment.all_runs(name)?;
            if which == Which::Twin {
                perturb(&mut runs, &format!("{name} {}", experiment.name));
            }
            let mut records = Vec::new();
            for run in &runs {
                let run_id = run_id(name, &experiment.name, &run.name, which);
                let root = format!("{artifacts}/{id}/{run_id}/artifacts");
                drawn.files.extend(run.artifacts.iter().map(|(path, text)| (format!("{id}/{run_id}/artifacts/{path}"), text.clone())));
                records.push(
                    run.record(RunId(run_id), &id.to_string(), &root).with_context(|| format!("{} / {}", experiment.name, run.name))?,
                );
            }
            let created = instant(&experiment.created)?;
            let mut tags: Vec<Tag> = experiment.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
            tags.extend(experiment.description.iter().map(|text| Tag { key: NOTE_TAG.to_owned(), value: text.clone() }));
            drawn.experiments.push(ExperimentRecord {
                experiment: Experiment {
                    id: ExperimentId(id.to_string()),
                    name: experiment.name.clone(),
                    lifecycle: lifecycle(experiment.deleted),
                    created: Some(created),
                    updated: Some(created),
                    tags,
                },
                artifact_location: format!("{artifacts}/{id}"),
                runs: records,
            });
        }
        Ok(drawn)
    }
}

/// A run's id: 32 hexadecimal digits that its names and the store decide.
fn run_id(fixture: &str, experiment: &str, run: &str, which: Which) -> String {
    let digest = Sha256::digest(format!("{fixture}\n{experiment}\n{run}\n{which:?}").as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn lifecycle(deleted: bool) -> Lifecycle {
    if deleted { Lifecycle::Deleted } else { Lifecycle::Active }
}

fn instant(text: &str) -> anyhow::Result<Timestamp> {
    let read: jiff::Timestamp = text.parse().with_context(|| format!("`{text}` is no instant such as `2026-03-01T08:00:00Z`"))?;
    Ok(Timestamp(read.as_millisecond()))
}

impl FixtureExperiment {
    fn all_runs(&self, fixture: &str) -> anyhow::Result<Vec<FixtureRun>> {
        let mut runs = self.runs.clone();
        let Some(series) = &self.series else { return Ok(runs) };
        let first = instant(&series.start)?;
        for number in 1..=series.count {
            let name = format!("{}-{number:03}", series.prefix);
            let mut random = seeded(&format!("{fixture} {} {name}", self.name));
            let deal = |values: &Vec<Value>, random: &mut SplitMix64| values.get(random.below(values.len())).cloned().unwrap_or_default();
            let params = series.params.iter().map(|(key, values)| (key.clone(), deal(values, &mut random))).collect();
            let mut metrics = BTreeMap::new();
            for (key, (low, high)) in &series.metrics {
                let share = random.below(1_000_000) as f64 / 1e6;
                let value = ((low + (high - low) * share) * 1e4).round() / 1e4;
                metrics.insert(key.clone(), Value::from(value));
            }
            let start = Timestamp(first.0 + i64::from(number - 1) * 3_600_000).to_string();
            runs.push(FixtureRun {
                seconds: 600 + random.below(2400) as i64,
                status: FixtureStatus::Finished,
                user: None,
                deleted: false,
                tags: BTreeMap::new(),
                note: None,
                artifacts: BTreeMap::new(),
                name,
                start,
                params,
                metrics,
            });
        }
        Ok(runs)
    }
}

/// Deals each metric, and apart from them times and statuses, to other runs of the same lifecycle, each at least one place on: runs that
/// were first by one metric and by another are no longer the same.
fn perturb(runs: &mut [FixtureRun], seed: &str) {
    let alive: Vec<usize> = runs.iter().enumerate().filter(|(_, run)| !run.deleted).map(|(index, _)| index).collect();
    if alive.len() < 2 {
        return;
    }
    let before = runs.to_vec();
    let keys: BTreeSet<String> = before.iter().flat_map(|run| run.metrics.keys().cloned()).collect();
    let source = |place: usize, what: &str| {
        let shift = 1 + seeded(&format!("{seed} {what}")).below(alive.len() - 1);
        alive.get((place + shift) % alive.len()).and_then(|index| before.get(*index))
    };
    for (place, index) in alive.iter().enumerate() {
        let Some(run) = runs.get_mut(*index) else { continue };
        run.metrics.clear();
        for key in &keys {
            if let Some(value) = source(place, key).and_then(|other| other.metrics.get(key)) {
                run.metrics.insert(key.clone(), value.clone());
            }
        }
        if let Some(other) = source(place, "times") {
            run.start.clone_from(&other.start);
            run.seconds = other.seconds;
            run.status = other.status;
            run.user.clone_from(&other.user);
        }
    }
}

fn seeded(text: &str) -> SplitMix64 {
    let digest = Sha256::digest(text.as_bytes());
    SplitMix64(digest.iter().take(8).fold(0, |state, byte| (state << 8) | u64::from(*byte)))
}

impl FixtureRun {
    fn record(&self, id: RunId, experiment_id: &str, artifact_uri: &str) -> anyhow::Result<RunRecord> {
        let start = instant(&self.start)?;
        let (status, ends) = match self.status {
            FixtureStatus::Finished => (RunStatus::Finished, true),
            FixtureStatus::Running => (RunStatus::Running, false),
            FixtureStatus::Failed => (RunStatus::Failed, true),
            FixtureStatus::Killed => (RunStatus::Killed, true),
            FixtureStatus::Scheduled => (RunStatus::Scheduled, false),
        };
        let end = Timestamp(start.0 + self.seconds * 1000);
        let mut histories = Histories::new();
        for (key, logged) in &self.metrics {
            let values: Vec<f64> = match logged {
                Value::Array(list) => list.iter().map(number).collect::<anyhow::Result<_>>()?,
                one => vec![number(one)?],
            };
            let spacing = self.seconds * 1000 / i64::try_from(values.len().max(1))?;
            let point = |(step, value): (i64, f64)| MetricPoint { step, timestamp: Timestamp(start.0 + (step + 1) * spacing), value };
            histories.insert(key.clone(), (0..).zip(values).map(point).collect());
        }
        let mut tags: Vec<Tag> = self.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect();
        tags.extend(self.note.iter().map(|text| Tag { key: NOTE_TAG.to_owned(), value: text.clone() }));
        let run = Run {
            id,
            name: self.name.clone(),
            experiment_id: ExperimentId(experiment_id.to_owned()),
            status,
            lifecycle: lifecycle(self.deleted),
            user: self.user.clone(),
            start: Some(start),
            end: ends.then_some(end),
            artifact_uri: artifact_uri.to_owned(),
            params: self.params.iter().map(|(key, value)| Param { key: key.clone(), value: text_of(value) }).collect(),
            metrics: Vec::new(),
            tags,
        };
        Ok(RunRecord::new(run, histories))
    }
}

/// A parameter as Python's `str` would log it.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

fn number(value: &Value) -> anyhow::Result<f64> {
    match value {
        Value::Number(number) => number.as_f64().context("a number beyond what a double holds"),
        Value::String(text) => text.parse().with_context(|| format!("`{text}` is no number")),
        other => bail!("`{other}` is no number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evals::suite::from_yaml;

    const SMALL: &str = r#"
about: three runs
now: 2026-03-16T12:00:00Z
experiments:
  - name: small
    created: 2026-01-01T00:00:00Z
    runs:
      - {name: a, start: 2026-01-02T00:00:00Z, params: {lr: 0.1}, metrics: {f1: 0.1, loss: [3, 2, "NaN"]}}
      - {name: b, start: 2026-01-03T00:00:00Z, status: running, metrics: {f1: 0.2}}
      - {name: c, start: 2026-01-04T00:00:00Z, metrics: {f1: 0.3}}
"#;

    fn drawn(which: Which) -> Drawn {
        from_yaml::<Fixture>(SMALL).unwrap().draw("small", which, "/a").unwrap()
    }

    #[test]
    fn the_twin_has_the_same_names_and_values_but_other_ids_and_places() {
        let (base, twin) = (drawn(Which::Base), drawn(Which::Twin));
        let scores = |drawn: &Drawn| -> Vec<(String, Option<f64>)> {
            drawn.experiments[0].runs.iter().map(|record| (record.run().name.clone(), record.run().metric("f1"))).collect()
        };
        let (one, other) = (scores(&base), scores(&twin));
        assert_eq!(one[0], ("a".to_owned(), Some(0.1)));
        assert!(one.iter().zip(&other).all(|(one, other)| one.0 == other.0 && one.1 != other.1), "{other:?}");
        let ids = |drawn: &Drawn| -> Vec<String> { drawn.experiments[0].runs.iter().map(|record| record.run().id.0.clone()).collect() };
        assert!(ids(&base).iter().all(|id| id.len() == 32 && !ids(&twin).contains(id)));
        assert_ne!(base.experiments[0].experiment.id, twin.experiments[0].experiment.id);
    }

    #[test]
    fn a_fixture_is_the_same_each_time() {
        // As text, for NaN is not equal to itself.
        assert_eq!(format!("{:?}", drawn(Which::Twin)), format!("{:?}", drawn(Which::Twin)));
    }

    #[test]
    fn a_list_is_a_history_and_nan_is_a_value() {
        let base = drawn(Which::Base);
        let run = &base.experiments[0].runs[0];
        assert_eq!(run.histories()["loss"].len(), 3);
        assert!(run.run().metric("loss").unwrap().is_nan());
        assert_eq!(run.run().param("lr"), Some("0.1"));
        assert_eq!(base.experiments[0].runs[1].run().end, None);
    }
}
