//! A conversation in the form in which it is kept between turns: JSON of a bounded size, in which tools stand by their names.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Choice, Conversation};
use crate::tools;
use crate::tools::view::{ResolvedExperiment, ResolvedRun};

/// How many bytes of earlier results are kept; of more, the oldest are forgotten. A number from them is then one that no result shows.
const EVIDENCE_BYTES: usize = 512 * 1024;

/// How many questions and answers are kept, and how many bytes of each. A model is shown fewer.
const TURNS_KEPT: usize = 16;
const WORDS_BYTES: usize = 8 * 1024;

/// A conversation as it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    experiment: Option<ResolvedExperiment>,
    runs: Vec<ResolvedRun>,
    recent: Vec<ResolvedRun>,
    listed: Vec<ResolvedRun>,
    standing: Vec<ResolvedRun>,
    visited: Vec<String>,
    experiments: Vec<String>,
    metrics: Vec<String>,
    last_call: Option<(String, Map<String, Value>)>,
    choice: Option<KeptChoice>,
    turns: Vec<(String, String)>,
    evidence: Vec<(String, Value)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptChoice {
    tool: String,
    arguments: Map<String, Value>,
    given: String,
    candidates: Vec<String>,
}

impl Conversation {
    /// The conversation as JSON.
    #[must_use]
    pub fn to_kept(&self) -> String {
        let first = self.turns.len().saturating_sub(TURNS_KEPT);
        let kept = Kept {
            experiment: self.experiment.clone(),
            runs: self.runs.clone(),
            recent: self.recent.clone(),
            listed: self.listed.clone(),
            standing: self.standing.clone(),
            visited: self.visited.clone(),
            experiments: self.experiments.clone(),
            metrics: self.metrics.clone(),
            last_call: self.last_call.clone().map(|(tool, arguments)| (tool.to_owned(), arguments)),
            choice: self.choice.clone().map(|choice| KeptChoice {
                tool: choice.tool.to_owned(),
                arguments: choice.arguments,
                given: choice.given,
                candidates: choice.candidates,
            }),
            turns: self.turns.iter().skip(first).map(|(question, answer)| (head(question).to_owned(), head(answer).to_owned())).collect(),
            evidence: newest_evidence(&self.evidence),
        };
        // Maps with text for keys and finite numbers do not fail.
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The conversation that was kept. What a later version kept otherwise is forgotten, and so are calls of tools that there are no more.
    #[must_use]
    pub fn from_kept(text: &str) -> Self {
        let kept: Kept = serde_json::from_str(text).unwrap_or_default();
        let known = |name: &str| tools::named(name).map(|tool| tool.name);
        Self {
            experiment: kept.experiment,
            runs: kept.runs,
            recent: kept.recent,
            listed: kept.listed,
            standing: kept.standing,
            visited: kept.visited,
            experiments: kept.experiments,
            metrics: kept.metrics,
            last_call: kept.last_call.and_then(|(tool, arguments)| Some((known(&tool)?, arguments))),
            choice: kept.choice.and_then(|choice| {
                let KeptChoice { tool, arguments, given, candidates } = choice;
                Some(Choice { tool: known(&tool)?, arguments, given, candidates })
            }),
            turns: kept.turns,
            evidence: kept.evidence.into_iter().filter_map(|(tool, result)| Some((known(&tool)?, result))).collect(),
        }
    }
}

fn newest_evidence(evidence: &[(&'static str, Value)]) -> Vec<(String, Value)> {
    let mut bytes = 0;
    let mut kept: Vec<(String, Value)> = Vec::new();
    for (tool, result) in evidence.iter().rev() {
        bytes += result.to_string().len();
        if bytes > EVIDENCE_BYTES {
            break;
        }
        kept.push(((*tool).to_owned(), result.clone()));
    }
    kept.reverse();
    kept
}

/// What is kept of words that were said.
pub(in crate::agent) fn head(words: &str) -> &str {
    let mut end = words.len().min(WORDS_BYTES);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn conversation() -> Conversation {
        let run = ResolvedRun { run_id: "a".to_owned(), run_name: "run-017".to_owned() };
        let arguments = Map::from_iter([("metric".to_owned(), json!("f1_score"))]);
        Conversation {
            experiment: Some(ResolvedExperiment { id: "1".to_owned(), name: "churn".to_owned(), why: None, others: Vec::new() }),
            runs: vec![run.clone()],
            recent: vec![run.clone()],
            listed: vec![run.clone()],
            standing: vec![run],
            visited: vec!["churn".to_owned()],
            experiments: vec!["churn".to_owned()],
            metrics: vec!["f1_score".to_owned()],
            last_call: Some(("best_run", arguments.clone())),
            choice: Some(Choice { tool: "get_run", arguments, given: "run 1".to_owned(), candidates: vec!["run-01".to_owned()] }),
            turns: vec![("which is best?".to_owned(), "run-017".to_owned())],
            evidence: vec![("best_run", json!({"value": 0.912}))],
        }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let conversation = conversation();
        assert_eq!(Conversation::from_kept(&conversation.to_kept()), conversation);
    }

    #[test]
    fn the_newest_results_are_kept_up_to_a_bound() {
        let mut conversation = conversation();
        conversation.evidence = (0..9).map(|index| ("list_runs", json!({"index": index, "text": "x".repeat(100_000)}))).collect();
        conversation.turns = vec![("q".to_owned(), "é".repeat(100_000)); 99];
        let kept = conversation.to_kept();
        assert!(kept.len() < EVIDENCE_BYTES + TURNS_KEPT * (WORDS_BYTES + 100) + 4_096, "{}", kept.len());
        let found: Vec<Value> = Conversation::from_kept(&kept).evidence.iter().map(|(_, result)| result["index"].clone()).collect();
        assert_eq!(found, [4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_is_not_understood_is_forgotten() {
        assert_eq!(Conversation::from_kept("no json"), Conversation::default());
        let kept = conversation().to_kept().replace("best_run", "divine_run");
        let found = Conversation::from_kept(&kept);
        assert_eq!((found.last_call, found.evidence.len(), found.runs.len()), (None, 0, 1));
    }
}
