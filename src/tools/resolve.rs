//! From the references in a call to what the store holds: which experiment, runs, metrics and parameters are meant.
//!
//! The likenesses are those of `domain::reference`; here is where names are read from the store, and where an experiment
//! that was not named is chosen.

mod keys;
mod runs;

use std::collections::BTreeMap;

use self::keys::no_such;
pub use self::keys::{field, filter, is_attribute, key_among, metric_key, param_key, param_keys, primary, sort_field};
pub use self::runs::{OneRun, full_ids, one_of_them, runs};
use self::runs::{no_such_run, run_name};
use super::error::ToolError;
use super::tool::Context;
use super::view::{ResolvedExperiment, plain};
use crate::domain::experiment::{Experiment, ExperimentId, Lifecycle, View};
use crate::domain::filter::{ExperimentClause, ExperimentField, ExperimentFilter, Test, TextMatch};
use crate::domain::reference::{CANDIDATES_SHOWN, Found, Likeness, Name, RunName, RunPhrase, find, find_run, words};
use crate::domain::run::{Run, RunId};
use crate::store::{ExperimentQuery, TableQuery};

/// The experiment tag that says whose an experiment is.
pub const TENANT_TAG: &str = "tenant_id";

/// How many experiments one page of the store brings.
const EXPERIMENTS_A_PAGE: usize = 1000;

/// How many experiments are looked at in all.
const EXPERIMENTS_AT_MOST: usize = 20_000;

/// The conditions under which an experiment is seen at all.
#[must_use]
pub fn scope(context: &Context) -> ExperimentFilter {
    let clauses = context.tenant.iter().map(|tenant| ExperimentClause {
        field: ExperimentField::Tag(TENANT_TAG.to_owned()),
        test: Test::Text(TextMatch::Eq, tenant.clone()),
    });
    ExperimentFilter { clauses: clauses.collect() }
}

/// All experiments in scope, newest first.
///
/// # Errors
/// Where the store fails.
pub async fn experiments(context: &Context, view: View) -> Result<Vec<Experiment>, ToolError> {
    let mut query = ExperimentQuery { filter: scope(context), view, max_results: EXPERIMENTS_A_PAGE, ..ExperimentQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = context.store.experiments(&query).await?;
        all.extend(page.items);
        match page.next {
            Some(next) if all.len() < EXPERIMENTS_AT_MOST => query.page_token = Some(next),
            _ => return Ok(all),
        }
    }
}

/// Where a call is answered from, and why there.
#[derive(Debug, Clone)]
pub struct Place {
    /// The experiment.
    pub experiment: Experiment,
    /// Why this one, where the call did not name it.
    pub why: Option<String>,
    /// Names of others that would fit as well.
    pub others: Vec<String>,
}

impl Place {
    /// As results tell it.
    #[must_use]
    pub fn resolved(&self) -> ResolvedExperiment {
        ResolvedExperiment {
            id: self.experiment.id.0.clone(),
            name: plain(&self.experiment.name),
            why: self.why.clone(),
            others: self.others.clone(),
        }
    }

    /// A caveat where the experiment was chosen among several.
    #[must_use]
    pub fn caveat(&self) -> Option<String> {
        let why = self.why.as_ref()?;
        if self.others.is_empty() {
            return None;
        }
        let shown: Vec<String> = self.others.iter().take(CANDIDATES_SHOWN).map(|name| format!("`{name}`")).collect();
        let more = self.others.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("answered from `{}`, {why}; others would fit too: {}{more}", plain(&self.experiment.name), shown.join(", ")))
    }
}

/// What an experiment must hold to be a candidate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wants<'a> {
    /// References to metrics.
    pub metrics: &'a [String],
    /// References to parameters.
    pub parameters: &'a [String],
    /// References to runs; phrases such as `last 3` fit everywhere.
    pub runs: &'a [String],
}

