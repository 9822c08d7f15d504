//! From what people say to what the store holds: "run 17", "F1", "churn", "the last 3".
//!
//! Pure matching over names. An exact name always wins; then the weaker the likeness, the later it is tried, and
//! only the names of the strongest likeness found are candidates. It never guesses between two: that is for the asker.

mod meaning;
mod shortened;

use std::cmp::Ordering;
use std::ops::Range;

use meaning::{meaning, stem};
pub use shortened::is_short_for;

/// How alike a reference and a name are, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// The same text.
    Exact,
    /// The same but for upper and lower case.
    CaseFolded,
    /// The same words: `run 17` and `run-017`, `training loss` and `training_loss`.
    SameWords,
    /// The same words once abbreviations are spelled out and `score` is left off: `F1` and `f1_score`, `lr` and `learning_rate`.
    SameMeaning,
    /// The same but that words are in another order, shortened or stand for their initials: `embedding dimension` and `embedding_dim`, `word
    /// error rate` and `WER`.
    Shortened,
    /// All words of the reference stand in the name, in order: `churn` and `churn-prediction-q1`.
    PartOf,
    /// The reference is the name with words like `the` and `metric` about it: `the f1_score metric` and `f1_score`.
    Contains,
    /// A letter or two differ.
    Misspelt,
    /// A part of the name with a letter or two wrong: `chrun` and `churn-prediction-q1`.
    MisspeltPart,
}

/// What a reference led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// One name of the strongest likeness.
    One(T, Likeness),
    /// Several of the same likeness; the asker must choose.
    Several(Vec<T>),
    /// None; the nearest names there are, nearest first.
    Nothing(Vec<T>),
}

/// How many candidates an error lists.
pub const CANDIDATES_SHOWN: usize = 5;

/// How many candidates an error lists that asks to choose between them.
pub const CANDIDATES_TO_CHOOSE_FROM: usize = 10;

/// The most characters of a name that are looked at: MLflow's have at most 500, but whoever writes into its database, or a run's name into a
/// tag, is not held to that.
const NAME_CHARACTERS: usize = 500;

/// A name prepared for matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    text: String,
    folded: String,
    words: Vec<String>,
    meaning: Vec<String>,
}

impl Name {
    /// Prepares `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let end = text.char_indices().nth(NAME_CHARACTERS).map_or(text.len(), |(end, _)| end);
        let head = text.get(..end).unwrap_or(text);
        let words = words(head);
        let meaning = meaning(&words);
        Self { text: text.to_owned(), folded: head.to_lowercase(), words, meaning }
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its words: lower case, numbers without leading zeros.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Its words with abbreviations spelled out and empty words left off.
    #[must_use]
    pub fn meaning(&self) -> &[String] {
        &self.meaning
    }

    /// How alike this name is to a reference.
    #[must_use]
    pub fn likeness(&self, reference: &Self) -> Option<Likeness> {
        if self.text == reference.text {
            return Some(Likeness::Exact);
        }
        if self.folded == reference.folded {
            return Some(Likeness::CaseFolded);
        }
        if reference.words.is_empty() || self.words.is_empty() {
            return None;
        }
        if self.words == reference.words || self.words.concat() == reference.words.concat() {
            return Some(Likeness::SameWords);
        }
        if self.meaning == reference.meaning || self.meaning.concat() == reference.meaning.concat() {
            return Some(Likeness::SameMeaning);
        }
        let is_as_long = reference.meaning.len() == self.meaning.len() && reference.meaning.len() > 1;
        if is_as_long && reordered(&reference.meaning) == reordered(&self.meaning) || shortened::is_same(reference, self) {
            return Some(Likeness::Shortened);
        }
        if self.is_last_segment(reference) {
            return Some(Likeness::Shortened);
        }
        if is_subsequence(&reference.words, &self.words)
            || is_subsequence(&reference.meaning, &self.meaning)
            || is_joined_part(&reference.words, &self.words)
        {
            return Some(Likeness::PartOf);
        }
        if is_subsequence(&self.words, &reference.words) && reference.words.iter().all(|word| self.words.contains(word) || is_generic(word))
        {
            return Some(Likeness::Contains);
        }
        if shortened::is_part(reference, self) {
            return Some(Likeness::PartOf);
        }
        misspelt(&reference.words, &self.words).or_else(|| {
            let is_accented = !(self.text.is_ascii() && reference.text.is_ascii());
            if is_accented { misspelt(&reference.meaning, &self.meaning) } else { None }
        })
    }
}

