//! The client of OpenAI-compatible servers against a real socket: what servers send well, and what they send badly.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trialogue::llm::{Finish, Function, FunctionCall, Message, Model, ModelError, Reply, Request, Sampling, Usage};

use crate::scripted_openai::{KEY, Piece, ScriptedOpenAi, Turn, delta, event, finish, send};

const PATIENCE: Duration = Duration::from_secs(20);

fn request() -> Request {
    Request {
        messages: vec![Message::System { text: "be brief".to_owned() }, Message::User { text: "which run is best?".to_owned() }],
        functions: vec![Function {
            name: "best_run".to_owned(),
            description: "the best run".to_owned(),
            parameters: json!({"type": "object", "properties": {"metric": {"type": "string"}}}),
        }],
        sampling: Sampling::default(),
    }
}

async fn ask(model: &Model) -> (Result<Reply, ModelError>, String) {
    let mut heard = String::new();
    let reply = model.reply(&request(), &mut |piece: &str| heard.push_str(piece)).await;
    (reply, heard)
}

async fn reply_to(turn: Turn) -> (Result<Reply, ModelError>, String) {
    let server = ScriptedOpenAi::start([turn]).await;
    ask(&server.model(PATIENCE)).await
}

async fn error_of(turn: Turn) -> ModelError {
    reply_to(turn).await.0.unwrap_err()
}

fn calls_of(reply: &Reply) -> Vec<(&str, Value)> {
    reply.calls.iter().map(|call| (call.name.as_str(), Value::Object(call.parse_arguments().unwrap()))).collect()
}

#[tokio::test]
async fn text_arrives_in_pieces_and_whole() {
    let (reply, heard) = reply_to(Turn::text("run-017 leads with 0.912 – é")).await;
    let reply = reply.unwrap();
    assert_eq!(reply.text, "run-017 leads with 0.912 – é");
    assert_eq!(heard, reply.text);
    assert_eq!((reply.finish, reply.usage), (Finish::Stop, Some(Usage { input_tokens: 12, output_tokens: 3, estimated: false })));
}

#[tokio::test]
async fn letters_may_be_torn_between_packets() {
    let bytes = format!("data: {}\n\ndata: {}\n\n", delta(json!({"content": "é–é"})), finish("stop")).into_bytes();
    let pieces = bytes.chunks(1).flat_map(|byte| [Piece::Send(byte.to_vec()), Piece::Wait(Duration::from_micros(200))]).collect();
    assert_eq!(reply_to(Turn::stream(pieces)).await.0.unwrap().text, "é–é");
}

#[tokio::test]
async fn parallel_calls_are_put_together() {
    let calls = [("best_run", json!({"metric": "f1_score"})), ("list_runs", json!({"limit": 3, "words": "größte"}))];
    for count in [1, 2] {
        let (reply, heard) = reply_to(Turn::calls(&calls[..count])).await;
        let reply = reply.unwrap();
        assert_eq!((calls_of(&reply), reply.finish.clone(), heard.as_str()), (calls[..count].to_vec(), Finish::Calls, ""));
    }
}

#[tokio::test]
async fn a_call_in_one_chunk_without_id_gets_one() {
    let call = json!({"function": {"name": "best_run", "arguments": {"metric": "f1"}}});
    let reply = reply_to(Turn::events(&[delta(json!({"tool_calls": [call]})), finish("stop")])).await.0.unwrap();
    assert_eq!(calls_of(&reply), [("best_run", json!({"metric": "f1"}))]);
    assert!(!reply.calls[0].id.is_empty());
    assert_eq!(reply.finish, Finish::Calls);
}

