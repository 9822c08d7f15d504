//! Streams that are not what the protocol says.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Asked, Writer, best_run, right};
use crate::scripted_openai::{Piece, Turn, delta, event, finish, send};

fn word() -> Piece {
    event(&delta(json!({"content": "run-0"})))
}

/// The connection breaks when what came before has arrived.
fn cut() -> [Piece; 2] {
    [Piece::Wait(Duration::from_millis(30)), Piece::Cut]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_is_no_answer() {
    let asked = Asked::demo().await;
    let stream = |pieces: Vec<Piece>| vec![Turn::stream(pieces)];
    let [wait, broken] = cut();
    asked
        .play_all(vec![
            ("a cut before the first event", stream(vec![Piece::Cut]), Writer::Interpreter),
            ("a cut in the middle of a word", stream(vec![word(), wait, broken]), Writer::Interpreter),
            ("a cut after a call was answered", vec![best_run(), Turn::stream(vec![word(), Piece::Cut])], Writer::Results),
            ("an end without a reason", stream(vec![word()]), Writer::Interpreter),
            ("an end without a reason, marked", stream(vec![word(), send("data: [DONE]\n\n")]), Writer::Interpreter),
            ("nothing at all", stream(Vec::new()), Writer::Interpreter),
            ("an event that is half JSON", stream(vec![word(), send("data: {\"choices\": [\n\n")]), Writer::Interpreter),
            ("an event that is no JSON", stream(vec![send("data: hello\n\n")]), Writer::Interpreter),
            ("bytes that are no text", stream(vec![Piece::Send(b"data: {\"a\": \"\xff\xfe\"}\n\n".to_vec())]), Writer::Interpreter),
            ("an error in the stream", stream(vec![word(), event(&json!({"error": {"message": "overloaded"}}))]), Writer::Interpreter),
            ("a page of HTML", vec![Turn::response(200, "text/html", "<html>log in</html>")], Writer::Interpreter),
            ("JSON that is not of the protocol", vec![Turn::response(200, "application/json", "[1, 2]")], Writer::Interpreter),
            ("half of a JSON body", vec![Turn::response(200, "application/json", "{\"choices\": [")], Writer::Interpreter),
            ("choices that are text", stream(vec![event(&json!({"choices": "none"}))]), Writer::Interpreter),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_not_read_to_its_end() {
    let asked = Asked::demo().await;
    let mega = |byte: u8| vec![byte; 1 << 20];
    let lines = format!(": {}\n\n", "x".repeat(1 << 16)).into_bytes();
    let thought = event(&delta(json!({"reasoning_content": "hm ".repeat(10_000)})));
    let Piece::Send(thought) = thought else { panic!("no bytes") };
    asked
        .play_all(vec![
            ("100 MB on one line", vec![Turn::stream(vec![Piece::Repeat(mega(b'x'), 100)])], Writer::Interpreter),
            ("100 MB of comments", vec![Turn::stream(vec![Piece::Repeat(lines, 1600)])], Writer::Interpreter),
            ("100 MB of thought", vec![Turn::stream(vec![Piece::Repeat(thought, 3400)])], Writer::Interpreter),
        ])
        .await;
    assert!(asked.service.memory_mib() < 400, "{}", asked.service.memory_mib());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_unusual_is_read() {
    let asked = Asked::demo().await;
    let Value::Object(message) = json!({"role": "assistant", "content": "run-017 has the highest f1_score: 0.912."}) else { panic!() };
    let whole = json!({"choices": [{"message": message, "finish_reason": "stop"}]}).to_string();
    let [wait, broken] = cut();
    let unmarked = vec![event(&delta(json!({"content": "run-017 has the highest f1_score: 0.912."}))), event(&finish("stop"))];
    asked
        .play_all(vec![
            ("no mark of the end", vec![best_run(), Turn::stream(unmarked)], Writer::Model),
            ("one piece where a stream was asked for", vec![best_run(), Turn::response(200, "application/json", &whole)], Writer::Model),
            ("a cut after the end", vec![best_run(), right().followed_by(wait).followed_by(broken)], Writer::Model),
        ])
        .await;
}
