//! The chat in the description: its questions, its answers, its events.

use serde_json::{Map, Value, json};

use super::{responses, secured};
use crate::api::chat::{Action, LISTED, LISTED_AT_MOST, MESSAGE_CHARACTERS};
use crate::api::endpoint::Endpoint;

/// What a turn is, in Markdown.
const TURN: &str = "\
Answers a question in plain language, in a new conversation or as the next turn of one. With `Accept: text/event-stream` what happens is told as it happens, \
each event a JSON object with its `type`: `planner`, then `call_started`, `call_result` and `chart` for each call, `number_check` where a model wrote numbers \
that no result holds, then `text_delta`, `caveat`, `confirmation`, `usage`, and in the end `done`, or `error` with a `problem`. Text is told when its numbers are checked. \
A client that goes away ends the turn. A turn writes nothing: what is asked to be written comes back as a `confirmation`. What was said before a turn that failed is not changed by it.";

/// What an answer to a confirmation is, in Markdown.
const CONFIRM: &str = "\
Answers a `confirmation` of a turn: with `agree` the call is made exactly as it was asked about, without it nothing is written. A token is good for ten minutes, \
once, for whom it was made and in its conversation. What comes of it is told as the next turn of the conversation, as events or in one piece.";

/// What a start is, in Markdown.
const START: &str = "\
Tells somebody who comes new over which store he talks, which experiments it has (the newest two hundred), and questions that he could begin with, made of its names.";

/// What a shared answer is, in Markdown.
const SHARED: &str = "\
Gives the answer of a turn as one HTML file with its chart, table, calls and caveats. It needs nothing else, loads nothing and has no script.";
/// What front ends of the AI SDK get, in Markdown.
const AI_SDK: &str = "\
Answers what `DefaultChatTransport` of Vercel's AI SDK sends (versions 5 to 7), as its UI message stream: calls as dynamic tool parts, text, and the data parts `data-table`, `data-chart` \
(Vega-Lite), `data-caveat`, `data-confirmation` and `data-number-check`. The conversation goes on by `conversation_id` in the metadata of the last answer, which the client sends back.";

/// What front ends of AG-UI get, in Markdown.
const AG_UI: &str = "\
Answers a `RunAgentInput` of AG-UI with the events of a run: `RUN_STARTED`, `STATE_SNAPSHOT`, `TOOL_CALL_…`, `TEXT_MESSAGE_…`, `CUSTOM` for planner, table, chart (Vega-Lite), \
caveat, confirmation, number_check and usage, and `RUN_FINISHED` or `RUN_ERROR`. The conversation goes on by `conversation_id` in the state, which the client sends back.";

/// An id as conversations have them.
const CONVERSATION: &str = "conv_0f6c1d5f9a7e4b2c8d3e1f0a9b8c7d6e";

