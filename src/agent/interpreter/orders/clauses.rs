//! The clauses of an utterance, and which of them say that something is not to be done.

use std::ops::Range;

use super::{FORBIDDEN, FORBIDDEN_WITH_OBJECT, forms};

/// One clause: its words in lower case, apostrophes and hyphens kept, and the bytes it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    /// The words.
    pub(super) words: Vec<String>,
    /// Where it stands.
    pub(super) bytes: Range<usize>,
}

impl Clause {
    /// The words, to be matched.
    pub(super) fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }
}

/// Words after which a clause ends in any case: nobody says more in one, and rules look from each of its words at all before it.
const LONGEST_CLAUSE: usize = 60;

/// Cuts an utterance at its commas, dashes and sentence ends, and before what says how or why: `… because nobody needs it`.
pub(super) fn clauses(text: &str) -> Vec<Clause> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut spaces = 0;
    for (place, letter) in text.char_indices() {
        spaces += usize::from(letter == ' ');
        let after = text.get(place + letter.len_utf8()..).unwrap_or_default();
        let before = text.get(..place).unwrap_or_default();
        let stands_free = after.starts_with(' ') || after.is_empty();
        let ends = matches!(letter, ',' | ';' | '!' | '?' | '.' | ':') && stands_free
            || matches!(letter, '–' | '—')
            || letter == '-' && stands_free && before.ends_with(' ')
            || letter == ' ' && (spaces > LONGEST_CLAUSE || is_subordinate(after) || concludes(after));
        if ends {
            found.extend(clause(text, start..place));
            start = place + letter.len_utf8();
            spaces = 0;
        }
    }
    found.extend(clause(text, start..text.len()));
    found
}

/// `… so bin it`
fn concludes(after: &str) -> bool {
    let mut words = after.split_whitespace();
    let is_verb = |word: &str| {
        [FORBIDDEN, FORBIDDEN_WITH_OBJECT].iter().any(|verbs| verbs.split_whitespace().any(|verb| verb.eq_ignore_ascii_case(word)))
    };
    words.next().is_some_and(|word| matches!(word, "so" | "therefore" | "hence")) && words.next().is_some_and(is_verb)
}

fn is_subordinate(after: &str) -> bool {
    ["because ", "since it ", "since nobody ", "but ", "so that ", "so please ", "so could ", "so can ", "so let"]
        .iter()
        .any(|conjunction| after.get(..conjunction.len()).is_some_and(|head| head.eq_ignore_ascii_case(conjunction)))
}

fn clause(text: &str, bytes: Range<usize>) -> Option<Clause> {
    let is_inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '\'' | '’' | '*' | '/');
    let words: Vec<String> = text
        .get(bytes.clone())?
        .split_whitespace()
        .map(|word| word.trim_matches(|letter: char| !is_inside(letter)).replace('’', "'").to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then_some(Clause { words, bytes })
}

/// Whether a clause says that something is not to be done: `don't delete it`, `without changing anything`, `no need to download it`.
pub(super) fn is_denied(clause: &Clause) -> bool {
    let words = clause.words();
    if is_left_alone(&words) {
        return true;
    }
    let Some(at) = (0..words.len()).find(|at| denies(&words, *at)) else { return false };
    let is_act = |word: &&str| {
        [FORBIDDEN, FORBIDDEN_WITH_OBJECT].iter().any(|verbs| verbs.split_whitespace().any(|verb| verb == *word))
            || forms::of_gerund(word).is_some()
            || forms::of_participle(word).is_some()
            || matches!(*word, "touch" | "touching" | "touched" | "break" | "changes" | "edits")
    };
    words.iter().skip(at + 1).take(6).any(is_act)
}

/// `leave it alone`, `hands off run-3`, `keep it as it is`: it is not to be touched.
fn is_left_alone(words: &[&str]) -> bool {
    let begins = |leads: &[&str]| {
        words.iter().find(|word| !matches!(**word, "please" | "and" | "just" | "so" | "but")).is_some_and(|first| leads.contains(first))
    };
    let stays = words.windows(2).any(|pair| matches!(pair, ["as", "is"] | ["in", "peace"]))
        || words.windows(3).any(|three| matches!(three, ["as" | "where" | "how" | "like", "it" | "they", "is" | "are" | "stands"]))
        || words.iter().any(|word| matches!(*word, "alone" | "untouched" | "unchanged"));
    begins(&["leave", "keep", "let"]) && stays || matches!(words, ["hands", "off", ..])
}

/// `don't plot anything`, `no need to list them`: says how the answer is not to look, and names nothing.
pub(super) fn is_unseen(clause: &Clause) -> bool {
    const SHOWING: &str = "plot draw chart graph list show display print dump enumerate compare explain plots charts graphs lists tables";
    const BARE: &str = "anything it them that this those these me us a an the any all one by please now yet need to chart plot graph picture curve table list lists plots charts figure whole everything \
        for again just of runs diagram details long full";
    let has = |words: &str, word: &str| words.split_whitespace().any(|known| known == word);
    let words = clause.words();
    let Some(at) = (0..words.len()).find(|at| denies(&words, *at) || words.get(*at) == Some(&"no")) else { return false };
    let mut rest = words.iter().skip(at + 1).skip_while(|word| matches!(**word, "need" | "to" | "please" | "just" | "you" | "have"));
    at <= 2 && rest.next().is_some_and(|verb| has(SHOWING, verb)) && rest.all(|word| has(BARE, word))
}

/// Whether the word at this place denies what stands behind it, and is no courtesy (`can't you …`) and no reminder (`don't forget to …`).
fn denies(words: &[&str], at: usize) -> bool {
    let word = |place: usize| words.get(place).copied().unwrap_or_default();
    let before = at.checked_sub(1).map_or("", word);
    let reminds = |place: usize| matches!(word(place), "forget" | "hesitate" | "just" | "you" | "we" | "mind");
    match word(at) {
        "don't" | "dont" | "needn't" | "shouldn't" | "mustn't" | "won't" => before != "why" && !reminds(at + 1),
        "not" => {
            !matches!(before, "why" | "if" | "or" | "is" | "was" | "are" | "did" | "does" | "has")
                && !reminds(at + 1)
                && word(at + 1) != "only"
        }
        // `I know you can't delete runs, but …`
        "can't" | "cannot" | "couldn't" => matches!(before, "you" | "i" | "we" | "one"),
        // `nothing needs to be deleted`
        "nothing" | "nobody" | "none" | "noone" => {
            matches!(word(at + 1), "should" | "must" | "may" | "shall" | "has" | "is" | "will" | "here" | "gets" | "to")
                || word(at) != "nobody" && matches!(word(at + 1), "needs")
        }
        "never" | "without" => word(at + 1) != "mind",
        "no" => matches!(word(at + 1), "need" | "reason" | "changes" | "change" | "edits"),
        "instead" => word(at + 1) == "of",
        "rather" => word(at + 1) == "than",
        _ => false,
    }
}
