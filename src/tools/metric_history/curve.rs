//! One curve: its points, its figures, and what is said of it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::metric::MetricPoint;
use crate::domain::series::{self, Trend};
use crate::domain::time::Timestamp;
use crate::store::MetricCurve;
use crate::tools::view::{Number, ResolvedRun, plain, shown};

/// A sparkline's characters.
const SPARKLINE_WIDTH: usize = 32;

/// One metric of one run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Curve {
    /// MLflow's id of the run.
    pub(super) run_id: String,
    /// The run's name.
    pub(super) run_name: String,
    /// The metric.
    pub(super) metric: String,
    /// The curve in a few figures.
    pub(super) summary: SummaryView,
    /// The curve in a few characters.
    pub(super) sparkline: String,
    /// Points returned.
    pub(super) returned: usize,
    /// Points logged; null where the server sampled them and does not tell.
    pub(super) total: Option<u64>,
    /// The points by step, where there are several curves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) steps: Option<Vec<StepView>>,
    /// The step that is asked for, with the last point up to it.
    #[serde(skip)]
    pub(super) asked: Option<(i64, Option<MetricPoint>)>,
    #[serde(skip)]
    pub(super) points: Vec<MetricPoint>,
    #[serde(skip)]
    pub(super) start: Option<Timestamp>,
}

/// One point.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct StepView {
    /// The training step.
    pub(super) step: i64,
    /// The value.
    pub(super) value: Number,
    /// When it was logged, RFC 3339.
    pub(super) timestamp: String,
}

/// A curve in a few figures.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SummaryView {
    /// Points logged; null where the server sampled them.
    pub(super) n: Option<usize>,
    /// First value.
    pub(super) first: Option<Number>,
    /// Last value.
    pub(super) last: Option<Number>,
    /// Lowest value and its step.
    pub(super) min: Option<AtStep>,
    /// Highest value and its step.
    pub(super) max: Option<AtStep>,
    /// Points that are NaN; of the sample, where the server sampled.
    pub(super) nan_count: usize,
    /// Points that are infinite; of the sample, where the server sampled.
    pub(super) infinite_count: usize,
    /// `rising`, `falling`, `flat` or `noisy`; null where there are too few points to say.
    pub(super) trend: Option<&'static str>,
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct AtStep {
    /// The value.
    pub(super) value: Number,
    /// The training step.
    pub(super) step: i64,
}

impl Curve {
    /// Of a metric of a run, with the step that is asked for and the last point up to it.
    pub(super) fn of(
        name: &ResolvedRun,
        key: &str,
        found: &MetricCurve,
        asked: Option<(i64, Option<MetricPoint>)>,
        start: Option<Timestamp>,
    ) -> Self {
        let mut points = found.points.clone();
        // A curve that was reduced may have lost it.
        let lost = asked.and_then(|(_, point)| point).filter(|point| !points.iter().any(|known| known.step == point.step));
        if let Some(point) = lost {
            points.insert(points.partition_point(|known| known.step < point.step), point);
        }
        let step = |point: &MetricPoint| StepView { step: point.step, value: Number(point.value), timestamp: point.timestamp.to_string() };
        Self {
            run_id: name.run_id.clone(),
            run_name: name.run_name.clone(),
            metric: plain(key),
            summary: SummaryView::of(found),
            sparkline: series::sparkline(&found.points, SPARKLINE_WIDTH),
            returned: points.len(),
            total: found.total,
            steps: Some(points.iter().map(step).collect()),
            asked,
            points,
            start,
        }
    }

    /// The curve in words.
    pub(super) fn sentence(&self, place: &str) -> String {
        let summary = &self.summary;
        let has_course = self.total.is_none_or(|total| total > 1);
        let mut said = format!("{} of {}{place}", self.metric, self.run_name);
        if let Some((step, point)) = self.asked {
            said.push_str(&match point {
                Some(point) if point.step == step => format!(" is {} at step {step}", shown(point.value)),
                Some(point) => format!(" is {} at step {}, the last up to step {step}", shown(point.value), point.step),
                None => format!(" has no value up to step {step}"),
            });
            if !has_course {
                return format!("{said}.");
            }
            said.push_str("; it");
        }
        match (summary.first, summary.last) {
            (Some(first), Some(last)) if has_course => said.push_str(&format!(" goes from {} to {}", shown(first.0), shown(last.0))),
            (_, Some(last)) => said.push_str(&format!(" is {}", shown(last.0))),
            _ => {}
        }
        if has_course {
            match self.total {
                Some(total) => said.push_str(&format!(" over {total} points")),
                None => said.push_str(&format!(" over a sample, {} points of which are shown", self.returned)),
            }
            if let Some(min) = summary.min {
                said.push_str(&format!(", lowest {} at step {}", shown(min.value.0), min.step));
            }
            if let Some(max) = summary.max {
                said.push_str(&format!(", highest {} at step {}", shown(max.value.0), max.step));
            }
        }
        if summary.nan_count > 0 {
            said.push_str(&format!(", with {} NaN", summary.nan_count));
        }
        if summary.infinite_count > 0 {
            said.push_str(&format!(", with {} infinite", summary.infinite_count));
        }
        said.push('.');
        said
    }
}

impl SummaryView {
    fn of(curve: &MetricCurve) -> Self {
        let summary = &curve.summary;
        let at = |extreme: Option<MetricPoint>| extreme.map(|found| AtStep { value: Number(found.value), step: found.step });
        let value = |point: Option<MetricPoint>| point.map(|point| Number(point.value));
        Self {
            n: (!curve.sampled).then_some(summary.n),
            first: value(summary.first),
            last: value(summary.last),
            min: at(summary.min),
            max: at(summary.max),
            nan_count: summary.nan,
            infinite_count: summary.infinite,
            trend: match summary.trend {
                Trend::Rising => Some("rising"),
                Trend::Falling => Some("falling"),
                Trend::Flat => Some("flat"),
                Trend::Noisy => Some("noisy"),
                Trend::TooShort => None,
            },
        }
    }
}
