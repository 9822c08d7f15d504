//! The figures of `evals::statistics` against statsmodels, numpy and scipy (`tests/judges/make_evals_fixtures.py`).

use serde::Deserialize;
use trialogue::evals::statistics::{bootstrap_difference, clustered_mean, mcnemar_exact, percentile, wilson};

#[derive(Deserialize)]
struct Fixtures {
    wilson: Vec<WilsonCase>,
    mcnemar: Vec<McnemarCase>,
    outcomes: Vec<OutcomesCase>,
    percentile: Vec<PercentileCase>,
}

#[derive(Deserialize)]
struct WilsonCase {
    passed: u64,
    trials: u64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct McnemarCase {
    lost: u64,
    won: u64,
    p: f64,
}

#[derive(Deserialize)]
struct OutcomesCase {
    name: String,
    outcomes: Vec<(String, f64)>,
    mean: f64,
    standard_error: f64,
    seed: u64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct PercentileCase {
    values: Vec<f64>,
    share: f64,
    value: f64,
}

fn fixtures() -> Fixtures {
    serde_json::from_str(include_str!("../../data/evals-statistics.json")).unwrap()
}

fn assert_near(what: &str, found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found:e}, not {expected:e}");
}

#[test]
fn wilson_agrees_with_statsmodels() {
    for case in fixtures().wilson {
        let found = wilson(case.passed, case.trials);
        assert_near(&format!("{}/{} low", case.passed, case.trials), found.low, case.low);
        assert_near(&format!("{}/{} high", case.passed, case.trials), found.high, case.high);
    }
}

#[test]
fn mcnemar_agrees_with_statsmodels_and_scipy() {
    for case in fixtures().mcnemar {
        assert_near(&format!("{}:{}", case.lost, case.won), mcnemar_exact(case.lost, case.won), case.p);
    }
}

#[test]
fn clustered_errors_and_the_bootstrap_agree_with_statsmodels_and_numpy() {
    for case in fixtures().outcomes {
        let outcomes: Vec<(&str, f64)> = case.outcomes.iter().map(|(cluster, value)| (cluster.as_str(), *value)).collect();
        let (mean, error) = clustered_mean(&outcomes);
        assert_near(&format!("{}: mean", case.name), mean, case.mean);
        assert_near(&format!("{}: error", case.name), error.unwrap(), case.standard_error);
        let interval = bootstrap_difference(&outcomes, case.seed);
        assert_near(&format!("{}: low", case.name), interval.low, case.low);
        assert_near(&format!("{}: high", case.name), interval.high, case.high);
    }
}

#[test]
fn percentiles_agree_with_numpy() {
    for case in fixtures().percentile {
        assert_near(&format!("{} of {}", case.share, case.values.len()), percentile(&case.values, case.share).unwrap(), case.value);
    }
}
