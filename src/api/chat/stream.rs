//! What happens, as it happens, over HTTP (server-sent events, HTML Living Standard §9.2), in the form of a protocol.
//!
//! However a turn ends, the stream ends well: our own with the event `done`, or with `error` and a problem. Whoever stops reading ends
//! the turn, unless it writes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::report::Report;
use crate::api::problem::Problem;
use crate::api::reply;

/// The media type.
pub(super) const MEDIA_TYPE: &str = "text/event-stream";

/// After so long a silence a comment is sent, so that nobody between takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(10);

/// What becomes of a turn when nobody waits for it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// It ends: it only reads.
    EndsIt,
    /// It goes on to its end: a write is not left half done.
    LetsItEnd,
}

/// A turn that is being taken.
#[derive(Debug)]
pub(super) struct Task {
    turn: JoinHandle<Result<Report, Problem>>,
    leaving: Leaving,
}

impl Task {
    /// Of a turn.
    pub(super) fn new(turn: JoinHandle<Result<Report, Problem>>, leaving: Leaving) -> Self {
        Self { turn, leaving }
    }

    /// What came of it.
    ///
    /// # Errors
    /// Why it failed, a panic included.
    pub(super) async fn ended(mut self) -> Result<Report, Problem> {
        let ended = (&mut self.turn).await;
        ended.unwrap_or_else(|_| {
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the service made a mistake; its log tells where"))
        })
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        match self.leaving {
            Leaving::EndsIt => self.turn.abort(),
            Leaving::LetsItEnd => {}
        }
    }
}

/// How a turn is told on the wire.
pub(super) trait Form: Send + 'static {
    /// What happens, where this form tells it.
    fn event(&mut self, event: &Value) -> Option<Bytes>;
    /// What comes last.
    fn end(&mut self, ended: Result<Report, Problem>) -> VecDeque<Bytes>;
}

/// The events of `task` as a response.
pub(super) fn response(events: UnboundedReceiver<Value>, task: Task, form: impl Form) -> Response<Body> {
    let sending = Sending { events, task: Some(task), form, last: VecDeque::new() };
    let frames = stream::unfold(sending, async |mut sending| Some((Ok::<Bytes, Infallible>(sending.next().await?), sending)));
    let mut response = reply(MEDIA_TYPE, Body::from_stream(frames));
    // Proxies that gather answers before they pass them on (nginx) would gather these too.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Sending<F> {
    events: UnboundedReceiver<Value>,
    task: Option<Task>,
    form: F,
    last: VecDeque<Bytes>,
}

impl<F: Form> Sending<F> {
    async fn next(&mut self) -> Option<Bytes> {
        while self.task.is_some() {
            match timeout(SILENCE, self.events.recv()).await {
                Ok(Some(event)) => {
                    if let Some(bytes) = self.form.event(&event) {
                        return Some(bytes);
                    }
                }
                Ok(None) => self.last = self.form.end(self.task.take()?.ended().await),
                Err(_) => return Some(Bytes::from_static(b": the turn is under way\n\n")),
            }
        }
        self.last.pop_front()
    }
}

/// Our own events, numbered.
#[derive(Debug, Default)]
pub(super) struct OwnEvents {
    sent: u64,
}

impl OwnEvents {
    fn frame(&mut self, event: &Value) -> Bytes {
        self.sent += 1;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or("message");
        // JSON has no line breaks of its own, so an event is one line.
        Bytes::from(format!("id: {}\nevent: {kind}\ndata: {event}\n\n", self.sent))
    }
}

impl Form for OwnEvents {
    fn event(&mut self, event: &Value) -> Option<Bytes> {
        Some(self.frame(event))
    }

    fn end(&mut self, ended: Result<Report, Problem>) -> VecDeque<Bytes> {
        let last = match ended {
            Ok(report) => report.last_events(),
            Err(problem) => vec![json!({"type": "error", "problem": problem.body()})],
        };
        last.iter().map(|event| self.frame(event)).collect()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test]
    async fn a_panic_ends_the_stream_with_a_problem() {
        let (sender, events) = unbounded_channel();
        let turn = async move {
            sender.send(json!({"type": "planner"})).unwrap();
            panic!("a mistake");
        };
        let body = response(events, Task::new(tokio::spawn(turn), Leaving::EndsIt), OwnEvents::default())
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.starts_with("id: 1\nevent: planner\ndata: {\"type\":\"planner\"}\n\nid: 2\nevent: error\ndata: {"), "{text}");
        assert!(text.contains("urn:trialogue:problem:internal") && text.ends_with("\n\n"), "{text}");
    }

    #[tokio::test]
    async fn a_reader_who_leaves_ends_the_turn() {
        let (sender, events) = unbounded_channel::<Value>();
        let (left, has_left) = tokio::sync::oneshot::channel::<()>();
        sender.send(json!({"type": "planner"})).unwrap();
        let turn = async move {
            let _held = (sender, left);
            std::future::pending().await
        };
        let mut body = response(events, Task::new(tokio::spawn(turn), Leaving::EndsIt), OwnEvents::default()).into_body();
        assert!(body.frame().await.unwrap().is_ok());
        drop(body);
        assert!(has_left.await.is_err());
    }
}
