//! MLflow's JSON, the only place that knows it: read tolerantly, made into domain values.
//!
//! Absent is empty: MLflow leaves out empty lists and unset fields. Numbers come as numbers or as text (plain `ProtoJSON` spells
//! 64-bit integers as text), doubles that are no numbers as `"NaN"`, `"Infinity"`, `"-Infinity"`.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};

use crate::domain::artifact::Artifact;
use crate::domain::experiment::{Experiment, ExperimentId, Lifecycle, Tag};
use crate::domain::metric::{Metric, MetricPoint};
use crate::domain::run::{Param, Run, RunId, RunStatus};
use crate::domain::time::Timestamp;

/// A page of `runs/search`.
#[derive(Debug, Deserialize)]
pub(super) struct RunsPage {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) runs: Vec<WireRun>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) next_page_token: String,
}

/// `runs/get`.
#[derive(Debug, Deserialize)]
pub(super) struct RunReply {
    pub(super) run: WireRun,
}

/// A page of `experiments/search`.
#[derive(Debug, Deserialize)]
pub(super) struct ExperimentsPage {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) experiments: Vec<WireExperiment>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) next_page_token: String,
}

/// `experiments/get` and `experiments/get-by-name`.
#[derive(Debug, Deserialize)]
pub(super) struct ExperimentReply {
    pub(super) experiment: WireExperiment,
}

/// `experiments/create`.
#[derive(Debug, Deserialize)]
pub(super) struct CreatedReply {
    pub(super) experiment_id: Text,
}

/// A page of `metrics/get-history`, or all of `metrics/get-history-bulk-interval`.
#[derive(Debug, Deserialize)]
pub(super) struct PointsPage {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metrics: Vec<WirePoint>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) next_page_token: String,
}

/// `artifacts/list`.
#[derive(Debug, Deserialize)]
pub(super) struct FilesReply {
    #[serde(default, deserialize_with = "or_default")]
    files: Vec<WireFile>,
}

/// `server-info`, of MLflow 3.9 and later.
#[derive(Debug, Deserialize)]
pub(super) struct ServerInfo {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) store_type: String,
    #[serde(default)]
    pub(super) workspaces_enabled: Option<bool>,
}

/// An error of MLflow.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorReply {
    #[serde(default)]
    pub(super) error_code: Option<Text>,
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// A key and a text, as requests and replies have them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Pair {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireRun {
    info: WireInfo,
    #[serde(default, deserialize_with = "or_default")]
    data: WireData,
}

#[derive(Debug, Deserialize)]
struct WireInfo {
    #[serde(default)]
    run_id: Option<String>,
    // The only name that servers before 1.0 knew.
    #[serde(default)]
    run_uuid: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    run_name: String,
    #[serde(default, deserialize_with = "or_default")]
    experiment_id: Text,
    #[serde(default, deserialize_with = "or_default")]
    user_id: String,
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default)]
    start_time: Option<Whole>,
    #[serde(default)]
    end_time: Option<Whole>,
    #[serde(default, deserialize_with = "or_default")]
    artifact_uri: String,
    #[serde(default, deserialize_with = "or_default")]
    lifecycle_stage: String,
}

#[derive(Debug, Default, Deserialize)]
struct WireData {
    #[serde(default, deserialize_with = "or_default")]
    metrics: Vec<WireMetric>,
    #[serde(default, deserialize_with = "or_default")]
    params: Vec<Pair>,
    #[serde(default, deserialize_with = "or_default")]
    tags: Vec<Pair>,
}

#[derive(Debug, Deserialize)]
struct WireMetric {
    key: String,
    #[serde(default)]
    value: Option<Double>,
    #[serde(default)]
    timestamp: Option<Whole>,
    #[serde(default)]
    step: Option<Whole>,
}

