//! From the references in a call to what the store holds: which experiment, runs, metrics and parameters are meant.
//!
//! The likenesses are those of `domain::reference`; here is where names are read from the store, and where an experiment
//! that was not named is chosen.

use std::collections::BTreeMap;

use super::error::ToolError;
use super::tool::Context;
use super::view::{ResolvedExperiment, plain, shown_name};
use crate::domain::compare;
use crate::domain::experiment::{Experiment, ExperimentId, View};
use crate::domain::filter::{Attribute, ExperimentClause, ExperimentField, ExperimentFilter, Field, Filter, RunOrder, Test, TextMatch};
use crate::domain::metric::{Direction, PRIMARY_METRIC_TAG, primary_metric};
use crate::domain::reference::{CANDIDATES_SHOWN, Found, Likeness, Name, RunName, RunPhrase, find, find_run, words};
use crate::domain::run::{Run, RunId, RunRow};
use crate::store::{ExperimentQuery, TableQuery};

/// The experiment tag that says whose an experiment is.
pub const TENANT_TAG: &str = "tenant_id";

/// How many experiments one page of the store brings.
const EXPERIMENTS_A_PAGE: usize = 1000;

/// How many characters MLflow's own run ids have.
const RUN_ID_LENGTH: usize = 32;

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
    let all = experiments(context, View::ActiveOnly).await?;
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

