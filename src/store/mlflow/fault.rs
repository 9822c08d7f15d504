//! What goes wrong between us and the server, told so that people can act on it.

use std::time::Duration;

use super::settings::Address;
use crate::store::StoreError;

/// What went wrong with one request.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// Nothing was sent: no connection.
    Unreachable(String),
    /// Nothing was sent: the server did not answer before, and it is not yet time to try again.
    Resting,
    /// Sent, and the connection ended before the whole answer was there.
    Cut(String),
    /// Sent, and the whole answer was not there in time.
    TimedOut(Duration),
    /// The answer is longer than we read.
    TooLarge(usize),
    /// A good status, but a web page: a log-in page, or another program.
    WebPage,
    /// A good status, but no JSON that MLflow would send.
    Malformed(String),
    /// It leads elsewhere.
    Redirected(String),
    /// A bad status.
    Refused(Refusal),
}

/// An answer with a bad status.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// MLflow's `error_code`; absent where MLflow did not answer, or not in JSON.
    pub(super) code: Option<String>,
    /// For people: one line, no SQL, no secrets.
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
}

impl Fault {
    /// Whether the server knows nothing of that name.
    pub(super) fn is_missing(&self) -> bool {
        self.code() == Some("RESOURCE_DOES_NOT_EXIST")
    }

    /// Whether the server has no such call.
    pub(super) fn is_unknown_call(&self) -> bool {
        matches!(self, Self::Refused(refusal) if matches!(refusal.status, 404 | 405 | 501)) && !self.is_missing()
    }

    /// Whether the server cannot read the question.
    pub(super) fn is_bad_question(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.status == 400)
    }

    /// MLflow's `error_code`.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.code.as_deref(),
            Self::Unreachable(_)
            | Self::Resting
            | Self::Cut(_)
            | Self::TimedOut(_)
            | Self::TooLarge(_)
            | Self::WebPage
            | Self::Malformed(_)
            | Self::Redirected(_) => None,
        }
    }

    /// Whether the server may have done what was asked all the same. "MLflow's own server can return 503 after it commits a
    /// write" (`utils/request_utils.py`).
    pub(super) fn is_uncertain(&self) -> bool {
        match self {
            Self::Cut(_) | Self::TimedOut(_) | Self::TooLarge(_) | Self::WebPage | Self::Malformed(_) => true,
            Self::Refused(refusal) => refusal.status >= 500,
            Self::Unreachable(_) | Self::Resting | Self::Redirected(_) => false,
        }
    }

    /// Whether it counts against the server's health: it is not there, or something before it says so.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Cut(_) | Self::TimedOut(_) => true,
            Self::Refused(refusal) => refusal.code.is_none() && matches!(refusal.status, 502..=504),
            Self::Resting | Self::TooLarge(_) | Self::WebPage | Self::Malformed(_) | Self::Redirected(_) => false,
        }
    }

    /// The error that the caller of the store sees.
    pub(super) fn explain(self, address: &Address) -> StoreError {
        let shown = address.shown();
        match self {
            Self::Unreachable(problem) => StoreError::Unavailable(format!(
                "no MLflow server answers at `{shown}` ({problem}): see that it runs and that MLFLOW_TRACKING_URI names it"
            )),
            Self::Resting => StoreError::Unavailable(format!(
                "no MLflow server answers at `{shown}`: several requests in a row failed, and the next is tried within a second"
            )),
            Self::Cut(problem) => {
                StoreError::Unavailable(format!("the MLflow server at `{shown}` broke off in the middle of its answer ({problem})"))
            }
            Self::TimedOut(after) => {
                StoreError::TimedOut(format!("the MLflow server at `{shown}` did not answer within {} s", after.as_secs_f64().round()))
            }
            Self::TooLarge(limit) => StoreError::Internal(format!(
                "the answer of the MLflow server at `{shown}` is longer than {} MiB, the most that is read",
                limit / (1024 * 1024)
            )),
            Self::WebPage => StoreError::Foreign(format!(
                "`{shown}` answers with a web page, often the log-in page of a gateway: see that the tracking URI names the server itself with its path prefix, and give MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME and _PASSWORD, or TRIALOGUE_MLFLOW_HEADERS if the gateway wants them"
            )),
            Self::Malformed(problem) => StoreError::Foreign(format!("`{shown}` does not answer as an MLflow server does: {problem}")),
            Self::Redirected(to) => StoreError::Foreign(format!(
                "`{shown}` redirects to `{to}`, and is not followed there with credentials: set MLFLOW_TRACKING_URI to the address that answers itself, and the credentials if that is a log-in page"
            )),
            Self::Refused(refusal) => refusal.explain(address),
        }
    }
}

