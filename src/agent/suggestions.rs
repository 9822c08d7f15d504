//! What could be asked next: phrases of the tools, filled with names that the store has.
//!
//! Deterministic and without a look at the store: the names are those of the conversation. A phrase whose slots have no name is left
//! out, so a suggestion is never about what is not there.

use serde_json::Value;

use super::conversation::Conversation;
use crate::domain::metric::{Direction, primary_metric};
use crate::tools;

/// How many are made.
const SUGGESTIONS: usize = 3;

/// The longest name that is put into a question; a longer one would bury it.
const NAME_CHARACTERS: usize = 48;

/// A phrase of a tool.
type Phrase = (&'static str, &'static str);

const EVERYTHING: Phrase = ("list_experiments", "show me all experiments");
const WHAT_IS_LOGGED: Phrase = ("describe_experiment", "what is logged in {experiment}");
const RUNS: Phrase = ("list_runs", "show all runs of {experiment}");
const BEST: Phrase = ("best_run", "which run had the {direction} {metric}");
const LAST: Phrase = ("compare_runs", "compare the {runs} runs of {experiment}");
const BEST_FEW: Phrase = ("compare_runs", "compare the {top} runs by {metric}");
const PAIR: Phrase = ("compare_runs", "compare {run} and {run}");
const CURVE: Phrase = ("metric_history", "plot the {curve} curve for {run}");
const CURVES_OF_BEST: Phrase = ("metric_history", "plot {curve} for the {top} runs");
const DETAILS: Phrase = ("get_run", "show run {run}");
const LENGTH: Phrase = ("get_run", "how long did {run} take");
const IMPACT: Phrase = ("parameter_impact", "which parameters matter most for {metric}");
const EFFECT: Phrase = ("parameter_impact", "how does {parameter} affect {metric}");
const FILES: Phrase = ("list_artifacts", "which files did {run} log");
const CREATION: Phrase = ("create_experiment", "create an experiment called churn");
const FILE: Phrase = ("read_artifact", "show {file} of {run}");

/// What people ask after an answer of a tool, the likeliest first.
fn after(tool: Option<&str>) -> &'static [Phrase] {
    match tool {
        Some("list_experiments" | "create_experiment") => &[WHAT_IS_LOGGED, BEST, LAST, RUNS],
        Some("describe_experiment") => &[BEST, LAST, IMPACT, RUNS],
        Some("list_runs") => &[BEST, LAST, IMPACT],
        Some("get_run") => &[CURVE, FILES, PAIR, BEST],
        Some("best_run") => &[CURVE, BEST_FEW, IMPACT],
        Some("compare_runs") => &[CURVE, IMPACT, BEST, DETAILS],
        Some("metric_history") => &[DETAILS, CURVES_OF_BEST, BEST_FEW, LENGTH],
        Some("parameter_impact") => &[EFFECT, BEST_FEW, BEST],
        Some("list_artifacts") => &[FILE, DETAILS, CURVE],
        Some("read_artifact") => &[FILES, DETAILS, CURVE],
        // Nothing was answered yet, or nothing is known of what did.
        Some(_) | None => &[EVERYTHING, BEST, LAST, CURVE],
    }
}

/// The names that slots are filled with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// An experiment.
    pub experiment: Option<String>,
    /// Runs, the one in question first.
    pub runs: Vec<String>,
    /// A metric to rank by.
    pub metric: Option<String>,
    /// A metric with a history worth a look.
    pub curve: Option<String>,
    /// A parameter.
    pub parameter: Option<String>,
    /// A file of the run.
    pub file: Option<String>,
}

/// What could be asked after the last turn of `conversation`.
#[must_use]
pub fn next(conversation: &Conversation) -> Vec<String> {
    let last = conversation.last_call.as_ref();
    let asked: Vec<String> = conversation.turns.iter().map(|(question, _)| bare(question)).collect();
    let phrases = after(last.map(|(tool, _)| *tool)).iter();
    let made = phrases.filter_map(|phrase| filled(*phrase, &Names::of(conversation)));
    made.filter(|words| !asked.contains(&bare(words))).take(SUGGESTIONS).collect()
}

