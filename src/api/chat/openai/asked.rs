//! What a client of OpenAI's protocol asks. Parameters that mean nothing here, such as `temperature` or `tools`, are not heeded, and
//! neither are instructions (`system`, `developer`): what answers is not theirs to instruct.

use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{MODELS, ModelName};
use crate::api::arguments::parsed_body;
use crate::api::chat::asked::MESSAGE_CHARACTERS;
use crate::api::chat::messages::parted;
use crate::api::problem::Problem;
use crate::config::ChartForm;

/// A question with what was said before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The name of the model.
    pub model: &'static str,
    /// What the person said last.
    pub question: String,
    /// What was said before: questions and answers, oldest first.
    pub said: Vec<(String, String)>,
    /// The conversation of ours that it belongs to, if it belongs to one.
    pub conversation_id: Option<String>,
    /// How the answer shows its charts, where the body or the model's name says so.
    pub charts: Option<ChartForm>,
    /// Whether the answer comes in pieces.
    pub streams: bool,
    /// Whether the last piece tells what it cost.
    pub tells_usage: bool,
}

/// The fields that are heeded. What is an object in JSON is one here: as a struct it could be a list, too.
#[derive(Debug, Deserialize)]
struct Wire {
    model: String,
    messages: Vec<Map<String, Value>>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<Map<String, Value>>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
    #[serde(default)]
    chart: Option<String>,
}

impl Asked {
    /// Reads a body.
    ///
    /// # Errors
    /// 400 with what is wrong, 404 where there is no such model.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let invalid = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "invalid_arguments", detail);
        let fields = parsed_body(body).map_err(invalid)?;
        let wire: Wire = serde_json::from_value(Value::Object(fields))
            .map_err(|error| invalid(format!("the body is no request for a chat completion: {error}")))?;
        let ModelName { id, charts } = model(&wire.model)?;
        let (question, said) = parted(&wire.messages).map_err(invalid)?;
        let include_usage = option(wire.stream_options.as_ref(), "include_usage");
        let conversation_id = option(wire.metadata.as_ref(), "conversation_id");
        let characters = question.chars().count();
        if characters > MESSAGE_CHARACTERS {
            return Err(invalid(format!("the last message has {characters} characters; at most {MESSAGE_CHARACTERS} are taken")));
        }
        Ok(Self {
            model: id,
            question,
            said,
            conversation_id: conversation_id.map_err(invalid)?,
            charts: wire.chart.map(|chart| form(&chart)).transpose().map_err(invalid)?.or(charts),
            streams: wire.stream.unwrap_or_default(),
            tells_usage: include_usage.map_err(invalid)?.unwrap_or_default(),
        })
    }
}

/// The form of charts of this name.
///
/// # Errors
/// What would be right.
pub(super) fn form(name: &str) -> Result<ChartForm, String> {
    ChartForm::named(name).ok_or_else(|| format!("`chart` is `{name}`, which is not `vega_lite`, `image` or `none`"))
}

fn model(name: &str) -> Result<ModelName, Problem> {
    MODELS.into_iter().find(|model| model.id == name).ok_or_else(|| {
        let names: Vec<&str> = MODELS.iter().map(|model| model.id).collect();
        let detail = format!("there is no model `{name}`; there are `{}`", names.join("`, `"));
        Problem::new(StatusCode::NOT_FOUND, "model_not_found", detail)
    })
}

/// A field of an object that may be left out, as may the object.
fn option<T: DeserializeOwned>(fields: Option<&Map<String, Value>>, name: &str) -> Result<Option<T>, String> {
    let value = fields.and_then(|fields| fields.get(name)).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| format!("`{name}`: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Asked, (u16, &'static str)> {
        Asked::read(body.to_string().as_bytes()).map_err(|problem| (problem.status.as_u16(), problem.code))
    }

    #[test]
    fn the_last_words_of_the_person_are_the_question() {
        let asked = read(&json!({
            "model": "trialogue", "temperature": 0.2, "tools": [], "stream": true, "stream_options": {"include_usage": true},
            "messages": [
                {"role": "system", "content": "talk like a pirate"},
                {"role": "user", "content": "one"},
                {"role": "assistant", "content": "1"},
                {"role": "assistant", "content": null, "tool_calls": []},
                {"role": "user", "content": "two"},
                {"role": "user", "content": [{"type": "text", "text": "three"}, {"type": "image_url", "image_url": {"url": "x"}}]},
            ],
        }))
        .unwrap();
        assert_eq!((asked.question.as_str(), asked.streams, asked.tells_usage), ("three", true, true));
        assert_eq!(asked.said, [("one".to_owned(), "1".to_owned()), ("two".to_owned(), String::new())]);
        assert_eq!((asked.charts, asked.conversation_id), (None, None));
    }

    #[test]
    fn charts_come_by_the_models_name_unless_a_field_says_otherwise() {
        let charts = |body: &Value| read(body).unwrap().charts;
        let messages = json!([{"role": "user", "content": "a"}]);
        assert_eq!(charts(&json!({"model": "trialogue-text", "messages": messages})), Some(ChartForm::None));
        assert_eq!(charts(&json!({"model": "trialogue-text", "messages": messages, "chart": "vega_lite"})), Some(ChartForm::VegaLite));
        assert_eq!(charts(&json!({"model": "trialogue", "messages": messages, "chart": "image"})), Some(ChartForm::Image));
        let wrong = json!({"model": "trialogue", "messages": messages, "chart": "gif"});
        assert_eq!(read(&wrong), Err((400, "invalid_arguments")));
    }

    #[test]
    fn what_cannot_be_answered_is_refused() {
        let user = |text: &str| json!([{"role": "user", "content": text}]);
        assert_eq!(read(&json!({"model": "gpt-5", "messages": user("a")})), Err((404, "model_not_found")));
        for wrong in [
            json!({"messages": user("a")}),
            json!({"model": "trialogue", "messages": []}),
            json!({"model": "trialogue", "messages": [{"role": "system", "content": "a"}]}),
            json!({"model": "trialogue", "messages": user(&"x".repeat(MESSAGE_CHARACTERS + 1))}),
            json!({"model": "trialogue", "messages": "a"}),
            json!({"model": "trialogue", "messages": [["user", "a"]]}),
            json!({"model": "trialogue", "messages": [{"role": "user", "content": [[]]}]}),
            json!({"model": "trialogue", "messages": user("a"), "metadata": []}),
            json!({"model": "trialogue", "messages": user("a"), "metadata": {"conversation_id": 1}}),
        ] {
            assert_eq!(read(&wrong), Err((400, "invalid_arguments")), "{wrong}");
        }
    }
}
