//! What an argument may be: literally this, one of several, a set, a number or instant with a tolerance, text of a pattern, a filter,
//! what an earlier turn led to.
//!
//! A value that fits is what people would call the same call. Nothing is normalised away: `run-17` is not `run17`, `0.5` not `05`.
//! References that only the store can tell alike (`F1` and `f1_score`) are for `score`, which runs both calls.

mod filters;
mod instant;
mod pattern;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub use filters::{SameFilter, same_filter};
pub use instant::{Moment, Within};
pub use pattern::Pattern;

use super::bipartite;

/// What a value must be. Anything but the objects below stands for itself.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Matcher {
    /// One of these; null among them stands for an argument that is left out.
    AnyOf(AnyOf),
    /// A list of these in any order.
    Set(Set),
    /// A number.
    Number(Near),
    /// Text of a pattern.
    Regex(Pattern),
    /// An instant.
    Time(Moment),
    /// A filter of the same conditions, in any order and spelling.
    Filter(SameFilter),
    /// What a call of an earlier turn led to.
    Ref(Ref),
    /// Must be left out, or be null.
    Absent(Absent),
    /// This, or left out: what the tool takes where it is.
    Default(OrLeftOut),
    /// Anything, also nothing.
    Any(Anything),
    /// Exactly this, also an object with the key of a matcher.
    Exactly(Exactly),
    /// A list of these, in this order.
    List(Vec<Matcher>),
    /// Exactly this. An object only where the tool takes one, and with no key of the matchers above.
    Literal(#[schemars(schema_with = "literal")] Value),
}

/// One of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnyOf {
    any_of: Vec<Matcher>,
}

/// A list in any order, each once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Set {
    set: Vec<Matcher>,
}

/// A number that is near: within `abs`, or within `rel` times the number, the larger of the two; exactly it where both are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Near {
    number: f64,
    #[serde(default)]
    abs: f64,
    #[serde(default)]
    rel: f64,
}

/// `turn[0].run`, `.runs`, `.runs[1]`, `.experiment`, `.metric`, `.metrics`: what the first answered call of that turn (from 0) led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ref {
    #[serde(rename = "ref")]
    reference: String,
}

/// Nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    absent: True,
}

/// A value or nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrLeftOut {
    default: Value,
}

/// Whatever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anything {
    any: True,
}

/// A value that stands for itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exactly {
    literal: Value,
}

/// `true`, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "bool", into = "bool")]
pub struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;
    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("must be `true`") }
    }
}

impl From<True> for bool {
    fn from(_: True) -> Self {
        true
    }
}

impl<'de> Deserialize<'de> for Matcher {
    /// By hand, for serde would read a list of one as any of the objects of one field.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// So that an editor, too, tells a misspelt matcher from an object that a tool takes.
fn literal(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let texts = serde_json::json!({"type": "object", "additionalProperties": {"type": "string"}});
    schemars::json_schema!({"anyOf": [{"type": ["string", "number", "boolean", "null"]}, texts]})
}

type Reader = fn(Value) -> Result<Matcher, serde_json::Error>;

/// The keys that make an object a matcher, and how it is read.
const READERS: [(&str, Reader); 11] = [
    ("any_of", |value| serde_json::from_value(value).map(Matcher::AnyOf)),
    ("set", |value| serde_json::from_value(value).map(Matcher::Set)),
    ("number", |value| serde_json::from_value(value).map(Matcher::Number)),
    ("regex", |value| serde_json::from_value(value).map(Matcher::Regex)),
    ("time", |value| serde_json::from_value(value).map(Matcher::Time)),
    ("filter", |value| serde_json::from_value(value).map(Matcher::Filter)),
    ("ref", |value| serde_json::from_value(value).map(Matcher::Ref)),
    ("absent", |value| serde_json::from_value(value).map(Matcher::Absent)),
    ("default", |value| serde_json::from_value(value).map(Matcher::Default)),
    ("any", |value| serde_json::from_value(value).map(Matcher::Any)),
    ("literal", |value| serde_json::from_value(value).map(Matcher::Exactly)),
];

impl Matcher {
    fn read(value: Value) -> Result<Self, serde_json::Error> {
        match &value {
            Value::Array(items) => Ok(Self::List(items.iter().cloned().map(Self::read).collect::<Result<_, _>>()?)),
            Value::Object(fields) => match READERS.iter().find(|(key, _)| fields.contains_key(*key)) {
                Some((_, reader)) => reader(value),
                None => Ok(Self::Literal(value)),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Self::Literal(value)),
        }
    }

