//! One example a tool: its arguments, and its result on the demonstration store. The description of the service shows them.
//!
//! They are kept in `tools/examples.json`. Arguments are written there by hand, results by `trialogue tools --write`; a tool that
//! the demonstration store cannot answer, as it has no artifacts, is shown without a result.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::error::ToolError;
use super::tool::{Context, ToolDef};
use crate::config::Limits;
use crate::domain::time::Timestamp;
use crate::store::demo::TemporaryDemo;
use crate::store::sqlite::SqliteStore;
use crate::store::{OpenMode, Store};

/// When the examples are asked: 2025-04-01, soon after the last run of the demonstration store.
const NOW: Timestamp = Timestamp(1_743_465_600_000);

/// An example of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it is called with.
    pub arguments: &'static Map<String, Value>,
    /// What it answers, where the demonstration store can tell.
    pub result: Option<&'static Value>,
}

/// The published example of `tool`.
#[must_use]
pub fn of(tool: &ToolDef) -> Option<Example> {
    static PUBLISHED: OnceLock<Value> = OnceLock::new();
    // A file that is no JSON has no examples; a test says so.
    let published = PUBLISHED.get_or_init(|| serde_json::from_str(include_str!("../../tools/examples.json")).unwrap_or_default());
    let example = published.get(tool.name)?;
    Some(Example { arguments: example.get("arguments")?.as_object()?, result: example.get("result") })
}

/// The examples of all `tools` with what they answer now, as `tools/examples.json` has them.
///
/// # Errors
/// Where a tool has no example, or its arguments do not fit its schema.
pub async fn renewed(tools: &[ToolDef]) -> Result<Value, ToolError> {
    let mut all = Map::new();
    for tool in tools {
        let Some(Example { arguments, .. }) = of(tool) else {
            return Err(ToolError::InvalidArguments(format!("`{}` has no example: add its arguments to tools/examples.json", tool.name)));
        };
        let arguments = Value::Object(arguments.clone());
        tool.checked(arguments.clone())?;
        // Each has a store of its own, so that no example sees what another wrote.
        let demo = TemporaryDemo::create()?;
        let store = Store::Sqlite(SqliteStore::open(demo.path(), OpenMode::ReadWrite)?);
        let context = Context { store, limits: Limits::default(), tenant: None, now: NOW, focus: None };
        let example = match tool.call(arguments.clone(), &context).await {
            Ok(outcome) => json!({"arguments": arguments, "result": outcome.result}),
            Err(_) => json!({"arguments": arguments}),
        };
        all.insert(tool.name.to_owned(), example);
    }
    Ok(Value::Object(all))
}
