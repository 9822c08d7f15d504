//! Numbers as people read them on a chart: never more digits than mean something, never `0.30000000000000004`.

/// From here on, and below its inverse scale, plain digits are harder to read than an exponent.
const LARGEST_PLAIN: f64 = 1e6;
const SMALLEST_PLAIN: f64 = 1e-4;

/// The value with four significant digits, whole numbers below a million in full: `0.912`, `1234`, `2.5e-5`, `1.235e6`.
#[must_use]
pub fn short_number(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return "0".to_owned();
    }
    if !(SMALLEST_PLAIN..LARGEST_PLAIN).contains(&magnitude) {
        return scientific(value, 3);
    }
    without_trailing_zeros(&plain(value, usize::try_from(3 - exponent(magnitude)).unwrap_or(0)))
}

/// A tick of an axis whose ticks are `step` apart, with just the digits that tell neighbours apart: `0.25`, `12k`, `2e-5`.
pub(super) fn tick_number(value: f64, step: f64) -> String {
    // A multiple of a step meets zero only up to rounding.
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    let magnitude = value.abs();
    let whole_unit =
        [(1e9, "G"), (1e6, "M"), (1e3, "k")].into_iter().find(|(unit, _)| magnitude >= *unit && is_readable_in(value, step, *unit));
    match whole_unit {
        _ if !(SMALLEST_PLAIN..1e13).contains(&magnitude) => scientific(value, digits_between(magnitude, step)),
        Some((unit, suffix)) if magnitude >= 10_000.0 => format!("{}{suffix}", plain(value / unit, decimals_of(step / unit))),
        Some(_) | None => plain(value, decimals_of(step)),
    }
}

/// A place in a picture, to a hundredth of a pixel.
pub(super) fn coordinate(value: f64) -> String {
    without_trailing_zeros(&plain(value, 2))
}

/// Whether `value` keeps at most two decimals when counted in `unit`.
fn is_readable_in(value: f64, step: f64, unit: f64) -> bool {
    value.abs() < unit * 1e6 && decimals_of(step / unit) <= 2
}

/// How many decimals a multiple of `step` needs.
fn decimals_of(step: f64) -> usize {
    let mut decimals = 0;
    let mut scaled = step.abs();
    while decimals < 12 && (scaled - scaled.round()).abs() > 1e-6 * scaled {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

/// How many digits after the first a tick needs.
fn digits_between(magnitude: f64, step: f64) -> usize {
    usize::try_from(exponent(magnitude) - exponent(step)).unwrap_or(0).min(6)
}

/// The power of ten at or below `magnitude`.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number lies between -324 and 309")]
fn exponent(magnitude: f64) -> i32 {
    // The small excess keeps 0.001, whose logarithm is rounded, at -3.
    (magnitude.log10() + 1e-12).floor() as i32
}

/// Plain digits, without the sign of a zero.
fn plain(value: f64, decimals: usize) -> String {
    let digits = format!("{value:.decimals$}");
    match digits.strip_prefix('-') {
        Some(unsigned) if unsigned.chars().all(|digit| matches!(digit, '0' | '.')) => unsigned.to_owned(),
        Some(_) | None => digits,
    }
}

fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", without_trailing_zeros(mantissa)),
        None => text,
    }
}

fn without_trailing_zeros(digits: &str) -> String {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.').to_owned() } else { digits.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_have_four_significant_digits() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.3"),
            (0.912_345, "0.9123"),
            (0.999_96, "1"),
            (12.0, "12"),
            (-3.14259, "-3.143"),
            (1234.5, "1234"),
            (99_999.9, "100000"),
            (0.001, "0.001"),
            (0.000_1, "0.0001"),
            (0.000_025, "2.5e-5"),
            (1_234_567.0, "1.235e6"),
            (1e300, "1e300"),
            (5e-324, "4.941e-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, expected) in cases {
            assert_eq!(short_number(value), expected, "{value}");
        }
    }

    #[test]
    fn ticks_have_the_digits_of_their_step() {
        let cases = [
            (0.1 + 0.2, 0.1, "0.3"),
            (0.5, 0.25, "0.50"),
            (1e-17, 0.1, "0"),
            (-0.2, 0.2, "-0.2"),
            (500.0, 500.0, "500"),
            (9000.0, 1000.0, "9000"),
            (12_000.0, 2000.0, "12k"),
            (12_500.0, 500.0, "12.5k"),
            (12_501.0, 1.0, "12501"),
            (2_000_000.0, 500_000.0, "2.0M"),
            (3e9, 1e9, "3G"),
            (2e-5, 1e-5, "2e-5"),
            (2.5e-5, 5e-6, "2.5e-5"),
            (1e15, 1e15, "1e15"),
        ];
        for (value, step, expected) in cases {
            assert_eq!(tick_number(value, step), expected, "{value} by {step}");
        }
    }
}
