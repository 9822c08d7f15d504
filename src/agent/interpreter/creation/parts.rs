//! What stands behind "create an experiment": its name, its description and its tags, cut out of the sentence as they were written.

use serde_json::{Map, Value};

/// Marks in which people put names and texts.
const QUOTES: [(char, char); 8] = [('"', '"'), ('“', '”'), ('„', '“'), ('„', '”'), ('\'', '\''), ('`', '`'), ('‘', '’'), ('«', '»')];

/// Words behind which a name stands.
const NAME_LEADS: [&str; 30] = [
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
    "name",
];

/// Words that end a name that stands without quotes.
const NAME_ENDS: [&str; 45] = [
    "; ",
    ". ",
    " (",
    " with ",
    " tagged ",
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
    " labels ",
    ", ",
    " please",
    " pls",
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
    " right away",
    " as well",
    " asap",
    "\n",
];

/// Words with which something else than a name goes on: `an experiment for …`.
const NO_NAMES: &str = "for about with without in on at to from of and or but that which where whose so now today please pls because since if when while as is \
    are was will can could should would i we you it they this these there then tagged tag tags labelled described description again here any no whatever \
    some me us thanks ok list page id ids name names";

/// Words behind `and` that go on with something else than the name.
const GOES_ON: &str = "tag tags tagged label labels labelled give set add with its it a an the then describe described description put mark use make start show \
    list which what run compare plot tell also please note one another another call name attach log move copy delete rename";

/// The name at the head of what follows the order, and what follows the name.
pub(super) fn name_of(text: &str) -> Option<(String, String)> {
    let mut rest = text;
    let mut is_led = false;
    loop {
        rest = rest.trim_start_matches([':', ' ', ',', '=', '-', '–', '—']);
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
        || folded.starts_with("to be ");
    if is_open || !is_led && NO_NAMES.split_whitespace().any(|word| word == first) {
        return None;
    }
    let ends = NAME_ENDS.iter().filter_map(|end| folded.find(end));
    let end = ends.chain(end_at_and(&folded)).min().unwrap_or(rest.len());
    let name = rest.get(..end)?.trim().trim_end_matches(['.', '?', '!', ',', ';']).to_owned();
    name.chars().any(char::is_alphanumeric).then(|| (name, rest.get(end..).unwrap_or_default().to_owned()))
}

/// `x and tag it …`: an `and` that no longer belongs to the name.
fn end_at_and(folded: &str) -> Option<usize> {
    folded.match_indices(" and ").map(|(at, _)| at).find(|at| {
        let next = folded.get(at + 5..).unwrap_or_default().split_whitespace().next().unwrap_or_default();
        next.contains(['=', ':']) || GOES_ON.split_whitespace().any(|word| word == next)
    })
}

/// The text behind a word or words at the head, where they end there.
fn stripped<'a>(text: &'a str, lead: &str) -> Option<&'a str> {
    let head = text.get(..lead.len())?;
    let after = text.get(lead.len()..)?;
    let ends = after.is_empty() || after.starts_with([' ', ':', '=', ',', '"', '“', '„', '`', '.', '?', '!']);
    (head.eq_ignore_ascii_case(lead) && ends).then_some(after)
}

/// The text in the quotes at the head, and what follows them.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    for (open, close) in QUOTES {
        let Some(inside) = text.strip_prefix(open) else { continue };
        // An apostrophe within a word closes nothing.
        let end = inside.match_indices(close).map(|(at, _)| at).find(|at| {
            let after = inside.get(at + close.len_utf8()..).unwrap_or_default();
            !after.starts_with(char::is_alphanumeric)
        });
        if let Some(end) = end {
            return Some((inside.get(..end)?.to_owned(), inside.get(end + close.len_utf8()..)?));
        }
    }
    None
}

