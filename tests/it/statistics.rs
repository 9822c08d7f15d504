//! The statistics of the domain against figures of scipy and of exact fractions (`tests/judges/make_statistics_fixtures.py`),
//! and what must hold of every history that is reduced.

use std::collections::BTreeMap;

use serde::Deserialize;
use trialogue::domain::impact::{Coefficient, Correlation, Groups};
use trialogue::domain::metric::{MetricPoint, ValueClass};
use trialogue::domain::series::{self, Summary, Trend, reduce, sparkline};
use trialogue::domain::time::Timestamp;

#[derive(Deserialize)]
struct Fixtures {
    correlation: Vec<CorrelationCase>,
    categories: Vec<CategoriesCase>,
    trend: Vec<TrendCase>,
}

#[derive(Deserialize)]
struct CorrelationCase {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    pearson: f64,
    pearson_p: f64,
    spearman: f64,
    spearman_p: f64,
}

#[derive(Deserialize)]
struct CategoriesCase {
    name: String,
    labels: Vec<String>,
    y: Vec<f64>,
    eta_squared: f64,
    p: f64,
    categories: BTreeMap<String, CategoryFigures>,
}

#[derive(Deserialize)]
struct CategoryFigures {
    n: usize,
    mean: f64,
    median: f64,
}

#[derive(Deserialize)]
struct TrendCase {
    values: Vec<f64>,
    trend: String,
}

const FIXTURES: &str = include_str!("../data/statistics.json");

fn assert_near(what: &str, found: f64, expected: f64, relative: f64, absolute: f64) {
    let allowed = (relative * expected.abs()).max(absolute);
    assert!((found - expected).abs() <= allowed, "{what}: {found:e}, not {expected:e}");
}

fn check_coefficient(what: &str, found: Coefficient, value: f64, p_value: f64, n: usize) {
    assert_near(what, found.value, value, 1e-9, 1e-14);
    // A coefficient near 1 leaves few digits for 1 - r², which the exact judge has and no double can.
    let rounding = n as f64 * 4.0 * f64::EPSILON / (1.0 - value.abs()).max(f64::EPSILON);
    assert_near(&format!("p of {what}"), found.p_value, p_value, 1e-6 + rounding, 1e-18);
}

#[test]
fn correlations_agree_with_the_judges() {
    let Fixtures { correlation: cases, .. } = serde_json::from_str(FIXTURES).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let found = Correlation::of(&case.x, &case.y).unwrap();
        check_coefficient(&format!("{}: pearson", case.name), found.pearson, case.pearson, case.pearson_p, case.x.len());
        check_coefficient(&format!("{}: spearman", case.name), found.spearman, case.spearman, case.spearman_p, case.x.len());
    }
}

#[test]
fn category_effects_agree_with_the_judges() {
    let Fixtures { categories: cases, .. } = serde_json::from_str(FIXTURES).unwrap();
    assert!(cases.len() > 10);
    for case in cases {
        let pairs: Vec<(&str, f64)> = case.labels.iter().map(String::as_str).zip(case.y.iter().copied()).collect();
        let found = Groups::of(&pairs).unwrap();
        assert_near(&case.name, found.eta_squared, case.eta_squared, 1e-9, 1e-14);
        assert_near(&case.name, found.p_value.unwrap(), case.p, 1e-6, 1e-18);
        assert_eq!(found.categories.len(), case.categories.len(), "{}", case.name);
        for category in &found.categories {
            let expected = &case.categories[&category.value];
            assert_eq!(category.n, expected.n, "{}", case.name);
            assert_near(&case.name, category.mean, expected.mean, 1e-12, 0.0);
            assert_near(&case.name, category.median, expected.median, 1e-12, 0.0);
        }
        let highest = found.categories.first().unwrap().mean;
        let lowest = found.categories.last().unwrap().mean;
        assert_eq!(found.spread, highest - lowest, "{}", case.name);
        assert!(found.categories.is_sorted_by(|left, right| left.mean >= right.mean), "{}", case.name);
    }
}

#[test]
fn trends_agree_with_the_judge() {
    let Fixtures { trend: cases, .. } = serde_json::from_str(FIXTURES).unwrap();
    for case in cases {
        let name = match Summary::of(&history(&case.values)).trend {
            Trend::Rising => "rising",
            Trend::Falling => "falling",
            Trend::Flat => "flat",
            Trend::Noisy => "noisy",
            Trend::TooShort => "too short",
        };
        assert_eq!(name, case.trend, "{:?}", case.values);
    }
}

