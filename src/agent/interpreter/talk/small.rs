//! Small talk: what somebody tells of himself, his day or whom he talks to, and asks nothing: `I'm back from holiday`, `this takes forever`.

use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::orders;
use crate::agent::interpreter::reading::{Part, Reading};

/// Who or what is told of, or how such a remark begins.
const BEGINNING: &str = "i im ive we my our it its this that these you your youre he she they there wow oh ah haha hahaha lol just back what such love loving loved nice perfect great \
    excellent good cool sweet omg damn ugh sorry apologies apology long finally glad happy enjoy have take exactly no ok okay well yay phew pff sigh argh gosh man dear hooray bravo \
    congrats congratulations fine much never always so still too tired bored awesome brilliant amazing wonderful lovely splendid neat impressive same";

/// Words by which something is wanted or asked.
const WISHING: &str = "want wants need needs wish please pls can could would give tell show find how which who whom whose when where why list get recommend suggest explain write make \
    create should must describe compare plot best worst";

/// Whether an utterance only tells something, and nothing of the store.
pub(in super::super) fn is_small(reading: &Reading) -> bool {
    let words: Vec<&str> = reading.words.iter().map(String::as_str).collect();
    // `have a nice evening`, but not `have they failed`; `what a day`, but not `what`.
    let begins = match words.as_slice() {
        ["have" | "take" | "enjoy", next, ..] => has("a an fun care the your my it", next),
        ["what", next, ..] => has("a an", next),
        [first, ..] => has(BEGINNING, first),
        [] => false,
    };
    let is_free = |part: &Part| {
        matches!(
            part,
            Part::Filler
                | Part::Unknown
                | Part::Anaphor(_)
                | Part::Number(_)
                | Part::Length(..)
                | Part::Meaning("create" | "user" | "start" | "perform" | "howlong" | "describe" | "show")
        )
    };
    let wishes = words
        .iter()
        .enumerate()
        .any(|(at, word)| has(WISHING, word) && !(at > 0 && matches!(*word, "make" | "get" | "best" | "need" | "want")));
    let asks_what = words
        .iter()
        .enumerate()
        .any(|(at, word)| matches!(*word, "what" | "whats") && !words.get(at + 1).is_some_and(|next| has("i we a an you it was", next)));
    begins
        && words.len() <= 14
        && !reading.text.contains('?')
        && !wishes
        && !asks_what
        && reading.parts().all(is_free)
        && (reading.parts().any(|part| *part == Part::Unknown)
            || words.iter().any(|word| has("works worked fast stuff question idea fun", word)))
        && orders::refused(&reading.text).is_none()
}
