//! A model that picks functions: it gets messages and function schemas, and gives text, calls, or both.
//!
//! It knows JSON Schemas and nothing of tracking: what a function does, whether its arguments are any good and whether the
//! text is true is for the caller to find out.

pub mod estimate;
pub mod openai;
pub mod replay;
pub mod scripted;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A source of replies.
#[derive(Debug)]
pub enum Model {
    /// A server that speaks OpenAI's chat completions.
    OpenAi(openai::OpenAi),
    /// A fixed list of replies, for tests.
    Scripted(scripted::Scripted),
    /// Replies that were recorded before, or are being recorded.
    Replay(replay::Replay),
}

impl Model {
    /// Whether it would answer now, found out without asking it anything.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn answers(&self) -> Result<(), ModelError> {
        match self {
            Self::OpenAi(model) => model.answers().await,
            Self::Scripted(_) | Self::Replay(_) => Ok(()),
        }
    }

    /// The name by which answers tell who wrote them, such as `openai:gpt-4.1-mini`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::OpenAi(open_ai) => format!("openai:{}", open_ai.model()),
            Self::Scripted(_) => "scripted".to_owned(),
            Self::Replay(replay) => format!("replay:{}", replay.model()),
        }
    }

    /// The address of the server that is asked, without credentials; empty where there is none.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::OpenAi(open_ai) => open_ai.address(),
            Self::Scripted(_) => "",
            Self::Replay(replay) => replay.address(),
        }
    }

    /// Asks for a reply, handing each piece of text to `on_delta` as it arrives.
    ///
    /// The pieces joined are [`Reply::text`], unless they turn out to be thought, which that leaves out; after an error they are to be
    /// thrown away. Dropping the future ends the request.
    pub async fn reply(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, ModelError> {
        match self {
            Self::OpenAi(open_ai) => open_ai.reply(request, on_delta).await,
            Self::Scripted(scripted) => scripted.reply(request, on_delta),
            // A recording replay holds a model itself: the box ends the recursion of types.
            Self::Replay(replay) => Box::pin(replay.reply(request, on_delta)).await,
        }
    }
}

/// All that a reply depends on, but for the model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Request {
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// What the model may call; empty where it is to write text only.
    pub functions: Vec<Function>,
    /// How the model picks its words.
    pub sampling: Sampling,
}

/// How the model picks its words.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Sampling {
    /// 0, the default, for the likeliest words.
    pub temperature: f64,
    /// The longest reply, in tokens; absent for the server's own limit.
    pub max_tokens: Option<u32>,
}

/// One entry of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// What the model is told before all else.
    System {
        /// The instructions.
        text: String,
    },
    /// What the person said.
    User {
        /// The words.
        text: String,
    },
    /// What the model said and asked for.
    Assistant {
        /// The words; empty where it only called.
        text: String,
        /// The calls, in the model's order.
        calls: Vec<FunctionCall>,
    },
    /// What a call gave.
    ToolResult {
        /// The [`FunctionCall::id`] that this answers.
        call_id: String,
        /// The result as the model reads it.
        text: String,
    },
}

impl Message {
    /// The words of the message.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::System { text } | Self::User { text } | Self::Assistant { text, .. } | Self::ToolResult { text, .. } => text,
        }
    }

    /// The message's kind, as the cassettes and OpenAI's protocol spell it.
    #[must_use]
    pub fn role(&self) -> &'static str {
        match self {
            Self::System { .. } => "system",
            Self::User { .. } => "user",
            Self::Assistant { .. } => "assistant",
            Self::ToolResult { .. } => "tool",
        }
    }
}

/// Something that the model may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// The name to call it by: OpenAI allows letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// When to call it and what it gives.
    pub description: String,
    /// A JSON Schema of type object.
    pub parameters: Value,
}

/// A call that the model asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// Names the call in the conversation; made up here where the server left it out.
    pub id: String,
    /// The [`Function::name`], or whatever else the model wrote.
    pub name: String,
    /// The arguments as the model wrote them: JSON text if all is well.
    pub arguments: String,
}

impl FunctionCall {
    /// The arguments as an object; no text at all means no arguments.
    pub fn parse_arguments(&self) -> Result<Map<String, Value>, ArgumentsError> {
        if self.arguments.trim().is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_str(&self.arguments) {
            Ok(Value::Object(arguments)) => Ok(arguments),
            // Some models write `null` for a function without parameters.
            Ok(Value::Null) => Ok(Map::new()),
            Ok(_) => Err(ArgumentsError { function: self.name.clone(), problem: "they are not a JSON object".to_owned() }),
            Err(error) => Err(ArgumentsError { function: self.name.clone(), problem: error.to_string() }),
        }
    }
}