/// The experiment that `reference` names; without one the conversation's focus if it fits, else the only one that fits, else the most
/// recently active of those that fit.
///
/// # Errors
/// [`ToolError::NotFound`] or [`ToolError::Ambiguous`] with the nearest names; [`ToolError::Nothing`] for an empty store.
pub async fn place(context: &Context, reference: Option<&str>, wants: Wants<'_>) -> Result<Place, ToolError> {
    let ids = full_ids(wants.runs);
    if let Some(experiment) = seen_with_runs(context, reference, &ids).await? {
        return Ok(Place { experiment, why: None, others: Vec::new() });
    }
    let ahead = async { Ok(context.store.read_runs_ahead(&ids).await?) };
    let (all, ()) = tokio::try_join!(experiments(context, View::ActiveOnly), ahead)?;
    if all.is_empty() {
        return Err(ToolError::Nothing(
            "there are no experiments yet; train something with MLflow, or make one with create_experiment".into(),
        ));
    }
    if let Some(reference) = reference.filter(|text| !text.trim().is_empty()) {
        let experiment = named(context, reference.trim(), all).await?;
        return Ok(Place { experiment, why: None, others: Vec::new() });
    }
    let fitting = fitting(context, &all, wants).await?;
    let focus = context.focus.as_ref();
    if let Some(experiment) = fitting.iter().find(|experiment| Some(&experiment.id) == focus) {
        return Ok(Place { experiment: (*experiment).clone(), why: Some("the experiment in question".into()), others: Vec::new() });
    }
    if let [only] = fitting.as_slice() {
        let why = if all.len() == 1 { "the only experiment" } else { "the only experiment that fits" };
        return Ok(Place { experiment: (*only).clone(), why: Some(why.into()), others: Vec::new() });
    }
    let ids: Vec<ExperimentId> = fitting.iter().map(|experiment| experiment.id.clone()).collect();
    let starts = context.store.last_starts(&ids).await?;
    let latest = fitting.iter().zip(starts).max_by_key(|(_, start)| *start).map(|(experiment, _)| *experiment);
    let Some(latest) = latest else {
        return Err(ToolError::Nothing("no experiment fits; name one".into()));
    };
    let others = fitting.iter().filter(|experiment| experiment.id != latest.id).map(|experiment| plain(&experiment.name)).collect();
    Ok(Place { experiment: latest.clone(), why: Some("the most recently active that fits".into()), others })
}

/// The experiment that `reference` names by its id, if it was seen a moment ago and the runs show that it is there still; that spares
/// a server the list of all experiments.
async fn seen_with_runs(context: &Context, reference: Option<&str>, runs: &[RunId]) -> Result<Option<Experiment>, ToolError> {
    let seen = reference.and_then(|id| context.store.experiment_seen(&ExperimentId(id.trim().to_owned())));
    let Some(experiment) = seen.filter(|_| context.tenant.is_none() && !runs.is_empty()) else { return Ok(None) };
    let runs = context.store.runs_by_id(runs).await?;
    let shows = |run: &Run| run.experiment_id == experiment.id && run.lifecycle == Lifecycle::Active;
    Ok(runs.iter().any(shows).then_some(experiment))
}

async fn named(context: &Context, reference: &str, all: Vec<Experiment>) -> Result<Experiment, ToolError> {
    if let Some(found) = all.iter().find(|experiment| experiment.id.0 == reference) {
        context.store.see_experiment(found);
        return Ok(found.clone());
    }
    let names: Vec<Name> = all.iter().map(|experiment| Name::new(&experiment.name)).collect();
    let shown = |indices: &[usize]| -> Vec<String> {
        indices.iter().filter_map(|index| all.get(*index)).take(CANDIDATES_SHOWN).map(|experiment| plain(&experiment.name)).collect()
    };
    match find(reference, &names) {
        Found::One(index, _) => {
            all.get(index).cloned().ok_or_else(|| ToolError::Nothing("the experiment list changed while it was read; ask again".into()))
        }
        Found::Several(several) => {
            Err(ToolError::Ambiguous { what: "experiment", given: reference.to_owned(), candidates: shown(&several) })
        }
        Found::Nothing(nearest) => {
            let by_tag: Vec<&Experiment> = all.iter().filter(|experiment| has_tag_like(experiment, reference)).collect();
            if let [only] = by_tag.as_slice() {
                return Ok((*only).clone());
            }
            let deleted = experiments(context, View::DeletedOnly).await?;
            let is_meant = |experiment: &&Experiment| words(&experiment.name) == words(reference) || experiment.id.0 == reference;
            if let Some(experiment) = deleted.iter().find(is_meant) {
                return Err(ToolError::Nothing(format!(
                    "the experiment `{}` is deleted and cannot be asked about; restore it in MLflow first",
                    plain(&experiment.name)
                )));
            }
            Err(ToolError::NotFound { what: "experiment", given: reference.to_owned(), candidates: shown(&nearest) })
        }
    }
}

