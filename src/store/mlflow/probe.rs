//! Which server it is: its version, which decides what it may be asked, and a check-up for people.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::MlflowStore;
use super::client::{Deadline, MAX_ANSWER, Question};
use super::fault::Fault;
use super::wire::ServerInfo;
use crate::domain::experiment::ExperimentId;
use crate::domain::run::Run;
use crate::store::{ExperimentQuery, HistoryQuery, RunQuery, StoreError};

/// How much of the text of `/version` is read.
const VERSION_BYTES: usize = 1024;

/// How far the clocks may stand apart before it is told.
const CLOCK_DRIFT: Duration = Duration::from_secs(5);

/// An MLflow version, as far as behaviour depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
}

impl Version {
    /// What a server is taken for that does not tell: everything that some version lacks is then done on our side.
    pub(super) const OLDEST: Self = Self { major: 2, minor: 9 };

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        Some(Self { major: parts.next()?.parse().ok()?, minor: parts.next()?.parse().ok()? })
    }
}

/// The text of `/version`, such as `3.18.0`.
pub(super) async fn version_text(store: &MlflowStore, deadline: Deadline) -> Result<String, Fault> {
    let answer = store.client.bytes(&Question::get("version", Vec::new()), deadline, VERSION_BYTES).await?;
    Ok(String::from_utf8_lossy(&answer.body).trim().to_owned())
}

/// The version; the oldest where the server does not tell one that can be read.
pub(super) async fn version(store: &MlflowStore, deadline: Deadline) -> Result<Version, Fault> {
    match version_text(store, deadline).await {
        Ok(text) => Ok(Version::parse(&text).unwrap_or(Version::OLDEST)),
        // A gateway that lets only the API through.
        Err(Fault::Refused(refusal)) if refusal.status < 500 && refusal.status != 429 => Ok(Version::OLDEST),
        Err(fault) => Err(fault),
    }
}

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// What.
    pub what: &'static str,
    /// What was met, or what is wrong.
    pub outcome: Result<String, StoreError>,
    /// How long it took.
    pub took: Duration,
}

impl MlflowStore {
    /// Looks at everything that people get wrong, one thing after the other, and stops where nothing can follow.
    pub async fn check_up(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let deadline = self.client.deadline();

        let begun = Instant::now();
        let version = version_text(self, deadline).await;
        let is_reachable = !matches!(version, Err(Fault::Unreachable(_) | Fault::Resting | Fault::TimedOut(_)));
        findings.push(finding("version", begun, version.map_err(|fault| self.client.explain(fault))));
        if !is_reachable {
            return findings;
        }

        let begun = Instant::now();
        findings.push(finding("server", begun, self.server_info(deadline).await));
        let begun = Instant::now();
        findings.push(finding("clock", begun, self.clock(deadline).await));

        let begun = Instant::now();
        let query = ExperimentQuery { max_results: 100, ..ExperimentQuery::default() };
        let experiments = self.experiments(&query).await;
        let ids: Vec<ExperimentId> = experiments.iter().flat_map(|page| &page.items).map(|experiment| experiment.id.clone()).collect();
        let counted = experiments.map(|page| match page.total {
            Some(total) => format!("{total} active experiments; these credentials are let in"),
            None => "many active experiments; these credentials are let in".to_owned(),
        });
        let is_let_in = counted.is_ok();
        findings.push(finding("authentication", begun, counted));
        if !is_let_in || ids.is_empty() {
            return findings;
        }

        let begun = Instant::now();
        let query = RunQuery { experiment_ids: ids, max_results: 1, ..RunQuery::default() };
        let runs = self.runs(&query).await;
        let run = runs.as_ref().ok().and_then(|page| page.items.first()).cloned();
        let told = runs.map(|page| match (page.items.first(), page.total) {
            (Some(run), Some(total)) => format!("{total} runs, the newest is `{}`", run.id),
            (Some(run), None) => format!("many runs, the newest is `{}`", run.id),
            (None, _) => "no runs yet".to_owned(),
        });
        findings.push(finding("a search", begun, told));

        if let Some((run, key)) = run.and_then(|run| first_metric(&run)) {
            let begun = Instant::now();
            let query = HistoryQuery { runs: vec![run.id], key: key.clone(), at_most: 100, steps: None };
            let told = self.metric_histories(&query).await.map(|curves| {
                let points: usize = curves.iter().map(|curve| curve.summary.n).sum();
                let sampled = curves.iter().any(|curve| curve.sampled);
                format!("{points} points of `{key}`{}", if sampled { ", sampled by the server" } else { "" })
            });
            findings.push(finding("a history", begun, told));
        }
        findings
    }

    async fn server_info(&self, deadline: Deadline) -> Result<String, StoreError> {
        let question = Question::get("api/3.0/mlflow/server-info", Vec::new());
        let info: ServerInfo = match self.client.ask(&question, deadline).await {
            Ok(info) => info,
            Err(fault) if fault.is_unknown_call() || matches!(fault, Fault::WebPage) => {
                return Ok("it does not tell its store (MLflow before 3.9); no workspaces".to_owned());
            }
            Err(fault) => return Err(self.client.explain(fault)),
        };
        let store =
            if info.store_type.is_empty() { "a store of unknown type".to_owned() } else { format!("store type {}", info.store_type) };
        let workspaces = match (info.workspaces_enabled, &self.workspace) {
            (Some(true), Some(workspace)) => format!("workspaces on, `{workspace}` is asked for"),
            (Some(true), None) => "workspaces on, and MLFLOW_WORKSPACE names none: the server's default is asked for".to_owned(),
            (Some(false) | None, Some(workspace)) => {
                format!("no workspaces, though MLFLOW_WORKSPACE is `{workspace}`: unset it")
            }
            (Some(false) | None, None) => "no workspaces".to_owned(),
        };
        Ok(format!("{store}, {workspaces}"))
    }

    /// How far the server's clock is from ours: "today" is ours, the runs' times are the clients'.
    async fn clock(&self, deadline: Deadline) -> Result<String, StoreError> {
        let question = Question::get("health", Vec::new());
        let answer = self.client.bytes(&question, deadline, MAX_ANSWER).await.map_err(|fault| self.client.explain(fault))?;
        let theirs = answer.date.as_deref().and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|date| date.timestamp().as_second());
        let ours = SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok());
        let (Some(theirs), Some(ours)) = (theirs, ours) else { return Ok("the server does not tell its time".to_owned()) };
        let apart = theirs.abs_diff(ours);
        Ok(if Duration::from_secs(apart) <= CLOCK_DRIFT {
            "as ours".to_owned()
        } else {
            let side = if theirs > ours { "ahead of" } else { "behind" };
            format!("the server's is {apart} s {side} ours: `today` and `last week` may miss runs")
        })
    }
}

fn finding(what: &'static str, begun: Instant, outcome: Result<String, StoreError>) -> Finding {
    Finding { what, outcome, took: begun.elapsed() }
}

fn first_metric(run: &Run) -> Option<(Run, String)> {
    run.metrics.first().map(|metric| (run.clone(), metric.key.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_and_oddities_are_none() {
        let version = |text: &str| Version::parse(text);
        assert!(version("3.17.2") > version("3.9.0"));
        assert_eq!(version("2.9.2\n"), Some(Version::OLDEST));
        assert_eq!(version("3.18.0.dev0"), Some(Version { major: 3, minor: 18 }));
        assert_eq!(version("<html>"), None);
        assert_eq!(version(""), None);
    }
}
