//! The chat: turns of conversations over HTTP, as events or in one piece, and the conversations themselves.
//!
//! `asked` reads a question, `turn` and `work` take it, `events` tells what happens meanwhile, `report` what came of it, and `stream`
//! sends both. `meter` counts what a model costs. A write is asked about by `confirmation`, under a `seal`. `conversations` lists, shows and deletes
//! what `state` keeps. `shared` makes a file of an answer, `start` tells who comes new what there is. `openai` is the same chat as a model
//! of OpenAI's protocol; `ai_sdk` and `ag_ui` tell it to front ends (`frontend`) as they read it. What a question means is the agent's business.

mod ag_ui;
mod ai_sdk;
mod asked;
mod confirmation;
mod conversations;
mod events;
mod frontend;
mod markdown;
mod messages;
mod meter;
pub(super) mod openai;
pub(super) mod pictures;
mod report;
mod seal;
mod shared;
mod start;
mod stream;
mod turn;
mod work;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub(super) use self::asked::MESSAGE_CHARACTERS;
pub(super) use self::conversations::{LISTED, LISTED_AT_MOST};
use super::Service;
use super::auth::Principal;
use super::load::{Admission, OVERLOADED};
use super::problem::Problem;
use crate::agent::Planner;
use crate::config::{ChartForm, ChatConfig};
use crate::state::StateError;
use crate::state::conversations::{Keeping, Owner};

/// How many turns a model may be busy with at a time: they wait for the model, not for us.
const MODEL_TURNS: usize = 64;

/// How long a turn waits for its place. People would rather wait a moment than ask again, as programs can.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A turn.
    Turn,
    /// What there is to talk about.
    Start,
    /// A turn for a front end of the AI SDK.
    AiSdk,
    /// A turn for a front end that speaks AG-UI.
    AgUi,
    /// What was asked about is to be written, or not.
    Confirm,
    /// The conversations there are.
    List,
    /// One of them.
    Transcript,
    /// One of them, to be taken along.
    Export,
    /// An answer of one of them, as a file of its own.
    Shared,
    /// That one of them be forgotten.
    Delete,
}

/// Conversations in which a turn is under way, with whose they are.
type Busy = Arc<Mutex<HashSet<(String, Option<String>, String)>>>;

/// What the chat keeps while the service runs.
#[derive(Debug)]
pub(super) struct Chat {
    keeping: Keeping,
    turn_deadline: Duration,
    /// How completions show charts where nobody says, and how long pictures are shown.
    shows: ChartForm,
    pictures_good_for: Duration,
    busy: Busy,
    /// Places for turns of the interpreter. They are none of those for calls: a queue of people does not hold up programs.
    turns: Arc<Semaphore>,
    model_turns: Arc<Semaphore>,
}

impl Chat {
    /// As configured, with so many turns of the interpreter at a time.
    #[must_use]
    pub(super) fn new(config: &ChatConfig, turns_at_once: usize) -> Self {
        let of_one_owner = u32::try_from(config.per_principal.value).unwrap_or(u32::MAX);
        Self {
            keeping: Keeping { unused: config.unused, of_one_owner },
            turn_deadline: config.turn_deadline,
            shows: config.shows,
            pictures_good_for: config.pictures_good_for,
            busy: Arc::default(),
            turns: Arc::new(Semaphore::new(turns_at_once)),
            model_turns: Arc::new(Semaphore::new(MODEL_TURNS)),
        }
    }

    /// Waits for a place to work with `planner`.
    ///
    /// # Errors
    /// 503 where none is free in time.
    async fn place(&self, planner: &Planner) -> Result<OwnedSemaphorePermit, Problem> {
        let places = match planner {
            Planner::Interpreter => &self.turns,
            Planner::Model { .. } => &self.model_turns,
        };
        match timeout(PATIENCE, Arc::clone(places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => {
                let detail = "the service has too much to do; come again in a moment";
                Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, detail).retry_after(Duration::from_secs(1)))
            }
        }
    }

    /// Takes the only seat of a conversation.
    ///
    /// # Errors
    /// 409 where a turn of it is under way.
    fn seat(&self, owner: &Owner, id: &str) -> Result<Seat, Problem> {
        let place = (owner.principal.clone(), owner.tenant.clone(), id.to_owned());
        if self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone()) {
            return Ok(Seat { place, busy: Arc::clone(&self.busy) });
        }
        let detail = "a turn of this conversation is under way; wait for its end, or begin another conversation";
        Err(Problem::new(StatusCode::CONFLICT, "turn_under_way", detail).retry_after(Duration::from_secs(1)))
    }
}

/// The right to take a turn of a conversation, given back when dropped.
#[derive(Debug)]
struct Seat {
    place: (String, Option<String>, String),
    busy: Busy,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.place);
    }
}

/// Answers what `principal` asks of the chat.
pub(super) async fn answer(
    service: &Arc<Service>,
    action: Action,
    principal: &Principal,
    request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    match action {
        Action::Turn => turn::answer(service, principal, request, admission).await,
        Action::Start => start::answer(service, principal, request).await,
        Action::AiSdk => ai_sdk::answer(service, principal, request, admission).await,
        Action::AgUi => ag_ui::answer(service, principal, request, admission).await,
        Action::Confirm => confirmation::answer(service, principal, request, admission).await,
        Action::List => conversations::list(service, principal, request).await,
        Action::Transcript => conversations::transcript(service, principal, request).await,
        Action::Export => conversations::export(service, principal, request).await,
        Action::Shared => shared::answer(service, principal, request).await,
        Action::Delete => conversations::delete(service, principal, request).await,
    }
}

/// Whose conversations `principal` has: those over this store and of his tenant.
fn owner(service: &Service, principal: &Principal, tenant: Option<String>) -> Owner {
    Owner { principal: format!("{} at {}", principal.id, service.store_name), tenant }
}

/// Sixteen random bytes in hexadecimal: what nobody guesses.
fn random_hex() -> Result<String, Problem> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem {
        cause: Some(error.to_string().into()),
        ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the system gives no random numbers")
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn no_such_conversation() -> Problem {
    let detail = "there is no such conversation, or it is not yours; `GET /api/v1/conversations` lists yours";
    Problem::new(StatusCode::NOT_FOUND, "no_such_conversation", detail)
}

fn unavailable(error: StateError) -> Problem {
    Problem {
        cause: Some(error.to_string().into()),
        ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "state_unavailable", "conversations cannot be read or kept now")
    }
    .retry_after(Duration::from_secs(5))
}