/// The text with everything in quotes blotted out, byte for byte, so that places in it are places in the text.
pub(super) fn unquoted(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let within_word = said.ends_with(char::is_alphanumeric);
        match quoted(rest).filter(|_| !within_word) {
            Some((_, after)) => {
                said.push_str(&"_".repeat(rest.len() - after.len()));
                rest = after;
            }
            None => {
                said.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    said
}

/// Words behind which a description stands.
const DESCRIPTION_LEADS: [&str; 17] = [
    "describe it as",
    "describe it with",
    "describe it",
    "describing it as",
    "description should be",
    "description is",
    "description of",
    "description",
    "described as",
    "described by",
    "described with",
    "described",
    "which is about",
    "note that says",
    "note saying",
    "note",
    "about",
];

/// Words with which something else begins behind a description that stands without quotes.
const DESCRIPTION_ENDS: [&str; 12] = [
    " and tag",
    " tagged ",
    " with tag",
    " with the tag",
    " with label",
    ", tag",
    " and the tag",
    " tags ",
    " tags:",
    " and label",
    "; ",
    ", label",
];

/// The description and the rest without it.
pub(super) fn description_of(text: &str) -> (Option<String>, String) {
    let folded = unquoted(text).to_ascii_lowercase();
    let stands_alone = |at: usize, lead: &str| {
        let joins = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-');
        !joins(folded.get(..at).and_then(|before| before.chars().next_back()))
            && !joins(folded.get(at + lead.len()..).and_then(|after| after.chars().next()))
    };
    let leads = DESCRIPTION_LEADS.iter().flat_map(|lead| folded.match_indices(lead)).filter(|(at, lead)| stands_alone(*at, lead));
    let Some((at, lead)) = leads.min_by_key(|(at, lead)| (*at, usize::MAX - lead.len())) else { return (None, text.to_owned()) };
    let before = text.get(..at).unwrap_or_default();
    let mut after = text.get(at + lead.len()..).unwrap_or_default().trim_start_matches([':', ' ', '=', ',']);
    for polite in ["saying", "that says", "reading", "that reads", "being"] {
        after = stripped(after, polite).map_or(after, |after| after.trim_start_matches([':', ' ']));
    }
    if let Some((quoted, rest)) = quoted(after) {
        return (Some(quoted), format!("{before} {rest}"));
    }
    let folded_after = unquoted(after).to_ascii_lowercase();
    // `…, team=risk`: a pair is a tag.
    let pair = folded_after.find('=').and_then(|sign| folded_after.get(..sign)?.trim_end().rfind([' ', ',']));
    let end = DESCRIPTION_ENDS.iter().filter_map(|end| folded_after.find(end)).chain(pair).min().unwrap_or(after.len());
    let mut described = after.get(..end).unwrap_or_default().trim().trim_end_matches(['.', ',', ')']);
    for link in [" and", " with", ","] {
        described = described.strip_suffix(link).unwrap_or(described);
    }
    let rest = format!("{before} {}", after.get(end..).unwrap_or_default());
    ((!described.is_empty()).then(|| described.to_owned()), rest)
}

/// Keys of tags that people give without a sign between key and value.
const TAG_KEYS: [&str; 11] = ["team", "owner", "project", "phase", "stage", "tier", "domain", "client", "env", "priority", "status"];

/// Words that say that tags follow.
const TAG_WORDS: &str = "tag tags tagged tagging label labels labelled labeled";

/// Words between tags that are none.
const BETWEEN: &str = "and with for the a an it as by using also its of value key set to is from this that experiment please";

/// A piece of the text about tags.
#[derive(Debug, PartialEq)]
enum Token {
    /// A word, or what stood in quotes.
    Word(String),
    /// What joins a key to its value.
    Joins,
    /// What sets one tag apart from the next.
    Ends,
}

/// Every `key=value`, `key: value`, `key is value`, and, behind a word for tags, `key value`.
pub(super) fn tags_of(text: &str) -> Map<String, Value> {
    let tokens = tokens(text);
    let mut tags = Map::new();
    let mut speaks_of_tags = false;
    let mut at = 0;
    let says = |known: &str, word: &str| known.split_whitespace().any(|known| known.eq_ignore_ascii_case(word));
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Word(key) = token else { continue };
        let follows = tokens.get(at..).unwrap_or_default();
        if is_tag_word(key) {
            speaks_of_tags = true;
            continue;
        }
        let is_known = TAG_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
        let found = match follows {
            [Token::Joins, Token::Word(value), ..] => Some((value, 2)),
            _ if says(BETWEEN, key) || !(speaks_of_tags || is_known) => None,
            [Token::Word(tag), Token::Joins, Token::Word(value), ..] if is_tag_word(tag) => Some((value, 3)),
            [Token::Word(tag), Token::Word(value), ..] if is_tag_word(tag) && is_known => Some((value, 2)),
            [Token::Word(set), Token::Word(to), Token::Word(value), ..]
                if matches!((set.as_str(), to.as_str()), ("set", "to") | ("with", "value") | ("equal", "to")) =>
            {
                Some((value, 3))
            }
            [Token::Word(is), Token::Word(value), ..] if matches!(is.as_str(), "is" | "to" | "equals") => Some((value, 2)),
            [Token::Word(value), after @ ..] if !says(BETWEEN, value) && !is_tag_word(value) => {
                let is_whole = match after.first() {
                    None | Some(Token::Ends) => true,
                    Some(Token::Word(next)) => says("and with please", next),
                    Some(Token::Joins) => false,
                };
                is_whole.then_some((value, 1))
            }
            _ => None,
        };
        if let Some((value, used)) = found {
            let key = if is_known { key.to_lowercase() } else { key.clone() };
            tags.insert(key, Value::from(value.clone()));
            at += used;
        }
    }
    tags
}

fn is_tag_word(word: &str) -> bool {
    TAG_WORDS.split_whitespace().any(|known| known.eq_ignore_ascii_case(word))
}

fn tokens(text: &str) -> Vec<Token> {
    const MARKS: [char; 9] = [',', ';', '(', ')', '{', '}', '[', ']', '\n'];
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let joins = ["->", "→", ":=", "=>", "==", "=", ":"].iter().find(|sign| rest.starts_with(**sign));
        if let Some((quoted, after)) = quoted(rest) {
            tokens.push(Token::Word(quoted));
            rest = after;
        } else if let Some(sign) = joins {
            tokens.push(Token::Joins);
            rest = rest.get(sign.len()..).unwrap_or_default();
        } else if MARKS.contains(&letter) {
            tokens.push(Token::Ends);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        } else if letter.is_whitespace() {
            rest = rest.trim_start();
        } else {
            // A value may hold the signs that end a key.
            // `tags: team=risk` has no value behind the colon.
            let is_value = matches!(tokens.as_slice(), [.., Token::Word(key), Token::Joins] if !is_tag_word(key));
            let ends = |letter: char| letter.is_whitespace() || MARKS.contains(&letter) || !is_value && matches!(letter, '=' | ':' | '→');
            let end = rest.find(ends).filter(|end| *end > 0).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or_default().trim_end_matches(['.', '?', '!', '"', '\'', '”']);
            if word.chars().any(char::is_alphanumeric) {
                tokens.push(Token::Word(word.to_owned()));
            }
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    tokens
}