/// An event stream, as it is sent.
const EVENTS: &str = "\
id: 1
event: planner
data: {\"type\":\"planner\",\"planner\":\"builtin\",\"conversation_id\":\"conv_0f6c1d5f9a7e4b2c8d3e1f0a9b8c7d6e\"}

id: 2
event: call_started
data: {\"type\":\"call_started\",\"call\":0,\"tool\":\"best_run\",\"arguments\":{\"metric\":\"f1_score\"}}

";

/// The operation of an action.
pub(super) fn operation(action: Action, endpoint: &Endpoint) -> Value {
    let (id, summary, description) = match action {
        Action::Turn => ("chat", "Ask a question", TURN),
        Action::Start => ("start", "Tell what there is to talk about", START),
        Action::AiSdk => ("chat_ui", "Ask a question from a front end of the AI SDK", AI_SDK),
        Action::AgUi => ("chat_ag_ui", "Ask a question from a front end that speaks AG-UI", AG_UI),
        Action::Confirm => ("confirm", "Agree to a write, or not", CONFIRM),
        Action::List => ("list_conversations", "List your conversations", "Lists your conversations over this store, the last used first."),
        Action::Transcript => (
            "get_conversation",
            "Show a conversation",
            "Shows a conversation with its last turns. To go on with it, send its id with the next question.",
        ),
        Action::Export => ("export_conversation", "Take a conversation along", "Gives a conversation as a JSON file."),
        Action::Shared => ("share_answer", "Take an answer along", SHARED),
        Action::Delete => ("delete_conversation", "Forget a conversation", "Forgets a conversation for good."),
    };
    let responses = match action {
        Action::Turn | Action::Confirm => responses(
            "200",
            json!({
                "application/json": {"schema": turn_schema(), "examples": {"answer": {"value": turn_example()}}},
                "text/event-stream": {"schema": {"type": "string"}, "examples": {"events": {"value": EVENTS}}},
            }),
            endpoint,
        ),
        Action::Start => responses("200", json!({"application/json": {"schema": start_schema()}}), endpoint),
        Action::AiSdk | Action::AgUi => responses("200", json!({"text/event-stream": {"schema": event_schema()}}), endpoint),
        Action::List => responses("200", json!({"application/json": {"schema": list_schema()}}), endpoint),
        Action::Transcript => responses("200", json!({"application/json": {"schema": conversation_schema(&[])}}), endpoint),
        Action::Export => {
            let more =
                [("format", "`trialogue-conversation/1`"), ("version", "The version that wrote it"), ("exported_at", "When, RFC 3339")];
            responses("200", json!({"application/json": {"schema": conversation_schema(&more)}}), endpoint)
        }
        Action::Shared => responses("200", json!({"text/html": {"schema": {"type": "string"}}}), endpoint),
        Action::Delete => forgotten(endpoint),
    };
    let mut operation =
        json!({"operationId": id, "tags": ["Chat"], "summary": summary, "description": description, "responses": responses});
    let parameters = match action {
        Action::Turn | Action::AiSdk | Action::AgUi | Action::Confirm => json!([]),
        Action::Start => json!([{
            "name": "experiment", "in": "query", "required": false, "description": "Suggest questions about this experiment, by id or name",
            "schema": {"type": "string", "minLength": 1},
        }]),
        Action::List => json!([
            {"name": "limit", "in": "query", "required": false, "description": "How many at most",
                "schema": {"type": "integer", "minimum": 1, "maximum": LISTED_AT_MOST, "default": LISTED}},
            {"name": "page_token", "in": "query", "required": false, "description": "`next_page_token` of the page before", "schema": {"type": "string"}},
        ]),
        Action::Transcript | Action::Export | Action::Delete => json!([conversation_parameter()]),
        Action::Shared => json!([
            conversation_parameter(),
            {"name": "turn", "in": "path", "required": true, "description": "The number of the turn", "schema": {"type": "integer", "minimum": 1}},
        ]),
    };
    if let Some(fields) = operation.as_object_mut() {
        fields.insert("parameters".to_owned(), parameters);
        let asked = match action {
            Action::Turn => Some((asked_schema(), json!({"message": "Which run had the highest F1 score?"}))),
            Action::AiSdk => Some((messages_schema(&[], json!({"conversation_id": {"type": ["string", "null"]}})), ui_example())),
            Action::AgUi => {
                let own = json!({"threadId": {"type": "string"}, "runId": {"type": "string"}, "state": {"type": ["object", "null"]}});
                Some((messages_schema(&["threadId", "runId"], own), ag_ui_example()))
            }
            Action::Confirm => {
                Some((decided_schema(), json!({"conversation_id": CONVERSATION, "token": "eyJhcmd1bWVudHMi….qQ5v…", "agree": true})))
            }
            Action::Start | Action::List | Action::Transcript | Action::Export | Action::Shared | Action::Delete => None,
        };
        if let Some((schema, example)) = asked {
            let content = json!({"application/json": {"schema": schema, "example": example}});
            fields.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
        }
    }
    secured(operation, endpoint)
}

fn conversation_parameter() -> Value {
    json!({"name": "conversation_id", "in": "path", "required": true, "description": "The conversation", "schema": {"type": "string", "minLength": 1}})
}

fn forgotten(endpoint: &Endpoint) -> Value {
    let mut responses = responses("204", json!({}), endpoint);
    if let Some(fields) = responses.as_object_mut() {
        fields.insert("204".to_owned(), json!({"description": "It is forgotten"}));
    }
    responses
}

fn asked_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "message": {"type": "string", "maxLength": MESSAGE_CHARACTERS, "description": "The question"},
            "conversation_id": {"type": ["string", "null"], "description": "The conversation that it belongs to; a new one where it is left out"},
            "experiment": {"type": ["string", "null"], "description": "The experiment that it is about where it names none: id, name or part of it; what the conversation is about where it is left out"},
            "chart": {"enum": ["none", "vega_lite", null], "description": "Whether charts come with the answer, as Vega-Lite specifications"},
        },
        "required": ["message"],
        "additionalProperties": false,
    })
}

