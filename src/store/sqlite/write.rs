//! Making an experiment.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::connection::Session;
use super::fault::Fault;
use super::rows::text;
use crate::domain::experiment::{ExperimentId, NewExperiment};
use crate::store::StoreError;

/// Writes the experiment and its tags, and gives its id. Runs inside the caller's transaction.
pub(super) fn create_experiment(session: &Session, new: &NewExperiment) -> Result<ExperimentId, Fault> {
    let connection = &session.connection;
    refuse_taken(session, &new.name)?;
    let now = now_millis();
    let mut columns = vec![("name", Value::from(new.name.clone())), ("lifecycle_stage", Value::from("active".to_owned()))];
    if session.schema.has_experiment_times {
        columns.extend([("creation_time", Value::from(now)), ("last_update_time", Value::from(now))]);
    }
    // A `workspace` column is left to its default, as MLflow without workspaces leaves it.
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let holders: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
    let statement = format!("INSERT INTO experiments ({}) VALUES ({})", names.join(", "), holders.join(", "));
    connection.execute(&statement, params_from_iter(columns.into_iter().map(|(_, value)| value)))?;

    let id = connection.last_insert_rowid();
    let location = format!("{}/{id}", artifact_root(connection)?);
    connection.execute("UPDATE experiments SET artifact_location = ?1 WHERE experiment_id = ?2", params![location, id])?;
    for tag in &new.tags {
        connection
            .execute("INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?1, ?2, ?3)", params![tag.key, tag.value, id])?;
    }
    Ok(ExperimentId(id.to_string()))
}

fn refuse_taken(session: &Session, name: &str) -> Result<(), Fault> {
    let in_default = if session.schema.has_workspaces { " AND workspace = 'default'" } else { "" };
    let statement = format!("SELECT experiment_id, lifecycle_stage FROM experiments WHERE name = ?1{in_default}");
    let taken = session.connection.query_row(&statement, [name], |row| Ok((text(row, 0)?, text(row, 1)?))).optional()?;
    let message = match taken {
        None => return Ok(()),
        Some((id, stage)) if stage == "deleted" => {
            format!("the name `{name}` is still taken by the deleted experiment {id}: choose another name, or restore that one in MLflow")
        }
        Some((id, _)) => format!("there is already an experiment `{name}` (id {id}): use it, or choose another name"),
    };
    Err(Fault::Told(StoreError::Conflict(message)))
}

/// The folder or URI under which experiments keep their artifacts.
///
/// The file does not say it; MLflow is told on its command line. The experiment that MLflow makes at first open shows it:
/// its location is the root and its id. Without it, the root is MLflow's default for a local client: `./mlruns`, absolute.
fn artifact_root(connection: &Connection) -> Result<String, Fault> {
    let first =
        connection.query_row("SELECT artifact_location FROM experiments WHERE experiment_id = 0", [], |row| text(row, 0)).optional()?;
    if let Some(root) = first.as_deref().and_then(|location| location.strip_suffix("/0")).filter(|root| !root.is_empty()) {
        return Ok(root.to_owned());
    }
    let folder = std::path::absolute(Path::new("mlruns"))
        .map_err(|error| StoreError::Unavailable(format!("the working directory, where artifacts would go, is unknown: {error}")))?;
    Ok(folder.to_string_lossy().into_owned())
}

fn now_millis() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
