//! Recognising runs by number and by their place: `run 17`, `last 3`, `best 3`, `the second one`.

use super::reader::Reader;
use super::{Anaphor, Part, Span};
use crate::agent::interpreter::lexicon::has;
use crate::agent::interpreter::lexicon::{self, End};
use crate::domain::reference::{count_word, is_typo_of};

impl Reader<'_> {
    /// `run 17`, `runs 3, 7 and 12`, `sweep-14` where there is a `sweep-13`.
    pub(super) fn numbered_runs(&mut self) {
        let is_number = |word: &str| !word.is_empty() && word.len() <= 9 && word.bytes().all(|byte| byte.is_ascii_digit());
        let mut in_list = false;
        let mut index = 0;
        while index < self.words.len() {
            if let Some(span) = self.spans.get(index).and_then(Option::as_ref) {
                in_list = matches!(span.part, Part::Run(_));
                index = span.words.end;
                continue;
            }
            let word = self.word(index).to_owned();
            let leads = index.checked_sub(1).is_some_and(|before| {
                matches!(
                    self.word(before),
                    "of" | "for"
                        | "compare"
                        | "vs"
                        | "versus"
                        | "with"
                        | "to"
                        | "between"
                        | "against"
                        | "plot"
                        | "do"
                        | "did"
                        | "does"
                        | "is"
                        | "was"
                        | "overlay"
                        | "add"
                ) || matches!(self.word(before), "and" | "about" | "plus" | "or" | "show" | "open") && self.words.len() <= 4
            });
            if is_number(&word) && !self.is_decimal(index) && self.is_free(index..index + 1) && self.is_of_numbers(index) {
                self.cover(index..index + 1, Part::Run(word));
                in_list = true;
                index += 1;
                continue;
            }
            if leads && is_number(&word) && !self.is_decimal(index) && !self.precedes_unit(index) && self.vocabulary.has_run_called(&word) {
                self.cover(index..index + 1, Part::Run(word));
                in_list = true;
                index += 1;
                continue;
            }
            let next_is_number = is_number(self.word(index + 1)) && self.is_free(index + 1..index + 2) && !self.is_decimal(index + 1);
            let names_runs = matches!(word.as_str(), "run" | "runs" | "trial" | "number" | "no");
            let is_stem = || self.has_numbered_sibling(&word) || word.strip_suffix('s').is_some_and(|one| self.has_numbered_sibling(one));
            if next_is_number && (names_runs || is_stem()) {
                self.cover(index..index + 2, Part::Run(self.said(&(index..index + 2)).trim_start_matches("runs").trim().to_owned()));
                in_list = true;
                index += 2;
            } else if in_list
                && is_number(&word)
                && !self.is_decimal(index)
                && self.vocabulary.has_run_number(&word)
                && !self.precedes_unit(index)
            {
                self.cover(index..index + 1, Part::Run(word));
                index += 1;
            } else {
                const LINKS: &str = "and or vs versus with to against run runs through thru until till up upto";
                in_list = in_list && has(LINKS, &word);
                index += 1;
            }
        }
    }

    /// `17 vs 21`, `between 17 and 21`, `f1 of 17 and 21`: numbers at the ends of runs' names, set side by side and of nothing else.
    fn is_of_numbers(&self, index: usize) -> bool {
        let is_run = |place: usize| {
            let word = self.word(place);
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_digit())
                && !self.is_decimal(place)
                && self.vocabulary.has_run_number(word)
        };
        let before = index.checked_sub(1).map_or("", |before| self.word(before));
        let sets_beside = matches!(self.word(index + 1), "vs" | "versus" | "against");
        let asks = self.words.iter().any(|word| matches!(lexicon::meaning(word), Some("compare" | "plot")));
        let leads = matches!(before, "of" | "for" | "compare") || before == "between" && asks;
        let ahead =
            |by: usize| index.checked_sub(by).and_then(|place| self.spans.get(place)).and_then(Option::as_ref).map(|span| &span.part);
        let is_keyed = matches!(ahead(1), Some(Part::Parameter(_) | Part::Metric(_))) || matches!(ahead(2), Some(Part::Parameter(_)));
        let of_metric = before == "of" && matches!(ahead(2), Some(Part::Metric(_)));
        let is_listed = self.places.get(index).zip(self.places.get(index + 1)).is_some_and(|(one, two)| {
            let between = self.text.get(one.end..two.start).unwrap_or_default();
            between.contains(',')
        });
        let next = if is_listed { index + 1 } else { index + 2 };
        let beside = sets_beside || (self.word(index + 1) == "and" || is_listed) && (asks || of_metric);
        beside && is_run(index) && is_run(next) && !is_keyed && (sets_beside && index == 0 || leads)
    }

    pub(super) fn precedes_unit(&self, index: usize) -> bool {
        matches!(self.word(index + 1), "best" | "worst" | "top" | "last" | "first" | "lowest" | "highest" | "most" | "latest" | "newest")
    }

    pub(super) fn has_numbered_sibling(&self, stem: &str) -> bool {
        stem.len() > 1 && self.vocabulary.has_run_stem(stem)
    }

    /// Whether the word is a part of a number such as `0.95` or `3e-4`.
    pub(super) fn is_decimal(&self, index: usize) -> bool {
        let Some(place) = self.places.get(index) else { return false };
        let after = self.text.get(place.end..).unwrap_or_default();
        let before = self.text.get(..place.start).unwrap_or_default();
        let begins = |text: &str| text.starts_with('.') && text.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit());
        begins(after) || before.ends_with('.') && before.chars().rev().nth(1).is_some_and(|letter| letter.is_ascii_digit())
    }

    /// `last 3`, `the 5 newest runs`, `first two`, `latest run`.
    pub(super) fn run_phrases(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            if let Some((kind, used)) = self.order_in_time(index) {
                self.cover(index..index + used, Part::Runs(kind.to_owned()));
                continue;
            }
            let word = self.word(index);
            let next = self.word(index + 1);
            let (kind, used) = match (word, next) {
                ("most", "recent") | ("most", "recently") => ("last", 2),
                // `the first and the last run`: each is one of all.
                ("first" | "last", "and" | "with" | "to" | "vs" | "versus" | "against") if self.is_other_end(index) => {
                    let kind = if word == "first" { "first" } else { "last" };
                    self.cover(index..index + 1, Part::Runs(format!("{kind} 1")));
                    continue;
                }
                // `the last one of those` is one of a list.
                ("last" | "first", "one") if matches!(self.word(index + 2), "of" | "in" | "on") => continue,
                ("latest" | "newest" | "recent" | "last", _) => ("last", 1),
                ("previous" | "past" | "final" | "preceding", count) if count_word(count).is_some_and(|count| count > 1) => ("last", 1),
                // `list 50 runs` orders a list.
                (word, next)
                    if is_misspelt_last(word)
                        && (word != "list" || index > 0 && matches!(self.word(index - 1), "the" | "our" | "my"))
                        && (count_word(next).is_some() || lexicon::meaning(next) == Some("run")) =>
                {
                    ("last", 1)
                }
                ("first" | "earliest" | "oldest", _) => ("first", 1),
                _ => continue,
            };
            // `what was run last`, `which run came first`
            const DONE: [&str; 13] =
                ["run", "ran", "started", "trained", "launched", "finished", "logged", "done", "came", "is", "was", "tried", "created"];
            let is_behind_verb = index.checked_sub(1).is_some_and(|before| DONE.contains(&self.word(before)));
            let is_bare = matches!(self.word(index + used), "" | "in" | "of" | "by" | "on" | "there" | "here" | "and" | "please");
            let asks_which = self.words.iter().take(3).any(|word| matches!(word.as_str(), "what" | "which" | "whats"));
            let is_of_runs = self.says_run() || self.word(index.saturating_sub(1)) == "run" || self.word(index.saturating_sub(1)) == "ran";
            if matches!(word, "last" | "first") && is_behind_verb && is_bare && asks_which && is_of_runs {
                let verb = if matches!(self.word(index - 1), "ran" | "started" | "launched") { index - 1 } else { index };
                let start = if self.is_free(verb..index) { verb } else { index };
                self.cover(start..index + used, Part::Runs(format!("{kind} 1")));
                continue;
            }
            // `the most recently updated experiment`
            let used = used + usize::from(matches!(self.word(index + used), "updated" | "created" | "active" | "modified" | "used"));
            if matches!(lexicon::meaning(self.word(index + used)), Some("experiment" | "experiments")) && !self.says_run() {
                self.cover(index..index + used + 1, Part::Meaning("experiments"));
                continue;
            }
            // `which experiment is the newest`
            let is_experiment = |word: &String| word == "experiments" || lexicon::meaning(word) == Some("experiment");
            let asks_for_experiment = self.words.iter().take(index).any(is_experiment);
            let is_last = self.words.iter().skip(index + used).all(|word| lexicon::is_filler(word));
            if asks_for_experiment && is_last && !self.says_run() {
                self.cover(index..index + used, Part::Meaning("experiments"));
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| self.count_at(before).map(|count| (before, count)));
            let vague = vague_count(self.word(index + used)).filter(|_| self.is_free(index + used..index + used + 1));
            let after = self.count_at(index + used).or(vague);
            let run_word = |place: usize| lexicon::meaning(self.word(place)) == Some("run");
            let covered_run =
                |place: usize| matches!(self.spans.get(place), Some(Some(Span { part: Part::Experiment(_) | Part::Value(..), .. })));
            // `last tox21 run`: up to the end of what stands there in one piece.
            let described_run = |place: usize| {
                run_word(self.glued_around(place).end) && !lexicon::is_filler(self.word(place)) && lexicon::end(self.word(place)).is_none()
            };
            let plain_word = matches!(word, "last" | "first" | "recent");
            if let Some(count) = after {
                self.cover(index..index + used + 1, Part::Runs(format!("{kind} {count}")));
            } else if let Some((before, count)) = before {
                self.cover(before..index + used, Part::Runs(format!("{kind} {count}")));
            } else if run_word(index + used)
                || described_run(index + used)
                || (covered_run(index + used) && run_word(self.end_of(index + used)))
                || !plain_word
            {
                let many = self.word(index + used) == "runs"
                    || described_run(index + used) && self.word(self.glued_around(index + used).end) == "runs"
                    || self.word(self.end_of(index + used)) == "runs";
                self.cover(index..index + used, Part::Runs(if many { kind.to_owned() } else { format!("{kind} 1") }));
            }
        }
    }

    /// Whether the other end in time stands behind a place and its `and`: `first and the latest run`.
    fn is_other_end(&self, index: usize) -> bool {
        let at = if self.word(index + 2) == "the" { index + 3 } else { index + 2 };
        let names_runs = self.words.iter().skip(at).any(|word| lexicon::meaning(word) == Some("run"));
        names_runs && matches!(self.word(at), "first" | "last" | "latest" | "newest" | "oldest" | "earliest" | "most")
    }

    /// `newest first`, `most recent on top`, `the oldest at the top`: the order of a list, with how many words say it.
    fn order_in_time(&self, index: usize) -> Option<(&'static str, usize)> {
        let (kind, used) = match (self.word(index), self.word(index + 1)) {
            ("most", "recent") => ("last", 2),
            ("latest" | "newest", _) => ("last", 1),
            ("oldest" | "earliest", _) => ("first", 1),
            _ => return None,
        };
        let used = used + usize::from(matches!(self.word(index + used), "one" | "ones" | "run" | "runs"));
        let behind = match (self.word(index + used), self.word(index + used + 1), self.word(index + used + 2)) {
            ("first", "", _) | ("first", "please" | "pls", _) => 1,
            ("first", _, _) if used == 1 => 1,
            ("on", "top", _) => 2,
            ("at", "the", "top") => 3,
            ("at", "top", _) => 2,
            _ => return None,
        };
        self.is_free(index..index + used + behind).then_some((kind, used + behind))
    }

    /// `one with a better rmsd`: a comparative before a metric, with nothing that it is compared with.
    fn compares_metric(&self, index: usize) -> bool {
        let part_at = |place: usize| self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part);
        let runs = self.spans.iter().flatten().filter(|span| matches!(span.part, Part::Run(_))).map(|span| span.words.start);
        let several = runs.collect::<std::collections::BTreeSet<usize>>().len() > 1;
        let compared = self.words.iter().any(|word| word == "than")
            && (index..self.words.len()).any(|place| matches!(part_at(place), Some(Part::Number(_))));
        matches!(part_at(index + 1), Some(Part::Metric(_))) && !several && !compared
    }

    /// `the very first code completion run`: a place in time before a name that was recognised later.
    pub(super) fn described_runs(&mut self) {
        for index in 0..self.words.len() {
            let Some(Some(Span { part: Part::Anaphor(place), words, .. })) = self.spans.get(index) else { continue };
            let kind = match place {
                Anaphor::Nth(0) => "first",
                Anaphor::Last => "last",
                Anaphor::One | Anaphor::All | Anaphor::Nth(_) | Anaphor::Standing(_) => continue,
            };
            let (words, noun) = (words.clone(), self.end_of(words.end));
            let is_described = matches!(
                self.spans.get(words.end),
                Some(Some(Span { part: Part::Experiment(_) | Part::ExperimentTag { .. } | Part::Value(..) | Part::Conditions(_), .. }))
            );
            if is_described && lexicon::meaning(self.word(noun)) == Some("run") {
                let phrase = if self.word(noun).ends_with('s') { kind.to_owned() } else { format!("{kind} 1") };
                self.cover(words, Part::Runs(phrase));
            }
        }
    }

    fn says_run(&self) -> bool {
        self.words.iter().any(|word| lexicon::meaning(word) == Some("run"))
    }

    pub(super) fn end_of(&self, index: usize) -> usize {
        self.spans.get(index).and_then(Option::as_ref).map_or(index + 1, |span| span.words.end)
    }

    /// `best 3`, `the four lowest`, `worst`.
    pub(in crate::agent::interpreter) fn ends(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let word = self.word(index).to_owned();
            if matches!(word.as_str(), "leaderboard" | "scoreboard" | "standings") {
                // `tops the leaderboard`
                let is_topped = (index.saturating_sub(3)..index)
                    .any(|place| matches!(self.spans.get(place), Some(Some(Span { part: Part::End(_, None), .. }))));
                if is_topped {
                    self.cover(index..index + 1, Part::Filler);
                    continue;
                }
                let count = if matches!(self.word(index + 1), "of" | "with") { self.count_at(index + 2) } else { None };
                let used = if count.is_some() { 3 } else { 1 };
                self.cover(index..index + used, count.map_or(Part::Order(End::Best), |count| Part::End(End::Best, Some(count))));
                continue;
            }
            let of_effect = self.spans.iter().flatten().any(|span| span.part == Part::Meaning("impact"));
            if let Some(end) = lexicon::comparative(&word).filter(|_| self.compares_metric(index) && !of_effect) {
                self.cover(index..index + 1, Part::End(end, None));
                continue;
            }
            let is_known = lexicon::meaning(&word).is_some_and(|meaning| meaning != "perform");
            let Some(end) =
                lexicon::end(&word).or_else(|| if is_known || lexicon::is_filler(&word) { None } else { lexicon::misspelt_end(&word) })
            else {
                continue;
            };
            let before = index.checked_sub(1).and_then(|before| self.count_at(before).map(|count| (before, count)));
            // `lead time`, `peak memory`: the beginning of a key.
            if self.is_free(index + 1..index + 2) && self.vocabulary.has_key_beginning(&word, self.word(index + 1)) {
                continue;
            }
            // `then at least tell me`
            if word == "least" && index > 0 && self.word(index - 1) == "at" {
                continue;
            }
            let is_order = self.word(index + 1) == "first" && self.is_free(index + 1..index + 2);
            let is_on_top =
                matches!(self.word(index + 1), "on" | "at") && self.word(index + 2) == "top" && self.is_free(index + 1..index + 3);
            if is_on_top {
                self.cover(index..index + 3, Part::Order(end));
            } else if is_order && !matches!(self.word(index + 2), "run" | "runs") {
                self.cover(index..index + 2, Part::Order(end));
            } else if let Some(count) = self.count_at(index + 1) {
                self.cover(index..index + 2, Part::End(end, Some(count)));
            } else if let Some((before, count)) = before.filter(|(_, count)| *count > 0) {
                let start = if self.word(before) == "one" { index } else { before };
                self.cover(start..index + 1, Part::End(end, (start != index).then_some(count)));
            } else if let Some((place, count)) = self.bare_count_before(index) {
                self.cover(place..place + 1, Part::Filler);
                self.cover(index..index + 1, Part::End(end, Some(count)));
            } else {
                let count = self.count_of_runs_before(index);
                self.cover(index..index + 1, Part::End(end, count));
            }
        }
    }

    /// Whether a word for runs, or what runs are called after, stands before a `that` which tells of them.
    fn is_described_by(&self, index: usize) -> bool {
        let before = self.word(index - 1);
        let is_named = matches!(
            self.spans.get(index - 1),
            Some(Some(Span { part: Part::Experiment(_) | Part::ExperimentTag { .. } | Part::Value(..), .. }))
        );
        // `the assistant that is …`
        let is_told = matches!(self.word(index + 1), "is" | "are" | "was" | "were" | "has" | "have" | "had" | "uses" | "used" | "got");
        let is_noun = index > 1 && matches!(self.word(index - 2), "the" | "a" | "any") && self.is_free(index - 1..index);
        is_named
            || is_told && is_noun
            || lexicon::meaning(before) == Some("run")
            || lexicon::is_run_noun(before)
            || matches!(before, "one" | "ones")
    }

    pub(super) fn anaphors(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let next = self.word(index + 1).to_owned();
            let next = next.as_str();
            let ordinal = match self.word(index) {
                "first" | "former" => Some(Anaphor::Nth(0)),
                "second" => Some(Anaphor::Nth(1)),
                "third" => Some(Anaphor::Nth(2)),
                "fourth" => Some(Anaphor::Nth(3)),
                "fifth" => Some(Anaphor::Nth(4)),
                "last" | "latter" | "final" => Some(Anaphor::Last),
                "runner" if next == "up" => Some(Anaphor::Nth(1)),
                _ => None,
            };
            // `the runner-up in MRR`: of a ranking that nobody else names.
            let has = |is: fn(&Part) -> bool| self.spans.iter().flatten().any(|span| is(&span.part));
            let is_placed = matches!(self.word(index), "second" | "third" | "fourth")
                && index
                    .checked_sub(1)
                    .is_some_and(|before| matches!(self.word(before), "came" | "comes" | "finished" | "placed" | "ranked"));
            let is_by = matches!(self.word(index + 2), "by" | "in" | "on");
            let ranks = (self.word(index) == "runner" || is_placed) && (is_by || has(|part| matches!(part, Part::Metric(_))));
            if ordinal.is_some() && ranks && !has(|part| matches!(part, Part::End(..) | Part::Run(_))) {
                self.imply(index, Part::End(End::Best, None));
            }
            if let Some(anaphor) = ordinal {
                let used = if matches!(next, "one" | "run" | "up") { 2 } else { 1 };
                let used = if self.is_free(index..index + used) { used } else { 1 };
                self.cover(index..index + used, Part::Anaphor(anaphor));
                continue;
            }
            let anaphor = match self.word(index) {
                // `after that, plot …` orders the questions.
                "this" | "that" if index == 1 && matches!(self.word(0), "after" | "before" | "besides" | "beyond" | "beside" | "with") => {
                    None
                }
                "this" | "that" if matches!(lexicon::meaning(next), Some("store" | "experiment")) => None,
                // `models that …`
                "that" if index > 0 && self.is_described_by(index) => None,
                "it" | "its" | "that" | "this" | "he" | "she" => Some(Anaphor::One),
                "two" | "three" | "four" | "pair"
                    if index > 0
                        && matches!(self.word(index - 1), "the" | "those" | "these" | "all")
                        && !matches!(next, "runs" | "run" | "experiments" | "projects") =>
                {
                    Some(Anaphor::All)
                }
                "them" | "their" | "those" | "these" | "they" | "both" => Some(Anaphor::All),
                _ => None,
            };
            if let Some(anaphor) = anaphor {
                self.cover(index..index + 1, Part::Anaphor(anaphor));
            }
        }
    }
}

/// `the last few runs`, `the last couple of runs`: as many as are meant at least.
fn vague_count(word: &str) -> Option<usize> {
    match word {
        "few" | "several" => Some(3),
        "couple" => Some(2),
        _ => None,
    }
}

/// `lats`, `latst`: the letters of `last` or `latest` in a wrong order or one left off.
fn is_misspelt_last(word: &str) -> bool {
    let sorted = |word: &str| word.chars().collect::<std::collections::BinaryHeap<char>>().into_sorted_vec();
    ["last", "latest", "newest"].iter().any(|known| {
        let mut rest = known.chars();
        let lacks_one = word.len() + 1 == known.len() && word.chars().all(|letter| rest.any(|other| other == letter));
        word.len() >= 4 && is_typo_of(word, known) && (lacks_one || sorted(word) == sorted(known))
    })
}
