//! What a reply depends on, in hashes: a request is found again by all of it, and a request that is not found is told apart by its parts.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::llm::{Function, Request, Sampling};

/// Who was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The model's name, as `Model::name` has it.
    pub(super) model: String,
    /// The server's address; empty for a model without a server.
    pub(super) server: String,
}

/// The parts of a request. Our requests name no `tool_choice`: the server's default follows from whether there are functions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Parts {
    sampling: Sampling,
    messages: Vec<String>,
    functions: Vec<FunctionPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FunctionPart {
    name: String,
    description: String,
    parameters: String,
}

impl Parts {
    pub(super) fn of(request: &Request) -> Self {
        let part = |function: &Function| FunctionPart {
            name: function.name.clone(),
            description: hash_of(&function.description),
            parameters: hash_of(&function.parameters),
        };
        Self {
            sampling: request.sampling,
            messages: request.messages.iter().map(hash_of).collect(),
            functions: request.functions.iter().map(part).collect(),
        }
    }

    /// By what the exchange is found.
    pub(super) fn key(&self, asked: &Asked) -> String {
        hash_of(&(asked, self))
    }

    /// How much of a request is as it was recorded: the more leading messages, the nearer.
    pub(super) fn likeness(&self, other: &Self) -> (usize, usize, bool) {
        let messages = self.messages.iter().zip(&other.messages).filter(|(one, another)| one == another).count();
        let functions = self.functions.iter().filter(|function| other.functions.contains(function)).count();
        (messages, functions, self.sampling == other.sampling)
    }

    /// What is otherwise in `now`, the parts of `request`, than in these.
    pub(super) fn changes(&self, now: &Self, request: &Request) -> Vec<String> {
        let mut changes = Vec::new();
        if self.sampling != now.sampling {
            let told = |sampling: &Sampling| serde_json::to_string(sampling).unwrap_or_default();
            changes.push(format!("the sampling (recorded with `{}`, now `{}`)", told(&self.sampling), told(&now.sampling)));
        }
        for (index, message) in request.messages.iter().enumerate() {
            if self.messages.get(index) != now.messages.get(index) {
                changes.push(format!("message {} ({})", index + 1, message.role()));
            }
        }
        if self.messages.len() > now.messages.len() {
            changes.push(format!("the number of messages (recorded {}, now {})", self.messages.len(), now.messages.len()));
        }
        self.changed_functions(now, &mut changes);
        changes
    }

    fn changed_functions(&self, now: &Self, changes: &mut Vec<String>) {
        for function in &now.functions {
            let name = &function.name;
            let Some(recorded) = self.functions.iter().find(|recorded| recorded.name == *name) else {
                changes.push(format!("the function `{name}` (added)"));
                continue;
            };
            if recorded.description != function.description {
                changes.push(format!("the description of the function `{name}`"));
            }
            if recorded.parameters != function.parameters {
                changes.push(format!("the parameters of the function `{name}`"));
            }
        }
        let has = |parts: &Self, name: &str| parts.functions.iter().any(|function| function.name == name);
        changes.extend(
            self.functions
                .iter()
                .filter(|recorded| !has(now, &recorded.name))
                .map(|gone| format!("the function `{}` (removed)", gone.name)),
        );
        let order = |parts: &Self, other: &Self| -> Vec<String> {
            parts.functions.iter().map(|function| function.name.clone()).filter(|name| has(other, name)).collect()
        };
        if order(self, now) != order(now, self) {
            changes.push("the order of the functions".to_owned());
        }
    }
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
