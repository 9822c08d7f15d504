//! The published contract: `tools/*.json` is what the types say, and every tool can be read by every client.
//!
//! Renew the files with `cargo run -- tools --write`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use trialogue::tools::{ALL, ToolDef};

fn published(tool: &ToolDef) -> String {
    format!("{:#}\n", tool.contract())
}

#[test]
fn the_published_files_are_what_the_types_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools");
    for tool in &ALL {
        let file = folder.join(format!("{}.json", tool.name));
        let found = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(found == published(tool), "tools/{}.json is out of date; run `cargo run -- tools --write`", tool.name);
    }
    let named: BTreeSet<String> = ALL.iter().map(|tool| format!("{}.json", tool.name)).collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&name), "tools/{name} belongs to no tool; remove it");
    }
}

#[test]
fn every_argument_is_described_and_every_schema_is_an_object_without_references() {
    for tool in &ALL {
        assert!(!tool.description().is_empty(), "{} has no description", tool.name);
        for (kind, schema) in [("input", tool.input_schema()), ("output", tool.output_schema())] {
            assert_eq!(schema["type"], "object", "{} {kind}", tool.name);
            check_portable(schema, &format!("{} {kind}", tool.name));
        }
        assert_eq!(tool.input_schema()["additionalProperties"], Value::Bool(false), "{}", tool.name);
        for (name, schema) in tool.input_schema()["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{}.{name} is not described", tool.name);
        }
    }
}

/// No `$ref`, no `$schema`, no boolean subschema under `properties` or `items`.
fn check_portable(schema: &Value, place: &str) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                assert!(!matches!(key.as_str(), "$ref" | "$schema" | "$defs"), "{place} has {key}");
                if key == "properties" {
                    for (name, property) in value.as_object().unwrap() {
                        assert!(property.is_object(), "{place}.{name} is a boolean schema");
                    }
                }
                check_portable(value, place);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check_portable(item, place)),
        _ => {}
    }
}

#[test]
fn every_tool_has_phrases_a_route_and_a_name_of_its_own() {
    let names: BTreeSet<&str> = ALL.iter().map(|tool| tool.name).collect();
    assert_eq!(names.len(), ALL.len());
    for tool in &ALL {
        assert!(!tool.phrases.is_empty(), "{} has no phrases", tool.name);
        assert!(tool.route.path.starts_with("/api/v1/ml/"), "{}", tool.name);
    }
}
