//! Which server, and who asks: parsed once, with everything secret kept where nothing prints it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::store::StoreError;

/// How long one call of the store may take unless said otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Debug, Clone, Default)]
pub enum Credentials {
    /// Nobody in particular, or the user that stands in the URI.
    #[default]
    None,
    /// `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`.
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// `MLFLOW_TRACKING_TOKEN`.
    Bearer(SecretString),
}

/// Which server, and how to reach it.
#[derive(Clone)]
pub struct Settings {
    /// `http(s)://[user:password@]host[:port][/prefix]`.
    pub uri: String,
    /// Who asks; without any, the user that stands in the URI.
    pub credentials: Credentials,
    /// Headers that a gateway before the server wants, on every request.
    pub headers: Vec<(String, SecretString)>,
    /// `MLFLOW_WORKSPACE`, for servers that have workspaces.
    pub workspace: Option<String>,
    /// `MLFLOW_TRACKING_SERVER_CERT_PATH`: the certificates (PEM) that are trusted, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// `MLFLOW_TRACKING_INSECURE_TLS`: takes any certificate.
    pub insecure_tls: bool,
    /// How long one call of the store may take, retries included.
    pub deadline: Duration,
}

impl Settings {
    /// The server at `uri`, asked by nobody in particular.
    #[must_use]
    pub fn new(uri: &str) -> Self {
        Self {
            uri: uri.to_owned(),
            credentials: Credentials::None,
            headers: Vec::new(),
            workspace: None,
            ca_file: None,
            insecure_tls: false,
            deadline: DEADLINE,
        }
    }
}

/// Without what may be secret: the user in the URI and the values of headers.
impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        let uri = Address::parse(&self.uri).map(|address| address.shown()).unwrap_or_else(|_| "***".to_owned());
        formatter
            .debug_struct("Settings")
            .field("uri", &uri)
            .field("credentials", &self.credentials)
            .field("headers", &names)
            .field("workspace", &self.workspace)
            .field("ca_file", &self.ca_file)
            .field("insecure_tls", &self.insecure_tls)
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// The server's address, without the user that may stand in it.
#[derive(Debug, Clone)]
pub(super) struct Address {
    base: Url,
    username: String,
    password: SecretString,
}

