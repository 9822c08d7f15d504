//! Searching runs: filter, order and page as one statement that yields run ids.

use rusqlite::params_from_iter;

use super::conditions::{column_of, push_run_conditions};
use super::connection::Session;
use super::fault::Fault;
use super::probe::Schema;
use super::rows::text;
use super::runs::load_runs;
use super::statement::Statement;
use crate::domain::filter::{Attribute, Field, RunOrder};
use crate::domain::run::{Run, RunId};
use crate::store::page::{Listing, limit, total_told_by_page};
use crate::store::refusals::refuse_order;
use crate::store::{Count, Page, RunQuery};

/// A page of whole runs.
pub(super) fn search_runs(session: &Session, query: &RunQuery) -> Result<Page<Run>, Fault> {
    let listing = Listing::of(&(&query.experiment_ids, &query.filter, &query.order_by, query.view));
    let offset = listing.offset(query.page_token.as_ref())?;
    let limit = limit(query.max_results)?;

    let statement = page_statement(session.schema, query, limit, offset)?;
    let mut ids = Vec::new();
    let mut prepared = session.connection.prepare_cached(&statement.text)?;
    let mut rows = prepared.query(params_from_iter(&statement.values))?;
    while let Some(row) = rows.next()? {
        ids.push(RunId(text(row, 0)?));
    }

    let total = match (total_told_by_page(offset, ids.len(), limit), query.count) {
        (Some(total), _) => Some(total),
        (None, Count::All) => Some(count(session, query)?),
        (None, Count::Nothing) => None,
    };
    let has_more = ids.len() > query.max_results;
    ids.truncate(query.max_results);
    let next = has_more.then(|| listing.token(offset.saturating_add(limit - 1)));
    Ok(Page { items: load_runs(session, &ids)?, total, next })
}

/// The statement of one page.
pub(super) fn page_statement(schema: Schema, query: &RunQuery, limit: i64, offset: i64) -> Result<Statement, Fault> {
    refuse_order(&query.order_by)?;
    let mut statement = Statement::new("SELECT r.run_uuid FROM runs AS r");
    for (position, order) in query.order_by.iter().enumerate() {
        push_order_join(&mut statement, position, &order.field);
    }
    statement.push(" WHERE ");
    push_run_conditions(&mut statement, schema, &query.experiment_ids, query.view, &query.filter)?;
    push_order(&mut statement, &query.order_by);
    statement.push(" LIMIT ");
    statement.bind(limit);
    statement.push(" OFFSET ");
    statement.bind(offset);
    Ok(statement)
}

fn count(session: &Session, query: &RunQuery) -> Result<u64, Fault> {
    let mut statement = Statement::new("SELECT count(*) FROM runs AS r WHERE ");
    push_run_conditions(&mut statement, session.schema, &query.experiment_ids, query.view, &query.filter)?;
    let count: i64 =
        session.connection.prepare_cached(&statement.text)?.query_row(params_from_iter(&statement.values), |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The table that holds a sort key, joined by its primary key: one look-up a run. MLflow joins a subquery here, which
/// SQLite without statistics materialises and scans once a run.
fn push_order_join(statement: &mut Statement, position: usize, field: &Field) {
    let (table, key) = match field {
        Field::Metric(key) => ("latest_metrics", key),
        Field::Param(key) => ("params", key),
        Field::Tag(key) => ("tags", key),
        Field::Attribute(_) | Field::Dataset(_) => return,
    };
    statement.push(&format!(" LEFT JOIN {table} AS o{position} ON o{position}.key = "));
    statement.bind(key.clone());
    statement.push(&format!(" AND o{position}.run_uuid = r.run_uuid"));
}

fn push_order(statement: &mut Statement, orders: &[RunOrder]) {
    statement.push(" ORDER BY ");
    for (position, order) in orders.iter().enumerate() {
        let direction = order.direction.keyword();
        let key = match &order.field {
            Field::Metric(_) => {
                format!(
                    "CASE WHEN o{position}.is_nan = 1 THEN 1 WHEN o{position}.value IS NULL THEN 2 ELSE 0 END, o{position}.value {direction}, "
                )
            }
            Field::Param(_) | Field::Tag(_) | Field::Dataset(_) => {
                format!("o{position}.value IS NULL, o{position}.value {direction}, ")
            }
            Field::Attribute(attribute) => {
                let column = column_of(*attribute);
                format!("r.{column} IS NULL, r.{column} {direction}, ")
            }
        };
        statement.push(&key);
    }
    if !orders.iter().any(|order| order.field == Field::Attribute(Attribute::StartTime)) {
        statement.push("r.start_time DESC, ");
    }
    statement.push("r.run_uuid");
}
