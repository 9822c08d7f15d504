//! Environment and flags, read once at start into plain values that remember where they came from.
//!
//! It runs with nothing set. Secrets are kept in a type that never prints.

mod chat;
mod model;
mod offer;
mod service;

use std::fmt;
use std::path::PathBuf;

pub use chat::{ChartForm, ChatConfig};
pub use model::{ModelBudget, Price};
pub use offer::{OfferConfig, OfferFlags};
pub use service::{JwtAlgorithm, JwtConfig, Load, LogFormat, LogLevel, ServiceConfig, ServiceFlags, StatePlace};

/// The flags that every command takes.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Store and planner")]
pub struct Flags {
    /// Where the experiments are: `http://mlflow:5000` or `sqlite:///mlflow.db` (overrides `MLFLOW_TRACKING_URI`)
    #[arg(long, global = true, value_name = "URI")]
    pub tracking_uri: Option<String>,
    /// Use a small made-up store, so that nothing needs to be set up
    #[arg(long, global = true, conflicts_with = "tracking_uri")]
    pub demo: bool,
    /// Who picks the tools: `builtin`, or `openai:NAME` for any OpenAI-compatible endpoint (overrides `TRIALOGUE_MODEL`)
    #[arg(long, global = true, value_name = "MODEL")]
    pub model: Option<String>,
    /// Show only experiments whose tag `tenant_id` is this
    #[arg(long, global = true, value_name = "TENANT")]
    pub tenant: Option<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Default,
    /// This environment variable.
    Environment(&'static str),
    /// This flag.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// What is in force.
    pub value: T,
    /// Who set it.
    pub source: Source,
}

/// A credential. Prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// An address in which a user and a password may stand. Prints without them.
#[derive(Clone, PartialEq, Eq)]
pub struct Uri(pub String);

impl fmt::Display for Uri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user_and_rest = self.0.split_once("://").filter(|(scheme, _)| !scheme.starts_with("sqlite")).and_then(|(scheme, rest)| {
            // A password may hold an `@` that nobody escaped: the last one before the path ends it.
            let end = rest.find('/').unwrap_or(rest.len());
            let at = rest.get(..end)?.rfind('@').or_else(|| rest.rfind('@'))?;
            Some((scheme, rest.get(at + 1..)?))
        });
        match user_and_rest {
            Some((scheme, rest)) => write!(formatter, "{scheme}://***@{rest}"),
            None => formatter.write_str(&self.0),
        }
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

/// How buckets of artifacts are reached: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` or
/// `AWS_DEFAULT_REGION`, and `MLFLOW_S3_ENDPOINT_URL` or `AWS_ENDPOINT_URL`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct S3Settings {
    /// Key id and secret; without them, those of the machine in Amazon's cloud.
    pub credentials: Option<(String, Secret)>,
    /// For temporary credentials.
    pub session_token: Option<Secret>,
    /// `us-east-1` unless set.
    pub region: Option<String>,
    /// The server, where it is not Amazon's.
    pub endpoint: Option<String>,
}

impl S3Settings {
    fn read(variable: impl Fn(&'static str) -> Option<String>) -> Self {
        Self {
            credentials: variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY").map(Secret)),
            session_token: variable("AWS_SESSION_TOKEN").map(Secret),
            region: variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")),
            endpoint: variable("MLFLOW_S3_ENDPOINT_URL").or_else(|| variable("AWS_ENDPOINT_URL")),
        }
    }
}

/// Bounds on what one answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `TRACKING_MAX_RUNS_PER_QUERY`: most runs that one query returns, 100 unless set.
    pub max_runs_per_query: Setting<usize>,
    /// `TRACKING_METRIC_HISTORY_LIMIT`: most points of one curve, 1,000 unless set.
    pub metric_history_limit: Setting<usize>,
    /// How many bytes the JSON of one answer may have: what a model reads well, unless the caller is a program.
    pub answer_bytes: usize,
}

/// About 25,000 tokens.
const BYTES_FOR_A_MODEL: usize = 90_000;

