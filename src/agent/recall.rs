//! Conversations that somebody else keeps: brought up to date from what was said.

use super::conversation::Conversation;
use super::conversation::kept::head;
use super::{Consent, Planner, turn};
use crate::tools::Context;

/// How many of the last questions are read again.
const RECALLED: usize = 4;

/// Why nothing is written meanwhile.
const OF_BEFORE: &str = "what was asked before is not written again";

/// Brings `conversation` to where these questions and answers have left it.
///
/// What it is about is not in the words of an answer, so the interpreter reads the last questions again, over the store as it is now.
pub async fn recall(said: &[(String, String)], context: &Context, conversation: &mut Conversation) {
    let first = said.len().saturating_sub(RECALLED);
    for (question, _) in said.iter().skip(first) {
        turn(question, &Planner::Interpreter, Consent::Refused(OF_BEFORE), context, conversation, &mut |_| {}).await;
    }
    conversation.turns = said.iter().map(|(question, answer)| (head(question).to_owned(), head(answer).to_owned())).collect();
}
