//! Conversations as clients keep them: lists of messages with a role and a text, which several protocols share.

use serde_json::{Map, Value};

/// The last question, and the questions and answers before it. An answer belongs to the question before it.
pub(super) fn parted(messages: &[Map<String, Value>]) -> Result<(String, Vec<(String, String)>), String> {
    let mut said: Vec<(String, String)> = Vec::new();
    for message in messages {
        let role = message.get("role").and_then(Value::as_str).ok_or("a message has no `role`")?;
        let text = text(message.get("content").or_else(|| message.get("parts")).unwrap_or(&Value::Null))?;
        match role {
            "user" => said.push((text, String::new())),
            "assistant" => {
                if let Some((_, answer)) = said.last_mut() {
                    answer.push_str(&text);
                }
            }
            _ => {}
        }
    }
    let (question, _) = said.pop().ok_or("`messages` has none of the role `user`")?;
    Ok((question, said))
}

/// The text of a message: as it is, or of those of its parts that have some and are not thought.
fn text(content: &Value) -> Result<String, String> {
    let wrong = || "the `content` of a message is neither text nor a list of parts with `text`".to_owned();
    match content {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                let part = part.as_object().ok_or_else(wrong)?;
                match part.get("text").filter(|_| part.get("type").and_then(Value::as_str) != Some("reasoning")) {
                    None | Some(Value::Null) => {}
                    Some(Value::String(text)) => texts.push(text.as_str()),
                    Some(_) => return Err(wrong()),
                }
            }
            Ok(texts.join("\n"))
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(wrong()),
    }
}

/// The conversation of ours that a client was told of beside its last answer: `conversation_id` in the metadata of a message.
pub(super) fn conversation_of(messages: &[Map<String, Value>]) -> Option<String> {
    messages.iter().rev().find_map(|message| Some(message.get("metadata")?.get("conversation_id")?.as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(messages: Value) -> Vec<Map<String, Value>> {
        serde_json::from_value(messages).unwrap()
    }

    #[test]
    fn parts_of_thought_and_of_tools_are_no_text() {
        let told = messages(json!([
            {"role": "user", "parts": [{"type": "text", "text": "one"}, {"type": "file", "url": "x"}]},
            {"role": "assistant", "parts": [{"type": "reasoning", "text": "hm"}, {"type": "dynamic-tool"}, {"type": "text", "text": "1"}]},
            {"role": "tool", "content": "0.912"},
            {"role": "user", "content": "two"},
        ]));
        assert_eq!(parted(&told), Ok(("two".to_owned(), vec![("one".to_owned(), "1".to_owned())])));
    }

    #[test]
    fn the_last_answer_tells_the_conversation() {
        let told = messages(json!([
            {"role": "assistant", "metadata": {"conversation_id": "conv_1"}},
            {"role": "assistant", "metadata": {"conversation_id": "conv_2"}},
            {"role": "user", "metadata": {}},
        ]));
        assert_eq!(conversation_of(&told).as_deref(), Some("conv_2"));
        assert_eq!(conversation_of(&[]), None);
    }
}
