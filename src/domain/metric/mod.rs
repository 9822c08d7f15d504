//! Metrics: numeric values logged over training steps, which direction is better, and which one an experiment is about.
//!
//! Deliberately knows nothing of runs: only names, values and points.

mod averages;
mod direction;
mod primary;
mod words;

use super::time::Timestamp;

pub(in crate::domain) use averages::{mean, median};
pub use direction::{Direction, DirectionReason, HIGHER_IS_BETTER_TAG, LOWER_IS_BETTER_TAG};
pub use primary::{PREFERENCE, PRIMARY_METRIC_TAG, primary_metric};

/// The latest value of one metric of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// At most 250 characters.
    pub key: String,
    /// The value; NaN and ±inf occur.
    pub value: f64,
    /// The step it was logged at.
    pub step: i64,
    /// When it was logged.
    pub timestamp: Timestamp,
}

/// One logged point of a metric's history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricPoint {
    /// The training step; may repeat, be negative, come out of order.
    pub step: i64,
    /// When it was logged.
    pub timestamp: Timestamp,
    /// The value; NaN and ±inf occur.
    pub value: f64,
}

/// What can be calculated with a logged value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueClass {
    /// A number.
    Finite,
    /// Without bound, upwards.
    PositiveInfinity,
    /// Without bound, downwards.
    NegativeInfinity,
    /// Not a number.
    NotANumber,
}

impl ValueClass {
    /// The class of `value`.
    ///
    /// MLflow's SQL stores cannot keep an infinity and write ±1.7976931348623157e308 in its place, which is `f64::MAX`;
    /// a value of that size is therefore an infinity.
    #[must_use]
    pub fn of(value: f64) -> Self {
        if value.is_nan() {
            Self::NotANumber
        } else if value >= f64::MAX {
            Self::PositiveInfinity
        } else if value <= f64::MIN {
            Self::NegativeInfinity
        } else {
            Self::Finite
        }
    }

    /// Whether the value can be ranked, averaged and drawn.
    #[must_use]
    pub fn is_finite(self) -> bool {
        match self {
            Self::Finite => true,
            Self::PositiveInfinity | Self::NegativeInfinity | Self::NotANumber => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mlflows_stored_infinity_is_infinite() {
        assert_eq!(ValueClass::of(1.797_693_134_862_315_7e308), ValueClass::PositiveInfinity);
        assert_eq!(ValueClass::of(-1.797_693_134_862_315_7e308), ValueClass::NegativeInfinity);
        assert_eq!(ValueClass::of(f64::INFINITY), ValueClass::PositiveInfinity);
        assert_eq!(ValueClass::of(f64::NEG_INFINITY), ValueClass::NegativeInfinity);
        assert_eq!(ValueClass::of(f64::NAN), ValueClass::NotANumber);
        assert_eq!(ValueClass::of(1e308), ValueClass::Finite);
    }
}
