//! The ways to order without an imperative: `would you mind ending it`, `it should be removed`, `I want it restarted`, `nobody needs it any more`.
//! Each is turned into the imperative that it stands for, so that one place knows which verbs are orders.

use super::{forms, wishes};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::lexicon::has;

/// Words that ask for a fact where they begin a clause.
const FACTS: &str = "did was were has had does do is are am have isn't wasn't aren't didn't doesn't hasn't";

/// Words that ask which, who or how.
const WHICH: &str = "which what what's whats who who's whos whose whom when when's where where's why how how's";

/// Words before the first that counts.
const LEADING: &str = "please pls plz kindly and so but then ok okay hey hi hello well now just also finally afterwards hm oh";

/// Verbs that ask to be shown something.
const LOOKING: &str = "show list give find compare plot draw count display describe print view read summarize summarise rank sort";

/// After which `to` an order follows: `I want to …`, `feel free to …`.
const TOWARDS: &str = "want wanna need like love prefer wish free time try got have has ought you us possible kind remember forget sure able allowed ask help going afford decided \
    decide plan planning supposed better best someone somebody anyone order told asked way okay ok fine safe dare need needs hesitate idea agreed agree good great nice lovely \
    wise intend mean meant about be is hereby wants wanted able pleased happy glad allow permission request reason cool ready mind care eager keen as command procedure";

/// Before which `to` something only seems, or was so: `it seems to be stopped`.
const SEEMING: &str = "seems seem seemed appears appear appeared happens happened known found proved turned said used";

/// Verbs that make a question or a wish of another.
pub(super) const MODALS: &str = "can could would will won't can't couldn't wouldn't may should must shall";

/// Words that may stand behind a verb which has its object before it.
const BEHIND: &str = "from to as in on into please now today tomorrow tonight asap immediately again soon off up down and by with for too first before away out";

/// Who is asked to do something, or says that he will.
pub(super) const SUBJECTS: &str = "you we i u someone somebody anyone anybody one they everybody";

/// Words between such a beginning and the verb.
const ADVERBS: &str = "please pls kindly just also maybe perhaps possibly simply quickly then at least now immediately finally better rather as well go ahead and \
    permanently safely completely totally hereby possibly really actually probably always";

/// The imperatives that a clause may stand for, likeliest first, each to be tried.
pub(super) fn imperatives(words: &[&str]) -> Vec<Vec<String>> {
    let words = led(words);
    let first = words.first().copied().unwrap_or_default();
    let begins_which = has(WHICH, first) && !is_proposal(words) && !is_how_to(words);
    let is_time = matches!(first, "before" | "until" | "till" | "while" | "without" | "instead" | "unless")
        || first == "after" && !matches!(words.get(1), Some(&("that" | "this")));
    let is_past = matches!(first, "did" | "was" | "were" | "had" | "has" | "hasn't" | "didn't" | "wasn't")
        || first == "have"
            && words.get(1).is_some_and(|word| has("you we i they any there all these those the it", word))
            && words.contains(&"been");
    if begins_which || is_time || is_past {
        return Vec::new();
    }
    // `do I need to restart it?` asks for advice, and `my boss is killing me` for haste.
    let is_idiom = words.windows(2).any(|pair| matches!(pair, ["kill" | "kills" | "killing" | "killed", "me" | "us"]));
    if is_idiom || matches!(words, ["do" | "does" | "should", "i" | "we", ..]) {
        return Vec::new();
    }
    let mut found = requests(words);
    found.extend(gerunds(words));
    if !(has(LOOKING, first) || has(FACTS, first) && first != "have") {
        found.extend(passives(words));
        found.extend(results(words));
        found.extend(wishes::imperatives(words));
    }
    found
}

/// The words behind those that only lead in.
fn led<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let start = words.iter().position(|word| !has(LEADING, word)).unwrap_or(words.len());
    let words = words.get(start..).unwrap_or_default();
    // `while you're at it, …`
    // `for now, …`
    let words = if matches!(words, ["for", "now", _, ..]) { words.get(2..).unwrap_or_default() } else { words };
    let at_it = words.iter().take(6).position(|word| matches!(*word, "it" | "there" | "that"));
    match (words.first(), at_it) {
        (Some(&"while"), Some(at)) => words.get(at + 1..).unwrap_or_default(),
        _ => words,
    }
}

