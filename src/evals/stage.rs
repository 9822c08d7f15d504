//! Where cases are played: the files of the fixtures and their twins, made once, and a copy of its own for each case.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;
use tempfile::TempDir;

use super::fixture::{Drawn, Fixture, Which};
use super::suite::{files, from_yaml};
use crate::config::Limits;
use crate::domain::experiment::ExperimentId;
use crate::llm::replay::Spelling;
use crate::store::sqlite::{SqliteStore, fill};
use crate::store::{OpenMode, Store};
use crate::tools::Context;

/// All fixtures, made into files.
#[derive(Debug)]
pub struct Stages {
    stages: BTreeMap<String, Stage>,
    /// Held for its drop: it removes the files.
    _folder: TempDir,
}

/// One fixture's two stores.
#[derive(Debug)]
pub struct Stage {
    /// What is in them.
    pub fixture: Fixture,
    base: PathBuf,
    twin: PathBuf,
    base_context: Context,
    twin_context: Context,
    /// The latest values of the base by run's name and metric; absent where runs of that name disagree.
    values: BTreeMap<(String, String), Option<f64>>,
    /// The names of the base's runs, by id.
    run_names: BTreeMap<String, String>,
    /// Ids of the base with those of the same name in the twin; experiments apart, whose ids are short numbers.
    run_ids: BTreeMap<String, String>,
    experiment_ids: BTreeMap<String, String>,
}

/// A store that one case may do with as it likes.
#[derive(Debug)]
pub struct Copy {
    /// What the tools work on.
    pub context: Context,
    path: PathBuf,
    /// What stands for the folders of this run wherever one is told, so that two runs tell the same.
    pub spellings: Vec<Spelling>,
    /// Held for its drop: it removes the file.
    _folder: TempDir,
}

impl Stages {
    /// Makes the fixtures of `folder/fixtures`.
    ///
    /// # Errors
    /// Where a definition cannot be read or a file not be written.
    pub fn make(folder: &Path) -> anyhow::Result<Self> {
        let made = tempfile::Builder::new().prefix("trialogue-evals-").tempdir().context("cannot make a temporary folder")?;
        let mut stages = BTreeMap::new();
        for path in files(&folder.join("fixtures"), &["yaml"])? {
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            let stage =
                Stage::make(&name, &path, made.path()).with_context(|| format!("the fixture `{}` cannot be used", path.display()))?;
            stages.insert(name, stage);
        }
        Ok(Self { stages, _folder: made })
    }

    /// The stage called `fixture`.
    ///
    /// # Errors
    /// Where there is none; the words tell which there are.
    pub fn named(&self, fixture: &str) -> anyhow::Result<&Stage> {
        self.stages.get(fixture).with_context(|| {
            let names: Vec<&str> = self.stages.keys().map(String::as_str).collect();
            format!("there is no fixture `{fixture}`; there are {}", names.join(", "))
        })
    }
}

impl Stage {
    fn make(name: &str, definition: &Path, folder: &Path) -> anyhow::Result<Self> {
        let fixture: Fixture = from_yaml(&fs::read_to_string(definition)?)?;
        let write = |which: Which, file: &str| -> anyhow::Result<(PathBuf, Drawn)> {
            let path = folder.join(format!("{name}{file}"));
            let artifacts = folder.join(format!("{name}{file}.artifacts"));
            let drawn = fixture.draw(name, which, &artifacts.to_string_lossy())?;
            fill::write_file(&path, &drawn.experiments)?;
            for (file, text) in &drawn.files {
                let target = artifacts.join(file);
                fs::create_dir_all(target.parent().unwrap_or(&artifacts))?;
                fs::write(target, text)?;
            }
            Ok((path, drawn))
        };
        let (base, of_base) = write(Which::Base, ".db")?;
        let (twin, of_twin) = write(Which::Twin, ".twin.db")?;
        let mut run_ids = BTreeMap::new();
        let mut experiment_ids = BTreeMap::new();
        for (one, other) in of_base.experiments.iter().zip(&of_twin.experiments) {
            experiment_ids.insert(one.experiment.id.0.clone(), other.experiment.id.0.clone());
            let pairs = one.runs.iter().zip(&other.runs);
            run_ids.extend(pairs.map(|(one, other)| (one.run().id.0.clone(), other.run().id.0.clone())));
        }
        let values = values_of(&of_base);
        let runs = of_base.experiments.iter().flat_map(|experiment| &experiment.runs);
        let run_names = runs.map(|record| (record.run().id.0.clone(), record.run().name.clone())).collect();
        let base_context = context(&fixture, &base, OpenMode::ReadOnly)?;
        let twin_context = context(&fixture, &twin, OpenMode::ReadOnly)?;
        Ok(Self { fixture, base, twin, base_context, twin_context, values, run_names, run_ids, experiment_ids })
    }