/// A point of a history. The key is the one that was asked for.
#[derive(Debug, Deserialize)]
pub(super) struct WirePoint {
    #[serde(default)]
    pub(super) run_id: Option<String>,
    #[serde(default)]
    value: Option<Double>,
    #[serde(default)]
    timestamp: Option<Whole>,
    #[serde(default)]
    step: Option<Whole>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireExperiment {
    experiment_id: Text,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    lifecycle_stage: String,
    #[serde(default)]
    creation_time: Option<Whole>,
    #[serde(default)]
    last_update_time: Option<Whole>,
    #[serde(default, deserialize_with = "or_default")]
    tags: Vec<Pair>,
}

#[derive(Debug, Deserialize)]
struct WireFile {
    path: String,
    #[serde(default)]
    is_dir: bool,
    #[serde(default)]
    file_size: Option<Whole>,
}

/// A run, with the columns whose place the domain fills from tags where they are empty.
#[derive(Debug)]
pub(super) struct FoundRun {
    pub(super) run: Run,
    /// The column `name`.
    pub(super) name: String,
    /// The column `user_id`.
    pub(super) user: String,
    /// The column `start_time`, 0 where the client sent none.
    pub(super) start: Option<i64>,
    /// The column `end_time`.
    pub(super) end: Option<i64>,
}

impl WireRun {
    /// The run; absent where it has no id.
    pub(super) fn into_run(self) -> Option<FoundRun> {
        let info = self.info;
        let mut params: Vec<Param> = self.data.params.into_iter().map(|pair| Param { key: pair.key, value: pair.value }).collect();
        params.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        let mut metrics: Vec<Metric> = self.data.metrics.into_iter().filter_map(WireMetric::into_metric).collect();
        metrics.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        let (start, end) = (info.start_time.map(|time| time.0), info.end_time.map(|time| time.0));
        let mut run = Run {
            id: RunId(info.run_id.or(info.run_uuid)?),
            name: info.run_name.clone(),
            experiment_id: ExperimentId(info.experiment_id.0),
            // As the SQLite store reads what it does not know.
            status: RunStatus::from_mlflow_name(&info.status).unwrap_or(RunStatus::Scheduled),
            lifecycle: lifecycle(&info.lifecycle_stage),
            user: Some(info.user_id.clone()).filter(|user| !user.is_empty()),
            start: Timestamp::from_mlflow(start),
            end: Timestamp::from_mlflow(end),
            artifact_uri: info.artifact_uri,
            params,
            metrics,
            tags: tags(self.data.tags),
        };
        if run.name.is_empty() {
            run.name = run.tag("mlflow.runName").unwrap_or_default().to_owned();
        }
        if run.user.is_none() {
            run.user = run.tag("mlflow.user").filter(|user| !user.is_empty()).map(str::to_owned);
        }
        Some(FoundRun { run, name: info.run_name, user: info.user_id, start, end })
    }
}

impl WireMetric {
    fn into_metric(self) -> Option<Metric> {
        let timestamp = Timestamp(self.timestamp.map_or(0, |time| time.0));
        Some(Metric { key: self.key, value: stored(self.value?.0), step: self.step.map_or(0, |step| step.0), timestamp })
    }
}

impl WirePoint {
    /// The point; absent where it has no value.
    pub(super) fn point(&self) -> Option<MetricPoint> {
        let timestamp = Timestamp(self.timestamp.as_ref().map_or(0, |time| time.0));
        Some(MetricPoint { step: self.step.as_ref().map_or(0, |step| step.0), timestamp, value: stored(self.value.as_ref()?.0) })
    }
}

impl WireExperiment {
    pub(super) fn into_experiment(self) -> Experiment {
        Experiment {
            id: ExperimentId(self.experiment_id.0),
            name: self.name,
            lifecycle: lifecycle(&self.lifecycle_stage),
            created: Timestamp::from_mlflow(self.creation_time.map(|time| time.0)),
            updated: Timestamp::from_mlflow(self.last_update_time.map(|time| time.0)),
            tags: tags(self.tags),
        }
    }
}

impl FilesReply {
    /// Files and folders, by path.
    pub(super) fn into_artifacts(self) -> Vec<Artifact> {
        // An empty file comes without its size, as everything that is 0 or empty does.
        let size = |file: &WireFile| (!file.is_dir).then(|| file.file_size.and_then(|size| u64::try_from(size.0).ok()).unwrap_or(0));
        let mut artifacts: Vec<Artifact> = self.files.into_iter().map(|file| Artifact { size: size(&file), path: file.path }).collect();
        artifacts.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        artifacts
    }
}

fn tags(pairs: Vec<Pair>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = pairs.into_iter().map(|pair| Tag { key: pair.key, value: pair.value }).collect();
    tags.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    tags
}

fn lifecycle(stage: &str) -> Lifecycle {
    if stage == "deleted" { Lifecycle::Deleted } else { Lifecycle::Active }
}

/// SQL servers keep ±inf as ±1.7976931348623157e308.
fn stored(value: f64) -> f64 {
    if value == f64::MAX {
        f64::INFINITY
    } else if value == f64::MIN {
        f64::NEG_INFINITY
    } else {
        value
    }
}

/// `null` is absent.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A whole number, spelled as a number or as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole(pub(super) i64);

/// A double, spelled as a number or as text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Double(pub(super) f64);

/// A text, which other makers of the API spell as a number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelled;
        impl Visitor<'_> for Spelled {
            type Value = Whole;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a whole number")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
                Ok(Whole(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
                i64::try_from(number).map(Whole).map_err(E::custom)
            }

            #[expect(clippy::cast_possible_truncation, reason = "a float that is whole and small enough is that number")]
            fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
                let is_whole = number.fract() == 0.0 && number.abs() < 9e15;
                if is_whole { Ok(Whole(number as i64)) } else { Err(E::custom(format!("`{number}` is no whole number"))) }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Whole, E> {
                text.trim().parse().map(Whole).map_err(|_| E::custom(format!("`{text}` is no whole number")))
            }
        }
        deserializer.deserialize_any(Spelled)
    }
}

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelled;
        impl Visitor<'_> for Spelled {
            type Value = Double;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number")
            }

            #[expect(clippy::cast_precision_loss, reason = "a metric is a double in MLflow")]
            fn visit_i64<E: Error>(self, number: i64) -> Result<Double, E> {
                Ok(Double(number as f64))
            }

            #[expect(clippy::cast_precision_loss, reason = "a metric is a double in MLflow")]
            fn visit_u64<E: Error>(self, number: u64) -> Result<Double, E> {
                Ok(Double(number as f64))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Double, E> {
                Ok(Double(number))
            }

            // Knows `NaN`, `inf` and `infinity` in any case, with a sign.
            fn visit_str<E: Error>(self, text: &str) -> Result<Double, E> {
                text.trim().parse().map(Double).map_err(|_| E::custom(format!("`{text}` is no number")))
            }
        }
        deserializer.deserialize_any(Spelled)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Spelled;
        impl Visitor<'_> for Spelled {
            type Value = Text;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
        }
        deserializer.deserialize_any(Spelled)
    }
}

