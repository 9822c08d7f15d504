//! Runs by a piece of their names: `whose name begins with trial-12`, `called sweep-*`, `trial-12xx`, `with bert in the name`.

use std::ops::Range;

use super::Part;
use super::reader::Reader;
use crate::agent::interpreter::lexicon;
use crate::domain::filter::{Attribute, Clause, Field, Test, TextMatch};

/// Where in a name a piece of it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Beginning,
    End,
    Anywhere,
}

impl Place {
    /// The pattern of the names that have a piece here.
    fn pattern(self, piece: &str) -> String {
        match self {
            Self::Beginning => format!("{piece}%"),
            Self::End => format!("%{piece}"),
            Self::Anywhere => format!("%{piece}%"),
        }
    }
}

/// What people write for the part of a name that they leave open.
const OPEN: [&str; 7] = ["something", "whatever", "anything", "...", "…", "*", "%"];

/// Signs about a piece that are not its own.
const QUOTES: &[char] = &['"', '\'', '`', '“', '”', '‘', '’', '(', ')', ',', ';', '?', '!', ':'];

/// Words between the noun for runs and what is told of their names.
const LINKS: [&str; 12] = ["whose", "name", "names", "that", "which", "are", "is", "called", "named", "with", "the", "a"];

impl<'a> Reader<'a> {
    /// Takes words that tell what runs are called for a condition on their names.
    pub(super) fn name_patterns(&mut self) {
        // `experiments whose name begins with churn` are looked for by that.
        if self.words.iter().any(|word| matches!(word.as_str(), "experiment" | "experiments" | "project" | "projects")) {
            return;
        }
        for (token, words) in self.tokens() {
            let Some((place, piece, covered)) = self.pattern_at(token, words) else { continue };
            if self.is_free(covered.clone()) {
                let test = Test::Text(TextMatch::ILike, place.pattern(piece));
                self.cover(covered, Part::Conditions(vec![Clause { field: Field::Attribute(Attribute::RunName), test }]));
            }
        }
    }

    /// The place and the piece of names that a token and the words about it tell, and which words do.
    fn pattern_at<'t>(&self, token: &'t str, words: Range<usize>) -> Option<(Place, &'t str, Range<usize>)> {
        let open = self.left_open(token);
        let is_of_names = self.words.iter().any(|word| matches!(word.as_str(), "name" | "names" | "named" | "called" | "prefix"));
        if let Some((place, verb)) = self.told_before(words.start) {
            let piece = open.unwrap_or(token);
            let begins_some = place == Place::Beginning && !self.vocabulary.places_of_runs(piece).is_empty();
            let links = self.words.get(..verb)?.iter().rev().take_while(|word| LINKS.contains(&word.as_str())).count();
            // `runs ending in 7`
            let is_number = token.len() <= 3 && token.bytes().all(|byte| byte.is_ascii_digit());
            let is_of_runs = verb.checked_sub(1).is_some_and(|before| lexicon::meaning(self.word(before)) == Some("run"));
            let ends_some = place == Place::End && is_number && is_of_runs;
            return (is_of_names || begins_some || ends_some).then_some((place, piece, verb - links..words.end));
        }
        if let Some(piece) = open {
            return Some((Place::Beginning, piece, words));
        }
        // `with bert in the name`
        let article = usize::from(matches!(self.word(words.end + 1), "the" | "its" | "their"));
        let is_behind = self.word(words.end) == "in" && matches!(self.word(words.end + 1 + article), "name" | "names");
        let is_led = words.start.checked_sub(1).is_some_and(|before| matches!(self.word(before), "with" | "having" | "has" | "have"));
        (is_behind && is_led).then(|| (Place::Anywhere, token, words.start..words.end + 2 + article))
    }

    /// The pieces between spaces without the signs about them, each with its words.
    fn tokens(&self) -> Vec<(&'a str, Range<usize>)> {
        let mut start = 0;
        let mut tokens = Vec::new();
        for piece in self.text.split_inclusive(char::is_whitespace) {
            let token = piece.trim_end().trim_matches(QUOTES);
            let at = start + piece.find(token).unwrap_or(0);
            start += piece.len();
            tokens.extend(self.words_within(&(at..at + token.len())).map(|words| (token, words)));
        }
        tokens
    }

    /// `begins with`, `ending in`, `containing` before a place: where the piece stands in the name, and the first of those words.
    fn told_before(&self, start: usize) -> Option<(Place, usize)> {
        let word = |back: usize| start.checked_sub(back).map_or("", |place| self.word(place));
        let (place, used) = match (word(2), word(1)) {
            ("begin" | "begins" | "beginning" | "start" | "starts" | "starting" | "prefixed", "with" | "by") => (Place::Beginning, 2),
            ("end" | "ends" | "ending", "with" | "in" | "on") => (Place::End, 2),
            (_, "prefix") => (Place::Beginning, 1),
            (_, "suffix") => (Place::End, 1),
            (_, "contain" | "contains" | "containing") => (Place::Anywhere, 1),
            _ => return None,
        };
        Some((place, start - used))
    }

    /// What is said of a name whose end is left open: `trial-12` of `trial-12something`, `trial-12*` and `trial-12xx`.
    fn left_open<'t>(&self, token: &'t str) -> Option<&'t str> {
        let counted = token.trim_end_matches(['x', 'X']);
        let of_digits = (counted.len() < token.len() && counted.ends_with(|letter: char| letter.is_ascii_digit())).then_some(counted);
        let piece = OPEN.iter().find_map(|open| token.strip_suffix(open)).or(of_digits)?;
        let begins_some = piece.chars().any(char::is_alphanumeric) && !self.vocabulary.places_of_runs(piece).is_empty();
        (begins_some && self.vocabulary.places_of_runs(token).is_empty()).then_some(piece)
    }
}
