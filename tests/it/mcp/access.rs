//! Who may ask what over `/mcp`, and how who may not is told the way to a token.

use reqwest::Method;
use serde_json::{Value, json};
use trialogue::api::auth::Role;

use super::{Caller, is_error, message, text};
use crate::services::guarded::{Guarded, ISSUER, Issuer, claims, key, now, trusting};
use crate::services::trialogue::{Trialogue, send};
use crate::support::folder;

const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// One request of each kind, of which the last writes.
fn requests() -> Vec<(&'static str, Value)> {
    vec![
        ("server/discover", json!({})),
        ("tools/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({ "uri": "trialogue://experiments" })),
        ("prompts/list", json!({})),
        ("prompts/get", json!({ "name": "best_run", "arguments": { "experiment": "churn" } })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "best_run" }, "argument": { "name": "experiment", "value": "" } }),
        ),
        ("tools/call", json!({ "name": "describe_experiment", "arguments": { "experiment": "churn-prediction-q1" } })),
        ("tools/call", json!({ "name": "create_experiment", "arguments": { "name": "made-by-a-test" } })),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_asks_who_you_are_and_tells_where_to_get_a_token() {
    let guarded = Guarded::start();
    let Guarded { service, issuer, reader, writer, other, expired, .. } = &guarded;
    let token = |other: Value| format!("Bearer {}", issuer.token(&claims(other)));
    let bearer = |key: &str| format!("Bearer {key}");
    let metadata = format!("resource_metadata=\"http://127.0.0.1:{}{METADATA}\"", service.port());

    let strangers = [
        ("nobody", None),
        ("a wrong key", Some(bearer("trl_00000000_0000"))),
        ("an expired key", Some(bearer(expired))),
        ("an expired token", Some(token(json!({ "exp": now() - 600 })))),
        ("a token for another", Some(token(json!({ "aud": "another" })))),
        ("a token of another", Some(token(json!({ "iss": "https://evil.example.com" })))),
    ];
    for (method, params) in &requests() {
        for (who, credential) in &strangers {
            let caller = credential.iter().fold(Caller::new(service), |caller, credential| caller.with("authorization", credential));
            let reply = caller.ask(method, params).await;
            let challenges: Vec<&str> = reply.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
            let challenge = challenges.join(", ");
            assert_eq!(reply.status, 401, "{method}: {who}");
            assert!(challenge.starts_with("Bearer ") && challenge.contains(&metadata), "{method}: {who}: {challenge}");
            assert!(challenge.contains("scope=\"reader\"") && !reply.text.contains("churn"), "{method}: {who}: {challenge}");
        }
        let writes = params["name"] == "create_experiment";
        for reading in [bearer(reader), token(json!({ "scope": "reader" }))] {
            let reply = Caller::as_bearer(service, &reading).ask(method, params).await;
            assert_eq!(reply.status, if writes { 403 } else { 200 }, "{method}: {}", reply.text);
            let challenge = reply.header("www-authenticate");
            assert_eq!(writes, challenge.contains("error=\"insufficient_scope\""), "{method}: {challenge}");
            assert_eq!(writes, challenge.contains(&metadata) && challenge.contains("scope=\"reader writer\""), "{method}: {challenge}");
        }
        for writing in [bearer(writer), token(json!({}))] {
            let answer = Caller::as_bearer(service, &writing).answer(method, params).await;
            assert_eq!(writes, answer["result"]["resultType"] == "input_required", "{method}: {answer}");
            assert!(answer["error"].is_null() && !is_error(&answer["result"]), "{method}: {answer}");
        }
        let told = Caller::as_bearer(service, &bearer(other)).ask(method, params).await;
        let is_about_it = params["arguments"]["experiment"] == "churn-prediction-q1";
        assert_eq!(is_error(&told.json()["result"]), is_about_it, "{method}: {}", told.text);
        // The prompt repeats what it is given.
        assert!(method.starts_with("prompts") || is_about_it || !told.text.contains("churn-prediction"), "{method}: {}", told.text);
    }
    let reading = Caller::as_bearer(service, &bearer(reader));
    assert_eq!(reading.tools().await.len(), 10);
    assert_eq!(Caller::as_bearer(service, &bearer(writer)).tools().await.len(), 11);
    // Several requests in one are no way round.
    let call = message(1, "tools/call", &json!({ "name": "create_experiment", "arguments": { "name": "smuggled" } }));
    for body in [json!([call]), json!([message(2, "tools/list", &json!({})), call])] {
        let request = service.request(&Method::POST, "/mcp").header("authorization", bearer(reader)).body(body.to_string());
        assert_eq!(send(request.header("content-type", "application/json")).await.status, 403);
    }
    let all = Caller::as_bearer(service, &bearer(writer)).call("list_experiments", &json!({ "status": "all" })).await;
    assert!(!all.to_string().contains("smuggled") && !all.to_string().contains("made-by-a-test"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_tells_who_gives_tokens() {
    let folder = folder();
    let issuer = Issuer::new();
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, issuer.jwks.to_string()).unwrap();
    let environment = trusting(jwks.to_str().unwrap());
    let own = Trialogue::start(&["--demo"], &environment);
    let public = Trialogue::start(&["--demo", "--public-url", "https://trialogue.example.com"], &environment);
    for (service, base) in [(&own, format!("http://127.0.0.1:{}", own.port())), (&public, "https://trialogue.example.com".to_owned())] {
        for path in [METADATA, "/.well-known/oauth-protected-resource"] {
            let reply = service.get(path).await;
            assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{path}");
            let expected = json!({
                "resource": format!("{base}/mcp"),
                "resource_name": "Trialogue",
                "authorization_servers": [ISSUER],
                "scopes_supported": ["reader", "writer"],
                "bearer_methods_supported": ["header"],
            });
            assert_eq!(reply.json(), expected);
        }
        let challenge = Caller::new(service).ask("tools/list", &json!({})).await.header("www-authenticate").to_owned();
        assert!(challenge.contains(&format!("resource_metadata=\"{base}{METADATA}\"")), "{challenge}");
    }
    // A key is no token, and there is no way to one.
    let file = folder.path().join("keys.json");
    key(&file, None, Role::Reader);
    let keyed = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    assert_eq!(keyed.get(METADATA).await.status, 404);
    let reply = Caller::new(&keyed).ask("tools/list", &json!({})).await;
    assert!(reply.status == 401 && !reply.header("www-authenticate").contains("resource_metadata"), "{:?}", reply.headers);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_or_page_is_turned_away_whatever_it_asks() {
    let service = Trialogue::start(&["--demo", "--allowed-host", "trialogue.example.com", "--cors-origin", "https://app.example.com"], &[]);
    let body = message(1, "tools/list", &json!({})).to_string();
    let ask = async |method: &Method, path: &str, header: &str, value: &str| {
        let request = service.request(method, path).header("content-type", "application/json").header("mcp-method", "tools/list");
        let request = request.header("accept", "application/json, text/event-stream").header("mcp-protocol-version", super::REVISION);
        send(request.header(header, value).body(body.clone())).await
    };
    for path in ["/mcp", METADATA, "/.well-known/oauth-protected-resource"] {
        for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT] {
            for (header, value, code) in [
                ("host", "evil.example.com", "unknown_host"),
                ("host", "localhost.evil.example.com", "unknown_host"),
                ("origin", "https://evil.example.com", "unknown_origin"),
                ("origin", "http://localhost:1", "unknown_origin"),
                ("origin", "null", "unknown_origin"),
            ] {
                let reply = ask(&method, path, header, value).await;
                assert_eq!((reply.status, reply.code().as_str()), (403, code), "{method} {path} {header}: {value}");
            }
        }
    }
    for (header, value) in [("host", "trialogue.example.com"), ("origin", "https://app.example.com")] {
        assert_eq!(ask(&Method::POST, "/mcp", header, value).await.status, 200, "{header}: {value}");
    }
    // There is no stream to listen to and no session to end.
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(ask(&method, "/mcp", "accept", "text/event-stream").await.status, 405, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_of_one_person_for_one_call() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (_, ana) = key(&file, None, Role::Writer);
    let (_, ben) = key(&file, None, Role::Writer);
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let (ana, ben) = (Caller::as_bearer(&service, &format!("Bearer {ana}")), Caller::as_bearer(&service, &format!("Bearer {ben}")));
    let asked = ana.call("create_experiment", &json!({ "name": "agreed" })).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let (state, question) = (&asked["requestState"], asked["inputRequests"].as_object().unwrap());
    let (name, request) = question.iter().next().unwrap();
    assert!(request["params"]["message"].as_str().unwrap().contains("name: \"agreed\""), "{request}");
    let answer = |experiment: &str, action: &str, consent: bool, state: &Value| {
        json!({
            "name": "create_experiment",
            "arguments": { "name": experiment },
            "requestState": state,
            "inputResponses": { name: { "action": action, "content": { "consent": consent } } },
        })
    };
    for (caller, params, words) in [
        (&ben, answer("agreed", "accept", true, state), "another call"),
        (&ana, answer("another", "accept", true, state), "another call"),
        (&ana, answer("agreed", "accept", true, &json!("forged")), "not ours"),
        (&ana, answer("agreed", "accept", false, state), "said no"),
        (&ana, answer("agreed", "decline", true, state), "said no"),
        (&ana, answer("agreed", "cancel", true, state), "did not answer"),
    ] {
        let result = caller.result("tools/call", &params).await;
        assert!(is_error(&result) && text(&result).contains(words), "{params}: {result}");
    }
    let nothing = ana.call("list_experiments", &json!({ "query": "agreed" })).await;
    assert_eq!(nothing["structuredContent"]["experiments"], json!([]), "{nothing}");
    let agreed = answer("agreed", "accept", true, state);
    let result = ana.result("tools/call", &agreed).await;
    assert!(!is_error(&result) && result["structuredContent"]["name"] == "agreed", "{result}");
    let result = ana.result("tools/call", &agreed).await;
    assert!(is_error(&result) && text(&result).contains("used before"), "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_leaves_a_line_and_too_many_requests_are_told_so() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let (id, writer) = key(&file, Some("acme"), Role::Writer);
    let arguments = ["--demo", "--allow-writes", "--keys", file.to_str().unwrap()];
    let service = Trialogue::start(&arguments, &[("TRIALOGUE_REQUESTS_PER_MINUTE", "6")]);
    let caller = Caller::as_bearer(&service, &format!("Bearer {writer}")).with("x-request-id", "asked-by-a-test");
    assert!(!is_error(&caller.call("create_experiment", &json!({ "name": "logged" })).await));
    assert!(is_error(&caller.call("create_experiment", &json!({ "name": "logged" })).await));
    let log = service.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let audited: Vec<&Value> = lines.iter().filter(|line| line["target"] == "audit").collect();
    assert_eq!(audited.len(), 2, "{log}");
    for (line, status) in audited.iter().zip([201, 409]) {
        let told = line.to_string();
        for part in [&format!("key:{id}"), "acme", "create_experiment", "logged", "asked-by-a-test", &status.to_string()] {
            assert!(told.contains(part), "no {part} in {told}");
        }
        assert!(!told.contains(&writer), "{told}");
    }
    assert!(lines.iter().all(|line| !line["target"].as_str().unwrap_or_default().starts_with("rmcp")), "{log}");
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let reply = caller.ask("tools/list", &json!({})).await;
        statuses.push(reply.status);
        assert!(reply.status == 200 || !reply.header("retry-after").is_empty(), "{:?}", reply.headers);
    }
    assert!(statuses.starts_with(&[200]) && statuses.ends_with(&[429]), "{statuses:?}");
}
