//! Linking several words to the one name that explains them all: `pinball loss` to `train_pinball`, `user history` to `use_user_history`,
//! `image size` to `imgsz`.
//!
//! A name explains a word that it has, shortens or misspells; a word that says no more than what kind of thing is named (`loss`, `size`) may
//! be left over. Of several names the one that explains most words wins, then the one of which least is left unsaid, rare words counting
//! more than common ones. It does not know what is asked.

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::vocabulary::name_words::{is_like, meant};
use crate::agent::interpreter::vocabulary::{Entry, Kind};
use crate::agent::interpreter::{chatter, lexicon};
use crate::domain::reference::Likeness;

/// Words that only say what kind of thing a name is of, and so may stand beside it without being in it.
const GENERIC: &str = "loss losses score rate size error value metric count ratio percentage percent number function type level length factor \
    coefficient strength dimension dimensions dim width term setting parameter hyperparameter option flag statistic \
    depth choice method strategy metric";

/// Words that tell only which data a metric is of.
const SPLITS: &str = "train training val validation valid eval evaluation test dev holdout";

/// Words that may stand between those of a name.
const LINKS: &str = "the a an is was were are its at";

/// The most words that are linked to one name.
const MOST_WORDS: usize = 5;

/// Utterances are looked at up to this word.
const WORDS_LOOKED_AT: usize = 200;

/// The most names that some words are tried with.
const CANDIDATES_LOOKED_AT: usize = 1000;

/// What a word means, and the names that have a word like it.
struct Met {
    meant: String,
    names: Vec<usize>,
}

/// A name with what it explains of some words.
struct Link<'a> {
    entry: &'a Entry,
    /// The words that it has, by index.
    explained: Vec<usize>,
    /// The share of the name that is said.
    said: f64,
}

