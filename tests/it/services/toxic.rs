//! A proxy that spoils what passes between a client and a server, one way at a time.
//!
//! It speaks as much HTTP/1.1 as our client and MLflow do: one request after the other on a connection, bodies with a length. Threads and
//! blocking sockets: a test has a handful of connections.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long the server behind the proxy may take.
const SERVER_LIMIT: Duration = Duration::from_secs(60);

/// The size of [`Toxic::HugeBody`].
pub(crate) const HUGE_BODY: usize = 100 << 20;

/// How an exchange is spoiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toxic {
    /// The reply comes late.
    Late(Duration),
    /// The server acts and replies; the client's connection is cut before a byte of it.
    CutAfterRequest,
    /// The connection is cut after half of the reply's body.
    CutMidBody,
    /// The reply promises more bytes than come before the connection ends.
    LengthTooLong,
    /// The reply promises fewer bytes than come.
    LengthTooShort,
    /// The server never hears of it: 429 with this `Retry-After`.
    TooMany(&'static str),
    /// The server acts, its reply is lost: 503 with an MLflow error.
    UnavailableAfterCommit,
    /// The server never hears of it: a page for people, as of a proxy that wants a login.
    LoginPage,
    /// The server acts; the reply is [`HUGE_BODY`] of JSON.
    HugeBody,
    /// The request is read and never answered.
    Silence,
}

impl Toxic {
    /// Every one.
    pub(crate) const ALL: [Self; 11] = [
        Self::Late(Duration::from_millis(200)),
        Self::CutAfterRequest,
        Self::CutMidBody,
        Self::LengthTooLong,
        Self::LengthTooShort,
        Self::TooMany("1"),
        Self::TooMany("86400"),
        Self::UnavailableAfterCommit,
        Self::LoginPage,
        Self::HugeBody,
        Self::Silence,
    ];
}

/// A running proxy.
pub(crate) struct ToxicProxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: u16,
    poison: Mutex<Option<Poison>>,
    passed: Mutex<Vec<String>>,
    is_closed: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Poison {
    toxic: Toxic,
    /// Of requests whose path ends so.
    path: &'static str,
    /// For how many of them more; `None` for all.
    left: Option<usize>,
}

impl ToxicProxy {
    /// Starts one before the server on the loopback port `server`, harmless until told otherwise.
    pub(crate) fn start(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { server, poison: Mutex::default(), passed: Mutex::default(), is_closed: AtomicBool::new(false) });
        let state = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if state.is_closed.load(Ordering::Relaxed) {
                    return;
                }
                let state = Arc::clone(&state);
                // A connection that breaks is what the proxy is for.
                std::thread::spawn(move || drop(serve(client, &state)));
            }
        });
        Self { port, shared }
    }

    /// What a client is given as tracking URI.
    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Spoils all requests from now on whose path ends in `path`.
    pub(crate) fn poison(&self, toxic: Toxic, path: &'static str) {
        *self.shared.poison.lock().unwrap() = Some(Poison { toxic, path, left: None });
    }

    /// Spoils the next such request only.
    pub(crate) fn poison_next(&self, toxic: Toxic, path: &'static str) {
        *self.shared.poison.lock().unwrap() = Some(Poison { toxic, path, left: Some(1) });
    }

    /// Lets everything pass.
    pub(crate) fn heal(&self) {
        *self.shared.poison.lock().unwrap() = None;
    }

    /// `METHOD /path` of all that the server was asked since the last time.
    pub(crate) fn take_passed(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.passed.lock().unwrap())
    }
}

impl Drop for ToxicProxy {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Shared {
    /// What to do to a request that has just come in.
    fn toxic(&self, request: &Message) -> Option<Toxic> {
        let mut poison = self.poison.lock().unwrap();
        let Poison { toxic, path, left } = (*poison)?;
        if !request.asked().ends_with(path) {
            return None;
        }
        match left {
            Some(0) => return None,
            Some(left) => *poison = Some(Poison { toxic, path, left: Some(left - 1) }),
            None => {}
        }
        Some(toxic)
    }

