//! The names of an experiment's runs, all of them read only where a few look-ups do not tell.

use super::{one_run, run_name, without_runs};
use crate::domain::experiment::Experiment;
use crate::domain::filter::{Attribute, Clause, Field, Filter, RunOrder, SortDirection, Test, TextMatch};
use crate::domain::reference::{Found, Likeness, Name, RunName, find_run, run_number};
use crate::domain::run::RunId;
use crate::store::{Count, RunQuery, TableQuery};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;

/// Runs that a look-up may find; with more, all names are read.
const LOOKED_UP: usize = 50;

/// As [`LOOKED_UP`], for a number, in which the names of ten thousand numbered runs end a hundred times.
const ENDING_IN_NUMBER: usize = 150;

/// How many runs from an end of the list are asked for by themselves.
const FROM_AN_END: usize = 100;

/// How many characters of an id stand for it.
const PREFIX: usize = 4;

/// The runs of an experiment by name, read when they are needed.
pub(super) struct Names<'call> {
    context: &'call Context,
    experiment: &'call Experiment,
    /// Newest first.
    all: Option<Vec<RunName>>,
}

impl<'call> Names<'call> {
    pub(super) fn new(context: &'call Context, experiment: &'call Experiment) -> Self {
        Self { context, experiment, all: None }
    }

    /// Every run, newest first.
    pub(super) async fn all(&mut self) -> Result<&[RunName], ToolError> {
        if self.few().await?.is_none() {
            let query = TableQuery { experiment_ids: vec![self.experiment.id.clone()], ..TableQuery::default() };
            self.all = Some(self.context.store.run_table(&query).await?.rows.iter().map(run_name).collect());
        }
        let experiment = self.experiment;
        self.few().await?.ok_or_else(|| without_runs(experiment))
    }

    /// Every run, if they are known or cost little.
    async fn few(&mut self) -> Result<Option<&[RunName]>, ToolError> {
        if self.all.is_none() {
            self.all = self.context.store.few_runs(&self.experiment.id).await?.map(|table| table.rows.iter().map(run_name).collect());
        }
        if self.all.as_ref().is_some_and(Vec::is_empty) {
            return Err(without_runs(self.experiment));
        }
        Ok(self.all.as_deref())
    }

    /// The runs that started last.
    pub(super) async fn newest(&mut self, count: usize) -> Result<Vec<RunId>, ToolError> {
        if count > FROM_AN_END {
            return Ok(self.all().await?.iter().take(count).map(|run| RunId(run.id.clone())).collect());
        }
        self.by_start(count, SortDirection::Descending).await
    }

    /// The runs that started first.
    pub(super) async fn oldest(&mut self, count: usize) -> Result<Vec<RunId>, ToolError> {
        if count > FROM_AN_END {
            return Ok(self.all().await?.iter().rev().take(count).map(|run| RunId(run.id.clone())).collect());
        }
        self.by_start(count, SortDirection::Ascending).await
    }

    async fn by_start(&self, count: usize, direction: SortDirection) -> Result<Vec<RunId>, ToolError> {
        let order = RunOrder { field: Field::Attribute(Attribute::StartTime), direction };
        let query = RunQuery { order_by: vec![order], max_results: count, ..self.query(Vec::new()) };
        Ok(self.context.store.runs(&query).await?.items.into_iter().map(|run| run.id).collect())
    }

    fn query(&self, clauses: Vec<Clause>) -> RunQuery {
        RunQuery {
            experiment_ids: vec![self.experiment.id.clone()],
            filter: Filter { clauses },
            count: Count::Nothing,
            ..RunQuery::default()
        }
    }

    /// The one run that has this text for its name.
    pub(super) async fn called(&mut self, text: &str) -> Result<Option<RunId>, ToolError> {
        let looked_up;
        let names = match self.few().await? {
            Some(names) => names,
            None => {
                looked_up = self.looked_up(Attribute::RunName, text.trim(), LOOKED_UP).await?;
                looked_up.as_deref().unwrap_or_default()
            }
        };
        Ok(match find_run(text, names) {
            Found::One(index, likeness) if likeness <= Likeness::CaseFolded => names.get(index).map(|run| RunId(run.id.clone())),
            Found::One(..) | Found::Several(_) | Found::Nothing(_) => None,
        })
    }

    /// The run that a reference names.
    pub(super) async fn one(&mut self, reference: &str) -> Result<RunId, ToolError> {
        if let Some(names) = self.few().await? {
            return one_run(reference, names);
        }
        for (attribute, pattern, most, likeness) in look_ups(reference) {
            let Some(names) = self.looked_up(attribute, &pattern, most).await? else { continue };
            let is_found = match find_run(reference, &names) {
                Found::One(_, found) => found <= likeness,
                Found::Several(_) => true,
                Found::Nothing(_) => false,
            };
            if is_found {
                return one_run(reference, &names);
            }
        }
        one_run(reference, self.all().await?)
    }

    /// The runs of which the attribute is like the pattern, unless they are too many or the pattern cannot be asked for.
    async fn looked_up(&self, attribute: Attribute, pattern: &str, most: usize) -> Result<Option<Vec<RunName>>, ToolError> {
        let clause = Clause { field: Field::Attribute(attribute), test: Test::Text(TextMatch::ILike, pattern.to_owned()) };
        if pattern.is_empty() || clause.to_mlflow().is_err() {
            return Ok(None);
        }
        let query = RunQuery { max_results: most, ..self.query(vec![clause]) };
        let page = self.context.store.runs(&query).await?;
        Ok(page.next.is_none().then(|| page.items.into_iter().map(|run| RunName { id: run.id.0, name: Name::new(&run.name) }).collect()))
    }
}

/// Look-ups whose runs are all that a reference can mean, if one of them is as like it as stated: by the whole name, by the
/// number at its end, by the beginning of the id, by the beginning of the name.
fn look_ups(reference: &str) -> Vec<(Attribute, String, usize, Likeness)> {
    let reference = reference.trim();
    let mut look_ups = vec![(Attribute::RunName, reference.to_owned(), LOOKED_UP, Likeness::CaseFolded)];
    let is_prefix = reference.len() >= PREFIX && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_prefix {
        look_ups.push((Attribute::RunId, format!("{}%", reference.to_lowercase()), LOOKED_UP, Likeness::PartOf));
    }
    if let Some(number) = run_number(reference) {
        look_ups.push((Attribute::RunName, format!("%{number}"), ENDING_IN_NUMBER, Likeness::SameMeaning));
        look_ups.push((Attribute::RunName, format!("{reference}%"), LOOKED_UP, Likeness::PartOf));
    }
    look_ups
}
