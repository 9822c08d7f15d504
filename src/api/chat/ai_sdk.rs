//! The chat for front ends of Vercel's AI SDK: its UI message stream, as versions 5 to 7 read it.
//!
//! `DefaultChatTransport` sends all messages each time, and each answer comes back with the metadata that we gave it: there the id of our
//! conversation is kept. Text is Markdown in which no name of the store is a link, an image or a tag.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::frontend::{self, Asked, data, invalid};
use super::messages::conversation_of;
use super::report::{Report, paragraphs};
use super::stream::Form;
use super::{markdown, random_hex};
use crate::api::arguments::parsed_body;
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::problem::Problem;
use crate::api::{Service, rest};

/// The header by which clients know the stream, and its version.
const HEADER: (&str, HeaderValue) = ("x-vercel-ai-ui-message-stream", HeaderValue::from_static("v1"));

/// What is heeded of what `DefaultChatTransport` sends, and what its option `body` may add.
#[derive(Debug, Deserialize)]
struct Wire {
    messages: Vec<Map<String, Value>>,
    #[serde(default)]
    conversation_id: Option<String>,
}

/// Answers a question.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let asked = read(&rest::body(&mut request).await?)?;
    let request_id = rest::id_of(request.headers());
    let parts = Parts { message: format!("msg_{}", random_hex()?), ..Parts::default() };
    let mut response = frontend::answer(service, principal, request_id, admission, asked, parts).await?;
    let (name, value) = HEADER;
    response.headers_mut().insert(name, value);
    Ok(response)
}

fn read(body: &[u8]) -> Result<Asked, Problem> {
    let fields = parsed_body(body).map_err(invalid)?;
    let wire: Wire = serde_json::from_value(Value::Object(fields))
        .map_err(|error| invalid(format!("the body is not what `DefaultChatTransport` of the AI SDK sends: {error}")))?;
    let conversation_id = wire.conversation_id.or_else(|| conversation_of(&wire.messages));
    Asked::of(&wire.messages, conversation_id)
}

/// A turn as parts of a message.
#[derive(Debug, Default)]
struct Parts {
    message: String,
    has_begun: bool,
}

impl Parts {
    fn call(&self, event: &Value) -> String {
        format!("{}_{}", self.message, event.get("call").and_then(Value::as_u64).unwrap_or_default())
    }

    fn of(&mut self, event: &Value) -> Vec<Value> {
        let field = |name: &str| event.get(name).cloned().unwrap_or_default();
        let call = self.call(event);
        match field("type").as_str().unwrap_or_default() {
            "planner" => {
                let metadata = json!({"conversation_id": field("conversation_id"), "planner": field("planner")});
                if std::mem::replace(&mut self.has_begun, true) {
                    return vec![json!({"type": "message-metadata", "messageMetadata": metadata})];
                }
                let start = json!({"type": "start", "messageId": self.message, "messageMetadata": metadata});
                vec![start, json!({"type": "start-step"})]
            }
            "call_started" => vec![json!({
                "type": "tool-input-available", "toolCallId": call, "toolName": field("tool"), "input": field("arguments"),
                "providerExecuted": true, "dynamic": true,
            })],
            "call_result" => {
                let mut told = json!({"type": "tool-output-available", "toolCallId": call, "output": field("result"),
                    "providerExecuted": true, "dynamic": true});
                if let Some(error) = event.get("error") {
                    let text = error.get("message").cloned().unwrap_or_default();
                    told = json!({"type": "tool-output-error", "toolCallId": call, "errorText": text, "providerExecuted": true, "dynamic": true});
                }
                let table = event.get("table").filter(|table| !table.is_null());
                let table = table.map(|table| json!({"type": "data-table", "id": format!("{call}_table"), "data": table}));
                [told].into_iter().chain(table).collect()
            }
            "chart" => vec![json!({"type": "data-chart", "id": format!("{call}_chart"), "data": {"vega_lite": field("vega_lite")}})],
            "number_check" => {
                let unverified = json!({"unverified_numbers": field("unverified_numbers")});
                vec![json!({"type": "data-number-check", "data": unverified, "transient": true})]
            }
            _ => Vec::new(),
        }
    }

    /// What comes last where all is well.
    fn last_of(&self, report: &Report) -> Vec<Value> {
        let Report { conversation_id, number, turn, confirmations, took_ms, .. } = report;
        let text = format!("{}_text", self.message);
        let answer = markdown::inert(&turn.answer);
        let mut parts = vec![json!({"type": "text-start", "id": text})];
        parts.extend(paragraphs(&answer).map(|delta| json!({"type": "text-delta", "id": text, "delta": delta})));
        parts.push(json!({"type": "text-end", "id": text}));
        parts.extend(turn.caveats.iter().map(|caveat| json!({"type": "data-caveat", "data": {"text": markdown::inert(caveat)}})));
        parts.extend(confirmations.iter().map(|confirmation| {
            let mut told = confirmation.clone();
            if let Some(fields) = told.as_object_mut() {
                fields.insert("conversation_id".to_owned(), json!(conversation_id));
            }
            json!({"type": "data-confirmation", "data": told})
        }));
        parts.push(json!({"type": "finish-step"}));
        let metadata = json!({
            "conversation_id": conversation_id, "planner": turn.planner, "turn": number, "answered": turn.answered,
            "unverified_numbers": turn.unverified_numbers, "usage": turn.usage, "took_ms": took_ms,
        });
        parts.push(json!({"type": "finish", "messageMetadata": metadata}));
        parts
    }
}

impl Form for Parts {
    fn event(&mut self, event: &Value) -> Option<Bytes> {
        let frames: String = self.of(event).iter().map(data).collect();
        (!frames.is_empty()).then(|| Bytes::from(frames))
    }

    fn end(&mut self, ended: Result<Report, Problem>) -> VecDeque<Bytes> {
        let parts = match ended {
            Ok(report) => self.last_of(&report),
            Err(problem) => vec![json!({"type": "error", "errorText": problem.detail})],
        };
        let frames = parts.iter().map(|part| Bytes::from(data(part)));
        frames.chain([Bytes::from_static(b"data: [DONE]\n\n")]).collect()
    }
}