fn has_tag_like(experiment: &Experiment, reference: &str) -> bool {
    let reference = Name::new(reference);
    experiment
        .tags
        .iter()
        .filter(|tag| !tag.key.starts_with("mlflow."))
        .any(|tag| Name::new(&tag.value).likeness(&reference).is_some_and(|likeness| likeness <= Likeness::Contains))
}

/// The experiments that hold what is wanted, by the strongest likeness that any of them offers.
async fn fitting<'a>(context: &Context, all: &'a [Experiment], wants: Wants<'_>) -> Result<Vec<&'a Experiment>, ToolError> {
    let mut fitting: Vec<&Experiment> = all.iter().collect();
    let named: Vec<String> = wants.runs.iter().filter(|text| matches!(RunPhrase::parse(text), RunPhrase::One(_))).cloned().collect();
    if !named.is_empty() {
        fitting = holding_runs(context, fitting, &named).await?;
    }
    if fitting.len() > 1 && !wants.metrics.is_empty() && !wants.parameters.is_empty() {
        fitting = able(context, fitting, wants).await?;
    }
    let mut metrics = wants.metrics.to_vec();
    for reference in wants.runs {
        if let RunPhrase::Best { metric: Some(metric), .. } | RunPhrase::Worst { metric: Some(metric), .. } = RunPhrase::parse(reference) {
            metrics.push(metric);
        }
    }
    // The names of the only one are read where they are needed.
    if !metrics.is_empty() && fitting.len() > 1 {
        let logged = by_experiment(context.store.metric_keys(&ids_of(&fitting)).await?);
        fitting = holding(fitting, &logged, &metrics, "metric")?;
    }
    if !wants.parameters.is_empty() && fitting.len() > 1 {
        let logged = by_experiment(context.store.param_keys(&ids_of(&fitting)).await?);
        fitting = holding(fitting, &logged, wants.parameters, "parameter")?;
    }
    Ok(fitting)
}

/// Those that hold all of what is wanted, which go before those that hold a part of it by a stronger likeness; all, where none does.
async fn able<'a>(context: &Context, all: Vec<&'a Experiment>, wants: Wants<'_>) -> Result<Vec<&'a Experiment>, ToolError> {
    let ids = ids_of(&all);
    let metrics = by_experiment(context.store.metric_keys(&ids).await?);
    let parameters = by_experiment(context.store.param_keys(&ids).await?);
    let holds = |logged: &BTreeMap<ExperimentId, Vec<Name>>, experiment: &Experiment, references: &[String]| {
        let names = logged.get(&experiment.id).map(Vec::as_slice).unwrap_or_default();
        references.iter().map(|text| Name::new(text)).all(|reference| names.iter().any(|name| name.likeness(&reference).is_some()))
    };
    let is_able =
        |experiment: &&&Experiment| holds(&metrics, experiment, wants.metrics) && holds(&parameters, experiment, wants.parameters);
    let able: Vec<&Experiment> = all.iter().filter(is_able).copied().collect();
    Ok(if able.is_empty() { all } else { able })
}

