//! Runs by how long they took: MLflow keeps start and end, but neither sorts nor filters by what lies between.

use super::rows::page_of;
use crate::domain::filter::SortDirection;
use crate::domain::run::{Run, RunRow};
use crate::store::{Page, RunQuery, TableQuery};
use crate::tools::error::ToolError;
use crate::tools::tool::Context;
use crate::tools::view::shown_duration;

/// What a page token begins with, before the place in the list.
const TOKEN: &str = "duration:";

/// Whether a sort key means the duration.
pub(super) fn is_meant(sort_by: &str) -> bool {
    matches!(sort_by.trim().to_lowercase().as_str(), "duration" | "duration_seconds" | "attributes.duration" | "run time" | "runtime")
}

/// How long the runs of a list took, in seconds; open where an end is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Bounds {
    /// Longer than this.
    pub(super) longer_than: Option<u32>,
    /// Shorter than this.
    pub(super) shorter_than: Option<u32>,
}

impl Bounds {
    /// Whether every run fits.
    pub(super) fn is_open(self) -> bool {
        self.longer_than.is_none() && self.shorter_than.is_none()
    }

    /// Whether a run fits; one that has not ended fits open bounds only.
    fn admits(self, row: &RunRow) -> bool {
        let took = milliseconds(row);
        let is_longer = self.longer_than.is_none_or(|bound| took.is_some_and(|took| took > i64::from(bound) * 1_000));
        let is_shorter = self.shorter_than.is_none_or(|bound| took.is_some_and(|took| took < i64::from(bound) * 1_000));
        is_longer && is_shorter
    }

    /// As the answer says it.
    pub(super) fn in_words(self) -> String {
        let longer = self.longer_than.map(|bound| format!("longer than {}", shown_duration(bound.into())));
        let shorter = self.shorter_than.map(|bound| format!("less than {}", shown_duration(bound.into())));
        let bounds: Vec<String> = longer.into_iter().chain(shorter).collect();
        if bounds.is_empty() { String::new() } else { format!(" that took {}", bounds.join(" and ")) }
    }
}

/// A page of the runs that the query's filter keeps, by duration; runs that have not ended come last, the newest of equal ones first.
pub(super) async fn page(context: &Context, query: &RunQuery, direction: SortDirection, bounds: Bounds) -> Result<Page<Run>, ToolError> {
    let table = TableQuery { experiment_ids: query.experiment_ids.clone(), filter: query.filter.clone(), ..TableQuery::default() };
    let mut rows = context.store.run_table(&table).await?.rows;
    rows.retain(|row| bounds.admits(row));
    rows.sort_by(|one, other| {
        let (one, other) = (milliseconds(one), milliseconds(other));
        let by_length = match direction {
            SortDirection::Ascending => one.cmp(&other),
            SortDirection::Descending => other.cmp(&one),
        };
        one.is_none().cmp(&other.is_none()).then(by_length)
    });
    page_of(&rows, TOKEN, context, query).await
}

/// How long a run took; absent where it has not ended or its start is unknown.
fn milliseconds(row: &RunRow) -> Option<i64> {
    Some(row.end?.0.saturating_sub(row.start?.0))
}
