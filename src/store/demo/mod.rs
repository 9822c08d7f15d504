//! The demo store: a small, believable MLflow store for trying Trialogue with no MLflow at hand, and for tests.
//!
//! Everything in it is made up, and every call makes the same: no clock, no outside randomness. Each experiment is a file of its
//! own here; what the experiments show between them (ties, NaN, divergence, runs that failed or still run, deleted ones) is
//! asserted in the tests below.

mod chatbot;
mod churn;
mod curve;
mod draft;
mod forecast;
mod fraud;
mod images;
mod random;
mod scratch;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::sqlite::fill::{self, ExperimentRecord};

/// What is in the demo store, deleted experiments and runs included.
#[must_use]
pub fn experiments() -> Vec<ExperimentRecord> {
    vec![
        churn::experiment(),
        fraud::experiment(),
        images::experiment(),
        forecast::experiment(),
        chatbot::experiment(),
        scratch::experiment(),
    ]
}

/// Makes the demo store as a new file at `path`, whole or not at all. A file that is there already is left alone: that is an error.
pub fn create(path: &Path) -> Result<(), StoreError> {
    // Told before the work is done; `persist_noclobber` below keeps the promise against a file that appears meanwhile.
    if fs::symlink_metadata(path).is_ok() {
        return Err(taken(path));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unavailable = |error: io::Error| StoreError::Unavailable(format!("cannot make a file in `{}`: {error}", folder.display()));
    // Made by hand and not by the crate, so that the file gets the rights that the user's umask asks for.
    let unfinished =
        tempfile::Builder::new().prefix(".trialogue-demo-").make_in(folder, |path| File::create_new(path)).map_err(unavailable)?;
    fill::write_file(unfinished.path(), &experiments())?;
    // Its content must reach the disk before its name does.
    unfinished.as_file().sync_all().map_err(unavailable)?;
    match unfinished.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(refusal) if refusal.error.kind() == io::ErrorKind::AlreadyExists => Err(taken(path)),
        Err(refusal) => Err(unavailable(refusal.error)),
    }
}

fn taken(path: &Path) -> StoreError {
    StoreError::Conflict(format!("`{}` exists already and is not overwritten: name a file that does not exist", path.display()))
}

/// A demo store in the system's folder for temporary files, removed when this value is dropped.
#[derive(Debug)]
pub struct TemporaryDemo {
    path: PathBuf,
    /// Held for its drop: it removes the folder with what MLflow and SQLite may have put beside the store.
    _folder: tempfile::TempDir,
}

impl TemporaryDemo {
    /// Makes one; each call makes another file, so that processes do not meet in it.
    pub fn create() -> Result<Self, StoreError> {
        let unavailable = |error: io::Error| StoreError::Unavailable(format!("cannot make a temporary folder: {error}"));
        let folder = tempfile::Builder::new().prefix("trialogue-demo-").tempdir().map_err(unavailable)?;
        let path = folder.path().join("demo.db");
        fill::write_file(&path, &experiments())?;
        Ok(Self { path, _folder: folder })
    }

    /// The store's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests;
