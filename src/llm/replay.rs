//! Cassettes: replies that were recorded once and are given again for the same request, without a network.
//!
//! A cassette is a JSONL file, one exchange a line, keyed by the SHA-256 of the whole request: model, messages, functions and
//! sampling. A request that differs anywhere has another key, so that a changed prompt is never judged by an old reply; the
//! hashes of the parts stand beside the key and tell what changed. Requests carry no credentials, so neither do cassettes.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Message, Model, ModelError, Reply, Request};

/// A cassette, being played or being recorded.
#[derive(Debug)]
pub struct Replay {
    model: String,
    path: PathBuf,
    exchanges: Mutex<HashMap<String, Exchange>>,
    recorded: Option<Box<Model>>,
}

/// Why a cassette cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// The file cannot be read or written.
    #[error("cannot use the cassette `{path}`: {source}")]
    File {
        /// The cassette.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is no exchange.
    #[error("line {line} of the cassette `{path}` is not a recorded exchange: {problem}; record it anew")]
    Line {
        /// The cassette.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser said.
        problem: String,
    },
}

/// One line of a cassette.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Exchange {
    key: String,
    /// The person's last words, for those who read the file.
    asked: String,
    parts: Parts,
    reply: Reply,
}

/// The hashes of a request's parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Parts {
    model: String,
    sampling: String,
    messages: Vec<String>,
    functions: Vec<(String, String)>,
}

impl Replay {
    /// Plays the replies that `model` (a [`Model::name`]) gave when the cassette was recorded.
    pub fn open(path: &Path, model: &str) -> Result<Self, CassetteError> {
        let exchanges = Mutex::new(read(path)?);
        Ok(Self { model: model.to_owned(), path: path.to_owned(), exchanges, recorded: None })
    }

    /// Asks `model` each time and adds what it says to the cassette; a newer reply to a request replaces the older.
    pub fn record(path: &Path, model: Model) -> Result<Self, CassetteError> {
        let exchanges = if path.exists() { read(path)? } else { HashMap::new() };
        Ok(Self { model: model.name(), path: path.to_owned(), exchanges: Mutex::new(exchanges), recorded: Some(Box::new(model)) })
    }

    /// The name of the model whose replies these are.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    pub(super) async fn reply(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, ModelError> {
        let parts = Parts::of(&self.model, request);
        let key = parts.key();
        let Some(model) = &self.recorded else {
            let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(exchange) = exchanges.get(&key) else {
                return Err(ModelError::NotRecorded(self.describe_miss(&parts, request, &exchanges)));
            };
            on_delta(&exchange.reply.text);
            return Ok(exchange.reply.clone());
        };
        let reply = model.reply(request, on_delta).await?;
        let exchange = Exchange { key: key.clone(), asked: last_question(request), parts, reply: reply.clone() };
        self.append(&exchange).map_err(|error| {
            ModelError::Misconfigured(format!("cannot write the cassette `{}`: {error}; check that its folder exists", self.path.display()))
        })?;
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).insert(key, exchange);
        Ok(reply)
    }

    /// One write a line: a recording that is cut short leaves whole lines behind.
    fn append(&self, exchange: &Exchange) -> std::io::Result<()> {
        let mut line = serde_json::to_string(exchange)?;
        line.push('\n');
        fs::OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(line.as_bytes())
    }

    fn describe_miss(&self, parts: &Parts, request: &Request, exchanges: &HashMap<String, Exchange>) -> String {
        let path = self.path.display();
        let nearest = exchanges.values().max_by_key(|exchange| (exchange.parts.likeness(parts), std::cmp::Reverse(&exchange.key)));
        match nearest {
            Some(nearest) => format!(
                "no reply to `{}` is recorded in `{path}`; beside the nearest recording, {} changed; record it anew",
                last_question(request),
                nearest.parts.changes(parts, request).join(", ")
            ),
            None => format!("the cassette `{path}` is empty; record it first"),
        }
    }
}

fn read(path: &Path) -> Result<HashMap<String, Exchange>, CassetteError> {
    let text = fs::read_to_string(path).map_err(|source| CassetteError::File { path: path.to_owned(), source })?;
    let mut exchanges = HashMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let exchange: Exchange = serde_json::from_str(line).map_err(|error| CassetteError::Line {
            path: path.to_owned(),
            line: index + 1,
            problem: error.to_string(),
        })?;
        exchanges.insert(exchange.key.clone(), exchange);
    }
    Ok(exchanges)
}

impl Parts {
    fn of(model: &str, request: &Request) -> Self {
        Self {
            model: model.to_owned(),
            sampling: hash_of(&request.sampling),
            messages: request.messages.iter().map(hash_of).collect(),
            functions: request.functions.iter().map(|function| (function.name.clone(), hash_of(function))).collect(),
        }
    }

    fn key(&self) -> String {
        hash_of(self)
    }

    /// How much of a request is as it was recorded: the more leading messages, the nearer.
    fn likeness(&self, other: &Self) -> (usize, usize, bool, bool) {
        let messages = self.messages.iter().zip(&other.messages).filter(|(one, another)| one == another).count();
        let functions = self.functions.iter().filter(|function| other.functions.contains(function)).count();
        (messages, functions, self.sampling == other.sampling, self.model == other.model)
    }

