//! What `trialogue serve` is told: where it listens, who may ask, and how much it takes on.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::{ChatConfig, ConfigError, OfferConfig, OfferFlags, Setting, Source, Uri, listed};

/// The flags of `serve`. Each overrides the environment variable that it names.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServiceFlags {
    /// The address to listen on (overrides `TRIALOGUE_HOST`; 127.0.0.1 unless set). Others than loopback want `--keys` or a JWT issuer
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// The port to listen on, 0 for any that is free (overrides `TRIALOGUE_PORT`; 8080 unless set)
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// The file of API keys that `trialogue keys` manages (overrides `TRIALOGUE_KEYS`)
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// A host name under which the service is reached, such as `trialogue.example.com`; may be repeated (overrides `TRIALOGUE_ALLOWED_HOSTS`)
    #[arg(long = "allowed-host", value_name = "NAME")]
    pub allowed_hosts: Vec<String>,
    /// A web page's origin that may ask from a browser, such as `https://app.example.com`; may be repeated (overrides `TRIALOGUE_CORS_ORIGINS`)
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    pub cors_origins: Vec<String>,
    /// The address under which clients reach the service, such as `https://trialogue.example.com` (overrides `TRIALOGUE_PUBLIC_URL`)
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Which tools assistants are offered.
    #[command(flatten)]
    pub offer: OfferFlags,
    /// How log lines are written: `text` or `json` (overrides `TRIALOGUE_LOG_FORMAT`; text on a terminal, else JSON)
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// What the service is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceConfig {
    /// `TRIALOGUE_HOST`: the address to listen on.
    pub host: Setting<IpAddr>,
    /// `TRIALOGUE_PORT`: the port; 0 for any that is free.
    pub port: Setting<u16>,
    /// `TRIALOGUE_KEYS`: the file of API keys.
    pub keys: Option<PathBuf>,
    /// Whose JSON Web Tokens are taken, if anybody's.
    pub jwt: Option<JwtConfig>,
    /// `TRIALOGUE_ALLOWED_HOSTS`, separated by commas: host names under which the service is reached, beside IP addresses and `localhost`.
    pub allowed_hosts: Vec<String>,
    /// `TRIALOGUE_CORS_ORIGINS`, separated by commas: origins whose pages may ask from a browser.
    pub cors_origins: Vec<String>,
    /// `TRIALOGUE_PUBLIC_URL`: where clients reach the service, without a slash at its end; what they called it by unless set.
    pub public_url: Option<String>,
    /// Which tools assistants are offered over the Model Context Protocol.
    pub offer: OfferConfig,
    /// `TRIALOGUE_STATE`: where answers to repeated writes and conversations are kept; in memory only where there is no such place.
    pub state: Setting<Option<StatePlace>>,
    /// How much it takes on.
    pub load: Load,
    /// What the chat is told.
    pub chat: ChatConfig,
    /// `TRIALOGUE_LOG`: `error`, `warn`, `info` or `debug`.
    pub log_level: LogLevel,
    /// `TRIALOGUE_LOG_FORMAT`; absent for text on a terminal, else JSON.
    pub log_format: Option<LogFormat>,
    /// The name under which traces are exported: `OTEL_SERVICE_NAME`, `trialogue` unless set. Absent where neither
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` nor `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set, or `OTEL_SDK_DISABLED` is `true`.
    pub traces: Option<String>,
}

/// Where the state is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatePlace {
    /// In this SQLite file.
    File(PathBuf),
    /// In the database of a PostgreSQL server, for several replicas.
    Postgres(Uri),
}

impl StatePlace {
    fn of(place: String) -> Self {
        let is_server = place.starts_with("postgresql://") || place.starts_with("postgres://");
        if is_server { Self::Postgres(Uri(place)) } else { Self::File(PathBuf::from(place)) }
    }
}

/// How much the service takes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// `TRIALOGUE_REQUESTS_PER_MINUTE`: of one principal, 1,200 unless set.
    pub requests_per_minute: Setting<usize>,
    /// `TRIALOGUE_CALLS_PER_PRINCIPAL`: calls of one principal at a time, 8 unless set.
    pub calls_per_principal: Setting<usize>,
    /// `TRIALOGUE_CALLS_AT_ONCE`: calls of all at a time; as many as processors over a file and 16 over a server unless set.
    pub calls_at_once: Option<usize>,
    /// `TRIALOGUE_CONNECTIONS`: open connections, 2,048 unless set or the system allows fewer.
    pub connections: Setting<usize>,
    /// `TRIALOGUE_CALL_SECONDS`: how long one call may take, 30 s unless set.
    pub call_deadline: Duration,
    /// `TRIALOGUE_DRAIN_SECONDS`: how long requests under way may take to end at shutdown, 30 s unless set.
    pub drain: Duration,
}

