//! The seed's four questions on the demonstration store, through the real program: by the interpreter, and by a model.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::scripted_openai::{ScriptedOpenAi, Turn};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trialogue"));
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "TRIALOGUE_MODEL", "MLFLOW_TRACKING_URI", "TRIALOGUE_NOW", "TRIALOGUE_TENANT"] {
        command.env_remove(name);
    }
    command
}

/// The JSON line of each turn.
fn turns(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(!text.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ask(question: &str) -> Value {
    let output = program().args(["ask", "--demo", "--json", question]).output().unwrap();
    assert!(output.status.success(), "{question}: {output:?}");
    turns(&output).remove(0)
}

fn names(turn: &Value) -> Vec<&str> {
    turn["calls"][0]["resolved"]["runs"].as_array().unwrap().iter().map(|run| run["run_name"].as_str().unwrap()).collect()
}

#[test]
fn the_interpreter_lists_experiments_by_words() {
    let turn = ask("Show me all experiments for churn prediction");
    assert_eq!(turn["planner"], "builtin");
    assert_eq!(turn["calls"][0]["tool"], "list_experiments");
    assert_eq!(turn["results"][0]["experiments"][0]["name"], "churn-prediction-q1");
    assert_eq!(turn["results"][0]["experiments"][0]["run_count"], 24);
    assert_eq!(turn["results"][0]["experiments"][0]["best_metric"], json!({"f1_score": 0.912}));
}

#[test]
fn the_interpreter_finds_the_highest_f1_score() {
    let turn = ask("Which run had the highest F1 score?");
    assert_eq!(turn["calls"][0]["tool"], "best_run");
    assert_eq!(turn["results"][0]["best"]["run_name"], "run-017");
    assert_eq!(turn["results"][0]["value"], 0.912);
    assert_eq!(turn["results"][0]["best"]["parameters"]["algorithm"], "xgboost");
    assert_eq!(turn["results"][0]["best"]["parameters"]["n_estimators"], 200);
    assert_eq!(turn["chart"]["mark"]["type"].as_str().or(turn["chart"]["layer"][0]["mark"]["type"].as_str()), Some("bar"));
}

#[test]
fn the_interpreter_compares_the_last_three_runs_of_an_experiment() {
    let turn = ask("Compare the last 3 runs of churn-prediction-q1");
    assert_eq!(turn["calls"][0]["tool"], "compare_runs");
    assert_eq!(names(&turn), ["run-024", "run-023", "run-022"]);
    assert_eq!(turn["results"][0]["comparison"]["runs"].as_array().unwrap().len(), 3);
}

#[test]
fn the_interpreter_plots_the_training_loss_of_run_17() {
    let turn = ask("Plot the training loss curve for run 17");
    assert_eq!(turn["calls"][0]["tool"], "metric_history");
    assert_eq!(names(&turn), ["run-017"]);
    let steps = turn["results"][0]["steps"].as_array().unwrap();
    assert!(steps.len() >= 31);
    let at = |step: i64| steps.iter().find(|point| point["step"] == step).map(|point| point["value"].clone());
    assert_eq!([at(0), at(10), at(20), at(30)], [Some(json!(0.693)), Some(json!(0.412)), Some(json!(0.185)), Some(json!(0.082))]);
    assert!(turn["chart"].to_string().contains("\"line\""));
}

#[test]
fn the_seeds_comparison_has_the_seeds_figures() {
    let arguments = r#"{"run_ids": ["run-015", "run-016", "run-017"], "metrics": ["f1_score", "accuracy", "auc_roc"], "parameters": ["n_estimators", "learning_rate", "max_depth"]}"#;
    let output =
        program().args(["call", "--demo", "compare_runs", "--experiment", "churn-prediction-q1", "--json", arguments]).output().unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let runs = result["comparison"]["runs"].as_array().unwrap();
    let row = |index: usize| (runs[index]["run_name"].clone(), runs[index]["f1_score"].clone(), runs[index]["accuracy"].clone());
    assert_eq!(row(0), (json!("run-015"), json!(0.88), json!(0.93)));
    assert_eq!(row(1), (json!("run-016"), json!(0.9), json!(0.94)));
    assert_eq!(row(2), (json!("run-017"), json!(0.912), json!(0.95)));
    assert_eq!(result["comparison"]["best_run_name"], "run-017");
    let impact = |parameter: &str| result["comparison"]["parameter_impact"][parameter]["correlation_with_f1"].as_f64().unwrap();
    assert!(impact("n_estimators") > 0.7 && impact("learning_rate") < -0.6);
}

#[test]
fn a_question_that_is_not_understood_ends_with_1_and_a_wrong_flag_with_2() {
    let refused = program().args(["ask", "--demo", "what is the weather in Paris"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let wrong = program().args(["ask", "--demo", "--nonsense", "x"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let missing = program().args(["ask", "--tracking-uri", "sqlite:///no-such-file.db", "best run"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(3));
    assert!(missing.stdout.is_empty() && String::from_utf8_lossy(&missing.stderr).contains("no-such-file.db"));
}

#[test]
fn a_call_says_what_stood_in_its_way() {
    let check = |call: &[&str], told: &str| {
        let output = program().args(["call", "--demo"]).args(call).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(told), "{call:?}: {said}");
    };
    check(&["list_runs", "--filter", "params.algorithm = 'XGBoost'"], "no run has `XGBoost` for algorithm, but some have `xgboost`");
    check(&["list_runs", "--experiment", "churn-prediction-q1", "--filter", "start_time > '2025-03-10'"], "'2025-03-10T00:00:00Z'");
    check(&["list_runs", "--filter", "start_time > 'yesterday'"], "a date ('2026-03-07', UTC)");
    check(&["compare_runs", "--run-ids", "run-017", "sft-qwen-7b-r32"], "one call is about runs of one experiment");
}

#[test]
fn runs_are_sorted_by_the_numbers_that_a_parameter_holds() {
    let list = |arguments: &[&str]| {
        let call = ["call", "--demo", "list_runs", "--experiment", "churn-prediction-q1", "--sort-by", "params.n_estimators"];
        let output = program().args(call).args(arguments).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let held = |page: &Value| -> Vec<f64> {
        let runs = page["runs"].as_array().unwrap().iter();
        runs.filter_map(|run| run["parameters"]["n_estimators"].as_f64()).collect()
    };
    let first = list(&["--limit", "12"]);
    let token = first["next_page_token"].as_str().unwrap();
    let numbers = [held(&first), held(&list(&["--limit", "12", "--page-token", token]))].concat();
    assert!(numbers.len() > 15 && numbers.is_sorted(), "{numbers:?}");
    assert!(numbers.iter().any(|number| *number < 100.0) && numbers.iter().any(|number| *number >= 100.0), "{numbers:?}");
}

#[test]
fn charts_are_written_as_json_svg_and_png() {
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in [("c.json", "{"), ("c.svg", "<svg"), ("c.png", "\u{89}PNG")] {
        let file = folder.path().join(name);
        let output = program().args(["ask", "--demo", "plot training loss of run 17 and run 16", "--chart"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let bytes = std::fs::read(&file).unwrap();
        let head: Vec<u8> = if name.ends_with("png") { vec![0x89, b'P', b'N', b'G'] } else { head.bytes().collect() };
        assert!(bytes.starts_with(&head), "{name}");
    }
}

/// Asks through the program with a model that follows a script.
async fn ask_model(question: &str, script: Vec<Turn>) -> (Value, ScriptedOpenAi) {
    let server = ScriptedOpenAi::start(script).await;
    let mut command = program();
    command.args(["ask", "--demo", "--json", "--model", "openai:scripted", question]);
    command.env("OPENAI_BASE_URL", &server.base_url).env("OPENAI_API_KEY", crate::scripted_openai::KEY);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let turn = turns(&output).remove(0);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("canary"), "the key was printed");
    (turn, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_answers_the_four_questions_with_checked_numbers() {
    let (turn, server) = ask_model(
        "Which run had the highest F1 score?",
        vec![Turn::calls(&[("best_run", json!({"metric": "F1"}))]), Turn::text("run-017 has the highest f1_score: 0.912.")],
    )
    .await;
    assert_eq!(turn["planner"], "openai:scripted");
    assert_eq!(turn["answer"], "run-017 has the highest f1_score: 0.912.");
    assert_eq!(turn["calls"][0]["resolved"]["metrics"], json!(["f1_score"]));
    assert_eq!(turn["unverified_numbers"], json!([]));
    assert!(turn["chart"].is_object());
    let first = &server.requests()[0].body;
    assert_eq!(first["tools"].as_array().unwrap().len(), trialogue::tools::ALL.len());

    let (turn, _) = ask_model(
        "Compare the last 3 runs of churn",
        vec![
            Turn::calls(&[("compare_runs", json!({"experiment": "churn", "run_ids": ["last 3"]}))]),
            Turn::text("run-023 is the best of run-024, run-023 and run-022."),
        ],
    )
    .await;
    assert_eq!(names(&turn), ["run-024", "run-023", "run-022"]);

    let (turn, _) = ask_model(
        "Plot the training loss curve for run 17",
        vec![
            Turn::calls(&[("metric_history", json!({"run_ids": ["run 17"], "metrics": ["training loss"]}))]),
            Turn::text("The training_loss of run-017 falls from 0.693 to 0.082."),
        ],
    )
    .await;
    assert_eq!(names(&turn), ["run-017"]);
    assert!(turn["chart"].to_string().contains("\"line\""));
    assert_eq!(turn["unverified_numbers"], json!([]));

    let (turn, _) = ask_model(
        "Show me all experiments for churn prediction",
        vec![
            Turn::calls(&[("list_experiments", json!({"query": "churn prediction"}))]),
            Turn::text("There is churn-prediction-q1 with 24 runs."),
        ],
    )
    .await;
    assert_eq!(turn["results"][0]["total"], 1);
    assert_eq!(turn["unverified_numbers"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_number_is_never_shown() {
    let (turn, server) = ask_model(
        "Which run had the highest F1 score?",
        vec![
            Turn::calls(&[("best_run", json!({"metric": "F1"}))]),
            Turn::text("run-017 has the highest f1_score: 0.987."),
            Turn::text("run-017 has the highest f1_score: 0.955."),
        ],
    )
    .await;
    assert_eq!(turn["unverified_numbers"], json!(["0.987"]));
    let answer = turn["answer"].as_str().unwrap();
    assert!(answer.contains("0.912") && !answer.contains("0.987") && !answer.contains("0.955"), "{answer}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_may_not_write_without_consent() {
    let (turn, _) = ask_model(
        "make an experiment",
        vec![Turn::calls(&[("create_experiment", json!({"name": "sneaky"}))]), Turn::text("It needs your consent.")],
    )
    .await;
    assert_eq!(turn["calls"][0]["ok"], false);
    assert_eq!(turn["calls"][0]["error"]["code"], "needs_confirmation");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_model_leaves_the_answer_to_the_interpreter() {
    let (turn, _) = ask_model(
        "Which run had the highest F1 score?",
        vec![Turn::response(401, "application/json", "{\"error\": {\"message\": \"no\"}}")],
    )
    .await;
    assert_eq!(turn["planner"], "builtin");
    assert!(turn["answer"].as_str().unwrap().contains("0.912"));
    assert!(turn["caveats"][0].as_str().unwrap().contains("interpreter"));
}

/// What `chat` prints where these lines are typed.
fn chat(lines: &str, arguments: &[&str]) -> String {
    let mut command = program();
    command.args(["chat", "--demo", "--picture", "never"]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_write_in_the_terminal_is_asked_about_and_done_or_not() {
    let create = "create an experiment called pilot-two";
    let told = chat(&format!("{create}\nyes\ndescribe pilot-two\n"), &[]);
    assert!(told.contains("Nothing is written yet") && told.contains("pilot-two has"), "{told}");
    for lines in [format!("{create}\nno\nshow everything in the store\n"), format!("{create}\n")] {
        let told = chat(&lines, &[]);
        assert!(told.contains("Nothing was written."), "{told}");
        assert!(!told.contains("| pilot-two"), "{told}");
    }
    let told = chat(&format!("{create}\ndescribe pilot-two\n"), &["--yes"]);
    assert!(!told.contains("Nothing is written yet") && told.contains("pilot-two has"), "{told}");
}

#[test]
fn a_conversation_in_the_terminal_goes_on() {
    let told = chat("Which run had the highest F1 score?\n\nand its accuracy?\n", &[]);
    assert!(told.contains("0.912") && told.contains("0.95"), "{told}");
}

#[test]
fn a_conversation_takes_from_what_was_told_what_a_question_leaves_out() {
    for (lines, expected) in [
        ("compare run-016 and run-017\nwho started them?\n", ["run-016: it was started by", "run-017: it was started by"]),
        ("compare run-016 and run-017\nwhat learning rate did the winner use?\n", ["run-017 is best", "run-017: learning_rate is"]),
        ("f1_score of run-016\nis there a better one?\n", ["run-016: f1_score is", "run-017 has the highest f1_score"]),
        ("best f1_score of churn-prediction-q1\nI'd rather see the worst\n", ["run-017 has the highest", "has the lowest f1_score"]),
        ("xgboost runs of churn-prediction-q1\nall of them again\n", ["'xgboost'", "There are 24 runs in churn-prediction-q1"]),
        ("best f1_score of churn-prediction-q1\nA surprise! Who made it?\n", ["run-017 has the highest", "run-017: it was started by"]),
    ] {
        let told = chat(lines, &[]);
        assert!(expected.iter().all(|words| told.contains(words)), "{lines}{told}");
    }
}
