//! `best_run`: the run with the highest or lowest value of a metric.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::list_runs::table_of;
use super::resolve::{self, Wants};
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{
    Extreme, Number, Resolved, ResolvedDirection, ResolvedRun, RunView, Table, counted, filter_in_words, listed, plain, shown, shown_name,
    status_name,
};
use crate::domain::chart::{Chart, Plot, Prepared, RankedBar, Ranking, Standing};
use crate::domain::metric::{Direction, DirectionReason};
use crate::domain::run::RunStatus;
use crate::store::{MetricRanking, RankedRun, RankingCounts, RankingQuery};

/// Finds the run with the best, highest or lowest latest value of a metric, with runner-up, ties and how many runs lack it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BestRun {
    /// Id, name or part of it; left out, the one that logs the metric.
    experiment: Option<String>,
    /// As people say it: `f1_score`, `F1`, `validation loss`; left out, the experiment's primary metric.
    metric: Option<String>,
    /// `best` (default) and `worst` are the better and worse end of this metric.
    direction: Option<End>,
    /// Only these runs, in MLflow's search grammar: `metrics.accuracy > 0.9 AND attributes.status = 'FINISHED'`.
    filter: Option<String>,
}

/// Which end of the ranking is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum End {
    /// The highest value.
    Max,
    /// The lowest value.
    Min,
    /// The better end of this metric.
    Best,
    /// The worse end of this metric.
    Worst,
}

/// The best run of an experiment.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Best {
    /// The best run.
    best: RunView,
    /// The metric.
    metric: String,
    /// Its value.
    value: Number,
    /// Other runs with exactly the same value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tied: Vec<Place>,
    /// The best of the runs with another value.
    runner_up: Option<Place>,
    /// The first runs of the ranking.
    ranking: Vec<Place>,
    /// How many runs have a value to compare; null where the store could not count them in time.
    compared: Option<u64>,
    /// The filter in force.
    #[serde(skip_serializing_if = "String::is_empty")]
    filter: String,
    /// How many runs were left out.
    excluded: Excluded,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

/// A run's place in the ranking.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Place {
    /// MLflow's id of the run.
    run_id: String,
    /// The run's name.
    run_name: String,
    /// The metric's value.
    value: Number,
}

/// Why runs were left out of the ranking; null where the store could not count them in time.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct Excluded {
    /// The metric is not logged.
    missing: Option<u64>,
    /// Its latest value is NaN.
    nan: Option<u64>,
    /// Its latest value is infinite.
    infinite: Option<u64>,
}

/// How many runs of the ranking an answer lists.
const RANKING_SHOWN: usize = 5;

impl Tool for BestRun {
    const NAME: &'static str = "best_run";
    const TITLE: &'static str = "Find the best run";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/best" };
    const PHRASES: &'static [&'static str] = &[
        "which run had the {direction} {metric}",
        "which run has the {direction} {metric}",
        "what is the {direction} {metric}",
        "{direction} {metric}",
        "{direction} run",
        "{direction} run by {metric}",
        "{direction} run of {experiment}",
        "show the {direction} run of {experiment}",
        "{direction} by {metric}",
        "which run is {direction}",
        "which run is {direction} by {metric}",
        "which {condition} run has the {direction} {metric}",
        "{direction} {metric} with {condition}",
        "{direction} {metric} among {condition} runs",
        "run with the {direction} {metric}",
        "show me the run with the {direction} {metric}",
        "who has the {direction} {metric}",
        "which run performed {direction}",
        "which run performed {direction} on {metric}",
        "which run wins on {metric}",
        "of the {condition} runs which has the {direction} {metric}",
        "which run with {condition} has the {direction} {metric}",
        "among runs with {condition} which has the {direction} {metric}",
        "{direction} {metric} and which run got it",
        "{direction} run with {condition}",
        "what {parameter} gives the {direction} {metric}",
        "{direction} {parameter}",
    ];
    const DRAWS: bool = true;
    const DETAILS: &'static [&'static str] = &["ranking", "excluded"];
    type Output = Best;

    async fn call(self, context: &Context) -> Result<Best, ToolError> {
        let metrics: Vec<String> = self.metric.iter().cloned().collect();
        let place = resolve::place(context, self.experiment.as_deref(), Wants { metrics: &metrics, ..Wants::default() }).await?;
        let experiment = &place.experiment;
        let filter = resolve::filter(context, experiment, self.filter.as_deref()).await?;
        let metric = match &self.metric {
            None => resolve::primary(context, experiment).await?,
            Some(reference) => resolve::metric_key(context, &experiment.id, reference).await?,
        };
        let (better, reason) = Direction::of(&metric, &experiment.tags);
        let (direction, reason) = match (self.direction, better) {
            (None | Some(End::Best), _) => (better, reason),
            (Some(End::Max), _) | (Some(End::Worst), Direction::LowerIsBetter) => (Direction::HigherIsBetter, DirectionReason::Asked),
            (Some(End::Min), _) | (Some(End::Worst), Direction::HigherIsBetter) => (Direction::LowerIsBetter, DirectionReason::Asked),
        };
        let query = RankingQuery { experiment: experiment.id.clone(), filter, metric, direction, at_most: RANKING_SHOWN };
        let MetricRanking { first: ranked, counts } = context.store.ranking(&query).await?;
        let metric = &query.metric;
        let Some((first, others)) = ranked.split_first() else {
            // Its last run may have gone since a server was last seen to have it.
            resolve::metric_key(context, &experiment.id, metric).await?;
            let among = if query.filter.clauses.is_empty() { String::new() } else { format!(" among the runs with {}", query.filter) };
            let left_out = excluded(&counts);
            let why = if left_out.is_empty() { String::new() } else { format!(": {}", listed(&left_out)) };
            return Err(ToolError::Nothing(format!(
                "no run of `{}` has a number for `{}`{among}{why}",
                plain(&experiment.name),
                plain(metric),
            )));
        };
        let (tied, next): (Vec<_>, Vec<_>) = others.iter().partition(|other| other.value == first.value);
        let best = context.store.runs_by_id(std::slice::from_ref(&first.id)).await?.into_iter().next();
        let Some(best) = best else {
            return Err(ToolError::Nothing("the best run was removed from the store meanwhile; ask again".into()));
        };
        let mut caveats: Vec<String> = place.caveat().into_iter().collect();
        let left_out = excluded(&counts);
        if !left_out.is_empty() {
            caveats.push(format!("left out of the ranking by {}: {}", plain(metric), listed(&left_out)));
        }
        if best.status != RunStatus::Finished {
            let name = shown_name(&best.name, &best.id.0);
            caveats.push(format!("{name} is {}, so its value may not be final", status_name(best.status)));
        }
        let mut runs = vec![ResolvedRun::of(&best)];
        runs.extend(tied.iter().map(|tie| ResolvedRun { run_id: tie.id.0.clone(), run_name: shown_name(&tie.name, &tie.id.0) }));
        Ok(Best {
            metric: plain(metric),
            value: Number(first.value),
            tied: tied.into_iter().map(place_of).collect(),
            runner_up: next.first().copied().map(place_of),
            ranking: ranked.iter().take(RANKING_SHOWN).map(place_of).collect(),
            compared: counts.compared,
            filter: query.filter.to_string(),
            excluded: Excluded { missing: counts.missing, nan: counts.nan, infinite: counts.infinite },
            resolved: Resolved {
                experiment: Some(place.resolved()),
                runs,
                metrics: vec![plain(metric)],
                direction: Some(ResolvedDirection::of(direction, &reason)),
                ..Resolved::default()
            },
            caveats,
            best: RunView::of(&best),
        })
    }
}

