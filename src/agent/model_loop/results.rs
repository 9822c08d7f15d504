//! Results as the model reads them: marked as data, long lists cut, told so.

use serde_json::{Value, json};

use crate::agent::Call;

/// How many characters of one result the model is shown.
const RESULT_CHARACTERS: usize = 12_000;

/// A call's result.
pub(super) fn told(made: &Call) -> String {
    let text = match &made.result {
        Ok(outcome) => {
            let mut result = outcome.result.clone();
            shorten(&mut result, 40);
            let mut text = json!({ "data": result }).to_string();
            if text.chars().count() > RESULT_CHARACTERS {
                shorten(&mut result, 8);
                text = json!({ "data": result }).to_string();
            }
            text
        }
        Err(refusal) => told_of_refusal(refusal.code, &refusal.message),
    };
    match text.char_indices().nth(RESULT_CHARACTERS) {
        Some((end, _)) => format!("{}… (cut at {RESULT_CHARACTERS} characters)", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Why there is no result.
pub(super) fn told_of_refusal(kind: &str, message: &str) -> String {
    json!({ "error": message, "kind": kind }).to_string()
}

/// Keeps the head and the tail of every long list.
fn shorten(value: &mut Value, at_most: usize) {
    match value {
        Value::Array(items) => {
            if items.len() > at_most {
                let cut = items.len() - at_most;
                items.splice(at_most / 2..at_most / 2 + cut, [json!(format!("… {cut} more"))]);
            }
            items.iter_mut().for_each(|item| shorten(item, at_most));
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| shorten(field, at_most)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
