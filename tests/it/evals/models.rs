//! A model under test: what a cassette does not have, and what it must not have.

use std::fs;
use std::path::Path;

use serde_json::json;
use trialogue::agent::Planner;
use trialogue::config::{ModelBudget, Price};
use trialogue::evals::folder::read_results;
use trialogue::evals::play::Player;
use trialogue::evals::results::Prices;
use trialogue::evals::run::one;
use trialogue::llm::{Model, scripted};
use trialogue::prompts::Prompts;

use super::circle::script;
use super::program::{program, run};
use super::{cases, stages};
use crate::scripted_openai::{KEY, ScriptedOpenAi, Turn};
use crate::support::folder;

fn arguments<'a>(command: &'a str, cassettes: &'a str, out: &'a str) -> Vec<&'a str> {
    let fixed = "--planner openai:small --case best.mape.tie --jobs 1".split(' ');
    ["eval", command].into_iter().chain(fixed).chain(["--cassettes", cassettes, "--out", out]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_recorded_ends_without_a_verdict_and_says_what_changed() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = ScriptedOpenAi::start(script()).await;
    let environment = [("OPENAI_BASE_URL", server.base_url.as_str())];
    let (code, text) = run(&arguments("record", &at("tapes"), &at("recorded")), &environment).await;
    assert_eq!(code, 0, "{text}");
    let base_url = server.base_url.clone();
    drop(server);
    // Other words for the model are another request.
    let prompts = folder.path().join("prompts");
    fs::create_dir(&prompts).unwrap();
    let system = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/system.md")).unwrap();
    fs::write(prompts.join("system.md"), format!("{system}\nBe brief.\n")).unwrap();
    let changed = [("TRIALOGUE_PROMPTS", prompts.to_str().unwrap())];
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("replayed")), &changed).await;
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("message 1 (system)") && text.contains("is recorded: "), "{text}");
    let results = read_results(&folder.path().join("replayed")).unwrap();
    assert!(results.iter().all(|result| result.incomplete.is_some() && !result.passed));
    // Another server is another model, however alike their names.
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("elsewhere")), &[("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")]).await;
    assert_eq!(code, 3, "{text}");
    assert!(text.contains(&format!("the server (recorded at `{base_url}`, asked of `http://127.0.0.1:9/v1`")), "{text}");
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("there")), &[("OPENAI_BASE_URL", &format!("{base_url}/"))]).await;
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&arguments("record", &at("tapes"), &at("out")), &[("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")]).await;
    assert!(code == 3 && text.contains("record into another folder"), "{code}: {text}");
    // One reply fewer: the case breaks off after its call, the others are judged.
    let tape = folder.path().join("tapes/best.openai_small.1.jsonl");
    let lines: Vec<String> = fs::read_to_string(&tape).unwrap().lines().filter(|line| !line.contains("28.4.")).map(str::to_owned).collect();
    assert_eq!(lines.len(), 1 + 6);
    fs::write(&tape, lines.join("\n")).unwrap();
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("shorter")), &[]).await;
    assert!(code == 3 && text.contains("1 of 3 cases could not be judged"), "{code}: {text}");
    let incomplete: Vec<Option<String>> =
        read_results(&folder.path().join("shorter")).unwrap().into_iter().map(|result| result.incomplete).collect();
    assert!(incomplete[0].is_none() && incomplete[2].as_ref().is_some_and(|reason| reason.contains("is recorded: ")), "{incomplete:?}");
    // A cassette that is not there is no verdict either; a planner without a model has none.
    assert_eq!(program(&arguments("replay", &at("elsewhere"), &at("out")), &[]).status().unwrap().code(), Some(3));
    let builtin = ["eval", "replay", "--planner", "builtin", "--out", &at("out")];
    assert_eq!(program(&builtin, &[]).status().unwrap().code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_password_or_a_key_is_refused_and_not_repeated() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for address in [format!("http://user:{KEY}@127.0.0.1:9/v1"), format!("http://127.0.0.1:9/v1?api_key={KEY}")] {
        for command in ["record", "replay"] {
            let (code, text) = run(&arguments(command, &at("tapes"), &at("out")), &[("OPENAI_BASE_URL", &address)]).await;
            assert!(code == 2 && text.contains("put the key into OPENAI_API_KEY"), "{command} {code}: {text}");
            assert!(!text.contains(KEY), "{text}");
        }
    }
    assert!(!Path::new(&at("out")).join("results.jsonl").exists() && !Path::new(&at("tapes")).join("best.openai_small.1.jsonl").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_path_of_a_gateway_is_told_nowhere_and_hinders_no_replay() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = ScriptedOpenAi::start(script()).await;
    let address = server.base_url.replace("/v1", &format!("/{KEY}/v1"));
    let environment = [("OPENAI_BASE_URL", address.as_str()), ("OPENAI_API_KEY", KEY)];
    let (code, text) = run(&arguments("record", &at("tapes"), &at("recorded")), &environment).await;
    assert!(code == 0 && !text.contains(KEY), "{code}: {text}");
    drop(server);
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("replayed")), &environment).await;
    assert!(code == 0 && !text.contains(KEY), "{code}: {text}");
    // Nobody answers any more, and nothing is recorded for another server: both say where they asked.
    let (code, text) = run(&arguments("record", &at("others"), &at("unreached")), &environment).await;
    assert!(code == 3 && text.contains("/***/v1") && !text.contains(KEY), "{code}: {text}");
    let elsewhere = [("OPENAI_BASE_URL", &*format!("http://127.0.0.1:9/{KEY}/v1")), ("OPENAI_API_KEY", KEY)];
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("missed")), &elsewhere).await;
    assert!(code == 3 && text.contains("asked of `http://127.0.0.1:9/***/v1`") && !text.contains(KEY), "{code}: {text}");
    for name in ["tapes", "recorded", "replayed", "others", "unreached", "missed"] {
        for entry in fs::read_dir(at(name)).unwrap() {
            let path = entry.unwrap().path();
            assert!(!fs::read_to_string(&path).unwrap().contains(KEY), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_and_the_price_of_a_model_are_those_of_the_environment_and_a_replay_has_those_of_its_recording() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // One step: the model calls, is asked for an answer, and then is not asked again, though it would call for ever.
    let server = ScriptedOpenAi::start((0..9).map(|_| Turn::calls(&[("best_run", json!({"metric": "mape"}))]))).await;
    let address = server.base_url.clone();
    let environment = [("OPENAI_BASE_URL", address.as_str()), ("TRIALOGUE_MODEL_STEPS", "1"), ("TRIALOGUE_MODEL_PRICE", "1/2")];
    let (code, text) = run(&arguments("record", &at("tapes"), &at("recorded")), &environment).await;
    assert_eq!((code, server.requests().len()), (0, 6), "{text}");
    drop(server);
    let results = read_results(&folder.path().join("recorded")).unwrap();
    assert!(results.iter().all(|result| result.cost.is_some_and(|cost| cost > 0.0)), "the price is that of the environment");
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("replayed")), &[]).await;
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&arguments("replay", &at("tapes"), &at("out")), &[("TRIALOGUE_MODEL_STEPS", "3")]).await;
    assert!(code == 3 && text.contains("`TRIALOGUE_MODEL_STEPS` is 3, and was 1 when the cassette was recorded"), "{code}: {text}");
    let (code, text) = run(&arguments("record", &at("tapes"), &at("out")), &[("OPENAI_BASE_URL", &address)]).await;
    assert!(code == 3 && text.contains("was recorded with `TRIALOGUE_MODEL_CONTEXT_TOKENS=32000`"), "{code}: {text}");
}

