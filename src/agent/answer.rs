//! Answers composed from results: every number in them is the tools' own.

use serde_json::{Map, Value};

use super::Call;
use crate::tools;
use crate::tools::view::plain;

/// What to say of a call: the tool's own sentences, or why it refused.
pub(super) fn of_call(call: &Call) -> String {
    match &call.result {
        Ok(outcome) => outcome.prose.clone(),
        Err(_) if call.is_asked_about() => asking(call),
        Err(refusal) => of_refusal(&refusal.message),
    }
}

/// A write that waits for the person's consent, as a question.
pub(super) fn asking(call: &Call) -> String {
    format!("{} Nothing is written yet: you are asked first.", question(&call.tool, &call.arguments))
}

/// What a write would do, as a question to the person: every argument is told.
#[must_use]
pub fn question(tool: &str, arguments: &Map<String, Value>) -> String {
    let title = tools::named(tool).map_or(tool, |tool| tool.title);
    let told: Vec<String> = arguments
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => plain(&format!("{name}: “{text}”")),
            value => plain(&format!("{name}: {value}")),
        })
        .collect();
    format!("{title}? It writes to the tracking store. With {}.", told.join("; "))
}

/// A refusal as a sentence.
pub(super) fn of_refusal(message: &str) -> String {
    let mut letters = message.chars();
    let head: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{head}{}{end}", letters.as_str())
}

/// What to say of several calls.
pub(super) fn of_calls(calls: &[Call]) -> String {
    calls.iter().map(of_call).collect::<Vec<_>>().join("\n\n")
}
