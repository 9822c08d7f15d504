//! Real clients, each over HTTP and over standard input and output: both Python libraries in both eras of the protocol, the first TypeScript SDK,
//! and the Inspector. What they check is in `tests/mcp`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::store_with_artifact;
use crate::services::tool;
use crate::services::trialogue::Trialogue;
use crate::support::folder;

/// What the server does about writes, and the flag that tells it to.
const WRITES: [(&str, &[&str]); 3] = [("asked", &[]), ("allowed", &["--allow-writes"]), ("never", &["--read-only"])];

/// A store, and where it is served.
struct Served {
    service: Trialogue,
    uri: String,
    folder: TempDir,
    flags: &'static [&'static str],
}

impl Served {
    fn new(flags: &'static [&'static str]) -> Self {
        let folder = folder();
        let store = folder.path().join("store.db");
        store_with_artifact(&store);
        Self { service: Trialogue::over(&store, flags, &[]), uri: format!("sqlite:///{}", store.display()), folder, flags }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.service.port())
    }

    /// The words that reach it: over HTTP, and over standard input and output.
    fn targets(&self) -> [Vec<String>; 2] {
        let program = [env!("CARGO_BIN_EXE_trialogue"), "--tracking-uri", self.uri.as_str(), "mcp"];
        [vec![self.url()], program.iter().chain(self.flags).map(|word| (*word).to_owned()).collect()]
    }
}

fn contracts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools")
}

fn passed(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}\n{}", words(&output.stdout), words(&output.stderr));
    output
}

fn check_python(library: &str) {
    let Some(python) = tool("TRIALOGUE_TEST_PYTHON_MCP", library) else { return };
    for (writes, flags) in WRITES {
        let served = Served::new(flags);
        for target in served.targets() {
            for era in ["auto", "legacy"] {
                let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp/clients.py");
                let mut command = Command::new(&python);
                command.arg(program).args([library, era, writes]).arg(contracts()).args(&target).current_dir(served.folder.path());
                passed(&mut command);
            }
        }
    }
}

#[test]
fn the_python_sdk_gets_what_it_asks_for() {
    check_python("mcp");
}

#[test]
fn fastmcp_gets_what_it_asks_for() {
    check_python("fastmcp");
}

/// The Node for these clients, and where their packages are.
fn node(test: &str) -> Option<(PathBuf, PathBuf)> {
    let packages = tool("TRIALOGUE_TEST_NODE_MCP", test)?;
    Some((packages.join("node"), packages.join("node_modules")))
}

#[test]
fn the_first_typescript_sdk_gets_what_it_asks_for() {
    let Some((node, modules)) = node("the first TypeScript SDK") else { return };
    // Node looks for modules beside the script.
    let scripts = folder();
    std::os::unix::fs::symlink(modules, scripts.path().join("node_modules")).unwrap();
    let script = scripts.path().join("client.mjs");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp/client.mjs"), &script).unwrap();
    for (writes, flags) in WRITES {
        let served = Served::new(flags);
        for target in served.targets() {
            passed(Command::new(&node).arg(&script).arg(writes).arg(contracts()).args(&target));
        }
    }
}

/// How the Inspector ends where a tool's result is an error.
const TOOL_ERROR: i32 = 5;

#[test]
fn the_inspector_gets_what_it_asks_for() {
    let Some((node, modules)) = node("the Inspector") else { return };
    let served = Served::new(&[]);
    let home = folder();
    let [over_http, over_stdio] = served.targets();
    let url = over_http.concat();
    let http = |era: &str| ["--server-url", &url, "--transport", "http", "--protocol-era", era].map(str::to_owned).to_vec();
    for target in [http("legacy"), http("modern"), over_stdio] {
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&node);
            command.arg(modules.join("@modelcontextprotocol/inspector/clients/launcher/build/index.js")).arg("--cli");
            // It keeps what it learns at home.
            command.args(&target).args(arguments).args(["--format", "json"]).env("HOME", home.path()).current_dir(home.path());
            let output = command.output().unwrap();
            let words = String::from_utf8_lossy(&output.stdout).into_owned();
            let answer: Value = serde_json::from_str(&words).unwrap_or_default();
            let said = format!("{target:?} {arguments:?}: {words}{}", String::from_utf8_lossy(&output.stderr));
            (output.status.code(), answer["result"].clone(), said)
        };
        let call = |name: &str, arguments: Value| {
            run(&["--method", "tools/call", "--tool-name", name, "--tool-args-json", &arguments.to_string()])
        };

        // Strict: no schema that some client cannot read.
        let (code, listed, said) = run(&["--method", "tools/list", "--strict"]);
        assert_eq!((code, listed["tools"].as_array().map(Vec::len)), (Some(0), Some(11)), "{said}");
        assert!(said.contains("0 errors"), "{said}");

        for (name, example) in examples() {
            if name == "create_experiment" {
                continue;
            }
            let (code, result, said) = call(&name, example["arguments"].clone());
            assert!(code == Some(0) && result["structuredContent"].is_object(), "{said}");
        }
        let (code, result, said) = call("best_run", json!({ "experiment": "churn", "metric": "f1", "chart": "image" }));
        assert_eq!((code, &result["content"][1]["mimeType"]), (Some(0), &json!("image/png")), "{said}");
        let (code, result, said) = call("describe_experiment", json!({ "experiment": "chrun-predction-q9" }));
        assert!(code == Some(TOOL_ERROR) && result["isError"] == true && said.contains("churn-prediction-q1"), "{said}");
        let (code, _, said) = call("create_experiment", json!({ "name": "of-the-inspector" }));
        assert!(code == Some(TOOL_ERROR) && said.contains("--allow-writes"), "{said}");
        let (code, _, said) = call("drop_table", json!({}));
        assert!(code != Some(0), "{said}");

        let (code, result, said) = run(&["--method", "resources/list"]);
        assert!(code == Some(0) && result["resources"].as_array().is_some_and(|all| all.len() > 3), "{said}");
        let (code, result, said) = run(&["--method", "resources/read", "--uri", "trialogue://runs/run-017"]);
        assert!(code == Some(0) && result["contents"][0]["text"].as_str().is_some_and(|text| text.contains("run-017")), "{said}");
        let (code, result, said) = run(&["--method", "resources/templates/list"]);
        assert_eq!((code, result["resourceTemplates"].as_array().map(Vec::len)), (Some(0), Some(3)), "{said}");
        let (code, result, said) = run(&["--method", "prompts/list"]);
        assert_eq!((code, result["prompts"].as_array().map(Vec::len)), (Some(0), Some(5)), "{said}");
        let (code, _, said) = run(&["--method", "prompts/get", "--prompt-name", "best_run", "--prompt-args", "experiment=churn"]);
        assert!(code == Some(0) && said.contains("`churn`"), "{said}");
        let (code, _, said) = run(&["--method", "tools/list", "--app-info"]);
        assert!(code == Some(0) && said.contains("ui://trialogue/chart.html"), "{said}");
    }
}

/// The contracts' examples by tool.
fn examples() -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(contracts().join("examples.json")).unwrap();
    let Value::Object(examples) = serde_json::from_str(&text).unwrap() else { panic!("no object") };
    examples.into_iter().collect()
}
