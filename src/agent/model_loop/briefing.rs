//! What the model is told before it is asked: who it is, what the store holds, how people ask, and what it can call.
//!
//! All of it together has at most 4,000 tokens by the estimate, whatever the store holds; a test measures that.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::domain::experiment::{Experiment, View};
use crate::llm::{Function, Message, estimate};
use crate::prompts::{Prompts, SystemContext};
use crate::store::{Count, RunQuery};
use crate::tools::view::{counted, plain, shown_instant};
use crate::tools::{ALL, Context, ToolDef, resolve};

/// How many earlier questions the model is shown at most.
const TURNS_SHOWN: usize = 8;

/// How many tokens the list of what the store holds may have.
const OVERVIEW_TOKENS: u64 = 600;

/// How many experiments are told of, and of how many of them, which metrics they have.
const EXPERIMENTS_TOLD: usize = 30;
const WITH_METRICS: usize = 8;

/// How many metrics of an experiment are told, and of how many of its newest runs.
const METRICS_TOLD: usize = 8;
const RUNS_READ: usize = 3;

/// How many characters of a name are told.
const NAME_CHARACTERS: usize = 60;

/// How long the store may take to tell which metrics there are; the functions find them without.
const METRICS_PATIENCE: Duration = Duration::from_secs(2);

/// How many of a tool's phrases are examples.
const PHRASES_TOLD: usize = 3;

/// What stands in the slots of phrases.
const SLOTS: [(&str, &str); 10] = [
    ("{experiment}", "churn"),
    ("{metric}", "F1"),
    ("{parameter}", "learning rate"),
    ("{runs}", "last 3"),
    ("{run}", "run 17"),
    ("{direction}", "highest"),
    ("{top}", "best 3"),
    ("{condition}", "xgboost"),
    ("{tag}", "team=risk"),
    ("{file}", "confusion_matrix.csv"),
];

/// The tools as functions.
pub(super) fn functions() -> Vec<Function> {
    let function = |tool: &ToolDef| Function {
        name: tool.name.to_owned(),
        description: tool.description().to_owned(),
        parameters: tool.brief_input_schema(),
    };
    ALL.iter().map(function).collect()
}

/// The messages with which a turn begins: the instructions, the last turns, the question.
pub(super) async fn messages(utterance: &str, prompts: &Prompts, context: &Context, conversation: &Conversation) -> Vec<Message> {
    let experiments = overview(context).await;
    let examples = examples();
    let today = shown_instant(context.now);
    let system = SystemContext {
        today: today.get(..10).unwrap_or(&today),
        store: "an MLflow tracking store",
        experiments: &experiments,
        examples: &examples,
    };
    let mut messages = vec![Message::System { text: prompts.system(&system) }];
    let first = conversation.turns.len().saturating_sub(TURNS_SHOWN);
    for (question, answered) in conversation.turns.iter().skip(first) {
        messages.push(Message::User { text: question.clone() });
        messages.push(Message::Assistant { text: answered.clone(), calls: Vec::new() });
    }
    messages.push(Message::User { text: utterance.to_owned() });
    messages
}

/// Phrases of each tool: its first, its last, and one between.
fn examples() -> String {
    let mut lines = Vec::new();
    for tool in &ALL {
        let last = tool.phrases.len().saturating_sub(1);
        let mut places: Vec<usize> = (0..PHRASES_TOLD).map(|part| part * last / (PHRASES_TOLD - 1)).collect();
        places.dedup();
        let phrases = places.into_iter().filter_map(|place| tool.phrases.get(place));
        let told: Vec<String> = phrases.map(|phrase| format!("“{}”", filled(phrase))).collect();
        lines.push(format!("- {}: {}", tool.name, told.join(", ")));
    }
    lines.join("\n")
}

fn filled(phrase: &str) -> String {
    // Where there are two, they are two.
    let phrase = phrase.replacen("{run}", "run 16", 1);
    SLOTS.iter().fold(phrase, |phrase, (slot, words)| phrase.replace(slot, words))
}

/// The experiments, newest first, with metrics of some: a line each, names as JSON strings, so that no name is a line of ours.
async fn overview(context: &Context) -> String {
    let Ok(all) = resolve::experiments(context, View::ActiveOnly).await else { return "(the store could not be read)".to_owned() };
    if all.is_empty() {
        return "(there are no experiments)".to_owned();
    }
    let first: Vec<&Experiment> = all.iter().take(WITH_METRICS).collect();
    let metrics = join_all(first.into_iter().map(|experiment| metrics(context, experiment)));
    let metrics = tokio::time::timeout(METRICS_PATIENCE, metrics).await.unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    let mut tokens = 0;
    for (index, experiment) in all.iter().take(EXPERIMENTS_TOLD).enumerate() {
        let line = match metrics.get(index).filter(|metrics| !metrics.is_empty()) {
            Some(metrics) => format!("- {}: {}", quoted(&experiment.name), metrics.join(", ")),
            None => format!("- {}", quoted(&experiment.name)),
        };
        tokens += estimate::of_text(&line);
        if tokens > OVERVIEW_TOKENS {
            break;
        }
        lines.push(line);
    }
    let more = all.len() - lines.len();
    if more > 0 {
        lines.push(format!("- and {} more", counted(more as u64, "experiment")));
    }
    lines.join("\n")
}

/// Metrics of the newest runs of an experiment; none where the store fails: this is a hint.
async fn metrics(context: &Context, experiment: &Experiment) -> Vec<String> {
    let query =
        RunQuery { experiment_ids: vec![experiment.id.clone()], max_results: RUNS_READ, count: Count::Nothing, ..RunQuery::default() };
    let Ok(page) = context.store.runs(&query).await else { return Vec::new() };
    let mut keys: Vec<&str> = page.items.iter().flat_map(|run| run.metrics.iter().map(|metric| metric.key.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().take(METRICS_TOLD).map(quoted).collect()
}

fn quoted(name: &str) -> String {
    let name = plain(name);
    let mut short: String = name.chars().take(NAME_CHARACTERS).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    Value::String(short).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_have_no_slots_and_all_tools() {
        let examples = examples();
        assert!(!examples.contains('{'), "{examples}");
        assert_eq!(examples.lines().count(), ALL.len());
        assert!(examples.contains("- best_run: “which run had the highest F1”, “"), "{examples}");
    }

    #[test]
    fn a_name_is_data_in_its_quotes() {
        assert_eq!(quoted("a\"\n- b"), "\"a\\\"- b\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }
}
