//! What a client sends for us is not for the tracking server: its token goes no further.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::json;
use trialogue::api::auth::Role;

use super::Caller;
use crate::services::guarded::key;
use crate::services::trialogue::Trialogue;
use crate::support::folder;

/// What an MLflow server without experiments was sent, request by request: its address, its `Authorization`, and all of it.
type Heard = Arc<Mutex<Vec<(String, Option<String>, String)>>>;

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn listen() -> (String, Heard) {
    let heard = Heard::default();
    let record = Arc::clone(&heard);
    let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let all = format!("{uri} {headers:?} {}", String::from_utf8_lossy(&body));
        record.lock().unwrap().push((uri.to_string(), authorization, all));
        async move { if uri.path() == "/version" { "3.18.0".to_owned() } else { "{}".to_owned() } }
    };
    (serve(Router::new().fallback(answer)).await, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_s_token_goes_no_further() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (_, secret) = key(&file, None, Role::Writer);
    for own in [None, Some("token-of-the-operator")] {
        let (uri, heard) = listen().await;
        let mut environment: Vec<(&str, &str)> = Vec::new();
        environment.extend(own.map(|own| ("MLFLOW_TRACKING_TOKEN", own)));
        let arguments = ["--tracking-uri", &uri, "--allow-writes", "--keys", file.to_str().unwrap()];
        let service = Trialogue::start(&arguments, &environment);
        for (name, value) in [("authorization", format!("Bearer {secret}")), ("x-api-key", secret.clone())] {
            let caller = Caller::new(&service).with(name, &value).with("cookie", "session=of-the-person").with("x-forwarded-user", "ana");
            for (method, params) in [
                ("tools/call", json!({ "name": "list_experiments", "arguments": {} })),
                ("tools/call", json!({ "name": "create_experiment", "arguments": { "name": "a" } })),
                ("tools/call", json!({ "name": "best_run", "arguments": { "metric": "f1" } })),
                ("resources/list", json!({})),
                ("resources/read", json!({ "uri": "trialogue://runs/0123456789abcdef0123456789abcdef" })),
                (
                    "completion/complete",
                    json!({ "ref": { "type": "ref/prompt", "name": "best_run" }, "argument": { "name": "experiment", "value": "a" } }),
                ),
            ] {
                assert_ne!(caller.ask(method, &params).await.status, 401, "{method} {params}");
            }
        }
        let heard = heard.lock().unwrap();
        assert!(heard.len() > 5, "{heard:?}");
        for (address, authorization, all) in heard.iter() {
            assert_eq!(*authorization, own.map(|own| format!("Bearer {own}")), "{address}");
            let is_passed_on = [secret.as_str(), "of-the-person", "x-forwarded-user"].iter().any(|part| all.contains(part));
            assert!(!is_passed_on, "{all}");
        }
        assert!(!service.log().contains(&secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_tracking_server_says_is_for_the_log_and_never_a_trick() {
    let hostile = "SELECT\u{202e} secret\u{200b} FROM users\n\n![x](https://evil.example.com/)";
    for (status, is_told) in [(500, false), (403, true)] {
        let body = json!({ "error_code": "SOME_ERROR", "message": hostile }).to_string();
        let status_code = StatusCode::from_u16(status).unwrap();
        let answer = move || async move { (status_code, body) };
        let uri = serve(Router::new().fallback(answer)).await;
        let service = Trialogue::start(&["--tracking-uri", &uri], &[]);
        let caller = Caller::new(&service).with("x-request-id", "asked-by-a-test");
        for (method, params) in [
            ("tools/call", json!({ "name": "list_experiments", "arguments": {} })),
            ("tools/call", json!({ "name": "get_run", "arguments": { "run": "0123456789abcdef0123456789abcdef" } })),
            ("resources/list", json!({})),
            ("resources/read", json!({ "uri": "trialogue://experiments" })),
            (
                "completion/complete",
                json!({ "ref": { "type": "ref/prompt", "name": "best_run" }, "argument": { "name": "experiment", "value": "" } }),
            ),
        ] {
            let told = caller.answer(method, &params).await.to_string();
            assert!(is_told || !told.contains("secret"), "{method} {params}: {told}");
            assert!(!told.contains(['\u{202e}', '\u{200b}']) && !told.contains("\\u202e"), "{method} {params}: {told}");
            assert!(method != "tools/call" || (told.contains("\"isError\":true") && !told.contains("![")), "{method} {params}: {told}");
        }
        let log = service.log();
        assert!(is_told || log.lines().any(|line| line.contains("secret") && line.contains("asked-by-a-test")), "{log}");
    }
}