/// Whose JSON Web Tokens are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtConfig {
    /// `TRIALOGUE_JWT_ISSUER`: the claim `iss` must be this.
    pub issuer: String,
    /// `TRIALOGUE_JWT_AUDIENCE`: the claim `aud` must hold this.
    pub audience: String,
    /// `TRIALOGUE_JWT_JWKS`: the issuer's public keys, a file or an `https://` address.
    pub jwks: String,
    /// `TRIALOGUE_JWT_ALGORITHM`: the only one taken, `RS256` unless set.
    pub algorithm: JwtAlgorithm,
    /// `TRIALOGUE_JWT_TENANT_CLAIM`: the claim that holds the tenant, `tenant_id` unless set.
    pub tenant_claim: String,
}

/// A signature algorithm with a public key; shared secrets are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 7518 §3.1 and RFC 8037")]
pub enum JwtAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
    EdDsa,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed on our side.
    Error,
    /// What a person should look at, too.
    Warn,
    /// One line a request, too.
    Info,
    /// What helps to find a fault, too.
    Debug,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl ServiceConfig {
    /// Reads flags over environment over defaults. `environment` gives the value of a variable.
    ///
    /// # Errors
    /// Where a value cannot be understood, with what would be right.
    pub fn read(flags: &ServiceFlags, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variable = |name: &'static str| environment(name).filter(|value| !value.trim().is_empty());
        let seconds = |name, default| Ok(Duration::from_secs(super::count(name, variable(name), default)?.value as u64));
        Ok(Self {
            host: host(flags.host.clone(), variable("TRIALOGUE_HOST"))?,
            port: port(flags.port.clone(), variable("TRIALOGUE_PORT"))?,
            keys: flags.keys.clone().or_else(|| variable("TRIALOGUE_KEYS").map(PathBuf::from)),
            jwt: jwt(variable)?,
            allowed_hosts: listed(&flags.allowed_hosts, variable("TRIALOGUE_ALLOWED_HOSTS")),
            cors_origins: origins(listed(&flags.cors_origins, variable("TRIALOGUE_CORS_ORIGINS")))?,
            public_url: public_url(flags.public_url.clone(), variable("TRIALOGUE_PUBLIC_URL"))?,
            offer: OfferConfig::read(&flags.offer, &environment)?,
            state: match variable("TRIALOGUE_STATE") {
                Some(place) => Setting { value: Some(StatePlace::of(place)), source: Source::Environment("TRIALOGUE_STATE") },
                None => Setting { value: state_file(variable).map(StatePlace::File), source: Source::Default },
            },
            load: Load {
                requests_per_minute: super::count("TRIALOGUE_REQUESTS_PER_MINUTE", variable("TRIALOGUE_REQUESTS_PER_MINUTE"), 1200)?,
                calls_per_principal: super::count("TRIALOGUE_CALLS_PER_PRINCIPAL", variable("TRIALOGUE_CALLS_PER_PRINCIPAL"), 8)?,
                calls_at_once: match variable("TRIALOGUE_CALLS_AT_ONCE") {
                    Some(value) => Some(super::count("TRIALOGUE_CALLS_AT_ONCE", Some(value), 1)?.value),
                    None => None,
                },
                connections: super::count("TRIALOGUE_CONNECTIONS", variable("TRIALOGUE_CONNECTIONS"), 2048)?,
                call_deadline: seconds("TRIALOGUE_CALL_SECONDS", 30)?,
                drain: seconds("TRIALOGUE_DRAIN_SECONDS", 30)?,
            },
            chat: ChatConfig::read(variable)?,
            log_level: log_level(variable("TRIALOGUE_LOG"))?,
            log_format: log_format(flags.log_format.clone(), variable("TRIALOGUE_LOG_FORMAT"))?,
            traces: traces(variable),
        })
    }

    /// Whether anybody has to say who he is.
    #[must_use]
    pub fn has_authentication(&self) -> bool {
        self.keys.is_some() || self.jwt.is_some()
    }
}

fn host(flag: Option<String>, variable: Option<String>) -> Result<Setting<IpAddr>, ConfigError> {
    let (name, value, source) = match (flag, variable) {
        (Some(value), _) => ("--host", value, Source::Flag("--host")),
        (None, Some(value)) => ("TRIALOGUE_HOST", value, Source::Environment("TRIALOGUE_HOST")),
        (None, None) => return Ok(Setting { value: IpAddr::V4(Ipv4Addr::LOCALHOST), source: Source::Default }),
    };
    let address = if value.trim() == "localhost" { "127.0.0.1" } else { value.trim() };
    match address.parse() {
        Ok(address) => Ok(Setting { value: address, source }),
        Err(_) => Err(ConfigError { name, value, expected: "an IP address such as `127.0.0.1` or `0.0.0.0`" }),
    }
}

