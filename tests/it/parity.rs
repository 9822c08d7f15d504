//! One corpus of calls over every kind of store: the answers have to be equal, field for field, whichever store they come from.
//!
//! `tests/data/parity.jsonl` has a call a line: the `store` (the demonstration, or the one with odd names), the `tool`, its `arguments`, and
//! where it matters the `tenant`, the `focus` and the code with which it `fails`. Answers in pages are read to the end. The calls of one
//! store are made in their order, because some write.

mod backends;
mod differences;
mod turns;

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use trialogue::config::Limits;
use trialogue::domain::chart::to_vega_lite;
use trialogue::domain::experiment::ExperimentId;
use trialogue::domain::time::Timestamp;
use trialogue::store::Store;
use trialogue::tools::{self, Context};

use backends::{Backend, Originals, Suite};
use differences::differences;

use crate::services::ask;
use crate::services::mlflow::Release;

/// How many stores are asked at a time.
const TOGETHER: usize = 3;

/// `run-017` of the demonstration store.
const BEST_RUN: &str = "0bd58c86c8774560b38736d4d13b54ac";

/// More pages than any listing of the corpus has.
const PAGES_AT_MOST: usize = 100;

#[test]
fn every_store_gives_the_same_answers() {
    let Some(originals) = Originals::make("the comparison of stores") else { return };
    let jobs: Vec<(Backend, Suite)> = Backend::all().into_iter().flat_map(|backend| Suite::ALL.map(|suite| (backend, suite))).collect();
    let references = Suite::ALL.map(|suite| Reference::of(&originals, suite));
    let waiting = Mutex::new(VecDeque::from(jobs));
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let Some((backend, suite)) = waiting.lock().unwrap().pop_front() else { return };
                    let found = check(backend, suite, &originals, &references[suite as usize]);
                    faults.lock().unwrap().extend(found);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

/// A file, and what it answers.
struct Reference {
    /// As the corpus leaves it.
    store: Store,
    answers: Vec<Value>,
}

impl Reference {
    fn of(originals: &Originals, suite: Suite) -> Self {
        let store = originals.reference(suite);
        let answers = answers(&store, suite);
        Self { store, answers }
    }
}

/// Where the answers of a backend differ from the reference.
fn check(backend: Backend, suite: Suite, originals: &Originals, reference: &Reference) -> Vec<String> {
    let start = Instant::now();
    let Some(copy) = backend.copy(originals, suite) else { return Vec::new() };
    let begun = start.elapsed().as_secs_f64();
    let found = answers(copy.store(), suite);
    let answered = start.elapsed().as_secs_f64() - begun;
    eprintln!("parity: {suite:?} over {backend:?}: {answered:.1} s after {begun:.1} s to start");
    assert_eq!(found.len(), reference.answers.len());
    let mut faults = Vec::new();
    for ((case, expected), answer) in cases(suite).iter().zip(&reference.answers).zip(&found) {
        let call = format!("{suite:?} over {backend:?}: {}({}){}", case["tool"].as_str().unwrap(), case["arguments"], context_of(case));
        let answer = if backend.may_end_in_an_empty_page() { without_empty_last_page(answer) } else { answer.clone() };
        faults.extend(differences(expected, &answer).into_iter().map(|difference| format!("{call}: {difference}")));
    }
    if backend == Backend::Server(Release::Newest) {
        let fault_of = |fault| format!("{suite:?} over {backend:?}: {fault}");
        faults.extend(turns::differences_in_turns(&reference.store, copy.store(), suite).into_iter().map(fault_of));
    }
    // Last, for conversations would find them.
    if let (Suite::Demo, Some(server)) = (suite, copy.server()) {
        faults.extend(artifact_fault(copy.store(), server.port()).map(|fault| format!("artifacts over {backend:?}: {fault}")));
    }
    faults
}

/// The pages of a listing of runs without the last one, if that is empty, and without the token that led there.
fn without_empty_last_page(answer: &Value) -> Value {
    let mut pages = answer.as_array().unwrap().clone();
    if let [.., before, last] = pages.as_mut_slice()
        && last["result"]["runs"] == json!([])
    {
        before["result"].as_object_mut().unwrap().remove("next_page_token");
        pages.pop();
    }
    Value::Array(pages)
}

/// A file cannot list artifacts that a server keeps, so those of the corpus lie in a folder: others are put there now, through the server, and listed.
fn artifact_fault(store: &Store, port: u16) -> Option<String> {
    let root = format!("/api/2.0/mlflow-artifacts/artifacts/1/{BEST_RUN}/artifacts");
    for (path, content) in [("notes.txt", "hello"), ("model/weights.bin", "0123456789"), ("gr%C3%B6%C3%9Fe%20M.csv", "a,b")] {
        let (status, body) = ask(port, "PUT", &format!("{root}/{path}"), content.as_bytes()).unwrap();
        assert_eq!(status, 200, "{path}: {body}");
    }
    let case = json!({ "tool": "get_run", "arguments": { "run": BEST_RUN, "experiment": "churn-prediction-q1" } });
    let listed = answers_to(store, &[case])[0][0]["result"]["artifacts"].clone();
    let expected = json!([
        { "path": "größe M.csv", "size": 3 },
        { "path": "model", "size": null },
        { "path": "notes.txt", "size": 5 },
    ]);
    (listed != expected).then(|| format!("{listed}, should be {expected}"))
}

fn context_of(case: &Value) -> String {
    ["tenant", "focus"].iter().filter(|key| case.get(*key).is_some()).map(|key| format!(" with {key} {}", case[*key])).collect()
}

/// The calls for one store.
fn cases(suite: Suite) -> Vec<Value> {
    let all = corpus();
    all.into_iter().filter(|case| case["store"] == suite.name()).collect()
}

fn corpus() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parity.jsonl");
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a store answers to all calls for it.
fn answers(store: &Store, suite: Suite) -> Vec<Value> {
    answers_to(store, &cases(suite))
}

fn answers_to(store: &Store, cases: &[Value]) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut answers = Vec::new();
        for case in cases {
            answers.push(answer(store, case).await);
            // Lists go by when experiments were made, in milliseconds, and a file makes two of them in one.
            if case["tool"] == "create_experiment" {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        answers
    })
}

