//! What goes wrong on a connection, told so that people can act on it.

use std::path::Path;

use rusqlite::{ErrorCode, ffi};

use crate::store::StoreError;

/// What went wrong in one piece of work on a connection.
#[derive(Debug)]
pub(super) enum Fault {
    /// The driver's own error, not yet explained.
    Driver(rusqlite::Error),
    /// An error that already says all.
    Told(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    /// Whether the schema is not the one that was probed: somebody migrated the file while we had it open.
    pub(super) fn is_stale_schema(&self) -> bool {
        let Self::Driver(error) = self else { return false };
        let message = match error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                if failure.code == ErrorCode::SchemaChanged {
                    return true;
                }
                message.as_deref()
            }
            rusqlite::Error::SqlInputError { msg, .. } => Some(msg.as_str()),
            _ => None,
        };
        message.is_some_and(|message| ["no such column", "no such table", "no such index"].iter().any(|start| message.contains(start)))
    }

    /// The error that the caller of the store sees.
    pub(super) fn explain(self, path: &Path) -> StoreError {
        match self {
            Self::Told(error) => error,
            Self::Driver(error) => explain_driver(&error, path),
        }
    }
}

fn explain_driver(error: &rusqlite::Error, path: &Path) -> StoreError {
    let shown = path.display();
    let (code, extended) = match error {
        rusqlite::Error::SqliteFailure(failure, _) | rusqlite::Error::SqlInputError { error: failure, .. } => {
            (failure.code, failure.extended_code)
        }
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => {
            return StoreError::Foreign(format!("`{shown}` holds a value of the wrong type: {error}"));
        }
        _ => return StoreError::Internal(error.to_string()),
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::Busy(format!("`{shown}` is locked by another program that is writing to it: try again when it has finished"))
        }
        ErrorCode::NotADatabase => {
            StoreError::Foreign(format!("`{shown}` is no SQLite database: name the file that MLflow's `--backend-store-uri` names"))
        }
        ErrorCode::DatabaseCorrupt => {
            StoreError::Foreign(format!("`{shown}` is damaged ({error}): restore a copy, or try `sqlite3 {shown} .recover`"))
        }
        ErrorCode::ReadOnly | ErrorCode::CannotOpen if is_unfinished_write(extended) || journal_is_beside(path) => {
            StoreError::Unavailable(format!(
                "`{shown}` was left in the middle of a write, and putting it right needs leave to write to it and its folder: open it once with MLflow, or where it may be written to"
            ))
        }
        ErrorCode::ReadOnly => {
            StoreError::Unavailable(format!("`{shown}` may not be written to: the file, its folder or its file system is read-only"))
        }
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            StoreError::Unavailable(format!("`{shown}` cannot be opened: see that it exists and that you may read it ({error})"))
        }
        ErrorCode::DiskFull => StoreError::Unavailable(format!("`{shown}` cannot grow: the disk is full")),
        ErrorCode::SystemIoFailure => StoreError::Unavailable(format!("`{shown}` cannot be read or written: {error}")),
        _ if error.to_string().contains("pattern too complex") => {
            StoreError::InvalidQuery("a `LIKE` pattern is too long: at most 50,000 bytes".to_owned())
        }
        _ => StoreError::Internal(error.to_string()),
    }
}

fn is_unfinished_write(extended: i32) -> bool {
    [ffi::SQLITE_READONLY_ROLLBACK, ffi::SQLITE_READONLY_RECOVERY, ffi::SQLITE_READONLY_CANTINIT].contains(&extended)
}

/// Whether a writer left its journal: SQLite reports some of these cases as a plain failure to open.
fn journal_is_beside(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    std::fs::metadata(journal).is_ok_and(|journal| journal.len() > 0)
}
