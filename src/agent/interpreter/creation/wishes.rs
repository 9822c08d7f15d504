//! Orders in other clothes: wishes that say what an experiment is to have, and sentences that name one and then point at it.

use super::Order;
use super::descriptions::description_of;
use super::names::{looks_like_name, name_of};
use super::quotes::{quoted, unquoted};
use super::sentence::{Sentence, order_of};
use super::tags::speaks_of_tags;
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::{Arguments, put};
use crate::domain::reference::words;

/// Words behind a verb that points back at what is to be made.
const BEHIND_POINTER: &str = "please now then today thanks thank you for me us so ok right away asap as well too";

/// Words ahead of a noun that ask for something else to be done with what it names.
const OTHERWISE: &str = "don't dont delete remove drop erase rename move copy clone restore archive show list open describe compare plot run runs which what how";

impl Sentence<'_> {
    /// `experiment fog-v2, please create it`, `ana asked for an experiment called fog. Go ahead and create it.`: names it, then points at it.
    pub(super) fn pointing(&self) -> Option<Order> {
        let noun_at = self.noun()?;
        if (0..noun_at).any(|index| has(OTHERWISE, self.word(index))) {
            return None;
        }
        let is_ordered_ahead = (0..noun_at).any(|index| self.creates(index) && !has("new need want like start", self.word(index)));
        let verb_at = (noun_at + 1..self.words.len()).find(|index| self.points(*index))?;
        if is_ordered_ahead {
            return None;
        }
        let start = self.words.get(noun_at)?.1.end;
        let said = self.text.get(start..self.words.get(verb_at)?.1.start)?;
        let (name, between) = name_of(said)?;
        Some(order_of(Some(name), &between, &self.pointed_text(verb_at)))
    }

    /// `create it`, `set that up`, `create one`, `create.`
    fn points(&self, index: usize) -> bool {
        let is_verb = self.creates(index) && !has("new fresh need want like", self.word(index));
        let next = self.word(index + 1);
        let is_up = has("set spin", self.word(index));
        let is_pointer = |word: &str| has("it that this one", word);
        let is_last = !is_up && (index + 1..self.words.len()).all(|place| has(BEHIND_POINTER, self.word(place)));
        let stands_apart = self.words.get(index).and_then(|(_, place)| self.text.get(..place.start)).is_some_and(|ahead| {
            let ahead = ahead.trim_end();
            ahead.ends_with(['.', ',', ';', ':', '-', '!', '–', '—']) || ["please", "and", "pls"].iter().any(|word| ahead.ends_with(word))
        });
        is_verb
            && (is_pointer(next) && (!is_up || self.word(index + 2) == "up") || is_up && next == "up" && is_pointer(self.word(index + 2)))
            || is_verb && is_last && stands_apart
    }

    /// What stands behind a verb and its pointer: `create it with tag team=sea`.
    fn pointed_text(&self, verb_at: usize) -> String {
        let mut last = verb_at;
        while has("it that this one up", self.word(last + 1)) {
            last += 1;
        }
        self.behind(last).to_owned()
    }

    /// Whether a wish goes on with what the experiment is to have: `I need an experiment with the description "…"`.
    pub(super) fn is_furnished(&self, noun_at: usize) -> bool {
        let rest = self.behind(noun_at).trim_start_matches([' ', ',', ':', '-']);
        let first = words(rest).into_iter().next().unwrap_or_default();
        let begins = has("with tagged labelled labeled described tag tags description", &first);
        begins && (speaks_of_tags(rest) || description_of(rest).0.is_some())
    }

    /// `an experiment please: tags …`: the noun with its article is all of the order.
    pub(super) fn is_bare_wish(&self, noun_at: usize) -> bool {
        let is_article = |index: usize| has("a an one new another please pls fresh", self.word(index));
        let asks = has("please pls", self.word(noun_at + 1)) || (0..noun_at).any(|index| has("please pls", self.word(index)));
        noun_at > 0 && noun_at <= 3 && (0..noun_at).all(is_article) && asks
    }

    /// The order of a wish: its name may stand anywhere behind its noun.
    pub(super) fn furnished(&self, noun_at: usize) -> Order {
        let rest = self.behind(noun_at);
        let called = self.called_at.and_then(|at| self.text.get(at..)).and_then(name_of);
        if let Some((name, behind)) = called {
            let end = self.called_at.unwrap_or(self.text.len());
            let middle = self.words.get(noun_at).and_then(|(_, place)| self.text.get(place.end..end)).unwrap_or_default();
            return order_of(Some(name), "", &format!("{middle}; {behind}"));
        }
        match name_of(rest).filter(|_| !self.is_furnished(noun_at)) {
            Some((name, behind)) => order_of(Some(name), "", &behind),
            None => order_of(None, "", rest),
        }
    }

    /// The verb of an order that says no more of its object than a name that can hardly be anything else: `set up fog-v2`.
    pub(super) fn verb_of_name(&self) -> Option<usize> {
        let verb = (0..self.words.len().min(6)).find(|index| has("set spin initialise initialize establish", self.word(*index)))?;
        let up = usize::from(self.word(verb + 1) == "up");
        let object = self.behind(verb + up).trim_start();
        let first = object.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '.', '!', '?', ';']);
        let is_up = up == 1 || !has("set spin", self.word(verb));
        let rest = quoted(object).map_or_else(|| object.get(first.len()..).unwrap_or_default(), |(_, rest)| rest);
        let goes_on = words(rest).into_iter().find(|word| !has("please pls now then for me us and", word));
        let is_all =
            goes_on.is_none_or(|word| has("with tag tags tagged labelled labeled label labels described describe description", &word));
        (is_up && is_all && (looks_like_name(first) || quoted(object).is_some())).then_some(verb + up)
    }
}

