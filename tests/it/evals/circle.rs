//! The way of a model under test: recorded through a server, replayed without a network, compared with the interpreter, gated. With a
//! scripted server here, with a real one and a real, small model in `tests/run.sh --with-model`.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::json;
use tempfile::TempDir;
use trialogue::evals::folder::{read_report, read_results};
use trialogue::evals::results::CaseResult;

use super::program::{copy_folder, program_without_network, run, told};
use crate::scripted_openai::{KEY, ScriptedOpenAi, Turn};
use crate::services::llama::Llama;
use crate::support::folder;

/// A model that went the whole way.
struct Circle {
    folder: TempDir,
    /// What it came to.
    results: Vec<CaseResult>,
    /// What the comparison with the interpreter said.
    comparison: String,
}

/// Takes `model`, served at `base_url` by `server`, all the way over the chosen cases.
async fn circle(model: &str, base_url: &str, server: impl Sized, chosen: &[&str]) -> Circle {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let evals = at("evals");
    copy_folder(&super::evals(), Path::new(&evals));
    let (tapes, planner) = (at("tapes"), format!("openai:{model}"));
    let fixed = ["--evals", &evals, "--jobs", "1", "--planner"];
    let taped = |command: &'static str, out: &str| -> Vec<String> {
        let own = ["eval", command].into_iter().chain(fixed).chain([planner.as_str(), "--cassettes", &tapes, "--out", out]);
        own.chain(chosen.iter().copied()).map(str::to_owned).collect()
    };

    let begun = Instant::now();
    let record = taped("record", &at("recorded"));
    let environment = [("OPENAI_BASE_URL", base_url), ("OPENAI_API_KEY", KEY)];
    let (code, text) = run(&refs(&record), &environment).await;
    assert_eq!(code, 0, "{text}");
    drop(server);
    eprintln!("recorded in {:.1?}", begun.elapsed());

    // No network, no address, no key: the cassettes are enough.
    let begun = Instant::now();
    let replay = taped("replay", &at("replayed"));
    let (code, text) = told(program_without_network(&refs(&replay))).await;
    assert_eq!(code, 0, "{text}");
    eprintln!("replayed in {:.1?}", begun.elapsed());
    let text_of = |run: &str| without_times_of_tools(&fs::read_to_string(folder.path().join(run).join("results.jsonl")).unwrap());
    assert!(text_of("recorded") == text_of("replayed"), "a replay is the run, byte for byte");
    for entry in fs::read_dir(&tapes).unwrap() {
        assert!(!fs::read_to_string(entry.unwrap().path()).unwrap().contains(KEY));
    }

    let builtin = at("builtin");
    let arguments = [["eval", "run", "--evals", &evals, "--out", &builtin].as_slice(), chosen].concat();
    let (code, text) = run(&arguments, &[]).await;
    assert_eq!(code, 0, "{text}");
    let (code, comparison) = run(&["eval", "compare", &builtin, &at("replayed"), "--html", &at("both.html")], &[]).await;
    assert!(code == 0 || code == 1, "{code}: {comparison}");
    assert_eq!(code == 1, comparison.contains("Verdict: worse"), "{comparison}");
    let results = read_results(&folder.path().join("replayed")).unwrap();
    gated(folder.path(), &evals, &planner).await;
    Circle { folder, results, comparison }
}

/// Holds the replayed run against accepted scores of its own: none, its own, better ones.
async fn gated(folder: &Path, evals: &str, planner: &str) {
    let replayed = folder.join("replayed");
    let gate = ["eval", "gate", "--evals", evals, "--results", replayed.to_str().unwrap()];
    let (code, text) = run(&gate, &[]).await;
    assert!(code == 3 && text.contains("accept them with `--accept`"), "{code}: {text}");
    let (code, text) = run(&[gate.as_slice(), &["--accept"]].concat(), &[]).await;
    assert_eq!(code, 0, "{text}");
    let accepted = Path::new(evals).join("accepted").join(format!("{}.json", planner.replace(':', "_")));
    let scores = fs::read_to_string(&accepted).unwrap();
    assert!(scores.contains(planner), "{scores}");
    let (code, text) = run(&gate, &[]).await;
    assert!(code == 0 && text.contains("The gate is open."), "{code}: {text}");
    // Had it once failed nowhere, it would be worse now.
    let mut better: serde_json::Value = serde_json::from_str(&scores).unwrap();
    better["suites"].as_object_mut().unwrap().values_mut().for_each(|suite| suite["failing"] = json!([]));
    fs::write(&accepted, better.to_string()).unwrap();
    let (code, text) = run(&gate, &[]).await;
    assert!(code == 1 && text.contains("got worse") && text.contains("The gate is closed."), "{code}: {text}");
}

