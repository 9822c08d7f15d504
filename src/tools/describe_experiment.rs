//! `describe_experiment`: what is logged in an experiment.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve::{self, Wants};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{
    Extreme, Number, Resolved, ResolvedDirection, Table, counted, description, lifecycle_name, listed, own_tags, plain, shown, status_name,
};
use crate::domain::metric::{Direction, primary_metric};
use crate::store::{MetricSummary, ParamSummary};

/// Tells what an experiment logs: metrics with range and better direction, parameters with their commonest values, and how many runs have which status.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DescribeExperiment {
    /// Id, name or part of it; left out, the one in question.
    experiment: Option<String>,
}

/// What an experiment holds.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Description {
    /// MLflow's id.
    id: String,
    /// Its name.
    name: String,
    /// `active` or `deleted`.
    status: &'static str,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its tags, MLflow's own left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// How many active runs it has.
    run_count: u64,
    /// Active runs by status.
    runs_by_status: BTreeMap<&'static str, u64>,
    /// The metric that "best" means when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_metric: Option<String>,
    /// Metrics by key.
    metrics: Vec<MetricItem>,
    /// Parameters by key.
    parameters: Vec<ParamItem>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

/// One metric of an experiment.
#[derive(Debug, Serialize, JsonSchema)]
struct MetricItem {
    /// The key.
    metric: String,
    /// Runs that logged it.
    run_count: u64,
    /// Lowest latest value.
    min: Option<Number>,
    /// Highest latest value.
    max: Option<Number>,
    /// Runs whose latest value is NaN.
    #[serde(skip_serializing_if = "is_zero")]
    nan_count: u64,
    /// Whether `max` or `min` is better.
    better: Extreme,
}

/// One parameter of an experiment.
#[derive(Debug, Serialize, JsonSchema)]
struct ParamItem {
    /// The key.
    parameter: String,
    /// Runs that logged it.
    run_count: u64,
    /// How many different values.
    distinct: u64,
    /// The commonest values, commonest first.
    values: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How many keys a description lists before it is cut.
const KEYS_SHOWN: usize = 100;

/// How many values of a parameter a description lists.
const VALUES_SHOWN: usize = 6;

impl Tool for DescribeExperiment {
    const NAME: &'static str = "describe_experiment";
    const TITLE: &'static str = "Describe an experiment";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}" };
    const PHRASES: &'static [&'static str] = &[
        "what is logged in {experiment}",
        "describe {experiment}",
        "describe the experiment {experiment}",
        "what metrics are logged in {experiment}",
        "which metrics does {experiment} log",
        "which metrics are there",
        "what parameters are recorded in {experiment}",
        "which parameters does {experiment} record",
        "which hyperparameters are tracked in {experiment}",
        "summary of {experiment}",
        "tell me about {experiment}",
        "tell me about the experiment {experiment}",
        "overview of {experiment}",
        "what is in {experiment}",
        "list the metrics",
        "list the parameters of {experiment}",
        "what does {experiment} contain",
        "what metrics does {experiment} have",
        "range of {metric} in {experiment}",
        "which metrics and parameters are logged",
        "show details of the experiment {experiment}",
        "{experiment}",
        "status of {experiment}",
        "what tags does {experiment} have",
        "how is {experiment} doing",
        "who owns {experiment}",
        "benchmarks of {experiment}",
        "explain what {experiment} is",
    ];
    type Output = Description;

