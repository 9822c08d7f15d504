//! A tool as an assistant is shown it: the catalogue's contract, said in as few bytes as a model can work with.
//!
//! All definitions together are read by the model before anybody has asked anything. So words stand once: what an enumeration's
//! values mean is said by its description, and of a result only the fields are named; the whole schema is at `trialogue://tools/{tool}`.

use std::sync::OnceLock;

use rmcp::model::Tool;
use serde_json::{Map, Value, json};

use super::VIEW;
use super::wishes::Wishes;
use crate::tools::{self, Access, ToolDef};

/// The definition of `tool`.
pub(super) fn definition(tool: &ToolDef) -> Tool {
    static ALL: OnceLock<Vec<Tool>> = OnceLock::new();
    let all = ALL.get_or_init(|| tools::ALL.iter().map(made).collect());
    all.iter().find(|made| made.name == tool.name).cloned().unwrap_or_else(|| made(tool))
}

fn made(tool: &ToolDef) -> Tool {
    let mut definition = json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description(),
        "inputSchema": input(tool),
        "outputSchema": output(tool),
        "annotations": {
            "readOnlyHint": tool.access == Access::Read,
            "destructiveHint": false,
            "idempotentHint": tool.access == Access::Read,
            "openWorldHint": false,
        },
    });
    if let (true, Some(fields)) = (tool.draws, definition.as_object_mut()) {
        fields.insert("_meta".to_owned(), json!({ "ui": { "resourceUri": VIEW } }));
    }
    serde_json::from_value(definition).unwrap_or_else(|_| Tool::new(tool.name, tool.title, Map::new()))
}

fn input(tool: &ToolDef) -> Value {
    let mut schema = tool.brief_input_schema();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, wish) in Wishes::schemas(tool) {
            properties.entry(name).or_insert(wish);
        }
    }
    schema
}

/// What every result has.
const IN_ALL: [&str; 2] = ["resolved", "caveats"];

/// The fields of a result, but for those that every result has and those that are left out of short ones.
fn output(tool: &ToolDef) -> Value {
    let schema = tool.output_schema();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let is_own = |name: &str| !tool.details.contains(&name) && !IN_ALL.contains(&name);
    let named = properties.filter(|(name, _)| is_own(name)).map(|(name, _)| (name.clone(), json!({})));
    json!({ "type": "object", "properties": named.collect::<Map<String, Value>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `tools/list` may have in all, less what stands around the tools.
    const BYTES: usize = 12_000 - 150;

    #[test]
    fn all_definitions_together_are_short() {
        let all: Vec<Tool> = tools::ALL.iter().map(definition).collect();
        let sizes: Vec<(String, usize)> =
            all.iter().map(|tool| (tool.name.to_string(), serde_json::to_string(tool).unwrap().len())).collect();
        let size = serde_json::to_string(&json!({ "tools": all })).unwrap().len();
        assert!(size <= BYTES, "{size} bytes: {sizes:?}");
    }

    #[test]
    fn every_definition_is_closed_and_has_all_hints() {
        for tool in &tools::ALL {
            let definition = definition(tool);
            assert_eq!(definition.input_schema.get("additionalProperties"), Some(&json!(false)), "{}", tool.name);
            let hints = definition.annotations.unwrap();
            assert!(
                [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint].iter().all(Option::is_some)
            );
            assert!(definition.title.is_some() && definition.output_schema.is_some());
        }
    }
}
