//! The description of the service in OpenAPI 3.1, from the table of routes and the schemas and examples of the tools.

mod chat;
mod completions;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::arguments::COMMON_PARAMETERS;
use super::auth::Role;
use super::endpoint::{Answers, Endpoint, Policy, endpoints};
use crate::tools::{Access, ToolDef, examples};

/// What is true of all routes, in Markdown.
const ABOUT: &str = "\
Say who you are with an API key or a JSON Web Token in `Authorization: Bearer …`, or with a key in `X-API-Key`; a browser asks for the key as the password.

Names are taken as people say them: an experiment or run is its id, its name or a part of it, and `resolved` tells what was taken. \
Every list tells how many of how many it shows, and what was left out or cut stands in `caveats`.

What goes wrong is told as problem details (RFC 9457), whose `detail` says what would be right.";

/// The groups of routes.
const TAGS: [(&str, &str); 3] = [
    ("Tracking", "Experiments, runs, metrics and artifacts"),
    ("Chat", "Questions in plain language, and the conversations that they make"),
    ("Service", "The service itself"),
];

/// The description.
#[must_use]
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for endpoint in endpoints() {
        let operation = match endpoint.answers {
            Answers::Tool(tool) => tool_operation(tool, &endpoint),
            Answers::Chat(action) => chat::operation(action, &endpoint),
            Answers::OpenAi(action) => completions::operation(action, &endpoint),
            Answers::Health => plain_operation("health", "Tells whether the process is alive", "application/json", &endpoint),
            Answers::Readiness => readiness_operation(&endpoint),
            Answers::Metrics => plain_operation("metrics", "Gives figures for Prometheus", "application/openmetrics-text", &endpoint),
            Answers::OpenApi => plain_operation("openapi", "Gives this description", "application/json", &endpoint),
            Answers::Docs | Answers::Page | Answers::File(_) | Answers::Picture | Answers::Mcp | Answers::ResourceMetadata => continue,
        };
        let path = paths.entry(endpoint.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(endpoint.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Trialogue",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("{}.\n\n{ABOUT}", env!("CARGO_PKG_DESCRIPTION")),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": TAGS.map(|(name, description)| json!({"name": name, "description": description})),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key or a JSON Web Token"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "basic": {"type": "http", "scheme": "basic", "description": "An API key as the password, for browsers"},
            },
            "schemas": {"Problem": problem_schema()},
        },
    })
}

fn tool_operation(tool: &ToolDef, endpoint: &Endpoint) -> Value {
    let no_properties = Map::new();
    let properties = tool.input_schema().get("properties").and_then(Value::as_object).unwrap_or(&no_properties);
    let required: Vec<&str> = list_of(tool.input_schema().get("required"));
    let in_path = |name: &str| endpoint.path.contains(&format!("{{{name}}}"));
    let example = examples::of(tool);
    let example_of = |name: &str| example.and_then(|example| example.arguments.get(name));
    let mut parameters: Vec<Value> = Vec::new();
    let (mut body, mut body_example) = (Map::new(), Map::new());
    for (name, schema) in properties {
        if in_path(name) {
            parameters.push(parameter("path", name, schema, true, example_of(name)));
        } else if endpoint.method == Method::POST {
            body.insert(name.clone(), schema.clone());
            body_example.extend(example_of(name).map(|value| (name.clone(), value.clone())));
        } else {
            parameters.push(parameter("query", name, schema, required.contains(&name.as_str()), example_of(name)));
        }
    }
    parameters.extend(COMMON_PARAMETERS.iter().map(|name| common_parameter(name)));
    if tool.access == Access::Write {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header",
            "description": "Makes the write safe to repeat: for 24 hours the same key gives the same answer",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        }));
    }
    let good = if tool.access == Access::Write { "201" } else { "200" };
    let mut answer = json!({"schema": tool_output(tool)});
    if let (Some(result), Some(answer)) = (example.and_then(|example| example.result), answer.as_object_mut()) {
        answer.insert("example".to_owned(), result.clone());
    }
    let mut operation = json!({
        "operationId": tool.name,
        "tags": ["Tracking"],
        "summary": tool.title,
        "description": tool.description(),
        "parameters": parameters,
        "responses": responses(good, json!({"application/json": answer}), endpoint),
    });
    if let (false, Some(fields)) = (body.is_empty(), operation.as_object_mut()) {
        let required: Vec<&str> = required.into_iter().filter(|name| !in_path(name)).collect();
        let mut schema = json!({"type": "object", "properties": body, "additionalProperties": false});
        if let (false, Some(schema)) = (required.is_empty(), schema.as_object_mut()) {
            schema.insert("required".to_owned(), json!(required));
        }
        let content = json!({"application/json": {"schema": schema, "example": body_example}});
        fields.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    secured(operation, endpoint)
}

/// The tool's output, with the chart that the query can ask for.
fn tool_output(tool: &ToolDef) -> Value {
    let mut schema = tool.output_schema().clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let chart = json!({"type": ["object", "null"], "description": "The chart as a Vega-Lite specification, where `chart=vega_lite` asks for it"});
        properties.insert("chart".to_owned(), chart);
    }
    schema
}

