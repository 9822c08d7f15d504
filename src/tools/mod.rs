//! The catalogue: everything that can be asked, one file an operation. MCP, chat, REST, the terminal and `tools/*.json` are made
//! from the list [`ALL`]; which of them called, a tool does not know.

pub mod error;
pub mod examples;
pub mod resolve;
pub mod tool;
pub mod view;

mod at_step;
mod best_run;
mod brief;
mod compare_runs;
mod create_experiment;
mod describe_experiment;
mod get_run;
mod list_artifacts;
mod list_experiments;
mod list_runs;
mod metric_history;
mod parameter_impact;
mod read_artifact;

pub use error::ToolError;
pub use tool::{Access, Clock, Context, Outcome, ToolDef};

/// Every tool, in the order in which people and models are shown them.
pub static ALL: [ToolDef; 11] = [
    ToolDef::of::<list_experiments::ListExperiments>(),
    ToolDef::of::<create_experiment::CreateExperiment>(),
    ToolDef::of::<describe_experiment::DescribeExperiment>(),
    ToolDef::of::<list_runs::ListRuns>(),
    ToolDef::of::<get_run::GetRun>(),
    ToolDef::of::<best_run::BestRun>(),
    ToolDef::of::<compare_runs::CompareRuns>(),
    ToolDef::of::<metric_history::MetricHistory>(),
    ToolDef::of::<parameter_impact::ParameterImpact>(),
    ToolDef::of::<list_artifacts::ListArtifacts>(),
    ToolDef::of::<read_artifact::ReadArtifact>(),
];

/// The tool called `name`.
#[must_use]
pub fn named(name: &str) -> Option<&'static ToolDef> {
    ALL.iter().find(|tool| tool.name == name)
}
