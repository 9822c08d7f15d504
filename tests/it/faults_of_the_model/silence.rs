//! A model that is not there, or stops talking: the interpreter answers before the turn's time is up.

use std::time::Duration;

use serde_json::json;

use super::{Asked, Writer, best_run};
use crate::scripted_openai::{Piece, Turn, delta, event, send};
use crate::services::free_port;

const FOR_EVER: Duration = Duration::from_secs(600);

fn stalled(mut pieces: Vec<Piece>) -> Turn {
    pieces.push(Piece::Wait(FOR_EVER));
    Turn::stream(pieces)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_never_begins_is_not_waited_for() {
    let asked = Asked::demo().await;
    let word = || event(&delta(json!({"content": "run-0"})));
    let call = json!({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "best_run", "arguments": "{\"met"}}]});
    asked
        .play_all(vec![
            ("silence before the headers", vec![Turn::text("late").after(FOR_EVER)], Writer::Interpreter),
            ("silence after the headers", vec![stalled(Vec::new())], Writer::Interpreter),
            ("silence in the middle of a word", vec![stalled(vec![word()])], Writer::Interpreter),
            ("silence in the middle of a call's arguments", vec![stalled(vec![event(&delta(call))])], Writer::Interpreter),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_stops_leaves_what_its_calls_gave() {
    let asked = Asked::demo().await;
    let drip = (0..100).flat_map(|_| [send(": still thinking\n\n"), Piece::Wait(Duration::from_millis(100))]).collect();
    let invented = || Turn::text("run-017 has the highest f1_score: 0.987.");
    asked
        .play_all(vec![
            ("comments without end", vec![Turn::stream(drip)], Writer::Interpreter),
            ("silence after a call was answered", vec![best_run(), stalled(Vec::new())], Writer::Results),
            ("silence where an answer is written anew", vec![best_run(), invented(), stalled(Vec::new())], Writer::Results),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_not_there_is_done_without() {
    let nowhere = format!("http://127.0.0.1:{}/v1", free_port());
    let asked = Asked::with(&["--demo"], &[("OPENAI_BASE_URL", &nowhere)]).await;
    let turn = asked.play("nobody listens", Vec::new(), Writer::Interpreter).await;
    assert!(turn["caveats"][0].as_str().unwrap().contains("cannot reach the model"), "{turn:#}");
}