fn place_of(run: &RankedRun) -> Place {
    Place { run_id: run.id.0.clone(), run_name: shown_name(&run.name, &run.id.0), value: Number(run.value) }
}

/// How many runs a ranking left out, of each kind that there is.
fn excluded(counts: &RankingCounts) -> Vec<String> {
    let kinds = [(counts.missing, "without it"), (counts.nan, "with NaN"), (counts.infinite, "with an infinite value")];
    let counted = kinds.into_iter().filter_map(|(count, kind)| Some((count.filter(|count| *count > 0)?, kind)));
    counted.map(|(count, kind)| format!("{count} {kind}")).collect()
}

impl View for Best {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let direction = self.resolved.direction.as_ref();
        let end = if direction.is_some_and(|direction| direction.order == Extreme::Min) { "lowest" } else { "highest" };
        let place = self.resolved.experiment.as_ref().map(|experiment| format!(" in {}", experiment.name)).unwrap_or_default();
        let (value, metric) = (shown(self.value.0), &self.metric);
        let mut said = if self.tied.is_empty() {
            let starter = self.best.user.as_ref().map(|user| format!(" (started by {user})")).unwrap_or_default();
            format!("{} has the {end} {metric}{place}: {value}{starter}.", self.best.run_name)
        } else {
            let mut names = vec![self.best.run_name.clone()];
            names.extend(self.tied.iter().map(|tie| tie.run_name.clone()));
            format!("{} tie for the {end} {metric}{place}: {value}.", listed(&names))
        };
        match &self.runner_up {
            Some(next) => said.push_str(&format!(" Next is {} with {}.", next.run_name, shown(next.value.0))),
            None if self.tied.is_empty() => said.push_str(" No other run has a value."),
            None => {}
        }
        let with = filter_in_words(&self.filter);
        match self.compared {
            Some(1) => said.push_str(&format!(" 1 run{with} was compared.")),
            Some(compared) => said.push_str(&format!(" {}{with} were compared.", counted(compared, "run"))),
            None if !with.is_empty() => said.push_str(&format!(" Only runs{with} were compared.")),
            None => {}
        }
        said
    }

    fn table(&self) -> Option<Table> {
        table_of(std::slice::from_ref(&self.best), std::slice::from_ref(&self.metric))
    }

    fn chart(&self) -> Option<Prepared> {
        let best = self.value.0;
        let bar = |standing: &Place| RankedBar {
            label: standing.run_name.clone(),
            value: standing.value.0,
            standing: if standing.value.0 == best { Standing::Best } else { Standing::Other },
        };
        let plot = Plot::Ranking(Ranking { metric: self.metric.clone(), bars: self.ranking.iter().map(bar).collect() });
        let place = self.resolved.experiment.as_ref().map(|experiment| experiment.name.as_str());
        Some(Chart::prepare(&format!("Best runs by {}", self.metric), place, plot))
    }
}
