//! A configuration of promptfoo, which asks a model once with our tools and looks at what it calls.
//!
//! Its assertions compare names of calls and words of answers; arguments, results and stores are beyond them. So exported are cases of one
//! turn that expect calls, or that expect none and need no store to be answered; what is called by whom with which arguments stands in the
//! metadata.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::evals::case::{Case, ExpectedCall, Outcome};
use crate::evals::matcher::Bindings;
use crate::tools;

/// The configuration file, `promptfooconfig.json`; the model is the reader's to choose.
#[must_use]
pub fn config() -> Value {
    json!({
        "description": "Trialogue's cases: which tools a model calls, asked once",
        "prompts": ["{{question}}"],
        "providers": [{"id": "openai:chat:gpt-4.1-mini", "config": {"temperature": 0, "tools": "file://tools.json"}}],
        "tests": "file://tests.json",
    })
}

/// The tools, as OpenAI's chat completions take them: `tools.json`.
#[must_use]
pub fn tools() -> Value {
    let one = |tool: &tools::ToolDef| json!({"type": "function", "function": {"name": tool.name, "description": tool.description(), "parameters": tool.input_schema()}});
    tools::ALL.iter().map(one).collect()
}

/// The case as an entry of `tests.json`, if promptfoo's assertions can say it.
#[must_use]
pub fn test(case: &Case) -> Option<Value> {
    let [turn] = case.turns.as_slice() else { return None };
    let expect = &turn.expect;
    if !expect.alternatives.is_empty() {
        return None;
    }
    let assertions = match expect.outcome {
        Outcome::Act if !expect.calls.is_empty() => {
            // The names, each once: promptfoo compares sets of them.
            let names: BTreeSet<&str> = expect.calls.iter().map(|call| call.tool.as_str()).collect();
            vec![json!({"type": "tool-call-f1", "value": names})]
        }
        Outcome::Refuse | Outcome::AnswerOnly if expect.calls.is_empty() => {
            let mut assertions = vec![json!({"type": "javascript", "value": CALLS_NOTHING})];
            assertions.extend(expect.answer.mentions.iter().map(|mention| json!({"type": "icontains-any", "value": mention.words()})));
            assertions.extend(expect.answer.not_mentions.iter().map(|letters| json!({"type": "not-icontains", "value": letters})));
            assertions
        }
        Outcome::Act | Outcome::Clarify | Outcome::Refuse | Outcome::AnswerOnly => return None,
    };
    Some(json!({
        "description": case.id,
        "vars": {"question": literally(&turn.user)},
        "metadata": {
            "id": case.id, "suite": case.suite, "family": case.family, "split": case.split(), "fixture": case.fixture,
            "calls": expect.calls.iter().map(example).collect::<Vec<Value>>(),
        },
        "assert": assertions,
    }))
}

/// A model's output is a list of calls, a message with some, or text.
const CALLS_NOTHING: &str = "!Array.isArray(output) && !(output && output.tool_calls && output.tool_calls.length)";

/// Words that promptfoo, which reads them as a template, leaves as they are.
fn literally(words: &str) -> String {
    if ["{{", "{%", "{#"].iter().any(|mark| words.contains(mark)) { format!("{{% raw %}}{words}{{% endraw %}}") } else { words.to_owned() }
}

/// A call that is as expected.
fn example(call: &ExpectedCall) -> Value {
    let arguments: Map<String, Value> =
        call.args.iter().filter_map(|(name, matcher)| Some((name.clone(), matcher.example(None, &Nothing)?))).collect();
    json!({"name": call.tool, "arguments": arguments})
}

/// Before the first turn there is nothing to refer to.
struct Nothing;

impl Bindings for Nothing {
    fn value_of(&self, _: &str) -> Option<Value> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: &str, expect: Value) -> Option<Value> {
        let case = json!({"id": "a.01", "family": "a", "fixture": "churn", "turns": [{"user": user, "expect": expect}]});
        test(&serde_json::from_value(case).unwrap())
    }

    #[test]
    fn calls_are_asserted_by_name_and_their_absence_with_the_words() {
        let call = || json!({"tool": "best_run", "args": {"metric": {"any_of": ["f1", "F1"]}, "direction": {"default": "best"}}});
        let made = of("best {{f1}}?", json!({"calls": [call(), call()]})).unwrap();
        assert_eq!(made["assert"], json!([{"type": "tool-call-f1", "value": ["best_run"]}]));
        assert_eq!(made["vars"]["question"], "{% raw %}best {{f1}}?{% endraw %}");
        assert_eq!(made["metadata"]["calls"][0], json!({"name": "best_run", "arguments": {"metric": "f1"}}));
        let answer = json!({"mentions": ["cannot"], "not_mentions": ["done"]});
        let made = of("delete all", json!({"outcome": "refuse", "answer": answer})).unwrap();
        let types: Vec<&Value> = made["assert"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
        assert_eq!(types, ["javascript", "icontains-any", "not-icontains"]);
    }

    #[test]
    fn what_the_assertions_cannot_say_is_left_out() {
        assert!(of("which?", json!({"outcome": "clarify"})).is_none());
        let call = json!({"tool": "best_run"});
        assert!(of("x", json!({"calls": [call.clone()], "alternatives": [[call]]})).is_none());
    }
}
