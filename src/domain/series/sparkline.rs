//! Sparkline: a curve in one line of text.

use super::{is_finite, ordered, parts};
use crate::domain::metric::MetricPoint;

/// A curve of at most `width` characters, one a point where there are fewer: ▁ is the lowest, █ the highest.
///
/// Each character is the mean of the finite values in an equal part of the history; `·` stands where none is finite, and a
/// curve of one value is drawn at half height.
#[must_use]
pub fn sparkline(points: &[MetricPoint], width: usize) -> String {
    let points = ordered(points);
    let means: Vec<Option<f64>> = parts(&points, width).map(finite_mean).collect();
    let lowest = means.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let highest = means.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halved, because the difference of two large numbers overflows.
    let span = highest / 2.0 - lowest / 2.0;
    let height_of = |mean: f64| if span > 0.0 { (mean / 2.0 - lowest / 2.0) / span } else { 0.5 };
    means.into_iter().map(|mean| mean.map_or('·', |mean| bar(height_of(mean)))).collect()
}

/// The mean of the finite values.
fn finite_mean(part: &[MetricPoint]) -> Option<f64> {
    let count = part.iter().filter(|point| is_finite(point)).count();
    let sum_of_shares: f64 = part.iter().filter(|point| is_finite(point)).map(|point| point.value / count as f64).sum();
    (count > 0).then_some(sum_of_shares)
}

/// The bar of `height`, from 0 to 1.
fn bar(height: f64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const HIGHEST: f64 = 7.0;
    // A cast to an unsigned number stops at 0 and drops the fraction.
    let level = (height * HIGHEST).round() as usize;
    BARS.get(level).copied().unwrap_or('█')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn check(values: &[f64], width: usize, expected: &str) {
        let points: Vec<MetricPoint> =
            (0_i64..).zip(values).map(|(step, value)| MetricPoint { step, timestamp: Timestamp(step), value: *value }).collect();
        assert_eq!(sparkline(&points, width), expected, "{values:?}");
    }

    #[test]
    fn heights_run_from_the_lowest_to_the_highest() {
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 8, "▁▂▃▄▅▆▇█");
        check(&[7.0, 0.0], 40, "█▁");
        check(&[-1.7e308, 0.0, 1.7e308], 3, "▁▅█");
    }

    #[test]
    fn many_points_share_a_character() {
        check(&[0.0, 2.0, 9.0, 7.0, 15.0, 15.0], 3, "▁▅█");
        check(&[0.0, 2.0], 0, "");
        check(&[], 8, "");
    }

    #[test]
    fn what_is_no_number_is_a_dot() {
        check(&[1.0, f64::NAN, 2.0, f64::INFINITY, f64::MAX], 5, "▁·█··");
        check(&[f64::NAN], 5, "·");
    }

    #[test]
    fn one_value_is_drawn_at_half_height() {
        check(&[3.0, 3.0, 3.0], 3, "▅▅▅");
    }
}