/// The model wrote arguments that cannot be read; it can mend them when told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the arguments of `{function}`: {problem}; write one JSON object that fits the function's schema")]
pub struct ArgumentsError {
    function: String,
    problem: String,
}

/// What the model gave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// The words, without the reasoning that some models send beside them.
    pub text: String,
    /// What is to be called before the model goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<FunctionCall>,
    /// What it cost, where the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Why it ended.
    pub finish: Finish,
}

impl Reply {
    /// The reply as the next message of the conversation.
    #[must_use]
    pub fn into_message(self) -> Message {
        Message::Assistant { text: self.text, calls: self.calls }
    }
}

/// Why a reply ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model had said all.
    #[default]
    Stop,
    /// The model waits for the results of its calls.
    Calls,
    /// The limit of tokens cut it off: the text or the last call's arguments are incomplete.
    Length,
    /// The server withheld it.
    Filtered,
    /// A reason of the server's own.
    Other(String),
}

/// Tokens spent on a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the request.
    pub input_tokens: u64,
    /// Tokens of the reply.
    pub output_tokens: u64,
    /// Whether any of it is an estimate of ours, for the server told nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens + other.input_tokens,
            output_tokens: self.output_tokens + other.output_tokens,
            estimated: self.estimated || other.estimated,
        }
    }
}

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Nothing, or not all, came in time.
    #[error("the model's reply was not complete after {} s; a shorter question or a larger deadline may help", after.as_secs_f32())]
    Timeout {
        /// How long we waited.
        after: Duration,
    },
    /// No connection could be made.
    #[error("cannot reach the model at `{endpoint}`: {problem}; check the address and that the server is running")]
    Unreachable {
        /// The server's address, without credentials.
        endpoint: String,
        /// What the network said.
        problem: String,
    },
    /// Too many requests, and the server wants a longer pause than we grant.
    #[error("the model's server is busy or over its quota of requests{}", pause(*retry_after))]
    RateLimited {
        /// The pause it asks for.
        retry_after: Option<Duration>,
    },
    /// The server said no.
    #[error("the model's server refused with status {status}: {message}")]
    Rejected {
        /// The HTTP status; 200 where the refusal came inside the stream.
        status: u16,
        /// The server's words, shortened, with the key taken out.
        message: String,
    },
    /// The reply broke off.
    #[error("the model's reply broke off: {0}; ask again")]
    Interrupted(String),
    /// What came is not what the protocol says.
    #[error("the model's server does not answer as OpenAI's chat completions do: {0}")]
    Malformed(String),
    /// The reply is larger than anybody reads.
    #[error("the model's reply is larger than {limit} bytes")]
    TooLarge {
        /// Where we stop reading.
        limit: usize,
    },
    /// The model will not answer.
    #[error("the model refused to answer: {0}")]
    Refused(String),
    /// What the model gave leads nowhere, also where it was told so.
    #[error("{0}")]
    Unusable(String),
    /// A budget is used up.
    #[error("{0}")]
    OverBudget(String),
    /// The model cannot be set up as it was configured.
    #[error("{0}")]
    Misconfigured(String),
    /// A scripted model has no fitting reply, or a cassette no recording.
    #[error("{0}")]
    NotRecorded(String),
}

impl ModelError {
    /// Whether the model itself is to blame, for what it wrote or would not write, and not its server, the network, the time or the settings.
    #[must_use]
    pub fn is_the_models_own(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Unusable(_) | Self::OverBudget(_) | Self::TooLarge { .. } => true,
            Self::Timeout { .. }
            | Self::Unreachable { .. }
            | Self::RateLimited { .. }
            | Self::Rejected { .. }
            | Self::Interrupted(_)
            | Self::Malformed(_)
            | Self::Misconfigured(_)
            | Self::NotRecorded(_) => false,
        }
    }
}

fn pause(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(retry_after) => format!("; it asks to wait {} s", retry_after.as_secs()),
        None => "; try again later".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &str) -> FunctionCall {
        FunctionCall { id: "call_1".to_owned(), name: "best_run".to_owned(), arguments: arguments.to_owned() }
    }

    #[test]
    fn no_arguments_are_an_empty_object() {
        for text in ["", "  ", "{}", "null"] {
            assert_eq!(call(text).parse_arguments(), Ok(Map::new()), "{text:?}");
        }
    }

    #[test]
    fn broken_arguments_name_the_function_and_the_cure() {
        for text in ["{\"metric\": ", "[1]", "\"f1\""] {
            let message = call(text).parse_arguments().unwrap_err().to_string();
            assert!(message.contains("`best_run`") && message.contains("JSON object"), "{message}");
        }
    }
}
