//! A person's consent to a write: asked by elicitation, bound to the exact call, good once and for ten minutes.
//!
//! Clients since 2026-07-28 are given the question with a sealed state and call again with both (multi round-trip requests). Older
//! ones are asked over the connection, which over HTTP without sessions there is none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequests, InputRequiredResult, InputResponses, ProtocolVersion, RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::tools::ToolDef;
use crate::tools::view::plain;

/// How long a consent is good for.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// The name of the question, and of the field that answers it.
const QUESTION: &str = "consent";

/// Asks for consents, and tells whether one was given.
#[derive(Debug)]
pub(crate) struct Consents {
    codec: RequestStateCodec,
    /// Consents that were used, until they would not be good any more.
    used: Mutex<HashMap<String, Instant>>,
}

/// What a consent is bound to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bound {
    principal: String,
    tool: String,
    arguments: Value,
    nonce: String,
}

/// What came of asking.
pub(super) enum Asked {
    /// The person agreed.
    Agreed,
    /// The client has to ask the person and call again.
    Question(Box<InputRequiredResult>),
    /// Nothing is written, in words for the model.
    No(String),
}

impl Consents {
    /// With a key that nobody else has.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub(crate) fn new() -> Result<Self, String> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).map_err(|error| format!("the system gives no random numbers: {error}"))?;
        let codec = RequestStateCodec::try_new(key).map_err(|fault| fault.to_string())?;
        Ok(Self { codec, used: Mutex::default() })
    }

    /// Asks the person behind `context` whether `tool` may write with these arguments; `can_ask_back` where a question may go over the
    /// connection.
    pub(super) async fn ask(
        &self,
        tool: &ToolDef,
        request: &CallToolRequestParams,
        principal: &str,
        context: &RequestContext<RoleServer>,
        can_ask_back: bool,
    ) -> Asked {
        let arguments = Value::Object(request.arguments.clone().unwrap_or_default());
        if let Some(state) = &request.request_state {
            return self.answered(tool, &arguments, principal, state, request.input_responses.as_ref());
        }
        let asks_forms = context
            .client_capabilities()
            .and_then(|client| client.elicitation)
            .is_some_and(|asks| asks.form.is_some() || asks.url.is_none());
        let Ok(question) = question(tool, &arguments) else { return Asked::No(format!("{} cannot be asked about", tool.name)) };
        let is_modern = context.protocol_version().is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str());
        if asks_forms && is_modern {
            return match self.sealed(tool, arguments, principal) {
                Ok(state) => {
                    let questions = InputRequests::from([(QUESTION.to_owned(), InputRequest::Elicitation(ElicitRequest::new(question)))]);
                    Asked::Question(Box::new(InputRequiredResult::new(Some(questions), Some(state))))
                }
                Err(fault) => Asked::No(fault),
            };
        }
        if asks_forms && can_ask_back {
            return match context.peer.create_elicitation_with_timeout(question, Some(GOOD_FOR)).await {
                Ok(answer) => of_answer(&answer),
                Err(fault) => Asked::No(format!("the person could not be asked, so nothing was written: {fault}")),
            };
        }
        Asked::No(format!(
            "{} writes to the tracking store, which needs the person's consent, and this client cannot ask for it; nothing was written. \
             Whoever runs Trialogue can start it with --allow-writes.",
            tool.name
        ))
    }

    fn sealed(&self, tool: &ToolDef, arguments: Value, principal: &str) -> Result<String, String> {
        let mut nonce = [0_u8; 16];
        getrandom::fill(&mut nonce).map_err(|error| format!("the system gives no random numbers: {error}"))?;
        let nonce = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        let bound = Bound { principal: principal.to_owned(), tool: tool.name.to_owned(), arguments, nonce };
        self.codec.seal_json_with(&bound, &SealOptions::new().ttl(GOOD_FOR)).map_err(|fault| fault.to_string())
    }

    fn answered(&self, tool: &ToolDef, arguments: &Value, principal: &str, state: &str, answers: Option<&InputResponses>) -> Asked {
        let again = "call again without `requestState` to ask the person anew; nothing was written";
        let Ok(bound) = self.codec.open_json::<Bound>(state) else {
            return Asked::No(format!("the state of this consent is not ours or too old; {again}"));
        };
        if (bound.principal.as_str(), bound.tool.as_str(), &bound.arguments) != (principal, tool.name, arguments) {
            return Asked::No(format!("the person was asked about another call; {again}"));
        }
        let answer = answers.and_then(|answers| answers.get(QUESTION)).and_then(|answer| serde_json::from_value(answer.clone()).ok());
        let Some(answer) = answer else { return Asked::No(format!("the person's answer is missing; {again}")) };
        match of_answer(&answer) {
            Asked::Agreed if !self.is_first_use(bound.nonce) => Asked::No(format!("this consent was used before; {again}")),
            asked => asked,
        }
    }

    fn is_first_use(&self, nonce: String) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, at| at.elapsed() < GOOD_FOR * 2);
        used.insert(nonce, Instant::now()).is_none()
    }
}

