//! Sending: one HTTP client for all callers, a deadline for each call, a few retries, a breaker, a bound on what is read. Connections
//! are used again where they are encrypted, which is where making one costs.
//!
//! Dropping a future drops its connection, and with it the server's reason to go on.

use std::time::Duration;

use reqwest::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Method, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::breaker::Breaker;
use super::fault::{Fault, Refusal};
use super::retry::{self, Budget, Safety};
use super::settings::{self, Address, Settings};
use super::wire::{self, ErrorReply};
use crate::store::StoreError;

/// Requests at the server at a time; more wait. MLflow serves each on a thread that holds Python's lock for most of it.
const CONCURRENCY: usize = 8;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How much of an answer is read. Eight of them at a time are the most that all callers hold.
pub(super) const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// How much of a refusal is read.
const MAX_REFUSAL: usize = 64 * 1024;

/// From here on an answer is decoded on a thread of its own, so that others are not kept waiting.
const LARGE_ANSWER: usize = 256 * 1024;

/// How often one answer may lead to another address of the same host.
const MAX_REDIRECTS: usize = 5;

/// How much of a server's message is repeated.
const MESSAGE_CHARS: usize = 300;

/// One question to the server.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) method: Method,
    /// Without a leading slash: `api/2.0/mlflow/runs/search`.
    pub(super) path: &'static str,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) safety: Safety,
}

impl Question {
    /// A question whose arguments stand in the address.
    pub(super) fn get(path: &'static str, query: Vec<(&'static str, String)>) -> Self {
        Self { method: Method::GET, path, query, body: None, safety: Safety::Repeatable }
    }

    /// A search: its arguments are JSON, and it changes nothing.
    pub(super) fn search(path: &'static str, body: Value) -> Self {
        Self { method: Method::POST, path, query: Vec::new(), body: Some(body), safety: Safety::Repeatable }
    }

    /// A write that is not idempotent.
    pub(super) fn write(path: &'static str, body: Value) -> Self {
        Self { method: Method::POST, path, query: Vec::new(), body: Some(body), safety: Safety::Once }
    }
}

/// Until when a call of the store must have its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    until: Instant,
    allowed: Duration,
}

impl Deadline {
    /// An earlier one, which leaves a quarter of the time for what must follow.
    pub(super) fn shortened(self) -> Self {
        Self { until: self.until.checked_sub(self.allowed / 4).unwrap_or(self.until), allowed: self.allowed * 3 / 4 }
    }

    /// Whether so much of the time has passed that no more should be begun.
    pub(super) fn is_near(self) -> bool {
        Instant::now() + self.allowed / 5 >= self.until
    }
}

/// An answer with a good status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// The server's clock, as it wrote it.
    pub(super) date: Option<String>,
    /// False where the answer is longer than what was read.
    pub(super) is_whole: bool,
}

/// A client of one server.
pub(super) struct Client {
    http: reqwest::Client,
    address: Address,
    headers: HeaderMap,
    secrets: Vec<SecretString>,
    allowed: Duration,
    permits: Semaphore,
    breaker: Breaker,
    budget: Budget,
}

impl Client {
    /// Reads the settings; sends nothing.
    pub(super) fn new(settings: &Settings) -> Result<Self, StoreError> {
        let address = Address::parse(&settings.uri)?;
        let identity = settings::identity(settings, &address)?;
        let http = http_client(settings, &address)?;
        Ok(Self {
            http,
            address,
            headers: identity.headers,
            secrets: identity.secrets,
            allowed: settings.deadline,
            permits: Semaphore::new(CONCURRENCY),
            breaker: Breaker::default(),
            budget: Budget::default(),
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The deadline of a call that begins now.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline { until: Instant::now() + self.allowed, allowed: self.allowed }
    }

    /// The error that the caller of the store sees.
    pub(super) fn explain(&self, fault: Fault) -> StoreError {
        fault.explain(&self.address)
    }

    /// Asks for JSON.
    pub(super) async fn ask<T>(&self, question: &Question, deadline: Deadline) -> Result<T, Fault>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut retries = 0;
        loop {
            let answer = self.answer(question, deadline, &mut retries, MAX_ANSWER).await?;
            if !answer.is_whole {
                return Err(Fault::TooLarge(MAX_ANSWER));
            }
            match decode(answer.body).await {
                Ok(decoded) => return Ok(decoded),
                Err(fault) => self.rest(fault, question, deadline, &mut retries).await?,
            }
        }
    }

    /// Asks for bytes, at most `most` of them.
    pub(super) async fn bytes(&self, question: &Question, deadline: Deadline, most: usize) -> Result<Answer, Fault> {
        self.answer(question, deadline, &mut 0, most).await
    }

    async fn answer(&self, question: &Question, deadline: Deadline, retries: &mut u32, most: usize) -> Result<Answer, Fault> {
        self.budget.earn();
        let mut before = Fault::Resting;
        loop {
            if !self.breaker.admits(Instant::now()) {
                return Err(before);
            }
            match self.attempt(question, deadline, most).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => {
                    self.rest(fault.clone(), question, deadline, retries).await?;
                    before = fault;
                }
            }
        }
    }

