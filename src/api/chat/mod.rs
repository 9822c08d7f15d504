//! The chat: turns of conversations over HTTP, as events or in one piece, and the conversations themselves.
//!
//! `asked` reads a question, `turn` takes it, `events` tells what happens meanwhile, `report` what came of it, and `stream` sends
//! both. `conversations` lists, shows and deletes what `state` keeps. What a question means is the agent's business.

mod asked;
mod conversations;
mod events;
mod report;
mod stream;
mod turn;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use tokio::sync::Semaphore;

pub(super) use self::asked::MESSAGE_CHARACTERS;
pub(super) use self::conversations::{LISTED, LISTED_AT_MOST};
use super::Service;
use super::auth::Principal;
use super::load::Admission;
use super::problem::Problem;
use crate::config::ChatConfig;
use crate::state::StateError;
use crate::state::conversations::{Keeping, Owner};

/// How many turns a model may be busy with at a time: they wait for the model, not for us.
const MODEL_TURNS: usize = 64;

/// What is asked of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// A turn.
    Turn,
    /// The conversations there are.
    List,
    /// One of them.
    Transcript,
    /// One of them, to be taken along.
    Export,
    /// That one of them be forgotten.
    Delete,
}

/// What the chat keeps while the service runs.
#[derive(Debug)]
pub(super) struct Chat {
    keeping: Keeping,
    turn_deadline: Duration,
    /// Conversations in which a turn is under way.
    busy: Arc<Mutex<HashSet<String>>>,
    model_turns: Arc<Semaphore>,
}

impl Chat {
    /// As configured.
    #[must_use]
    pub(super) fn new(config: &ChatConfig) -> Self {
        let of_one_owner = u32::try_from(config.per_principal.value).unwrap_or(u32::MAX);
        Self {
            keeping: Keeping { unused: config.unused, of_one_owner },
            turn_deadline: config.turn_deadline,
            busy: Arc::default(),
            model_turns: Arc::new(Semaphore::new(MODEL_TURNS)),
        }
    }

    /// Takes the only seat of a conversation.
    ///
    /// # Errors
    /// 409 where a turn of it is under way.
    fn seat(&self, id: &str) -> Result<Seat, Problem> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(id.to_owned()) {
            return Ok(Seat { id: id.to_owned(), busy: Arc::clone(&self.busy) });
        }
        let detail = "a turn of this conversation is under way; wait for its end, or begin another conversation";
        Err(Problem::new(StatusCode::CONFLICT, "turn_under_way", detail).retry_after(Duration::from_secs(1)))
    }
}

/// The right to take a turn of a conversation, given back when dropped.
#[derive(Debug)]
struct Seat {
    id: String,
    busy: Arc<Mutex<HashSet<String>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
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
        Action::List => conversations::list(service, principal, request).await,
        Action::Transcript => conversations::transcript(service, principal, request).await,
        Action::Export => conversations::export(service, principal, request).await,
        Action::Delete => conversations::delete(service, principal, request).await,
    }
}

/// Whose conversations `principal` has: those over this store and of his tenant.
fn owner(service: &Service, principal: &Principal, tenant: Option<String>) -> Owner {
    Owner { principal: format!("{} at {}", principal.id, service.store_name), tenant }
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
