//! Reading experiments.

use std::collections::HashMap;

use rusqlite::{Row, params_from_iter};

use super::conditions::{number_of, push_experiment_conditions};
use super::connection::Session;
use super::fault::Fault;
use super::probe::Schema;
use super::rows::{lifecycle, status, text};
use super::statement::Statement;
use crate::domain::experiment::{Experiment, ExperimentId, Tag};
use crate::domain::filter::{ExperimentField, ExperimentOrder};
use crate::domain::time::Timestamp;
use crate::store::page::{Listing, limit, total_told_by_page};
use crate::store::refusals::refuse_experiment_order;
use crate::store::{ExperimentQuery, Page, StatusCounts};

/// A page of experiments.
///
/// Of all workspaces: a single-tenant MLflow keeps everything in `default`, and one that is asked for in `MLFLOW_WORKSPACE`
/// would be a condition in [`page_statement`] and the count.
pub(super) fn search_experiments(session: &Session, query: &ExperimentQuery) -> Result<Page<Experiment>, Fault> {
    let listing = Listing::of(&(&query.filter, &query.order_by, query.view));
    let offset = listing.offset(query.page_token.as_ref())?;
    let limit = limit(query.max_results)?;

    let statement = page_statement(session.schema, query, limit, offset)?;
    let mut experiments = experiments_of(session, &statement)?;
    let total = match total_told_by_page(offset, experiments.len(), limit) {
        Some(total) => total,
        None => count(session, query)?,
    };
    let has_more = experiments.len() > query.max_results;
    experiments.truncate(query.max_results);
    add_tags(session, &mut experiments)?;
    let next = has_more.then(|| listing.token(offset.saturating_add(limit - 1)));
    Ok(Page { items: experiments, total: Some(total), next })
}

/// One experiment, deleted ones too.
pub(super) fn experiment(session: &Session, id: &ExperimentId) -> Result<Option<Experiment>, Fault> {
    let Some(number) = number_of(&id.0) else { return Ok(None) };
    let mut statement = select(session.schema);
    statement.push(" WHERE e.experiment_id = ");
    statement.bind(number);
    let mut experiments = experiments_of(session, &statement)?;
    add_tags(session, &mut experiments)?;
    Ok(experiments.pop())
}

/// Active runs of each experiment by status, in the order of `ids`.
pub(super) fn status_counts(session: &Session, ids: &[ExperimentId]) -> Result<Vec<StatusCounts>, Fault> {
    let mut statement = Statement::new(
        "SELECT r.experiment_id, r.status, count(*) FROM runs AS r WHERE r.lifecycle_stage = 'active' AND r.experiment_id IN ",
    );
    statement.bind_list(ids.iter().filter_map(|id| number_of(&id.0)));
    statement.push(" GROUP BY r.experiment_id, r.status");

    let mut counts: HashMap<i64, StatusCounts> = HashMap::new();
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let mut rows = prepared.query(params_from_iter(&statement.values))?;
    while let Some(row) = rows.next()? {
        let runs = u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0);
        *counts.entry(row.get(0)?).or_default().entry(status(row, 1)?).or_default() += runs;
    }
    Ok(ids.iter().map(|id| number_of(&id.0).and_then(|number| counts.get(&number).cloned()).unwrap_or_default()).collect())
}

/// When the last active run of each experiment began.
pub(super) fn last_starts(session: &Session, ids: &[ExperimentId]) -> Result<Vec<Option<Timestamp>>, Fault> {
    let mut statement = Statement::new(
        "SELECT r.experiment_id, max(r.start_time) FROM runs AS r WHERE r.lifecycle_stage = 'active' AND r.experiment_id IN ",
    );
    statement.bind_list(ids.iter().filter_map(|id| number_of(&id.0)));
    statement.push(" GROUP BY r.experiment_id");
    let mut starts: HashMap<i64, Option<Timestamp>> = HashMap::new();
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let mut rows = prepared.query(params_from_iter(&statement.values))?;
    while let Some(row) = rows.next()? {
        starts.insert(row.get(0)?, Timestamp::from_mlflow(row.get(1)?));
    }
    Ok(ids.iter().map(|id| number_of(&id.0).and_then(|number| starts.get(&number).copied()).flatten()).collect())
}

