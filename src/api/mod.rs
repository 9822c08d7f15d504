//! The service: the catalogue of tools over HTTP.
//!
//! A request comes in through `connections` (deadlines, a cap), passes `front_door` (which host and page may ask, a request id,
//! the log), is matched in the table of `endpoint`, whose policy `auth` enforces, and is answered: a tool's route by `rest`,
//! within the bounds of `load`; questions by `chat`. What goes wrong is told as `problem`s.

pub mod auth;
pub mod mcp;

mod audit;
mod chat;
mod endpoint;
mod load;
mod metrics;
mod problem;

mod arguments;
mod assets;
mod connections;
mod docs;
mod front_door;
mod health;
mod openapi;
mod page;
mod rest;
pub mod spans;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;

use self::auth::{Authenticator, Principal};
use self::chat::Chat;
use self::endpoint::{Answers, Endpoint, Policy, endpoints};
use self::front_door::FrontDoor;
use self::load::LoadLimits;
use self::mcp::{Consents, Offer};
use self::metrics::Metrics;
use self::problem::Problem;
use crate::agent::Planner;
use crate::config::{Limits, ServiceConfig, Setting};
use crate::state::State;
use crate::store::Store;
use crate::tools::{Access, Clock, Context};

/// Calls at a time over a server, which does the work.
const CALLS_OVER_A_SERVER: usize = 16;

/// The most bytes of an answer. Who asks over HTTP is a program, and wants a page whole.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// What is told to who wants to write and may not, and where nobody may.
const READER_ONLY: &str = "you may read only; writing needs a key or token with the role `writer`";
const NOTHING_IS_WRITTEN: &str = "this service was started with --read-only; nothing can be written";

/// Everything that answers requests.
#[derive(Debug)]
pub struct Service {
    /// What tools work on; tenant and clock are those of the request.
    context: Context,
    clock: Clock,
    planner: Planner,
    authenticator: Authenticator,
    front_door: FrontDoor,
    load: LoadLimits,
    call_deadline: Duration,
    chat: Chat,
    state: State,
    /// Tells the writes to this store from those to another, where the state is kept for both.
    store_name: String,
    /// What the store is, in a few words for a model.
    store_kind: String,
    /// Which tools assistants are offered, and who agrees to what they write.
    offer: Offer,
    consents: Arc<Consents>,
    /// Whether nothing is written, whoever asks.
    is_read_only: bool,
    /// Where clients reach us, and who gives them tokens.
    public_url: Option<String>,
    issuer: Option<String>,
    metrics: Arc<Metrics>,
    readiness: health::Readiness,
    openapi: Bytes,
    is_ending: AtomicBool,
}

/// The parts that a service is made of.
#[derive(Debug)]
pub struct Parts {
    /// What tools work on. Its tenant, if any, is the only one served.
    pub context: Context,
    /// What "now" is.
    pub clock: Clock,
    /// Who turns words into calls.
    pub planner: Planner,
    /// Who tells who asks.
    pub authenticator: Authenticator,
    /// What is kept.
    pub state: State,
    /// The store's address.
    pub store_name: String,
    /// What the store is, in a few words for a model.
    pub store_kind: String,
}

impl Service {
    /// Puts the parts together as configured.
    ///
    /// # Errors
    /// A name of a tool or of a set of tools that there is none of.
    pub fn new(parts: Parts, config: &ServiceConfig) -> Result<Self, String> {
        let Parts { context, clock, planner, authenticator, state, store_name, store_kind } = parts;
        let calls_at_once = calls_at_once(config, &context.store);
        let limits = Limits { answer_bytes: ANSWER_BYTES, ..context.limits.clone() };
        let context = Context { limits, ..context };
        Ok(Self {
            context,
            clock,
            planner,
            authenticator,
            front_door: FrontDoor::new(config),
            load: LoadLimits::new(&config.load, calls_at_once),
            call_deadline: config.load.call_deadline,
            chat: Chat::new(&config.chat, calls_at_once),
            state,
            store_name,
            store_kind,
            offer: Offer::new(&config.offer)?,
            consents: Arc::new(Consents::new()?),
            is_read_only: config.offer.read_only,
            public_url: config.public_url.clone(),
            issuer: config.jwt.as_ref().map(|jwt| jwt.issuer.clone()),
            metrics: Arc::default(),
            readiness: health::Readiness::default(),
            openapi: Bytes::from(openapi::document().to_string()),
            is_ending: AtomicBool::new(false),
        })
    }

