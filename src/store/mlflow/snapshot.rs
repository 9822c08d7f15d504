//! What the active runs of an experiment logged, read once for a call and then asked many things.
//!
//! MLflow's REST has no call for keys, ranges, counts or columns: all of them come from the same whole runs, so these are read
//! once, kept small, and given up when the call ends.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::MlflowStore;
use super::client::Deadline;
use super::conditions::{Division, passes};
use super::search::{Pages, Scope, scan};
use super::wire::FoundRun;
use crate::domain::experiment::{ExperimentId, View};
use crate::domain::filter::Filter;
use crate::domain::run::{Run, RunId, RunRow, RunStatus, RunTable};
use crate::domain::time::Timestamp;
use crate::store::{MetricSummary, PARAM_VALUES_SHOWN, ParamSummary, StatusCounts, StoreError, TAG_VALUES_READ, TableQuery};

/// Metric and parameter values that are kept for one call: some 50 MB.
const VALUES_KEPT: usize = 2_000_000;

/// The active runs of one experiment, newest first.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    rows: Vec<Row>,
    metric_keys: Keys,
    param_keys: Keys,
    texts: Texts,
    tag_values: BTreeSet<(String, String)>,
    /// False where reading stopped at a bound.
    is_complete: bool,
}

#[derive(Debug)]
struct Row {
    id: RunId,
    name: String,
    experiment_id: ExperimentId,
    status: RunStatus,
    start: Option<i64>,
    end: Option<i64>,
    metrics: Vec<(u32, f64)>,
    params: Vec<(u32, Arc<str>)>,
}

/// Keys by number, so that each is kept once.
#[derive(Debug, Default)]
struct Keys {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Keys {
    fn number(&mut self, key: &str) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(key.to_owned());
        self.numbers.insert(key.to_owned(), number);
        number
    }

    fn known(&self, key: &str) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    fn name(&self, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|place| self.names.get(place)).map_or("", String::as_str)
    }
}

/// Parameter texts, each kept once: `adam` stands in thousands of runs.
#[derive(Debug, Default)]
struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn kept(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.0.insert(Arc::clone(&new));
        new
    }
}

