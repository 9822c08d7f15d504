//! The published contract: `tools/*.json` is what the types say, the examples are what the tools answer, and every tool can be
//! read by every client.
//!
//! Renew the files with `cargo run -- tools --write`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use trialogue::tools::{ALL, ToolDef, examples};

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
    let mut named: BTreeSet<String> = ALL.iter().map(|tool| format!("{}.json", tool.name)).collect();
    named.insert("examples.json".to_owned());
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&name), "tools/{name} belongs to no tool; remove it");
    }
}

#[tokio::test]
async fn the_published_examples_are_what_the_demo_store_answers() {
    let published: Value = serde_json::from_str(include_str!("../../tools/examples.json")).unwrap();
    let renewed = examples::renewed(&ALL).await.unwrap();
    assert!(is_alike(&published, &renewed), "tools/examples.json is out of date; run `cargo run -- tools --write`: {renewed:#}");
}

/// Whether two values are the same but for the last digits of numbers, which another C library's logarithm may change.
pub(crate) fn is_alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.keys().eq(right.keys()) && left.values().zip(right.values()).all(|(left, right)| is_alike(left, right))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_alike(left, right))
        }
        (Value::Number(left), Value::Number(right)) => match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => (left - right).abs() <= 1e-9 * left.abs().max(right.abs()),
            _ => left == right,
        },
        _ => left == right,
    }
}

#[test]
fn every_example_fits_its_schemas_and_all_have_results_but_those_of_artifacts() {
    for tool in &ALL {
        let example = examples::of(tool).unwrap_or_else(|| panic!("{} has no example", tool.name));
        tool.checked(Value::Object(example.arguments.clone())).unwrap();
        assert_eq!(example.result.is_none(), tool.name.contains("artifact"), "{}", tool.name);
        if let Some(result) = example.result {
            let validator = jsonschema::validator_for(tool.output_schema()).unwrap();
            let faults: Vec<String> = validator.iter_errors(result).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{}: {faults:?}", tool.name);
        }
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