    /// Who asks, if the policy of the route lets him.
    async fn let_in(&self, policy: Policy, headers: &HeaderMap) -> Result<Option<Principal>, Problem> {
        let Policy::AtLeast(role) = policy else { return Ok(None) };
        let principal = self.authenticator.principal(headers).await?;
        if principal.role < role {
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", READER_ONLY));
        }
        Ok(Some(principal))
    }

    /// Where the client reaches us.
    fn base_url(&self, headers: &HeaderMap) -> String {
        let host = || headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", host()))
    }
}

/// How many calls are worked on at a time. A file's are done by our own processors.
#[must_use]
pub fn calls_at_once(config: &ServiceConfig, store: &Store) -> usize {
    let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    config.load.calls_at_once.unwrap_or(match store {
        Store::Sqlite(_) => processors,
        Store::Mlflow(_) => CALLS_OVER_A_SERVER,
    })
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would be open to everybody.
    #[error(
        "`{0}` can be reached from other machines, and nobody would have to say who he is: give --keys FILE (`trialogue keys add` makes one) or the TRIALOGUE_JWT_… variables, or listen on 127.0.0.1"
    )]
    Open(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on `{0}`: {1}")]
    Address(SocketAddr, std::io::Error),
    /// The system does not tell when to end.
    #[error("cannot wait for signals: {0}")]
    Signals(std::io::Error),
}

/// Listens and serves until SIGTERM or SIGINT, then lets what is under way end. Tells `announce` the address when it listens.
///
/// # Errors
/// Where it does not start.
pub async fn serve(service: Service, config: &ServiceConfig, announce: impl FnOnce(SocketAddr)) -> Result<(), StartError> {
    let Setting { value: host, .. } = config.host;
    let address = SocketAddr::new(host, config.port.value);
    if !host.is_loopback() && matches!(service.authenticator, Authenticator::Local) {
        return Err(StartError::Open(address));
    }
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Address(address, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Address(address, error))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    let service = Arc::new(service);
    announce(address);
    let end = async {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        service.is_ending.store(true, Ordering::Relaxed);
        tracing::info!("ending: no new connections, what is under way may end");
    };
    let connections = connections::allowed_connections(config.load.connections.value);
    let router = router(Arc::clone(&service));
    let drain = config.load.drain;
    if !connections::serve(listener, router, connections, Arc::clone(&service.metrics), end, drain).await {
        tracing::warn!(seconds = drain.as_secs(), "some requests did not end in time and are given up");
    }
    Ok(())
}

/// The routes of the table, behind the front door.
pub fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new();
    for endpoint in endpoints() {
        let filter = match endpoint.method {
            Method::POST => MethodFilter::POST,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let (service, path) = (Arc::clone(&service), endpoint.path);
        let endpoint = Arc::new(endpoint);
        let handler = move |request: Request| {
            let (service, endpoint) = (Arc::clone(&service), Arc::clone(&endpoint));
            async move { answer(&service, &endpoint, request).await }
        };
        router = router.route(path, on(filter, handler));
    }
    let mut router = router.fallback(no_such_path).method_not_allowed_fallback(no_such_method);
    if let Some(cors) = service.front_door.cors() {
        router = router.layer::<CorsLayer>(cors);
    }
    router.layer(CatchPanicLayer::custom(panicked)).layer(from_fn_with_state(service, front_door::pass))
}

