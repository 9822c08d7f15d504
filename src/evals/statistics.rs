//! The statistics of a gate: how sure a pass rate is, whether two runs over the same cases differ, how steady a planner is.
//!
//! Pure figures over counts and outcomes; it knows neither cases nor planners. Each formula names its source, and
//! `tests/it/evals/statistics.rs` holds the figures against statsmodels and scipy (`tests/judges/make_evals_fixtures.py`).

use std::collections::BTreeMap;

/// The 97.5th percentile of the standard normal distribution: the intervals here are of 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// The level below which a difference counts as one: two-sided, 5 %.
pub const SIGNIFICANCE: f64 = 0.05;

/// An interval of 95 %, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The Wilson score interval of a rate, each end from 0 to 1 (Wilson 1927; `proportion_confint(method="wilson")` of statsmodels).
///
/// Of no trials nothing is known: the interval is all of 0 to 1. More successes than trials count as all of them.
#[must_use]
pub fn wilson(successes: u64, trials: u64) -> Interval {
    wilson_of_rate(successes.min(trials) as f64 / trials.max(1) as f64, trials)
}

/// The same around a rate of `units` that are independent of each other, each of which may count in part: a case that passes in some of
/// its epochs.
#[must_use]
pub fn wilson_of_rate(rate: f64, units: u64) -> Interval {
    if units == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let n = units as f64;
    let z_squared = Z_95 * Z_95;
    let denominator = 1.0 + z_squared / n;
    let centre = (rate + z_squared / (2.0 * n)) / denominator;
    let half = Z_95 * (rate * (1.0 - rate) / n + z_squared / (4.0 * n * n)).sqrt() / denominator;
    Interval { low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

/// The two-sided p-value of McNemar's exact test, from 0 to 1 (`mcnemar(exact=True)` of statsmodels).
///
/// `lost` and `won` count the cases that only one of two runs passes; the cases on which they agree tell nothing. No flips: 1.
#[must_use]
pub fn mcnemar_exact(lost: u64, won: u64) -> f64 {
    let flips = lost + won;
    if flips == 0 {
        return 1.0;
    }
    let fewer = lost.min(won);
    // In logarithms: 2^-flips alone is no double beyond some thousand flips.
    let log_half = 0.5_f64.ln() * flips as f64;
    let mut log_choose = 0.0;
    let mut tail = 0.0;
    for count in 0..=fewer {
        if count > 0 {
            log_choose += ((flips - count + 1) as f64).ln() - (count as f64).ln();
        }
        tail += (log_choose + log_half).exp();
    }
    (2.0 * tail).min(1.0)
}

/// The probability that `k` attempts drawn from `attempts`, of which `passed` passed, all pass: pass^k of tau-bench, C(c,k)/C(n,k).
///
/// From 0 to 1; absent where `k` is 0 or more than there were attempts.
#[must_use]
pub fn pass_hat_k(attempts: u64, passed: u64, k: u64) -> Option<f64> {
    if k == 0 || k > attempts || passed > attempts {
        return None;
    }
    Some((0..k).map(|drawn| passed.saturating_sub(drawn) as f64 / (attempts - drawn) as f64).product())
}

/// The mean of outcomes and its standard error, where outcomes of one cluster (paraphrases of one question) are not independent.
///
/// The sandwich estimator with the correction G/(G-1), as statsmodels has it for an intercept alone
/// (`OLS(y, ones).fit(cov_type="cluster")`). The error is absent for fewer than two clusters. An empty list has mean 0.
#[must_use]
pub fn clustered_mean(outcomes: &[(&str, f64)]) -> (f64, Option<f64>) {
    if outcomes.is_empty() {
        return (0.0, None);
    }
    let n = outcomes.len() as f64;
    let mean = outcomes.iter().map(|(_, value)| value).sum::<f64>() / n;
    let mut residuals: BTreeMap<&str, f64> = BTreeMap::new();
    for (cluster, value) in outcomes {
        *residuals.entry(cluster).or_default() += value - mean;
    }
    let clusters = residuals.len() as f64;
    if residuals.len() < 2 {
        return (mean, None);
    }
    let sum_of_squares: f64 = residuals.values().map(|sum| sum * sum).sum();
    (mean, Some((sum_of_squares * clusters / (clusters - 1.0)).sqrt() / n))
}

/// How often whole clusters are drawn anew for [`bootstrap_difference`].
pub const RESAMPLES: usize = 4_000;

/// The percentile interval of the mean paired difference, by drawing whole clusters with replacement (Efron 1979; Field and Welsh
/// 2007 for clusters). Deterministic: the same outcomes and `seed` give the same interval.
///
/// `differences` are (cluster, outcome of the new run minus outcome of the old), each from -1 to 1. Of fewer than two clusters nothing is
/// known, for there is nothing to draw from: the interval is all of -1 to 1.
#[must_use]
pub fn bootstrap_difference(differences: &[(&str, f64)], seed: u64) -> Interval {
    let mut clusters: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (cluster, difference) in differences {
        let (sum, count) = clusters.entry(cluster).or_default();
        *sum += difference;
        *count += 1.0;
    }
    let clusters: Vec<(f64, f64)> = clusters.into_values().collect();
    if clusters.len() < 2 {
        return Interval { low: -1.0, high: 1.0 };
    }
    let mut random = SplitMix64(seed);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let (mut sum, mut count) = (0.0, 0.0);
            for _ in 0..clusters.len() {
                let (cluster_sum, cluster_count) = clusters.get(random.below(clusters.len())).copied().unwrap_or_default();
                sum += cluster_sum;
                count += cluster_count;
            }
            if count > 0.0 { sum / count } else { 0.0 }
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| percentile(&means, share).unwrap_or_default();
    Interval { low: at(0.025), high: at(0.975) }
}

/// The value below which `share` (0 to 1) of the sorted `values` lie, linear between neighbours, as numpy's default has it.
///
/// Absent for an empty list.
#[must_use]
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = values.get(place.floor() as usize)?;
    let above = values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

/// Sebastiano Vigna's `SplitMix64` (public domain): the same sequence on every machine.
#[derive(Debug, Clone)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 up to, not including, `bound`; 0 where `bound` is 0. Lemire's product, whose bias is below `bound` / 2^64.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_flips_all_one_way_are_the_fewest_that_differ() {
        assert!((mcnemar_exact(6, 0) - 0.031_25).abs() < 1e-12);
        assert!(mcnemar_exact(5, 0) > SIGNIFICANCE);
        assert!((mcnemar_exact(0, 0) - 1.0).abs() < f64::EPSILON);
        assert!((mcnemar_exact(7, 7) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn attempts_must_all_pass_for_pass_hat_k() {
        let check = |k: u64, expected: Option<f64>| match (pass_hat_k(5, 4, k), expected) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-12, "{k}: {found}"),
            (found, expected) => assert_eq!(found, expected, "{k}"),
        };
        [(1, Some(0.8)), (2, Some(0.6)), (3, Some(0.4)), (4, Some(0.2)), (5, Some(0.0)), (6, None), (0, None)]
            .into_iter()
            .for_each(|(k, expected)| check(k, expected));
    }

    #[test]
    fn nothing_is_known_of_no_trials() {
        assert_eq!(wilson(0, 0), Interval { low: 0.0, high: 1.0 });
        assert_eq!(clustered_mean(&[]), (0.0, None));
        assert_eq!(clustered_mean(&[("one", 1.0), ("one", 0.0)]), (0.5, None));
        for differences in [&[][..], &[("one", -1.0), ("one", -1.0)]] {
            assert_eq!(bootstrap_difference(differences, 1), Interval { low: -1.0, high: 1.0 });
        }
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn a_cluster_is_drawn_whole() {
        // One family of ten flips cannot tell more than one flip does.
        let family: Vec<(&str, f64)> = (0..10).map(|_| ("family", -1.0)).chain([("other", 0.0)]).collect();
        let interval = bootstrap_difference(&family, 7);
        assert_eq!((interval.low, interval.high), (-1.0, 0.0));
    }
}
