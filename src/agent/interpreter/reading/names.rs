//! Recognising the store's names in an utterance: whole, glued, in part, misspelt, and those that are not there.

use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::chatter;
use crate::agent::interpreter::lexicon::{self, End};
use crate::agent::interpreter::vocabulary::{Entry, Holder, Kind};
use crate::domain::reference::{Likeness, Name, count_word, is_numbered_alike};

/// Whether a word speaks of runs, whatever is asked of them.
fn is_run(word: &str) -> bool {
    lexicon::meaning(word) == Some("run") || lexicon::is_run_noun(word)
}

impl Reader<'_> {
    /// Names that stand there whole, longest first.
    pub(super) fn exact_names(&mut self) {
        let count = self.words.len();
        for length in (1..=self.vocabulary.longest().min(count)).rev() {
            for start in 0..=count - length {
                let words = start..start + length;
                if !self.is_free(words.clone()) || self.is_loose(&words) || self.cuts_glued(&words) {
                    continue;
                }
                let mut found = self.vocabulary.exact(self.said(&words));
                // `me an` is no `mean`: common words do not run together.
                if length > 1 && words.clone().all(|place| lexicon::is_filler(self.word(place))) {
                    found.retain(|(entry, _)| entry.name.words().len() >= length);
                }
                if let Some(part) = self.choose(&found, &words) {
                    let (words, part) = if length == 1 { self.longer_name(words, part) } else { (words, part) };
                    self.cover(words, part);
                }
            }
        }
    }

    /// `box loss`, where `loss` is a metric of its own and `val/box_loss` another, or `crop yield`, where `crop` is a parameter and
    /// `Crop Yield EU` an experiment: the longer of two names is meant.
    pub(super) fn longer_name(&self, words: Range<usize>, part: Part) -> (Range<usize>, Part) {
        if !matches!(part, Part::Metric(_) | Part::Parameter(_)) {
            return (words, part);
        }
        let before = words.start.checked_sub(1).map(|before| (before, before..words.end));
        for (other, longer) in before.into_iter().chain([(words.end, words.start..words.end + 1)]) {
            let word = self.word(other);
            let says_else = lexicon::is_filler(word) || lexicon::meaning(word).is_some() || lexicon::end(word).is_some();
            if says_else || !self.is_free(longer.clone()) || word.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let mut found = self.vocabulary.alike(self.said(&longer));
            found.retain(|(entry, likeness)| match entry.kind {
                Kind::Metric | Kind::Parameter => !chatter::is_common(word) && matches!(likeness, Likeness::Shortened | Likeness::PartOf),
                Kind::Experiment => *likeness <= Likeness::PartOf,
                Kind::Run | Kind::Value | Kind::ExperimentTag => false,
            });
            if let Some(longer_part) = self.choose_partial(&found, &longer) {
                return (longer, longer_part);
            }
        }
        (words, part)
    }

    /// `best mIoU on val`, where there are a val/mIoU and a test/mIoU: the word that tells which stands apart.
    pub(super) fn parted_metrics(&mut self) {
        const SPLITS: [&str; 8] = ["val", "validation", "valid", "test", "train", "training", "eval", "dev"];
        for index in 0..self.words.len() {
            let Some(Span { part: Part::Metric(said), words, .. }) = self.spans.get(index).cloned().flatten() else { continue };
            let is_whole =
                self.vocabulary.exact(&said).iter().any(|(entry, likeness)| entry.kind == Kind::Metric && *likeness <= Likeness::SameWords);
            if words.start != index || is_whole {
                continue;
            }
            let whole = |place: usize| format!("{} {said}", self.word(place));
            let is_metric = |place: &usize| self.vocabulary.exact(&whole(*place)).iter().any(|(entry, _)| entry.kind == Kind::Metric);
            let is_part = |place: usize| {
                matches!(self.spans.get(place), Some(None) | Some(Some(Span { part: Part::Metric(_), .. })))
                    && self.end_of(place) == place + 1
            };
            let apart = (0..self.words.len()).filter(|place| SPLITS.contains(&self.word(*place)) && is_part(*place));
            // `pass@1 on mbpp`, where there are an `MBPP_pass_at_1` and a `HumanEval_pass_at_1`
            let of_another = |place: &usize| {
                let named = self.vocabulary.alike(&whole(*place));
                let metrics = named.iter().filter(|(entry, likeness)| entry.kind == Kind::Metric && *likeness <= Likeness::PartOf);
                let is_behind = place.checked_sub(1).is_some_and(|before| matches!(self.word(before), "on" | "for" | "at" | "of"));
                *place > words.end && is_behind && is_part(*place) && !chatter::is_common(self.word(*place)) && metrics.count() == 1
            };
            let behind = (words.end..(words.end + 4).min(self.words.len())).find(of_another);
            if let Some(place) = apart.into_iter().find(is_metric).or(behind) {
                let whole = whole(place);
                self.cover(words, Part::Metric(whole));
                self.cover(place..place + 1, Part::Filler);
            }
        }
    }

    /// Whether an article or `of` hangs on: names are recognised without.
    pub(super) fn is_loose(&self, words: &Range<usize>) -> bool {
        let hangs = |word: &str| matches!(word, "the" | "a" | "an" | "of" | "metric");
        words.len() > 1 && (hangs(self.word(words.start)) || matches!(self.word(words.end - 1), "the" | "of" | "metric"))
    }

    /// Whether the characters between a word and the next hold them together, as in `val/AUC` and `merry-stoat-404`.
    pub(super) fn is_glued(&self, index: usize) -> bool {
        let (Some(place), Some(next)) = (self.places.get(index), self.places.get(index + 1)) else { return false };
        let between = self.text.get(place.end..next.start).unwrap_or(" ");
        // `non-linear` denies a name, and `runner-up` is none.
        !matches!(self.word(index), "non" | "runner")
            && between.chars().all(|letter| matches!(letter, '-' | '_' | '/' | '.' | '@' | ':'))
            && !between.contains("://")
    }

    /// The words that are glued together around one.
    pub(super) fn glued_around(&self, index: usize) -> Range<usize> {
        let mut start = index;
        while start > 0 && self.is_glued(start - 1) {
            start -= 1;
        }
        let mut end = index + 1;
        while self.is_glued(end - 1) {
            end += 1;
        }
        start..end
    }

    /// Whether a name would take a part of a glued word and leave the rest.
    pub(super) fn cuts_glued(&self, words: &Range<usize>) -> bool {
        let first = self.glued_around(words.start);
        let last = self.glued_around(words.end - 1);
        (first.start < words.start || last.end > words.end) && !self.word(first.start).starts_with(|letter: char| letter.is_ascii_digit())
    }

    /// Glued words that are no name as a whole: names side by side (`f1/accuracy`), a likeness of one name, an unknown run, or unknown.
    pub(super) fn glued_names(&mut self) {
        let mut index = 0;
        while index < self.words.len() {
            let group = self.glued_around(index);
            index = group.end;
            let starts_with_digit = self.word(group.start).starts_with(|letter: char| letter.is_ascii_digit());
            let is_common = group.clone().all(|place| {
                let word = self.word(place);
                lexicon::is_filler(word)
                    || lexicon::meaning(word).is_some()
                    || lexicon::end(word).is_some()
                    || count_word(word).is_some()
                    || word.len() <= 2 && word != "v"
            });
            let joined_by_letters = group.len() == 2
                && self.places.get(group.start).zip(self.places.get(group.start + 1)).is_some_and(|(one, two)| one.end == two.start);
            let names_experiment = matches!(self.word(group.end), "experiment" | "project");
            // `mAP50` is one word, though its pieces are common.
            let is_one_word = group.len() > 2 && self.said(&group).chars().all(char::is_alphanumeric);
            let is_key = |(entry, likeness): &(&Entry, Likeness)| {
                matches!(entry.kind, Kind::Metric | Kind::Parameter) && matches!(likeness, Likeness::Shortened | Likeness::PartOf)
            };
            let has_letters = group.clone().any(|place| self.word(place).chars().all(char::is_alphabetic));
            let is_said_key = is_common && has_letters && self.vocabulary.alike(self.said(&group)).iter().any(is_key);
            let is_common = is_common && !is_one_word && !is_said_key;
            if group.len() < 2 || !self.is_free(group.clone()) || starts_with_digit || (is_common && !names_experiment) || joined_by_letters
            {
                continue;
            }
            let pieces: Vec<(Range<usize>, Part)> = group
                .clone()
                .filter_map(|place| {
                    let found = self.vocabulary.exact(self.said(&(place..place + 1)));
                    self.choose(&found, &(place..place + 1)).map(|part| (place..place + 1, part))
                })
                .collect();
            let is_word = |place: usize| lexicon::end(self.word(place)).is_some() || lexicon::is_run_noun(self.word(place));
            let named = |place: usize| pieces.iter().any(|(words, _)| words.start == place);
            if !pieces.is_empty() && group.clone().all(|place| named(place) || is_word(place)) {
                pieces.into_iter().for_each(|(words, part)| self.cover(words, part));
                continue;
            }
            let found = self.vocabulary.alike(self.said(&group));
            let is_named_run = self.vocabulary.has_run_beginning(self.word(group.start));
            let part = self.choose_partial(&found, &group).unwrap_or_else(|| match self.said(&group) {
                said if is_named_run => Part::Run(said.to_owned()),
                _ => Part::Unknown,
            });
            self.cover(group, part);
        }
    }

    /// `highest Matthews correlation`, `best by BLEU`: unknown words where a metric belongs are a metric that is not there.
    pub(super) fn unknown_metrics(&mut self) {
        self.first_by_unknown();
        let has_end = self.spans.iter().flatten().any(|span| matches!(span.part, Part::End(..)));
        let has_metric = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Metric(_)));
        let sorts = self.words.iter().any(|word| matches!(word.as_str(), "sort" | "sorted" | "rank" | "ranked" | "ordered"));
        if !(has_end || sorts) || has_metric {
            return;
        }
        for index in 1..self.words.len() {
            let is_unknown = |place: usize| matches!(self.spans.get(place), Some(Some(Span { part: Part::Unknown, .. })));
            let before = (0..index).rev().find(|place| !matches!(self.word(place.to_owned()), "the" | "a" | "our"));
            let leads = before.is_some_and(|place| {
                let wins = matches!(self.word(place), "won" | "win" | "wins" | "winner" | "winning");
                matches!(self.word(place), "by" | "on")
                    || !wins && matches!(self.spans.get(place), Some(Some(Span { part: Part::End(..), .. })))
            });
            if !is_unknown(index) || !leads {
                continue;
            }
            let mut end = index + 1;
            while end < self.words.len()
                && (is_unknown(end)
                    || matches!(self.spans.get(end), Some(Some(Span { part: Part::Meaning("impact" | "range" | "metric"), .. }))))
            {
                end += 1;
            }
            let next = self.word(end);
            if lexicon::meaning(next) == Some("run") || lexicon::meaning(next) == Some("experiment") {
                continue;
            }
            // `f1_score` is one name.
            let (first, last) = (self.glued_around(index), self.glued_around(end - 1));
            let words = first.start..last.end;
            self.cover(words.clone(), Part::Metric(self.said(&words).to_owned()));
            return;
        }
    }

    /// `is first by f1_score`, where nothing logs it: an end of a ranking all the same, and nobody's first run.
    fn first_by_unknown(&mut self) {
        for index in 2..self.words.len() {
            let end = match (self.word(index - 2), self.word(index - 1)) {
                ("first", "by" | "on") => End::Best,
                ("last", "by" | "on") => End::Worst,
                _ => continue,
            };
            let is_unknown = matches!(self.spans.get(index), Some(Some(Span { part: Part::Unknown, .. })));
            let is_key = self.glued_around(index).len() > 1;
            let ranks = index.checked_sub(3).is_some_and(|verb| matches!(self.word(verb), "is" | "comes" | "ranks" | "ranked" | "came"));
            if is_unknown && (is_key || ranks) {
                self.cover(index - 2..index - 1, Part::End(end, None));
            }
        }
    }

    /// What the likeliest of some names is in this place, if it is a name there at all.
    pub(in crate::agent::interpreter) fn choose(&self, found: &[(&Entry, Likeness)], words: &Range<usize>) -> Option<Part> {
        let strongest = found.first()?.1;
        let before = if words.start > 0 { self.word(words.start - 1) } else { "" };
        let after = self.word(words.end);
        let hinted = match lexicon::meaning(before).or(if before == "experiment" { Some("experiment") } else { None }) {
            Some("run") => Some(Kind::Run),
            Some("parameter") => Some(Kind::Parameter),
            Some("metric") => Some(Kind::Metric),
            Some("experiment") => Some(Kind::Experiment),
            _ if after == "experiment" => Some(Kind::Experiment),
            _ => None,
        };
        let lists_experiments = self.words.iter().any(|word| lexicon::meaning(word) == Some("experiments"));
        let said = Name::new(self.said(words));
        let weight = |entry: &Entry, likeness: Likeness| {
            let here = self.preferred.is_none_or(|id| entry.experiments.contains(id));
            let is_tag = lists_experiments && entry.kind == Kind::ExperimentTag;
            let is_other_number = !is_numbered_alike(&entry.name, &said);
            (hinted != Some(entry.kind), !is_tag, likeness.max(Likeness::SameWords), !here, entry.kind, is_other_number)
        };
        let (entry, likeness) = found
            .iter()
            .filter(|(entry, likeness)| {
                hinted == Some(entry.kind) || (*likeness).max(Likeness::SameWords) == strongest.max(Likeness::SameWords)
            })
            .min_by_key(|(entry, likeness)| weight(entry, *likeness))?;
        if words.len() == 1 && !self.may_stand_alone(entry, words.start, *likeness, hinted) {
            return None;
        }
        // `run 17`, where there are a run-017 and a run-0017: the tool asks which.
        let same = found.iter().filter(|(other, alike)| weight(other, *alike) == weight(entry, *likeness)).count();
        if entry.kind == Kind::Run && same > 1 && !is_numbered_alike(&entry.name, &said) {
            return Some(Part::Run(self.said(words).to_owned()));
        }
        Some(self.part_of(entry, words))
    }

    /// A single common word is a name only where something says so.
    pub(super) fn may_stand_alone(&self, entry: &Entry, index: usize, likeness: Likeness, hinted: Option<Kind>) -> bool {
        let word = self.word(index);
        if hinted == Some(entry.kind) {
            return true;
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) || word.chars().count() == 1 {
            return false;
        }
        // `the best beats runs`, where `beats` is a value.
        let describes_runs = entry.kind == Kind::Value && likeness <= Likeness::CaseFolded && is_run(self.word(index + 1));
        let is_rank = matches!(word, "champion" | "winner" | "leader");
        if describes_runs && (is_rank || lexicon::end(word).is_some() && index > 0 && lexicon::end(self.word(index - 1)).is_some()) {
            return true;
        }
        if self.is_written_as_name(index, likeness) || self.is_ranked_metric(entry, index, likeness) {
            return true;
        }
        let is_common = lexicon::is_filler(word)
            || lexicon::end(word).is_some()
            || (lexicon::meaning(word).is_some() && !(entry.kind == Kind::Run && likeness == Likeness::Exact))
            || count_word(word).is_some();
        // `on` is a value only beside the parameter that is on.
        let is_switch = matches!(entry.kind, Kind::Value | Kind::ExperimentTag)
            && matches!(word, "on" | "off" | "yes" | "no" | "true" | "false" | "none" | "null" | "auto" | "default");
        let is_status = lexicon::status(word).is_some() && entry.kind != Kind::Metric;
        // `the second one`, though a value is called so.
        let is_place = matches!(word, "first" | "second" | "third" | "last") && matches!(self.word(index + 1), "one" | "best" | "run");
        !is_common && !is_status && !is_switch && !is_place
    }

    /// `FAR`, letter by letter as the store has it and as nobody writes a common word.
    fn is_written_as_name(&self, index: usize, likeness: Likeness) -> bool {
        let has_capitals = self.said(&(index..index + 1)).chars().skip(1).any(char::is_uppercase);
        // Who shouts writes every word so.
        let shouts = !self.text.chars().any(char::is_lowercase);
        likeness == Likeness::Exact && has_capitals && !shouts
    }

    /// `smallest far`: a common word where a metric belongs, in a store that has a metric of this name.
    fn is_ranked_metric(&self, entry: &Entry, index: usize, likeness: Likeness) -> bool {
        let before = index.checked_sub(1).map_or("", |before| self.word(before));
        let is_name = entry.kind == Kind::Metric && likeness <= Likeness::CaseFolded;
        is_name && lexicon::end(before).is_some() && lexicon::end(self.word(index)).is_none()
    }

    pub(super) fn part_of(&self, entry: &Entry, words: &Range<usize>) -> Part {
        let said = self.said(words).to_owned();
        match entry.kind {
            Kind::Metric => Part::Metric(said),
            Kind::Parameter => Part::Parameter(said),
            Kind::Experiment => Part::Experiment(entry.name.text().to_owned()),
            Kind::Run => Part::Run(entry.name.text().to_owned()),
            Kind::Value => match &entry.holder {
                Some(holder) => Part::Value(holder.clone(), entry.name.text().to_owned()),
                None => Part::Unknown,
            },
            Kind::ExperimentTag => match &entry.holder {
                Some(Holder::Tag(key)) => Part::ExperimentTag { key: key.clone(), value: entry.name.text().to_owned() },
                _ => Part::Unknown,
            },
        }
    }

    /// `training and validation loss`: the first shares the last word of the second.
    pub(super) fn coordinated_metrics(&mut self) {
        for index in 1..self.words.len() {
            let Some(Span { part: Part::Metric(_), words, .. }) = self.spans.get(index).cloned().flatten() else { continue };
            if words.start != index || words.len() < 2 {
                continue;
            }
            // `train & val loss`, `train/val loss`: a sign for the word.
            let between = self.places.get(index - 1).zip(self.places.get(index)).and_then(|(one, two)| self.text.get(one.end..two.start));
            let by_sign = between.is_some_and(|between| between.contains(['&', '/', '+', ',']));
            let by_word = matches!(self.word(index - 1), "and" | "or" | "vs" | "versus") && !by_sign;
            let Some(at) = index.checked_sub(if by_sign { 1 } else { 2 }) else { continue };
            if !(by_word || by_sign) || !self.is_free(at..index) {
                continue;
            }
            let tail: Vec<&str> = (words.start + 1..words.end).map(|place| self.word(place)).collect();
            let whole = format!("{} {}", self.word(at), tail.join(" "));
            let is_metric = self.vocabulary.exact(&whole).iter().any(|(entry, _)| entry.kind == Kind::Metric);
            if is_metric {
                self.cover(at..at + 1, Part::Metric(whole));
            }
        }
    }
}
