//! `compare_runs`: runs side by side.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::at_step::points_at_step;
use super::error::ToolError;
use super::parameter_impact::{EffectView, asked_parameters, few_runs_caveat};
use super::resolve::{self, Place, Wants};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{Extreme, Number, ParamValue, Resolved, ResolvedDirection, ResolvedRun, Table, counted, listed, plain, shown};
use crate::domain::chart::{Chart, Comparison as ComparisonChart, MetricPanel, Plot, Prepared};
use crate::domain::compare::{self, MetricRow};
use crate::domain::impact;
use crate::domain::metric::{Direction, Metric};
use crate::domain::run::{Param, Run};
use crate::store::{Reach, TableQuery};

/// Compares runs side by side: metrics with the best run of each and the differences, parameters that differ, and which of them go with the main metric in the experiment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareRuns {
    /// Id, name or part of it; left out, the one that holds the runs.
    experiment: Option<String>,
    /// Ids, names or numbers, or phrases such as `last 3`, `first two`, `best 3 by f1_score`; at least two runs in all.
    #[schemars(length(min = 1))]
    run_ids: Vec<String>,
    /// Only these metrics, the main one first.
    metrics: Option<Vec<String>>,
    /// Only these parameters.
    parameters: Option<Vec<String>>,
    /// Values at this training step (the last up to it), not the latest.
    #[schemars(range(min = -9_007_199_254_740_991_i64, max = 9_007_199_254_740_991_i64))]
    step: Option<i64>,
}

/// Runs side by side.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Compared {
    /// The comparison in short.
    comparison: Comparison,
    /// Each metric over the runs, the main one first.
    metrics: Vec<MetricView>,
    /// Parameters whose values differ, by name, in the order of the runs.
    differing_parameters: BTreeMap<String, Vec<Option<ParamValue>>>,
    /// Parameters that all runs share.
    identical_parameters: BTreeMap<String, ParamValue>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

/// The comparison in short.
#[derive(Debug, Serialize, JsonSchema)]
struct Comparison {
    /// One row a run: `run_id`, `run_name`, and each metric under its own name.
    runs: Vec<BTreeMap<String, Cell>>,
    /// The id of the best run by the main metric; null where none has a value or several tie.
    best_run: Option<String>,
    /// The name of the best run.
    best_run_name: Option<String>,
    /// How each numeric parameter correlates with the main metric over all runs of the experiment.
    parameter_impact: BTreeMap<String, BTreeMap<String, Number>>,
}

/// A run's id or name, or a metric's value.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Cell {
    /// An id or name.
    Text(String),
    /// A value; null where the run has none.
    Value(Option<Number>),
}

/// One metric over the runs.
#[derive(Debug, Serialize, JsonSchema)]
struct MetricView {
    /// The key.
    metric: String,
    /// Whether `max` or `min` is better.
    better: Extreme,
    /// The values in the order of the runs; null where a run has none.
    values: Vec<Option<Number>>,
    /// Names of the best runs: several where they tie, none where no run has a number.
    best_runs: Vec<String>,
    /// Difference of each value to that of the first run.
    difference_to_first: Vec<Option<Number>>,
    /// Difference of each value to the best.
    difference_to_best: Vec<Option<Number>>,
}

/// How many runs one comparison takes.
const RUNS_AT_MOST: usize = 50;

/// How many metrics a comparison shows unless they are named.
const METRICS_SHOWN: usize = 20;