    /// Waits before the next attempt, or gives the fault back where there is none.
    async fn rest(&self, fault: Fault, question: &Question, deadline: Deadline, retries: &mut u32) -> Result<(), Fault> {
        let Some(pause) = retry::pause(&fault, question.safety, *retries) else { return Err(fault) };
        let now = Instant::now();
        if now + pause >= deadline.until || !self.budget.spend(now) {
            return Err(fault);
        }
        *retries += 1;
        sleep(pause).await;
        Ok(())
    }

    async fn attempt(&self, question: &Question, deadline: Deadline, most: usize) -> Result<Answer, Fault> {
        let attempt = async {
            // Never closed, so that a permit always comes.
            let _permit = self.permits.acquire().await;
            self.exchange(question, most).await
        };
        let outcome = timeout_at(deadline.until, attempt).await.unwrap_or(Err(Fault::TimedOut(deadline.allowed)));
        match &outcome {
            Err(fault) if fault.is_outage() => self.breaker.failed(Instant::now()),
            Ok(_) | Err(_) => self.breaker.succeeded(),
        }
        outcome
    }

    async fn exchange(&self, question: &Question, most: usize) -> Result<Answer, Fault> {
        let mut url = self.address.join(question.path);
        if !question.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&question.query);
        }
        for _ in 0..=MAX_REDIRECTS {
            let mut request = self.http.request(question.method.clone(), url.clone()).headers(self.headers.clone());
            if let Some(body) = &question.body {
                request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
            }
            let response = request.send().await.map_err(|error| not_answered(&error))?;
            if response.status().is_redirection() {
                url = self.led_to(&url, &question.method, &response)?;
                continue;
            }
            return if response.status().is_success() { taken(response, most).await } else { Err(self.refusal(response).await) };
        }
        Err(Fault::Redirected(shown(&url)))
    }

    /// Where a redirect leads, if that is the same host: everywhere else, credentials and headers would go to a stranger.
    fn led_to(&self, from: &Url, method: &Method, response: &Response) -> Result<Url, Fault> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let to = from.join(location).map_err(|_| Fault::Malformed(format!("it redirects to `{}`", self.cleaned(location))))?;
        let is_same_host =
            to.origin() == from.origin() || (from.scheme() == "http" && to.scheme() == "https" && to.host_str() == from.host_str());
        // 301, 302 and 303 may turn a search into a reading of a log-in page; only the others mean the same question there.
        let keeps_method = matches!(response.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        let is_same_question = keeps_method || *method == Method::GET;
        if is_same_host && is_same_question { Ok(to) } else { Err(Fault::Redirected(shown(&to))) }
    }

    async fn refusal(&self, response: Response) -> Fault {
        let status = response.status();
        // The other form of the header, a date, is read as absent.
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = match taken(response, MAX_REFUSAL).await {
            Ok(answer) => answer.body,
            Err(fault) => return fault,
        };
        let told: Option<ErrorReply> = serde_json::from_slice(&body).ok();
        let (code, message) = match told {
            Some(told) => (told.error_code.map(|code| code.0), told.message.unwrap_or_default()),
            None if is_web_page(&body) => (None, String::new()),
            None => (None, String::from_utf8_lossy(&body).into_owned()),
        };
        let message = self.cleaned(&message);
        let message = if message.is_empty() { status.canonical_reason().unwrap_or("no reason given").to_lowercase() } else { message };
        Fault::Refused(Refusal { status: status.as_u16(), code, message, retry_after: retry_after.map(Duration::from_secs) })
    }

    /// A server's text without secrets, SQL and line breaks, cut to a length that people read.
    fn cleaned(&self, text: &str) -> String {
        // Secrets go first: a text cut within one would no longer match it.
        let mut text = text.to_owned();
        for secret in &self.secrets {
            text = text.replace(secret.expose_secret(), "***");
        }
        // "Messages may hold SQL and parameters": SQLAlchemy begins them so.
        let end = ["[SQL:", "\n[SQL"].into_iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
        let text = text.get(..end).unwrap_or_default();
        let words: Vec<&str> =
            text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty()).collect();
        let text = words.join(" ");
        let mut shown: String = text.chars().take(MESSAGE_CHARS).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        shown
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").field("address", &self.address.shown()).finish_non_exhaustive()
    }
}

