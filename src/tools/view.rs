//! The published shapes: how every surface shows experiments, runs and numbers. The only serialised forms of the domain.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use crate::domain::artifact::Artifact;
use crate::domain::experiment::{Experiment, Lifecycle, NOTE_TAG};
use crate::domain::filter::{Attribute, Clause, Field, Filter, Test};
use crate::domain::metric::{Direction, DirectionReason};
use crate::domain::run::{Run, RunStatus};
use crate::domain::time::Timestamp;

/// A number as JSON can hold it: NaN and ±inf are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match special_name(self.0) {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_f64(self.0),
        }
    }
}

fn special_name(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("Infinity")
    } else if value == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]})
    }
}

/// A parameter's value: a number where its text is one and prints back the same, else the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamValue(pub String);

impl Serialize for ParamValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<serde_json::Number>(&self.0) {
            Ok(number) if number.as_f64().is_some_and(f64::is_finite) => number.serialize(serializer),
            _ => serializer.serialize_str(&self.0),
        }
    }
}

impl JsonSchema for ParamValue {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ParamValue".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["number", "string"]})
    }
}

/// What the references in a call led to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
pub struct Resolved {
    /// The experiment, where the answer is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<ResolvedExperiment>,
    /// The runs, in the order of the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<ResolvedRun>,
    /// The metric keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// The parameter keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// Which values of the metric were taken as better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<ResolvedDirection>,
}

/// The experiment that a call was answered from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedExperiment {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why this one, where the call did not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Names of others that would fit as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// A run that a reference led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedRun {
    /// Its id.
    pub run_id: String,
    /// Its name.
    pub run_name: String,
}

impl ResolvedRun {
    /// Of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self { run_id: run.id.0.clone(), run_name: shown_name(&run.name, &run.id.0) }
    }
}

/// Which values were taken as better, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResolvedDirection {
    /// `max` where higher values are better, `min` where lower ones are.
    pub order: Extreme,
    /// Why.
    pub why: String,
}

/// Which end of a metric's values is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extreme {
    /// The highest value.
    Max,
    /// The lowest value.
    Min,
}

impl ResolvedDirection {
    /// Of the direction in which `metric` gets better.
    #[must_use]
    pub fn of(direction: Direction, reason: &DirectionReason) -> Self {
        let order = match direction {
            Direction::HigherIsBetter => Extreme::Max,
            Direction::LowerIsBetter => Extreme::Min,
        };
        let why = match reason {
            DirectionReason::NameSaysSo { word } => format!("the word `{word}` in its name says so"),
            DirectionReason::TagSaysSo => "a tag of the experiment says so".to_owned(),
            DirectionReason::Default => "metrics are taken as higher is better unless name or tag says otherwise".to_owned(),
            DirectionReason::Asked => "as asked".to_owned(),
        };
        Self { order, why }
    }
}

/// A run as lists and details show it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunView {
    /// MLflow's id of the run.
    pub run_id: String,
    /// The run's name.
    pub run_name: String,
    /// `completed`, `running`, `scheduled`, `failed` or `killed`.
    pub status: &'static str,
    /// Parameters; numbers where their text is one.
    pub parameters: BTreeMap<String, ParamValue>,
    /// Latest value of each metric.
    pub metrics: BTreeMap<String, Number>,
    /// Whole seconds from start to end; null while it runs.
    pub duration_seconds: Option<i64>,
    /// When it started, RFC 3339.
    pub created_at: Option<String>,
    /// Who started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl RunView {
    /// Of a whole run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        Self {
            run_id: run.id.0.clone(),
            run_name: shown_name(&run.name, &run.id.0),
            status: status_name(run.status),
            parameters: run.params.iter().map(|param| (plain(&param.key), ParamValue(plain(&param.value)))).collect(),
            metrics: run.metrics.iter().map(|metric| (plain(&metric.key), Number(metric.value))).collect(),
            duration_seconds: run.end.zip(run.start).and_then(|(end, start)| end.seconds_since(start)),
            created_at: run.start.map(|start| start.to_string()),
            user: run
                .user
                .clone()
                .or_else(|| run.tag("mlflow.user").map(str::to_owned))
                .filter(|user| !user.is_empty())
                .map(|user| plain(&user)),
        }
    }
}

/// A run's name, or the head of its id where it has none.
#[must_use]
pub fn shown_name(name: &str, id: &str) -> String {
    if name.trim().is_empty() { id.chars().take(8).collect() } else { plain(name) }
}

/// The seed's lower-case names of MLflow's statuses.
#[must_use]
pub fn status_name(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Scheduled => "scheduled",
        RunStatus::Finished => "completed",
        RunStatus::Failed => "failed",
        RunStatus::Killed => "killed",
    }
}

/// An experiment's lifecycle as published.
#[must_use]
pub fn lifecycle_name(lifecycle: Lifecycle) -> &'static str {
    match lifecycle {
        Lifecycle::Active => "active",
        Lifecycle::Deleted => "deleted",
    }
}

/// Tags that are people's, not MLflow's own.
#[must_use]
pub fn own_tags(experiment: &Experiment) -> BTreeMap<String, String> {
    experiment.tags.iter().filter(|tag| !tag.key.starts_with("mlflow.")).map(|tag| (plain(&tag.key), plain(&tag.value))).collect()
}

