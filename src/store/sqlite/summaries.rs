//! What is logged in one experiment: each metric with its range, each parameter with its values.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::conditions::number_of;
use super::connection::Session;
use super::fault::Fault;
use super::rows::{bytes, metric_value};
use crate::domain::experiment::ExperimentId;
use crate::store::{MetricSummary, PARAM_VALUES_SHOWN, ParamSummary, TAG_VALUES_READ};

/// Runs first, then their rows by the index on `run_uuid`. Grouping happens here: SQLite would sort all rows for it.
pub(super) const METRICS: &str = "SELECT m.key, m.value, m.is_nan FROM runs AS r CROSS JOIN latest_metrics AS m ON m.run_uuid = r.run_uuid \
     WHERE r.experiment_id = ?1 AND r.lifecycle_stage = 'active'";
/// As [`METRICS`], for parameters.
pub(super) const PARAMS: &str = "SELECT p.key, p.value FROM runs AS r CROSS JOIN params AS p ON p.run_uuid = r.run_uuid \
     WHERE r.experiment_id = ?1 AND r.lifecycle_stage = 'active'";

/// Metric keys of an experiment's active runs with their ranges, ordered by key.
pub(super) fn metric_summaries(session: &Session, id: &ExperimentId) -> Result<Vec<MetricSummary>, Fault> {
    let Some(number) = number_of(&id.0) else { return Ok(Vec::new()) };
    let mut summaries: HashMap<Vec<u8>, MetricSummary> = HashMap::new();
    let mut prepared = session.connection.prepare_cached(METRICS)?;
    let mut rows = prepared.query([number])?;
    while let Some(row) = rows.next()? {
        let Some(value) = metric_value(row, 1, 2)? else { continue };
        let key = bytes(row, 0)?;
        match summaries.get_mut(key) {
            Some(summary) => add(summary, value),
            None => {
                let mut summary = MetricSummary { key: String::from_utf8_lossy(key).into_owned(), runs: 0, nan: 0, min: None, max: None };
                add(&mut summary, value);
                summaries.insert(key.to_owned(), summary);
            }
        }
    }
    let mut summaries: Vec<MetricSummary> = summaries.into_values().collect();
    summaries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(summaries)
}

fn add(summary: &mut MetricSummary, value: f64) {
    summary.runs += 1;
    if value.is_nan() {
        summary.nan += 1;
        return;
    }
    summary.min = Some(summary.min.map_or(value, |min| min.min(value)));
    summary.max = Some(summary.max.map_or(value, |max| max.max(value)));
}

/// As [`METRICS`], for the texts of people's own tags and of MLflow's user.
pub(super) const TAG_VALUES: &str = "SELECT DISTINCT t.key, t.value FROM runs AS r CROSS JOIN tags AS t ON t.run_uuid = r.run_uuid \
     WHERE r.experiment_id = ?1 AND r.lifecycle_stage = 'active' AND (t.key NOT LIKE 'mlflow.%' OR t.key = 'mlflow.user') LIMIT ?2";

/// Texts that the tags of an experiment's active runs hold, with their keys.
pub(super) fn run_tag_values(session: &Session, id: &ExperimentId) -> Result<Vec<(String, String)>, Fault> {
    let Some(number) = number_of(&id.0) else { return Ok(Vec::new()) };
    let mut values = Vec::new();
    let mut prepared = session.connection.prepare_cached(TAG_VALUES)?;
    let mut rows = prepared.query([number, i64::try_from(TAG_VALUES_READ).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| bytes(row, column).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        values.push((text(0)?, text(1)?));
    }
    Ok(values)
}

/// Parameter keys of an experiment's active runs with their values, ordered by key.
pub(super) fn param_summaries(session: &Session, id: &ExperimentId) -> Result<Vec<ParamSummary>, Fault> {
    let Some(number) = number_of(&id.0) else { return Ok(Vec::new()) };
    let mut counts: HashMap<Vec<u8>, HashMap<Vec<u8>, u64>> = HashMap::new();
    let mut prepared = session.connection.prepare_cached(PARAMS)?;
    let mut rows = prepared.query([number])?;
    while let Some(row) = rows.next()? {
        let (key, value) = (bytes(row, 0)?, bytes(row, 1)?);
        if !counts.contains_key(key) {
            counts.insert(key.to_owned(), HashMap::new());
        }
        let Some(values) = counts.get_mut(key) else { continue };
        match values.get_mut(value) {
            Some(count) => *count += 1,
            None => {
                values.insert(value.to_owned(), 1);
            }
        }
    }
    let mut summaries: Vec<ParamSummary> = counts.into_iter().map(|(key, values)| param_summary(&key, values)).collect();
    summaries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(summaries)
}

fn param_summary(key: &[u8], values: HashMap<Vec<u8>, u64>) -> ParamSummary {
    let runs = values.values().sum();
    let distinct = values.len() as u64;
    let mut values: Vec<(Vec<u8>, u64)> = values.into_iter().collect();
    values.sort_unstable_by(|one, other| (Reverse(one.1), &one.0).cmp(&(Reverse(other.1), &other.0)));
    values.truncate(PARAM_VALUES_SHOWN);
    let values = values.into_iter().map(|(value, count)| (String::from_utf8_lossy(&value).into_owned(), count)).collect();
    ParamSummary { key: String::from_utf8_lossy(key).into_owned(), runs, distinct, values }
}
