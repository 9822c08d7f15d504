//! Wishes about a thing of the store that name no act or only a noun for one: `it can go`, `it belongs in production`, `it needs a restart`,
//! `nobody needs it any more`.

use super::forms;
use super::frames::{MODALS, SUBJECTS, asks_before, owned, with_object};
use crate::agent::interpreter::lexicon::has;

/// Words of wishes for what is not so.
const WISHING: &str = "would it'd i'd we'd wish hope could glad happy best better good nice great lovely wonderful perfect";

/// Places that things are moved to.
const PLACES: &str = "production prod staging trash bin dustbin garbage wastebasket registry archive attic live";

/// Nouns for acts upon what the store holds.
const ACTS: &str = "deletion removal restart reboot retraining redeployment rollback cleanup rollout termination cancellation promotion renaming rename rerun deployment \
    shutdown retirement copy duplicate clone backup";

/// The imperatives that a wish stands for.
pub(super) fn imperatives(words: &[&str]) -> Vec<Vec<String>> {
    let mut found = unreal(words);
    found.extend(departures(words));
    found.extend(states(words));
    let change = is_marked(words)
        || is_act(words)
        || is_called(words)
        || is_needless(words)
        || is_sent_away(words)
        || is_wanted_elsewhere(words)
        || is_for_next(words)
        || is_kept_going(words)
        || is_owned(words);
    found.extend(change.then(|| owned(&["change", "it"])));
    found
}

