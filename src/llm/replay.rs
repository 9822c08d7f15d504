//! Cassettes: replies that were recorded once and are given again for the same request, without a network.
//!
//! A cassette is a JSONL file: a head with the model and the server's address, and an exchange a line, keyed by the SHA-256 of all that a
//! reply depends on: model, server, messages, functions in their order, and sampling. A request that differs anywhere has another key, so
//! that a changed prompt is never judged by an old reply; the hashes of the parts stand beside the key and tell what changed. The same
//! request has the same reply throughout a cassette, also while it is recorded, so there is no counting of calls: who wants several
//! replies to one request records several cassettes. Requests carry no credentials, so neither do cassettes.

mod file;
mod parts;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use file::{Bounds, CassetteError, finish};
use file::{Exchange, Recorded, append, begin, read};
use parts::{Asked, Parts};

use super::{Message, Model, ModelError, Reply, Request};

/// A cassette, being played or being recorded. Those who use it side by side share it and have clocks of their own.
#[derive(Debug)]
pub struct Replay {
    cassette: Arc<Cassette>,
    clock: Clock,
    spellings: Vec<Spelling>,
}

/// A text that is another in every run, such as the path of a temporary folder, and what stands for it in requests: with the text itself,
/// no request would be found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// What varies.
    pub text: String,
    /// What stands for it.
    pub stands: &'static str,
}

impl Spelling {
    /// The words with all spellings applied.
    #[must_use]
    pub fn apply(spellings: &[Self], words: &str) -> String {
        spellings.iter().fold(words.to_owned(), |words, spelling| words.replace(&spelling.text, spelling.stands))
    }
}

/// How long the replies took, as it was recorded, since the clock was last read.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    /// The time since it was last read.
    #[must_use]
    pub fn read(&self) -> Duration {
        Duration::from_millis(self.0.swap(0, Ordering::Relaxed))
    }
}

/// What becomes of exchanges that a cassette has already when it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierExchanges {
    /// They are asked again, once, and replaced.
    Replaced,
    /// They stand.
    Kept,
}

#[derive(Debug)]
struct Cassette {
    path: PathBuf,
    /// Who is asked.
    asked: Asked,
    /// Who was asked when it was recorded.
    recorded: Asked,
    /// What bounded a turn when it was recorded.
    bounds: Bounds,
    exchanges: Mutex<HashMap<String, Exchange>>,
    recording: Option<Recording>,
}

#[derive(Debug)]
struct Recording {
    model: Box<Model>,
    /// Keys that stand: whoever asks the same waits for the first, and has its reply.
    settled: Mutex<HashSet<String>>,
    /// Keys that are being asked.
    asking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Replay {
    /// Plays the replies that `model` (a [`Model::name`]) gave when the cassette was recorded, at `server` if that is given, else wherever it was.
    ///
    /// # Errors
    /// Where the file cannot be read or is no cassette.
    pub fn open(path: &Path, model: &str, server: Option<&str>) -> Result<Self, CassetteError> {
        let Recorded { asked: recorded, bounds, exchanges } = read(path)?;
        let asked = Asked { model: model.to_owned(), server: server.map_or_else(|| recorded.server.clone(), str::to_owned) };
        Ok(Self::of(Cassette { path: path.to_owned(), asked, recorded, bounds, exchanges: Mutex::new(exchanges), recording: None }))
    }

    /// Asks `model` and adds what it says to the cassette; each request once, and `earlier` says what of those that are there.
    ///
    /// # Errors
    /// Where the file cannot be read or written, is no cassette, or is one of another model or server, or recorded under other bounds.
    pub fn record(path: &Path, model: Model, now: &Bounds, earlier: EarlierExchanges) -> Result<Self, CassetteError> {
        let asked = Asked { model: model.name(), server: model.address().to_owned() };
        begin(path, &asked, now)?;
        let Recorded { asked: recorded, bounds, exchanges } = read(path)?;
        if recorded != asked {
            let names = |asked: Asked| (asked.model, asked.server);
            return Err(CassetteError::SomebodyElse { path: path.to_owned(), recorded: names(recorded), now: names(asked) });
        }
        if !bounds.is_empty() && bounds != *now {
            return Err(CassetteError::OtherBounds { path: path.to_owned(), recorded: bounds, now: now.clone() });
        }
        let settled = match earlier {
            EarlierExchanges::Replaced => HashSet::new(),
            EarlierExchanges::Kept => exchanges.keys().cloned().collect(),
        };
        let recording = Recording { model: Box::new(model), settled: Mutex::new(settled), asking: Mutex::default() };
        let (path, exchanges) = (path.to_owned(), Mutex::new(exchanges));
        Ok(Self::of(Cassette { path, asked, recorded, bounds, exchanges, recording: Some(recording) }))
    }

    fn of(cassette: Cassette) -> Self {
        Self { cassette: Arc::new(cassette), clock: Clock::default(), spellings: Vec::new() }
    }

    /// The same cassette with a clock and spellings of its own, for one of those who use it side by side.
    #[must_use]
    pub fn shared(&self, clock: Clock, spellings: Vec<Spelling>) -> Self {
        Self { cassette: Arc::clone(&self.cassette), clock, spellings }
    }

    /// The name of the model whose replies these are.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.cassette.asked.model
    }

