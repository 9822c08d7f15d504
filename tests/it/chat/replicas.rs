//! Several replicas of the service over one PostgreSQL server: what one of them kept, the others know.

use reqwest::Method;
use serde_json::{Value, json};
use trialogue::domain::time::Timestamp;
use trialogue::state::conversations::{After, Keeping, Kept, Owner, TakenTurn};
use trialogue::state::spending::Tokens;
use trialogue::state::{Begun, KeptAnswer, State, WriteKey};

use super::{ask, asking, follow_up, list, question, transcript};
use crate::services::postgres::Postgres;
use crate::services::trialogue::{Reply, Trialogue, send};
use crate::support::folder;

/// A database, as the state reads its address.
fn database(server: &Postgres, name: &str) -> String {
    server.database(name).replace("postgresql+psycopg2://", "postgresql://")
}

async fn confirm(service: &Trialogue, body: &Value) -> Reply {
    let request = service.request(&Method::POST, "/api/v1/chat/confirm").header("content-type", "application/json");
    send(request.body(body.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_conversations_and_a_consent_is_spent_once() {
    let Some(server) = Postgres::start("replicas of the service") else { return };
    let url = database(&server, "replicas");
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let replica = || Trialogue::over(&store, &[], &[("TRIALOGUE_STATE", url.as_str())]);
    let (one, other) = (replica(), replica());

    let first = ask(&one, question("Which run had the highest F1 score?")).await;
    let second = ask(&other, follow_up(&first, "and its accuracy?")).await;
    assert!(second["answer"].as_str().unwrap().contains("0.95") && second["turn"] == 2, "{second}");
    assert_eq!(list(&one).await["total"], 1);
    assert_eq!(transcript(&one, &first).await.json()["turns"].as_array().unwrap().len(), 2);

    // Both are told of the consent at the same time, and one of them writes.
    let asked = ask(&one, question("create an experiment called of-replicas")).await;
    let body = json!({"conversation_id": asked["conversation_id"], "token": asked["confirmations"][0]["token"], "agree": true});
    let (here, there) = tokio::join!(confirm(&one, &body), confirm(&other, &body));
    let mut codes = [here, there].map(|reply| if reply.status == 200 { "done".to_owned() } else { reply.code() });
    codes.sort();
    assert_eq!(codes, ["confirmation_used", "done"]);
    assert_eq!(one.get("/api/v1/ml/experiments?query=of-replicas").await.json()["total"], 1);

    // A write that is repeated elsewhere is answered as it was.
    let write = |service: &Trialogue| {
        let request = service.request(&Method::POST, "/api/v1/ml/experiments").header("content-type", "application/json");
        request.header("idempotency-key", "k1").body(json!({"name": "written-once"}).to_string())
    };
    let (here, there) = (send(write(&one)).await, send(write(&other)).await);
    assert_eq!((here.status, there.status, here.text == there.text), (201, 201, true), "{}", there.text);

    // One ends; the conversation goes on at the other.
    drop(one);
    assert_eq!(ask(&other, follow_up(&first, "plot its training loss")).await["turn"], 3);
    let deleted = other.request(&Method::DELETE, &format!("/api/v1/conversations/{}", first["conversation_id"].as_str().unwrap()));
    assert_eq!(send(deleted).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_does_the_server_does() {
    let Some(server) = Postgres::start("the state in PostgreSQL") else { return };
    let url = database(&server, "state");
    let (state, other) = (State::connect(&url).await.unwrap(), State::connect(&url).await.unwrap());
    let now = Timestamp(1_750_000_000_000);
    let later = |milliseconds: i64| Timestamp(now.0 + milliseconds);

    let key = WriteKey { principal: "ana".to_owned(), key: "k".to_owned() };
    let begun =
        futures_util::future::join_all((0..8).map(|turn| if turn % 2 == 0 { &state } else { &other }.begin(&key, [1; 32], now))).await;
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Ok(Begun::New))).count(), 1, "{begun:?}");
    assert_eq!(other.begin(&key, [2; 32], now).await.unwrap(), Begun::Other);
    let answer = KeptAnswer { status: 201, body: b"{\"\xff\0\"}".to_vec() };
    state.finish(&key, answer.clone()).await.unwrap();
    assert_eq!(other.begin(&key, [1; 32], now).await.unwrap(), Begun::Done(answer));
    other.forget(&key).await.unwrap();
    assert_eq!(state.begin(&key, [2; 32], now).await.unwrap(), Begun::New);

    assert_eq!(state.secret("a").await.unwrap(), other.secret("a").await.unwrap());
    assert_ne!(state.secret("a").await.unwrap(), state.secret("b").await.unwrap());
    let spent =
        futures_util::future::join_all((0..8).map(|turn| if turn % 2 == 0 { &state } else { &other }.spend("n", later(1000), now))).await;
    assert_eq!(spent.iter().filter(|spent| matches!(spent, Ok(true))).count(), 1, "{spent:?}");

    let keeping = Keeping { unused: std::time::Duration::from_secs(3600), of_one_owner: 2 };
    let ana = Owner { principal: "ana".to_owned(), tenant: Some("acme".to_owned()) };
    let turn = |id: &str, before: u32| TakenTurn {
        id: id.to_owned(),
        before,
        title: format!("„{id}“"),
        body: "{}".to_owned(),
        memory: before.to_string(),
    };
    for (number, id) in ["c1", "c2", "c3"].into_iter().enumerate() {
        let at = later(i64::try_from(number).unwrap());
        assert_eq!(state.keep_turn(&ana, turn(id, 0), keeping, at).await.unwrap(), Kept::Yes);
    }
    assert_eq!(other.keep_turn(&ana, turn("c3", 1), keeping, later(5)).await.unwrap(), Kept::Yes);
    assert_eq!(state.keep_turn(&ana, turn("c3", 1), keeping, later(6)).await.unwrap(), Kept::Changed);
    assert_eq!(state.resume(&ana, "c3", keeping, later(6)).await.unwrap().unwrap().memory, "1");
    let (first, total) = other.conversations(&ana, None, 1, keeping, later(6)).await.unwrap();
    assert_eq!((first[0].id.as_str(), first[0].title.as_str(), total), ("c3", "„c3“", 2));
    let after = After { used: first[0].used, id: first[0].id.clone() };
    assert_eq!(other.conversations(&ana, Some(after), 5, keeping, later(6)).await.unwrap().0[0].id, "c2");
    assert_eq!(state.transcript(&ana, "c3", keeping, later(6)).await.unwrap().unwrap().1.len(), 2);
    assert!(state.transcript(&Owner { tenant: None, ..ana.clone() }, "c3", keeping, later(6)).await.unwrap().is_none());
    assert!(other.delete_conversation(&ana, "c3").await.unwrap() && !state.delete_conversation(&ana, "c3").await.unwrap());

    let tokens = Tokens { input: 100, output: 7 };
    state.take("ana", tokens, now).await.unwrap();
    other.take("ana", tokens, now).await.unwrap();
    assert_eq!(state.taken_today("ana", now).await.unwrap(), Tokens { input: 200, output: 14 });
    let hour = std::time::Duration::from_secs(3600);
    state.keep_picture(&ana, "p", vec![0, 255], hour, now).await.unwrap();
    assert_eq!(other.picture("p", now).await.unwrap(), Some(vec![0, 255]));
    assert_eq!(other.picture("p", later(3_600_000)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_is_a_problem_and_its_password_is_never_told() {
    let Some(server) = Postgres::start("a server that goes away") else { return };
    let url = database(&server, "gone").replace("postgres@", "postgres:hunter2@");
    let service = Trialogue::start(&["--demo"], &[("TRIALOGUE_STATE", url.as_str())]);
    let first = ask(&service, question("Which run had the highest F1 score?")).await;
    drop(server);
    let refused = send(asking(&service, None, &follow_up(&first, "and its accuracy?"))).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "state_unavailable"), "{}", refused.text);
    assert!(!service.log().contains("hunter2"));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_trialogue"));
    command.args(["serve", "--demo", "--port", "0"]).env("TRIALOGUE_STATE", url);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && !told.contains("hunter2"), "{output:?}");
}
