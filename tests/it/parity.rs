//! One corpus of calls over every kind of store: the answers have to be equal, field for field, whichever store they come from.
//!
//! `tests/data/parity.jsonl` has a call a line: the `store` (the demonstration, or the one with odd names), the `tool`, its `arguments`, and
//! where it matters the `tenant`, the `focus` and the code with which it `fails`. Answers in pages are read to the end. The calls of one
//! store are made in their order, because some write.

mod backends;
mod differences;

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Map, Value, json};
use trialogue::config::Limits;
use trialogue::domain::chart::to_vega_lite;
use trialogue::domain::experiment::ExperimentId;
use trialogue::domain::time::Timestamp;
use trialogue::store::Store;
use trialogue::tools::{self, Context};

use backends::{Backend, Originals, Suite};
use differences::differences;

/// How many stores are asked at a time.
const TOGETHER: usize = 3;

/// More pages than any listing of the corpus has.
const PAGES_AT_MOST: usize = 100;

#[test]
fn every_store_gives_the_same_answers() {
    let Some(originals) = Originals::make("the comparison of stores") else { return };
    let backends = Backend::all_there();
    let jobs: Vec<(&Backend, Suite)> = backends.iter().flat_map(|backend| Suite::ALL.map(|suite| (backend, suite))).collect();
    let references = Suite::ALL.map(|suite| answers(&originals.reference(suite), suite));
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

/// Where the answers of a backend differ from the reference.
fn check(backend: &Backend, suite: Suite, originals: &Originals, reference: &[Value]) -> Vec<String> {
    let start = std::time::Instant::now();
    let copy = backend.copy(originals, suite);
    let begun = start.elapsed();
    let found = answers(copy.store(), suite);
    eprintln!(
        "parity: {suite:?} over {backend:?}: {:.1} s after {:.1} s to start",
        (start.elapsed() - begun).as_secs_f64(),
        begun.as_secs_f64()
    );
    assert_eq!(found.len(), reference.len());
    let cases = cases(suite);
    let mut faults = Vec::new();
    for ((case, expected), answer) in cases.iter().zip(reference).zip(&found) {
        let call = format!("{suite:?} over {backend:?}: {}({})", case["tool"].as_str().unwrap(), case["arguments"]);
        faults.extend(differences(expected, answer).into_iter().map(|difference| format!("{call}{}: {difference}", context_of(case))));
    }
    faults
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

/// What a store answers to all calls.
fn answers(store: &Store, suite: Suite) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut answers = Vec::new();
        for case in cases(suite) {
            answers.push(answer(store, &case).await);
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
