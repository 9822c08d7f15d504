//! Builds the parts that the configuration names: the store, the planner, the context of the tools.

use std::time::Duration;

use secrecy::SecretString;

use super::Failure;
use crate::agent::Planner;
use crate::config::{Config, ModelChoice, Secret};
use crate::domain::time::Timestamp;
use crate::llm::Model;
use crate::llm::openai::{OpenAi, Settings, http_client};
use crate::prompts::Prompts;
use crate::store::demo::TemporaryDemo;
use crate::store::mlflow::{self, Credentials, MlflowStore};
use crate::store::sqlite::{SqliteStore, path_of_uri};
use crate::store::{OpenMode, Store};
use crate::tools::{Clock, Context};

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
            (Store::Sqlite(SqliteStore::open(demo.path(), OpenMode::ReadWrite)?), Some(demo))
        } else {
            (configured_store(config)?, None)
        };
        let context =
            Context { store, limits: config.limits.clone(), tenant: config.tenant.clone(), now: clock(config).now(), focus: None };
        Ok(Self { context, _demo: demo })
    }
}

/// The store that the tracking URI names. A server is not asked yet.
fn configured_store(config: &Config) -> Result<Store, Failure> {
    let uri = &config.tracking_uri.value.0;
    if !is_server(uri) {
        return Ok(Store::Sqlite(open_file(&path_of_uri(uri)?)?.with_s3(config.s3.clone())));
    }
    let server = &config.tracking_server;
    let secret = |secret: &Secret| SecretString::from(secret.0.clone());
    let settings = mlflow::Settings {
        credentials: match (&server.username, &server.password, &server.token) {
            (Some(username), Some(password), _) => Credentials::Basic { username: username.clone(), password: secret(password) },
            (_, _, Some(token)) => Credentials::Bearer(secret(token)),
            (_, _, None) => Credentials::None,
        },
        headers: server.headers.iter().map(|(name, value)| (name.clone(), secret(value))).collect(),
        workspace: server.workspace.clone(),
        ca_file: server.ca_file.clone(),
        insecure_tls: server.insecure_tls,
        ..mlflow::Settings::new(uri)
    };
    Ok(Store::Mlflow(MlflowStore::new(settings)?))
}

/// What the store is, in a few words for a model: no path of this machine.
pub(super) fn store_kind(config: &Config) -> String {
    let uri = &config.tracking_uri.value.0;
    if config.demo {
        return "a made-up demonstration store".to_owned();
    }
    if is_server(uri) {
        // Neither user nor path nor query, which may hold secrets.
        let rest = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        return format!("the MLflow Tracking Server at {host}");
    }
    let name = uri.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("the MLflow store in the file {name}")
}

/// Whether the tracking URI names a server.
pub(super) fn is_server(uri: &str) -> bool {
    let scheme = uri.trim().split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

/// Opens a file for reading and writing, or for reading where it may not be written.
fn open_file(path: &std::path::Path) -> Result<SqliteStore, Failure> {
    let is_read_only = std::fs::metadata(path).is_ok_and(|file| file.permissions().readonly());
    Ok(SqliteStore::open(path, if is_read_only { OpenMode::ReadOnly } else { OpenMode::ReadWrite })?)
}

/// The clock that is configured.
pub(super) fn clock(config: &Config) -> Clock {
    config.now.map_or(Clock::System, |moment| Clock::Fixed(Timestamp(moment)))
}

/// The planner that is configured.
pub(super) fn planner(config: &Config) -> Result<Planner, Failure> {
    match &config.model.value {
        ModelChoice::Builtin => Ok(Planner::Interpreter),
        ModelChoice::OpenAi { name } => {
            let model = open_ai(config, name)?;
            let prompts = Prompts::load(config.prompts.as_deref()).map_err(|error| Failure::Usage(error.to_string()))?;
            Ok(Planner::Model { model: Box::new(model), prompts, budget: config.model_budget.clone() })
        }
    }
}

/// The model called `name` at the server that is configured.
pub(super) fn open_ai(config: &Config, name: &str) -> Result<Model, Failure> {
    let base_url = config.openai_base_url.value.clone();
    let http = http_client(&base_url).map_err(|error| Failure::Usage(error.to_string()))?;
    let api_key = config.openai_api_key.as_ref().map(|key| key.0.clone().into());
    let settings = Settings { base_url, model: name.to_owned(), api_key, deadline: REPLY_DEADLINE };
    Ok(Model::OpenAi(OpenAi::new(settings, http).map_err(|error| Failure::Usage(error.to_string()))?))
}
