//! The chat as a model of OpenAI's protocol, for whatever speaks with such models: `GET /v1/models`, `POST /v1/chat/completions`.
//!
//! The client keeps the conversation and sends it each time. What it is about is found by reading its last questions again (`agent::recall`),
//! or by the id of a conversation of ours, in `metadata.conversation_id`. The protocol cannot ask a person, so nothing is written by it.

mod asked;
mod completion;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;
use tracing::Instrument;

use self::asked::Asked;
use self::completion::{Chunks, Head};
use super::stream::{self, Leaving, Task};
use super::work::{Job, Kind, Place, Work};
use super::{pictures, random_hex};
use crate::agent::Consent;
use crate::api::arguments::ChartWish;
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::problem::Problem;
use crate::api::{Service, reply, rest};
use crate::config::ChartForm;

/// What is told to who wants to write.
const NO_WRITES: &str = "nothing is written over this protocol, which cannot ask you first; `POST /api/v1/chat` can";

/// The header that says how charts are shown, for clients whose body cannot: as the field `chart`, which wins over it.
const CHART_HEADER: &str = "x-trialogue-chart";

/// What is asked of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Action {
    /// Which models there are.
    Models,
    /// An answer to a conversation.
    Completions,
}

/// A model, as clients see it: the chat with a way to show charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) struct ModelName {
    /// Its name.
    pub id: &'static str,
    /// How answers show charts, where the name says so.
    pub charts: Option<ChartForm>,
}

/// The models there are, the usual one first.
pub(in crate::api) const MODELS: [ModelName; 2] =
    [ModelName { id: "trialogue", charts: None }, ModelName { id: "trialogue-text", charts: Some(ChartForm::None) }];

/// Answers what `principal` asks of the protocol.
pub(in crate::api) async fn answer(
    service: &Arc<Service>,
    action: Action,
    principal: &Principal,
    request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    match action {
        Action::Models => Ok(reply("application/json", models().to_string())),
        Action::Completions => complete(service, principal, request, admission).await,
    }
}

fn models() -> Value {
    let data: Vec<Value> =
        MODELS.iter().map(|model| json!({"id": model.id, "object": "model", "created": 0, "owned_by": "trialogue"})).collect();
    json!({"object": "list", "data": data})
}

async fn complete(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let asked = Asked::read(&rest::body(&mut request).await?)?;
    let place = asked.conversation_id.as_deref().map_or(Place::Elsewhere, Place::Kept);
    let request_id = rest::id_of(request.headers());
    let work = Work::begin(service, principal, request_id, place, &service.planner, admission).await?;
    // What we have kept ourselves is not told again.
    let said = if place == Place::Elsewhere { asked.said } else { Vec::new() };
    let kind = Kind::Question { consent: Consent::Refused(NO_WRITES), said };
    let header = request.headers().get(CHART_HEADER).map(|name| name.to_str().unwrap_or_default());
    let header =
        header.map(asked::form).transpose().map_err(|detail| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail))?;
    let charts = asked.charts.or(header).unwrap_or(service.chat.shows);
    let wish = if charts == ChartForm::VegaLite { ChartWish::VegaLite } else { ChartWish::None };
    let job = Job { words: asked.question, wish, kind };
    let head = Head { id: format!("chatcmpl-{}", random_hex()?), created: service.clock.now().0.div_euclid(1000), model: asked.model };
    let (told, events) = unbounded_channel();
    let (service, owner) = (Arc::clone(service), work.owner.clone());
    let pictured = (charts == ChartForm::Image).then(|| service.base_url(request.headers()));
    let turn = async move {
        let mut report = work.done(job, told).await?;
        if let Some(base_url) = pictured {
            let charts = report.turn.charts().into_iter().cloned().collect();
            report.made.charts = pictures::drawn(&service, &owner, charts, &base_url, service.chat.pictures_good_for).await?;
        }
        Ok(report)
    };
    let task = Task::new(tokio::spawn(turn.in_current_span()), Leaving::EndsIt);
    if asked.streams {
        return Ok(stream::response(events, task, Chunks::new(head, asked.tells_usage)));
    }
    drop(events);
    Ok(reply("application/json", head.completion(&task.ended().await?).to_string()))
}

/// A problem in the shape of the protocol.
pub(in crate::api) fn refusal(problem: &Problem) -> Response<Body> {
    let mut response = problem.response();
    *response.body_mut() = Body::from(error(problem).to_string());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn error(problem: &Problem) -> Value {
    let kind = match problem.status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    };
    json!({"error": {"message": problem.detail, "type": kind, "param": null, "code": problem.code}})
}
