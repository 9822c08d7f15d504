//! Experiments: named collections of runs.

use std::fmt;

use super::time::Timestamp;

/// MLflow's experiment id: digits in MLflow's own stores, opaque text here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExperimentId(pub String);

impl fmt::Display for ExperimentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether an experiment or run is in use or in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// In use.
    Active,
    /// Soft-deleted: kept until `mlflow gc`.
    Deleted,
}

/// Which lifecycle stages a query sees; MLflow's `ViewType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// What is in use.
    #[default]
    ActiveOnly,
    /// What is in the trash.
    DeletedOnly,
    /// Both.
    All,
}

/// A key-value label. MLflow's own begin with `mlflow.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// At most 250 characters.
    pub key: String,
    /// At most 8,000 characters on runs, 20,000 on experiments.
    pub value: String,
}

/// The tag that holds the description of an experiment or a run.
pub const NOTE_TAG: &str = "mlflow.note.content";

/// A named collection of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Its id, unique in the store.
    pub id: ExperimentId,
    /// Its name, unique in the store (a deleted experiment keeps its name).
    pub name: String,
    /// In use or deleted.
    pub lifecycle: Lifecycle,
    /// When it was made; absent in stores written before MLflow kept it.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Labels, the description among them.
    pub tags: Vec<Tag>,
}

impl Experiment {
    /// The value of the tag `key`.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
    }
}

/// What is needed to make an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExperiment {
    /// Its name: 1 to 500 characters, not blank, not taken.
    pub name: String,
    /// Labels, the description among them.
    pub tags: Vec<Tag>,
}