fn parameter(place: &str, name: &str, schema: &Value, required: bool, example: Option<&Value>) -> Value {
    let description = schema.get("description").cloned().unwrap_or_default();
    let mut parameter = json!({"name": name, "in": place, "required": required, "description": description, "schema": schema});
    let kind = schema.get("type").and_then(Value::as_str);
    if let Some(fields) = parameter.as_object_mut() {
        if let Some(example) = example {
            fields.insert("example".to_owned(), example.clone());
        }
        match (place, kind) {
            ("query", Some("object")) => {
                fields.insert("style".to_owned(), json!("deepObject"));
                fields.insert("explode".to_owned(), json!(true));
            }
            ("query", Some("array")) => {
                fields.insert("style".to_owned(), json!("form"));
                fields.insert("explode".to_owned(), json!(true));
            }
            _ => {}
        }
    }
    parameter
}

fn common_parameter(name: &str) -> Value {
    let (description, schema) = match name {
        "chart" => ("Whether the result brings its chart", json!({"enum": ["none", "vega_lite"], "default": "none"})),
        _ => (
            "Only experiments whose tag `tenant_id` is this; must be your own tenant, if you have one",
            json!({"type": "string", "minLength": 1}),
        ),
    };
    json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema})
}

fn plain_operation(id: &str, summary: &str, media_type: &str, endpoint: &Endpoint) -> Value {
    let schema = if media_type == "application/json" { json!({"type": "object"}) } else { json!({"type": "string"}) };
    let responses = responses("200", json!({media_type: {"schema": schema}}), endpoint);
    let operation = json!({"operationId": id, "tags": ["Service"], "summary": summary, "responses": responses});
    secured(operation, endpoint)
}

fn readiness_operation(endpoint: &Endpoint) -> Value {
    let summary = "Tells whether store and model answer";
    let mut operation = plain_operation("readiness", summary, "application/json", endpoint);
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        let content = json!({"application/json": {"schema": {"type": "object"}}});
        responses.insert("503".to_owned(), json!({"description": "It cannot answer now, and why", "content": content}));
    }
    operation
}

fn responses(good: &str, content: Value, endpoint: &Endpoint) -> Value {
    let mut responses = Map::new();
    responses.insert(good.to_owned(), json!({"description": "The answer", "content": content}));
    let has_arguments = matches!(endpoint.answers, Answers::Tool(_) | Answers::Chat(_));
    for (status, description, of_these_only) in PROBLEMS {
        if has_arguments || !of_these_only {
            let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
            responses.insert((*status).to_owned(), json!({"description": description, "content": content}));
        }
    }
    Value::Object(responses)
}

/// What may go wrong, and whether only with tools and in the chat.
const PROBLEMS: &[(&str, &str, bool)] = &[
    ("400", "The arguments are wrong; `detail` says what would be right", false),
    ("401", "You did not say who you are, or it is not true any more", false),
    ("403", "You may not, or the host or page from which you ask is not known", false),
    ("404", "It is not there, or it is not yours", true),
    ("405", "The route has no such method", false),
    ("408", "The body did not come in time", true),
    ("409", "A name leads to several, is taken, or the same request, or a turn of the same conversation, is under way", true),
    ("413", "The body is too long", true),
    ("414", "The query is too long", true),
    ("415", "The body is no JSON", true),
    ("422", "The idempotency key was used for another request", true),
    ("429", "Too many requests; come again after `Retry-After` seconds", true),
    ("500", "The service failed", false),
    ("502", "The tracking store refuses to answer", true),
    ("503", "Too much to do, or the tracking store is away; come again after `Retry-After` seconds", false),
    ("504", "The tracking store did not answer in time", true),
];

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "properties": {
            "type": {"type": "string", "description": "A URN that ends in `code`"},
            "title": {"type": "string", "description": "The status in words"},
            "status": {"type": "integer", "description": "The HTTP status"},
            "detail": {"type": "string", "description": "What was wrong and what would be right"},
            "code": {"type": "string", "description": "The kind of problem, for programs"},
            "candidates": {"type": "array", "items": {"type": "string"}, "description": "The nearest names there are"},
        },
        "required": ["type", "title", "status", "detail", "code"],
        "examples": [{
            "type": "urn:trialogue:problem:not_found",
            "title": "Not Found",
            "status": 404,
            "detail": "no metric matches `f2`; there is `f1_score`, `f1_macro`",
            "code": "not_found",
            "candidates": ["f1_score", "f1_macro"],
        }],
    })
}

fn secured(mut operation: Value, endpoint: &Endpoint) -> Value {
    if let Some(fields) = operation.as_object_mut() {
        let security = match endpoint.policy {
            Policy::Open => json!([]),
            Policy::AtLeast(role) => {
                let needed = if role == Role::Writer { "writer" } else { "reader" };
                fields.insert("x-role".to_owned(), json!(needed));
                json!([{"bearer": []}, {"key": []}, {"basic": []}])
            }
        };
        fields.insert("security".to_owned(), security);
    }
    operation
}

fn list_of(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
