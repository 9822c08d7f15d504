//! Parameters that are on or off, or a number of something: "with warmup", "templates off", "without dropout", "20 epochs".

use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::vocabulary::Kind;
use crate::domain::filter::{Clause, Comparison, Field, Test, TextMatch};
use crate::domain::reference::Likeness;

/// Whether something is said to be on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    On,
    Off,
}

const ON: [&str; 6] = ["yes", "on", "true", "1", "enabled", "active"];
const OFF: [&str; 8] = ["no", "off", "false", "none", "null", "disabled", "0", "0.0"];

const UNITS: [&str; 16] =
    ["h", "hour", "hours", "hr", "minute", "minutes", "min", "day", "days", "px", "pixel", "pixels", "bit", "frame", "k", "step"];

impl Reader<'_> {
    /// `without history`, where a parameter says so: words of the trade that are a part of the name of a switch.
    pub(super) fn switches(&mut self) {
        for index in 1..self.words.len() {
            let word = self.word(index).to_owned();
            let leads = matches!(self.word(index - 1), "with" | "without" | "w" | "o" | "no" | "using");
            if !leads || !self.is_free(index..index + 1) || lexicon::meaning(&word).is_none() {
                continue;
            }
            let mut found = self.vocabulary.alike(&word);
            found.retain(|(entry, likeness)| entry.kind == Kind::Parameter && *likeness == Likeness::PartOf);
            let parameter = self.choose_partial(&found, &(index..index + 1));
            if let Some(parameter) = parameter.filter(|_| self.flag_clause(&word, Flag::On).is_some()) {
                self.cover(index..index + 1, parameter);
            }
        }
    }

    /// Covers each such parameter with its words as a condition.
    pub(super) fn flags(&mut self) {
        for index in 0..self.words.len() {
            let Some(Span { part: Part::Parameter(said), words, .. }) = self.spans.get(index).cloned().flatten() else { continue };
            if words.start != index {
                continue;
            }
            if let Some(both) = self.both_ways(words.start, words.end) {
                self.cover(both, Part::Meaning("impact"));
                continue;
            }
            if let Some(condition) = self.counted(&said, words.start, words.end) {
                let (from, clause) = condition;
                self.cover(from..words.end, Part::Conditions(vec![clause]));
                continue;
            }
            let Some((from, to, flag)) = self.flag_about(words.start, words.end) else { continue };
            let Some(clause) = self.flag_clause(&said, flag) else { continue };
            self.cover(from..to, Part::Conditions(vec![clause]));
        }
    }

    /// `hybrid on vs off`, `with or without dropout`: what the parameter does, not runs that have it.
    fn both_ways(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let joins = |word: &str| matches!(word, "vs" | "versus" | "or" | "and" | "against");
        let is_switch = |word: &str| ON.contains(&word) || OFF.contains(&word);
        if is_switch(self.word(end)) && joins(self.word(end + 1)) && is_switch(self.word(end + 2)) {
            return Some(end..end + 3);
        }
        let lead = start.checked_sub(3)?;
        // `is 80 or 128 mels better`
        let is_number = |place: usize| matches!(self.spans.get(place), Some(Some(Span { part: Part::Number(_), .. })));
        let asks = matches!(self.word(0), "is" | "are" | "should" | "does" | "do") || self.words.iter().any(|word| word == "better");
        if asks && is_number(lead) && joins(self.word(lead + 1)) && is_number(lead + 2) {
            return Some(lead..start);
        }
        let both = matches!((self.word(lead), self.word(lead + 2)), ("with" | "without", "with" | "without")) && joins(self.word(lead + 1));
        both.then_some(lead..start)
    }

    /// `the 8192 env ones`, `20 epochs`: a number before a parameter that has this value somewhere.
    fn counted(&self, said: &str, start: usize, end: usize) -> Option<(usize, Clause)> {
        let before = start.checked_sub(1)?;
        // `a 48 hour window`
        let is_unit = UNITS.contains(&self.word(before)) && self.is_free(before..before + 1);
        let before = if is_unit { before.checked_sub(1)? } else { before };
        let Some(Some(Span { part: Part::Number(number), words, .. })) = self.spans.get(before) else { return None };
        let is_compared = words.start.checked_sub(1).is_some_and(|lead| {
            matches!(self.spans.get(lead), Some(Some(Span { part: Part::Comparison(_) | Part::End(..), .. })))
                || matches!(self.word(lead), "top" | "best" | "worst" | "last" | "first" | "between")
                || self.word(lead) == "and" && self.words.iter().any(|word| word == "between")
        });
        let is_followed =
            self.word(end) == "is" || matches!(self.spans.get(end), Some(Some(Span { part: Part::Number(_) | Part::Comparison(_), .. })));
        let (_, values) = self.vocabulary.values_of(said, self.preferred)?;
        let is_held = values.iter().any(|value| value.parse::<f64>().is_ok_and(|held| (held - number).abs() <= f64::EPSILON * held.abs()));
        if is_compared || is_followed || !is_held {
            return None;
        }
        let is_denied = lexicon::denies(self.words.get(..words.start).unwrap_or_default());
        let comparison = if is_denied { Comparison::Ne } else { Comparison::Eq };
        Some((words.start, Clause { field: Field::Param(said.to_owned()), test: Test::Number(comparison, *number) }))
    }

    /// Whether the words about a parameter say that it is on or off, and which words do.
    fn flag_about(&self, start: usize, end: usize) -> Option<(usize, usize, Flag)> {
        let mut lead = start;
        while lead > 0 && matches!(self.word(lead - 1), "the" | "any" | "a" | "an" | "using" | "use" | "used") {
            lead -= 1;
        }
        let before = lead.checked_sub(1).map_or("", |place| self.word(place));
        let two_before = lead.checked_sub(2).map_or("", |place| self.word(place));
        let mut tail = end;
        while matches!(self.word(tail), "is" | "was" | "are" | "were" | "set" | "to" | "turned" | "switched" | "being" | "=") {
            tail += 1;
        }
        let after = self.word(tail);
        if (self.is_free(tail..tail + 1) || self.is_plain_value(tail)) && self.ends_saying(tail) {
            if ON.contains(&after) || after == "activated" {
                return Some((start, tail + 1, Flag::On));
            }
            if OFF.contains(&after) || after == "deactivated" {
                return Some((start, tail + 1, Flag::Off));
            }
        }
        let is_free = |place: usize| self.is_free(place..place + 1);
        let is_valued = matches!(
            self.spans.get(tail),
            Some(Some(Span { part: Part::Number(_) | Part::Comparison(_) | Part::Value(..) | Part::Parameter(_), .. }))
        ) || matches!(self.word(tail), "between" | "from") && self.number_follows(tail + 1);
        // `calibrated transformers`
        let describes = self.word(start).ends_with("ed") && matches!(self.spans.get(tail), Some(Some(Span { part: Part::Value(..), .. })));
        if !describes && (is_valued || lead == 0) {
            return self.is_participle(start, end).then_some((start, end, Flag::On));
        }
        let negates = matches!(before, "without" | "no" | "lacking" | "minus" | "excluding" | "non" | "not" | "disabled" | "never")
            || before == "have" && two_before == "not";
        if negates && is_free(lead - 1) {
            return Some((lead - 1, end, Flag::Off));
        }
        if before == "o" && two_before == "w" {
            return Some((lead - 2, end, Flag::Off));
        }
        if lexicon::denies(self.words.get(..lead).unwrap_or_default()) {
            return Some((start, end, Flag::Off));
        }
        let speaks_of_impact = self.words.iter().enumerate().filter(|(place, _)| !(start..end).contains(place)).any(|(_, word)| {
            matches!(lexicon::meaning(word), Some("impact" | "plot" | "compare" | "details"))
                || matches!(word.as_str(), "correlate" | "does" | "did")
        });
        let speaks_of_impact = speaks_of_impact && !self.did_it_themselves();
        let is_run_next = lexicon::meaning(self.word(end)) == Some("run") || matches!(self.word(end), "ones" | "one") || describes;
        let affirms = matches!(before, "with" | "w" | "using" | "use" | "uses" | "used" | "having" | "enabled" | "has" | "have" | "had" | "that")
            || lead < start && self.word(start - 1).starts_with("us")
            // `use_history`: the name says it itself.
            || end > start + 1 && matches!(self.word(start), "use" | "uses" | "used" | "using" | "with");
        if (affirms || is_run_next) && !speaks_of_impact && self.word(end) != "of" {
            let affirming = lead.checked_sub(1).filter(|place| affirms && is_free(*place));
            return Some((affirming.unwrap_or(start), end, Flag::On));
        }
        self.is_participle(start, end).then_some((start, end, Flag::On))
    }

    /// `the runs with back translation that we did`: people did the runs, and no effect is asked for.
    fn did_it_themselves(&self) -> bool {
        let pairs = self.words.windows(2);
        let of_people =
            pairs.into_iter().any(|pair| matches!(pair, [who, did] if matches!(who.as_str(), "we" | "i" | "they") && did == "did"));
        let is_impact = |word: &String| matches!(lexicon::meaning(word), Some("impact" | "plot" | "compare" | "details"));
        of_people && !self.words.iter().any(is_impact)
    }

    /// `quantized`: a form that says it of a run.
    fn is_participle(&self, start: usize, end: usize) -> bool {
        if end > start + 1 {
            // `the backbone was frozen`
            return [start, end - 1].iter().any(|place| self.word(*place).ends_with("ed") || self.word(*place).ends_with("zen"));
        }
        self.word(start).ends_with("ed") && self.vocabulary.exact(self.word(start)).is_empty()
    }

    /// Whether a word was taken for a parameter's value, such as `off`.
    fn is_plain_value(&self, index: usize) -> bool {
        matches!(self.spans.get(index), Some(Some(Span { part: Part::Value(..), .. })))
    }

    /// Whether `on` closes what is said, and begins no `on accuracy`.
    fn ends_saying(&self, index: usize) -> bool {
        if !matches!(self.word(index), "on" | "no" | "1" | "0") {
            return true;
        }
        let next = self.word(index + 1);
        let is_cut = self.places.get(index).is_some_and(|place| {
            self.text.get(place.end..).is_some_and(|rest| rest.trim_start().starts_with([',', '?', '.', ')', '!', ';']))
        });
        next.is_empty()
            || is_cut
            || matches!(
                next,
                "and"
                    | "or"
                    | "are"
                    | "is"
                    | "in"
                    | "there"
                    | "have"
                    | "had"
                    | "has"
                    | "that"
                    | "which"
                    | "who"
                    | "vs"
                    | "by"
                    | "please"
                    | "only"
            )
            || lexicon::meaning(next) == Some("run")
    }

    /// The condition that a parameter is on or off, by the values that it has.
    fn flag_clause(&self, said: &str, flag: Flag) -> Option<Clause> {
        let (key, values) = self.vocabulary.values_of(said, self.preferred)?;
        let among = |known: &[&str]| values.iter().find(|value| known.contains(&value.to_lowercase().as_str()));
        let number = |text: &str| text.parse::<f64>().ok();
        let zero = values.iter().find(|value| number(value) == Some(0.0));
        let is_switch = values.iter().all(|value| number(value).is_none()) || values.len() <= 2;
        let (on, off) = (among(&ON).filter(|_| is_switch), among(&OFF).or(zero));
        let field = Field::Param(key.to_owned());
        let equals = |value: &String| match number(value) {
            Some(number) => Test::Number(Comparison::Eq, number),
            None => Test::Text(TextMatch::Eq, value.clone()),
        };
        let differs = |value: &String| match number(value) {
            Some(number) => Test::Number(Comparison::Ne, number),
            None => Test::Text(TextMatch::Ne, value.clone()),
        };
        let test = match (flag, on, off) {
            (Flag::On, Some(on), _) => equals(on),
            (Flag::On, None, Some(off)) => differs(off),
            (Flag::Off, _, Some(off)) => equals(off),
            (Flag::Off, Some(on), None) => differs(on),
            (_, None, None) => return None,
        };
        Some(Clause { field, test })
    }
}
