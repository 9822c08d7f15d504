//! Recognising what a question asks for where no single word says so: "over time", "who trained it", "under 25 ms", "which should we ship".

use crate::agent::interpreter::lexicon::has;
use std::ops::Range;

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::vocabulary::Kind;
use crate::domain::reference::Likeness;

impl Reader<'_> {
    /// Whether a length of time is asked for, so that `take` means lasting.
    pub(super) fn speaks_of_time(&self) -> bool {
        self.words.iter().any(|word| {
            matches!(
                word.as_str(),
                "long"
                    | "longer"
                    | "longest"
                    | "shortest"
                    | "shorter"
                    | "time"
                    | "much"
                    | "minutes"
                    | "hours"
                    | "fastest"
                    | "slowest"
                    | "quickest"
                    | "duration"
            )
        })
    }

    /// `how much time …`, `how much did it take`
    pub(super) fn speaks_of_time_after(&self, index: usize) -> bool {
        matches!(self.word(index), "time" | "longer" | "did" | "does" | "of" | "was" | "")
    }

    /// `how did the loss of run 3 go`, but not `how did run 3 do`.
    pub(in crate::agent::interpreter) fn asks_for_course(&self) -> bool {
        let names_metric = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Metric(_)));
        let of_result =
            self.words.iter().any(|word| matches!(word.as_str(), "do" | "perform" | "fare" | "score" | "compare" | "differ" | "finish"));
        names_metric && !of_result
    }

    /// Whether one run is spoken of: by its name, by its rank or by a pronoun.
    pub(super) fn speaks_of_one_run(&self) -> bool {
        self.spans.iter().flatten().any(|span| matches!(span.part, Part::Run(_) | Part::End(_, None | Some(1)) | Part::Anaphor(_)))
            || self.spans.iter().flatten().any(|span| matches!(&span.part, Part::Runs(phrase) if phrase.ends_with(" 1")))
    }

    /// `who trained it`: asks who started a run, whatever the verb.
    pub(super) fn makers(&mut self) {
        const MADE: [&str; 14] = [
            "made",
            "created",
            "trained",
            "built",
            "logged",
            "submitted",
            "did",
            "launched",
            "owns",
            "kicked",
            "wrote",
            "executed",
            "produced",
            "started",
        ];
        for index in 0..self.words.len() {
            if self.word(index) == "who" && MADE.contains(&self.word(index + 1)) && self.is_free(index..index + 2) {
                self.cover(index..index + 2, Part::Meaning("user"));
            }
        }
    }

    /// `what makes the biggest difference`, `do more steps lead to a higher elo`: asks what has an effect, not for a comparison or an end.
    pub(super) fn makes_difference(&mut self) {
        for index in 0..self.words.len() {
            let leads_to = matches!(
                (self.word(index), self.word(index + 1)),
                ("lead" | "leads" | "led" | "leading", "to") | ("result" | "results" | "resulted", "in")
            );
            // `which parameters have most to do with mape`
            if (self.word(index), self.word(index + 1), self.word(index + 2)) == ("to", "do", "with") && self.is_free(index..index + 3) {
                let amount =
                    index.checked_sub(1).filter(|before| matches!(self.word(*before), "most" | "more" | "much" | "least" | "anything"));
                self.cover(index..index + 3, Part::Meaning("impact"));
                if let Some(amount) = amount.filter(|amount| self.is_free(*amount..amount + 1)) {
                    self.cover(amount..amount + 1, Part::Filler);
                }
                continue;
            }
            if leads_to && self.is_free(index..index + 2) {
                self.cover(index..index + 2, Part::Meaning("impact"));
                continue;
            }
            if !matches!(self.word(index), "make" | "makes" | "made" | "making") {
                continue;
            }
            // `what makes wer go down`
            let mut courses = index + 2..index + 7;
            let course =
                courses.find(|place| matches!(self.word(*place), "go" | "better" | "worse" | "lower" | "higher" | "drop" | "rise"));
            if let Some(course) = course.filter(|course| index <= 2 && self.is_free(*course..course + 1)) {
                let used = if matches!(self.word(course + 1), "up" | "down") { 2 } else { 1 };
                self.cover(index..index + 1, Part::Meaning("impact"));
                self.cover(course..course + used, Part::Filler);
                continue;
            }
            let noun = (index + 1..index + 5).find(|place| self.word(*place) == "difference");
            if let Some(noun) = noun.filter(|noun| self.is_free(index..*noun + 1)) {
                self.cover(index..noun + 1, Part::Meaning("impact"));
            }
        }
    }

    /// `does a bigger batch size lower the loss`: what a parameter does to a metric.
    pub(super) fn raising(&mut self) {
        const RAISING: &str = "lower lowers raise raises reduce reduces increase increases decrease decreases improve improves boost boosts cut cuts \
            worsen worsens change changes shrink shrinks push pushes bring brings degrade degrades harm harms speed alter alters";
        const GIVING: &str = "give gives mean means yield yields make makes produce produces get gets go";
        const COMPARATIVES: [&str; 6] = ["better", "worse", "higher", "lower", "larger", "smaller"];
        const ASKING: &str = "does do did will would can could should is are whether if";
        let part_at = |place: usize| self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part);
        let names = |mut places: Range<usize>, is: fn(&Part) -> bool| places.any(|place| part_at(place).is_some_and(is));
        let count = self.words.len();
        let verb = (1..count).find(|index| {
            let word = self.word(*index);
            let gives = has(GIVING, word) && (index + 1..index + 4).any(|place| COMPARATIVES.contains(&self.word(place)));
            (has(RAISING, word) || gives) && self.is_free(*index..index + 1)
        });
        let Some(verb) = verb else { return };
        let asks = (0..verb).any(|place| place < 3 && has(ASKING, self.word(place)));
        let is_like_parameter = |place: usize| {
            let found = self.vocabulary.alike(self.word(place));
            self.is_free(place..place + 1)
                && found.iter().any(|(entry, likeness)| entry.kind == Kind::Parameter && *likeness <= Likeness::PartOf)
        };
        let is_of_parameter = names(0..verb, |part| matches!(part, Part::Parameter(_))) || (1..verb).any(is_like_parameter);
        let is_of_metric = names(verb + 1..count, |part| matches!(part, Part::Metric(_)));
        let names_run = names(0..count, |part| matches!(part, Part::Run(_)));
        if asks && is_of_parameter && is_of_metric && !names_run {
            self.cover(verb..verb + 1, Part::Meaning("impact"));
        }
    }

    /// `what does raising the dropout do to f1`: asks for an effect.
    pub(in crate::agent::interpreter) fn turned(&mut self) {
        const TURNING: &str = "raising lowering increasing decreasing reducing changing varying doubling halving turning";
        let part_at = |place: usize| self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part);
        for index in 0..self.words.len() {
            let turns = TURNING.split(' ').any(|word| word == self.word(index)) && self.is_free(index..index + 1);
            let is_of_parameter = (index + 1..index + 4).any(|place| matches!(part_at(place), Some(Part::Parameter(_))));
            let is_of_metric = (0..self.words.len()).any(|place| matches!(part_at(place), Some(Part::Metric(_))));
            if turns && is_of_parameter && is_of_metric {
                self.cover(index..index + 1, Part::Meaning("impact"));
                return;
            }
        }
    }

    /// `did run 3 save a model`, `what did the best run save`, `anything stored with run 3`: asks for what a run left behind.
    pub(super) fn left_behind(&mut self) {
        const LEAVING: &str = "save saved stored store leave left upload uploaded write written wrote keep kept output";
        const LEFT: &str =
            "model models checkpoint checkpoints plot plots figure figures image images picture pictures weights tokenizer graph graphs";
        let has = |is: fn(&Part) -> bool| self.spans.iter().flatten().any(|span| is(&span.part));
        let asks = self.words.iter().take(6).any(|word| {
            matches!(word.as_str(), "did" | "does" | "has" | "have" | "anything" | "any" | "what" | "which" | "is" | "are" | "was")
        });
        // `is there a model in run 3`, `any plots saved by run 3`
        let is_there =
            matches!((self.word(0), self.word(1)), ("is" | "are" | "any", _)) && (self.word(1) == "there" || self.word(0) == "any");
        let has_left = |index: usize| is_there && LEFT.split(' ').any(|noun| noun == self.word(index));
        // `what has the run with the best f1 saved`: the metric only says which run.
        let ranks = has(|part| matches!(part, Part::End(..)));
        let names_key = has(|part| matches!(part, Part::Metric(_) | Part::Parameter(_))) && !ranks;
        let asks_for_remark = self.words.iter().any(|word| crate::agent::interpreter::calling::fill::is_remark(word));
        let is_of_run = self.speaks_of_one_run() && !names_key && !asks_for_remark && !has(|part| matches!(part, Part::File(_)));
        for index in 1..self.words.len() {
            let leaves = LEAVING.split(' ').any(|verb| verb == self.word(index));
            // `what did people write about run 3`
            let is_remark = matches!(self.word(index + 1), "about" | "on" | "down");
            if asks && is_of_run && (leaves || has_left(index)) && !is_remark && self.is_free(index..index + 1) {
                self.cover(index..index + 1, Part::Meaning("artifact"));
                return;
            }
        }
    }

    /// `how do they measure up`, `line them up`: sets runs side by side.
    pub(super) fn lined_up(&mut self) {
        for index in 0..self.words.len() {
            let verb = matches!(self.word(index), "measure" | "measures" | "measured" | "line" | "lines" | "lined" | "stack" | "stacks");
            let up = (index + 1..index + 3).find(|place| self.word(*place) == "up").filter(|_| verb);
            if let Some(up) = up.filter(|up| self.is_free(index..index + 1) && self.is_free(*up..up + 1)) {
                self.cover(index..index + 1, Part::Meaning("compare"));
                self.cover(up..up + 1, Part::Filler);
            }
        }
    }

    /// `in churn, i mean`: no metric.
    pub(in crate::agent::interpreter) fn asides(&mut self) {
        for index in 1..self.words.len() {
            if matches!((self.word(index - 1), self.word(index)), ("i" | "we", "mean" | "meant")) && self.is_free(index - 1..index + 1) {
                self.cover(index - 1..index + 1, Part::Filler);
            }
        }
    }

    /// `over time`, `across epochs`: asks for a curve.
    pub(super) fn over_training(&mut self) {
        for index in 0..self.words.len() {
            if !matches!(self.word(index), "over" | "across" | "throughout" | "per" | "during" | "while" | "vs" | "versus" | "against") {
                continue;
            }
            let article = usize::from(matches!(self.word(index + 1), "the" | "its" | "all" | "their"));
            let noun = index + 1 + article;
            let is_training =
                matches!(self.word(noun), "time" | "epochs" | "epoch" | "steps" | "step" | "iterations" | "training" | "course" | "run");
            // `time_per_epoch` is a name, and `average accuracy per run` no curve.
            let is_training =
                is_training && !(self.word(index) == "per" && (self.word(noun) == "run" || self.glued_around(index).len() > 1));
            // `vs step`, but not `vs run 3`.
            let sets_beside = matches!(self.word(index), "vs" | "versus" | "against");
            let is_training = is_training && !(sets_beside && matches!(self.word(noun), "run" | "training" | "course"));
            if is_training
                && self.is_free(index..noun + 1)
                && !(matches!(self.word(index), "during" | "while") && self.word(noun) != "training")
            {
                self.cover(index..noun + 1, Part::Meaning("plot"));
            }
        }
    }

    /// `was run 3 still improving`: its curves tell.
    pub(super) fn still_improving(&mut self) {
        const COURSE: [&str; 6] = ["improving", "learning", "decreasing", "increasing", "converging", "declining"];
        const VERBS: [&str; 6] = ["improve", "learn", "decrease", "increase", "converge", "decline"];
        // `still coming down`, `levelled off`, `did it plateau`
        const MOVING: &str = "coming going come go dropping drop falling fall climbing climb creeping heading getting get inching";
        const AWAY: &str = "down up better worse lower higher";
        const LEVEL: &str = "levelled leveled levelling leveling level flattened flattening flatten plateaued plateau plateauing stagnated stagnating stagnate bottomed";
        let names_run = self.spans.iter().flatten().any(|span| matches!(span.part, Part::Run(_)));
        let asks = matches!(self.word(0), "was" | "is" | "did" | "does" | "how") || self.words.iter().any(|word| word == "still");
        for index in 1..self.words.len() {
            let names_rate = self.word(index) == "learning" && self.word(index + 1) == "rate";
            let moves = has(MOVING, self.word(index))
                && (has(AWAY, self.word(index + 1)) || self.word(index - 1) == "still" && !has("going go", self.word(index)))
                && self.words.iter().any(|word| word == "still");
            let levels =
                has(LEVEL, self.word(index)) && (matches!(self.word(index + 1), "off" | "out") || !has("level bottomed", self.word(index)));
            let is_metric = |place: usize| matches!(self.spans.get(place), Some(Some(Span { part: Part::Metric(_), .. })));
            let peaks = matches!(self.word(index), "peak" | "peaked") && !is_metric(index + 1);
            if names_run && (moves || levels || peaks) && self.is_free(index..index + 1) {
                let end =
                    if has(AWAY, self.word(index + 1)) || matches!(self.word(index + 1), "off" | "out") { index + 2 } else { index + 1 };
                self.cover(index..end, Part::Meaning("plot"));
                continue;
            }
            let goes_on = COURSE.contains(&self.word(index)) || VERBS.contains(&self.word(index)) && self.word(index - 1) == "still";
            if names_run && asks && goes_on && !names_rate && self.is_free(index..index + 1) {
                self.cover(index..index + 1, Part::Meaning("plot"));
            }
        }
    }

    /// `at which step was the loss lowest`, `after how many epochs`: its curve tells.
    pub(super) fn steps_asked(&mut self) {
        for index in 0..self.words.len() {
            let asks =
                matches!(self.word(index), "which" | "what") || self.word(index) == "many" && index > 0 && self.word(index - 1) == "how";
            let is_counted = matches!(self.word(index + 1), "step" | "steps" | "epoch" | "epochs" | "iteration" | "iterations");
            if asks && is_counted && self.asks_for_course_at(index) && self.is_free(index..index + 2) {
                self.cover(index..index + 2, Part::Meaning("plot"));
            }
        }
    }

    /// `at which step was …`, but not `how many epochs did run 3 use`.
    fn asks_for_course_at(&self, index: usize) -> bool {
        let is_led = (index.saturating_sub(2)..index).any(|place| matches!(self.word(place), "at" | "in" | "after" | "on" | "by" | "from"));
        is_led || self.word(index) != "many" && index == 0 && matches!(self.word(index + 2), "has" | "had" | "gave" | "was" | "saw")
    }

    /// `under 25 ms`, `below 3 dollars`: a unit where no metric is named stands for the metric that is measured in it.
    pub(super) fn units(&mut self) {
        for index in 1..self.words.len() {
            let words: &[&str] = match self.word(index) {
                "ms" | "millisecond" | "milliseconds" | "msec" => &["ms"],
                "dollar" | "dollars" | "usd" | "bucks" => &["usd", "cost", "price", "dollars"],
                "euro" | "euros" | "eur" => &["eur", "cost", "price"],
                "gb" | "gigabyte" | "gigabytes" => &["gb"],
                "mb" | "megabyte" | "megabytes" => &["mb"],
                _ => continue,
            };
            let part_at = |place: usize| self.spans.get(place).and_then(Option::as_ref).map(|span| &span.part);
            let is_measured = matches!(part_at(index - 1), Some(Part::Number(_)));
            let compares = index >= 2 && matches!(part_at(index - 2), Some(Part::Comparison(_)));
            // `best mrr under 100 ms`: the metric that ranks is another.
            let is_ranked = |place: usize| {
                let before = (0..place).rev().find(|before| self.word(*before) != "the");
                before.is_some_and(|before| matches!(part_at(before), Some(Part::End(..))))
            };
            let named = |place: usize| matches!(part_at(place), Some(Part::Metric(_) | Part::Parameter(_))) && !is_ranked(place);
            let is_named = (index.saturating_sub(5)..index).any(named) || (index + 1..index + 4).any(named);
            if !is_measured || !compares || is_named || !self.is_free(index..index + 1) {
                continue;
            }
            let named =
                self.spans.iter().flatten().find_map(|span| if let Part::Experiment(name) = &span.part { Some(name) } else { None });
            let place = named.and_then(|name| self.vocabulary.experiment_id(name)).or(self.preferred);
            if let Some(metric) = self.vocabulary.metric_with_word(words, place) {
                self.cover(index..index + 1, Part::Metric(metric));
            }
        }
    }

    /// `japanese`, where the store says `ja`.
    pub(in crate::agent::interpreter) fn languages(&mut self) {
        for index in 0..self.words.len() {
            let Some(code) = lexicon::language_code(self.word(index)).filter(|_| self.is_free(index..index + 1)) else { continue };
            let found = self.vocabulary.exact(code);
            let value =
                found.iter().find(|(entry, _)| entry.kind == Kind::Value).map(|(entry, _)| self.part_of(entry, &(index..index + 1)));
            if let Some(value) = value {
                self.cover(index..index + 1, value);
            }
        }
    }

    /// `which model should we ship`: the best, though nobody says so.
    pub(super) fn recommendations(&mut self) {
        let asks = self.words.iter().take(4).any(|word| matches!(word.as_str(), "which" | "what" | "whose"))
            && self.words.iter().any(|word| matches!(word.as_str(), "should" | "shall" | "recommend" | "suggest"));
        let has = |is: fn(&Part) -> bool| self.spans.iter().flatten().filter(|span| is(&span.part)).count();
        let is_ranked = has(|part| matches!(part, Part::End(..) | Part::Order(_) | Part::Conditions(_))) > 0;
        let runs = has(|part| matches!(part, Part::Run(_)));
        const CHOOSING: [&str; 14] = [
            "ship",
            "deploy",
            "take",
            "use",
            "pick",
            "choose",
            "keep",
            "prefer",
            "trust",
            "recommend",
            "suggest",
            "promote",
            "select",
            "go",
        ];
        let verb = self.words.iter().position(|word| CHOOSING.contains(&word.as_str()));
        if let Some(verb) = verb.filter(|verb| asks && !is_ranked && runs == 0 && self.is_free(*verb..verb + 1)) {
            self.cover(verb..verb + 1, Part::End(lexicon::End::Best, None));
        }
        // `what is a good learning rate`: the one that goes with the best.
        let is_quality = |place: &usize| {
            matches!(self.word(*place), "good" | "decent" | "sensible" | "reasonable")
                && matches!(self.word(place.wrapping_sub(1)), "a" | "an" | "some")
                && matches!(self.spans.get(place + 1), Some(Some(Span { part: Part::Parameter(_), .. })))
        };
        let asks_for_value = self.words.first().is_some_and(|word| matches!(word.as_str(), "what" | "whats" | "which" | "is"));
        if let Some(quality) = (0..self.words.len()).find(is_quality).filter(|_| asks_for_value && !is_ranked && runs == 0) {
            self.cover(quality..quality + 1, Part::End(lexicon::End::Best, None));
        }
    }
}
