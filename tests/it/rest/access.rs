//! Who may ask what: every route, put to everybody who might.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::json;
use trialogue::api::auth::Role;
use trialogue::api::auth::keys;

use crate::services::guarded::{Guarded, Issuer, claims, key, now, trusting};
use crate::services::trialogue::{Trialogue, send};
use crate::support::folder;

/// Every route with its method and a path that is answered, from the service's own description.
async fn routes(service: &Trialogue, credential: &str) -> Vec<(Method, String, bool)> {
    let request = service.request(&Method::GET, "/openapi.json").header("authorization", credential);
    let document = send(request).await.json();
    let mut routes = vec![(Method::GET, "/docs".to_owned(), false)];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let filled = path
                .replace("{experiment}", "churn-prediction-q1")
                .replace("{run_ids}", "run-017")
                .replace("{run}", "run-017")
                .replace("{metrics}", "training_loss")
                .replace("{turn}", "1")
                .replace("{conversation_id}", "conv_00000000000000000000000000000000");
            assert!(!filled.contains('{'), "{filled}");
            let is_open = operation["security"] == json!([]);
            routes.push((Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), filled, is_open));
        }
    }
    routes
}

/// A request of the route that is complete.
async fn ask(service: &Trialogue, method: &Method, path: &str, credential: Option<&str>) -> (u16, String) {
    let query = match path.rsplit('/').next() {
        Some("content") => "?path=nothing.txt",
        Some("best" | "impact") => "?metric=f1_score",
        _ => "",
    };
    let mut request = service.request(method, &format!("{path}{query}"));
    if *method == Method::POST {
        let body = match path.rsplit('/').next() {
            Some("compare") => json!({"run_ids": ["run-016", "run-017"]}),
            Some("chat") => json!({"message": "best run"}),
            Some("completions") => json!({"model": "trialogue", "messages": [{"role": "user", "content": "best run"}]}),
            Some("ui") => json!({"messages": [{"role": "user", "parts": [{"type": "text", "text": "best run"}]}]}),
            Some("ag-ui") => json!({"threadId": "t", "runId": "r", "messages": [{"role": "user", "content": "best run"}]}),
            Some("confirm") => json!({"conversation_id": "conv_00000000000000000000000000000000", "token": "x", "agree": true}),
            _ => json!({"name": "made-by-a-test"}),
        };
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    if let Some(credential) = credential {
        request = request.header("authorization", credential);
    }
    let reply = send(request).await;
    let challenges: Vec<&str> = reply.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
    (reply.status, challenges.join(", "))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_asks_who_you_are_and_only_health_does_not() {
    let guarded = Guarded::start();
    let Guarded { service, issuer, reader, writer, other, revoked, expired, .. } = &guarded;
    let stranger = Issuer::new();
    let bearer = |text: &str| format!("Bearer {text}");

    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), URL_SAFE_NO_PAD.encode(claims(json!({})).to_string()));
    // The classic: the public key, which everybody knows, taken as a shared secret.
    let shared = encode(
        &Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) },
        &claims(json!({})),
        &EncodingKey::from_secret(issuer.jwks["keys"][0]["x"].as_str().unwrap().as_bytes()),
    )
    .unwrap();
    let strangers: Vec<(&str, String, u16)> = vec![
        ("no scheme", "abc".to_owned(), 401),
        ("wrong key", bearer("trl_00000000_0000"), 401),
        ("a key cut short", bearer(&writer[..writer.len() - 1]), 401),
        ("revoked key", bearer(revoked), 401),
        ("expired key", bearer(expired), 401),
        ("expired token", bearer(&issuer.token(&claims(json!({"exp": now() - 600})))), 401),
        ("token of later", bearer(&issuer.token(&claims(json!({"nbf": now() + 600})))), 401),
        ("token without end", bearer(&issuer.token(&claims(json!({"exp": null})))), 401),
        ("other audience", bearer(&issuer.token(&claims(json!({"aud": "another"})))), 401),
        ("no audience", bearer(&issuer.token(&claims(json!({"aud": null})))), 401),
        ("other issuer", bearer(&issuer.token(&claims(json!({"iss": "https://evil.example.com"})))), 401),
        ("stranger's signature", bearer(&stranger.token(&claims(json!({})))), 401),
        ("unsigned", bearer(&unsigned), 401),
        ("public key as secret", bearer(&shared), 401),
        ("no tenant", bearer(&issuer.token(&claims(json!({"tenant_id": null})))), 403),
        ("empty tenant", bearer(&issuer.token(&claims(json!({"tenant_id": " "})))), 403),
        ("no scope", bearer(&issuer.token(&claims(json!({"scope": "openid email"})))), 403),
    ];
    let basic = |key: &str| format!("Basic {}", STANDARD.encode(format!("ana:{key}")));
    let reading_token = bearer(&issuer.token(&claims(json!({"scope": "reader"}))));
    let routes = routes(service, &bearer(reader)).await;
    assert!(routes.len() >= 16, "{routes:?}");
    for (method, path, is_open) in &routes {
        let place = format!("{method} {path}");
        assert_eq!(*is_open, ["/healthz", "/readyz"].contains(&path.as_str()), "{place}");
        if *is_open {
            assert_eq!(ask(service, method, path, None).await.0, 200, "{place}");
            continue;
        }
        let (status, challenge) = ask(service, method, path, None).await;
        assert!(status == 401 && challenge.contains("Bearer") && challenge.contains("Basic"), "{place}: {status} {challenge}");
        for (who, credential, expected) in &strangers {
            let (status, challenge) = ask(service, method, path, Some(credential)).await;
            assert_eq!(status, *expected, "{place}: {who}");
            assert_eq!(challenge.is_empty(), *expected == 403, "{place}: {who}");
        }
        let writes = *method == Method::POST && (path.ends_with("/experiments") || path.ends_with("/confirm"));
        // The demonstration has no artifacts, and nobody has this conversation.
        let has_nothing =
            path.ends_with("/content") || path.ends_with("/artifacts") || path.contains("/conversations/") || path.ends_with("/confirm");
        let expected = |may_write: bool| match (writes, may_write) {
            (true, false) => vec![403],
            (true, true) if has_nothing => vec![404],
            // The second who makes it finds the name taken.
            (true, true) => vec![201, 409],
            (false, _) if has_nothing => vec![404],
            (false, _) => vec![200],
        };
        for (credential, may_write) in [
            (bearer(reader), false),
            (basic(reader), false),
            (reading_token.clone(), false),
            (bearer(writer), true),
            (bearer(&issuer.token(&claims(json!({})))), true),
        ] {
            let (status, _) = ask(service, method, path, Some(&credential)).await;
            assert!(expected(may_write).contains(&status), "{place}: {status}, not {:?}", expected(may_write));
        }
        let is_about_an_experiment = path.contains("churn");
        let (status, _) = ask(service, method, path, Some(&bearer(other))).await;
        assert_eq!(status == 404, is_about_an_experiment || has_nothing, "{place}: another tenant got {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_is_refused_within_two_seconds() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (id, key) = key(&file, None, Role::Reader);
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let credential = format!("Bearer {key}");
    let path = "/api/v1/ml/experiments";
    assert_eq!(ask(&service, &Method::GET, path, Some(&credential)).await.0, 200);
    keys::revoke(&file, &id, jiff::Timestamp::now()).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(ask(&service, &Method::GET, path, Some(&credential)).await.0, 401);
    // Without its file the service knows nobody.
    std::fs::remove_file(&file).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(ask(&service, &Method::GET, path, Some(&credential)).await.0, 503);
    assert_eq!(ask(&service, &Method::GET, "/healthz", None).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn public_keys_are_asked_for_anew_where_one_is_not_known_but_not_each_time() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let issuer = Issuer::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let (jwks, counter) = (issuer.jwks.to_string(), Arc::clone(&asked));
    let answer = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let jwks = jwks.clone();
        async move { jwks }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/jwks", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/jwks", axum::routing::get(answer))).await });
    let service = Trialogue::start(&["--demo"], &trusting(&address));
    let good = format!("Bearer {}", issuer.token(&claims(json!({}))));
    for _ in 0..5 {
        assert_eq!(ask(&service, &Method::GET, "/api/v1/ml/experiments", Some(&good)).await.0, 200);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let header = Header { kid: Some("two".to_owned()), ..Header::new(Algorithm::ES256) };
    let unknown = format!("Bearer {}", issuer.signed(&header, &claims(json!({}))));
    for _ in 0..5 {
        assert_eq!(ask(&service, &Method::GET, "/api/v1/ml/experiments", Some(&unknown)).await.0, 401);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "a made-up key id makes us ask the issuer at most twice a minute");
}