fn of_answer(answer: &ElicitResult) -> Asked {
    let agrees = answer.content.as_ref().and_then(|content| content.get(QUESTION)) == Some(&Value::Bool(true));
    match answer.action {
        ElicitationAction::Accept if agrees => Asked::Agreed,
        ElicitationAction::Accept | ElicitationAction::Decline => Asked::No("the person said no; nothing was written".to_owned()),
        // What later revisions may add is no consent either.
        _ => Asked::No("the person did not answer; nothing was written".to_owned()),
    }
}

fn question(tool: &ToolDef, arguments: &Value) -> Result<ElicitRequestParams, &'static str> {
    let empty = Map::new();
    let fields = arguments.as_object().unwrap_or(&empty);
    let told: Vec<String> = fields.iter().map(|(name, value)| plain(&format!("{name}: {value}"))).collect();
    let message = format!("{}? It writes to the tracking store. {}", tool.title, told.join("; "));
    let schema = ElicitationSchema::builder()
        .required_bool_property(QUESTION, |field| field.title("Write this").description("Whether Trialogue may write it"))
        .build()?;
    Ok(ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema: schema })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools;

    fn answer(action: &str, consent: bool) -> InputResponses {
        InputResponses::from([(QUESTION.to_owned(), json!({ "action": action, "content": { "consent": consent } }))])
    }

    #[test]
    fn a_consent_is_for_one_call_of_one_principal_and_good_once() {
        let consents = Consents::new().unwrap();
        let tool = tools::named("create_experiment").unwrap();
        let arguments = json!({ "name": "a" });
        let state = consents.sealed(tool, arguments.clone(), "key:1").unwrap();
        let check = |arguments: &Value, principal: &str, state: &str, answers: Option<&InputResponses>, expected: &str| match consents
            .answered(tool, arguments, principal, state, answers)
        {
            Asked::Agreed => assert_eq!(expected, "agreed"),
            Asked::No(words) => assert!(words.contains(expected), "{words}"),
            Asked::Question(_) => panic!("asked again"),
        };
        let yes = answer("accept", true);
        check(&json!({ "name": "b" }), "key:1", &state, Some(&yes), "another call");
        check(&arguments, "key:2", &state, Some(&yes), "another call");
        check(&arguments, "key:1", "forged", Some(&yes), "not ours");
        check(&arguments, "key:1", &state, None, "missing");
        check(&arguments, "key:1", &state, Some(&answer("accept", false)), "said no");
        check(&arguments, "key:1", &state, Some(&answer("decline", true)), "said no");
        check(&arguments, "key:1", &state, Some(&answer("cancel", true)), "did not answer");
        check(&arguments, "key:1", &state, Some(&yes), "agreed");
        check(&arguments, "key:1", &state, Some(&yes), "used before");
        let other = Consents::new().unwrap().sealed(tool, arguments.clone(), "key:1").unwrap();
        check(&arguments, "key:1", &other, Some(&yes), "not ours");
    }
}
