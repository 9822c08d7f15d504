//! How alike words are: parts of a name, forms of a word, slips of the keyboard.

use super::meaning::stem;
use super::name::{Likeness, Name};
use super::words::digits;

/// Words that may stand about a name without changing it.
pub(super) fn is_generic(word: &str) -> bool {
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

pub(super) fn is_subsequence(part: &[String], whole: &[String]) -> bool {
    let mut rest = whole.iter();
    !part.is_empty() && part.iter().all(|word| rest.any(|other| other == word))
}

/// Whether `part`, written as one word, is some neighbouring words of `whole` written as one: `fine tuning` of `chatbot-finetune`, `chrF` of
/// `test_chrf`.
pub(super) fn is_joined_part(part: &Name, whole: &[String]) -> bool {
    const LEAST_LETTERS: usize = 5;
    const LEAST_LETTERS_RESPACED: usize = 4;
    const LONGEST_ENDING: usize = 8;
    let joined = &part.joined_stem;
    (0..whole.len()).any(|start| {
        // A stem keeps its word's first letter.
        if whole.get(start).and_then(|word| word.chars().next()) != part.joined.chars().next() {
            return false;
        }
        let mut name = String::new();
        for (more, word) in whole.iter().skip(start).enumerate() {
            name.push_str(word);
            // `map`, of `val_mAP`, letter for letter
            let is_hump = part.words.len() == 1 && more == 1 && name.len() <= 4 && !name.contains(|letter: char| letter.is_ascii_digit());
            if is_hump && part.joined == name && name.len() >= 3 {
                return true;
            }
            let least = if part.words.len() == more + 1 { LEAST_LETTERS } else { LEAST_LETTERS_RESPACED };
            if joined.len() >= least && name.len() >= joined.len() && stem(&name) == *joined {
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

/// Names of no more letters must begin right.
const SHORT_NAME: usize = 5;

/// Whether the words, given apart and in one text, differ by a letter or two as [`is_typo_of`] allows, digits never.
pub(super) fn misspelt((reference, said): (&[String], &str), (name, meant): (&[String], &str)) -> Option<Likeness> {
    // Short names are often letters of a formula: `wape` is another than `mape`, but `mpae` is it.
    let begins_alike = || meant.chars().count() > SHORT_NAME || begin_alike(said, meant) || sorted_letters(said) == sorted_letters(meant);
    let is_meant = |word: &String| TERMS.contains(&word.as_str()) && !name.contains(word);
    if reference.iter().any(is_meant) {
        return None;
    }
    if is_typo_of(said, meant) && digits(said) == digits(meant) && begins_alike() {
        return Some(Likeness::Misspelt);
    }
    let mut rest = name.iter();
    // Of a part less is left to tell by, so its first letter must be right: `augmentation` is no `segmentation`.
    let is_near =
        |word: &str, other: &str| begin_alike(word, other) && (word == other || is_form_of(word, other) || is_typo_of(word, other));
    let enough = reference.iter().any(|word| word.chars().count() >= 4);
    (enough && reference.iter().all(|word| rest.any(|other| is_near(word, other)))).then_some(Likeness::MisspeltPart)
}

fn begin_alike(one: &str, other: &str) -> bool {
    one.chars().next() == other.chars().next()
}

/// The letters of a word in order, so that `mpae` has those of `mape`.
pub(super) fn sorted_letters(word: &str) -> Vec<char> {
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

/// Names of metrics and their kinds that are a letter or two from another: whoever writes one means it.
const TERMS: [&str; 12] = ["micro", "macro", "mape", "smape", "rmse", "rmsle", "mase", "wape", "bleu", "rouge", "precision", "recall"];

/// Whether `typed` is `meant` with a letter or two wrong: at most 1 edit (a swap counts as one) from 4 letters on, 2 from 8 on.
#[must_use]
pub fn is_typo_of(typed: &str, meant: &str) -> bool {
    if TERMS.contains(&typed) {
        return false;
    }
    let (typed_letters, meant_letters) = (typed.chars().count(), meant.chars().count());
    let allowed = match typed_letters.min(meant_letters) {
        0..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    typed_letters.abs_diff(meant_letters) <= allowed && strsim::osa_distance(typed, meant) <= allowed
}
