//! Sending: a few retries while nothing has arrived, refusals as typed errors, and a bound on what is read.

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Request, Response, StatusCode};
use serde_json::Value;

use super::ModelError;

/// Attempts beyond the first.
const MAX_RETRIES: u32 = 2;

/// The pause before the first retry, doubled for the second.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause that a server may ask for: a person waits for the answer.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The longest reply on the wire; a token costs about 200 bytes as an event.
const MAX_REPLY_BYTES: usize = 8 * 1024 * 1024;

/// The longest line of a stream: its reader goes over an unfinished line again with each packet.
const MAX_LINE_BYTES: usize = 1024 * 1024;

/// How much of a refusal is read.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// One request, sent until something arrives.
#[derive(Debug)]
pub(super) struct Attempt {
    http: reqwest::Client,
    endpoint: String,
    /// Why the body ended early. The stream's reader keeps only the text of an error.
    failure: OnceLock<ModelError>,
}

impl Attempt {
    pub(super) fn new(http: reqwest::Client, endpoint: String) -> Self {
        Self { http, endpoint, failure: OnceLock::new() }
    }

    /// What ended the body early, if anything did.
    pub(super) fn failure(&self) -> Option<ModelError> {
        self.failure.get().cloned()
    }

    /// Sends what `build` makes, anew for each try, and gives a stream of events of bounded length.
    pub(super) async fn send<Built>(self: Arc<Self>, build: impl Fn() -> Built) -> Result<Response, ModelError>
    where
        Built: Future<Output = Result<Request, ModelError>>,
    {
        let mut retries = 0;
        loop {
            let (error, pause) = match self.http.execute(build().await?).await {
                Ok(response) if response.status().is_success() => return Self::events(&self, response).await,
                Ok(response) => refusal(response).await,
                Err(error) => self.no_response(&error),
            };
            match pause {
                Some(pause) if retries < MAX_RETRIES && pause <= MAX_RETRY_AFTER => {
                    tokio::time::sleep(pause.max(backoff(retries))).await;
                    retries += 1;
                }
                Some(_) | None => return Err(error),
            }
        }
    }

    /// The error, and the pause after which another try makes sense.
    fn no_response(&self, error: &reqwest::Error) -> (ModelError, Option<Duration>) {
        if error.is_timeout() && !error.is_connect() {
            return (ModelError::Timeout { after: super::READ_TIMEOUT }, None);
        }
        let unreachable = ModelError::Unreachable { endpoint: self.endpoint.clone(), problem: innermost(error) };
        (unreachable, Some(Duration::ZERO))
    }

    async fn events(attempt: &Arc<Self>, response: Response) -> Result<Response, ModelError> {
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.to_ascii_lowercase();
        if content_type.starts_with("text/html") {
            return Err(ModelError::Malformed(
                "it sends an HTML page; check that the base URL is that of an API, often one ending in `/v1`".to_owned(),
            ));
        }
        if content_type.starts_with("application/json") {
            return whole_reply_as_event(response).await;
        }
        let attempt = Arc::clone(attempt);
        let mut read = 0;
        let mut line = 0;
        let bounded = response.bytes_stream().map(move |piece| {
            let failure = match piece {
                Ok(piece) => {
                    read += piece.len();
                    line = match piece.iter().rposition(|byte| *byte == b'\n') {
                        Some(end) => piece.len() - end - 1,
                        None => line + piece.len(),
                    };
                    if read > MAX_REPLY_BYTES {
                        ModelError::TooLarge { limit: MAX_REPLY_BYTES }
                    } else if line > MAX_LINE_BYTES {
                        ModelError::TooLarge { limit: MAX_LINE_BYTES }
                    } else {
                        return Ok(piece);
                    }
                }
                Err(error) if error.is_timeout() => ModelError::Timeout { after: super::READ_TIMEOUT },
                Err(error) => ModelError::Interrupted(innermost(&error)),
            };
            let told = std::io::Error::other(failure.to_string());
            // Only the first failure counts: the stream ends with it.
            let _ = attempt.failure.set(failure);
            Err(told)
        });
        Ok(Response::from(http::Response::new(reqwest::Body::wrap_stream(bounded))))
    }
}

