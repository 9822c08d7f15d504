//! One turn: from a request to a task that takes it, within the bounds of the service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tracing::Instrument;

use super::asked::{Asked, wants_events};
use super::events::{Recorder, milliseconds};
use super::report::{Report, title};
use super::stream::{self, Task};
use super::{Seat, no_such_conversation, owner, unavailable};
use crate::agent::conversation::Conversation;
use crate::agent::{Consent, Planner, turn};
use crate::api::auth::Principal;
use crate::api::load::{Admission, OVERLOADED};
use crate::api::metrics::TurnEnd;
use crate::api::problem::Problem;
use crate::api::{Service, reply, rest};
use crate::state::conversations::{Kept, Owner, TakenTurn};
use crate::tools::Context;

/// Why a chat writes nothing.
const NO_WRITES: &str = "a chat does not write; `POST /api/v1/ml/experiments` creates an experiment";

/// Takes a turn, as events or in one piece.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let asked = Asked::read(&rest::body(&mut request).await?)?;
    let work = Work::begin(service, principal, rest::id_of(request.headers()), asked, admission).await?;
    let (told, events) = unbounded_channel();
    let task = Task(tokio::spawn(work.done(told).in_current_span()));
    if wants_events(request.headers()) {
        return Ok(stream::response(events, task));
    }
    drop(events);
    Ok(reply("application/json", task.ended().await?.whole().to_string()))
}

/// A turn and all that it needs. Dropped with its task, it gives back what it holds.
struct Work {
    service: Arc<Service>,
    owner: Owner,
    context: Context,
    asked: Asked,
    conversation: Conversation,
    conversation_id: String,
    /// How many turns the conversation has had.
    before: u32,
    watch: Watch,
    _held: (Seat, OwnedSemaphorePermit, Admission),
}

impl Work {
    async fn begin(
        service: &Arc<Service>,
        principal: &Principal,
        request_id: String,
        asked: Asked,
        admission: Admission,
    ) -> Result<Self, Problem> {
        let tenant = rest::agreed_tenant(service, principal, None)?;
        let now = service.clock.now();
        let owner = owner(service, principal, tenant.clone());
        let conversation_id = match &asked.conversation_id {
            Some(id) => id.clone(),
            None => new_id()?,
        };
        let seat = service.chat.seat(&conversation_id)?;
        let (conversation, before) = match &asked.conversation_id {
            Some(id) => {
                let resumed = service.state.resume(&owner, id, service.chat.keeping, now).await.map_err(unavailable)?;
                let resumed = resumed.ok_or_else(no_such_conversation)?;
                (Conversation::from_kept(&resumed.memory), resumed.turns)
            }
            None => (Conversation::default(), 0),
        };
        let permit = permit(service).await?;
        let watch = Watch {
            service: Arc::clone(service),
            request_id,
            principal: principal.id.clone(),
            conversation_id: conversation_id.clone(),
            begun: Instant::now(),
            end: TurnEnd::Cancelled,
        };
        let context = Context { tenant, now, ..service.context.clone() };
        let service = Arc::clone(service);
        Ok(Self { service, owner, context, asked, conversation, conversation_id, before, watch, _held: (seat, permit, admission) })
    }

    async fn done(mut self, told: UnboundedSender<Value>) -> Result<Report, Problem> {
        let taken = self.taken(told).await;
        self.watch.end = match &taken {
            Ok(report) if report.turn.answered => TurnEnd::Answered,
            Ok(_) => TurnEnd::NotAnswered,
            Err(_) => TurnEnd::Failed,
        };
        taken
    }

    async fn taken(&mut self, told: UnboundedSender<Value>) -> Result<Report, Problem> {
        let mut recorder = Recorder::new(&self.conversation_id, self.asked.chart(), told);
        let mut hear = |event: crate::agent::Event<'_>| recorder.hear(event);
        let planner = &self.service.planner;
        let taking = turn(&self.asked.message, planner, Consent::Refused(NO_WRITES), &self.context, &mut self.conversation, &mut hear);
        let Ok(turn) = timeout(self.service.chat.turn_deadline, taking).await else {
            let detail = "the turn took too long and was given up; ask for less, or again";
            return Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, "turn_timed_out", detail));
        };
        // An answer that says only that the store failed is no answer, and one may not repeat what the store's driver said.
        if let Some(problem) = recorder.failure.take_if(|problem| !turn.answered || problem.status == StatusCode::INTERNAL_SERVER_ERROR) {
            return Err(problem);
        }
        let took_ms = milliseconds(self.watch.begun);
        let mut report =
            Report { conversation_id: self.conversation_id.clone(), number: self.before + 1, turn, made: recorder.made, took_ms };
        if let Some(caveat) = self.not_kept(&report).await {
            report.turn.caveats.push(caveat);
        }
        Ok(report)
    }

    /// Keeps the turn, before anybody is told that it is done; why not, if that fails.
    async fn not_kept(&self, report: &Report) -> Option<String> {
        let taken = TakenTurn {
            id: self.conversation_id.clone(),
            before: self.before,
            title: title(&self.asked.message),
            body: report.transcript(&self.asked.message, self.context.now),
            memory: self.conversation.to_kept(),
        };
        let (state, keeping) = (&self.service.state, self.service.chat.keeping);
        match state.keep_turn(&self.owner, taken, keeping, self.service.clock.now()).await {
            Ok(Kept::Yes) => None,
            Ok(Kept::Changed) => {
                Some("the conversation was deleted or went on elsewhere meanwhile, so this turn is not part of it".to_owned())
            }
            Err(error) => {
                tracing::error!(request_id = self.watch.request_id, %error, "a turn could not be kept");
                Some("this turn could not be kept, so the next one will not know of it".to_owned())
            }
        }
    }
}

/// The right to work: on a processor, or beside a model.
async fn permit(service: &Service) -> Result<OwnedSemaphorePermit, Problem> {
    match service.planner {
        Planner::Interpreter => service.load.turn().await,
        Planner::Model { .. } => Arc::clone(&service.chat.model_turns).try_acquire_owned().map_err(|_| {
            let detail = "too many turns wait for the model; come again in a moment";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, OVERLOADED, detail).retry_after(Duration::from_secs(1))
        }),
    }
}

/// An id that nobody guesses.
fn new_id() -> Result<String, Problem> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem {
        cause: Some(error.to_string().into()),
        ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the system gives no random numbers")
    })?;
    Ok(format!("conv_{:032x}", u128::from_be_bytes(bytes)))
}

/// Counts and logs a turn however it ends.
struct Watch {
    service: Arc<Service>,
    request_id: String,
    principal: String,
    conversation_id: String,
    begun: Instant,
    end: TurnEnd,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Self { request_id, principal, conversation_id, end, .. } = self;
        self.service.metrics.turn_ended(*end, self.begun.elapsed());
        let duration_ms = milliseconds(self.begun);
        tracing::info!(request_id, principal, conversation_id, end = end.name(), duration_ms, "turn");
    }
}
