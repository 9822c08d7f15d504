//! How alike words are: parts of a name, forms of a word, slips of the keyboard.

use super::meaning::stem;
use super::name::Likeness;
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
pub(super) fn is_joined_part(part: &[String], whole: &[String]) -> bool {
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

/// Names of no more letters must begin right.
const SHORT_NAME: usize = 5;

/// Whether the words differ by a letter or two as [`is_typo_of`] allows, digits never.
pub(super) fn misspelt(reference: &[String], name: &[String]) -> Option<Likeness> {
    let whole_reference = reference.join(" ");
    let whole_name = name.join(" ");
    // Short names are often letters of a formula: `wape` is another than `mape`, but `mpae` is it.
    let begins_alike = whole_name.chars().count() > SHORT_NAME
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
