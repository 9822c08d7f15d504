//! Cassettes of an evaluation: one file for each suite, model and epoch, so that a model's run can be judged again without it.
//!
//! `llm::replay` keeps and finds the exchanges; here are the files' places and their last touches: lines in order, so that two
//! recordings of the same replies are the same file, and no secret in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::play::Player;
use super::run::Players;
use crate::agent::Planner;
use crate::config::ModelBudget;
use crate::llm::Model;
use crate::llm::replay::Replay;
use crate::prompts::Prompts;

/// Where a model's replies come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tape {
    /// The model itself.
    Live,
    /// The model itself; what it says is kept in this folder.
    Record(PathBuf),
    /// This folder, and nothing else.
    Replay(PathBuf),
}

/// The cassette of a suite, a model and an epoch.
#[must_use]
pub fn path(folder: &Path, suite: &str, model: &str, epoch: u32) -> PathBuf {
    let model: String =
        model.chars().map(|letter| if letter.is_ascii_alphanumeric() || "-.".contains(letter) { letter } else { '_' }).collect();
    folder.join(format!("{suite}.{model}.{epoch}.jsonl"))
}

/// The players of `suites` where all do the same.
#[must_use]
pub fn same_player(suites: &[String], epochs: u32, player: fn() -> Player) -> Players {
    let keys = (1..=epochs).flat_map(|epoch| suites.iter().map(move |suite| (suite.clone(), epoch)));
    keys.map(|key| (key, Arc::new(player()))).collect()
}

/// The players of `suites` where a model plays: `make` gives the model called `name`, which a replay does not need.
///
/// # Errors
/// Where a cassette cannot be read, or `make` fails.
pub fn model_players(
    suites: &[String],
    epochs: u32,
    name: &str,
    tape: &Tape,
    prompts: &Prompts,
    make: &dyn Fn() -> anyhow::Result<Model>,
) -> anyhow::Result<Players> {
    let mut players = Players::new();
    for epoch in 1..=epochs {
        for suite in suites {
            let model = match tape {
                Tape::Live => make()?,
                Tape::Record(folder) => {
                    fs::create_dir_all(folder)?;
                    Model::Replay(Replay::record(&path(folder, suite, name, epoch), make()?)?)
                }
                Tape::Replay(folder) => Model::Replay(Replay::open(&path(folder, suite, name, epoch), name)?),
            };
            let planner = Planner::Model { model: Box::new(model), prompts: prompts.clone(), budget: ModelBudget::default() };
            players.insert((suite.clone(), epoch), Arc::new(Player::Planner(planner)));
        }
    }
    Ok(players)
}

/// Puts the lines of a recorded cassette in order, each once, and takes `secrets` out of them.
///
/// # Errors
/// Where the file cannot be read or written.
pub fn finish(path: &Path, secrets: &[&str]) -> anyhow::Result<()> {
    let text = fs::read_to_string(path)?;
    let mut lines: Vec<String> = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        lines.iter_mut().for_each(|line| *line = line.replace(*secret, "[redacted]"));
    }
    lines.sort();
    lines.dedup();
    fs::write(path, lines.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cassette_is_named_by_suite_model_and_epoch() {
        assert_eq!(path(Path::new("c"), "best", "openai:org/m", 2), Path::new("c/best.openai_org_m.2.jsonl"));
    }

    #[test]
    fn a_finished_cassette_has_no_secret_and_its_lines_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        fs::write(&file, "{\"b\":\"sk-123 said\"}\n{\"a\":1}\n{\"a\":1}\n").unwrap();
        finish(&file, &["sk-123", ""]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "{\"a\":1}\n{\"b\":\"[redacted] said\"}\n");
    }
}