/// `it would be nice if it were gone`, `I'd be glad if somebody stopped it`
fn unreal(words: &[&str]) -> Vec<Vec<String>> {
    let wishes = words.iter().any(|word| has(WISHING, word)) || matches!(words, ["if", "only", ..] | ["it's", "time" | "high", ..]);
    if !wishes {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().skip(2) {
        let before = words.get(at - 1).copied().unwrap_or_default();
        let supposes =
            words.iter().take(at).any(|word| matches!(*word, "if" | "only" | "time" | "wish" | "rather" | "hope" | "that" | "when"));
        let is_state = matches!(before, "were" | "was" | "be" | "got" | "is" | "gets");
        if !supposes || asks_before(words, at) {
            continue;
        }
        let Some(verb) = forms::of_participle(word) else { continue };
        if is_state || has(SUBJECTS, before) {
            found.push(with_object(&verb, &[], words.get(at + 1..).unwrap_or_default()));
        }
    }
    found
}

/// `it can go`, `can it go now`, `it has to disappear`
fn departures(words: &[&str]) -> Vec<Vec<String>> {
    const TAIL: &str =
        "now too please away today tomorrow then anyway as well for good soon immediately by tonight right later already i think guess";
    let end = words.iter().rposition(|word| !has(TAIL, word)).map_or(0, |last| last + 1);
    let Some(verb) = end.checked_sub(1).filter(|verb| *verb > 0) else { return Vec::new() };
    let before = words.get(verb - 1).copied().unwrap_or_default();
    let goes = words.get(verb).is_some_and(|word| matches!(*word, "go" | "disappear" | "vanish" | "leave"));
    let is_due = has("can could may must should", before)
        || before == "to"
        || words.first().is_some_and(|first| has(MODALS, first) || *first == "let");
    let of_people = words.iter().take(verb).any(|word| has("i we you", word));
    if goes && is_due && !of_people && !asks_before(words, verb) { vec![owned(&["remove", "it"])] } else { Vec::new() }
}

/// `it should be in production`, `it belongs in the trash`, `into the bin with it`, `let's go live with it`
fn states(words: &[&str]) -> Vec<Vec<String>> {
    let is_place = |at: usize| {
        let place = words.get(at + 1..).unwrap_or_default().iter().find(|word| !has("the our a model to", word));
        words.get(at).is_some_and(|word| matches!(*word, "in" | "into" | "to" | "on" | "onto" | "go" | "goes" | "going"))
            && place.is_some_and(|place| has(PLACES, place))
    };
    let Some(at) = (0..words.len()).find(|at| is_place(*at)) else { return Vec::new() };
    let ahead = words.get(..at).unwrap_or_default();
    let is_due = ahead
        .iter()
        .any(|word| has("should must can could may might get ought belongs belong goes moves needs has let's lets let shall", word))
        || words.get(at).is_some_and(|word| *word == "goes")
        || ahead.is_empty()
        || words.get(at).is_some_and(|word| *word == "into") && ahead.len() < 4;
    if is_due && !asks_before(words, at) { vec![owned(&["put", "it", "into", "production"])] } else { Vec::new() }
}

/// `it deserves the tag best`, `it needs a better name`, `it could use a restart`
fn is_marked(words: &[&str]) -> bool {
    const MARKS: &str = "tag label note comment name title description alias badge flag";
    const GETTING: &str = "gets deserves needs wants requires get have use need deserve could";
    words.iter().enumerate().skip(1).any(|(at, word)| {
        let what = words.get(at + 1..).unwrap_or_default();
        let of_people = words.get(at - 1).is_some_and(|word| has("i we", word));
        let is_article = what.first().is_some_and(|word| has("a an the another", word));
        has(GETTING, word)
            && !of_people
            && is_article
            && what.iter().skip(1).take(2).any(|word| has(MARKS, word) || has(ACTS, word))
            && !asks_before(words, at)
    })
}

/// `a restart of it would be nice`, `it is ready for deployment`, `I request the deletion of it`
fn is_act(words: &[&str]) -> bool {
    const ASKING: &str = "request need want like ask order trigger arrange do perform initiate due ready time up cleared approved";
    let Some(at) = words.iter().position(|word| has(ACTS, word)) else { return false };
    let mut ahead = words.iter().take(at).rev().skip_while(|word| has("the a an its for full quick immediate", word));
    let lead = ahead.next();
    let heads = lead.is_none() && words.get(at + 1) == Some(&"of");
    (heads || lead.is_some_and(|word| has(ASKING, word))) && !asks_before(words, at)
}

/// `from now on it is called pilot`, `it should be named pilot`
fn is_called(words: &[&str]) -> bool {
    let at = words.iter().position(|word| matches!(*word, "called" | "named" | "titled"));
    let due = |at: usize| words.iter().take(at).any(|word| has(MODALS, word) || *word == "let");
    let lasting = words.contains(&"henceforth") || words.windows(2).any(|pair| matches!(pair, ["now", "on"] | ["from", "today"]));
    at.is_some_and(|at| {
        words.get(at - 1.min(at)).is_some_and(|word| has("be is are", word)) && (due(at) || lasting) && !asks_before(words, at)
    })
}

/// `nobody needs it any more`, `I no longer want it`, `it is not needed any longer`
fn is_needless(words: &[&str]) -> bool {
    const NEEDED: &str = "need needs needed use uses want wants wanted require required requires keep useful relevant";
    const NOT: &str = "nobody no don't doesn't not noone nor isn't aren't";
    let ends = words.windows(2).any(|pair| matches!(pair, ["any", "more" | "longer"] | ["no", "longer"])) || words.contains(&"anymore");
    let at = words.iter().position(|word| has(NEEDED, word));
    let of_nobody = matches!(words, ["nobody" | "noone", ..] | ["no", "one", ..] | ["don't" | "dont", "keep", ..]);
    let of_no_use = words.windows(2).any(|pair| pair == ["use", "for"]) && words.contains(&"no");
    of_no_use || (ends || of_nobody) && at.is_some_and(|at| words.iter().take(at).any(|word| has(NOT, word)) && !asks_before(words, at))
}

/// `away with it`, `off with it`, `no more of it please`
fn is_sent_away(words: &[&str]) -> bool {
    matches!(words, ["away" | "off" | "out" | "down", "with", _, ..]) || matches!(words, ["no", "more", _, "please"] | ["enough", "of", ..])
}

/// `I want it out of here`, `can I have it back?`, `make sure it no longer exists`
fn is_wanted_elsewhere(words: &[&str]) -> bool {
    let want = words.iter().position(|word| has("want wants need like have get prefer", word));
    let behind = |want: usize| words.get(want + 1..).unwrap_or_default();
    let elsewhere = |behind: &[&str]| {
        let at = behind.iter().skip(1).position(|word| has("back away out off", word)).map(|at| at + 1);
        at.is_some_and(|at| at + 1 == behind.len() || behind.get(at + 1).is_some_and(|next| has("of the please now again", next)))
    };
    let moved = want.is_some_and(|want| behind(want).first().is_some_and(|next| *next != "to") && elsewhere(behind(want)));
    let ceases = matches!(words, ["make" | "ensure" | "see" | "that", ..])
        && words
            .windows(3)
            .any(|three| matches!(three, ["no", "longer", "exists" | "exist"] | [_, "doesn't", "exist"] | [_, "not", "exist"]));
    (moved || ceases) && !asks_before(words, words.len())
}

/// `next time use a lower rate`, `the next run should use it`, `we need a new run with it`: what is to be trained.
fn is_for_next(words: &[&str]) -> bool {
    let next = words.windows(2).position(|pair| matches!(pair, ["next", "time" | "run" | "training" | "experiment"]));
    let ordered =
        next.is_some_and(|next| words.iter().skip(next + 2).take(4).any(|word| has("use should must try set take needs shall", word)));
    let new = words
        .windows(3)
        .any(|three| matches!(three, [want, "a" | "another" | "one", "new" | "fresh" | "more" | "second"] if has("need want like", want)));
    let of_run = words.iter().any(|word| has("run training job model", word));
    (ordered || new && of_run && words.iter().take(2).any(|word| has("i we i'd we'd", word))) && !asks_before(words, words.len())
}

/// `let it run for another hour`, `it needs ten more epochs`
fn is_kept_going(words: &[&str]) -> bool {
    let runs = words.iter().position(|word| matches!(*word, "run" | "train" | "go"));
    let longer = |at: usize| words.get(at + 1).is_some_and(|word| has("longer for on until till again another", word));
    let lets = matches!(words, ["let", ..]) && runs.is_some_and(longer);
    let needs = words.iter().position(|word| has("needs need deserves requires should", word));
    let more =
        words.windows(2).any(|pair| matches!(pair, ["more", what] if has("epochs steps iterations trees rounds training time", what)));
    lets || needs.is_some_and(|needs| more && !asks_before(words, needs))
}

/// `it should belong to ana`, `ana should own it`
fn is_owned(words: &[&str]) -> bool {
    let at = words.windows(2).position(|pair| matches!(pair, [due, "belong" | "own"] if has(MODALS, due)));
    at.is_some_and(|at| !asks_before(words, at))
}