/// The experiment's description, if any.
#[must_use]
pub fn description(experiment: &Experiment) -> Option<String> {
    experiment.tag(NOTE_TAG).filter(|note| !note.trim().is_empty()).map(plain)
}

/// How many characters of a stored text are shown.
const SHOWN_CHARACTERS: usize = 500;

/// A stored text made safe to show: without control, bidirectional-override and tag characters, and not endless.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut shown: String = text.chars().filter(|letter| !is_deceptive(*letter)).take(SHOWN_CHARACTERS + 1).collect();
    if shown.chars().count() > SHOWN_CHARACTERS {
        shown = shown.chars().take(SHOWN_CHARACTERS).collect();
        shown.push('…');
    }
    shown
}

/// A longer stored text made safe to show, its lines and tabs kept.
#[must_use]
pub fn plain_text(text: &str) -> String {
    text.chars().filter(|letter| matches!(letter, '\n' | '\t') || !is_deceptive(*letter)).collect()
}

/// A number of bytes for people: `812 bytes`, `3.4 kB`, `1.2 MB`.
#[must_use]
pub fn shown_size(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut unit = "bytes";
    for larger in ["kB", "MB", "GB", "TB"] {
        if size < 1000.0 {
            break;
        }
        size /= 1000.0;
        unit = larger;
    }
    if unit == "bytes" { counted(bytes, "byte") } else { format!("{size:.1} {unit}") }
}

/// A file or folder of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ArtifactItem {
    /// Relative to the run's artifact root.
    pub path: String,
    /// Bytes; null for a folder.
    pub size: Option<u64>,
}

impl ArtifactItem {
    /// Of the store's.
    #[must_use]
    pub fn of(artifact: &Artifact) -> Self {
        Self { path: plain(&artifact.path), size: artifact.size }
    }
}

fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A number for people: six significant digits at most, as many as it needs.
#[must_use]
pub fn shown(value: f64) -> String {
    if !value.is_finite() {
        return special_name(value).unwrap_or("NaN").to_owned();
    }
    if value == value.trunc() && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    if (1e-4..1e9).contains(&rounded.abs()) { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// A share of a second as people read it: `342 s`, `5 min 42 s`, `2 h 5 min`.
#[must_use]
pub fn shown_duration(seconds: i64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// An instant as people read it: `2025-03-15 10:00 UTC`.
#[must_use]
pub fn shown_instant(instant: Timestamp) -> String {
    let text = instant.to_string();
    match (text.get(0..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// `1 run`, `24 runs`.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// ` with …`, for a filter as it was made; nothing for none. Runs that it chooses by their ids are counted, for nobody reads ids: ` among these 3`.
#[must_use]
pub fn filter_in_words(filter: &str) -> String {
    let is_choice = |clause: &Clause| clause.field == Field::Attribute(Attribute::RunId);
    let (chosen, rest): (Vec<Clause>, Vec<Clause>) = Filter::parse(filter).unwrap_or_default().clauses.into_iter().partition(is_choice);
    let mut said = String::new();
    for clause in &chosen {
        match &clause.test {
            Test::OneOf(ids) => said.push_str(&format!(" among these {}", ids.len())),
            Test::NoneOf(ids) => said.push_str(&format!(" beside these {}", ids.len())),
            _ => return format!(" with {filter}"),
        }
    }
    match (filter.is_empty(), chosen.is_empty()) {
        (true, _) => said,
        (false, true) => format!(" with {filter}"),
        (false, false) if rest.is_empty() => said,
        (false, false) => format!("{said} with {}", Filter { clauses: rest }),
    }
}

/// Words in a list: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// An answer as rows of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Cells, as many a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_cannot_hold_are_strings() {
        let values = [Number(0.912), Number(f64::NAN), Number(f64::INFINITY), Number(f64::NEG_INFINITY)];
        assert_eq!(serde_json::to_string(&values).unwrap(), r#"[0.912,"NaN","Infinity","-Infinity"]"#);
    }

    #[test]
    fn parameters_are_numbers_where_their_text_is_one() {
        let check = |text: &str, json: &str| assert_eq!(serde_json::to_string(&ParamValue(text.into())).unwrap(), json);
        check("200", "200");
        check("0.05", "0.05");
        check("xgboost", "\"xgboost\"");
        check("1e-3", "0.001");
        check("007", "\"007\"");
        check("NaN", "\"NaN\"");
    }

    #[test]
    fn numbers_for_people_keep_six_digits() {
        let check = |value: f64, text: &str| assert_eq!(shown(value), text);
        check(0.912, "0.912");
        check(0.123_456_789, "0.123457");
        check(342.0, "342");
        check(0.000_012_345, "1.2345e-5");
        check(f64::NAN, "NaN");
        check(-1.5, "-1.5");
        check(123_456.789, "123457");
    }

    #[test]
    fn deceptive_characters_are_left_out() {
        assert_eq!(plain("run\u{202e}71\u{1b}[31m\n"), "run71[31m");
        assert_eq!(plain(&"x".repeat(600)).chars().count(), 501);
    }
}