    /// The address of the server that gave or gives the replies.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.cassette.asked.server
    }

    /// What bounded a turn when the replies were recorded; empty where that was not written down.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.cassette.bounds
    }

    pub(super) async fn reply(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, ModelError> {
        let request = self.spelt(request);
        let exchange = match &self.cassette.recording {
            Some(recording) => self.cassette.asked_once(recording, &request, on_delta).await?,
            None => self.cassette.found(&request, on_delta)?,
        };
        self.clock.0.fetch_add(exchange.ms, Ordering::Relaxed);
        Ok(exchange.reply)
    }

    fn spelt(&self, request: &Request) -> Request {
        let mut request = request.clone();
        for message in &mut request.messages {
            match message {
                Message::System { text } | Message::User { text } | Message::Assistant { text, .. } | Message::ToolResult { text, .. } => {
                    *text = Spelling::apply(&self.spellings, text);
                }
            }
        }
        request
    }
}

impl Cassette {
    fn found(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Exchange, ModelError> {
        let parts = Parts::of(request);
        let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(exchange) = exchanges.get(&parts.key(&self.asked)) else {
            return Err(ModelError::NotRecorded(self.describe_miss(&parts, request, &exchanges)));
        };
        on_delta(&exchange.reply.text);
        Ok(exchange.clone())
    }

    async fn asked_once(
        &self,
        recording: &Recording,
        request: &Request,
        on_delta: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Exchange, ModelError> {
        let parts = Parts::of(request);
        let key = parts.key(&self.asked);
        let turn = Arc::clone(recording.asking.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default());
        let _mine = turn.lock().await;
        let is_settled = recording.settled.lock().unwrap_or_else(PoisonError::into_inner).contains(&key);
        if is_settled {
            return self.found(request, on_delta);
        }
        let begun = Instant::now();
        let reply = recording.model.reply(request, on_delta).await?;
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let exchange = Exchange { key: key.clone(), asked: last_question(request), ms, parts, reply };
        append(&self.path, &exchange).map_err(|error| {
            ModelError::Misconfigured(format!("cannot write the cassette `{}`: {error}; check that its folder exists", self.path.display()))
        })?;
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), exchange.clone());
        recording.settled.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        Ok(exchange)
    }

    fn describe_miss(&self, parts: &Parts, request: &Request, exchanges: &HashMap<String, Exchange>) -> String {
        let path = self.path.display();
        let nearest = exchanges.values().max_by_key(|exchange| (exchange.parts.likeness(parts), std::cmp::Reverse(&exchange.key)));
        let Some(nearest) = nearest else { return format!("the cassette `{path}` is empty; record it first") };
        let mut changes = Vec::new();
        if self.recorded.model != self.asked.model {
            changes.push(format!("the model (recorded with `{}`, asked of `{}`)", self.recorded.model, self.asked.model));
        }
        if self.recorded.server != self.asked.server {
            changes.push(format!(
                "the server (recorded at `{}`, asked of `{}`; without an address the recorded one is taken)",
                self.recorded.server, self.asked.server
            ));
        }
        changes.extend(nearest.parts.changes(parts, request));
        format!(
            "no reply to `{}` is recorded: {} changed beside the nearest recording in `{path}`; record it anew",
            last_question(request),
            changes.join(", ")
        )
    }
}