/// `why don't you …`, `how about …`
fn is_proposal(words: &[&str]) -> bool {
    matches!(words, ["why", "not" | "don't" | "dont" | "doesn't" | "can't", ..] | ["how" | "what", "about" | "if", ..])
        || matches!(words, ["what", "i" | "we" | "i'd" | "we'd", ..] if words.contains(&"is"))
}

/// `how do I delete it?`
fn is_how_to(words: &[&str]) -> bool {
    matches!(words, ["how", "do" | "can" | "could" | "would" | "should" | "to", ..])
        || matches!(words, ["what" | "what's" | "whats" | "which", ..])
            && words.windows(2).any(|pair| matches!(pair, ["way" | "command" | "procedure" | "method" | "button", "to"]))
}

/// Whether a clause asks for a fact.
pub(super) fn asks(words: &[&str]) -> bool {
    let words = led(words);
    words.first().is_some_and(|first| has(WHICH, first) || has(FACTS, first) || has(LOOKING, first))
        && !is_proposal(words)
        && !matches!(words.get(1), Some(&("it" | "that" | "away")))
}

/// `we want to ship one of them`, `if you had to deploy the best`: a choice yet to be made, of something that is not named.
pub(super) fn is_choice(words: &[&str]) -> bool {
    let plans = words.iter().any(|word| has("plan planning going about thinking considering intend intending", word));
    let names_none = plans || words.iter().any(|word| has("one a an some either whichever", word) || lexicon::end(word).is_some());
    names_none && (is_of_speaker(words) || led(words).first().is_some_and(|first| has("if as since because when before", first)))
}

/// `we'll repeat it`: tells what the speaker means to do.
pub(super) fn is_of_speaker(words: &[&str]) -> bool {
    led(words).first().is_some_and(|first| has("i we i'd we'd i'll we'll i'm we're my our", first))
        && !words.iter().any(|word| has("you please", word))
}

/// Whether a word before this place asks which or who.
pub(super) fn asks_before(words: &[&str], at: usize) -> bool {
    !is_proposal(words) && !is_how_to(words) && words.iter().take(at).any(|word| has(WHICH, word))
}

/// `could somebody …`, `you may …`, `I want to …`, `let's …`, `have someone …`: what stands behind is the order.
fn requests(words: &[&str]) -> Vec<Vec<String>> {
    let word = |place: usize| words.get(place).copied().unwrap_or_default();
    let mut found = Vec::new();
    for at in 1..words.len() {
        let mut lead = at;
        while lead > 1 && has(ADVERBS, word(lead - 1)) {
            lead -= 1;
        }
        let (last, before) = (word(lead - 1), lead.checked_sub(2).map_or("", word));
        let asks = has(SUBJECTS, last) && (has(MODALS, before) || matches!(before, "don't" | "not" | "doesn't") && word(0) == "why")
            || has(MODALS, last) && has(SUBJECTS, before) && !last.ends_with("n't")
            || matches!(word(at - 1), "and" | "then") && super::is_object(word(at + 1))
            || has(SUBJECTS, last) && before == "if" && words.contains(&"mind")
            || matches!(last, "you'll" | "we'll" | "i'll" | "you'd" | "we'd" | "i'd" | "let's" | "lets" | "please" | "kindly" | "hereby")
            || matches!((before, last), ("let", "us" | "me") | ("ahead" | "try", "and") | ("why", "not"))
            || last == "to" && has(TOWARDS, before) && !before.starts_with("was") && !was_about_to(words, lead)
            || has(ADVERBS, word(at - 1)) && lead == 1 && has(ADVERBS, word(0)) && word(0) != "one";
        // `I have to tell my boss which is best`: why it is asked.
        let tells_himself = matches!(word(at), "tell" | "inform" | "show" | "report")
            && words.iter().take(at).any(|word| has("i we i'd we'd i'll we'll", word));
        if asks && !tells_himself && !asks_before(words, at) {
            found.push(owned(words.get(at..).unwrap_or_default()));
        }
    }
    found.extend(by_others(words));
    found
}

/// `I was about to delete it`: nobody orders it.
fn was_about_to(words: &[&str], at: usize) -> bool {
    words.iter().take(at).any(|word| matches!(*word, "was" | "were"))
        && words.iter().take(at).any(|word| matches!(*word, "about" | "going"))
}