impl Address {
    /// Reads a tracking URI.
    pub(super) fn parse(uri: &str) -> Result<Self, StoreError> {
        // The address is not repeated in these errors: it may hold a password.
        let wrong = |problem: &str| {
            StoreError::Unavailable(format!(
                "the tracking URI {problem}: write it like `http://mlflow:5000`, with a path prefix if there is one"
            ))
        };
        let mut base = Url::parse(uri.trim()).map_err(|error| wrong(&format!("is no URL ({error})")))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none_or(str::is_empty) {
            return Err(wrong("names no server by http:// or https://"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(wrong("has a query or fragment"));
        }
        let username = decoded(base.username());
        let password = SecretString::from(decoded(base.password().unwrap_or_default()));
        // These fail only where there is no host, which was refused above.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        let prefix = base.path().trim_end_matches('/').to_owned();
        base.set_path(&prefix);
        Ok(Self { base, username, password })
    }

    /// The address of `path`, given without a leading slash.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}/{path}"));
        url
    }

    /// For messages: no user, no trailing slash.
    pub(super) fn shown(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Host and port as the server's Host check sees them.
    pub(super) fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// A part of a URL as it was meant: `%40` is `@`.
fn decoded(part: &str) -> String {
    let pair = format!("v={}", part.replace('+', "%2B"));
    url_pairs(&pair)
}

/// The value of a single query pair, decoded by the same parser that reads URLs.
fn url_pairs(pair: &str) -> String {
    let Ok(url) = Url::parse(&format!("http://x/?{pair}")) else { return String::new() };
    url.query_pairs().next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The headers of every request, and the texts that no message may repeat.
pub(super) struct Identity {
    pub(super) headers: HeaderMap,
    pub(super) secrets: Vec<SecretString>,
}

/// What every request carries.
pub(super) fn identity(settings: &Settings, address: &Address) -> Result<Identity, StoreError> {
    let mut headers = HeaderMap::new();
    let mut secrets = Vec::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Custom headers first, so that a stray `Authorization` among them does not beat the credentials.
    for (name, value) in &settings.headers {
        let known = HeaderName::try_from(name.as_str())
            .map_err(|_| StoreError::Unavailable(format!("`{name}` is no name of an HTTP header: write `Name: value`, one a line")))?;
        headers.insert(known, sensitive(value.expose_secret(), &format!("the header `{name}`"))?);
        secrets.push(value.clone());
    }
    let basic = |username: &str, password: &SecretString| {
        let pair = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
        (format!("Basic {pair}"), vec![SecretString::from(pair), password.clone()])
    };
    let authorization = match &settings.credentials {
        Credentials::Basic { username, password } => Some(basic(username, password)),
        Credentials::Bearer(token) => Some((format!("Bearer {}", token.expose_secret()), vec![token.clone()])),
        Credentials::None if address.username.is_empty() && address.password.expose_secret().is_empty() => None,
        Credentials::None => Some(basic(&address.username, &address.password)),
    };
    if let Some((value, texts)) = authorization {
        headers.insert(AUTHORIZATION, sensitive(&value, "the tracking server's user, password or token")?);
        secrets.extend(texts);
    }
    if let Some(workspace) = settings.workspace.as_ref().map(|workspace| workspace.trim()).filter(|workspace| !workspace.is_empty()) {
        let value = HeaderValue::try_from(workspace)
            .map_err(|_| StoreError::Unavailable(format!("MLFLOW_WORKSPACE is `{workspace}`, which is no name of a workspace")))?;
        headers.insert(HeaderName::from_static("x-mlflow-workspace"), value);
    }
    secrets.retain(|secret| !secret.expose_secret().is_empty());
    Ok(Identity { headers, secrets })
}

fn sensitive(value: &str, what: &str) -> Result<HeaderValue, StoreError> {
    let mut header = HeaderValue::try_from(value)
        .map_err(|_| StoreError::Unavailable(format!("{what} holds a line break or another character that no header may hold")))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_kept_and_a_user_is_not() {
        let check = |uri: &str, expected: &str| assert_eq!(Address::parse(uri).unwrap().join("api/2.0/x").as_str(), expected, "{uri}");
        check("http://mlflow:5000", "http://mlflow:5000/api/2.0/x");
        check("http://mlflow:5000/", "http://mlflow:5000/api/2.0/x");
        check("https://example.com/team%20a/mlflow/", "https://example.com/team%20a/mlflow/api/2.0/x");
        check("https://ana:p%40ss@example.com/m", "https://example.com/m/api/2.0/x");
        check(" http://[::1]:5000 ", "http://[::1]:5000/api/2.0/x");
    }

    #[test]
    fn a_user_in_the_uri_is_sent_as_basic_unless_credentials_are_given() {
        let sent = |settings: &Settings| {
            let identity = identity(settings, &Address::parse(&settings.uri).unwrap()).unwrap();
            identity.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned())
        };
        let mut settings = Settings::new("http://ana:p%40s%2Bs+@h");
        assert_eq!(sent(&settings), Some(format!("Basic {}", STANDARD.encode("ana:p@s+s+"))));
        settings.credentials = Credentials::Bearer(SecretString::from("t0k"));
        assert_eq!(sent(&settings), Some("Bearer t0k".to_owned()));
        assert_eq!(sent(&Settings::new("http://h")), None);
    }

    #[test]
    fn nothing_secret_prints() {
        let mut settings = Settings::new("http://ana:canary1@h:1/x");
        settings.credentials = Credentials::Basic { username: "ana".to_owned(), password: SecretString::from("canary2") };
        settings.headers = vec![("X-Key".to_owned(), SecretString::from("canary3"))];
        let address = Address::parse(&settings.uri).unwrap();
        let shown = format!("{settings:?} {address:?} {} {:?}", address.shown(), identity(&settings, &address).unwrap().headers);
        assert!(!shown.contains("canary") && shown.contains("http://h:1/x"), "{shown}");
        settings.headers = vec![("X-Key".to_owned(), SecretString::from("canary\n"))];
        assert!(!identity(&settings, &address).err().unwrap().to_string().contains("canary"));
        assert!(!Address::parse("ftp://ana:canary@h").unwrap_err().to_string().contains("canary"));
    }
}