impl Tool for CompareRuns {
    const NAME: &'static str = "compare_runs";
    const TITLE: &'static str = "Compare runs";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Post, path: "/api/v1/ml/experiments/{experiment}/compare" };
    const PHRASES: &'static [&'static str] = &[
        "compare {run} and {run}",
        "compare {run} with {run}",
        "compare runs {run} {run}",
        "compare the {runs} runs",
        "compare the {runs} runs of {experiment}",
        "compare the {top} runs",
        "compare the {top} runs by {metric}",
        "compare the {top} and the {top} runs",
        "compare {run} to the {direction} run",
        "{run} vs {run}",
        "{run} versus {run} on {metric}",
        "what is the difference between {run} and {run}",
        "how do {run} and {run} differ",
        "how does {run} compare to {run}",
        "put {run} and {run} side by side",
        "put the {runs} runs side by side",
        "compare {metric} of {run} and {run}",
        "compare {runs} runs by {metric} and {metric}",
        "compare {parameter} of {run} and {run}",
        "which is better {run} or {run}",
        "compare {run}",
        "compare the {direction} and the {direction} run",
        "compare all runs",
        "compare the {direction} run with the {runs} run",
        "compare {condition} runs",
    ];
    const DRAWS: bool = true;
    const DETAILS: &'static [&'static str] = &["metrics", "comparison.parameter_impact", "differing_parameters", "identical_parameters"];
    type Output = Compared;

    async fn call(self, context: &Context) -> Result<Compared, ToolError> {
        let asked_metrics = self.metrics.clone().unwrap_or_default();
        let wants = Wants { metrics: &asked_metrics, runs: &self.run_ids, ..Wants::default() };
        let place = resolve::place(context, self.experiment.as_deref(), wants).await?;
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        let runs = self.runs(context, &place, &mut caveats).await?;
        let main = self.main_metric(context, &place, &runs).await?;
        let rows = self.metric_rows(context, &place, &runs, &main, &mut caveats).await?;
        let params: Vec<&[Param]> = runs.iter().map(|run| run.params.as_slice()).collect();
        let mut compared_params = compare::compare_params(&params);
        let known_params = resolve::param_keys(context, &place.experiment.id).await?;
        let asked_params = asked_parameters(self.parameters.as_deref(), &known_params)?;
        if !asked_params.is_empty() {
            compared_params.differing.retain(|row| asked_params.contains(&row.key));
            compared_params.identical.retain(|param| asked_params.contains(&param.key));
        }
        let query = TableQuery {
            experiment_ids: vec![place.experiment.id.clone()],
            metric_keys: vec![main.clone()],
            param_keys: if asked_params.is_empty() { known_params } else { asked_params.clone() },
            // It stands beside the comparison: not worth reading ten thousand runs over REST for.
            reach: Reach::Newest,
            ..TableQuery::default()
        };
        let table = context.store.run_table(&query).await?;
        if !table.complete {
            caveats
                .push(format!("the impact of parameters is that over the newest {} runs; parameter_impact reads more", table.rows.len()));
        }
        let impact = impact::parameter_impact(&table, &main);
        caveats.extend(few_runs_caveat(&main, &impact));
        let names: Vec<ResolvedRun> = runs.iter().map(ResolvedRun::of).collect();
        let main_row = rows.iter().find(|row| row.key == main);
        let best = main_row.map(|row| row.ranking.best()).filter(|best| best.len() == 1).and_then(<[_]>::first);
        let best = best.and_then(|best| names.get(best.index));
        let (direction, reason) = Direction::of(&main, &place.experiment.tags);
        let correlation = format!("correlation_with_{}", main.strip_suffix("_score").unwrap_or(&main));
        let effects = impact.effects.iter().map(EffectView::of);
        let parameter_impact = effects.filter_map(|effect| {
            let figures = [(correlation.as_str(), effect.pearson), ("spearman", effect.spearman), ("n", Some(Number(effect.n as f64)))];
            effect.pearson?;
            let figures = figures.into_iter().filter_map(|(name, figure)| Some((plain(name), figure?)));
            Some((effect.parameter.clone(), figures.collect()))
        });
        Ok(Compared {
            comparison: Comparison {
                runs: names.iter().enumerate().map(|(index, name)| comparison_row(name, index, &rows)).collect(),
                best_run: best.map(|run| run.run_id.clone()),
                best_run_name: best.map(|run| run.run_name.clone()),
                parameter_impact: parameter_impact.collect(),
            },
            metrics: rows.iter().map(|row| metric_view(row, &names)).collect(),
            differing_parameters: compared_params
                .differing
                .into_iter()
                .map(|row| (plain(&row.key), row.values.into_iter().map(|value| value.map(|value| ParamValue(plain(&value)))).collect()))
                .collect(),
            identical_parameters: compared_params
                .identical
                .into_iter()
                .map(|param| (plain(&param.key), ParamValue(plain(&param.value))))
                .collect(),
            resolved: Resolved {
                experiment: Some(place.resolved()),
                runs: names,
                metrics: rows.iter().map(|row| plain(&row.key)).collect(),
                parameters: asked_params.iter().map(|key| plain(key)).collect(),
                direction: Some(ResolvedDirection::of(direction, &reason)),
            },
            caveats,
        })
    }
}

