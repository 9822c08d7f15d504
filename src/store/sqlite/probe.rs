//! What a store's schema has: probed, never concluded from a version.
//!
//! MLflow migrates a file in place, silently, whenever a newer version opens it, so the same path may change its columns
//! while we have it open. Only the differences that our statements care about are kept here.

use std::path::Path;

use rusqlite::Connection;

use super::fault::Fault;
use crate::store::StoreError;

/// The tables without which nothing can be answered.
const TABLES: [&str; 7] = ["experiments", "experiment_tags", "runs", "params", "tags", "metrics", "latest_metrics"];

/// The parts of MLflow's schema that are not the same in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Schema {
    /// `experiments.workspace`: from MLflow 3.10 on.
    pub(super) has_workspaces: bool,
    /// `experiments.creation_time` and `.last_update_time`: from MLflow 1.29 on.
    pub(super) has_experiment_times: bool,
    /// The index on `metrics (run_uuid, key, step)`: from MLflow 3.12 on.
    pub(super) has_history_index: bool,
    /// The tables `datasets`, `inputs` and `input_tags`: from MLflow 2.4 on.
    pub(super) has_datasets: bool,
}

/// The index that makes reading one history a single range.
pub(super) const HISTORY_INDEX: &str = "index_metrics_run_uuid_key_step";

/// Looks at the schema, and refuses a file that is no MLflow store.
pub(super) fn probe(connection: &Connection, path: &Path) -> Result<Schema, Fault> {
    let mut missing = Vec::new();
    for table in TABLES {
        if !has_table(connection, table)? {
            missing.push(table);
        }
    }
    if !missing.is_empty() {
        return Err(Fault::Told(StoreError::Foreign(refusal(&missing, path))));
    }
    let columns = columns_of_experiments(connection)?;
    Ok(Schema {
        has_workspaces: columns.iter().any(|column| column == "workspace"),
        has_experiment_times: columns.iter().any(|column| column == "creation_time")
            && columns.iter().any(|column| column == "last_update_time"),
        has_history_index: has_index(connection, HISTORY_INDEX)?,
        has_datasets: has_table(connection, "datasets")? && has_table(connection, "inputs")? && has_table(connection, "input_tags")?,
    })
}

/// Whether the file holds nothing yet.
pub(super) fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)", [], |row| row.get(0))
}

/// Whether there is such a table, or a view in its place.
fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1)")?
        .query_row([name], |row| row.get(0))
}

fn has_index(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?1)")?
        .query_row([name], |row| row.get(0))
}

fn columns_of_experiments(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection.prepare_cached("SELECT name FROM pragma_table_info('experiments')")?.query_map([], |row| row.get(0))?.collect()
}

fn refusal(missing: &[&str], path: &Path) -> String {
    let shown = path.display();
    if missing == ["latest_metrics"] {
        return format!(
            "`{shown}` is an MLflow store older than version 1.1, without the table latest_metrics: open it once with a newer MLflow (`mlflow db upgrade`)"
        );
    }
    format!("`{shown}` is an SQLite file but no MLflow store: it has no table {}", missing.join(", "))
}
