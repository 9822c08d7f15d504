//! Which tool an utterance asks for: the tool one of whose phrases it is most alike.
//!
//! A phrase and an utterance are compared as bags of features: the slots they have and the meanings of their words, each
//! weighing the more the fewer tools it occurs in. The likeness is the weighted F1 of the two bags.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::agent::interpreter::lexicon;
use crate::agent::interpreter::reading::{Part, Reading};
use crate::domain::reference::words;
use crate::tools::ALL;

/// A feature of a phrase or an utterance, such as `{metric}` or `plot`.
type Bag = BTreeMap<&'static str, usize>;

struct Phrase {
    tool: &'static str,
    bag: Bag,
}

/// A tool with how alike the utterance is to its likeliest phrase, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intent {
    /// The tool's name.
    pub(in crate::agent::interpreter) tool: &'static str,
    /// From 0, nothing in common, to 1, the phrase itself.
    pub(in crate::agent::interpreter) likeness: f64,
}

/// An utterance less alike than this to every phrase is not understood.
pub(super) const LEAST_LIKENESS: f64 = 0.5;

/// Every word that nobody knows weighs this much against every phrase.
const UNKNOWN_WEIGHT: f64 = 1.3;

/// How much what a question says may speak against a tool.
const AGAINST: f64 = 0.15;

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    ALL.iter().flat_map(|tool| tool.phrases.iter().map(|text| Phrase { tool: tool.name, bag: phrase_bag(text) })).collect()
});

static WEIGHTS: LazyLock<BTreeMap<&'static str, f64>> = LazyLock::new(|| {
    let mut tools: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    for phrase in PHRASES.iter() {
        for feature in phrase.bag.keys() {
            let known = tools.entry(*feature).or_default();
            if !known.contains(&phrase.tool) {
                known.push(phrase.tool);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of tools")]
    let weight = |count: usize| (1.0 + ALL.len() as f64 / count as f64).ln();
    tools.into_iter().map(|(feature, tools)| (feature, if feature == "{experiment}" { 0.1 } else { weight(tools.len()) })).collect()
});

/// The tools by how alike the utterance is to them, likeliest first.
pub(super) fn intents(reading: &Reading) -> Vec<Intent> {
    let bag = reading_bag(reading);
    let mut best: BTreeMap<&'static str, f64> = BTreeMap::new();
    for phrase in PHRASES.iter() {
        let likeness = likeness(&bag, &phrase.bag);
        let entry = best.entry(phrase.tool).or_insert(0.0);
        *entry = entry.max(likeness);
    }
    let mut intents: Vec<Intent> =
        best.into_iter().map(|(tool, likeness)| Intent { tool, likeness: likeness - contradiction(tool, reading) }).collect();
    intents.sort_by(|left, right| right.likeness.total_cmp(&left.likeness));
    intents
}

/// What speaks against a tool, however alike the phrases: one end of a ranking by a metric asks for one run, not for a list.
fn contradiction(tool: &str, reading: &Reading) -> f64 {
    const SORTING: [&str; 12] =
        ["sort", "sorted", "order", "ordered", "rank", "ranked", "ranking", "list", "all", "every", "ascending", "descending"];
    let ends = || reading.parts().filter(|part| matches!(part, Part::End(..)));
    let asks_for_one = ends().count() == 1 && ends().all(|part| matches!(part, Part::End(_, None | Some(1))));
    let lists = SORTING.iter().any(|word| reading.says(word)) || reading.parts().any(|part| matches!(part, Part::Order(_) | Part::Runs(_)));
    let of_metric = !reading.metrics().is_empty() && !reading.means("howlong") && !reading.means("howmany");
    if tool == "list_runs" && asks_for_one && of_metric && !lists { AGAINST } else { 0.0 }
}

fn likeness(utterance: &Bag, phrase: &Bag) -> f64 {
    let weight =
        |feature: &str| if feature == "{unknown}" { UNKNOWN_WEIGHT } else { WEIGHTS.get(feature).copied().unwrap_or(UNKNOWN_WEIGHT) };
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let total = |bag: &Bag| -> f64 { bag.iter().map(|(feature, count)| weight(feature) * (*count as f64)).sum() };
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let shared: f64 =
        phrase.iter().map(|(feature, count)| weight(feature) * (*count).min(utterance.get(feature).copied().unwrap_or(0)) as f64).sum();
    let all = total(utterance) + total(phrase);
    if all == 0.0 { 0.0 } else { 2.0 * shared / all }
}

fn phrase_bag(phrase: &'static str) -> Bag {
    let mut bag = Bag::new();
    let replaced = phrase.replace("how many", "howmany").replace("how long", "howlong");
    for word in replaced.split_whitespace() {
        let feature = match word {
            "{file}" | "{experiment}" | "{metric}" | "{parameter}" | "{run}" | "{runs}" | "{direction}" | "{top}" | "{condition}"
            | "{tag}" => slot(word),
            "who" => Some("user"),
            "when" => Some("start"),
            _ => words(word).first().and_then(|word| lexicon::meaning(word)),
        };
        if let Some(feature) = feature {
            *bag.entry(feature).or_default() += 1;
        }
    }
    cap(bag)
}

fn slot(word: &str) -> Option<&'static str> {
    const SLOTS: [&str; 10] =
        ["{file}", "{experiment}", "{metric}", "{parameter}", "{run}", "{runs}", "{direction}", "{top}", "{condition}", "{tag}"];
    SLOTS.into_iter().find(|slot| *slot == word)
}

fn reading_bag(reading: &Reading) -> Bag {
    let mut bag = Bag::new();
    for part in reading.parts() {
        let feature = match part {
            Part::Metric(_) => "{metric}",
            Part::Parameter(_) => "{parameter}",
            Part::Experiment(_) => "{experiment}",
            Part::ExperimentTag { .. } => "{tag}",
            Part::Run(_) | Part::Anaphor(_) => "{run}",
            Part::Runs(_) => "{runs}",
            Part::End(_, None | Some(1)) => "{direction}",
            Part::End(_, Some(_)) | Part::Order(_) => "{top}",
            Part::Conditions(_) | Part::Value(..) | Part::Length(..) => "{condition}",
            Part::Meaning(meaning) => meaning,
            Part::File(_) => "{file}",
            Part::Unknown => "{unknown}",
            Part::Or(_) | Part::Number(_) | Part::Comparison(_) | Part::Filler => continue,
        };
        *bag.entry(feature).or_default() += 1;
    }
    if reading.plots() {
        bag.insert("plot", 1);
    }
    // `in mlflow` says where everything is: it matters only where nothing else is named.
    let names = |part: &Part| !matches!(part, Part::Meaning(_) | Part::Unknown | Part::Filler | Part::Number(_) | Part::Comparison(_));
    if reading.parts().any(names) || ["run", "experiments", "metric", "parameter"].iter().any(|meaning| reading.means(meaning)) {
        bag.remove("store");
    }
    cap(bag)
}

/// Saying a thing again adds nothing; two runs are another matter than one.
fn cap(mut bag: Bag) -> Bag {
    for (feature, count) in &mut bag {
        *count = match *feature {
            "{run}" => (*count).min(2),
            "{unknown}" => (*count).min(4),
            _ => 1,
        };
    }
    bag
}