impl CompareRuns {
    async fn runs(&self, context: &Context, place: &Place, caveats: &mut Vec<String>) -> Result<Vec<Run>, ToolError> {
        let mut ids = resolve::runs(context, &place.experiment, &self.run_ids).await?;
        caveats.extend(context.limits.cut_runs(&mut ids, RUNS_AT_MOST));
        let runs = context.store.runs_by_id(&ids).await?;
        if let [only] = runs.as_slice() {
            let name = ResolvedRun::of(only).run_name;
            return Err(ToolError::InvalidArguments(format!(
                "a comparison needs at least two runs, but `run_ids` leads only to {name}; name another, or say `last 3` or `best 3`"
            )));
        }
        for run in &runs {
            if run.status != crate::domain::run::RunStatus::Finished {
                let (name, status) = (ResolvedRun::of(run).run_name, super::view::status_name(run.status));
                caveats.push(format!("{name} is {status}, so its values may not be final"));
            }
        }
        Ok(runs)
    }

    /// The metric by which the best run is told: the first asked for, else the primary metric if any of the runs has it, else their first.
    async fn main_metric(&self, context: &Context, place: &Place, runs: &[Run]) -> Result<String, ToolError> {
        if let Some(reference) = self.metrics.as_ref().and_then(|metrics| metrics.first()) {
            return resolve::metric_key(context, &place.experiment.id, reference).await;
        }
        let primary = resolve::primary(context, &place.experiment).await?;
        if runs.iter().any(|run| run.metric(&primary).is_some()) {
            return Ok(primary);
        }
        let first = runs.iter().flat_map(|run| &run.metrics).map(|metric| metric.key.clone()).min();
        Ok(first.unwrap_or(primary))
    }

    async fn metric_rows(
        &self,
        context: &Context,
        place: &Place,
        runs: &[Run],
        main: &str,
        caveats: &mut Vec<String>,
    ) -> Result<Vec<MetricRow>, ToolError> {
        let direction_of = |key: &str| Direction::of(key, &place.experiment.tags);
        let mut rows = match self.step {
            None => {
                let metrics: Vec<&[Metric]> = runs.iter().map(|run| run.metrics.as_slice()).collect();
                compare::compare_metrics(&metrics, direction_of)
            }
            Some(step) => self.rows_at_step(context, place, runs, step).await?,
        };
        if let Some(asked) = self.metrics.as_ref().filter(|asked| !asked.is_empty()) {
            let mut chosen = Vec::new();
            for reference in asked {
                let key = resolve::metric_key(context, &place.experiment.id, reference).await?;
                match rows.iter().find(|row| row.key == key) {
                    Some(row) => chosen.push(row.clone()),
                    None => caveats.push(format!("none of these runs has {}", plain(&key))),
                }
            }
            return Ok(chosen);
        }
        rows.sort_by_key(|row| row.key != main);
        if rows.len() > METRICS_SHOWN {
            caveats.push(format!("{METRICS_SHOWN} of {} metrics are shown; name the others to see them", rows.len()));
            rows.truncate(METRICS_SHOWN);
        }
        Ok(rows)
    }

    async fn rows_at_step(&self, context: &Context, place: &Place, runs: &[Run], step: i64) -> Result<Vec<MetricRow>, ToolError> {
        let mut keys: Vec<String> = runs.iter().flat_map(|run| run.metrics.iter().map(|metric| metric.key.clone())).collect();
        keys.sort();
        keys.dedup();
        let mut rows = Vec::new();
        for key in keys.iter().take(METRICS_SHOWN) {
            let points = points_at_step(context, runs, key, step).await?;
            let values = runs.iter().map(|run| points.get(&run.id).map(|point| point.value)).collect();
            let (direction, reason) = Direction::of(key, &place.experiment.tags);
            rows.push(compare::metric_row(key, values, direction, reason));
        }
        Ok(rows)
    }
}

fn comparison_row(name: &ResolvedRun, index: usize, rows: &[MetricRow]) -> BTreeMap<String, Cell> {
    let value = |row: &MetricRow| row.values.get(index).copied().flatten().map(Number);
    let mut cells: BTreeMap<String, Cell> = rows.iter().map(|row| (plain(&row.key), Cell::Value(value(row)))).collect();
    cells.insert("run_id".to_owned(), Cell::Text(name.run_id.clone()));
    cells.insert("run_name".to_owned(), Cell::Text(name.run_name.clone()));
    cells
}

