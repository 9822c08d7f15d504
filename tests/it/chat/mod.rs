//! The chat, from outside: the real program over real sockets.

mod access;
mod clients;
mod completions;
mod confirmations;
mod conversations;
mod events;
mod faults;
mod models;
mod page;
#[cfg(feature = "postgres")]
mod replicas;
mod small_model;

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::services::trialogue::{Reply, Trialogue, send};

const CHAT: &str = "/api/v1/chat";

/// An event of a turn, and when it came.
#[derive(Debug, Clone)]
struct Event {
    kind: String,
    data: Value,
    after: Duration,
}

/// A question as somebody who says who he is with this header.
fn asking(service: &Trialogue, credential: Option<&str>, body: &Value) -> RequestBuilder {
    let request = service.request(&Method::POST, CHAT).header("content-type", "application/json").body(body.to_string());
    match credential {
        Some(credential) => request.header("authorization", credential),
        None => request,
    }
}

/// The answer in one piece.
async fn ask(service: &Trialogue, body: Value) -> Value {
    let reply = send(asking(service, None, &body)).await;
    assert_eq!(reply.status, 200, "{body}: {}", reply.text);
    reply.json()
}

/// The events of a turn, from the first to the last.
async fn events(service: &Trialogue, body: Value) -> Vec<Event> {
    let begun = Instant::now();
    let mut response = asking(service, None, &body).header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events: Vec<Event> = Vec::new();
    let mut unread = String::new();
    while let Some(bytes) = response.chunk().await.unwrap() {
        unread.push_str(std::str::from_utf8(&bytes).unwrap());
        while let Some((frame, rest)) = unread.split_once("\n\n") {
            events.extend(event(frame, events.len() + 1, begun.elapsed()));
            unread = rest.to_owned();
        }
    }
    assert_eq!(unread, "", "the stream was cut");
    events
}

fn event(frame: &str, number: usize, after: Duration) -> Option<Event> {
    if frame.starts_with(':') {
        return None;
    }
    let field =
        |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("{frame}"));
    assert_eq!(field("id"), number.to_string());
    let data: Value = serde_json::from_str(field("data")).unwrap();
    assert_eq!(data["type"], field("event"));
    Some(Event { kind: field("event").to_owned(), data, after })
}

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

fn question(message: &str) -> Value {
    json!({"message": message})
}

/// The next question of the conversation of `turn`.
fn follow_up(turn: &Value, message: &str) -> Value {
    json!({"message": message, "conversation_id": turn["conversation_id"]})
}

async fn list(service: &Trialogue) -> Value {
    service.get("/api/v1/conversations").await.json()
}

async fn transcript(service: &Trialogue, turn: &Value) -> Reply {
    service.get(&format!("/api/v1/conversations/{}", turn["conversation_id"].as_str().unwrap())).await
}

/// Waits until `text` stands in the log.
async fn logged(service: &Trialogue, text: &str) -> String {
    let begun = Instant::now();
    loop {
        let log = service.log();
        if let Some(line) = log.lines().find(|line| line.contains(text)) {
            return line.to_owned();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "`{text}` is not logged: {log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reads until the first event has come, and no further.
async fn begun(request: RequestBuilder) -> Response {
    let mut response = request.header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.unwrap().is_some());
    response
}
