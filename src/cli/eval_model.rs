//! Which planner is put to the test, and how a model under test is built.

use std::str::FromStr;

use super::eval::incomplete;
use super::{Failure, world};
use crate::agent;
use crate::config::{Config, Source};
use crate::evals::cassette::{Tape, model_players, same_player};
use crate::evals::play::Player;
use crate::evals::run::Players;
use crate::llm::openai::keyless_address;
use crate::prompts::Prompts;

/// Who is put to the test, as a flag says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlannerFlag {
    /// The built-in interpreter.
    Builtin,
    /// The calls that the cases expect.
    Scripted,
    /// A model at a server that speaks OpenAI's protocol.
    OpenAi(String),
}

impl FromStr for PlannerFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.strip_prefix("openai:")) {
            ("builtin", _) => Ok(Self::Builtin),
            ("scripted", _) => Ok(Self::Scripted),
            (_, Some(model)) if !model.trim().is_empty() => Ok(Self::OpenAi(model.to_owned())),
            _ => Err(format!("`{text}` is no planner; it is `builtin`, `scripted` or `openai:MODEL`")),
        }
    }
}

impl PlannerFlag {
    /// Its name in reports.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Builtin => "builtin".to_owned(),
            Self::Scripted => "scripted".to_owned(),
            Self::OpenAi(model) => format!("openai:{model}"),
        }
    }
}

/// The address that cassettes must be of: that of `OPENAI_BASE_URL`, where it is set. Nobody has to know where they were recorded.
pub(super) fn given_server(config: &Config) -> Result<Option<String>, Failure> {
    match config.openai_base_url.source {
        Source::Default => Ok(None),
        Source::Environment(_) | Source::Flag(_) => {
            let key = config.openai_api_key.as_ref().map_or("", |key| key.0.as_str());
            keyless_address(&config.openai_base_url.value, key).map(Some).map_err(|error| Failure::Usage(error.to_string()))
        }
    }
}

/// The players of `suites`.
pub(super) fn players(planner: &PlannerFlag, suites: &[String], epochs: u32, tape: &Tape, config: &Config) -> Result<Players, Failure> {
    let model = match (planner, tape) {
        (PlannerFlag::Builtin, Tape::Live) => return Ok(same_player(suites, epochs, || Player::Planner(agent::Planner::Interpreter))),
        (PlannerFlag::Scripted, Tape::Live) => return Ok(same_player(suites, epochs, || Player::Gold)),
        (PlannerFlag::Builtin | PlannerFlag::Scripted, Tape::Record(..) | Tape::Replay(..)) => {
            return Err(Failure::Usage(format!(
                "`{}` asks no model, so it has no cassettes; give `--planner openai:MODEL`",
                planner.name()
            )));
        }
        (PlannerFlag::OpenAi(model), _) => model,
    };
    if *tape == Tape::Live || matches!(tape, Tape::Record(..)) {
        // Looked at before anything begins: what is wrong with the address or the key is wrong usage.
        world::open_ai(config, model)?;
    }
    let prompts = Prompts::load(config.prompts.as_deref()).map_err(|error| Failure::Usage(error.to_string()))?;
    let make = || world::open_ai(config, model).map_err(|failure| anyhow::anyhow!("{failure}"));
    model_players(suites, epochs, &planner.name(), tape, &prompts, &config.model_budget, &make).map_err(|fault| incomplete(&fault))
}
