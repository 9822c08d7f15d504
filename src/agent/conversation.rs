//! What a conversation is about: the last experiment, runs and metric, for "its accuracy" and "what about the second one".

pub mod kept;

use serde_json::{Map, Value};

use crate::domain::experiment::ExperimentId;
use crate::tools::Outcome;
use crate::tools::view::{ResolvedExperiment, ResolvedRun};

/// The state that one turn leaves to the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conversation {
    /// The experiment that was answered from last.
    pub experiment: Option<ResolvedExperiment>,
    /// The run or runs that the last answer was about.
    pub runs: Vec<ResolvedRun>,
    /// The runs that answers were about one at a time, the latest last.
    pub recent: Vec<ResolvedRun>,
    /// The runs of the last list, in its order.
    pub listed: Vec<ResolvedRun>,
    /// The names of the experiments of the last list of them, in its order.
    pub experiments: Vec<String>,
    /// The metrics that the last answer was about.
    pub metrics: Vec<String>,
    /// The last call that was answered.
    pub last_call: Option<(&'static str, Map<String, Value>)>,
    /// What the last question left open, if it named several things.
    pub choice: Option<Choice>,
    /// What was said so far, oldest first: question and answer.
    pub turns: Vec<(String, String)>,
    /// Results of earlier turns with their tools, oldest first: what an answer may repeat numbers from.
    pub evidence: Vec<(&'static str, Value)>,
}

/// A call whose reference several names fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The tool.
    pub tool: &'static str,
    /// The arguments of the call.
    pub arguments: Map<String, Value>,
    /// The reference.
    pub given: String,
    /// The names that fit.
    pub candidates: Vec<String>,
}

/// How many earlier results an answer may repeat numbers from.
const EVIDENCE_KEPT: usize = 12;

impl Conversation {
    /// The experiment in focus.
    #[must_use]
    pub fn focus(&self) -> Option<ExperimentId> {
        self.experiment.as_ref().map(|experiment| ExperimentId(experiment.id.clone()))
    }

    /// Turns to an experiment that the person chose: what was said of another's runs is not about its own.
    pub fn turn_to(&mut self, experiment: ResolvedExperiment) {
        if self.experiment.as_ref().map(|known| &known.id) != Some(&experiment.id) {
            self.runs.clear();
            self.recent.clear();
            self.listed.clear();
            self.choice = None;
        }
        self.experiment = Some(experiment);
    }

    /// Takes in an answered call.
    pub fn remember(&mut self, tool: &'static str, arguments: &Map<String, Value>, outcome: &Outcome) {
        let resolved = &outcome.resolved;
        self.choice = None;
        if let Some(listed) = outcome.result.get("experiments").and_then(Value::as_array) {
            self.experiments = listed.iter().filter_map(|one| one.get("name").and_then(Value::as_str)).map(str::to_owned).collect();
        }
        if let Some(experiment) = &resolved.experiment {
            self.turn_to(experiment.clone());
        }
        if !resolved.runs.is_empty() {
            self.runs.clone_from(&resolved.runs);
            if let [only] = resolved.runs.as_slice() {
                self.recent.retain(|run| run.run_id != only.run_id);
                self.recent.push(only.clone());
            }
            let listed = ranking(&outcome.result).unwrap_or_else(|| resolved.runs.clone());
            if listed.len() > 1 {
                self.listed = listed;
            }
        }
        if !resolved.metrics.is_empty() {
            self.metrics.clone_from(&resolved.metrics);
        }
        self.last_call = Some((tool, arguments.clone()));
        self.evidence.push((tool, outcome.result.clone()));
        let excess = self.evidence.len().saturating_sub(EVIDENCE_KEPT);
        self.evidence.drain(..excess);
    }
}

/// The runs of a ranking in a result, if it has one.
fn ranking(result: &Value) -> Option<Vec<ResolvedRun>> {
    let text = |run: &Value, key: &str| run.get(key).and_then(Value::as_str).map(str::to_owned);
    let ranking = result.get("ranking")?.as_array()?;
    ranking.iter().map(|run| Some(ResolvedRun { run_id: text(run, "run_id")?, run_name: text(run, "run_name")? })).collect()
}