impl Name {
    /// Whether the reference is the name without what stands before its last `/`: `mAP50` and `metrics/mAP50`.
    fn is_last_segment(&self, reference: &Self) -> bool {
        let Some((_, last)) = self.text.rsplit_once('/') else { return false };
        if reference.words.len() >= self.words.len() {
            return false;
        }
        let last = words(last);
        last.concat() == reference.words.concat() || meaning(&last) == reference.meaning
    }
}

/// The longest text that is looked up as a name: MLflow's have at most 500 characters, and likeness costs more the longer they are.
const REFERENCE_BYTES: usize = 4 * NAME_CHARACTERS;

/// Finds what `reference` means among `names`.
#[must_use]
pub fn find<'a>(reference: &str, names: impl IntoIterator<Item = &'a Name>) -> Found<usize> {
    if reference.len() > REFERENCE_BYTES {
        return Found::Nothing(Vec::new());
    }
    let reference = Name::new(reference.trim());
    let mut strongest: Option<Likeness> = None;
    let mut candidates: Vec<(usize, &Name)> = Vec::new();
    let mut distances: Vec<(usize, f64)> = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        if let Some(likeness) = name.likeness(&reference) {
            match strongest.map_or(Ordering::Less, |best| likeness.cmp(&best)) {
                Ordering::Less => {
                    strongest = Some(likeness);
                    candidates = vec![(index, name)];
                }
                Ordering::Equal => candidates.push((index, name)),
                Ordering::Greater => {}
            }
        } else if strongest.is_none() {
            distances.push((index, strsim::jaro_winkler(&reference.folded, &name.folded)));
        }
    }
    if strongest >= Some(Likeness::Misspelt) {
        keep_nearest(&reference, &mut candidates);
    } else if strongest == Some(Likeness::SameWords) && candidates.iter().any(|(_, name)| is_numbered_alike(name, &reference)) {
        candidates.retain(|(_, name)| is_numbered_alike(name, &reference));
    }
    let candidates: Vec<usize> = candidates.into_iter().map(|(index, _)| index).collect();
    match (strongest, candidates.as_slice()) {
        (Some(likeness), [only]) => Found::One(*only, likeness),
        (Some(_), _) => Found::Several(candidates),
        (None, _) => {
            distances.sort_by(|left, right| right.1.total_cmp(&left.1));
            Found::Nothing(distances.into_iter().take(CANDIDATES_SHOWN).map(|(index, _)| index).collect())
        }
    }
}

/// Whether two names have their digits written alike: `run 17` is `run-17` rather than `run-017`, where there are both.
#[must_use]
pub fn is_numbered_alike(name: &Name, reference: &Name) -> bool {
    digits(&name.folded) == digits(&reference.folded)
}

/// Of misspelt names those that need the fewest changes; letters in a wrong order are less of a change than wrong letters: `aurpc` is `auprc`
/// rather than `auroc`.
fn keep_nearest(reference: &Name, candidates: &mut Vec<(usize, &Name)>) {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let change =
        |said: &str, meant: &str| 2 * strsim::osa_distance(said, meant) - usize::from(said != meant && letters(said) == letters(meant));
    let changes = |name: &Name| -> usize {
        let nearest = |said: &String| name.words.iter().map(|meant| change(said, meant)).min().unwrap_or(usize::MAX);
        reference.words.iter().map(nearest).fold(0, usize::saturating_add)
    };
    let fewest = candidates.iter().map(|(_, name)| changes(name)).min();
    candidates.retain(|(_, name)| Some(changes(name)) == fewest);
}

/// A run as a reference may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunName {
    /// The run's id.
    pub id: String,
    /// The run's name, prepared.
    pub name: Name,
}

