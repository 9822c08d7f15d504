//! Charts as pictures at an address of ours, for clients that show Markdown and no Vega-Lite.
//!
//! Whoever shows an answer fetches the picture without saying who he is, so the address is the right to see it: an id that nobody guesses,
//! and a seal over it and its end that only we can make, so that no guess costs a look into the state. The seal stands in the query,
//! which is not logged.

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::seal::hmac;
use super::{random_hex, unavailable};
use crate::api::problem::Problem;
use crate::api::{Service, reply};
use crate::domain::chart::{Chart, to_png};
use crate::domain::time::Timestamp;
use crate::state::conversations::Owner;

/// The name of the key in the state.
const KEY: &str = "pictures";

/// The most bytes of a picture; ours have some 60 kB.
const AT_MOST: usize = 2 * 1024 * 1024;

/// Draws charts and keeps them for `good_for`; each comes with its address under `base_url` and words for who does not see it.
///
/// # Errors
/// Where the state fails. A chart that cannot be drawn is left out.
pub(super) async fn drawn(
    service: &Service,
    owner: &Owner,
    charts: Vec<Chart>,
    base_url: &str,
    good_for: Duration,
) -> Result<Vec<Value>, Problem> {
    let mut pictures = Vec::new();
    for chart in charts {
        let title = chart.title().to_owned();
        // Drawing keeps a processor busy for some milliseconds.
        let Ok(Ok(bytes)) = tokio::task::spawn_blocking(move || to_png(&chart)).await else { continue };
        if bytes.len() > AT_MOST {
            continue;
        }
        let id = random_hex()?;
        let until = service.state.keep_picture(owner, &id, bytes, good_for, service.clock.now()).await.map_err(unavailable)?;
        let key = service.state.secret(KEY).await.map_err(unavailable)?;
        let address = format!("{base_url}/charts/{id}?seal={:x}.{}", until.0, URL_SAFE_NO_PAD.encode(mark(&key, &id, until)));
        pictures.push(json!({"picture": address, "title": title}));
    }
    Ok(pictures)
}

/// Shows a picture to whoever has its address.
pub(in crate::api) async fn show(service: &Arc<Service>, mut request: Request) -> Result<Response<Body>, Problem> {
    let seal = request.uri().query().and_then(|query| query.strip_prefix("seal=")).map(str::to_owned).ok_or_else(no_such_picture)?;
    let parts = request.extract_parts::<RawPathParams>().await.map_err(|_| no_such_picture())?;
    let id = parts.iter().next().map(|(_, id)| id.to_owned()).ok_or_else(no_such_picture)?;
    let (until, given) = seal.split_once('.').ok_or_else(no_such_picture)?;
    let until = Timestamp(i64::from_str_radix(until, 16).map_err(|_| no_such_picture())?);
    let given = URL_SAFE_NO_PAD.decode(given).map_err(|_| no_such_picture())?;
    let key = service.state.secret(KEY).await.map_err(unavailable)?;
    let (is_ours, now) = (bool::from(mark(&key, &id, until).as_slice().ct_eq(given.as_slice())), service.clock.now());
    if !is_ours || until.0 <= now.0 {
        return Err(no_such_picture());
    }
    let bytes = service.state.picture(&id, now).await.map_err(unavailable)?.ok_or_else(no_such_picture)?;
    let mut response = reply("image/png", bytes);
    let seconds = until.0.saturating_sub(now.0) / 1000;
    if let Ok(kept) = HeaderValue::from_str(&format!("private, max-age={seconds}, immutable")) {
        response.headers_mut().insert(CACHE_CONTROL, kept);
    }
    // Front ends of other origins show it.
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn mark(key: &[u8; 32], id: &str, until: Timestamp) -> [u8; 32] {
    hmac(key, format!("{id} until {}", until.0).as_bytes())
}

fn no_such_picture() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_picture", "there is no such picture, or it is shown no more; ask the question again")
}
