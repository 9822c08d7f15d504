//! Categorical parameters: how the metric differs between categories.

use super::sums::{deviations, normalised, sum_of_squares};
use super::tails::incomplete_beta;
use crate::domain::metric::{mean, median};

/// The metric by category of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Eta squared, the correlation ratio squared, from 0 to 1: the sum of squares between the categories divided by the
    /// total sum of squares (Fisher). It grows with the number of categories even by chance.
    pub eta_squared: f64,
    /// The chance, from 0 to 1, of an eta squared at least as large if the categories did not differ: the F test of a
    /// one-way analysis of variance, p = I₁₋η²((n − k)/2, (k − 1)/2) with k categories. Absent where every run has a category of its own.
    pub p_value: Option<f64>,
    /// The highest category mean minus the lowest, in the metric's unit.
    pub spread: f64,
    /// The categories, highest mean first.
    pub categories: Vec<Category>,
}

/// The metric of the runs that have one value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// The parameter's text.
    pub value: String,
    /// How many runs.
    pub n: usize,
    /// Arithmetic mean of the metric, in its unit.
    pub mean: f64,
    /// Median of the metric, in its unit.
    pub median: f64,
}

impl Groups {
    /// The groups of `pairs`: the parameter's text and the metric's finite value of each run; absent where the metric does not vary.
    #[must_use]
    pub fn of(pairs: &[(&str, f64)]) -> Option<Self> {
        let mut sorted = pairs.to_vec();
        sorted.sort_by_key(|(text, _)| *text);
        let values: Vec<f64> = sorted.iter().map(|(_, value)| *value).collect();
        let (scaled, power) = normalised(&values)?;
        let total = sum_of_squares(&deviations(&scaled));
        if total <= 0.0 {
            return None;
        }

        let mut within = 0.0;
        let mut categories: Vec<Category> = Vec::new();
        let mut rest = scaled.as_slice();
        for group in sorted.chunk_by(|(left, _), (right, _)| left == right) {
            let (members, after) = rest.split_at_checked(group.len())?;
            rest = after;
            within += sum_of_squares(&deviations(members));
            let (value, _) = group.first()?;
            categories.push(Category {
                value: (*value).to_owned(),
                n: group.len(),
                mean: mean(members) * power,
                median: median(&mut members.to_vec()) * power,
            });
        }
        categories.sort_by(|left, right| right.mean.total_cmp(&left.mean));

        let unexplained = (within / total).min(1.0);
        let between_freedom = categories.len() as f64 - 1.0;
        let within_freedom = pairs.len() as f64 - categories.len() as f64;
        let testable = between_freedom > 0.0 && within_freedom > 0.0;
        let highest = categories.first().map_or(0.0, |category| category.mean);
        let lowest = categories.last().map_or(0.0, |category| category.mean);
        Some(Self {
            eta_squared: 1.0 - unexplained,
            p_value: testable.then(|| incomplete_beta(within_freedom / 2.0, between_freedom / 2.0, unexplained)),
            spread: highest - lowest,
            categories,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_told_with_mean_median_and_number() {
        let groups = Groups::of(&[("sgd", 1.0), ("adam", 4.0), ("sgd", 2.0), ("adam", 6.0), ("sgd", 6.0)]).unwrap();
        let expected = [
            Category { value: "adam".to_owned(), n: 2, mean: 5.0, median: 5.0 },
            Category { value: "sgd".to_owned(), n: 3, mean: 3.0, median: 2.0 },
        ];
        assert_eq!(groups.categories, expected);
        assert_eq!(groups.spread, 2.0);
        // Total 20.8, within 2 + 14, by hand.
        assert!((groups.eta_squared - (1.0 - 16.0 / 20.8)).abs() < 1e-12);
    }

    #[test]
    fn categories_that_explain_all_have_eta_squared_one() {
        let groups = Groups::of(&[("a", 1.0), ("b", 2.0), ("a", 1.0), ("b", 2.0)]).unwrap();
        assert_eq!((groups.eta_squared, groups.p_value), (1.0, Some(0.0)));
    }

    #[test]
    fn a_metric_that_does_not_vary_has_no_groups() {
        assert_eq!(Groups::of(&[("a", 1.0), ("b", 1.0)]), None);
        assert_eq!(Groups::of(&[]), None);
    }
}