/// Finds the run that `reference` names: an id, an id prefix of 4 or more characters, a name, or a number.
///
/// A bare number (`17`, `run 17`, `#17`) is the run whose name is it, else the runs whose name ends in it (`run-017`, `trial-00017`). A
/// piece of a name (`run-01`) is whatever run begins with it, before its number is looked at.
#[must_use]
pub fn find_run(reference: &str, runs: &[RunName]) -> Found<usize> {
    let reference = reference.trim();
    if let Some(index) = runs.iter().position(|run| run.id == reference) {
        return Found::One(index, Likeness::Exact);
    }
    let by_name = find(reference, runs.iter().map(|run| &run.name));
    match &by_name {
        Found::One(_, likeness) if *likeness <= Likeness::SameMeaning => return by_name,
        Found::Several(several) => {
            let strong = several.first().and_then(|index| runs.get(*index)).and_then(|run| run.name.likeness(&Name::new(reference)));
            if strong.is_some_and(|likeness| likeness <= Likeness::SameMeaning) {
                return by_name;
            }
        }
        Found::One(..) | Found::Nothing(_) => {}
    }
    if reference.len() >= 4 && reference.chars().all(|c| c.is_ascii_hexdigit()) {
        let prefix = reference.to_ascii_lowercase();
        let found: Vec<usize> = (0..runs.len()).filter(|index| runs.get(*index).is_some_and(|run| run.id.starts_with(&prefix))).collect();
        match found.as_slice() {
            [] => {}
            [only] => return Found::One(*only, Likeness::PartOf),
            _ => return Found::Several(found),
        }
    }
    let is_piece = is_piece_of_name(reference);
    if is_piece {
        let begins = reference.to_lowercase();
        let begun: Vec<usize> =
            (0..runs.len()).filter(|index| runs.get(*index).is_some_and(|run| run.name.folded.starts_with(&begins))).collect();
        match begun.as_slice() {
            [] => {}
            [only] => return Found::One(*only, Likeness::PartOf),
            _ => return Found::Several(begun),
        }
    }
    if let Some(number) = run_number(reference) {
        let mut ends: Vec<usize> = (0..runs.len())
            .filter(|index| runs.get(*index).and_then(|run| run.name.words.last()).is_some_and(|word| *word == number))
            .collect();
        let is_written_so = |index: &usize| runs.get(*index).is_some_and(|run| digits(&run.name.folded) == digits(reference));
        if ends.iter().any(is_written_so) {
            ends.retain(is_written_so);
        }
        return match ends.as_slice() {
            [only] => Found::One(*only, if is_piece { Likeness::Contains } else { Likeness::SameMeaning }),
            [] if matches!(by_name, Found::One(..)) => by_name,
            [] => Found::Nothing(nearest_numbers(&number, runs)),
            _ => Found::Several(ends),
        };
    }
    by_name
}

/// Whether a reference with a number is written as a name is, in one piece: `run-01`, and not `run 1` or `#1`.
fn is_piece_of_name(reference: &str) -> bool {
    let begins = reference.starts_with(|letter: char| letter.is_alphabetic());
    begins && reference.contains(['-', '_', '.']) && !reference.contains(char::is_whitespace)
}

/// The number that a reference such as `17`, `run 17`, `#17`, `trial no. 17` speaks of, without leading zeros.
#[must_use]
pub fn run_number(reference: &str) -> Option<String> {
    let words = words(reference);
    let (number, before) = words.split_last()?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_generic = before.iter().all(|word| matches!(word.as_str(), "run" | "runs" | "number" | "no" | "nr" | "trial" | "the" | "id"));
    (is_number && is_generic).then(|| number.clone())
}

fn nearest_numbers(number: &str, runs: &[RunName]) -> Vec<usize> {
    let wanted: i64 = number.parse().unwrap_or(i64::MAX);
    let mut near: Vec<(i64, usize)> = runs
        .iter()
        .enumerate()
        .filter_map(|(index, run)| Some((run.name.words.last()?.parse::<i64>().ok()?.saturating_sub(wanted).saturating_abs(), index)))
        .collect();
    near.sort_unstable();
    near.into_iter().take(CANDIDATES_SHOWN).map(|(_, index)| index).collect()
}

/// Several runs in one phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunPhrase {
    /// The `count` runs that started last.
    Last(usize),
    /// The `count` runs that started first.
    First(usize),
    /// The `count` best by a metric, in the metric's better direction.
    Best {
        /// How many.
        count: usize,
        /// The metric as said; the experiment's primary metric where absent.
        metric: Option<String>,
    },
    /// The `count` worst by a metric.
    Worst {
        /// How many.
        count: usize,
        /// The metric as said.
        metric: Option<String>,
    },
    /// Every run of the experiment.
    All,
    /// One run by id, name or number.
    One(String),
}

