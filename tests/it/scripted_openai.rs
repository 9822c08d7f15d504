//! An OpenAI-compatible server on loopback that answers as it was told and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use trialogue::llm::Model;
use trialogue::llm::openai::{OpenAi, Settings, http_client};

/// The key that [`ScriptedOpenAi::model`] uses; it must turn up nowhere but in the request's header.
pub(crate) const KEY: &str = "sk-canary-0123456789";

/// A running server; it stops when dropped.
pub(crate) struct ScriptedOpenAi {
    pub(crate) base_url: String,
    script: Arc<Script>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Script {
    turns: Mutex<VecDeque<Turn>>,
    requests: Mutex<Vec<Asked>>,
}

/// A request as it came.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// One scripted response.
pub(crate) struct Turn {
    silence: Duration,
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Piece>,
}

/// A part of a response's body.
pub(crate) enum Piece {
    /// Bytes.
    Send(Vec<u8>),
    /// Silence.
    Wait(Duration),
    /// The connection breaks.
    Cut,
    /// The same bytes again and again, up to this many times.
    Repeat(Vec<u8>, usize),
}

impl Turn {
    /// A reply of text, a word an event, with usage.
    pub(crate) fn text(text: &str) -> Self {
        let mut events: Vec<Value> = text.split_inclusive(' ').map(|piece| delta(json!({"content": piece}))).collect();
        events.push(finish("stop"));
        events.push(usage());
        Self::events(&events)
    }

    /// Parallel calls as OpenAI streams them: name first, then the arguments in shreds.
    pub(crate) fn calls(calls: &[(&str, Value)]) -> Self {
        let mut events = Vec::new();
        for (index, (name, arguments)) in calls.iter().enumerate() {
            let id = format!("call_{index}");
            let head = json!({"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}});
            events.push(delta(json!({"tool_calls": [head]})));
            let letters: Vec<char> = arguments.to_string().chars().collect();
            for shred in letters.chunks(5) {
                let arguments: String = shred.iter().collect();
                events.push(delta(json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})));
            }
        }
        events.push(finish("tool_calls"));
        events.push(usage());
        Self::events(&events)
    }

    /// A stream of these events, and the mark of its end.
    pub(crate) fn events(events: &[Value]) -> Self {
        let mut pieces: Vec<Piece> = events.iter().map(event).collect();
        pieces.push(send("data: [DONE]\n\n"));
        Self::stream(pieces)
    }

    /// A stream of these bytes.
    pub(crate) fn stream(pieces: Vec<Piece>) -> Self {
        Self { silence: Duration::ZERO, status: 200, headers: vec![("content-type", "text/event-stream".to_owned())], pieces }
    }

    /// A response in one piece.
    pub(crate) fn response(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { silence: Duration::ZERO, status, headers, pieces: vec![send(body)] }
    }

    pub(crate) fn followed_by(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// Says nothing, no headers either, for so long.
    pub(crate) fn after(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

pub(crate) fn send(text: &str) -> Piece {
    Piece::Send(text.as_bytes().to_vec())
}

/// An event of the stream.
pub(crate) fn event(data: &Value) -> Piece {
    send(&format!("data: {data}\n\n"))
}

/// A chunk with this delta.
pub(crate) fn delta(delta: Value) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "model": "scripted", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

/// The chunk that ends the reply.
pub(crate) fn finish(reason: &str) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

/// The chunk that tells the cost.
pub(crate) fn usage() -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}})
}

impl ScriptedOpenAi {
    /// Listens on a free port and answers each request with the next turn.
    pub(crate) async fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        let script = Arc::new(Script { turns: Mutex::new(turns.into_iter().collect()), ..Script::default() });
        // Also as a gateway that wants something of its own in the path.
        let router = Router::new().route("/v1/chat/completions", post(answer)).route("/{gateway}/v1/chat/completions", post(answer));
        let router = router.with_state(Arc::clone(&script));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base_url, script, server }
    }

    /// A client of this server.
    pub(crate) fn model(&self, deadline: Duration) -> Model {
        let settings =
            Settings { base_url: self.base_url.clone(), model: "scripted".to_owned(), api_key: Some(KEY.to_owned().into()), deadline };
        Model::OpenAi(OpenAi::new(settings, http_client(&self.base_url).unwrap()).unwrap())
    }

    /// From now on answers with these turns, and forgets what was asked before.
    pub(crate) fn play(&self, turns: impl IntoIterator<Item = Turn>) {
        *self.script.turns.lock().unwrap() = turns.into_iter().collect();
        self.script.requests.lock().unwrap().clear();
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> Vec<Asked> {
        self.script.requests.lock().unwrap().clone()
    }
}

impl Drop for ScriptedOpenAi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(script): State<Arc<Script>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    script.requests.lock().unwrap().push(Asked { headers, body: serde_json::from_slice(&body).unwrap() });
    let turn = script.turns.lock().unwrap().pop_front();
    // 418 is never tried again, so a test that asks too often fails at once.
    let turn = turn.unwrap_or_else(|| Turn::response(418, "text/plain", "the script has no turn left"));
    tokio::time::sleep(turn.silence).await;
    let mut response = Response::builder().status(turn.status);
    for (name, value) in turn.headers {
        response = response.header(name, value);
    }
    let body = stream::unfold(VecDeque::from(turn.pieces), async |mut pieces: VecDeque<Piece>| {
        loop {
            let bytes = match pieces.pop_front()? {
                Piece::Send(bytes) => Ok(bytes),
                Piece::Cut => Err(std::io::Error::other("cut")),
                Piece::Repeat(_, 0) => continue,
                Piece::Repeat(bytes, times) => {
                    pieces.push_front(Piece::Repeat(bytes.clone(), times - 1));
                    Ok(bytes)
                }
                Piece::Wait(silence) => {
                    tokio::time::sleep(silence).await;
                    continue;
                }
            };
            return Some((bytes, pieces));
        }
    });
    response.body(Body::from_stream(body)).unwrap()
}
