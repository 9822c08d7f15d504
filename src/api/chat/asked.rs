//! What a turn is asked: the body of the request, and in which form the answer is wanted.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::api::arguments::{ChartWish, parsed_body};
use crate::api::problem::Problem;

/// The most characters of a message: what the agent reads, whatever alphabet it is written in.
pub(in crate::api) const MESSAGE_CHARACTERS: usize = crate::agent::UTTERANCE_BYTES / 4;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The question.
    pub message: String,
    /// The conversation that it belongs to; absent for a new one.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// The experiment that it is about where it names none: its id, name or part of it; absent for what the conversation is about.
    #[serde(default)]
    pub experiment: Option<String>,
    #[serde(default)]
    chart: Option<Chart>,
}

/// The value of `chart` in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Chart {
    /// Answers come without.
    None,
    /// Answers come with their charts, as Vega-Lite.
    VegaLite,
}

impl Chart {
    /// What it wishes for.
    pub(super) fn wish(self) -> ChartWish {
        match self {
            Self::None => ChartWish::None,
            Self::VegaLite => ChartWish::VegaLite,
        }
    }
}

impl Asked {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 with what is wrong.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
        let fields = parsed_body(body).map_err(invalid)?;
        let asked: Self = serde_json::from_value(Value::Object(fields))
            .map_err(|error| invalid(format!("the body is not like `{{\"message\": \"which run is best?\"}}`: {error}")))?;
        let characters = asked.message.chars().count();
        if characters > MESSAGE_CHARACTERS {
            return Err(invalid(format!("`message` has {characters} characters; at most {MESSAGE_CHARACTERS} are taken")));
        }
        Ok(asked)
    }

    /// Whether the answer brings its charts.
    pub(super) fn chart(&self) -> ChartWish {
        self.chart.map_or(ChartWish::None, Chart::wish)
    }
}

/// Whether the client wants events as they happen (`Accept: text/event-stream`).
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(',')).map(|range| range.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| kind.eq_ignore_ascii_case(super::stream::MEDIA_TYPE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sent_to_who_accepts_them() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("application/json, Text/Event-Stream;q=0.9", true),
            ("*/*", false),
            ("application/json", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(wants_events(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn a_body_is_what_is_described_and_nothing_else() {
        let asked = Asked::read(br#"{"message": "hi", "chart": "vega_lite"}"#).unwrap();
        assert_eq!((asked.message.as_str(), asked.chart(), asked.conversation_id), ("hi", ChartWish::VegaLite, None));
        for wrong in ["", "[]", "{}", r#"{"message": 1}"#, r#"{"message": "a", "model": "b"}"#, r#"{"message": "a", "chart": "png"}"#] {
            assert_eq!(Asked::read(wrong.as_bytes()).unwrap_err().status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let long = serde_json::json!({"message": "é".repeat(MESSAGE_CHARACTERS + 1)}).to_string();
        assert!(Asked::read(long.as_bytes()).unwrap_err().detail.contains("at most 2000"));
    }
}
