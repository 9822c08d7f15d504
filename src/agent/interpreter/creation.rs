//! "Create an experiment called …": the one order to write that the interpreter knows. Names are free text, so they are cut out
//! of the sentence before anything else is read.

use serde_json::Value;

use super::{Arguments, lexicon, put};
use crate::domain::reference::placed_words;

/// Whether a question orders an experiment to be made.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    /// With these arguments of `create_experiment`.
    Create(Arguments),
    /// But does not say what it is to be called.
    Nameless,
    /// But takes it back: nothing is to be made yet.
    NotYet,
    /// But wants several at once.
    Several,
    /// But only asks whether or how it is done.
    Asked,
}

/// The order to create an experiment, if the question is one.
pub(super) fn order(question: &str) -> Option<Order> {
    if asks_how(question) {
        return Some(Order::Asked);
    }
    obeyed(question).map(|order| match order {
        Order::Create(_) if wants_several(question) => Order::Several,
        _ if takes_back(question) => Order::NotYet,
        order => order,
    })
}

/// `how do I create an experiment?`, `can you create experiments?`: what is wanted is to know, as long as nothing has a name.
fn asks_how(question: &str) -> bool {
    let words = crate::domain::reference::words(question);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_verb = |word: &str| lexicon::meaning(word) == Some("create");
    match words.as_slice() {
        ["how", "do" | "can" | "would" | "could" | "should", "i" | "we" | "you" | "one", verb, ..] if is_verb(verb) => {
            words.iter().any(|word| matches!(*word, "experiment" | "experiments")) && question_calls(question).is_none()
        }
        ["can" | "could" | "do" | "are", "you", .., verb, "experiments" | "experiment"] => is_verb(verb) || *verb == "creating",
        _ => false,
    }
}

/// `create two experiments a and b`
fn wants_several(question: &str) -> bool {
    let words = crate::domain::reference::words(question);
    let verb = words.iter().position(|word| lexicon::meaning(word) == Some("create"));
    verb.is_some_and(|verb| words.iter().skip(verb + 1).take(3).any(|word| word == "experiments"))
}

/// `do not create x`, `I might create x later`, `dry run: …`: speaks of making, and orders nothing. What is quoted does not count.
fn takes_back(question: &str) -> bool {
    let unquoted: String = question.split('"').step_by(2).collect::<Vec<&str>>().join(" ");
    let folded = unquoted.to_lowercase().replace('’', "'");
    let denies = [
        "don't",
        "do not",
        "dont ",
        "not yet",
        "dry run",
        "dry-run",
        "without creating",
        "without making",
        "never mind",
        "what would you",
        "what would happen",
        "hypothetically",
    ];
    let may = [" might ", " may ", "will maybe", "thinking about", "thinking of", "later on", "some day", "someday", "considering"];
    let head = folded.split([':', ';']).next().unwrap_or_default();
    denies.iter().any(|phrase| folded.contains(phrase)) || may.iter().any(|phrase| head.contains(phrase)) && !folded.contains("please")
}

fn obeyed(question: &str) -> Option<Order> {
    let words = placed_words(question);
    // `i need an experiment …, call it …` orders one, `i need the experiment with …` does not.
    let is_called = question_calls(question);
    let creates = |word: &str| {
        lexicon::meaning(word) == Some("create")
            || lexicon::meaning(word).is_none() && lexicon::misspelt_meaning(word) == Some("create")
            || matches!(word, "start" | "set" | "begin" | "open" | "spin" | "initialize" | "initialise" | "establish")
            || is_called.is_some() && matches!(word, "need" | "want" | "like")
    };
    words.iter().take(8).position(|(word, _)| creates(word))?;
    // `exp011` is a name.
    let stands_alone = |end: usize| {
        question.get(end..).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || "-_.".contains(letter)))
    };
    let is_noun = |(word, place): &(String, std::ops::Range<usize>)| {
        matches!(word.as_str(), "experiment" | "project") || matches!(word.as_str(), "exp" | "expt") && stands_alone(place.end)
    };
    let Some(noun_at) = words.iter().position(is_noun) else {
        return bare_order(question, &words);
    };
    // `i would like to start a new experiment`: the verb is the one next to the noun, the others are politeness.
    let verb_at = words.iter().take(noun_at).rposition(|(word, _)| creates(word))?;
    let asks =
        words.first().is_some_and(|(word, _)| matches!(word.as_str(), "which" | "what" | "who" | "when" | "how" | "list" | "show" | "did"));
    if noun_at - verb_at > 4 || asks {
        return None;
    }
    let between = question.get(words.get(verb_at)?.1.end..words.get(noun_at)?.1.start)?;
    let rest = question.get(words.get(noun_at)?.1.end..)?;
    // `create "fog-v2" experiment`
    let named_before =
        between.find(['"', '“', '`', '\'']).and_then(|at| quoted(between.get(at..)?)).map(|(name, _)| format!("\"{name}\"{rest}"));
    let rest = named_before.as_deref().unwrap_or(rest);
    let rest = is_called.and_then(|at| question.get(at..)).unwrap_or(rest);
    let Some((name, rest)) = name_of(rest) else {
        // `create an experiment?` is an order; `add a project tag …` or `make the experiment list …` is something else.
        let is_order = rest.chars().all(|letter| !letter.is_alphanumeric());
        return is_order.then_some(Order::Nameless);
    };
    let mut arguments = Arguments::new();
    put(&mut arguments, "name", name);
    let (description, rest) = description_of(&rest);
    if let Some(description) = description {
        put(&mut arguments, "description", description);
    }
    let tags = tags_of(&rest);
    if !tags.is_empty() {
        put(&mut arguments, "tags", Value::Object(tags));
    }
    Some(Order::Create(arguments))
}

