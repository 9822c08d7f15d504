//! A tool's route: from a request to a call of the tool, and from its outcome to a response.

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::body::{Body, Bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use tracing::Instrument;

use super::arguments::{self, Asked, ChartWish};
use super::auth::Principal;
use super::problem::Problem;
use super::{REQUEST_ID, Service, audit, reply, spans};
use crate::domain::chart::to_vega_lite;
use crate::state::{Begun, KeptAnswer, WriteKey};
use crate::tools::{Access, Context, Outcome, ToolDef};

/// The most bytes of a body, how many are read of a longer one, and how long it may take to come.
const BODY_BYTES: usize = 1024 * 1024;
const BODY_BYTES_READ: usize = 8 * BODY_BYTES;
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// The longest query.
const QUERY_BYTES: usize = 16 * 1024;

/// The header that makes a write safe to repeat, how long its value may be, and the mark of an answer that was kept.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const IDEMPOTENCY_KEY_BYTES: usize = 255;
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Calls `tool` as `principal` asks.
pub(super) async fn call(
    service: &Arc<Service>,
    tool: &'static ToolDef,
    principal: &Principal,
    mut request: Request,
) -> Result<Response<Body>, Problem> {
    let asked = read(tool, &mut request).await?;
    let tenant = agreed_tenant(service, principal, asked.tenant.as_deref())?;
    let context = Context { tenant, now: service.clock.now(), ..service.context.clone() };
    let work = Work { service: Arc::clone(service), tool, principal: principal.clone(), context, asked, id: id_of(request.headers()) };
    match tool.access {
        Access::Read => work.done().await,
        // Whoever goes away does not stop a write half-way.
        Access::Write => {
            let key = write_key(service, principal, request.headers())?;
            let written = tokio::spawn(async move { work.written(key).await }.in_current_span()).await;
            written.map_err(|_| {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the service made a mistake; its log tells where")
            })?
        }
    }
}

async fn read(tool: &ToolDef, request: &mut Request) -> Result<Asked, Problem> {
    let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
    let path: Vec<(String, String)> = match request.extract_parts::<RawPathParams>().await {
        Ok(parts) => parts.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        Err(_) => return Err(invalid("the path is not UTF-8 after its percent signs are decoded".to_owned())),
    };
    let query = request.uri().query().map(str::to_owned);
    if query.as_ref().is_some_and(|query| query.len() > QUERY_BYTES) {
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "query_too_long", format!("the query has more than {QUERY_BYTES} bytes")));
    }
    let body = if request.method() == Method::POST { body(request).await? } else { Bytes::new() };
    arguments::read(tool, &path, query.as_deref(), &body).map_err(invalid)
}

pub(super) async fn body(request: &mut Request) -> Result<Bytes, Problem> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_json = media_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        let detail = "the header `Content-Type` must be `application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
    }
    match timeout(BODY_DEADLINE, collected(std::mem::take(request.body_mut()))).await {
        Ok(Ok(Some(body))) => Ok(body.into()),
        Ok(Ok(None)) => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", format!("the body has more than {BODY_BYTES} bytes")))
        }
        Ok(Err(_)) => Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", "the body ended too early")),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body did not come in time")),
    }
}

/// The body; nothing where it is too long. Then some more of it is read and thrown away: a client that is still sending when the
/// connection closes would not see the refusal.
async fn collected(mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let (mut kept, mut read) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        read += data.len();
        if read <= BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if read > BODY_BYTES_READ {
            break;
        }
    }
    Ok((read <= BODY_BYTES).then_some(kept))
}

/// The tenant whose experiments are seen: the principal's, the service's and the request's must be the same where they are given.
pub(super) fn agreed_tenant(service: &Service, principal: &Principal, asked: Option<&str>) -> Result<Option<String>, Problem> {
    let mut agreed: Option<&str> = None;
    for tenant in [service.context.tenant.as_deref(), principal.tenant.as_deref(), asked].into_iter().flatten() {
        match agreed {
            Some(other) if other != tenant => {
                let detail = format!("`tenant_id` is `{tenant}`, but you are of another tenant; leave it out");
                return Err(Problem::new(StatusCode::FORBIDDEN, "other_tenant", detail));
            }
            _ => agreed = Some(tenant),
        }
    }
    Ok(agreed.map(str::to_owned))
}

pub(super) fn id_of(headers: &HeaderMap) -> String {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

fn write_key(service: &Service, principal: &Principal, headers: &HeaderMap) -> Result<Option<WriteKey>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(value), rest) = (values.next(), values.next()) else { return Ok(None) };
    let is_key = |key: &&str| (1..=IDEMPOTENCY_KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    match value.to_str().ok().filter(is_key) {
        Some(key) if rest.is_none() => {
            let principal = format!("{} at {}", principal.id, service.store_name);
            Ok(Some(WriteKey { principal, key: key.to_owned() }))
        }
        _ => {
            let detail =
                format!("`Idempotency-Key` must be given once, with 1 to {IDEMPOTENCY_KEY_BYTES} printable ASCII characters and no spaces");
            Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail))
        }
    }
}

