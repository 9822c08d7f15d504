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
    /// The p-value of McNemar's exact test over cases, two-sided.
    pub p_value: f64,
    /// Families of paraphrases in which more cases were lost than won.
    pub lost_families: u64,
    /// Families in which more were won than lost.
    pub won_families: u64,
    /// The p-value of the same test over families.
    pub family_p_value: f64,
    /// 95 % interval of `new_rate - old_rate`: bootstrap over families.
    pub interval: Interval,
    /// Cases that are not compared, and why.
    pub not_compared: BTreeMap<NotCompared, Vec<String>>,
}

/// Why a case is not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCompared {
    /// The new run does not have it.
    OnlyInOld,
    /// The old run does not have it.
    OnlyInNew,
    /// It is another case by now.
    Changed,
    /// There is no epoch in which it was judged in both.
    NotJudged,
}

impl NotCompared {
    /// Its words, after a count of cases.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OnlyInOld => "only in the old run",
            Self::OnlyInNew => "only in the new run",
            Self::Changed => "changed in between",
            Self::NotJudged => "not judged in both",
        }
    }
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

impl Comparison {
    /// How many cases are not compared.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.not_compared.values().map(|cases| cases.len() as u64).sum()
    }
}

/// The seed of the bootstrap: any number, always the same.
const SEED: u64 = 20_260_316;

/// Compares `new` with `old`, case by case. A case passes where it passes in all epochs that both runs have of it.
///
/// A difference counts where all three say so: McNemar's test over cases, the same over families, for paraphrases go together, and the
/// bootstrap interval over families, which knows how large they are.
#[must_use]
pub fn compare(old: &[CaseResult], new: &[CaseResult]) -> Comparison {
    let (old, new) = (by_case(old), by_case(new));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut pairs = Vec::new();
    let mut not_compared: BTreeMap<NotCompared, Vec<String>> = BTreeMap::new();
    for name in names {
        match pair(name, old.get(name), new.get(name)) {
            Ok(pair) => pairs.push(pair),
            Err(why) => not_compared.entry(why).or_default().push(name.to_owned()),
        }
    }
    of_pairs(&pairs, not_compared)
}

/// A case in both runs.
struct Pair<'a> {
    name: &'a str,
    family: &'a str,
    old_passed: bool,
    new_passed: bool,
}

impl Pair<'_> {
    /// 1 where the case was won, -1 where it was lost, else 0.
    fn difference(&self) -> f64 {
        f64::from(u8::from(self.new_passed)) - f64::from(u8::from(self.old_passed))
    }
}

/// A case of one run.
struct Plays<'a> {
    family: &'a str,
    fingerprint: &'a str,
    /// Whether it passed, by epoch in which it was judged.
    passed: BTreeMap<u32, bool>,
}

fn by_case(results: &[CaseResult]) -> BTreeMap<&str, Plays<'_>> {
    let mut cases: BTreeMap<&str, Plays<'_>> = BTreeMap::new();
    for result in results {
        let none = Plays { family: &result.family, fingerprint: &result.fingerprint, passed: BTreeMap::new() };
        let plays = cases.entry(&result.case).or_insert(none);
        if result.incomplete.is_none() {
            plays.passed.insert(result.epoch, result.passed);
        }
    }
    cases
}

fn pair<'a>(name: &'a str, old: Option<&Plays<'_>>, new: Option<&Plays<'a>>) -> Result<Pair<'a>, NotCompared> {
    let new = new.ok_or(NotCompared::OnlyInOld)?;
    let old = old.ok_or(NotCompared::OnlyInNew)?;
    if old.fingerprint != new.fingerprint {
        return Err(NotCompared::Changed);
    }
    // Who is tried more often fails more often: only the epochs of both count.
    let epochs: Vec<(bool, bool)> = old.passed.iter().filter_map(|(epoch, old)| Some((*old, *new.passed.get(epoch)?))).collect();
    if epochs.is_empty() {
        return Err(NotCompared::NotJudged);
    }
    let (old_passed, new_passed) = (epochs.iter().all(|(old, _)| *old), epochs.iter().all(|(_, new)| *new));
    Ok(Pair { name, family: new.family, old_passed, new_passed })
}

