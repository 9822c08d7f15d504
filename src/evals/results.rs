//! What a run of cases came to: a line a case and epoch, and the counts over all of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::case::{Case, Expect, Outcome, Split};
use super::play::{Played, PlayedTurn};
use super::score::{Score, Scorer};
use super::statistics::{Interval, clustered_mean, pass_hat_k, percentile, wilson_of_rate};
use crate::config::Price;
use crate::domain::chart::to_svg;
use crate::llm::Usage;

/// One line of `results.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case.
    pub case: String,
    /// Its suite.
    pub suite: String,
    /// Its family of paraphrases.
    pub family: String,
    /// Its half.
    pub split: Split,
    /// Its fixture.
    pub fixture: String,
    /// Which repetition, from 1.
    pub epoch: u32,
    /// A hash of the case as it was played.
    pub fingerprint: String,
    /// What its last turn expects.
    pub outcome: Outcome,
    /// Whether every scorer that gates passed.
    pub passed: bool,
    /// Why it could not be judged: the model's server or the cassette failed. Such a case counts neither way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// The verdicts.
    pub scores: Vec<Score>,
    /// What was said and done.
    pub turns: Vec<TurnRecord>,
    /// Tokens of a model, also where the case could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// US dollars; null where the price is unknown or the tokens are estimated.
    pub cost: Option<f64>,
}

/// A turn of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// What was said.
    pub user: String,
    /// What was expected of it.
    pub expect: Expect,
    /// What was answered.
    pub answer: String,
    /// What the answer left out or assumed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<String>,
    /// What was called.
    pub calls: Vec<CallRecord>,
    /// The last picture, as SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<String>,
    /// Milliseconds that planning and writing took, the tools apart.
    pub planner_ms: f64,
    /// Milliseconds that the tools took.
    pub tools_ms: f64,
}

/// A call of a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// US dollars a million tokens, by planner, as `evals/prices.json` has them.
pub type Prices = BTreeMap<String, Price>;

/// The most bytes of a picture that a line keeps.
const SVG_BYTES: usize = 80_000;

impl CaseResult {
    /// Of a case that was played and judged.
    #[must_use]
    pub fn of(case: &Case, epoch: u32, planner: &str, played: &Played, scores: Vec<Score>, prices: &Prices) -> Self {
        let usage = played.turns.iter().filter_map(|turn| turn.turn.usage).reduce(Usage::plus);
        let cost = usage
            .filter(|usage| !usage.estimated)
            .zip(prices.get(planner))
            .map(|(usage, price)| price.of(usage.input_tokens, usage.output_tokens));
        let incomplete = played.turns.iter().find_map(failure_around_the_model);
        let passed = incomplete.is_none() && scores.iter().all(|score| score.passed || !score.scorer.gates());
        Self {
            case: case.id.clone(),
            suite: case.suite.clone(),
            family: case.family.clone(),
            split: case.split(),
            fixture: case.fixture.clone(),
            epoch,
            fingerprint: case.fingerprint(),
            outcome: case.turns.last().map(|turn| turn.expect.outcome).unwrap_or_default(),
            passed,
            incomplete,
            scores,
            turns: case.turns.iter().zip(&played.turns).map(|(case_turn, turn)| TurnRecord::of(&case_turn.expect, turn)).collect(),
            usage,
            cost,
        }
    }

    /// The scorers that gate and did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(|score| !score.passed && score.scorer.gates())
    }
}

/// Why a turn is not the model's own, and not by its own fault: its server, the network, the time or the cassette failed.
fn failure_around_the_model(played: &PlayedTurn) -> Option<String> {
    played.turn.model_error.as_ref().filter(|error| !error.is_the_models_own()).map(ToString::to_string)
}

