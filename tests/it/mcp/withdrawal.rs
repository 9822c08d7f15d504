//! A request that the client takes back: nothing follows it, its work ends, and the next is served.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::{REVISION, message};
use crate::services::trialogue::Trialogue;

/// How long anything that has to come may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A tracking server that hears requests and answers none. Tells of each connection when something is asked and when it is given up.
fn deaf_server() -> (String, Receiver<&'static str>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let tell = tell.clone();
            std::thread::spawn(move || {
                let mut connection = connection;
                let mut heard = [0; 4096];
                if connection.read(&mut heard).is_ok_and(|count| count > 0) {
                    let _ = tell.send("asked");
                    while connection.read(&mut heard).is_ok_and(|count| count > 0) {}
                    let _ = tell.send("given up");
                }
            });
        }
    });
    (address, told)
}

fn slow_call() -> Value {
    json!({ "name": "list_runs", "arguments": { "experiment": "churn" }, "_meta": { "progressToken": "told" } })
}

#[test]
fn nothing_follows_what_was_withdrawn_over_standard_output() {
    let (uri, told) = deaf_server();
    for is_modern in [true, false] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trialogue"));
        command.args(["--tracking-uri", &uri, "mcp"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().unwrap();
        let mut input = program.stdin.take().unwrap();
        let (say, said) = channel::<Value>();
        let output = BufReader::new(program.stdout.take().unwrap());
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .filter(|line| !line.trim().is_empty())
                .try_for_each(|line| say.send(serde_json::from_str(&line).unwrap()))
        });
        let mut send = |value: &Value| writeln!(input, "{value}").unwrap();
        let next = || said.recv_timeout(PATIENCE).unwrap();
        if !is_modern {
            let client = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
            send(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": client }));
            assert_eq!(next()["result"]["protocolVersion"], "2025-11-25");
            send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        }
        let request = |id: u64, method: &str, params: Value| match is_modern {
            true => message(id, method, &params),
            false => json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }),
        };
        send(&request(1, "tools/call", slow_call()));
        let progress = next();
        assert_eq!((&progress["method"], &progress["params"]["progressToken"]), (&json!("notifications/progress"), &json!("told")));
        assert_eq!(told.recv_timeout(PATIENCE), Ok("asked"));
        send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1, "reason": "enough" } }));
        // Its work ends: the connection to the tracking server is closed long before any deadline.
        assert_eq!(told.recv_timeout(Duration::from_secs(5)), Ok("given up"));
        send(&request(2, "tools/list", json!({})));
        // Progress that was under way may come before the next answer, nothing after it.
        let answer = std::iter::repeat_with(next).find(|value| value["method"] != "notifications/progress").unwrap();
        assert_eq!((&answer["id"], answer["result"]["tools"].as_array().map(Vec::len)), (&json!(2), Some(11)), "{answer}");
        let later = said.recv_timeout(Duration::from_millis(2_500));
        assert!(later.is_err(), "{later:?}");
        drop(input);
        assert_eq!(program.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn who_goes_away_over_http_takes_the_request_back() {
    let (uri, told) = deaf_server();
    let service = Trialogue::start(&["--tracking-uri", &uri], &[("TRIALOGUE_CALLS_AT_ONCE", "1")]);
    let ask = |params: &Value| {
        let body = message(1, "tools/call", params).to_string();
        let mut connection = TcpStream::connect(("127.0.0.1", service.port())).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
             MCP-Protocol-Version: {REVISION}\r\nMcp-Method: tools/call\r\nMcp-Name: list_runs\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(body.as_bytes()).unwrap();
        connection
    };
    // With one call at a time, the next has its turn only if the one before was given up.
    for params in [slow_call(), json!({ "name": "list_runs", "arguments": { "experiment": "churn" } }), slow_call()] {
        let mut connection = ask(&params);
        assert_eq!(told.recv_timeout(PATIENCE), Ok("asked"));
        if params["_meta"]["progressToken"].is_string() {
            let mut heard = [0; 4096];
            let count = connection.read(&mut heard).unwrap();
            assert!(String::from_utf8_lossy(&heard[..count]).contains("text/event-stream"));
        }
        drop(connection);
        assert_eq!(told.recv_timeout(Duration::from_secs(5)), Ok("given up"), "{params}");
    }
}
