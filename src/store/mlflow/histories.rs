//! Histories: `get-history` where the run tells that they are short; else `get-history-bulk-interval` where the server has it, which
//! samples long ones, else `get-history` up to a bound.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::client::{Deadline, MAX_ANSWER, Question};
use super::fault::Fault;
use super::probe::Version;
use super::wire::{PointsPage, WirePoint, points_of_beginning, with_quoted_numbers};
use super::{AT_A_TIME, MlflowStore, side_by_side};
use crate::domain::metric::MetricPoint;
use crate::domain::run::RunId;
use crate::domain::series;
use crate::store::{HistoryQuery, MetricCurve, StoreError};

/// `MAX_RESULTS_PER_RUN = 2500` of `get-history-bulk-interval` (`server/handlers.py`).
const SAMPLES: usize = 2500;

/// `MAX_RUNS_GET_METRIC_HISTORY_BULK = 100` (as above).
const RUNS: usize = 100;

/// Points of one answer: some 8 MB.
const POINTS: usize = 50_000;

/// `MAX_RESULTS_GET_METRIC_HISTORY = 25000` (as above): older servers cut a run there.
const CUT: usize = 25_000;

/// Points of `get-history` that are asked for at a time, and in all.
const PAGE: usize = 25_000;
const POINTS_READ: usize = 100_000;

/// Servers that cut `get-history` into pages as asked, measured on 3.5.1; those up to 3.0.1 send everything.
const CUTS_PAGES: Version = Version { major: 3, minor: 5 };

/// Servers that sample each run by rows; those before sample by distinct steps, over all runs together and from step 0.
const SAMPLES_ROWS: Version = Version { major: 3, minor: 16 };

/// What was read of one run's history.
#[derive(Debug)]
pub(super) struct History {
    points: Vec<MetricPoint>,
    is_whole: bool,
}

/// The curves in the order of the runs asked for.
pub(super) async fn metric_histories(
    store: &MlflowStore,
    query: &HistoryQuery,
    deadline: Deadline,
) -> Result<Vec<MetricCurve>, StoreError> {
    let kept = if query.steps.is_none() { store.memory.take_histories(&(query.runs.clone(), query.key.clone())) } else { None };
    let read = match kept {
        Some(read) => read,
        None => histories(store, query, deadline).await,
    };
    let mut histories = read.map_err(|fault| store.client.explain(fault))?;
    let curves = query.runs.iter().map(|run| {
        let mut history = histories.remove(run).unwrap_or(History { points: Vec::new(), is_whole: true });
        history.points.retain(|point| query.steps.as_ref().is_none_or(|steps| steps.contains(&point.step)));
        history.points.sort_by(series::order);
        MetricCurve::of(run.clone(), &history.points, query.at_most, history.is_whole)
    });
    Ok(curves.collect())
}

/// Reads what somebody will ask for next in this call, and keeps it for them, faults too: what failed is not tried twice. Long
/// histories and unknown ones are left until the runs have told which they are.
pub(super) async fn read_ahead(store: &MlflowStore, runs: &[RunId], key: &str, deadline: Deadline) {
    if !runs.iter().all(|run| store.hints.is_short(&(run.clone(), key.to_owned()))) {
        return;
    }
    let query = HistoryQuery { runs: runs.to_vec(), key: key.to_owned(), at_most: usize::MAX, steps: None };
    let histories = histories(store, &query, deadline).await;
    store.memory.keep_histories((query.runs, query.key), histories);
}

async fn histories(store: &MlflowStore, query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let mut histories = short(store, query, deadline).await?;
    let rest: Vec<RunId> = query.runs.iter().filter(|run| !histories.contains_key(run)).cloned().collect();
    if !rest.is_empty() {
        let query = HistoryQuery { runs: rest, ..query.clone() };
        histories.extend(match bulk(store, &query, deadline).await {
            Err(fault) if fault.is_unknown_call() => one_by_one(store, &query, deadline).await?,
            outcome => outcome?,
        });
    }
    Ok(histories)
}

