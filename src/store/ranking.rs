//! Runs in the order of one metric: the first of them, and how many have a place.

use super::{Store, StoreError, TableQuery};
use crate::domain::compare;
use crate::domain::experiment::ExperimentId;
use crate::domain::filter::Filter;
use crate::domain::metric::Direction;
use crate::domain::run::{RunId, RunTable};

/// A question for the first runs by a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct RankingQuery {
    /// Where to look; active runs only.
    pub experiment: ExperimentId,
    /// Which must hold; empty for all.
    pub filter: Filter,
    /// The metric, of which the latest values count.
    pub metric: String,
    /// Which values come first.
    pub direction: Direction,
    /// How many runs, at least 1.
    pub at_most: usize,
}

impl RankingQuery {
    pub(super) fn table(&self) -> TableQuery {
        TableQuery {
            experiment_ids: vec![self.experiment.clone()],
            filter: self.filter.clone(),
            metric_keys: vec![self.metric.clone()],
            ..TableQuery::default()
        }
    }
}

/// A run with a finite value.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedRun {
    /// The run.
    pub id: RunId,
    /// Its name.
    pub name: String,
    /// The metric's value.
    pub value: f64,
}

/// How many runs have a place in a ranking; a number is absent where the store could not count in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RankingCounts {
    /// A finite value.
    pub compared: Option<u64>,
    /// The metric was not logged.
    pub missing: Option<u64>,
    /// Its latest value is NaN.
    pub nan: Option<u64>,
    /// Its latest value is infinite, of either sign.
    pub infinite: Option<u64>,
}

/// The beginning of a ranking.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetricRanking {
    /// The first runs, equal values newest first: as many as asked for, where the best tie all of them and the one after them.
    pub first: Vec<RankedRun>,
    /// Of all runs that pass the filter.
    pub counts: RankingCounts,
}

impl MetricRanking {
    /// The ranking of the runs in a table, whose first column is the metric.
    pub(super) fn of(table: &RunTable, query: &RankingQuery) -> Self {
        let values: Vec<Option<f64>> = table.rows.iter().map(|row| row.metrics.first().copied().flatten()).collect();
        let ranking = compare::rank(&values, query.direction);
        let shown = query.at_most.max(ranking.best().len() + 1);
        let ranked = ranking.order.iter().take(shown);
        let first = ranked.filter_map(|ranked| {
            let row = table.rows.get(ranked.index)?;
            Some(RankedRun { id: row.id.clone(), name: row.name.clone(), value: ranked.value })
        });
        Self {
            first: first.collect(),
            counts: RankingCounts {
                compared: Some(ranking.order.len() as u64),
                missing: Some(ranking.excluded.missing.len() as u64),
                nan: Some(ranking.excluded.nan.len() as u64),
                infinite: Some(ranking.excluded.infinite.len() as u64),
            },
        }
    }
}

impl Store {
    /// The first runs of an experiment by a metric, and how many have a place.
    pub async fn ranking(&self, query: &RankingQuery) -> Result<MetricRanking, StoreError> {
        match self {
            Self::Sqlite(store) => Ok(MetricRanking::of(&store.run_table(&query.table()).await?, query)),
            Self::Mlflow(store) => store.ranking(query).await,
        }
    }

    /// As [`Store::ranking`], without the counts.
    pub async fn first_runs(&self, query: &RankingQuery) -> Result<Vec<RankedRun>, StoreError> {
        match self {
            Self::Sqlite(store) => Ok(MetricRanking::of(&store.run_table(&query.table()).await?, query).first),
            Self::Mlflow(store) => store.first_runs(query).await,
        }
    }
}
