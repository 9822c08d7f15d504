//! Runs by a parameter that holds numbers: MLflow keeps texts and sorts them as such, so that 12 layers come before 2.

use super::rows::page_of;
use crate::domain::filter::SortDirection;
use crate::domain::run::{Run, RunRow};
use crate::store::{Page, RunQuery, TableQuery};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;

/// What a page token begins with, before the place in the list.
const TOKEN: &str = "amount:";

/// A page of the runs that the query's filter keeps, by the number that a parameter holds; runs without one come last. Where most
/// hold none, the store's own order of texts.
pub(super) async fn page(context: &Context, query: &RunQuery, parameter: &str, direction: SortDirection) -> Result<Page<Run>, ToolError> {
    let table = TableQuery {
        experiment_ids: query.experiment_ids.clone(),
        filter: query.filter.clone(),
        param_keys: vec![parameter.to_owned()],
        ..TableQuery::default()
    };
    let mut rows = context.store.run_table(&table).await?.rows;
    let held = rows.iter().filter(|row| text(row).is_some()).count();
    let numbers = rows.iter().filter(|row| number(row).is_some()).count();
    if numbers * 2 <= held {
        return Ok(context.store.runs(query).await?);
    }
    rows.sort_by(|one, other| match (number(one), number(other)) {
        (Some(one), Some(other)) => match direction {
            SortDirection::Ascending => one.total_cmp(&other),
            SortDirection::Descending => other.total_cmp(&one),
        },
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
    page_of(&rows, TOKEN, context, query).await
}

fn text(row: &RunRow) -> Option<&str> {
    row.params.first()?.as_deref()
}

/// The number that the parameter of a run holds.
fn number(row: &RunRow) -> Option<f64> {
    text(row)?.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}
