//! Experiments: searched, got, made.

use serde_json::json;

use super::MlflowStore;
use super::client::{Deadline, Question};
use super::conditions::{is_servers, passes_experiment, sort_experiments};
use super::fault::Fault;
use super::wire::{CreatedReply, ExperimentReply, ExperimentsPage, Pair, WireExperiment};
use crate::domain::experiment::{Experiment, ExperimentId, Lifecycle, NewExperiment, View};
use crate::domain::filter::{ExperimentFilter, ExperimentOrder};
use crate::store::page::{Listing, Place, limit};
use crate::store::refusals::{refuse_experiment_order, refuse_unfit_experiment};
use crate::store::{ExperimentQuery, Page, StoreError};

/// Experiments that are asked for at a time.
const A_PAGE: usize = 1000;

/// Experiments that are looked at for one search, and up to which a total is counted.
const LOOKED_AT: usize = 20_000;

/// A search in MLflow's words.
struct Search {
    filter: String,
    order_by: Vec<String>,
    view: &'static str,
}

impl Search {
    fn new(filter: &ExperimentFilter, orders: &[ExperimentOrder], view: View) -> Result<Self, StoreError> {
        Ok(Self {
            filter: filter.to_mlflow().map_err(|error| StoreError::InvalidQuery(error.to_string()))?,
            order_by: orders.iter().map(ToString::to_string).collect(),
            view: match view {
                View::ActiveOnly => "ACTIVE_ONLY",
                View::DeletedOnly => "DELETED_ONLY",
                View::All => "ALL",
            },
        })
    }

    /// A page, and the server's mark of the next.
    async fn page(
        &self,
        store: &MlflowStore,
        mark: Option<&str>,
        max_results: usize,
        deadline: Deadline,
    ) -> Result<(Vec<Experiment>, Option<String>), Fault> {
        let mut body = json!({ "filter": self.filter, "order_by": self.order_by, "view_type": self.view, "max_results": max_results });
        if let (Some(mark), Some(fields)) = (mark, body.as_object_mut()) {
            fields.insert("page_token".to_owned(), json!(mark));
        }
        let question = Question::search("api/2.0/mlflow/experiments/search", body);
        let page: ExperimentsPage = store.client.ask(&question, deadline).await?;
        let is_over = page.experiments.is_empty() || page.next_page_token.is_empty() || mark == Some(page.next_page_token.as_str());
        let experiments = page.experiments.into_iter().map(WireExperiment::into_experiment).collect();
        Ok((experiments, (!is_over).then_some(page.next_page_token)))
    }
}

/// A page of experiments.
pub(super) async fn search_experiments(
    store: &MlflowStore,
    query: &ExperimentQuery,
    deadline: Deadline,
) -> Result<Page<Experiment>, StoreError> {
    let listing = Listing::of(&(&query.filter, &query.order_by, query.view));
    let place = listing.place(query.page_token.as_ref())?;
    limit(query.max_results)?;
    refuse_experiment_order(&query.order_by)?;
    if let Some(fault) = query.filter.fault() {
        return Err(StoreError::InvalidQuery(fault));
    }
    let has_filter = !query.filter.clauses.is_empty();
    if !has_filter || is_servers(&query.filter, store.version(deadline).await?) {
        match servers_page(store, query, listing, &place, deadline).await? {
            Ok(page) => return Ok(page),
            Err(fault) if fault.is_bad_question() && has_filter => {}
            Err(fault) => return Err(store.client.explain(fault)),
        }
    }
    our_page(store, query, listing, &place, deadline).await
}

async fn servers_page(
    store: &MlflowStore,
    query: &ExperimentQuery,
    listing: Listing,
    place: &Place,
    deadline: Deadline,
) -> Result<Result<Page<Experiment>, Fault>, StoreError> {
    let search = Search::new(&query.filter, &query.order_by, query.view)?;
    let mut mark = place.mark.clone();
    let mut items: Vec<Experiment> = Vec::new();
    loop {
        let wanted = (query.max_results - items.len()).min(A_PAGE);
        let (found, next) = match search.page(store, mark.as_deref(), wanted, deadline).await {
            Ok(page) => page,
            Err(fault) => return Ok(Err(fault)),
        };
        items.extend(found);
        mark = next;
        if mark.is_none() || items.len() >= query.max_results {
            break;
        }
    }
    let end = place.offset.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let total = match &mark {
        None if items.is_empty() && place.offset > 0 => None,
        None => u64::try_from(end).ok(),
        Some(mark) => match count(store, &search, end, mark.clone(), deadline).await {
            Ok(total) => total,
            Err(fault) => return Ok(Err(fault)),
        },
    };
    // Up to 2.22, a full page has a token even where nothing follows.
    let mark = mark.filter(|_| total != u64::try_from(end).ok());
    let next = mark.map(|mark| listing.token_of(&Place { offset: end, mark: Some(mark) }));
    Ok(Ok(Page { items, total, next }))
}

/// How many there are in all, where `known` are known and `mark` leads on.
async fn count(store: &MlflowStore, search: &Search, known: i64, mark: String, deadline: Deadline) -> Result<Option<u64>, Fault> {
    let mut counted = usize::try_from(known).unwrap_or(usize::MAX);
    let mut mark = mark;
    loop {
        let (found, next) = search.page(store, Some(&mark), A_PAGE, deadline).await?;
        counted = counted.saturating_add(found.len());
        match next {
            None => return Ok(Some(counted as u64)),
            Some(_) if counted >= LOOKED_AT || deadline.is_near() => return Ok(None),
            Some(next) => mark = next,
        }
    }
}

