//! What somebody means to do himself, and so orders of nobody: `I'll restart it myself`, `ops want to deploy one today, which is best?`.

use super::clauses::clauses;
use super::{FORBIDDEN, FORBIDDEN_WITH_OBJECT, forms};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;

/// Words by which somebody takes a thing on himself.
const HIMSELF: &str = "myself ourselves himself herself themselves manually";

/// Words of what cannot be done so, or is asked of another.
const LEFT: &str = "can't cannot couldn't can could unable you please don't not how won't";

/// Verbs of wanting and having to, before a `to`.
const WANTING: &str = "want wants wanna need needs have has like love plan plans planning going decide decided trying try about hope hoping intend intends wish prepare preparing \
    considering thinking supposed decides tempted afraid ready";

/// `ops want to deploy it today`: when something is meant to be done is no condition on runs.
pub(super) fn without_time(said: &str) -> String {
    const TIMES: &str = "today tomorrow tonight soon later now monday tuesday wednesday thursday friday saturday sunday";
    let is_time = |word: &&str| has(TIMES, &word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase());
    said.split(' ').filter(|word| !is_time(word)).collect::<Vec<&str>>().join(" ")
}

/// Whether the speaker only says what he does himself: `I will tag them on my own later`, `no need, we do it by hand`.
pub(in super::super) fn is_plan(said: &str) -> bool {
    let clauses = clauses(said);
    !said.contains('?') && !clauses.is_empty() && clauses.iter().all(|clause| is_own(&clause.words()) || is_announced(&clause.words()))
}

/// `I'll restart them myself`, `I want to change it in my code`: nobody else is to do it.
pub(super) fn is_own(words: &[&str]) -> bool {
    let is_led =
        words.iter().take(3).any(|word| has("i we i'll we'll i'm we're i'd we'd he she they gonna", word)) || begins_wanting(words);
    let by_himself = words.iter().any(|word| has(HIMSELF, word))
        || words.windows(3).any(|three| matches!(three, ["on", "my" | "our" | "their" | "his" | "her", "own"]))
        || words.windows(2).any(|pair| matches!(pair, ["by", "hand"]))
        || words.windows(3).any(|three| {
            matches!(
                three,
                [
                    "in" | "into" | "on",
                    "my" | "our",
                    "code"
                        | "script"
                        | "scripts"
                        | "notebook"
                        | "config"
                        | "head"
                        | "slides"
                        | "notes"
                        | "repo"
                        | "calendar"
                        | "paper"
                        | "laptop"
                ]
            )
        });
    is_led && by_himself && !words.iter().any(|word| has(LEFT, word))
}

/// `I need to ask somebody for permission to stop it`, `ops want to deploy one today`, `it will be switched off soon`: why the question
/// behind it is asked.
pub(super) fn is_intention(words: &[&str]) -> bool {
    let asks = words.iter().any(|word| has("you please also kindly", word));
    !asks && (wants_to(words) || is_announced(words) || is_foretold(words) || is_own(words)) && !is_joined(words)
}

/// `I'll restart them`, `we're going to delete it tomorrow`, `want to send flowers haha`, `so that I can tell my boss`
fn is_announced(words: &[&str]) -> bool {
    let asks = words.iter().any(|word| has("you please kindly let's it'd", word));
    let is_going =
        matches!(words, ["i'll" | "we'll", ..] | ["i" | "we", "will" | "shall", ..] | ["i'm" | "we're", "going", "to", ..] | ["gonna", ..]);
    let is_purpose =
        matches!(words, ["so", "that", "i" | "we" | "they" | "he" | "she", ..] | ["so", "i" | "we", "can" | "could" | "may", ..]);
    !asks
        && (is_going
            || is_purpose
            || begins_wanting(words) && words.iter().any(|word| has("send buy write thank congratulate invite ask tell mail email", word)))
}

/// `want to …`, the speaker left out.
fn begins_wanting(words: &[&str]) -> bool {
    matches!(words, ["want" | "need" | "have" | "going", "to", ..] | ["gotta" | "wanna" | "gonna", _, ..])
}

/// `my boss wants to deploy it`, `I have to tell somebody`
fn wants_to(words: &[&str]) -> bool {
    let at = words.windows(2).position(|pair| matches!(pair, [want, "to"] if has(WANTING, want)));
    let begins = words.first().copied().unwrap_or_default();
    let is_told =
        !lexicon::begins_question(begins) && !has("if when once which what who how can could would will should do does is are", begins);
    at.is_some_and(|at| {
        let subject = words.get(..at).unwrap_or_default();
        let is_short = (begins_wanting(words) || !subject.is_empty()) && subject.len() <= 4;
        let is_thing = subject
            .iter()
            .any(|word| has("it that this run experiment runs experiments", word) || super::is_object(word) && word.contains(['-', '_']));
        is_short && is_told && !is_thing && words.get(at + 2).is_some_and(|verb| !has("be know see have", verb))
    })
}

/// `it will be switched off soon`: tells what happens anyway.
fn is_foretold(words: &[&str]) -> bool {
    let begins = words.first().copied().unwrap_or_default();
    !lexicon::begins_question(begins)
        && !has("which what who if when make", begins)
        && (begins != "will" || words.get(1) == Some(&"be"))
        && words.windows(3).any(|three| matches!(three, ["will" | "gets" | "is" | "are", "be" | "being" | "soon" | "gonna" | "getting", done] if forms::of_participle(done).is_some()))
}

/// `I want to know its f1 and delete it`: a second wish.
fn is_joined(words: &[&str]) -> bool {
    words.windows(2).any(|pair| matches!(pair, ["and" | "then", verb] if has(FORBIDDEN, verb) || has(FORBIDDEN_WITH_OBJECT, verb)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::interpreter::orders::{refused, without_denials};

    #[test]
    fn what_somebody_does_himself_is_no_order() {
        for said in
            ["I'll restart them myself", "I will tag them on my own later", "want to send flowers haha", "we're going to delete it by hand"]
        {
            assert!(is_plan(said), "{said}");
        }
        for said in
            ["I can't delete it myself, can you do it?", "delete it", "I want it deleted", "please restart it, I can't do it myself"]
        {
            assert!(!is_plan(said), "{said}");
        }
    }

    #[test]
    fn why_a_question_is_asked_is_no_order() {
        for said in [
            "I need to ask somebody for permission to stop run-4, whose run is it?",
            "ops want to deploy one today, which run has the highest f1?",
            "good old run-4, will be switched off soon, what precision did it have?",
        ] {
            assert_eq!(refused(said), None, "{said}");
        }
        for said in ["I want to delete run-4", "I want run-4 deleted, what was its f1?", "I want to know its f1 and delete it, what is it?"]
        {
            assert!(refused(said).is_some(), "{said}");
        }
        assert_eq!(without_denials("I want to change the depth of run-4, what was it set to?"), "what was the depth of run-4 set to?");
    }
}
