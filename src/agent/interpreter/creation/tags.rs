//! The tags behind "create an experiment": pairs with a sign between them, and behind a word for tags also without.

use serde_json::{Map, Value};

use super::quotes::quoted;

/// Keys of tags that people give without a sign between key and value.
pub(super) const TAG_KEYS: [&str; 11] =
    ["team", "owner", "project", "phase", "stage", "tier", "domain", "client", "env", "priority", "status"];

/// Words that say that tags follow.
const TAG_WORDS: &str = "tag tags tagged tagging label labels labelled labeled";

/// Words between tags that are none.
const BETWEEN: &str = "and with for the a an it as by using also its of value key set to is from this that experiment please could can would will you we i need \
    want like let d";

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

/// What a text says of tags.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tags {
    /// Keys with their values.
    pub(super) pairs: Map<String, Value>,
    /// The first word that stands where a tag belongs and is no pair: `tagged urgent`.
    pub(super) without_key: Option<String>,
}

/// Every `key=value`, `key: value`, `key is value`, and, behind a word for tags, `key value`.
pub(super) fn tags_of(text: &str) -> Tags {
    let tokens = tokens(text);
    let mut tags = Tags::default();
    let mut speaks_of_tags = false;
    // Whether a tag must come next.
    let mut awaits_tag = false;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Word(key) = token else { continue };
        let follows = tokens.get(at..).unwrap_or_default();
        // `owned by ben`
        if let ("owned", [Token::Word(by), Token::Word(owner), ..]) = (key.to_lowercase().as_str(), follows)
            && says("by", by)
        {
            tags.pairs.insert("owner".to_owned(), Value::from(owner.clone()));
            at += 2;
            continue;
        }
        if is_tag_word(key) {
            speaks_of_tags = true;
            awaits_tag = true;
            continue;
        }
        let is_known = is_known_key(key);
        // `name: fog` names the experiment.
        let is_label = has_label(key) && follows.first() == Some(&Token::Joins) && !awaits_tag;
        if let Some((value, used)) = value_behind(key, follows, speaks_of_tags || is_known).filter(|_| !is_label) {
            let key = if is_known { key.to_lowercase() } else { key.clone() };
            tags.pairs.insert(key, Value::from(value.clone()));
            at += used;
            awaits_tag = false;
        } else if !says(BETWEEN, key) {
            if awaits_tag && ends_tag(follows.first()) && tags.without_key.is_none() {
                tags.without_key = Some(key.clone());
            }
            awaits_tag = false;
        }
    }
    tags
}

/// The value of a key, and how many tokens say it.
fn value_behind<'a>(key: &str, follows: &'a [Token], may_be_key: bool) -> Option<(&'a String, usize)> {
    match follows {
        [Token::Joins, Token::Word(value), ..] => Some((value, 2)),
        _ if says(BETWEEN, key) || !may_be_key => None,
        [Token::Word(tag), Token::Joins, Token::Word(value), ..] if is_tag_word(tag) => Some((value, 3)),
        [Token::Word(tag), Token::Word(value), ..] if is_tag_word(tag) && is_known_key(key) => Some((value, 2)),
        // `team with the value meteo`
        [Token::Word(with), Token::Word(the), Token::Word(noun), Token::Word(value), ..]
            if says("with of having", with) && says("the a", the) && noun == "value" =>
        {
            Some((value, 4))
        }
        [Token::Word(set), Token::Word(to), Token::Word(value), ..]
            if matches!((set.as_str(), to.as_str()), ("set" | "equal", "to") | ("with" | "of" | "having", "value")) =>
        {
            Some((value, 3))
        }
        [Token::Word(is), Token::Word(value), ..] if says("is to equals be as", is) => Some((value, 2)),
        [Token::Word(value), after @ ..] if !says(BETWEEN, value) && !is_tag_word(value) => ends_tag(after.first()).then_some((value, 1)),
        _ => None,
    }
}

/// Whether nothing more of a tag comes.
fn ends_tag(next: Option<&Token>) -> bool {
    match next {
        None | Some(Token::Ends) => true,
        Some(Token::Word(next)) => says("and with please until by", next),
        Some(Token::Joins) => false,
    }
}

fn says(known: &str, word: &str) -> bool {
    known.split_whitespace().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_known_key(word: &str) -> bool {
    TAG_KEYS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a text says that tags are given.
pub(super) fn speaks_of_tags(text: &str) -> bool {
    text.contains('=') || tokens(text).iter().any(|token| matches!(token, Token::Word(word) if is_tag_word(word)))
}

/// Whether a word labels something else of an experiment than a tag.
fn has_label(word: &str) -> bool {
    says("name description describe called experiment please pls", word)
}

fn is_tag_word(word: &str) -> bool {
    says(TAG_WORDS, word)
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
