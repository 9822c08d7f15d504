//! Ends of a ranking that several words say: "ahead on recall", "comes out on top", "in last place", "beats all others".

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon::{self, End};

impl Reader<'_> {
    /// Takes such words for the end they name.
    pub(in crate::agent::interpreter) fn standings(&mut self) {
        for index in 0..self.words.len() {
            if let Some((end, used)) = self.standing_at(index).filter(|(_, used)| self.is_free(index..index + used)) {
                // `how far is run 3 ahead of run 5`
                let part = if self.names_two_runs() { Part::Meaning("compare") } else { Part::End(end, None) };
                self.cover(index..index + used, part);
            }
            // `the config of our champion`: the run that is best.
            let is_title = matches!(self.word(index), "champion" | "winner" | "leader");
            let names = |meaning: &str| self.words.iter().any(|word| lexicon::meaning(word) == Some(meaning));
            if is_title && index > 0 && names("parameter") && !names("run") && !self.names_run() {
                self.imply(index, Part::Meaning("run"));
            }
        }
    }

    fn standing_at(&self, index: usize) -> Option<(End, usize)> {
        let word = |ahead: usize| self.word(index + ahead);
        let is_place = |place: &str| matches!(place, "place" | "position" | "rank");
        Some(match (word(0), word(1), word(2)) {
            ("comes" | "came" | "come", "out", "ahead" | "top" | "first")
            | ("comes" | "came" | "come" | "sits" | "stands" | "is" | "ends" | "ended", "on", "top") => (End::Best, 3),
            ("out", "in", "front") | ("in", "the", "lead") => (End::Best, 3),
            ("far" | "furthest" | "well" | "way", "ahead", _) | ("in", "front", _) => (End::Best, 2),
            ("ahead", "in" | "on" | "by" | "with" | "for" | "of" | "at" | "" | "there" | "here", next) if !matches!(next, "time") => {
                (End::Best, 1)
            }
            // `which run got the loss down the most`
            ("down", "the", "most" | "furthest" | "farthest") => (End::Lowest, 3),
            ("number" | "no", "one", _) if !matches!(word(2), "run" | "of") || word(3) == "by" => (End::Best, 2),
            ("in" | "takes" | "took" | "holds", "first", place) if is_place(place) => (End::Best, 3),
            ("in" | "takes" | "took" | "holds", "last", place) if is_place(place) => (End::Worst, 3),
            ("hold" | "holds" | "held", "the", "record") | ("has", "the", "record") => (End::Best, 3),
            ("how", "high", "did" | "does" | "has" | "was") if self.names_metric() && !self.names_run() => (End::Highest, 2),
            ("how", "low", "did" | "does" | "has" | "was") if self.names_metric() && !self.names_run() => (End::Lowest, 2),
            ("s", "first", _) if self.names_metric() && self.asks_who(index) => (End::Best, 2),
            ("s", "last", _) if self.names_metric() && self.asks_who(index) => (End::Worst, 2),
            // `our record f1`, `who holds the f1 record`
            ("record", _, _) if self.names_metric() && !self.names_run() && self.is_noun(index) => (End::Best, 1),
            ("came" | "comes" | "finished" | "ranked" | "ranks" | "is" | "placed", "last", _) if self.names_metric() => (End::Worst, 2),
            ("came" | "comes" | "finished" | "ranked" | "ranks" | "is" | "placed", "first", _) if self.names_metric() => (End::Best, 2),
            ("comes" | "came" | "come", "out", "last") if self.names_metric() => (End::Worst, 3),
            ("dead", "last", _) | ("far", "behind", _) => (End::Worst, 2),
            ("trails" | "trailing" | "lags" | "lagging", "behind", _) => (End::Worst, 2),
            ("trails" | "lags", "the", "field" | "pack") => (End::Worst, 3),
            // `24 lags` are of a series.
            ("trails" | "lags" | "trailing" | "lagging", _, _)
                if !self.word(index.saturating_sub(1)).starts_with(|letter: char| letter.is_ascii_digit()) =>
            {
                (End::Worst, 1)
            }
            (
                "beats" | "beat" | "outperforms" | "outdoes",
                "all" | "everything" | "everyone" | "every" | "the",
                "others" | "rest" | "" | "else" | "other" | "on" | "by",
            ) => (End::Best, if word(2) == "on" || word(2) == "by" || word(2).is_empty() { 2 } else { 3 }),
            ("excels" | "shines" | "dominates" | "prevails" | "triumphs" | "outshines", _, _) => (End::Best, 1),
            _ => return None,
        })
    }

    fn asks_who(&self, index: usize) -> bool {
        index.checked_sub(1).is_some_and(|before| matches!(self.word(before), "who" | "which"))
    }

    fn is_noun(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let is_metric = self.spans.get(before).and_then(Option::as_ref).is_some_and(|span| matches!(span.part, Part::Metric(_)));
        is_metric || matches!(self.word(before), "the" | "our" | "a" | "current" | "best" | "s")
    }

    fn names_metric(&self) -> bool {
        self.spans.iter().flatten().any(|span| matches!(span.part, Part::Metric(_)))
    }

    fn names_run(&self) -> bool {
        self.spans.iter().flatten().any(|span| matches!(span.part, Part::Run(_)))
    }

    fn names_two_runs(&self) -> bool {
        let mut runs = self.spans.iter().flatten().filter(|span| matches!(span.part, Part::Run(_))).map(|span| span.words.start);
        let first = runs.next();
        runs.any(|other| Some(other) != first)
    }

    /// `tops the f1 chart`: the chart is a ranking, and nothing to be drawn.
    pub(super) fn topped_charts(&mut self) {
        for index in 1..self.words.len() {
            let is_noun = matches!(self.word(index), "chart" | "charts" | "table" | "list" | "board" | "ranking" | "rankings");
            let tops = (index.saturating_sub(4)..index).any(|place| {
                matches!(self.word(place), "tops" | "topped" | "leads" | "heads" | "topping" | "leading")
                    && matches!(self.spans.get(place), Some(Some(Span { part: Part::End(..), .. })))
            });
            if is_noun && tops && self.is_free(index..index + 1) {
                self.cover(index..index + 1, Part::Filler);
            }
        }
    }
}
