//! What front ends ask that keep the messages themselves and speak a protocol of their own (`ai_sdk`, `ag_ui`).
//!
//! A conversation of ours goes on behind theirs: its id comes to them with the first answer, in a place that their client sends back. Where it
//! does not, the last questions are read again.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::asked::MESSAGE_CHARACTERS;
use super::messages::parted;
use super::stream::Form;
use super::turn;
use super::work::{Job, Kind, Place, Work};
use crate::api::Service;
use crate::api::arguments::ChartWish;
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::problem::Problem;

/// A question with what was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// What the person said last.
    pub question: String,
    /// What was said before: questions and answers, oldest first.
    pub said: Vec<(String, String)>,
    /// The conversation of ours that it belongs to.
    pub conversation_id: Option<String>,
}

impl Asked {
    /// Of these messages.
    ///
    /// # Errors
    /// 400 with what is wrong.
    pub(super) fn of(messages: &[Map<String, Value>], conversation_id: Option<String>) -> Result<Self, Problem> {
        let (question, said) = parted(messages).map_err(invalid)?;
        let characters = question.chars().count();
        if characters > MESSAGE_CHARACTERS {
            return Err(invalid(format!("the last message has {characters} characters; at most {MESSAGE_CHARACTERS} are taken")));
        }
        Ok(Self { question, said, conversation_id })
    }
}

/// Answers a question in the form of a protocol, as it happens, with its charts.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    request_id: String,
    admission: Admission,
    asked: Asked,
    form: impl Form,
) -> Result<Response<Body>, Problem> {
    let place = asked.conversation_id.as_deref().map_or(Place::New, Place::Kept);
    let work = Work::begin(service, principal, request_id, place, &service.planner, admission).await?;
    // What we have kept ourselves is not told again.
    let said = if place == Place::New { asked.said } else { Vec::new() };
    let kind = Kind::Question { consent: turn::consent(service, principal), said };
    Ok(turn::streamed(work, Job { words: asked.question, wish: ChartWish::VegaLite, kind }, form))
}

/// What is wrong with a body.
pub(super) fn invalid(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail)
}

/// An event of a stream that names none: its type is in its data.
pub(super) fn data(event: &Value) -> String {
    format!("data: {event}\n\n")
}
