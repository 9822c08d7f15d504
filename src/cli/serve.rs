//! `serve`: the tools over HTTP.

use tokio::runtime::Runtime;

use super::world::{World, clock, planner, store_kind};
use super::{Answered, Ended, Failure, log, render};
use crate::agent::Planner;
use crate::api::auth::Authenticator;
use crate::api::auth::jwt::Tokens;
use crate::api::auth::keys::Keys;
use crate::api::{Parts, Service, StartError, calls_at_once};
use crate::config::{Config, ServiceConfig, Setting, Source, StatePlace};
use crate::state::State;

/// Threads beside those that work on calls and turns: for connections and health.
const OTHER_THREADS: usize = 2;

/// Serves until it is told to end.
pub(super) fn serve(config: &Config, service: &ServiceConfig) -> Ended {
    // Dropped last, so that what is told at the end is sent too.
    let _logging = log::start(service)?;
    let authenticator = authenticator(service)?;
    let world = World::open(config)?;
    // Calls over a file keep a thread each, and so do as many turns of conversations; whoever asks for health must find one.
    let threads = calls_at_once(service, &world.context.store).saturating_mul(2).saturating_add(OTHER_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::File(format!("cannot start: {error}")))?;
    let planner = planner(config)?.within(service.chat.turn_deadline);
    if let Planner::Model { budget, .. } = &planner {
        let price = budget.price.map_or_else(|| "unknown, so no cost is bounded".to_owned(), |price| format!("{price:?}"));
        let (turn_tokens, day_tokens) = (budget.turn_tokens, budget.day_tokens);
        tracing::info!(model = planner.name(), turn_tokens, day_tokens, price, "a model answers, within these budgets");
    }
    let parts = Parts {
        context: world.context.clone(),
        clock: clock(config),
        planner,
        authenticator,
        state: state(config, service, &runtime)?,
        store_name: config.tracking_uri.value.to_string(),
        store_kind: store_kind(config),
    };
    let parts = Service::new(parts, service).map_err(Failure::Usage)?;
    let serving = crate::api::serve(parts, service, |address| {
        render::complain(&format!("Trialogue listens on http://{address}; stop it with Ctrl-C"));
    });
    match runtime.block_on(serving) {
        Ok(()) => Ok(Answered::Yes),
        Err(error @ StartError::Open(_)) => Err(Failure::Usage(error.to_string())),
        Err(error @ (StartError::Address(..) | StartError::Signals(_))) => Err(Failure::File(error.to_string())),
    }
}

fn authenticator(config: &ServiceConfig) -> Result<Authenticator, Failure> {
    if !config.has_authentication() {
        return Ok(Authenticator::Local);
    }
    let keys = config.keys.as_deref().map(Keys::open).transpose().map_err(|error| Failure::File(error.to_string()))?;
    let tokens = config.jwt.as_ref().map(Tokens::new).transpose().map_err(Failure::File)?.map(Box::new);
    Ok(Authenticator::Checked { keys, tokens })
}

/// The state where it is to be kept, or in memory where the usual file cannot be used: then what is kept ends with the process. That of the
/// demonstration, whose store ends too, is in memory unless a server is named.
fn state(config: &Config, service: &ServiceConfig, runtime: &Runtime) -> Result<State, Failure> {
    match &service.state {
        Setting { value: Some(StatePlace::Postgres(url)), .. } => {
            runtime.block_on(State::connect(&url.0)).map_err(|error| Failure::File(format!("{error} (TRIALOGUE_STATE is `{url}`)")))
        }
        Setting { value: Some(StatePlace::File(file)), source } if !config.demo => match State::open(Some(file)) {
            Ok(state) => Ok(state),
            Err(error) if *source == Source::Default => {
                tracing::warn!(%error, "answers to repeated writes and conversations are kept in memory only; set TRIALOGUE_STATE to a file");
                in_memory()
            }
            Err(error) => Err(Failure::File(error.to_string())),
        },
        Setting { value: Some(StatePlace::File(_)) | None, .. } => in_memory(),
    }
}

fn in_memory() -> Result<State, Failure> {
    State::open(None).map_err(|error| Failure::File(error.to_string()))
}
