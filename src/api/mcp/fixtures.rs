//! What the official conformance suite wants to find on a server, beside what this one is for: its `test_*` tools, prompts and resources, as the
//! descriptions of its scenarios tell. Only with the feature `conformance`, which no release has.
//!
//! They pass through the same handler and the same transport as the tools, so they show that these speak the protocol.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock, ErrorData,
    GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequest, InputRequiredResult, ProgressNotificationParam, Prompt,
    ReadResourceResponse, ReadResourceResult, RequestStateCodec, Resource, ResourceTemplate, Tool,
};
use rmcp::service::RequestContext;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A picture of one point, and a sound of no length.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const PLAIN_TOOLS: [&str; 17] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_error_handling",
    "test_tool_with_progress",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_logging_tool",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_tampered_state",
    "test_input_required_result_multi_round",
    "test_input_required_result_capabilities",
];

const PROMPTS: [&str; 5] = [
    "test_simple_prompt",
    "test_prompt_with_arguments",
    "test_prompt_with_embedded_resource",
    "test_prompt_with_image",
    "test_input_required_result_prompt",
];

pub(super) fn tools() -> Vec<Tool> {
    let empty = json!({ "type": "object", "properties": {} });
    let mirrored = json!({
        "type": "object",
        "properties": { "value": { "type": "string", "x-mcp-header": "Value" } },
        "required": ["value"],
    });
    let rich = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": { "$anchor": "address", "type": "object", "properties": { "street": { "type": "string" }, "city": { "type": "string" } } } },
        "properties": { "name": { "type": "string" }, "address": { "$ref": "#/$defs/address" } },
        "allOf": [{ "anyOf": [{ "required": ["name"] }, { "required": ["address"] }] }],
        "if": { "required": ["address"] },
        "then": { "properties": { "address": { "required": ["street"] } } },
        "else": { "required": ["name"] },
        "additionalProperties": false,
    });
    let plain = PLAIN_TOOLS.iter().chain(&["test_input_required_result_multiple_inputs"]).map(|name| (*name, empty.clone()));
    let all = plain.chain([("test_custom_header", mirrored), ("json_schema_2020_12_tool", rich)]);
    all.filter_map(|(name, schema)| made(json!({ "name": name, "description": "A fixture", "inputSchema": schema })).ok()).collect()
}

