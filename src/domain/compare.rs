//! Comparison of runs: which value is best, and how runs differ side by side.
//!
//! Knows neither stores nor run ids: runs are given in an order and answered by their position in it.

use super::metric::{Direction, DirectionReason, Metric, ValueClass};
use super::run::Param;

/// Values in order, the best first, with what could not be ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Which values are better.
    pub direction: Direction,
    /// The finite values, best first; equal values in the order given.
    pub order: Vec<Ranked>,
    /// Positions of the values that have no rank.
    pub excluded: Excluded,
}

/// A value with its rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Position in the values given.
    pub index: usize,
    /// The value, finite.
    pub value: f64,
    /// From 1; equal values share the first of their ranks (1, 1, 3).
    pub rank: usize,
}

/// Positions, in the values given, of those that cannot be ranked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excluded {
    /// Not logged.
    pub missing: Vec<usize>,
    /// Logged as NaN.
    pub nan: Vec<usize>,
    /// Logged as infinite, of either sign. An infinite loss diverged and an infinite score is a slip: neither is the
    /// best, and as last of a ranking it would hide that it is no number.
    pub infinite: Vec<usize>,
}

impl Excluded {
    /// How many have no rank.
    #[must_use]
    pub fn count(&self) -> usize {
        self.missing.len() + self.nan.len() + self.infinite.len()
    }
}

impl Ranking {
    /// The best: more than one where values are exactly equal, none where no value is finite.
    #[must_use]
    pub fn best(&self) -> &[Ranked] {
        let ties = self.order.iter().take_while(|ranked| ranked.rank == 1).count();
        self.order.get(..ties).unwrap_or_default()
    }

    /// The best value.
    #[must_use]
    pub fn best_value(&self) -> Option<f64> {
        self.order.first().map(|ranked| ranked.value)
    }

    /// The first whose value differs from the best.
    #[must_use]
    pub fn runner_up(&self) -> Option<&Ranked> {
        self.order.iter().find(|ranked| ranked.rank > 1)
    }
}

/// Ranks `values`; `None` was not logged.
#[must_use]
pub fn rank(values: &[Option<f64>], direction: Direction) -> Ranking {
    let mut excluded = Excluded::default();
    let mut finite: Vec<(usize, f64)> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        match value.map(|value| (value, ValueClass::of(value))) {
            None => excluded.missing.push(index),
            Some((_, ValueClass::NotANumber)) => excluded.nan.push(index),
            Some((_, ValueClass::PositiveInfinity | ValueClass::NegativeInfinity)) => excluded.infinite.push(index),
            Some((value, ValueClass::Finite)) => finite.push((index, value)),
        }
    }
    finite.sort_by(|(_, left), (_, right)| direction.best_first(*left, *right));

    let mut order: Vec<Ranked> = Vec::with_capacity(finite.len());
    for (index, value) in finite {
        let rank = match order.last() {
            Some(previous) if previous.value == value => previous.rank,
            Some(_) | None => order.len() + 1,
        };
        order.push(Ranked { index, value, rank });
    }
    Ranking { direction, order, excluded }
}

/// Parameters of several runs side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParamComparison {
    /// Parameters that are not the same in all runs, by key.
    pub differing: Vec<ParamRow>,
    /// Parameters that all runs have with the same text, by key.
    pub identical: Vec<Param>,
}

/// One parameter of several runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamRow {
    /// The parameter.
    pub key: String,
    /// Its text in each run, in the order given.
    pub values: Vec<Option<String>>,
}

/// Compares the parameters of `runs`.
///
/// Texts are compared as they are: `1.10` and `1.1` may be versions, so that they are told as different.
#[must_use]
pub fn compare_params(runs: &[&[Param]]) -> ParamComparison {
    let mut comparison = ParamComparison::default();
    for key in sorted_keys(runs.iter().flat_map(|params| params.iter()).map(|param| param.key.as_str())) {
        let text_in = |params: &&[Param]| params.iter().find(|param| param.key == key).map(|param| param.value.clone());
        let values: Vec<Option<String>> = runs.iter().map(text_in).collect();
        let first = values.first().cloned().flatten();
        match first {
            Some(value) if values.iter().all(|other| other.as_ref() == Some(&value)) => {
                comparison.identical.push(Param { key: key.to_owned(), value });
            }
            Some(_) | None => comparison.differing.push(ParamRow { key: key.to_owned(), values }),
        }
    }
    comparison
}

