//! Metric histories: reduced to what a reply can hold, summed up, drawn in a line of text.
//!
//! The order of a history is MLflow's own for what is latest: step, then timestamp, then value, NaN after all numbers.
//! Histories may be given in any order.

mod reduce;
mod sparkline;
mod summary;

use std::borrow::Cow;
use std::cmp::Ordering;

use super::metric::{MetricPoint, ValueClass};

pub use reduce::reduce;
pub use sparkline::sparkline;
pub use summary::{Summary, Trend};

/// The order of a history.
#[must_use]
pub fn order(left: &MetricPoint, right: &MetricPoint) -> Ordering {
    let by_time = left.step.cmp(&right.step).then_with(|| left.timestamp.cmp(&right.timestamp));
    by_time.then_with(|| total_value_order(left.value, right.value))
}

/// All NaN are one value after all others, whatever their sign bit.
fn total_value_order(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

/// `points` in order, copied only where they are not.
fn ordered(points: &[MetricPoint]) -> Cow<'_, [MetricPoint]> {
    if points.is_sorted_by(|left, right| order(left, right).is_le()) {
        return Cow::Borrowed(points);
    }
    let mut copy = points.to_vec();
    copy.sort_by(order);
    Cow::Owned(copy)
}

/// Cuts `items` into at most `count` parts of equal length, give or take one, none empty.
fn parts<T>(items: &[T], count: usize) -> impl Iterator<Item = &[T]> {
    let count = count.min(items.len());
    // Widened, because length times count overflows a 32-bit usize.
    let cut = move |part: usize| (part as u128 * items.len() as u128 / count.max(1) as u128) as usize;
    (0..count).map(move |part| items.get(cut(part)..cut(part + 1)).unwrap_or_default())
}

fn is_finite(point: &MetricPoint) -> bool {
    ValueClass::of(point.value).is_finite()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn point(step: i64, timestamp: i64, value: f64) -> MetricPoint {
        MetricPoint { step, timestamp: Timestamp(timestamp), value }
    }

    #[test]
    fn nan_comes_after_numbers_of_the_same_instant() {
        let points = [point(0, 0, f64::NAN), point(0, 0, -f64::NAN), point(0, 0, 2.0), point(0, 0, f64::INFINITY)];
        let values: Vec<f64> = ordered(&points).iter().map(|point| point.value).collect();
        assert_eq!(values[..2], [2.0, f64::INFINITY]);
        assert!(values[2..].iter().all(|value| value.is_nan()));
    }

    #[test]
    fn parts_are_even_and_cover_all() {
        let items: Vec<usize> = (0..10).collect();
        let lengths = |count| parts(&items, count).map(<[usize]>::len).collect::<Vec<_>>();
        assert_eq!(lengths(3), [3, 3, 4]);
        assert_eq!(lengths(99), [1; 10]);
        assert!(lengths(0).is_empty());
        assert_eq!(parts(&items, 4).flatten().copied().collect::<Vec<_>>(), items);
    }
}