#[test]
fn without_keys_the_service_refuses_to_be_reached_from_outside() {
    let program = env!("CARGO_BIN_EXE_trialogue");
    let run = |host: &str| std::process::Command::new(program).args(["serve", "--demo", "--port", "0", "--host", host]).output().unwrap();
    for host in ["0.0.0.0", "::"] {
        let output = run(host);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("give --keys FILE"), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_answers_to_an_unknown_host_or_page() {
    let service = Trialogue::start(&["--demo", "--allowed-host", "trialogue.example.com", "--cors-origin", "https://app.example.com"], &[]);
    for (method, path, _) in routes(&service, "").await {
        for (header, value, code) in [
            ("host", "evil.example.com", "unknown_host"),
            ("origin", "https://evil.example.com", "unknown_origin"),
            ("origin", "null", "unknown_origin"),
        ] {
            let reply = send(service.request(&method, &path).header(header, value)).await;
            assert_eq!((reply.status, reply.code().as_str()), (403, code), "{method} {path}");
        }
    }
    let known = send(service.request(&Method::GET, "/healthz").header("host", "trialogue.example.com")).await;
    assert_eq!(known.status, 200);
    let preflight = service.request(&Method::OPTIONS, "/api/v1/ml/experiments").header("origin", "https://app.example.com");
    let preflight = send(preflight.header("access-control-request-method", "POST")).await;
    assert_eq!(preflight.header("access-control-allow-origin"), "https://app.example.com");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");
}
