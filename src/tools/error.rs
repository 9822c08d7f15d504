//! Why a tool could not answer, in words from which a person or a model can mend the call.

use super::view::plain;
use crate::store::StoreError;

/// A tool's refusal.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The arguments do not fit the tool's schema.
    #[error("{0}")]
    InvalidArguments(String),
    /// A name leads nowhere.
    #[error("no {what} matches `{}`{}", plain(given), listed("; there is", candidates))]
    NotFound {
        /// `experiment`, `run`, `metric`, `parameter`.
        what: &'static str,
        /// The reference as it was given.
        given: String,
        /// The nearest names there are.
        candidates: Vec<String>,
    },
    /// A name leads to several.
    #[error("`{}` matches several {what}s{}; name one", plain(given), listed(":", candidates))]
    Ambiguous {
        /// `experiment`, `run`, `metric`, `parameter`.
        what: &'static str,
        /// The reference as it was given.
        given: String,
        /// What it matches.
        candidates: Vec<String>,
    },
    /// There is nothing to answer from, such as an empty store.
    #[error("{0}")]
    Nothing(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ToolError {
    /// A word for programs: which kind of refusal this is.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidArguments(_) => "invalid_arguments",
            Self::NotFound { .. } => "not_found",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Nothing(_) => "nothing",
            Self::Store(_) => "store",
        }
    }
}

fn listed(lead: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("{lead} {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_what_would_be_right() {
        let error = ToolError::NotFound { what: "metric", given: "f2".into(), candidates: vec!["f1_score".into(), "f1_macro".into()] };
        assert_eq!(error.to_string(), "no metric matches `f2`; there is `f1_score`, `f1_macro`");
        let error = ToolError::NotFound { what: "run", given: "x".repeat(900_000), candidates: Vec::new() };
        assert!(error.to_string().len() < 1_000);
        let error = ToolError::Ambiguous { what: "run", given: "run 1".into(), candidates: vec!["run-01".into(), "run-1b".into()] };
        assert_eq!(error.to_string(), "`run 1` matches several runs: `run-01`, `run-1b`; name one");
    }
}
