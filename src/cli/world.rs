//! Builds the parts that the configuration names: the store, the planner, the context of the tools.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Failure;
use crate::agent::Planner;
use crate::config::{Config, ModelChoice};
use crate::domain::time::Timestamp;
use crate::llm::Model;
use crate::llm::openai::{OpenAi, Settings, http_client};
use crate::prompts::Prompts;
use crate::store::demo::TemporaryDemo;
use crate::store::sqlite::{SqliteStore, path_of_uri};
use crate::store::{OpenMode, Store};
use crate::tools::Context;

/// How long one reply of a model may take.
const REPLY_DEADLINE: Duration = Duration::from_secs(60);

/// A store with what keeps it alive.
pub(super) struct World {
    /// What the tools work on.
    pub(super) context: Context,
    /// The made-up store's file, removed when this is dropped.
    _demo: Option<TemporaryDemo>,
}

impl World {
    /// Opens the store that is configured.
    pub(super) fn open(config: &Config) -> Result<Self, Failure> {
        let (store, demo) = if config.demo {
            let demo = TemporaryDemo::create()?;
            (SqliteStore::open(demo.path(), OpenMode::ReadWrite)?, Some(demo))
        } else {
            let uri = &config.tracking_uri.value;
            if uri.starts_with("http://") || uri.starts_with("https://") {
                return Err(Failure::Usage(format!(
                    "the tracking URI `{uri}` ({}) is an MLflow server, and this version reads MLflow's SQLite files only; give `--tracking-uri sqlite:///mlflow.db`, or try `--demo`",
                    config.tracking_uri.source
                )));
            }
            let path = path_of_uri(uri)?;
            (open_file(&path)?, None)
        };
        let context = Context {
            store: Store::Sqlite(store),
            limits: config.limits.clone(),
            tenant: config.tenant.clone(),
            now: config.now.map_or_else(clock, Timestamp),
            focus: None,
        };
        Ok(Self { context, _demo: demo })
    }
}

/// Opens a file for reading and writing, or for reading where it may not be written.
fn open_file(path: &std::path::Path) -> Result<SqliteStore, Failure> {
    let is_read_only = std::fs::metadata(path).is_ok_and(|file| file.permissions().readonly());
    Ok(SqliteStore::open(path, if is_read_only { OpenMode::ReadOnly } else { OpenMode::ReadWrite })?)
}

fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The planner that is configured.
pub(super) fn planner(config: &Config) -> Result<Planner, Failure> {
    match &config.model.value {
        ModelChoice::Builtin => Ok(Planner::Interpreter),
        ModelChoice::OpenAi { name } => {
            let base_url = config.openai_base_url.value.clone();
            let http = http_client(&base_url).map_err(|error| Failure::Usage(error.to_string()))?;
            let api_key = config.openai_api_key.as_ref().map(|key| key.0.clone().into());
            let settings = Settings { base_url, model: name.clone(), api_key, deadline: REPLY_DEADLINE };
            let model = OpenAi::new(settings, http).map_err(|error| Failure::Usage(error.to_string()))?;
            let prompts = Prompts::load(config.prompts.as_deref()).map_err(|error| Failure::Usage(error.to_string()))?;
            Ok(Planner::Model { model: Box::new(Model::OpenAi(model)), prompts })
        }
    }
}
