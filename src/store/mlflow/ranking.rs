//! Rankings of experiments that are too large to be read: a bound that few runs pass, then a search sorted by the server.
//!
//! A search that MLflow sorts by a metric costs an SQLite file without statistics the square of the runs it finds, seconds for
//! ten thousand; one that only filters costs milliseconds anywhere. So the bound is raised first, by unsorted pages.

use std::sync::Arc;

use super::MlflowStore;
use super::client::Deadline;
use super::conditions::{Division, takes_nan_for_zero};
use super::count::count;
use super::memory::Depth;
use super::probe::Version;
use super::search::{Pages, Scope};
use super::snapshot::{Snapshot, table};
use super::wire::FoundRun;
use crate::domain::experiment::View;
use crate::domain::filter::{Clause, Comparison, Field, RunOrder, SortDirection, Test};
use crate::domain::metric::{Direction, ValueClass};
use crate::domain::run::RunTable;
use crate::store::{MetricRanking, RankedRun, RankingCounts, RankingQuery, StoreError};

/// Runs that one page of a ranking has. MLflow makes this many in little more time than one.
pub(super) const A_GLIMPSE: usize = 25;

/// How often the bound is raised: 25 runs leave about a fifth of the others above their fifth best, so this is enough for 100,000 runs.
const ROUNDS: usize = 8;

/// Every run that has a metric has another value than this one.
pub(super) const LOGGED_BY_NOBODY: f64 = 5e-324;

/// Runs of one ranking that are read at most.
const RANKED_AT_MOST: usize = 1_000;

impl MlflowStore {
    /// The first runs by a metric, and how many have a place.
    pub(in crate::store) async fn ranking(&self, query: &RankingQuery) -> Result<MetricRanking, StoreError> {
        let deadline = self.client.deadline();
        let Some(search) = Search::begin(self, query, deadline).await? else { return self.ranking_of_all(query).await };
        if search.is_whole {
            return Ok(MetricRanking::of(&search.sample, query));
        }
        match tokio::try_join!(search.first(), search.counts()) {
            Ok((first, counts)) => {
                if first.is_empty() {
                    self.hints.forget_logged(&(query.experiment.clone(), best_first(query).field.to_string()));
                }
                Ok(MetricRanking { first, counts })
            }
            // Not everything that we spell is understood by every version.
            Err(StoreError::InvalidQuery(_)) => self.ranking_of_all(query).await,
            Err(fault) => Err(fault),
        }
    }

    /// The first runs by a metric.
    pub(in crate::store) async fn first_runs(&self, query: &RankingQuery) -> Result<Vec<RankedRun>, StoreError> {
        let deadline = self.client.deadline();
        let Some(search) = Search::begin(self, query, deadline).await? else { return Ok(self.ranking_of_all(query).await?.first) };
        if search.is_whole {
            return Ok(MetricRanking::of(&search.sample, query).first);
        }
        match search.first().await {
            Err(StoreError::InvalidQuery(_)) => Ok(self.ranking_of_all(query).await?.first),
            outcome => outcome,
        }
    }

    async fn ranking_of_all(&self, query: &RankingQuery) -> Result<MetricRanking, StoreError> {
        Ok(MetricRanking::of(&self.run_table(&query.table()).await?, query))
    }
}

/// A ranking under way.
struct Search<'query> {
    store: &'query MlflowStore,
    query: &'query RankingQuery,
    version: Version,
    deadline: Deadline,
    /// The newest runs that pass the filter; none where a hint tells where to begin.
    sample: RunTable,
    /// Whether the sample is all of them.
    is_whole: bool,
}

impl<'query> Search<'query> {
    /// Reads the sample. Absent where a part of the filter is ours, so that all runs must be read.
    async fn begin(store: &'query MlflowStore, query: &'query RankingQuery, deadline: Deadline) -> Result<Option<Self>, StoreError> {
        if let Some(fault) = query.filter.fault() {
            return Err(StoreError::InvalidQuery(fault));
        }
        let version = store.version(deadline).await?;
        if !Division::of(&query.filter, &[best_first(query)], version)?.is_all_servers() {
            return Ok(None);
        }
        let mut search = Self { store, query, version, deadline, sample: RunTable::default(), is_whole: false };
        if store.hints.bound(&search.sorted_search()?).is_some() {
            return Ok(Some(search));
        }
        let newest = if query.filter.clauses.is_empty() {
            store.at_hand(&query.experiment, Depth::Glimpse, deadline).await?
        } else {
            match Snapshot::read_first(store, search.scope(&[], &[])?, A_GLIMPSE, deadline).await {
                Ok(newest) => Arc::new(newest),
                Err(StoreError::InvalidQuery(_)) => return Ok(None),
                Err(fault) => return Err(fault),
            }
        };
        search.is_whole = newest.is_complete();
        search.sample = table(&query.table(), &[newest]);
        Ok(Some(search))
    }

