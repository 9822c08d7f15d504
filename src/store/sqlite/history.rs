//! Reading the points of one metric, a run at a time.

use std::ops::RangeInclusive;

use rusqlite::params;

use super::connection::Session;
use super::fault::Fault;
use super::probe::{HISTORY_INDEX, Schema};
use super::rows::metric_value;
use crate::domain::metric::MetricPoint;
use crate::domain::run::RunId;
use crate::domain::series;
use crate::domain::time::Timestamp;
use crate::store::{HistoryQuery, MetricCurve};

/// One curve after the other, so that the points of one run at a time are held.
pub(super) fn metric_histories(session: &Session, query: &HistoryQuery) -> Result<Vec<MetricCurve>, Fault> {
    let curve = |run: &RunId| {
        let points = metric_history(session, run, &query.key, query.steps.as_ref())?;
        Ok(MetricCurve::of(run.clone(), &points, query.at_most, true))
    };
    query.runs.iter().map(curve).collect()
}

/// Points by step, then timestamp, then value.
fn metric_history(session: &Session, run: &RunId, key: &str, steps: Option<&RangeInclusive<i64>>) -> Result<Vec<MetricPoint>, Fault> {
    let mut prepared = session.connection.prepare_cached(&statement(session.schema))?;
    let (first, last) = steps.map_or((i64::MIN, i64::MAX), |steps| (*steps.start(), *steps.end()));
    let mut rows = prepared.query(params![run.0, key, first, last])?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(value) = metric_value(row, 1, 2)? {
            let timestamp = Timestamp(row.get::<_, Option<i64>>(3)?.unwrap_or(0));
            points.push(MetricPoint { step: row.get(0)?, timestamp, value });
        }
    }
    // The index yields steps in order, so this looks at each point once; SQLite would sort the million points again.
    points.sort_by(series::order);
    Ok(points)
}

/// Left to itself, SQLite without statistics takes the primary key, which begins with the metric's key, and reads that
/// metric of every run. Stores before MLflow 3.12 have an index on the run alone; `+` keeps the primary key out.
pub(super) fn statement(schema: Schema) -> String {
    let columns = "SELECT step, value, is_nan, timestamp FROM metrics";
    if schema.has_history_index {
        format!("{columns} INDEXED BY {HISTORY_INDEX} WHERE run_uuid = ?1 AND key = ?2 AND step BETWEEN ?3 AND ?4")
    } else {
        format!("{columns} WHERE run_uuid = ?1 AND +key = ?2 AND step BETWEEN ?3 AND ?4")
    }
}
