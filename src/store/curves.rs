//! Histories of metrics, as a store gives them.

use std::ops::RangeInclusive;

use crate::domain::metric::MetricPoint;
use crate::domain::run::RunId;
use crate::domain::series::{self, Summary};

/// A question for the histories of one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Whose.
    pub runs: Vec<RunId>,
    /// Which metric.
    pub key: String,
    /// Most points of one curve; `usize::MAX` for all that the store gives.
    pub at_most: usize,
    /// Only these steps; absent for all.
    pub steps: Option<RangeInclusive<i64>>,
}

/// The history of a metric in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricCurve {
    /// Whose.
    pub run: RunId,
    /// By step, then timestamp, then value; reduced as [`series::reduce`] does. Empty where nothing was logged.
    pub points: Vec<MetricPoint>,
    /// All points that were read, in figures.
    pub summary: Summary,
    /// How many points were logged; absent where the store does not tell.
    pub total: Option<u64>,
    /// Whether points were left out before the summary was made: its extremes, counts and trend are then those of a sample.
    pub sampled: bool,
}

impl MetricCurve {
    /// The curve of `points`, which are all points or a sample of them.
    pub(super) fn of(run: RunId, points: &[MetricPoint], at_most: usize, is_whole: bool) -> Self {
        Self {
            run,
            points: series::reduce(points, at_most),
            summary: Summary::of(points),
            total: is_whole.then_some(points.len() as u64),
            sampled: !is_whole,
        }
    }
}