/// All pages of an answer, or the refusal.
async fn answer(store: &Store, case: &Value) -> Value {
    let text = |key: &str| case.get(key).map(|value| value.as_str().unwrap().to_owned());
    let context = Context {
        store: store.clone(),
        limits: Limits::default(),
        tenant: text("tenant"),
        now: Timestamp(1_750_420_800_000),
        focus: text("focus").map(ExperimentId),
    };
    let tool = tools::named(case["tool"].as_str().unwrap()).unwrap();
    let mut arguments = case["arguments"].clone();
    let mut pages = Vec::new();
    loop {
        assert!(pages.len() < PAGES_AT_MOST, "{case} has no end");
        match tool.call(arguments.clone(), &context).await {
            Err(refusal) => {
                pages.push(json!({ "refused": refusal.code(), "message": refusal.to_string() }));
                return Value::Array(pages);
            }
            Ok(outcome) => {
                let token = outcome.result.get("next_page_token").cloned();
                pages.push(json!({
                    "result": outcome.result,
                    "resolved": outcome.resolved,
                    "caveats": outcome.caveats,
                    "prose": outcome.prose,
                    "table": outcome.table.map(|table| json!([table.columns, table.rows])),
                    "chart": outcome.chart.as_ref().map(to_vega_lite),
                }));
                let Some(token) = token else { return Value::Array(pages) };
                arguments["page_token"] = token;
            }
        }
    }
}

#[test]
fn the_corpus_succeeds_and_fails_as_it_says_over_a_file() {
    let Some(originals) = Originals::make("the corpus of calls") else { return };
    let mut faults = Vec::new();
    let mut paged = 0;
    for suite in Suite::ALL {
        for (case, pages) in cases(suite).iter().zip(answers(&originals.reference(suite), suite)) {
            let pages = pages.as_array().unwrap();
            paged += usize::from(pages.len() > 2);
            let last = pages.last().unwrap();
            if last.get("refused") != case.get("fails") {
                faults.push(format!("{case}: {last}"));
            }
        }
    }
    assert!(paged >= 5, "only {paged} answers have more than two pages");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_corpus_uses_every_argument_of_every_tool() {
    let corpus = corpus();
    assert!(corpus.len() >= 120);
    for tool in &tools::ALL {
        let calls: Vec<&Map<String, Value>> =
            corpus.iter().filter(|case| case["tool"] == tool.name).map(|case| case["arguments"].as_object().unwrap()).collect();
        for (argument, schema) in tool.input_schema()["properties"].as_object().unwrap() {
            let given: BTreeSet<String> = calls.iter().filter_map(|call| call.get(argument)).map(Value::to_string).collect();
            assert!(!given.is_empty(), "no call of {} gives {argument}", tool.name);
            for choice in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
                assert!(given.contains(&choice["const"].to_string()), "no call of {} gives {argument} {}", tool.name, choice["const"]);
            }
        }
    }
}
