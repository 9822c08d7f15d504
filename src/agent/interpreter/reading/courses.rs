//! Recognising that a curve is asked for where it is spoken of by its points: "the first and the last value", "when was it lowest",
//! "between steps 1 and 3", "the lowest it ever reached". A run's own figures are those of its last step only.

use super::Part;
use super::reader::Reader;
use crate::agent::interpreter::lexicon::{self, End};

/// What training is counted in.
const COUNTED: [&str; 8] = ["step", "steps", "epoch", "epochs", "iteration", "iterations", "round", "rounds"];

/// Verbs for what a curve does at one point of it.
const TURNING: [&str; 10] = ["low", "high", "bottom", "bottomed", "peak", "peaked", "turn", "turned", "nan", "minimum"];

/// Verbs for a curve that comes to a value.
const MEETING: [&str; 14] =
    ["reach", "reached", "get", "got", "go", "went", "fall", "fell", "drop", "dropped", "hit", "cross", "crossed", "pass"];

impl Reader<'_> {
    /// Takes the words for points of a curve as asking for it, where a run and a metric are named.
    pub(super) fn courses(&mut self) {
        let has = |is: fn(&Part) -> bool| self.spans.iter().flatten().any(|span| is(&span.part));
        let runs = self.spans.iter().flatten().filter(|span| matches!(span.part, Part::Run(_))).map(|span| span.words.start);
        let runs = runs.collect::<std::collections::BTreeSet<usize>>().len();
        if runs == 0 || !has(|part| matches!(part, Part::Metric(_))) || has(|part| matches!(part, Part::Meaning("plot"))) {
            return;
        }
        let found = self
            .both_ends()
            .or_else(|| self.beginning())
            .or_else(|| self.moment())
            .or_else(|| self.counted_points())
            .or_else(|| if runs == 1 { self.change() } else { None });
        let Some(places) = found else { return };
        let mut is_first = true;
        for place in places {
            if self.is_free(place..place + 1) {
                self.cover(place..place + 1, if is_first { Part::Meaning("plot") } else { Part::Filler });
                is_first = false;
            }
        }
    }

    fn place_of(&self, known: &[&str]) -> Option<usize> {
        (0..self.words.len()).find(|place| known.contains(&self.word(*place)) && self.is_free(*place..place + 1))
    }

    /// `the first and the last value`, `from start to end`
    fn both_ends(&self) -> Option<Vec<usize>> {
        let first = self.place_of(&["first", "initial", "start", "started", "starting", "begin", "began", "beginning"])?;
        let last = self.place_of(&["last", "final", "end", "ended", "ending", "finish", "finished"])?;
        let change = self.place_of(&["improve", "improved", "change", "changed", "move", "moved"]);
        (first < last).then(|| [first, last].into_iter().chain(change).collect())
    }

    /// `what did it start at`, `its initial value`
    fn beginning(&self) -> Option<Vec<usize>> {
        if let Some(place) = self.place_of(&["initial", "starting"]) {
            return Some(vec![place]);
        }
        let place = self.place_of(&["start", "started", "begin", "began", "beginning"])?;
        if matches!((self.word(place.saturating_sub(2)), self.word(place.saturating_sub(1))), ("at" | "in" | "from", "the")) {
            return Some(vec![place]);
        }
        let is_value = matches!(self.word(place + 1), "at" | "from" | "with" | "out");
        let asks_from = self.word(0) == "from" || self.words.iter().any(|word| word == "value");
        (is_value && self.word(0) != "when" || asks_from).then(|| vec![place])
    }

    /// `when was it lowest`, `the lowest it ever reached`
    fn moment(&self) -> Option<Vec<usize>> {
        let names_end = self.words.iter().any(|word| matches!(lexicon::end(word), Some(End::Highest | End::Lowest | End::Best)));
        let turns = self.words.iter().any(|word| TURNING.contains(&word.as_str()));
        // `when did it reach 0.3`, `when did it get below 0.3`
        let is_number = |place: usize| self.word(place).bytes().all(|byte| byte.is_ascii_digit()) && self.is_free(place..place + 1);
        let meets_bound = self.words.iter().any(|word| MEETING.contains(&word.as_str())) && (0..self.words.len()).any(is_number);
        let when = self.place_of(&["when"]).filter(|_| names_end || turns || meets_bound);
        if let Some(when) = when {
            return Some(vec![when]);
        }
        // `how low did it get`
        let reaches = ["get", "go", "fall", "climb", "rise", "sink", "reach"].iter().any(|verb| self.words.iter().any(|word| word == verb));
        if self.word(0) == "how" && matches!(self.word(1), "low" | "high") && reaches {
            return Some(vec![0, 1]);
        }
        let ever = self.place_of(&["ever"]).filter(|_| names_end && self.word(0) != "which")?;
        Some(vec![ever])
    }

    /// `between steps 1 and 3`, `step by step`, `how many steps`, `best epoch`: but not `at step 3`, which a comparison tells too.
    fn counted_points(&self) -> Option<Vec<usize>> {
        (0..self.words.len()).find_map(|place| {
            let before = place.checked_sub(1).map_or("", |before| self.word(before));
            let is_led =
                matches!(before, "each" | "every" | "many" | "between" | "best" | "all" | "by" | "from") || self.word(place + 1) == "by";
            let is_counted = COUNTED.contains(&self.word(place)) && self.is_free(place..place + 1) && is_led;
            is_counted.then(|| if before == "best" { vec![place, place - 1] } else { vec![place] })
        })
    }

    /// `how the loss changed in run 3`, `what does the loss of run 3 look like`
    fn change(&self) -> Option<Vec<usize>> {
        let asks = matches!(self.word(0), "how" | "show" | "what" | "see" | "tell");
        let of_parameter = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Parameter(_)));
        if let Some(place) = self.place_of(&["changed", "change", "changes", "evolves"]).filter(|_| asks && !of_parameter) {
            return self.words.iter().take(4).any(|word| word == "how").then(|| vec![place]);
        }
        // `by how much did it drop`
        let how_much = (0..3).any(|place| self.word(place) == "how" && matches!(self.word(place + 1), "much" | "far"));
        let fell = self.place_of(&[
            "drop",
            "dropped",
            "decrease",
            "decreased",
            "shrink",
            "down",
            "up",
            "improve",
            "improved",
            "decline",
            "behave",
        ]);
        if let Some(place) = fell.filter(|_| how_much || self.word(0) == "how" && self.words.iter().any(|word| word == "behave")) {
            return Some(vec![place]);
        }
        let place = self.place_of(&["look", "looked", "looks"])?;
        (asks && self.word(place + 1) == "like").then(|| vec![place, place + 1])
    }
}
