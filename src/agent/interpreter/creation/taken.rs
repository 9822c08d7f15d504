//! Questions whether there is an experiment of some name, or whether one may still be called so.

use super::names::looks_like_name;
use super::question_calls;
use super::quotes::{quoted, unquoted};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;
use crate::domain::reference::words;

/// Words by which people ask whether a name is in use.
const OF_USE: [&str; 7] = ["free", "available", "taken", "used", "unused", "occupied", "reserved"];

/// Words that may follow a name in such a question.
const BEHIND: &str = "already exist exists existing yet here there in our the my this mlflow store taken free available still now anywhere or not at all \
    please for an a experiment";

/// The name of which a question asks whether an experiment is or may be called so: `is the name x still free?`, `does an experiment called x exist?`
pub(in crate::agent::interpreter) fn name_asked_about(question: &str) -> Option<String> {
    asked_in(question).or_else(|| asked_behind(question))
}

/// `before I make anything - does an experiment fog exist?`: the question stands behind a clause that tells why it is asked.
pub(super) fn asked_behind(question: &str) -> Option<String> {
    let open = unquoted(question);
    [" - ", " – ", " — ", ", ", ": "].iter().find_map(|cut| {
        let (head, _) = open.split_once(cut)?;
        asked_in(question.get(head.len() + cut.len()..)?)
    })
}

fn asked_in(question: &str) -> Option<String> {
    let said = words(&unquoted(question));
    let says = |word: &str| said.iter().any(|known| known == word);
    let begins = said.first().map_or("", String::as_str);
    if !has("is are does do did can could may would will check tell has have any was", begins) {
        return None;
    }
    let of_use = OF_USE.iter().any(|word| says(word)) || says("use") && (says("name") || says("in")) || says("using") && says("name");
    let is_one = says("experiment") || says("project");
    if of_use && (says("name") || is_one) && !says("there") {
        return quoted_within(question)
            .or_else(|| name_within(question))
            .or_else(|| behind_noun(question))
            .or_else(|| behind_use(question))
            .filter(|name| !name.is_empty());
    }
    // `do I have to create it?`
    let has_to = said.windows(2).any(|pair| matches!(pair, [have, to] if have == "have" && to == "to"));
    let asks_whether = ["there", "exist", "exists", "already"].iter().any(|word| says(word)) || says("have") && !has_to;
    let asks_else = said.iter().any(|word| matches!(lexicon::meaning(word), Some("run" | "metric" | "parameter")));
    let is_of_experiments = !asks_else && (is_one || says("experiments") || says("projects"));
    let name = if asks_whether && is_of_experiments { name_at_end(question) } else { None };
    name.filter(|name| !name.is_empty())
}

/// The name behind `called` or in quotes or at the end of a question, where nothing more is asked.
fn name_at_end(question: &str) -> Option<String> {
    let is_over = |rest: &str| words(rest).iter().all(|word| has(BEHIND, word));
    let after = question_calls(question).and_then(|at| question.get(at..)?.split_once(' '));
    if let Some((_, after)) = after {
        let after = ["the name of ", "name of ", "the name ", "name ", "it "]
            .iter()
            .find_map(|lead| after.strip_prefix(lead))
            .unwrap_or(after)
            .trim();
        if let Some((name, rest)) = quoted(after) {
            return is_over(rest).then_some(name);
        }
        let mut name: Vec<&str> = after.trim_end_matches(['?', '.', '!']).split_whitespace().collect();
        while name.len() > 1 && name.last().is_some_and(|last| has(BEHIND, &last.to_lowercase())) {
            name.pop();
        }
        let is_plain = !name.iter().any(|word| has("with that which and or whose where who by", word));
        return (is_plain && name.len() <= 5).then(|| name.join(" ").trim_end_matches(',').to_owned());
    }
    // `does the experiment fog-v2 exist?`
    let exists = words(question).iter().any(|word| has("exist exists", word));
    if let Some(name) = between_noun_and_verb(question) {
        return Some(name);
    }
    let (name, at) = quoted_at(question).or_else(|| name_within(question).and_then(|name| question.find(&name).map(|at| (name, at))))?;
    let rest = question.get(at..).and_then(|rest| rest.split_once(name.as_str())).map_or("", |(_, rest)| rest);
    (exists && is_over(rest)).then_some(name)
}

/// `does an experiment fog exist`
fn between_noun_and_verb(question: &str) -> Option<String> {
    let mut behind = question.split_whitespace().skip_while(|word| !matches!(*word, "experiment" | "project")).skip(1);
    let name = behind.next().filter(|name| !has(BEHIND, &name.trim_end_matches(['?', '.', ',']).to_lowercase()))?;
    let verb = behind.find(|word| !has("already still even", word))?;
    verb.trim_end_matches(['?', '.']).starts_with("exist").then(|| name.trim_matches(['"', '\'', '`', ',']).to_owned())
}

fn quoted_within(question: &str) -> Option<String> {
    quoted_at(question).map(|(name, _)| name)
}

fn quoted_at(question: &str) -> Option<(String, usize)> {
    let mut places = question.char_indices().filter(|(_, letter)| !letter.is_alphanumeric());
    places.find_map(|(at, _)| quoted(question.get(at..)?).map(|(name, _)| (name, at)))
}

/// The first word that can hardly be anything but a name.
fn name_within(question: &str) -> Option<String> {
    question
        .split_whitespace()
        .map(|word| word.trim_matches([',', '.', '?', '!', ':']))
        .find(|word| looks_like_name(word))
        .map(str::to_owned)
}

/// `is the name fog taken?`
fn behind_noun(question: &str) -> Option<String> {
    let behind = question.split_whitespace().skip_while(|word| *word != "name").nth(1)?;
    (!has("is still free taken available for of", behind)).then(|| behind.trim_matches([',', '.', '?', '!', ':']).to_owned())
}

/// `is anybody using fog as an experiment name?`
fn behind_use(question: &str) -> Option<String> {
    let mut behind = question.split_whitespace().skip_while(|word| !has("using use used", word)).skip(1);
    let name = behind.find(|word| !has("the name a an", word))?;
    behind.next().filter(|word| has("as for", word)).map(|_| name.trim_matches([',', '.', '?', '!', ':']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_whether_a_name_is_taken_is_told_from_who_asks_of_an_experiment() {
        let check = |question: &str, name: &str| assert_eq!(name_asked_about(question).as_deref(), Some(name), "{question}");
        check("is the name fog-v2 still free?", "fog-v2");
        check("is the name fog still free for an experiment?", "fog");
        check("can I use the name \"Deep fog\"?", "Deep fog");
        check("is there an experiment called fog?", "fog");
        check("is there already an experiment named \"Deep fog\"?", "Deep fog");
        check("do we have any experiments called Deep fog", "Deep fog");
        check("does an experiment called fog exist already?", "fog");
        check("does the experiment fog-v2 exist?", "fog-v2");
        check("does an experiment fog already exist?", "fog");
        for question in [
            "is gpu 3 free?",
            "is there an experiment about fog?",
            "is there an experiment called fog with more than 3 runs?",
            "do we have runs in the experiment called fog?",
            "which experiment is called fog?",
            "does run-3 exist?",
        ] {
            assert_eq!(name_asked_about(question), None, "{question}");
        }
    }
}
