//! The utterance suites: what people ask of the demonstration store and of one with odd names, and the calls that answer it.
//!
//! The format is described in `tests/data/utterances/README.md`. The demonstration store needs nothing; the odd one is written by
//! the real MLflow and so only where `TRIALOGUE_TEST_PYTHON` is set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use trialogue::agent::conversation::Conversation;
use trialogue::agent::{Call, Consent, Planner, Turn, UTTERANCE_BYTES, turn};
use trialogue::config::Limits;
use trialogue::domain::chart::Plot;
use trialogue::domain::filter::Filter;
use trialogue::domain::time::Timestamp;
use trialogue::store::demo::TemporaryDemo;
use trialogue::store::sqlite::SqliteStore;
use trialogue::store::{OpenMode, Store};
use trialogue::tools::Context;

use crate::support::{folder, judge, python};

/// Which share must pass of what the interpreter was taught with, so that little is lost again.
const LEAST_SHARE: f64 = 0.97;

/// As above, of what it was not taught with.
const LEAST_SHARE_OF_STRANGERS: f64 = 0.95;

#[test]
fn the_interpreter_answers_the_demonstration_store() {
    let demo = TemporaryDemo::create().unwrap();
    check_suite(demo.path(), "demo", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_store_with_odd_names() {
    let test = "the_interpreter_answers_a_store_with_odd_names";
    let Some(python) = python(test) else { return };
    let folder = folder();
    let store = written_by(&python, "make_odd_store.py", &folder);
    check_suite(&store, "odd", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_store_of_other_fields() {
    let Some(python) = python("the_interpreter_answers_a_store_of_other_fields") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_third_store.py", &folder), "third", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_store_that_it_was_first_tried_with_blind() {
    let Some(python) = python("the_interpreter_answers_a_store_that_it_was_first_tried_with_blind") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_fourth_store.py", &folder), "fourth", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_fifth_store_of_strangers() {
    let Some(python) = python("the_interpreter_answers_a_fifth_store_of_strangers") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_fifth_store.py", &folder), "fifth", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_sixth_store_that_it_was_first_tried_with_blind() {
    let Some(python) = python("the_interpreter_answers_a_sixth_store_that_it_was_first_tried_with_blind") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_sixth_store.py", &folder), "sixth", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_seventh_store_that_it_was_first_tried_with_blind() {
    let Some(python) = python("the_interpreter_answers_a_seventh_store_that_it_was_first_tried_with_blind") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_seventh_store.py", &folder), "seventh", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_an_eighth_store_that_it_was_first_tried_with_blind() {
    let Some(python) = python("the_interpreter_answers_an_eighth_store_that_it_was_first_tried_with_blind") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_eighth_store.py", &folder), "eighth", LEAST_SHARE);
}

#[test]
fn the_interpreter_answers_a_ninth_store_that_it_was_not_taught_with() {
    let Some(python) = python("the_interpreter_answers_a_ninth_store_that_it_was_not_taught_with") else { return };
    let folder = folder();
    check_suite(&written_by(&python, "make_ninth_store.py", &folder), "ninth", LEAST_SHARE_OF_STRANGERS);
}

/// The store that a program of `tests/judges` writes with MLflow's client.
fn written_by(python: &Path, program: &str, folder: &TempDir) -> PathBuf {
    let store = folder.path().join("store.db");
    judge(python, program, &[store.to_str().unwrap()], folder.path());
    store
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The cases of a suite.
pub(crate) fn suite(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(data(&format!("utterances/{name}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs a suite, prints what fails, and wants `least_share` of it to pass.
fn check_suite(store: &Path, name: &str, least_share: f64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut failed = Vec::new();
    let mut total = 0;
    for case in suite(name) {
        total += 1;
        let faults = runtime.block_on(run(store, &case));
        if !faults.is_empty() {
            failed.push(format!("{}: {}", case["id"].as_str().unwrap(), faults.join(" | ")));
        }
    }
    let passed = total - failed.len();
    let share = passed as f64 / total as f64;
    eprintln!("utterances {name}: {passed} of {total} pass ({:.1} %)", share * 100.0);
    failed.iter().for_each(|fault| eprintln!("  {fault}"));
    assert!(share >= least_share, "{name}: {passed} of {total} pass");
}

async fn run(store: &Path, case: &Value) -> Vec<String> {
    // A case may write; each has its own copy.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("store.db");
    std::fs::copy(store, &copy).unwrap();
    let now = case["now"].as_str().unwrap_or("2025-06-20T12:00:00Z").parse::<jiff::Timestamp>().unwrap();
    let context = context(&copy, Timestamp(now.as_millisecond()));
    let mut conversation = Conversation::default();
    let mut faults = Vec::new();
    for expected in case["turns"].as_array().unwrap() {
        let said = expected["user"].as_str().unwrap();
        let taken = turn(said, &Planner::Interpreter, Consent::Given, &context, &mut conversation, &mut |_| {}).await;
        let found = faults_of(&expected["expect"], &taken);
        faults.extend(found.into_iter().map(|fault| format!("“{said}” {fault}")));
    }
    faults
}

fn context(store: &Path, now: Timestamp) -> Context {
    let store = Store::Sqlite(SqliteStore::open(store, OpenMode::ReadWrite).unwrap());
    Context { store, limits: Limits::default(), tenant: None, now, focus: None }
}

fn faults_of(expected: &Value, taken: &Turn) -> Vec<String> {
    let mut faults = Vec::new();
    match expected["outcome"].as_str() {
        Some("refuse") => {
            if !taken.calls.is_empty() {
                faults.push(format!("should be refused, but {}", shown(&taken.calls)));
            }
            return faults;
        }
        Some("clarify") if (taken.calls.iter().any(|call| call.result.is_ok()) || taken.answered) => {
            faults.push(format!("should be clarified, but {}", shown(&taken.calls)));
        }
        _ => {}
    }
    if let Some(calls) = expected["calls"].as_array() {
        if calls.len() != taken.calls.len() {
            faults.push(format!("wants {} calls, but {}: {}", calls.len(), shown(&taken.calls), taken.answer));
        }
        for (wanted, made) in calls.iter().zip(&taken.calls) {
            faults.extend(call_faults(wanted, made));
        }
    }
    for mention in expected["mentions"].as_array().into_iter().flatten() {
        let mention = mention.as_str().unwrap().to_lowercase();
        let mut text = taken.answer.to_lowercase();
        for table in taken.tables() {
            text.push_str(&table.rows.concat().join(" ").to_lowercase());
        }
        if !text.contains(&mention) {
            faults.push(format!("does not mention {mention}: {}", taken.answer));
        }
    }
    if let Some(kind) = expected.get("chart").filter(|kind| kind.is_string()) {
        let kinds: Vec<&str> = taken.charts().iter().map(|chart| chart_kind(chart.plot())).collect();
        if !kinds.contains(&kind.as_str().unwrap()) {
            faults.push(format!("wants a chart {kind}, has {kinds:?}"));
        }
    }
    faults
}

fn chart_kind(plot: &Plot) -> &'static str {
    match plot {
        Plot::Lines(_) => "line",
        Plot::Comparison(_) => "grouped_bars",
        Plot::Ranking(_) => "ranked_bars",
        Plot::Impact(_) => "signed_bars",
    }
}

fn shown(calls: &[Call]) -> String {
    let one = |call: &Call| match &call.result {
        Ok(_) => format!("{}({})", call.tool, Value::Object(call.arguments.clone())),
        Err(refusal) => format!("{}({}) failed: {}", call.tool, Value::Object(call.arguments.clone()), refusal.message),
    };
    format!("calls {:?}", calls.iter().map(one).collect::<Vec<_>>())
}

/// Whether a found value is the wanted one, or one of those under `any_of`.
fn fits(wanted: &Value, fits_one: impl Fn(&Value) -> bool) -> bool {
    match wanted.get("any_of").and_then(Value::as_array) {
        Some(alternatives) => alternatives.iter().any(fits_one),
        None => fits_one(wanted),
    }
}

fn call_faults(wanted: &Value, made: &Call) -> Vec<String> {
    let mut faults = Vec::new();
    let resolved = made.resolved();
    let result = made.result.as_ref().map(|outcome| outcome.result.clone()).unwrap_or_default();
    for (field, value) in wanted.as_object().unwrap() {
        let fine = fits(value, |value| match field.as_str() {
            "tool" => value == made.tool.as_str(),
            "experiment" => resolved.experiment.as_ref().is_some_and(|experiment| value == experiment.name.as_str()),
            "metrics" => texts(value) == resolved.metrics.iter().cloned().collect(),
            "parameters" => {
                let expected = texts(value);
                let found: BTreeSet<String> = resolved.parameters.iter().cloned().collect();
                let listed: BTreeSet<String> = result["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|item| item["parameter"].as_str().map(str::to_owned))
                    .collect();
                expected == found || expected == listed
            }
            "runs" => texts(value) == resolved.runs.iter().map(|run| run.run_name.clone()).collect(),
            "direction" => resolved.direction.as_ref().is_some_and(|direction| serde_json::to_value(direction.order).unwrap() == *value),
            "sort_by" => sorted_field(&result).is_some_and(|sorted| sorted == normalised(value.as_str().unwrap())),
            "order" => result["sorted_by"].as_str().is_some_and(|sorted| sorted.to_lowercase().ends_with(value.as_str().unwrap())),
            "limit" => made.arguments.get("limit") == Some(value),
            "filter" => same_filter(
                value.as_str().unwrap(),
                result["filter"].as_str().or_else(|| made.arguments.get("filter").and_then(Value::as_str)).unwrap_or(""),
            ),
            "y_scale" | "x_axis" => {
                let default = if field == "y_scale" { "linear" } else { "step" };
                made.arguments.get(field).and_then(Value::as_str).unwrap_or(default) == value
            }
            "total" | "returned" => result[field.as_str()] == *value || (field == "total" && result["run_count"] == *value),
            "name" | "description" => result[field.as_str()] == *value || made.arguments.get(field) == Some(value),
            "tags" => made.arguments.get("tags") == Some(value),
            "basis" => true,
            other => panic!("unknown expectation {other}"),
        });
        if !fine {
            faults.push(format!("{field} should be {value}; {}", shown(std::slice::from_ref(made))));
        }
    }
    faults
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn normalised(field: &str) -> String {
    field
        .replace(['`', '"'], "")
        .replace("attribute.", "attributes.")
        .replace("metric.", "metrics.")
        .replace("param.", "params.")
        .to_lowercase()
}

fn sorted_field(result: &Value) -> Option<String> {
    let sorted = result["sorted_by"].as_str()?;
    let field = sorted.rsplit_once(' ').map_or(sorted, |(field, _)| field);
    Some(normalised(field))
}

fn same_filter(wanted: &str, found: &str) -> bool {
    let clauses = |text: &str| -> Vec<String> {
        let filter = Filter::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        let mut clauses: Vec<String> = filter.clauses.iter().map(|clause| format!("{clause:?}")).collect();
        clauses.sort();
        clauses
    };
    clauses(wanted) == clauses(found)
}

/// Numbers without a pattern, the same each time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn whatever_is_said_is_answered_or_refused() {
    let words: Vec<String> = suite("demo")
        .iter()
        .take(300)
        .flat_map(|case| {
            let turns = case["turns"].as_array().unwrap().clone();
            turns.into_iter().flat_map(|turn| turn["user"].as_str().unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>())
        })
        .collect();
    let odd = [
        "ß",
        "İ",
        "𱄗",
        "\u{202e}",
        "e\u{301}",
        "¶ô",
        "run-",
        "17",
        "-0",
        "1e999",
        "…",
        "`",
        "'",
        "\"",
        ">=",
        "0.",
        "%",
        "ﬁ",
        "\0",
        "9999999999999999999",
        "=",
        "()",
        "日本",
        "\u{1f600}",
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = TemporaryDemo::create().unwrap();
    let context = context(demo.path(), Timestamp(1_750_420_800_000));
    let mut dice = Dice(0x5eed);
    for _ in 0..1500 {
        let mut conversation = Conversation::default();
        for _ in 0..2 {
            let pieces: Vec<&str> = (0..1 + dice.below(14))
                .map(|_| if dice.below(4) == 0 { odd[dice.below(odd.len())] } else { words[dice.below(words.len())].as_str() })
                .collect();
            let said = pieces.join(if dice.below(5) == 0 { "" } else { " " });
            let taken = runtime.block_on(turn(&said, &Planner::Interpreter, Consent::Needed, &context, &mut conversation, &mut |_| {}));
            assert!(!taken.answer.is_empty(), "{said}");
        }
    }
}

/// Rules that read all the rest at each word would take minutes over these; `benches/run.sh --chat` measures such.
#[test]
fn questions_may_be_as_long_as_they_may() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = TemporaryDemo::create().unwrap();
    let context = context(demo.path(), Timestamp(1_750_420_800_000));
    let ask = |said: &str| {
        let mut conversation = Conversation::default();
        runtime.block_on(turn(said, &Planner::Interpreter, Consent::Needed, &context, &mut conversation, &mut |_| {})).answer
    };
    for repeated in ["a ", "x-1 ", "which run is best, ", "files of run-017 and ", "don t delete run-017 but ", "I go, which, "] {
        let answer = ask(&repeated.repeat(UTTERANCE_BYTES / 2 / repeated.len()));
        assert!(!answer.is_empty() && !answer.contains("please ask"), "{repeated}: {answer}");
    }
    let longer = ask(&"a".repeat(UTTERANCE_BYTES + 1));
    assert_eq!(longer, "The question has 8001 bytes; please ask in at most 8000.");
    let many = ask(&"Which run is best? ".repeat(60));
    assert_eq!(many, "These are 60 questions; please ask at most 50 at once.");
}