/// The experiments that hold the runs named, by the strongest likeness that any of them offers.
async fn holding_runs<'a>(context: &Context, all: Vec<&'a Experiment>, named: &[String]) -> Result<Vec<&'a Experiment>, ToolError> {
    let asked = full_ids(named);
    if asked.len() == named.len() {
        let runs = context.store.runs_by_id(&asked).await?;
        if runs.len() == asked.len() {
            return holding_all(&runs, all);
        }
    }
    let ids = ids_of(&all);
    let table = context.store.run_table(&TableQuery { experiment_ids: ids, ..TableQuery::default() }).await?;
    let mut runs: BTreeMap<ExperimentId, Vec<RunName>> = BTreeMap::new();
    for row in &table.rows {
        runs.entry(row.experiment_id.clone()).or_default().push(run_name(row));
    }
    let mut fitting = all.clone();
    for reference in named {
        let strength = |experiment: &&Experiment| {
            let names = runs.get(&experiment.id)?;
            match find_run(reference, names) {
                Found::One(_, likeness) => Some(likeness.max(Likeness::SameMeaning)),
                Found::Several(_) => Some(Likeness::PartOf),
                Found::Nothing(_) => None,
            }
        };
        let kept = strongest(&fitting, strength);
        if kept.is_empty() {
            let elsewhere = all.iter().find(|experiment| strength(experiment).is_some());
            if let (Some(first), Some(held), Some(elsewhere)) = (named.first(), fitting.first(), elsewhere) {
                return Err(apart(&[(first, held), (reference, elsewhere)]));
            }
            let every: Vec<RunName> = table.rows.iter().map(run_name).collect();
            return Err(no_such_run(reference, &every));
        }
        fitting = kept;
    }
    Ok(fitting)
}

/// The experiment that holds all of `runs`; none where one of them is not to be seen.
fn holding_all<'a>(runs: &[Run], all: Vec<&'a Experiment>) -> Result<Vec<&'a Experiment>, ToolError> {
    let mut places: Vec<(&str, &&Experiment)> = Vec::new();
    for run in runs {
        match all.iter().find(|experiment| experiment.id == run.experiment_id) {
            Some(experiment) => places.push((&run.id.0, experiment)),
            None => return Ok(Vec::new()),
        }
    }
    let Some((_, first)) = places.first() else { return Ok(Vec::new()) };
    if places.iter().any(|(_, experiment)| experiment.id != first.id) { Err(apart(&places)) } else { Ok(vec![first]) }
}

/// That runs which are asked for together lie in several experiments.
fn apart(places: &[(&str, &&Experiment)]) -> ToolError {
    let place = |(run, experiment): &(&str, &&Experiment)| format!("`{}` is in `{}`", plain(run), plain(&experiment.name));
    let places: Vec<String> = places.iter().take(CANDIDATES_SHOWN).map(place).collect();
    ToolError::Nothing(format!("{}, but one call is about runs of one experiment: ask about each by itself", places.join(", ")))
}

fn ids_of(experiments: &[&Experiment]) -> Vec<ExperimentId> {
    experiments.iter().map(|experiment| experiment.id.clone()).collect()
}

fn by_experiment(keys: Vec<(String, Vec<ExperimentId>)>) -> BTreeMap<ExperimentId, Vec<Name>> {
    let mut logged: BTreeMap<ExperimentId, Vec<Name>> = BTreeMap::new();
    for (key, experiments) in keys {
        for experiment in experiments {
            logged.entry(experiment).or_default().push(Name::new(&key));
        }
    }
    logged
}

fn holding<'a>(
    fitting: Vec<&'a Experiment>,
    logged: &BTreeMap<ExperimentId, Vec<Name>>,
    references: &[String],
    what: &'static str,
) -> Result<Vec<&'a Experiment>, ToolError> {
    let mut fitting = fitting;
    for reference in references {
        let wanted = Name::new(reference);
        let strength = |experiment: &&Experiment| {
            let likenesses = logged.get(&experiment.id)?.iter().filter_map(|name| name.likeness(&wanted));
            likenesses.min().map(|likeness| likeness.max(Likeness::SameWords))
        };
        let kept = strongest(&fitting, strength);
        if kept.is_empty() {
            let every: Vec<Name> = fitting.iter().filter_map(|experiment| logged.get(&experiment.id)).flatten().cloned().collect();
            return Err(no_such(what, reference, &every));
        }
        fitting = kept;
    }
    Ok(fitting)
}

fn strongest<'a>(experiments: &[&'a Experiment], strength: impl Fn(&&'a Experiment) -> Option<Likeness>) -> Vec<&'a Experiment> {
    let strengths: Vec<Option<Likeness>> = experiments.iter().map(&strength).collect();
    let Some(best) = strengths.iter().flatten().min() else { return Vec::new() };
    experiments.iter().zip(&strengths).filter(|(_, found)| found.as_ref() == Some(best)).map(|(experiment, _)| *experiment).collect()
}