impl TurnRecord {
    fn of(expect: &Expect, played: &PlayedTurn) -> Self {
        let turn = &played.turn;
        let calls = turn.calls.iter().map(|call| CallRecord {
            tool: call.tool.clone(),
            arguments: call.arguments.clone(),
            refused: call.result.as_ref().err().map(|refusal| refusal.message.clone()),
        });
        Self {
            user: played.user.clone(),
            expect: expect.clone(),
            answer: turn.answer.clone(),
            caveats: turn.caveats.clone(),
            calls: calls.collect(),
            chart: turn.charts().last().map(|chart| to_svg(chart)).filter(|svg| svg.len() <= SVG_BYTES),
            planner_ms: played.took.saturating_sub(played.in_tools).as_secs_f64() * 1e3,
            tools_ms: played.in_tools.as_secs_f64() * 1e3,
        }
    }
}

/// The counts over a run: `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Who was tested.
    pub planner: String,
    /// The program's version.
    pub version: String,
    /// Repetitions of each case.
    pub epochs: u32,
    /// Over everything.
    pub overall: Rate,
    /// By suite.
    pub suites: BTreeMap<String, Rate>,
    /// By split.
    pub splits: BTreeMap<String, Rate>,
    /// By suite and split: `best/dev`.
    pub suite_splits: BTreeMap<String, Rate>,
    /// By what the last turn expects.
    pub outcomes: BTreeMap<String, Rate>,
    /// By scorer, of the cases in which it had something to look at.
    pub scorers: BTreeMap<String, Rate>,
    /// pass^k for k from 1 to the number of epochs, over the cases that were repeated so often.
    pub pass_hat_k: Vec<f64>,
    /// Cases that passed in some epochs and failed in others.
    pub flaky: Vec<String>,
    /// Cases that could not be judged, with the reason.
    pub incomplete: BTreeMap<String, String>,
    /// Milliseconds a turn.
    pub latency: Latency,
    /// Tokens of all cases, those that could not be judged among them.
    pub usage: Option<Usage>,
    /// US dollars of all cases; null where the price is unknown or tokens are estimated.
    pub cost: Option<f64>,
}

/// A pass rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// How many passed.
    pub passed: u64,
    /// Of how many: each case counts in each epoch.
    pub total: u64,
    /// How many cases they are of.
    #[serde(default)]
    pub cases: u64,
    /// `passed` by `total`; 0 where nothing was judged.
    pub rate: f64,
    /// Wilson's interval of 95 %, a case over its epochs taken as one.
    pub interval: Interval,
    /// Standard error with paraphrases of one family taken together; null for fewer than two families.
    pub clustered_error: Option<f64>,
}

/// How long turns took, in milliseconds: the middle one, and the one that 95 % do not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Latency {
    /// Planning and writing, the middle turn.
    pub planner_p50: f64,
    /// Planning and writing, the slow ones.
    pub planner_p95: f64,
    /// Tools, the middle turn.
    pub tools_p50: f64,
    /// Tools, the slow ones.
    pub tools_p95: f64,
}

/// A case that was judged in an epoch, by all scorers or by one.
#[derive(Debug, Clone, Copy)]
struct Judged<'a> {
    case: &'a str,
    family: &'a str,
    passed: bool,
}

impl<'a> Judged<'a> {
    fn of(result: &'a CaseResult, passed: bool) -> Self {
        Self { case: &result.case, family: &result.family, passed }
    }
}

