//! Reading a few columns of many runs.

use std::collections::HashMap;

use rusqlite::types::ValueRef;
use rusqlite::{Row, params_from_iter};

use super::conditions::push_run_conditions;
use super::connection::Session;
use super::fault::Fault;
use super::probe::Schema;
use super::rows::{bytes, metric_value, status, text};
use super::runs;
use super::statement::Statement;
use crate::domain::experiment::{ExperimentId, View};
use crate::domain::run::{RunId, RunRow, RunTable};
use crate::domain::time::Timestamp;
use crate::store::TableQuery;

/// The column of the start in [`statement`].
const START: usize = 4;
/// The column of the end in [`statement`].
const END: usize = 5;
/// Columns before the metrics in [`statement`].
const FIXED: usize = 6;
/// Up to so many columns, looking up each cell costs less than reading all that a run logged. SQLite joins at most 64
/// tables.
const JOINED: usize = 8;

/// The active runs that pass the filter, newest first, with the columns asked for.
pub(super) fn run_table(session: &Session, query: &TableQuery) -> Result<RunTable, Fault> {
    let is_joined = query.metric_keys.len() + query.param_keys.len() <= JOINED;
    let (metric_keys, param_keys) = if is_joined { (&*query.metric_keys, &*query.param_keys) } else { (&[][..], &[][..]) };
    let statement = statement(session.schema, query, metric_keys, param_keys)?;
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let mut found = prepared.query(params_from_iter(&statement.values))?;
    let mut dated: Vec<(Option<i64>, RunRow)> = Vec::new();
    while let Some(row) = found.next()? {
        dated.push((row.get(START)?, run_row(row, metric_keys.len(), param_keys.len())?));
    }
    // Sorted here, which takes a third of SQLite's time; NULL is the smallest, as in SQL.
    dated.sort_unstable_by(|(one_start, one), (other_start, other)| other_start.cmp(one_start).then(one.id.cmp(&other.id)));
    let mut rows: Vec<RunRow> = dated.into_iter().map(|(_, row)| row).collect();
    if !is_joined {
        fill(session, query, &mut rows)?;
    }
    Ok(RunTable { metric_keys: query.metric_keys.clone(), param_keys: query.param_keys.clone(), rows, complete: true })
}

fn run_row(row: &Row<'_>, metrics: usize, params: usize) -> rusqlite::Result<RunRow> {
    let params_from = FIXED + 2 * metrics;
    let param = |column| -> rusqlite::Result<Option<String>> {
        Ok(if row.get_ref(column)? == ValueRef::Null { None } else { Some(text(row, column)?) })
    };
    Ok(RunRow {
        id: RunId(text(row, 0)?),
        name: text(row, 1)?,
        experiment_id: ExperimentId(text(row, 2)?),
        status: status(row, 3)?,
        start: Timestamp::from_mlflow(row.get(START)?),
        end: Timestamp::from_mlflow(row.get(END)?),
        metrics: (0..metrics).map(|metric| metric_value(row, FIXED + 2 * metric, FIXED + 2 * metric + 1)).collect::<Result<_, _>>()?,
        params: (params_from..params_from + params).map(param).collect::<Result<_, _>>()?,
    })
}

/// The runs in no order, with one search by primary key for each run and cell.
pub(super) fn statement(schema: Schema, query: &TableQuery, metric_keys: &[String], param_keys: &[String]) -> Result<Statement, Fault> {
    let mut statement = Statement::new(
        "SELECT r.run_uuid, CASE WHEN r.name <> '' THEN r.name \
         ELSE (SELECT t.value FROM tags AS t WHERE t.key = 'mlflow.runName' AND t.run_uuid = r.run_uuid) END, \
         r.experiment_id, r.status, r.start_time, r.end_time",
    );
    for metric in 0..metric_keys.len() {
        statement.push(&format!(", m{metric}.value, m{metric}.is_nan"));
    }
    for param in 0..param_keys.len() {
        statement.push(&format!(", p{param}.value"));
    }
    statement.push(" FROM runs AS r");
    for (metric, key) in metric_keys.iter().enumerate() {
        push_join(&mut statement, "latest_metrics", &format!("m{metric}"), key);
    }
    for (param, key) in param_keys.iter().enumerate() {
        push_join(&mut statement, "params", &format!("p{param}"), key);
    }
    statement.push(" WHERE ");
    push_run_conditions(&mut statement, schema, &query.experiment_ids, View::ActiveOnly, &query.filter)?;
    Ok(statement)
}

fn push_join(statement: &mut Statement, table: &str, alias: &str, key: &str) {
    statement.push(&format!(" LEFT JOIN {table} AS {alias} ON {alias}.key = "));
    statement.bind(key.to_owned());
    statement.push(&format!(" AND {alias}.run_uuid = r.run_uuid"));
}

/// Fills the columns of every run from all that it logged.
fn fill(session: &Session, query: &TableQuery, rows: &mut [RunRow]) -> Result<(), Fault> {
    let metric_columns = columns(&query.metric_keys);
    let param_columns = columns(&query.param_keys);
    let mut metrics = session.connection.prepare_cached(runs::METRICS)?;
    let mut params = session.connection.prepare_cached(runs::PARAMS)?;
    for row in rows {
        row.metrics = vec![None; query.metric_keys.len()];
        row.params = vec![None; query.param_keys.len()];
        let mut found = metrics.query([&row.id.0])?;
        while let Some(logged) = if metric_columns.is_empty() { None } else { found.next()? } {
            for column in metric_columns.get(bytes(logged, 0)?).into_iter().flatten() {
                if let Some(cell) = row.metrics.get_mut(*column) {
                    *cell = metric_value(logged, 1, 2)?;
                }
            }
        }
        let mut found = params.query([&row.id.0])?;
        while let Some(logged) = if param_columns.is_empty() { None } else { found.next()? } {
            for column in param_columns.get(bytes(logged, 0)?).into_iter().flatten() {
                if let Some(cell) = row.params.get_mut(*column) {
                    *cell = Some(text(logged, 1)?);
                }
            }
        }
    }
    Ok(())
}

/// Where each key stands; a key may be asked for twice.
fn columns(keys: &[String]) -> HashMap<&[u8], Vec<usize>> {
    let mut columns: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (column, key) in keys.iter().enumerate() {
        columns.entry(key.as_bytes()).or_default().push(column);
    }
    columns
}