fn of_pairs(pairs: &[Pair<'_>], not_compared: BTreeMap<NotCompared, Vec<String>>) -> Comparison {
    let named = |is_wanted: fn(&Pair<'_>) -> bool| -> Vec<String> {
        pairs.iter().filter(|pair| is_wanted(pair)).map(|pair| pair.name.to_owned()).collect()
    };
    let rate = |passed: fn(&Pair<'_>) -> bool| pairs.iter().filter(|pair| passed(pair)).count() as f64 / pairs.len().max(1) as f64;
    let (lost, won) = (named(|pair| pair.old_passed && !pair.new_passed), named(|pair| pair.new_passed && !pair.old_passed));
    let (lost_families, won_families) = flipped_families(pairs);
    let differences: Vec<(&str, f64)> = pairs.iter().map(|pair| (pair.family, pair.difference())).collect();
    let p_value = mcnemar_exact(lost.len() as u64, won.len() as u64);
    let family_p_value = mcnemar_exact(lost_families, won_families);
    let interval = bootstrap_difference(&differences, SEED);
    let verdict = match p_value < SIGNIFICANCE && family_p_value < SIGNIFICANCE {
        true if interval.low > 0.0 => Verdict::Better,
        true if interval.high < 0.0 => Verdict::Worse,
        true | false => Verdict::NotEnoughCases,
    };
    Comparison {
        verdict,
        cases: pairs.len() as u64,
        old_rate: rate(|pair| pair.old_passed),
        new_rate: rate(|pair| pair.new_passed),
        lost,
        won,
        p_value,
        lost_families,
        won_families,
        family_p_value,
        interval,
        not_compared,
    }
}

/// In how many families more cases were lost than won, and the other way.
fn flipped_families(pairs: &[Pair<'_>]) -> (u64, u64) {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    pairs.iter().for_each(|pair| *sums.entry(pair.family).or_default() += pair.difference());
    let count = |is_wanted: fn(f64) -> bool| sums.values().filter(|sum| is_wanted(**sum)).count() as u64;
    (count(|sum| sum < 0.0), count(|sum| sum > 0.0))
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

    /// `families` of `size` cases each, of which the new run loses the first `lost` whole.
    fn check_families(families: usize, size: usize, lost: usize, verdict: Verdict) {
        let results = |lost: usize| -> Vec<CaseResult> {
            let of_family = |family: usize| (0..size).map(move |case| (family, case));
            let one = |(family, case)| CaseResult { family: format!("f{family}"), ..result(family * size + case, family >= lost) };
            (0..families).flat_map(of_family).map(one).collect()
        };
        let comparison = compare(&results(0), &results(lost));
        assert_eq!((comparison.verdict, comparison.lost_families), (verdict, lost as u64), "{comparison:?}");
    }

    #[test]
    fn paraphrases_of_one_family_are_not_independent_evidence() {
        check_families(13, 8, 1, Verdict::NotEnoughCases);
        // Eight cases are lost, but of four families only.
        check_families(100, 2, 4, Verdict::NotEnoughCases);
        check_families(100, 2, 5, Verdict::NotEnoughCases);
        check_families(100, 2, 6, Verdict::Worse);
        // Of one family nothing is known of others.
        check_families(1, 100, 1, Verdict::NotEnoughCases);
    }

    #[test]
    fn only_the_epochs_of_both_runs_are_compared() {
        let epoch = |epoch: u32, passed: bool| CaseResult { epoch, ..result(1, passed) };
        let once = [epoch(1, true)];
        let comparison = compare(&once, &[epoch(1, true), epoch(2, false), epoch(3, false)]);
        assert_eq!((comparison.cases, comparison.lost.len()), (1, 0), "{comparison:?}");
        let comparison = compare(&[epoch(1, true), epoch(2, true)], &[epoch(1, true), epoch(2, false)]);
        assert_eq!(comparison.lost, ["c001"]);
        let broken = CaseResult { incomplete: Some("no model".to_owned()), ..epoch(1, false) };
        let comparison = compare(&once, &[broken, epoch(2, true)]);
        assert_eq!((comparison.cases, &comparison.not_compared[&NotCompared::NotJudged]), (0, &vec!["c001".to_owned()]));
    }

    #[test]
    fn a_case_that_changed_is_not_compared() {
        let old = [result(1, true), result(2, true)];
        let mut new = [result(1, false), result(3, true)];
        new[0].fingerprint = "y".to_owned();
        let comparison = compare(&old, &new);
        let expected = [
            (NotCompared::OnlyInOld, vec!["c002".to_owned()]),
            (NotCompared::OnlyInNew, vec!["c003".to_owned()]),
            (NotCompared::Changed, vec!["c001".to_owned()]),
        ];
        assert_eq!((comparison.cases, comparison.left_out(), comparison.not_compared), (0, 3, BTreeMap::from(expected)));
    }
}
