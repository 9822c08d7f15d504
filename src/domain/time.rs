//! Instants and spans as MLflow keeps them: whole milliseconds, UTC.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// MLflow stores 0 for a start that its client did not send.
    #[must_use]
    pub fn from_mlflow(millis: Option<i64>) -> Option<Self> {
        millis.filter(|millis| *millis > 0).map(Self)
    }

    /// Whole seconds from `earlier` to this instant, rounded down; absent where the clock ran backwards.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> Option<i64> {
        let millis = self.0.checked_sub(earlier.0)?;
        (millis >= 0).then_some(millis / 1000)
    }
}

/// RFC 3339 in UTC, with milliseconds only where there are some: `2025-03-15T10:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(formatter, "{instant}"),
            Err(_) => write!(formatter, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_as_rfc_3339_without_empty_fractions() {
        assert_eq!(Timestamp(1_742_032_800_000).to_string(), "2025-03-15T10:00:00Z");
        assert_eq!(Timestamp(1_742_032_800_250).to_string(), "2025-03-15T10:00:00.25Z");
    }

    #[test]
    fn an_end_before_its_start_has_no_duration() {
        assert_eq!(Timestamp(1_000).seconds_since(Timestamp(2_000)), None);
        assert_eq!(Timestamp(343_900).seconds_since(Timestamp(1_000)), Some(342));
    }
}
