//! Cassettes of an evaluation: one file for each suite, model and epoch, so that a model's run can be judged again without it.
//!
//! `llm::replay` keeps and finds the exchanges; here are the files' places, and who plays from them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

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
    folder.join(format!("{suite}.{}.{epoch}.jsonl", name_in_files(model)))
}

/// A planner's name as names of files have it: `openai:` is `openai_`, and what is no letter, digit, `-`, `_` or `.` is encoded as in a URL,
/// so that no two planners have one name.
#[must_use]
pub fn name_in_files(planner: &str) -> String {
    let mut name = String::new();
    for (index, byte) in planner.replacen(':', "_", 1).bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (byte == b'.' && index > 0) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name
}

/// The players of `suites` where all do the same.
#[must_use]
pub fn same_player(suites: &[String], epochs: u32, player: fn() -> Player) -> Players {
    let keys = (1..=epochs).flat_map(|epoch| suites.iter().map(move |suite| (suite.clone(), epoch)));
    keys.map(|key| (key, Arc::new(player()))).collect()
}

/// The players of `suites` where a model plays: `make` gives the model called `name`, which a replay does not need. A turn is bounded by
/// `budget`, in a replay as it was when it was recorded.
///
/// # Errors
/// Where a cassette cannot be read, was recorded under other bounds than `budget` sets, or `make` fails.
pub fn model_players(
    suites: &[String],
    epochs: u32,
    name: &str,
    tape: &Tape,
    prompts: &Prompts,
    budget: &ModelBudget,
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
                    Some(Replay::record(&file(folder), make()?, &budget.of_a_turn(), *earlier)?)
                }
                Tape::Replay(folder, server) => Some(Replay::open(&file(folder), name, server.as_deref())?),
            };
            let prompts = prompts.clone();
            let player = match replay {
                Some(replay) => Player::Taped { budget: recorded_budget(&replay, budget)?, replay, prompts },
                None => Player::Planner(Planner::Model { model: Box::new(make()?), prompts, budget: budget.clone() }),
            };
            players.insert((suite.clone(), epoch), Arc::new(player));
        }
    }
    Ok(players)
}

/// The budget of a recording, where it was written down; what is set otherwise now is refused, for the replay would be of another run.
fn recorded_budget(replay: &Replay, now: &ModelBudget) -> anyhow::Result<ModelBudget> {
    let bounds = replay.bounds();
    if bounds.is_empty() {
        return Ok(now.clone());
    }
    let unset = ModelBudget::default().of_a_turn();
    for (name, value) in now.of_a_turn().iter().filter(|(name, value)| unset.get(*name) != Some(*value)) {
        let recorded = bounds.get(name).map_or("not set", String::as_str);
        if recorded != value {
            bail!("`{name}` is {value}, and was {recorded} when the cassette was recorded; leave it out, or record anew");
        }
    }
    Ok(ModelBudget::read(|name| bounds.get(name).cloned())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cassette_is_named_by_suite_model_and_epoch() {
        assert_eq!(path(Path::new("c"), "best", "openai:org/m", 2), Path::new("c/best.openai_org%2Fm.2.jsonl"));
        assert_eq!(name_in_files("openai:a_b:7b"), "openai_a_b%3A7b");
    }
}
