//! What goes wrong in a turn is told, and leaves nothing half done.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{ask, asking, events, follow_up, kinds, list, question, transcript};
use crate::services::free_port;
use crate::services::trialogue::{Trialogue, send};
use crate::support::folder;

/// A store that somebody else holds for longer than we wait.
pub(super) fn held(store: &Path) -> rusqlite::Connection {
    let raw = rusqlite::Connection::open(store).unwrap();
    raw.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (x); ").unwrap();
    raw
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_store_is_a_problem_and_the_conversation_goes_on_when_it_is_back() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let service = Trialogue::over(&store, &[], &[]);
    let first = ask(&service, question("Which run had the highest F1 score?")).await;
    let raw = held(&store);
    let events = events(&service, follow_up(&first, "and its accuracy?")).await;
    let last = events.last().unwrap();
    assert_eq!((kinds(&events)[0], last.kind.as_str()), ("planner", "error"), "{events:?}");
    assert_eq!(last.data["problem"]["code"], "store_busy");
    raw.execute_batch("ROLLBACK").unwrap();
    drop(raw);
    let second = ask(&service, follow_up(&first, "and its accuracy?")).await;
    assert_eq!(second["turn"], 2);
    assert!(second["answer"].as_str().unwrap().contains("0.95"), "{second}");
    assert_eq!(transcript(&service, &first).await.json()["turns"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_ends_by_its_deadline() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let service = Trialogue::over(&store, &[], &[("TRIALOGUE_TURN_SECONDS", "1")]);
    let _held = held(&store);
    let asked = Instant::now();
    let events = events(&service, question("Which run had the highest F1 score?")).await;
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(kinds(&events), ["planner", "error"]);
    assert_eq!((&events[1].data["problem"]["code"], &events[1].data["problem"]["status"]), (&json!("turn_timed_out"), &json!(504)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_there_is_told_in_both_forms_and_begins_no_conversation() {
    let service = Trialogue::start(&["--tracking-uri", &format!("http://127.0.0.1:{}", free_port())], &[]);
    let body = question("Which run had the highest F1 score?");
    let events = events(&service, body.clone()).await;
    let last = events.last().unwrap();
    assert_eq!((kinds(&events)[0], last.kind.as_str()), ("planner", "error"), "{events:?}");
    let problem = &last.data["problem"];
    let reply = send(asking(&service, None, &body)).await;
    assert_eq!((reply.status, reply.code().as_str()), (503, "store_unavailable"));
    assert_eq!((&problem["status"], &problem["code"]), (&json!(503), &json!("store_unavailable")));
    assert_eq!(list(&service).await["total"], 0);
}
