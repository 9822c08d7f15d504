//! Samples of Inspect (`inspect_ai`), as its `json_dataset` reads them: every case is one.
//!
//! A sample's target is text, so the expected calls stand there as JSON, a list a turn, with our matchers; who scores them finds all else
//! that must come of the turns in the metadata.

use serde_json::{Value, json};

use crate::evals::case::{Case, ExpectedCall};

/// The case as a sample: `id`, `input`, `target`, `metadata`.
#[must_use]
pub fn sample(case: &Case) -> Value {
    let input = match case.turns.as_slice() {
        [turn] => json!(turn.user),
        turns => turns.iter().map(|turn| json!({"role": "user", "content": turn.user})).collect(),
    };
    let calls: Vec<&Vec<ExpectedCall>> = case.turns.iter().map(|turn| &turn.expect.calls).collect();
    let expects: Vec<Value> = case.turns.iter().map(|turn| json!(turn.expect)).collect();
    json!({
        "id": case.id,
        "input": input,
        "target": json!(calls).to_string(),
        "metadata": {
            "suite": case.suite, "family": case.family, "split": case.split(), "tags": case.tags,
            "fixture": case.fixture, "store": case.store, "budget": case.budget, "expects": expects,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_what_its_case_says() {
        let case: Case = serde_json::from_value(json!({
            "id": "a.01", "suite": "s", "family": "a", "fixture": "churn",
            "turns": [
                {"user": "best f1?", "expect": {"calls": [{"tool": "best_run", "args": {"metric": {"any_of": ["f1", "F1"]}}}]}},
                {"user": "thanks", "expect": {"outcome": "answer_only"}},
            ],
        }))
        .unwrap();
        let made = sample(&case);
        assert_eq!((&made["id"], &made["input"][1]), (&json!("a.01"), &json!({"role": "user", "content": "thanks"})));
        assert_eq!(made["target"], r#"[[{"tool":"best_run","args":{"metric":{"any_of":["f1","F1"]}}}],[]]"#);
        assert_eq!(made["metadata"]["expects"][1]["outcome"], "answer_only");
        let single = Case { turns: case.turns[..1].to_vec(), ..case };
        assert_eq!(sample(&single)["input"], "best f1?");
    }
}
