//! A question: from a request to a turn, told as events or in one piece.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use tokio::sync::mpsc::unbounded_channel;
use tracing::Instrument;

use super::asked::{Asked, wants_events};
use super::stream::{self, Form, Leaving, OwnEvents, Task};
use super::work::{Job, Kind, Place, Work};
use crate::agent::Consent;
use crate::api::auth::{Principal, Role};
use crate::api::load::Admission;
use crate::api::problem::Problem;
use crate::api::{NOTHING_IS_WRITTEN, READER_ONLY, Service, reply, rest};

/// Answers a question.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let asked = Asked::read(&rest::body(&mut request).await?)?;
    let request_id = rest::id_of(request.headers());
    let place = asked.conversation_id.as_deref().map_or(Place::New, Place::Kept);
    let mut work = Work::begin(service, principal, request_id, place, &service.planner, admission).await?;
    if let Some(experiment) = &asked.experiment {
        work.turn_to(experiment).await?;
    }
    let wish = asked.chart();
    let kind = Kind::Question { consent: consent(service, principal), said: Vec::new() };
    let job = Job { words: asked.message, wish, kind };
    told(work, job, request.headers(), Leaving::EndsIt).await
}

/// Takes a turn and tells it in the form that `headers` ask for.
pub(super) async fn told(work: Work, job: Job, headers: &HeaderMap, leaving: Leaving) -> Result<Response<Body>, Problem> {
    let (told, events) = unbounded_channel();
    let task = Task::new(tokio::spawn(work.done(job, told).in_current_span()), leaving);
    if wants_events(headers) {
        return Ok(stream::response(events, task, OwnEvents::default()));
    }
    drop(events);
    Ok(reply("application/json", task.ended().await?.whole().to_string()))
}

/// Takes a turn and tells it as it happens, in the form of a protocol. Whoever goes away ends it.
pub(super) fn streamed(work: Work, job: Job, form: impl Form) -> Response<Body> {
    let (told, events) = unbounded_channel();
    stream::response(events, Task::new(tokio::spawn(work.done(job, told).in_current_span()), Leaving::EndsIt), form)
}

/// A write is asked about, of who may write at all.
pub(super) fn consent(service: &Service, principal: &Principal) -> Consent {
    if service.is_read_only {
        Consent::Refused(NOTHING_IS_WRITTEN)
    } else if principal.role < Role::Writer {
        Consent::Refused(READER_ONLY)
    } else {
        Consent::Asked
    }
}
