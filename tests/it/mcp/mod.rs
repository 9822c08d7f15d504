//! The Model Context Protocol, from outside: the real program over real sockets and pipes.

mod access;
mod clients;
mod corpus;
mod offer;
mod sizes;
mod tenants;
mod upstream;
mod withdrawal;

use std::path::Path;

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::services::trialogue::{Reply, Trialogue, send};

/// The revision that these tests speak: one POST a request, no handshake.
const REVISION: &str = "2026-07-28";

/// A request of that revision, of a client that can ask its person.
fn message(id: u64, method: &str, params: &Value) -> Value {
    let mut params = params.clone();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } },
    });
    let given = params["_meta"].as_object().cloned().unwrap_or_default();
    params["_meta"] = meta;
    params["_meta"].as_object_mut().unwrap().extend(given);
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// A client that speaks no more than the protocol.
struct Caller<'a> {
    service: &'a Trialogue,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Caller<'a> {
    fn new(service: &'a Trialogue) -> Self {
        Self { service, headers: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn as_bearer(service: &'a Trialogue, credential: &str) -> Self {
        Self::new(service).with("authorization", credential)
    }

    /// The HTTP answer to a request.
    async fn ask(&self, method: &str, params: &Value) -> Reply {
        let body = message(1, method, params);
        let mut request = self.service.request(&Method::POST, "/mcp").header("content-type", "application/json");
        request = request.header("accept", "application/json, text/event-stream");
        request = request.header("mcp-protocol-version", REVISION).header("mcp-method", method);
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            request = request.header("mcp-name", name);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        send(request.body(body.to_string())).await
    }

    /// The whole JSON-RPC answer, which may be an error.
    async fn answer(&self, method: &str, params: &Value) -> Value {
        self.ask(method, params).await.json()
    }

    /// The result, which must be one.
    async fn result(&self, method: &str, params: &Value) -> Value {
        let answer = self.answer(method, params).await;
        assert!(answer["result"].is_object(), "{method} {params}: {answer}");
        answer["result"].clone()
    }

    /// What a tool answers, which may be that it cannot.
    async fn call(&self, tool: &str, arguments: &Value) -> Value {
        self.result("tools/call", &json!({ "name": tool, "arguments": arguments })).await
    }

    async fn tools(&self) -> Vec<String> {
        let listed = self.result("tools/list", &json!({})).await;
        listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// The text of a tool's answer.
fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}

fn is_error(result: &Value) -> bool {
    result["isError"] == true
}

/// What a result costs a model: all but what is for the host.
fn without_meta(result: &Value) -> String {
    let fields: Map<String, Value> = result.as_object().unwrap().clone().into_iter().filter(|(name, _)| name != "_meta").collect();
    Value::Object(fields).to_string()
}

/// The demonstration store, whose run 17 has the artifact of the examples.
fn store_with_artifact(path: &Path) {
    trialogue::store::demo::create(path).unwrap();
    let raw = Connection::open(path).unwrap();
    let run: String = raw.query_row("SELECT run_uuid FROM runs WHERE name = 'run-017'", [], |row| row.get(0)).unwrap();
    let root = artifact_root(path, &run);
    std::fs::write(root.join("confusion_matrix.csv"), "actual,stays,leaves\nstays,812,41\nleaves,39,108\n").unwrap();
    raw.execute("UPDATE runs SET artifact_uri = ?1 WHERE run_uuid = ?2", [root.to_str().unwrap(), &run]).unwrap();
}

/// A folder for a run's artifacts beside the store.
fn artifact_root(store: &Path, run: &str) -> std::path::PathBuf {
    let root = store.parent().unwrap().join("1").join(run).join("artifacts");
    std::fs::create_dir_all(&root).unwrap();
    root
}