/// One event of a stream: its type is in its data.
fn event_schema() -> Value {
    json!({"type": "object", "properties": {"data": {"type": "string", "description": "JSON, or `[DONE]`"}}, "required": ["data"]})
}

/// What front ends send: messages, and what else is heeded.
fn messages_schema(required: &[&str], mut properties: Value) -> Value {
    let texts = json!({"type": "array", "items": {"type": "object", "properties": {"text": {"type": ["string", "null"]}}}});
    let message = json!({
        "type": "object",
        "properties": {
            "role": {"type": "string", "description": "`user` or `assistant`; others are not heeded"},
            "content": {"anyOf": [{"type": ["string", "null"]}, texts]},
            "parts": texts,
            "metadata": {"type": "object"},
        },
        "required": ["role"],
    });
    if let Some(fields) = properties.as_object_mut() {
        let description = "The conversation, oldest first";
        fields.insert("messages".to_owned(), json!({"type": "array", "items": message, "minItems": 1, "description": description}));
    }
    let required: Vec<&str> = required.iter().copied().chain(["messages"]).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn ui_example() -> Value {
    let parts = json!([{"type": "text", "text": "Which run had the highest F1 score?"}]);
    json!({"id": "chat", "trigger": "submit-message", "messages": [{"id": "1", "role": "user", "parts": parts}]})
}

fn ag_ui_example() -> Value {
    let message = json!({"id": "1", "role": "user", "content": "Which run had the highest F1 score?"});
    json!({"threadId": "thread", "runId": "run", "state": {}, "messages": [message], "tools": [], "context": [], "forwardedProps": {}})
}

fn decided_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "conversation_id": {"type": "string", "description": "The conversation in which it was asked"},
            "token": {"type": "string", "description": "The token of the confirmation"},
            "agree": {"type": "boolean", "description": "Whether it may be written"},
        },
        "required": ["conversation_id", "token", "agree"],
        "additionalProperties": false,
    })
}

/// What a turn tells, and a transcript of it.
fn turn_properties() -> Map<String, Value> {
    let call = json!({
        "type": "object",
        "properties": {
            "call": {"type": "integer", "description": "Its index in the turn"},
            "tool": {"type": "string"},
            "arguments": {"type": "object"},
            "ok": {"type": "boolean"},
            "result": {"type": "object", "description": "The tool's answer, in the shape of its own route"},
            "error": {"type": "object", "description": "Why it did not answer: `code` and `message`"},
            "resolved": {"type": "object", "description": "What the references in the arguments led to"},
            "took_ms": {"type": "number", "description": "Milliseconds"},
        },
        "required": ["call", "tool", "arguments", "ok", "took_ms"],
    });
    let confirmation = json!({
        "type": "object",
        "properties": {
            "token": {"type": "string", "description": "What agreeing needs; not in a transcript"},
            "tool": {"type": "string"},
            "arguments": {"type": "object"},
            "words": {"type": "string", "description": "The question, for people"},
            "expires_at": {"type": "string", "format": "date-time"},
        },
        "required": ["tool", "arguments", "words", "expires_at"],
    });
    let of_call = |properties: Value| json!({"type": "array", "items": {"type": "object", "properties": properties, "required": ["call"]}});
    let properties = json!({
        "turn": {"type": "integer", "description": "Its number in the conversation, from 1"},
        "answer": {"type": "string", "description": "The answer; every number in it is in a result"},
        "answered": {"type": "boolean", "description": "Whether the question was understood and every call answered"},
        "planner": {"type": "string", "description": "Who chose the calls: `builtin`, or a model"},
        "calls": {"type": "array", "items": call},
        "tables": of_call(json!({"call": {"type": "integer"}, "columns": {"type": "array"}, "rows": {"type": "array"}})),
        "charts": of_call(json!({"call": {"type": "integer"}, "vega_lite": {"type": "object"}})),
        "caveats": {"type": "array", "items": {"type": "string"}, "description": "What was left out, assumed or went wrong"},
        "unverified_numbers": {"type": "array", "items": {"type": "string"}, "description": "Numbers that a model wrote and no result holds; the answer is without them"},
        "confirmations": {"type": "array", "items": confirmation, "description": "Writes that wait for your consent; `POST /api/v1/chat/confirm` gives it"},
        "suggestions": {"type": "array", "items": {"type": "string"}, "description": "Questions that could be asked next"},
        "usage": {"type": ["object", "null"], "description": "What a model cost, in tokens"},
        "took_ms": {"type": "number", "description": "Milliseconds"},
    });
    properties.as_object().cloned().unwrap_or_default()
}

