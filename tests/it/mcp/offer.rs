//! Which tools are offered: what the operator allows, and of that what a client wants.

use std::process::{Command, Stdio};

use serde_json::json;

use super::{Caller, is_error, text};
use crate::services::trialogue::Trialogue;

#[tokio::test(flavor = "multi_thread")]
async fn headers_take_away_and_give_nothing() {
    let service = Trialogue::start(&["--demo", "--toolsets", "runs,experiments", "--exclude-tools", "get_run"], &[]);
    let all = ["list_experiments", "create_experiment", "describe_experiment", "list_runs", "best_run", "compare_runs"];
    let check = async |headers: &[(&'static str, &str)], expected: &[&str]| {
        let caller = headers.iter().fold(Caller::new(&service), |caller, (name, value)| caller.with(name, value));
        assert_eq!(caller.tools().await, expected, "{headers:?}");
        for tool in all.iter().chain(&["get_run", "metric_history", "read_artifact"]) {
            // What is not offered is not there to be called either.
            let answer = caller.answer("tools/call", &json!({ "name": tool, "arguments": { "experiment": 1 } })).await;
            assert_eq!(answer["error"]["code"] == -32602, !expected.contains(tool), "{headers:?} {tool}: {answer}");
        }
    };
    let reading: Vec<&str> = all.iter().copied().filter(|name| *name != "create_experiment").collect();
    check(&[], &all).await;
    check(&[("x-mcp-toolsets", "all")], &all).await;
    check(&[("x-mcp-toolsets", "analysis,artifacts")], &[]).await;
    check(&[("x-mcp-toolsets", "analysis"), ("x-mcp-tools", "get_run, best_run,metric_history")], &["best_run"]).await;
    check(&[("x-mcp-exclude-tools", "best_run"), ("x-mcp-toolsets", "runs")], &["list_runs", "compare_runs"]).await;
    check(&[("x-mcp-readonly", "true")], &reading).await;
    // What is not clearly off is on.
    check(&[("x-mcp-readonly", "maybe")], &reading).await;
    check(&[("x-mcp-readonly", "false"), ("x-mcp-readonly", "true")], &reading).await;
    check(&[("x-mcp-readonly", "false")], &all).await;
    for header in ["x-mcp-toolsets", "x-mcp-tools", "x-mcp-exclude-tools"] {
        let reply = Caller::new(&service).with(header, "rm").ask("tools/list", &json!({})).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_arguments"), "{header}");
        assert!(reply.text.contains("`rm`") && (reply.text.contains("`best_run`") || reply.text.contains("`analysis`")), "{}", reply.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_wins_over_all_that_allows() {
    let service = Trialogue::start(&["--demo", "--read-only", "--allow-writes", "--tools", "create_experiment,get_run"], &[]);
    let caller = Caller::new(&service).with("x-mcp-readonly", "false").with("x-mcp-tools", "create_experiment,get_run");
    assert_eq!(caller.tools().await, ["get_run"]);
    let reply = service.post("/api/v1/ml/experiments", &json!({ "name": "by-rest" })).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "read_only"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_ask_for_writes_without_consent() {
    let service = Trialogue::demo();
    let caller = Caller::new(&service).with("x-mcp-allow-writes", "true");
    let answer = caller.call("create_experiment", &json!({ "name": "unasked" })).await;
    assert_eq!(answer["resultType"], "input_required", "{answer}");
    let answer = caller.call("create_experiment", &json!({ "name": "unasked", "confirm": true })).await;
    assert!(is_error(&answer) && text(&answer).contains("'confirm'"), "{answer}");
}

#[test]
fn an_unknown_name_in_a_flag_or_a_variable_stops_the_start() {
    let program = env!("CARGO_BIN_EXE_trialogue");
    for command in [&["serve", "--port", "0"][..], &["mcp"]] {
        for (flag, variable, known) in [
            ("--toolsets", "TRIALOGUE_TOOLSETS", "`analysis`"),
            ("--tools", "TRIALOGUE_TOOLS", "`best_run`"),
            ("--exclude-tools", "TRIALOGUE_EXCLUDE_TOOLS", "`best_run`"),
        ] {
            for by_flag in [true, false] {
                let mut start = Command::new(program);
                start.arg("--demo").args(command);
                let start = if by_flag { start.args([flag, "best_runs"]) } else { start.env(variable, "best_runs") };
                let output = start.output().unwrap();
                let words = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{command:?} {flag}: {words}");
                assert!(words.contains("`best_runs`") && words.contains(known), "{command:?} {flag}: {words}");
                assert!(output.stdout.is_empty());
            }
        }
        let output = Command::new(program).arg("--demo").args(command).env("TRIALOGUE_READ_ONLY", "perhaps").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn a_host_that_leaves_before_it_asks_is_no_fault() {
    let output = Command::new(env!("CARGO_BIN_EXE_trialogue")).args(["--demo", "mcp"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
}
