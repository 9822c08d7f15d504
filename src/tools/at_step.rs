//! What a metric was at a step of training.

use std::collections::BTreeMap;

use super::error::ToolError;
use super::tool::Context;
use crate::domain::metric::MetricPoint;
use crate::domain::run::{Run, RunId};
use crate::store::HistoryQuery;

/// The last point of each run up to a step. Most runs log each step, so that the rest of the history is read only where not.
pub(super) async fn points_at_step(
    context: &Context,
    runs: &[Run],
    key: &str,
    step: i64,
) -> Result<BTreeMap<RunId, MetricPoint>, ToolError> {
    let logged: Vec<RunId> = runs.iter().filter(|run| run.metric(key).is_some()).map(|run| run.id.clone()).collect();
    let mut points: BTreeMap<RunId, MetricPoint> = BTreeMap::new();
    for steps in [step..=step, i64::MIN..=step] {
        let open: Vec<RunId> = logged.iter().filter(|run| !points.contains_key(run)).cloned().collect();
        if open.is_empty() {
            break;
        }
        let query = HistoryQuery { runs: open, key: key.to_owned(), at_most: 1, steps: Some(steps) };
        for curve in context.store.metric_histories(&query).await? {
            points.extend(curve.summary.last.map(|last| (curve.run, last)));
        }
    }
    Ok(points)
}
