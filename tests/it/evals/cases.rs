//! The cases themselves: how many, what they cover, that people could have written them, that they fit their published schemas.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use trialogue::evals::case::{Outcome, Split};
use trialogue::evals::schema::schemas;
use trialogue::evals::suite::files;
use trialogue::tools::ALL;

use super::{cases, evals, stages, suites};

/// The queries of the seed document, which phrases of tools repeat: they must be understood as they stand.
const SEED: [&str; 4] = [
    "show me all experiments for churn prediction",
    "which run had the highest f1 score",
    "compare the last 3 runs",
    "plot the training loss curve for run 17",
];

#[test]
fn there_are_enough_cases_and_they_cover_every_tool_and_outcome() {
    assert!(cases().count() >= 300 && suites().len() >= 12, "{} cases in {} suites", cases().count(), suites().len());
    let expected = || cases().flat_map(|case| &case.turns).flat_map(|turn| &turn.expect.calls);
    for tool in &ALL {
        let count = expected().filter(|call| call.tool == tool.name).count();
        assert!(count >= 10, "{} is expected {count} times", tool.name);
    }
    for outcome in [Outcome::Act, Outcome::Clarify, Outcome::Refuse, Outcome::AnswerOnly] {
        let count = cases().flat_map(|case| &case.turns).filter(|turn| turn.expect.outcome == outcome).count();
        assert!(count >= 5, "{outcome:?} is expected {count} times");
    }
    let left_to_names = || cases().filter(|case| case.split.is_none());
    let (all, heldout) = (left_to_names().count(), left_to_names().filter(|case| case.split() == Split::Heldout).count());
    assert!(all > 1000 && heldout * 3 > all && heldout * 3 < all * 2, "{heldout} of {all} are held out");
    let queries: BTreeSet<String> = cases().flat_map(|case| &case.turns).map(|turn| bare(&turn.user)).collect();
    for query in SEED {
        assert!(queries.contains(query), "the query of the seed document `{query}` is no case");
    }
}

#[test]
fn no_two_cases_ask_the_same_of_the_same_store() {
    let mut seen = BTreeMap::new();
    for case in cases() {
        let said: Vec<String> = case.turns.iter().map(|turn| turn.user.to_lowercase()).collect();
        let key = (case.fixture.clone(), format!("{:?}", case.store), said);
        if let Some(other) = seen.insert(key, case.id.clone()) {
            panic!("{} says what {other} says", case.id);
        }
    }
}

/// A planner that knows its own phrases must not be judged by them.
#[test]
fn no_case_is_a_phrase_of_a_tool_with_its_slots_filled() {
    let phrases: Vec<Vec<&str>> = ALL.iter().flat_map(|tool| tool.phrases).map(|phrase| phrase.split(' ').collect()).collect();
    let mut copies = Vec::new();
    for case in cases() {
        for turn in &case.turns {
            let said = bare(&turn.user);
            let words: Vec<&str> = said.split(' ').collect();
            let copied = phrases.iter().find(|phrase| is_telling(phrase) && fills(phrase, &words));
            if let (Some(phrase), false) = (copied, SEED.contains(&said.as_str())) {
                copies.push(format!("{}: “{}” is the phrase “{}”", case.id, turn.user, phrase.join(" ")));
            }
        }
    }
    assert!(copies.is_empty(), "{} copies:\n{}", copies.len(), copies.join("\n"));
}

#[test]
fn a_filled_phrase_is_found() {
    let phrase = ["which", "run", "had", "the", "{direction}", "{metric}"];
    let check = |said: &str, expected: bool| assert_eq!(fills(&phrase, &said.split(' ').collect::<Vec<_>>()), expected, "{said}");
    check("which run had the highest f1 score", true);
    check("which run had the highest", false);
    check("which of the runs had the highest f1 score", false);
}

/// Words without marks at their ends, in small letters.
fn bare(said: &str) -> String {
    said.to_lowercase().trim_end_matches(['?', '.', '!', ' ']).to_owned()
}

/// Whether a phrase has enough words of its own to be recognised by: `{run} vs {run}` is how anybody says it.
fn is_telling(phrase: &[&str]) -> bool {
    phrase.iter().filter(|word| !word.starts_with('{')).count() >= 3
}

/// Whether `said` is the phrase with one to three words in each slot.
fn fills(phrase: &[&str], said: &[&str]) -> bool {
    match (phrase.split_first(), said.split_first()) {
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
        (Some((slot, rest)), Some(_)) if slot.starts_with('{') => {
            (1..=3.min(said.len())).any(|taken| said.get(taken..).is_some_and(|left| fills(rest, left)))
        }
        (Some((word, rest)), Some((one, left))) => word == one && fills(rest, left),
    }
}

#[test]
fn the_published_schemas_are_those_of_the_types_and_every_case_fits_them() {
    for (name, schema) in schemas() {
        let path = evals().join(name);
        let published: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
        assert!(published == schema, "`evals/{name}` is not that of the types: cargo run -- eval export --format schemas --out evals");
    }
    let schema = |wanted: &str| {
        let (_, schema) = schemas().into_iter().find(|(name, _)| *name == wanted).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let validator = schema("case.schema.json");
    for case in cases() {
        let line = serde_json::to_value(case).unwrap();
        let faults: Vec<String> = validator.iter_errors(&line).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {}", case.id, faults.join("; "));
        assert_eq!(serde_json::from_value::<trialogue::evals::case::Case>(line).unwrap(), *case);
    }
    for (folder, name) in [("suites", "suite.schema.json"), ("fixtures", "fixture.schema.json")] {
        let validator = schema(name);
        for path in files(&evals().join(folder), &["yaml"]).unwrap() {
            let file: serde_json::Value = trialogue::evals::suite::from_yaml(&fs::read_to_string(&path).unwrap()).unwrap();
            let faults: Vec<String> = validator.iter_errors(&file).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{}: {}", path.display(), faults.join("; "));
        }
    }
}

#[test]
fn facts_that_name_a_value_name_that_of_the_fixture() {
    for case in cases() {
        let stage = stages().named(&case.fixture).unwrap();
        for fact in case.turns.iter().flat_map(|turn| &turn.expect.answer.facts) {
            if let (Some(run), Some(metric)) = (&fact.run, &fact.metric) {
                let latest = stage.value_of(run, metric);
                assert!(latest.is_some(), "{}: {run} has no {metric}", case.id);
                let defined = stage.fixture.experiments.iter().flat_map(|experiment| &experiment.runs).filter(|one| one.name == *run);
                let history: Vec<f64> =
                    defined.filter_map(|run| run.metrics.get(metric)?.as_array()).flatten().filter_map(|value| value.as_f64()).collect();
                let is_stored = |value: f64| latest == Some(value) || history.contains(&value);
                assert!(fact.value.is_none_or(is_stored), "{}: {metric} of {run} is {latest:?}, before {history:?}", case.id);
            }
        }
    }
}
