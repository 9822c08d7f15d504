//! What goes wrong, as problem details (RFC 9457): the one table from refusals to HTTP.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::auth::AuthFault;
use crate::store::StoreError;
use crate::tools::ToolError;

/// A refusal or failure, as a client is told it.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A word for programs: `invalid_arguments`, `not_found`, `rate_limited`.
    pub code: &'static str,
    /// What was wrong and what would be right.
    pub detail: String,
    /// The nearest names there are, where a name leads nowhere or to several.
    pub candidates: Vec<String>,
    /// When to try again, if that may help.
    pub retry_after: Option<Duration>,
    /// How to say who one is, where that is what is missing.
    pub challenge: Option<Box<str>>,
    /// What is told to the log only.
    pub cause: Option<Box<str>>,
}

impl Problem {
    /// A refusal that needs no more than words.
    #[must_use]
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), candidates: Vec::new(), retry_after: None, challenge: None, cause: None }
    }

    /// That it may help to try again after a while.
    #[must_use]
    pub(super) fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// The body, as `application/problem+json`.
    #[must_use]
    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "type": format!("urn:trialogue:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        if let (false, Some(fields)) = (self.candidates.is_empty(), body.as_object_mut()) {
            fields.insert("candidates".to_owned(), json!(self.candidates));
        }
        body
    }

    /// As a response.
    #[must_use]
    pub(super) fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body().to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if let Some(challenge) = self.challenge.as_ref().and_then(|challenge| HeaderValue::from_str(challenge).ok()) {
            headers.insert(WWW_AUTHENTICATE, challenge);
            if self.status == StatusCode::UNAUTHORIZED {
                // On a line of its own: browsers take a line for one challenge, and would not ask for a key.
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"trialogue\""));
            }
        }
        response
    }
}

impl From<ToolError> for Problem {
    fn from(error: ToolError) -> Self {
        let code = error.code();
        let detail = error.to_string();
        match error {
            ToolError::InvalidArguments(_) => Self::new(StatusCode::BAD_REQUEST, code, detail),
            ToolError::NotFound { candidates, .. } => Self { candidates, ..Self::new(StatusCode::NOT_FOUND, code, detail) },
            ToolError::Ambiguous { candidates, .. } => Self { candidates, ..Self::new(StatusCode::CONFLICT, code, detail) },
            ToolError::Nothing(_) => Self::new(StatusCode::NOT_FOUND, code, detail),
            ToolError::Store(error) => Self::from(&error),
        }
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        let detail = error.to_string();
        let soon = Duration::from_secs(1);
        match error {
            StoreError::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after(soon * 5),
            StoreError::Busy(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_busy", detail).retry_after(soon),
            StoreError::TimedOut(_) => Self::new(StatusCode::GATEWAY_TIMEOUT, "store_timed_out", detail).retry_after(soon),
            StoreError::Denied(_) => Self::new(StatusCode::BAD_GATEWAY, "store_denied", detail),
            StoreError::Foreign(_) => Self::new(StatusCode::BAD_GATEWAY, "store_foreign", detail),
            StoreError::Conflict(_) => Self::new(StatusCode::CONFLICT, "conflict", detail),
            StoreError::Uncertain(_) => Self::new(StatusCode::GATEWAY_TIMEOUT, "uncertain", detail),
            StoreError::ReadOnly => Self::new(StatusCode::FORBIDDEN, "read_only", detail),
            StoreError::InvalidQuery(_) => Self::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail),
            StoreError::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not_found", detail),
            StoreError::OutOfReach(_) => Self::new(StatusCode::NOT_FOUND, "out_of_reach", detail),
            // The driver's words may hold statements and values of others.
            StoreError::Internal(_) => Self {
                cause: Some(detail.into()),
                ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the tracking store failed; the log of the service tells why")
            },
        }
    }
}

impl From<AuthFault> for Problem {
    fn from(fault: AuthFault) -> Self {
        let detail = fault.to_string();
        match fault {
            AuthFault::Missing => {
                let challenge = Some("Bearer realm=\"trialogue\"".into());
                Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail) }
            }
            AuthFault::Invalid(_) => {
                // RFC 6750 §3.1; a quoted string holds no quotes of its own.
                let described = detail.replace(['"', '\\'], "'");
                let challenge = format!("Bearer realm=\"trialogue\", error=\"invalid_token\", error_description=\"{described}\"");
                Self { challenge: Some(challenge.into()), ..Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail) }
            }
            AuthFault::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, "forbidden", detail),
            AuthFault::Unavailable(_) => Self {
                cause: Some(detail.into()),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "authentication_unavailable", "credentials cannot be checked now")
            }
            .retry_after(Duration::from_secs(5)),
        }
    }
}