async fn answer(service: &Arc<Service>, endpoint: &Endpoint, request: Request) -> Response<Body> {
    let base_url = matches!(endpoint.answers, Answers::Mcp).then(|| service.base_url(request.headers()));
    let (principal, outcome) = match service.let_in(endpoint.policy, request.headers()).await {
        Ok(principal) => {
            let outcome = respond(service, endpoint, principal.as_ref(), request).await;
            (principal, outcome)
        }
        Err(problem) => (None, Err(problem)),
    };
    let mut response = outcome.unwrap_or_else(|problem| {
        let problem = match (&base_url, &service.issuer) {
            (Some(base_url), Some(_)) => mcp::http::challenged(problem, base_url),
            _ => problem,
        };
        let is_of_openai = matches!(endpoint.answers, Answers::OpenAi(_));
        let mut response = if is_of_openai { chat::openai::refusal(&problem) } else { problem.response() };
        response.extensions_mut().insert(front_door::Told { code: problem.code, cause: problem.cause });
        response
    });
    if let Some(principal) = principal {
        response.extensions_mut().insert(front_door::AskedBy(principal.id));
    }
    response
}

async fn respond(
    service: &Arc<Service>,
    endpoint: &Endpoint,
    principal: Option<&Principal>,
    request: Request,
) -> Result<Response<Body>, Problem> {
    let admission = principal.map(|principal| service.load.admit(&principal.id)).transpose()?;
    match (endpoint.answers, principal) {
        (Answers::Tool(tool), Some(_)) if service.is_read_only && tool.access == Access::Write => {
            Err(Problem::new(StatusCode::FORBIDDEN, "read_only", NOTHING_IS_WRITTEN))
        }
        (Answers::Tool(tool), Some(principal)) => rest::call(service, tool, principal, request).await,
        (Answers::Chat(action), Some(principal)) => {
            // A stream goes on after its response has begun, and is under way for as long.
            let admission = admission.ok_or(auth::AuthFault::Missing)?;
            chat::answer(service, action, principal, request, admission).await
        }
        (Answers::OpenAi(action), Some(principal)) => {
            let admission = admission.ok_or(auth::AuthFault::Missing)?;
            chat::openai::answer(service, action, principal, request, admission).await
        }
        // The table has no open tool and no open chat; were there one, it would be closed.
        (Answers::Tool(_) | Answers::Chat(_) | Answers::OpenAi(_), None) => Err(auth::AuthFault::Missing.into()),
        (Answers::Health, _) => Ok(health::alive()),
        (Answers::Readiness, _) => Ok(health::ready(service).await),
        (Answers::Metrics, _) => Ok(reply(metrics::MEDIA_TYPE, service.metrics.text())),
        (Answers::OpenApi, _) => Ok(reply("application/json", service.openapi.clone())),
        (Answers::Docs, _) => Ok(docs::page()),
        (Answers::Picture, _) => chat::pictures::show(service, request).await,
        (Answers::Mcp, Some(principal)) => mcp::http::answer(service, principal, request).await,
        (Answers::Mcp, None) => Err(auth::AuthFault::Missing.into()),
        (Answers::ResourceMetadata, _) => mcp::http::metadata(service, request.headers()),
        (Answers::Page, _) => Ok(page::page()),
        (Answers::File(file), _) => Ok(assets::answer(file, request.headers())),
    }
}

/// A good answer.
fn reply(media_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

async fn no_such_path() -> Response<Body> {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is no such route; /openapi.json lists them").response()
}

async fn no_such_method(path: MatchedPath) -> Response<Body> {
    let detail = "this route has no such method; the header `Allow` tells which it has";
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_such_method", detail).response();
    let methods: Vec<String> = endpoints().iter().filter(|one| one.path == path.as_str()).map(|one| one.method.to_string()).collect();
    if let Ok(methods) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response<Body> {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the service made a mistake; its log tells where").response()
}

/// The header that carries a request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
