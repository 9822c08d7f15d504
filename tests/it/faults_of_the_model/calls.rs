//! Calls that are wrong, endless, or written as only one vendor writes them.

use serde_json::{Value, json};

use super::{Asked, Writer, best_run, right};
use crate::scripted_openai::{Turn, delta, finish};

/// A reply of calls as a vendor streams them.
fn streamed(deltas: Vec<Value>, reason: &str) -> Turn {
    let mut events: Vec<Value> = deltas.into_iter().map(delta).collect();
    events.push(finish(reason));
    Turn::events(&events)
}

/// One call whose arguments are this text.
fn call(name: &str, arguments: &Value) -> Turn {
    streamed(vec![json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": name, "arguments": arguments}}]})], "tool_calls")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_wrong_is_sent_back_once_and_then_given_up() {
    let asked = Asked::demo().await;
    let twice = |name: &str, arguments: Value| {
        let text = |more: &str| json!(arguments.as_str().map_or_else(|| arguments.to_string(), |text| format!("{text}{more}")));
        vec![call(name, &text("")), call(name, &text(" "))]
    };
    let typed = |limit: u32| Turn::calls(&[("best_run", json!({"metric": ["F1"], "experiment": limit}))]);
    let more = |value: u32| Turn::calls(&[("best_run", json!({"metric": "F1", "colour": value}))]);
    let cut = || {
        let half = json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "best_run", "arguments": "{\"metric\": \"F"}}]});
        streamed(vec![half], "length")
    };
    asked
        .play_all(vec![
            ("a tool that there is not, twice", twice("run_sql", json!({"q": "DROP TABLE runs"})), Writer::Interpreter),
            ("a tool that there is not, once", vec![call("find_best", &json!("{}")), best_run(), right()], Writer::Model),
            ("another such tool each time", vec![call("one", &json!("{}")), call("two", &json!("{}"))], Writer::Interpreter),
            ("arguments of a wrong type, twice", vec![typed(1), typed(2)], Writer::Interpreter),
            ("arguments of a wrong type, once", vec![typed(1), best_run(), right()], Writer::Model),
            ("arguments that there are not, twice", vec![more(1), more(2)], Writer::Interpreter),
            ("arguments that are no JSON, twice", twice("best_run", json!("metric=F1")), Writer::Interpreter),
            ("arguments that are a list, twice", twice("best_run", json!("[1]")), Writer::Interpreter),
            ("arguments that the limit cut off, twice", vec![cut(), cut()], Writer::Interpreter),
            ("a wrong call after a right one, twice", vec![best_run(), more(1), more(2), right()], Writer::Model),
        ])
        .await;
    // What was wrong is said, so that the model can mend it.
    asked.play("what is told", vec![typed(1), best_run(), right()], Writer::Model).await;
    let messages = asked.model.requests()[1].body["messages"].as_array().unwrap().clone();
    let told = messages.last().unwrap()["content"].as_str().unwrap();
    assert!(told.contains("invalid_arguments") && told.contains("metric"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_goes_round_in_circles_is_stopped() {
    let asked = Asked::demo().await;
    let others = |count: usize| (0..count).map(|limit| Turn::calls(&[("list_runs", json!({"experiment": "churn", "limit": limit + 1}))]));
    let endless: Vec<Turn> = std::iter::once(best_run()).chain(others(20)).collect();
    asked.play("calls without end", endless, Writer::Results).await;
    assert_eq!(asked.model.requests().len(), 9, "eight steps, and one to write the answer");
    let turn = asked.play("the same call again and again", (0..20).map(|_| best_run()).collect(), Writer::Results).await;
    assert_eq!((asked.model.requests().len(), turn["calls"].as_array().unwrap().len()), (4, 1), "{turn:#}");
    let swapped = |first: &str, second: &str| {
        let text = |value: &str| if value == "metric" { "\"metric\":\"F1\"" } else { "\"experiment\":\"churn\"" };
        call("best_run", &json!(format!("{{{},{}}}", text(first), text(second))))
    };
    let script = vec![swapped("metric", "experiment"), swapped("experiment", "metric"), right()];
    let turn = asked.play("the same call with its arguments in another order", script, Writer::Model).await;
    assert_eq!(turn["calls"].as_array().unwrap().len(), 1);
    let many: Vec<(String, Value)> =
        (0..40).map(|limit| ("list_runs".to_owned(), json!({"limit": limit + 1, "experiment": "churn"}))).collect();
    let many: Vec<(&str, Value)> = many.iter().map(|(name, arguments)| (name.as_str(), arguments.clone())).collect();
    let turn = asked.play("forty calls at once", vec![Turn::calls(&many), best_run(), right()], Writer::Model).await;
    assert_eq!(turn["calls"].as_array().unwrap().len(), 17);
    let thousand: Vec<Value> =
        (0..1000).map(|index| json!({"index": index, "id": index.to_string(), "function": {"name": "best_run"}})).collect();
    asked.play("a thousand calls at once", vec![streamed(vec![json!({"tool_calls": thousand})], "tool_calls")], Writer::Interpreter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_read_as_each_vendor_writes_them() {
    let asked = Asked::demo().await;
    let arguments = "{\"metric\":\"F1\"}";
    let tool = |fields: Value| json!({"tool_calls": [fields]});
    let function = || json!({"name": "best_run", "arguments": arguments});
    let shapes: Vec<(&str, Turn)> = vec![
        ("whole, without an index", streamed(vec![tool(json!({"id": "a", "function": function()}))], "tool_calls")),
        ("whole, without an id", streamed(vec![tool(json!({"index": 0, "function": function()}))], "tool_calls")),
        (
            "arguments as an object",
            streamed(vec![tool(json!({"function": {"name": "best_run", "arguments": {"metric": "F1"}}}))], "tool_calls"),
        ),
        ("an end by `stop`", streamed(vec![tool(json!({"index": 0, "id": "a", "function": function()}))], "stop")),
        (
            "the old form",
            streamed(
                vec![json!({"function_call": {"name": "best_run"}}), json!({"function_call": {"arguments": arguments}})],
                "function_call",
            ),
        ),
        ("a name again with each piece", {
            let piece = |text: &str| tool(json!({"index": 0, "id": "a", "function": {"name": "best_run", "arguments": text}}));
            streamed(vec![piece("{\"metric\":"), piece("\"F1\"}")], "tool_calls")
        }),
        ("two under one index", {
            let both = [("a", "best_run", arguments), ("b", "list_experiments", "{}")];
            let one =
                |(id, name, text): (&str, &str, &str)| tool(json!({"index": 0, "id": id, "function": {"name": name, "arguments": text}}));
            streamed(both.into_iter().map(one).collect(), "tool_calls")
        }),
        (
            "null arguments",
            streamed(
                vec![tool(json!({"index": 0, "id": "a", "function": function()})), json!({"content": null, "tool_calls": null})],
                "tool_calls",
            ),
        ),
        (
            "words beside them",
            streamed(vec![json!({"content": "Let me look."}), tool(json!({"index": 0, "id": "a", "function": function()}))], "tool_calls"),
        ),
    ];
    for (name, turn) in shapes {
        let turn = asked.play(name, vec![turn, right()], Writer::Model).await;
        assert_eq!(turn["calls"][0]["arguments"], json!({"metric": "F1"}), "{name}");
        assert_eq!(turn["answer"], "run-017 has the highest f1_score: 0.912.", "{name}");
    }
}
