//! The evaluation harness: its statistics against judges, its cases against the catalogue, its scorers against planners that must pass
//! and planners that must not, its runs through the program itself.

mod cases;
mod circle;
mod exit_codes;
mod heldout;
mod models;
mod mutants;
mod own_words;
mod planners;
mod program;
mod statistics;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use trialogue::evals::case::Case;
use trialogue::evals::play::Player;
use trialogue::evals::results::{CaseResult, Prices};
use trialogue::evals::run::one;
use trialogue::evals::stage::Stages;
use trialogue::evals::suite::{Suite, read_suites};

/// The repository's `evals` folder.
fn evals() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("evals")
}

fn suites() -> &'static [Suite] {
    static SUITES: OnceLock<Vec<Suite>> = OnceLock::new();
    SUITES.get_or_init(|| read_suites(&evals()).unwrap_or_else(|fault| panic!("{fault:#}")))
}

fn cases() -> impl Iterator<Item = &'static Case> {
    suites().iter().flat_map(|suite| &suite.cases)
}

fn stages() -> &'static Stages {
    static STAGES: OnceLock<Stages> = OnceLock::new();
    STAGES.get_or_init(|| Stages::make(&evals()).unwrap_or_else(|fault| panic!("{fault:#}")))
}

async fn result_of(case: &Case, player: &Player) -> CaseResult {
    one(case, 1, player, stages(), &Prices::new()).await.unwrap_or_else(|fault| panic!("{fault:#}"))
}

/// What made a case fail, in a line.
fn told(result: &CaseResult) -> String {
    let faults: Vec<String> = result.failures().map(|score| format!("{}: {}", score.scorer.name(), score.why.join("; "))).collect();
    format!("{}: {}", result.case, faults.join(" | "))
}