/// All experiments of a view in MLflow's own order, and whether these are all.
async fn all(store: &MlflowStore, view: View, deadline: Deadline) -> Result<(Vec<Experiment>, bool), StoreError> {
    let search = Search::new(&ExperimentFilter::default(), &[], view)?;
    let mut experiments = Vec::new();
    let mut mark: Option<String> = None;
    loop {
        let (found, next) = search.page(store, mark.as_deref(), A_PAGE, deadline).await.map_err(|fault| store.client.explain(fault))?;
        experiments.extend(found);
        if next.is_none() {
            return Ok((experiments, true));
        }
        if experiments.len() >= LOOKED_AT || deadline.is_near() {
            store.tell(format!("only {} experiments were read from the server; there are more", experiments.len()));
            return Ok((experiments, false));
        }
        mark = next;
    }
}

/// A page that is filtered here.
async fn our_page(
    store: &MlflowStore,
    query: &ExperimentQuery,
    listing: Listing,
    place: &Place,
    deadline: Deadline,
) -> Result<Page<Experiment>, StoreError> {
    let (mut experiments, is_complete) = all(store, query.view, deadline).await?;
    experiments.retain(|experiment| passes_experiment(experiment, &query.filter));
    sort_experiments(&mut experiments, &query.order_by);
    let offset = usize::try_from(place.offset).unwrap_or(usize::MAX);
    let end = offset.saturating_add(query.max_results).min(experiments.len());
    let next = (end < experiments.len()).then(|| listing.token(i64::try_from(end).unwrap_or(i64::MAX)));
    let total = is_complete.then_some(experiments.len() as u64);
    Ok(Page { items: experiments.into_iter().skip(offset).take(query.max_results).collect(), total, next })
}

/// One experiment, deleted ones too.
pub(super) async fn experiment(store: &MlflowStore, id: &ExperimentId, deadline: Deadline) -> Result<Option<Experiment>, StoreError> {
    // The server refuses other ids as a bad question.
    if id.0.is_empty() || !id.0.chars().all(|letter| letter.is_ascii_digit()) {
        return Ok(None);
    }
    found(store, Question::get("api/2.0/mlflow/experiments/get", vec![("experiment_id", id.0.clone())]), deadline)
        .await
        .map_err(|fault| store.client.explain(fault))
}

async fn found(store: &MlflowStore, question: Question, deadline: Deadline) -> Result<Option<Experiment>, Fault> {
    match store.client.ask::<ExperimentReply>(&question, deadline).await {
        Ok(reply) => Ok(Some(reply.experiment.into_experiment())),
        Err(fault) if fault.is_missing() => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn named(store: &MlflowStore, name: &str, deadline: Deadline) -> Result<Option<Experiment>, Fault> {
    let question = Question::get("api/2.0/mlflow/experiments/get-by-name", vec![("experiment_name", name.to_owned())]);
    found(store, question, deadline).await
}

/// Makes an experiment.
///
/// The name is looked up before, so that an experiment of that name afterwards, with our tags, is ours although the answer
/// was lost. Nothing is sent twice unless the server surely did nothing the first time.
pub(super) async fn create_experiment(store: &MlflowStore, new: &NewExperiment, deadline: Deadline) -> Result<ExperimentId, StoreError> {
    refuse_unfit_experiment(new)?;
    let explain = |fault: Fault| store.client.explain(fault);
    if let Some(taken) = named(store, &new.name, deadline).await.map_err(explain)? {
        return Err(name_taken(&taken));
    }
    let tags: Vec<Pair> = new.tags.iter().map(|tag| Pair { key: tag.key.clone(), value: tag.value.clone() }).collect();
    let question = Question::write("api/2.0/mlflow/experiments/create", json!({ "name": new.name, "tags": tags }));
    // Time is kept for the look-up.
    let fault = match store.client.ask::<CreatedReply>(&question, deadline.shortened()).await {
        Ok(created) => return Ok(ExperimentId(created.experiment_id.0)),
        Err(fault) => fault,
    };
    if fault.code() == Some("RESOURCE_ALREADY_EXISTS") {
        let taken = named(store, &new.name, deadline).await.ok().flatten();
        return Err(taken.as_ref().map_or_else(|| explain(fault), name_taken));
    }
    if !fault.is_uncertain() {
        return Err(explain(fault));
    }
    match named(store, &new.name, deadline).await {
        Ok(Some(made)) if new.tags.iter().all(|tag| made.tag(&tag.key) == Some(tag.value.as_str())) => Ok(made.id),
        Ok(Some(taken)) => Err(name_taken(&taken)),
        // The server has said that it is done with the request, and there is nothing.
        Ok(None) if matches!(fault, Fault::Refused(_)) => Err(explain(fault)),
        Ok(None) | Err(_) => Err(StoreError::Uncertain(format!(
            "whether the experiment `{}` was made is not known ({}): look for it before you try again",
            new.name,
            explain(fault)
        ))),
    }
}

fn name_taken(taken: &Experiment) -> StoreError {
    let (name, id) = (&taken.name, &taken.id);
    StoreError::Conflict(match taken.lifecycle {
        Lifecycle::Deleted => {
            format!("the name `{name}` is still taken by the deleted experiment {id}: choose another name, or restore that one in MLflow")
        }
        Lifecycle::Active => format!("there is already an experiment `{name}` (id {id}): use it, or choose another name"),
    })
}