/// `have someone restart it`, `let the ops team stop it`, `get ben to rename it`
fn by_others(words: &[&str]) -> Vec<Vec<String>> {
    let leads = |at: usize| at.checked_sub(1).and_then(|before| words.get(before)).is_none_or(|before| !has("i we to they who", before));
    let is_lead = |at: usize| words.get(at).is_some_and(|word| has("have let get make ask tell", word)) && leads(at);
    let Some(at) = (0..words.len().min(4)).find(|at| is_lead(*at)) else {
        return Vec::new();
    };
    let is_person = |word: &str| word.chars().all(char::is_alphabetic) && !has("you we i me us to and with", word);
    (at + 2..words.len().min(at + 6))
        .filter(|verb| words.get(at + 1..*verb).unwrap_or_default().iter().all(|word| is_person(word) || *word == "to"))
        .map(|verb| owned(words.get(verb..).unwrap_or_default()))
        .collect()
}

/// `would you mind ending it`, `how about removing it`, `it needs deleting`
fn gerunds(words: &[&str]) -> Vec<Vec<String>> {
    const LEADS: &str = "mind about consider suggest recommend propose advise favour favor appreciate of fancy for start begin try worth minding you your by";
    const DENYING: &str = "before after without than from not no while when avoid nobody anyone anybody of against";
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(verb) = forms::of_gerund(word) else { continue };
        let before = at.checked_sub(1).and_then(|before| words.get(before)).copied().unwrap_or_default();
        let behind = words.get(at + 1..).unwrap_or_default();
        // `by training loss`: says which loss.
        let describes = !super::is_destructive(&verb) && behind.first().is_some_and(|next| !super::is_object(next) && !has(BEHIND, next));
        if describes || asks_before(words, at) {
            continue;
        }
        if matches!(before, "needs" | "need" | "wants" | "deserves" | "requires") {
            found.push(with_object(&verb, object_before(words, at - 1), behind));
        }
        let proposes = has(LEADS, before) && (before != "about" || is_proposal(words) || words.contains(&"thinking"));
        let asks_chance = before == "of" && words.iter().take(at).any(|word| has("chance possibility way means thinking", word));
        if (proposes && !matches!(before, "of" | "for")) || asks_chance || super::is_destructive(&verb) && !has(DENYING, before) {
            found.push(with_object(&verb, &[], behind));
        }
    }
    found
}

/// `it should be removed`, `can it be removed`, `it needs to be put into production`, `make sure it gets deleted`
fn passives(words: &[&str]) -> Vec<Vec<String>> {
    let word = |place: usize| words.get(place).copied().unwrap_or_default();
    let mut found = Vec::new();
    for at in 1..words.len() {
        let Some(verb) = forms::of_participle(word(at)) else { continue };
        let mut be = at - 1;
        while be > 0 && has(ADVERBS, word(be)) {
            be -= 1;
        }
        let before = be.checked_sub(1).map_or("", word);
        let seems = before == "to" && be.checked_sub(2).is_some_and(|place| has(SEEMING, word(place)));
        let is_due = matches!(word(be), "be" | "get" | "become") && !seems;
        let is_seen_to = matches!(word(be), "gets" | "is" | "are" | "being")
            && words.iter().take(be).any(|word| matches!(*word, "sure" | "that" | "want" | "ensure" | "see" | "insist"))
            && matches!(word(0), "make" | "ensure" | "see" | "i" | "we" | "my" | "the" | "take");
        if (is_due || is_seen_to) && !asks_before(words, at) {
            let behind = words.get(at + 1..).unwrap_or_default();
            found.push(with_object(&verb, object_before(words, be), behind));
            found.push(with_object(&verb, &[], behind));
        }
    }
    found
}

