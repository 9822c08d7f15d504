//! Summary: a history in a few figures and one word.

use super::{is_finite, ordered, parts, total_value_order};
use crate::domain::metric::{MetricPoint, ValueClass, median};

/// A metric's history in a few figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many points, NaN and infinite ones among them.
    pub n: usize,
    /// The first point, whatever its value.
    pub first: Option<MetricPoint>,
    /// The last point, whatever its value.
    pub last: Option<MetricPoint>,
    /// The first point with the lowest finite value.
    pub min: Option<MetricPoint>,
    /// The first point with the highest finite value.
    pub max: Option<MetricPoint>,
    /// How many points are NaN.
    pub nan: usize,
    /// How many points are infinite, of either sign.
    pub infinite: usize,
    /// Where the finite values go.
    pub trend: Trend,
}

/// Where a history goes from its beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trend {
    /// Up.
    Rising,
    /// Down.
    Falling,
    /// It hardly moves: by no more than 1 % of its size.
    Flat,
    /// It moves, but neither clearly up nor clearly down.
    Noisy,
    /// Fewer than three finite points.
    TooShort,
}

impl Summary {
    /// The summary of `points`, given in any order.
    #[must_use]
    pub fn of(points: &[MetricPoint]) -> Self {
        let points = ordered(points);
        let mut finite: Vec<f64> = Vec::with_capacity(points.len());
        let mut summary = Self {
            n: points.len(),
            first: points.first().copied(),
            last: points.last().copied(),
            min: None,
            max: None,
            nan: 0,
            infinite: 0,
            trend: Trend::TooShort,
        };
        for point in points.iter() {
            match ValueClass::of(point.value) {
                ValueClass::NotANumber => summary.nan += 1,
                ValueClass::PositiveInfinity | ValueClass::NegativeInfinity => summary.infinite += 1,
                ValueClass::Finite => finite.push(point.value),
            }
        }
        for point in points.iter().filter(|point| is_finite(point)) {
            if summary.min.is_none_or(|min| point.value < min.value) {
                summary.min = Some(*point);
            }
            if summary.max.is_none_or(|max| point.value > max.value) {
                summary.max = Some(*point);
            }
        }
        summary.trend = Trend::of(&finite);
        summary
    }
}

impl Trend {
    /// The trend of finite `values` in order.
    ///
    /// The values are cut into at most 64 parts of equal length and each part replaced by its median y, so that spikes do not
    /// count and the answer does not depend on how often was logged. Then, with k parts:
    ///
    /// 1. max y − min y ≤ 1 % of the median of |y|: flat.
    /// 2. S = Σ sign(yⱼ − yᵢ) over all i < j, the statistic of Mann and Kendall. The trend is clear if |S| is at least
    ///    2.576 √(k (k − 1)(2k + 5)/18), the bound that a trendless series passes once in a hundred times, or the highest
    ///    S there can be, k (k − 1)/2, where k is small; and if the median of the last tenth of y differs from that of the first tenth in the
    ///    same direction. Rising or falling by the sign of S.
    /// 3. Else noisy.
    fn of(values: &[f64]) -> Self {
        const MOST_PARTS: usize = 64;
        const FLAT: f64 = 0.01;
        if values.len() < 3 {
            return Self::TooShort;
        }
        let medians: Vec<f64> = parts(values, MOST_PARTS).map(|part| median(&mut part.to_vec())).collect();
        let count = medians.len();

        let mut sizes: Vec<f64> = medians.iter().map(|value| value.abs()).collect();
        let lowest = medians.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = medians.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if highest - lowest <= FLAT * median(&mut sizes) {
            return Self::Flat;
        }

        let pairs = (count * (count - 1) / 2) as f64;
        let statistic = mann_kendall(&medians);
        let bound = (2.576 * (pairs * (2.0 * count as f64 + 5.0) / 9.0).sqrt()).min(pairs);
        let tenth = count.div_ceil(10);
        let mut beginning: Vec<f64> = medians.iter().take(tenth).copied().collect();
        let mut end: Vec<f64> = medians.iter().rev().take(tenth).copied().collect();
        let change = median(&mut end) - median(&mut beginning);
        if statistic >= bound && change > 0.0 {
            Self::Rising
        } else if -statistic >= bound && change < 0.0 {
            Self::Falling
        } else {
            Self::Noisy
        }
    }
}

