//! The gate: a run against the scores that were accepted.
//!
//! The built-in interpreter answers the same each time, so each lost case is real and no statistics are needed: a case that fails and is
//! not accepted as failing closes the gate, also where another was won. A model answers otherwise each time, so its suites are held to
//! how many of their cases failed; what is beyond chance `compare` says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::case::Split;
use super::report::counted_heldout;
use super::results::CaseResult;

/// Accepted scores: `evals/accepted/PLANNER.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Whose.
    pub planner: String,
    /// How often each case was played.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub epochs: u32,
    /// By suite.
    pub suites: BTreeMap<String, AcceptedSuite>,
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_once(epochs: &u32) -> bool {
    *epochs == once()
}

/// What was accepted of a suite. A case passes where it passes in all epochs.
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
    /// The scores of a run of `planner`, to be accepted.
    #[must_use]
    pub fn of(planner: &str, results: &[CaseResult]) -> Self {
        let suites = by_suite(results).into_iter().map(|(suite, cases)| (suite.to_owned(), AcceptedSuite::of(&cases)));
        Self { planner: planner.to_owned(), epochs: epochs(results), suites: suites.collect() }
    }

    /// Holds a run against the scores.
    #[must_use]
    pub fn judge(&self, results: &[CaseResult]) -> GateVerdict {
        let mut verdict = GateVerdict::default();
        if epochs(results) != self.epochs {
            verdict.faults.push(format!(
                "the scores were accepted with `--epochs {}`, and this run has {}: who is tried more often fails more often",
                self.epochs,
                epochs(results)
            ));
        }
        let played = by_suite(results);
        for (suite, accepted) in &self.suites {
            match played.get(suite.as_str()) {
                Some(cases) => self.judge_suite(suite, accepted, cases, &mut verdict),
                None => verdict.faults.push(format!("the suite `{suite}` was not run")),
            }
        }
        for suite in played.keys().filter(|suite| !self.suites.contains_key(**suite)) {
            verdict.faults.push(format!("the suite `{suite}` has no accepted scores; look at them and accept them with `--accept`"));
        }
        verdict.open = verdict.faults.is_empty();
        verdict
    }

    fn judge_suite(&self, suite: &str, accepted: &AcceptedSuite, cases: &BTreeMap<&str, PlayedCase>, verdict: &mut GateVerdict) {
        let count = cases.len() as u64;
        if count < accepted.cases {
            verdict.faults.push(format!("`{suite}` has {} accepted cases, of which {count} were run", accepted.cases));
        }
        let is_accepted = |case: &str| accepted.failing.contains(case);
        let named = |is_wanted: &dyn Fn(&str, bool) -> bool| {
            told(suite, cases.iter().filter(|(name, case)| is_wanted(name, case.passed)).map(|(name, case)| (*name, case.split)))
        };
        let failing = cases.values().filter(|case| !case.passed).count();
        let lost = named(&|case, passed| !passed && !is_accepted(case));
        let is_worse = if self.answers_the_same_each_time() { !lost.is_empty() } else { failing > accepted.failing.len() };
        if is_worse {
            let counts = format!("{failing} of its cases fail, {} when the scores were accepted", accepted.failing.len());
            verdict.faults.push(format!("`{suite}` got worse: {counts}; newly failing: {}", lost.join(", ")));
        }
        verdict.won.extend(named(&|case, passed| passed && is_accepted(case)));
    }

    fn answers_the_same_each_time(&self) -> bool {
        !self.planner.starts_with("openai:")
    }
}

impl AcceptedSuite {
    fn of(cases: &BTreeMap<&str, PlayedCase>) -> Self {
        let half = |split: Split| {
            let own = || cases.values().filter(|case| case.split == split);
            format!("{} of {}", own().filter(|case| case.passed).count(), own().count())
        };
        let failing = cases.iter().filter(|(_, case)| !case.passed).map(|(name, _)| (*name).to_owned()).collect();
        Self { cases: cases.len() as u64, dev: half(Split::Dev), heldout: half(Split::Heldout), failing }
    }
}

/// A case over all of its epochs.
#[derive(Debug, Clone, Copy)]
struct PlayedCase {
    split: Split,
    passed: bool,
}

