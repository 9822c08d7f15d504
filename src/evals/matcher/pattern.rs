//! Text of a pattern: for names that people may spell in several ways.

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that a regular expression describes from its first letter to its last (the `regex` crate's syntax), and one such text: what is
/// called where this is expected.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "SpelledPattern", into = "SpelledPattern")]
pub struct Pattern {
    spelled: SpelledPattern,
    whole: Regex,
}

/// Text that a regular expression describes from its first letter to its last, and an example of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpelledPattern {
    /// The expression, in the syntax of Rust's `regex`.
    regex: String,
    /// A text that it describes.
    example: String,
}

impl Pattern {
    /// Whether the whole text is of the pattern.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    /// A text of the pattern.
    #[must_use]
    pub fn example(&self) -> &str {
        &self.spelled.example
    }
}

impl TryFrom<SpelledPattern> for Pattern {
    type Error = String;

    fn try_from(spelled: SpelledPattern) -> Result<Self, String> {
        // Read by itself first: `a)(b` is a pattern only between our parentheses.
        let read = |text: &str| Regex::new(text).map_err(|fault| format!("`{}` is no regular expression: {fault}", spelled.regex));
        read(&spelled.regex)?;
        let whole = read(&format!(r"\A(?:{})\z", spelled.regex))?;
        if !whole.is_match(&spelled.example) {
            return Err(format!(
                "the example `{}` is not of the pattern `{}`, which describes the whole text",
                spelled.example, spelled.regex
            ));
        }
        Ok(Self { spelled, whole })
    }
}

impl From<Pattern> for SpelledPattern {
    fn from(pattern: Pattern) -> Self {
        pattern.spelled
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.spelled == other.spelled
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SpelledPattern::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_describes_the_whole_text() {
        let check = |regex: &str, example: &str, text: &str, expected: bool| {
            let pattern: Pattern = serde_json::from_value(json!({"regex": regex, "example": example})).unwrap();
            assert_eq!(pattern.holds(text), expected, "{regex} of {text}");
        };
        check("run-0*17", "run-17", "run-017", true);
        check("run-0*17", "run-17", "my run-017", false);
        check("run-0*17", "run-17", "run-017\n", false);
        check("a|ab", "a", "ab", true);
        check("a|b", "a", "ab", false);
        check("größe.*", "größe", "größe-é", true);
    }

    #[test]
    fn what_is_no_pattern_or_no_example_is_refused() {
        let check = |pattern: serde_json::Value, fault: &str| {
            let found = serde_json::from_value::<Pattern>(pattern).unwrap_err().to_string();
            assert!(found.contains(fault), "{found}");
        };
        check(json!({"regex": "run-(", "example": "run-("}), "`run-(` is no regular expression");
        check(json!({"regex": "a)(b", "example": "ab"}), "no regular expression");
        check(json!({"regex": "run-1", "example": "run-17"}), "the example `run-17` is not of the pattern");
        check(json!({"regex": "run-1"}), "example");
    }
}
