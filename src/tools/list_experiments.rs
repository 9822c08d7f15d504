//! `list_experiments`: which experiments there are, with run counts and best values.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve;
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{Number, Resolved, Table, counted, description, lifecycle_name, own_tags, plain, shown};
use crate::domain::experiment::{self, Experiment};
use crate::domain::filter::Filter;
use crate::domain::metric::{Direction, primary_metric};
use crate::domain::reference::{Likeness, Name, words};
use crate::store::{RankingQuery, StatusCounts};

/// Lists experiments, newest first, with run counts and the best value of the primary metric.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListExperiments {
    /// Words in name, description or tags: `churn prediction`.
    query: Option<String>,
    /// Exact tags, such as `{"team": "data-science"}`.
    tags: Option<BTreeMap<String, String>>,
    /// `active` (default), `deleted` or `all`.
    status: Option<Status>,
    /// 50 unless given.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<usize>,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// Which lifecycle stages to list.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// In use.
    Active,
    /// In the trash.
    Deleted,
    /// Both.
    All,
}

/// Experiments, a page of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Experiments {
    /// The experiments, newest first.
    experiments: Vec<ExperimentItem>,
    /// How many are on this page.
    returned: usize,
    /// How many fit in all.
    total: usize,
    /// Ask with this for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
    #[serde(skip)]
    asked: String,
    /// What was looked for, where it is one word that stands in no name of what was found.
    #[serde(skip)]
    uncalled: Option<String>,
}

/// One experiment of a list.
#[derive(Debug, Serialize, JsonSchema)]
struct ExperimentItem {
    /// MLflow's id.
    id: String,
    /// Its name.
    name: String,
    /// How many active runs it has.
    run_count: u64,
    /// Best value of its primary metric, by metric key; empty where no run has one.
    best_metric: BTreeMap<String, Number>,
    /// `active` or `deleted`.
    status: &'static str,
    /// When it was made, RFC 3339.
    created_at: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its tags, MLflow's own left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
}

const DEFAULT_LIMIT: usize = 50;

impl Tool for ListExperiments {
    const NAME: &'static str = "list_experiments";
    const TITLE: &'static str = "List experiments";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments" };
    const PHRASES: &'static [&'static str] = &[
        "what is in the store",
        "show everything in the store",
        "show me all experiments",
        "list experiments",
        "list all experiments",
        "what experiments are there",
        "which experiments do we have",
        "experiments for {experiment}",
        "show experiments for {experiment}",
        "experiments about {experiment}",
        "anything about {experiment}",
        "do we have anything on {experiment}",
        "experiments tagged {tag}",
        "experiments with tag {tag}",
        "experiments with {condition}",
        "which experiments belong to {tag}",
        "how many experiments are there",
        "show deleted experiments",
        "which experiments are deleted",
        "list every experiment including deleted",
        "anything tagged {condition}",
        "experiments of {tag}",
        "all experiments for {tag}",
        "experiments tagged {condition}",
    ];
    const DETAILS: &'static [&'static str] = &["experiments.*.tags"];
    type Output = Experiments;

    async fn call(self, context: &Context) -> Result<Experiments, ToolError> {
        let view = match self.status {
            None | Some(Status::Active) => experiment::View::ActiveOnly,
            Some(Status::Deleted) => experiment::View::DeletedOnly,
            Some(Status::All) => experiment::View::All,
        };
        let offset = match &self.page_token {
            None => 0,
            Some(token) => token.parse::<usize>().map_err(|_| {
                ToolError::InvalidArguments(format!("`page_token` is `{token}`; give the `next_page_token` of the page before, as it was"))
            })?,
        };
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        let fitting = self.fitting(resolve::experiments(context, view).await?);
        let total = fitting.len();
        let page: Vec<Experiment> = fitting.into_iter().skip(offset).take(limit).collect();
        let end = offset + page.len();
        let mut items = Vec::new();
        let ids: Vec<_> = page.iter().map(|experiment| experiment.id.clone()).collect();
        let counts = context.store.status_counts(&ids).await?;
        for (experiment, counts) in page.iter().zip(counts) {
            items.push(item(context, experiment, &counts).await?);
        }
        let mut caveats = Vec::new();
        if end < total {
            caveats.push(format!("{} of {total} experiments are shown; ask for the next page or narrow the search", items.len()));
        }
        Ok(Experiments {
            returned: items.len(),
            total,
            next_page_token: (end < total).then(|| end.to_string()),
            resolved: Resolved::default(),
            caveats,
            asked: self.asked(),
            uncalled: self.uncalled(&items),
            experiments: items,
        })
    }
}

