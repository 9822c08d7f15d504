//! Answers composed from results: every number in them is the tools' own.

use super::Call;

/// What to say of a call: the tool's own sentences, or why it refused.
pub(super) fn of_call(call: &Call) -> String {
    match &call.result {
        Ok(outcome) => outcome.prose.clone(),
        Err(refusal) => of_refusal(&refusal.message),
    }
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
