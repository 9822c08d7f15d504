//! Sums that neither overflow nor lose their digits.

use crate::domain::metric::mean;

/// `values` divided by a power of two that brings the largest to between 1 and 2 (less for a subnormal one), which changes no
/// digit, with that power.
///
/// Squares of deviations are then safe whatever the unit: 1e300 would overflow, 1e-300 vanish. `None` where all are 0.
pub(super) fn normalised(values: &[f64]) -> Option<(Vec<f64>, f64)> {
    const EXPONENT_BITS: u64 = 0x7ff0_0000_0000_0000;
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return None;
    }
    // A subnormal number has no exponent; the smallest normal one does for it.
    let power = f64::from_bits(largest.to_bits() & EXPONENT_BITS).max(f64::MIN_POSITIVE);
    Some((values.iter().map(|value| value / power).collect(), power))
}

/// Each value minus the mean.
pub(super) fn deviations(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value - mean).collect()
}

/// The sum of the squares.
pub(super) fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalised_values_keep_their_digits() {
        for values in [[3.0, -1.0], [3e300, -1e300], [3e-300, -1e-300]] {
            let (scaled, power) = normalised(&values).unwrap();
            assert!((1.0..2.0).contains(&scaled[0]), "{values:?}: {scaled:?}");
            assert_eq!(scaled.iter().map(|value| value * power).collect::<Vec<_>>(), values);
        }
        assert_eq!(normalised(&[5e-324, 0.0]), Some((vec![f64::EPSILON, 0.0], f64::MIN_POSITIVE)));
        assert_eq!(normalised(&[0.0, -0.0]), None);
    }
}