    fn changes(&self, now: &Self, request: &Request) -> Vec<String> {
        let mut changes = Vec::new();
        if self.model != now.model {
            changes.push(format!("the model (recorded with `{}`, asked of `{}`)", self.model, now.model));
        }
        if self.sampling != now.sampling {
            changes.push("the sampling".to_owned());
        }
        for (index, message) in request.messages.iter().enumerate() {
            if self.messages.get(index) != now.messages.get(index) {
                changes.push(format!("message {} ({})", index + 1, message.role()));
            }
        }
        if self.messages.len() > now.messages.len() {
            changes.push(format!("the number of messages (recorded {}, now {})", self.messages.len(), now.messages.len()));
        }
        for (name, hash) in &now.functions {
            match self.functions.iter().find(|(recorded, _)| recorded == name) {
                Some((_, recorded)) if recorded == hash => {}
                Some(_) => changes.push(format!("the function `{name}`")),
                None => changes.push(format!("the function `{name}` (added)")),
            }
        }
        for (name, _) in &self.functions {
            if !now.functions.iter().any(|(now, _)| now == name) {
                changes.push(format!("the function `{name}` (removed)"));
            }
        }
        if changes.is_empty() {
            changes.push("the order of the functions".to_owned());
        }
        changes
    }
}

fn last_question(request: &Request) -> String {
    let questions = request.messages.iter().rev().filter(|message| matches!(message, Message::User { .. }));
    questions.map(|message| message.text().chars().take(200).collect()).next().unwrap_or_default()
}

/// SHA-256 of the JSON with its keys sorted: the order in which a struct or a schema lists its members is no difference.
fn hash_of(part: &impl Serialize) -> String {
    // Our own plain types always serialise; a failure would hash as null and so miss, never hit wrongly.
    let value = serde_json::to_value(part).unwrap_or(Value::Null);
    let digest = Sha256::digest(sorted(value).to_string());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.sort_by(|(one, _), (another, _)| one.cmp(another));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scripted::{Scripted, Turn};
    use super::super::{Function, Sampling};
    use super::*;

    fn request(question: &str) -> Request {
        Request {
            messages: vec![Message::System { text: "be brief".to_owned() }, Message::User { text: question.to_owned() }],
            functions: vec![Function {
                name: "best_run".to_owned(),
                description: "the best".to_owned(),
                parameters: json!({"type": "object", "properties": {}}),
            }],
            sampling: Sampling::default(),
        }
    }

    async fn ask(model: &Model, request: &Request) -> Result<Reply, ModelError> {
        model.reply(request, &mut |_: &str| {}).await
    }

    async fn recorded(path: &Path) -> Model {
        let scripted = Model::Scripted(Scripted::new([Turn::calls(&[("best_run", json!({"metric": "f1"}))]), Turn::text("hello")]));
        let recording = Model::Replay(Replay::record(path, scripted).unwrap());
        ask(&recording, &request("best?")).await.unwrap();
        ask(&recording, &request("hi")).await.unwrap();
        Model::Replay(Replay::open(path, "scripted").unwrap())
    }

    #[tokio::test]
    async fn a_recorded_reply_is_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let model = recorded(&folder.path().join("a.jsonl")).await;
        for _ in 0..2 {
            assert_eq!(ask(&model, &request("best?")).await.unwrap().calls[0].arguments, r#"{"metric":"f1"}"#);
            assert_eq!(ask(&model, &request("hi")).await.unwrap().text, "hello");
        }
    }

    #[tokio::test]
    async fn the_order_of_schema_keys_is_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        let model = recorded(&folder.path().join("a.jsonl")).await;
        let mut same = request("hi");
        same.functions[0].parameters = json!({"properties": {}, "type": "object"});
        assert!(ask(&model, &same).await.is_ok());
    }

    #[tokio::test]
    async fn a_miss_says_what_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let model = recorded(&path).await;
        let check = async |change: fn(&mut Request), expected: &str| {
            let mut changed = request("hi");
            change(&mut changed);
            let message = ask(&model, &changed).await.unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check(|request| request.messages[0] = Message::System { text: "be long".to_owned() }, "message 1 (system) changed").await;
        check(|request| request.messages[1] = Message::User { text: "ho".to_owned() }, "message 2 (user) changed").await;
        check(|request| request.functions[0].description.push('!'), "the function `best_run` changed").await;
        check(|request| request.functions.clear(), "the function `best_run` (removed) changed").await;
        check(|request| request.sampling.temperature = 1.0, "the sampling changed").await;
        let other = Model::Replay(Replay::open(&path, "openai:other").unwrap());
        let message = ask(&other, &request("hi")).await.unwrap_err().to_string();
        assert!(message.contains("recorded with `scripted`"), "{message}");
    }

    #[tokio::test]
    async fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        drop(recorded(&path).await);
        fs::write(&path, fs::read_to_string(&path).unwrap() + "{\"key\":").unwrap();
        let message = Replay::open(&path, "scripted").unwrap_err().to_string();
        assert!(message.contains("line 3"), "{message}");
    }
}