/// Where an order says at its end what the experiment is to be called: `…, call it x`.
fn question_calls(question: &str) -> Option<usize> {
    let folded = question.to_lowercase();
    [" call it ", " name it ", " called ", " named "].iter().filter_map(|lead| folded.find(lead)).min().map(|at| at + 1)
}

/// `create churn-v2`: an order that does not say of what, but a name.
fn bare_order(question: &str, words: &[(String, std::ops::Range<usize>)]) -> Option<Order> {
    const ELSE: &str = "a an the some run runs model chart plot graph table report list picture summary comparison figure tag dashboard sense sure it me us";
    let verb_at = words.iter().take(5).position(|(word, _)| word == "create")?;
    let (first, _) = words.get(verb_at + 1)?;
    let rest = question.get(words.get(verb_at)?.1.end..)?;
    let (name, _) = name_of(rest)?;
    let is_else = ELSE.split(' ').any(|word| word == first) || lexicon::meaning(first).is_some();
    if is_else || crate::domain::reference::words(&name).len() > 6 {
        return None;
    }
    let mut arguments = Arguments::new();
    put(&mut arguments, "name", name);
    Some(Order::Create(arguments))
}

/// Words that end a name that stands without quotes.
const NAME_ENDS: [&str; 13] =
    ["; ", ". ", " (", " with ", " tagged ", " described ", " about ", " for ", " and ", " tags ", " description ", ", ", " please"];

fn name_of(text: &str) -> Option<(String, String)> {
    let is_sign = [':', ' ', ','];
    let mut rest = text.trim_start_matches(is_sign);
    for polite in ["please", "pls", "for me", "for us"] {
        let after = strip_prefix_folded(rest, polite).filter(|after| after.is_empty() || after.starts_with(is_sign));
        rest = after.map_or(rest, |after| after.trim_start_matches(is_sign));
    }
    for lead in [
        "name it ",
        "call it ",
        "and name it ",
        "and call it ",
        "called ",
        "named ",
        "by the name of ",
        "with the name ",
        "with name ",
        "titled ",
        "name ",
        "name: ",
        "name:",
    ] {
        if let Some(stripped) = strip_prefix_folded(rest, lead) {
            rest = stripped.trim_start();
        }
    }
    if let Some((quoted, after)) = quoted(rest) {
        return (!quoted.trim().is_empty()).then(|| (quoted, after.to_owned()));
    }
    let folded = rest.to_lowercase();
    let end = NAME_ENDS.iter().filter_map(|end| folded.find(end)).min().unwrap_or(rest.len());
    let name = rest.get(..end)?.trim().trim_end_matches(['.', '?', '!', ',']).to_owned();
    (!name.is_empty()).then(|| (name, rest.get(end..).unwrap_or_default().to_owned()))
}

/// The text in the quotes at the head, and what follows them.
fn quoted(text: &str) -> Option<(String, &str)> {
    for (open, close) in [('"', '"'), ('“', '”'), ('\'', '\''), ('`', '`'), ('‘', '’'), ('«', '»')] {
        if let Some(inside) = text.strip_prefix(open)
            && let Some((quoted, after)) = inside.split_once(close)
        {
            return Some((quoted.to_owned(), after));
        }
    }
    None
}

fn strip_prefix_folded<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

