//! The published schemas of what people write: cases, suites and fixtures.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::case::Case;
use super::fixture::Fixture;
use super::suite::SuiteFile;

/// Each schema with the name of its file in `evals/`.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![("case.schema.json", of::<Case>()), ("suite.schema.json", of::<SuiteFile>()), ("fixture.schema.json", of::<Fixture>())]
}

fn of<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}
