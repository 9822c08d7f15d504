//! llama.cpp's server with a small model, which answers as OpenAI's servers do and understands next to nothing.

use std::process::Command;

use tempfile::TempDir;

use super::{Service, Stop, answers, free_port, service_folder, tool};
/// A running server.
pub(crate) struct Llama {
    port: u16,
    _service: Service,
    _folder: TempDir,
}

impl Llama {
    /// Starts one where `tests/run.sh --with-model` has installed it.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let python = tool("TRIALOGUE_TEST_PYTHON_MODEL", test)?;
        let folder = service_folder();
        let port = free_port();
        let mut server = Command::new(python);
        server.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judges/serve_model.py")).arg(port.to_string());
        let log = folder.path().join("llama.log");
        let service = Service::start("llama.cpp", &server, Stop::Kill, &log, || answers(port, "/health"));
        Some(Self { port, _service: service, _folder: folder })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }
}
