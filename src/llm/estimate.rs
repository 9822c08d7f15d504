//! How many tokens a text may be, for budgets: an estimate, since every model cuts its texts otherwise.
//!
//! A token for every four ASCII characters and one for every other character, and four around each message. Of our prompts and schemas
//! the tokenizers of OpenAI's models (`o200k_base`, `cl100k_base`) make about 6 % fewer; Chinese and Japanese they pack tighter, too.

use super::{Function, Message, Reply, Request};

/// What stands around a message: its role and the marks between messages.
const AROUND: u64 = 4;

/// The tokens of a text.
#[must_use]
pub fn of_text(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
    let others = text.chars().count() as u64 - ascii;
    ascii.div_ceil(4) + others
}

/// The tokens of a message.
#[must_use]
pub fn of_message(message: &Message) -> u64 {
    let calls = match message {
        Message::Assistant { calls, .. } => calls.iter().map(|call| of_text(&call.name) + of_text(&call.arguments) + AROUND).sum(),
        Message::System { .. } | Message::User { .. } | Message::ToolResult { .. } => 0,
    };
    of_text(message.text()) + calls + AROUND
}

/// The tokens of a function's definition.
#[must_use]
pub fn of_function(function: &Function) -> u64 {
    of_text(&function.name) + of_text(&function.description) + of_text(&function.parameters.to_string()) + AROUND
}

/// The tokens of a request.
#[must_use]
pub fn of_request(request: &Request) -> u64 {
    request.messages.iter().map(of_message).sum::<u64>() + request.functions.iter().map(of_function).sum::<u64>()
}

/// The tokens of a reply.
#[must_use]
pub fn of_reply(reply: &Reply) -> u64 {
    let calls: u64 = reply.calls.iter().map(|call| of_text(&call.name) + of_text(&call.arguments) + AROUND).sum();
    of_text(&reply.text) + calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_ascii_characters_are_a_token_and_so_is_any_other() {
        let check = |text: &str, expected: u64| assert_eq!(of_text(text), expected, "{text}");
        check("", 0);
        check("run-017", 2);
        check("größte", 3);
        check("精度", 2);
    }

    #[test]
    fn a_request_is_the_sum_of_its_parts() {
        let message = Message::User { text: "abcd".to_owned() };
        let function = Function { name: "best".to_owned(), description: "abcd".to_owned(), parameters: serde_json::json!({}) };
        let request = Request { messages: vec![message.clone(), message], functions: vec![function], ..Request::default() };
        assert_eq!(of_request(&request), 2 * (1 + 4) + (1 + 1 + 1 + 4));
    }
}
