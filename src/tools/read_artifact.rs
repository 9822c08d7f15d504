//! `read_artifact`: what is in a file of a run.

mod content;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve;
use super::tool::{Access, Context, Image, Method, Route, Tool, View};
use super::view::{Resolved, ResolvedRun, Table, counted, listed, plain, shown_size};
use crate::domain::artifact::ArtifactPath;
use crate::domain::run::Run;
use crate::store::StoreError;
use content::{Content, CsvView};

/// Reads a file that a run logged: text, JSON, an image, or the head of a CSV table with its columns' types.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadArtifact {
    /// Id, name or part of it; left out, the one that holds the run.
    experiment: Option<String>,
    /// Id, name, number, or a phrase such as `latest`, `best`.
    #[serde(alias = "run_id")]
    run: String,
    /// The file, such as `confusion_matrix.csv` or `model/MLmodel`.
    path: String,
    /// Most bytes of text; 16,000 unless given.
    #[schemars(range(min = 1, max = 80000))]
    max_bytes: Option<usize>,
    /// Most rows of a table; 20 unless given.
    #[schemars(range(min = 1, max = 500))]
    max_rows: Option<usize>,
}

/// A file of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ArtifactContent {
    /// The file.
    path: String,
    /// Bytes in all; null where the store does not say.
    size: Option<u64>,
    /// What it is: `text`, `csv`, `json`, `image` or `binary`.
    kind: &'static str,
    /// Its media type.
    media_type: &'static str,
    /// The text, or its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The head of the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    csv: Option<CsvView>,
    /// The JSON value.
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<serde_json::Value>,
    /// Whether something of the file is not here.
    truncated: bool,
    /// What the references led to.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
    #[serde(skip)]
    image: Option<Image>,
}

const DEFAULT_BYTES: usize = 16_000;
const DEFAULT_ROWS: usize = 20;

impl Tool for ReadArtifact {
    const NAME: &'static str = "read_artifact";
    const TITLE: &'static str = "Read a run's artifact";
    const ACCESS: Access = Access::Read;
    const ROUTE: Route = Route { method: Method::Get, path: "/api/v1/ml/experiments/{experiment}/runs/{run}/artifacts/content" };
    const PHRASES: &'static [&'static str] = &[
        "read {file} of {run}",
        "show {file} of {run}",
        "show me {file} from {run}",
        "open {file} of {run}",
        "what is in {file} of {run}",
        "what does {file} of {run} contain",
        "print {file} of the {direction} run",
        "{file} of {run}",
        "contents of {file} of {run}",
    ];
    type Output = ArtifactContent;

    async fn call(self, context: &Context) -> Result<ArtifactContent, ToolError> {
        let path = ArtifactPath::parse(&self.path).map_err(|fault| ToolError::InvalidArguments(format!("argument `path`: {fault}")))?;
        if path.is_root() {
            return Err(ToolError::InvalidArguments("argument `path` names no file; list_artifacts shows what there is".to_owned()));
        }
        let found = resolve::one_of_them(context, self.experiment.as_deref(), &self.run).await?;
        let head = context.store.read_artifact(&found.run, &path, content::BYTES_READ).await.map_err(|fault| of_run(fault, &found.run))?;
        let at_most = content::Bounds { bytes: self.max_bytes.unwrap_or(DEFAULT_BYTES), rows: self.max_rows.unwrap_or(DEFAULT_ROWS) };
        let mut caveats = found.caveats;
        let size = head.size;
        let content = Content::of(&path, &head, at_most);
        if content.truncated {
            let whole = size.map(|size| format!(" of {}", shown_size(size))).unwrap_or_default();
            let what = match content.kind {
                "csv" => format!("the first {} of the table", counted(content.csv.as_ref().map_or(0, |csv| csv.rows.len()) as u64, "row")),
                "image" => "nothing: the image is too large to show".to_owned(),
                "binary" => "nothing: it is no text".to_owned(),
                _ => format!("the first {}", shown_size(content.text.as_ref().map_or(0, |text| text.len() as u64))),
            };
            caveats.push(format!(
                "{what}{} is shown",
                if content.kind == "image" || content.kind == "binary" { String::new() } else { whole }
            ));
        }
        Ok(ArtifactContent {
            path: plain(path.as_str()),
            size,
            kind: content.kind,
            media_type: content.media_type,
            text: content.text,
            csv: content.csv,
            json: content.json,
            truncated: content.truncated,
            resolved: Resolved { experiment: Some(found.place.resolved()), runs: vec![ResolvedRun::of(&found.run)], ..Resolved::default() },
            caveats,
            image: content.image,
        })
    }
}

/// What a run has not, with its name.
fn of_run(fault: StoreError, run: &Run) -> StoreError {
    match fault {
        StoreError::NotFound(why) => StoreError::NotFound(format!("`{}`: {why}", ResolvedRun::of(run).run_name)),
        fault => fault,
    }
}

impl View for ArtifactContent {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        let run = self.resolved.runs.first().map(|run| run.run_name.clone()).unwrap_or_default();
        let size = self.size.map(|size| format!(", {}", shown_size(size))).unwrap_or_default();
        let head = format!("{} of {run} ({}{size})", self.path, self.media_type);
        match (&self.csv, &self.text, &self.json) {
            (Some(csv), _, _) => {
                let columns: Vec<String> = csv.columns.iter().map(|column| format!("{} ({})", column.name, column.kind)).collect();
                let rows = csv.row_count.map_or_else(String::new, |count| format!("{} and ", counted(count as u64, "row")));
                format!("{head} has {rows}{}: {}.", counted(columns.len() as u64, "column"), listed(&columns))
            }
            (None, Some(text), _) => format!("{head}:\n{text}"),
            (None, None, Some(json)) => format!("{head}:\n{}", serde_json::to_string_pretty(json).unwrap_or_default()),
            (None, None, None) if self.image.is_some() => format!("{head} is an image."),
            (None, None, None) => format!("{head} cannot be shown as text."),
        }
    }

    fn table(&self) -> Option<Table> {
        let csv = self.csv.as_ref()?;
        Some(Table { columns: csv.columns.iter().map(|column| column.name.clone()).collect(), rows: csv.rows.clone() })
    }

    fn image(&self) -> Option<&Image> {
        self.image.as_ref()
    }
}
