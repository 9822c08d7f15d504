//! What came of a turn: in one piece, as the last events, and as the transcript has it.

use serde_json::{Value, json};

use super::events::{Made, typed};
use crate::agent::Turn;
use crate::domain::time::Timestamp;
use crate::tools::view::plain;

/// The most bytes of a turn in the transcript: results of calls are left out first, then tables and charts.
const TRANSCRIPT_BYTES: usize = 128 * 1024;

/// The most characters of a conversation's title.
const TITLE_CHARACTERS: usize = 80;

/// A turn with all that is told about it.
#[derive(Debug)]
pub(super) struct Report {
    /// The conversation.
    pub conversation_id: String,
    /// The number of the turn in it, from 1.
    pub number: u32,
    /// What came of it.
    pub turn: Turn,
    /// Its calls.
    pub made: Made,
    /// The writes that the person is asked about, each with its token.
    pub confirmations: Vec<Value>,
    /// What could be asked next.
    pub suggestions: Vec<String>,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

impl Report {
    /// The turn in one piece.
    pub(super) fn whole(&self) -> Value {
        let Self { conversation_id, number, turn, made, confirmations, suggestions, took_ms } = self;
        json!({
            "conversation_id": conversation_id,
            "turn": number,
            "answer": turn.answer,
            "answered": turn.answered,
            "planner": turn.planner,
            "calls": made.calls,
            "tables": made.tables,
            "charts": made.charts,
            "caveats": turn.caveats,
            "unverified_numbers": turn.unverified_numbers,
            "confirmations": confirmations,
            "suggestions": suggestions,
            "usage": turn.usage,
            "took_ms": took_ms,
        })
    }

    /// The events that end a turn.
    pub(super) fn last_events(&self) -> Vec<Value> {
        let Self { conversation_id, number, turn, suggestions, took_ms, .. } = self;
        let mut events: Vec<Value> = paragraphs(&turn.answer).map(|text| json!({"type": "text_delta", "text": text})).collect();
        events.extend(turn.caveats.iter().map(|caveat| json!({"type": "caveat", "text": caveat})));
        events.extend(self.confirmations.iter().map(|confirmation| typed("confirmation", confirmation.clone())));
        events.extend(turn.usage.map(|usage| typed("usage", json!(usage))));
        events.push(json!({
            "type": "done",
            "conversation_id": conversation_id,
            "turn": number,
            "answer": turn.answer,
            "answered": turn.answered,
            "planner": turn.planner,
            "unverified_numbers": turn.unverified_numbers,
            "suggestions": suggestions,
            "took_ms": took_ms,
        }));
        events
    }

    /// The turn as the transcript has it.
    pub(super) fn transcript(&self, question: &str, asked_at: Timestamp) -> String {
        let mut whole = self.whole();
        let Some(fields) = whole.as_object_mut() else { return String::new() };
        fields.shift_remove("conversation_id");
        // Who reads a transcript later is not asked any more.
        for confirmation in fields.get_mut("confirmations").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(fields) = confirmation.as_object_mut() {
                fields.shift_remove("token");
            }
        }
        fields.insert("question".to_owned(), json!(question));
        fields.insert("asked_at".to_owned(), json!(asked_at.to_string()));
        fields.insert("shortened".to_owned(), json!(false));
        for shorten in [without_results, without_tables_and_charts, without_caveats_and_calls] {
            let text = whole.to_string();
            if text.len() <= TRANSCRIPT_BYTES {
                return text;
            }
            shorten(&mut whole);
            typed_shortened(&mut whole);
        }
        whole.to_string()
    }
}

fn without_results(turn: &mut Value) {
    for call in turn.get_mut("calls").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(fields) = call.as_object_mut() {
            fields.shift_remove("result");
        }
    }
}

fn without_tables_and_charts(turn: &mut Value) {
    if let Some(fields) = turn.as_object_mut() {
        fields.insert("tables".to_owned(), json!([]));
        fields.insert("charts".to_owned(), json!([]));
    }
}

fn without_caveats_and_calls(turn: &mut Value) {
    if let Some(fields) = turn.as_object_mut() {
        fields.insert("calls".to_owned(), json!([]));
        fields.insert("caveats".to_owned(), json!([]));
        let answer: String = fields.get("answer").and_then(Value::as_str).unwrap_or_default().chars().take(TRANSCRIPT_BYTES / 8).collect();
        fields.insert("answer".to_owned(), json!(answer));
    }
}

fn typed_shortened(turn: &mut Value) {
    if let Some(fields) = turn.as_object_mut() {
        fields.insert("shortened".to_owned(), json!(true));
    }
}

/// What a conversation that begins with `question` is called.
pub(super) fn title(question: &str) -> String {
    // In one line, whose words stay apart.
    let words = plain(&question.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut title: String = words.chars().take(TITLE_CHARACTERS).collect();
    if words.chars().count() > TITLE_CHARACTERS {
        title.push('…');
    }
    if title.is_empty() { "(no question)".to_owned() } else { title }
}

/// The paragraphs of an answer, each with the break after it.
pub(super) fn paragraphs(answer: &str) -> impl Iterator<Item = &str> {
    answer.split_inclusive("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(calls: Vec<Value>, tables: Vec<Value>) -> Report {
        let made = Made { calls, tables, charts: Vec::new() };
        let turn = Turn { answer: "One.\n\nTwo.".to_owned(), answered: true, ..Turn::default() };
        Report {
            conversation_id: "conv_1".to_owned(),
            number: 1,
            turn,
            made,
            confirmations: vec![json!({"token": "t", "tool": "x"})],
            suggestions: Vec::new(),
            took_ms: 1.0,
        }
    }

    #[test]
    fn a_long_turn_is_shortened_in_the_transcript_and_says_so() {
        let long = || json!({"tool": "list_runs", "result": "x".repeat(TRANSCRIPT_BYTES)});
        let kept = |report: &Report| serde_json::from_str::<Value>(&report.transcript("q", Timestamp(0))).unwrap();
        let whole = kept(&report(vec![json!({"result": 1})], vec![json!({"rows": []})]));
        assert_eq!((&whole["shortened"], &whole["calls"][0]["result"]), (&json!(false), &json!(1)));
        assert_eq!(whole["confirmations"], json!([{"tool": "x"}]), "a token is told to who is asked, and kept nowhere");
        let shorter = kept(&report(vec![long()], vec![json!({"rows": []})]));
        assert_eq!(
            (&shorter["shortened"], &shorter["calls"], shorter["tables"].as_array().unwrap().len()),
            (&json!(true), &json!([{"tool": "list_runs"}]), 1)
        );
        let shortest = kept(&report(vec![json!({"tool": "x".repeat(TRANSCRIPT_BYTES)})], vec![long()]));
        assert_eq!((&shortest["calls"], &shortest["tables"], &shortest["answer"]), (&json!([]), &json!([]), &json!("One.\n\nTwo.")));
    }

    #[test]
    fn the_text_comes_in_paragraphs_that_make_the_answer() {
        let events = report(Vec::new(), Vec::new()).last_events();
        let texts: Vec<&str> = events.iter().filter_map(|event| event["text"].as_str()).collect();
        assert_eq!(texts, ["One.\n\n", "Two."]);
        assert_eq!(events.last().unwrap()["type"], "done");
    }

    #[test]
    fn a_title_is_the_head_of_the_question() {
        assert_eq!(title("  Which run\u{202e} is best? "), "Which run is best?");
        assert_eq!(title("Which run\nis best?"), "Which run is best?");
        assert_eq!(title(&"x".repeat(200)).chars().count(), 81);
        assert_eq!(title(" "), "(no question)");
    }
}
