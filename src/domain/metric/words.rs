//! The words of a metric's name.

/// The words of `key` in lower case, in order.
///
/// Words end at every character that is neither letter nor digit and where camel case turns (`valRMSE` is `val`, `rmse`;
/// `F1Score` is `f1`, `score`). A part that camel case divides is also given whole, after its words, because abbreviations
/// are written that way: `mIoU` is `m`, `io`, `u`, `miou`.
pub(super) fn words(key: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in key.split(|character: char| !character.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let before = words.len();
        split_camel_case(part, &mut words);
        if words.len() > before + 1 {
            words.push(part.to_lowercase());
        }
    }
    words
}

/// `word` without the digits at its end: `loss2` is a loss.
pub(super) fn without_number(word: &str) -> &str {
    word.trim_end_matches(|character: char| character.is_ascii_digit())
}

fn split_camel_case(part: &str, words: &mut Vec<String>) {
    let mut word = String::new();
    let mut previous: Option<char> = None;
    let mut characters = part.chars().peekable();
    while let Some(character) = characters.next() {
        let begins_word = character.is_uppercase()
            && previous.is_some_and(|previous| !previous.is_uppercase() || characters.peek().is_some_and(|next| next.is_lowercase()));
        if begins_word {
            words.push(std::mem::take(&mut word));
        }
        word.extend(character.to_lowercase());
        previous = Some(character);
    }
    words.push(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, expected: &[&str]) {
        assert_eq!(words(key), expected, "{key}");
    }

    #[test]
    fn names_split_at_punctuation_and_camel_case() {
        check("val/Loss", &["val", "loss"]);
        check("val_mae", &["val", "mae"]);
        check("mean-fit.time (ms)", &["mean", "fit", "time", "ms"]);
        check("valRMSE", &["val", "rmse", "valrmse"]);
        check("F1Score", &["f1", "score", "f1score"]);
        check("mIoU", &["m", "io", "u", "miou"]);
        check("closs", &["closs"]);
        check("RMSE", &["rmse"]);
        check("__", &[]);
        check("", &[]);
    }
}
