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
    /// The runs of the last comparison or ranking, the better first.
    pub standing: Vec<ResolvedRun>,
    /// The names of the experiments that were answered from, the latest last.
    pub visited: Vec<String>,
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

/// How many experiments that were spoken of are remembered.
const VISITED_KEPT: usize = 6;

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
            self.standing.clear();
            self.choice = None;
        }
        self.visited.retain(|known| *known != experiment.name);
        self.visited.push(experiment.name.clone());
        let excess = self.visited.len().saturating_sub(VISITED_KEPT);
        self.visited.drain(..excess);
        self.experiment = Some(experiment);
    }

    /// Speaks of all of these runs, which were told one by one: `them` are all, and not the last of them.
    pub fn speak_of(&mut self, runs: Vec<ResolvedRun>) {
        self.runs = runs;
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
        // Of a list of none or one, `the last one` is none of the list before.
        let is_list = tool == "list_runs";
        if is_list || !resolved.runs.is_empty() {
            self.runs.clone_from(&resolved.runs);
            if let [only] = resolved.runs.as_slice() {
                self.recent.retain(|run| run.run_id != only.run_id);
                self.recent.push(only.clone());
            }
            let listed = ranking(&outcome.result).unwrap_or_else(|| resolved.runs.clone());
            if matches!(tool, "best_run" | "compare_runs" | "list_runs") {
                self.standing = standing(&outcome.result, &listed);
            }
            if is_list || listed.len() > 1 {
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

/// The runs of a comparison or ranking, the better first; none where nothing tells which of them is best.
fn standing(result: &Value, listed: &[ResolvedRun]) -> Vec<ResolvedRun> {
    let Some(best) = result.pointer("/comparison/best_run").and_then(Value::as_str) else {
        return if result.get("ranking").is_some() { listed.to_vec() } else { Vec::new() };
    };
    let distance = |place: usize| {
        let value = result.pointer(&format!("/metrics/0/difference_to_best/{place}")).and_then(Value::as_f64);
        value.map_or(f64::INFINITY, f64::abs)
    };
    let mut placed: Vec<(usize, &ResolvedRun)> = listed.iter().enumerate().collect();
    placed.sort_by(|(left, one), (right, other)| {
        (one.run_id != best).cmp(&(other.run_id != best)).then(distance(*left).total_cmp(&distance(*right)))
    });
    placed.into_iter().map(|(_, run)| run.clone()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_came_out_ahead_stands_first() {
        let run = |name: &str| ResolvedRun { run_id: name.to_owned(), run_name: name.to_owned() };
        let listed = [run("a"), run("b"), run("c")];
        let names = |result: &Value| standing(result, &listed).into_iter().map(|run| run.run_name).collect::<Vec<String>>();
        let compared = json!({"comparison": {"best_run": "b"}, "metrics": [{"difference_to_best": [-0.2, 0.0, -0.1]}]});
        assert_eq!(names(&compared), ["b", "c", "a"]);
        assert_eq!(names(&json!({"ranking": []})), ["a", "b", "c"]);
        assert!(names(&json!({"comparison": {"best_run": null}, "metrics": []})).is_empty());
    }

    #[test]
    fn experiments_that_were_spoken_of_are_remembered_once() {
        let named = |name: &str| ResolvedExperiment { id: name.to_owned(), name: name.to_owned(), why: None, others: Vec::new() };
        let mut conversation = Conversation::default();
        for name in ["churn", "fraud", "churn"] {
            conversation.turn_to(named(name));
        }
        assert_eq!(conversation.visited, ["fraud", "churn"]);
    }
}
