//! `runs/search`: pages that are bounded in bytes, totals that are counted, and the part of a search that is ours.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::json;

use super::MlflowStore;
use super::client::{Deadline, Question};
use super::conditions::{Division, passes, sort_runs};
use super::count::{COUNTED_AT_MOST, Range, count, count_on};
use super::fault::Fault;
use super::wire::{FoundRun, RunsPage};
use crate::domain::experiment::{ExperimentId, View};
use crate::domain::filter::{Field, Filter, RunOrder};
use crate::domain::run::Run;
use crate::store::page::{Listing, Place, limit};
use crate::store::refusals::refuse_order;
use crate::store::{Count, Page, RunQuery, StoreError};

/// Runs that are asked for at a time: about a megabyte.
pub(super) const RUNS_A_PAGE: usize = 500;

/// Runs that are looked at on our side for one search.
const RUNS_LOOKED_AT: usize = 10_000;

/// Metrics, parameters and tags that are kept on our side for one search: some 50 MB.
const VALUES_KEPT: usize = 500_000;

/// Where a search looks, in MLflow's words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    experiment_ids: Vec<String>,
    filter: String,
    order_by: Vec<String>,
    view: &'static str,
}

impl Scope {
    /// Fails where the filter has no text in MLflow's grammar.
    pub(super) fn new(experiments: &[ExperimentId], filter: &Filter, orders: &[RunOrder], view: View) -> Result<Self, StoreError> {
        // One id that is no number makes the server refuse the whole search.
        let is_id = |id: &&ExperimentId| !id.0.is_empty() && id.0.chars().all(|letter| letter.is_ascii_digit());
        Ok(Self {
            experiment_ids: experiments.iter().filter(is_id).map(|id| id.0.clone()).collect(),
            filter: filter.to_mlflow().map_err(|error| StoreError::InvalidQuery(error.to_string()))?,
            order_by: orders.iter().map(ToString::to_string).collect(),
            view: match view {
                View::ActiveOnly => "ACTIVE_ONLY",
                View::DeletedOnly => "DELETED_ONLY",
                View::All => "ALL",
            },
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.experiment_ids.is_empty()
    }

    /// The same runs in MLflow's own order, which is cheap.
    pub(super) fn unsorted(&self) -> Self {
        Self { order_by: Vec::new(), ..self.clone() }
    }
}

/// Pages of one search, one after the other.
#[derive(Debug)]
pub(super) struct Pages<'store> {
    store: &'store MlflowStore,
    scope: Scope,
    /// The server's mark of the next page; absent on the first.
    mark: Option<String>,
    /// Runs a page; fewer from where an answer was too long.
    size: usize,
    is_over: bool,
}

impl<'store> Pages<'store> {
    pub(super) fn new(store: &'store MlflowStore, scope: Scope, mark: Option<String>) -> Self {
        let is_over = scope.is_empty();
        Self { store, scope, mark, size: RUNS_A_PAGE, is_over }
    }

    /// The next runs, at most `want` of them; empty at the end.
    pub(super) async fn next(&mut self, want: usize, deadline: Deadline) -> Result<Vec<FoundRun>, Fault> {
        while !self.is_over && want > 0 {
            let question = self.question(self.size.min(want));
            let page: RunsPage = match self.store.client.ask(&question, deadline).await {
                // Runs with thousands of metrics: fewer of them at a time.
                Err(Fault::TooLarge(_)) if self.size.min(want) > 1 => {
                    self.size = (self.size.min(want) / 8).max(1);
                    continue;
                }
                other => other?,
            };
            // "stop if a page is empty or the token repeats"
            self.is_over =
                page.next_page_token.is_empty() || page.runs.is_empty() || self.mark.as_deref() == Some(page.next_page_token.as_str());
            self.mark = Some(page.next_page_token).filter(|mark| !mark.is_empty());
            return Ok(page.runs.into_iter().filter_map(super::wire::WireRun::into_run).collect());
        }
        Ok(Vec::new())
    }

    /// The next runs, as many as are wanted if there are so many.
    async fn fill(&mut self, wanted: usize, deadline: Deadline) -> Result<Vec<Run>, Fault> {
        let mut runs: Vec<Run> = Vec::new();
        while runs.len() < wanted && !self.is_over {
            runs.extend(self.next(wanted - runs.len(), deadline).await?.into_iter().map(|found| found.run));
        }
        Ok(runs)
    }

    /// The server's mark of the next page.
    pub(super) fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// Whether the last page was read.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    fn question(&self, max_results: usize) -> Question {
        let mut body = json!({
            "experiment_ids": self.scope.experiment_ids,
            "filter": self.scope.filter,
            "order_by": self.scope.order_by,
            "run_view_type": self.scope.view,
            "max_results": max_results,
        });
        if let (Some(mark), Some(fields)) = (&self.mark, body.as_object_mut()) {
            fields.insert("page_token".to_owned(), json!(mark));
        }
        Question::search("api/2.0/mlflow/runs/search", body)
    }
}

/// A page of whole runs.
pub(super) async fn search_runs(store: &MlflowStore, query: &RunQuery, deadline: Deadline) -> Result<Page<Run>, StoreError> {
    let listing = Listing::of(&(&query.experiment_ids, &query.filter, &query.order_by, query.view));
    let place = listing.place(query.page_token.as_ref())?;
    limit(query.max_results)?;
    refuse_order(&query.order_by)?;
    if let Some(fault) = query.filter.fault() {
        return Err(StoreError::InvalidQuery(fault));
    }
    let division = Division::of(&query.filter, &query.order_by, store.version(deadline).await?)?;
    if division.is_all_servers() {
        match servers_page(store, query, &listing, &place, deadline).await? {
            Ok(page) => return Ok(page),
            // Not everything that we spell is understood by every version.
            Err(fault) if fault.is_bad_question() => {}
            Err(fault) => return Err(store.client.explain(fault)),
        }
        return our_page(store, query, &listing, &place, &Division::with_all_ours(&query.filter), deadline).await;
    }
    our_page(store, query, &listing, &place, &division, deadline).await
}