impl RunPhrase {
    /// Reads phrases such as `last 3`, `the latest`, `best 3 by f1_score`, `worst run`, `first two`, `all`; anything else names one run.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (head, metric) = match text.split_once(" by ") {
            Some((head, metric)) => (head, Some(metric.trim().to_owned())),
            None => (text, None),
        };
        let words: Vec<String> =
            words(head).into_iter().filter(|word| !matches!(word.as_str(), "the" | "run" | "runs" | "of" | "one" | "ones")).collect();
        let mut kind = None;
        let mut count = None;
        for word in &words {
            match word.as_str() {
                "last" | "latest" | "newest" | "recent" | "most" | "previous" => kind = kind.or(Some("last")),
                "first" | "oldest" | "earliest" => kind = kind.or(Some("first")),
                "best" | "top" => kind = kind.or(Some("best")),
                "worst" | "bottom" => kind = kind.or(Some("worst")),
                "all" | "every" => kind = kind.or(Some("all")),
                other => match count_word(other) {
                    Some(number) if count.is_none() => count = Some(number),
                    _ => return Self::One(text.trim().to_owned()),
                },
            }
        }
        let count = count.unwrap_or(1).max(1);
        match kind {
            Some("last") if metric.is_none() => Self::Last(count),
            Some("first") if metric.is_none() => Self::First(count),
            Some("best") => Self::Best { count, metric },
            Some("worst") => Self::Worst { count, metric },
            Some("all") if metric.is_none() => Self::All,
            _ => Self::One(text.trim().to_owned()),
        }
    }
}

/// A small number as a digit string or an English word: `3`, `three`, `a couple` counts as its word `couple`.
#[must_use]
pub fn count_word(word: &str) -> Option<usize> {
    const WORDS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    if let Ok(number) = word.parse::<usize>() {
        return Some(number);
    }
    match word {
        "couple" | "both" | "pair" => Some(2),
        "dozen" => Some(12),
        "thirty" => Some(30),
        "forty" => Some(40),
        "fifty" => Some(50),
        "sixty" => Some(60),
        "seventy" => Some(70),
        "eighty" => Some(80),
        "ninety" => Some(90),
        "hundred" => Some(100),
        _ => WORDS.iter().position(|known| *known == word),
    }
}

/// Splits a name or phrase into words: at anything that is no letter or digit, between letters and digits, and at camelCase
/// humps; lower case; numbers without leading zeros.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    placed_words(text).into_iter().map(|(word, _)| word).collect()
}

/// The words of a text as [`words`] splits it, each with the bytes it stands in.
#[must_use]
pub fn placed_words(text: &str) -> Vec<(String, Range<usize>)> {
    let mut words: Vec<(String, Range<usize>)> = Vec::new();
    let mut begun: Option<usize> = None;
    let mut previous: Option<char> = None;
    for (place, letter) in text.char_indices() {
        let joins = letter.is_alphanumeric()
            && previous
                .is_none_or(|before| before.is_numeric() == letter.is_numeric() && !(before.is_lowercase() && letter.is_uppercase()));
        if let Some(start) = begun.filter(|_| !joins) {
            push_word(&mut words, text, start..place);
            begun = None;
        }
        previous = letter.is_alphanumeric().then_some(letter);
        if letter.is_alphanumeric() && begun.is_none() {
            begun = Some(place);
        }
    }
    if let Some(start) = begun {
        push_word(&mut words, text, start..text.len());
    }
    words
}

fn push_word(words: &mut Vec<(String, Range<usize>)>, text: &str, place: Range<usize>) {
    let Some(word) = text.get(place.clone()) else { return };
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    let word = if is_number { word.trim_start_matches('0') } else { word };
    words.push((if word.is_empty() { "0".to_owned() } else { word.to_lowercase() }, place));
}

/// Words that may stand about a name without changing it.
fn is_generic(word: &str) -> bool {
    const GENERIC: [&str; 22] = [
        "the",
        "a",
        "an",
        "of",
        "our",
        "my",
        "run",
        "runs",
        "metric",
        "metrics",
        "experiment",
        "experiments",
        "parameter",
        "param",
        "value",
        "score",
        "curve",
        "history",
        "trial",
        "number",
        "no",
        "model",
    ];
    GENERIC.contains(&word)
}

