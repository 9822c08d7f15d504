//! What metrics are about, for words that name none: the cheapest run has the lowest of whatever the store calls its costs.

use super::reader::Reader;
use super::{Part, Span};
use crate::agent::interpreter::lexicon::{self, End};
use crate::agent::interpreter::vocabulary::Kind;
use crate::domain::filter::Comparison;

/// What a metric may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concept {
    Cost,
    Delay,
    Accuracy,
    Precision,
    Reward,
    Memory,
    Error,
}

impl Concept {
    /// The words that metrics of this kind have in their names.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Cost => &["cost", "price", "usd", "eur", "dollar", "dollars", "spend", "expense", "budget"],
            Self::Delay => &["latency", "delay", "ms", "rtf", "inference", "response"],
            Self::Accuracy => &["accuracy", "acc"],
            Self::Precision => &["precision"],
            Self::Reward => &["reward", "return"],
            Self::Memory => &["memory", "ram", "vram", "mem", "footprint"],
            Self::Error => &["error", "err", "rmse", "mae", "mse", "mape"],
        }
    }

    /// The concept of a noun that is no metric's name itself.
    fn of_noun(word: &str) -> Option<Self> {
        Some(match word {
            "cost" | "costs" | "price" | "prices" | "expense" | "expenses" | "spend" | "spending" | "money" => Self::Cost,
            "latency" | "latencies" | "delay" | "lag" | "speed" | "inference" => Self::Delay,
            "correctness" | "accuracies" => Self::Accuracy,
            "reward" | "rewards" => Self::Reward,
            "memory" | "ram" => Self::Memory,
            "error" | "errors" => Self::Error,
            _ => return None,
        })
    }
}

/// What a superlative is of.
fn superlative(word: &str) -> Option<Concept> {
    Some(match word {
        "cheapest" | "priciest" | "costliest" => Concept::Cost,
        "fastest" | "quickest" | "slowest" => Concept::Delay,
        _ => return None,
    })
}

/// What an adjective behind `most` or `least` speaks of, and whether more of it is a higher number.
fn quality(word: &str) -> Option<(Concept, bool)> {
    Some(match word {
        "expensive" | "costly" | "pricey" => (Concept::Cost, true),
        "cheap" | "affordable" | "economical" => (Concept::Cost, false),
        "accurate" | "correct" => (Concept::Accuracy, true),
        "precise" => (Concept::Precision, true),
        "rewarding" | "rewarded" => (Concept::Reward, true),
        "memory" => (Concept::Memory, true),
        _ => return None,
    })
}

/// The comparison that a comparative says, with what it compares.
fn comparative(word: &str) -> Option<(Comparison, Concept)> {
    Some(match word {
        "cheaper" => (Comparison::Lt, Concept::Cost),
        "pricier" | "costlier" | "dearer" => (Comparison::Gt, Concept::Cost),
        "faster" | "quicker" | "snappier" => (Comparison::Lt, Concept::Delay),
        "slower" => (Comparison::Gt, Concept::Delay),
        _ => return None,
    })
}

/// Words that tell that speed is of answers, not of training.
const ANSWERING: [&str; 12] = [
    "answers",
    "answer",
    "answering",
    "respond",
    "responds",
    "response",
    "inference",
    "predict",
    "predicts",
    "predictions",
    "serving",
    "latency",
];

