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
use crate::config::ModelChoice;
use crate::store::ExperimentQuery;

/// How long what was found is believed: everybody may ask, the store is asked rarely.
const BELIEVED: Duration = Duration::from_secs(1);

/// How long the store may take.
const STORE_DEADLINE: Duration = Duration::from_secs(2);

/// What was last found, and when.
#[derive(Debug, Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, Result<(), &'static str>)>>);

/// That the process answers at all.
pub(super) fn alive() -> Response<Body> {
    reply("application/json", json!({"status": "ok"}).to_string())
}

/// Whether store and model answer, and why not. A service that ends is not ready.
pub(super) async fn ready(service: &Arc<Service>) -> Response<Body> {
    let store = service.readiness.store(service).await;
    let is_ending = service.is_ending.load(Ordering::Relaxed);
    let is_ready = store.is_ok() && !is_ending;
    let model = match &service.model {
        ModelChoice::Builtin => json!({"status": "ok", "name": "builtin"}),
        // Where a model does not answer, the interpreter does.
        ModelChoice::OpenAi { name } => json!({"status": "ok", "name": format!("openai:{name}"), "fallback": "builtin"}),
    };
    let body = json!({
        "status": if is_ready { "ready" } else { "not_ready" },
        "store": match store {
            Ok(()) => json!({"status": "ok"}),
            Err(reason) => json!({"status": "failed", "reason": reason}),
        },
        "model": model,
        "ending": is_ending,
    });
    let mut response = reply("application/json", body.to_string());
    if !is_ready {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

impl Readiness {
    /// Whether the store answers. Who asks is told the kind of failure only; the log has its words.
    async fn store(&self, service: &Service) -> Result<(), &'static str> {
        let mut known = self.0.lock().await;
        if let Some((at, found)) = *known
            && at.elapsed() < BELIEVED
        {
            return found;
        }
        let query = ExperimentQuery { max_results: 1, ..ExperimentQuery::default() };
        let found = match timeout(STORE_DEADLINE, service.context.store.experiments(&query)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store does not answer");
                Err("the tracking store cannot be read")
            }
            Err(_) => Err("the tracking store does not answer in time"),
        };
        *known = Some((Instant::now(), found));
        found
    }
}
