//! The name behind "create an experiment", cut out of the sentence as it was written.

use super::quotes::{QUOTES, quoted, unquoted};
use super::tags::TAG_KEYS;
use crate::agent::interpreter::lexicon::has;

/// Words behind which a name stands.
const NAME_LEADS: [&str; 34] = [
    "and name it",
    "and call it",
    "name it",
    "call it",
    "it should be called",
    "it should be named",
    "it shall be called",
    "to be called",
    "to be named",
    "that is called",
    "which is called",
    "called",
    "named",
    "by the name of",
    "by the name",
    "with the name of",
    "with the name",
    "with name",
    "under the name of",
    "under the name",
    "titled",
    "entitled",
    "dubbed",
    "known as",
    "whose name is",
    "the name should be",
    "the name is",
    "its name is",
    "its name should be",
    "name is",
    "name should be",
    "name shall be",
    "name will be",
    "name",
];

/// Words that end a name that stands without quotes.
const NAME_ENDS: [&str; 81] = [
    "; ",
    ". ",
    " (",
    " with ",
    " tagged ",
    " owned by ",
    " belonging to ",
    " on behalf of ",
    " to the store",
    " to the list",
    " to the server",
    " to the others",
    " to mlflow",
    " to our ",
    " to my ",
    " just like ",
    " similar to ",
    " based on ",
    " modelled on ",
    " modeled on ",
    " by today",
    " by tomorrow",
    " by tonight",
    " by noon",
    " by next ",
    " by the end ",
    " by monday",
    " by friday",
    " under project ",
    " under the project ",
    " labelled ",
    " labeled ",
    " described ",
    " about ",
    " for ",
    " tags ",
    " tags:",
    " tag ",
    " description ",
    " description:",
    " description=",
    " tags=",
    " labels ",
    ", ",
    " please",
    " pls",
    " right now",
    " now",
    " if ",
    " but ",
    " so that ",
    " which ",
    " that ",
    " whose ",
    " - ",
    " – ",
    " — ",
    " as a ",
    " as new ",
    " because ",
    " in mlflow",
    " in the ",
    " to track ",
    " thanks",
    " again",
    " anew",
    " today",
    " tomorrow",
    " instead",
    " then",
    " right away",
    " as well",
    " asap",
    " next week",
    " next month",
    " later",
    " soon",
    " some day",
    " someday",
    " yet",
    "\n",
];

/// Words behind a name that say when it is to be made; within a name they belong to it.
const NAME_TAILS: [&str; 4] = [" first", " immediately", " at once", " quickly"];

/// Words with which something else than a name goes on: `an experiment for …`.
const NO_NAMES: &str = "for about with without in on at to from of and or but that which where whose so now today please pls because since if when while as is \
    are was will can could should would i we you it they this these there then tagged tag tags labelled described description again here any no whatever \
    some me us thanks ok list page id ids name names";

/// Words behind `and` that go on with something else than the name.
const GOES_ON: &str = "tag tags tagged label labels labelled give set add with its it a an the then describe described description put mark use make start show \
    list which what run compare plot tell also please note one another another call name attach log move copy delete rename cancel restart archive kill";

/// The name at the head of what follows the order, and what follows the name.
pub(super) fn name_of(text: &str) -> Option<(String, String)> {
    // `open a new experiment. name fog`
    let behind_stop = text.trim_start().strip_prefix('.').map(str::trim_start);
    let mut rest = behind_stop.filter(|rest| NAME_LEADS.iter().any(|lead| stripped(rest, lead).is_some())).unwrap_or(text);
    let mut is_led = false;
    loop {
        rest = rest.trim_start_matches([':', ' ', ',', '=', '-', '–', '—', '{', '(']);
        let polite = ["please", "pls", "for me", "for us", "that's", "which is", "it is"].iter().find_map(|polite| stripped(rest, polite));
        if let Some(after) = polite {
            rest = after;
        } else if let Some(after) = NAME_LEADS.iter().find_map(|lead| stripped(rest, lead)) {
            is_led = true;
            rest = after;
        } else {
            break;
        }
    }
    if let Some((quoted, after)) = quoted(rest) {
        return (!quoted.trim().is_empty()).then(|| (quoted, after.to_owned()));
    }
    let folded = unquoted(rest).to_ascii_lowercase();
    let first = folded.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '.', '?', '!', ':']);
    let is_open = matches!(first, "whatever" | "something" | "anything" | "what" | "tbd" | "tba" | "undecided" | "unknown" | "unclear")
        || folded.starts_with("to be ")
        // `named after ana`: what it is named after is not what it is called.
        || is_led && first == "after";
    if is_open || !is_led && has(NO_NAMES, first) {
        return None;
    }
    let ends = NAME_ENDS.iter().filter_map(|end| folded.match_indices(end).map(|(at, _)| at).find(|at| ends_word(&folded, at + end.len())));
    let end = ends.chain(end_at_and(&folded)).chain(end_at_tag(&folded)).chain(end_at_purpose(&folded)).chain(end_at_participle(&folded));
    let end = end.min().unwrap_or(rest.len());
    let mut name = rest.get(..end)?.trim().trim_end_matches(['.', '?', '!', ',', ';', '}', ')']);
    for tail in NAME_TAILS {
        let at = name.len().saturating_sub(tail.len());
        name = name.split_at_checked(at).filter(|(_, end)| end.eq_ignore_ascii_case(tail)).map_or(name, |(name, _)| name);
    }
    let name = name.to_owned();
    name.chars().any(char::is_alphanumeric).then(|| (name, rest.get(end..).unwrap_or_default().to_owned()))
}

