//! Whether an order to create is one: speaking of making, asking how it is done, and taking an order back are none.

use super::quotes::unquoted;
use super::sentence::question_calls;
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;

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

/// Phrases that say that nothing is to be done, wherever they stand.
const NOT_MEANT: [&str; 8] = ["dry run", "dry-run", "dryrun", "not yet", "nothing yet", "hypothetically", "just asking", "just checking"];

/// Phrases that take an order back where little else is said.
const TAKING_BACK: [&str; 10] =
    ["don't", "do not", "dont", "never mind", "nevermind", "cancel", "forget it", "forget that", "scratch that", "on second thought"];

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
        "without creating",
        "without making",
        "without actually",
        "never create",
        "what would you",
        "what would happen",
        "what happens if",
        "what if ",
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
        "suppose ",
        "supposing ",
        "imagine ",
        "let's say ",
        "assuming ",
        "just pretend",
        "only pretend",
        "simulate",
        "if i asked",
        "if i wanted",
        "stop creating",
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
        || says(&NOT_MEANT, &folded)
        || asks_whether(&folded)
        || folded.split(['.', ',', ';', '!', '?', '–', '—']).skip(1).any(is_retraction)
        || (says(&may, head) || is_maybe) && !folded.contains("please")
        || says(&announces, head) && says(&later, &folded)
}

/// `do I have to create x?`, `will it cost anything to create x?`, `nobody should create x`: asks or tells who may, and orders nothing.
fn asks_whether(folded: &str) -> bool {
    crate::domain::reference::words(folded).windows(2).any(|pair| match pair {
        [first, second] => {
            has("do am are must shall should", first) && has("i we", second)
                || has("does will", first) && second == "it"
                || has("nobody none", first) && has("should shall may must can", second)
        }
        _ => false,
    })
}

/// Whether a sentence beside an order takes it back: `dry run only!`, `no, wait, don't`.
pub(in crate::agent::interpreter) fn retracts(sentence: &str) -> bool {
    let folded = unquoted(sentence).to_lowercase().replace('’', "'");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| folded.contains(phrase));
    is_retraction(&folded) || says(&NOT_MEANT) || says(&["don't create", "do not create", "don't actually", "don't make"])
}

/// Whether few words take back what was ordered: `forget it`, `actually no`.
fn is_retraction(folded: &str) -> bool {
    let words = crate::domain::reference::words(folded);
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| folded.contains(phrase));
    let one_of = |known: &str| words.iter().any(|word| has(known, word));
    let is_halt = words.iter().all(|word| has("no nope nah wait stop actually sorry oh please hold on", word))
        && (one_of("nope nah wait stop hold") || one_of("actually") && one_of("no"));
    words.len() <= 6 && (is_halt || says(&TAKING_BACK) && !says(&["worry", "forget to", "show", "list", "plot", " run"]))
}
