//! Orders to create several experiments at once, taken apart: one order each, all with what is said of them together.

use std::ops::Range;

use super::names::{looks_like_name, name_of};
use super::quotes::{quoted, unquoted};
use super::sentence::{without_politeness, written_verb};
use super::{Order, order};
use crate::domain::reference::{count_word, placed_words};

/// What sets a second experiment beside the first: `create one called fog and another called hail`.
const SECOND: [&str; 10] = [
    " and another",
    " and one ",
    " and a second",
    " and also one ",
    " and also another",
    " plus another",
    " plus one ",
    ", another one",
    ", one called",
    ", one named",
];

/// Words with which what is said of all of them begins.
const TAILS: [&str; 12] =
    [" with ", " tagged ", ", both ", ", all ", " both ", " please", ", please", " for ", " - ", " labelled ", " labeled ", ", tags"];

/// The orders in one that wants several experiments, each as a question; absent where it wants one or does not name them apart.
pub(in crate::agent::interpreter) fn apart(question: &str) -> Option<Vec<String>> {
    in_plural(question).or_else(|| one_and_another(question)).or_else(|| two_names(question))
}

/// `create two experiments`: says how many, or speaks of them in the plural.
pub(super) fn is_counted(question: &str) -> bool {
    let words = placed_words(&unquoted(question));
    let Some(verb) = written_verb(&words) else { return false };
    words.iter().skip(verb + 1).take(3).any(|(word, _)| word == "experiments")
}

/// `create two experiments, fog and hail, both tagged team=meteo`
fn in_plural(question: &str) -> Option<Vec<String>> {
    let open = unquoted(question);
    let words = placed_words(&open);
    let verb = written_verb(&words)?;
    let noun = words.iter().position(|(word, _)| matches!(word.as_str(), "experiments" | "projects"))?;
    let is_between = |(word, _): &(String, Range<usize>)| {
        count_word(word).is_some()
            || "new up me us the following these some more additional fresh separate please to have see get"
                .split(' ')
                .any(|known| known == word)
    };
    if noun <= verb || !words.get(verb + 1..noun)?.iter().all(is_between) {
        return None;
    }
    let rest = question.get(words.get(noun)?.1.end..)?;
    let (names, tail) = names_of(rest);
    let (names, tail) = if names.is_empty() { names_behind(rest) } else { (names, tail) };
    let is_counted_so = words.get(verb + 1..noun)?.iter().filter(|(word, _)| word != "a").find_map(|(word, _)| count_word(word));
    (names.len() > 1 && is_counted_so.is_none_or(|count| count == names.len()))
        .then(|| names.iter().map(|name| order_for(name, &tail)).collect())
}

/// `create an experiment called fog and another one called hail`
fn one_and_another(question: &str) -> Option<Vec<String>> {
    let folded = unquoted(question).to_ascii_lowercase();
    let (at, lead) = SECOND.iter().filter_map(|lead| folded.find(lead).map(|at| (at, lead))).min()?;
    let first = question.get(..at)?;
    // `create one called fog and …`
    let first = [" one called ", " one named "].iter().fold(first.to_owned(), |first, one| {
        if folded.contains("experiment") && first.contains("experiment") {
            first
        } else {
            first.replacen(one, &one.replace("one", "an experiment"), 1)
        }
    });
    let Some(Order::Create(_)) = order(&first) else { return None };
    let behind = question.get(at + lead.len()..)?.trim_start();
    let behind = ["one", "new", "experiment", "project"]
        .iter()
        .fold(behind, |rest, word| rest.strip_prefix(word).filter(|rest| rest.starts_with([' ', ',', ':'])).map_or(rest, str::trim_start));
    let (name, _) = name_of(behind)?;
    let second = format!("create a new experiment {behind}");
    let is_led = lead.contains("one ")
        || lead.ends_with("called")
        || lead.ends_with("named")
        || looks_like_name(&name)
        || behind.starts_with("called")
        || behind.starts_with("named");
    is_led.then(|| [vec![first], apart(&second).unwrap_or_else(|| vec![second])].concat())
}

/// `create fog-v2, hail-v2 and rain-v2`
fn two_names(question: &str) -> Option<Vec<String>> {
    let Some(Order::Create(arguments) | Order::Unclear(arguments)) = order(question) else { return None };
    let said = arguments.get("name")?.as_str()?;
    let (names, tail) = names_of(question.get(question.find(said)?..)?);
    let are_names = names.len() > 1 && names.iter().all(|name| looks_like_name(name) && !name.contains(char::is_whitespace));
    let is_quoted = question.contains(&format!("\"{said}\""));
    (are_names && !is_quoted).then(|| names.iter().map(|name| order_for(name, &tail)).collect())
}

