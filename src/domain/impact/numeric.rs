//! Numeric parameters: Pearson's and Spearman's correlation with the metric.

use super::sums::{deviations, normalised, sum_of_squares};
use super::tails::incomplete_beta;

/// The correlation of a numeric parameter with the metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// Pearson's r: how closely the two lie on a straight line.
    pub pearson: Coefficient,
    /// Spearman's rho: how closely the two rise together, in whatever shape; unmoved by outliers and by a logarithmic scale.
    pub spearman: Coefficient,
}

/// A correlation coefficient with its significance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// From -1 to 1; negative where the metric falls as the parameter rises.
    pub value: f64,
    /// The chance, from 0 to 1, of a coefficient at least this far from 0 if the two had nothing to do with each other.
    ///
    /// Two-sided, by Student's t with n − 2 degrees of freedom, t = r √((n − 2)/(1 − r²)), so that
    /// p = I₁₋ᵣ²((n − 2)/2, 1/2). Exact for normal data; for Spearman the usual approximation.
    pub p_value: f64,
}

impl Correlation {
    /// The correlation of `left` with `right`, pair by pair; absent where there are fewer than three pairs or either does not vary.
    #[must_use]
    pub fn of(left: &[f64], right: &[f64]) -> Option<Self> {
        let n = left.len().min(right.len());
        if n < 3 {
            return None;
        }
        let significant = |value: f64| Coefficient { value, p_value: p_value(value, n) };
        let pearson = significant(product_moment(left, right)?);
        let spearman = significant(product_moment(&average_ranks(left), &average_ranks(right))?);
        Some(Self { pearson, spearman })
    }
}

/// Pearson's product-moment coefficient: Σ dx dy / √(Σ dx² Σ dy²), d the deviations from the mean.
fn product_moment(left: &[f64], right: &[f64]) -> Option<f64> {
    let (left, _) = normalised(left)?;
    let (right, _) = normalised(right)?;
    let left = deviations(&left);
    let right = deviations(&right);
    let size = (sum_of_squares(&left) * sum_of_squares(&right)).sqrt();
    let together: f64 = left.iter().zip(&right).map(|(left, right)| left * right).sum();
    let coefficient = together / size;
    coefficient.is_finite().then(|| coefficient.clamp(-1.0, 1.0))
}

/// The rank of each value from 1, equal values sharing the mean of their ranks.
fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    sorted.sort_unstable_by(|(_, left), (_, right)| left.total_cmp(right));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in sorted.chunk_by(|(_, left), (_, right)| left == right) {
        let shared = before as f64 + (ties.len() as f64 + 1.0) / 2.0;
        for (position, _) in ties {
            if let Some(rank) = ranks.get_mut(*position) {
                *rank = shared;
            }
        }
        before += ties.len();
    }
    ranks
}

fn p_value(coefficient: f64, n: usize) -> f64 {
    let unexplained = (1.0 - coefficient) * (1.0 + coefficient);
    incomplete_beta((n as f64 - 2.0) / 2.0, 0.5, unexplained)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(average_ranks(&[10.0, 20.0, 10.0, 30.0, 10.0]), [2.0, 4.0, 2.0, 5.0, 2.0]);
        assert_eq!(average_ranks(&[0.0, -0.0]), [1.5, 1.5]);
    }

    #[test]
    fn a_straight_line_correlates_fully() {
        let correlation = Correlation::of(&[1.0, 2.0, 3.0, 4.0, 5.0], &[10.0, 8.0, 6.0, 4.0, 2.0]).unwrap();
        assert_eq!(correlation.pearson.value, -1.0);
        assert_eq!(correlation.spearman.value, -1.0);
        assert_eq!(correlation.pearson.p_value, 0.0);
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(Correlation::of(&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0]), None);
        assert_eq!(Correlation::of(&[0.0, 0.0, 0.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(Correlation::of(&[1.0, 2.0], &[1.0, 2.0]), None);
    }
}
