//! The words of which the store's names are made: which names have a word, and how rare it is among them.

use std::collections::BTreeMap;

use crate::domain::reference::{Name, is_short_for, is_typo_of};

/// Words, each with the names that have it, by their place in the vocabulary.
#[derive(Debug, Default)]
pub(in crate::agent::interpreter) struct NameWords {
    names_with: BTreeMap<String, Vec<usize>>,
    names: usize,
}

impl NameWords {
    /// Adds a name.
    pub(in crate::agent::interpreter) fn add(&mut self, place: usize, name: &Name) {
        self.names += 1;
        for word in name.meaning() {
            self.names_with.entry(word.clone()).or_default().push(place);
        }
    }

    /// The names with a word that is what is meant, shortened or misspelt.
    pub(in crate::agent::interpreter) fn with_like(&self, meant: &str) -> Vec<usize> {
        let alike = self.names_with.iter().filter(|(known, _)| is_like(meant, known));
        let mut names: Vec<usize> = alike.flat_map(|(_, names)| names.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names with a word that shortens all of some words: `imgsz`, of `image size`.
    pub(in crate::agent::interpreter) fn with_short(&self, said: &[&str]) -> Vec<usize> {
        let shortened = self.names_with.iter().filter(|(known, _)| known.chars().count() >= 5 && shortens(known, said));
        shortened.flat_map(|(_, names)| names.iter().copied()).collect()
    }

    /// The more a word weighs the fewer names have it.
    pub(in crate::agent::interpreter) fn weight(&self, word: &str) -> f64 {
        let with_it = self.names_with.get(word).map_or(1, Vec::len);
        #[expect(clippy::cast_precision_loss, reason = "far fewer names than 2^52")]
        let share = self.names as f64 / with_it as f64;
        (1.0 + share).ln()
    }
}

/// What a word means that is said, if it is one word's meaning.
pub(in crate::agent::interpreter) fn meant(said: &str) -> Option<String> {
    match Name::new(said).meaning() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Whether what is meant is a word of a name, shortened or misspelt.
pub(in crate::agent::interpreter) fn is_like(meant: &str, known: &str) -> bool {
    let begins_alike = meant.chars().next() == known.chars().next();
    meant == known || begins_alike && (is_short_for(meant, known) || is_typo_of(meant, known))
}

/// Whether a word is put together of beginnings of all of these, vowels left off or not: `imgsz`, `nepochs`.
fn shortens(short: &str, words: &[&str]) -> bool {
    let Some((first, rest)) = words.split_first() else { return short.is_empty() };
    let skeleton: String =
        first.chars().enumerate().filter(|(place, letter)| *place == 0 || !"aeiou".contains(*letter)).map(|(_, letter)| letter).collect();
    [*first, skeleton.as_str()].iter().any(|form| {
        let common = form.chars().zip(short.chars()).take_while(|(one, other)| one == other).count();
        (2..=common).any(|letters| {
            short.char_indices().nth(letters).map_or(Some(""), |(end, _)| short.get(end..)).is_some_and(|tail| shortens(tail, rest))
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::vocabulary::name_words::*;

    #[test]
    fn a_word_may_shorten_several() {
        assert!(shortens("imgsz", &["image", "size"]));
        assert!(shortens("batchsz", &["batch", "size"]));
        assert!(!shortens("imgsz", &["image", "scale"]));
    }

    #[test]
    fn rare_words_weigh_more() {
        let mut words = NameWords::default();
        for (place, name) in ["train_loss", "val_loss", "val_pinball"].into_iter().enumerate() {
            words.add(place, &Name::new(name));
        }
        assert!(words.weight("pinball") > words.weight("loss"));
        assert_eq!(words.with_like("pinball"), [2]);
        assert_eq!(words.with_like(&meant("val").unwrap()), [1, 2]);
    }
}