fn select(schema: Schema) -> Statement {
    let times = if schema.has_experiment_times { "e.creation_time, e.last_update_time" } else { "NULL, NULL" };
    Statement::new(&format!("SELECT e.experiment_id, e.name, e.lifecycle_stage, {times} FROM experiments AS e"))
}

/// The statement of one page.
pub(super) fn page_statement(schema: Schema, query: &ExperimentQuery, limit: i64, offset: i64) -> Result<Statement, Fault> {
    let mut statement = select(schema);
    statement.push(" WHERE ");
    push_experiment_conditions(&mut statement, query.view, &query.filter)?;
    push_order(&mut statement, schema, &query.order_by)?;
    statement.push(" LIMIT ");
    statement.bind(limit);
    statement.push(" OFFSET ");
    statement.bind(offset);
    Ok(statement)
}

fn count(session: &Session, query: &ExperimentQuery) -> Result<u64, Fault> {
    let mut statement = Statement::new("SELECT count(*) FROM experiments AS e WHERE ");
    push_experiment_conditions(&mut statement, query.view, &query.filter)?;
    let count: i64 =
        session.connection.prepare_cached(&statement.text)?.query_row(params_from_iter(&statement.values), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// As MLflow: newest first, where nothing is asked; ties by id, highest first, where something is.
fn push_order(statement: &mut Statement, schema: Schema, orders: &[ExperimentOrder]) -> Result<(), Fault> {
    if orders.is_empty() {
        statement.push(if schema.has_experiment_times {
            " ORDER BY e.creation_time DESC, e.experiment_id"
        } else {
            " ORDER BY e.experiment_id"
        });
        return Ok(());
    }
    refuse_experiment_order(orders)?;
    statement.push(" ORDER BY ");
    for order in orders {
        let column = order.field.column_name().unwrap_or_default();
        statement.push(&format!("e.{column} {}, ", order.direction.keyword()));
    }
    let has_id = orders.iter().any(|order| order.field == ExperimentField::ExperimentId);
    statement.push(if has_id { "1" } else { "e.experiment_id DESC" });
    Ok(())
}

fn experiments_of(session: &Session, statement: &Statement) -> Result<Vec<Experiment>, Fault> {
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let experiments = prepared.query_map(params_from_iter(&statement.values), experiment_without_tags)?;
    Ok(experiments.collect::<Result<_, _>>()?)
}

fn experiment_without_tags(row: &Row<'_>) -> rusqlite::Result<Experiment> {
    Ok(Experiment {
        id: ExperimentId(text(row, 0)?),
        name: text(row, 1)?,
        lifecycle: lifecycle(row, 2)?,
        created: Timestamp::from_mlflow(row.get(3)?),
        updated: Timestamp::from_mlflow(row.get(4)?),
        tags: Vec::new(),
    })
}

/// The tags of all of them in one pass: the table has no index that begins with the experiment.
fn add_tags(session: &Session, experiments: &mut [Experiment]) -> Result<(), Fault> {
    let mut statement = Statement::new("SELECT t.experiment_id, t.key, t.value FROM experiment_tags AS t WHERE t.experiment_id IN ");
    statement.bind_list(experiments.iter().filter_map(|experiment| number_of(&experiment.id.0)));
    let mut tags: HashMap<String, Vec<Tag>> = HashMap::new();
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let mut rows = prepared.query(params_from_iter(&statement.values))?;
    while let Some(row) = rows.next()? {
        tags.entry(text(row, 0)?).or_default().push(Tag { key: text(row, 1)?, value: text(row, 2)? });
    }
    for experiment in experiments {
        experiment.tags = tags.remove(&experiment.id.0).unwrap_or_default();
        experiment.tags.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    }
    Ok(())
}
