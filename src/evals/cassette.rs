//! Cassettes of an evaluation: one file for each suite, model and epoch, so that a model's run can be judged again without it.
//!
//! `llm::replay` keeps and finds the exchanges; here are the files' places, and who plays from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::play::Player;
use super::run::Players;
use crate::agent::Planner;
use crate::config::ModelBudget;
use crate::llm::Model;
use crate::llm::replay::{EarlierExchanges, Replay};
use crate::prompts::Prompts;

/// Where a model's replies come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tape {
    /// The model itself.
    Live,
    /// The model itself; what it says is kept in this folder.
    Record(PathBuf, EarlierExchanges),
    /// This folder, and nothing else; with the address that the cassettes must be of, where somebody says one.
    Replay(PathBuf, Option<String>),
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
            let file = |folder: &Path| path(folder, suite, name, epoch);
            let replay = match tape {
                Tape::Live => None,
                Tape::Record(folder, earlier) => {
                    fs::create_dir_all(folder)?;
                    Some(Replay::record(&file(folder), make()?, *earlier)?)
                }
                Tape::Replay(folder, server) => Some(Replay::open(&file(folder), name, server.as_deref())?),
            };
            let budget = ModelBudget::default();
            let player = match replay {
                Some(replay) => Player::Taped { replay, prompts: prompts.clone(), budget },
                None => Player::Planner(Planner::Model { model: Box::new(make()?), prompts: prompts.clone(), budget }),
            };
            players.insert((suite.clone(), epoch), Arc::new(player));
        }
    }
    Ok(players)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cassette_is_named_by_suite_model_and_epoch() {
        assert_eq!(path(Path::new("c"), "best", "openai:org/m", 2), Path::new("c/best.openai_org_m.2.jsonl"));
    }
}
