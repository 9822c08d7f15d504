//! BFCL's question and possible-answer lines, for the part of the cases that its format can say.
//!
//! BFCL (Berkeley Function Calling Leaderboard) knows literal values and lists of accepted ones, one turn, and no references to
//! earlier turns; filters and result equality are beyond it. What cannot be said is left out and counted.

use serde_json::{Map, Value, json};

use crate::evals::case::{Case, ExpectedCall, Outcome};
use crate::evals::matcher::Matcher;
use crate::evals::results::{CallRecord, CaseResult};
use crate::evals::score::Scorer;

/// One case in BFCL's terms.
#[derive(Debug, Clone, PartialEq)]
pub struct BfclCase {
    /// The line of the question file: `id`, `question`, `function`.
    pub question: Value,
    /// The line of the answer file: `id`, `ground_truth`.
    pub answer: Value,
}

/// The case, if BFCL's format can say it: one turn that expects calls, without alternatives, of literal values.
#[must_use]
pub fn bfcl(case: &Case) -> Option<BfclCase> {
    let [turn] = case.turns.as_slice() else { return None };
    let expect = &turn.expect;
    if expect.outcome != Outcome::Act || expect.calls.is_empty() || !expect.alternatives.is_empty() {
        return None;
    }
    let truth: Vec<Value> = expect.calls.iter().map(truth_of).collect::<Option<_>>()?;
    let functions: Vec<Value> = crate::tools::ALL.iter().map(function).collect();
    Some(BfclCase {
        question: json!({"id": case.id, "question": [[{"role": "user", "content": turn.user}]], "function": functions}),
        answer: json!({"id": case.id, "ground_truth": truth}),
    })
}

/// Whether a turn's calls are what BFCL would call right: as many as expected, and literally those.
#[must_use]
pub fn is_literal(case: &Case, result: &CaseResult) -> bool {
    let wanted = case.turns.first().map_or(0, |turn| turn.expect.calls.len());
    let made = result.turns.first().map_or(0, |turn| turn.calls.len());
    let passes = |scorer: Scorer| result.scores.iter().all(|score| score.scorer != scorer || score.passed);
    wanted == made && passes(Scorer::Args) && passes(Scorer::SchemaValid)
}

/// Calls that were made, as BFCL decodes a model's: `[{name: {argument: value}}]`. It takes null for a value, so nulls are left out.
#[must_use]
pub fn bfcl_calls(calls: &[CallRecord]) -> Value {
    let one = |call: &CallRecord| {
        let arguments: Map<String, Value> =
            call.arguments.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect();
        Value::Object(Map::from_iter([(call.tool.clone(), Value::Object(arguments))]))
    };
    Value::Array(calls.iter().map(one).collect())
}

/// `{name: {argument: [accepted, …]}}`; an empty text among them means that it may be left out.
fn truth_of(call: &ExpectedCall) -> Option<Value> {
    let mut arguments = Map::new();
    for (name, matcher) in &call.args {
        arguments.insert(name.clone(), Value::Array(accepted(matcher)?));
    }
    Some(Value::Object(Map::from_iter([(call.tool.clone(), Value::Object(arguments))])))
}

fn accepted(matcher: &Matcher) -> Option<Vec<Value>> {
    match serde_json::to_value(matcher).ok()? {
        Value::Object(fields) => match (fields.get("any_of"), fields.get("set")) {
            (Some(Value::Array(values)), _) => values.iter().map(literal).collect(),
            (_, Some(Value::Array(values))) => orders(&values.iter().map(literal).collect::<Option<Vec<Value>>>()?),
            _ => fields.get("default").map(|value| vec![value.clone(), json!("")]),
        },
        value => Some(vec![literal(&value)?]),
    }
}

/// Every order of a short list: BFCL knows no sets. Absent for more than four.
fn orders(values: &[Value]) -> Option<Vec<Value>> {
    if values.len() > 4 {
        return None;
    }
    let mut orders = vec![Vec::new()];
    for _ in values {
        let longer = |order: &Vec<Value>| {
            let order = order.clone();
            values
                .iter()
                .filter(|value| !order.contains(value))
                .map(|value| [order.clone(), vec![value.clone()]].concat())
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    Some(orders.into_iter().map(Value::Array).collect())
}

fn literal(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(json!("")),
        Value::Object(_) => None,
        Value::Array(items) => items.iter().map(literal).collect::<Option<Vec<Value>>>().map(Value::Array),
        other => Some(other.clone()),
    }
}

/// A tool in BFCL's dialect of JSON Schema: `dict` for objects, `float` for numbers, and a `type` everywhere.
fn function(tool: &crate::tools::ToolDef) -> Value {
    json!({"name": tool.name, "description": tool.description(), "parameters": dialect(tool.input_schema())})
}

fn dialect(schema: &Value) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let mut kept = Map::new();
    let kind = match fields.get("type").and_then(Value::as_str) {
        Some("object") => "dict",
        Some("number") => "float",
        Some(kind) => kind,
        // An enumeration of words.
        None => "string",
    };
    kept.insert("type".to_owned(), json!(kind));
    if kind == "dict" {
        kept.insert("required".to_owned(), json!([]));
    }
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("description" | "required" | "enum", value) => {
                kept.insert(key.clone(), value.clone());
            }
            ("items", value) => {
                kept.insert(key.clone(), dialect(value));
            }
            ("properties", Value::Object(properties)) => {
                let properties: Map<String, Value> = properties.iter().map(|(name, schema)| (name.clone(), dialect(schema))).collect();
                kept.insert(key.clone(), Value::Object(properties));
            }
            _ => {}
        }
    }
    Value::Object(kept)
}
