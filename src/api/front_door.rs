//! What every request passes, whatever its route: its id, which host and which page may ask, the line in the log.
//!
//! A page of another site can make a browser send requests here, under our own name too if it controls its DNS. So a host name
//! must be known and an `Origin`, where there is one, ours or allowed; addresses in figures cannot be rebound.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use axum::middleware::Next;
use tower_http::cors::CorsLayer;
use tracing::Instrument;

use super::problem::Problem;
use super::{REQUEST_ID, Service, load, spans};
use crate::config::ServiceConfig;

/// How long a browser may believe what it was told about other origins.
const PREFLIGHT_BELIEVED: Duration = Duration::from_secs(600);

/// The longest request id that is taken from a client.
const ID_AT_MOST: usize = 64;

/// For the log: who asked.
#[derive(Debug, Clone)]
pub(super) struct AskedBy(pub String);

/// For the log: what went wrong.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The problem's code.
    pub code: &'static str,
    /// What the client was not told.
    pub cause: Option<Box<str>>,
}

/// Which hosts and origins may ask.
#[derive(Debug)]
pub(super) struct FrontDoor {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl FrontDoor {
    /// As configured.
    #[must_use]
    pub(super) fn new(config: &ServiceConfig) -> Self {
        let lower = |texts: &[String]| texts.iter().map(|text| text.to_ascii_lowercase()).collect();
        Self { hosts: lower(&config.allowed_hosts), origins: lower(&config.cors_origins) }
    }

    /// What browsers are told about pages of other origins, where any may ask.
    #[must_use]
    pub(super) fn cors(&self) -> Option<CorsLayer> {
        let origins: Vec<HeaderValue> = self.origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        let sent = ["authorization", "content-type", "idempotency-key", "x-api-key", "x-request-id"];
        let shown = ["x-request-id", "retry-after", "idempotency-replayed"];
        let layer = CorsLayer::new()
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            .allow_headers(sent.map(HeaderName::from_static))
            .expose_headers(shown.map(HeaderName::from_static))
            .max_age(PREFLIGHT_BELIEVED);
        (!origins.is_empty()).then(|| layer.allow_origin(origins))
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let refused = |code, detail: String| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) else {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_host", "one header `Host` is needed"));
        };
        if !self.is_known_host(host) || uri.authority().is_some_and(|authority| !authority.as_str().eq_ignore_ascii_case(host)) {
            let detail = "the service does not know this host name; start it with --allowed-host NAME (TRIALOGUE_ALLOWED_HOSTS) to be reached under it";
            return refused("unknown_host", detail.to_owned());
        }
        for origin in headers.get_all(ORIGIN) {
            let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
            let is_own = origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
            if !is_own && !self.origins.contains(&origin) {
                let detail =
                    "pages of this origin may not ask; start the service with --cors-origin ORIGIN (TRIALOGUE_CORS_ORIGINS) to let them";
                return refused("unknown_origin", detail.to_owned());
            }
        }
        Ok(())
    }

    fn is_known_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host.as_str(),
        };
        let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        is_address || name == "localhost" || self.hosts.iter().any(|known| known == name || *known == host)
    }
}

/// Lets a request pass or not, and logs what came of it.
pub(super) async fn pass(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let _counted = service.metrics.begin();
    let id = request_id(request.headers());
    if let Ok(id) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID, id);
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |matched| matched.as_str().to_owned());
    let span = spans::of_request(method_label(&method), &route, &id, request.headers());
    let mut response = match service.front_door.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).instrument(span.clone()).await,
        Err(problem) => {
            let mut response = problem.response();
            response.extensions_mut().insert(Told { code: problem.code, cause: None });
            response
        }
    };
    finish(&mut response, &id);
    if service.is_ending.load(Ordering::Relaxed) {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let took = begun.elapsed();
    spans::finish(&span, response.status().as_u16());
    service.metrics.answered(&route, method_label(&method), response.status().as_u16(), took);
    log(&response, &id, &method, &path, &route, took);
    response
}

/// The client's own id where it is a decent one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let is_decent = |id: &&str| {
        (1..=ID_AT_MOST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    if let Some(given) = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(is_decent) {
        return given.to_owned();
    }
    let mut bytes = [0_u8; 8];
    // Without random numbers ids repeat, which the log survives.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

fn finish(response: &mut Response<Body>, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    let fixed = [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // Nobody between us and the client keeps what is not said to be kept.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry("content-security-policy").or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}

/// A method that nobody knows is no label of its own.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// One line a request. Neither the query nor any header is logged: both may hold what is not the log's.
fn log(response: &Response<Body>, id: &str, method: &Method, path: &str, route: &str, took: Duration) {
    let status = response.status().as_u16();
    let principal = response.extensions().get::<AskedBy>().map_or("", |asked| asked.0.as_str());
    let told = response.extensions().get::<Told>();
    let code = told.map_or("", |told| told.code);
    let cause = told.and_then(|told| told.cause.as_deref()).unwrap_or_default();
    let duration_ms = took.as_secs_f64() * 1000.0;
    let path: String = path.chars().take(200).collect();
    // What is turned away for want of time is counted and no failure: a line of error for each would make it worse.
    if status >= 500 && code != load::OVERLOADED {
        tracing::error!(request_id = id, %method, path, route, status, duration_ms, principal, code, cause, "request failed");
    } else if route == "/healthz" || route == "/readyz" {
        tracing::debug!(request_id = id, %method, path, route, status, duration_ms, "request");
    } else {
        tracing::info!(request_id = id, %method, path, route, status, duration_ms, principal, code, "request");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: Option<&str>, expected: Result<(), &str>) {
        let door =
            FrontDoor { hosts: vec!["trialogue.example.com".into(), "proxy:8443".into()], origins: vec!["https://app.example.com".into()] };
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        let found = door.check(&"/healthz".parse().unwrap(), &headers).map_err(|problem| problem.code);
        assert_eq!(found, expected, "{host} {origin:?}");
    }

    #[test]
    fn a_host_is_an_address_or_a_known_name() {
        for host in
            ["127.0.0.1:8080", "10.1.2.3", "[::1]:8080", "LOCALHOST:1", "Trialogue.Example.com", "trialogue.example.com:443", "proxy:8443"]
        {
            check(host, None, Ok(()));
        }
        for host in ["evil.example.com", "localhost.evil.example.com", "proxy", "proxy:1", "127.0.0.1.evil.example.com", "127.0.0.1@evil"] {
            check(host, None, Err("unknown_host"));
        }
    }

    #[test]
    fn a_page_is_our_own_or_an_allowed_one() {
        check("localhost:8080", Some("http://localhost:8080"), Ok(()));
        check("localhost:8080", Some("https://app.example.com"), Ok(()));
        for origin in ["null", "http://localhost:3000", "https://app.example.com.evil.example.com", "http://app.example.com"] {
            check("localhost:8080", Some(origin), Err("unknown_origin"));
        }
    }
}
