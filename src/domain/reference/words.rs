//! Names and phrases as words.

use std::ops::Range;

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

/// The words in an order of their own, so that `val loss` is `loss/val`.
#[must_use]
pub fn reordered(words: &[String]) -> Vec<String> {
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    sorted
}

/// The digits of a text, leading zeros too.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