impl Reader<'_> {
    /// Links runs of words to names, longest first.
    pub(super) fn linked_names(&mut self) {
        let count = self.words.len().min(WORDS_LOOKED_AT);
        let met: Vec<Met> = (0..count).map(|index| self.met_by(index)).collect();
        for length in (2..=MOST_WORDS.min(count)).rev() {
            for start in 0..=count - length {
                let words = start..start + length;
                if self.may_be_linked(&words)
                    && let Some(part) = self.link(&words, &met)
                {
                    self.cover(words, part);
                }
            }
        }
    }

    fn met_by(&self, index: usize) -> Met {
        let meant = if self.is_linkable(index) { meant(self.word(index)) } else { None };
        let names = meant.as_ref().map(|meant| self.vocabulary.name_words.with_like(meant)).unwrap_or_default();
        Met { meant: meant.unwrap_or_default(), names }
    }

    /// Whether a word may be a part of a longer name: it is free, or by itself the name of a metric or parameter.
    fn is_linkable(&self, index: usize) -> bool {
        match self.spans.get(index) {
            Some(None) => true,
            Some(Some(Span { part: Part::Metric(_) | Part::Parameter(_) | Part::ExperimentTag { .. }, words, .. })) => words.len() == 1,
            Some(Some(_)) | None => false,
        }
    }

    fn may_be_linked(&self, words: &Range<usize>) -> bool {
        let (first, last) = (self.word(words.start), self.word(words.end - 1));
        words.clone().all(|index| self.is_linkable(index))
            && !has(LINKS, first)
            && !has(LINKS, last)
            && !lexicon::is_filler(first)
            && !matches!(first, "best" | "worst" | "top" | "highest" | "lowest")
            && words.clone().any(|index| self.is_free(index..index + 1))
            && self.version_behind(words.end - 1).is_none()
            && (words.start + 1..words.end).all(|index| self.is_together(index))
    }

    /// Whether nothing but a space or a joining sign parts a word from the one before it.
    fn is_together(&self, index: usize) -> bool {
        let pair = index.checked_sub(1).and_then(|before| self.places.get(before)).zip(self.places.get(index));
        let between = pair.and_then(|(one, two)| self.text.get(one.end..two.start)).unwrap_or_default();
        between.chars().all(|letter| letter.is_whitespace() || matches!(letter, '-' | '_' | '/' | '.'))
    }

    /// The name that explains some words best, if one explains all but those that may be left over.
    fn link(&self, words: &Range<usize>, met: &[Met]) -> Option<Part> {
        let said: Vec<&str> = words.clone().map(|index| self.word(index)).filter(|word| !has(LINKS, word)).collect();
        let may_shorten = said.iter().all(|word| word.chars().count() >= 4 && (has(GENERIC, word) || !is_common(word)));
        let shortened = if may_shorten { self.vocabulary.name_words.with_short(&said) } else { Vec::new() };
        // A name must have every word that may not be left over, so those of the rarest are enough.
        let must_be_met = words.clone().filter(|index| !has(LINKS, self.word(*index)) && !has(GENERIC, self.word(*index)));
        let rarest = must_be_met.filter_map(|index| met.get(index)).min_by_key(|met| met.names.len());
        let candidates = rarest.map(|met| met.names.as_slice()).unwrap_or_default();
        let explaining = candidates.iter().take(CANDIDATES_LOOKED_AT).filter_map(|candidate| self.explain(*candidate, words, met));
        let whole = shortened.into_iter().filter_map(|index| self.vocabulary.entry(index));
        let whole = whole.map(|entry| Link { entry, explained: words.clone().collect(), said: 1.0 });
        self.best_of(explaining.chain(whole).collect(), words.end)
    }

    /// The best of some links: what explains most, then what is in the experiment in question, then what is said most fully.
    fn best_of(&self, mut links: Vec<Link<'_>>, end: usize) -> Option<Part> {
        let is_wanted = |link: &Link<'_>| link.entry.kind == Kind::Experiment && matches!(self.word(end), "experiment" | "project");
        let is_here = |link: &Link<'_>| self.preferred.is_none_or(|id| link.entry.experiments.contains(id));
        let rank = |link: &Link<'_>| (is_wanted(link), link.explained.len(), is_here(link));
        let best = links.iter().map(rank).max()?;
        links.retain(|link| rank(link) == best);
        let most_said = links.iter().map(|link| link.said).max_by(f64::total_cmp)?;
        links.retain(|link| link.said + f64::EPSILON >= most_said);
        let first = links.iter().min_by_key(|link| link.entry.kind)?;
        let name = first.entry.name.text();
        // Where several are as good, the tool finds by what is said which of them fits.
        let is_one = links.iter().all(|link| link.entry.name.text() == name);
        let text = || match is_one {
            true => name.to_owned(),
            false => first.explained.iter().map(|index| self.word(*index)).collect::<Vec<&str>>().join(" "),
        };
        match first.entry.kind {
            Kind::Metric => Some(Part::Metric(text())),
            Kind::Parameter => Some(Part::Parameter(text())),
            Kind::Experiment => is_one.then(|| Part::Experiment(name.to_owned())),
            Kind::Run | Kind::Value | Kind::ExperimentTag => None,
        }
    }

    /// What a name explains of some words; absent where it leaves over what it must not.
    fn explain(&self, candidate: usize, words: &Range<usize>, met: &[Met]) -> Option<Link<'_>> {
        let entry = self.vocabulary.entry(candidate)?;
        let known = entry.name.meaning();
        let mut places: Vec<Option<usize>> = Vec::new();
        let mut explained: Vec<usize> = Vec::new();
        for index in words.clone().filter(|index| !has(LINKS, self.word(*index))) {
            let is_new = |place: &usize| !places.contains(&Some(*place));
            let meant = met.get(index).map_or("", |met| met.meant.as_str());
            let place = known.iter().enumerate().filter(|(_, known)| is_like(meant, known)).map(|(place, _)| place).find(is_new);
            if place.is_some() {
                explained.push(index);
            } else if !has(GENERIC, self.word(index)) {
                return None;
            }
            places.push(place);
        }
        let follows = |pair: &[Option<usize>]| matches!(pair, [Some(one), Some(other)] if one + 1 == *other);
        let stands_so = places.len() > 1 && places.windows(2).all(follows);
        let telling = explained.iter().filter(|index| is_telling(self.word(**index))).count();
        // Words that are common are a name's only where it has them side by side, and never enough for an experiment.
        let has_common = explained.iter().any(|index| is_common(self.word(*index)));
        let is_named = if telling == 0 { stands_so && entry.kind != Kind::Experiment } else { telling > 1 || stands_so || !has_common };
        if !is_named {
            return None;
        }
        let weight = |word: &String| self.vocabulary.name_words.weight(word);
        let met: f64 = places.iter().flatten().filter_map(|place| known.get(*place)).map(weight).sum();
        let all: f64 = known.iter().map(weight).sum();
        Some(Link { entry, explained, said: met / all })
    }
}

