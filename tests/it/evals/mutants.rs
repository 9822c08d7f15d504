//! The scorers against mutants: the gold with one thing wrong. Each must fail, or the scorers would let that mistake through.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use trialogue::evals::case::{Case, CaseTurn, ExpectedCall, Outcome};
use trialogue::evals::fixture::{Fixture, FixtureExperiment};
use trialogue::evals::matcher::{Bindings, Matcher};
use trialogue::evals::play::{Player, Says, ScriptedTurn, gold};

use super::{cases, result_of, stages};

/// One thing done wrong in one turn.
struct Mutant {
    name: &'static str,
    turn: usize,
    script: ScriptedTurn,
}

#[tokio::test]
async fn every_mutant_of_the_gold_fails() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut survivors = Vec::new();
    // Paraphrases expect the same: one of each family is enough.
    let mut families = BTreeSet::new();
    for case in cases().filter(|case| families.insert(&case.family)) {
        let stage = stages().named(&case.fixture).unwrap();
        for mutant in mutants_of(case, &stage.fixture) {
            *counts.entry(mutant.name).or_default() += 1;
            let mut script: Vec<ScriptedTurn> = case.turns.iter().map(gold).collect();
            script[mutant.turn] = mutant.script;
            if result_of(case, &Player::Script(script)).await.passed {
                survivors.push(format!("{} {}", mutant.name, case.id));
            }
        }
    }
    let total: usize = counts.values().sum();
    eprintln!("mutants: {total}, {} survived; {counts:?}", survivors.len());
    assert!(total > 1500 && counts.len() >= 14, "too few mutants to mean anything: {counts:?}");
    assert!(survivors.is_empty(), "{} of {total} mutants pass:\n{}", survivors.len(), survivors.join("\n"));
}

/// In the fixture the three runs with the highest `f1_score` are those with the highest accuracy; in its twin they are not.
#[tokio::test]
async fn a_call_that_is_right_by_luck_is_found_out_on_the_twin() {
    let case = cases().find(|case| case.id == "list.f1.above.01").unwrap();
    let lucky = |filter: &str| {
        let call = call("list_runs", json!({"experiment": "churn-prediction-q1", "filter": filter}));
        Player::Script(vec![ScriptedTurn { calls: vec![call], says: Says::Composed }])
    };
    assert!(result_of(case, &lucky("metrics.`f1_score` > .89 AND metrics.f1_score > 0.5")).await.passed);
    let result = result_of(case, &lucky("metrics.accuracy > 0.935")).await;
    let failed: Vec<&str> = result.failures().map(|score| score.scorer.name()).collect();
    assert_eq!(failed, ["result_equal"]);
}

fn mutants_of(case: &Case, fixture: &Fixture) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (turn, case_turn) in case.turns.iter().enumerate() {
        let script = gold(case_turn);
        let mut add = |name: &'static str, script: ScriptedTurn| mutants.push(Mutant { name, turn, script });
        add("says nothing", ScriptedTurn { says: Says::Text(String::new()), ..script.clone() });
        let write = call("create_experiment", json!({"name": "mutant", "tags": {"made": "by mistake"}}));
        // Where the store is broken nothing can be written.
        if case.store == trialogue::evals::case::StoreState::Well {
            add("writes what nobody asked for", with_calls(&script, &[write]));
        }
        match case_turn.expect.outcome {
            Outcome::Refuse | Outcome::AnswerOnly if case.store == trialogue::evals::case::StoreState::Well => {
                add("acts instead", with_calls(&script, &[call("list_experiments", json!({}))]));
            }
            Outcome::Act | Outcome::Clarify | Outcome::Refuse | Outcome::AnswerOnly => {}
        }
        let is_bare = case_turn.expect.calls.is_empty();
        if is_bare && case_turn.expect.outcome == Outcome::Clarify && !case_turn.expect.answer.mentions.is_empty() {
            add("does not say what is meant", ScriptedTurn { says: Says::Text("Which one?".to_owned()), ..script.clone() });
        }
        if matches!(case_turn.expect.outcome, Outcome::Clarify | Outcome::Refuse) {
            let words = case_turn.expect.answer.mentions.iter().flat_map(|mention| mention.words().first());
            let words = words.map(String::as_str).collect::<Vec<&str>>().join(", ");
            let claims = |text: String| ScriptedTurn { calls: Vec::new(), says: Says::Text(text) };
            // Where the answer must say `cannot`, an answer that says it is none that claims.
            if !words.contains("cannot") {
                add("claims that it is done", claims(format!("All of that is done now: {words}.")));
            }
            if case_turn.expect.outcome == Outcome::Refuse {
                add("asks instead of declining", claims(format!("Shall I do it now: {words}?")));
            }
            add("makes up a number", claims(format!("I cannot tell for sure, but {words}: it should be 0.98137.")));
        }
        if case_turn.expect.outcome != Outcome::Act || script.calls.is_empty() {
            continue;
        }
        let words = |text: String| ScriptedTurn { calls: script.calls.clone(), says: Says::Text(text) };
        add("does not know", words("I do not know.".to_owned()));
        // Beside a long list a run may be named or not.
        let is_of_one = script.calls.iter().any(|call| matches!(call.tool.as_str(), "best_run" | "get_run"));
        if let Some(other) = another_run(case_turn, fixture).filter(|_| is_of_one) {
            add("names another run", words(format!("It is {other}.")));
        }
        add("calls nothing", ScriptedTurn { calls: Vec::new(), says: Says::Text("Done.".to_owned()) });
        let twice = script.calls.clone();
        add("calls twice", with_calls(&script, &twice));
        let idle =
            [("get_run", json!({"run": "latest"})), ("list_artifacts", json!({"run": "latest"})), ("list_runs", json!({"limit": 1}))];
        let idle: Vec<ExpectedCall> = idle.into_iter().map(|(tool, args)| call(tool, args)).collect();
        add("calls around", with_calls(&script, &idle));
        for place in 0..script.calls.len() {
            for (name, changed) in changes_of(&script.calls[place], fixture) {
                let mut calls = script.calls.clone();
                calls[place] = changed;
                if is_allowed(case_turn, &calls) {
                    continue;
                }
                add(name, ScriptedTurn { calls, ..script.clone() });
            }
        }
        if !case_turn.expect.answer.facts.is_empty() {
            add("tells other numbers", ScriptedTurn { says: Says::Edited(other_numbers), ..script.clone() });
        }
    }
    mutants
}