/// One metric of several runs side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRow {
    /// The metric.
    pub key: String,
    /// Why its direction was taken; the direction is the ranking's.
    pub reason: DirectionReason,
    /// Its value in each run, in the order given; `Some(NaN)` was logged, `None` was not.
    pub values: Vec<Option<f64>>,
    /// The runs by this metric.
    pub ranking: Ranking,
    /// Each run against the first; absent where either has no finite value.
    pub against_first: Vec<Option<Delta>>,
    /// Each run against the best value; absent where it has no finite value.
    pub against_best: Vec<Option<Delta>>,
}

/// How far a value lies from a reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delta {
    /// Value minus reference, in the metric's unit.
    pub absolute: f64,
    /// The absolute difference divided by the reference's size, |reference|: -0.1 is ten per cent less; absent where the reference is 0.
    pub relative: Option<f64>,
}

impl Delta {
    /// The difference of `value` from `reference`; absent where it is not a finite number.
    #[must_use]
    pub fn between(value: f64, reference: f64) -> Option<Self> {
        if !ValueClass::of(value).is_finite() || !ValueClass::of(reference).is_finite() {
            return None;
        }
        let absolute = difference(value, reference);
        let relative = absolute / reference.abs();
        absolute.is_finite().then_some(Self { absolute, relative: relative.is_finite().then_some(relative) })
    }
}

/// Decimal digits that an `f64` keeps of any number (`f64::DIGITS`).
const DIGITS: i32 = 15;

/// Decimal places to which differences are rounded; smaller ones are left as they are.
const PLACES_AT_MOST: usize = 60;

/// The difference without the noise that binary fractions bring in: 0.9 less 0.88 is 0.02, not 0.020000000000000018. Exact to the 15
/// digits of the larger of the two.
fn difference(value: f64, reference: f64) -> f64 {
    let exact = value - reference;
    if exact == 0.0 {
        return exact;
    }
    let larger = value.abs().max(reference.abs());
    // Rounding is to a decimal place, of which numbers from 10^14 on have none.
    let places = DIGITS - 1 - larger.log10().floor() as i32;
    match usize::try_from(places) {
        Ok(places @ ..=PLACES_AT_MOST) => format!("{exact:.places$}").parse().unwrap_or(exact),
        Ok(_) | Err(_) => exact,
    }
}

/// Compares the metrics of `runs`, by key; `direction_of` tells which values of a metric are better and why.
#[must_use]
pub fn compare_metrics(runs: &[&[Metric]], direction_of: impl Fn(&str) -> (Direction, DirectionReason)) -> Vec<MetricRow> {
    let keys = sorted_keys(runs.iter().flat_map(|metrics| metrics.iter()).map(|metric| metric.key.as_str()));
    let row_of = |key: &str| {
        let value_in = |metrics: &&[Metric]| metrics.iter().find(|metric| metric.key == key).map(|metric| metric.value);
        let (direction, reason) = direction_of(key);
        metric_row(key, runs.iter().map(value_in).collect(), direction, reason)
    };
    keys.into_iter().map(row_of).collect()
}

/// Compares the `values` of one metric, one a run.
#[must_use]
pub fn metric_row(key: &str, values: Vec<Option<f64>>, direction: Direction, reason: DirectionReason) -> MetricRow {
    let ranking = rank(&values, direction);
    let first = values.first().copied().flatten();
    let against_first = deltas(&values, first);
    let against_best = deltas(&values, ranking.best_value());
    MetricRow { key: key.to_owned(), reason, values, ranking, against_first, against_best }
}

fn deltas(values: &[Option<f64>], reference: Option<f64>) -> Vec<Option<Delta>> {
    values.iter().map(|value| Delta::between((*value)?, reference?)).collect()
}

