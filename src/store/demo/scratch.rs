//! `scratch`: a deleted experiment, which keeps its name and its runs out of sight.

use super::draft::{Study, at};
use crate::domain::experiment::Lifecycle;
use crate::domain::run::RunStatus;
use crate::store::sqlite::fill::ExperimentRecord;

const STUDY: Study = Study {
    id: "6",
    name: "scratch",
    created: at(6, 18, 8, 0),
    description: "Trying things out",
    tags: &[("team", "data-science")],
    script: "notebook.ipynb",
};

/// The experiment. Deleting it has deleted its runs with it.
pub(super) fn experiment() -> ExperimentRecord {
    let first = STUDY.run("try-1", "ben", at(6, 18, 8, 10), 1).score("f1_score", 0.9999).ended(RunStatus::Finished, 12);
    let second = STUDY.run("try-2", "ben", at(6, 18, 8, 20), 1).score("accuracy", 1.0).ended(RunStatus::Finished, 9);
    let mut record = STUDY.with(vec![first.deleted().record(), second.deleted().record()]);
    record.experiment.lifecycle = Lifecycle::Deleted;
    record.experiment.updated = Some(at(6, 19, 9, 0));
    record
}