#[tokio::test]
async fn tokens_that_a_server_does_not_tell_are_estimated_and_cost_nobody_knows_what() {
    let case = cases().find(|case| case.id == "best.mape.tie.01").unwrap();
    let replies = [
        scripted::Turn::calls(&[("best_run", json!({"metric": "mape"}))]),
        scripted::Turn::text("tft-large and nhits-a tie for the lowest mape: 10.7."),
    ];
    let model = Box::new(Model::Scripted(scripted::Scripted::new(replies)));
    let (prompts, budget) = (Prompts::load(None).unwrap(), ModelBudget::default());
    let player = Player::Planner(Planner::Model { model, prompts, budget });
    let prices = Prices::from([(player.name(), Price { input: 1.0, output: 1.0 })]);
    let result = one(case, 1, &player, stages(), &prices).await.unwrap();
    assert!(result.usage.is_some_and(|usage| usage.estimated && usage.input_tokens > 0), "{:?}", result.usage);
    assert_eq!(result.cost, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_gets_to_no_answer_fails_and_one_whose_server_does_not_answer_is_not_judged() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // Numbers that are in no result, though it was told; nothing at all; then the server breaks.
    let made_up = || Turn::text("tft-large has the lowest mape: 3.1415.");
    let broken = || Turn::response(400, "application/json", "{\"error\":{\"message\":\"overloaded\"}}");
    let server = ScriptedOpenAi::start([made_up(), made_up(), Turn::text(""), broken(), broken()]).await;
    let (code, text) = run(&arguments("record", &at("tapes"), &at("out")), &[("OPENAI_BASE_URL", server.base_url.as_str())]).await;
    assert!(code == 3 && text.contains("1 of 3 cases could not be judged"), "{code}: {text}");
    let results = read_results(&folder.path().join("out")).unwrap();
    for result in &results[..2] {
        assert!(!result.passed && result.incomplete.is_none(), "{result:?}");
        let why: Vec<String> = result.failures().flat_map(|score| score.why.clone()).collect();
        assert!(why.iter().any(|why| why.contains("the model got to no answer of its own: the model wrote")), "{why:?}");
        // What the interpreter did in its place is no credit to it.
        assert!(result.turns[0].calls.is_empty() && result.turns[0].answer.is_empty(), "{result:?}");
    }
    assert!(results[2].incomplete.as_ref().is_some_and(|reason| reason.contains("overloaded")), "{:?}", results[2].incomplete);
}

/// What a tool tells of a file in a temporary folder is part of the next request.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_lies_elsewhere_in_each_run_is_no_other_request() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let turns =
        [Turn::calls(&[("list_runs", json!({"experiment": "churn-prediction-q1"}))]), Turn::text("The store cannot be read. Is it there?")];
    let server = ScriptedOpenAi::start(turns).await;
    let broken = |command: &'static str, out: &str| -> Vec<String> {
        let fixed = ["eval", command, "--planner", "openai:small", "--case", "broken.list.01", "--cassettes", &at("tapes"), "--out", out];
        fixed.map(str::to_owned).to_vec()
    };
    let played = async |arguments: Vec<String>, environment: &[(&str, &str)]| {
        let (code, text) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), environment).await;
        assert_eq!(code, 0, "{text}");
    };
    played(broken("record", &at("recorded")), &[("OPENAI_BASE_URL", server.base_url.as_str())]).await;
    assert!(server.requests()[1].body.to_string().contains("/copy/store.db"), "{}", server.requests()[1].body);
    drop(server);
    played(broken("replay", &at("replayed")), &[]).await;
    let calls = |run: &str| read_results(&folder.path().join(run)).unwrap().remove(0).turns.remove(0).calls;
    assert_eq!(calls("recorded"), calls("replayed"));
    assert!(calls("replayed")[0].refused.as_ref().is_some_and(|refused| refused.contains("`/copy/store.db`")));
}