/// Whether calls are ones that the case takes too: those of an alternative, by its matchers, or any where the answer may be given from what
/// was told before.
fn is_allowed(case_turn: &CaseTurn, calls: &[ExpectedCall]) -> bool {
    let fits = |wanted: &ExpectedCall, made: &ExpectedCall| {
        let value = |name: &String| made.args.get(name).and_then(|matcher| matcher.example(None, &Nothing));
        wanted.tool == made.tool
            && wanted.args.iter().all(|(name, matcher)| matcher.fits(value(name).as_ref(), &Nothing))
            && made.args.keys().all(|name| wanted.args.contains_key(name))
    };
    let options = std::iter::once(&case_turn.expect.calls).chain(&case_turn.expect.alternatives);
    options.into_iter().any(|option| option.is_empty() || option.iter().all(|wanted| calls.iter().any(|made| fits(wanted, made))))
}

/// No turn before.
struct Nothing;

impl Bindings for Nothing {
    fn value_of(&self, _: &str) -> Option<Value> {
        None
    }
}

/// A run that the answer need not name, where it must name one.
fn another_run(case_turn: &CaseTurn, fixture: &Fixture) -> Option<String> {
    let names = || fixture.experiments.iter().flat_map(|experiment| &experiment.runs).map(|run| run.name.clone());
    let may_be_named = |name: &String| case_turn.expect.answer.mentions.iter().any(|mention| mention.words().contains(name));
    names().find(may_be_named)?;
    names().find(|name| !may_be_named(name))
}

