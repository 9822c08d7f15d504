//! Names whose words are shortened: `emb dim` for `embedding_dim`, `WER` for `word error rate`.

use super::Name;

/// Words that initials pass over: `area under the curve` is `AUC`.
const PASSED_OVER: [&str; 9] = ["of", "the", "and", "to", "at", "in", "a", "for", "per"];

/// The fewest and the most letters of a word that is read as initials.
const INITIALS: std::ops::RangeInclusive<usize> = 3..=6;

/// Whether the names are the same once initials are spelled out and shortened words completed.
pub(super) fn is_same(reference: &Name, name: &Name) -> bool {
    let (said, meant) = (&reference.meaning, &name.meaning);
    let pairs_up = said.len() == meant.len()
        && said.iter().zip(meant).all(|(one, other)| one == other || is_short_for(one, other))
        && (said.len() > 1 || said.iter().chain(meant).all(|word| word.chars().count() >= 4));
    pairs_up
        || with_initials(&reference.words, &name.words).is_some_and(|short| short == *meant)
        || with_initials(&name.words, &reference.words).is_some_and(|short| short == *said)
}

/// Whether the reference with initials for words is a part of the name, or the other way round.
pub(super) fn is_part(reference: &Name, name: &Name) -> bool {
    with_initials(&reference.words, &name.words).is_some_and(|short| super::likeness::is_subsequence(&short, &name.meaning))
        || with_initials(&name.words, &reference.words).is_some_and(|short| super::likeness::is_subsequence(&reference.meaning, &short))
        || is_shortened_part(&reference.meaning, &name.meaning)
}

/// Every word said is a word of the name or short for one, in order: `environments` and `num_envs`.
fn is_shortened_part(reference: &[String], name: &[String]) -> bool {
    let mut rest = name.iter();
    reference.iter().all(|said| rest.any(|meant| said == meant || is_short_for(said, meant)))
        && reference.iter().any(|said| said.chars().count() >= 4)
}

/// Whether one of two words is the beginning of the other, two letters or more left off, such as `dim` and `dimension`.
#[must_use]
pub fn is_short_for(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let Some(rest) = long.strip_prefix(short) else { return false };
    let (letters, left) = (short.chars().count(), rest.chars().count());
    let enough = if letters == 3 { SHORTENED.contains(&short) } else { letters > 3 && left >= 2 };
    enough && short.chars().all(char::is_alphabetic)
}

/// Words of three letters that people shorten longer ones to, whatever is left.
const SHORTENED: [&str; 20] = [
    "dim", "len", "seq", "emb", "max", "min", "env", "reg", "img", "cls", "obs", "gen", "ref", "cat", "num", "pos", "neg", "aug", "mem",
    "lat",
];

/// The meaning of `long` with the words replaced whose initials are a word of `short`; absent where there are none.
fn with_initials(long: &[String], short: &[String]) -> Option<Vec<String>> {
    if long.len() < *INITIALS.start() {
        return None;
    }
    let may_be = |word: &&String| {
        INITIALS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic) && !PASSED_OVER.contains(&word.as_str())
    };
    for initials in short.iter().filter(may_be) {
        let first = initials.chars().next();
        for (start, word) in long.iter().enumerate() {
            if word.chars().next() != first && !PASSED_OVER.contains(&word.as_str()) {
                continue;
            }
            // Six words and as many that are passed over.
            for end in start + 2..=long.len().min(start + 2 * INITIALS.end()) {
                let Some(words) = long.get(start..end) else { continue };
                if spells(words, initials) {
                    let mut replaced = long.get(..start)?.to_vec();
                    replaced.push(initials.clone());
                    replaced.extend_from_slice(long.get(end..)?);
                    return Some(super::meaning::meaning(&replaced));
                }
            }
        }
    }
    None
}

/// Whether the words begin with these letters, one each; words such as `of` may be passed over.
fn spells(words: &[String], initials: &str) -> bool {
    let all = words.iter().filter_map(|word| word.chars().next());
    let weighty = words.iter().filter(|word| !PASSED_OVER.contains(&word.as_str())).filter_map(|word| word.chars().next());
    all.eq(initials.chars()) || weighty.eq(initials.chars())
}

#[cfg(test)]
mod tests {
    use crate::domain::reference::{Likeness, Name};

    fn check(reference: &str, name: &str, expected: Option<Likeness>) {
        assert_eq!(Name::new(name).likeness(&Name::new(reference)), expected, "`{reference}` and `{name}`");
    }

    #[test]
    fn letters_of_several_bytes_are_counted_as_letters() {
        check("¶ô", "data-science", None);
        check("𫪚𱄗", "abcdefghi", None);
    }

    #[test]
    fn initials_stand_for_words() {
        check("word error rate", "WER", Some(Likeness::Shortened));
        check("mean absolute percentage error", "mape", Some(Likeness::Shortened));
        check("area under the curve", "auc", Some(Likeness::Shortened));
        check("WER", "word_error_rate", Some(Likeness::Shortened));
        check("validation word error rate", "val/wer", Some(Likeness::Shortened));
        check("normalized discounted cumulative gain", "ndcg_at_10", Some(Likeness::PartOf));
        check("word accuracy", "wer", None);
    }

    #[test]
    fn words_are_shortened() {
        check("embedding dimension", "embedding_dim", Some(Likeness::Shortened));
        check("domain randomization", "domain_rand", Some(Likeness::Shortened));
        check("environments", "num_envs", Some(Likeness::PartOf));
        check("number of environments", "num_envs", Some(Likeness::SameMeaning));
        check("temp", "temperature", Some(Likeness::Shortened));
        check("most", "mos", None);
    }

    #[test]
    fn accents_may_be_left_off() {
        check("munchen traffic", "münchen-traffic", Some(Likeness::SameMeaning));
        check("grosse XL", "Größe XL", Some(Likeness::SameMeaning));
        check("beta summariser", "summariser β", Some(Likeness::Shortened));
    }
}