/// The description and the rest without it.
fn description_of(text: &str) -> (Option<String>, String) {
    let folded = text.to_lowercase();
    for lead in [
        "describe it as",
        "describing it as",
        "description:",
        "description",
        "described as",
        "described by",
        " about ",
        "note:",
        "which is about",
    ] {
        let Some(at) = folded.find(lead) else { continue };
        let after = text.get(at + lead.len()..).unwrap_or_default().trim_start_matches([':', ' ', '=']);
        let before = text.get(..at).unwrap_or_default();
        if let Some((quoted, rest)) = quoted(after) {
            return (Some(quoted), format!("{before} {rest}"));
        }
        let folded_after = after.to_lowercase();
        let ends = [" and tag", " tagged ", " with tag", ", tag", " and the tag", " tags "];
        let end = ends.iter().filter_map(|end| folded_after.find(end)).min().unwrap_or(after.len());
        let described = after.get(..end).unwrap_or_default().trim().trim_end_matches('.').to_owned();
        let rest = format!("{before} {}", after.get(end..).unwrap_or_default());
        return ((!described.is_empty()).then_some(described), rest);
    }
    (None, text.to_owned())
}

/// Every `key=value` or `key: value`.
fn tags_of(text: &str) -> serde_json::Map<String, Value> {
    let mut tags = serde_json::Map::new();
    let spaced = text.replace(" = ", "=").replace(": ", "=").replace(" is ", "=");
    for word in spaced.split([' ', ',', ';']) {
        // `tags: team=risk`
        let word = ["tags=", "tag="].iter().find_map(|lead| word.strip_prefix(lead)).unwrap_or(word);
        let cleaned =
            word.trim_matches(|letter: char| matches!(letter, '"' | '\'' | '`' | '.' | '?' | '!' | '(' | ')' | '“' | '”' | '{' | '}'));
        if let Some((key, value)) = cleaned.split_once('=')
            && !key.is_empty()
            && !value.is_empty()
        {
            tags.insert(key.trim_matches('"').to_owned(), Value::from(value.trim_matches('"')));
        }
    }
    // `, team structural-biology`
    for piece in text.split([',', ';']) {
        let words: Vec<&str> =
            piece.split_whitespace().filter(|word| !matches!(*word, "and" | "with" | "for" | "the" | "tag" | "tags")).collect();
        if let [key, value] = words.as_slice()
            && TAG_KEYS.contains(&key.to_lowercase().as_str())
        {
            tags.insert(key.to_lowercase(), Value::from(value.trim_matches(['.', '?', '!', '"', '\''])));
        }
    }
    tags
}

/// Tags that people give without a sign between key and value.
const TAG_KEYS: [&str; 11] = ["team", "owner", "project", "phase", "stage", "tier", "domain", "client", "env", "priority", "status"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: Value) {
        let arguments = order(question).map(|order| match order {
            Order::Create(arguments) => Value::Object(arguments),
            Order::Nameless => Value::from("nameless"),
            Order::NotYet => Value::from("not yet"),
            Order::Several => Value::from("several"),
            Order::Asked => Value::from("asked"),
        });
        assert_eq!(arguments.unwrap_or_default(), expected, "{question}");
    }

    #[test]
    fn names_descriptions_and_tags_are_cut_out() {
        check("create an experiment called uplift-pilot", serde_json::json!({"name": "uplift-pilot"}));
        check(
            "Create a new experiment \"Q2 churn\" with description \"Customer churn, second quarter\" and tags team=data-science",
            serde_json::json!({"name": "Q2 churn", "description": "Customer churn, second quarter", "tags": {"team": "data-science"}}),
        );
        check(
            "please set up a new experiment named asr tagged owner=sam and phase=pilot",
            serde_json::json!({"name": "asr", "tags": {"owner": "sam", "phase": "pilot"}}),
        );
        check("new experiment, name: asr, description: speech", serde_json::json!({"name": "asr", "description": "speech"}));
        check(
            "could you spin up an experiment, name: hail, tags: team=meteo, phase=pilot",
            serde_json::json!({"name": "hail", "tags": {"team": "meteo", "phase": "pilot"}}),
        );
        check("open an experiment called ocr; tags: team=docs", serde_json::json!({"name": "ocr", "tags": {"team": "docs"}}));
        check("create \"fog-v2\" experiment", serde_json::json!({"name": "fog-v2"}));
        check("create a new experiment", Value::from("nameless"));
        check(
            "I'd like to start a new experiment called \"Churn v4\" with tags owner=tariq",
            serde_json::json!({"name": "Churn v4", "tags": {"owner": "tariq"}}),
        );
        check("new experiment please: churn-q2, tags team=risk", serde_json::json!({"name": "churn-q2", "tags": {"team": "risk"}}));
        check("do not create spring-uplift for now", Value::from("not yet"));
        check("I might create an experiment called spring later, don't do it yet", Value::from("not yet"));
        check("how do I create an experiment?", Value::from("asked"));
        check("create two experiments a and b", Value::from("several"));
        check("create an experiment called \"do not delete\"", serde_json::json!({"name": "do not delete"}));
        check("which experiment is new?", Value::Null);
        check("what experiments were created by ana", Value::Null);
    }
}
