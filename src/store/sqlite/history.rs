//! Reading all points of one metric of one run.

use super::connection::Session;
use super::fault::Fault;
use super::probe::{HISTORY_INDEX, Schema};
use super::rows::metric_value;
use crate::domain::metric::MetricPoint;
use crate::domain::run::RunId;
use crate::domain::time::Timestamp;

/// Points by step, then timestamp, then value.
pub(super) fn metric_history(session: &Session, run: &RunId, key: &str) -> Result<Vec<MetricPoint>, Fault> {
    let mut prepared = session.connection.prepare_cached(&statement(session.schema))?;
    let mut rows = prepared.query([run.0.as_str(), key])?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(value) = metric_value(row, 1, 2)? {
            let timestamp = Timestamp(row.get::<_, Option<i64>>(3)?.unwrap_or(0));
            points.push(MetricPoint { step: row.get(0)?, timestamp, value });
        }
    }
    // The index yields steps in order, so this looks at each point once; SQLite would sort the million points again.
    points
        .sort_by(|one, other| one.step.cmp(&other.step).then(one.timestamp.cmp(&other.timestamp)).then(one.value.total_cmp(&other.value)));
    Ok(points)
}

/// Left to itself, SQLite without statistics takes the primary key, which begins with the metric's key, and reads that
/// metric of every run. Stores before MLflow 3.12 have an index on the run alone; `+` keeps the primary key out.
pub(super) fn statement(schema: Schema) -> String {
    let columns = "SELECT step, value, is_nan, timestamp FROM metrics";
    if schema.has_history_index {
        format!("{columns} INDEXED BY {HISTORY_INDEX} WHERE run_uuid = ?1 AND key = ?2")
    } else {
        format!("{columns} WHERE run_uuid = ?1 AND +key = ?2")
    }
}
