//! Which runs are meant.

mod names;

use self::names::Names;
use super::keys::{metric_key, primary};
use super::{Place, Wants, place};
use crate::domain::experiment::{Experiment, Lifecycle};
use crate::domain::filter::Filter;
use crate::domain::metric::Direction;
use crate::domain::reference::{CANDIDATES_SHOWN, CANDIDATES_TO_CHOOSE_FROM, Found, Name, RunName, RunPhrase, find_run};
use crate::domain::run::{Run, RunId, RunRow};
use crate::store::RankingQuery;
use crate::tools::error::ToolError;
use crate::tools::tool::Context;
use crate::tools::view::{plain, shown_name};

/// How many characters MLflow's own run ids have.
const RUN_ID_LENGTH: usize = 32;

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
    let mut names = Names::new(context, experiment);
    let by_id = named_by_id(context, experiment, references).await?;
    let mut found: Vec<RunId> = Vec::new();
    for reference in references {
        let ids: Vec<RunId> = match RunPhrase::parse(reference) {
            RunPhrase::Last(count) => names.newest(count).await?,
            RunPhrase::First(count) => names.oldest(count).await?,
            RunPhrase::All => names.all().await?.iter().map(|run| RunId(run.id.clone())).collect(),
            RunPhrase::Best { count, metric } => match names.called(reference).await? {
                Some(id) => vec![id],
                None => ranked(context, experiment, metric.as_deref(), count, End::Best).await?,
            },
            RunPhrase::Worst { count, metric } => ranked(context, experiment, metric.as_deref(), count, End::Worst).await?,
            RunPhrase::One(text) => match by_id.iter().find(|id| id.0 == text) {
                Some(id) => vec![id.clone()],
                None => vec![names.one(&text).await?],
            },
        };
        for id in ids {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    if found.is_empty() { Err(without_runs(experiment)) } else { Ok(found) }
}

/// The references that are spelled as full ids are.
pub fn full_ids(references: &[String]) -> Vec<RunId> {
    let is_id = |text: &&str| text.len() == RUN_ID_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    references.iter().map(|text| text.trim()).filter(is_id).map(|text| RunId(text.to_owned())).collect()
}

/// The active runs of the experiment whose full ids are among the references.
async fn named_by_id(context: &Context, experiment: &Experiment, references: &[String]) -> Result<Vec<RunId>, ToolError> {
    let ids = full_ids(references);
    if ids.is_empty() {
        return Ok(ids);
    }
    let runs = context.store.runs_by_id(&ids).await?.into_iter();
    Ok(runs.filter(|run| run.experiment_id == experiment.id && run.lifecycle == Lifecycle::Active).map(|run| run.id).collect())
}

fn without_runs(experiment: &Experiment) -> ToolError {
    ToolError::Nothing(format!("the experiment `{}` has no runs yet", plain(&experiment.name)))
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
            let candidates = runs.iter().take(CANDIDATES_TO_CHOOSE_FROM).map(show).collect();
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
        Some(reference) => metric_key(context, &experiment.id, reference).await?,
        None => primary(context, experiment).await?,
    };
    let (better, _) = Direction::of(&metric, &experiment.tags);
    let direction = match (end, better) {
        (End::Best, better) => better,
        (End::Worst, Direction::HigherIsBetter) => Direction::LowerIsBetter,
        (End::Worst, Direction::LowerIsBetter) => Direction::HigherIsBetter,
    };
    let query = RankingQuery { experiment: experiment.id.clone(), filter: Filter::default(), metric, direction, at_most: count };
    Ok(context.store.first_runs(&query).await?.into_iter().take(count).map(|run| run.id).collect())
}

/// That no run is called so, with the nearest names.
pub(super) fn no_such_run(reference: &str, runs: &[RunName]) -> ToolError {
    let nearest = match find_run(reference, runs) {
        Found::One(index, _) => vec![index],
        Found::Several(indices) | Found::Nothing(indices) => indices,
    };
    let names = nearest.into_iter().filter_map(|index| runs.get(index)).map(|run| shown_name(run.name.text(), &run.id));
    ToolError::NotFound { what: "run", given: reference.to_owned(), candidates: names.take(CANDIDATES_SHOWN).collect() }
}

/// A row as a reference may name it.
pub(super) fn run_name(row: &RunRow) -> RunName {
    RunName { id: row.id.0.clone(), name: Name::new(&row.name) }
}