fn port(flag: Option<String>, variable: Option<String>) -> Result<Setting<u16>, ConfigError> {
    let (name, value, source) = match (flag, variable) {
        (Some(value), _) => ("--port", value, Source::Flag("--port")),
        (None, Some(value)) => ("TRIALOGUE_PORT", value, Source::Environment("TRIALOGUE_PORT")),
        (None, None) => return Ok(Setting { value: 8080, source: Source::Default }),
    };
    match value.trim().parse() {
        Ok(port) => Ok(Setting { value: port, source }),
        Err(_) => Err(ConfigError { name, value, expected: "a port from 0 to 65535" }),
    }
}

fn public_url(flag: Option<String>, variable: Option<String>) -> Result<Option<String>, ConfigError> {
    let (name, value) = match (flag, variable) {
        (Some(value), _) => ("--public-url", value),
        (None, Some(value)) => ("TRIALOGUE_PUBLIC_URL", value),
        (None, None) => return Ok(None),
    };
    let is_url = value.starts_with("https://") || value.starts_with("http://");
    if is_url && !value.contains(['"', '\\', '?', '#', ' ']) {
        return Ok(Some(value.trim_end_matches('/').to_owned()));
    }
    Err(ConfigError { name, value, expected: "an address such as `https://trialogue.example.com`" })
}

/// An origin is scheme, host and port, as browsers write it.
fn origins(texts: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let is_origin = |text: &str| match text.split_once("://") {
        Some(("http" | "https", rest)) => !rest.is_empty() && !rest.contains(['/', '*', '@', '?', '#']),
        _ => false,
    };
    match texts.iter().find(|text| !is_origin(text)) {
        None => Ok(texts),
        Some(wrong) => Err(ConfigError {
            name: "TRIALOGUE_CORS_ORIGINS",
            value: wrong.clone(),
            expected: "an origin such as `https://app.example.com`, without path or wildcard",
        }),
    }
}