fn last_question(request: &Request) -> String {
    let questions = request.messages.iter().rev().filter(|message| matches!(message, Message::User { .. }));
    questions.map(|message| message.text().chars().take(200).collect()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scripted::{Scripted, Turn};
    use super::super::{Function, Sampling};
    use super::*;

    fn request(question: &str) -> Request {
        Request {
            messages: vec![Message::System { text: "be brief".to_owned() }, Message::User { text: question.to_owned() }],
            functions: ["best_run", "list_runs"]
                .map(|name| Function {
                    name: name.to_owned(),
                    description: format!("what {name} does"),
                    parameters: json!({"type": "object", "properties": {}}),
                })
                .to_vec(),
            sampling: Sampling::default(),
        }
    }

    async fn ask(model: &Model, request: &Request) -> Result<Reply, ModelError> {
        model.reply(request, &mut |_: &str| {}).await
    }

    fn scripted() -> Model {
        Model::Scripted(Scripted::new([Turn::calls(&[("best_run", json!({"metric": "f1"}))]), Turn::text("hello")]))
    }

    async fn recorded(path: &Path) -> Model {
        let recording = Model::Replay(Replay::record(path, scripted(), &Bounds::new(), EarlierExchanges::Replaced).unwrap());
        ask(&recording, &request("best?")).await.unwrap();
        ask(&recording, &request("hi")).await.unwrap();
        Model::Replay(Replay::open(path, "scripted", None).unwrap())
    }

    #[tokio::test]
    async fn a_recorded_reply_is_given_again() {
        let folder = tempfile::tempdir().unwrap();
        let model = recorded(&folder.path().join("a.jsonl")).await;
        for _ in 0..2 {
            assert_eq!(ask(&model, &request("best?")).await.unwrap().calls[0].arguments, r#"{"metric":"f1"}"#);
            assert_eq!(ask(&model, &request("hi")).await.unwrap().text, "hello");
        }
    }

    #[tokio::test]
    async fn the_order_of_schema_keys_is_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        let model = recorded(&folder.path().join("a.jsonl")).await;
        let mut same = request("hi");
        same.functions[0].parameters = json!({"properties": {}, "type": "object"});
        assert!(ask(&model, &same).await.is_ok());
    }

    #[tokio::test]
    async fn a_miss_says_what_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let model = recorded(&path).await;
        let check = async |change: fn(&mut Request), expected: &str| {
            let mut changed = request("hi");
            change(&mut changed);
            let message = ask(&model, &changed).await.unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        check(|request| request.messages[0] = Message::System { text: "be long".to_owned() }, "message 1 (system) changed").await;
        check(|request| request.messages[1] = Message::User { text: "ho".to_owned() }, "message 2 (user) changed").await;
        check(|request| request.messages.push(Message::User { text: "more".to_owned() }), "message 3 (user) changed").await;
        check(|request| drop(request.messages.remove(0)), "the number of messages (recorded 2, now 1) changed").await;
        check(|request| request.functions[0].description.push('!'), "the description of the function `best_run` changed").await;
        check(
            |request| request.functions[0].parameters["properties"] = json!({"x": {}}),
            "recorded: the parameters of the function `best_run` changed",
        )
        .await;
        check(|request| request.functions.swap(0, 1), "recorded: the order of the functions changed").await;
        check(|request| drop(request.functions.remove(1)), "recorded: the function `list_runs` (removed) changed").await;
        check(|request| request.functions[1].name.push('s'), "the function `list_runss` (added), the function `list_runs` (removed)").await;
        check(|request| request.sampling.temperature = 1.0, "the sampling (recorded with `{\"temperature\":0.0").await;
        check(|request| request.sampling.max_tokens = Some(5), "\"max_tokens\":5}`) changed").await;
        let other = Model::Replay(Replay::open(&path, "openai:other", None).unwrap());
        let message = ask(&other, &request("hi")).await.unwrap_err().to_string();
        assert!(message.contains("recorded with `scripted`"), "{message}");
        let elsewhere = Model::Replay(Replay::open(&path, "scripted", Some("https://elsewhere.example/v1")).unwrap());
        let message = ask(&elsewhere, &request("hi")).await.unwrap_err().to_string();
        assert!(message.contains("the server (recorded at ``, asked of `https://elsewhere.example/v1`;"), "{message}");
    }

    #[tokio::test]
    async fn the_same_request_is_asked_once_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        // The scripted model has one reply for each, so a second request for the same would find none, or the other's.
        let recording = Model::Replay(Replay::record(&path, scripted(), &Bounds::new(), EarlierExchanges::Replaced).unwrap());
        let best = request("best?");
        let (one, other) = tokio::join!(ask(&recording, &best), ask(&recording, &best));
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(ask(&recording, &request("hi")).await.unwrap().text, "hello");
        let again = || Model::Scripted(Scripted::new([Turn::text("another")]));
        let kept = Model::Replay(Replay::record(&path, again(), &Bounds::new(), EarlierExchanges::Kept).unwrap());
        assert_eq!(ask(&kept, &request("hi")).await.unwrap().text, "hello");
        let replaced = Model::Replay(Replay::record(&path, again(), &Bounds::new(), EarlierExchanges::Replaced).unwrap());
        for _ in 0..2 {
            assert_eq!(ask(&replaced, &request("hi")).await.unwrap().text, "another");
        }
        let played = Model::Replay(Replay::open(&path, "scripted", None).unwrap());
        assert_eq!(ask(&played, &request("hi")).await.unwrap().text, "another");
    }

    #[tokio::test]
    async fn a_cassette_of_somebody_else_is_not_added_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        begin(&path, &Asked { model: "scripted".to_owned(), server: "http://127.0.0.1:1/v1".to_owned() }, &Bounds::new()).unwrap();
        let fault = Replay::record(&path, scripted(), &Bounds::new(), EarlierExchanges::Replaced).unwrap_err().to_string();
        assert!(fault.contains("is of `scripted` at `http://127.0.0.1:1/v1`, not of `scripted` at ``"), "{fault}");
    }

    #[tokio::test]
    async fn a_cassette_is_added_to_under_the_bounds_of_its_recording_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let bounds = |steps: &str| Bounds::from([("STEPS".to_owned(), steps.to_owned())]);
        let record = |steps: &str| Replay::record(&path, scripted(), &bounds(steps), EarlierExchanges::Kept);
        record("3").unwrap();
        finish(&path, &[]).unwrap();
        assert_eq!(record("3").unwrap().bounds(), &bounds("3"));
        let fault = record("4").unwrap_err().to_string();
        assert!(fault.contains("was recorded with `STEPS=3`, and now it is `STEPS=4`"), "{fault}");
    }

    #[tokio::test]
    async fn what_varies_from_run_to_run_is_spelt_alike() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let spelt = |replay: Replay, text: &str| {
            Model::Replay(replay.shared(Clock::default(), vec![Spelling { text: text.to_owned(), stands: "/store" }]))
        };
        let recording = spelt(Replay::record(&path, scripted(), &Bounds::new(), EarlierExchanges::Replaced).unwrap(), "/tmp/a1");
        let reply = ask(&recording, &request("`/tmp/a1/store.db` is broken")).await.unwrap();
        let played = spelt(Replay::open(&path, "scripted", None).unwrap(), "/tmp/b2");
        assert_eq!(ask(&played, &request("`/tmp/b2/store.db` is broken")).await.unwrap(), reply);
        assert!(ask(&played, &request("`/tmp/c3/store.db` is broken")).await.is_err());
    }

    #[tokio::test]
    async fn each_clock_tells_the_recorded_time_of_its_own_replies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        drop(recorded(&path).await);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"ms\":0", "\"ms\":1500")).unwrap();
        let shared = Replay::open(&path, "scripted", None).unwrap();
        let (one, other) = (Clock::default(), Clock::default());
        let model = Model::Replay(shared.shared(one.clone(), Vec::new()));
        ask(&model, &request("hi")).await.unwrap();
        ask(&model, &request("best?")).await.unwrap();
        assert_eq!((one.read(), one.read(), other.read()), (Duration::from_secs(3), Duration::ZERO, Duration::ZERO));
    }
}
