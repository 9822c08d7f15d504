//! `metric_history`: curves of metrics over training.

mod curve;

use std::collections::BTreeMap;

use curve::{AtStep, Curve, StepView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at_step::points_at_step;
use super::error::ToolError;
use super::resolve::{self, Wants};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{Number, Resolved, ResolvedRun, Table, counted, listed, plain, shown};
use crate::domain::chart::{Chart, Lines, Plot, Point, Prepared, Scale, Series, XAxis};
use crate::domain::metric::MetricPoint;
use crate::store::HistoryQuery;

/// Plots training curves of metrics, of one run or several, in one chart; tells first, last, lowest, highest point and trend.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricHistory {
    /// Id, name or part of it; left out, the one that holds the runs.
    experiment: Option<String>,
    /// Ids, names, numbers or phrases such as `last 3`, `worst 2 by loss`.
    #[schemars(length(min = 1))]
    run_ids: Vec<String>,
    /// As people say them: `validation accuracy`.
    #[schemars(length(min = 1))]
    metrics: Vec<String>,
    /// Also its value at this step.
    #[schemars(range(min = -9_007_199_254_740_991_i64, max = 9_007_199_254_740_991_i64))]
    step: Option<i64>,
    /// Most points a curve.
    #[schemars(range(min = 1, max = 1_000_000))]
    max_points: Option<usize>,
    /// Horizontal axis: `step` (default), `relative_time` (seconds since start) or `wall_time`.
    x_axis: Option<XAxisChoice>,
    /// Vertical axis: `linear` (default) or `log`.
    y_scale: Option<YScaleChoice>,
}

/// What the horizontal axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum XAxisChoice {
    /// Training steps.
    Step,
    /// Seconds since the run began.
    RelativeTime,
    /// The clock.
    WallTime,
}

/// How the vertical axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum YScaleChoice {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are equally far apart.
    Log,
}

/// Curves of metrics.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct History {
    /// The metric, where all curves are of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    /// The points of the only curve, by step.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepView>>,
    /// The curves.
    curves: Vec<Curve>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
    #[serde(skip)]
    x_axis: XAxisChoice,
    #[serde(skip)]
    y_scale: YScaleChoice,
}

/// How many curves one answer holds.
const CURVES_AT_MOST: usize = 24;

/// How many points all curves of an answer have together, as a multiple of the limit of one.
const LIMITS_TOGETHER: usize = 4;