/// Pairs that rise minus pairs that fall.
fn mann_kendall(values: &[f64]) -> f64 {
    let mut statistic = 0.0;
    for (position, earlier) in values.iter().enumerate() {
        for later in values.iter().skip(position + 1) {
            statistic += f64::from(total_value_order(*later, *earlier) as i8);
        }
    }
    statistic
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn history(values: impl IntoIterator<Item = f64>) -> Vec<MetricPoint> {
        (0_i64..).zip(values).map(|(step, value)| MetricPoint { step, timestamp: Timestamp(step), value }).collect()
    }

    fn check(values: impl IntoIterator<Item = f64>, expected: Trend) {
        let values: Vec<f64> = values.into_iter().collect();
        assert_eq!(Summary::of(&history(values.iter().copied())).trend, expected, "{values:?}");
    }

    #[test]
    fn ends_and_extremes_are_told_with_their_steps() {
        let mut points = history([0.5, f64::NAN, 0.9, 0.1, f64::MAX, 0.9, 0.1, f64::NEG_INFINITY]);
        points.reverse();
        let summary = Summary::of(&points);
        assert_eq!((summary.n, summary.nan, summary.infinite), (8, 1, 2));
        assert_eq!(summary.first.map(|point| point.value), Some(0.5));
        assert_eq!(summary.last.map(|point| point.value), Some(f64::NEG_INFINITY));
        assert_eq!(summary.min.map(|point| (point.step, point.value)), Some((3, 0.1)));
        assert_eq!(summary.max.map(|point| (point.step, point.value)), Some((2, 0.9)));
        assert_eq!(Summary::of(&[]).trend, Trend::TooShort);
    }

    #[test]
    fn a_steady_climb_rises_and_a_decay_falls() {
        check([1.0, 2.0, 3.0], Trend::Rising);
        check((0..1_000).map(|step| 0.9 - 0.4 * (-f64::from(step) / 200.0).exp()), Trend::Rising);
        check((0..64).map(|step| (-f64::from(step)).exp()), Trend::Falling);
        check((0..50).map(|step| 2.0 / (1.0 + f64::from(step)) + 0.05 * f64::from(step * 7 % 5)), Trend::Falling);
    }

    #[test]
    fn spikes_do_not_turn_a_trend() {
        check((0..1_000).map(|step| if step % 97 == 0 { 1e6 } else { 1_000.0 - f64::from(step) }), Trend::Falling);
    }

    #[test]
    fn less_than_a_hundredth_of_its_size_is_flat() {
        check([0.7; 10], Trend::Flat);
        check([0.0; 3], Trend::Flat);
        check((0..100).map(|step| 100.0 + 0.005 * f64::from(step)), Trend::Flat);
    }

    #[test]
    fn there_and_back_is_noisy() {
        check((0..200).map(|step| (f64::from(step) / 5.0).sin()), Trend::Noisy);
        check((-100..=100).map(|step| f64::from(step * step)), Trend::Noisy);
        check([1.0, 3.0, 2.0], Trend::Noisy);
    }

    #[test]
    fn a_late_turn_past_the_beginning_is_noisy() {
        let falls_then_soars = (0..64).map(|step| if step < 54 { 64.0 - f64::from(step) } else { f64::from(step) * 10.0 });
        check(falls_then_soars.clone(), Trend::Noisy);
        check(falls_then_soars.map(|value| -value), Trend::Noisy);
    }

    #[test]
    fn two_points_are_too_short() {
        check([1.0, f64::NAN, 2.0], Trend::TooShort);
    }
}
