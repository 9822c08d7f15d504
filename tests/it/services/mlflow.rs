//! MLflow tracking servers of several releases.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use trialogue::store::Store;
use trialogue::store::mlflow::{MlflowStore, Settings};

use super::s3::S3;
use super::{Service, Stop, accepts, answers, free_port, service_folder, tool};

/// A release that `tests/run.sh` installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// 3.18.0.
    Newest,
    /// 3.17.2: the first that does not take a NaN for 0.
    V3_17,
    /// 3.5.1: no points without `max_results`, no `IS NULL`.
    V3_5,
    /// 2.22.5: the last without logged models.
    V2_22,
    /// 2.9.2: the oldest we read.
    V2_9,
}

impl Release {
    /// The Python that has it; without one, says that `test` is skipped.
    pub(crate) fn python(self, test: &str) -> Option<PathBuf> {
        let variable = match self {
            Self::Newest => "TRIALOGUE_TEST_PYTHON",
            Self::V3_17 => "TRIALOGUE_TEST_PYTHON_3_17",
            Self::V3_5 => "TRIALOGUE_TEST_PYTHON_3_5",
            Self::V2_22 => "TRIALOGUE_TEST_PYTHON_2_22",
            Self::V2_9 => "TRIALOGUE_TEST_PYTHON_OLD",
        };
        tool(variable, test)
    }
}

/// Where a server keeps artifacts.
#[derive(Clone, Copy)]
pub(crate) enum Artifacts<'a> {
    /// In a folder that goes with it.
    Own,
    /// In S3, under this name.
    In(&'a S3, &'a str),
}

/// The store that a server offers, as the program opens it.
pub(crate) fn store_at(uri: &str, deadline: Duration) -> Store {
    let mut settings = Settings::new(uri);
    settings.deadline = deadline;
    Store::Mlflow(MlflowStore::new(settings).unwrap())
}

/// A running tracking server.
pub(crate) struct MlflowServer {
    command: Command,
    log: PathBuf,
    port: u16,
    service: Option<Service>,
    _folder: TempDir,
}

impl MlflowServer {
    /// Starts a server whose experiments and runs are in the database `store`.
    pub(crate) fn start(python: &Path, store: &str, artifacts: Artifacts<'_>) -> Self {
        let folder = service_folder();
        let port = free_port();
        let (destination, environment) = match artifacts {
            Artifacts::Own => (folder.path().join("artifacts").display().to_string(), Vec::new()),
            Artifacts::In(s3, name) => (s3.destination(name), s3.environment()),
        };
        let mut command = Command::new(python);
        command.args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1", "--port", &port.to_string()]);
        command.args(["--backend-store-uri", store, "--artifacts-destination", &destination]);
        // Jobs are eight more processes and a minute and a half of start-up.
        command.env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false").env("MLFLOW_DISABLE_TELEMETRY", "true");
        command.envs(environment);
        // The server calls `gunicorn` and `uvicorn` by their names.
        command.env("PATH", path_with(python.parent().unwrap())).current_dir(folder.path());
        let log = folder.path().join("server.log");
        let mut server = Self { command, log, port, service: None, _folder: folder };
        server.restart();
        server
    }

    /// What a client is given as tracking URI.
    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Kills it with all its processes, in the middle of whatever they do.
    pub(crate) fn kill(&mut self) {
        self.service = None;
        // The process that listens may be a child, which goes a moment after its parent.
        let killed = Instant::now();
        while accepts(self.port) {
            assert!(killed.elapsed() < Duration::from_secs(5), "a killed server listens");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it anew on the same port and waits until it answers.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let port = self.port;
        let name = format!("MLflow on port {port}");
        self.service = Some(Service::start(&name, &self.command, Stop::Kill, &self.log, || answers(port, "/health")));
    }
}

fn path_with(folder: &Path) -> std::ffi::OsString {
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&others))).unwrap()
}

#[test]
fn a_server_on_postgresql_and_s3_keeps_its_experiments_and_artifacts_when_it_is_killed() {
    use super::{ask, postgres::Postgres};
    let test = "a server on PostgreSQL and S3";
    let (Some(python), Some(postgres), Some(s3)) = (Release::Newest.python(test), Postgres::start(test), S3::start(test)) else { return };
    let mut server = MlflowServer::start(&python, &postgres.database("mlflow"), Artifacts::In(&s3, "a"));
    let port = server.port();
    let (status, body) = ask(port, "POST", "/api/2.0/mlflow/experiments/create", br#"{"name": "kept"}"#).unwrap();
    assert_eq!((status, body.contains("experiment_id")), (200, true), "{body}");
    let (status, body) = ask(port, "PUT", "/api/2.0/mlflow-artifacts/artifacts/1/a/artifacts/notes.txt", b"hello").unwrap();
    assert_eq!(status, 200, "{body}");
    server.kill();
    server.restart();
    let (status, body) = ask(port, "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=kept", b"").unwrap();
    assert_eq!((status, body.contains("\"kept\"")), (200, true), "{body}");
    let (status, body) = ask(port, "GET", "/api/2.0/mlflow-artifacts/artifacts?path=1/a/artifacts", b"").unwrap();
    assert_eq!((status, body.contains("notes.txt")), (200, true), "{body}");
}
