//! Answers as completions: in one piece, and in chunks. As in our own events, text comes when its numbers are checked.

use std::collections::VecDeque;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::error;
use crate::api::chat::markdown;
use crate::api::chat::report::Report;
use crate::api::chat::stream::Form;
use crate::api::problem::Problem;

/// What all parts of a completion have.
#[derive(Debug)]
pub(super) struct Head {
    /// Its id.
    pub id: String,
    /// When it was begun, in seconds since 1970.
    pub created: i64,
    /// The model's name.
    pub model: &'static str,
}

impl Head {
    /// The completion in one piece.
    pub(super) fn completion(&self, report: &Report) -> Value {
        let message = json!({"role": "assistant", "content": markdown::blocks(report).concat(), "refusal": null});
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"}],
            "usage": usage(report),
        })
    }

    fn chunk(&self, choices: Value, usage: Value) -> Bytes {
        let (id, created, model) = (&self.id, self.created, self.model);
        let chunk =
            json!({"id": id, "object": "chat.completion.chunk", "created": created, "model": model, "choices": choices, "usage": usage});
        data(&chunk)
    }

    fn delta(&self, delta: Value, finish_reason: Option<&str>) -> Bytes {
        self.chunk(json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason}]), Value::Null)
    }
}

/// A completion in chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    head: Head,
    tells_usage: bool,
    has_begun: bool,
}

impl Chunks {
    /// Those of a completion with this head.
    pub(super) fn new(head: Head, tells_usage: bool) -> Self {
        Self { head, tells_usage, has_begun: false }
    }
}

impl Form for Chunks {
    fn event(&mut self, _event: &Value) -> Option<Bytes> {
        if std::mem::replace(&mut self.has_begun, true) {
            return None;
        }
        Some(self.head.delta(json!({"role": "assistant", "content": ""}), None))
    }

    fn end(&mut self, ended: Result<Report, Problem>) -> VecDeque<Bytes> {
        let report = match ended {
            Ok(report) => report,
            // Clients take the field `error` of a chunk as the end of it.
            Err(problem) => return VecDeque::from([data(&error(&problem))]),
        };
        let mut chunks: VecDeque<Bytes> =
            markdown::blocks(&report).into_iter().map(|text| self.head.delta(json!({"content": text}), None)).collect();
        chunks.push_back(self.head.delta(json!({}), Some("stop")));
        if self.tells_usage {
            chunks.push_back(self.head.chunk(json!([]), usage(&report)));
        }
        chunks.push_back(Bytes::from_static(b"data: [DONE]\n\n"));
        chunks
    }
}

fn data(chunk: &Value) -> Bytes {
    Bytes::from(format!("data: {chunk}\n\n"))
}

/// What a model behind us cost; nothing where the interpreter answered.
fn usage(report: &Report) -> Value {
    let usage = report.turn.usage.unwrap_or_default();
    let (input, output) = (usage.input_tokens, usage.output_tokens);
    json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output})
}
