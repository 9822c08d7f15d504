//! Real servers for tests: MLflow, PostgreSQL and S3, each on a loopback port of its own, gone when its value is dropped.
//!
//! A server outlives neither its test nor the test program: a small shell keeps it, and ends it when our end of a pipe closes, however that
//! comes about. What is asked of the servers is the business of the tests that start them.

pub(crate) mod guarded;
pub(crate) mod llama;
pub(crate) mod mlflow;
pub(crate) mod postgres;
pub(crate) mod s3;
pub(crate) mod toxic;
pub(crate) mod trialogue;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a server may take to answer. Two cores that also build and test make it ten times what it takes alone.
const START_LIMIT: Duration = Duration::from_secs(120);

/// How long a server may take over one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// How long a server may take to end once it is told to.
const END_LIMIT: Duration = Duration::from_secs(20);

/// Runs a server in a session of its own until it ends or our standard input does, and sends the signal `$STOP` to the whole session. SIGTERM
/// is passed on to the server; its exit code is ours.
const KEEPER: &str = r#"
exec 3<&0
setsid "$@" </dev/null 3<&- &
server=$!
trap 'kill -s TERM "$server"' TERM
{ cat <&3 >/dev/null; kill -s "$STOP" -- "-$server"; } &
wait "$server"
code=$?
if kill -s 0 "$server" 2>/dev/null; then wait "$server"; code=$?; fi
exit "$code"
"#;

/// How a server is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// At once, whatever it is doing.
    Kill,
    /// At once and without a mess: PostgreSQL's immediate shutdown, which frees its shared memory.
    Quit,
}

/// A running server.
pub(crate) struct Service {
    name: String,
    keeper: Child,
    log: PathBuf,
}

impl Service {
    /// Starts `command` and waits until `is_up`; its words go to the file `log`. Panics with the end of the log where it does not come up.
    pub(crate) fn start(name: &str, command: &Command, stop: Stop, log: &Path, is_up: impl Fn() -> bool) -> Self {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(command.get_program()).args(command.get_args());
        for (variable, value) in command.get_envs() {
            keeper.env(variable, value.unwrap_or_default());
        }
        if let Some(folder) = command.get_current_dir() {
            keeper.current_dir(folder);
        }
        let words = File::options().create(true).append(true).open(log).unwrap();
        keeper.env("STOP", if stop == Stop::Kill { "KILL" } else { "QUIT" });
        let keeper = keeper.stdin(Stdio::piped()).stdout(words.try_clone().unwrap()).stderr(words).spawn().unwrap();
        let mut service = Self { name: name.to_owned(), keeper, log: log.to_owned() };
        let start = Instant::now();
        while !is_up() {
            let ended = service.keeper.try_wait().unwrap();
            assert!(ended.is_none(), "{name} ended while it started");
            assert!(start.elapsed() < START_LIMIT, "{name} does not answer after {START_LIMIT:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        service
    }

    /// Tells the server to end in good order.
    pub(crate) fn terminate(&self) {
        let keeper = Pid::from_raw(i32::try_from(self.keeper.id()).unwrap()).unwrap();
        kill_process(keeper, Signal::TERM).unwrap();
    }

    /// Whether the server has ended by itself, and how.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.keeper.try_wait().unwrap().and_then(|status| status.code())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let start = Instant::now();
        while start.elapsed() < END_LIMIT && matches!(self.keeper.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        if std::thread::panicking() {
            eprintln!("the last words of {}:\n{}", self.name, last_words(&self.log));
        }
    }
}

fn last_words(log: &Path) -> String {
    let words = std::fs::read(log).unwrap_or_default();
    let words = String::from_utf8_lossy(&words);
    let lines: Vec<&str> = words.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// A folder for a server's files, removed when dropped. Other users may enter it: PostgreSQL does not run as root.
pub(crate) fn service_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// A loopback port that nobody listens on and that was not given out before.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap();
    loop {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        if given.insert(port) {
            return port;
        }
    }
}

/// Whether somebody accepts connections on a loopback port.
pub(crate) fn accepts(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Whether a GET of `path` on a loopback port is answered with 200.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    ask(port, "GET", path, b"").is_ok_and(|(status, _)| status == 200)
}

/// The status and the body with which a server answers.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &[u8]) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply)?;
    let reply = String::from_utf8_lossy(&reply);
    let (head, body) = reply.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    Ok((status, body.to_owned()))
}

/// A path that `tests/run.sh` names in the environment; without it, says that `test` is skipped.
pub(crate) fn tool(variable: &str, test: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: {test} needs {variable}: run `bash tests/run.sh`");
    }
    path
}

#[test]
fn a_server_ends_with_its_value_and_all_its_processes_with_it() {
    let folder = service_folder();
    let port = free_port();
    // A process that has a child of its own, which listens.
    let mut command = Command::new("sh");
    let listen = format!("import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)");
    let Some(python) = tool("TRIALOGUE_TEST_PYTHON", "the end of a server") else { return };
    command.args(["-c", "\"$@\"; true", "parent"]).arg(python).args(["-c", &listen]);
    let service = Service::start("a listener", &command, Stop::Kill, &folder.path().join("log"), || accepts(port));
    drop(service);
    assert!(!accepts(port));
}

#[test]
#[should_panic(expected = "a failure ended while it started")]
fn a_server_that_cannot_start_is_told_at_once() {
    let folder = service_folder();
    Service::start("a failure", &Command::new("false"), Stop::Kill, &folder.path().join("log"), || false);
}

/// Whether the long tests run, with several servers side by side: `bash tests/run.sh --full` wants them; without, says that `test` is skipped.
pub(crate) fn is_full(test: &str) -> bool {
    let is_full = std::env::var_os("TRIALOGUE_TEST_FULL").is_some();
    if !is_full {
        eprintln!("skipped: {test} is long; `bash tests/run.sh --full` runs it");
    }
    is_full
}