#[tokio::test]
async fn reasoning_stays_out_of_the_text() {
    let events = [delta(json!({"reasoning_content": "0.5?"})), delta(json!({"content": "0.912"})), finish("stop")];
    assert_eq!(reply_to(Turn::events(&events)).await.1, "0.912");
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_read_too() {
    let call = json!({"id": "a", "type": "function", "function": {"name": "best_run", "arguments": "{}"}});
    let body =
        json!({"choices": [{"message": {"role": "assistant", "content": "wait\n", "tool_calls": [call]}, "finish_reason": "tool_calls"}]});
    let (reply, heard) = reply_to(Turn::response(200, "application/json; charset=utf-8", &format!("{body:#}"))).await;
    assert_eq!((calls_of(&reply.unwrap()), heard.as_str()), (vec![("best_run", json!({}))], "wait\n"));
}

#[tokio::test]
async fn the_request_is_what_servers_expect() {
    let server = ScriptedOpenAi::start([Turn::text("ok")]).await;
    let mut request = request();
    request.messages.push(Message::Assistant {
        text: String::new(),
        calls: vec![FunctionCall { id: "a".to_owned(), name: "best_run".to_owned(), arguments: "{}".to_owned() }],
    });
    request.messages.push(Message::ToolResult { call_id: "a".to_owned(), text: "{\"run\":\"run-017\"}".to_owned() });
    server.model(PATIENCE).reply(&request, &mut |_: &str| {}).await.unwrap();
    let asked = &server.requests()[0];
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}").as_str());
    assert_eq!(
        asked.body,
        json!({
            "model": "scripted",
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": "which run is best?"},
                {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "best_run", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "a", "content": "{\"run\":\"run-017\"}"},
            ],
            "tools": [{"type": "function", "function": {
                "name": "best_run", "description": "the best run",
                "parameters": {"type": "object", "properties": {"metric": {"type": "string"}}},
            }}],
            "stream": true, "temperature": 0.0, "stream_options": {"include_usage": true},
        })
    );
}

#[tokio::test]
async fn a_model_that_takes_no_temperature_is_asked_without() {
    let refusal = json!({"error": {"message": "Unsupported value: 'temperature' does not support 0 with this model."}}).to_string();
    let turns = [Turn::response(400, "application/json", &refusal), Turn::text("ok"), Turn::text("ok")];
    let server = ScriptedOpenAi::start(turns).await;
    let model = server.model(PATIENCE);
    for _ in 0..2 {
        assert_eq!(ask(&model).await.0.unwrap().text, "ok");
    }
    let sent: Vec<bool> = server.requests().iter().map(|asked| asked.body.get("temperature").is_some()).collect();
    assert_eq!(sent, [true, false, false]);
}

