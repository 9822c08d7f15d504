//! The program itself, serving, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

use super::{Service, Stop, accepts, free_port, service_folder};

/// How long an answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// A running service.
pub(crate) struct Trialogue {
    port: u16,
    client: Client,
    log: PathBuf,
    service: Service,
    _folder: TempDir,
}

/// A status and what came with it.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the problem that it tells.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Trialogue {
    /// Serves the demonstration store to whoever reaches it.
    pub(crate) fn demo() -> Self {
        Self::start(&["--demo"], &[])
    }

    /// Serves the store in a file.
    pub(crate) fn over(store: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let uri = format!("sqlite:///{}", store.display());
        Self::start(&[&["--tracking-uri", &uri], arguments].concat(), environment)
    }

    /// Serves with these arguments.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = service_folder();
        let port = free_port();
        let log = folder.path().join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_trialogue"));
        command.args(["serve", "--port", &port.to_string(), "--log-format", "json"]).args(arguments);
        // Limits that tests run into by their number are set by the tests that are about them.
        command.env("TRIALOGUE_REQUESTS_PER_MINUTE", "1000000").env("TRIALOGUE_CALLS_PER_PRINCIPAL", "1000");
        command.env("TRIALOGUE_STATE", folder.path().join("state.db")).envs(environment.iter().copied());
        let service = Service::start("trialogue", &command, Stop::Kill, &log, || accepts(port));
        let client = Client::builder().no_proxy().tls_certs_only([]).timeout(ANSWER_LIMIT).build().unwrap();
        Self { port, client, log, service, _folder: folder }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        self.client.request(method.clone(), format!("http://127.0.0.1:{}{path}", self.port))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        send(self.request(&Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.request(&Method::POST, path).header("content-type", "application/json").body(body.to_string())).await
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Its resident memory in MiB.
    pub(crate) fn memory_mib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<usize>().unwrap() / 1024
    }

    /// The id of its process: the one that has our port among its arguments.
    fn process(&self) -> u32 {
        let wanted = format!("\0--port\0{}\0", self.port);
        let is_ours = |process: &u32| {
            let words = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).into_owned();
            words.contains(&wanted) && words.starts_with(env!("CARGO_BIN_EXE_trialogue"))
        };
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        processes.into_iter().find(is_ours).unwrap()
    }

    /// Tells it to end in good order.
    pub(crate) fn terminate(&self) {
        self.service.terminate();
    }

    /// Whether it has ended, and how.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.service.exit_code()
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Reply { status, headers, text: response.text().await.unwrap() }
}
