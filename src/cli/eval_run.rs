//! `eval run`, `record` and `replay`: plays the chosen cases, keeps what comes of them, and says it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::eval::{Running, incomplete};
use super::eval_model::{PlannerFlag, players};
use super::eval_progress::RunProgress;
use super::{Answered, Failure, render};
use crate::config::Config;
use crate::evals::case::{Case, Split};
use crate::evals::cassette::{self, Tape};
use crate::evals::folder::{RunFolder, is_run, page_of, read_head, read_results, write_reports};
use crate::evals::head::RunHead;
use crate::evals::report::{Heldout, report_text};
use crate::evals::results::{CaseResult, Prices, Report};
use crate::evals::run::{Players, run};
use crate::evals::stage::Stages;
use crate::evals::suite::Suite;
use crate::llm::replay::finish;

/// Runs the chosen cases and writes the reports.
pub(super) async fn run_cases(
    running: &Running,
    planner: &PlannerFlag,
    tape: &Tape,
    config: &Config,
) -> Result<(Answered, Vec<CaseResult>), Failure> {
    let all = running.chosen.all_suites()?;
    let suites = running.chosen.of(all.clone())?;
    let names: Vec<String> = suites.iter().map(|suite| suite.name.clone()).collect();
    let cases: Vec<Case> = suites.into_iter().flat_map(|suite| suite.cases).collect();
    let players = players(planner, &names, running.epochs, tape, config)?;
    let head = RunHead::of(&planner.name(), &players, &running.chosen.evals).map_err(|fault| incomplete(&fault))?;
    let earlier = read_head(&running.out).map_err(|fault| incomplete(&fault))?;
    let kept = if running.resume { kept(running, earlier.as_ref(), &head, &cases, &all)? } else { Vec::new() };
    let heldout = heldout(running, &cases, &kept);
    let mut prices = prices(&running.chosen.evals).map_err(|fault| incomplete(&fault))?;
    // What somebody sets for this run goes before what is written down.
    prices.extend(config.model_budget.price.map(|price| (head.planner.clone(), price)));
    let begun = Instant::now();
    let results = judged(running, &cases, &players, &head, prices, kept).await.map_err(|fault| incomplete(&fault))?;
    if let Tape::Record(folder, _) = tape {
        finish_cassettes(folder, planner, &names, running.epochs, config)?;
    }
    let report = Report::of(&head.planner, &results);
    write_reports(&running.out, &report, &results, heldout).map_err(|fault| incomplete(&fault))?;
    render::print_line(&report_text(&report, &results, heldout));
    let replaced = earlier.filter(|earlier| earlier.planner != head.planner);
    let replaced = replaced.map_or_else(String::new, |earlier| format!("; in place of the results of {}", earlier.planner));
    render::complain(&format!("{:.1} s; {}{replaced}", begun.elapsed().as_secs_f64(), page_of(&running.out).display()));
    let broken = results.iter().filter(|result| result.incomplete.is_some()).count();
    if broken > 0 {
        return Err(Failure::File(format!("{broken} of {} cases could not be judged", results.len())));
    }
    let answered = if running.require.is_some_and(|rate| report.overall.rate < rate) { Answered::No } else { Answered::Yes };
    Ok((answered, results))
}

/// What is kept of the run that is taken up: all but what is to be played again, and what is of no case that there is.
fn kept(running: &Running, earlier: Option<&RunHead>, head: &RunHead, chosen: &[Case], all: &[Suite]) -> Result<Vec<CaseResult>, Failure> {
    if !is_run(&running.out) {
        return Ok(Vec::new());
    }
    let refused = |why: &str| {
        let folder = running.out.display();
        Failure::Usage(format!("the run in `{folder}` cannot be taken up: {why}; give another `--out`, or leave `--resume` out"))
    };
    let Some(earlier) = earlier else { return Err(refused("it has no `run.json`, so nothing tells whose results these are")) };
    let differences = earlier.differences(head);
    if !differences.is_empty() {
        return Err(refused(&format!("what differs is {}", differences.join(", "))));
    }
    let mut results = read_results(&running.out).map_err(|fault| incomplete(&fault))?;
    let there: BTreeSet<(&str, String)> =
        all.iter().flat_map(|suite| &suite.cases).map(|case| (case.id.as_str(), case.fingerprint())).collect();
    let chosen: BTreeSet<&str> = chosen.iter().map(|case| case.id.as_str()).collect();
    results.retain(|result| {
        let is_played_again = result.incomplete.is_some() && result.epoch <= running.epochs && chosen.contains(result.case.as_str());
        !is_played_again && there.contains(&(result.case.as_str(), result.fingerprint.clone()))
    });
    Ok(results)
}

/// Who asked for some held-out cases has not asked for those that are kept of an earlier run.
fn heldout(running: &Running, cases: &[Case], kept: &[CaseResult]) -> Heldout {
    let chosen: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let has_others = kept.iter().any(|result| result.split == Split::Heldout && !chosen.contains(result.case.as_str()));
    if has_others { Heldout::Counted } else { running.chosen.heldout() }
}

async fn judged(
    running: &Running,
    cases: &[Case],
    players: &Players,
    head: &RunHead,
    prices: Prices,
    kept: Vec<CaseResult>,
) -> anyhow::Result<Vec<CaseResult>> {
    let stages = Arc::new(Stages::make(&running.chosen.evals)?);
    let prices = Arc::new(prices);
    let done: BTreeSet<(String, u32)> = kept.iter().map(|result| (result.case.clone(), result.epoch)).collect();
    let is_done = |case: &Case, epoch: u32| done.contains(&(case.id.clone(), epoch));
    let mut folder = RunFolder::begin(&running.out, head, kept)?;
    let plays = cases.iter().flat_map(|case| (1..=running.epochs).map(move |epoch| (case, epoch)));
    let mut progress =
        RunProgress::begin(cases.len() * running.epochs as usize, plays.filter(|(case, epoch)| is_done(case, *epoch)).count());
    let jobs = running.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let mut on_result = |result: CaseResult| {
        progress.step(result.passed);
        folder.add(result)
    };
    run(cases, players, &stages, &prices, jobs, &is_done, &mut on_result).await?;
    progress.end();
    folder.end()
}

fn prices(folder: &Path) -> anyhow::Result<Prices> {
    let path = folder.join("prices.json");
    if !path.exists() {
        return Ok(Prices::new());
    }
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn finish_cassettes(folder: &Path, planner: &PlannerFlag, suites: &[String], epochs: u32, config: &Config) -> Result<(), Failure> {
    let key = config.openai_api_key.as_ref().map_or("", |key| key.0.as_str());
    for epoch in 1..=epochs {
        for suite in suites {
            let path = cassette::path(folder, suite, &planner.name(), epoch);
            if path.exists() {
                finish(&path, &[key]).map_err(|fault| incomplete(&fault.into()))?;
            }
        }
    }
    Ok(())
}
