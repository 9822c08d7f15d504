//! What an argument may be: literally this, one of several, a set, a number with a tolerance, a filter, what an earlier turn led to.
//!
//! A value that fits is what people would call the same call. Nothing is normalised away: `run-17` is not `run17`, `0.5` not `05`.
//! References that only the store can tell alike (`F1` and `f1_score`) are for `score`, which runs both calls.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::bipartite;
use crate::domain::filter::{Clause, Filter};

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
    /// A list of these, in this order.
    List(Vec<Matcher>),
    /// Exactly this.
    Literal(Value),
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

/// A filter in MLflow's search grammar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameFilter {
    filter: String,
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

impl Matcher {
    fn read(value: Value) -> Result<Self, serde_json::Error> {
        let has = |key: &str| value.get(key).is_some();
        match &value {
            Value::Array(items) => Ok(Self::List(items.iter().cloned().map(Self::read).collect::<Result<_, _>>()?)),
            Value::Object(_) if has("any_of") => serde_json::from_value(value).map(Self::AnyOf),
            Value::Object(_) if has("set") => serde_json::from_value(value).map(Self::Set),
            Value::Object(_) if has("number") => serde_json::from_value(value).map(Self::Number),
            Value::Object(_) if has("filter") => serde_json::from_value(value).map(Self::Filter),
            Value::Object(_) if has("ref") => serde_json::from_value(value).map(Self::Ref),
            Value::Object(_) if has("absent") => serde_json::from_value(value).map(Self::Absent),
            Value::Object(_) if has("default") => serde_json::from_value(value).map(Self::Default),
            Value::Object(_) if has("any") => serde_json::from_value(value).map(Self::Any),
            Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(Self::Literal(value)),
        }
    }
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
            Self::Filter(SameFilter { filter }) => found.and_then(Value::as_str).is_some_and(|text| same_filter(filter, text)),
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
            Self::Literal(literal) => found.is_some_and(|found| same(literal, found)),
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
            Self::Filter(SameFilter { filter }) => Some(Value::String(filter.clone())),
            Self::Ref(Ref { reference }) => bindings.value_of(reference),
            Self::Absent(_) | Self::Default(_) | Self::Literal(Value::Null) => None,
            Self::Any(_) => made.cloned(),
            Self::Literal(literal) => Some(literal.clone()),
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

/// Whether two filters have the same conditions. One that cannot be read is only itself.
#[must_use]
pub fn same_filter(one: &str, other: &str) -> bool {
    match (Filter::parse(one), Filter::parse(other)) {
        (Ok(one), Ok(other)) => {
            let (one, other) = (distinct(&one.clauses), distinct(&other.clauses));
            one.len() == other.len() && one.iter().all(|clause| other.contains(clause))
        }
        (Err(_), _) | (_, Err(_)) => one == other,
    }
}

fn distinct(clauses: &[Clause]) -> Cow<'_, [Clause]> {
    let mut kept: Vec<Clause> = Vec::new();
    for clause in clauses {
        if !kept.contains(clause) {
            kept.push(clause.clone());
        }
    }
    Cow::Owned(kept)
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
    }

    #[test]
    fn filters_are_compared_as_trees_and_their_punctuation_counts() {
        let check = |one: &str, other: &str, expected: bool| assert_eq!(same_filter(one, other), expected, "{one} | {other}");
        check("metrics.f1 > 0.9 AND params.a = 'x'", "params.a = 'x' and metrics.`f1` > .9", true);
        check("metrics.loss < 0.5", "metrics.loss < 05", false);
        check("metrics.loss < 0.5", "metrics.loss < -0.5", false);
        check("metrics.loss < 0.5", "metrics.loss <= 0.5", false);
        check("metrics.`val/f1` > 0", "metrics.\"val/f1\" > 0", true);
        check("metrics.`val/f1` > 0", "metrics.`val_f1` > 0", false);
        check("attributes.run_name = 'run-015'", "attributes.run_name = 'run015'", false);
        check("metrics.f1 > 0.9", "metrics.f1 > 0.9 AND metrics.f1 > 0.9", true);
        check("metrics.f1 > 0.9", "metrics.f1 > 0.9 AND metrics.f1 < 1", false);
        check("nonsense", "nonsense", true);
    }

    #[test]
    fn an_example_fits_its_own_matcher() {
        for matcher in [
            json!("a"),
            json!({"any_of": ["a", "b"]}),
            json!({"set": ["a", "b"]}),
            json!({"number": 2.5, "abs": 1}),
            json!({"filter": "metrics.a > 1"}),
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
    fn a_misspelt_matcher_is_a_literal_and_so_fits_nothing() {
        check(&json!({"anyof": ["a"]}), &json!("a"), false);
    }
}