impl Refusal {
    fn explain(self, address: &Address) -> StoreError {
        let shown = address.shown();
        let Self { status, code, message, retry_after } = self;
        // "Decide on error_code first, HTTP status second": texts differ between versions.
        match (code.as_deref(), status) {
            (Some("FEATURE_DISABLED"), _) => StoreError::Foreign(format!(
                "the MLflow server at `{shown}` has a feature switched off that was asked for ({message}): unset MLFLOW_WORKSPACE if the server has no workspaces"
            )),
            (Some("RESOURCE_ALREADY_EXISTS"), _) => StoreError::Conflict(message),
            (Some("REQUEST_LIMIT_EXCEEDED" | "RESOURCE_EXHAUSTED"), _) | (_, 429) => {
                let when = retry_after.map_or(String::new(), |pause| format!(" in {} s", pause.as_secs()));
                StoreError::Busy(format!("the MLflow server at `{shown}` turns requests away, for there are too many: try again{when}"))
            }
            (_, 401) => StoreError::Denied(format!(
                "the MLflow server at `{shown}` refuses the credentials (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
            )),
            (_, 403) if message.contains("Invalid Host header") => StoreError::Denied(format!(
                "the MLflow server at `{shown}` refuses the host name `{0}` (403): start it with `--allowed-hosts \"{0},localhost:*\"`, or set MLFLOW_SERVER_ALLOWED_HOSTS there",
                address.host()
            )),
            (_, 403) => StoreError::Denied(format!("the MLflow server at `{shown}` does not permit this (403): {message}")),
            (None, 404 | 405) => StoreError::Foreign(format!(
                "there is no MLflow server at `{shown}` ({status}): see that the tracking URI has the server's path prefix, and no more"
            )),
            (_, 400) => StoreError::InvalidQuery(format!("the MLflow server refuses the question: {message}")),
            (_, 502..=504) => StoreError::Unavailable(format!("the MLflow server at `{shown}` cannot answer now ({status}): {message}")),
            _ => StoreError::Internal(format!("the MLflow server at `{shown}` answers {status}: {message}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: Option<&str>, message: &str) -> Fault {
        Fault::Refused(Refusal { status, code: code.map(str::to_owned), message: message.to_owned(), retry_after: None })
    }

    #[test]
    fn the_host_check_is_told_with_its_cure() {
        let address = Address::parse("http://ana:canary@mlflow:5000/x").unwrap();
        let error = refusal(403, None, "Invalid Host header - possible DNS rebinding attack detected").explain(&address);
        assert!(matches!(&error, StoreError::Denied(message) if message.contains("--allowed-hosts \"mlflow:5000,")), "{error}");
        assert!(!error.to_string().contains("canary"));
    }

    #[test]
    fn the_code_decides_before_the_status() {
        let address = Address::parse("http://h").unwrap();
        assert!(matches!(refusal(500, Some("FEATURE_DISABLED"), "").explain(&address), StoreError::Foreign(_)));
        assert!(matches!(refusal(400, Some("RESOURCE_ALREADY_EXISTS"), "").explain(&address), StoreError::Conflict(_)));
        assert!(matches!(refusal(404, None, "").explain(&address), StoreError::Foreign(_)));
        assert!(refusal(404, Some("RESOURCE_DOES_NOT_EXIST"), "").is_missing());
        assert!(!refusal(404, Some("RESOURCE_DOES_NOT_EXIST"), "").is_unknown_call());
        assert!(refusal(404, None, "").is_unknown_call());
    }

    #[test]
    fn only_what_may_have_been_done_is_uncertain() {
        assert!(refusal(503, Some("TEMPORARILY_UNAVAILABLE"), "").is_uncertain());
        assert!(Fault::Cut(String::new()).is_uncertain());
        assert!(!refusal(429, None, "").is_uncertain());
        assert!(!Fault::Unreachable(String::new()).is_uncertain());
    }
}