/// Those of a few runs that turn out to be short: one page of `get-history` takes half of what the call for charts does, which counts
/// the points before it reads them. Which are worth trying is known from before, or the runs tell by their latest step where this call
/// has read them.
async fn short(store: &MlflowStore, query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let is_likely = |run: &&RunId| {
        if store.hints.is_short(&((*run).clone(), query.key.clone())) {
            return true;
        }
        let metrics = store.memory.run(run).map(|run| run.metrics).unwrap_or_default();
        metrics.iter().any(|latest| latest.key == query.key && usize::try_from(latest.step).is_ok_and(|step| step < SAMPLES))
    };
    let likely: Vec<&RunId> = query.runs.iter().filter(is_likely).collect();
    if likely.is_empty() || likely.len() > AT_A_TIME || store.version_or_fault(deadline).await? < CUTS_PAGES {
        return Ok(Histories::new());
    }
    let pages = side_by_side(likely.iter().map(|run| page(store, run, &query.key, SAMPLES, None, deadline)).collect()).await?;
    let mut histories = Histories::new();
    for (run, page) in likely.into_iter().zip(pages) {
        let (asked, is_whole) = ((run.clone(), query.key.clone()), page.is_whole && page.mark.is_none());
        store.hints.keep_short(asked, is_whole);
        if is_whole {
            histories.insert(run.clone(), History { points: page.points, is_whole });
        }
    }
    Ok(histories)
}

/// How a server shortens long histories.
#[derive(Debug, Clone, Copy)]
enum Samples {
    Rows,
    Steps,
}

pub(super) type Histories = HashMap<RunId, History>;

/// By the call for charts.
async fn bulk(store: &MlflowStore, query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let (samples, runs_a_question) = if store.version_or_fault(deadline).await? >= SAMPLES_ROWS {
        (Samples::Rows, (POINTS / SAMPLES).min(RUNS))
    } else {
        (Samples::Steps, 1)
    };
    let ask = |runs| interval_of(store, runs, query, samples, deadline);
    let answers = side_by_side(query.runs.chunks(runs_a_question).map(ask).collect()).await?;
    Ok(answers.into_iter().flatten().collect())
}

async fn interval_of(
    store: &MlflowStore,
    runs: &[RunId],
    query: &HistoryQuery,
    samples: Samples,
    deadline: Deadline,
) -> Result<Histories, Fault> {
    match samples {
        Samples::Rows => sampled_by_rows(store, runs, query, deadline).await,
        Samples::Steps => sampled_by_steps(store, runs, query, deadline).await,
    }
}

/// MLflow 3.16 and later: at most [`SAMPLES`] rows a run, the first and the last among them, all where there are fewer.
async fn sampled_by_rows(store: &MlflowStore, runs: &[RunId], query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let window = window(query.steps.as_ref());
    let points = interval(store, runs, &query.key, window, deadline).await?;
    let mut histories = Histories::new();
    for (run, points) in points {
        let is_whole = points.len() < SAMPLES;
        histories.insert(run, History { points, is_whole });
    }
    Ok(histories)
}

/// Older servers: without a window they leave out negative steps, and within one all steps that 32 bits do not hold.
async fn sampled_by_steps(store: &MlflowStore, runs: &[RunId], query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let asked = window(query.steps.as_ref());
    let windows = match asked {
        Some(window) => vec![Some(window)],
        None => vec![None, Some((i32::MIN, -1))],
    };
    let mut histories = Histories::new();
    for window in windows {
        for (run, points) in interval(store, runs, &query.key, window, deadline).await? {
            let distinct: std::collections::HashSet<i64> = points.iter().map(|point| point.step).collect();
            let is_whole = distinct.len() < SAMPLES && points.len() < CUT;
            let history = histories.entry(run).or_insert_with(|| History { points: Vec::new(), is_whole: true });
            history.points.extend(points);
            history.is_whole &= is_whole;
        }
    }
    Ok(histories)
}

/// The steps as the call takes them, 32 bits wide; absent for all.
fn window(steps: Option<&RangeInclusive<i64>>) -> Option<(i32, i32)> {
    let steps = steps?;
    match (i32::try_from(*steps.start()), i32::try_from(*steps.end())) {
        (Ok(start), Ok(end)) => Some((start, end)),
        // Everything up to a step: nobody counts steps below -2147483648.
        (Err(_), Ok(end)) if *steps.start() < 0 => Some((i32::MIN, end)),
        // Wider steps cannot be spelled: all are asked for, and sorted out here.
        (Ok(_) | Err(_), _) => None,
    }
}