fn turn_schema() -> Value {
    let mut properties = turn_properties();
    properties.insert("conversation_id".to_owned(), json!({"type": "string", "description": "Send it with the next question"}));
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn turn_example() -> Value {
    json!({
        "conversation_id": CONVERSATION,
        "turn": 1,
        "answer": "There is no experiment about churn.",
        "answered": true,
        "planner": "builtin",
        "calls": [{"call": 0, "tool": "list_experiments", "arguments": {"query": "churn"}, "ok": true, "resolved": {}, "result": {"experiments": []}, "took_ms": 1.2}],
        "tables": [],
        "charts": [],
        "caveats": [],
        "unverified_numbers": [],
        "confirmations": [],
        "suggestions": ["Show me all experiments"],
        "usage": null,
        "took_ms": 2.4,
    })
}

fn start_schema() -> Value {
    let experiment = json!({
        "type": "object",
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
        "required": ["id", "name"],
    });
    json!({
        "type": "object",
        "properties": {
            "store": {"type": "string", "description": "What the store is, in a few words"},
            "planner": {"type": "string", "description": "Who chooses the calls: `builtin`, or a model"},
            "may_write": {"type": "boolean", "description": "Whether you may write"},
            "experiment_count": {"type": "integer", "description": "How many experiments there are"},
            "experiments": {"type": "array", "items": experiment, "description": "The newest of them"},
            "suggestions": {"type": "array", "items": {"type": "string"}, "description": "Questions to begin with"},
        },
        "required": ["store", "planner", "may_write", "experiment_count", "experiments", "suggestions"],
    })
}

fn heading_properties() -> Value {
    json!({
        "conversation_id": {"type": "string"},
        "title": {"type": "string", "description": "What it began with"},
        "created_at": {"type": "string", "format": "date-time"},
        "last_used_at": {"type": "string", "format": "date-time"},
        "turn_count": {"type": "integer", "description": "How many turns it has had"},
    })
}

fn list_schema() -> Value {
    let required = ["conversation_id", "title", "created_at", "last_used_at", "turn_count"];
    json!({
        "type": "object",
        "properties": {
            "conversations": {"type": "array", "items": {"type": "object", "properties": heading_properties(), "required": required}},
            "returned": {"type": "integer"},
            "total": {"type": "integer"},
            "next_page_token": {"type": ["string", "null"]},
        },
        "required": ["conversations", "returned", "total", "next_page_token"],
    })
}

fn conversation_schema(more: &[(&str, &str)]) -> Value {
    let mut turn = turn_properties();
    for (name, description) in [("question", "The question"), ("asked_at", "When, RFC 3339")] {
        turn.insert(name.to_owned(), json!({"type": "string", "description": description}));
    }
    let description = "Whether results, tables or charts of this turn were too long to be kept";
    turn.insert("shortened".to_owned(), json!({"type": "boolean", "description": description}));
    let mut properties = heading_properties();
    if let Some(fields) = properties.as_object_mut() {
        for (name, description) in more {
            fields.insert((*name).to_owned(), json!({"type": "string", "description": description}));
        }
        let turns =
            json!({"type": "array", "items": {"type": "object", "properties": turn}, "description": "The last turns, oldest first"});
        fields.insert("turns".to_owned(), turns);
    }
    json!({"type": "object", "properties": properties, "required": ["conversation_id", "turns"]})
}
