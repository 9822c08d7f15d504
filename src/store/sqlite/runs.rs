//! Reading whole runs by id.

use rusqlite::{Connection, OptionalExtension, Row};

use super::connection::Session;
use super::fault::Fault;
use super::rows::{lifecycle, metric_value, status, text};
use crate::domain::experiment::{ExperimentId, Tag};
use crate::domain::metric::Metric;
use crate::domain::run::{Param, Run, RunId};
use crate::domain::time::Timestamp;

/// Whole runs in the order of `ids`; unknown ids are left out.
///
/// A handful of tiny statements a run, each a search by primary key or by the index on `run_uuid`: faster than one large
/// statement with a list, and there is no plan to go wrong.
pub(super) fn load_runs(session: &Session, ids: &[RunId]) -> Result<Vec<Run>, Fault> {
    let mut runs = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(run) = load_run(&session.connection, id)? {
            runs.push(run);
        }
    }
    Ok(runs)
}

/// The statements of one run, for the test of their plans.
pub(super) const RUN: &str = "SELECT run_uuid, name, experiment_id, status, lifecycle_stage, user_id, start_time, end_time, artifact_uri FROM runs WHERE run_uuid = ?1";
pub(super) const PARAMS: &str = "SELECT key, value FROM params WHERE run_uuid = ?1";
pub(super) const METRICS: &str = "SELECT key, value, is_nan, step, timestamp FROM latest_metrics WHERE run_uuid = ?1";
pub(super) const TAGS: &str = "SELECT key, value FROM tags WHERE run_uuid = ?1";

fn load_run(connection: &Connection, id: &RunId) -> Result<Option<Run>, Fault> {
    let Some(mut run) = connection.prepare_cached(RUN)?.query_row([&id.0], run_without_data).optional()? else { return Ok(None) };
    run.params = rows(connection, PARAMS, id, |row| Ok(Some(Param { key: text(row, 0)?, value: text(row, 1)? })))?;
    run.params.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    run.metrics = rows(connection, METRICS, id, metric)?;
    run.metrics.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    run.tags = rows(connection, TAGS, id, |row| Ok(Some(Tag { key: text(row, 0)?, value: text(row, 1)? })))?;
    run.tags.sort_unstable_by(|one, other| one.key.cmp(&other.key));

    // Clients before MLflow 1.30 wrote the name as a tag only, and every client writes the user as one.
    if run.name.is_empty() {
        run.name = run.tag("mlflow.runName").unwrap_or_default().to_owned();
    }
    if run.user.is_none() {
        run.user = run.tag("mlflow.user").filter(|user| !user.is_empty()).map(str::to_owned);
    }
    Ok(Some(run))
}

fn run_without_data(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(text(row, 0)?),
        name: text(row, 1)?,
        experiment_id: ExperimentId(text(row, 2)?),
        status: status(row, 3)?,
        lifecycle: lifecycle(row, 4)?,
        user: Some(text(row, 5)?).filter(|user| !user.is_empty()),
        start: Timestamp::from_mlflow(row.get(6)?),
        end: Timestamp::from_mlflow(row.get(7)?),
        artifact_uri: text(row, 8)?,
        params: Vec::new(),
        metrics: Vec::new(),
        tags: Vec::new(),
    })
}

fn metric(row: &Row<'_>) -> rusqlite::Result<Option<Metric>> {
    let Some(value) = metric_value(row, 1, 2)? else { return Ok(None) };
    let timestamp = Timestamp(row.get::<_, Option<i64>>(4)?.unwrap_or(0));
    Ok(Some(Metric { key: text(row, 0)?, value, step: row.get(3)?, timestamp }))
}

fn rows<T>(
    connection: &Connection,
    statement: &str,
    id: &RunId,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Result<Vec<T>, Fault> {
    let mut prepared = connection.prepare_cached(statement)?;
    let mut found = prepared.query([&id.0])?;
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        items.extend(read(row)?);
    }
    Ok(items)
}
