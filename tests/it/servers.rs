//! Real MLflow servers on this machine, each on a port of its own, ended with the value that holds them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to come up on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// The Python that `variable` names; without it, says that `test` is skipped.
pub(crate) fn python_of(variable: &str, test: &str) -> Option<PathBuf> {
    let python = std::env::var_os(variable).map(PathBuf::from);
    if python.is_none() {
        eprintln!("skipped: {test} needs {variable}, a Python with MLflow: run `bash tests/run.sh`");
    }
    python
}

/// A running MLflow server.
pub(crate) struct MlflowServer {
    child: Child,
    port: u16,
}

impl MlflowServer {
    /// Starts the MLflow of `python` on the SQLite file `store`, with artifacts and its log in `folder`.
    pub(crate) fn start(python: &Path, store: &Path, folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::create(folder.join(format!("mlflow-{port}.log"))).unwrap();
        let child = Command::new(python.with_file_name("mlflow"))
            .args(["server", "--host", "127.0.0.1", "--workers", "1", "--port", &port.to_string()])
            .args(["--backend-store-uri", &format!("sqlite:///{}", store.display())])
            .arg("--artifacts-destination")
            .arg(folder.join("artifacts"))
            .current_dir(folder)
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // The server is several processes: they are ended as a group.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut server = Self { child, port };
        let begun = Instant::now();
        while !server.is_healthy() {
            let ended = server.child.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(folder.join(format!("mlflow-{port}.log"))).unwrap_or_default();
                panic!("MLflow did not start ({ended:?}):\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    /// The tracking URI.
    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn is_healthy(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let asked = stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
    }
}

impl Drop for MlflowServer {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