async fn named(context: &Context, reference: &str, all: Vec<Experiment>) -> Result<Experiment, ToolError> {
    if let Some(found) = all.iter().find(|experiment| experiment.id.0 == reference) {
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
            if let Some(experiment) = deleted.iter().find(|experiment| experiment.name == reference || experiment.id.0 == reference) {
                return Err(ToolError::Nothing(format!(
                    "the experiment `{}` is deleted; restore it in MLflow to ask about it",
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
    let named: Vec<&String> = wants.runs.iter().filter(|text| matches!(RunPhrase::parse(text), RunPhrase::One(_))).collect();
    if !named.is_empty() {
        fitting = holding_runs(context, fitting, &named).await?;
    }
    let mut metrics = wants.metrics.to_vec();
    for reference in wants.runs {
        if let RunPhrase::Best { metric: Some(metric), .. } | RunPhrase::Worst { metric: Some(metric), .. } = RunPhrase::parse(reference) {
            metrics.push(metric);
        }
    }
    if !metrics.is_empty() {
        let logged = by_experiment(context.store.metric_keys().await?);
        fitting = holding(fitting, &logged, &metrics, "metric")?;
    }
    if !wants.parameters.is_empty() {
        let logged = by_experiment(context.store.param_keys().await?);
        fitting = holding(fitting, &logged, wants.parameters, "parameter")?;
    }
    Ok(fitting)
}

/// The experiments that hold the runs named, by the strongest likeness that any of them offers.
async fn holding_runs<'a>(context: &Context, all: Vec<&'a Experiment>, named: &[&String]) -> Result<Vec<&'a Experiment>, ToolError> {
    let asked: Vec<RunId> = named.iter().map(|reference| RunId(reference.trim().to_owned())).collect();
    if asked.iter().all(|id| id.0.len() == RUN_ID_LENGTH) {
        let runs = context.store.runs_by_id(&asked).await?;
        if runs.len() == asked.len() {
            return Ok(all.into_iter().filter(|experiment| runs.iter().all(|run| run.experiment_id == experiment.id)).collect());
        }
    }
    let ids: Vec<ExperimentId> = all.iter().map(|experiment| experiment.id.clone()).collect();
    let table = context.store.run_table(&TableQuery { experiment_ids: ids, ..TableQuery::default() }).await?;
    let mut runs: BTreeMap<ExperimentId, Vec<RunName>> = BTreeMap::new();
    for row in &table.rows {
        runs.entry(row.experiment_id.clone()).or_default().push(run_name(row));
    }
    let mut fitting = all;
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
            let every: Vec<RunName> = table.rows.iter().map(run_name).collect();
            return Err(no_such_run(reference, &every));
        }
        fitting = kept;
    }
    Ok(fitting)
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

fn no_such(what: &'static str, reference: &str, names: &[Name]) -> ToolError {
    let nearest = match find(reference, names) {
        Found::One(index, _) => vec![index],
        Found::Several(indices) | Found::Nothing(indices) => indices,
    };
    let mut candidates: Vec<String> = Vec::new();
    for name in nearest.into_iter().filter_map(|index| names.get(index)) {
        if !candidates.contains(&plain(name.text())) {
            candidates.push(plain(name.text()));
        }
    }
    ToolError::NotFound { what, given: reference.to_owned(), candidates }
}

fn no_such_run(reference: &str, runs: &[RunName]) -> ToolError {
    let nearest = match find_run(reference, runs) {
        Found::One(index, _) => vec![index],
        Found::Several(indices) | Found::Nothing(indices) => indices,
    };
    let names = nearest.into_iter().filter_map(|index| runs.get(index)).map(|run| shown_name(run.name.text(), &run.id));
    ToolError::NotFound { what: "run", given: reference.to_owned(), candidates: names.take(CANDIDATES_SHOWN).collect() }
}

fn run_name(row: &RunRow) -> RunName {
    RunName { id: row.id.0.clone(), name: Name::new(&row.name) }
}

/// The metric keys of an experiment's active runs.
///
/// # Errors
/// Where the store fails.
pub async fn metric_keys(context: &Context, id: &ExperimentId) -> Result<Vec<String>, ToolError> {
    Ok(context.store.metric_keys_of(id).await?)
}

/// The parameter keys of an experiment's active runs.
///
/// # Errors
/// Where the store fails.
pub async fn param_keys(context: &Context, id: &ExperimentId) -> Result<Vec<String>, ToolError> {
    Ok(context.store.param_keys_of(id).await?)
}

/// The key among `keys` that `reference` means.
///
/// # Errors
/// [`ToolError::NotFound`] or [`ToolError::Ambiguous`] with candidates.
pub fn key_among(what: &'static str, reference: &str, keys: &[String]) -> Result<String, ToolError> {
    let names: Vec<Name> = keys.iter().map(|key| Name::new(key)).collect();
    match find(reference, &names) {
        Found::One(index, _) => keys.get(index).cloned().ok_or_else(|| no_such(what, reference, &names)),
        Found::Several(several) => Err(ToolError::Ambiguous {
            what,
            given: reference.to_owned(),
            candidates: several.iter().filter_map(|index| keys.get(*index)).map(|key| plain(key)).collect(),
        }),
        Found::Nothing(_) => Err(no_such(what, reference, &names)),
    }
}

/// The experiment's primary metric: what "best" means when nobody says by what.
///
/// # Errors
/// [`ToolError::Nothing`] where no metric is logged.
pub async fn primary(context: &Context, experiment: &Experiment) -> Result<String, ToolError> {
    let tagged = experiment.tag(PRIMARY_METRIC_TAG).map(str::trim);
    if let Some(key) = metric_keys(context, &experiment.id).await?.into_iter().find(|key| Some(key.as_str()) == tagged) {
        return Ok(key);
    }
    let counts: Vec<(String, u64)> =
        context.store.metric_summaries(&experiment.id).await?.into_iter().map(|summary| (summary.key, summary.runs)).collect();
    primary_metric(counts.iter().map(|(key, runs)| (key.as_str(), *runs)), &experiment.tags)
        .map(str::to_owned)
        .ok_or_else(|| ToolError::Nothing(format!("no metric is logged in `{}` yet", plain(&experiment.name))))
}

/// A run that one reference led to, and where it was found.
#[derive(Debug, Clone)]
pub struct OneRun {
    /// Its experiment.
    pub place: Place,
    /// The run.
    pub run: Run,
    /// What was assumed.
    pub caveats: Vec<String>,
}

/// The run that a reference means, the first where it means several.
///
/// # Errors
/// As [`place`] and [`runs`].
pub async fn one_of_them(context: &Context, experiment: Option<&str>, reference: &str) -> Result<OneRun, ToolError> {
    let references = [reference.to_owned()];
    let place = place(context, experiment, Wants { runs: &references, ..Wants::default() }).await?;
    let mut caveats: Vec<String> = place.caveat().into_iter().collect();
    let ids = runs(context, &place.experiment, &references).await?;
    if ids.len() > 1 {
        caveats.push(format!("`{}` means {} runs; this is the first of them", plain(reference), ids.len()));
    }
    let run = context.store.runs_by_id(ids.get(..1).unwrap_or_default()).await?.into_iter().next();
    let gone = || ToolError::Nothing(format!("the run `{}` is gone; it was removed from the store meanwhile", plain(reference)));
    Ok(OneRun { place, run: run.ok_or_else(gone)?, caveats })
}

/// The runs that the references mean, in the order asked for, each once.
///
/// # Errors
/// [`ToolError::NotFound`] or [`ToolError::Ambiguous`] with candidates; [`ToolError::Nothing`] for an experiment without runs.
pub async fn runs(context: &Context, experiment: &Experiment, references: &[String]) -> Result<Vec<RunId>, ToolError> {
    let query = TableQuery { experiment_ids: vec![experiment.id.clone()], ..TableQuery::default() };
    let rows = context.store.run_table(&query).await?.rows;
    if rows.is_empty() {
        return Err(ToolError::Nothing(format!("the experiment `{}` has no runs yet", plain(&experiment.name))));
    }
    let names: Vec<RunName> = rows.iter().map(run_name).collect();
    let mut found: Vec<RunId> = Vec::new();
    for reference in references {
        let ids: Vec<RunId> = match RunPhrase::parse(reference) {
            RunPhrase::Last(count) => rows.iter().take(count).map(|row| row.id.clone()).collect(),
            RunPhrase::First(count) => rows.iter().rev().take(count).map(|row| row.id.clone()).collect(),
            RunPhrase::All => rows.iter().map(|row| row.id.clone()).collect(),
            RunPhrase::Best { count, metric } => match one_run(reference, &names) {
                Ok(id) => vec![id],
                Err(_) => ranked(context, experiment, metric.as_deref(), count, End::Best).await?,
            },
            RunPhrase::Worst { count, metric } => ranked(context, experiment, metric.as_deref(), count, End::Worst).await?,
            RunPhrase::One(text) => vec![one_run(&text, &names)?],
        };
        for id in ids {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

fn one_run(reference: &str, names: &[RunName]) -> Result<RunId, ToolError> {
    match find_run(reference, names) {
        Found::One(index, _) => match names.get(index) {
            Some(run) => Ok(RunId(run.id.clone())),
            None => Err(no_such_run(reference, names)),
        },
        Found::Several(several) => {
            let runs: Vec<&RunName> = several.iter().filter_map(|index| names.get(*index)).collect();
            let same_name = runs.windows(2).all(|pair| matches!(pair, [left, right] if left.name.text() == right.name.text()));
            let show = |run: &&RunName| if same_name { run.id.clone() } else { shown_name(run.name.text(), &run.id) };
            let candidates = runs.iter().take(CANDIDATES_SHOWN).map(show).collect();
            Err(ToolError::Ambiguous { what: "run", given: reference.to_owned(), candidates })
        }
        Found::Nothing(_) => Err(no_such_run(reference, names)),
    }
}

#[derive(Clone, Copy)]
enum End {
    Best,
    Worst,
}

async fn ranked(context: &Context, experiment: &Experiment, metric: Option<&str>, count: usize, end: End) -> Result<Vec<RunId>, ToolError> {
    let metric = match metric {
        Some(reference) => key_among("metric", reference, &metric_keys(context, &experiment.id).await?)?,
        None => primary(context, experiment).await?,
    };
    let (direction, _) = Direction::of(&metric, &experiment.tags);
    let query = TableQuery { experiment_ids: vec![experiment.id.clone()], metric_keys: vec![metric], ..TableQuery::default() };
    let rows = context.store.run_table(&query).await?.rows;
    let values: Vec<Option<f64>> = rows.iter().map(|row| row.metrics.first().copied().flatten()).collect();
    let ranking = compare::rank(&values, direction);
    let order: Vec<usize> = match end {
        End::Best => ranking.order.iter().take(count).map(|ranked| ranked.index).collect(),
        End::Worst => ranking.order.iter().rev().take(count).map(|ranked| ranked.index).collect(),
    };
    Ok(order.into_iter().filter_map(|index| rows.get(index)).map(|row| row.id.clone()).collect())
}

/// The filter that `text` writes in MLflow's grammar, its metric and parameter keys resolved as references.
///
/// # Errors
/// [`ToolError::InvalidArguments`] where the text is no filter, with the place; else as [`key_among`].
pub async fn filter(context: &Context, experiment: &Experiment, text: Option<&str>) -> Result<Filter, ToolError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Filter::default()) };
    let mut filter = Filter::parse(text).map_err(|fault| ToolError::InvalidArguments(format!("argument `filter`: {fault}")))?;
    for clause in &mut filter.clauses {
        clause.field = field(context, experiment, clause.field.clone()).await?;
    }
    Ok(filter)
}

/// The field with its metric or parameter key resolved.
///
/// # Errors
/// As [`key_among`].
pub async fn field(context: &Context, experiment: &Experiment, field: Field) -> Result<Field, ToolError> {
    Ok(match field {
        Field::Metric(key) => Field::Metric(key_among("metric", &key, &metric_keys(context, &experiment.id).await?)?),
        Field::Param(key) => Field::Param(key_among("parameter", &key, &param_keys(context, &experiment.id).await?)?),
        other @ (Field::Tag(_) | Field::Attribute(_) | Field::Dataset(_)) => other,
    })
}

/// The word for an experiment's primary metric where runs are sorted.
const PRIMARY: &str = "best";

/// Whether a sort key is no metric or parameter.
#[must_use]
pub fn is_attribute(text: &str) -> bool {
    text == PRIMARY || attribute(text).is_some()
}

fn attribute(text: &str) -> Option<Attribute> {
    match words(text).join(" ").as_str() {
        "start" | "start time" | "time" | "date" | "created" | "created at" | "newest" => Some(Attribute::StartTime),
        "end" | "end time" => Some(Attribute::EndTime),
        "name" | "run name" => Some(Attribute::RunName),
        _ => None,
    }
}

/// What runs may be sorted by: `metrics.f1_score`, `params.n`, `start_time`, or the bare name of a metric or parameter.
///
/// # Errors
/// As [`key_among`].
pub async fn sort_field(context: &Context, experiment: &Experiment, text: &str) -> Result<Field, ToolError> {
    if let Ok(order) = RunOrder::parse(text) {
        return field(context, experiment, order.field).await;
    }
    if let Some(attribute) = attribute(text) {
        return Ok(Field::Attribute(attribute));
    }
    if text == PRIMARY {
        return Ok(Field::Metric(primary(context, experiment).await?));
    }
    match key_among("metric", text, &metric_keys(context, &experiment.id).await?) {
        Ok(key) => Ok(Field::Metric(key)),
        Err(fault) => match key_among("parameter", text, &param_keys(context, &experiment.id).await?) {
            Ok(key) => Ok(Field::Param(key)),
            Err(_) => Err(fault),
        },
    }
}