/// The HTTP client; built once, for it keeps the connections.
fn http_client(settings: &Settings, address: &Address) -> Result<reqwest::Client, StoreError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(CONCURRENCY)
        // Below the 75 s after which uvicorn's and gunicorn's neighbours close; a closed connection costs a retry.
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_keepalive(Duration::from_secs(15))
        // Followed by hand: see `led_to`.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("trialogue/", env!("CARGO_PKG_VERSION")));
    if address.is_loopback() {
        builder = builder.no_proxy();
    }
    if !address.is_encrypted() {
        // MLflow's workers leave Nagle's algorithm on, so that on a connection that is used again each small answer waits some 40 ms
        // for an acknowledgement that ours delays; on a new one it does not. Before TLS stands a proxy, which knows better.
        builder = builder.default_headers(HeaderMap::from_iter([(CONNECTION, HeaderValue::from_static("close"))]));
    }
    if settings.insecure_tls {
        builder = builder.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true);
    } else if let Some(path) = &settings.ca_file {
        let unfit =
            |problem: String| StoreError::Unavailable(format!("MLFLOW_TRACKING_SERVER_CERT_PATH is `{}`, which {problem}", path.display()));
        let pem = std::fs::read(path).map_err(|error| unfit(format!("cannot be read: {error}")))?;
        let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| unfit(format!("holds no certificates in PEM: {error}")))?;
        if certificates.is_empty() {
            return Err(unfit("holds no certificates in PEM".to_owned()));
        }
        builder = builder.tls_certs_only(certificates);
    } else if !address.is_encrypted() {
        // reqwest reads the system's certificates while building, and fails where there are none, needed or not.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| {
        StoreError::Unavailable(format!(
            "cannot set up TLS for `{}`: {}; install the system's CA certificates, or set MLFLOW_TRACKING_SERVER_CERT_PATH",
            address.shown(),
            innermost(&error)
        ))
    })
}

/// The body of an answer, as far as `most` bytes.
async fn taken(mut response: Response, most: usize) -> Result<Answer, Fault> {
    let date = response.headers().get(DATE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| Fault::Cut(innermost(&error)))? {
        let room = most - body.len();
        body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if piece.len() > room {
            return Ok(Answer { body, date, is_whole: false });
        }
    }
    Ok(Answer { body, date, is_whole: true })
}

async fn decode<T: DeserializeOwned + Send + 'static>(body: Vec<u8>) -> Result<T, Fault> {
    if body.len() < LARGE_ANSWER {
        return decode_here(&body);
    }
    let task = tokio::task::spawn_blocking(move || decode_here(&body));
    task.await.unwrap_or_else(|_| Err(Fault::Malformed("its answer could not be decoded".to_owned())))
}

fn decode_here<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    match serde_json::from_slice(body) {
        Ok(decoded) => Ok(decoded),
        Err(_) if is_web_page(body) => Err(Fault::WebPage),
        Err(error) => serde_json::from_slice(&wire::with_quoted_numbers(body)).map_err(|_| Fault::Malformed(error.to_string())),
    }
}

fn is_web_page(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

fn not_answered(error: &reqwest::Error) -> Fault {
    if error.is_connect() || error.is_builder() { Fault::Unreachable(innermost(error)) } else { Fault::Cut(innermost(error)) }
}

/// A foreign address for messages: no user, no query.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// What the network said at the bottom of reqwest's chain, such as `Connection refused (os error 111)`; the top names the URL.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
