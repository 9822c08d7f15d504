//! Recognising: numbers, comparisons, dates, statuses and the words of the trade in an utterance. Names are for `names`, runs and
//! rankings for `rankings`.

use std::ops::Range;

use super::dates::period;
use super::{Part, Span};
use crate::agent::interpreter::vocabulary::{Entry, Kind, Vocabulary};
use crate::agent::interpreter::{chatter, lexicon};
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::{Attribute, Clause, Field, Test, TextMatch};
use crate::domain::reference::{Likeness, count_word, placed_words};
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;

/// The words of an utterance with what was recognised of them so far.
pub(super) struct Reader<'a> {
    pub(in crate::agent::interpreter) text: &'a str,
    pub(in crate::agent::interpreter) words: Vec<String>,
    pub(in crate::agent::interpreter) places: Vec<Range<usize>>,
    /// The span that covers each word.
    pub(in crate::agent::interpreter) spans: Vec<Option<Span>>,
    pub(in crate::agent::interpreter) vocabulary: &'a Vocabulary,
    pub(in crate::agent::interpreter) preferred: Option<&'a ExperimentId>,
    /// Parts that a word says beside the one that covers it: `cheapest` names a metric and an end.
    pub(super) implied: Vec<Span>,
}

impl<'a> Reader<'a> {
    pub(in crate::agent::interpreter) fn new(text: &'a str, vocabulary: &'a Vocabulary, preferred: Option<&'a ExperimentId>) -> Self {
        let (words, places): (Vec<String>, Vec<Range<usize>>) = placed_words(text).into_iter().unzip();
        let spans = vec![None; words.len()];
        Self { text, words, places, spans, vocabulary, preferred, implied: Vec::new() }
    }

    pub(in crate::agent::interpreter) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    pub(in crate::agent::interpreter) fn rest(&self, index: usize) -> Vec<&str> {
        self.words.iter().skip(index).map(String::as_str).collect()
    }

    pub(in crate::agent::interpreter) fn is_free(&self, words: Range<usize>) -> bool {
        words.end <= self.words.len() && self.spans.get(words).is_some_and(|spans| spans.iter().all(Option::is_none))
    }