/// In the folder where the user's programs keep their state (XDG Base Directory Specification).
fn state_file(variable: impl Fn(&'static str) -> Option<String>) -> Option<PathBuf> {
    let folder = variable("XDG_STATE_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(folder.join("trialogue/state.db"))
}

fn jwt(variable: impl Fn(&'static str) -> Option<String>) -> Result<Option<JwtConfig>, ConfigError> {
    let names = ["TRIALOGUE_JWT_ISSUER", "TRIALOGUE_JWT_AUDIENCE", "TRIALOGUE_JWT_JWKS"];
    let (issuer, audience, jwks) = match names.map(&variable) {
        [None, None, None] => return Ok(None),
        [Some(issuer), Some(audience), Some(jwks)] => (issuer, audience, jwks),
        values => {
            let missing = names.iter().zip(&values).find(|(_, value)| value.is_none()).map_or("", |(name, _)| name);
            let expected = "set: issuer, audience and JWKS of JSON Web Tokens go together";
            return Err(ConfigError { name: missing, value: String::new(), expected });
        }
    };
    if jwks.starts_with("http://") && !is_loopback_address(&jwks) {
        return Err(ConfigError { name: "TRIALOGUE_JWT_JWKS", value: jwks, expected: "a file or an `https://` address" });
    }
    Ok(Some(JwtConfig {
        issuer,
        audience,
        jwks,
        algorithm: algorithm(variable("TRIALOGUE_JWT_ALGORITHM"))?,
        tenant_claim: variable("TRIALOGUE_JWT_TENANT_CLAIM").unwrap_or_else(|| "tenant_id".to_owned()),
    }))
}

fn is_loopback_address(url: &str) -> bool {
    let host = url.trim_start_matches("http://").split(['/', ':']).next().unwrap_or_default();
    host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn algorithm(value: Option<String>) -> Result<JwtAlgorithm, ConfigError> {
    let Some(value) = value else { return Ok(JwtAlgorithm::Rs256) };
    Ok(match value.trim() {
        "RS256" => JwtAlgorithm::Rs256,
        "RS384" => JwtAlgorithm::Rs384,
        "RS512" => JwtAlgorithm::Rs512,
        "PS256" => JwtAlgorithm::Ps256,
        "ES256" => JwtAlgorithm::Es256,
        "ES384" => JwtAlgorithm::Es384,
        "EdDSA" => JwtAlgorithm::EdDsa,
        _ => {
            let expected = "`RS256`, `RS384`, `RS512`, `PS256`, `ES256`, `ES384` or `EdDSA`";
            return Err(ConfigError { name: "TRIALOGUE_JWT_ALGORITHM", value, expected });
        }
    })
}

fn log_level(value: Option<String>) -> Result<LogLevel, ConfigError> {
    let Some(value) = value else { return Ok(LogLevel::Info) };
    match value.trim().to_ascii_lowercase().as_str() {
        "error" => Ok(LogLevel::Error),
        "warn" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        _ => Err(ConfigError { name: "TRIALOGUE_LOG", value, expected: "`error`, `warn`, `info` or `debug`" }),
    }
}

fn log_format(flag: Option<String>, variable: Option<String>) -> Result<Option<LogFormat>, ConfigError> {
    let (name, value) = match (flag, variable) {
        (Some(value), _) => ("--log-format", value),
        (None, Some(value)) => ("TRIALOGUE_LOG_FORMAT", value),
        (None, None) => return Ok(None),
    };
    match value.trim() {
        "text" => Ok(Some(LogFormat::Text)),
        "json" => Ok(Some(LogFormat::Json)),
        _ => Err(ConfigError { name, value, expected: "`text` or `json`" }),
    }
}

/// OpenTelemetry Environment Variable Specification; the exporter reads the rest of it.
fn traces(variable: impl Fn(&'static str) -> Option<String>) -> Option<String> {
    let is_wanted = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].into_iter().any(|name| variable(name).is_some());
    let is_disabled = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    (is_wanted && !is_disabled).then(|| variable("OTEL_SERVICE_NAME").unwrap_or_else(|| "trialogue".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<ServiceConfig, ConfigError> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        ServiceConfig::read(&ServiceFlags::default(), find)
    }

    #[test]
    fn nothing_set_listens_on_loopback_and_asks_nobody_who_he_is() {
        let config = read(&[]).unwrap();
        assert!(config.host.value.is_loopback());
        assert_eq!(config.port.value, 8080);
        assert!(!config.has_authentication());
        assert_eq!(config.state.value, None);
    }

    #[test]
    fn traces_are_exported_where_an_endpoint_is_named() {
        assert_eq!(read(&[("OTEL_SERVICE_NAME", "a")]).unwrap().traces, None);
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        assert_eq!(read(&[endpoint]).unwrap().traces.as_deref(), Some("trialogue"));
        assert_eq!(read(&[endpoint, ("OTEL_SERVICE_NAME", "a")]).unwrap().traces.as_deref(), Some("a"));
        assert_eq!(read(&[endpoint, ("OTEL_SDK_DISABLED", "true")]).unwrap().traces, None);
    }

    #[test]
    fn half_of_a_token_issuer_is_refused() {
        let error = read(&[("TRIALOGUE_JWT_ISSUER", "https://id.example.com")]).unwrap_err();
        assert_eq!(error.name, "TRIALOGUE_JWT_AUDIENCE");
    }

    #[test]
    fn secrets_shared_with_the_issuer_are_no_algorithm() {
        let variables = |algorithm| {
            [
                ("TRIALOGUE_JWT_ISSUER", "i"),
                ("TRIALOGUE_JWT_AUDIENCE", "a"),
                ("TRIALOGUE_JWT_JWKS", "keys.json"),
                ("TRIALOGUE_JWT_ALGORITHM", algorithm),
            ]
        };
        assert!(read(&variables("HS256")).is_err());
        assert!(read(&variables("none")).is_err());
        assert_eq!(read(&variables("ES256")).unwrap().jwt.unwrap().algorithm, JwtAlgorithm::Es256);
    }

    #[test]
    fn public_keys_come_over_https_or_from_this_machine() {
        let variables = |jwks| [("TRIALOGUE_JWT_ISSUER", "i"), ("TRIALOGUE_JWT_AUDIENCE", "a"), ("TRIALOGUE_JWT_JWKS", jwks)];
        assert!(read(&variables("http://id.example.com/jwks")).is_err());
        assert!(read(&variables("https://id.example.com/jwks")).is_ok());
        assert!(read(&variables("http://127.0.0.1:9/jwks")).is_ok());
    }

    #[test]
    fn an_origin_has_neither_path_nor_wildcard() {
        assert!(read(&[("TRIALOGUE_CORS_ORIGINS", "*")]).is_err());
        assert!(read(&[("TRIALOGUE_CORS_ORIGINS", "https://a.example.com/")]).is_err());
        assert_eq!(read(&[("TRIALOGUE_CORS_ORIGINS", "https://a.example.com, http://b:3000")]).unwrap().cors_origins.len(), 2);
    }
}