/// Whether no word goes on at a place: ` now` does not end `storm nowcast`.
fn ends_word(text: &str, at: usize) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|letter| !goes_on(letter)) || !text.get(at..).is_some_and(|after| after.starts_with(goes_on))
}

/// `x and tag it …`: an `and` that no longer belongs to the name.
fn end_at_and(folded: &str) -> Option<usize> {
    folded.match_indices(" and ").map(|(at, _)| at).find(|at| {
        let next = folded.get(at + 5..).unwrap_or_default().split_whitespace().next().unwrap_or_default();
        next.contains(['=', ':']) || has(GOES_ON, next)
    })
}

/// `fog-v2 to log into`, `fog to keep the new runs in`: what the experiment is for.
fn end_at_purpose(folded: &str) -> Option<usize> {
    const PURPOSES: &str =
        "log hold collect keep put store test try compare see work train run record use study measure evaluate find check";
    let is_telling = folded.split_whitespace().next().is_some_and(looks_like_name);
    let purpose = |at: usize| folded.get(at + 4..).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    folded
        .match_indices(" to ")
        .map(|(at, _)| at)
        .find(|at| is_telling || PURPOSES.split(' ').any(|known| known == purpose(*at).trim_end_matches(['.', ',', '?', '!'])))
}

/// `fog created today`: a verb at the end of a wish to have something made.
fn end_at_participle(folded: &str) -> Option<usize> {
    const BEHIND: &str = "please today now for me us then soon by you asap right away";
    let is_over =
        |rest: &str| rest.split_whitespace().all(|word| BEHIND.split(' ').any(|known| known == word.trim_matches(['.', ',', '?', '!'])));
    [" created", " set up", " made", " opened", " added", " registered", " made up"]
        .iter()
        .filter_map(|verb| folded.find(verb).map(|at| (at, at + verb.len())))
        .find(|(at, end)| *at > 0 && is_over(folded.get(*end..).unwrap_or_default()))
        .map(|(at, _)| at)
}

/// `fog owner=kim`, `fog-v2 team meteo`: a tag that stands behind the name without a word for it.
fn end_at_tag(folded: &str) -> Option<usize> {
    let pair = folded.find('=').and_then(|sign| folded.get(..sign)?.trim_end().rfind(' '));
    let is_telling = folded.split_whitespace().next().is_some_and(looks_like_name);
    let of_key = || TAG_KEYS.iter().filter_map(|key| folded.find(&format!(" {key} "))).min();
    pair.or_else(|| if is_telling { of_key() } else { None }).filter(|end| *end > 0)
}

/// Whether an unquoted text may be more than a name, or stand for another: `our best run`, `alpha until friday`.
pub(super) fn is_unclear(name: &str, question: &str) -> bool {
    const POINTING: &str = "our my your his her its their this that these same";
    const LINKING: &str = "to by under like from until before as than because into onto when where via per without through";
    let is_quoted =
        question.find(name).is_some_and(|at| question.get(..at).is_some_and(|ahead| QUOTES.iter().any(|(open, _)| ahead.ends_with(*open))));
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let points = matches!(words.as_slice(), [first, _, ..] if has(POINTING, first))
        || matches!(words.as_slice(), [the, next, ..] if the == "the" && has("same name one next last best previous other first", next));
    !is_quoted && words.len() > 1 && (points || words.iter().skip(1).any(|word| has(LINKING, word)))
}

/// The text behind a word or words at the head, where they end there.
pub(super) fn stripped<'a>(text: &'a str, lead: &str) -> Option<&'a str> {
    let head = text.get(..lead.len())?;
    let after = text.get(lead.len()..)?;
    let ends = after.is_empty() || after.starts_with([' ', ':', '=', ',', '"', '“', '„', '`', '.', '?', '!']);
    (head.eq_ignore_ascii_case(lead) && ends).then_some(after)
}

/// Whether a word can hardly be anything but a name: `fog-v2`, `deep_sea`, `llm.finetune/v3`.
pub(super) fn looks_like_name(word: &str) -> bool {
    let is_joined = word.contains(['-', '_', '/', '.']) || word.chars().any(|letter| letter.is_ascii_digit());
    is_joined && word.chars().any(char::is_alphabetic) && !word.contains('=')
}
