//! How long the native store takes for its main questions, over a large MLflow SQLite file.
//!
//! `cargo run --release --example measure_store -- FILE.db` prints the median of several calls of each question, asked of
//! the experiment with the most runs and of the run with the longest history.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use trialogue::domain::experiment::{ExperimentId, View};
use trialogue::domain::filter::{Clause, Comparison, Field, Filter, RunOrder, SortDirection, Test};
use trialogue::domain::run::RunId;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{ExperimentQuery, HistoryQuery, OpenMode, RunQuery, Store, StoreError, TableQuery};

#[tokio::main]
async fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("name the SQLite file")?;
    let store = Store::Sqlite(SqliteStore::open(Path::new(&path), OpenMode::ReadOnly)?);
    let experiments = store.experiments(&ExperimentQuery { max_results: 1_000, ..ExperimentQuery::default() }).await?.items;
    let ids: Vec<ExperimentId> = experiments.into_iter().map(|experiment| experiment.id).collect();
    let counts = store.status_counts(&ids).await?;
    let runs_of = |place: usize| counts.get(place).map_or(0, |counts| counts.values().sum::<u64>());
    let largest = (0..ids.len()).max_by_key(|place| runs_of(*place)).and_then(|place| ids.get(place)).context("no experiment")?;
    let summaries = store.metric_summaries(largest).await?;
    let metric = summaries.first().context("no metric")?.key.clone();

    let by_metric = |max_results: usize| RunQuery {
        experiment_ids: vec![largest.clone()],
        order_by: vec![RunOrder { field: Field::Metric(metric.clone()), direction: SortDirection::Descending }],
        max_results,
        ..RunQuery::default()
    };
    let best = Filter { clauses: vec![Clause { field: Field::Metric(metric.clone()), test: Test::Number(Comparison::Gt, 0.7) }] };
    report("best run by a metric", async || store.runs(&RunQuery { max_results: 1, ..by_metric(1) }).await).await?;
    report("top 100 whole runs by a metric", async || store.runs(&by_metric(100)).await).await?;
    report("top 1,000 whole runs by a metric", async || store.runs(&by_metric(1_000)).await).await?;
    report("top 100 with a filter", async || store.runs(&RunQuery { filter: best.clone(), ..by_metric(100) }).await).await?;
    report("newest 100 whole runs", async || store.runs(&RunQuery { order_by: Vec::new(), ..by_metric(100) }).await).await?;
    let table = |metrics: usize, params: usize, keys: &[String]| TableQuery {
        experiment_ids: vec![largest.clone()],
        metric_keys: summaries.iter().take(metrics).map(|summary| summary.key.clone()).collect(),
        param_keys: keys.iter().take(params).cloned().collect(),
        ..TableQuery::default()
    };
    let params: Vec<String> = store.param_summaries(largest).await?.into_iter().map(|summary| summary.key).collect();
    report("table of all runs, 1 metric", async || store.run_table(&table(1, 0, &params)).await).await?;
    report("table of all runs, 1 metric and 4 parameters", async || store.run_table(&table(1, 4, &params)).await).await?;
    report("table of all runs, all metrics and parameters", async || store.run_table(&table(99, 99, &params)).await).await?;
    report("metric summaries", async || store.metric_summaries(largest).await).await?;
    report("parameter summaries", async || store.param_summaries(largest).await).await?;
    report("metric keys of the store", async || store.metric_keys(&ids).await).await?;
    report("parameter keys of the store", async || store.param_keys(&ids).await).await?;
    report("status counts", async || store.status_counts(&ids).await).await?;
    for (run, points) in histories(&store, &ids).await? {
        report(&format!("history of {points} points"), async || store.metric_histories(&history(&run)).await).await?;
    }
    Ok(())
}

/// One run for each length of history met among the runs of the smaller experiments.
async fn histories(store: &Store, ids: &[ExperimentId]) -> Result<Vec<(RunId, usize)>> {
    let query =
        RunQuery { experiment_ids: ids.to_vec(), view: View::ActiveOnly, max_results: 60, order_by: Vec::new(), ..RunQuery::default() };
    let mut runs: Vec<(RunId, usize)> = Vec::new();
    for id in ids {
        for run in store.runs(&RunQuery { experiment_ids: vec![id.clone()], ..query.clone() }).await?.items {
            let points = store.metric_histories(&history(&run.id)).await?.iter().map(|curve| curve.summary.n).sum();
            if runs.iter().all(|(_, other)| *other != points) {
                runs.push((run.id, points));
            }
        }
    }
    runs.sort_unstable_by_key(|(_, points)| *points);
    Ok(runs)
}

async fn report<T>(question: &str, ask: impl AsyncFn() -> Result<T, StoreError>) -> Result<()> {
    const CALLS: usize = 11;
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begin = Instant::now();
        ask().await?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    let millis = |place: usize| times.get(place).copied().unwrap_or(Duration::ZERO).as_secs_f64() * 1_000.0;
    writeln!(std::io::stdout(), "{question:<50} median {:8.2} ms, best {:8.2} ms", millis(CALLS / 2), millis(0))?;
    Ok(())
}

fn history(run: &RunId) -> HistoryQuery {
    HistoryQuery { runs: vec![run.clone()], key: "training_loss".to_owned(), at_most: 1000, steps: None }
}