impl Limits {
    /// Shortens `runs` to what one answer holds, `at_most` and no more than the limit, and says so where something was cut.
    pub fn cut_runs<T>(&self, runs: &mut Vec<T>, at_most: usize) -> Option<String> {
        let limit = self.max_runs_per_query.value;
        let asked = runs.len();
        let shown = at_most.min(limit);
        runs.truncate(shown);
        let because = if limit < at_most { format!("; TRACKING_MAX_RUNS_PER_QUERY is {limit}") } else { String::new() };
        (asked > shown).then(|| format!("{asked} runs were asked for; the first {shown} are shown{because}"))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_runs_per_query: Setting { value: 100, source: Source::Default },
            metric_history_limit: Setting { value: 1000, source: Source::Default },
            answer_bytes: BYTES_FOR_A_MODEL,
        }
    }
}

/// Which planner turns words into tool calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChoice {
    /// The interpreter: no model, no network.
    Builtin,
    /// A model of an OpenAI-compatible endpoint.
    OpenAi {
        /// The model's name at that endpoint.
        name: String,
    },
}

/// The model used where an endpoint is configured but no model is named.
const DEFAULT_OPENAI_MODEL: &str = "gpt-4.1-mini";

/// How an MLflow server is reached, in MLflow's own variables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrackingServer {
    /// `MLFLOW_TRACKING_USERNAME`.
    pub username: Option<String>,
    /// `MLFLOW_TRACKING_PASSWORD`. With a user name it wins over the token, as in MLflow.
    pub password: Option<Secret>,
    /// `MLFLOW_TRACKING_TOKEN`.
    pub token: Option<Secret>,
    /// `TRIALOGUE_MLFLOW_HEADERS`: one `Name: value` a line, for gateways.
    pub headers: Vec<(String, Secret)>,
    /// `MLFLOW_WORKSPACE`.
    pub workspace: Option<String>,
    /// `MLFLOW_TRACKING_SERVER_CERT_PATH`.
    pub ca_file: Option<PathBuf>,
    /// `MLFLOW_TRACKING_INSECURE_TLS`.
    pub insecure_tls: bool,
}

/// Everything that is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `MLFLOW_TRACKING_URI` as MLflow reads it; `http://mlflow:5000` unless set.
    pub tracking_uri: Setting<Uri>,
    /// How an MLflow server is reached.
    pub tracking_server: TrackingServer,
    /// The made-up store instead of `tracking_uri`.
    pub demo: bool,
    /// `TRIALOGUE_MODEL`.
    pub model: Setting<ModelChoice>,
    /// `OPENAI_BASE_URL`.
    pub openai_base_url: Setting<String>,
    /// `OPENAI_API_KEY`.
    pub openai_api_key: Option<Secret>,
    /// What a model may cost.
    pub model_budget: ModelBudget,
    /// `TRIALOGUE_PROMPTS`: a folder whose templates replace the embedded ones.
    pub prompts: Option<PathBuf>,
    /// `--tenant` or `TRIALOGUE_TENANT`.
    pub tenant: Option<String>,
    /// Bounds.
    pub limits: Limits,
    /// Where artifacts in buckets are read from.
    pub s3: S3Settings,
    /// `TRIALOGUE_NOW`, milliseconds since 1970: what "today" means, for tests; the clock unless set.
    pub now: Option<i64>,
}

/// A setting that cannot be understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{name}` is `{value}`, which is not {expected}")]
pub struct ConfigError {
    /// The variable or flag.
    pub name: &'static str,
    /// What it holds.
    pub value: String,
    /// What would be right.
    pub expected: &'static str,
}

