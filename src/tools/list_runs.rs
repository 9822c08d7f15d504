//! `list_runs`: the runs of an experiment, filtered and sorted.

mod amounts;
mod answer;
mod duration;
mod rows;
mod spelling;

use std::collections::BTreeSet;

pub(super) use answer::table_of;
use duration::Bounds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve::{self, Place, Wants};
use super::tool::{Access, Context, Method, Route, Tool};
use super::view::{Resolved, ResolvedDirection, ResolvedRun, RunView, plain};
use crate::domain::filter::{Attribute, Clause, Field, Filter, RunOrder, SortDirection};
use crate::domain::metric::Direction;
use crate::store::{PageToken, RunQuery};

/// Lists the runs of an experiment with their parameters and latest metrics, filtered and sorted; also answers how many there are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListRuns {
    /// Id, name or part of it; left out, the one in question.
    experiment: Option<String>,
    /// In MLflow's search grammar: `metrics.f1_score > 0.9 AND params.algorithm = 'xgboost' AND attributes.status = 'FINISHED'`; `params.learning_rate < 0.1` compares numbers.
    filter: Option<String>,
    /// Only longer runs.
    longer_than_seconds: Option<u32>,
    /// Only shorter runs.
    shorter_than_seconds: Option<u32>,
    /// `metrics.f1_score`, `params.max_depth`, `start_time`, `duration`, a metric's name, or `best` for the primary metric.
    sort_by: Option<String>,
    /// For a metric, best first unless given.
    order: Option<Order>,
    /// 20 unless given.
    #[schemars(range(min = 1, max = 50000))]
    limit: Option<usize>,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
    /// `concise` (default): the metrics and parameters that matter most; `detailed`: all of them.
    response_format: Option<ResponseFormat>,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Lowest first.
    Asc,
    /// Highest first.
    Desc,
    /// For a metric, the worse end first.
    WorstFirst,
}

/// How much of each run to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ResponseFormat {
    /// What matters most.
    Concise,
    /// Everything.
    Detailed,
}

/// Runs, a page of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Runs {
    /// The runs, in the order asked for.
    runs: Vec<RunView>,
    /// How many are on this page.
    returned: usize,
    /// How many fit in all; null where the store cannot count.
    total: Option<u64>,
    /// Ask with this for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What they are sorted by.
    sorted_by: String,
    /// The filter in force.
    #[serde(skip_serializing_if = "String::is_empty")]
    filter: String,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
    #[serde(skip)]
    sort_metric: Option<String>,
    #[serde(skip)]
    sort_parameter: Option<String>,
    /// The metrics and parameters that it is sorted and filtered by.
    #[serde(skip)]
    named: Vec<String>,
    #[serde(skip)]
    bounds: Bounds,
}

const DEFAULT_LIMIT: usize = 20;

/// How many metrics, and how many parameters, a concise run shows.
const KEYS_SHOWN: usize = 10;