fn sorted_keys<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn ranked(values: &[Option<f64>], direction: Direction) -> Vec<(usize, usize)> {
        rank(values, direction).order.iter().map(|ranked| (ranked.index, ranked.rank)).collect()
    }

    #[test]
    fn the_direction_decides_the_order() {
        let values = [Some(0.2), Some(0.9), Some(0.5)];
        assert_eq!(ranked(&values, Direction::HigherIsBetter), [(1, 1), (2, 2), (0, 3)]);
        assert_eq!(ranked(&values, Direction::LowerIsBetter), [(0, 1), (2, 2), (1, 3)]);
    }

    #[test]
    fn equal_values_tie_and_the_runner_up_differs() {
        let ranking = rank(&[Some(0.9), Some(0.5), Some(0.9), Some(0.7)], Direction::HigherIsBetter);
        assert_eq!(ranking.best().iter().map(|ranked| ranked.index).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(ranking.runner_up().map(|ranked| (ranked.index, ranked.rank)), Some((3, 3)));
        assert_eq!(rank(&[Some(0.0), Some(-0.0)], Direction::LowerIsBetter).best().len(), 2);
    }

    #[test]
    fn what_is_no_number_is_never_best_and_is_counted() {
        let values = [None, Some(f64::NAN), Some(f64::INFINITY), Some(f64::MAX), Some(f64::MIN), Some(f64::NEG_INFINITY), Some(0.5)];
        for direction in [Direction::HigherIsBetter, Direction::LowerIsBetter] {
            let ranking = rank(&values, direction);
            assert_eq!(ranking.best_value(), Some(0.5));
            assert_eq!(ranking.runner_up(), None);
            assert_eq!(ranking.excluded, Excluded { missing: vec![0], nan: vec![1], infinite: vec![2, 3, 4, 5] });
            assert_eq!(ranking.excluded.count(), 6);
        }
    }

    #[test]
    fn without_a_finite_value_nothing_is_best() {
        let ranking = rank(&[None, Some(f64::NAN)], Direction::HigherIsBetter);
        assert!(ranking.best().is_empty());
        assert_eq!(ranking.best_value(), None);
        assert!(rank(&[], Direction::HigherIsBetter).best().is_empty());
    }

    fn param(key: &str, value: &str) -> Param {
        Param { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn parameters_are_identical_only_where_all_runs_have_the_same_text() {
        let first = [param("depth", "5"), param("rate", "0.1"), param("seed", "1")];
        let second = [param("depth", "5"), param("rate", "0.10")];
        let comparison = compare_params(&[&first, &second]);
        assert_eq!(comparison.identical, [param("depth", "5")]);
        let differing: Vec<_> = comparison.differing.iter().map(|row| (row.key.as_str(), row.values.clone())).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(differing, [("rate", vec![text("0.1"), text("0.10")]), ("seed", vec![text("1"), None])]);
        assert_eq!(compare_params(&[]), ParamComparison::default());
    }

    fn metric(key: &str, value: f64) -> Metric {
        Metric { key: key.to_owned(), value, step: 0, timestamp: Timestamp(0) }
    }

    #[test]
    fn metrics_are_measured_against_the_first_and_the_best() {
        let runs: [&[Metric]; 3] =
            [&[metric("f1", 0.5), metric("loss", 0.0)], &[metric("f1", 0.75), metric("loss", f64::NAN)], &[metric("loss", -1.0)]];
        let rows = compare_metrics(&runs, |key| Direction::of(key, &[]));
        let (f1, loss) = (&rows[0], &rows[1]);
        assert_eq!((f1.key.as_str(), loss.key.as_str()), ("f1", "loss"));
        assert_eq!(f1.values, [Some(0.5), Some(0.75), None]);
        assert_eq!(f1.against_first[1], Some(Delta { absolute: 0.25, relative: Some(0.5) }));
        assert_eq!(f1.against_best[0], Some(Delta { absolute: -0.25, relative: Some(-0.25 / 0.75) }));
        assert_eq!(f1.against_first[2], None);
        assert_eq!(loss.ranking.direction, Direction::LowerIsBetter);
        assert_eq!(loss.ranking.best_value(), Some(-1.0));
        assert_eq!(loss.against_first[2], Some(Delta { absolute: -1.0, relative: None }));
        assert_eq!(loss.against_best[0], Some(Delta { absolute: 1.0, relative: Some(1.0) }));
        assert_eq!(loss.against_best[1], None);
    }

    #[test]
    fn a_difference_is_as_people_reckon_it() {
        let absolute = |value, reference| Delta::between(value, reference).unwrap().absolute;
        assert_eq!(absolute(0.9, 0.88), 0.02);
        assert_eq!(absolute(0.1, 0.3), -0.2);
        assert_eq!(absolute(1e15, 1.0), 1e15 - 1.0);
        assert_eq!(absolute(1e-9, 3e-9), -2e-9);
        assert_eq!(absolute(0.0, 0.0), 0.0);
        assert_eq!(absolute(5e-324, 0.0), 5e-324);
        assert_eq!(absolute(0.123_456_789_012_345, 0.123_456_789_012_344), 1e-15);
    }

    #[test]
    fn a_difference_that_overflows_is_absent() {
        assert_eq!(Delta::between(1e308, -1e308), None);
    }
}