/// A call with one thing changed that must change what it gives.
fn changes_of(gold: &ExpectedCall, fixture: &Fixture) -> Vec<(&'static str, ExpectedCall)> {
    let mut changes = Vec::new();
    let literal = |name: &str| gold.args.get(name).map(|matcher| serde_json::to_value(matcher).unwrap());
    let wrong_tool = if gold.tool == "list_experiments" { "list_runs" } else { "list_experiments" };
    changes.push(("another tool", call(wrong_tool, json!({}))));
    let experiment = experiment_of(gold, fixture);
    if let Some(Value::String(name)) = literal("experiment") {
        let other = fixture.experiments.iter().find(|one| one.name != name && !one.deleted);
        changes.extend(other.map(|other| ("another experiment", with(gold, "experiment", json!(other.name)))));
    }
    if let (Some(Value::String(metric)), Some(experiment)) = (literal("metric"), experiment) {
        changes.extend(other_metric(experiment, &metric).map(|other| ("another metric", with(gold, "metric", json!(other)))));
    }
    if let (Some(Value::Array(metrics)), Some(experiment)) = (literal("metrics"), experiment) {
        let metric = metrics[0].as_str().unwrap_or_default();
        changes.extend(other_metric(experiment, metric).map(|other| ("another metric", with(gold, "metrics", json!([other])))));
    }
    if gold.tool == "best_run" {
        let wanted = gold.args.get("direction").and_then(|matcher| matcher.example(None, &Nothing));
        let flipped = match wanted.as_ref().and_then(Value::as_str) {
            Some("worst") => "best",
            Some("max") => "min",
            Some("min") => "max",
            Some(_) | None => "worst",
        };
        changes.push(("the other end", with(gold, "direction", json!(flipped))));
    }
    if literal("filter").is_some_and(|filter| filter.get("any").is_none()) {
        changes.push(("no filter", without(gold, "filter")));
    }
    if let Some(Value::String(order)) = literal("order") {
        changes.push(("the other order", with(gold, "order", json!(if order == "asc" { "desc" } else { "asc" }))));
    }
    if let Some(limit) = literal("limit").and_then(|limit| limit.as_u64()) {
        changes.push(("one more", with(gold, "limit", json!(limit + 1))));
    }
    for key in ["longer_than_seconds", "step", "y_scale", "x_axis", "status", "query", "parameters", "tags", "description"] {
        let may_be_left_out =
            |value: &Value| value.get("any").is_some() || value["any_of"].as_array().is_some_and(|any_of| any_of.contains(&Value::Null));
        let means_something = literal(key).is_some_and(|value| !may_be_left_out(&value));
        if means_something && !(key == "query" && fixture.experiments.iter().filter(|one| !one.deleted).count() < 2) {
            changes.push(("an argument left out", without(gold, key)));
        }
    }
    if let (Some(Value::String(run)), Some(experiment)) = (literal("run"), experiment) {
        // What `first` or `best by mae` stands for may be the other run.
        let is_name = experiment.runs.iter().any(|one| one.name == run);
        let other = experiment.runs.iter().find(|one| is_name && one.name != run && !one.deleted && !one.metrics.is_empty());
        changes.extend(other.map(|other| ("another run", with(gold, "run", json!(other.name)))));
    }
    if let Some(Value::String(path)) = literal("path") {
        changes.push(("another path", with(gold, "path", json!(if path == "report.txt" { "metrics.json" } else { "report.txt" }))));
    }
    if let Some(Value::String(name)) = literal("name") {
        changes.push(("another name", with(gold, "name", json!(format!("{name}-2")))));
    }
    changes
}

/// The experiment that a call is about: the one it names, else the one that has its runs or logs its metric.
fn experiment_of<'a>(gold: &ExpectedCall, fixture: &'a Fixture) -> Option<&'a FixtureExperiment> {
    let literal = |name: &str| gold.args.get(name).map(|matcher| serde_json::to_value(matcher).unwrap());
    if let Some(Value::String(name)) = literal("experiment") {
        return fixture.experiments.iter().find(|one| one.name == name);
    }
    let runs = [literal("run"), literal("run_ids")].into_iter().flatten().map(|value| value.to_string()).collect::<String>();
    let has_run = |one: &&FixtureExperiment| one.runs.iter().any(|run| runs.contains(&format!("\"{}\"", run.name)));
    let metric = literal("metric").and_then(|metric| metric.as_str().map(str::to_owned));
    let logs = |one: &&FixtureExperiment| metric.as_ref().is_some_and(|metric| one.runs.iter().any(|run| run.metrics.contains_key(metric)));
    fixture.experiments.iter().find(has_run).or_else(|| fixture.experiments.iter().find(logs))
}

fn other_metric(experiment: &FixtureExperiment, metric: &str) -> Option<String> {
    experiment.runs.iter().flat_map(|run| run.metrics.keys()).find(|key| *key != metric).cloned()
}

fn call(tool: &str, args: Value) -> ExpectedCall {
    serde_json::from_value(json!({"tool": tool, "args": args})).unwrap()
}

fn with(gold: &ExpectedCall, key: &str, value: Value) -> ExpectedCall {
    let mut changed = gold.clone();
    changed.args.insert(key.to_owned(), serde_json::from_value::<Matcher>(value).unwrap());
    changed
}

fn without(gold: &ExpectedCall, key: &str) -> ExpectedCall {
    let mut changed = gold.clone();
    changed.args.remove(key);
    changed
}

fn with_calls(script: &ScriptedTurn, more: &[ExpectedCall]) -> ScriptedTurn {
    ScriptedTurn { calls: script.calls.iter().chain(more).cloned().collect(), says: script.says.clone() }
}

/// The answer with each decimal number a little larger, and each whole one too: what a model that misremembers would say.
fn other_numbers(answer: &str) -> String {
    let mut changed = String::new();
    let mut rest = answer;
    while let Some(at) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let begins_word = rest[..at].chars().next_back().is_none_or(|before| before.is_whitespace() || before == '(');
        let end = at + rest[at..].find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len() - at);
        let number = rest[at..end].trim_end_matches('.');
        let end = at + number.len();
        changed.push_str(&rest[..at]);
        match number.parse::<f64>() {
            Ok(value) if begins_word && number.contains('.') => changed.push_str(&format!("{:.4}", value * 1.07 + 0.01)),
            Ok(value) if begins_word => changed.push_str(&format!("{}", value + 7.0)),
            Ok(_) | Err(_) => changed.push_str(number),
        }
        rest = &rest[end..];
    }
    changed.push_str(rest);
    changed
}
