//! Averages of values.

/// The arithmetic mean, corrected by the mean of the rest, so that equal values have themselves as mean; 0 of no values.
///
/// The sum must not overflow.
pub(in crate::domain) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let count = values.len() as f64;
    let rough = values.iter().sum::<f64>() / count;
    rough + values.iter().map(|value| value - rough).sum::<f64>() / count
}

/// The middle value, or the mean of the two in the middle of an even number; 0 of no values. Moves the values about, in O(n).
pub(in crate::domain) fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let is_odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp);
    match lower {
        Some(lower) if !is_odd => lower / 2.0 + *upper / 2.0,
        Some(_) | None => *upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_themselves_as_mean() {
        assert_eq!(mean(&[0.1; 10]), 0.1);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(mean(&[]), 0.0);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&mut [4.0, 1.0, 3.0]), 3.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&mut [1e308, 1.5e308]), 1.25e308);
        assert_eq!(median(&mut []), 0.0);
    }
}
