//! Real clients of the chat, on Node: three versions of Vercel's AI SDK, AG-UI's own client, and OpenAI's. What they check is in `tests/clients`.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};

use crate::services::tool;
use crate::services::trialogue::Trialogue;
use crate::support::folder;

/// A service with keys, and one of them.
fn served() -> (Trialogue, String, TempDir) {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let new = NewKey { name: "test".to_owned(), tenant: None, role: Role::Writer, expires_at: None };
    let (_, key) = keys::add(&file, new, jiff::Timestamp::now()).unwrap();
    (Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]), key, folder)
}

/// Runs a script of `tests/clients` and gives what it says.
fn run(script: &str, arguments: &[&str]) -> Option<String> {
    let packages = tool("TRIALOGUE_TEST_NODE_CLIENTS", script)?;
    let (service, key, _keys) = served();
    // Node looks for modules beside the script.
    let scripts = folder();
    std::os::unix::fs::symlink(packages.join("node_modules"), scripts.path().join("node_modules")).unwrap();
    let copied = scripts.path().join(script);
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script), &copied).unwrap();
    let mut command = Command::new(packages.join("node"));
    let base = format!("http://127.0.0.1:{}", service.port());
    let output = command.arg(copied).args(arguments).args([&base, &key]).output().unwrap();
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{script} {arguments:?}\n{}\n{}\n{}", words(&output.stdout), words(&output.stderr), service.log());
    Some(words(&output.stdout))
}

#[test]
fn the_ai_sdk_puts_an_answer_together() {
    for library in ["ai", "ai-6", "ai-5"] {
        let Some(told) = run("ai.mjs", &[library]) else { return };
        assert!(told.contains("step-start dynamic-tool") && told.contains("data-chart"), "{told}");
    }
}

#[test]
fn the_client_of_ag_ui_puts_a_run_together() {
    let Some(told) = run("ag_ui.mjs", &[]) else { return };
    let expected = "RUN_STARTED STATE_SNAPSHOT CUSTOM TOOL_CALL_START TOOL_CALL_ARGS TOOL_CALL_END TOOL_CALL_RESULT";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn openais_client_for_node_is_answered_as_by_a_model() {
    let Some(told) = run("openai.mjs", &[]) else { return };
    assert!(told.contains("streamed"), "{told}");
}