/// Some servers do not stream, or not with functions, and answer in one piece: that is one event to those who read on.
async fn whole_reply_as_event(response: Response) -> Result<Response, ModelError> {
    let (body, is_whole) = read_up_to(response, MAX_REPLY_BYTES).await.map_err(|error| {
        if error.is_timeout() { ModelError::Timeout { after: super::READ_TIMEOUT } } else { ModelError::Interrupted(innermost(&error)) }
    })?;
    if !is_whole {
        return Err(ModelError::TooLarge { limit: MAX_REPLY_BYTES });
    }
    let reply: Value = serde_json::from_slice(&body)
        .map_err(|error| ModelError::Malformed(format!("the reply is not JSON ({error}): {}", String::from_utf8_lossy(&body))))?;
    // Printed anew on a single line, as an event must be.
    let event = format!("data: {reply}\n\ndata: [DONE]\n\n");
    let once = stream::once(async move { Ok::<_, std::io::Error>(event) });
    Ok(Response::from(http::Response::new(reqwest::Body::wrap_stream(once))))
}

/// The typed refusal, and the pause after which another try makes sense.
async fn refusal(response: Response) -> (ModelError, Option<Duration>) {
    let status = response.status();
    // The other form of the header, a date, is read as absent: no model server is known to send it.
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let body = read_up_to(response, MAX_REFUSAL_BYTES).await.map(|(body, _)| body).unwrap_or_default();
    let message = refusal_message(&body, status);
    let rejected = ModelError::Rejected { status: status.as_u16(), message };
    let pause = Some(retry_after.unwrap_or_default());
    match status.as_u16() {
        // OpenAI's 429 also says that the account is empty, and no pause mends that.
        429 if String::from_utf8_lossy(&body).contains("insufficient_quota") => (rejected, None),
        429 => (ModelError::RateLimited { retry_after }, pause),
        500 | 502 | 503 | 504 => (rejected, pause),
        _ => (rejected, None),
    }
}

fn refusal_message(body: &[u8], status: StatusCode) -> String {
    let text = String::from_utf8_lossy(body);
    let message = match serde_json::from_slice::<Value>(body) {
        Ok(json) => super::wire::error_message(&json).unwrap_or_else(|| text.trim().to_owned()),
        Err(_) if text.trim_start().starts_with('<') => String::new(),
        Err(_) => text.trim().to_owned(),
    };
    if message.is_empty() { status.canonical_reason().unwrap_or("no reason given").to_lowercase() } else { message }
}

/// The body up to `limit` bytes, and whether that is all of it.
async fn read_up_to(mut response: Response, limit: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        let room = limit - body.len();
        body.extend(piece.iter().take(room));
        if piece.len() > room {
            return Ok((body, false));
        }
    }
    Ok((body, true))
}

/// Half of the pause is fixed and half is chance, so that those who failed together do not come back together.
fn backoff(retries: u32) -> Duration {
    let pause = FIRST_PAUSE * 2_u32.pow(retries);
    // The standard library's only source of chance: each state is seeded at random.
    let chance = RandomState::new().hash_one(retries) % 1000;
    pause / 2 + (pause / 2).mul_f64(chance as f64 / 1000.0)
}

/// What the network said at the bottom of reqwest's chain, such as `Connection refused (os error 111)`; the top names only the URL.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_in_every_vendor_s_form() {
        let check = |body: &str, expected: &str| assert_eq!(refusal_message(body.as_bytes(), StatusCode::BAD_GATEWAY), expected, "{body}");
        check(r#"{"error": {"message": "no such model", "code": null}}"#, "no such model");
        check(r#"{"error": "model \"x\" not found"}"#, "model \"x\" not found");
        check(r#"{"object": "error", "message": "too long"}"#, "too long");
        check(r#"{"detail": "Not Found"}"#, "Not Found");
        check("upstream gone\n", "upstream gone");
        check("<html>502</html>", "bad gateway");
        check("", "bad gateway");
    }

    #[test]
    fn pauses_grow_and_stay_within_their_bounds() {
        for _ in 0..50 {
            assert!((125..=250).contains(&backoff(0).as_millis()));
            assert!((250..=500).contains(&backoff(1).as_millis()));
        }
    }
}
