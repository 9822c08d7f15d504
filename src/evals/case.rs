//! Cases: what a person says, turn by turn, and what must come of it.
//!
//! One case is one line of JSONL; a suite of paraphrases is written as YAML families (`suite`). The schemas in `evals/` are made
//! from these types. It knows what may be expected, not how that is found out (`matcher`, `score`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::matcher::Matcher;
use crate::tools;

/// One conversation with a fixture store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique among all suites: the family and a number, such as `best.f1.03`.
    pub id: String,
    /// The suite: the name of the file or folder that the case stands in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suite: String,
    /// Paraphrases of one question are one family: they share a split and count as one cluster.
    pub family: String,
    /// The half of the cases that it is of, where it is not left to its family's name: `dev` once somebody has learned from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// What the case is about beside its suite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The fixture store, a file of `evals/fixtures` without its ending.
    pub fixture: String,
    /// What is the matter with the store.
    #[serde(default, skip_serializing_if = "StoreState::is_well")]
    pub store: StoreState,
    /// What is said, in order, and what must come of each.
    pub turns: Vec<CaseTurn>,
    /// What the whole conversation may cost.
    #[serde(default, skip_serializing_if = "Budget::is_open")]
    pub budget: Budget,
}

/// Which half of the cases one belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// May be looked at while planners are improved.
    Dev,
    /// Is only counted.
    Heldout,
}

impl Split {
    /// The split of a family, from its name alone: the lowest bit of the first byte of its SHA-256. Nobody chooses it.
    #[must_use]
    pub fn of(family: &str) -> Self {
        let digest = Sha256::digest(family.as_bytes());
        if digest.first().is_some_and(|byte| byte & 1 == 1) { Self::Heldout } else { Self::Dev }
    }

    /// Its word in files and flags.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Heldout => "heldout",
        }
    }
}

/// What is the matter with the store while a case is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreState {
    /// Nothing.
    #[default]
    Well,
    /// Its file is overwritten with garbage before the first turn: every read fails.
    Broken,
}

impl StoreState {
    fn is_well(&self) -> bool {
        *self == Self::Well
    }
}

/// One thing said, and what must come of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseTurn {
    /// The words.
    pub user: String,
    /// What must come of them.
    pub expect: Expect,
}

/// What must come of a turn.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// What the planner should do.
    #[serde(skip_serializing_if = "is_default")]
    pub outcome: Outcome,
    /// The calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ExpectedCall>,
    /// Other lists of calls that would do as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Vec<ExpectedCall>>,
    /// Whether the calls must come in this order.
    #[serde(skip_serializing_if = "is_default")]
    pub order: CallOrder,
    /// How many further reads a planner may make to find out; 2 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_extra_calls: Option<u32>,
    /// Tools that must not be called; `*` at the end stands for any ending. Tools that write, unless one is expected, never may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// What the answer must say.
    #[serde(skip_serializing_if = "is_default")]
    pub answer: AnswerExpect,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart: Option<ChartExpect>,
}

impl Expect {
    /// Whether the turn at `index` asks for something, and all that it asks for can be met.
    fn check(&self, index: usize) -> Result<(), String> {
        let asks_nothing = self.outcome == Outcome::Act && self.calls.is_empty() && self.answer == AnswerExpect::default();
        if asks_nothing && self.chart.is_none() {
            return Err("`expect` asks for nothing: neither calls nor words, and no other outcome".to_owned());
        }
        if self.calls.is_empty() && !self.alternatives.is_empty() {
            return Err("`alternatives` stand beside `calls`, of which there are none".to_owned());
        }
        let calls = || self.calls.iter().chain(self.alternatives.iter().flatten());
        calls().try_for_each(ExpectedCall::check)?;
        let references = calls().flat_map(|call| call.args.values()).flat_map(Matcher::references);
        let mut astray = references.filter(|reference| !is_reference(reference, index));
        if let Some(astray) = astray.next() {
            return Err(format!("`{astray}` refers to nothing: it should be such as `turn[0].run`, of a turn before this one"));
        }
        let is_tool = |pattern: &&String| tools::ALL.iter().any(|tool| matches_tool(pattern, tool.name));
        if let Some(pattern) = self.never.iter().find(|pattern| !is_tool(pattern)) {
            return Err(format!("`never` has `{pattern}`, which is no tool"));
        }
        let is_half = |fact: &&Fact| fact.value.is_none() && (fact.run.is_none() || fact.metric.is_none());
        match self.answer.facts.iter().find(is_half) {
            Some(fact) => Err(format!("a fact has a `value`, or a `run` and a `metric`: {fact:?}")),
            None => Ok(()),
        }
    }
}

/// Whether the name of a tool is one that a pattern of `never` means.
#[must_use]
pub fn matches_tool(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |head| name.starts_with(head))
}

/// Whether `turn[0].run` and the like refer to a turn before the one at `index`.
fn is_reference(reference: &str, index: usize) -> bool {
    let Some((turn, what)) = reference.strip_prefix("turn[").and_then(|rest| rest.split_once("].")) else { return false };
    let is_place = what.strip_prefix("runs[").and_then(|rest| rest.strip_suffix(']')).is_some_and(|place| place.parse::<usize>().is_ok());
    turn.parse::<usize>().is_ok_and(|turn| turn < index)
        && (is_place || matches!(what, "experiment" | "run" | "runs" | "metric" | "metrics"))
}