impl ListExperiments {
    fn fitting(&self, mut all: Vec<Experiment>) -> Vec<Experiment> {
        if let Some(tags) = &self.tags {
            all.retain(|experiment| tags.iter().all(|(key, value)| experiment.tag(key) == Some(value.as_str())));
        }
        let Some(query) = self.query.as_ref().filter(|text| !words(text).is_empty()) else { return all };
        let wanted = words(query);
        let holds_all =
            |experiment: &&Experiment| wanted.iter().all(|word| texts(experiment).iter().any(|text| words(text).contains(word)));
        let exact: Vec<Experiment> = all.iter().filter(holds_all).cloned().collect();
        if !exact.is_empty() {
            return exact;
        }
        let reference = Name::new(query);
        let is_like = |experiment: &Experiment| {
            texts(experiment).iter().any(|text| Name::new(text).likeness(&reference).is_some_and(|likeness| likeness != Likeness::Contains))
        };
        all.into_iter().filter(is_like).collect()
    }

    /// The one word that was looked for, where it is no part of a name that was found.
    fn uncalled(&self, found: &[ExperimentItem]) -> Option<String> {
        let query = self.query.as_deref().map(str::trim).filter(|query| !query.contains(char::is_whitespace) && self.tags.is_none())?;
        let folded = query.to_lowercase();
        (!found.iter().any(|item| item.name.to_lowercase().contains(&folded))).then(|| plain(query))
    }

    /// The conditions in words, for the answer.
    fn asked(&self) -> String {
        let mut asked = String::new();
        if let Some(query) = &self.query {
            asked.push_str(&format!(" for “{}”", plain(query)));
        }
        for (key, value) in self.tags.iter().flatten() {
            asked.push_str(&format!(" with {} = {}", plain(key), plain(value)));
        }
        asked
    }
}

/// Where words are looked for: name, description, tags of people's own.
fn texts(experiment: &Experiment) -> Vec<&str> {
    let tags = experiment.tags.iter().filter(|tag| !tag.key.starts_with("mlflow.") || tag.key == experiment::NOTE_TAG);
    std::iter::once(experiment.name.as_str()).chain(tags.map(|tag| tag.value.as_str())).collect()
}

async fn item(context: &Context, experiment: &Experiment, counts: &StatusCounts) -> Result<ExperimentItem, ToolError> {
    Ok(ExperimentItem {
        id: experiment.id.0.clone(),
        name: plain(&experiment.name),
        run_count: counts.values().sum(),
        best_metric: best_metric(context, experiment).await?,
        status: lifecycle_name(experiment.lifecycle),
        created_at: experiment.created.map(|created| created.to_string()),
        description: description(experiment),
        tags: own_tags(experiment),
    })
}

async fn best_metric(context: &Context, experiment: &Experiment) -> Result<BTreeMap<String, Number>, ToolError> {
    let counts = context.store.metric_counts(&experiment.id).await?;
    let primary = primary_metric(counts.iter().map(|(key, runs)| (key.as_str(), *runs)), &experiment.tags);
    let Some(metric) = primary.map(str::to_owned) else { return Ok(BTreeMap::new()) };
    let (direction, _) = Direction::of(&metric, &experiment.tags);
    let key = plain(&metric);
    let query = RankingQuery { experiment: experiment.id.clone(), filter: Filter::default(), metric, direction, at_most: 1 };
    let best = context.store.first_runs(&query).await?;
    Ok(best.first().map(|best| (key, Number(best.value))).into_iter().collect())
}

impl View for Experiments {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let found = counted(self.total as u64, "experiment");
        match self.experiments.as_slice() {
            [] => format!("No experiment was found{}.", self.asked),
            [only] if self.total == 1 => match &self.uncalled {
                Some(name) => format!("No experiment is called “{name}”, but 1 fits it: {}.", described(only)),
                None => format!("There is {found}{}: {}.", self.asked, described(only)),
            },
            several => {
                let names: Vec<String> = several.iter().take(10).map(|item| item.name.clone()).collect();
                let more = self.total.saturating_sub(names.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                match &self.uncalled {
                    Some(name) => format!("No experiment is called “{name}”, but {} fit it: {}{more}.", self.total, names.join(", ")),
                    None => format!("There are {found}{}: {}{more}.", self.asked, names.join(", ")),
                }
            }
        }
    }

    fn table(&self) -> Option<Table> {
        if self.experiments.is_empty() {
            return None;
        }
        let columns = ["experiment", "runs", "best", "created", "status"].map(str::to_owned).to_vec();
        let row = |item: &ExperimentItem| {
            vec![
                item.name.clone(),
                item.run_count.to_string(),
                best_text(item).unwrap_or_else(|| "–".into()),
                item.created_at.as_deref().and_then(|at| at.get(..10)).unwrap_or("–").to_owned(),
                item.status.to_owned(),
            ]
        };
        Some(Table { columns, rows: self.experiments.iter().map(row).collect() })
    }
}

fn described(item: &ExperimentItem) -> String {
    let runs = counted(item.run_count, "run");
    match best_text(item) {
        Some(best) => format!("{}, with {runs} and best {best}", item.name),
        None => format!("{}, with {runs}", item.name),
    }
}

fn best_text(item: &ExperimentItem) -> Option<String> {
    item.best_metric.iter().next().map(|(key, value)| format!("{key} {}", shown(value.0)))
}
