//! Bounds whose words stand behind the number: "256 or more", "0.5 or less", "12 and up", "0.9 at least", "64+".

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon;
use crate::domain::filter::Comparison;

/// The bound at the head of some words, with how many words it took.
pub(super) fn bound_behind(words: &[&str]) -> Option<(Comparison, usize)> {
    match words {
        ["at", "least" | "minimum", ..] => Some((Comparison::Ge, 2)),
        ["at", "most" | "maximum", ..] => Some((Comparison::Le, 2)),
        ["or" | "and", word, ..] => side(word).map(|comparison| (comparison, 2)),
        _ => None,
    }
}

/// The side of a number on which the others lie.
fn side(word: &str) -> Option<Comparison> {
    Some(match word {
        "more" | "higher" | "above" | "greater" | "larger" | "bigger" | "over" | "up" | "upwards" | "upward" | "longer" | "better" => {
            Comparison::Ge
        }
        "less" | "lower" | "below" | "fewer" | "smaller" | "under" | "down" | "downwards" | "shorter" | "worse" => Comparison::Le,
        _ => return None,
    })
}

impl Reader<'_> {
    /// Turns each such bound into a comparison before its number.
    pub(in crate::agent::interpreter) fn bounds(&mut self) {
        for index in 0..self.words.len() {
            let Some(Span { part: Part::Number(number), words, .. }) = self.spans.get(index).cloned().flatten() else { continue };
            let is_cut = index.checked_sub(1).is_some_and(|before| {
                lexicon::end(self.word(before)).is_some() || matches!(self.word(before), "last" | "first" | "latest" | "newest")
            });
            if words.start != index || is_cut {
                continue;
            }
            let comparison = if self.has_plus(words.end) { Some(Comparison::Ge) } else { self.take_bound(words.end) };
            if let Some(comparison) = comparison {
                self.cover(words, Part::Comparison(comparison));
                self.imply(index, Part::Number(number));
            }
        }
    }

    /// The bound behind a number, at most what is counted between them; its words say nothing else.
    fn take_bound(&mut self, end: usize) -> Option<Comparison> {
        let (at, comparison, used) = [end, self.end_of(end)]
            .into_iter()
            .find_map(|at| bound_behind(&self.rest(at)).map(|(comparison, used)| (at, comparison, used)))?;
        // `0.9 and under 20 ms` begins another condition.
        let begins_another = self.number_follows(at + used) || self.number_begins(at + used);
        if begins_another || !self.is_free(at..at + used) {
            return None;
        }
        self.cover(at..at + used, Part::Filler);
        Some(comparison)
    }

    fn number_begins(&self, index: usize) -> bool {
        matches!(self.spans.get(index), Some(Some(Span { part: Part::Number(_), .. })))
    }

    /// Whether a `+` hangs on the word that ends here.
    fn has_plus(&self, end: usize) -> bool {
        let rest =
            end.checked_sub(1).and_then(|last| self.places.get(last)).and_then(|place| self.text.get(place.end..)).unwrap_or_default();
        rest.strip_prefix('+').is_some_and(|after| after.is_empty() || after.starts_with([' ', ',', '?', '.', ')']))
    }
}
