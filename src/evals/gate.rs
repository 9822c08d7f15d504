//! The gate: a run against the scores that were accepted, suite by suite.
//!
//! The built-in interpreter answers the same each time, so each lost case is real and no statistics are needed: a suite that passes
//! fewer cases than were accepted closes the gate. For a model, `compare` says what is beyond chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::case::Split;
use super::report::counted_heldout;
use super::results::{CaseResult, Report};

/// Accepted scores: `evals/accepted/PLANNER.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Whose.
    pub planner: String,
    /// By suite.
    pub suites: BTreeMap<String, AcceptedSuite>,
}

/// What was accepted of a suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedSuite {
    /// How many cases it had.
    pub cases: u64,
    /// How many passed, of the half that may be looked at.
    pub dev: String,
    /// How many passed, of the half that is only counted.
    pub heldout: String,
    /// Those that did not.
    pub failing: BTreeSet<String>,
}

/// What the gate found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GateVerdict {
    /// Whether it is open.
    pub open: bool,
    /// What is wrong, a line each.
    pub faults: Vec<String>,
    /// Cases that failed when the scores were accepted and pass now, held-out ones counted: the scores should be accepted anew.
    pub won: Vec<String>,
}

impl Accepted {
    /// The scores of a run, to be accepted.
    #[must_use]
    pub fn of(report: &Report, results: &[CaseResult]) -> Self {
        let half = |suite: &str, split: &str| {
            let rate = report.suite_splits.get(&format!("{suite}/{split}"));
            rate.map_or_else(|| "0 of 0".to_owned(), |rate| format!("{} of {}", rate.passed, rate.total))
        };
        let suites = report.suites.iter().map(|(suite, rate)| {
            let own = results.iter().filter(|result| result.suite == *suite && !result.passed);
            let failing = own.map(|result| result.case.clone()).collect();
            (suite.clone(), AcceptedSuite { cases: rate.total, dev: half(suite, "dev"), heldout: half(suite, "heldout"), failing })
        });
        Self { planner: report.planner.clone(), suites: suites.collect() }
    }

    /// Holds a run against the scores. Cases that are new since then count only where they make a suite fail more than before.
    #[must_use]
    pub fn judge(&self, results: &[CaseResult]) -> GateVerdict {
        let mut verdict = GateVerdict::default();
        let mut failing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut passing = BTreeSet::new();
        let heldout: BTreeSet<&str> =
            results.iter().filter(|result| result.split == Split::Heldout).map(|result| result.case.as_str()).collect();
        let mut played: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for result in results {
            played.entry(result.suite.as_str()).or_default().insert(result.case.as_str());
            let own = failing.entry(result.suite.as_str()).or_default();
            if result.passed {
                passing.insert(result.case.as_str());
            } else {
                own.insert(result.case.as_str());
            }
        }
        for (suite, accepted) in &self.suites {
            let Some(now) = failing.get(suite.as_str()) else {
                verdict.faults.push(format!("the suite `{suite}` was not run"));
                continue;
            };
            let count = played.get(suite.as_str()).map_or(0, BTreeSet::len) as u64;
            if count < accepted.cases {
                verdict.faults.push(format!("`{suite}` has {} accepted cases, of which {count} were run", accepted.cases));
            }
            let before: BTreeSet<&str> = accepted.failing.iter().map(String::as_str).collect();
            let lost: Vec<&str> = now.difference(&before).copied().collect();
            if now.len() > before.len() {
                let counts = format!("{} of its cases fail, {} when the scores were accepted", now.len(), before.len());
                verdict.faults.push(format!("`{suite}` got worse: {counts}; newly failing: {}", told(suite, &lost, &heldout).join(", ")));
            }
            let won: Vec<&str> = before.iter().filter(|case| passing.contains(**case)).copied().collect();
            verdict.won.extend(told(suite, &won, &heldout));
        }
        for suite in failing.keys().filter(|suite| !self.suites.contains_key(**suite)) {
            verdict.faults.push(format!("the suite `{suite}` has no accepted scores; look at them and accept them with `--accept`"));
        }
        verdict.open = verdict.faults.is_empty();
        verdict
    }
}

/// Cases by name, but for those that are only counted.
fn told(suite: &str, cases: &[&str], heldout: &BTreeSet<&str>) -> Vec<String> {
    let (untold, told): (Vec<&str>, Vec<&str>) = cases.iter().partition(|case| heldout.contains(**case));
    let mut told: Vec<String> = told.into_iter().map(str::to_owned).collect();
    told.extend(counted_heldout(untold.iter().map(|_| suite)));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted() -> Accepted {
        let results = [CaseResult::of_test("s", "a", true), CaseResult::of_test("s", "b", true), CaseResult::of_test("s", "c", false)];
        Accepted::of(&Report::of("builtin", &results), &results)
    }

    fn check(results: &[CaseResult], fault: Option<&str>) {
        let verdict = accepted().judge(results);
        assert_eq!(verdict.open, fault.is_none(), "{verdict:?}");
        assert!(fault.is_none_or(|fault| verdict.faults.iter().any(|told| told.contains(fault))), "{verdict:?}");
    }

    #[test]
    fn the_gate_is_open_while_no_suite_fails_more() {
        check(&[CaseResult::of_test("s", "a", true), CaseResult::of_test("s", "b", true), CaseResult::of_test("s", "c", false)], None);
        // One lost, one won: as many as before.
        check(&[CaseResult::of_test("s", "a", false), CaseResult::of_test("s", "b", true), CaseResult::of_test("s", "c", true)], None);
        check(
            &[CaseResult::of_test("s", "a", false), CaseResult::of_test("s", "b", true), CaseResult::of_test("s", "c", false)],
            Some("newly failing: a"),
        );
    }

    #[test]
    fn the_gate_is_closed_for_what_was_not_run_or_never_accepted() {
        check(&[], Some("was not run"));
        check(&[CaseResult::of_test("s", "a", true), CaseResult::of_test("s", "b", true)], Some("of which 2 were run"));
        let all = [
            CaseResult::of_test("s", "a", true),
            CaseResult::of_test("s", "b", true),
            CaseResult::of_test("s", "c", false),
            CaseResult::of_test("t", "d", true),
        ];
        check(&all, Some("no accepted scores"));
    }

    #[test]
    fn what_passes_now_is_told() {
        let verdict = accepted().judge(&[
            CaseResult::of_test("s", "a", true),
            CaseResult::of_test("s", "b", true),
            CaseResult::of_test("s", "c", true),
        ]);
        assert_eq!((verdict.open, verdict.won), (true, vec!["c".to_owned()]));
    }

    #[test]
    fn held_out_cases_are_counted_and_not_named() {
        let heldout = |passed| CaseResult { split: Split::Heldout, ..CaseResult::of_test("s", "b", passed) };
        let others = || [CaseResult::of_test("s", "a", true), CaseResult::of_test("s", "c", false)];
        let verdict = accepted().judge(&[others().as_slice(), &[heldout(false)]].concat());
        assert!(verdict.faults[0].ends_with("newly failing: 1 held-out case (s 1; `--split heldout` shows them)"), "{verdict:?}");
        let before = [others().as_slice(), &[heldout(false)]].concat();
        let verdict = Accepted::of(&Report::of("builtin", &before), &before).judge(&[others().as_slice(), &[heldout(true)]].concat());
        assert!(verdict.open && verdict.won[0].starts_with("1 held-out case"), "{verdict:?}");
    }
}