impl Tool for MetricHistory {
    const NAME: &'static str = "metric_history";
    const TITLE: &'static str = "Plot metric histories";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/runs/{run_ids}/metrics/{metrics}" };
    const PHRASES: &'static [&'static str] = &[
        "plot the {metric} curve for {run}",
        "plot {metric} of {run}",
        "plot {metric} for {run} and {run}",
        "plot {metric}",
        "plot {metric} of the {direction} run",
        "plot {metric} of the {runs} runs",
        "plot {metric} for the {top} runs",
        "draw {metric} of {run}",
        "show the {metric} curve of {run}",
        "show the {metric} history of {run}",
        "show {metric} of {run}",
        "show me {metric} for {run}",
        "show {metric} and {metric} of {run}",
        "show {metric} of {run} and {run}",
        "how did {metric} evolve in {run}",
        "how did the {metric} of {run} develop",
        "plot {run}",
        "plot the training curves of {run}",
        "graph {metric} over steps",
        "curve of {metric}",
        "{metric} curve",
        "{metric} curve of {run}",
        "{metric} history for {run}",
        "can i see the {metric} of {run}",
        "did the {metric} of {run} converge",
        "plot {metric} for all runs in {experiment}",
        "plot {metric} in {experiment}",
        "plot the loss",
        "trend of {metric} in {run}",
        "can i see the {metric} of the {runs} runs",
        "show the {metric} of the {runs} runs",
        "{metric} of {run} and {run} over time",
        "{metric} of {runs} runs over time",
    ];
    const DRAWS: bool = true;
    const DETAILS: &'static [&'static str] = &["steps", "curves.*.steps"];
    type Output = History;

    async fn call(self, context: &Context) -> Result<History, ToolError> {
        let wants = Wants { metrics: &self.metrics, runs: &self.run_ids, ..Wants::default() };
        let ahead = async {
            self.read_ahead(context).await;
            Ok(())
        };
        // Histories take the longest, so they are asked for first.
        let ((), place) = tokio::try_join!(ahead, resolve::place(context, self.experiment.as_deref(), wants))?;
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        let mut keys: Vec<String> = Vec::new();
        for reference in &self.metrics {
            let key = resolve::metric_key(context, &place.experiment.id, reference).await?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut ids = resolve::runs(context, &place.experiment, &self.run_ids).await?;
        let room = (CURVES_AT_MOST / keys.len().max(1)).max(1);
        caveats.extend(context.limits.cut_runs(&mut ids, room));
        let runs = context.store.runs_by_id(&ids).await?;
        let limit = context.limits.metric_history_limit.value;
        if self.max_points.is_some_and(|asked| asked > limit) {
            caveats.push(format!("TRACKING_METRIC_HISTORY_LIMIT is {limit} points a curve"));
        }
        let curve_count = (runs.len() * keys.len()).max(1);
        let at_most = self.max_points.unwrap_or(limit).min(limit).min((LIMITS_TOGETHER * limit / curve_count).max(2));
        let mut by_key = Vec::new();
        for key in &keys {
            let query = HistoryQuery { runs: runs.iter().map(|run| run.id.clone()).collect(), key: key.clone(), at_most, steps: None };
            by_key.push((key, context.store.metric_histories(&query).await?));
        }
        let mut at_step = BTreeMap::new();
        if let Some(step) = self.step {
            for key in &keys {
                at_step.insert(key, points_at_step(context, &runs, key, step).await?);
            }
        }
        let mut curves = Vec::new();
        for run in &runs {
            let name = ResolvedRun::of(run);
            for (key, found) in &by_key {
                let asked = self.step.map(|step| (step, at_step.get(key).and_then(|points| points.get(&run.id)).copied()));
                match found.iter().find(|curve| curve.run == run.id && !curve.points.is_empty()) {
                    Some(found) => curves.push(Curve::of(&name, key, found, asked, run.start)),
                    None => caveats.push(format!("{} has no {}", name.run_name, plain(key))),
                }
            }
        }
        if curves.is_empty() {
            let names: Vec<String> = runs.iter().map(|run| ResolvedRun::of(run).run_name).collect();
            return Err(ToolError::Nothing(format!("{} was not logged by {}", listed(&keys), listed(&names))));
        }
        let reduced = curves.iter().filter(|curve| curve.total.is_some_and(|total| (curve.returned as u64) < total)).count();
        if let Some(most) = curves.iter().filter_map(|curve| curve.total).max().filter(|_| reduced > 0) {
            caveats
                .push(format!("curves are reduced to at most {at_most} points of up to {most}; first, last, lowest and highest are kept"));
        }
        let sampled = curves.iter().filter(|curve| curve.total.is_none()).count();
        if sampled > 0 {
            caveats.push(format!(
                "the server sampled {sampled} of {}: how many points were logged is not known, and the lowest and highest are those of the sample",
                counted(curves.len() as u64, "curve")
            ));
        }
        let mut steps = None;
        if let [only] = curves.as_mut_slice() {
            steps = only.steps.take();
        }
        Ok(History {
            metric: if let [only] = keys.as_slice() { Some(plain(only)) } else { None },
            steps,
            resolved: Resolved {
                experiment: Some(place.resolved()),
                runs: runs.iter().map(ResolvedRun::of).collect(),
                metrics: keys.iter().map(|key| plain(key)).collect(),
                ..Resolved::default()
            },
            curves,
            caveats,
            x_axis: self.x_axis.unwrap_or(XAxisChoice::Step),
            y_scale: self.y_scale.unwrap_or(YScaleChoice::Linear),
        })
    }
}