/// One call and all that it needs.
struct Work {
    service: Arc<Service>,
    tool: &'static ToolDef,
    principal: Principal,
    context: Context,
    asked: Asked,
    id: String,
}

impl Work {
    async fn done(&self) -> Result<Response<Body>, Problem> {
        let turn = self.service.load.turn().await?;
        let arguments = Value::Object(self.asked.arguments.clone());
        let call = self.tool.call(arguments, &self.context).instrument(spans::of_call(self.tool.name));
        let outcome = match timeout(self.service.call_deadline, call).await {
            Ok(outcome) => outcome?,
            Err(_) => {
                let detail = "the answer took too long and was given up; ask for less";
                return Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, "call_timed_out", detail));
            }
        };
        drop(turn);
        let mut response = reply("application/json", body_of(outcome, self.asked.chart).to_string());
        if self.tool.access == Access::Write {
            *response.status_mut() = StatusCode::CREATED;
        }
        Ok(response)
    }

    /// A write: once for each key, with a line for the audit.
    async fn written(self, key: Option<WriteKey>) -> Result<Response<Body>, Problem> {
        let Some(key) = key else { return self.audited().await };
        let failed = |error: crate::state::StateError| Problem {
            cause: Some(error.to_string().into()),
            ..Problem::new(StatusCode::SERVICE_UNAVAILABLE, "state_unavailable", "answers cannot be kept now, so nothing was written")
        };
        match self.service.state.begin(&key, self.hash(), self.service.clock.now()).await.map_err(failed)? {
            Begun::New => {}
            Begun::Done(kept) => return Ok(replayed(kept)),
            Begun::UnderWay => {
                let detail = "the same request is being answered; come again in a moment for its answer";
                return Err(Problem::new(StatusCode::CONFLICT, "under_way", detail).retry_after(Duration::from_secs(1)));
            }
            Begun::Other => {
                let detail = "this `Idempotency-Key` was used for another request; take a new one";
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_of_another_request", detail));
            }
        }
        let outcome = self.audited().await;
        let kept = match &outcome {
            Ok(_) => StatusCode::CREATED,
            Err(problem) => problem.status,
        };
        let (outcome, body) = match outcome {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                (Ok(Response::from_parts(parts, Body::from(body.clone()))), body)
            }
            Err(problem) => {
                let body = Bytes::from(problem.body().to_string());
                (Err(problem), body)
            }
        };
        // What failed on our side may be tried again with the same key.
        let recorded = if kept.is_server_error() || kept == StatusCode::TOO_MANY_REQUESTS {
            self.service.state.forget(&key).await
        } else {
            self.service.state.finish(&key, KeptAnswer { status: kept.as_u16(), body: body.to_vec() }).await
        };
        if let Err(error) = recorded {
            tracing::error!(request_id = self.id, %error, "the answer of a write could not be kept");
        }
        outcome
    }

    async fn audited(&self) -> Result<Response<Body>, Problem> {
        let outcome = self.done().await;
        let (request_id, principal, tool) = (self.id.as_str(), self.principal.id.as_str(), self.tool.name);
        let tenant = self.context.tenant.as_deref().unwrap_or_default();
        let status = outcome.as_ref().map_or_else(|problem| problem.status, Response::status).as_u16();
        let arguments = Value::Object(self.asked.arguments.clone()).to_string();
        audit::Write { request_id, principal, tenant, tool, arguments: &arguments, status }.log();
        outcome
    }

    /// What tells one request from another.
    fn hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in [self.tool.name, self.context.tenant.as_deref().unwrap_or_default(), &canonical(&self.asked.arguments.clone().into())] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.finalize().into()
    }
}

/// JSON with its keys in order: the same arguments written in another order are the same request.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            let parts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value))).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

fn replayed(kept: KeptAnswer) -> Response<Body> {
    let is_good = (200..300).contains(&kept.status);
    let mut response = reply(if is_good { "application/json" } else { "application/problem+json" }, kept.body);
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// The result as published, with the chart where it is wanted.
fn body_of(outcome: Outcome, wish: ChartWish) -> Value {
    let Outcome { mut result, caveats, chart, .. } = outcome;
    if let (ChartWish::VegaLite, Some(fields)) = (wish, result.as_object_mut()) {
        fields.insert("chart".to_owned(), chart.as_ref().map_or(Value::Null, to_vega_lite));
        // Points that the chart leaves out are told beside it.
        fields.insert("caveats".to_owned(), Value::from(caveats));
    }
    result
}
