//! What goes wrong in a turn is told, and leaves nothing half done.

use serde_json::json;

use super::{ask, asking, events, follow_up, kinds, question, transcript};
use crate::services::trialogue::{Trialogue, send};
use crate::support::folder;

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_store_is_a_problem_and_the_conversation_goes_on_when_it_is_back() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let service = Trialogue::over(&store, &[], &[]);
    let first = ask(&service, question("Which run had the highest F1 score?")).await;
    // A store that somebody else holds for longer than we wait.
    let raw = rusqlite::Connection::open(&store).unwrap();
    raw.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (x); ").unwrap();
    let events = events(&service, follow_up(&first, "and its accuracy?")).await;
    let last = events.last().unwrap();
    assert_eq!((kinds(&events)[0], last.kind.as_str()), ("planner", "error"), "{events:?}");
    let problem = &last.data["problem"];
    assert!(["store_busy", "store_unavailable", "store_timed_out"].contains(&problem["code"].as_str().unwrap()), "{problem}");
    let reply = send(asking(&service, None, &follow_up(&first, "and its accuracy?"))).await;
    assert_eq!((json!(reply.status), reply.code()), (problem["status"].clone(), problem["code"].as_str().unwrap().to_owned()));
    raw.execute_batch("ROLLBACK").unwrap();
    drop(raw);
    let second = ask(&service, follow_up(&first, "and its accuracy?")).await;
    assert_eq!(second["turn"], 2);
    assert!(second["answer"].as_str().unwrap().contains("0.95"), "{second}");
    assert_eq!(transcript(&service, &first).await.json()["turns"].as_array().unwrap().len(), 2);
}
