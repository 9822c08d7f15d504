//! The chat for front ends that speak AG-UI, the Agent-User Interaction Protocol.
//!
//! A run is a turn. Its state goes to the client and comes back with the next run: there the id of our conversation is kept. Text is
//! Markdown in which no name of the store is a link, an image or a tag; what the protocol has no event for (tables, charts, caveats,
//! confirmations, usage) are its custom events.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::frontend::{self, Asked, data, invalid};
use super::report::{Report, paragraphs};
use super::stream::Form;
use super::{markdown, random_hex};
use crate::api::arguments::parsed_body;
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::problem::Problem;
use crate::api::{Service, rest};

/// What is heeded of a `RunAgentInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    thread_id: String,
    run_id: String,
    messages: Vec<Map<String, Value>>,
    #[serde(default)]
    state: Value,
}

/// Answers a question.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let (asked, run) = read(&rest::body(&mut request).await?)?;
    let request_id = rest::id_of(request.headers());
    let run = Run { message: format!("msg_{}", random_hex()?), ..run };
    frontend::answer(service, principal, request_id, admission, asked, run).await
}

fn read(body: &[u8]) -> Result<(Asked, Run), Problem> {
    let fields = parsed_body(body).map_err(invalid)?;
    let wire: Wire = serde_json::from_value(Value::Object(fields))
        .map_err(|error| invalid(format!("the body is no `RunAgentInput` of AG-UI: {error}")))?;
    let state = match wire.state {
        Value::Object(state) => state,
        Value::Null => Map::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(invalid("`state` is neither null nor an object, so no conversation can be kept in it".to_owned()));
        }
    };
    let conversation_id = state.get("conversation_id").and_then(Value::as_str).map(str::to_owned);
    let asked = Asked::of(&wire.messages, conversation_id)?;
    Ok((asked, Run { thread: wire.thread_id, run: wire.run_id, state, message: String::new(), has_begun: false }))
}

/// A turn as events of a run.
#[derive(Debug)]
struct Run {
    thread: String,
    run: String,
    /// The client's state, to which ours is added.
    state: Map<String, Value>,
    message: String,
    has_begun: bool,
}

impl Run {
    fn of(&mut self, event: &Value) -> Vec<Value> {
        let field = |name: &str| event.get(name).cloned().unwrap_or_default();
        let call = format!("{}_{}", self.message, field("call"));
        match field("type").as_str().unwrap_or_default() {
            "planner" => {
                let planner = custom("planner", json!({"planner": field("planner")}));
                if std::mem::replace(&mut self.has_begun, true) {
                    return vec![planner];
                }
                self.state.insert("conversation_id".to_owned(), field("conversation_id"));
                let started = json!({"type": "RUN_STARTED", "threadId": self.thread, "runId": self.run});
                vec![started, json!({"type": "STATE_SNAPSHOT", "snapshot": self.state}), planner]
            }
            "call_started" => vec![
                json!({"type": "TOOL_CALL_START", "toolCallId": call, "toolCallName": field("tool")}),
                json!({"type": "TOOL_CALL_ARGS", "toolCallId": call, "delta": field("arguments").to_string()}),
                json!({"type": "TOOL_CALL_END", "toolCallId": call}),
            ],
            "call_result" => {
                let came = event.get("error").map_or_else(|| field("result"), |error| json!({"error": error}));
                let result = json!({
                    "type": "TOOL_CALL_RESULT", "messageId": format!("{call}_result"), "toolCallId": call, "role": "tool", "content": came.to_string(),
                });
                let table = event.get("table").filter(|table| !table.is_null());
                let table = table.map(|table| {
                    let value = json!({"toolCallId": call, "columns": table.get("columns"), "rows": table.get("rows")});
                    custom("table", value)
                });
                [result].into_iter().chain(table).collect()
            }
            "chart" => vec![custom("chart", json!({"toolCallId": call, "vega_lite": field("vega_lite")}))],
            "number_check" => vec![custom("number_check", json!({"unverified_numbers": field("unverified_numbers")}))],
            _ => Vec::new(),
        }
    }

    /// What comes last where all is well.
    fn last_of(&self, report: &Report) -> Vec<Value> {
        let Report { conversation_id, number, turn, confirmations, took_ms, .. } = report;
        let answer = markdown::inert(&turn.answer);
        let mut events = vec![json!({"type": "TEXT_MESSAGE_START", "messageId": self.message, "role": "assistant"})];
        let deltas = paragraphs(&answer).filter(|delta| !delta.is_empty());
        events.extend(deltas.map(|delta| json!({"type": "TEXT_MESSAGE_CONTENT", "messageId": self.message, "delta": delta})));
        events.push(json!({"type": "TEXT_MESSAGE_END", "messageId": self.message}));
        events.extend(turn.caveats.iter().map(|caveat| custom("caveat", json!({"text": markdown::inert(caveat)}))));
        events.extend(confirmations.iter().map(|confirmation| custom("confirmation", confirmation.clone())));
        events.extend(turn.usage.map(|usage| custom("usage", json!(usage))));
        events.push(json!({
            "type": "RUN_FINISHED", "threadId": self.thread, "runId": self.run,
            "result": {
                "conversation_id": conversation_id, "planner": turn.planner, "turn": number, "answered": turn.answered,
                "unverified_numbers": turn.unverified_numbers, "took_ms": took_ms,
            },
        }));
        events
    }
}

impl Form for Run {
    fn event(&mut self, event: &Value) -> Option<Bytes> {
        let frames: String = self.of(event).iter().map(data).collect();
        (!frames.is_empty()).then(|| Bytes::from(frames))
    }

    fn end(&mut self, ended: Result<Report, Problem>) -> VecDeque<Bytes> {
        let events = match ended {
            Ok(report) => self.last_of(&report),
            Err(problem) => vec![json!({"type": "RUN_ERROR", "message": problem.detail, "code": problem.code})],
        };
        events.iter().map(|event| Bytes::from(data(event))).collect()
    }
}

fn custom(name: &str, value: Value) -> Value {
    json!({"type": "CUSTOM", "name": name, "value": value})
}