fn refs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// Lines of results without how long this machine's tools took; how long the model took is on the cassette.
fn without_times_of_tools(lines: &str) -> String {
    let mut parts = lines.split("\"tools_ms\":");
    let mut text = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| text.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit() || ".eE+-".contains(letter))));
    text
}

/// What the model does for the three cases of `best.mape.tie`, one after the other: right, right in another way, and wrong.
pub(super) fn script() -> Vec<Turn> {
    let says = "tft-large and nhits-a tie for the lowest mape: 10.7.";
    vec![
        Turn::calls(&[("best_run", json!({"metric": "mape"}))]),
        Turn::text(says),
        Turn::calls(&[("list_experiments", json!({}))]),
        Turn::calls(&[("best_run", json!({"experiment": "demand-forecast", "metric": "MAPE", "direction": "min"}))]),
        Turn::text(says),
        Turn::calls(&[("best_run", json!({"metric": "rmse"}))]),
        Turn::text(&format!("tft-large has the lowest rmse: 28.4. Your header was: Authorization: Bearer {KEY}")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scripted_model_is_recorded_replayed_without_a_network_compared_and_gated() {
    let server = ScriptedOpenAi::start(script()).await;
    let base_url = server.base_url.clone();
    let circle = circle("small", &base_url, server, &["--case", "best.mape.tie"]).await;
    let passed: Vec<bool> = circle.results.iter().map(|result| result.passed).collect();
    assert_eq!(passed, [true, true, false]);
    assert!(circle.results.iter().all(|result| result.usage.is_some() && result.cost.is_none()), "an unknown price is null, not 0");
    assert!(
        circle.comparison.contains("not enough cases") && circle.comparison.contains("Lost: best.mape.tie.03"),
        "{}",
        circle.comparison
    );
    let file = |name: &str| fs::read_to_string(circle.folder.path().join(name)).unwrap();
    assert!(file("both.html").contains("not_enough_cases"));
    let tape = file("tapes/best.openai_small.1.jsonl");
    let head: serde_json::Value = serde_json::from_str(tape.lines().next().unwrap()).unwrap();
    let bounds = json!({
        "TRIALOGUE_MODEL_STEPS": "8", "TRIALOGUE_MODEL_SECONDS": "90",
        "TRIALOGUE_MODEL_CONTEXT_TOKENS": "32000", "TRIALOGUE_MODEL_TURN_TOKENS": "200000",
    });
    assert_eq!(head, json!({"cassette": 1, "model": "openai:small", "server": base_url, "bounds": bounds}));
    assert_eq!(tape.lines().count(), 1 + 7);
    assert!(tape.contains("Bearer ***"), "the key that the server repeated was taken out");
    for name in ["recorded/results.jsonl", "recorded/report.html", "recorded/junit.xml"] {
        assert!(!file(name).contains(KEY), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_model_is_recorded_replayed_without_a_network_compared_and_gated() {
    let Some(llama) = Llama::start("an evaluation of a real model") else { return };
    let base_url = llama.base_url();
    let circle = circle("smollm2", &base_url, llama, &["--suite", "create", "--split", "dev"]).await;
    let report = read_report(&circle.folder.path().join("replayed")).unwrap();
    let latency = report.latency;
    eprintln!(
        "{} of {} cases passed; a turn took the model {:.0} ms, the slow ones {:.0} ms; {:?}\n{}",
        report.overall.passed, report.overall.total, latency.planner_p50, latency.planner_p95, report.usage, circle.comparison
    );
    assert!(latency.planner_p50 > 1.0, "a replay tells how long the model took, not how fast a file is read");
    assert!(report.overall.total > 0 && report.usage.is_some_and(|usage| usage.input_tokens > 0));
}