fn by_suite(results: &[CaseResult]) -> BTreeMap<&str, BTreeMap<&str, PlayedCase>> {
    let mut suites: BTreeMap<&str, BTreeMap<&str, PlayedCase>> = BTreeMap::new();
    for result in results {
        let fresh = PlayedCase { split: result.split, passed: true };
        suites.entry(&result.suite).or_default().entry(&result.case).or_insert(fresh).passed &= result.passed;
    }
    suites
}

fn epochs(results: &[CaseResult]) -> u32 {
    results.iter().map(|result| result.epoch).max().unwrap_or(1)
}

/// Cases by name, but for those that are only counted.
fn told<'a>(suite: &str, cases: impl Iterator<Item = (&'a str, Split)>) -> Vec<String> {
    let (untold, told): (Vec<_>, Vec<_>) = cases.partition(|(_, split)| *split == Split::Heldout);
    let names = told.into_iter().map(|(name, _)| name.to_owned());
    names.chain(counted_heldout(untold.iter().map(|_| suite))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(passed: [bool; 3]) -> Vec<CaseResult> {
        ["a", "b", "c"].into_iter().zip(passed).map(|(case, passed)| CaseResult::of_test("s", case, passed)).collect()
    }

    fn accepted(planner: &str) -> Accepted {
        Accepted::of(planner, &results([true, true, false]))
    }

    fn check(planner: &str, results: &[CaseResult], fault: Option<&str>) {
        let verdict = accepted(planner).judge(results);
        assert_eq!(verdict.open, fault.is_none(), "{verdict:?}");
        assert!(fault.is_none_or(|fault| verdict.faults.iter().any(|told| told.contains(fault))), "{verdict:?}");
    }

    #[test]
    fn the_gate_is_open_while_no_case_is_lost() {
        check("builtin", &results([true, true, false]), None);
        check("builtin", &results([false, true, false]), Some("newly failing: a"));
        // One lost, one won: as many as before, but the lost one is lost.
        check("builtin", &results([false, true, true]), Some("newly failing: a"));
        let new = CaseResult::of_test("s", "d", false);
        check("builtin", &[results([true, true, false]).as_slice(), &[new]].concat(), Some("newly failing: d"));
    }

    #[test]
    fn a_model_is_held_to_how_many_cases_fail() {
        check("openai:m", &results([false, true, true]), None);
        check("openai:m", &results([false, true, false]), Some("newly failing: a"));
    }

    #[test]
    fn the_gate_is_closed_for_what_was_not_run_or_never_accepted() {
        check("builtin", &[], Some("was not run"));
        check("builtin", &results([true, true, false])[..2], Some("of which 2 were run"));
        let other = CaseResult::of_test("t", "d", true);
        check("builtin", &[results([true, true, false]).as_slice(), &[other]].concat(), Some("no accepted scores"));
    }

    #[test]
    fn a_case_of_several_epochs_is_one_case() {
        let epochs = |second: [bool; 3]| -> Vec<CaseResult> {
            let second = results(second).into_iter().map(|result| CaseResult { epoch: 2, ..result });
            results([true, true, true]).into_iter().chain(second).collect()
        };
        let accepted = Accepted::of("openai:m", &epochs([true, true, false]));
        let suite = &accepted.suites["s"];
        assert_eq!((accepted.epochs, suite.cases, suite.dev.as_str(), suite.failing.len()), (2, 3, "2 of 3", 1));
        assert!(accepted.judge(&epochs([true, true, false])).open);
        assert!(!accepted.judge(&epochs([false, true, false])).open);
        let verdict = accepted.judge(&results([true, true, true]));
        assert!(verdict.faults[0].contains("accepted with `--epochs 2`, and this run has 1"), "{verdict:?}");
    }

    #[test]
    fn what_passes_now_is_told() {
        let verdict = accepted("builtin").judge(&results([true, true, true]));
        assert_eq!((verdict.open, verdict.won), (true, vec!["c".to_owned()]));
    }

    #[test]
    fn held_out_cases_are_counted_and_not_named() {
        let heldout = |passed| {
            let mut results = results([true, true, false]);
            results[1] = CaseResult { split: Split::Heldout, ..CaseResult::of_test("s", "b", passed) };
            results
        };
        let verdict = accepted("builtin").judge(&heldout(false));
        assert!(verdict.faults[0].ends_with("newly failing: 1 held-out case (s 1; `--split heldout` shows them)"), "{verdict:?}");
        let verdict = Accepted::of("builtin", &heldout(false)).judge(&heldout(true));
        assert!(verdict.open && verdict.won[0].starts_with("1 held-out case"), "{verdict:?}");
    }
}