impl Reader<'_> {
    /// `cheapest`, `most expensive`, `cheaper than 2`: an end or a comparison of the metric that is about it.
    pub(super) fn qualities(&mut self) {
        let by = self.words.iter().any(|word| matches!(word.as_str(), "by" | "on"));
        let is_metric = |span: &Span| matches!(span.part, Part::Metric(_));
        let names_metric = self.spans.iter().flatten().any(is_metric);
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let word = self.word(index).to_owned();
            let next = self.word(index + 1).to_owned();
            if let Some(concept) = superlative(&word) {
                let is_of_answers = ANSWERING.iter().any(|cue| self.words.iter().any(|said| said == cue));
                let is_meant = concept != Concept::Delay || is_of_answers && !names_metric && !by;
                if let Some(metric) = self.metric_about(concept).filter(|_| is_meant) {
                    self.imply(index, Part::Metric(metric));
                    for place in 0..self.words.len() {
                        if ANSWERING.contains(&self.word(place)) && self.is_free(place..place + 1) {
                            self.cover(place..place + 1, Part::Filler);
                        }
                    }
                }
            } else if let (true, Some((concept, is_more))) = (matches!(word.as_str(), "most" | "least"), quality(&next)) {
                let of_error = matches!(concept, Concept::Accuracy | Concept::Precision);
                if of_error && (names_metric || by || self.metric_about(concept).is_none()) {
                    // Accuracy in general, by whatever metric there is.
                    self.cover(index..index + 2, Part::End(if word == "most" { End::Best } else { End::Worst }, None));
                } else if let Some(metric) = self.metric_about(concept) {
                    if self.word(index + 2) == "first" && self.is_free(index + 2..index + 3) {
                        let end = if (word == "most") == is_more { End::Highest } else { End::Lowest };
                        self.cover(index + 2..index + 3, Part::Order(end));
                        self.cover(index..index + 1, Part::Filler);
                    } else if !is_more {
                        self.cover(index..index + 1, Part::End(if word == "most" { End::Lowest } else { End::Highest }, None));
                    }
                    self.cover(index + 1..index + 2, Part::Metric(metric));
                }
            } else if let (Some((comparison, concept)), "than") = (comparative(&word), next.as_str())
                && self.number_follows(index + 2)
                && let Some(metric) = self.metric_about(concept)
            {
                self.cover(index..index + 1, Part::Metric(metric));
                self.cover(index + 1..index + 2, Part::Comparison(comparison));
            } else if let ("more" | "less", Some((concept, is_more)), "than") = (word.as_str(), quality(&next), self.word(index + 2))
                && self.number_follows(index + 3)
                && let Some(metric) = self.metric_about(concept)
            {
                let comparison = if (word == "more") == is_more { Comparison::Gt } else { Comparison::Lt };
                self.cover(index..index + 2, Part::Metric(metric));
                self.cover(index + 2..index + 3, Part::Comparison(comparison));
            }
        }
    }

    /// `price`, where the store calls it `cost_usd`.
    pub(super) fn concepts(&mut self) {
        for index in 0..self.words.len() {
            if !self.is_free(index..index + 1) {
                continue;
            }
            let Some(concept) = Concept::of_noun(self.word(index)) else { continue };
            let Some(metric) = self.metric_about(concept) else { continue };
            let is_of_time = matches!(self.word(index + 1), "time" | "times") && self.is_free(index + 1..index + 2);
            self.cover(index..index + if is_of_time { 2 } else { 1 }, Part::Metric(metric));
        }
    }

    /// The metric about a concept: one of the experiment in question where there is one, the shortest name where there are several.
    fn metric_about(&self, concept: Concept) -> Option<String> {
        let named = self.spans.iter().flatten().find_map(|span| if let Part::Experiment(name) = &span.part { Some(name) } else { None });
        let place = named.and_then(|name| self.vocabulary.experiment_id(name)).or(self.preferred);
        self.vocabulary.metric_with_word(concept.words(), place)
    }

    /// `policies with …`, `which voice has …`: nouns that speak of runs where a store's runs are that.
    pub(super) fn run_nouns(&mut self) {
        for index in 0..self.words.len() {
            let word = self.word(index).to_owned();
            // `what did we try`
            let is_verb = word == "try" && index > 0 && matches!(self.word(index - 1), "to" | "we" | "i" | "you" | "they");
            if !lexicon::is_run_noun(&word) || is_verb {
                continue;
            }
            if matches!(self.word(index + 1), "experiment" | "project") {
                continue;
            }
            let is_head = index == 0
                || matches!(self.word(index - 1), "which" | "what" | "whose" | "the" | "all" | "many" | "any" | "list" | "show")
                || self.word(index - 1).bytes().all(|byte| byte.is_ascii_digit())
                || matches!(self.spans.get(index - 1), Some(Some(Span { part: Part::Experiment(_) | Part::ExperimentTag { .. }, .. })));
            let other_name = self.spans.iter().flatten().any(|span| {
                matches!(span.part, Part::Metric(_) | Part::Conditions(_) | Part::Value(..) | Part::Experiment(_))
                    && !span.words.contains(&index)
            });
            let is_part_of_name =
                matches!(
                    self.spans.get(index).and_then(Option::as_ref),
                    Some(Span { part: Part::Metric(_) | Part::Parameter(_), words, .. }) if words.len() == 1
                ) && !self.vocabulary.exact(&word).iter().any(|(entry, _)| matches!(entry.kind, Kind::Metric | Kind::Parameter));
            if self.is_free(index..index + 1) || is_part_of_name && is_head && other_name {
                self.cover(index..index + 1, Part::Meaning("run"));
            }
        }
    }
}
