//! What a model does wrong, by name: whatever it is, the turn ends in time with the true answer, nothing is written that nobody agreed to, no
//! number is invented, and nothing that is shown holds the key or the address of a stranger.
//!
//! The model is a scripted server on loopback. Each fault says who is to have written the answer in the end.

mod budgets;
mod calls;
mod injections;
mod refusals;
mod silence;
mod streams;
mod words;

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::scripted_openai::{KEY, ScriptedOpenAi, Turn};
use crate::services::trialogue::{Trialogue, send};

/// How long a turn may take, in seconds.
const TURN_SECONDS: &str = "2";
const DEADLINE: Duration = Duration::from_secs(2);

/// By how much it may pass that.
const GRACE: Duration = Duration::from_secs(1);

/// What is asked, and what is true.
const QUESTION: &str = "Which run had the highest F1 score?";
const TRUTH: &str = "0.912";

/// A host that nobody is to ask.
const STRANGER: &str = "evil.example";

/// Who wrote the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// The interpreter, which says that the model did not.
    Interpreter,
    /// The model, in the end.
    Model,
    /// Nobody: it is composed from the results of the model's calls, and says so.
    Results,
}

/// A service whose model follows a script.
struct Asked {
    service: Trialogue,
    model: ScriptedOpenAi,
}

impl Asked {
    /// Over the demonstration store.
    async fn demo() -> Self {
        Self::with(&["--demo"], &[]).await
    }

    /// Over the store in a file.
    async fn over(store: &Path) -> Self {
        let uri = format!("sqlite:///{}", store.display());
        Self::with(&["--tracking-uri", &uri], &[]).await
    }

    async fn with(arguments: &[&str], more: &[(&str, &str)]) -> Self {
        let model = ScriptedOpenAi::start([]).await;
        let environment =
            [&[("OPENAI_BASE_URL", model.base_url.as_str()), ("OPENAI_API_KEY", KEY), ("TRIALOGUE_TURN_SECONDS", TURN_SECONDS)], more];
        let service = Trialogue::start(&[arguments, &["--model", "openai:scripted"]].concat(), &environment.concat());
        Self { service, model }
    }

    /// Plays a fault: the model's replies to one question. Gives the turn, of which everything holds that holds of all.
    async fn play(&self, name: &str, script: Vec<Turn>, writer: Writer) -> Value {
        self.model.play(script);
        let begun = Instant::now();
        let body = json!({"message": QUESTION, "chart": "vega_lite"}).to_string();
        let request = self.service.request(&Method::POST, "/api/v1/chat").header("content-type", "application/json").body(body);
        let reply = send(request).await;
        let took = begun.elapsed();
        assert!(took < DEADLINE + GRACE, "{name}: {took:?}");
        assert_eq!(reply.status, 200, "{name}: {}", reply.text);
        let turn = reply.json();
        let answer = turn["answer"].as_str().unwrap();
        assert!(answer.contains(TRUTH), "{name}: {turn:#}");
        let caveats = turn["caveats"].to_string();
        let told = match (turn["planner"].as_str().unwrap(), caveats) {
            ("builtin", caveats) if caveats.contains("the built-in interpreter did") => Writer::Interpreter,
            ("openai:scripted", caveats) if caveats.contains("composed from the results") => Writer::Results,
            ("openai:scripted", _) => Writer::Model,
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(told, writer, "{name}: {turn:#}");
        assert!(!reply.text.contains(KEY) && !self.service.log().contains(KEY), "{name}: the key was told");
        for invention in ["0.987", "0.955", "0.999"] {
            assert!(!answer.contains(invention), "{name}: {answer}");
        }
        for foreign in [STRANGER, "http", "](", "<img", "<a ", "\u{1b}", "\u{202e}"] {
            assert!(!answer.contains(foreign), "{name}: {answer}");
        }
        let written = self.service.get("/api/v1/ml/experiments?query=sneaky").await.json();
        assert_eq!(written["total"], 0, "{name}");
        turn
    }

    /// Plays faults, each by its name.
    async fn play_all(&self, faults: Vec<(&str, Vec<Turn>, Writer)>) {
        for (name, script, writer) in faults {
            self.play(name, script, writer).await;
        }
    }
}

/// The call that answers the question.
fn best_run() -> Turn {
    Turn::calls(&[("best_run", json!({"metric": "F1"}))])
}

/// The words that answer it.
fn right() -> Turn {
    Turn::text("run-017 has the highest f1_score: 0.912.")
}
