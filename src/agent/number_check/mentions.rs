//! Finds the runs, metrics and parameters that a text names.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::facts::Ids;

/// A name in a text, and what it may mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mention {
    pub(super) range: Range<usize>,
    pub(super) ids: Ids,
}

/// Names as sequences of words, so that "training loss" is `training_loss` and "F1" is `f1_score`.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    names: BTreeMap<String, usize>,
    by_words: BTreeMap<Vec<String>, Ids>,
}

impl Phrases {
    pub(super) fn add(&mut self, name: &str) {
        if self.names.contains_key(name) {
            return;
        }
        let id = self.names.len();
        self.names.insert(name.to_owned(), id);
        let words: Vec<String> = words(name).into_iter().map(|word| word.text).collect();
        for variant in variants(&words) {
            self.by_words.entry(variant).or_default().insert(id);
        }
    }

    /// What is called exactly so.
    pub(super) fn named(&self, name: &str) -> Ids {
        self.names.get(name).copied().into_iter().collect()
    }

    /// What is called exactly so, else what `key` speaks of, as `correlation_with_f1` speaks of `f1_score`.
    pub(super) fn mentioned(&self, key: &str) -> Ids {
        let named = self.named(key);
        if named.is_empty() { self.find(key).into_iter().flat_map(|mention| mention.ids).collect() } else { named }
    }

    /// The names in `text`, first to last; the longest name wins where several begin.
    pub(super) fn find(&self, text: &str) -> Vec<Mention> {
        let words = words(text);
        let longest = self.by_words.keys().map(Vec::len).max().unwrap_or_default();
        let mut mentions = Vec::new();
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            let found = (1..=longest.min(rest.len())).rev().find_map(|length| {
                let run = rest.get(..length)?;
                let is_joined = run.iter().skip(1).all(|word| word.is_joined);
                let ids = self.by_words.get(&run.iter().map(|word| word.text.clone()).collect::<Vec<_>>()).filter(|_| is_joined)?;
                Some((length, Mention { range: first.range.start..run.last()?.range.end, ids: ids.clone() }))
            });
            let length = found.as_ref().map_or(1, |(length, _)| *length);
            mentions.extend(found.map(|(_, mention)| mention));
            rest = rest.get(length..).unwrap_or_default();
        }
        mentions
    }
}

/// The ways in which people say a name.
fn variants(words: &[String]) -> BTreeSet<Vec<String>> {
    let mut variants = BTreeSet::from([words.to_vec()]);
    if let [rest @ .., last] = words
        && !rest.is_empty()
        && matches!(last.as_str(), "score" | "roc")
    {
        variants.insert(rest.to_vec());
    }
    if let [first, second] = words {
        let is_auc = |word: &String| word == "auc";
        if is_auc(first) || is_auc(second) {
            variants.insert(vec!["auc".to_owned()]);
            variants.insert(vec![second.clone(), first.clone()]);
        }
    }
    variants.retain(|variant| !variant.is_empty());
    variants
}

struct Word {
    text: String,
    range: Range<usize>,
    /// Whether at most one joint stands between this word and the one before.
    is_joined: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut end = 0;
    let is_letter = |letter: char| letter.is_alphanumeric();
    while let Some(start) = text.get(end..).and_then(|rest| rest.find(is_letter)).map(|at| at + end) {
        let rest = text.get(start..).unwrap_or_default();
        let gap = text.get(end..start).unwrap_or_default();
        end = start + rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len());
        let is_joined = matches!(gap, "" | " " | "_" | "-" | "/" | "." | "@");
        words.push(Word { text: canonical(text.get(start..end).unwrap_or_default()), range: start..end, is_joined });
    }
    words
}

/// One spelling for the abbreviations that metrics are named with.
fn canonical(word: &str) -> String {
    let word = word.to_lowercase();
    match word.as_str() {
        "training" => "train",
        "validation" | "valid" => "val",
        "accuracy" => "acc",
        "scores" => "score",
        "losses" => "loss",
        "average" | "avg" => "mean",
        _ => word.as_str(),
    }
    .to_owned()
}

/// The runs that `text` names, in full ("run-017") or by number ("run 17", "runs 15, 16 and 17"), first to last.
pub(super) fn find_runs(text: &str, runs: &BTreeMap<String, Ids>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    let lower = text.to_lowercase();
    // Lower case may be longer in bytes; then places no longer agree, and exact spelling must do.
    let haystack = if lower.len() == text.len() { lower.as_str() } else { text };
    for (name, ids) in runs {
        let mut from = 0;
        while let Some(start) = find_bounded(haystack, name, from) {
            from = start + name.len();
            // A name that is all digits is a run only where the word "run" stands before it.
            if !name.chars().all(|letter| letter.is_ascii_digit()) {
                mentions.push(Mention { range: start..from, ids: ids.clone() });
            }
        }
    }
    mentions.extend(find_numbered_runs(haystack, runs));
    // The longer of two names in one place is meant.
    mentions.sort_by_key(|mention| (mention.range.start, std::cmp::Reverse(mention.range.end)));
    let mut end = 0;
    mentions.retain(|mention| {
        let is_free = mention.range.start >= end;
        end = end.max(mention.range.end);
        is_free
    });
    mentions
}

fn find_numbered_runs(text: &str, runs: &BTreeMap<String, Ids>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    for word in ["run", "runs"] {
        let mut from = 0;
        while let Some(start) = find_bounded(text, word, from) {
            from = start + word.len();
            let mut end = from;
            loop {
                let rest = text.get(end..).unwrap_or_default();
                let number = rest.trim_start_matches([' ', '#', ',', '*', '`']);
                let number =
                    number.strip_prefix("and ").or_else(|| number.strip_prefix("or ")).unwrap_or(number).trim_start_matches(['#', ' ']);
                let length = number.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(number.len());
                let digits = number.get(..length).unwrap_or_default();
                let goes_on = number
                    .get(length..)
                    .is_some_and(|after| after.starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '%')))
                    || number
                        .get(length..)
                        .is_some_and(|after| after.starts_with('.') && after.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit()));
                let ids = numbered(digits, runs);
                if goes_on || ids.is_empty() || rest.len() == number.len() {
                    break;
                }
                let begin = end + rest.len() - number.len();
                end = begin + length;
                mentions.push(Mention { range: begin..end, ids });
            }
        }
    }
    mentions
}

/// The runs whose name ends in that number.
fn numbered(digits: &str, runs: &BTreeMap<String, Ids>) -> Ids {
    let Ok(wanted) = digits.parse::<u64>() else { return Ids::new() };
    let ends_in = |name: &str| {
        let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        name.get(stem.len()..).and_then(|tail| tail.parse::<u64>().ok()) == Some(wanted)
    };
    runs.iter().filter(|(name, _)| ends_in(name)).flat_map(|(_, ids)| ids.iter().copied()).collect()
}

/// Where `needle` begins at or after `from`, not inside a longer name or number.
pub(super) fn find_bounded(text: &str, needle: &str, from: usize) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    let mut from = from;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(needle)).map(|at| at + from) {
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(start + needle.len()..).unwrap_or_default();
        if ends(before.chars().rev()) && ends(after.chars()) {
            return Some(start);
        }
        from = start + needle.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Whether a name ends where these letters follow outwards: no letter, and no joint with a letter behind it.
fn ends(mut outwards: impl Iterator<Item = char>) -> bool {
    match outwards.next() {
        Some(letter) if letter.is_alphanumeric() || letter == '_' => false,
        Some('-' | '.' | '/' | '@') => outwards.next().is_none_or(|next| !next.is_alphanumeric()),
        Some(_) | None => true,
    }
}