    /// Whether the matcher can mean something for an argument of this schema: an object that is no matcher stands for itself, and so
    /// must be what the tool takes. Else a misspelt matcher would be a value that nothing fits.
    ///
    /// # Errors
    /// Which object is neither, with the keys of matchers.
    pub fn check(&self, schema: &Value) -> Result<(), String> {
        let items = || schema.get("items").unwrap_or(&Value::Null);
        match self {
            Self::AnyOf(AnyOf { any_of }) => any_of.iter().try_for_each(|one| one.check(schema)),
            Self::Set(Set { set: list }) | Self::List(list) => list.iter().try_for_each(|one| one.check(items())),
            Self::Literal(Value::Object(fields)) if !takes(schema, fields) => {
                let keys: Vec<String> = READERS.iter().map(|(key, _)| format!("`{key}`")).collect();
                let object = Value::Object(fields.clone());
                Err(format!("`{object}` is no matcher, which has one of {}; and the tool takes no such object", keys.join(", ")))
            }
            Self::Filter(filter) => filter.check(),
            Self::Number(_)
            | Self::Regex(_)
            | Self::Time(_)
            | Self::Ref(_)
            | Self::Absent(_)
            | Self::Default(_)
            | Self::Any(_)
            | Self::Exactly(_)
            | Self::Literal(_) => Ok(()),
        }
    }
}

/// Whether a tool's argument of this schema may be this object: our tools take objects of texts, such as tags.
fn takes(schema: &Value, fields: &Map<String, Value>) -> bool {
    let is = |schema: &Value, kind: &str| schema.get("type").and_then(Value::as_str) == Some(kind);
    let is_text = schema.get("additionalProperties").is_some_and(|member| is(member, "string"));
    is(schema, "object") && is_text && fields.values().all(Value::is_string)
}

/// What earlier turns led to.
pub trait Bindings {
    /// The value behind `turn[0].run`; absent where that turn led to nothing of the kind.
    fn value_of(&self, reference: &str) -> Option<Value>;
}

impl Matcher {
    /// Whether `found`, an argument or nothing, is what this says.
    #[must_use]
    pub fn fits(&self, found: Option<&Value>, bindings: &dyn Bindings) -> bool {
        let found = found.filter(|value| !value.is_null());
        match self {
            Self::AnyOf(AnyOf { any_of }) => any_of.iter().any(|one| one.fits(found, bindings)),
            Self::Set(Set { set }) => found.and_then(Value::as_array).is_some_and(|items| {
                let items: Vec<&Value> = items.iter().collect();
                items.len() == set.len() && bipartite::is_perfect(set, &items, |one, item| one.fits(Some(item), bindings))
            }),
            Self::Number(near) => found.and_then(Value::as_f64).is_some_and(|number| near.holds(number)),
            Self::Regex(pattern) => found.and_then(Value::as_str).is_some_and(|text| pattern.holds(text)),
            Self::Time(moment) => found.is_some_and(|value| moment.holds(value)),
            Self::Filter(filter) => found.and_then(Value::as_str).is_some_and(|text| filter.holds(text)),
            Self::Ref(Ref { reference }) => match (bindings.value_of(reference), found) {
                (Some(bound), Some(found)) => same(&bound, found),
                (Some(_) | None, _) => false,
            },
            Self::Absent(_) => found.is_none(),
            Self::Default(OrLeftOut { default }) => found.is_none_or(|found| same(default, found)),
            Self::Any(_) => true,
            Self::List(list) => found
                .and_then(Value::as_array)
                .is_some_and(|items| items.len() == list.len() && list.iter().zip(items).all(|(one, item)| one.fits(Some(item), bindings))),
            Self::Literal(Value::Null) => found.is_none(),
            Self::Literal(literal) | Self::Exactly(Exactly { literal }) => found.is_some_and(|found| same(literal, found)),
        }
    }

    /// Whether earlier turns led to all that this refers to.
    #[must_use]
    pub fn is_bound(&self, bindings: &dyn Bindings) -> bool {
        self.references().iter().all(|reference| bindings.value_of(reference).is_some())
    }

