//! `list_artifacts`: the files of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve;
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{ArtifactItem, Resolved, ResolvedRun, Table, counted, listed, plain, shown_size};
use crate::domain::artifact::ArtifactPath;

/// Lists the files and folders that a run logged, one folder at a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListArtifacts {
    /// Id, name or part of it; left out, the one that holds the run.
    experiment: Option<String>,
    /// Id, name, number, or a phrase such as `latest`, `best`.
    #[serde(alias = "run_id")]
    run: String,
    /// A folder such as `model`; left out, the top.
    path: Option<String>,
}

/// Files and folders of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Artifacts {
    /// The folder; empty for the top.
    path: String,
    /// What is in it, by path.
    files: Vec<ArtifactItem>,
    /// How many are here.
    returned: usize,
    /// How many there are.
    total: usize,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

/// How many files an answer lists.
const LISTED: usize = 500;

impl Tool for ListArtifacts {
    const NAME: &'static str = "list_artifacts";
    const TITLE: &'static str = "List a run's artifacts";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/runs/{run}/artifacts" };
    const PHRASES: &'static [&'static str] = &[
        "artifacts of {run}",
        "list the artifacts of {run}",
        "what artifacts does {run} have",
        "which files did {run} log",
        "files of {run}",
        "show the files of {run}",
        "list artifacts of the {direction} run",
    ];
    type Output = Artifacts;

    async fn call(self, context: &Context) -> Result<Artifacts, ToolError> {
        let path = folder(self.path.as_deref())?;
        let found = resolve::one_of_them(context, self.experiment.as_deref(), &self.run).await?;
        let artifacts = context.store.artifacts(&found.run, &path).await?;
        let total = artifacts.len();
        let mut caveats = found.caveats;
        if total > LISTED {
            caveats.push(format!("{LISTED} of {total} files are listed; name a folder to see what is in it"));
        }
        let files: Vec<ArtifactItem> = artifacts.iter().take(LISTED).map(ArtifactItem::of).collect();
        Ok(Artifacts {
            path: plain(path.as_str()),
            returned: files.len(),
            total,
            files,
            resolved: Resolved { experiment: Some(found.place.resolved()), runs: vec![ResolvedRun::of(&found.run)], ..Resolved::default() },
            caveats,
        })
    }
}

/// The folder that is asked for.
fn folder(path: Option<&str>) -> Result<ArtifactPath, ToolError> {
    ArtifactPath::parse(path.unwrap_or_default()).map_err(|fault| ToolError::InvalidArguments(format!("argument `path`: {fault}")))
}

impl View for Artifacts {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let run = self.resolved.runs.first().map(|run| run.run_name.clone()).unwrap_or_default();
        let place = if self.path.is_empty() { String::new() } else { format!(" in {}", self.path) };
        if self.total == 0 {
            return format!("{run} has no artifacts{place}.");
        }
        let names: Vec<String> = self.files.iter().take(10).map(|file| file.path.clone()).collect();
        let more = self.total - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let said = if more.is_empty() { listed(&names) } else { names.join(", ") };
        format!("{run} has {}{place}: {said}{more}.", counted(self.total as u64, "artifact"))
    }

    fn table(&self) -> Option<Table> {
        if self.files.is_empty() {
            return None;
        }
        let row = |file: &ArtifactItem| vec![file.path.clone(), file.size.map_or_else(|| "folder".to_owned(), shown_size)];
        Some(Table { columns: vec!["path".to_owned(), "size".to_owned()], rows: self.files.iter().map(row).collect() })
    }
}
