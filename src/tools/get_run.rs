//! `get_run`: one run whole.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve::{self, OneRun};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{ArtifactItem, Resolved, ResolvedRun, RunView, Table, listed, plain, shown, shown_duration};
use crate::domain::artifact::ArtifactPath;
use crate::domain::experiment::{ExperimentId, NOTE_TAG};
use crate::domain::reference::words;
use crate::domain::run::Run;

/// Shows one run: parameters, latest metrics, status, duration, who started it, tags, artifacts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetRun {
    /// Id, name or part of it; left out, the one that holds the run.
    experiment: Option<String>,
    /// Id, name, number, or a phrase such as `latest`, `best`, `worst by f1_score`.
    #[serde(alias = "run_id")]
    run: String,
    /// Only these metrics, parameters or tags, `status`, `duration`, `start`, `user`, `note`, `run_id`.
    keys: Option<Vec<String>>,
}

/// One run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RunDetails {
    /// The run.
    run: RunView,
    /// Its experiment's name.
    experiment: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its tags, MLflow's own left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// Files and folders at the root of its artifacts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    artifacts: Vec<ArtifactItem>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
    #[serde(skip)]
    asked: Vec<Asked>,
    /// The keys that were asked for and that it does not have.
    #[serde(skip)]
    absent: Vec<String>,
}

#[derive(Debug, Clone)]
enum Asked {
    Metric(String),
    Parameter(String),
    Tag(String),
    Status,
    Duration,
    Start,
    User,
    Note,
    RunId,
}

/// How many characters of a note are told in words.
const NOTE_CHARACTERS: usize = 300;

impl Tool for GetRun {
    const NAME: &'static str = "get_run";
    const TITLE: &'static str = "Show a run";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/runs/{run}" };
    const PHRASES: &'static [&'static str] = &[
        "show {run}",
        "show run {run}",
        "details of {run}",
        "give me all details of {run}",
        "show me everything on {run}",
        "what {parameter} did {run} use",
        "which {parameter} was used in {run}",
        "what is the {metric} of {run}",
        "what was the {metric} of {run}",
        "{metric} of {run}",
        "{parameter} of {run}",
        "how long did {run} take",
        "how long was {run}",
        "who ran {run}",
        "who started {run}",
        "when did {run} start",
        "when was {run} started",
        "what is the status of {run}",
        "did {run} finish",
        "did {run} {condition}",
        "is {run} {condition}",
        "parameters of {run}",
        "what were the parameters of {run}",
        "what metrics does {run} have",
        "what {metric} did {run} get",
        "tell me about {run}",
        "tell me about the run {run}",
        "info about {run}",
        "describe {run}",
        "summarize {run}",
        "{run}",
        "{run} details",
        "show the {runs} run",
        "how long did the {direction} run take",
        "when was the {direction} run started",
        "details of the {runs} run",
        "who started the {runs} run",
        "when did the {runs} run start",
        "what is the status of the {runs} run",
        "how long did the {runs} run take",
        "what {parameter} did the {runs} run use",
        "what is the {metric} of the {runs} run",
        "tags of {run}",
        "what {parameter} and {metric} did {run} have",
        "what does the note of {run} say",
        "what was tried in {run}",
    ];
    type Output = RunDetails;

    async fn call(self, context: &Context) -> Result<RunDetails, ToolError> {
        let OneRun { place, run, mut caveats } = resolve::one_of_them(context, self.experiment.as_deref(), &self.run).await?;
        let mut asked = Vec::new();
        let mut absent = Vec::new();
        let is_only = self.keys.iter().flatten().count() == 1;
        for key in self.keys.iter().flatten() {
            match asked_of(&run, key) {
                Ok(found) => asked.push(found),
                Err(fault) => {
                    if is_only {
                        logged_by_any(context, &place.experiment.id, key).await?;
                    }
                    if !matches!(fault, ToolError::Ambiguous { .. }) {
                        absent.push(plain(key));
                    }
                    caveats.push(format!("{} has no {key}: {fault}", ResolvedRun::of(&run).run_name));
                }
            }
        }
        let artifacts = match context.store.artifacts(&run, &ArtifactPath::root()).await {
            Ok(artifacts) => artifacts.iter().map(ArtifactItem::of).collect(),
            Err(fault) => {
                caveats.push(format!("its artifacts could not be listed: {fault}"));
                Vec::new()
            }
        };
        let mut resolved = Resolved { experiment: Some(place.resolved()), runs: vec![ResolvedRun::of(&run)], ..Resolved::default() };
        for one in &asked {
            match one {
                Asked::Metric(key) => resolved.metrics.push(plain(key)),
                Asked::Parameter(key) => resolved.parameters.push(plain(key)),
                Asked::Tag(_) | Asked::Status | Asked::Duration | Asked::Start | Asked::User | Asked::Note | Asked::RunId => {}
            }
        }
        Ok(RunDetails {
            experiment: plain(&place.experiment.name),
            description: note_of(&run),
            tags: run.tags.iter().filter(|tag| !tag.key.starts_with("mlflow.")).map(|tag| (plain(&tag.key), plain(&tag.value))).collect(),
            artifacts,
            run: RunView::of(&run),
            resolved,
            caveats,
            asked,
            absent,
        })
    }
}

