//! What several modules of these tests need: temporary folders, and Pythons that have MLflow.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use trialogue::domain::metric::MetricPoint;
use trialogue::domain::run::RunId;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{HistoryQuery, OpenMode, Store};

/// The Python that `TRIALOGUE_TEST_PYTHON` names, one that has a recent MLflow; without it, says that `test` is skipped.
/// `bash tests/run.sh` sets it.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    let python = std::env::var_os("TRIALOGUE_TEST_PYTHON").map(PathBuf::from);
    if python.is_none() {
        eprintln!("skipped: {test} needs TRIALOGUE_TEST_PYTHON, a Python with MLflow: run `bash tests/run.sh`");
    }
    python
}

/// A folder that is removed with its content when the value is dropped.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// What a program of `tests/judges` prints when it is run in `folder`.
pub(crate) fn judge(python: &Path, program: &str, arguments: &[&str], folder: &Path) -> String {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges").join(program);
    let mut command = Command::new(python);
    command.arg(program).args(arguments);
    output(command, folder)
}

/// What a piece of Python prints when it is run in `folder`.
pub(crate) fn run_python(python: &Path, code: &str, folder: &Path) -> String {
    let mut command = Command::new(python);
    command.arg("-c").arg(code);
    output(command, folder)
}

fn output(mut command: Command, folder: &Path) -> String {
    let output = command.current_dir(folder).env("MLFLOW_DISABLE_TELEMETRY", "true").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The store in a file.
pub(crate) fn open(path: &Path, mode: OpenMode) -> Store {
    Store::Sqlite(SqliteStore::open(path, mode).unwrap_or_else(|error| panic!("{error}")))
}

/// All points of one metric of one run.
pub(crate) async fn history(store: &Store, run: &RunId, key: &str) -> Vec<MetricPoint> {
    let query = HistoryQuery { runs: vec![run.clone()], key: key.to_owned(), at_most: usize::MAX, steps: None };
    store.metric_histories(&query).await.unwrap().remove(0).points
}