/// One question, its points by run.
async fn interval(
    store: &MlflowStore,
    runs: &[RunId],
    key: &str,
    window: Option<(i32, i32)>,
    deadline: Deadline,
) -> Result<HashMap<RunId, Vec<MetricPoint>>, Fault> {
    if window.is_some_and(|(start, end)| start > end) {
        return Ok(HashMap::new());
    }
    let mut query: Vec<(&'static str, String)> = runs.iter().map(|run| ("run_ids", run.0.clone())).collect();
    query.extend([("metric_key", key.to_owned()), ("max_results", SAMPLES.to_string())]);
    if let Some((start, end)) = window {
        query.extend([("start_step", start.to_string()), ("end_step", end.to_string())]);
    }
    let question = Question::get("api/2.0/mlflow/metrics/get-history-bulk-interval", query);
    let reply: PointsPage = store.client.ask(&question, deadline).await?;
    let mut points: HashMap<RunId, Vec<MetricPoint>> = HashMap::new();
    for wire in reply.metrics {
        if let (Some(point), Some(run)) = (wire.point(), wire.run_id) {
            points.entry(RunId(run)).or_default().push(point);
        }
    }
    Ok(points)
}

/// By the call for single histories, up to [`POINTS_READ`] points a run.
async fn one_by_one(store: &MlflowStore, query: &HistoryQuery, deadline: Deadline) -> Result<Histories, Fault> {
    let histories = side_by_side(query.runs.iter().map(|run| single(store, run, &query.key, deadline)).collect()).await?;
    Ok(query.runs.iter().cloned().zip(histories).collect())
}

async fn single(store: &MlflowStore, run: &RunId, key: &str, deadline: Deadline) -> Result<History, Fault> {
    let mut points: Vec<MetricPoint> = Vec::new();
    let mut mark: Option<String> = None;
    loop {
        let next = page(store, run, key, PAGE, mark.as_deref(), deadline).await?;
        // "follow tokens until absent, and stop if a page is empty or the token repeats"
        let is_over = next.points.is_empty() || next.mark.is_none() || next.mark == mark;
        points.extend(next.points);
        if is_over || !next.is_whole || points.len() >= POINTS_READ || deadline.is_near() {
            let is_whole = is_over && next.is_whole && points.len() <= POINTS_READ;
            points.truncate(POINTS_READ);
            return Ok(History { points, is_whole });
        }
        mark = next.mark;
    }
}

/// Some points of `get-history`.
#[derive(Debug)]
struct Piece {
    points: Vec<MetricPoint>,
    /// Whether nothing of the answer was too long to read.
    is_whole: bool,
    /// The server's mark of the next page.
    mark: Option<String>,
}

/// One question of `get-history`.
async fn page(store: &MlflowStore, run: &RunId, key: &str, at_most: usize, mark: Option<&str>, deadline: Deadline) -> Result<Piece, Fault> {
    // Without `max_results`, servers from 3.5 to 3.12 answer nothing.
    let mut query = vec![("run_id", run.0.clone()), ("metric_key", key.to_owned()), ("max_results", at_most.to_string())];
    query.extend(mark.map(|mark| ("page_token", mark.to_owned())));
    let question = Question::get("api/2.0/mlflow/metrics/get-history", query);
    let answer = store.client.bytes(&question, deadline, MAX_ANSWER).await?;
    let (is_whole, page) = page_of(answer.body, answer.is_whole).await?;
    let mark = Some(page.next_page_token).filter(|mark| !mark.is_empty());
    Ok(Piece { points: page.metrics.iter().filter_map(WirePoint::point).collect(), is_whole, mark })
}

/// The points of an answer; of one that is too long, those at its beginning.
async fn page_of(body: Vec<u8>, is_whole: bool) -> Result<(bool, PointsPage), Fault> {
    let decode = move || {
        if !is_whole {
            return Ok((false, PointsPage { metrics: points_of_beginning(&body), next_page_token: String::new() }));
        }
        let page = serde_json::from_slice(&body).or_else(|_| serde_json::from_slice(&with_quoted_numbers(&body)));
        page.map(|page| (true, page)).map_err(|error| {
            if body.trim_ascii_start().first() == Some(&b'<') { Fault::WebPage } else { Fault::Malformed(error.to_string()) }
        })
    };
    let task = tokio::task::spawn_blocking(decode);
    task.await.unwrap_or_else(|_| Err(Fault::Malformed("its answer could not be decoded".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_narrowed_to_what_the_call_takes() {
        let check = |steps: RangeInclusive<i64>, expected: Option<(i32, i32)>| assert_eq!(window(Some(&steps)), expected, "{steps:?}");
        check(5..=9, Some((5, 9)));
        check(i64::MIN..=9, Some((i32::MIN, 9)));
        check(0..=i64::from(i32::MAX) + 1, None);
        check(i64::MIN..=i64::MAX, None);
        assert_eq!(window(None), None);
    }
}