/// What could be asked first, of a store with these names.
#[must_use]
pub fn first(names: &Names, about: About) -> Vec<String> {
    let phrases = match about {
        About::Store => [EVERYTHING, BEST, LAST, CURVE],
        About::Experiment => [WHAT_IS_LOGGED, BEST, LAST, CURVE],
    };
    phrases.into_iter().filter_map(|phrase| filled(phrase, names)).collect()
}

/// What could be asked first of a store that has nothing.
#[must_use]
pub fn first_of_all() -> Vec<String> {
    filled(CREATION, &Names::default()).into_iter().collect()
}

/// What a first question may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// All that is in the store.
    Store,
    /// The experiment that was chosen.
    Experiment,
}

impl Names {
    fn of(conversation: &Conversation) -> Self {
        let result = conversation.evidence.last().map_or(&Value::Null, |(_, result)| result);
        let named = |key: &str| result.get(key).and_then(Value::as_str).map(str::to_owned);
        let listed = conversation.listed.iter().filter(|run| !conversation.runs.contains(run));
        let metrics = metrics_of(result);
        Self {
            experiment: conversation
                .experiment
                .as_ref()
                .map(|known| known.name.clone())
                .or_else(|| conversation.experiments.first().cloned()),
            runs: conversation.runs.iter().chain(listed).map(|run| run.run_name.clone()).collect(),
            metric: (conversation.metrics.first().cloned())
                .or_else(|| named("primary_metric"))
                .or_else(|| first_best(result))
                .or_else(|| primary_among(&metrics)),
            curve: curve_among(&metrics).or_else(|| curve_among(&conversation.metrics)),
            parameter: first_of(result, "parameters", "parameter"),
            file: first_of(result, "artifacts", "path").filter(|path| path.contains('.')),
        }
    }
}

/// The metric among `keys` whose history tells most: a loss, where there is one.
#[must_use]
pub fn curve_among(keys: &[String]) -> Option<String> {
    keys.iter().find(|key| key.to_lowercase().contains("loss")).cloned()
}

fn primary_among(keys: &[String]) -> Option<String> {
    primary_metric(keys.iter().map(|key| (key.as_str(), 1)), &[]).map(str::to_owned)
}

