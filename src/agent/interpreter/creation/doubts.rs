//! Whether an order to create is one: speaking of making, asking how it is done, and taking an order back are none.

use super::quotes::unquoted;
use super::sentence::question_calls;
use crate::agent::interpreter::lexicon;

/// `how do I create an experiment?`, `can you create experiments?`: what is wanted is to know, as long as nothing has a name.
pub(super) fn asks_how(question: &str) -> bool {
    let words = crate::domain::reference::words(question);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_verb = |word: &str| word != "new" && lexicon::meaning(word) == Some("create");
    match words.as_slice() {
        ["how", "do" | "can" | "would" | "could" | "should", "i" | "we" | "you" | "one", verb, ..] if is_verb(verb) => {
            words.iter().any(|word| matches!(*word, "experiment" | "experiments")) && question_calls(question).is_none()
        }
        ["can" | "do" | "are", "you", .., verb, "a" | "an" | "new", "experiment" | "experiments"] => is_verb(verb),
        ["can" | "could" | "do" | "are", "you", .., verb, "experiments" | "experiment"] => is_verb(verb) || *verb == "creating",
        _ => false,
    }
}

/// `do not create x`, `I might create x later`, `dry run: …`: speaks of making, and orders nothing. What is quoted does not count.
pub(super) fn takes_back(question: &str) -> bool {
    let folded = unquoted(question).to_lowercase().replace('’', "'");
    // `don't forget to create x`, `would it be possible to create x` order it.
    let folded = ["don't forget", "do not forget", "dont forget", "why don't you", "would it be possible"]
        .iter()
        .fold(folded, |folded, order| folded.replace(order, "please"));
    let denies = [
        "don't",
        "do not",
        "dont ",
        "not yet",
        "dry run",
        "dry-run",
        "dryrun",
        "without creating",
        "without making",
        "without actually",
        "never mind",
        "never create",
        "what would you",
        "what would happen",
        "what happens if",
        "what if ",
        "hypothetically",
        "before you create",
        "before creating",
        "before i create",
        "no need to",
        "hold off",
        "wait with",
        "not create",
        "not creating",
        "rather not",
        "let's not",
        "should i ",
        "should we ",
        "shall i ",
        "shall we ",
        "would it be ",
        "would it make ",
        "does it make sense",
        "is it ok",
        "is it sensible",
        "is it wise",
        "is it a good idea",
        "is it worth",
        "do you think",
        "would you recommend",
        "do i need to",
        "do we need to",
        "suppose ",
        "supposing ",
        "imagine ",
        "let's say ",
        "assuming ",
        "just pretend",
        "only pretend",
        "simulate",
        "just asking",
        "just checking",
        "if i asked",
        "if i wanted",
        "stop creating",
        "cancel that",
        "only a draft",
        "just a draft",
    ];
    let may = [
        " might ",
        " may ",
        "thinking about",
        "thinking of",
        "later on",
        "some day",
        "someday",
        "considering",
        "planning to",
        "plan to",
        "perhaps ",
        "one day",
        "at some point",
        "eventually",
    ];
    let announces = ["i'll ", "i will ", "we'll ", "we will ", "i am going to ", "we're going to ", "i'm going to ", "remind me"];
    let later = [" tomorrow", " next week", " next month", " later", " soon", " on monday"];
    let says = |phrases: &[&str], text: &str| phrases.iter().any(|phrase| text.contains(phrase));
    let head = folded.split([':', ';']).next().unwrap_or_default();
    let (folded, head) = (format!(" {folded}"), &format!(" {head}"));
    let is_maybe = head.contains("maybe ") && !["maybe you can", "maybe you could"].iter().any(|polite| head.contains(polite));
    says(&denies, &folded)
        || (says(&may, head) || is_maybe) && !folded.contains("please")
        || says(&announces, head) && says(&later, &folded)
}

/// Whether a sentence beside an order takes it back: `dry run only!`, `no, wait, don't`.
pub(in crate::agent::interpreter) fn retracts(sentence: &str) -> bool {
    let folded = unquoted(sentence).to_lowercase().replace('’', "'");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| folded.contains(phrase));
    let is_bare =
        crate::domain::reference::words(&folded).len() <= 6 && says(&["don't", "do not", "dont", "never mind", "cancel", "forget it"]);
    is_bare && !says(&["worry", "forget to", "show", "list", "plot"])
        || says(&[
            "dry run",
            "dry-run",
            "not yet",
            "hypothetically",
            "nothing yet",
            "don't create",
            "do not create",
            "don't actually",
            "don't make",
            "just asking",
        ])
}