    pub(in crate::agent::interpreter) fn said(&self, words: &Range<usize>) -> &'a str {
        let start = self.places.get(words.start).map_or(0, |place| place.start);
        let end = self.places.get(words.end.saturating_sub(1)).map_or(start, |place| place.end);
        self.text.get(start..end).unwrap_or_default()
    }

    pub(in crate::agent::interpreter) fn cover(&mut self, words: Range<usize>, part: Part) {
        let start = self.places.get(words.start).map_or(0, |place| place.start);
        let end = self.places.get(words.end.saturating_sub(1)).map_or(start, |place| place.end);
        let span = Span { part, words: words.clone(), bytes: start..end };
        for slot in self.spans.get_mut(words).into_iter().flatten() {
            *slot = Some(span.clone());
        }
    }

    /// Adds a part to the one that covers a word.
    pub(super) fn imply(&mut self, index: usize, part: Part) {
        let Some(bytes) = self.places.get(index).cloned() else { return };
        self.implied.push(Span { part, words: index..index + 1, bytes });
    }

    pub(super) fn dates(&mut self, now: Timestamp) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            if let Some((period, used)) = period(&self.rest(index), now)
                && self.is_free(index..index + used)
            {
                self.cover(index..index + used, Part::Conditions(period.clauses()));
            }
        }
    }

    pub(in crate::agent::interpreter) fn numbers(&mut self) {
        let mut index = 0;
        while index < self.words.len() {
            if let Some(number) = self.spelled_bound(index) {
                self.cover(index..index + 1, Part::Number(number));
            }
            let starts = self.word(index).starts_with(|letter: char| letter.is_ascii_digit());
            let Some(place) = self.places.get(index).cloned().filter(|_| starts && self.is_free(index..index + 1)) else {
                index += 1;
                continue;
            };
            // `.88` is 0.88; `v.88` and `0.9.88` are no such numbers.
            let leading_point = self.text.get(..place.start).is_some_and(|before| {
                let mut letters = before.chars().rev();
                letters.next() == Some('.') && letters.next().is_none_or(|letter| !letter.is_alphanumeric() && letter != '.')
            });
            let (length, value) = match leading_point {
                true => number_at(&format!("0{}", self.text.get(place.start - 1..).unwrap_or_default())),
                false => number_at(self.text.get(place.start..).unwrap_or_default()),
            };
            let length = if leading_point { length.saturating_sub(2) } else { length };
            let mut end = index + 1;
            while self.places.get(end).is_some_and(|next| next.end <= place.start + length) {
                end += 1;
            }
            let negative =
                self.text.get(..place.start).is_some_and(|before| before.ends_with(" -") || before.ends_with("=-") || before == "-");
            if self.is_free(index..end) && !self.is_in_name(index) && !self.begins_piece(index) {
                self.cover(index..end, Part::Number(if negative { -value } else { value }));
            }
            index = end;
        }
    }

    /// `under eighteen`: a number in a word behind a comparison.
    fn spelled_bound(&self, index: usize) -> Option<f64> {
        const BOUNDS: [&str; 11] = ["above", "below", "under", "over", "than", "least", "most", "exceeding", "beyond", "equals", "to"];
        let word = self.word(index);
        // `lr > ten`
        let ahead = self.places.get(index).and_then(|place| self.text.get(..place.start)).unwrap_or_default().trim_end();
        let is_bound =
            ahead.ends_with(['<', '>', '=', '≤', '≥']) || index.checked_sub(1).is_some_and(|before| BOUNDS.contains(&self.word(before)));
        let is_spelled = word.chars().all(char::is_alphabetic) && !matches!(word, "both" | "pair" | "couple" | "one" | "zero");
        let count = count_word(word).filter(|_| is_bound && is_spelled && self.is_free(index..index + 1))?;
        u32::try_from(count).ok().map(f64::from)
    }

    /// Whether a number is the end of a word of some name, as in `p99` and `tox21`.
    pub(super) fn is_in_name(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let is_key = |entry: &Entry| matches!(entry.kind, Kind::Metric | Kind::Parameter | Kind::Experiment);
        // `5mm`, where there is a `CSI_5mm`
        let piece = self.joined_around(index);
        let begins = piece.start == index && piece.len() == 2 && self.said(&piece).chars().count() >= 3;
        if begins && self.vocabulary.alike(self.said(&piece)).iter().any(|(entry, likeness)| is_key(entry) && *likeness == Likeness::PartOf)
        {
            return true;
        }
        let touches = self.places.get(before).zip(self.places.get(index)).is_some_and(|(letters, digits)| letters.end == digits.start);
        let is_word = self.word(before).chars().all(char::is_alphabetic) && self.is_free(before..before + 1);
        touches && is_word && self.vocabulary.alike(self.said(&self.joined_around(index))).iter().any(|(entry, _)| is_key(entry))
    }

    /// Whether a number begins a piece of the name before it, as in `qwen 14b`.
    fn begins_piece(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).filter(|before| self.is_free(*before..before + 1)) else { return false };
        let piece = self.joined_around(index);
        let is_word = self.word(before).chars().count() >= 3 && self.word(before).chars().all(char::is_alphabetic);
        let is_name = |entry: &Entry| matches!(entry.kind, Kind::Value | Kind::Run);
        let is_piece = piece.start == index && piece.len() == 2;
        is_word
            && is_piece
            && self
                .vocabulary
                .alike(self.said(&(before..piece.end)))
                .iter()
                .any(|(entry, likeness)| is_name(entry) && *likeness <= Likeness::PartOf)
    }

    /// The words that stand together with one without a sign between, as in `gsm8k`.
    pub(super) fn joined_around(&self, index: usize) -> Range<usize> {
        let touches = |left: usize| self.places.get(left).zip(self.places.get(left + 1)).is_some_and(|(one, two)| one.end == two.start);
        let (mut start, mut end) = (index, index + 1);
        while start > 0 && touches(start - 1) {
            start -= 1;
        }
        while touches(end - 1) {
            end += 1;
        }
        start..end
    }

    pub(super) fn comparisons(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            if let Some((comparison, used)) = lexicon::comparison(&self.rest(index))
                && self.is_free(index..index + used)
                && self.number_follows(index + used)
            {
                self.cover(index..index + used, Part::Comparison(comparison));
            }
        }
    }

    /// Whether a number stands behind, at most with a metric or parameter before it: `below an rmse of 35`.
    pub(super) fn number_follows(&self, index: usize) -> bool {
        for place in index..(index + 6).min(self.words.len()) {
            match self.spans.get(place) {
                Some(Some(Span { part: Part::Number(_), .. })) => return true,
                Some(Some(Span { part: Part::Metric(_) | Part::Parameter(_), .. })) => {}
                Some(None) if place < index + 2 || matches!(self.word(place), "a" | "an" | "the" | "of" | "value") => {}
                _ => return false,
            }
        }
        false
    }

    pub(in crate::agent::interpreter) fn statuses(&mut self) {
        for index in 0..self.words.len() {
            let word = self.word(index).to_owned();
            if !self.is_free(index..index + 1) {
                continue;
            }
            let next = self.word(index + 1).to_owned();
            let is_going = matches!(
                (word.as_str(), next.as_str()),
                ("still", "going" | "training" | "active" | "live" | "on") | ("in", "progress" | "flight") | ("under", "way")
            );
            // `was the loss still going down`
            if (word.as_str(), next.as_str()) == ("still", "going") && matches!(self.word(index + 2), "down" | "up") {
                self.cover(index..index + 3, Part::Meaning("plot"));
                continue;
            }
            // `experiments that are still active`: in use, and not in the trash.
            if is_going && next == "active" && self.words.iter().any(|word| matches!(word.as_str(), "experiments" | "projects")) {
                self.cover(index..index + 2, Part::Filler);
                continue;
            }
            if is_going && self.is_free(index..index + 2) {
                let test = Test::Text(TextMatch::Eq, RunStatus::Running.mlflow_name().to_owned());
                self.cover(index..index + 2, Part::Conditions(vec![Clause { field: Field::Attribute(Attribute::Status), test }]));
                continue;
            }
            // `the longest running runs`: by how long they took.
            if word == "running" && index > 0 && matches!(self.word(index - 1), "longest" | "shortest" | "long") {
                self.cover(index..index + 1, Part::Filler);
                continue;
            }
            // `runs that didn't finish`, but not `did it finish`.
            let unfinished = word == "finish" && lexicon::denies(self.words.get(..index).unwrap_or_default());
            let known = lexicon::status(&word).or_else(|| lexicon::misspelt_status(&word));
            let known = known.or(unfinished.then_some(RunStatus::Finished));
            if let Some(status) = known.filter(|_| index == 0 || self.word(index - 1) != "been" || word != "running") {
                let is_denied = lexicon::denies(self.words.get(..index).unwrap_or_default());
                let test = Test::Text(if is_denied { TextMatch::Ne } else { TextMatch::Eq }, status.mlflow_name().to_owned());
                self.cover(index..index + 1, Part::Conditions(vec![Clause { field: Field::Attribute(Attribute::Status), test }]));
            }
        }
    }

    pub(super) fn words_of_the_trade(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let word = self.word(index).to_owned();
            let next = self.word(index + 1).to_owned();
            let (part, used) = match (word.as_str(), next.as_str()) {
                ("number" | "amount", "of") if matches!(self.spans.get(index + 2), Some(Some(Span { part: Part::Parameter(_), .. }))) => {
                    (Part::Filler, 2)
                }
                // `how many layers did the best run have`
                ("how", "many")
                    if matches!(self.spans.get(index + 2), Some(Some(Span { part: Part::Parameter(_), .. })))
                        && self.speaks_of_one_run() =>
                {
                    (Part::Filler, 2)
                }
                ("how", "many") if matches!(self.word(index + 2), "minutes" | "hours" | "seconds" | "mins" | "secs" | "hrs") => {
                    (Part::Meaning("howlong"), 3)
                }
                ("how", "many") | ("number", "of") | ("amount", "of") => (Part::Meaning("howmany"), 2),
                ("go" | "goes" | "going" | "went" | "gone", "down" | "up") if self.asks_for_course() => (Part::Meaning("plot"), 2),
                ("ran", "long" | "longer" | "longest") => (Part::Filler, 1),
                // `how much memory` asks for no time.
                ("how", "much") if !self.speaks_of_time_after(index + 2) => (Part::Filler, 2),
                ("how", "long") | ("how", "much") => (Part::Meaning("howlong"), 2),
                ("set", "up") => (Part::Meaning("create"), 2),
                ("responsible", "for") if self.word(0) == "who" => (Part::Meaning("user"), 2),
                ("how", "did" | "d") if self.asks_for_course() => (Part::Meaning("plot"), 2),
                ("running", _) => (Part::Meaning("run"), 1),
                ("per" | "each" | "every", "experiment" | "project") => (Part::Meaning("experiments"), 2),
                ("end" | "ends" | "ended", "up") => (Part::Filler, 2),
                ("count" | "counts", _) if index > 1 && self.words.iter().any(|word| lexicon::meaning(word) == Some("parameter")) => {
                    (Part::Meaning("impact"), 1)
                }
                ("next", "to") | ("head", "to") => (Part::Meaning("compare"), 2),
                ("go" | "goes", "along" | "together") => (Part::Meaning("impact"), 2),
                ("pay" | "pays" | "paid", "off") | ("point", "in") => (Part::Meaning("impact"), 2),
                ("learning" | "training", "curve" | "curves") => (Part::Meaning("plot"), 2),
                ("i" | "we" | "you" | "they", "run" | "ran") => (Part::Filler, 2),
                ("do" | "does" | "did" | "has" | "have", "n") => (Part::Filler, 1),
                ("took" | "take" | "takes", _) if self.speaks_of_time() => (Part::Meaning("howlong"), 1),
                ("who", _)
                    if !matches!(
                        next.as_str(),
                        "s" | "has" | "had" | "is" | "wins" | "won" | "got" | "comes" | "came" | "ranks" | "placed"
                    ) =>
                {
                    (Part::Meaning("user"), 1)
                }
                ("when", _) => (Part::Meaning("start"), 1),
                (word, _) => match lexicon::meaning(word) {
                    Some(meaning) => (Part::Meaning(meaning), 1),
                    None if lexicon::is_filler(word) || chatter::is_common(word) || count_word(word).is_some() => (Part::Filler, 1),
                    // `stage`, where runs have a tag that is called so, is no misspelt `state`.
                    None if self.vocabulary.holder_called(word).is_some() => (Part::Unknown, 1),
                    None => match lexicon::misspelt_meaning(word) {
                        Some(meaning) => (Part::Meaning(meaning), 1),
                        None if lexicon::is_misspelt_filler(word) => (Part::Filler, 1),
                        None => (Part::Unknown, 1),
                    },
                },
            };
            let used = if self.is_free(index..index + used) { used } else { 1 };
            self.cover(index..index + used, part);
        }
    }
}

/// The number at the head of a text and how many bytes it takes; a following `%` divides it by 100.
fn number_at(text: &str) -> (usize, f64) {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while digit(end) {
        end += 1;
    }
    if bytes.get(end) == Some(&b'.') && digit(end + 1) {
        end += 1;
        while digit(end) {
            end += 1;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        if digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
    }
    let value: f64 = text.get(..end).and_then(|number| number.parse().ok()).unwrap_or(0.0);
    let after = text.get(end..).unwrap_or_default().trim_start();
    if after.starts_with('%') || after.starts_with("percent") { (end, value / 100.0) } else { (end, value) }
}