/// The keys of metrics that stand in a result: of a run, of the best run, of the runs of a list, of an experiment.
fn metrics_of(result: &Value) -> Vec<String> {
    let runs = result.get("runs").and_then(Value::as_array).into_iter().flatten();
    let places = [Some(result), result.get("run"), result.get("best")].into_iter().flatten().chain(runs);
    let mut keys: Vec<String> = Vec::new();
    for metrics in places.filter_map(|place| place.get("metrics")) {
        match metrics {
            Value::Object(by_key) => keys.extend(by_key.keys().cloned()),
            Value::Array(items) => keys.extend(items.iter().filter_map(|item| item.get("metric")?.as_str()).map(str::to_owned)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    keys
}

/// The metric by which the first experiment of a list is told.
fn first_best(result: &Value) -> Option<String> {
    let first = result.get("experiments")?.as_array()?.first()?;
    first.get("best_metric")?.as_object()?.keys().next().cloned()
}

fn first_of(result: &Value, list: &str, key: &str) -> Option<String> {
    result.get(list)?.as_array()?.first()?.get(key)?.as_str().map(str::to_owned)
}

/// A phrase of the catalogue with names in its slots, as a person would write it.
fn filled((tool, phrase): Phrase, names: &Names) -> Option<String> {
    tools::named(tool)?;
    let mut runs = names.runs.iter();
    let mut words = String::new();
    for part in phrase.split_inclusive(' ') {
        let slot = part.trim_end().strip_prefix('{').and_then(|slot| slot.strip_suffix('}'));
        match slot {
            None => words.push_str(part),
            Some(slot) => {
                let name = match slot {
                    "experiment" => names.experiment.clone(),
                    "metric" => names.metric.clone(),
                    "curve" => names.curve.clone(),
                    "parameter" => names.parameter.clone(),
                    "file" => names.file.clone(),
                    "run" => runs.next().cloned(),
                    "runs" => Some("last 3".to_owned()),
                    "top" => Some("best 3".to_owned()),
                    "direction" => names.metric.as_deref().map(superlative),
                    _ => None,
                };
                words.push_str(&name.filter(|name| is_speakable(name))?);
                words.push_str(&part[part.trim_end().len()..]);
            }
        }
    }
    Some(sentence(&words))
}

/// The word for the better end of a metric.
fn superlative(metric: &str) -> String {
    match Direction::of(metric, &[]).0 {
        Direction::HigherIsBetter => "highest".to_owned(),
        Direction::LowerIsBetter => "lowest".to_owned(),
    }
}

/// Whether a name can stand in a question without quotes.
fn is_speakable(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./@ ".contains(letter);
    !name.trim().is_empty() && name.chars().count() <= NAME_CHARACTERS && name.chars().all(is_plain)
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let mut sentence: String = letters.next().map(char::to_uppercase).into_iter().flatten().collect();
    sentence.push_str(letters.as_str());
    if ["which ", "what ", "how "].iter().any(|begin| words.starts_with(begin)) {
        sentence.push('?');
    }
    sentence
}

/// A question without what does not tell it from another.
fn bare(question: &str) -> String {
    question.trim().trim_end_matches(['?', '.', '!']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools::view::ResolvedRun;

    fn run(name: &str) -> ResolvedRun {
        ResolvedRun { run_id: "0".repeat(32), run_name: name.to_owned() }
    }

    #[test]
    fn every_phrase_is_one_of_its_tool() {
        let tools = tools::ALL.iter().map(|tool| Some(tool.name)).chain([None]);
        for (tool, phrase) in tools.flat_map(after).chain(&[CREATION]) {
            let as_written = phrase.replace("{curve}", "{metric}");
            assert!(tools::named(tool).unwrap().phrases.contains(&as_written.as_str()), "{tool}: {phrase}");
        }
    }

    #[test]
    fn every_tool_has_followers() {
        for tool in &tools::ALL {
            assert!(!std::ptr::eq(after(Some(tool.name)), after(None)), "{}", tool.name);
        }
    }

    #[test]
    fn what_is_asked_next_is_about_what_was_answered() {
        let result = json!({"best": {"metrics": {"f1_score": 0.9, "training_loss": 0.1}}});
        let conversation = Conversation {
            runs: vec![run("run-017")],
            metrics: vec!["f1_score".to_owned()],
            last_call: Some(("best_run", serde_json::Map::new())),
            evidence: vec![("best_run", result)],
            turns: vec![("which parameters matter most for f1_score".to_owned(), String::new())],
            ..Conversation::default()
        };
        assert_eq!(next(&conversation), ["Plot the training_loss curve for run-017", "Compare the best 3 runs by f1_score"]);
    }

    #[test]
    fn a_phrase_without_a_name_for_its_slot_is_left_out() {
        assert_eq!(next(&Conversation::default()), ["Show me all experiments"]);
        let hostile = Names { experiment: Some("a\" or <b>".to_owned()), metric: Some("x".repeat(60)), ..Names::default() };
        assert_eq!(first(&hostile, About::Experiment), Vec::<String>::new());
    }

    #[test]
    fn the_better_end_of_a_metric_is_asked_for() {
        let names = |metric: &str| Names { metric: Some(metric.to_owned()), ..Names::default() };
        assert_eq!(filled(BEST, &names("mape")).unwrap(), "Which run had the lowest mape?");
        assert_eq!(filled(BEST, &names("auc")).unwrap(), "Which run had the highest auc?");
    }
}
