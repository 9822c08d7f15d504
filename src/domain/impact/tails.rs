//! Tail probabilities: the regularised incomplete beta function, of which Student's t and Fisher's F are cases.

/// Iₓ(a, b), the regularised incomplete beta function, for a, b > 0 and x from 0 to 1.
///
/// The continued fraction of DLMF 8.17.22, which converges quickly for x < (a + 1)/(a + b + 2), and the symmetry
/// Iₓ(a, b) = 1 − I₁₋ₓ(b, a) beyond (DLMF 8.17.4).
pub(super) fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_front = a * x.ln() + b * (-x).ln_1p() - log_beta(a, b);
    let value = if x < (a + 1.0) / (a + b + 2.0) {
        log_front.exp() / (a * continued_fraction(a, b, x))
    } else {
        1.0 - log_front.exp() / (b * continued_fraction(b, a, 1.0 - x))
    };
    value.clamp(0.0, 1.0)
}

/// 1 + d₁/(1 + d₂/(1 + …)) of DLMF 8.17.22 by Lentz's method as Thompson and Barnett changed it (J. Comput. Phys. 64, 1986).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    // About √max(a, b) terms are needed, 1,000 for a million runs.
    const MOST_TERMS: u32 = 20_000;
    const TINY: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut fraction = 1.0;
    let mut numerator = 1.0;
    let mut denominator = 0.0;
    for term in 1..=MOST_TERMS {
        let m = f64::from(term / 2);
        let coefficient = if term % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        denominator = 1.0 / away_from_zero(1.0 + coefficient * denominator);
        numerator = away_from_zero(1.0 + coefficient / numerator);
        let change = numerator * denominator;
        fraction *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

/// ln B(a, b).
fn log_beta(a: f64, b: f64) -> f64 {
    log_gamma(a) + log_gamma(b) - log_gamma(a + b)
}

/// ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) at x + n ≥ 10, where its seventh term is below 1e-16, and
/// Γ(x) = Γ(x + n)/(x (x + 1) … (x + n − 1)).
fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 7] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1_260.0, -1.0 / 1_680.0, 1.0 / 1_188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    let mut shifted = x;
    let mut product = 1.0;
    while shifted < 10.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let series = SERIES.iter().rev().fold(0.0, |sum, coefficient| sum * inverse * inverse + coefficient) * inverse;
    (shifted - 0.5) * shifted.ln() - shifted + 0.5 * std::f64::consts::TAU.ln() + series - product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{found:e}, not {expected:e}");
    }

    #[test]
    fn log_gamma_meets_known_values() {
        assert!(log_gamma(1.0).abs() < 1e-14);
        check(log_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        check(log_gamma(5.0), 24.0_f64.ln());
        check(log_gamma(20.0), 121_645_100_408_832_000.0_f64.ln());
    }

    #[test]
    fn incomplete_beta_meets_its_closed_forms() {
        for x in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.999] {
            check(incomplete_beta(1.0, 1.0, x), x);
            check(incomplete_beta(3.0, 1.0, x), x.powi(3));
            check(incomplete_beta(0.5, 0.5, x), x.sqrt().asin() * std::f64::consts::FRAC_2_PI);
        }
        assert_eq!((incomplete_beta(2.0, 3.0, 0.0), incomplete_beta(2.0, 3.0, 1.0)), (0.0, 1.0));
    }
}