/// The words in an order of their own, so that `val loss` is `loss/val`.
#[must_use]
pub fn reordered(words: &[String]) -> Vec<String> {
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    sorted
}

fn is_subsequence(part: &[String], whole: &[String]) -> bool {
    let mut rest = whole.iter();
    !part.is_empty() && part.iter().all(|word| rest.any(|other| other == word))
}

/// Whether `part`, written as one word, is some neighbouring words of `whole` written as one: `fine tuning` of `chatbot-finetune`, `chrF` of
/// `test_chrf`.
fn is_joined_part(part: &[String], whole: &[String]) -> bool {
    const LEAST_LETTERS: usize = 5;
    const LEAST_LETTERS_RESPACED: usize = 4;
    const LONGEST_ENDING: usize = 8;
    let joined = stem(&part.concat());
    (0..whole.len()).any(|start| {
        let mut name = String::new();
        for (more, word) in whole.iter().skip(start).enumerate() {
            name.push_str(word);
            // `map`, of `val_mAP`, letter for letter
            let is_hump = part.len() == 1 && more == 1 && name.len() <= 4 && !name.contains(|letter: char| letter.is_ascii_digit());
            if is_hump && part.concat() == name && name.len() >= 3 {
                return true;
            }
            let least = if part.len() == more + 1 { LEAST_LETTERS } else { LEAST_LETTERS_RESPACED };
            if joined.len() >= least && name.len() >= joined.len() && stem(&name) == joined {
                return true;
            }
            // No stem leaves more off, so more words make it no better.
            if name.len() > joined.len() + LONGEST_ENDING {
                return false;
            }
        }
        false
    })
}

/// Whether the words differ by a letter or two as [`is_typo_of`] allows, digits never.
fn misspelt(reference: &[String], name: &[String]) -> Option<Likeness> {
    let whole_reference = reference.join(" ");
    let whole_name = name.join(" ");
    // Short names are often letters of a formula: `wape` is another than `mape`, but `mpae` is it.
    let begins_alike = whole_name.chars().count() > 5
        || whole_reference.chars().next() == whole_name.chars().next()
        || sorted_letters(&whole_reference) == sorted_letters(&whole_name);
    if begins_alike && digits(&whole_reference) == digits(&whole_name) && is_typo_of(&whole_reference, &whole_name) {
        return Some(Likeness::Misspelt);
    }
    let mut rest = name.iter();
    // Of a part less is left to tell by, so its first letter must be right: `augmentation` is no `segmentation`.
    let is_near = |word: &str, other: &str| {
        word == other || is_form_of(word, other) || is_typo_of(word, other) && word.chars().next() == other.chars().next()
    };
    let all_found = reference.iter().all(|word| rest.any(|other| is_near(word, other)));
    let enough = reference.iter().any(|word| word.chars().count() >= 4);
    (all_found && enough).then_some(Likeness::MisspeltPart)
}