    /// The whole search in order, and how many of its runs are wanted.
    fn sorted_search(&self) -> Result<(Scope, usize), StoreError> {
        Ok((self.scope(&[], &[best_first(self.query)])?, self.query.at_most))
    }

    /// The runs that pass the filter and whose metric passes these tests.
    fn scope(&self, tests: &[(Comparison, f64)], orders: &[RunOrder]) -> Result<Scope, StoreError> {
        let mut filter = self.query.filter.clone();
        let field = Field::Metric(self.query.metric.clone());
        filter
            .clauses
            .extend(tests.iter().map(|(comparison, number)| Clause { field: field.clone(), test: Test::Number(*comparison, *number) }));
        Scope::new(std::slice::from_ref(&self.query.experiment), &filter, orders, View::ActiveOnly)
    }

    async fn next(&self, pages: &mut Pages<'_>) -> Result<Vec<RankedRun>, StoreError> {
        let wanted = self.query.at_most.max(A_GLIMPSE);
        let found = pages.next(wanted, self.deadline).await.map_err(|fault| self.store.client.explain(fault))?;
        Ok(found.into_iter().filter_map(|found| ranked(found, &self.query.metric)).collect())
    }

    /// The first runs in order.
    async fn first(&self) -> Result<Vec<RankedRun>, StoreError> {
        let (any, is_as_good, is_worse) = match self.query.direction {
            Direction::HigherIsBetter => ((Comparison::Gt, f64::MIN), Comparison::Ge, Comparison::Lt),
            Direction::LowerIsBetter => ((Comparison::Lt, f64::MAX), Comparison::Le, Comparison::Gt),
        };
        let orders = [best_first(self.query)];
        let search = self.sorted_search()?;
        let mut bound = self.store.hints.bound(&search);
        let mut first = match bound {
            Some(before) => self.sorted((is_as_good, before), &orders).await?,
            None => Vec::new(),
        };
        if first.len() < self.query.at_most {
            bound = self.bound().await?;
            first = self.sorted(bound.map_or(any, |bound| (is_as_good, bound)), &orders).await?;
        }
        if let (Some(bound), true) = (bound, self.wants_more(&first)) {
            // All that pass the bound tie, so the one after them does not pass it.
            let mut pages = Pages::new(self.store, self.scope(&[(is_worse, bound)], &orders)?, None);
            first.extend(self.next(&mut pages).await?);
        }
        let ties = first.iter().take_while(|run| first.first().is_some_and(|best| best.value == run.value)).count();
        first.truncate(self.query.at_most.max(ties + 1));
        if let Some(last) = first.get(self.query.at_most.saturating_sub(1)) {
            self.store.hints.keep_bound(search, last.value);
        }
        Ok(first)
    }

    /// The runs that pass the test, in order, as many as it takes.
    async fn sorted(&self, test: (Comparison, f64), orders: &[RunOrder]) -> Result<Vec<RankedRun>, StoreError> {
        let mut pages = Pages::new(self.store, self.scope(&[test], orders)?, None);
        let wanted = self.query.at_most.max(A_GLIMPSE);
        let found = pages.next(wanted, self.deadline).await.map_err(|fault| self.store.client.explain(fault))?;
        // The best of them will be wanted whole.
        found.iter().take(self.query.at_most).for_each(|found| self.store.memory.keep(&found.run));
        let mut first: Vec<RankedRun> = found.into_iter().filter_map(|found| ranked(found, &self.query.metric)).collect();
        while self.wants_more(&first) && !pages.is_over() {
            if first.len() >= RANKED_AT_MOST || self.deadline.is_near() {
                self.store.tell(format!("only {} runs of the ranking were read from the server; more tie", first.len()));
                break;
            }
            let more = self.next(&mut pages).await?;
            // Infinities come before the numbers, NaN that is taken for 0 after them.
            if more.is_empty() && !first.is_empty() {
                break;
            }
            first.extend(more);
        }
        Ok(first)
    }

    /// Whether it takes more runs to tell the first, those that tie with the best, and the one after them.
    fn wants_more(&self, first: &[RankedRun]) -> bool {
        let all_tie = first.iter().all(|run| first.first().is_some_and(|best| best.value == run.value));
        first.len() < self.query.at_most || all_tie
    }