impl Snapshot {
    /// Reads all active runs of an experiment, within the bounds of a scan.
    pub(super) async fn read(store: &MlflowStore, id: &ExperimentId, deadline: Deadline) -> Result<Self, StoreError> {
        let scope = Scope::new(std::slice::from_ref(id), &Filter::default(), &[], View::ActiveOnly)?;
        let mut snapshot = Self::default();
        // At least something of each experiment, so that none looks empty.
        let mut room = VALUES_KEPT.saturating_sub(store.values_kept()).max(1);
        let is_complete = scan(store, scope, deadline, |found| {
            room = room.saturating_sub(found.run.metrics.len() + found.run.params.len());
            snapshot.add(found);
            if room > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await?;
        snapshot.is_complete = is_complete;
        snapshot.sort();
        Ok(snapshot)
    }

    /// Reads the newest runs only.
    pub(super) async fn read_newest(store: &MlflowStore, id: &ExperimentId, count: usize, deadline: Deadline) -> Result<Self, StoreError> {
        let scope = Scope::new(std::slice::from_ref(id), &Filter::default(), &[], View::ActiveOnly)?;
        Self::read_first(store, scope, count, deadline).await
    }

    /// Reads the first runs of a search: one page.
    pub(super) async fn read_first(store: &MlflowStore, scope: Scope, count: usize, deadline: Deadline) -> Result<Self, StoreError> {
        let mut pages = Pages::new(store, scope, None);
        let mut snapshot = Self::default();
        for found in pages.next(count, deadline).await.map_err(|fault| store.client.explain(fault))? {
            snapshot.add(found);
        }
        snapshot.is_complete = pages.is_over();
        snapshot.sort();
        Ok(snapshot)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    fn add(&mut self, found: FoundRun) {
        let Run { id, name, experiment_id, status, metrics, params, tags, .. } = found.run;
        for tag in tags {
            let is_ours = !tag.key.starts_with("mlflow.") || tag.key == "mlflow.user";
            if is_ours && self.tag_values.len() < TAG_VALUES_READ {
                self.tag_values.insert((tag.key, tag.value));
            }
        }
        self.rows.push(Row {
            id,
            name,
            experiment_id,
            status,
            start: found.start,
            end: found.end,
            metrics: metrics.iter().map(|metric| (self.metric_keys.number(&metric.key), metric.value)).collect(),
            params: params.iter().map(|param| (self.param_keys.number(&param.key), self.texts.kept(&param.value))).collect(),
        });
    }

    /// How many metric and parameter values it holds.
    pub(super) fn values(&self) -> usize {
        self.rows.iter().map(|row| row.metrics.len() + row.params.len()).sum()
    }

    fn sort(&mut self) {
        self.rows.sort_unstable_by(newest_first);
    }

    pub(super) fn status_counts(&self) -> StatusCounts {
        let mut counts = StatusCounts::new();
        for row in &self.rows {
            *counts.entry(row.status).or_default() += 1;
        }
        counts
    }

    pub(super) fn last_start(&self) -> Option<Timestamp> {
        Timestamp::from_mlflow(self.rows.iter().filter_map(|row| row.start).max())
    }

    pub(super) fn tag_values(&self) -> Vec<(String, String)> {
        self.tag_values.iter().cloned().collect()
    }

    pub(super) fn metric_keys(&self) -> &[String] {
        &self.metric_keys.names
    }

    pub(super) fn param_keys(&self) -> &[String] {
        &self.param_keys.names
    }

    pub(super) fn metric_summaries(&self) -> Vec<MetricSummary> {
        let mut summaries: BTreeMap<&str, MetricSummary> = BTreeMap::new();
        for (number, value) in self.rows.iter().flat_map(|row| &row.metrics) {
            let key = self.metric_keys.name(*number);
            let summary =
                summaries.entry(key).or_insert_with(|| MetricSummary { key: key.to_owned(), runs: 0, nan: 0, min: None, max: None });
            summary.runs += 1;
            if value.is_nan() {
                summary.nan += 1;
            } else {
                summary.min = Some(summary.min.map_or(*value, |min| min.min(*value)));
                summary.max = Some(summary.max.map_or(*value, |max| max.max(*value)));
            }
        }
        summaries.into_values().collect()
    }

    pub(super) fn param_summaries(&self) -> Vec<ParamSummary> {
        let mut counts: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for (number, text) in self.rows.iter().flat_map(|row| &row.params) {
            *counts.entry(self.param_keys.name(*number)).or_default().entry(text).or_default() += 1;
        }
        let summary = |(key, values): (&str, BTreeMap<&str, u64>)| {
            let mut commonest: Vec<(String, u64)> = values.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect();
            commonest.sort_by(|one, other| (Reverse(one.1), &one.0).cmp(&(Reverse(other.1), &other.0)));
            commonest.truncate(PARAM_VALUES_SHOWN);
            ParamSummary { key: key.to_owned(), runs: values.values().sum(), distinct: values.len() as u64, values: commonest }
        };
        counts.into_iter().map(summary).collect()
    }

    fn push_rows<'snapshot>(&'snapshot self, query: &TableQuery, rows: &mut Vec<(&'snapshot Row, RunRow)>) {
        let metric_columns: Vec<Option<u32>> = query.metric_keys.iter().map(|key| self.metric_keys.known(key)).collect();
        let param_columns: Vec<Option<u32>> = query.param_keys.iter().map(|key| self.param_keys.known(key)).collect();
        for row in &self.rows {
            let metric = |wanted: &Option<u32>| row.metrics.iter().find(|(number, _)| Some(*number) == *wanted).map(|(_, value)| *value);
            let param =
                |wanted: &Option<u32>| row.params.iter().find(|(number, _)| Some(*number) == *wanted).map(|(_, text)| text.to_string());
            let filled = RunRow {
                id: row.id.clone(),
                name: row.name.clone(),
                experiment_id: row.experiment_id.clone(),
                status: row.status,
                start: Timestamp::from_mlflow(row.start),
                end: Timestamp::from_mlflow(row.end),
                metrics: metric_columns.iter().map(metric).collect(),
                params: param_columns.iter().map(param).collect(),
            };
            rows.push((row, filled));
        }
    }
}

/// NULL is the smallest, as in SQL.
fn newest_first(one: &Row, other: &Row) -> std::cmp::Ordering {
    other.start.cmp(&one.start).then_with(|| one.id.cmp(&other.id))
}

/// The columns asked for, of all runs of these experiments.
pub(super) fn table(query: &TableQuery, snapshots: &[Arc<Snapshot>]) -> RunTable {
    let mut rows = Vec::new();
    for snapshot in snapshots {
        snapshot.push_rows(query, &mut rows);
    }
    rows.sort_unstable_by(|(one, _), (other, _)| newest_first(one, other));
    RunTable {
        metric_keys: query.metric_keys.clone(),
        param_keys: query.param_keys.clone(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        complete: snapshots.iter().all(|snapshot| snapshot.is_complete),
    }
}

/// The columns asked for, of the runs that pass a filter.
pub(super) async fn filtered_table(store: &MlflowStore, query: &TableQuery, deadline: Deadline) -> Result<RunTable, StoreError> {
    if let Some(fault) = query.filter.fault() {
        return Err(StoreError::InvalidQuery(fault));
    }
    let division = Division::of(&query.filter, &[], store.version(deadline).await?)?;
    let outcome = filtered(store, query, &division, deadline).await;
    match outcome {
        Err(StoreError::InvalidQuery(_)) => {
            let division = Division::with_all_ours(&query.filter);
            filtered(store, query, &division, deadline).await
        }
        outcome => outcome,
    }
}

async fn filtered(store: &MlflowStore, query: &TableQuery, division: &Division, deadline: Deadline) -> Result<RunTable, StoreError> {
    let scope = Scope::new(&query.experiment_ids, &division.server, &[], View::ActiveOnly)?;
    let mut snapshot = Snapshot::default();
    let is_complete = scan(store, scope, deadline, |mut found| {
        if passes(&found, &division.ours) {
            found.run.metrics.retain(|metric| query.metric_keys.contains(&metric.key));
            found.run.params.retain(|param| query.param_keys.contains(&param.key));
            found.run.tags.clear();
            snapshot.add(found);
        }
        ControlFlow::Continue(())
    })
    .await?;
    snapshot.is_complete = is_complete;
    Ok(table(query, &[Arc::new(snapshot)]))
}