impl Tool for ListRuns {
    const NAME: &'static str = "list_runs";
    const TITLE: &'static str = "List runs";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/runs" };
    const PHRASES: &'static [&'static str] = &[
        "list the runs",
        "show all runs of {experiment}",
        "runs of {experiment}",
        "runs in {experiment}",
        "which runs are there",
        "which runs {condition}",
        "which runs in {experiment} {condition}",
        "runs with {condition}",
        "show runs with {condition}",
        "list runs with {condition}",
        "{condition} runs",
        "runs {condition}",
        "list {condition} runs in {experiment}",
        "what is still {condition}",
        "what ran {condition}",
        "runs started {condition}",
        "runs that use {condition}",
        "runs tagged {condition}",
        "how many runs {condition}",
        "how many runs are there",
        "how many runs have {condition}",
        "how many {condition} runs",
        "how many runs does {experiment} have",
        "{top} runs by {metric}",
        "{top} runs",
        "{top} by {metric}",
        "show the {top} runs by {metric}",
        "give me the {top} runs with {metric}",
        "{top} {metric} runs",
        "rank the {top} runs on {metric}",
        "the {runs} runs",
        "show the {runs} runs",
        "{runs} runs of {experiment}",
        "list runs sorted by {metric}",
        "list runs by {metric}",
        "show runs by {metric}",
        "list runs sorted by {parameter}",
        "{direction} runs by {metric} {condition}",
        "which runs with {condition} started",
        "runs by {condition}",
        "anything {condition} in {experiment}",
        "list all runs of {experiment} sorted by {metric} {direction} first",
        "runs with {condition} {direction} first",
        "which run took the {direction} time",
        "which {direction} run took how long",
    ];
    const DRAWS: bool = true;
    type Output = Runs;

    async fn call(self, context: &Context) -> Result<Runs, ToolError> {
        let (metrics, parameters) = self.wanted_keys();
        let place = self.place(context, &metrics, &parameters).await?;
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        let filter = resolve::filter(context, &place.experiment, self.filter.as_deref()).await?;
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        let cap = context.limits.max_runs_per_query.value;
        if limit > cap {
            caveats.push(format!("{limit} runs were asked for, but TRACKING_MAX_RUNS_PER_QUERY is {cap}; go on with the page token"));
        }
        let bounds = Bounds { longer_than: self.longer_than_seconds, shorter_than: self.shorter_than_seconds };
        let by_duration = self.duration_order(bounds)?;
        let sort = match &self.sort_by {
            _ if by_duration.is_some() => Field::Attribute(Attribute::StartTime),
            Some(text) => resolve::sort_field(context, &place.experiment, text).await?,
            None => Field::Attribute(Attribute::StartTime),
        };
        let sort_metric = if let Field::Metric(key) = &sort { Some(key.clone()) } else { None };
        let sort_parameter = if let Field::Param(key) = &sort { Some(key.clone()) } else { None };
        let better = sort_metric.as_ref().map(|key| Direction::of(key, &place.experiment.tags));
        let direction = match (self.order, &better) {
            (Some(Order::Asc), _) | (None, Some((Direction::LowerIsBetter, _))) => SortDirection::Ascending,
            (Some(Order::Desc), _) | (None, Some((Direction::HigherIsBetter, _))) => SortDirection::Descending,
            (Some(Order::WorstFirst), Some((Direction::HigherIsBetter, _)) | None) => SortDirection::Ascending,
            (Some(Order::WorstFirst), Some((Direction::LowerIsBetter, _))) => SortDirection::Descending,
            (None, None) if matches!(sort, Field::Attribute(Attribute::StartTime | Attribute::EndTime)) => SortDirection::Descending,
            (None, None) => SortDirection::Ascending,
        };
        let fields = std::iter::once(&sort).chain(filter.clauses.iter().map(|clause| &clause.field));
        let named: Vec<String> = fields.filter_map(key_of).collect();
        let first_keys: BTreeSet<String> = named.iter().cloned().collect();
        let order = RunOrder { field: sort, direction };
        let mut query = RunQuery {
            experiment_ids: vec![place.experiment.id.clone()],
            filter,
            order_by: vec![order],
            max_results: limit.min(cap),
            page_token: self.page_token.clone().map(PageToken),
            ..RunQuery::default()
        };
        let concise = self.response_format != Some(ResponseFormat::Detailed);
        let read = async |query: &RunQuery| match (by_duration, &sort_parameter) {
            (Some(longest), _) => duration::page(context, query, longest, bounds).await,
            (None, Some(parameter)) => amounts::page(context, query, parameter, direction).await,
            (None, None) => Ok(context.store.runs(query).await?),
        };
        let mut page = read(&query).await?;
        if let (Some(key), Some(first)) = (&sort_metric, page.items.first())
            && self.page_token.is_none()
            && first.metric(key).is_none()
        {
            // Its last run may have gone since a server was last seen to have it.
            resolve::metric_key(context, &place.experiment.id, key).await?;
        }
        let (mut views, mut hidden) = shown_runs(&page.items, &first_keys, concise);
        let bytes: usize = views.iter().map(approximate_bytes).sum();
        let room = context.limits.answer_bytes;
        if bytes > room && views.len() > 1 {
            query.max_results = (views.len() * room / bytes).max(1);
            page = read(&query).await?;
            (views, hidden) = shown_runs(&page.items, &first_keys, concise);
            caveats.push(format!("only {} runs fit into one answer; go on with the page token", views.len()));
        }
        if hidden > 0 {
            caveats.push(format!(
                "at most {KEYS_SHOWN} metrics and {KEYS_SHOWN} parameters a run are shown; response_format `detailed` shows all"
            ));
        }
        if page.items.is_empty() && self.page_token.is_none() {
            caveats.extend(spelling::spelled_otherwise(context, &place.experiment, &query.filter).await?);
        }
        let resolved = Resolved {
            experiment: Some(place.resolved()),
            runs: page.items.iter().map(ResolvedRun::of).collect(),
            metrics: sort_metric.iter().map(|key| plain(key)).collect(),
            direction: better.map(|(direction, reason)| ResolvedDirection::of(direction, &reason)),
            ..Resolved::default()
        };
        Ok(Runs {
            returned: views.len(),
            total: page.total,
            next_page_token: page.next.map(|token| token.0),
            runs: views,
            sorted_by: match by_duration {
                Some(direction) => format!("duration {}", direction.keyword()),
                None => query.order_by.iter().map(ToString::to_string).collect(),
            },
            filter: query.filter.to_string(),
            resolved,
            caveats,
            sort_metric,
            sort_parameter,
            named: named.iter().map(|key| plain(key)).collect(),
            bounds,
        })
    }
}