impl Reader<'_> {
    /// Whether nothing is called by this word alone.
    fn is_no_name(&self, index: usize) -> bool {
        let is_called = |word: &str| self.vocabulary.exact(word).iter().any(|(_, likeness)| *likeness <= Likeness::SameWords);
        match self.spans.get(index) {
            Some(None) => true,
            Some(Some(Span { part: Part::Metric(_), words, .. })) => words.len() == 1 && !is_called(self.word(index)),
            Some(Some(_)) | None => false,
        }
    }

    /// `the kind of model`, `the choice of optimizer`, `the effect of model on f1`: a word of the trade that is a parameter's name.
    pub(super) fn names_behind_kinds(&mut self) {
        const KINDS: [&str; 8] = ["kind", "kinds", "type", "types", "choice", "sort", "class", "family"];
        const BEHIND: [&str; 9] = ["matter", "matters", "affect", "affects", "influence", "influences", "impact", "on", "drive"];
        for index in 1..self.words.len() {
            let of_kind = index >= 2 && self.word(index - 1) == "of" && KINDS.contains(&self.word(index - 2));
            let is_moved = BEHIND.contains(&self.word(index + 1));
            let of_effect = is_moved && matches!(self.word(index - 1), "does" | "do" | "did" | "of" | "the" | "how" | "whether");
            let is_parameter = |(entry, likeness): &(&Entry, Likeness)| entry.kind == Kind::Parameter && *likeness <= Likeness::SameWords;
            let is_named = self.is_free(index..index + 1) && self.vocabulary.exact(self.word(index)).iter().any(is_parameter);
            if is_named && (of_kind || of_effect) {
                let start = if of_kind && self.is_free(index - 2..index) { index - 2 } else { index };
                let said = self.said(&(index..index + 1)).to_owned();
                self.cover(start..index + 1, Part::Parameter(said));
            }
        }
    }

    /// `window size` for a parameter `window`: a noun behind a name that only says what kind of thing was named.
    pub(super) fn kinds_of_names(&mut self) {
        for index in 1..self.words.len() {
            let follows = matches!(self.spans.get(index - 1), Some(Some(Span { part: Part::Parameter(_) | Part::Metric(_), .. })));
            if follows && has(GENERIC, self.word(index)) && self.is_no_name(index) && self.is_together(index) {
                self.cover(index..index + 1, Part::Filler);
            }
        }
    }
}

/// Whether a word says something of its own where names are looked for.
fn is_telling(word: &str) -> bool {
    word.chars().count() > 2
        && !word.bytes().all(|byte| byte.is_ascii_digit())
        && !has(GENERIC, word)
        && !has(SPLITS, word)
        && !is_common(word)
}

/// Whether a word is one of those that people say of anything.
fn is_common(word: &str) -> bool {
    let is_generic = has(GENERIC, word) || has(SPLITS, word);
    !is_generic
        && (lexicon::is_filler(word) || lexicon::meaning(word).is_some() || lexicon::end(word).is_some() || chatter::is_common(word))
}