    /// A copy of one of the stores, open for writing.
    ///
    /// # Errors
    /// Where it cannot be copied or opened.
    pub fn copy(&self, which: Which) -> anyhow::Result<Copy> {
        let folder = tempfile::Builder::new().prefix("trialogue-eval-").tempdir().context("cannot make a temporary folder")?;
        let path = folder.path().join("store.db");
        let original = match which {
            Which::Base => &self.base,
            Which::Twin => &self.twin,
        };
        fs::copy(original, &path)?;
        let context = context(&self.fixture, &path, OpenMode::ReadWrite)?;
        let folders = [(folder.path(), "/copy"), (original.parent().unwrap_or(original), "/stages")];
        let spellings = folders.map(|(path, stands)| Spelling { text: path.to_string_lossy().into_owned(), stands }).to_vec();
        Ok(Copy { context, path, spellings, _folder: folder })
    }

    /// One of the stores itself, open for reading.
    #[must_use]
    pub fn shared(&self, which: Which) -> Context {
        match which {
            Which::Base => self.base_context.clone(),
            Which::Twin => self.twin_context.clone(),
        }
    }

    /// The latest value that the run of this name has of a metric; absent where there is none or several runs of the name disagree.
    #[must_use]
    pub fn value_of(&self, run: &str, metric: &str) -> Option<f64> {
        self.values.get(&(run.to_owned(), metric.to_owned())).copied().flatten()
    }

    /// The names of all runs of the base.
    pub fn run_names(&self) -> impl Iterator<Item = &str> {
        self.run_names.values().map(String::as_str)
    }

    /// The name of the run of the base with this id.
    #[must_use]
    pub fn name_of_run(&self, id: &str) -> Option<&str> {
        self.run_names.get(id).map(String::as_str)
    }

    /// Whether `text` is the name or the whole id of a run of the base.
    #[must_use]
    pub fn is_run(&self, text: &str) -> bool {
        self.run_names.contains_key(text) || self.run_names().any(|name| name == text)
    }

    /// Arguments that mean in the twin what `arguments` mean in the base: ids, whole or shortened to eight digits at least, become the
    /// twin's; names stay.
    #[must_use]
    pub fn in_twin(&self, name: &str, argument: &Value) -> Value {
        match argument {
            Value::String(text) => Value::String(self.text_in_twin(name, text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.in_twin(name, item)).collect()),
            other => other.clone(),
        }
    }

    fn text_in_twin(&self, name: &str, text: &str) -> String {
        if name == "experiment" {
            return self.experiment_ids.get(text).cloned().unwrap_or_else(|| text.to_owned());
        }
        let is_id = text.len() >= 8 && text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id {
            let mut meant = self.run_ids.iter().filter(|(id, _)| id.starts_with(text));
            if let (Some((_, twin)), None) = (meant.next(), meant.next()) {
                return twin.clone();
            }
        }
        // A filter may hold an id.
        let named = self.run_ids.iter().find(|(id, _)| text.contains(id.as_str()));
        named.map_or_else(|| text.to_owned(), |(id, twin)| text.replace(id.as_str(), twin))
    }

    /// The experiment of the twin with the name that `id` has in the base.
    #[must_use]
    pub fn experiment_in_twin(&self, id: &ExperimentId) -> ExperimentId {
        ExperimentId(self.experiment_ids.get(&id.0).cloned().unwrap_or_else(|| id.0.clone()))
    }
}

fn context(fixture: &Fixture, path: &Path, mode: OpenMode) -> anyhow::Result<Context> {
    let store = Store::Sqlite(SqliteStore::open(path, mode)?);
    Ok(Context { store, limits: Limits::default(), tenant: None, now: fixture.now()?, focus: None })
}

fn values_of(drawn: &Drawn) -> BTreeMap<(String, String), Option<f64>> {
    let mut values: BTreeMap<(String, String), Option<f64>> = BTreeMap::new();
    for record in drawn.experiments.iter().flat_map(|experiment| &experiment.runs) {
        let run = record.run();
        for metric in &run.metrics {
            let key = (run.name.clone(), metric.key.clone());
            let value = match values.get(&key) {
                Some(other) if *other != Some(metric.value) => None,
                Some(_) | None => Some(metric.value),
            };
            values.insert(key, value);
        }
    }
    values
}

impl Copy {
    /// Overwrites the file with garbage, as a disk that fails would.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn break_store(&self) -> anyhow::Result<()> {
        let length = usize::try_from(fs::metadata(&self.path)?.len())?;
        fs::write(&self.path, vec![0x5a; length])?;
        Ok(())
    }
}
