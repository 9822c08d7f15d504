//! A model that says what a test told it to say.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::{Finish, FunctionCall, Message, ModelError, Reply, Request};

/// Replies in the order in which they will be given, and the requests that were made.
#[derive(Debug, Default)]
pub struct Scripted {
    turns: Mutex<VecDeque<Turn>>,
    requests: Mutex<Vec<Request>>,
}

type Predicate = dyn Fn(&Message) -> bool + Send + Sync;

/// One scripted reply, or error.
pub struct Turn {
    expects: Option<Box<Predicate>>,
    reply: Result<Reply, ModelError>,
}

impl Turn {
    /// Says `text`.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::reply(Reply { text: text.to_owned(), finish: Finish::Stop, ..Reply::default() })
    }

    /// Calls functions, each given as name and JSON arguments.
    #[must_use]
    pub fn calls(calls: &[(&str, serde_json::Value)]) -> Self {
        let calls = calls
            .iter()
            .enumerate()
            .map(|(index, (name, arguments))| FunctionCall {
                id: format!("call_{index}"),
                name: (*name).to_owned(),
                arguments: arguments.to_string(),
            })
            .collect();
        Self::reply(Reply { calls, finish: Finish::Calls, ..Reply::default() })
    }

    /// Gives any reply.
    #[must_use]
    pub fn reply(reply: Reply) -> Self {
        Self { expects: None, reply: Ok(reply) }
    }

    /// Fails.
    #[must_use]
    pub fn error(error: ModelError) -> Self {
        Self { expects: None, reply: Err(error) }
    }

    /// Is given only when the last message of the request passes `predicate`.
    #[must_use]
    pub fn when(mut self, predicate: impl Fn(&Message) -> bool + Send + Sync + 'static) -> Self {
        self.expects = Some(Box::new(predicate));
        self
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Turn").field("conditional", &self.expects.is_some()).field("reply", &self.reply).finish()
    }
}

impl Scripted {
    /// A model that will give `turns`, first to last.
    #[must_use]
    pub fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self { turns: Mutex::new(turns.into_iter().collect()), requests: Mutex::default() }
    }

    /// The requests made so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many turns were not asked for.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(super) fn reply(&self, request: &Request, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, ModelError> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(turn) = turns.front() else {
            return Err(ModelError::NotRecorded(format!(
                "the scripted model has no reply left; the request ends with {}",
                ending(request)
            )));
        };
        if let Some(expects) = &turn.expects
            && !request.messages.last().is_some_and(expects)
        {
            return Err(ModelError::NotRecorded(format!(
                "the next scripted reply is not for a request that ends with {}",
                ending(request)
            )));
        }
        let reply = turns.pop_front().map_or_else(|| Ok(Reply::default()), |turn| turn.reply)?;
        drop(turns);
        // Word by word, so that callers meet text in pieces as they do with a server.
        for piece in reply.text.split_inclusive(' ') {
            on_delta(piece);
        }
        Ok(reply)
    }
}

fn ending(request: &Request) -> String {
    match request.messages.last() {
        Some(message) => format!("the {} message `{}`", message.role(), message.text().chars().take(120).collect::<String>()),
        None => "no message at all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use super::*;

    fn asking(text: &str) -> Request {
        Request { messages: vec![Message::User { text: text.to_owned() }], ..Request::default() }
    }

    async fn ask(model: &Model, text: &str) -> (Result<Reply, ModelError>, Vec<String>) {
        let mut pieces = Vec::new();
        let reply = model.reply(&asking(text), &mut |piece: &str| pieces.push(piece.to_owned())).await;
        (reply, pieces)
    }

    #[tokio::test]
    async fn turns_come_in_order_and_then_no_more() {
        let model = Model::Scripted(Scripted::new([Turn::calls(&[("best_run", serde_json::json!({}))]), Turn::text("run-017 it is")]));
        assert_eq!(ask(&model, "a").await.0.unwrap().calls[0].name, "best_run");
        let (reply, pieces) = ask(&model, "b").await;
        assert_eq!((reply.unwrap().text.as_str(), pieces.concat().as_str(), pieces.len()), ("run-017 it is", "run-017 it is", 3));
        let error = ask(&model, "c").await.0.unwrap_err().to_string();
        assert!(error.contains("no reply left") && error.contains("`c`"), "{error}");
    }

    #[tokio::test]
    async fn a_conditional_turn_waits_for_its_message() {
        let model = Model::Scripted(Scripted::new([Turn::text("yes").when(|message| message.text().contains("churn"))]));
        assert!(matches!(ask(&model, "weather").await.0, Err(ModelError::NotRecorded(_))));
        assert_eq!(ask(&model, "churn?").await.0.unwrap().text, "yes");
    }
}
