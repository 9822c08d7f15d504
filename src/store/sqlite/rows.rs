//! Columns of MLflow's tables as domain values, tolerant of what old or foreign writers left in them.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::domain::experiment::Lifecycle;
use crate::domain::run::RunStatus;

/// A text column: NULL is empty, numbers are spelled, and bytes that are no UTF-8 become the replacement character, since
/// one bad parameter must not hide a run.
pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// A text column in place, without a copy; NULL and numbers are empty.
pub(super) fn bytes<'row>(row: &'row Row<'_>, column: usize) -> rusqlite::Result<&'row [u8]> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    })
}

/// A metric's value from its two columns.
///
/// MLflow's SQL stores write NaN as 0 with `is_nan` set, and ±inf as ±1.7976931348623157e308 ("the infinity is lost":
/// `_log_metrics` in `store/tracking/sqlalchemy_store.py`). No training run logs the largest double by itself, so it is read
/// as the infinity that it stands for.
pub(super) fn metric_value(row: &Row<'_>, value: usize, is_nan: usize) -> rusqlite::Result<Option<f64>> {
    let number = match row.get_ref(value)? {
        ValueRef::Real(number) => number,
        // SQLite keeps whole numbers of a FLOAT column as REAL; only a foreign writer's table can differ.
        #[expect(clippy::cast_precision_loss, reason = "a metric is a double in MLflow")]
        ValueRef::Integer(number) => number as f64,
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => return Ok(None),
    };
    let is_nan = matches!(row.get_ref(is_nan)?, ValueRef::Integer(flag) if flag != 0);
    Ok(Some(if is_nan {
        f64::NAN
    } else if number == f64::MAX {
        f64::INFINITY
    } else if number == f64::MIN {
        f64::NEG_INFINITY
    } else {
        number
    }))
}

/// The column `lifecycle_stage`.
pub(super) fn lifecycle(row: &Row<'_>, column: usize) -> rusqlite::Result<Lifecycle> {
    Ok(if bytes(row, column)? == b"deleted" { Lifecycle::Deleted } else { Lifecycle::Active })
}

/// The column `status`. MLflow's table allows NULL, which its model fills with SCHEDULED.
pub(super) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<RunStatus> {
    Ok(RunStatus::from_mlflow_name(&text(row, column)?).unwrap_or(RunStatus::Scheduled))
}
