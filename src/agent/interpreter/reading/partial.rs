//! Recognising names of which only a part stands there, or that are misspelt, spelled out or shortened.

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::vocabulary::{Entry, Kind};
use crate::agent::interpreter::{chatter, lexicon};
use crate::domain::filter::{Attribute, Clause, Field, Test, TextMatch};
use crate::domain::reference::{Likeness, count_word, is_typo_of};

impl Reader<'_> {
    /// `area under the curve`: words whose initials are a name.
    pub(super) fn spelled_out_names(&mut self) {
        let count = self.words.len();
        for length in (3..=7.min(count)).rev() {
            for start in 0..=count - length {
                let words = start..start + length;
                let is_link = |word: &str| matches!(word, "of" | "the" | "to" | "at" | "and" | "under" | "per");
                let edges = [self.word(words.start), self.word(words.end - 1)];
                let is_name = |word: &str| !lexicon::is_filler(word) && lexicon::end(word).is_none() && word != "the";
                let is_order = lexicon::meaning(self.word(words.start)).is_some() || words.clone().any(|place| self.counts_runs(place));
                if !self.is_free(words.clone()) || is_order || !edges.iter().all(|word| is_name(word) || matches!(*word, "mean" | "score"))
                {
                    continue;
                }
                let initials = |skips: bool| -> String {
                    let weighty = words.clone().map(|place| self.word(place)).filter(|word| !skips || !is_link(word));
                    weighty.filter_map(|word| word.chars().next()).collect()
                };
                if !(self.vocabulary.has_initials(&initials(true)) || self.vocabulary.has_initials(&initials(false))) {
                    continue;
                }
                let mut found = self.vocabulary.alike(self.said(&words));
                found.retain(|(_, likeness)| matches!(likeness, Likeness::Shortened | Likeness::PartOf));
                if let Some(part) = self.choose_partial(&found, &words) {
                    self.cover(words, part);
                }
            }
        }
    }

    /// `five picker runs` has no initials.
    fn counts_runs(&self, index: usize) -> bool {
        count_word(self.word(index)).is_some() || lexicon::meaning(self.word(index)) == Some("run")
    }

    /// Parts of names and misspelt names, among the words that nothing else explains; longest first.
    pub(super) fn partial_names(&mut self) {
        let count = self.words.len();
        for length in (1..=5.min(count)).rev() {
            for start in 0..=count - length {
                let words = start..start + length;
                if !self.is_free(words.clone())
                    || self.is_loose(&words)
                    || self.cuts_glued(&words)
                    || !(words.clone().all(|index| self.may_be_named(index, length))
                        || length > 1 && self.glued_around(start) == words
                        || length == 2 && self.vocabulary.has_key_beginning(self.word(start), self.word(start + 1)))
                {
                    continue;
                }
                let found = self.vocabulary.alike(self.said(&words));
                let chosen = self.choose_partial(&found, &words);
                let topic = if matches!(chosen, Some(Part::Parameter(_))) && length == 1 { self.topic_at(start) } else { None };
                let topic = topic.filter(|_| found.first().is_some_and(|(_, likeness)| *likeness == Likeness::PartOf));
                let chosen = if found.is_empty() && length == 1 { self.begun_values(start) } else { chosen };
                if let Some(part) = topic.or(chosen) {
                    match (part, self.version_behind(words.end)) {
                        // `toxicity v1` is not `Toxicity v2`, though it begins like it: the tool tells what there is.
                        (Part::Experiment(name), Some(version)) if !has_word(&name, self.word(version.end - 1)) => {
                            let said = words.start..version.end;
                            let text = self.said(&said).to_owned();
                            self.cover(said, Part::Experiment(text));
                        }
                        (part, _) => {
                            if part == Part::Meaning("run") {
                                self.imply_place(start);
                            }
                            self.cover(words, part);
                        }
                    }
                }
            }
        }
    }

    /// `v1`, `version 2`, behind a name.
    pub(super) fn version_behind(&self, index: usize) -> Option<Range<usize>> {
        let is_number = |place: usize| self.word(place).bytes().all(|byte| byte.is_ascii_digit()) && !self.word(place).is_empty();
        (matches!(self.word(index), "v" | "version") && is_number(index + 1)).then_some(index..index + 2)
    }

    pub(super) fn may_be_named(&self, index: usize, length: usize) -> bool {
        let word = self.word(index);
        if matches!(word, "learning" | "training") && matches!(self.word(index + 1), "curve" | "curves") {
            return false;
        }
        // `drop the ridge ones`: an order about a list.
        if index == 0 && lexicon::denies(&[word.to_owned()]) {
            return false;
        }
        // `took longest to train`, `how long did it train`: a verb.
        if word == "train" && self.speaks_of_time() && index + 1 == self.words.len() {
            return false;
        }
        let is_person = |word: &str| matches!(word, "we" | "i" | "you" | "they" | "people" | "anyone" | "anybody");
        if matches!(word, "train" | "try" | "test") && index > 0 && (self.word(index - 1) == "to" || is_person(self.word(index - 1))) {
            return false;
        }
        let is_filler = lexicon::is_filler(word)
            || matches!(
                lexicon::meaning(word),
                Some("run" | "experiment" | "experiments" | "metric" | "parameter" | "show" | "plot" | "compare")
            );
        let is_explained = lexicon::meaning(word).is_some() || lexicon::status(word).is_some() || lexicon::end(word).is_some();
        if length == 1 { !is_filler && !is_explained && word.chars().count() >= 2 } else { !is_filler }
    }

    /// Whether what is asked can only be asked of a run: `the run X`, its files, who started it.
    fn asks_about_one_run(&self, words: &Range<usize>) -> bool {
        let before = words.start.checked_sub(1).map_or("", |place| self.word(place));
        let is_of_experiment = [before, self.word(words.end)].iter().any(|word| lexicon::meaning(word) == Some("experiment"));
        let of_run = self.words.iter().any(|word| lexicon::meaning(word) == Some("artifact"));
        let asks_of_one = matches!((self.word(0), self.word(1)), ("whose" | "when", _) | ("how", "long"));
        // `the mae of eta`
        let is_of_value = before == "of"
            && words
                .start
                .checked_sub(2)
                .and_then(|place| self.spans.get(place))
                .is_some_and(|span| matches!(span, Some(Span { part: Part::Metric(_), .. })));
        !is_of_experiment
            && (matches!(before, "run" | "trial")
                || is_of_value
                || asks_of_one
                || of_run && matches!(before, "of" | "from" | "for" | "in" | "by" | "with" | "did" | "has" | "does"))
    }

    pub(super) fn choose_partial(&self, found: &[(&Entry, Likeness)], words: &Range<usize>) -> Option<Part> {
        let strongest = found.first()?.1;
        // `scored` is no misspelt `score`.
        if strongest > Likeness::PartOf && words.len() == 1 && chatter::is_common(self.word(words.start)) {
            return None;
        }
        // `coding` is no run `mercurial-cod-900`: a word of a run's name is said as it is or misspelt.
        let is_said = |entry: &Entry| {
            let word = self.word(words.start);
            entry.kind != Kind::Run
                || words.len() > 1
                || strongest < Likeness::PartOf
                || entry.name.words().iter().any(|known| known == word || is_typo_of(word, known))
        };
        let found: Vec<(&Entry, Likeness)> = found.iter().copied().filter(|(entry, _)| is_said(entry)).collect();
        let candidates: Vec<&Entry> = found.iter().filter(|(_, likeness)| *likeness == strongest).map(|(entry, _)| *entry).collect();
        // `the files of eta`, where an experiment is called delivery-eta and several runs begin with it: the tool asks which run.
        let is_begun_by =
            |entry: &&&Entry| entry.kind == Kind::Run && entry.name.text().to_lowercase().starts_with(&self.said(words).to_lowercase());
        if candidates.iter().filter(is_begun_by).count() > 1 && self.asks_about_one_run(words) {
            return Some(Part::Run(self.said(words).to_owned()));
        }
        // `KS`, written as a name
        let said = self.said(words);
        let is_short = said.chars().count() < 3 && !(said.chars().count() == 2 && said.chars().all(char::is_uppercase));
        let here = |entry: &&&Entry| self.preferred.is_none_or(|id| entry.experiments.contains(id));
        // `runs using qwen 7b`: what they use, though one is called after it.
        let before = words.start.checked_sub(1).map_or("", |place| self.word(place));
        let (first, second) =
            if matches!(before, "using" | "use" | "uses" | "used") { (Kind::Value, Kind::Run) } else { (Kind::Run, Kind::Value) };
        for kind in [Kind::Experiment, Kind::Metric, Kind::Parameter, first, second, Kind::ExperimentTag] {
            let of_kind: Vec<&&Entry> = candidates.iter().filter(|entry| entry.kind == kind).collect();
            let near: Vec<&&Entry> = of_kind.iter().copied().filter(|entry| here(entry)).collect();
            let of_kind = if near.is_empty() { of_kind } else { near };
            match (kind, of_kind.as_slice()) {
                (_, []) => {}
                (Kind::Metric, several)
                    if self.is_verb(words)
                        && !several.iter().any(|entry| has_word(entry.name.text(), &self.said(words).to_lowercase())) => {}
                (Kind::Metric | Kind::Parameter, [entry, ..]) => return (!is_short).then(|| self.part_of(entry, words)),
                // `the ct experiment`
                (Kind::Experiment, [only]) if has_word(only.name.text(), said) => return Some(self.part_of(only, words)),
                (_, [only]) => return Some(self.part_of(only, words)).filter(|_| !is_short),
                (Kind::Run, several) => {
                    let same = several.windows(2).all(|pair| matches!(pair, [left, right] if left.name.text() == right.name.text()));
                    if same {
                        return several.first().map(|entry| self.part_of(entry, words));
                    }
                    let begins = self.word(words.start).chars().count() >= 4
                        && several.iter().all(|entry| entry.name.words().first().is_some_and(|word| word == self.word(words.start)));
                    let before = words.start.checked_sub(1).map_or("", |place| self.word(place));
                    // `the trocr runs`, where runs are called after what they use.
                    let said = self.said(words).to_lowercase();
                    let all_begin = several.iter().all(|entry| entry.name.text().to_lowercase().starts_with(&said));
                    if (begins || all_begin) && matches!(self.word(words.end), "runs" | "ones" | "models") {
                        let values = |holder: &Entry| candidates.iter().filter(|entry| entry.holder == holder.holder).collect::<Vec<_>>();
                        let of_one = candidates.iter().find(|entry| entry.kind == Kind::Value).map(|entry| values(entry));
                        let by_value = of_one.and_then(|entries| self.values_with(&entries, words));
                        return Some(by_value.unwrap_or_else(|| self.runs_beginning(words)));
                    }
                    let is_ranked = self.spans.iter().flatten().any(|span| matches!(span.part, Part::End(..)));
                    let is_noun = is_ranked && self.word(words.end).is_empty()
                        || lexicon::end(before).is_some()
                        || matches!(before, "last" | "latest" | "newest" | "first" | "which" | "many");
                    if words.len() == 1 && begins && is_noun {
                        // `the best sweep`, where runs are called sweep-1, sweep-2 and so on.
                        return Some(Part::Meaning("run"));
                    }
                    if (words.len() > 1 || begins) && strongest == Likeness::PartOf {
                        return Some(Part::Run(self.said(words).to_owned()));
                    }
                }
                (Kind::Value, several) => {
                    if let Some(part) = self.values_with(several, words).filter(|_| strongest == Likeness::PartOf) {
                        return Some(part);
                    }
                }
                (Kind::Experiment | Kind::ExperimentTag, _) => {}
            }
        }
        // Several experiments are called so: the tool asks which.
        let speaks_of_runs = matches!(lexicon::meaning(self.word(words.end)), Some("run" | "experiment"))
            || matches!(before, "in" | "of" | "from" | "does" | "has" | "have" | "describe" | "about");
        let is_experiment = candidates.iter().any(|entry| entry.kind == Kind::Experiment && has_word(entry.name.text(), said));
        (speaks_of_runs && is_experiment && words.len() == 1).then(|| Part::Experiment(said.to_owned()))
    }

    /// `everything ana trained`, `was it still falling`: a form of a verb, and no metric.
    fn is_verb(&self, words: &Range<usize>) -> bool {
        const LEADS: &str = "still is was were are be been being keep keeps kept stop stopped start started";
        let before = words.start.checked_sub(1).map_or("", |place| self.word(place));
        let word = self.word(words.start);
        words.len() == 1 && (word.ends_with("ed") || word.ends_with("ing") && has(LEADS, before))
    }

    /// `yolo`, where there is a `yolov8m`: the values of one parameter or tag that begin like this, little left off.
    fn begun_values(&self, index: usize) -> Option<Part> {
        const MOST_LEFT_OFF: usize = 3;
        let word = self.word(index);
        let letters = word.chars().count();
        if letters < 3 || !word.chars().all(char::is_alphabetic) || chatter::is_common(word) {
            return None;
        }
        let begun = self.vocabulary.values_beginning(word, letters + MOST_LEFT_OFF);
        let here: Vec<&Entry> =
            begun.iter().copied().filter(|entry| self.preferred.is_none_or(|id| entry.experiments.contains(id))).collect();
        let begun = if here.is_empty() { begun } else { here };
        match begun.as_slice() {
            [] => None,
            [only] => Some(self.part_of(only, &(index..index + 1))),
            several => self.values_with(&several.iter().collect::<Vec<_>>(), &(index..index + 1)),
        }
    }

    /// The runs whose names begin with what is said.
    fn runs_beginning(&self, words: &Range<usize>) -> Part {
        let test = Test::Text(TextMatch::ILike, format!("{}%", self.said(words)));
        Part::Conditions(vec![Clause { field: Field::Attribute(Attribute::RunName), test }])
    }

    /// `qwen`, of `qwen-7b` and `qwen-14b`: every value of one parameter with it.
    pub(super) fn values_with(&self, entries: &[&&Entry], words: &Range<usize>) -> Option<Part> {
        let holder = entries.first()?.holder.clone()?;
        let is_one = entries.iter().all(|entry| entry.holder.as_ref() == Some(&holder));
        let test = Test::Text(TextMatch::ILike, format!("%{}%", self.said(words)));
        is_one.then(|| Part::Conditions(vec![Clause { field: holder.field(), test }]))
    }
}

/// Whether a name has this word.
fn has_word(name: &str, word: &str) -> bool {
    crate::domain::reference::words(name).iter().any(|known| known == word)
}