/// The body with bare `NaN`, `Infinity` and `-Infinity` in quotes: Python writes them so, though they are no JSON.
pub(super) fn with_quoted_numbers(body: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(body.len() + 64);
    let mut rest = body;
    let mut in_text = false;
    while let Some((first, after)) = rest.split_first() {
        let word = [&b"NaN"[..], b"Infinity", b"-Infinity"].into_iter().find(|word| !in_text && rest.starts_with(word));
        if let Some(word) = word {
            mended.push(b'"');
            mended.extend(word);
            mended.push(b'"');
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        mended.push(*first);
        rest = after;
        if in_text && *first == b'\\' {
            mended.extend(rest.first());
            rest = rest.get(1..).unwrap_or_default();
        } else if *first == b'"' {
            in_text = !in_text;
        }
    }
    mended
}

/// The whole points at the beginning of a body of which the rest was not read.
pub(super) fn points_of_beginning(body: &[u8]) -> Vec<WirePoint> {
    let mut points = Vec::new();
    let Some(list) = body.iter().position(|byte| *byte == b'[') else { return points };
    let mut rest = body.get(list + 1..).unwrap_or_default();
    loop {
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        rest = rest.get(blank..).unwrap_or_default();
        if rest.first() != Some(&b'{') {
            return points;
        }
        let mut objects = serde_json::Deserializer::from_slice(rest).into_iter::<WirePoint>();
        let Some(Ok(point)) = objects.next() else { return points };
        points.push(point);
        rest = rest.get(objects.byte_offset()..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_spelling() {
        let whole = |json: &str| serde_json::from_str::<Whole>(json).ok().map(|number| number.0);
        assert_eq!(whole("1736938800000"), Some(1_736_938_800_000));
        assert_eq!(whole("\"1736938800000\""), Some(1_736_938_800_000));
        assert_eq!(whole("-1"), Some(-1));
        assert_eq!(whole("3.0"), Some(3));
        assert_eq!(whole("9223372036854775807"), Some(i64::MAX));
        assert_eq!(whole("18446744073709551615"), None);
        assert_eq!(whole("1.5"), None);
        assert_eq!(whole("\"x\""), None);
        let double = |json: &str| serde_json::from_str::<Double>(json).ok().map(|number| stored(number.0));
        assert_eq!(double("0.9607"), Some(0.9607));
        assert_eq!(double("1"), Some(1.0));
        assert_eq!(double("\"1.5\""), Some(1.5));
        assert!(double("\"NaN\"").is_some_and(f64::is_nan) && double("\"nan\"").is_some_and(f64::is_nan));
        for infinite in ["\"Infinity\"", "\"inf\"", "1.7976931348623157e+308"] {
            assert_eq!(double(infinite), Some(f64::INFINITY), "{infinite}");
        }
        for infinite in ["\"-Infinity\"", "\"-inf\"", "-1.7976931348623157e308"] {
            assert_eq!(double(infinite), Some(f64::NEG_INFINITY), "{infinite}");
        }
        assert_eq!(double("\"much\""), None);
    }

    #[test]
    fn absent_and_null_are_empty() {
        for json in ["{}", r#"{"runs":null,"next_page_token":null}"#, r#"{"runs":[],"next_page_token":"","more":1}"#] {
            let page: RunsPage = serde_json::from_str(json).unwrap();
            assert!(page.runs.is_empty() && page.next_page_token.is_empty(), "{json}");
        }
        let json = r#"{"info":{"run_uuid":"r","experiment_id":7,"status":"new","start_time":"0"},"data":{"metrics":[
            {"key":"b","value":"NaN","step":"2"},{"key":"a"},{"key":"a2","value":1,"timestamp":"5"}],"tags":[{"key":"mlflow.user","value":"ana"}]}}"#;
        let found = serde_json::from_str::<WireRun>(json).unwrap().into_run().unwrap();
        let run = found.run;
        assert_eq!((run.id.0.as_str(), run.experiment_id.0.as_str(), run.status), ("r", "7", RunStatus::Scheduled));
        assert_eq!((run.user.as_deref(), run.start, found.start), (Some("ana"), None, Some(0)));
        let metrics: Vec<_> = run.metrics.iter().map(|metric| (metric.key.as_str(), metric.step, metric.timestamp.0)).collect();
        assert_eq!(metrics, [("a2", 0, 5), ("b", 2, 0)]);
    }

    #[test]
    fn bare_words_of_python_are_quoted_outside_texts_only() {
        let check = |body: &str, expected: &str| {
            assert_eq!(String::from_utf8(with_quoted_numbers(body.as_bytes())).unwrap(), expected);
        };
        check(r#"{"a":NaN,"b":[-Infinity,Infinity]}"#, r#"{"a":"NaN","b":["-Infinity","Infinity"]}"#);
        check(r#"{"NaN":"a NaN \" NaN","b":1}"#, r#"{"NaN":"a NaN \" NaN","b":1}"#);
    }

    #[test]
    fn the_beginning_of_a_long_answer_gives_its_whole_points() {
        let body = br#"{ "metrics": [ {"key":"m","value":1,"step":0}, {"key":"m","value":"NaN","step":"1"},
            {"key":"m","val"#;
        let steps: Vec<_> = points_of_beginning(body).iter().filter_map(WirePoint::point).map(|point| point.step).collect();
        assert_eq!(steps, [0, 1]);
        assert!(points_of_beginning(b"{}").is_empty());
    }
}