    /// The server's reply, read to its end.
    fn ask(&self, request: &Message) -> Result<Message> {
        self.passed.lock().unwrap().push(request.asked());
        let mut server = TcpStream::connect(("127.0.0.1", self.server))?;
        server.set_read_timeout(Some(SERVER_LIMIT))?;
        server.write_all(request.head.as_bytes())?;
        server.write_all(&request.body)?;
        Message::read(&mut BufReader::new(server)).and_then(|reply| reply.ok_or_else(|| Error::from(ErrorKind::UnexpectedEof)))
    }
}

fn serve(mut client: TcpStream, shared: &Shared) -> Result<()> {
    let mut requests = BufReader::new(client.try_clone()?);
    while let Some(request) = Message::read(&mut requests)? {
        let Some(toxic) = shared.toxic(&request) else {
            let reply = shared.ask(&request)?;
            client.write_all(reply.head.as_bytes())?;
            client.write_all(&reply.body)?;
            continue;
        };
        match toxic {
            Toxic::Late(by) => {
                let reply = shared.ask(&request)?;
                std::thread::sleep(by);
                client.write_all(reply.head.as_bytes())?;
                client.write_all(&reply.body)?;
                continue;
            }
            Toxic::CutAfterRequest => drop(shared.ask(&request)?),
            Toxic::CutMidBody => {
                let reply = shared.ask(&request)?;
                client.write_all(reply.head.as_bytes())?;
                client.write_all(&reply.body[..reply.body.len() / 2])?;
            }
            Toxic::LengthTooLong => {
                let reply = shared.ask(&request)?;
                client.write_all(head("200 OK", "application/json", reply.body.len() + 17, "").as_bytes())?;
                client.write_all(&reply.body)?;
            }
            Toxic::LengthTooShort => {
                let reply = shared.ask(&request)?;
                client.write_all(head("200 OK", "application/json", reply.body.len() / 2, "").as_bytes())?;
                client.write_all(&reply.body)?;
            }
            Toxic::TooMany(seconds) => {
                let body = r#"{"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "slow down"}"#;
                let extra = format!("Retry-After: {seconds}\r\n");
                client.write_all((head("429 Too Many Requests", "application/json", body.len(), &extra) + body).as_bytes())?;
                continue;
            }
            Toxic::UnavailableAfterCommit => {
                drop(shared.ask(&request)?);
                let body = r#"{"error_code": "TEMPORARILY_UNAVAILABLE", "message": "the database went away"}"#;
                client.write_all((head("503 Service Unavailable", "application/json", body.len(), "") + body).as_bytes())?;
                continue;
            }
            Toxic::LoginPage => {
                let body = "<!doctype html><html><title>Sign in</title><form action=/login></form></html>";
                client.write_all((head("200 OK", "text/html; charset=utf-8", body.len(), "") + body).as_bytes())?;
                continue;
            }
            Toxic::HugeBody => {
                drop(shared.ask(&request)?);
                client.write_all(head("200 OK", "application/json", HUGE_BODY, "").as_bytes())?;
                write_huge_body(&mut client)?;
                continue;
            }
            // Until the client gives up.
            Toxic::Silence => drop(requests.read(&mut [0])),
        }
        return Ok(());
    }
    Ok(())
}

/// Valid JSON of [`HUGE_BODY`] bytes: `{"runs":["…` and blanks.
fn write_huge_body(client: &mut TcpStream) -> Result<()> {
    let (first, last) = (br#"{"runs":["#, b"]}");
    let chunk = vec![b' '; 1 << 16];
    let mut left = HUGE_BODY - first.len() - last.len();
    client.write_all(first)?;
    while left > 0 {
        let size = left.min(chunk.len());
        client.write_all(&chunk[..size])?;
        left -= size;
    }
    client.write_all(last)
}

fn head(status: &str, content_type: &str, length: usize, extra: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{extra}\r\n")
}

/// A request or a reply.
struct Message {
    /// Up to and with the empty line.
    head: String,
    body: Vec<u8>,
}

impl Message {
    /// `METHOD /path` of a request.
    fn asked(&self) -> String {
        let line = self.head.lines().next().unwrap_or_default();
        line.split(['?', ' ']).take(2).collect::<Vec<&str>>().join(" ")
    }

    /// The next one of a connection; nothing where it ends before one begins.
    fn read(stream: &mut impl BufRead) -> Result<Option<Self>> {
        let mut head = String::new();
        let mut length = 0;
        loop {
            let begin = head.len();
            if stream.read_line(&mut head)? == 0 {
                return if head.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
            let line = head[begin..].trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().map_err(|_| ErrorKind::InvalidData)?,
                    "transfer-encoding" => return Err(Error::other("chunked bodies are not understood")),
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        Ok(Some(Self { head, body }))
    }
}

#[test]
fn the_proxy_spoils_as_it_says_and_passes_the_rest() {
    const BODY: &str = r#"{"runs": ["0123456789"]}"#;
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in server.incoming().map_while(Result::ok) {
            drop(Message::read(&mut BufReader::new(client.try_clone().unwrap())));
            client.write_all((head("200 OK", "application/json", BODY.len(), "") + BODY).as_bytes()).unwrap();
        }
    });
    let proxy = ToxicProxy::start(port);
    // What a client that reads to the end of the connection sees, without the head, and whether the server was asked.
    let exchange = || {
        let mut client = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        client.write_all(b"GET /runs?a=1 HTTP/1.1\r\n\r\n").unwrap();
        client.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut reply = Vec::new();
        drop(client.read_to_end(&mut reply));
        let reply = String::from_utf8(reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).unwrap_or("none").to_owned();
        (status, body.to_owned(), proxy.take_passed() == ["GET /runs"])
    };
    let whole = || ("200".to_owned(), BODY.to_owned(), true);
    assert_eq!(exchange(), whole());
    for toxic in Toxic::ALL {
        proxy.poison_next(toxic, "/other");
        assert_eq!(exchange(), whole(), "{toxic:?} elsewhere");
        proxy.poison_next(toxic, "/runs");
        let (status, body, was_asked) = exchange();
        let seen = (status.as_str(), body.len(), was_asked);
        match toxic {
            Toxic::Late(_) | Toxic::LengthTooLong | Toxic::LengthTooShort => assert_eq!(seen, ("200", BODY.len(), true), "{toxic:?}"),
            Toxic::CutAfterRequest => assert_eq!(seen, ("none", 0, true)),
            Toxic::CutMidBody => assert_eq!(seen, ("200", BODY.len() / 2, true)),
            Toxic::TooMany(_) => assert_eq!((seen.0, seen.2), ("429", false)),
            Toxic::UnavailableAfterCommit => assert_eq!((seen.0, seen.2), ("503", true)),
            Toxic::LoginPage => assert_eq!((seen.0, seen.2, body.starts_with("<!doctype html>")), ("200", false, true)),
            Toxic::HugeBody => {
                assert_eq!(seen, ("200", HUGE_BODY, true));
                assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok());
            }
            Toxic::Silence => assert_eq!(seen, ("none", 0, false)),
        }
        assert_eq!(exchange(), whole(), "after {toxic:?}");
    }
    proxy.poison(Toxic::CutAfterRequest, "");
    assert_eq!([exchange().0, exchange().0], ["none", "none"]);
    proxy.heal();
    assert_eq!(exchange(), whole());
}
