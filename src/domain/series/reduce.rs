//! Reduction: fewer points that show the same curve.

use super::{is_finite, ordered, parts};
use crate::domain::metric::MetricPoint;

/// At most `at_most` of `points`, in order, that look like all of them.
///
/// Always kept, as far as `at_most` reaches, in this order: the last point; the first; the finite extreme that lies further
/// from the middle of these two (the lower where an end is NaN or infinite); the other extreme, of equal values the first;
/// and the first point that is NaN or infinite, where the run broke.
///
/// What lies between the ends is cut into parts of equal length, each of which gives its lowest and highest finite point, or
/// its first point where it has none; NaN and infinities are never an extreme. This is the min-max aggregation of
/// Jugel et al., "M4: a visualization-oriented time series data aggregation" (VLDB 2014), over parts of the history
/// instead of columns of pixels, so that a history without steps (all at step 0) keeps its shape too.
///
/// A history of `at_most` points or fewer comes back whole. Time O(n) for points in order. Counts of NaN and infinities are
/// those of [`Summary`](super::Summary), taken before reduction.
#[must_use]
pub fn reduce(points: &[MetricPoint], at_most: usize) -> Vec<MetricPoint> {
    let points = ordered(points);
    if points.len() <= at_most {
        return points.into_owned();
    }
    let mut kept = landmarks(&points);
    kept.truncate(at_most);
    let part_count = (at_most - kept.len()) / 2;
    let between_ends = points.get(1..points.len() - 1).unwrap_or_default();
    let mut start = 1;
    for part in parts(between_ends, part_count) {
        kept.extend(outline(part).into_iter().flatten().map(|position| start + position));
        start += part.len();
    }
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().filter_map(|position| points.get(position).copied()).collect()
}

/// Positions of the points that matter most, without repeats, most important first.
fn landmarks(points: &[MetricPoint]) -> Vec<usize> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let value_at = |position: usize| points.get(position).map_or(f64::NAN, |point| point.value);
    let mut by_distance = extremes(points);
    if let Some((lowest, highest)) = by_distance {
        let middle = first.value / 2.0 + last.value / 2.0;
        if (value_at(highest) / 2.0 - middle / 2.0).abs() > (value_at(lowest) / 2.0 - middle / 2.0).abs() {
            by_distance = Some((highest, lowest));
        }
    }
    let broken = points.iter().position(|point| !is_finite(point));
    let mut landmarks = Vec::new();
    for position in
        [Some(points.len() - 1), Some(0), by_distance.map(|(further, _)| further), by_distance.map(|(_, nearer)| nearer), broken]
    {
        if let Some(position) = position.filter(|position| !landmarks.contains(position)) {
            landmarks.push(position);
        }
    }
    landmarks
}

/// Positions of what a part must show: its extremes, or its first point where none is finite.
fn outline(part: &[MetricPoint]) -> [Option<usize>; 2] {
    match extremes(part) {
        Some((lowest, highest)) => [Some(lowest), Some(highest)],
        None => [(!part.is_empty()).then_some(0), None],
    }
}

/// Positions of the lowest and the highest finite value, of equal ones the first.
fn extremes(points: &[MetricPoint]) -> Option<(usize, usize)> {
    let mut finite = points.iter().enumerate().filter(|(_, point)| is_finite(point));
    let (position, point) = finite.next()?;
    let mut lowest = (position, point.value);
    let mut highest = lowest;
    for (position, point) in finite {
        if point.value < lowest.1 {
            lowest = (position, point.value);
        }
        if point.value > highest.1 {
            highest = (position, point.value);
        }
    }
    Some((lowest.0, highest.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn history(values: &[f64]) -> Vec<MetricPoint> {
        (0_i64..).zip(values).map(|(step, value)| MetricPoint { step, timestamp: Timestamp(step), value: *value }).collect()
    }

    fn check(values: &[f64], at_most: usize, expected_steps: &[i64]) {
        let steps: Vec<i64> = reduce(&history(values), at_most).iter().map(|point| point.step).collect();
        assert_eq!(steps, expected_steps, "{values:?} to {at_most}");
    }

    #[test]
    fn few_points_are_the_last_the_first_and_the_extremes() {
        let values = [5.0, 6.0, 9.0, 4.0, 0.0, 4.5, 5.0];
        check(&values, 0, &[]);
        check(&values, 1, &[6]);
        check(&values, 2, &[0, 6]);
        check(&values, 3, &[0, 4, 6]);
        check(&values, 4, &[0, 2, 4, 6]);
        check(&values, 7, &[0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_first_point_that_is_no_number_is_kept() {
        check(&[3.0, 2.0, 2.5, 2.0, f64::NAN, f64::NAN, 1.0, 4.0, 2.0], 5, &[0, 4, 6, 7, 8]);
        check(&[3.0, 2.0, f64::MAX, 2.0, 1.0, 4.0, 2.0], 5, &[0, 2, 4, 5, 6]);
    }

    #[test]
    fn a_history_without_a_number_keeps_its_ends() {
        check(&[f64::NAN; 5], 2, &[0, 4]);
        check(&[f64::NAN; 9], 4, &[0, 1, 8]);
    }

    #[test]
    fn extremes_at_the_ends_leave_room_for_others() {
        check(&[0.0, 1.0, 5.0, 3.0, 4.0, 9.0], 4, &[0, 1, 2, 5]);
    }
}
