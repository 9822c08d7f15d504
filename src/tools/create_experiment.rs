//! `create_experiment`: a new experiment with description and tags.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::resolve::TENANT_TAG;
use super::tool::{Access, Context, Method, Route, Tool, View};
use super::view::{Resolved, ResolvedExperiment, plain};
use crate::domain::experiment::{NOTE_TAG, NewExperiment, Tag};

/// Creates an experiment with a description and tags. Its name must be new, also among deleted ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateExperiment {
    /// Its name, 1 to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    name: String,
    /// What it is about.
    #[schemars(length(max = 5000))]
    description: Option<String>,
    /// Labels, such as `{"team": "data-science"}`.
    tags: Option<BTreeMap<String, String>>,
}

/// The new experiment.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Created {
    /// MLflow's id.
    id: String,
    /// Its name.
    name: String,
    /// `active`.
    status: &'static str,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    /// What was made.
    resolved: Resolved,
    /// What was left out or assumed.
    caveats: Vec<String>,
}

impl Tool for CreateExperiment {
    const NAME: &'static str = "create_experiment";
    const TITLE: &'static str = "Create an experiment";
    const ACCESS: Access = Access::Write;
    const ROUTE: Route = Route { method: Method::Post, path: "/api/v1/ml/experiments" };
    const PHRASES: &'static [&'static str] = &["create an experiment called churn", "make a new experiment"];
    type Output = Created;

    async fn call(self, context: &Context) -> Result<Created, ToolError> {
        let name = self.name.trim().to_owned();
        let mut tags = self.tags.unwrap_or_default();
        if let Some(key) = tags.keys().find(|key| key.starts_with("mlflow.")) {
            return Err(ToolError::InvalidArguments(format!(
                "the tag `{key}` begins with `mlflow.`, which MLflow keeps for itself; choose another key"
            )));
        }
        if let Some(tenant) = &context.tenant {
            match tags.insert(TENANT_TAG.to_owned(), tenant.clone()) {
                Some(other) if other != *tenant => {
                    return Err(ToolError::InvalidArguments(format!(
                        "the tag `{TENANT_TAG}` is `{other}`, but you are `{tenant}`; leave it out"
                    )));
                }
                _ => {}
            }
        }
        let mut new = NewExperiment { name: name.clone(), tags: Vec::new() };
        new.tags.extend(tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }));
        new.tags.extend(self.description.iter().map(|note| Tag { key: NOTE_TAG.to_owned(), value: note.clone() }));
        let id = context.store.create_experiment(&new).await?;
        let experiment = ResolvedExperiment { id: id.0.clone(), name: plain(&name), why: None, others: Vec::new() };
        Ok(Created {
            id: id.0,
            name: plain(&name),
            status: "active",
            description: self.description,
            tags,
            resolved: Resolved { experiment: Some(experiment), ..Resolved::default() },
            caveats: Vec::new(),
        })
    }
}

impl View for Created {
    fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    fn caveats(&self) -> &[String] {
        &self.caveats
    }

    fn prose(&self) -> String {
        format!("The experiment {} is created, with id {}.", self.name, self.id)
    }
}
