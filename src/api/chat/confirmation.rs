//! Writes that a person is asked about: the question with its token, and the answer that brings the token back.
//!
//! A token is good for ten minutes, once, for whom it was made, in its conversation. It is spent before anything is written, so that a
//! write whose outcome is lost is asked about anew and not done twice.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::seal::Sealed;
use super::stream::Leaving;
use super::work::{Job, Kind, Place, Work};
use super::{turn, unavailable};
use crate::agent::answer::question;
use crate::agent::{Call, Planner};
use crate::api::arguments::{ChartWish, parsed_body};
use crate::api::auth::Principal;
use crate::api::load::Admission;
use crate::api::problem::Problem;
use crate::api::rest::canonical;
use crate::api::{NOTHING_IS_WRITTEN, Service, rest};
use crate::domain::time::Timestamp;
use crate::state::State;
use crate::state::conversations::Owner;
use crate::tools;

/// How long a person may think about it.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// The name of the key in the state.
const KEY: &str = "confirmations";

/// What a person answers.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    conversation_id: String,
    token: String,
    agree: bool,
}

/// Until when a question that is asked now is good.
pub(super) fn until(now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(i64::try_from(GOOD_FOR.as_millis()).unwrap_or(i64::MAX)))
}

/// The questions about the calls of a turn that wait for the person, each call asked about once.
///
/// # Errors
/// Where the state fails.
pub(super) async fn wanted(
    state: &State,
    owner: &Owner,
    conversation_id: &str,
    calls: &[Call],
    until: Timestamp,
) -> Result<Vec<Value>, Problem> {
    let mut asked: Vec<(&str, String)> = Vec::new();
    let mut questions = Vec::new();
    for call in calls.iter().filter(|call| call.is_asked_about()) {
        let one = (call.tool.as_str(), canonical(&Value::Object(call.arguments.clone())));
        if asked.contains(&one) {
            continue;
        }
        asked.push(one);
        let key = state.secret(KEY).await.map_err(unavailable)?;
        let (tool, arguments) = (call.tool.clone(), call.arguments.clone());
        let sealed = Sealed { tool, arguments, nonce: super::random_hex()?, expires: until.0 };
        questions.push(json!({
            "token": sealed.token(&key, owner, conversation_id),
            "tool": call.tool,
            "arguments": call.arguments,
            "words": question(&call.tool, &call.arguments),
            "expires_at": until.to_string(),
        }));
    }
    Ok(questions)
}

/// Does what was asked about, or not.
pub(super) async fn answer(
    service: &Arc<Service>,
    principal: &Principal,
    mut request: Request,
    admission: Admission,
) -> Result<Response<Body>, Problem> {
    let decided = read(&rest::body(&mut request).await?)?;
    if service.is_read_only {
        return Err(Problem::new(StatusCode::FORBIDDEN, "read_only", NOTHING_IS_WRITTEN));
    }
    let request_id = rest::id_of(request.headers());
    let place = Place::Kept(&decided.conversation_id);
    let work = Work::begin(service, principal, request_id, place, &Planner::Interpreter, admission).await?;
    let sealed = opened(service, &work, &decided.token).await?;
    let tool = tools::named(&sealed.tool).ok_or_else(not_ours)?;
    let asked = question(tool.name, &sealed.arguments);
    let (words, kind, leaving) = if decided.agree {
        // Whoever goes away does not stop a write half-way.
        (format!("Yes. {asked}"), Kind::Write { tool, arguments: sealed.arguments }, Leaving::LetsItEnd)
    } else {
        (format!("No. {asked}"), Kind::Declined, Leaving::EndsIt)
    };
    turn::told(work, Job { words, wish: ChartWish::None, kind }, request.headers(), leaving).await
}

fn read(body: &[u8]) -> Result<Decided, Problem> {
    let fields = parsed_body(body).map_err(|detail| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail))?;
    serde_json::from_value(Value::Object(fields)).map_err(|error| {
        let detail = format!("the body is not like `{{\"conversation_id\": \"conv_…\", \"token\": \"…\", \"agree\": true}}`: {error}");
        Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail)
    })
}

/// What a token was made for, which is spent with this.
async fn opened(service: &Service, work: &Work, token: &str) -> Result<Sealed, Problem> {
    let key = service.state.secret(KEY).await.map_err(unavailable)?;
    let sealed = Sealed::opened(token, &key, &work.owner, &work.conversation_id).ok_or_else(not_ours)?;
    let (until, now) = (Timestamp(sealed.expires), service.clock.now());
    if until.0 <= now.0 {
        let detail = "this question is older than ten minutes, so nothing was written; ask for it again";
        return Err(Problem::new(StatusCode::CONFLICT, "confirmation_expired", detail));
    }
    if !service.state.spend(&sealed.nonce, until, now).await.map_err(unavailable)? {
        let detail = "this question was answered before, and nothing more was written; ask for it again";
        return Err(Problem::new(StatusCode::CONFLICT, "confirmation_used", detail));
    }
    Ok(sealed)
}

fn not_ours() -> Problem {
    let detail = "this token is none that was given out for this call, conversation and person, so nothing was written";
    Problem::new(StatusCode::BAD_REQUEST, "confirmation_invalid", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{NEEDS_CONFIRMATION, Refusal};

    fn call(code: &'static str, name: &str) -> Call {
        let refusal = Refusal { code, message: String::new() };
        let arguments = serde_json::Map::from_iter([("name".to_owned(), json!(name))]);
        Call { tool: "create_experiment".to_owned(), arguments, result: Err(refusal) }
    }

    #[tokio::test]
    async fn each_call_that_waits_is_asked_about_once() {
        let state = State::open(None).unwrap();
        let owner = Owner { principal: "ana".to_owned(), tenant: None };
        let calls = [call(NEEDS_CONFIRMATION, "a"), call("forbidden", "b"), call(NEEDS_CONFIRMATION, "a"), call(NEEDS_CONFIRMATION, "c")];
        let asked = wanted(&state, &owner, "conv_1", &calls, until(Timestamp(0))).await.unwrap();
        let names: Vec<&Value> = asked.iter().map(|question| &question["arguments"]["name"]).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(asked[0]["expires_at"], "1970-01-01T00:10:00Z");
        assert!(asked[0]["words"].as_str().unwrap().contains("name: “a”"));
    }

    #[test]
    fn an_answer_is_yes_or_no_and_nothing_else() {
        assert!(read(br#"{"conversation_id": "c", "token": "t", "agree": false}"#).is_ok());
        for wrong in ["", "[]", r#"{"token": "t", "agree": true}"#, r#"{"conversation_id": "c", "token": "t", "agree": "yes"}"#] {
            assert_eq!(read(wrong.as_bytes()).unwrap_err().status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
}