/// Refuses a key that no run of an experiment has; where another run has it, the lack of it is a fact of this run.
async fn logged_by_any(context: &Context, experiment: &ExperimentId, key: &str) -> Result<(), ToolError> {
    let mut keys = context.store.metric_keys_of(experiment).await?;
    keys.extend(context.store.param_keys_of(experiment).await?);
    match resolve::key_among("metric or parameter", key, &keys) {
        Ok(_) | Err(ToolError::Ambiguous { .. }) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// The run's note on one line, if it has any.
fn note_of(run: &Run) -> Option<String> {
    let lines: Vec<&str> = run.tag(NOTE_TAG)?.split_whitespace().collect();
    (!lines.is_empty()).then(|| plain(&lines.join(" ")))
}

fn asked_of(run: &Run, key: &str) -> Result<Asked, ToolError> {
    let metrics: Vec<String> = run.metrics.iter().map(|metric| metric.key.clone()).collect();
    let params: Vec<String> = run.params.iter().map(|param| param.key.clone()).collect();
    if let Some(exact) = params.iter().find(|param| *param == key) {
        return Ok(Asked::Parameter(exact.clone()));
    }
    // `user` is who started the run, though there is a `use_user_history`.
    let is_logged = metrics.iter().chain(&params).any(|known| words(known) == words(key));
    if let Some(attribute) = attribute(key).filter(|_| !is_logged) {
        return Ok(attribute);
    }
    if is_note(key) && !is_logged {
        return Ok(own_tag(run, key).map_or(Asked::Note, Asked::Tag));
    }
    match (resolve::key_among("metric", key, &metrics), resolve::key_among("parameter", key, &params)) {
        (Ok(metric), Err(_)) => Ok(Asked::Metric(metric)),
        (Err(_), Ok(parameter)) => Ok(Asked::Parameter(parameter)),
        (Ok(metric), Ok(parameter)) => {
            if words(&parameter) == words(key) {
                Ok(Asked::Parameter(parameter))
            } else {
                Ok(Asked::Metric(metric))
            }
        }
        (Err(fault @ ToolError::Ambiguous { .. }), _) | (_, Err(fault)) => own_tag(run, key).map(Asked::Tag).ok_or(fault),
    }
}

/// The run's tag called `key`, MLflow's own left out.
fn own_tag(run: &Run, key: &str) -> Option<String> {
    let own = run.tags.iter().map(|tag| &tag.key).filter(|known| !known.starts_with("mlflow."));
    own.clone().find(|known| *known == key).or_else(|| own.clone().find(|known| words(known) == words(key))).cloned()
}

/// What of a run is neither metric nor parameter, by the words for it.
fn attribute(key: &str) -> Option<Asked> {
    match words(key).join(" ").as_str() {
        "status" => Some(Asked::Status),
        "duration" | "took" | "time" => Some(Asked::Duration),
        "start" | "started" | "start time" | "date" => Some(Asked::Start),
        "user" | "who" | "owner" => Some(Asked::User),
        "run id" | "id" => Some(Asked::RunId),
        _ => None,
    }
}

/// Whether a word is one for what somebody wrote about a run; MLflow calls it description, its page shows it as a note.
fn is_note(key: &str) -> bool {
    matches!(words(key).join(" ").as_str(), "note" | "notes" | "description" | "comment" | "comments" | "remark" | "remarks")
}

impl View for RunDetails {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let run = &self.run;
        if !self.asked.is_empty() {
            let facts: Vec<String> = self.asked.iter().map(|asked| self.fact(asked)).collect();
            return format!("{}: {}.", run.run_name, listed(&facts));
        }
        let mut said = match self.absent.as_slice() {
            [] => String::new(),
            absent => format!("{} has no {}. ", run.run_name, listed(absent)),
        };
        said.push_str(&format!("{} in {} is {}", run.run_name, self.experiment, run.status));
        if let Some(seconds) = run.duration_seconds {
            said.push_str(&format!(" and took {}", shown_duration(seconds)));
        }
        said.push('.');
        let metrics: Vec<String> = run.metrics.iter().take(8).map(|(key, value)| format!("{key} {}", shown(value.0))).collect();
        if !metrics.is_empty() {
            said.push_str(&format!(" Latest metrics: {}.", metrics.join(", ")));
        }
        let parameters: Vec<String> = run.parameters.iter().take(8).map(|(key, value)| format!("{key} {}", value.0)).collect();
        if !parameters.is_empty() {
            said.push_str(&format!(" Parameters: {}.", parameters.join(", ")));
        }
        if let Some(note) = self.quoted_note() {
            said.push_str(&format!(" Its note says {note}."));
        }
        said
    }

    fn table(&self) -> Option<Table> {
        if !self.asked.is_empty() {
            return None;
        }
        let columns = ["name", "kind", "value"].map(str::to_owned).to_vec();
        let mut rows: Vec<Vec<String>> = Vec::new();
        rows.extend(self.run.metrics.iter().map(|(key, value)| vec![key.clone(), "metric".into(), shown(value.0)]));
        rows.extend(self.run.parameters.iter().map(|(key, value)| vec![key.clone(), "parameter".into(), value.0.clone()]));
        rows.extend(self.tags.iter().map(|(key, value)| vec![key.clone(), "tag".into(), value.clone()]));
        rows.extend(
            self.artifacts
                .iter()
                .map(|item| vec![item.path.clone(), "artifact".into(), item.size.map_or("folder".into(), |size| format!("{size} bytes"))]),
        );
        rows.extend(self.run.user.iter().map(|user| vec!["user".into(), "attribute".into(), user.clone()]));
        rows.push(vec!["run_id".into(), "attribute".into(), self.run.run_id.clone()]);
        rows.extend(self.run.created_at.iter().map(|at| vec!["started".into(), "attribute".into(), at.clone()]));
        Some(Table { columns, rows })
    }
}

impl RunDetails {
    /// The note as a quotation. Anybody may have written it, so its own marks cannot end the quotation.
    fn quoted_note(&self) -> Option<String> {
        let note = self.description.as_deref()?.replace(['“', '”'], "'");
        let cut: String = note.chars().take(NOTE_CHARACTERS).collect();
        let more = if cut.len() < note.len() { "…" } else { "" };
        Some(format!("“{cut}{more}”"))
    }

    fn fact(&self, asked: &Asked) -> String {
        let run = &self.run;
        match asked {
            Asked::Metric(key) => {
                let value = run.metrics.get(&plain(key)).map_or("not logged".into(), |value| shown(value.0));
                format!("{} is {value}", plain(key))
            }
            Asked::Parameter(key) => {
                let value = run.parameters.get(&plain(key)).map_or("not logged", |value| value.0.as_str());
                format!("{} is {value}", plain(key))
            }
            Asked::Tag(key) => {
                let value = self.tags.get(&plain(key)).map_or("not set", String::as_str);
                format!("{} is {value}", plain(key))
            }
            Asked::Status => format!("the status is {}", run.status),
            Asked::Duration => match run.duration_seconds {
                Some(seconds) => format!("it took {} ({seconds} s)", shown_duration(seconds)),
                None => "it has not ended".to_owned(),
            },
            Asked::Start => format!("it started at {}", run.created_at.as_deref().unwrap_or("an unknown time")),
            Asked::Note => self.quoted_note().map_or("it has no note".to_owned(), |note| format!("its note says {note}")),
            Asked::RunId => format!("its run id is {}", run.run_id),
            Asked::User => format!("it was started by {}", run.user.as_deref().unwrap_or("somebody who left no name")),
        }
    }
}
