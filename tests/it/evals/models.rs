//! A model under test: recorded through an OpenAI-compatible server, replayed without one, compared with the interpreter.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use trialogue::evals::report::read_results;
use trialogue::evals::results::CaseResult;

use super::program::{program, run};
use crate::scripted_openai::{KEY, ScriptedOpenAi, Turn};
use crate::support::folder;

/// What the model does for the three cases of `best.mape.tie`, one after the other: right, right in another way, and wrong.
fn script() -> Vec<Turn> {
    let says = "tft-large and nhits-a tie for the lowest mape: 10.7.";
    vec![
        Turn::calls(&[("best_run", json!({"metric": "mape"}))]),
        Turn::text(says),
        Turn::calls(&[("list_experiments", json!({}))]),
        Turn::calls(&[("best_run", json!({"experiment": "demand-forecast", "metric": "MAPE", "direction": "min"}))]),
        Turn::text(says),
        Turn::calls(&[("best_run", json!({"metric": "rmse"}))]),
        Turn::text("tft-large has the lowest rmse: 28.4."),
    ]
}

fn arguments<'a>(command: &'a str, cassettes: &'a str, out: &'a str) -> Vec<&'a str> {
    let fixed = "--planner openai:small --case best.mape.tie --jobs 1".split(' ');
    ["eval", command].into_iter().chain(fixed).chain(["--cassettes", cassettes, "--out", out]).collect()
}

/// A run's results without what varies, how long things took.
fn steady(folder: &Path) -> Vec<Value> {
    let steady = |result: CaseResult| {
        let mut value = serde_json::to_value(result).unwrap();
        for turn in value["turns"].as_array_mut().unwrap() {
            turn.as_object_mut().unwrap().retain(|key, _| !key.ends_with("_ms"));
        }
        value
    };
    read_results(folder).unwrap().into_iter().map(steady).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_recorded_replayed_without_a_network_and_compared() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = ScriptedOpenAi::start(script()).await;
    let environment = [("OPENAI_BASE_URL", server.base_url.as_str()), ("OPENAI_API_KEY", KEY)];
    let (code, text) = run(&arguments("record", &at("tapes"), &at("recorded")), &environment).await;
    assert_eq!(code, 0, "{text}");
    let recorded = read_results(&folder.path().join("recorded")).unwrap();
    let passed: Vec<bool> = recorded.iter().map(|result| result.passed).collect();
    assert_eq!(passed, [true, true, false], "{text}");
    assert!(recorded.iter().all(|result| result.usage.is_some() && result.cost.is_none()), "an unknown price is null, not 0");
    drop(server);

    let tape = fs::read_to_string(folder.path().join("tapes/best.openai_small.1.jsonl")).unwrap();
    assert_eq!(tape.lines().count(), 7);
    assert!(!tape.contains(KEY));

    // Nobody listens there, and nobody is asked.
    let nowhere = [("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")];
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("replayed")), &nowhere).await;
    assert_eq!(code, 0, "{text}");
    assert_eq!(steady(&folder.path().join("replayed")), steady(&folder.path().join("recorded")));

    let (code, text) = run(&["eval", "run", "--case", "best.mape.tie", "--out", &at("builtin")], &[]).await;
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&["eval", "compare", &at("builtin"), &at("replayed"), "--html", &at("both.html")], &[]).await;
    assert!(code == 0 && text.contains("not enough cases") && text.contains("Lost: best.mape.tie.03"), "{code}: {text}");
    assert!(fs::read_to_string(at("both.html")).unwrap().contains("not_enough_cases"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_recorded_ends_without_a_verdict_and_says_what_changed() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = ScriptedOpenAi::start(script()).await;
    let environment = [("OPENAI_BASE_URL", server.base_url.as_str())];
    let (code, text) = run(&arguments("record", &at("tapes"), &at("recorded")), &environment).await;
    assert_eq!(code, 0, "{text}");
    drop(server);
    // Other words for the model are another request.
    let prompts = folder.path().join("prompts");
    fs::create_dir(&prompts).unwrap();
    let system = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/system.md")).unwrap();
    fs::write(prompts.join("system.md"), format!("{system}\nBe brief.\n")).unwrap();
    let changed = [("TRIALOGUE_PROMPTS", prompts.to_str().unwrap())];
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("replayed")), &changed).await;
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("message 1 (system)") && text.contains("is recorded in"), "{text}");
    let results = read_results(&folder.path().join("replayed")).unwrap();
    assert!(results.iter().all(|result| result.incomplete.is_some() && !result.passed));
    // One reply fewer: the case breaks off after its call, the others are judged.
    let tape = folder.path().join("tapes/best.openai_small.1.jsonl");
    let lines: Vec<String> = fs::read_to_string(&tape).unwrap().lines().filter(|line| !line.contains("28.4.")).map(str::to_owned).collect();
    assert_eq!(lines.len(), 6);
    fs::write(&tape, lines.join("\n")).unwrap();
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("shorter")), &[]).await;
    assert!(code == 3 && text.contains("1 of 3 cases could not be judged"), "{code}: {text}");
    let incomplete: Vec<Option<String>> =
        read_results(&folder.path().join("shorter")).unwrap().into_iter().map(|result| result.incomplete).collect();
    assert!(incomplete[0].is_none() && incomplete[2].as_ref().is_some_and(|reason| reason.contains("broke off")), "{incomplete:?}");
    // A cassette that is not there is no verdict either; a planner without a model has none.
    assert_eq!(program(&arguments("replay", &at("elsewhere"), &at("out")), &[]).status().unwrap().code(), Some(3));
    let builtin = ["eval", "replay", "--planner", "builtin", "--out", &at("out")];
    assert_eq!(program(&builtin, &[]).status().unwrap().code(), Some(2));
}
