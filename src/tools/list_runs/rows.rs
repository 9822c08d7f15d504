//! Pages of runs that are in an order which the store does not know.

use crate::domain::run::{Run, RunRow};
use crate::store::{Page, PageToken, RunQuery};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;

/// The page of some rows that a query asks for; `mark` begins the tokens of this kind of list.
pub(super) async fn page_of(rows: &[RunRow], mark: &str, context: &Context, query: &RunQuery) -> Result<Page<Run>, ToolError> {
    let start = match &query.page_token {
        None => 0,
        Some(PageToken(token)) => token
            .strip_prefix(mark)
            .and_then(|place| place.parse::<usize>().ok())
            .ok_or_else(|| ToolError::InvalidArguments(format!("the page token `{token}` is of another list: begin without a token")))?,
    };
    let ids: Vec<_> = rows.iter().skip(start).take(query.max_results).map(|row| row.id.clone()).collect();
    let end = start + ids.len();
    Ok(Page {
        items: context.store.runs_by_id(&ids).await?,
        total: Some(rows.len() as u64),
        next: (end < rows.len()).then(|| PageToken(format!("{mark}{end}"))),
    })
}
