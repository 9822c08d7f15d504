//! Who may ask the chat for what: readers, writers, tenants, and bodies that are none.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};

use super::{CHAT, asking, follow_up, question};
use crate::services::trialogue::{Reply, Trialogue, send};
use crate::support::folder;

fn key(file: &Path, tenant: &str, role: Role) -> String {
    let new = NewKey { name: "test".to_owned(), tenant: Some(tenant.to_owned()), role, expires_at: None };
    format!("Bearer {}", keys::add(file, new, jiff::Timestamp::now()).unwrap().1)
}

async fn get(service: &Trialogue, credential: &str, path: &str) -> Reply {
    send(service.request(&Method::GET, path).header("authorization", credential)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_anothers_experiments_or_conversations() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let raw = rusqlite::Connection::open(&store).unwrap();
    raw.execute("INSERT INTO experiment_tags (key, value, experiment_id) SELECT 'tenant_id', 'acme', experiment_id FROM experiments", [])
        .unwrap();
    let file = folder.path().join("keys.json");
    let [ana, bob, eve] = ["acme", "acme", "globex"].map(|tenant| key(&file, tenant, Role::Reader));
    let service = Trialogue::over(&store, &["--keys", file.to_str().unwrap()], &[]);
    assert_eq!(send(asking(&service, None, &question("best run"))).await.status, 401);
    let turn = send(asking(&service, Some(&ana), &question("Which run had the highest F1 score?"))).await.json();
    assert!(turn["answer"].as_str().unwrap().contains("0.912"), "{turn}");
    let hers = send(asking(&service, Some(&eve), &question("Which run had the highest F1 score?"))).await;
    assert!(!hers.text.contains("churn") && !hers.text.contains("0.912"), "{}", hers.text);
    let path = format!("/api/v1/conversations/{}", turn["conversation_id"].as_str().unwrap());
    assert_eq!(get(&service, &ana, &path).await.status, 200);
    // A colleague of the same tenant is somebody else, too.
    for stranger in [&bob, &eve] {
        for path in [path.clone(), format!("{path}/export"), format!("{path}/turns/1/page")] {
            assert_eq!(get(&service, stranger, &path).await.code(), "no_such_conversation");
        }
        let deleted = send(service.request(&Method::DELETE, &path).header("authorization", stranger)).await;
        assert_eq!(deleted.status, 404);
        let asked = send(asking(&service, Some(stranger), &follow_up(&turn, "and its accuracy?"))).await;
        assert_eq!((asked.status, asked.code().as_str()), (404, "no_such_conversation"));
        let listed = get(&service, stranger, "/api/v1/conversations").await.text;
        assert!(!listed.contains(turn["conversation_id"].as_str().unwrap()), "{listed}");
    }
    assert_eq!(get(&service, &ana, "/api/v1/conversations").await.json()["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_bounds() {
    let service = Trialogue::demo();
    let check = |body: Value, status: u16, code: &'static str| {
        let request = asking(&service, None, &body);
        async move {
            let reply = send(request).await;
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{}", reply.text);
        }
    };
    check(json!({"message": "x".repeat(2 * 1024 * 1024)}), 413, "body_too_long").await;
    check(json!({"message": "x".repeat(2_001)}), 400, "invalid_arguments").await;
    check(json!({"message": "best run", "modle": "x"}), 400, "invalid_arguments").await;
    check(json!({"message": "best run", "conversation_id": "conv_0"}), 404, "no_such_conversation").await;
    let text = send(service.request(&Method::POST, CHAT).body("best run")).await;
    assert_eq!((text.status, text.code().as_str()), (415, "not_json"));
}