/// `I want it restarted`, `get it deleted by tomorrow`, `my boss wants it gone`
fn results(words: &[&str]) -> Vec<Vec<String>> {
    const WANTING: &str = "want wants wanted need needs like prefer have get see wish rather love";
    const DATES: &str = "tomorrow tonight monday tuesday wednesday thursday friday saturday sunday noon midnight then the end eod next";
    // What runs went through before anybody asks: `the runs trained with adam`.
    const DESCRIBING: &str =
        "train launch submit tag mark label release publish log flag try evaluate test run repeat add share post score get let tell set";
    let Some(want) = words.iter().position(|word| has(WANTING, word)) else { return Vec::new() };
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().skip(want + 2) {
        let Some(verb) = forms::of_participle(word) else { continue };
        let behind = words.get(at + 1..).unwrap_or_default();
        let before = words.get(at - 1).copied().unwrap_or_default();
        let is_by = |next: &str| next != "by" || behind.get(1).is_some_and(|when| has(DATES, when));
        let ends = behind.first().is_none_or(|next| has(BEHIND, next) && is_by(next));
        let tells =
            matches!(before, "was" | "were" | "been" | "is" | "are" | "the" | "or" | "and" | "that" | "all" | "got" | "most" | "it's");
        let lists = matches!(before, "runs" | "experiments" | "ones" | "models" | "jobs" | "trials" | "those" | "anything" | "everything")
            && !super::is_destructive(&verb);
        let describes = has(DESCRIBING, &verb) && behind.first() != Some(&"as");
        let is_other = tells || lists || describes || asks_before(words, at);
        if ends && !is_other {
            found.push(with_object(&verb, words.get(want + 1..at).unwrap_or_default(), behind));
            found.push(with_object(&verb, &[], behind));
        }
    }
    found
}

/// What is spoken of before a modal verb: `a note | should be added`.
fn object_before<'a, 'b>(words: &'a [&'b str], end: usize) -> &'a [&'b str] {
    let ahead = words.get(..end).unwrap_or_default();
    let modal = ahead.iter().rposition(|word| has(MODALS, word) || has("needs need has have ought wants to is", word));
    match modal {
        Some(0) => ahead.get(1..).unwrap_or_default(),
        Some(modal) => object_before(words, modal),
        None => ahead,
    }
}

/// The imperative of a verb, its object and what stands behind; `it` where the object is not known.
pub(super) fn with_object(verb: &str, object: &[&str], behind: &[&str]) -> Vec<String> {
    let object = if object.is_empty() && !behind.first().is_some_and(|next| super::is_object(next)) { &["it"] } else { object };
    std::iter::once(verb).chain(object.iter().copied()).chain(behind.iter().copied()).map(str::to_owned).collect()
}

pub(super) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::orders::{is_denial, refused, without_denials};

    #[test]
    fn orders_without_an_imperative_are_seen() {
        for order in [
            "would you mind ending run-022",
            "feel free to bin run-022",
            "have someone restart run-018",
            "I want run-018 restarted",
            "my boss wants run-017 deleted",
            "run-017 needs deleting",
            "make sure that run-017 gets deployed tonight",
            "why don't you delete run-017",
            "if it is below 10 deploy it",
            "it would be nice if run-014 were gone",
            "run-020 can go, I think",
            "run-017 should be in production",
            "run-018 could use a restart",
            "nobody needs run-016 any more",
            "from now on pilot-1 is called pilot-a",
            "because run-020 was killed, it should be removed",
            "I can't delete run-3 myself, can you do it?",
            "tell me when run-022 is finished",
        ] {
            assert!(refused(order).is_some(), "{order}");
        }
    }

    #[test]
    fn what_is_asked_denied_or_past_is_no_order() {
        for question in [
            "which one would you deploy",
            "which run should be deployed?",
            "if you had to deploy one run, which would it be?",
            "we want to deploy the best run, which one is it?",
            "before I delete run-017, what is its f1?",
            "I was about to delete run-017",
            "I need the runs started by ana",
            "I'd like run-017 plotted",
            "has run-017 been deployed?",
            "don't change run-017, just tell me its f1",
            "I know you can't delete runs, but which runs failed?",
            "sort the runs by training loss",
            "how about training accuracy?",
        ] {
            assert_eq!(refused(question), None, "{question}");
        }
    }

    #[test]
    fn what_is_not_to_be_done_is_left_out() {
        assert_eq!(without_denials("don't change run-017, just tell me its f1"), "just tell me run-017's f1");
        assert_eq!(without_denials("which runs failed?"), "which runs failed?");
        assert!(is_denial("I don't want to delete anything."));
        assert!(!is_denial("don't forget to delete it"));
    }
}
