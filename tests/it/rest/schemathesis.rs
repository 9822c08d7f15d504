//! Schemathesis, which reads the service's own description, sends what fits it and what does not, and checks that the service keeps its word.

use std::path::Path;
use std::process::Command;

use trialogue::api::auth::Role;

use crate::services::guarded::key;
use crate::services::mlflow::{Artifacts, MlflowServer, Release};
use crate::services::trialogue::Trialogue;
use crate::services::{is_full, tool};
use crate::support::folder;

/// Cases of each check and route, at full length and otherwise.
const EXAMPLES: usize = 400;
const FEW_EXAMPLES: usize = 5;

/// Cases that a run at full length must have had.
const CASES_AT_LEAST: usize = 5_000;

#[test]
fn the_service_keeps_its_word_over_a_file() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    check(folder.path(), &format!("sqlite:///{}", store.display()));
}

#[test]
fn the_service_keeps_its_word_over_a_server() {
    let test = "the service over a server, put to Schemathesis";
    if !is_full(test) {
        return;
    }
    let Some(python) = Release::Newest.python(test) else { return };
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let server = MlflowServer::start(&python, &format!("sqlite:///{}", store.display()), Artifacts::Own);
    check(folder.path(), &server.uri());
}

fn check(folder: &Path, tracking_uri: &str) {
    let test = "the service, put to Schemathesis";
    let Some(program) = tool("TRIALOGUE_TEST_SCHEMATHESIS", test) else { return };
    let examples = if is_full(&format!("{test} at length")) { EXAMPLES } else { FEW_EXAMPLES };
    let file = folder.join("keys.json");
    let (_, key) = key(&file, None, Role::Writer);
    let service = Trialogue::start(&["--tracking-uri", tracking_uri, "--keys", file.to_str().unwrap()], &[]);
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schemathesis.toml");
    let mut command = Command::new(program);
    command.args(["--config-file", config.to_str().unwrap(), "run", &format!("http://127.0.0.1:{}/openapi.json", service.port())]);
    command.args(["--checks", "all", "--seed", "1", "--no-color", "--max-examples", &examples.to_string()]);
    command.args(["--header", &format!("Authorization: Bearer {key}")]).current_dir(folder);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let counted = told.lines().find(|line| line.contains(" generated, ")).unwrap_or_else(|| panic!("{told}"));
    let cases: usize = counted.trim().split(' ').next().unwrap().parse().unwrap();
    eprintln!("{tracking_uri}: {cases} cases");
    assert!(examples == FEW_EXAMPLES || cases >= CASES_AT_LEAST, "{counted}");
}