/// The names at the head of a text, set apart by commas and `and`, and what follows them.
fn names_of(text: &str) -> (Vec<String>, String) {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',', ':', ';', '-', '(', ')']);
        let lead = [
            "and ",
            "to be created",
            "to be made",
            "to be set up",
            "to be added",
            "created",
            "set up",
            "called ",
            "named ",
            "namely ",
            "titled ",
            "with the names ",
            "with names ",
            "please ",
        ]
        .iter()
        .find_map(|lead| rest.get(..lead.len()).filter(|head| head.eq_ignore_ascii_case(lead)).and_then(|_| rest.get(lead.len()..)));
        if let Some(behind) = lead {
            rest = behind;
            continue;
        }
        if let Some((name, behind)) = quoted(rest) {
            names.push(name);
            rest = behind;
            continue;
        }
        let folded = format!("{} ", unquoted(rest).to_ascii_lowercase());
        let ends = TAILS.iter().copied().chain([", ", " and ", " & ", "? ", ". ", "! "]).filter_map(|end| folded.find(end));
        let end = ends.min().unwrap_or(rest.len()).min(rest.len());
        let (name, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let name = name.trim().trim_end_matches(['.', '?', '!', ',', ')']);
        let begins_tail = TAILS.iter().any(|tail| format!(" {} ", name.to_ascii_lowercase()).starts_with(tail.trim_start_matches(',')));
        if name.is_empty() || begins_tail || name.split_whitespace().count() > 4 {
            return (names, rest.to_owned());
        }
        names.push(name.to_owned());
        rest = behind.trim_start_matches(" &");
        if TAILS.iter().any(|tail| behind.to_ascii_lowercase().starts_with(tail)) {
            return (names, behind.to_owned());
        }
    }
}

/// `… with the tag team=sea, namely fog and hail`: the names stand behind what is said of them together.
fn names_behind(text: &str) -> (Vec<String>, String) {
    let folded = unquoted(text).to_ascii_lowercase();
    let leads = [", namely ", " namely ", ", called ", " called ", ", named ", " named ", ": ", " - "];
    let Some((at, lead)) = leads.iter().filter_map(|lead| folded.find(lead).map(|at| (at, lead))).min() else {
        return (Vec::new(), String::new());
    };
    let (names, tail) = names_of(text.get(at + lead.len()..).unwrap_or_default());
    (names, format!("{} {tail}", text.get(..at).unwrap_or_default()))
}

fn order_for(name: &str, tail: &str) -> String {
    let tail = without_politeness(tail.trim_start_matches([',', ' ']));
    let tail = ["both ", "all "].iter().find_map(|all| tail.strip_prefix(all)).unwrap_or(tail);
    format!("create an experiment called \u{ab}{name}\u{bb} {tail}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: &[&str]) {
        let orders = apart(question).unwrap_or_default();
        let names = orders.iter().filter_map(|question| match order(question) {
            Some(Order::Create(arguments)) => Some(serde_json::Value::Object(arguments).to_string()),
            Some(_) | None => None,
        });
        assert_eq!(names.collect::<Vec<String>>(), expected, "{question}: {orders:?}");
    }

    #[test]
    fn several_experiments_are_taken_apart() {
        let both = [r#"{"name":"fog"}"#, r#"{"name":"hail"}"#];
        for question in [
            "create two experiments fog and hail",
            "create the experiments fog and hail please",
            "I need experiments called fog and hail, both new, please",
            "make an experiment fog and another one named hail",
            "create one experiment called fog and one called hail",
            "create one called fog and one called hail",
            "set up 2 new experiments: \"fog\", \"hail\"",
        ] {
            check(question, &both);
        }
        check("create fog-v2 and hail-v2", &[r#"{"name":"fog-v2"}"#, r#"{"name":"hail-v2"}"#]);
        check(
            "create two experiments called fog and hail, both tagged team=meteo",
            &[r#"{"name":"fog","tags":{"team":"meteo"}}"#, r#"{"name":"hail","tags":{"team":"meteo"}}"#],
        );
        check("create fog, hail-2 and rain-3 as new experiments", &[]);
    }

    #[test]
    fn one_experiment_stays_one() {
        for question in [
            "create an experiment called spring and autumn",
            "create an experiment called fog and tag it team=meteo",
            "create three experiments called fog and hail",
            "show the new experiments and their runs",
            "list the experiments fog and hail",
        ] {
            assert_eq!(apart(question), None, "{question}");
        }
    }
}