impl View for History {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let place = self.resolved.experiment.as_ref().map(|experiment| format!(" in {}", experiment.name)).unwrap_or_default();
        let shown_curves = self.curves.iter().take(6).map(|curve| curve.sentence(&place));
        let mut said: Vec<String> = shown_curves.collect();
        if self.curves.len() > said.len() {
            said.push(format!("All {} curves are in the table.", self.curves.len()));
        }
        said.join(" ")
    }

    fn table(&self) -> Option<Table> {
        let columns = ["run", "metric", "first", "last", "min (step)", "max (step)", "points", "curve"].map(str::to_owned).to_vec();
        let value = |value: Option<Number>| value.map_or("–".to_owned(), |value| shown(value.0));
        let extreme = |extreme: Option<AtStep>| extreme.map_or("–".to_owned(), |at| format!("{} ({})", shown(at.value.0), at.step));
        let row = |curve: &Curve| {
            let summary = &curve.summary;
            vec![
                curve.run_name.clone(),
                curve.metric.clone(),
                value(summary.first),
                value(summary.last),
                extreme(summary.min),
                extreme(summary.max),
                curve.total.map_or_else(|| "sampled".to_owned(), |total| total.to_string()),
                curve.sparkline.clone(),
            ]
        };
        Some(Table { columns, rows: self.curves.iter().map(row).collect() })
    }

    fn chart(&self) -> Option<Prepared> {
        let several_metrics = self.resolved.metrics.len() > 1;
        let several_runs = self.resolved.runs.len() > 1;
        let series = self.curves.iter().map(|curve| Series {
            label: match (several_metrics, several_runs) {
                (true, true) => format!("{} {}", curve.run_name, curve.metric),
                (true, false) => curve.metric.clone(),
                (false, _) => curve.run_name.clone(),
            },
            points: curve.points.iter().map(|point| Point { x: self.x_of(curve, point), y: point.value }).collect(),
        });
        let y_label = if several_metrics { "value".to_owned() } else { self.resolved.metrics.first().cloned().unwrap_or_default() };
        let x = match self.x_axis {
            XAxisChoice::Step => XAxis::Step,
            XAxisChoice::RelativeTime => XAxis::RelativeTime,
            XAxisChoice::WallTime => XAxis::WallTime,
        };
        let y_scale = match self.y_scale {
            YScaleChoice::Linear => Scale::Linear,
            YScaleChoice::Log => Scale::Log,
        };
        let runs: Vec<String> = self.resolved.runs.iter().map(|run| run.run_name.clone()).collect();
        let whose = if runs.len() <= 3 { listed(&runs) } else { format!("{} runs", runs.len()) };
        let title = format!("{} of {whose}", listed(&self.resolved.metrics));
        let place = self.resolved.experiment.as_ref().map(|experiment| experiment.name.as_str());
        Some(Chart::prepare(&title, place, Plot::Lines(Lines { x, y_label, y_scale, series: series.collect() })))
    }
}

impl MetricHistory {
    /// Full ids and keys that are spelled exactly tell what will be read before anything was looked up.
    async fn read_ahead(&self, context: &Context) {
        let ids = resolve::full_ids(&self.run_ids);
        if ids.len() == self.run_ids.len() && ids.len() * self.metrics.len() <= CURVES_AT_MOST {
            context.store.read_histories_ahead(&ids, &self.metrics).await;
        }
    }
}

impl History {
    #[expect(clippy::cast_precision_loss, reason = "a chart's axis needs no more than 52 bits of a step or a millisecond")]
    fn x_of(&self, curve: &Curve, point: &MetricPoint) -> f64 {
        match self.x_axis {
            XAxisChoice::Step => point.step as f64,
            XAxisChoice::WallTime => point.timestamp.0 as f64,
            XAxisChoice::RelativeTime => {
                let start = curve.start.or_else(|| curve.points.first().map(|first| first.timestamp)).unwrap_or(point.timestamp);
                (point.timestamp.0 - start.0) as f64 / 1000.0
            }
        }
    }
}