#[tokio::test]
async fn a_stall_ends_at_the_deadline() {
    let pieces = vec![event(&delta(json!({"content": "run-0"}))), Piece::Wait(Duration::from_secs(600))];
    let server = ScriptedOpenAi::start([Turn::stream(pieces), Turn::stream(vec![Piece::Wait(Duration::from_secs(600))])]).await;
    let model = server.model(Duration::from_millis(300));
    for _ in 0..2 {
        let begun = Instant::now();
        let error = ask(&model).await.0.unwrap_err();
        assert_eq!(error, ModelError::Timeout { after: Duration::from_millis(300) });
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn a_complete_reply_does_not_wait_for_a_server_that_forgets_to_hang_up() {
    let pieces = vec![event(&delta(json!({"content": "ok"}))), event(&finish("stop")), Piece::Wait(Duration::from_secs(600))];
    let begun = Instant::now();
    assert_eq!(reply_to(Turn::stream(pieces)).await.0.unwrap().text, "ok");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_cut_stream_is_no_reply() {
    let half = || event(&delta(json!({"content": "run-0"})));
    for pieces in [vec![half(), Piece::Wait(Duration::from_millis(50)), Piece::Cut], vec![half()]] {
        let (reply, heard) = reply_to(Turn::stream(pieces)).await;
        assert!(matches!(reply, Err(ModelError::Interrupted(_))), "{reply:?}");
        assert_eq!(heard, "run-0");
    }
}

#[tokio::test]
async fn events_that_are_no_json_are_malformed() {
    for text in ["data: {\"choices\": [\n\n", "data: hello\n\n"] {
        let error = error_of(Turn::stream(vec![send(text)])).await;
        assert!(matches!(error, ModelError::Malformed(_)), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_event_stream_at_all_is_no_reply() {
    let page = error_of(Turn::response(200, "text/html", "<html>hello</html>")).await;
    assert!(page.to_string().contains("base URL"), "{page}");
    let error = error_of(Turn::response(200, "application/json", "{\"choices\":")).await;
    assert!(matches!(error, ModelError::Malformed(_)), "{error:?}");
    let error = error_of(Turn::response(200, "text/plain", "hello")).await;
    assert!(matches!(error, ModelError::Interrupted(_)), "{error:?}");
}

#[tokio::test]
async fn an_error_inside_the_stream_is_a_refusal() {
    let error = error_of(Turn::events(&[json!({"error": {"message": "overloaded"}})])).await;
    assert_eq!(error, ModelError::Rejected { status: 200, message: "overloaded".to_owned() });
}

#[tokio::test]
async fn a_refusal_never_shows_the_key() {
    let body = json!({"error": {"message": format!("Incorrect API key provided: {KEY}."), "code": "invalid_api_key"}}).to_string();
    let error = error_of(Turn::response(401, "application/json", &body)).await;
    assert_eq!(error, ModelError::Rejected { status: 401, message: "Incorrect API key provided: ***.".to_owned() });
    let error = error_of(Turn::stream(vec![send(&format!("data: {KEY}\n\n"))])).await;
    assert!(!format!("{error} {error:?}").contains(KEY));
}

#[tokio::test]
async fn a_long_retry_after_ends_at_once() {
    let turn = Turn::response(429, "application/json", "{}").with_header("retry-after", "86400");
    let server = ScriptedOpenAi::start([turn, Turn::text("too late")]).await;
    let begun = Instant::now();
    let error = ask(&server.model(PATIENCE)).await.0.unwrap_err();
    assert_eq!(error, ModelError::RateLimited { retry_after: Some(Duration::from_secs(86400)) });
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_short_retry_after_is_waited_for() {
    let busy = Turn::response(429, "application/json", "{}").with_header("retry-after", "1");
    let server = ScriptedOpenAi::start([busy, Turn::text("ok")]).await;
    let begun = Instant::now();
    assert_eq!(ask(&server.model(PATIENCE)).await.0.unwrap().text, "ok");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn passing_trouble_is_tried_again_and_lasting_trouble_is_not() {
    let down = || Turn::response(503, "text/html", "<html>down</html>");
    let server = ScriptedOpenAi::start([down(), down(), Turn::text("ok")]).await;
    assert_eq!(ask(&server.model(PATIENCE)).await.0.unwrap().text, "ok");

    let server = ScriptedOpenAi::start([down(), down(), down(), Turn::text("too late")]).await;
    let error = ask(&server.model(PATIENCE)).await.0.unwrap_err();
    assert_eq!(error, ModelError::Rejected { status: 503, message: "service unavailable".to_owned() });

    let quota = Turn::response(429, "application/json", "{\"error\":{\"message\":\"no money\",\"code\":\"insufficient_quota\"}}");
    let server = ScriptedOpenAi::start([quota, Turn::text("too late")]).await;
    let error = ask(&server.model(PATIENCE)).await.0.unwrap_err();
    assert_eq!(error, ModelError::Rejected { status: 429, message: "no money".to_owned() });
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let word = format!("data: {}\n\n", delta(json!({"reasoning_content": "x".repeat(60_000)})));
    for endless in
        [Turn::stream(vec![Piece::Repeat(word.into_bytes(), 100_000)]), Turn::stream(vec![Piece::Repeat(vec![b'x'; 60_000], 100_000)])]
    {
        let error = error_of(endless).await;
        assert!(matches!(error, ModelError::TooLarge { .. }), "{error:?}");
    }
    let mut whole = Turn::response(200, "application/json", "");
    whole = whole.followed_by(Piece::Repeat(vec![b' '; 60_000], 100_000));
    assert!(matches!(error_of(whole).await, ModelError::TooLarge { .. }));
    let refusal = Turn::response(400, "text/plain", "no").followed_by(Piece::Repeat(vec![b'o'; 60_000], 100_000));
    let error = error_of(refusal).await.to_string();
    assert!(error.len() < 500, "{} bytes", error.len());
}

#[tokio::test]
async fn a_dropped_reply_ends_the_request() {
    let server = ScriptedOpenAi::start([Turn::stream(vec![Piece::Wait(Duration::from_secs(600))]), Turn::text("ok")]).await;
    let model = server.model(PATIENCE);
    assert!(tokio::time::timeout(Duration::from_millis(100), ask(&model)).await.is_err());
    assert_eq!(ask(&model).await.0.unwrap().text, "ok");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let model = {
        let server = ScriptedOpenAi::start([]).await;
        server.model(PATIENCE)
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = ask(&model).await.0.unwrap_err();
    assert!(matches!(&error, ModelError::Unreachable { endpoint, .. } if endpoint.starts_with("http://127.0.0.1:")), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
}
