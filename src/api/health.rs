//! Whether the process is alive, and whether it can answer: what balancers and orchestrators ask, without saying who they are.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::{Service, reply};
use crate::agent::Planner;
use crate::store::ExperimentQuery;

/// How long what was found of the store is believed, and of the model: everybody may ask, they are asked rarely.
const STORE_BELIEVED: Duration = Duration::from_secs(1);
const MODEL_BELIEVED: Duration = Duration::from_secs(30);

/// How long the store may take.
const STORE_DEADLINE: Duration = Duration::from_secs(2);

/// What was last found.
#[derive(Debug, Default)]
pub(super) struct Readiness {
    store: Believed,
    model: Believed,
}

/// What was last found of one thing, and when. Who asks is told the kind of failure only; the log has its words.
#[derive(Debug, Default)]
struct Believed(Mutex<Option<(Instant, Found)>>);

type Found = Result<(), &'static str>;

impl Believed {
    async fn or_ask(&self, believed: Duration, ask: impl Future<Output = Found>) -> Found {
        let mut known = self.0.lock().await;
        if let Some((at, found)) = *known
            && at.elapsed() < believed
        {
            return found;
        }
        let found = ask.await;
        *known = Some((Instant::now(), found));
        found
    }
}

/// That the process answers at all.
pub(super) fn alive() -> Response<Body> {
    reply("application/json", json!({"status": "ok"}).to_string())
}

/// Whether store and model answer, and why not. A service that ends is not ready; one without its model is, since the interpreter
/// answers in its place.
pub(super) async fn ready(service: &Arc<Service>) -> Response<Body> {
    let store = service.readiness.store.or_ask(STORE_BELIEVED, ask_store(service)).await;
    let model = service.readiness.model.or_ask(MODEL_BELIEVED, ask_model(service)).await;
    let is_ending = service.is_ending.load(Ordering::Relaxed);
    let is_ready = store.is_ok() && !is_ending;
    let told = |found: Found| match found {
        Ok(()) => json!({"status": "ok"}),
        Err(reason) => json!({"status": "failed", "reason": reason}),
    };
    let mut model = told(model);
    if let Some(fields) = model.as_object_mut() {
        fields.insert("name".to_owned(), json!(service.planner.name()));
    }
    let status = if is_ready { "ready" } else { "not_ready" };
    let body = json!({"status": status, "store": told(store), "model": model, "ending": is_ending});
    let mut response = reply("application/json", body.to_string());
    if !is_ready {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

async fn ask_store(service: &Service) -> Found {
    let query = ExperimentQuery { max_results: 1, ..ExperimentQuery::default() };
    match timeout(STORE_DEADLINE, service.context.store.experiments(&query)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer");
            Err("the tracking store cannot be read")
        }
        Err(_) => Err("the tracking store does not answer in time"),
    }
}

async fn ask_model(service: &Service) -> Found {
    let Planner::Model { model, .. } = &service.planner else { return Ok(()) };
    model.answers().await.map_err(|error| {
        tracing::warn!(%error, "the model does not answer");
        "the model's server does not answer; the interpreter answers in its place"
    })
}