impl Rate {
    fn of(judged: &[Judged<'_>]) -> Self {
        let passed = judged.iter().filter(|one| one.passed).count() as u64;
        let values: Vec<(&str, f64)> = judged.iter().map(|one| (one.family, f64::from(u8::from(one.passed)))).collect();
        let (rate, clustered_error) = clustered_mean(&values);
        // The epochs of a case are no independent evidence of how the planner does on others.
        let cases = judged.iter().map(|one| one.case).collect::<BTreeSet<_>>().len() as u64;
        Self { passed, total: judged.len() as u64, cases, rate, interval: wilson_of_rate(rate, cases), clustered_error }
    }
}

impl Report {
    /// Counts `results`.
    #[must_use]
    pub fn of(planner: &str, results: &[CaseResult]) -> Self {
        let judged: Vec<&CaseResult> = results.iter().filter(|result| result.incomplete.is_none()).collect();
        let all: Vec<Judged<'_>> = judged.iter().map(|result| Judged::of(result, result.passed)).collect();
        Self {
            planner: planner.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epochs: results.iter().map(|result| result.epoch).max().unwrap_or(1),
            overall: Rate::of(&all),
            suites: rates(results, |result| result.suite.clone()),
            splits: rates(results, |result| result.split.name().to_owned()),
            suite_splits: rates(results, |result| format!("{}/{}", result.suite, result.split.name())),
            outcomes: rates(results, |result| result.outcome.name().to_owned()),
            scorers: rates_of_scorers(&judged),
            pass_hat_k: steadiness(&judged),
            flaky: flaky(&judged),
            incomplete: results.iter().filter_map(|result| Some((result.case.clone(), result.incomplete.clone()?))).collect(),
            latency: latency(&judged),
            usage: results.iter().filter_map(|result| result.usage).reduce(Usage::plus),
            cost: cost(results),
        }
    }
}

/// By name; one of which nothing could be judged is there with nothing of nothing.
fn rates(results: &[CaseResult], name: impl Fn(&CaseResult) -> String) -> BTreeMap<String, Rate> {
    let mut groups: BTreeMap<String, Vec<Judged<'_>>> = BTreeMap::new();
    for result in results {
        let group = groups.entry(name(result)).or_default();
        if result.incomplete.is_none() {
            group.push(Judged::of(result, result.passed));
        }
    }
    groups.into_iter().map(|(name, group)| (name, Rate::of(&group))).collect()
}

fn rates_of_scorers(judged: &[&CaseResult]) -> BTreeMap<String, Rate> {
    let mut rates = BTreeMap::new();
    for scorer in Scorer::ALL {
        let verdict = |result: &&'_ CaseResult| result.scores.iter().find(|score| score.scorer == scorer).map(|score| score.passed);
        let looked_at: Vec<Judged<'_>> =
            judged.iter().filter_map(|result| verdict(result).map(|passed| Judged::of(result, passed))).collect();
        if !looked_at.is_empty() {
            rates.insert(scorer.name().to_owned(), Rate::of(&looked_at));
        }
    }
    rates
}

/// What the cases cost that a model was asked for; null where there are none, or what one of them cost is unknown.
fn cost(results: &[CaseResult]) -> Option<f64> {
    let mut costs = results.iter().filter(|result| result.usage.is_some()).map(|result| result.cost).peekable();
    costs.peek()?;
    costs.sum()
}

/// How often each case was tried and passed.
fn tries<'a>(judged: &[&'a CaseResult]) -> BTreeMap<&'a str, (u64, u64)> {
    let mut tries: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for result in judged {
        let (attempts, passed) = tries.entry(result.case.as_str()).or_default();
        *attempts += 1;
        *passed += u64::from(result.passed);
    }
    tries
}