fn history(values: &[f64]) -> Vec<MetricPoint> {
    (0_i64..).zip(values).map(|(step, value)| MetricPoint { step, timestamp: Timestamp(step), value: *value }).collect()
}

/// A small deterministic source of numbers: `SplitMix64` (Steele, Lea and Flood, 2014).
struct Source(u64);

impl Source {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn value(&mut self) -> f64 {
        match self.below(40) {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => f64::MIN,
            3..=9 => self.below(3) as f64,
            _ => (self.below(2_000_001) as f64 - 1e6) / 1e3,
        }
    }

    /// A history with repeated steps and times, in any order.
    fn history(&mut self, length: u64) -> Vec<MetricPoint> {
        let steps = 1 + self.below(2 * length + 1);
        let point = |source: &mut Self| MetricPoint {
            step: source.below(steps) as i64 - 3,
            timestamp: Timestamp(source.below(1_000) as i64),
            value: source.value(),
        };
        (0..length).map(|_| point(self)).collect()
    }
}

/// Bits instead of values, so that NaN equals NaN.
fn bits(points: &[MetricPoint]) -> Vec<(i64, i64, u64)> {
    points.iter().map(|point| (point.step, point.timestamp.0, point.value.to_bits())).collect()
}

fn finite_range(points: &[MetricPoint]) -> Option<(f64, f64)> {
    let finite: Vec<f64> = points.iter().map(|point| point.value).filter(|value| ValueClass::of(*value).is_finite()).collect();
    let lowest = finite.iter().copied().reduce(f64::min)?;
    let highest = finite.iter().copied().reduce(f64::max)?;
    Some((lowest, highest))
}

#[test]
fn every_reduced_history_keeps_its_bound_order_ends_and_extremes() {
    let mut source = Source(17);
    for _ in 0..2_000 {
        let length = source.below(300);
        let points = source.history(length);
        let at_most = source.below(40) as usize;
        let reduced = reduce(&points, at_most);
        let what = || format!("{} points to {at_most}: {points:?}", points.len());

        assert!(reduced.len() <= at_most, "{}", what());
        assert!(reduced.is_sorted_by(|left, right| series::order(left, right).is_le()), "{}", what());

        let mut all = points.clone();
        all.sort_by(series::order);
        let mut rest = all.iter();
        for kept in bits(&reduced) {
            assert!(rest.any(|point| bits(&[*point]) == [kept]), "a point was made up or repeated: {}", what());
        }
        if points.len() <= at_most {
            assert_eq!(bits(&reduced), bits(&all), "{}", what());
        }
        if at_most >= 1 {
            assert_eq!(bits(&reduced).last(), bits(&all).last(), "{}", what());
        }
        if at_most >= 2 {
            assert_eq!(bits(&reduced).first(), bits(&all).first(), "{}", what());
        }
        if at_most >= 4 {
            assert_eq!(finite_range(&reduced), finite_range(&all), "{}", what());
        }
        if at_most >= 5 {
            let broken =
                |points: &[MetricPoint]| points.iter().find(|point| !ValueClass::of(point.value).is_finite()).map(|point| bits(&[*point]));
            assert_eq!(broken(&reduced), broken(&all), "{}", what());
        }
        assert_eq!(bits(&reduce(&reduced, at_most)), bits(&reduced), "{}", what());

        let mut backwards = points.clone();
        backwards.reverse();
        assert_eq!(bits(&reduce(&backwards, at_most)), bits(&reduced), "the order given changed the result: {}", what());
    }
}

#[test]
fn a_reduced_curve_uses_most_of_its_room() {
    let values: Vec<f64> = (0..100_000).map(|step| (f64::from(step) / 700.0).sin()).collect();
    for at_most in [10, 100, 1_000] {
        let length = reduce(&history(&values), at_most).len();
        assert!(length >= at_most * 8 / 10, "{length} of {at_most}");
    }
}

#[test]
fn every_summary_counts_all_points_and_every_sparkline_fits() {
    let mut source = Source(18);
    for _ in 0..500 {
        let length = source.below(200);
        let points = source.history(length);
        let summary = Summary::of(&points);
        let finite = points.iter().filter(|point| ValueClass::of(point.value).is_finite()).count();
        assert_eq!(summary.n, finite + summary.nan + summary.infinite);
        assert_eq!(summary.min.map(|min| min.value).zip(summary.max.map(|max| max.value)), finite_range(&points));

        let width = source.below(60) as usize;
        assert_eq!(sparkline(&points, width).chars().count(), width.min(points.len()));
    }
}