    async fn call(self, context: &Context) -> Result<Description, ToolError> {
        let place = resolve::place(context, self.experiment.as_deref(), Wants::default()).await?;
        let experiment = &place.experiment;
        let metrics = context.store.metric_summaries(&experiment.id).await?;
        let params = context.store.param_summaries(&experiment.id).await?;
        let counts = context.store.status_counts(std::slice::from_ref(&experiment.id)).await?.into_iter().next().unwrap_or_default();
        let run_counts: Vec<(String, u64)> = metrics.iter().map(|summary| (summary.key.clone(), summary.runs)).collect();
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        for (what, count) in [("metrics", metrics.len()), ("parameters", params.len())] {
            if count > KEYS_SHOWN {
                caveats.push(format!("{KEYS_SHOWN} of {count} {what} are listed"));
            }
        }
        let better = |key: &str| {
            let (direction, reason) = Direction::of(key, &experiment.tags);
            ResolvedDirection::of(direction, &reason).order
        };
        Ok(Description {
            id: experiment.id.0.clone(),
            name: plain(&experiment.name),
            status: lifecycle_name(experiment.lifecycle),
            description: description(experiment),
            tags: own_tags(experiment),
            run_count: counts.values().sum(),
            runs_by_status: counts
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(status, count)| (status_name(status), count))
                .collect(),
            primary_metric: primary_metric(run_counts.iter().map(|(key, runs)| (key.as_str(), *runs)), &experiment.tags).map(plain),
            metrics: metrics.into_iter().take(KEYS_SHOWN).map(|summary| metric_item(&better(&summary.key), summary)).collect(),
            parameters: params.into_iter().take(KEYS_SHOWN).map(param_item).collect(),
            resolved: Resolved { experiment: Some(place.resolved()), ..Resolved::default() },
            caveats,
        })
    }
}

fn metric_item(better: &Extreme, summary: MetricSummary) -> MetricItem {
    MetricItem {
        metric: plain(&summary.key),
        run_count: summary.runs,
        min: summary.min.map(Number),
        max: summary.max.map(Number),
        nan_count: summary.nan,
        better: *better,
    }
}

fn param_item(summary: ParamSummary) -> ParamItem {
    ParamItem {
        parameter: plain(&summary.key),
        run_count: summary.runs,
        distinct: summary.distinct,
        values: summary.values.into_iter().take(VALUES_SHOWN).map(|(value, _)| plain(&value)).collect(),
    }
}

impl View for Description {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let statuses: Vec<String> = self.runs_by_status.iter().map(|(status, count)| format!("{count} {status}")).collect();
        let statuses = if statuses.is_empty() { String::new() } else { format!(" ({})", listed(&statuses)) };
        let mut said = format!("{} has {}{statuses}.", self.name, counted(self.run_count, "run"));
        let metrics: Vec<String> = self.metrics.iter().map(|item| item.metric.clone()).collect();
        if metrics.is_empty() {
            said.push_str(" No metric is logged yet.");
        } else {
            said.push_str(&format!(" Its metrics are {}.", listed(&metrics)));
        }
        let parameters: Vec<String> = self.parameters.iter().map(|item| item.parameter.clone()).collect();
        if !parameters.is_empty() {
            said.push_str(&format!(" Its parameters are {}.", listed(&parameters)));
        }
        if let Some(description) = &self.description {
            said.push_str(&format!(" It is described as “{description}”."));
        }
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            said.push_str(&format!(" It is tagged {}.", listed(&tags)));
        }
        if let Some(primary) = &self.primary_metric {
            said.push_str(&format!(" “Best” means best {primary} unless another metric is named."));
        }
        said
    }

    fn table(&self) -> Option<Table> {
        let columns = ["name", "kind", "runs", "range or values"].map(str::to_owned).to_vec();
        let range = |item: &MetricItem| match (item.min, item.max) {
            (Some(min), Some(max)) => {
                format!("{} … {} ({} is better)", shown(min.0), shown(max.0), if item.better == Extreme::Max { "higher" } else { "lower" })
            }
            _ => "no number".to_owned(),
        };
        let metrics = self.metrics.iter().map(|item| vec![item.metric.clone(), "metric".into(), item.run_count.to_string(), range(item)]);
        let values = |item: &ParamItem| {
            let more = item.distinct.saturating_sub(item.values.len() as u64);
            let more = if more > 0 { format!(", … {more} more") } else { String::new() };
            format!("{}{more}", item.values.join(", "))
        };
        let parameters =
            self.parameters.iter().map(|item| vec![item.parameter.clone(), "parameter".into(), item.run_count.to_string(), values(item)]);
        let rows: Vec<Vec<String>> = metrics.chain(parameters).collect();
        (!rows.is_empty()).then_some(Table { columns, rows })
    }
}