    /// All that this refers to, such as `turn[0].run`.
    #[must_use]
    pub fn references(&self) -> Vec<&str> {
        match self {
            Self::Ref(Ref { reference }) => vec![reference],
            Self::AnyOf(AnyOf { any_of: list }) | Self::Set(Set { set: list }) | Self::List(list) => {
                list.iter().flat_map(Self::references).collect()
            }
            Self::Number(_)
            | Self::Regex(_)
            | Self::Time(_)
            | Self::Filter(_)
            | Self::Absent(_)
            | Self::Default(_)
            | Self::Any(_)
            | Self::Exactly(_)
            | Self::Literal(_) => Vec::new(),
        }
    }

    /// A value that fits, for the call that is made where this one is expected: nothing where the argument may be left out.
    ///
    /// `made` is what a planner gave, which stands in where anything will do.
    #[must_use]
    pub fn example(&self, made: Option<&Value>, bindings: &dyn Bindings) -> Option<Value> {
        match self {
            Self::AnyOf(AnyOf { any_of }) => any_of.first()?.example(made, bindings),
            Self::Set(Set { set: list }) | Self::List(list) => {
                // A reference to several runs stands for all of them.
                let mut items = Vec::new();
                for item in list.iter().filter_map(|one| one.example(None, bindings)) {
                    match item {
                        Value::Array(several) => items.extend(several),
                        one => items.push(one),
                    }
                }
                Some(Value::Array(items))
            }
            Self::Number(near) => serde_json::Number::from_f64(near.number).map(Value::Number),
            Self::Regex(pattern) => Some(Value::String(pattern.example().to_owned())),
            Self::Time(moment) => Some(Value::String(moment.time().to_owned())),
            Self::Filter(filter) => Some(Value::String(filter.filter().to_owned())),
            Self::Ref(Ref { reference }) => bindings.value_of(reference),
            Self::Absent(_) | Self::Default(_) | Self::Literal(Value::Null) => None,
            Self::Any(_) => made.cloned(),
            Self::Literal(literal) | Self::Exactly(Exactly { literal }) => Some(literal.clone()),
        }
    }
}

impl Near {
    fn holds(&self, number: f64) -> bool {
        (number - self.number).abs() <= self.abs.max(self.rel * self.number.abs())
    }
}

/// Whether two values are the same: numbers by their value (`3` is `3.0`), everything else literally.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other)),
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len() && one.iter().all(|(key, value)| other.get(key).is_some_and(|found| same(value, found)))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Bound;

    impl Bindings for Bound {
        fn value_of(&self, reference: &str) -> Option<Value> {
            match reference {
                "turn[0].run" => Some(json!("run-017")),
                "turn[0].runs" => Some(json!(["run-1", "run-2"])),
                _ => None,
            }
        }
    }

    fn check(matcher: &Value, found: &Value, expected: bool) {
        let read: Matcher = serde_json::from_value(matcher.clone()).unwrap();
        assert_eq!(read.fits(Some(found), &Bound), expected, "{matcher} of {found}");
    }

    #[test]
    fn values_are_compared_as_they_are_written() {
        check(&json!("run-17"), &json!("run-17"), true);
        check(&json!("run-17"), &json!("run17"), false);
        check(&json!("run-17"), &json!("run-017"), false);
        check(&json!("f1"), &json!("F1"), false);
        check(&json!(3), &json!(3.0), true);
        check(&json!(3), &json!("3"), false);
        check(&json!({"team": "risk"}), &json!({"team": "risk"}), true);
        check(&json!({"team": "risk"}), &json!({"team": "risk", "more": "x"}), false);
        check(&json!(null), &json!(null), true);
    }

