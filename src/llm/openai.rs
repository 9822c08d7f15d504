//! Any server that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp, `LiteLLM`.
//!
//! async-openai makes the requests and reads the events; what it leaves open is closed here: its own client has no timeouts,
//! retries as long as `Retry-After` says, reads the environment, and its types refuse what other vendors send. So we hand in
//! the HTTP client, send by `transport`, and read events as plain JSON in `wire`.

mod transport;
mod wire;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::{Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{ModelError, Reply, Request};
use transport::Attempt;
use wire::{Assembly, Extras};

/// How long a connection may take. Model servers are near or very well connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the server may say nothing at all, before the first word and between two.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long we wait after a complete reply for the usage that some servers send behind it.
const USAGE_GRACE: Duration = Duration::from_secs(1);

/// Which server, which model.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address under which `/chat/completions` lies, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The model's name at that server.
    pub model: String,
    /// The key, if the server wants one.
    pub api_key: Option<SecretString>,
    /// How long a whole reply may take, retries included.
    pub deadline: Duration,
}

/// A client of one server and model.
#[derive(Debug)]
pub struct OpenAi {
    endpoint: Endpoint,
    /// Where that is, for others to read: a gateway may want the key in the path.
    address: String,
    model: String,
    deadline: Duration,
    http: reqwest::Client,
    /// The server refused a request member that not all have; we leave such members out from then on.
    bare: AtomicBool,
}

impl OpenAi {
    /// A client that sends by `http`, which [`http_client`] builds.
    pub fn new(settings: Settings, http: reqwest::Client) -> Result<Self, ModelError> {
        let api_key = settings.api_key.unwrap_or_default();
        let base_url = address(&settings.base_url)?;
        let address = keyless_address(&settings.base_url, api_key.expose_secret())?;
        let endpoint = Endpoint::new(base_url, api_key)?;
        Ok(Self { address, endpoint, model: settings.model, deadline: settings.deadline, http, bare: AtomicBool::new(false) })
    }

    /// The model's name at the server.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The server's address, as [`keyless_address`] gives it.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Asks the server for its models, which costs nothing; one that has no such list answers all the same.
    pub(super) async fn answers(&self) -> Result<(), ModelError> {
        let asked = self.http.get(self.endpoint.url("/models")).headers(self.endpoint.headers()).timeout(CONNECT_TIMEOUT).send().await;
        let outcome = match asked {
            Ok(reply) if reply.status().is_success() || matches!(reply.status().as_u16(), 404 | 405) => Ok(()),
            Ok(reply) => Err(ModelError::Rejected { status: reply.status().as_u16(), message: "it does not list its models".to_owned() }),
            Err(error) => Err(ModelError::Unreachable { endpoint: self.address.clone(), problem: transport::innermost(&error) }),
        };
        outcome.map_err(|error| self.endpoint.without_key(error))
    }

    pub(super) async fn reply(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, ModelError> {
        let until = Instant::now() + self.deadline;
        let extras = if self.bare.load(Ordering::Relaxed) { Extras::Omitted } else { Extras::Sent };
        let first = self.attempt(request, extras, until, on_delta).await;
        let outcome = match first {
            Err(ModelError::Rejected { status: 400 | 422, message }) if extras == Extras::Sent && wire::is_about_extras(&message) => {
                self.bare.store(true, Ordering::Relaxed);
                self.attempt(request, Extras::Omitted, until, on_delta).await
            }
            Ok(_) | Err(_) => first,
        };
        outcome.map(|reply| self.endpoint.reply_without_key(reply)).map_err(|error| self.endpoint.without_key(error))
    }

    async fn attempt(
        &self,
        request: &Request,
        extras: Extras,
        until: Instant,
        on_delta: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, ModelError> {
        let too_late = || ModelError::Timeout { after: self.deadline };
        let attempt = Arc::new(Attempt::new(self.http.clone(), self.address.clone()));
        let body = wire::request_body(&self.model, request, extras);
        let mut events = timeout_at(until, self.open(&attempt, body)).await.map_err(|_| too_late())??;
        let mut assembly = Assembly::default();
        let mut until = until;
        loop {
            let Ok(event) = timeout_at(until, events.next()).await else {
                if assembly.is_complete() {
                    break;
                }
                return Err(too_late());
            };
            match event {
                Some(Ok(chunk)) => assembly.take(&chunk, on_delta)?,
                Some(Err(_)) if assembly.is_complete() => break,
                Some(Err(error)) => return Err(attempt.failure().unwrap_or_else(|| model_error(error))),
                None => break,
            }
            if assembly.is_complete() {
                until = until.min(Instant::now() + USAGE_GRACE);
            }
        }
        assembly.finish(request.messages.len())
    }

    async fn open(&self, attempt: &Arc<Attempt>, body: Value) -> Result<Events, ModelError> {
        let attempt = Arc::clone(attempt);
        // A client an attempt, which costs two allocations: its transport then has a place to leave the typed error that
        // async-openai would flatten into text.
        let service = tower::service_fn(move |factory: HttpRequestFactory| {
            let attempt = Arc::clone(&attempt);
            async move {
                let build = || async { factory.build().await.map_err(model_error) };
                attempt.send(build).await.map_err(|error| OpenAIError::Boxed(Box::new(error)))
            }
        });
        let client = Client::build(self.http.clone(), self.endpoint.clone()).with_http_service(service);
        client.chat().create_stream_byot::<Value, Value>(body).await.map_err(model_error)
    }
}

type Events = Pin<Box<dyn Stream<Item = Result<Value, OpenAIError>> + Send>>;

/// The HTTP client for the server at `base_url`; build it once, at start, for it keeps the connections.
pub fn http_client(base_url: &str) -> Result<reqwest::Client, ModelError> {
    let url = parse_base_url(base_url)?;
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        // A redirected POST becomes a GET, and may carry the conversation to another host.
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("trialogue/", env!("CARGO_PKG_VERSION")));
    if is_loopback(&url) {
        builder = builder.no_proxy();
    }
    if url.scheme() == "http" {
        // reqwest reads the system's certificates while building, and fails where there are none, needed or not.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| {
        ModelError::Misconfigured(format!(
            "cannot set up TLS for the model's server: {}; install the system's CA certificates or set SSL_CERT_FILE",
            transport::innermost(&error)
        ))
    })
}

