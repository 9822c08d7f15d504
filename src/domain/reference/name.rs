//! A name prepared for matching, and how alike a reference is to it.

use super::likeness::{self, is_generic, is_joined_part, is_subsequence};
use super::meaning::{meaning, stem};
use super::shortened;
use super::words::{reordered, words};

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

/// The most characters of a name that are looked at: MLflow's have at most 500, but whoever writes into its database, or a run's name into a
/// tag, is not held to that.
pub(super) const CHARACTERS: usize = 500;

/// A name prepared for matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub(super) text: String,
    pub(super) folded: String,
    pub(super) words: Vec<String>,
    pub(super) meaning: Vec<String>,
    // What follows from these, made once: a reference is compared with every name of a store.
    pub(super) joined: String,
    pub(super) joined_stem: String,
    spaced: String,
    joined_meaning: String,
}

impl Name {
    /// Prepares `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let end = text.char_indices().nth(CHARACTERS).map_or(text.len(), |(end, _)| end);
        let head = text.get(..end).unwrap_or(text);
        let words = words(head);
        let meaning = meaning(&words);
        let (joined, spaced, joined_meaning) = (words.concat(), words.join(" "), meaning.concat());
        let (text, folded, joined_stem) = (text.to_owned(), head.to_lowercase(), stem(&joined));
        Self { text, folded, words, meaning, joined, joined_stem, spaced, joined_meaning }
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
        if self.joined == reference.joined {
            return Some(Likeness::SameWords);
        }
        if self.joined_meaning == reference.joined_meaning {
            return Some(Likeness::SameMeaning);
        }
        let is_as_long = reference.meaning.len() == self.meaning.len()
            && reference.meaning.len() > 1
            && reference.joined_meaning.len() == self.joined_meaning.len();
        if is_as_long && reordered(&reference.meaning) == reordered(&self.meaning) || shortened::is_same(reference, self) {
            return Some(Likeness::Shortened);
        }
        if self.is_last_segment(reference) {
            return Some(Likeness::Shortened);
        }
        if is_subsequence(&reference.words, &self.words)
            || is_subsequence(&reference.meaning, &self.meaning)
            || is_joined_part(reference, &self.words)
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
        likeness::misspelt((&reference.words, &reference.spaced), (&self.words, &self.spaced)).or_else(|| {
            if self.text.is_ascii() && reference.text.is_ascii() {
                return None;
            }
            likeness::misspelt((&reference.meaning, &reference.meaning.join(" ")), (&self.meaning, &self.meaning.join(" ")))
        })
    }

    /// Whether the reference is the name without what stands before its last `/`: `mAP50` and `metrics/mAP50`.
    fn is_last_segment(&self, reference: &Self) -> bool {
        let Some((_, last)) = self.text.rsplit_once('/') else { return false };
        if reference.words.len() >= self.words.len() {
            return false;
        }
        let last = words(last);
        last.concat() == reference.joined || meaning(&last) == reference.meaning
    }
}
