//! Instants with a tolerance: `last week` is a Monday to one person and seven days ago to another.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::time::Timestamp;

/// An instant, RFC 3339 as in `2026-03-01T00:00:00Z`. An argument may write it so, in any zone, or as whole milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    time: Instant,
    /// How far off it may be, either way; nothing unless given.
    #[serde(default, skip_serializing_if = "Within::is_none")]
    within: Within,
}

impl Moment {
    /// Whether a value is this instant, or near enough.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        let found = match value {
            Value::String(text) => text.parse::<Instant>().ok().map(|instant| instant.timestamp),
            Value::Number(number) => number.as_i64().map(Timestamp),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        found.is_some_and(|found| self.within.holds(found.0, self.time.timestamp.0))
    }

    /// The instant as it was written.
    #[must_use]
    pub fn time(&self) -> &str {
        &self.time.text
    }
}

/// An instant with the text that says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
struct Instant {
    text: String,
    timestamp: Timestamp,
}

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let instant: jiff::Timestamp =
            text.parse().map_err(|fault| format!("`{text}` is no instant such as `2026-03-01T00:00:00Z`: {fault}"))?;
        Ok(Self { text: text.to_owned(), timestamp: Timestamp(instant.as_millisecond()) })
    }
}

impl TryFrom<String> for Instant {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.text
    }
}

/// How far an instant may be off: a whole number and `ms`, `s`, `m`, `h`, `d` (24 hours) or `w` (7 days), such as `36h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Within {
    millis: i64,
}

/// Units with their milliseconds, longest first, so that a span is printed by the unit that divides it.
const UNITS: [(&str, i64); 6] = [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Within {
    /// Whether two instants, in milliseconds, are so near.
    #[must_use]
    pub fn holds(self, one: i64, other: i64) -> bool {
        one.abs_diff(other) <= self.millis.unsigned_abs()
    }

    /// Whether nothing may be off.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.millis == 0
    }
}

impl TryFrom<String> for Within {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
        let millis = number.parse::<i64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
        let millis =
            millis.ok_or_else(|| format!("`{text}` is no span; write a whole number and `ms`, `s`, `m`, `h`, `d` or `w`, as in `36h`"))?;
        Ok(Self { millis })
    }
}

impl From<Within> for String {
    fn from(within: Within) -> Self {
        within.to_string()
    }
}

impl fmt::Display for Within {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, millis) = UNITS.iter().find(|(_, millis)| self.millis % millis == 0).unwrap_or(&("ms", 1));
        write!(formatter, "{}{name}", self.millis / millis)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_instant_is_near_either_way_however_it_is_written() {
        let check = |moment: Value, value: Value, expected: bool| {
            let read: Moment = serde_json::from_value(moment.clone()).unwrap();
            assert_eq!(read.holds(&value), expected, "{moment} of {value}");
            assert_eq!(serde_json::to_value(&read).unwrap(), moment, "it is written as it was read");
        };
        let exact = || json!({"time": "2026-03-01T00:00:00Z"});
        check(exact(), json!("2026-03-01T00:00:00Z"), true);
        check(exact(), json!("2026-03-01T01:00:00+01:00"), true);
        check(exact(), json!(1_772_323_200_000_i64), true);
        check(exact(), json!(1_772_323_200_001_i64), false);
        // Seconds since 1970 are another instant, and a date alone is none.
        check(exact(), json!(1_772_323_200), false);
        check(exact(), json!("2026-03-01"), false);
        check(exact(), json!(null), false);
        let near = || json!({"time": "2026-03-01T00:00:00Z", "within": "1d"});
        check(near(), json!("2026-02-28T00:00:00Z"), true);
        check(near(), json!("2026-03-02T00:00:00Z"), true);
        check(near(), json!("2026-03-02T00:00:01Z"), false);
        check(near(), json!("2026-02-27T23:59:59Z"), false);
    }

    #[test]
    fn what_is_no_instant_or_no_span_is_refused() {
        let check = |moment: Value, fault: &str| {
            let found = serde_json::from_value::<Moment>(moment).unwrap_err().to_string();
            assert!(found.contains(fault), "{found}");
        };
        check(json!({"time": "last week"}), "`last week` is no instant");
        check(json!({"time": "2026-03-01"}), "is no instant");
        for span in ["1", "d", "1 d", "-1d", "1.5h", "1y", "99999999999999999w"] {
            check(json!({"time": "2026-03-01T00:00:00Z", "within": span}), "is no span");
        }
        check(json!({"time": "2026-03-01T00:00:00Z", "abs": "1d"}), "abs");
    }
}