/// A base URL in one spelling, so that two of the same server are the same text, and without the key, for gateways want it in the path:
/// the only form of the address that is told, written down and compared.
///
/// # Errors
/// Where it is no base URL, or holds credentials, which are not repeated.
pub fn keyless_address(base_url: &str, key: &str) -> Result<String, ModelError> {
    let mut address = address(base_url)?;
    // A URL may spell the key otherwise: its letters small in a host's name, and some of them encoded in a path.
    for spelling in [key.to_owned(), in_a_path(key), key.to_ascii_lowercase()].iter().filter(|spelling| !spelling.is_empty()) {
        address = address.replace(spelling.as_str(), KEY_TAKEN_OUT);
    }
    Ok(address)
}

/// What stands where the key stood.
const KEY_TAKEN_OUT: &str = "***";

fn in_a_path(key: &str) -> String {
    let url = reqwest::Url::parse("http://host/").and_then(|base| base.join(&format!("/{key}")));
    url.map(|url| url.path().trim_start_matches('/').to_owned()).unwrap_or_default()
}

fn address(base_url: &str) -> Result<String, ModelError> {
    Ok(parse_base_url(base_url)?.as_str().trim_end_matches('/').to_owned())
}

fn parse_base_url(base_url: &str) -> Result<reqwest::Url, ModelError> {
    // The address is not repeated in these errors: it may hold the very password that must not be shown.
    let wrong = |problem: &str| {
        ModelError::Misconfigured(format!(
            "the model's base URL {problem}; write it like `https://api.openai.com/v1` and put the key into OPENAI_API_KEY"
        ))
    };
    let url = reqwest::Url::parse(base_url.trim()).map_err(|error| wrong(&format!("is not a URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("begins with neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a query or fragment"));
    }
    Ok(url)
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Where and with which key: async-openai's own `OpenAIConfig` reads the environment and panics on a key with a line break.
#[derive(Debug, Clone)]
struct Endpoint {
    base_url: String,
    headers: HeaderMap,
    api_key: SecretString,
}

impl Endpoint {
    fn new(base_url: String, api_key: SecretString) -> Result<Self, ModelError> {
        let mut headers = HeaderMap::new();
        if !api_key.expose_secret().is_empty() {
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", api_key.expose_secret())).map_err(|_| {
                ModelError::Misconfigured("OPENAI_API_KEY holds a line break or another character that no header may hold".to_owned())
            })?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        Ok(Self { base_url, headers, api_key })
    }

    /// The reply without the key, which a server that had it could put there.
    fn reply_without_key(&self, mut reply: Reply) -> Reply {
        let key = self.api_key.expose_secret();
        let calls = reply.calls.iter_mut().flat_map(|call| [&mut call.name, &mut call.arguments]);
        for text in calls.chain([&mut reply.text]).filter(|text| !key.is_empty() && text.contains(key)) {
            *text = text.replace(key, KEY_TAKEN_OUT);
        }
        reply
    }

    /// The error without the key, which servers are known to repeat, and without pages of text.
    fn without_key(&self, error: ModelError) -> ModelError {
        let clean = |text: String| {
            let key = self.api_key.expose_secret();
            // The key goes first: a text cut within the key would no longer match it.
            let text = if key.is_empty() { text } else { text.replace(key, KEY_TAKEN_OUT) };
            wire::excerpt(&text)
        };
        match error {
            ModelError::Unreachable { endpoint, problem } => ModelError::Unreachable { endpoint, problem: clean(problem) },
            ModelError::Rejected { status, message } => ModelError::Rejected { status, message: clean(message) },
            ModelError::Interrupted(problem) => ModelError::Interrupted(clean(problem)),
            ModelError::Malformed(problem) => ModelError::Malformed(clean(problem)),
            ModelError::Refused(words) => ModelError::Refused(clean(words)),
            ModelError::Timeout { .. }
            | ModelError::RateLimited { .. }
            | ModelError::TooLarge { .. }
            | ModelError::Unusable(_)
            | ModelError::OverBudget(_)
            | ModelError::Misconfigured(_)
            | ModelError::NotRecorded(_) => error,
        }
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.api_key
    }
}

/// What async-openai's error means. The transport answers for statuses and connections, so little else comes this way.
fn model_error(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::Boxed(error) => match error.downcast::<ModelError>() {
            Ok(error) => *error,
            Err(error) => ModelError::Malformed(error.to_string()),
        },
        OpenAIError::JSONDeserialize(error, content) => ModelError::Malformed(format!("an event is not JSON ({error}): {content}")),
        OpenAIError::StreamError(error) => ModelError::Malformed(error.to_string()),
        OpenAIError::ApiError(error) => {
            ModelError::Rejected { status: error.status_code.as_u16(), message: error.api_error.message.clone() }
        }
        OpenAIError::Reqwest(error) => ModelError::Interrupted(transport::innermost(&error)),
        OpenAIError::InvalidArgument(problem) | OpenAIError::FileSaveError(problem) | OpenAIError::FileReadError(problem) => {
            ModelError::Malformed(problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base_url: &str, key: &str) -> Settings {
        Settings {
            base_url: base_url.to_owned(),
            model: "m".to_owned(),
            api_key: Some(SecretString::from(key)),
            deadline: Duration::from_secs(1),
        }
    }

    #[test]
    fn a_wrong_base_url_is_refused_without_repeating_it() {
        for base_url in
            ["", "localhost:8000", "file:///etc/passwd", "https://user:hunter2@example.com/v1", "https://example.com/?key=hunter2"]
        {
            let error = http_client(base_url).unwrap_err().to_string();
            assert!(error.contains("base URL") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_key_is_never_printed() {
        let http = http_client("http://127.0.0.1:1/v1").unwrap();
        let open_ai = OpenAi::new(settings("http://127.0.0.1:1/v1/", "sk-secret"), http.clone()).unwrap();
        assert!(!format!("{open_ai:?}").contains("sk-secret"));
        assert!(!format!("{:?}", settings("http://127.0.0.1:1", "sk-secret")).contains("sk-secret"));
        let keyed = OpenAi::new(settings("http://127.0.0.1:1/sk-secret/v1/", "sk-secret"), http.clone()).unwrap();
        assert_eq!((open_ai.address(), keyed.address()), ("http://127.0.0.1:1/v1", "http://127.0.0.1:1/***/v1"));
        let error = OpenAi::new(settings("http://127.0.0.1:1/v1", "sk-secret\n"), http).unwrap_err();
        assert!(!error.to_string().contains("sk-secret"));
        let echoed = ModelError::Rejected { status: 401, message: format!("{}wrong key: sk-secret", "x".repeat(295)) };
        assert!(!open_ai.endpoint.without_key(echoed).to_string().contains("sk-"));
    }

    #[test]
    fn an_address_is_told_without_the_key_however_a_url_spells_it() {
        let check = |base_url: &str, key: &str, expected: &str| assert_eq!(keyless_address(base_url, key).unwrap(), expected);
        check("https://gw.example/sk-1/v1/", "sk-1", "https://gw.example/***/v1");
        check("https://gw.example/sk 1/v1", "sk 1", "https://gw.example/***/v1");
        check("https://gw.example/sk%201/v1", "sk 1", "https://gw.example/***/v1");
        check("https://SK-Key.gw.example/v1", "SK-Key", "https://***.gw.example/v1");
        check("https://gw.example/v1/", "", "https://gw.example/v1");
    }

    #[tokio::test]
    async fn a_server_that_is_not_reached_is_told_without_the_key() {
        let base_url = "http://127.0.0.1:1/sk-secret/v1";
        let open_ai = OpenAi::new(settings(base_url, "sk-secret"), http_client(base_url).unwrap()).unwrap();
        for told in [open_ai.answers().await.unwrap_err(), open_ai.reply(&Request::default(), &mut |_: &str| {}).await.unwrap_err()] {
            assert!(told.to_string().contains("http://127.0.0.1:1/***/v1") && !told.to_string().contains("sk-secret"), "{told}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_address() {
        let check = |url: &str, expected: bool| assert_eq!(is_loopback(&reqwest::Url::parse(url).unwrap()), expected, "{url}");
        check("http://localhost:11434/v1", true);
        check("http://127.0.0.2/v1", true);
        check("http://[::1]:8000/v1", true);
        check("http://localhost.example.com/v1", false);
        check("http://10.0.0.1/v1", false);
    }
}
