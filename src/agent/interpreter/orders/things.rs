//! The thing that an order is about, for the question behind it: `restart run-018, and what depth did it have?`.

use super::clauses::clauses;
use super::{FORBIDDEN, FORBIDDEN_WITH_OBJECT, forms};
use crate::agent::interpreter::lexicon;
use crate::domain::reference::placed_words;

/// Words at which the thing ends.
const BEHIND: &str = "please pls to with for from as in into on onto because if and but or now yet again again, back before after when once today tomorrow immediately then so";

/// Words that are no name of a thing.
const POINTING: &str =
    "it its that this them they those these one ones anything something everything nothing all me us you the a an my our";

/// What an order or its opposite is about, as said; absent where it only points at something.
pub(in super::super) fn object(order: &str) -> Option<String> {
    let clause = clauses(order).into_iter().next()?;
    let is_verb = |word: &String| {
        let known = |words: &str| words.split_whitespace().any(|verb| verb == word);
        known(FORBIDDEN) || known(FORBIDDEN_WITH_OBJECT) || word == "touch" || forms::of_gerund(word).is_some()
    };
    let Some(at) = clause.words.iter().position(is_verb) else {
        // `I need run-3 gone`
        let is_name = |word: &&String| {
            word.chars().any(char::is_alphabetic) && (word.contains(['-', '_']) || word.chars().any(|letter| letter.is_ascii_digit()))
        };
        return clause.words.iter().find(is_name).cloned();
    };
    let has = |words: &str, word: &str| words.split_whitespace().any(|known| known == word);
    let thing: Vec<&str> = clause.words.iter().skip(at + 1).map(String::as_str).take_while(|word| !has(BEHIND, word)).collect();
    // `scores.csv in run-3` is a file of that run.
    let behind = clause.words.get(at + 1 + thing.len()..).unwrap_or_default();
    let is_file = thing.iter().any(|word| lexicon::is_file_name(word));
    let thing = match behind {
        [link, run, ..] if is_file && matches!(link.as_str(), "in" | "of" | "from" | "on") => [thing, vec!["of", run.as_str()]].concat(),
        _ => thing,
    };
    let names = thing.iter().any(|word| !has(POINTING, word));
    (names && thing.len() <= 5).then(|| thing.join(" "))
}

/// Whether a question points at a thing with a pronoun.
pub(in super::super) fn points(question: &str) -> bool {
    placed_words(question).iter().any(|(word, _)| matches!(word.as_str(), "it" | "its"))
}

/// A question in which the first pronoun is the thing that is meant.
pub(in super::super) fn named_instead(question: &str, thing: &str) -> String {
    let words = placed_words(question);
    let pronoun = words.iter().find(|(word, _)| matches!(word.as_str(), "it" | "its"));
    let Some((word, place)) = pronoun else { return question.to_owned() };
    let owns = if word == "its" { "'s" } else { "" };
    let (before, behind) = (question.get(..place.start).unwrap_or_default(), question.get(place.end..).unwrap_or_default());
    format!("{before}{thing}{owns}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thing_of_an_order_is_named_behind_it() {
        assert_eq!(object("restart run-018 please").as_deref(), Some("run-018"));
        assert_eq!(object("don't change the first run").as_deref(), Some("the first run"));
        assert_eq!(object("delete it"), None);
        assert_eq!(named_instead("and what was its f1?", "run-018"), "and what was run-018's f1?");
    }
}
