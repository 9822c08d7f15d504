//! How the files of the demo write an experiment down, and what all their runs have in common.

use std::fmt::Display;

use super::curve::{self, Curve};
use super::random::Random;
use crate::domain::experiment::{Experiment, ExperimentId, Lifecycle, NOTE_TAG, Tag};
use crate::domain::metric::MetricPoint;
use crate::domain::run::{Param, Run, RunId, RunStatus};
use crate::domain::time::Timestamp;
use crate::store::sqlite::fill::{ExperimentRecord, Histories, RunRecord};

/// An instant of the year 2025, UTC.
pub(super) const fn at(month: i64, day: i64, hour: i64, minute: i64) -> Timestamp {
    const NEW_YEAR: i64 = 1_735_689_600_000;
    let days_before_month = match month {
        1 => 0,
        2 => 31,
        3 => 59,
        4 => 90,
        5 => 120,
        // The demo ends with June.
        _ => 151,
    };
    Timestamp(NEW_YEAR + (((days_before_month + day - 1) * 24 + hour) * 60 + minute) * 60_000)
}

/// An experiment before its runs.
pub(super) struct Study {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) created: Timestamp,
    pub(super) description: &'static str,
    pub(super) tags: &'static [(&'static str, &'static str)],
    /// The script that its runs ran.
    pub(super) script: &'static str,
}

impl Study {
    /// The experiment with `runs`.
    pub(super) fn with(&self, runs: Vec<RunRecord>) -> ExperimentRecord {
        let labels = self.tags.iter().copied().chain([(NOTE_TAG, self.description)]);
        let tags = labels.map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() }).collect();
        ExperimentRecord {
            experiment: Experiment {
                id: ExperimentId(self.id.to_owned()),
                name: self.name.to_owned(),
                lifecycle: Lifecycle::Active,
                created: Some(self.created),
                updated: Some(self.created),
                tags,
            },
            artifact_location: self.artifact_location(),
            runs,
        }
    }

    /// A place that every MLflow server resolves against its own artifact store, and that names no folder of any machine.
    fn artifact_location(&self) -> String {
        format!("mlflow-artifacts:/{}", self.id)
    }

    /// A run of this study that began at `start` and still runs; each training step took `step_seconds`.
    pub(super) fn run(&self, name: &str, user: &str, start: Timestamp, step_seconds: i64) -> Draft {
        let mut random = Random::of(&format!("{}/{name}", self.name));
        // The form of MLflow's ids: a random UUID of version 4 without dashes.
        let upper = random.bits() & !0xf000 | 0x4000;
        let lower = random.bits() >> 2 | 1 << 63;
        let id = format!("{upper:016x}{lower:016x}");
        let run = Run {
            artifact_uri: format!("{}/{id}/artifacts", self.artifact_location()),
            id: RunId(id),
            name: name.to_owned(),
            experiment_id: ExperimentId(self.id.to_owned()),
            status: RunStatus::Running,
            lifecycle: Lifecycle::Active,
            user: Some(user.to_owned()),
            start: Some(start),
            end: None,
            params: Vec::new(),
            metrics: Vec::new(),
            tags: Vec::new(),
        };
        let draft = Draft { run, start, step_seconds, histories: Histories::new(), scores: Vec::new(), random };
        draft
            .tag("mlflow.source.name", self.script)
            .tag("mlflow.source.type", "LOCAL")
            .tag("mlflow.source.git.commit", &self.commit_of(start))
    }

    /// The commit that the runs of a week share.
    fn commit_of(&self, start: Timestamp) -> String {
        const WEEK: i64 = 7 * 24 * 3_600_000;
        let mut random = Random::of(&format!("{} week {}", self.name, start.0 / WEEK));
        format!("{:016x}{:016x}{:08x}", random.bits(), random.bits(), random.bits() >> 32)
    }
}

/// A run being written down.
pub(super) struct Draft {
    run: Run,
    start: Timestamp,
    step_seconds: i64,
    histories: Histories,
    scores: Vec<(&'static str, f64)>,
    random: Random,
}

impl Draft {
    /// A parameter, as the text that Python would log for it.
    pub(super) fn param(mut self, key: &str, value: impl Display) -> Self {
        self.run.params.push(Param { key: key.to_owned(), value: value.to_string() });
        self
    }

    /// A label.
    pub(super) fn tag(mut self, key: &str, value: &str) -> Self {
        self.run.tags.push(Tag { key: key.to_owned(), value: value.to_owned() });
        self
    }

    /// The description.
    pub(super) fn note(self, text: &str) -> Self {
        self.tag(NOTE_TAG, text)
    }

    /// A metric logged at every step along a curve; see [`curve::through`].
    pub(super) fn curve(mut self, key: &'static str, waypoints: &[(i64, f64)], wobble: f64) -> Self {
        let curve = curve::through(waypoints, wobble, &mut self.random);
        self.points(key, curve)
    }

    /// A metric logged at these steps, after what is already logged of it.
    pub(super) fn points(mut self, key: &'static str, curve: Curve) -> Self {
        let point = |(step, value)| MetricPoint { step, value, timestamp: self.after(step * self.step_seconds) };
        let points: Vec<MetricPoint> = curve.into_iter().map(point).collect();
        self.histories.entry(key.to_owned()).or_default().extend(points);
        self
    }

    /// A metric logged once, without a step, when the run ended.
    pub(super) fn score(mut self, key: &'static str, value: f64) -> Self {
        self.scores.push((key, value));
        self
    }

    /// The run ended `seconds` after its start.
    pub(super) fn ended(mut self, status: RunStatus, seconds: i64) -> Self {
        self.run.status = status;
        self.run.end = Some(self.after(seconds));
        self
    }

    /// Somebody has deleted the run.
    pub(super) fn deleted(mut self) -> Self {
        self.run.lifecycle = Lifecycle::Deleted;
        self
    }

    /// The run as MLflow would hold it.
    pub(super) fn record(mut self) -> RunRecord {
        let timestamp = self.run.end.unwrap_or(self.start);
        for (key, value) in self.scores {
            self.histories.entry(key.to_owned()).or_default().push(MetricPoint { step: 0, timestamp, value });
        }
        RunRecord::new(self.run, self.histories)
    }

    fn after(&self, seconds: i64) -> Timestamp {
        Timestamp(self.start.0 + seconds * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_2025_are_those_of_the_calendar() {
        assert_eq!(at(1, 15, 8, 0).to_string(), "2025-01-15T08:00:00Z");
        assert_eq!(at(3, 15, 10, 0).to_string(), "2025-03-15T10:00:00Z");
        assert_eq!(at(6, 30, 23, 59).to_string(), "2025-06-30T23:59:00Z");
    }
}
