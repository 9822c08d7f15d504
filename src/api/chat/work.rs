//! A turn that is being taken: what it needs, what it holds, and what is kept of it.

use std::sync::Arc;
use std::time::Instant;

use axum::http::StatusCode;
use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;

use super::events::{Recorder, milliseconds};
use super::meter::Meter;
use super::report::{Report, title};
use super::{Seat, confirmation, no_such_conversation, owner, unavailable};
use crate::agent::conversation::Conversation;
use crate::agent::{Call, Consent, Event, Planner, Turn, confirmed, declined, recall, suggestions, turn};
use crate::api::arguments::ChartWish;
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::metrics::TurnEnd;
use crate::api::problem::Problem;
use crate::api::{Service, audit, rest};
use crate::state::conversations::{Kept, Owner, TakenTurn};
use crate::tools::resolve::{self, Wants};
use crate::tools::{Context, ToolDef};

/// What a turn is about.
#[derive(Debug)]
pub(super) struct Job {
    /// What the person said, or what stands for it in the transcript.
    pub words: String,
    /// Whether the answer brings its charts.
    pub wish: ChartWish,
    /// What is to be done.
    pub kind: Kind,
}

/// What is to be done in a turn.
#[derive(Debug)]
pub(super) enum Kind {
    /// A question is answered.
    Question {
        /// Whether what it asks to be written is.
        consent: Consent,
        /// What was said before, where the client keeps that himself: questions and answers, oldest first.
        said: Vec<(String, String)>,
    },
    /// A write is done, to which the person agreed.
    Write {
        /// The tool.
        tool: &'static ToolDef,
        /// Its arguments.
        arguments: Map<String, Value>,
    },
    /// A write is not done.
    Declined,
}

/// Which conversation a turn belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// A new one.
    New,
    /// The one with this id.
    Kept(&'a str),
    /// One that the client keeps.
    Elsewhere,
}

/// A turn and all that it needs. Dropped with its task, it gives back what it holds.
pub(super) struct Work {
    service: Arc<Service>,
    /// Whose conversation it is.
    pub owner: Owner,
    context: Context,
    conversation: Conversation,
    /// The conversation's id.
    pub conversation_id: String,
    /// How many turns the conversation has had, if it is kept here.
    before: Option<u32>,
    watch: Watch,
    _held: (Seat, OwnedSemaphorePermit, Admission),
}

impl Work {
    /// Finds the conversation, or begins one, and waits for a place to work with `planner`.
    ///
    /// # Errors
    /// 404 where there is no such conversation, 409 where a turn of it is under way, 503 where there is too much to do.
    pub(super) async fn begin(
        service: &Arc<Service>,
        principal: &Principal,
        request_id: String,
        place: Place<'_>,
        planner: &Planner,
        admission: Admission,
    ) -> Result<Self, Problem> {
        let tenant = rest::agreed_tenant(service, principal, None)?;
        let now = service.clock.now();
        let owner = owner(service, principal, tenant.clone());
        let id = match place {
            Place::Kept(id) => id.to_owned(),
            Place::New | Place::Elsewhere => new_id()?,
        };
        let seat = service.chat.seat(&owner, &id)?;
        let (conversation, before) = match place {
            Place::Kept(id) => {
                let resumed = service.state.resume(&owner, id, service.chat.keeping, now).await.map_err(unavailable)?;
                let resumed = resumed.ok_or_else(no_such_conversation)?;
                (Conversation::from_kept(&resumed.memory), Some(resumed.turns))
            }
            Place::New => (Conversation::default(), Some(0)),
            Place::Elsewhere => (Conversation::default(), None),
        };
        let permit = service.chat.place(planner).await?;
        let watch = Watch {
            service: Arc::clone(service),
            request_id,
            principal: principal.id.clone(),
            conversation_id: id.clone(),
            begun: Instant::now(),
            end: TurnEnd::Cancelled,
        };
        let context = Context { tenant, now, ..service.context.clone() };
        let service = Arc::clone(service);
        Ok(Self { service, owner, context, conversation, conversation_id: id, before, watch, _held: (seat, permit, admission) })
    }

    /// Turns the conversation to an experiment.
    ///
    /// # Errors
    /// Where the reference leads to none or to several, or the store fails.
    pub(super) async fn turn_to(&mut self, reference: &str) -> Result<(), Problem> {
        let looking = resolve::place(&self.context, Some(reference), Wants::default());
        let place = timeout(self.service.call_deadline, looking).await.map_err(|_| too_long())??;
        self.conversation.turn_to(place.resolved());
        Ok(())
    }

    /// Takes the turn; what happens meanwhile is told to `told`.
    ///
    /// # Errors
    /// Why it came to nothing.
    pub(super) async fn done(mut self, job: Job, told: UnboundedSender<Value>) -> Result<Report, Problem> {
        let taken = self.taken(job, told).await;
        self.watch.end = match &taken {
            Ok(report) if report.turn.answered => TurnEnd::Answered,
            Ok(_) => TurnEnd::NotAnswered,
            Err(_) => TurnEnd::Failed,
        };
        taken
    }

