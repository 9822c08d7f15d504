//! Two runs over the same cases: which cases flipped, and whether that is more than chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::results::CaseResult;
use super::statistics::{Interval, SIGNIFICANCE, bootstrap_difference, mcnemar_exact};

/// What two runs came to beside each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The verdict.
    pub verdict: Verdict,
    /// Cases in both runs.
    pub cases: u64,
    /// Cases that only the old run passed.
    pub lost: Vec<String>,
    /// Cases that only the new run passed.
    pub won: Vec<String>,
    /// Share that passed in the old run, of the cases in both.
    pub old_rate: f64,
    /// The same of the new run.
    pub new_rate: f64,
    /// The p-value of McNemar's exact test, two-sided.
    pub p_value: f64,
    /// 95 % interval of `new_rate - old_rate`: bootstrap over families of paraphrases.
    pub interval: Interval,
    /// Cases that only one of the runs has, or that changed between them; they are not compared.
    pub not_compared: Vec<String>,
}

/// Whether the new run is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// More cases pass, beyond chance.
    Better,
    /// Fewer do, beyond chance.
    Worse,
    /// Too few cases, or flips, to tell.
    NotEnoughCases,
}

impl Verdict {
    /// Its words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::NotEnoughCases => "not enough cases to tell",
        }
    }
}

/// The seed of the bootstrap: any number, always the same.
const SEED: u64 = 20_260_316;

/// Compares `new` with `old`, case by case. A case of several epochs passes where it passes in all.
///
/// A difference counts where McNemar's test and the bootstrap interval, which knows that paraphrases go together, both say so.
#[must_use]
pub fn compare(old: &[CaseResult], new: &[CaseResult]) -> Comparison {
    let (old, new) = (by_case(old), by_case(new));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut comparison = Comparison {
        verdict: Verdict::NotEnoughCases,
        cases: 0,
        lost: Vec::new(),
        won: Vec::new(),
        old_rate: 0.0,
        new_rate: 0.0,
        p_value: 1.0,
        interval: Interval { low: 0.0, high: 0.0 },
        not_compared: Vec::new(),
    };
    let mut differences = Vec::new();
    let (mut old_passed, mut new_passed) = (0_u64, 0_u64);
    for name in names {
        let (Some(one), Some(other)) = (old.get(name), new.get(name)) else {
            comparison.not_compared.push(name.to_owned());
            continue;
        };
        if one.fingerprint != other.fingerprint {
            comparison.not_compared.push(name.to_owned());
            continue;
        }
        comparison.cases += 1;
        old_passed += u64::from(one.passed);
        new_passed += u64::from(other.passed);
        match (one.passed, other.passed) {
            (true, false) => comparison.lost.push(name.to_owned()),
            (false, true) => comparison.won.push(name.to_owned()),
            (true, true) | (false, false) => {}
        }
        differences.push((one.family, f64::from(u8::from(other.passed)) - f64::from(u8::from(one.passed))));
    }
    let cases = comparison.cases.max(1) as f64;
    comparison.old_rate = old_passed as f64 / cases;
    comparison.new_rate = new_passed as f64 / cases;
    comparison.p_value = mcnemar_exact(comparison.lost.len() as u64, comparison.won.len() as u64);
    comparison.interval = bootstrap_difference(&differences, SEED);
    let is_significant = comparison.p_value < SIGNIFICANCE;
    comparison.verdict = if is_significant && comparison.interval.low > 0.0 {
        Verdict::Better
    } else if is_significant && comparison.interval.high < 0.0 {
        Verdict::Worse
    } else {
        Verdict::NotEnoughCases
    };
    comparison
}

struct Whole<'a> {
    passed: bool,
    family: &'a str,
    fingerprint: &'a str,
}

fn by_case(results: &[CaseResult]) -> BTreeMap<&str, Whole<'_>> {
    let mut cases: BTreeMap<&str, Whole<'_>> = BTreeMap::new();
    for result in results.iter().filter(|result| result.incomplete.is_none()) {
        let fresh = Whole { passed: true, family: &result.family, fingerprint: &result.fingerprint };
        cases.entry(&result.case).or_insert(fresh).passed &= result.passed;
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(case: usize, passed: bool) -> CaseResult {
        CaseResult::of_test("s", &format!("c{case:03}"), passed)
    }

    /// 100 cases, of which the old run fails the first `old` and the new one the last `new`.
    fn check(old: usize, new: usize, verdict: Verdict) {
        let one: Vec<CaseResult> = (0..100).map(|case| result(case, case >= old)).collect();
        let other: Vec<CaseResult> = (0..100).map(|case| result(case, case < 100 - new)).collect();
        let comparison = compare(&one, &other);
        assert_eq!(comparison.verdict, verdict, "{old} {new}: {comparison:?}");
        assert_eq!((comparison.won.len(), comparison.lost.len()), (old, new));
    }

    #[test]
    fn six_flips_one_way_tell_and_five_do_not() {
        check(6, 0, Verdict::Better);
        check(0, 6, Verdict::Worse);
        check(5, 0, Verdict::NotEnoughCases);
        check(0, 5, Verdict::NotEnoughCases);
        check(10, 9, Verdict::NotEnoughCases);
        check(0, 0, Verdict::NotEnoughCases);
    }

    #[test]
    fn paraphrases_of_one_family_are_not_independent_evidence() {
        let family = |results: &mut Vec<CaseResult>| results.iter_mut().take(8).for_each(|result| result.family = "one".to_owned());
        let mut old: Vec<CaseResult> = (0..100).map(|case| result(case, true)).collect();
        let mut new: Vec<CaseResult> = (0..100).map(|case| result(case, case >= 8)).collect();
        family(&mut old);
        family(&mut new);
        assert_eq!(compare(&old, &new).verdict, Verdict::NotEnoughCases);
    }

    #[test]
    fn a_case_that_changed_is_not_compared() {
        let old = [result(1, true), result(2, true)];
        let mut new = [result(1, false), result(3, true)];
        new[0].fingerprint = "y".to_owned();
        let comparison = compare(&old, &new);
        assert_eq!((comparison.cases, comparison.not_compared), (0, vec!["c001".to_owned(), "c002".to_owned(), "c003".to_owned()]));
    }
}