/// `perhaps an experiment called fog would make sense`: speaks of making one, without a verb for it.
pub(super) fn mused(text: &str) -> Option<Order> {
    let sentence = Sentence::of(text);
    let noun_at = sentence.noun()?;
    let muses = has("perhaps maybe possibly", sentence.word(0)) && !text.contains('?');
    let is_new = (1..noun_at).any(|index| has("a an another new", sentence.word(index)));
    let plain = !(0..noun_at).any(|index| has(OTHERWISE, sentence.word(index)));
    let named = sentence.called_at.and_then(|at| text.get(at..)).unwrap_or(sentence.behind(noun_at));
    let mut arguments = Arguments::new();
    if let Some((name, _)) = name_of(named).filter(|(name, _)| quoted(named.trim_start()).is_some() || looks_like_name(name)) {
        put(&mut arguments, "name", name);
    }
    (muses && is_new && plain).then_some(Order::NotYet(arguments))
}

/// The name behind a label for it: `tags: …. name: "Fog"`.
pub(super) fn labelled_name(text: &str) -> Option<String> {
    let folded = unquoted(text).to_ascii_lowercase();
    let at = ["name:", "name =", "name=", "name is ", "called ", "named "].iter().filter_map(|label| folded.find(label)).min()?;
    let is_word = folded.get(..at).is_none_or(|ahead| !ahead.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_'));
    name_of(text.get(at..)?).map(|(name, _)| name).filter(|_| is_word)
}

/// Whether a text of several sentences or clauses is one order: `an experiment please; name fog`, `ana wants an experiment fog. Create it.`
pub(super) fn is_one(text: &str) -> bool {
    let sentence = Sentence::of(text);
    let Some(noun_at) = sentence.noun() else { return false };
    let first = sentence.word(0);
    if text.contains('?') || (0..sentence.words.len()).any(|index| has(OTHERWISE, sentence.word(index))) {
        return false;
    }
    let ends_in_pointer = (noun_at + 1..sentence.words.len()).find(|index| sentence.points(*index)).is_some_and(|verb| {
        let behind = sentence.pointed_text(verb);
        words(&behind).iter().all(|word| has(BEHIND_POINTER, word)) || speaks_of_tags(&behind) || description_of(&behind).0.is_some()
    });
    let is_labelled_ahead = has("tag tags tagged labels labelled name description described with", first)
        && noun_at + 4 > sentence.words.len()
        && (0..noun_at).any(|index| sentence.creates(index));
    ends_in_pointer && sentence.pointing().is_some() || sentence.is_bare_wish(noun_at) || is_labelled_ahead
}

/// Whether a sentence only points at what the one before it names: `Please create it.`, `Go ahead and set it up.`
pub(super) fn only_points(text: &str) -> bool {
    const LEADS: &str = "please pls can could would will you just go ahead and then so now i d like to have kindly ok let s lets";
    let sentence = Sentence::of(text);
    let Some(verb) = (0..sentence.words.len()).find(|index| !has(LEADS, sentence.word(*index))) else { return false };
    let is_pointer =
        |index: usize| has("it that this one up arrange happen", sentence.word(index)) || has(BEHIND_POINTER, sentence.word(index));
    let points =
        has("arrange", sentence.word(verb)) || sentence.points(verb) || verb == 0 && sentence.creates(verb) && sentence.words.len() == 1;
    points && (verb + 1..sentence.words.len()).all(is_pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_sentences_may_be_one_order() {
        for order in [
            "Ana asked for an experiment named fog. Go ahead and create it.",
            "experiment fog-v2. create.",
            "an experiment please: tags team=sea; name fog",
            "tags: team=sea. name: \"Deep fog\". please create this experiment",
        ] {
            assert!(is_one(order), "{order}");
        }
        for other in ["create fog-v2. which run is best?", "show experiment fog. create it.", "what is in the experiment fog"] {
            assert!(!is_one(other), "{other}");
        }
    }

    #[test]
    fn a_sentence_that_only_points_names_nothing() {
        for pointing in ["Please create it.", "can you arrange it?", "go ahead and set it up", "create it now, thanks"] {
            assert!(only_points(pointing), "{pointing}");
        }
        for other in ["create fog", "show it", "create a chart of it"] {
            assert!(!only_points(other), "{other}");
        }
    }
}