/// The answer of a fixture; nothing where `request` calls a tool of the product.
pub(super) async fn call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Option<Result<CallToolResponse, ErrorData>> {
    if request.name.starts_with("test_input_required_result_") {
        return Some(asking(request, context));
    }
    let text = |text: &str| contents(json!([{ "type": "text", "text": text }]));
    let image = json!({ "type": "image", "data": PNG, "mimeType": "image/png" });
    let resource = |media_type: &str, text: &str| {
        let resource = json!({ "uri": "test://embedded-resource", "mimeType": media_type, "text": text });
        json!({ "type": "resource", "resource": resource })
    };
    let argument = |name: &str| request.arguments.as_ref().and_then(|given| given.get(name)).and_then(Value::as_str).unwrap_or_default();
    Some(match request.name.as_ref() {
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => contents(json!([image])),
        "test_audio_content" => contents(json!([{ "type": "audio", "data": WAV, "mimeType": "audio/wav" }])),
        "test_embedded_resource" => contents(json!([resource("text/plain", "This is an embedded resource content.")])),
        "test_multiple_content_types" => contents(json!([
            { "type": "text", "text": "Multiple content types test:" },
            image,
            resource("application/json", r#"{"test":"data","value":123}"#),
        ])),
        "test_error_handling" => {
            Ok(CallToolResult::error(vec![ContentBlock::text("This tool intentionally returns an error for testing")]).into())
        }
        "test_tool_with_progress" => {
            progress(context).await;
            text("told")
        }
        "test_missing_capability" if context.client_capabilities().is_none_or(|client| client.sampling.is_none()) => {
            made::<ClientCapabilities>(json!({ "sampling": {} }))
                .and_then(|wanted| Err(ErrorData::missing_required_client_capability(wanted)))
        }
        "test_streaming_elicitation" => ask(Map::from_iter([form("value", "Provide a value", "value", "string")]), None).map(Into::into),
        // No server of ours logs to its clients, asked or not.
        "test_missing_capability" | "test_logging_tool" => text("done"),
        "test_custom_header" => text(argument("value")),
        "json_schema_2020_12_tool" => text(argument("name")),
        _ => return None,
    })
}

async fn progress(context: &RequestContext<RoleServer>) {
    for progress in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let _ = context.peer.notify_progress(ProgressNotificationParam::new(token, progress).with_total(100.0)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Tools that ask before they answer (multi round-trip requests).
fn asking(request: &CallToolRequestParams, context: &RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
    let state = request.request_state.as_deref().map(opened).transpose()?;
    let has = |key: &str| request.input_responses.as_ref().and_then(|answers| answers.get(key)).is_some_and(Value::is_object);
    let name = form("user_name", "What is your name?", "name", "string");
    let (sampling, roots) = (sampling("greeting"), roots());
    let kind = request.name.strip_prefix("test_input_required_result_").unwrap_or_default();
    let (questions, next) = match (kind, state) {
        ("elicitation", _) => (vec![name], None),
        ("sampling", _) => (vec![self::sampling("capital_question")], None),
        ("list_roots", _) => (vec![roots], None),
        ("request_state" | "tampered_state", None) => (vec![form("confirm", "Please confirm", "ok", "boolean")], Some(1)),
        ("multiple_inputs", _) => (vec![name, sampling, roots], Some(1)),
        ("multi_round", None) => (vec![form("step1", "Step 1: What is your name?", "name", "string")], Some(1)),
        ("multi_round", Some(1)) => (vec![form("step2", "Step 2: What is your favorite color?", "color", "string")], Some(2)),
        ("capabilities", _) => {
            let client = context.client_capabilities().unwrap_or_default();
            let wanted = [(client.elicitation.is_some(), name), (client.sampling.is_some(), sampling), (client.roots.is_some(), roots)];
            (wanted.into_iter().filter_map(|(can, question)| can.then_some(question)).collect(), None)
        }
        _ => (Vec::new(), None),
    };
    // A question that was answered is not asked again; the rounds go on by the state.
    if kind != "multi_round" && questions.iter().all(|(key, _)| has(key)) || questions.is_empty() {
        return contents(json!([{ "type": "text", "text": "All that was asked for: state-ok" }]));
    }
    ask(questions.into_iter().collect(), next).map(Into::into)
}

fn ask(questions: Map<String, Value>, state: Option<u64>) -> Result<InputRequiredResult, ErrorData> {
    let questions = questions.into_iter().map(|(key, question)| made::<InputRequest>(question).map(|question| (key, question)));
    let questions = questions.collect::<Result<_, _>>()?;
    let state = state.map(|state| codec()?.seal_json(&state).map_err(internal)).transpose()?;
    Ok(InputRequiredResult::new(Some(questions), state))
}

fn form(key: &str, message: &str, field: &str, kind: &str) -> (String, Value) {
    let schema = json!({ "type": "object", "properties": { field: { "type": kind } }, "required": [field] });
    (key.to_owned(), json!({ "method": "elicitation/create", "params": { "mode": "form", "message": message, "requestedSchema": schema } }))
}

fn sampling(key: &str) -> (String, Value) {
    let message = json!({ "role": "user", "content": { "type": "text", "text": "What is the capital of France?" } });
    (key.to_owned(), json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": 100 } }))
}

fn roots() -> (String, Value) {
    ("client_roots".to_owned(), json!({ "method": "roots/list" }))
}

fn opened(state: &str) -> Result<u64, ErrorData> {
    codec()?.open_json(state).map_err(|_| ErrorData::invalid_params("this state is not ours", None))
}

fn codec() -> Result<RequestStateCodec, ErrorData> {
    RequestStateCodec::try_new(*b"fixtures keep no secret whatsoever").map_err(internal)
}

pub(super) fn prompts() -> Vec<Prompt> {
    let arguments = |name: &str| match name {
        "test_prompt_with_arguments" => json!([{ "name": "arg1", "required": true }, { "name": "arg2", "required": true }]),
        _ => json!([]),
    };
    PROMPTS.iter().filter_map(|name| made(json!({ "name": name, "description": "A fixture", "arguments": arguments(name) })).ok()).collect()
}

/// A fixture's prompt; nothing where `request` is for one of the product.
pub(super) fn prompt(request: &GetPromptRequestParams) -> Option<Result<GetPromptResponse, ErrorData>> {
    let user = |content: Value| json!({ "role": "user", "content": content });
    let text = |text: &str| user(json!({ "type": "text", "text": text }));
    let argument = |name: &str| request.arguments.as_ref().and_then(|given| given.get(name)).and_then(Value::as_str).unwrap_or_default();
    let messages = match request.name.as_str() {
        "test_simple_prompt" => json!([text("This is a simple prompt for testing.")]),
        "test_prompt_with_arguments" => {
            json!([text(&format!("Prompt with arguments: arg1='{}', arg2='{}'", argument("arg1"), argument("arg2")))])
        }
        "test_prompt_with_embedded_resource" => {
            let uri = request.arguments.as_ref().and_then(|given| given.get("resourceUri")).cloned().unwrap_or(json!("test://static-text"));
            json!([user(json!({ "type": "resource", "resource": { "uri": uri, "mimeType": "text/plain", "text": "Embedded." } }))])
        }
        "test_prompt_with_image" => json!([user(json!({ "type": "image", "data": PNG, "mimeType": "image/png" }))]),
        "test_input_required_result_prompt" => {
            let is_answered = request.input_responses.as_ref().is_some_and(|answers| answers.contains_key("user_context"));
            if !is_answered {
                let question = form("user_context", "What context should the prompt use?", "context", "string");
                return Some(ask(Map::from_iter([question]), None).map(Into::into));
            }
            json!([text("Prompt with the context that was asked for")])
        }
        _ => return None,
    };
    Some(made(messages).map(|messages| GetPromptResult::new(messages).into()))
}

pub(super) fn resources() -> Vec<Resource> {
    let all = [("test://static-text", "text/plain"), ("test://static-binary", "image/png")];
    all.iter().filter_map(|(uri, media_type)| made(json!({ "uri": uri, "name": uri, "mimeType": media_type })).ok()).collect()
}

pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![ResourceTemplate::new("test://template/{id}/data", "test").with_mime_type("application/json")]
}

/// A fixture's resource; nothing where `uri` is one of the product.
pub(super) fn resource(uri: &str) -> Option<Result<ReadResourceResponse, ErrorData>> {
    let content = match uri {
        "test://static-text" => json!({ "uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource." }),
        "test://static-binary" => json!({ "uri": uri, "mimeType": "image/png", "blob": PNG }),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let text = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") }).to_string();
            json!({ "uri": uri, "mimeType": "application/json", "text": text })
        }
    };
    Some(
        made(json!([content]))
            .map(|contents| ReadResourceResult::new(contents).with_ttl_ms(0).with_cache_scope(CacheScope::Private).into()),
    )
}

fn contents(content: Value) -> Result<CallToolResponse, ErrorData> {
    made::<Vec<ContentBlock>>(content).map(|content| CallToolResult::success(content).into())
}

fn made<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(internal)
}

fn internal(fault: impl std::fmt::Display) -> ErrorData {
    ErrorData::internal_error(fault.to_string(), None)
}
