//! The protocol over streamable HTTP, without sessions: each request is answered by a handler of its own, as its principal.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Mcp;
use crate::api::auth::{Principal, Role};
use crate::api::problem::Problem;
use crate::api::{READER_ONLY, Service, reply, rest};
use crate::tools::{self, Access, Context};

/// Where the protocol is spoken, and where its authorisation is described (RFC 9728 §3.1).
pub(in crate::api) const PATH: &str = "/mcp";
pub(in crate::api) const METADATA_PATHS: [&str; 2] = ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"];

/// Answers one request of `principal`.
pub(in crate::api) async fn answer(service: &Arc<Service>, principal: &Principal, mut request: Request) -> Result<Response<Body>, Problem> {
    let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
    let offer = service.offer.tightened(request.headers(), principal.role >= Role::Writer).map_err(invalid)?;
    let body = rest::body(&mut request).await?;
    if principal.role < Role::Writer && calls_a_write(&body) {
        return Err(Problem::new(StatusCode::FORBIDDEN, FORBIDDEN, READER_ONLY));
    }
    let context = Context { tenant: rest::agreed_tenant(service, principal, None)?, ..service.context.clone() };
    let mcp = Mcp {
        context,
        clock: service.clock,
        principal: principal.clone(),
        offer,
        consents: Arc::clone(&service.consents),
        store_name: service.store_kind.clone(),
        service: Some(Arc::clone(service)),
        call_deadline: service.call_deadline,
    };
    // Host and Origin were checked at the front door, on this route as on all others.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(Vec::<String>::new());
    let protocol = StreamableHttpService::new(move || Ok(mcp.clone()), Arc::new(NeverSessionManager::default()), config);
    let (parts, _) = request.into_parts();
    let request = Request::from_parts(parts, http_body_util::Full::new(body));
    match protocol.oneshot(request).await {
        Ok(response) => Ok(response.map(|body| Body::new(body.map_err(|never| match never {})))),
    }
}

/// A refusal for want of a token or of its scope, with the way to a better one (RFC 9728 §5.1, RFC 6750 §3.1).
pub(in crate::api) fn challenged(problem: Problem, base_url: &str) -> Problem {
    let metadata = METADATA_PATHS.last().copied().unwrap_or_default();
    let way = format!("resource_metadata=\"{base_url}{metadata}\"");
    let challenge = match problem.status {
        StatusCode::UNAUTHORIZED => {
            let given = problem.challenge.as_deref().unwrap_or("Bearer realm=\"trialogue\"");
            format!("{given}, {way}, scope=\"reader\"")
        }
        StatusCode::FORBIDDEN if problem.code == FORBIDDEN => {
            format!("Bearer error=\"insufficient_scope\", {way}, scope=\"reader writer\"")
        }
        _ => return problem,
    };
    Problem { challenge: Some(challenge.into()), ..problem }
}

/// The code of what a role may not do.
const FORBIDDEN: &str = "forbidden";

/// Whether a body calls a tool that writes. What is no JSON is told so by the protocol.
fn calls_a_write(body: &[u8]) -> bool {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let messages = message.as_array().map_or(std::slice::from_ref(&message), Vec::as_slice);
    messages.iter().any(|message| {
        let name = message.pointer("/params/name").and_then(Value::as_str).unwrap_or_default();
        message.get("method").and_then(Value::as_str) == Some("tools/call")
            && tools::named(name).is_some_and(|tool| tool.access == Access::Write)
    })
}

/// Who gives tokens for `/mcp`, and which (RFC 9728 §2).
pub(in crate::api) fn metadata(service: &Service, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
    let Some(issuer) = &service.issuer else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no_issuer",
            "no issuer of tokens is trusted here; send an API key as bearer token",
        ));
    };
    let document = json!({
        "resource": format!("{}{PATH}", service.base_url(headers)),
        "resource_name": "Trialogue",
        "authorization_servers": [issuer],
        "scopes_supported": ["reader", "writer"],
        "bearer_methods_supported": ["header"],
    });
    Ok(reply("application/json", document.to_string()))
}