fn steadiness(judged: &[&CaseResult]) -> Vec<f64> {
    let tries = tries(judged);
    let most = tries.values().map(|(attempts, _)| *attempts).max().unwrap_or(0);
    let mean = |k: u64| {
        let values: Vec<f64> = tries.values().filter_map(|(attempts, passed)| pass_hat_k(*attempts, *passed, k)).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    (1..=most).map(mean).collect()
}

fn flaky(judged: &[&CaseResult]) -> Vec<String> {
    let tries = tries(judged);
    tries.iter().filter(|(_, (attempts, passed))| *passed > 0 && passed < attempts).map(|(case, _)| (*case).to_owned()).collect()
}

fn latency(judged: &[&CaseResult]) -> Latency {
    let sorted = |time: fn(&TurnRecord) -> f64| {
        let mut times: Vec<f64> = judged.iter().flat_map(|result| result.turns.iter().map(time)).collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let (planner, tools) = (sorted(|turn| turn.planner_ms), sorted(|turn| turn.tools_ms));
    let at = |times: &[f64], share: f64| percentile(times, share).unwrap_or_default();
    Latency { planner_p50: at(&planner, 0.5), planner_p95: at(&planner, 0.95), tools_p50: at(&tools, 0.5), tools_p95: at(&tools, 0.95) }
}

#[cfg(test)]
impl CaseResult {
    /// One with little in it.
    pub(super) fn of_test(suite: &str, case: &str, passed: bool) -> Self {
        Self {
            case: case.to_owned(),
            suite: suite.to_owned(),
            family: case.to_owned(),
            split: Split::Dev,
            fixture: "f".to_owned(),
            epoch: 1,
            fingerprint: "x".to_owned(),
            outcome: Outcome::Act,
            passed,
            incomplete: None,
            scores: Vec::new(),
            turns: Vec::new(),
            usage: None,
            cost: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(case: &str, epoch: u32, passed: bool) -> CaseResult {
        let usage = Some(Usage { input_tokens: 10, output_tokens: 1, estimated: false });
        CaseResult { epoch, usage, cost: Some(0.5), ..CaseResult::of_test("s", case, passed) }
    }

    #[test]
    fn epochs_tell_how_steady_a_planner_is() {
        let results = [result("a", 1, true), result("a", 2, true), result("b", 1, true), result("b", 2, false)];
        let report = Report::of("m", &results);
        assert_eq!(report.pass_hat_k, [0.75, 0.5]);
        assert_eq!(report.flaky, ["b"]);
        assert_eq!((report.overall.passed, report.overall.total, report.overall.cases), (3, 4, 2));
        assert_eq!((report.cost, report.usage.map(|usage| usage.input_tokens)), (Some(2.0), Some(40)));
    }

    #[test]
    fn one_unknown_price_makes_the_sum_unknown() {
        let report = Report::of("m", &[result("a", 1, true), CaseResult { cost: None, ..result("b", 1, true) }]);
        assert_eq!(report.cost, None);
        assert_eq!(Report::of("m", &[CaseResult { cost: None, usage: None, ..result("a", 1, true) }]).cost, None);
    }

    #[test]
    fn epochs_of_a_case_are_one_unit_of_evidence() {
        let once: Vec<CaseResult> = (0..20).map(|case| result(&format!("c{case}"), 1, case < 15)).collect();
        let again = once.iter().flat_map(|result| (1..=5).map(move |epoch| CaseResult { epoch, ..result.clone() }));
        let (one, five) = (Report::of("m", &once).overall, Report::of("m", &again.collect::<Vec<_>>()).overall);
        assert_eq!((five.passed, five.total, five.cases), (75, 100, 20));
        assert_eq!(one.interval, five.interval);
        assert!((one.clustered_error.unwrap() - five.clustered_error.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn tokens_of_what_could_not_be_judged_are_counted_and_estimated_ones_cost_nobody_knows_what() {
        let broken = CaseResult { incomplete: Some("no model".to_owned()), ..result("b", 1, false) };
        let report = Report::of("m", &[result("a", 1, true), broken.clone()]);
        assert_eq!((report.usage.map(|usage| usage.input_tokens), report.cost), (Some(20), Some(1.0)));
        let usage = broken.usage.map(|usage| Usage { estimated: true, ..usage });
        let report = Report::of("m", &[result("a", 1, true), CaseResult { usage, cost: None, ..broken }]);
        assert_eq!((report.usage.map(|usage| usage.estimated), report.cost), (Some(true), None));
    }

    #[test]
    fn a_suite_of_which_nothing_could_be_judged_is_there() {
        let report = Report::of("m", &[CaseResult { incomplete: Some("no model".to_owned()), ..result("b", 1, false) }]);
        assert_eq!((report.suites["s"].total, report.suites["s"].interval), (0, Interval { low: 0.0, high: 1.0 }));
    }

    #[test]
    fn what_could_not_be_judged_counts_neither_way() {
        let broken = CaseResult { incomplete: Some("no model".to_owned()), passed: false, ..result("b", 1, false) };
        let report = Report::of("m", &[result("a", 1, true), broken]);
        assert_eq!((report.overall.passed, report.overall.total), (1, 1));
        assert_eq!(report.incomplete["b"], "no model");
    }
}
