//! The program as a service on the demonstration store, and whether it says that it is ready.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use reqwest::{Client, Response};

/// The moment of the examples, `tools::examples::NOW`.
const NOW: &str = "2025-04-01T00:00:00Z";

/// `trialogue serve` on the demonstration store; it ends when this is dropped.
pub(crate) struct Served {
    process: Child,
    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// A client that asks no proxy.
    pub(crate) client: Client,
}

impl Served {
    /// Starts it with these variables beside those of this process.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trialogue"));
        command.args(["serve", "--demo", "--port", "0"]).env("TRIALOGUE_NOW", NOW).env("TRIALOGUE_LOG", "error");
        command.envs(variables.iter().copied());
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let announced = lines.next().unwrap().unwrap();
        // The service must not wait for somebody to read its log.
        std::thread::spawn(move || lines.count());
        let address =
            announced.split([' ', ';']).find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("{announced}")).to_owned();
        Self { process, address, client: Client::builder().no_proxy().build().unwrap() }
    }

    /// The answer to a GET.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.address)).send().await.unwrap()
    }

    /// Ends it as an orchestrator does, with SIGTERM, and waits.
    #[cfg(feature = "otel")]
    pub(crate) fn end(mut self) {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn ready_tells_whether_a_service_answers() {
    let served = Served::start(&[]);
    let output = ready(served.address.rsplit(':').next().unwrap());
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(r#"{"status":"ready""#), "{output:?}");
}

#[test]
fn ready_fails_where_nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = ready(&port.to_string());
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

fn ready(port: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trialogue")).args(["ready", "--port", port]).output().unwrap()
}