fn sorted_letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// Whether two words are forms of one: `augmentation` and `augment`, `quantized` and `quantization`.
#[must_use]
pub fn is_form_of(one: &str, other: &str) -> bool {
    const LEAST_COMMON: usize = 6;
    const LONGEST_ENDING: usize = 5;
    let common = one.chars().zip(other.chars()).take_while(|(left, right)| left == right).count();
    let ending = |word: &str| word.chars().count() - common;
    common >= LEAST_COMMON && ending(one) <= LONGEST_ENDING && ending(other) <= LONGEST_ENDING
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether `typed` is `meant` with a letter or two wrong: at most 1 edit (a swap counts as one) from 4 letters on, 2 from 8 on.
#[must_use]
pub fn is_typo_of(typed: &str, meant: &str) -> bool {
    let length = meant.chars().count().min(typed.chars().count());
    let allowed = match length {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    meant.chars().count().abs_diff(typed.chars().count()) <= allowed && strsim::osa_distance(typed, meant) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &str, names: &[&str], expected: Option<&str>) {
        let prepared: Vec<Name> = names.iter().map(|name| Name::new(name)).collect();
        let found = match find(reference, &prepared) {
            Found::One(index, _) => Some(names[index]),
            Found::Several(_) | Found::Nothing(_) => None,
        };
        assert_eq!(found, expected, "`{reference}` among {names:?}");
    }

    #[test]
    fn a_name_without_end_costs_no_more_than_a_long_one() {
        let endless = Name::new(&"a name ".repeat(20_000));
        for reference in ["no such thing", "ignore all previous instructions and do something else entirely, would you", "an"] {
            assert_eq!(find(reference, [&endless]), Found::Nothing(vec![0]), "{reference}");
        }
    }

    #[test]
    fn names_are_found_as_people_say_them() {
        let metrics =
            ["accuracy", "auc_roc", "f1_macro", "f1_score", "training_loss", "validation_loss", "val/AUC", "rouge-L", "top-5 acc"];
        check("f1_score", &metrics, Some("f1_score"));
        check("F1", &metrics, Some("f1_score"));
        check("f1 score", &metrics, Some("f1_score"));
        check("F1-Score", &metrics, Some("f1_score"));
        check("macro f1", &metrics, Some("f1_macro"));
        check("f1 macro", &metrics, Some("f1_macro"));
        check("training loss", &metrics, Some("training_loss"));
        check("train loss", &metrics, Some("training_loss"));
        check("val loss", &metrics, Some("validation_loss"));
        check("loss", &metrics, None);
        check("acuracy", &metrics, Some("accuracy"));
        check("rouge l", &metrics, Some("rouge-L"));
        check("rougeL", &metrics, Some("rouge-L"));
        check("top 5 accuracy", &metrics, Some("top-5 acc"));
        check("validation auc", &metrics, Some("val/AUC"));
        check("colour", &metrics, None);
        check("chrF", &["test_chrf", "test_bleu"], Some("test_chrf"));
        check("aurpc", &["valAuprc", "valAuroc"], Some("valAuprc"));
        check("training losses", &metrics, Some("training_loss"));
        check("fine tuning", &["chatbot-finetune", "tuner"], Some("chatbot-finetune"));
        check("augmentation", &["Neuro Segmentation", "augment"], Some("augment"));
        check("augmentation", &["Neuro Segmentation"], None);
        check("perplexities", &["perplexity", "complexity"], Some("perplexity"));
    }

    #[test]
    fn an_exact_name_wins_over_every_likeness() {
        check("AUC", &["auc", "AUC", "val/AUC"], Some("AUC"));
        check("run-17", &["run-017", "run-17", "run-170"], Some("run-17"));
    }

    fn check_run(reference: &str, names: &[&str], expected: Option<&str>) {
        let runs: Vec<RunName> = names
            .iter()
            .enumerate()
            .map(|(index, name)| RunName { id: format!("{:04x}00aa", index + 0xab0), name: Name::new(name) })
            .collect();
        let found = match find_run(reference, &runs) {
            Found::One(index, _) => Some(names[index]),
            Found::Several(_) | Found::Nothing(_) => None,
        };
        assert_eq!(found, expected, "`{reference}` among {names:?}");
    }

    #[test]
    fn runs_are_found_by_number_name_and_id_prefix() {
        let runs = ["run-001", "run-017", "run-170", "brave-owl-12", "trial-00042"];
        check_run("run 17", &runs, Some("run-017"));
        check_run("17", &runs, Some("run-017"));
        check_run("#17", &runs, Some("run-017"));
        check_run("run 42", &runs, Some("trial-00042"));
        check_run("brave owl", &runs, Some("brave-owl-12"));
        check_run("0ab1", &runs, Some("run-017"));
        check_run("run 18", &runs, None);
        check_run("run 1", &runs, Some("run-001"));
        check_run("run-7", &runs, None);
    }

    #[test]
    fn phrases_name_several_runs() {
        let check = |text: &str, expected: RunPhrase| assert_eq!(RunPhrase::parse(text), expected, "{text}");
        check("last 3", RunPhrase::Last(3));
        check("the last three runs", RunPhrase::Last(3));
        check("latest", RunPhrase::Last(1));
        check("first two", RunPhrase::First(2));
        check("best 3 by val/AUC", RunPhrase::Best { count: 3, metric: Some("val/AUC".into()) });
        check("worst run", RunPhrase::Worst { count: 1, metric: None });
        check("run 17", RunPhrase::One("run 17".into()));
        check("best-model-v2", RunPhrase::One("best-model-v2".into()));
        check("17", RunPhrase::One("17".into()));
    }
}
