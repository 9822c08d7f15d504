//! How an assistant wants its answer, beside what the tool is asked: how much of it, and whether with a picture.

use serde_json::{Map, Value, json};

use crate::tools::{ToolDef, ToolError};

const FORMAT: &str = "response_format";
const CHART: &str = "chart";

/// How the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wishes {
    /// Everything, not only what matters most.
    pub(super) is_detailed: bool,
    /// The chart as an image, which a model pays for.
    pub(super) wants_image: bool,
}

impl Wishes {
    /// The arguments that tell them, for the input schema of `tool`.
    pub(super) fn schemas(tool: &ToolDef) -> Vec<(String, Value)> {
        let format = json!({ "type": "string", "enum": ["concise", "detailed"] });
        let chart = json!({ "type": "string", "enum": ["image"] });
        let mut schemas = Vec::new();
        if !tool.details.is_empty() {
            schemas.push((FORMAT.to_owned(), format));
        }
        if tool.draws {
            schemas.push((CHART.to_owned(), chart));
        }
        schemas
    }

    /// Takes them out of the arguments. One that the tool itself has stays there, too.
    ///
    /// # Errors
    /// A word that is none of theirs.
    pub(super) fn taken(tool: &ToolDef, arguments: &mut Map<String, Value>) -> Result<Self, ToolError> {
        let has_own = |name: &str| tool.input_schema().pointer(&format!("/properties/{name}")).is_some();
        let mut word = |name: &str| if has_own(name) { arguments.get(name).cloned() } else { arguments.remove(name) };
        let (format, chart) = (word(FORMAT), word(CHART));
        let refused = |name: &str, value: &Value, right: &str| {
            Err(ToolError::InvalidArguments(format!("argument `{name}` is {right} or left out, not `{value}`")))
        };
        let is_detailed = match format {
            None | Some(Value::Null) => false,
            Some(value) if value == "concise" => false,
            Some(value) if value == "detailed" => true,
            Some(value) => return refused(FORMAT, &value, "`concise`, `detailed`"),
        };
        let wants_image = match chart {
            None | Some(Value::Null) => false,
            Some(value) if value == "image" => true,
            Some(value) => return refused(CHART, &value, "`image`"),
        };
        Ok(Self { is_detailed, wants_image })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    fn check(tool: &str, arguments: Value, expected: Result<(bool, bool, Value), &str>) {
        let Value::Object(mut arguments) = arguments else { panic!("no object") };
        let found = Wishes::taken(tools::named(tool).unwrap(), &mut arguments);
        match expected {
            Ok((is_detailed, wants_image, rest)) => {
                assert_eq!(found.unwrap(), Wishes { is_detailed, wants_image });
                assert_eq!(Value::Object(arguments), rest);
            }
            Err(part) => assert!(found.unwrap_err().to_string().contains(part)),
        }
    }

    #[test]
    fn wishes_are_taken_out_of_the_arguments() {
        check("best_run", json!({ "metric": "f1" }), Ok((false, false, json!({ "metric": "f1" }))));
        check(
            "best_run",
            json!({ "metric": "f1", "chart": "image", "response_format": "detailed" }),
            Ok((true, true, json!({ "metric": "f1" }))),
        );
        check("list_runs", json!({ "response_format": "detailed" }), Ok((true, false, json!({ "response_format": "detailed" }))));
        check("best_run", json!({ "response_format": "brief" }), Err("`concise`, `detailed` or left out, not `\"brief\"`"));
        check("best_run", json!({ "chart": "png" }), Err("`image`"));
    }
}