impl Config {
    /// Reads flags over environment over defaults. `environment` gives the value of a variable.
    ///
    /// # Errors
    /// Where a value cannot be understood, with what would be right.
    pub fn read(flags: &Flags, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variable = |name: &'static str| environment(name).filter(|value| !value.trim().is_empty());
        let text = |flag: Option<&String>, flag_name: &'static str, name: &'static str, default: &str| match (flag, variable(name)) {
            (Some(value), _) => Setting { value: value.clone(), source: Source::Flag(flag_name) },
            (None, Some(value)) => Setting { value, source: Source::Environment(name) },
            (None, None) => Setting { value: default.to_owned(), source: Source::Default },
        };
        let api_key = variable("OPENAI_API_KEY").map(Secret);
        let base_url = text(None, "", "OPENAI_BASE_URL", "https://api.openai.com/v1");
        let has_endpoint = api_key.is_some() || base_url.source != Source::Default;
        let model = text(flags.model.as_ref(), "--model", "TRIALOGUE_MODEL", "");
        let choice = match model.value.as_str() {
            "" if has_endpoint => ModelChoice::OpenAi { name: DEFAULT_OPENAI_MODEL.to_owned() },
            "" | "builtin" => ModelChoice::Builtin,
            other => match other.strip_prefix("openai:").map(str::trim) {
                Some(name) if !name.is_empty() => ModelChoice::OpenAi { name: name.to_owned() },
                _ => {
                    let name = if matches!(model.source, Source::Flag(_)) { "--model" } else { "TRIALOGUE_MODEL" };
                    return Err(ConfigError { name, value: other.to_owned(), expected: "`builtin` or `openai:<model name>`" });
                }
            },
        };
        let tracking_uri = text(flags.tracking_uri.as_ref(), "--tracking-uri", "MLFLOW_TRACKING_URI", "http://mlflow:5000");
        let tracking_uri = Setting { value: Uri(tracking_uri.value), source: tracking_uri.source };
        let tracking_server = TrackingServer {
            username: variable("MLFLOW_TRACKING_USERNAME"),
            password: variable("MLFLOW_TRACKING_PASSWORD").map(Secret),
            token: variable("MLFLOW_TRACKING_TOKEN").map(Secret),
            headers: headers("TRIALOGUE_MLFLOW_HEADERS", variable("TRIALOGUE_MLFLOW_HEADERS"))?,
            workspace: variable("MLFLOW_WORKSPACE"),
            ca_file: variable("MLFLOW_TRACKING_SERVER_CERT_PATH").map(PathBuf::from),
            insecure_tls: switch("MLFLOW_TRACKING_INSECURE_TLS", variable("MLFLOW_TRACKING_INSECURE_TLS"))?,
        };
        Ok(Self {
            tracking_uri,
            tracking_server,
            demo: flags.demo,
            model: Setting { value: choice, source: model.source },
            openai_base_url: base_url,
            openai_api_key: api_key,
            model_budget: ModelBudget::read(variable)?,
            prompts: variable("TRIALOGUE_PROMPTS").map(PathBuf::from),
            tenant: flags.tenant.clone().or_else(|| variable("TRIALOGUE_TENANT")),
            limits: Limits {
                max_runs_per_query: count("TRACKING_MAX_RUNS_PER_QUERY", variable("TRACKING_MAX_RUNS_PER_QUERY"), 100)?,
                metric_history_limit: count("TRACKING_METRIC_HISTORY_LIMIT", variable("TRACKING_METRIC_HISTORY_LIMIT"), 1000)?,
                answer_bytes: BYTES_FOR_A_MODEL,
            },
            s3: S3Settings::read(variable),
            now: variable("TRIALOGUE_NOW").map(|value| instant("TRIALOGUE_NOW", value)).transpose()?,
        })
    }
}

fn count(name: &'static str, value: Option<String>, default: usize) -> Result<Setting<usize>, ConfigError> {
    let Some(value) = value else { return Ok(Setting { value: default, source: Source::Default }) };
    match value.trim().parse::<usize>() {
        Ok(number) if (1..=1_000_000).contains(&number) => Ok(Setting { value: number, source: Source::Environment(name) }),
        _ => Err(ConfigError { name, value, expected: "a whole number from 1 to 1000000" }),
    }
}