/// A page that the server filters and sorts alone.
async fn servers_page(
    store: &MlflowStore,
    query: &RunQuery,
    listing: &Listing,
    place: &Place,
    deadline: Deadline,
) -> Result<Result<Page<Run>, Fault>, StoreError> {
    let scope = Scope::new(&query.experiment_ids, &query.filter, &query.order_by, query.view)?;
    // Where there were more at the last count, there likely still are: they are counted while the page is read.
    let likely_more = store.hints.count(&scope.unsorted()).is_some_and(|count| count > query.max_results as u64);
    let counted = async {
        if query.count == Count::Nothing || place.mark.is_some() || !likely_more {
            return Ok(None);
        }
        count(store, &scope, None, deadline).await
    };
    let mut pages = Pages::new(store, scope.clone(), place.mark.clone());
    let (items, counted) = match tokio::try_join!(pages.fill(query.max_results, deadline), counted) {
        Ok(read) => read,
        Err(fault) => return Ok(Err(fault)),
    };
    if let (Some(order), [experiment], true) = (query.order_by.first(), query.experiment_ids.as_slice(), place.offset == 0)
        && let Field::Metric(key) = &order.field
        && items.first().is_some_and(|first| first.metric(key).is_none())
    {
        store.hints.forget_logged(&(experiment.clone(), order.field.to_string()));
    }
    if query.count == Count::Nothing {
        // Asked for by somebody who looks for certain runs, and will want them.
        items.iter().for_each(|run| store.memory.keep(run));
    }
    let end = place.offset.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let next = if pages.is_over { None } else { pages.mark.clone() };
    let total = match &next {
        // Past the end, the page does not tell where the end was.
        None if items.is_empty() && place.offset > 0 => None,
        None => u64::try_from(end).ok(),
        Some(_) if query.count == Count::Nothing => None,
        Some(_) if counted.is_some() => counted.max(u64::try_from(end).ok()),
        Some(mark) => {
            let known = Range { least: u64::try_from(end).unwrap_or_default(), most: None };
            match count_on(store, &pages.scope, mark, known, deadline).await {
                Ok(total) => total,
                Err(fault) => return Ok(Err(fault)),
            }
        }
    };
    // Up to 2.22, a full page has a token even where nothing follows.
    let next = next.filter(|_| total != u64::try_from(end).ok());
    if total.is_none() && next.is_some() && query.count == Count::All {
        store.tell(format!("the runs were not counted beyond {COUNTED_AT_MOST} or what the time allowed"));
    }
    Ok(Ok(Page { items, total, next: next.map(|mark| listing.token_of(&Place { offset: end, mark: Some(mark) })) }))
}

/// A page that is filtered or sorted here, over at most [`RUNS_LOOKED_AT`] runs.
async fn our_page(
    store: &MlflowStore,
    query: &RunQuery,
    listing: &Listing,
    place: &Place,
    division: &Division,
    deadline: Deadline,
) -> Result<Page<Run>, StoreError> {
    let orders: &[RunOrder] = if division.server_sorts { &query.order_by } else { &[] };
    let scope = Scope::new(&query.experiment_ids, &division.server, orders, query.view)?;
    let mut fitting: Vec<FoundRun> = Vec::new();
    let mut room = VALUES_KEPT;
    let is_complete = scan(store, scope, deadline, |found| {
        if passes(&found, &division.ours) {
            room = room.saturating_sub(found.run.metrics.len() + found.run.params.len() + found.run.tags.len());
            fitting.push(found);
        }
        if room > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .await?;
    if !division.server_sorts {
        sort_runs(&mut fitting, &query.order_by);
    }
    let offset = usize::try_from(place.offset).unwrap_or(usize::MAX);
    let end = offset.saturating_add(query.max_results).min(fitting.len());
    let has_more = end < fitting.len();
    let total = is_complete.then_some(fitting.len() as u64);
    let items = fitting.into_iter().skip(offset).take(query.max_results).map(|found| found.run).collect();
    let next = has_more.then(|| listing.token(i64::try_from(end).unwrap_or(i64::MAX)));
    Ok(Page { items, total, next })
}

/// Shows every run of a search to `take`, each once, until it has enough, and tells whether that is all of them. What is left
/// out is told.
pub(super) async fn scan(
    store: &MlflowStore,
    scope: Scope,
    deadline: Deadline,
    mut take: impl FnMut(FoundRun) -> ControlFlow<()>,
) -> Result<bool, StoreError> {
    let mut pages = Pages::new(store, scope, None);
    // Offsets shift when a run is logged between two pages.
    let mut seen = HashSet::new();
    let mut is_enough = false;
    loop {
        let found = pages.next(RUNS_A_PAGE, deadline).await.map_err(|fault| store.client.explain(fault))?;
        for run in found {
            if !is_enough && seen.insert(run.run.id.clone()) {
                is_enough = take(run).is_break();
            }
        }
        if pages.is_over && !is_enough {
            return Ok(true);
        }
        if is_enough || seen.len() >= RUNS_LOOKED_AT || deadline.is_near() {
            store.tell(format!("only {} runs were read from the server; there are more", seen.len()));
            return Ok(false);
        }
    }
}