fn metric_view(row: &MetricRow, names: &[ResolvedRun]) -> MetricView {
    let best = row.ranking.best().iter().filter_map(|best| names.get(best.index)).map(|run| run.run_name.clone());
    MetricView {
        metric: plain(&row.key),
        better: match row.ranking.direction {
            Direction::HigherIsBetter => Extreme::Max,
            Direction::LowerIsBetter => Extreme::Min,
        },
        values: row.values.iter().map(|value| value.map(Number)).collect(),
        best_runs: best.collect(),
        difference_to_first: row.against_first.iter().map(|delta| delta.as_ref().map(|delta| Number(delta.absolute))).collect(),
        difference_to_best: row.against_best.iter().map(|delta| delta.as_ref().map(|delta| Number(delta.absolute))).collect(),
    }
}

/// How many runs beside the best, and how many parameters, are told with their values.
const TOLD: usize = 3;

/// A longer value of a parameter stands in the table alone.
const WORD_CHARACTERS: usize = 24;

impl View for Compared {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let names: Vec<String> = self.resolved.runs.iter().map(|run| run.run_name.clone()).collect();
        let place = self.resolved.experiment.as_ref().map(|experiment| format!(" in {}", experiment.name)).unwrap_or_default();
        let mut said = format!(
            "{} of {}{place} compared: {}.",
            counted(names.len() as u64, "run"),
            counted(self.metrics.len() as u64, "metric"),
            listed(&names)
        )
        .replacen(" of ", " on ", 1);
        if let Some(main) = self.metrics.first() {
            match main.best_runs.as_slice() {
                [] => said.push_str(&format!(" None has a number for {}.", main.metric)),
                [only] => {
                    let valued = || names.iter().zip(&main.values).filter_map(|(name, value)| Some((name, shown((*value)?.0))));
                    let value = valued().find(|(name, _)| *name == only).map(|(_, value)| format!(": {value}")).unwrap_or_default();
                    let others: Vec<String> =
                        valued().filter(|(name, _)| *name != only).map(|(name, value)| format!("{name} {value}")).collect();
                    let others = if (1..=TOLD).contains(&others.len()) { format!(" ({})", others.join(", ")) } else { String::new() };
                    said.push_str(&format!(" {only} is best by {}{value}{others}.", main.metric));
                }
                several => said.push_str(&format!(" {} tie for the best {}.", listed(several), main.metric)),
            }
        }
        if !self.differing_parameters.is_empty() {
            let is_word = |value: &ParamValue| value.0.chars().count() <= WORD_CHARACTERS;
            let is_short = self.differing_parameters.len() <= TOLD
                && names.len() <= TOLD + 1
                && self.differing_parameters.values().flatten().flatten().all(is_word);
            let value = |value: &Option<_>| value.as_ref().map_or("–".to_owned(), |value: &ParamValue| value.0.clone());
            let told = |(key, values): (&String, &Vec<Option<ParamValue>>)| match is_short {
                true => format!("{key} ({})", values.iter().map(value).collect::<Vec<String>>().join(", ")),
                false => key.clone(),
            };
            let keys: Vec<String> = self.differing_parameters.iter().map(told).collect();
            said.push_str(&format!(" They differ in {}.", listed(&keys)));
        }
        said
    }

    fn table(&self) -> Option<Table> {
        let mut columns = vec![String::new()];
        columns.extend(self.resolved.runs.iter().map(|run| run.run_name.clone()));
        let mut rows: Vec<Vec<String>> = Vec::new();
        for metric in &self.metrics {
            let mut cells = vec![metric.metric.clone()];
            for (value, run) in metric.values.iter().zip(&self.resolved.runs) {
                let best = if metric.best_runs.contains(&run.run_name) { " ★" } else { "" };
                cells.push(value.map_or("–".into(), |value| format!("{}{best}", shown(value.0))));
            }
            rows.push(cells);
        }
        for (key, values) in &self.differing_parameters {
            let mut cells = vec![key.clone()];
            cells.extend(values.iter().map(|value| value.as_ref().map_or("–".into(), |value| value.0.clone())));
            rows.push(cells);
        }
        Some(Table { columns, rows })
    }

    fn chart(&self) -> Option<Prepared> {
        let panel = |metric: &MetricView| MetricPanel {
            metric: metric.metric.clone(),
            values: metric.values.iter().map(|value| value.map(|value| value.0)).collect(),
        };
        let runs: Vec<String> = self.resolved.runs.iter().map(|run| run.run_name.clone()).collect();
        let plot = Plot::Comparison(ComparisonChart { runs, metrics: self.metrics.iter().map(panel).collect() });
        let place = self.resolved.experiment.as_ref().map(|experiment| experiment.name.as_str());
        Some(Chart::prepare("Runs compared", place, plot))
    }
}