impl ListRuns {
    /// The direction in which the list goes by duration, if it does.
    fn duration_order(&self, bounds: Bounds) -> Result<Option<SortDirection>, ToolError> {
        match &self.sort_by {
            Some(text) if duration::is_meant(text) => {}
            Some(text) if !bounds.is_open() => {
                return Err(ToolError::InvalidArguments(format!(
                    "runs that are bounded by how long they took are sorted by `duration`, not by `{text}`: leave `sort_by` out"
                )));
            }
            None if !bounds.is_open() => {}
            Some(_) | None => return Ok(None),
        }
        let shortest_first = self.order == Some(Order::Asc) || self.order.is_none() && bounds.longer_than.is_none() && !bounds.is_open();
        Ok(Some(if shortest_first { SortDirection::Ascending } else { SortDirection::Descending }))
    }

    /// The experiment that holds what filter and sort key name. A bare sort key is a metric if any experiment logs one so called, else a parameter.
    async fn place(&self, context: &Context, metrics: &[String], parameters: &[String]) -> Result<Place, ToolError> {
        let wants = Wants { metrics, parameters, runs: &[] };
        let bare = self
            .sort_by
            .iter()
            .filter(|text| RunOrder::parse(text).is_err() && !resolve::is_attribute(text) && !duration::is_meant(text))
            .cloned();
        let with_sort_key: Vec<String> = metrics.iter().cloned().chain(bare).collect();
        if with_sort_key.len() > metrics.len() && self.experiment.is_none() {
            let place = resolve::place(context, None, Wants { metrics: &with_sort_key, ..wants }).await;
            if !matches!(place, Err(ToolError::NotFound { .. })) {
                return place;
            }
        }
        resolve::place(context, self.experiment.as_deref(), wants).await
    }

    /// Metric and parameter keys that the filter and the sort key name, as they were written.
    fn wanted_keys(&self) -> (Vec<String>, Vec<String>) {
        let filter = self.filter.as_deref().and_then(|text| Filter::parse(text).ok()).unwrap_or_default();
        let order = self.sort_by.as_deref().and_then(|text| RunOrder::parse(text).ok());
        let (mut metrics, mut parameters) = (Vec::new(), Vec::new());
        for field in filter.clauses.into_iter().map(|clause: Clause| clause.field).chain(order.map(|order| order.field)) {
            match field {
                Field::Metric(key) => metrics.push(key),
                Field::Param(key) => parameters.push(key),
                Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_) => {}
            }
        }
        (metrics, parameters)
    }
}

/// The metric or parameter that a field is.
fn key_of(field: &Field) -> Option<String> {
    match field {
        Field::Metric(key) | Field::Param(key) => Some(key.clone()),
        Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_) => None,
    }
}

/// The runs as shown, and how many keys were left off.
fn shown_runs(runs: &[crate::domain::run::Run], first_keys: &BTreeSet<String>, concise: bool) -> (Vec<RunView>, usize) {
    let mut hidden = 0;
    let views = runs.iter().map(|run| {
        let mut view = RunView::of(run);
        if concise {
            hidden += cut(&mut view.metrics, first_keys) + cut(&mut view.parameters, first_keys);
        }
        view
    });
    (views.collect(), hidden)
}

fn cut<V>(keys: &mut std::collections::BTreeMap<String, V>, first_keys: &BTreeSet<String>) -> usize {
    let mut excess = keys.len().saturating_sub(KEYS_SHOWN);
    let cut = excess;
    let droppable: Vec<String> = keys.keys().rev().filter(|key| !first_keys.contains(*key)).cloned().collect();
    for key in droppable {
        if excess == 0 {
            break;
        }
        keys.remove(&key);
        excess -= 1;
    }
    cut - excess
}

fn approximate_bytes(view: &RunView) -> usize {
    let parameters: usize = view.parameters.iter().map(|(key, value)| key.len() + value.0.len() + 8).sum();
    let metrics: usize = view.metrics.keys().map(|key| key.len() + 24).sum();
    200 + parameters + metrics
}
