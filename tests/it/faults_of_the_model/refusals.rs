//! Servers that say no, and servers that send elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::TcpListener;

use super::{Asked, Writer, best_run, right};
use crate::scripted_openai::{KEY, Turn};

fn refusal(status: u16, message: &str) -> Turn {
    Turn::response(status, "application/json", &format!("{{\"error\": {{\"message\": \"{message}\"}}}}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_no_is_done_without() {
    let asked = Asked::demo().await;
    let many = |turn: fn() -> Turn| vec![turn(), turn(), turn()];
    asked
        .play_all(vec![
            ("401", vec![refusal(401, "no such key")], Writer::Interpreter),
            ("401 that repeats the key", vec![refusal(401, &format!("wrong key {KEY}"))], Writer::Interpreter),
            ("403", vec![refusal(403, "not in your country")], Writer::Interpreter),
            ("404, no such model", vec![refusal(404, "no such model")], Writer::Interpreter),
            ("400, too long", vec![refusal(400, "maximum context length")], Writer::Interpreter),
            ("429 for a day", vec![refusal(429, "slow down").with_header("retry-after", "86400")], Writer::Interpreter),
            ("429 for ever", vec![refusal(429, "slow").with_header("retry-after", "99999999999999999999")], Writer::Interpreter),
            ("429, no money", vec![refusal(429, "insufficient_quota")], Writer::Interpreter),
            ("500 again and again", many(|| refusal(500, "oops")), Writer::Interpreter),
            ("502 in HTML", many(|| Turn::response(502, "text/html", "<html>bad gateway</html>")), Writer::Interpreter),
            ("401 after a call was answered", vec![best_run(), refusal(401, "expired")], Writer::Results),
            ("503, once", vec![refusal(503, "starting"), best_run(), right()], Writer::Model),
        ])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_followed_nowhere() {
    let asked = Asked::demo().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = elsewhere.local_addr().unwrap();
    let was_asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&was_asked);
    let listening = tokio::spawn(async move {
        if elsewhere.accept().await.is_ok() {
            seen.store(true, Ordering::Relaxed);
        }
    });
    for status in [301, 302, 307, 308] {
        let moved = || Turn::response(status, "text/plain", "").with_header("location", &format!("http://{address}/v1/chat/completions"));
        asked.play(&format!("a redirect by {status}"), vec![moved(), moved(), moved()], Writer::Interpreter).await;
    }
    assert!(!was_asked.load(Ordering::Relaxed), "the conversation went to another host");
    listening.abort();
}
