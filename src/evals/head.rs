//! What a run is of: who was tested, and on what. Results of one run are not those of another that differs here.
//!
//! The cases are not in it: each result has the fingerprint of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::play::Player;
use super::run::Players;
use super::suite::{YAML, files};
use crate::agent::Planner;
use crate::config::ModelBudget;
use crate::prompts::{Prompt, Prompts, RegenerateContext, SystemContext};
use crate::tools;

/// The head of a run: `run.json`. Texts are kept as hashes, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHead {
    /// Who is tested.
    pub planner: String,
    /// Where the model is asked, or was when it was recorded; without the key.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub servers: BTreeSet<String>,
    /// The program's version.
    pub version: String,
    /// What bounds a turn of the model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub budget: BTreeMap<String, String>,
    /// What the model is told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<String, String>,
    /// What can be called: descriptions and schemas.
    pub tools: BTreeMap<String, String>,
    /// The stores.
    pub fixtures: BTreeMap<String, String>,
}

impl RunHead {
    /// Of a run of `players`, whom reports call `planner`, on the fixtures of `evals`.
    ///
    /// # Errors
    /// Where a fixture cannot be read.
    pub fn of(planner: &str, players: &Players, evals: &Path) -> anyhow::Result<Self> {
        let mut head = Self {
            planner: planner.to_owned(),
            servers: BTreeSet::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            budget: BTreeMap::new(),
            prompts: BTreeMap::new(),
            tools: tools::ALL.iter().map(|tool| (tool.name.to_owned(), hash(&tool.contract().to_string()))).collect(),
            fixtures: BTreeMap::new(),
        };
        for path in files(&evals.join("fixtures"), YAML)? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            head.fixtures.insert(name, hash(&fs::read_to_string(&path)?));
        }
        for player in players.values() {
            match &**player {
                Player::Planner(Planner::Model { model, prompts, budget }) => head.add_model(model.address(), prompts, budget),
                Player::Taped { replay, prompts, budget } => head.add_model(replay.address(), prompts, budget),
                Player::Planner(Planner::Interpreter) | Player::Gold | Player::Script(_) => {}
            }
        }
        Ok(head)
    }

    fn add_model(&mut self, server: &str, prompts: &Prompts, budget: &ModelBudget) {
        self.servers.insert(server.to_owned());
        self.budget = budget.of_a_turn();
        let system = SystemContext { today: "{today}", store: "{store}", experiments: "{experiments}", examples: "{examples}" };
        let texts = [
            (Prompt::System, prompts.system(&system)),
            (Prompt::Regenerate, prompts.regenerate(&RegenerateContext { numbers: "{numbers}" })),
        ];
        self.prompts = texts.into_iter().map(|(prompt, text)| (prompt.file_name().to_owned(), hash(&text))).collect();
    }

    /// In what `now` is another run than this, in words; nothing where results of both are of one run.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.planner != now.planner {
            differences.push(format!("the planner (`{}`, now `{}`)", self.planner, now.planner));
        }
        if self.servers != now.servers {
            let told = |servers: &BTreeSet<String>| servers.iter().cloned().collect::<Vec<_>>().join(", ");
            differences.push(format!("the model's server (`{}`, now `{}`)", told(&self.servers), told(&now.servers)));
        }
        differences.extend(self.differences_of_the_world(now));
        differences
    }

    /// The same, but for who was tested.
    #[must_use]
    pub fn differences_of_the_world(&self, now: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.version != now.version {
            differences.push(format!("the program's version ({}, now {})", self.version, now.version));
        }
        // Where only one of two planners is a model, that is no difference of the world.
        if !self.budget.is_empty() && !now.budget.is_empty() {
            let value = |bounds: &BTreeMap<String, String>, name: &str| bounds.get(name).map_or_else(|| "not set".to_owned(), Clone::clone);
            let told = |name: String| format!("`{name}` ({}, now {})", value(&self.budget, &name), value(&now.budget, &name));
            differences.extend(differing(&self.budget, &now.budget).into_iter().map(told));
            differences.extend(differing(&self.prompts, &now.prompts).into_iter().map(|name| format!("the prompt `{name}`")));
        }
        differences.extend(differing(&self.tools, &now.tools).into_iter().map(|name| format!("the description of the tool `{name}`")));
        differences.extend(differing(&self.fixtures, &now.fixtures).into_iter().map(|name| format!("the fixture `{name}`")));
        differences
    }
}

/// The names under which the two maps have not the same.
fn differing(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("fixtures")).unwrap();
        fs::write(folder.path().join("fixtures/churn.yaml"), "a").unwrap();
        folder
    }

    fn head(planner: &str, player: Player, folder: &Path) -> RunHead {
        RunHead::of(planner, &Players::from([(("s".to_owned(), 1), Arc::new(player))]), folder).unwrap()
    }

    #[test]
    fn a_head_tells_who_and_what_differs() {
        let folder = folder();
        let old = head("scripted", Player::Gold, folder.path());
        assert_eq!(old.differences(&old), Vec::<String>::new());
        fs::write(folder.path().join("fixtures/churn.yaml"), "b").unwrap();
        let mut new = head("builtin", Player::Planner(Planner::Interpreter), folder.path());
        new.tools.insert("best_run".to_owned(), "x".to_owned());
        new.version = "9".to_owned();
        let version = format!("the program's version ({}, now 9)", old.version);
        let world = [version.as_str(), "the description of the tool `best_run`", "the fixture `churn`"];
        assert_eq!(old.differences_of_the_world(&new), world);
        assert_eq!(old.differences(&new), [&["the planner (`scripted`, now `builtin`)"], world.as_slice()].concat());
    }

    #[test]
    fn a_model_is_told_apart_by_its_bounds_and_prompts() {
        let folder = folder();
        let model = |steps: usize, prompts: Option<&Path>| {
            let model = Box::new(crate::llm::Model::Scripted(crate::llm::scripted::Scripted::new([])));
            let budget = ModelBudget { steps, ..ModelBudget::default() };
            let player = Player::Planner(Planner::Model { model, prompts: Prompts::load(prompts).unwrap(), budget });
            head("openai:m", player, folder.path())
        };
        let prompts = folder.path().join("prompts");
        fs::create_dir(&prompts).unwrap();
        fs::write(prompts.join("system.md"), "Be brief. {{today}}").unwrap();
        let differences = model(8, None).differences(&model(3, Some(&prompts)));
        assert_eq!(differences, ["`TRIALOGUE_MODEL_STEPS` (8, now 3)", "the prompt `system.md`"]);
    }
}
