//! The answer to a question back: "the one with 20", "the second", a name, after several names fitted.

use serde_json::Value;

use crate::agent::conversation::Conversation;
use crate::agent::interpreter::reading::{Anaphor, Part, Reading};
use crate::agent::interpreter::{Plan, chatter, lexicon};
use crate::domain::reference::words;

/// The longest answer to a question back, in words.
const LONGEST: usize = 7;

/// Quarters as they are said, with their numbers.
const QUARTERS: [(&str, &str); 4] = [("first", "1"), ("second", "2"), ("third", "3"), ("fourth", "4")];

/// The call that was left open, with the name that is chosen now; absent where none is.
pub(in crate::agent::interpreter) fn plan(reading: &Reading, conversation: &Conversation) -> Option<Plan> {
    let choice = conversation.choice.as_ref()?;
    if reading.words.len() > LONGEST {
        return None;
    }
    let chosen = by_place(reading, &choice.candidates).or_else(|| by_words(reading, &choice.candidates))?;
    let mut arguments = choice.arguments.clone();
    for value in arguments.values_mut() {
        replace(value, &choice.given, chosen);
    }
    (arguments != choice.arguments).then(|| Plan::call(choice.tool, arguments))
}

fn by_place<'a>(reading: &Reading, candidates: &'a [String]) -> Option<&'a String> {
    // `the first quarter` is a name.
    if reading.says("quarter") {
        return None;
    }
    reading.parts().find_map(|part| match part {
        Part::Anaphor(Anaphor::Nth(place)) => candidates.get(*place),
        Part::Anaphor(Anaphor::Last) => candidates.last(),
        Part::Runs(phrase) if phrase == "first 1" => candidates.first(),
        Part::Runs(phrase) if phrase == "last 1" => candidates.last(),
        _ => None,
    })
}

/// The only candidate that has all words that say something.
fn by_words<'a>(reading: &Reading, candidates: &'a [String]) -> Option<&'a String> {
    let says_nothing = |word: &str| chatter::is_common(word) || lexicon::is_filler(word) || lexicon::meaning(word) == Some("run");
    let quarter =
        reading.words.iter().position(|word| word == "quarter").and_then(|at| at.checked_sub(1)).and_then(|at| reading.words.get(at));
    let quarter = quarter
        .and_then(|word| QUARTERS.iter().find(|(ordinal, _)| ordinal == word))
        .map(|(_, number)| vec!["q".to_owned(), (*number).to_owned()]);
    let words_said = quarter.unwrap_or_else(|| reading.words.clone());
    let said: Vec<&String> = words_said.iter().filter(|word| !says_nothing(word)).collect();
    let mut fitting = candidates.iter().filter(|candidate| {
        let known = words(candidate);
        !said.is_empty() && said.iter().all(|word| known.contains(word))
    });
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Puts the chosen name where the open reference stood.
fn replace(value: &mut Value, given: &str, chosen: &str) {
    match value {
        Value::String(text) if text == given => chosen.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, given, chosen)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
}