/// One `Name: value` a line. A line that is none is not repeated: it may hold the value alone.
fn headers(name: &'static str, value: Option<String>) -> Result<Vec<(String, Secret)>, ConfigError> {
    let mut headers = Vec::new();
    for line in value.iter().flat_map(|value| value.lines()).filter(|line| !line.trim().is_empty()) {
        match line.split_once(':').map(|(name, value)| (name.trim(), value.trim())) {
            Some((header, value)) if !header.is_empty() => headers.push((header.to_owned(), Secret(value.to_owned()))),
            Some(_) | None => return Err(ConfigError { name, value: "***".to_owned(), expected: "one `Name: value` a line" }),
        }
    }
    Ok(headers)
}

/// As MLflow reads its switches (`environment_variables.py`).
fn switch(name: &'static str, value: Option<String>) -> Result<bool, ConfigError> {
    let Some(value) = value else { return Ok(false) };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ConfigError { name, value, expected: "`true`, `false`, `1` or `0`" }),
    }
}

fn instant(name: &'static str, value: String) -> Result<i64, ConfigError> {
    match value.parse::<jiff::Timestamp>() {
        Ok(instant) => Ok(instant.as_millisecond()),
        Err(_) => Err(ConfigError { name, value, expected: "an RFC 3339 instant such as `2025-06-20T12:00:00Z`" }),
    }
}

/// What a repeated flag names, else what a variable lists between commas.
fn listed(flags: &[String], variable: Option<String>) -> Vec<String> {
    if !flags.is_empty() {
        return flags.to_vec();
    }
    let texts = variable.unwrap_or_default();
    texts.split(',').map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &Flags, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(flags, |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_gives_the_documented_defaults() {
        let config = read(&Flags::default(), &[]).unwrap();
        assert_eq!(config.tracking_uri.value.0, "http://mlflow:5000");
        assert_eq!(config.model.value, ModelChoice::Builtin);
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn flags_override_the_environment() {
        let flags = Flags { tracking_uri: Some("sqlite:///a.db".into()), ..Flags::default() };
        let config = read(&flags, &[("MLFLOW_TRACKING_URI", "sqlite:///b.db")]).unwrap();
        assert_eq!(config.tracking_uri, Setting { value: Uri("sqlite:///a.db".into()), source: Source::Flag("--tracking-uri") });
    }

    #[test]
    fn an_openai_key_or_address_switches_the_model_on_unless_builtin_is_asked_for() {
        let key = ("OPENAI_API_KEY", "sk-x");
        assert!(matches!(read(&Flags::default(), &[key]).unwrap().model.value, ModelChoice::OpenAi { .. }));
        assert_eq!(read(&Flags::default(), &[key, ("TRIALOGUE_MODEL", "builtin")]).unwrap().model.value, ModelChoice::Builtin);
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_what_would_be_right() {
        let error = read(&Flags::default(), &[("TRACKING_MAX_RUNS_PER_QUERY", "many")]).unwrap_err();
        assert_eq!(error.to_string(), "`TRACKING_MAX_RUNS_PER_QUERY` is `many`, which is not a whole number from 1 to 1000000");
        assert!(read(&Flags::default(), &[("TRIALOGUE_MODEL", "gpt")]).is_err());
    }

    #[test]
    fn secrets_never_print() {
        let secrets = [
            ("OPENAI_API_KEY", "sk-canary"),
            ("MLFLOW_TRACKING_PASSWORD", "canary"),
            ("MLFLOW_TRACKING_TOKEN", "canary"),
            ("TRIALOGUE_MLFLOW_HEADERS", "X-Key: canary:1\nX-Other: canary"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "canary"),
            ("MLFLOW_TRACKING_URI", "https://ana:canary@mlflow.example.com"),
        ];
        let config = read(&Flags::default(), &secrets).unwrap();
        assert!(config.s3.credentials.is_some());
        assert_eq!(config.tracking_server.headers[0], ("X-Key".to_owned(), Secret("canary:1".to_owned())));
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
        assert!(!read(&Flags::default(), &[("TRIALOGUE_MLFLOW_HEADERS", "canary")]).unwrap_err().to_string().contains("canary"));
    }
}
