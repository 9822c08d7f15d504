//! The chat as a model of OpenAI's protocol, in the description: what of that protocol is heeded.

use serde_json::{Map, Value, json};

use super::{PROBLEMS, secured};
use crate::api::chat::openai::{Action, MODELS};
use crate::api::endpoint::Endpoint;

/// What a completion is, in Markdown.
const COMPLETIONS: &str = "\
OpenAI's chat completions, for clients that speak with such models. The last message of the role `user` is the question; what it follows up is found by reading the last \
questions before it again, or by `metadata.conversation_id`, the id of a conversation of `/api/v1/chat`. Tables come as Markdown and charts as fenced `vega-lite` blocks, as images or not: \
by `chart`, else by the model's name, else by the header `X-Trialogue-Chart`, else as the service is configured. Other parameters are not heeded, and nothing is written.";

/// The operation of an action.
pub(super) fn operation(action: Action, endpoint: &Endpoint) -> Value {
    let operation = match action {
        Action::Models => json!({
            "operationId": "list_models",
            "tags": ["Chat"],
            "summary": "List the models of OpenAI's protocol",
            "parameters": [],
            "responses": responses(json!({"application/json": {"schema": {"type": "object", "required": ["object", "data"]}}})),
        }),
        Action::Completions => json!({
            "operationId": "create_chat_completion",
            "tags": ["Chat"],
            "summary": "Answer a conversation by OpenAI's protocol",
            "description": COMPLETIONS,
            "parameters": [],
            "requestBody": {"required": true, "content": {"application/json": {"schema": asked_schema(), "example": asked_example()}}},
            "responses": responses(json!({
                "application/json": {"schema": {"type": "object", "required": ["id", "object", "created", "model", "choices", "usage"]}},
                "text/event-stream": {"schema": {"type": "string"}},
            })),
        }),
    };
    secured(operation, endpoint)
}

/// What goes wrong is told in the shape of that protocol, but for what is turned away before it is known what is asked.
fn responses(content: Value) -> Value {
    let error = json!({
        "type": "object",
        "properties": {"error": {"type": "object", "required": ["message", "type", "code"]}},
        "required": ["error"],
    });
    let content_of_problem = json!({
        "application/json": {"schema": error},
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    });
    let mut responses = Map::from_iter([("200".to_owned(), json!({"description": "The answer", "content": content}))]);
    for (status, description, _) in PROBLEMS {
        responses.insert((*status).to_owned(), json!({"description": description, "content": content_of_problem}));
    }
    Value::Object(responses)
}

fn asked_schema() -> Value {
    let message = json!({
        "type": "object",
        "properties": {
            "role": {"type": "string", "description": "`user` or `assistant`; others are not heeded"},
            "content": {"anyOf": [
                {"type": ["string", "null"]},
                {"type": "array", "items": {"type": "object", "properties": {"text": {"type": ["string", "null"]}}}},
            ]},
        },
        "required": ["role"],
    });
    let usage = json!({"include_usage": {"type": ["boolean", "null"], "description": "Whether the last chunk tells what the answer cost"}});
    let conversation =
        json!({"conversation_id": {"type": ["string", "null"], "description": "A conversation of `/api/v1/chat` to go on with"}});
    json!({
        "type": "object",
        "properties": {
            "model": {"type": "string", "enum": MODELS.map(|model| model.id)},
            "messages": {"type": "array", "items": message, "minItems": 1, "description": "The conversation, oldest first"},
            "stream": {"type": ["boolean", "null"], "description": "Whether the answer comes in chunks"},
            "stream_options": {"type": ["object", "null"], "properties": usage},
            "metadata": {"type": ["object", "null"], "properties": conversation},
            "chart": {"enum": ["none", "vega_lite", "image", null], "description": "How charts are shown, whatever the model's name says: not, as fenced `vega-lite` blocks, or as Markdown images at an address of ours that is good for a while"},
        },
        "required": ["model", "messages"],
    })
}

fn asked_example() -> Value {
    json!({"model": "trialogue", "messages": [{"role": "user", "content": "Which run had the highest F1 score?"}]})
}
