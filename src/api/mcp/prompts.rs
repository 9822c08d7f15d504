//! Prompts for the analyses that people ask for most.

use rmcp::model::{
    CacheScope, ErrorData, GetPromptRequestParams, GetPromptResponse, GetPromptResult, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, Role,
};
use serde_json::Value;

use super::FILES_KEPT;
use crate::tools::view::plain;

/// A prompt: its text has each argument as `{name}`.
struct Analysis {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [(&'static str, &'static str, bool)],
    text: &'static str,
}

const EXPERIMENT: (&str, &str, bool) = ("experiment", "The experiment: id, name or a part of it", true);
const METRIC: (&str, &str, bool) = ("metric", "The metric; left out, the experiment's primary metric", false);

const ANALYSES: [Analysis; 5] = [
    Analysis {
        name: "experiment_report",
        title: "Report on an experiment",
        description: "What was tried in an experiment, what came out best, and what mattered.",
        arguments: &[EXPERIMENT],
        text: "Write a short report on the experiment {experiment}: what it is about and how many runs of which status it has, the best run by its primary metric with its parameters, how the best three differ, and which parameters go with the metric. Say what the data cannot tell.",
    },
    Analysis {
        name: "best_run",
        title: "Find the best run",
        description: "The best run of an experiment by a metric, and what sets it apart.",
        arguments: &[EXPERIMENT, METRIC],
        text: "Which run of {experiment} is the best by {metric}? Compare it with the runner-up and say which parameters differ.",
    },
    Analysis {
        name: "compare_last_runs",
        title: "Compare the last runs",
        description: "The last runs of an experiment side by side.",
        arguments: &[EXPERIMENT, ("count", "How many runs; 3 unless given", false)],
        text: "Compare the last {count} runs of {experiment}: a table of their main metrics and of the parameters that differ, and in two sentences what the changes did.",
    },
    Analysis {
        name: "training_curves",
        title: "Look at training curves",
        description: "Whether a run has converged, overfits or diverges.",
        arguments: &[
            ("run", "The run: id, name or number", true),
            ("experiment", "Its experiment; left out, the one that has the run", false),
        ],
        text: "Plot the training and validation curves of run {run} in {experiment}. Has it converged, does it overfit, does anything look wrong? Name the steps where the curves turn.",
    },
    Analysis {
        name: "what_matters",
        title: "Find out what matters",
        description: "Which parameters go with a metric over all runs of an experiment.",
        arguments: &[EXPERIMENT, METRIC],
        text: "Which parameters of {experiment} go with {metric}, how strongly, over how many runs, and how sure is that? Suggest what to try next, and say that correlation is not cause.",
    },
];

/// What stands in the text for an argument that was left out.
fn default_of(argument: &str) -> &'static str {
    match argument {
        "metric" => "its primary metric",
        "count" => "3",
        _ => "the experiment that has it",
    }
}

/// All prompts.
pub(super) fn list() -> ListPromptsResult {
    let prompts = ANALYSES.iter().map(|analysis| {
        let arguments = analysis
            .arguments
            .iter()
            .map(|(name, description, is_required)| PromptArgument::new(*name).with_description(*description).with_required(*is_required));
        Prompt::new(analysis.name, Some(analysis.description), Some(arguments.collect())).with_title(analysis.title)
    });
    #[cfg(feature = "conformance")]
    let prompts = prompts.chain(super::fixtures::prompts());
    ListPromptsResult::with_all_items(prompts.collect()).with_ttl_ms(FILES_KEPT).with_cache_scope(CacheScope::Public)
}

/// One of them, filled in.
pub(super) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResponse, ErrorData> {
    let Some(analysis) = ANALYSES.iter().find(|analysis| analysis.name == request.name) else {
        let known: Vec<&str> = ANALYSES.iter().map(|analysis| analysis.name).collect();
        return Err(ErrorData::invalid_params(
            format!("there is no prompt `{}`; there are `{}`", plain(&request.name), known.join("`, `")),
            None,
        ));
    };
    let mut text = analysis.text.to_owned();
    for (name, _, is_required) in analysis.arguments {
        let given = request.arguments.as_ref().and_then(|arguments| arguments.get(*name)).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let value = match given.filter(|given| !given.trim().is_empty()) {
            // A name, and no more than a name.
            Some(given) => format!("`{}`", plain(given.trim()).replace('`', "'")),
            None if *is_required => {
                return Err(ErrorData::invalid_params(format!("the prompt `{}` needs the argument `{name}`", analysis.name), None));
            }
            None => default_of(name).to_owned(),
        };
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(analysis.description).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, arguments: Value, expected: Result<&str, &str>) {
        let request = serde_json::from_value(json!({ "name": name, "arguments": arguments })).unwrap();
        match (get(&request), expected) {
            (Ok(found), Ok(part)) => assert!(format!("{found:?}").contains(part), "{found:?}"),
            (Err(fault), Err(part)) => assert!(fault.message.contains(part), "{fault:?}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn prompts_are_filled_in() {
        check("best_run", json!({ "experiment": "churn" }), Ok("Which run of `churn` is the best by its primary metric?"));
        check("compare_last_runs", json!({ "experiment": "churn", "count": "5" }), Ok("the last `5` runs"));
        check("best_run", json!({}), Err("needs the argument `experiment`"));
        check("worst_run", json!({}), Err("`what_matters`"));
    }

    #[test]
    fn every_argument_stands_in_its_text() {
        for analysis in &ANALYSES {
            for (name, ..) in analysis.arguments {
                assert!(analysis.text.contains(&format!("{{{name}}}")), "{} {name}", analysis.name);
            }
        }
    }
}