/// How many further reads a turn may make where its case does not say.
pub const EXTRA_CALLS: u32 = 2;

/// What a planner should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Make the calls and answer.
    #[default]
    Act,
    /// Write nothing, and say what is missing, not there, or which several things are meant.
    Clarify,
    /// Call nothing, and say that it cannot.
    Refuse,
    /// Call nothing, and answer: a greeting, a question about itself.
    AnswerOnly,
}

impl Outcome {
    /// Its word in files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Clarify => "clarify",
            Self::Refuse => "refuse",
            Self::AnswerOnly => "answer_only",
        }
    }
}

/// Whether calls must come in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOrder {
    /// In any order.
    #[default]
    Any,
    /// In the order of the list, with others between them.
    Listed,
}

/// A call that should be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCall {
    /// The tool.
    pub tool: String,
    /// Its arguments. What is not listed should be left out, or change nothing about the result.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Matcher>,
}

impl ExpectedCall {
    /// Whether the catalogue has the tool, with these arguments, and they can be met.
    ///
    /// # Errors
    /// What is not there, with what is.
    pub fn check(&self) -> Result<(), String> {
        let known = |names: &mut dyn Iterator<Item = &str>| names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let Some(tool) = tools::named(&self.tool) else {
            return Err(format!("there is no tool `{}`; there are {}", self.tool, known(&mut tools::ALL.iter().map(|tool| tool.name))));
        };
        let properties = tool.input_schema().get("properties").and_then(Value::as_object);
        for (name, matcher) in &self.args {
            let Some(schema) = properties.and_then(|properties| properties.get(name)) else {
                let names = known(&mut properties.into_iter().flat_map(Map::keys).map(String::as_str));
                return Err(format!("`{}` has no argument `{name}`; it has {names}", self.tool));
            };
            matcher.check(schema).map_err(|fault| format!("argument `{name}` of `{}`: {fault}", self.tool))?;
        }
        Ok(())
    }
}

/// What an answer must say. Looked at are its prose, its tables and its caveats, by the letters but not their case; a name counts
/// only where it stands by itself, so that `run-17` is not found in `run-170`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerExpect {
    /// Words that must stand there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Letters that must not, such as the canary of an injected instruction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_mentions: Vec<String>,
    /// Numbers with whose they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// A word, or one of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Mention {
    /// This.
    Word(String),
    /// One of these.
    Either {
        /// The words.
        any_of: Vec<String>,
    },
}

impl Mention {
    /// The words of which one must stand there.
    #[must_use]
    pub fn words(&self) -> &[String] {
        match self {
            Self::Word(word) => std::slice::from_ref(word),
            Self::Either { any_of } => any_of,
        }
    }
}

/// A number that the answer must give, as precisely as it prints it and to three digits at least, in a sentence or row with the run
/// and the metric whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The number; left out, the latest value of the metric in the run as the fixture has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The name of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The key of the metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
}

/// The picture that must come with an answer. Its points must be those of the expected call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartExpect {
    /// Its kind.
    pub kind: ChartKind,
    /// The curves, bars or runs, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// How the vertical axis of lines is divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y_scale: Option<ScaleKind>,
}

/// Kinds of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// No picture at all.
    None,
    /// Curves over steps or time.
    Lines,
    /// Runs side by side, a panel for each metric.
    Comparison,
    /// Runs ordered by a metric.
    Ranking,
    /// Correlations of parameters with a metric.
    Impact,
}

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are.
    Log,
}

/// What a conversation may cost; what is left out is not bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Calls of tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Tokens in and out, where the model tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Milliseconds. Advisory: machines differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
}

impl Budget {
    fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Case {
    /// The half that the case is of: the one it names, else its family's.
    #[must_use]
    pub fn split(&self) -> Split {
        self.split.unwrap_or_else(|| Split::of(&self.family))
    }

    /// Whether the case can be played, and every turn asks for something that can be met: else everybody would pass it, or nobody.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        if self.turns.is_empty() {
            return Err("it has no turn".to_owned());
        }
        self.turns.iter().enumerate().try_for_each(|(index, turn)| turn.expect.check(index))
    }

    /// A hash of all that the case says, for runs that are taken up again: a case that changed is played anew.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_follows_from_the_family_alone() {
        // Fixed for ever: a figure "of the held-out half" must mean the same half in every report.
        assert_eq!(Split::of("a"), Split::Dev);
        assert_eq!(Split::of("best.f1"), Split::of("best.f1"));
        let heldout = (0..1000).filter(|number| Split::of(&format!("family {number}")) == Split::Heldout).count();
        assert!((420..=580).contains(&heldout), "{heldout}");
    }

    #[test]
    fn a_misspelt_expectation_is_refused() {
        let fault = serde_json::from_str::<Expect>(r#"{"outcom": "act"}"#).unwrap_err().to_string();
        assert!(fault.contains("outcom"), "{fault}");
    }
}