    /// A value that at least as many runs reach as are asked for, and not many more.
    async fn bound(&self) -> Result<Option<f64>, StoreError> {
        let direction = self.query.direction;
        let mut known: Vec<(String, f64)> = Vec::new();
        for row in &self.sample.rows {
            let value = row.metrics.first().copied().flatten().filter(|value| ValueClass::of(*value).is_finite());
            known.extend(value.map(|value| (row.id.0.clone(), value)));
        }
        let mut bound = None;
        for round in 0..ROUNDS {
            known.sort_by(|(one_id, one), (other_id, other)| direction.best_first(*one, *other).then_with(|| one_id.cmp(other_id)));
            known.dedup();
            let raised = known.get(self.query.at_most.saturating_sub(1)).map(|(_, value)| *value);
            // Nothing new: NaN, which servers of old take for 0, or infinities fill the page.
            if round > 0 && raised == bound {
                break;
            }
            bound = raised;
            let beyond = match direction {
                Direction::HigherIsBetter => (Comparison::Gt, bound.unwrap_or(f64::MIN)),
                Direction::LowerIsBetter => (Comparison::Lt, bound.unwrap_or(f64::MAX)),
            };
            let mut pages = Pages::new(self.store, self.scope(&[beyond], &[])?, None);
            known.extend(self.next(&mut pages).await?.into_iter().map(|run| (run.id.0, run.value)));
            if pages.is_over() || self.deadline.is_near() {
                break;
            }
        }
        Ok(bound)
    }

    /// How many have a place. What mostly holds is asked first: that all runs have a finite value.
    async fn counts(&self) -> Result<RankingCounts, StoreError> {
        let within = async |tests: &[(Comparison, f64)], most: Option<u64>| {
            let scope = self.scope(tests, &[])?;
            count(self.store, &scope, most, self.deadline).await.map_err(|fault| self.store.client.explain(fault))
        };
        let is_finite = [(Comparison::Gt, f64::MIN), (Comparison::Lt, f64::MAX)];
        let (all, finite) = if self.store.hints.count(&self.scope(&is_finite, &[])?).is_some() {
            tokio::try_join!(within(&[], None), within(&is_finite, None))?
        } else {
            let all = within(&[], None).await?;
            (all, within(&is_finite, all).await?)
        };
        let logged = if finite == all { all } else { within(&[(Comparison::Ne, LOGGED_BY_NOBODY)], all).await? };
        let rest = subtracted(logged, finite);
        let positive = if rest == Some(0) { rest } else { within(&[(Comparison::Ge, f64::MAX)], rest).await? };
        let negative = if rest == Some(0) { rest } else { within(&[(Comparison::Le, f64::MIN)], rest).await? };
        let infinite = positive.zip(negative).map(|(positive, negative)| positive + negative);
        let (compared, nan) = if takes_nan_for_zero(self.version) {
            let nan = self.nan_among_zeros().await?;
            (subtracted(finite, nan), nan)
        } else {
            (finite, subtracted(rest, infinite))
        };
        if [compared, nan, infinite, all].contains(&None) {
            self.store.tell("how many runs the ranking leaves out was not counted in the time allowed".to_owned());
        }
        Ok(RankingCounts { compared, missing: subtracted(all, logged), nan, infinite })
    }

    /// Where a server takes a NaN for 0: those are read that are 0 or look so.
    async fn nan_among_zeros(&self) -> Result<Option<u64>, StoreError> {
        let mut pages = Pages::new(self.store, self.scope(&[(Comparison::Eq, 0.0)], &[])?, None);
        let (mut nan, mut read) = (0, 0);
        while !pages.is_over() {
            if read >= RANKED_AT_MOST || self.deadline.is_near() {
                return Ok(None);
            }
            let found = pages.next(A_GLIMPSE, self.deadline).await.map_err(|fault| self.store.client.explain(fault))?;
            read += found.len();
            nan += found.iter().filter(|found| found.run.metric(&self.query.metric).is_some_and(f64::is_nan)).count() as u64;
        }
        Ok(Some(nan))
    }
}

fn best_first(query: &RankingQuery) -> RunOrder {
    let direction = match query.direction {
        Direction::HigherIsBetter => SortDirection::Descending,
        Direction::LowerIsBetter => SortDirection::Ascending,
    };
    RunOrder { field: Field::Metric(query.metric.clone()), direction }
}

fn ranked(found: FoundRun, metric: &str) -> Option<RankedRun> {
    let value = found.run.metric(metric).filter(|value| ValueClass::of(*value).is_finite())?;
    Some(RankedRun { id: found.run.id, name: found.run.name, value })
}

/// What is left; never less than nothing, though runs may have been logged between two counts.
fn subtracted(from: Option<u64>, number: Option<u64>) -> Option<u64> {
    Some(from?.saturating_sub(number?))
}