    #[test]
    fn matchers_say_what_else_fits() {
        check(&json!({"any_of": ["max", "best", null]}), &json!("best"), true);
        check(&json!({"any_of": ["max", null]}), &json!(null), true);
        check(&json!({"any_of": ["max"]}), &json!(null), false);
        check(&json!({"set": ["a", "b"]}), &json!(["b", "a"]), true);
        check(&json!({"set": ["a", "b"]}), &json!(["b", "b"]), false);
        check(&json!({"set": [{"any_of": ["a", "b"]}, "a"]}), &json!(["a", "b"]), true);
        check(&json!(["a", "b"]), &json!(["b", "a"]), false);
        check(&json!(["a"]), &json!(["a"]), true);
        check(&json!(["a"]), &json!("a"), false);
        check(&json!({"number": 0.5, "abs": 0.01}), &json!(0.509), true);
        check(&json!({"number": 0.5}), &json!(0.501), false);
        check(&json!({"number": 100, "rel": 0.1}), &json!(109), true);
        check(&json!({"absent": true}), &json!(null), true);
        check(&json!({"absent": true}), &json!("x"), false);
        check(&json!({"default": 20}), &json!(null), true);
        check(&json!({"default": 20}), &json!(10), false);
        check(&json!({"any": true}), &json!("whatever"), true);
        check(&json!({"ref": "turn[0].run"}), &json!("run-017"), true);
        check(&json!({"ref": "turn[0].run"}), &json!("run-17"), false);
        check(&json!({"ref": "turn[9].run"}), &json!("run-17"), false);
        check(&json!({"regex": "run-0*17", "example": "run-17"}), &json!("run-0017"), true);
        check(&json!({"regex": "run-0*17", "example": "run-17"}), &json!("run-170"), false);
        check(&json!({"regex": "1.*", "example": "17"}), &json!(17), false);
        check(&json!({"time": "2026-03-01T00:00:00Z", "within": "1h"}), &json!("2026-03-01T01:59:59+01:00"), true);
        check(&json!({"time": "2026-03-01T00:00:00Z", "within": "1h"}), &json!(1_772_326_801_000_i64), false);
        check(&json!({"filter": "start_time > 1772323200000", "within": "1d"}), &json!("start_time > 1772409600000"), true);
        check(&json!({"literal": {"any": "x"}}), &json!({"any": "x"}), true);
        check(&json!({"literal": {"any": "x"}}), &json!({"any": "y"}), false);
    }

    #[test]
    fn an_example_fits_its_own_matcher() {
        for matcher in [
            json!("a"),
            json!({"any_of": ["a", "b"]}),
            json!({"set": ["a", "b"]}),
            json!({"number": 2.5, "abs": 1}),
            json!({"regex": "run-0*17", "example": "run-017"}),
            json!({"time": "2026-03-01T00:00:00Z", "within": "1d"}),
            json!({"filter": "metrics.a > 1"}),
            json!({"literal": {"any": "true"}}),
            json!({"ref": "turn[0].run"}),
            json!({"absent": true}),
            json!({"default": 3}),
            json!({"any": true}),
            json!(["x", {"ref": "turn[0].run"}]),
        ] {
            let read: Matcher = serde_json::from_value(matcher.clone()).unwrap();
            assert!(read.fits(read.example(None, &Bound).as_ref(), &Bound), "{matcher}");
        }
        let several: Matcher = serde_json::from_value(json!([{"ref": "turn[0].runs"}])).unwrap();
        assert_eq!(several.example(None, &Bound), Some(json!(["run-1", "run-2"])));
    }

    #[test]
    fn a_misspelt_matcher_is_refused_and_an_object_that_the_tool_takes_is_not() {
        let (text, tags) = (json!({"type": "string"}), json!({"type": "object", "additionalProperties": {"type": "string"}}));
        let texts = json!({"type": "array", "items": text});
        let check = |matcher: Value, schema: &Value, fault: Option<&str>| {
            let read: Matcher = serde_json::from_value(matcher.clone()).unwrap();
            match fault {
                Some(fault) => assert!(read.check(schema).unwrap_err().contains(fault), "{matcher}"),
                None => assert_eq!(read.check(schema), Ok(()), "{matcher}"),
            }
        };
        check(json!({"anyof": ["a"]}), &text, Some("`{\"anyof\":[\"a\"]}` is no matcher, which has one of `any_of`, `set`"));
        check(json!({"any_of": ["a", {"sett": ["b"]}]}), &text, Some("`{\"sett\":[\"b\"]}`"));
        check(json!([{"reff": "turn[0].run"}]), &texts, Some("`{\"reff\""));
        check(json!({"set": [{"ref": "turn[0].run"}, "x"]}), &texts, None);
        check(json!({"team": "risk"}), &tags, None);
        check(json!({"any_of": [{"team": "risk"}, null]}), &tags, None);
        check(json!({"anyof": ["a"]}), &tags, Some("no such object"));
        check(json!({"literal": {"any": "x"}}), &tags, None);
    }
}
