//! A tool's arguments in as few words as a model can work with.

use serde_json::{Map, Value, json};

use super::ToolDef;

/// From here on a bound is far: who meets it is told by the refusal.
const FAR: f64 = 500.0;

impl ToolDef {
    /// [`ToolDef::input_schema`] without bounds that nobody meets, and with enumerations as plain lists: what their values mean is said by
    /// the description.
    #[must_use]
    pub fn brief_input_schema(&self) -> Value {
        brief(self.input_schema())
    }
}

fn brief(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let values = fields.get("oneOf").and_then(Value::as_array).map(|all| all.iter().filter_map(|one| one.get("const")).collect());
            let mut kept: Map<String, Value> = Map::new();
            for (key, value) in fields {
                match (key.as_str(), &values) {
                    ("minimum" | "maximum" | "maxLength", _) if value.as_f64().is_some_and(|bound| bound == 0.0 || bound.abs() >= FAR) => {}
                    ("oneOf", Some(values)) => {
                        let values: &Vec<&Value> = values;
                        kept.insert("type".to_owned(), json!("string"));
                        kept.insert("enum".to_owned(), json!(values));
                    }
                    _ => drop(kept.insert(key.clone(), brief(value))),
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(brief).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enumeration_is_a_plain_list() {
        let schema = json!({ "description": "d", "oneOf": [{ "type": "string", "const": "a", "description": "x" }, { "type": "string", "const": "b" }] });
        assert_eq!(brief(&schema), json!({ "description": "d", "type": "string", "enum": ["a", "b"] }));
    }
}
