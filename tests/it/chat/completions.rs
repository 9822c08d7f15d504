//! The chat as a model of OpenAI's protocol, to OpenAI's own client and to bare requests.

use reqwest::Method;
use serde_json::{Value, json};
use trialogue::api::auth::Role;
use trialogue::api::auth::keys::{self, NewKey};

use super::faults::held;
use super::{ask, question};
use crate::services::tool;
use crate::services::trialogue::{Reply, Trialogue, send};
use crate::support::{folder, judge};

async fn complete(service: &Trialogue, body: &Value) -> Reply {
    let request = service.request(&Method::POST, "/v1/chat/completions").header("content-type", "application/json");
    send(request.body(body.to_string())).await
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

/// The text of an answer in one piece.
fn text(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn openais_own_client_is_answered_as_by_a_model() {
    let Some(python) = tool("TRIALOGUE_TEST_PYTHON_CHAT_CLIENT", "the chat, to OpenAI's own client") else { return };
    let folder = folder();
    let file = folder.path().join("keys.json");
    let new = NewKey { name: "test".to_owned(), tenant: None, role: Role::Writer, expires_at: None };
    let (_, key) = keys::add(&file, new, jiff::Timestamp::now()).unwrap();
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let base = format!("http://127.0.0.1:{}/v1", service.port());
    let told = judge(&python, "ask_as_openai.py", &[base.as_str(), key.as_str()], folder.path());
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["models"], json!(["trialogue", "trialogue-text"]));
    let whole = told["whole"]["text"].as_str().unwrap();
    assert!(whole.contains("0.912") && whole.contains("\n\n```vega-lite\n{"), "{whole}");
    assert_eq!((&told["whole"]["finish"], &told["whole"]["usage"]), (&json!("stop"), &json!(0)));
    let streamed = &told["streamed"];
    assert_eq!(streamed["text"], told["whole"]["text"], "in pieces it is the same");
    let expected = json!({"role": "assistant", "finish": ["stop"], "usage": 0, "ids": 1});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&streamed[field], value, "{field}");
    }
    let plain = told["text"]["text"].as_str().unwrap();
    assert!(plain.contains("0.912") && !plain.contains("vega-lite"), "{plain}");
    assert!(told["followed_up"]["text"].as_str().unwrap().contains("0.95"), "{told}");
    assert_eq!(told["parts"]["text"], told["text"]["text"]);
    assert!(told["write"]["text"].as_str().unwrap().contains("cannot ask you first"), "{told}");
    let refusal = |name: &str| (told[name]["kind"].clone(), told[name]["status"].clone(), told[name]["code"].clone());
    assert_eq!(refusal("no_model"), (json!("NotFoundError"), json!(404), json!("model_not_found")));
    assert_eq!(refusal("no_question"), (json!("BadRequestError"), json!(400), json!("invalid_arguments")));
    assert_eq!(refusal("no_key"), (json!("AuthenticationError"), json!(401), json!("unauthenticated")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_by_its_messages_or_by_its_id() {
    let service = Trialogue::demo();
    let first = user("Which run had the highest F1 score?");
    let answer = json!({"role": "assistant", "content": "run-017"});
    let told = complete(&service, &json!({"model": "trialogue-text", "messages": [first, answer, user("and its accuracy?")]})).await;
    assert!(text(&told).contains("0.95"), "{}", told.text);
    assert_eq!(super::list(&service).await["total"], 0, "what the client keeps is not kept by us");
    let ours = ask(&service, question("Which run had the highest F1 score?")).await;
    let body = json!({
        "model": "trialogue-text",
        "messages": [user("and its accuracy?")],
        "metadata": {"conversation_id": ours["conversation_id"]},
    });
    assert!(text(&complete(&service, &body).await).contains("0.95"));
    assert_eq!(super::transcript(&service, &ours).await.json()["turn_count"], 2);
    let unknown = json!({"model": "trialogue", "messages": [user("a")], "metadata": {"conversation_id": "conv_0"}});
    let refused = complete(&service, &unknown).await;
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (404, &json!("no_such_conversation")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_before_is_not_written_again() {
    let service = Trialogue::demo();
    let create = user("create an experiment called pilot-two");
    let messages = [create, json!({"role": "assistant", "content": "no"}), user("Which run had the highest F1 score?")];
    let body = json!({"model": "trialogue", "messages": messages});
    assert!(text(&complete(&service, &body).await).contains("run-017"));
    assert_eq!(service.get("/api/v1/ml/experiments?query=pilot").await.json()["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_a_stream_is_the_protocols_error() {
    let folder = folder();
    let store = folder.path().join("store.db");
    trialogue::store::demo::create(&store).unwrap();
    let service = Trialogue::over(&store, &[], &[("TRIALOGUE_TURN_SECONDS", "1")]);
    let _held = held(&store);
    let told = complete(&service, &json!({"model": "trialogue", "stream": true, "messages": [user("best run")]})).await;
    let data: Vec<Value> =
        told.text.lines().filter_map(|line| line.strip_prefix("data: ")).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((told.status, data.len()), (200, 2), "{}", told.text);
    assert_eq!(data[0]["choices"][0]["delta"]["role"], "assistant");
    assert_eq!((&data[1]["error"]["code"], &data[1]["error"]["type"]), (&json!("turn_timed_out"), &json!("server_error")));
}

/// The address of the picture in an answer, without the host.
fn picture(text: &str) -> String {
    let (_, address) = text.split_once("![").unwrap_or_else(|| panic!("{text}")).1.split_once("](http://127.0.0.1:").unwrap();
    let (address, _) = address.split_once(')').unwrap();
    address[address.find('/').unwrap()..].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_is_a_picture_for_whoever_has_its_address() {
    let folder = folder();
    let file = folder.path().join("keys.json");
    let new = NewKey { name: "test".to_owned(), tenant: None, role: Role::Reader, expires_at: None };
    let (_, key) = keys::add(&file, new, jiff::Timestamp::now()).unwrap();
    let service = Trialogue::start(&["--demo", "--keys", file.to_str().unwrap()], &[]);
    let asking = |stream: bool| {
        let body =
            json!({"model": "trialogue", "chart": "image", "stream": stream, "messages": [user("Which run had the highest F1 score?")]});
        let request = service.request(&Method::POST, "/v1/chat/completions").header("content-type", "application/json");
        request.header("authorization", format!("Bearer {key}")).body(body.to_string())
    };
    let told = text(&send(asking(false)).await);
    assert!(!told.contains("vega-lite"), "{told}");
    let address = picture(&told);
    let shown = service.request(&Method::GET, &address).send().await.unwrap();
    assert_eq!((shown.status().as_u16(), &shown.headers()["content-type"]), (200, &"image/png".parse().unwrap()));
    assert!(shown.headers()["cache-control"].to_str().unwrap().starts_with("private, max-age="));
    assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
    assert!(shown.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let streamed = send(asking(true)).await.text;
    assert!(streamed.contains("![") && streamed.contains("/charts/"), "{streamed}");
    // The seal is over the id and the end, and stands in no log.
    let (path, seal) = address.split_once("?seal=").unwrap();
    let (until, mark) = seal.split_once('.').unwrap();
    let later = format!("{:x}", i64::from_str_radix(until, 16).unwrap() + 1);
    for forged in [
        path.to_owned(),
        format!("{path}?seal="),
        format!("{path}?seal={until}."),
        format!("{path}?seal={later}.{mark}"),
        format!("/charts/{}?seal={seal}", "0".repeat(32)),
        format!("{path}?seal={until}.{}", mark.chars().rev().collect::<String>()),
    ] {
        let refused = service.get(&forged).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "no_such_picture"), "{forged}");
    }
    assert!(!service.log().contains(mark));
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_come_as_the_field_the_name_the_header_or_the_service_says() {
    let service =
        Trialogue::start(&["--demo"], &[("TRIALOGUE_CHARTS", "image"), ("TRIALOGUE_PUBLIC_URL", "https://trialogue.example.com")]);
    for (model, field, header, expected) in [
        ("trialogue", None, None, "![Best runs by f1_score]"),
        ("trialogue", None, Some("vega_lite"), "```vega-lite"),
        ("trialogue", Some("none"), Some("vega_lite"), "no chart"),
        ("trialogue-text", None, Some("vega_lite"), "no chart"),
        ("trialogue-text", Some("image"), None, "](https://trialogue.example.com/charts/"),
    ] {
        let body = json!({"model": model, "chart": field, "messages": [user("Which run had the highest F1 score?")]});
        let request = service.request(&Method::POST, "/v1/chat/completions").header("content-type", "application/json");
        let request = header.into_iter().fold(request, |request, header| request.header("x-trialogue-chart", header));
        let told = text(&send(request.body(body.to_string())).await);
        let has_chart = told.contains("```vega-lite") || told.contains("![");
        assert!(told.contains(expected) || (expected == "no chart" && !has_chart), "{model} {field:?} {header:?}: {told}");
    }
    let wrong = json!({"model": "trialogue", "messages": [user("a")]});
    let request = service.request(&Method::POST, "/v1/chat/completions").header("content-type", "application/json");
    assert_eq!(send(request.header("x-trialogue-chart", "gif").body(wrong.to_string())).await.status, 400);
}