    async fn taken(&mut self, job: Job, told: UnboundedSender<Value>) -> Result<Report, Problem> {
        let Job { words, wish, kind } = job;
        let meter = Meter::new(&self.service.state, &self.watch.principal, self.context.now);
        let mut recorder = Recorder::new(&self.conversation_id, wish, told, meter);
        let turn = match kind {
            Kind::Question { consent, said } => self.answered(&words, consent, said, &mut recorder).await?,
            Kind::Write { tool, arguments } => self.written(&words, tool, arguments, &mut recorder).await?,
            Kind::Declined => declined(&words, &mut self.conversation, &mut |event: Event<'_>| recorder.hear(event)),
        };
        recorder.meter.write_down().await;
        // An answer that says only that the store failed is no answer, and one may not repeat what the store's driver said.
        let failure = recorder.failure().filter(|problem| !turn.answered || problem.status == StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(problem) = failure {
            return Err(problem.clone());
        }
        let (now, until) = (self.context.now, confirmation::until(self.service.clock.now()));
        let confirmations = confirmation::wanted(&self.service.state, &self.owner, &self.conversation_id, &turn.calls, until).await?;
        let mut report = Report {
            conversation_id: self.conversation_id.clone(),
            number: self.before.unwrap_or_default() + 1,
            turn,
            made: std::mem::take(&mut recorder.made),
            confirmations,
            suggestions: suggestions::next(&self.conversation),
            took_ms: milliseconds(self.watch.begun),
        };
        if let Some(before) = self.before {
            let (id, memory) = (self.conversation_id.clone(), self.conversation.to_kept());
            let taken = TakenTurn { id, before, title: title(&words), body: report.transcript(&words, now), memory };
            // Kept before anybody is told that it is done.
            report.turn.caveats.extend(self.not_kept(taken).await);
        }
        Ok(report)
    }

    async fn answered(
        &mut self,
        words: &str,
        consent: Consent,
        said: Vec<(String, String)>,
        recorder: &mut Recorder,
    ) -> Result<Turn, Problem> {
        let Self { service, context, conversation, .. } = self;
        let used_up = recorder.meter.used_up(&service.planner).await;
        let planner = if used_up.is_some() { &Planner::Interpreter } else { &service.planner };
        let mut hear = |event: Event<'_>| recorder.hear(event);
        let taking = async {
            if !said.is_empty() {
                recall(&said, context, conversation).await;
            }
            turn(words, planner, consent, context, conversation, &mut hear).await
        };
        let mut taken = timeout(service.chat.turn_deadline, taking).await.map_err(|_| too_long())?;
        taken.caveats.extend(used_up.map(|why| format!("{why}, so the built-in interpreter answered")));
        Ok(taken)
    }

    /// A write, with a line for the audit whatever comes of it.
    async fn written(
        &mut self,
        words: &str,
        tool: &'static ToolDef,
        arguments: Map<String, Value>,
        recorder: &mut Recorder,
    ) -> Result<Turn, Problem> {
        let told = Value::Object(arguments.clone()).to_string();
        let mut hear = |event: Event<'_>| recorder.hear(event);
        let taking = confirmed(words, tool, arguments, &self.context, &mut self.conversation, &mut hear);
        let taken = timeout(self.service.call_deadline, taking).await.map_err(|_| {
            let detail = "the store did not answer in time, so nobody knows whether this was written; look before you ask for it again";
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "uncertain", detail)
        });
        let status = match &taken {
            Ok(turn) => turn.calls.first().map_or(StatusCode::INTERNAL_SERVER_ERROR, |call| status_of(call, recorder)),
            Err(problem) => problem.status,
        };
        audit::Write {
            request_id: &self.watch.request_id,
            principal: &self.watch.principal,
            tenant: self.context.tenant.as_deref().unwrap_or_default(),
            tool: tool.name,
            arguments: &told,
            status: status.as_u16(),
        }
        .log();
        taken
    }

    /// Keeps a turn; why not, if that fails.
    async fn not_kept(&self, taken: TakenTurn) -> Option<String> {
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

/// What came of a write, as REST would have told it.
fn status_of(call: &Call, recorder: &Recorder) -> StatusCode {
    match (&call.result, &recorder.store_problem) {
        (Ok(_), _) => StatusCode::CREATED,
        (Err(refusal), Some(problem)) if refusal.code == "store" => problem.status,
        (Err(_), _) => StatusCode::BAD_REQUEST,
    }
}

fn too_long() -> Problem {
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "turn_timed_out", "the turn took too long and was given up; ask for less, or again")
}

/// An id that nobody guesses.
fn new_id() -> Result<String, Problem> {
    Ok(format!("conv_{}", super::random_hex()?))
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
