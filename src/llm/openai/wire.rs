//! The JSON of chat completions: the request as servers want it, and the reply put together from its events.
//!
//! Events are read member by member, not by a type: vendors leave out ids and indices, send a call whole or in shreds, its
//! arguments as text or as an object, a `message` in place of a `delta`, and members of their own.

use serde_json::{Map, Value, json};

use super::super::{Finish, FunctionCall, Message, ModelError, Reply, Request, Usage};

/// More calls than any function list has use for.
const MAX_CALLS: usize = 128;

/// How much of a server's words an error repeats.
const EXCERPT_CHARS: usize = 300;

/// Request members that some servers and models refuse: reasoning models take no temperature, old servers no stream options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extras {
    Sent,
    Omitted,
}

/// Whether a refusal is about the members that [`Extras::Omitted`] leaves out.
pub(super) fn is_about_extras(message: &str) -> bool {
    ["temperature", "stream_options", "include_usage", "max_tokens"].iter().any(|member| message.contains(member))
}

pub(super) fn request_body(model: &str, request: &Request, extras: Extras) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    body.insert("messages".to_owned(), request.messages.iter().map(message_body).collect());
    if !request.functions.is_empty() {
        let tools = request.functions.iter().map(|function| {
            json!({"type": "function", "function": {
                "name": function.name, "description": function.description, "parameters": function.parameters,
            }})
        });
        body.insert("tools".to_owned(), tools.collect());
    }
    // async-openai sets this itself only without its `byot` feature.
    body.insert("stream".to_owned(), json!(true));
    if extras == Extras::Sent {
        body.insert("temperature".to_owned(), json!(request.sampling.temperature));
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
        if let Some(max_tokens) = request.sampling.max_tokens {
            body.insert("max_tokens".to_owned(), json!(max_tokens));
        }
    } else if let Some(max_tokens) = request.sampling.max_tokens {
        // The name that OpenAI's reasoning models take in place of `max_tokens`.
        body.insert("max_completion_tokens".to_owned(), json!(max_tokens));
    }
    Value::Object(body)
}

fn message_body(message: &Message) -> Value {
    match message {
        Message::System { text } => json!({"role": "system", "content": text}),
        Message::User { text } => json!({"role": "user", "content": text}),
        Message::Assistant { text, calls } if calls.is_empty() => json!({"role": "assistant", "content": text}),
        Message::Assistant { text, calls } => {
            let content = if text.is_empty() { Value::Null } else { json!(text) };
            let calls: Vec<Value> = calls.iter().map(call_body).collect();
            json!({"role": "assistant", "content": content, "tool_calls": calls})
        }
        Message::ToolResult { call_id, text } => json!({"role": "tool", "tool_call_id": call_id, "content": text}),
    }
}

fn call_body(call: &FunctionCall) -> Value {
    // Chat templates parse the arguments of earlier calls and fail on text that is no JSON; the tool's result told the model.
    let arguments = match call.parse_arguments() {
        Ok(_) if !call.arguments.trim().is_empty() => call.arguments.as_str(),
        Ok(_) | Err(_) => "{}",
    };
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

/// The words of an error object, in the forms that vendors use.
pub(super) fn error_message(json: &Value) -> Option<String> {
    let candidates = [json.pointer("/error/message"), json.get("error"), json.get("message"), json.get("detail")];
    candidates.into_iter().flatten().find_map(|value| value.as_str().map(ToOwned::to_owned))
}

/// The text as one short line without control characters.
pub(super) fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(EXCERPT_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A reply that grows by events.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    text: Spoken,
    calls: Vec<Slot>,
    usage: Option<Usage>,
    finish: Option<Finish>,
}

/// A call in the making, at the index that the server gave it.
#[derive(Debug, Default)]
struct Slot {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Assembly {
    /// Whether the server has said why the reply ended.
    pub(super) fn is_complete(&self) -> bool {
        self.finish.is_some()
    }

    /// Adds an event. What it does not know, such as `reasoning_content`, it passes over.
    pub(super) fn take(&mut self, event: &Value, on_delta: &mut (dyn FnMut(&str) + Send)) -> Result<(), ModelError> {
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            return Err(ModelError::Rejected { status: 200, message: error_message(event).unwrap_or_else(|| error.to_string()) });
        }
        if let Some(usage) = event.get("usage").filter(|usage| usage.is_object()) {
            let tokens = |member: &str| usage.get(member).and_then(Value::as_u64).unwrap_or_default();
            self.usage = Some(Usage { input_tokens: tokens("prompt_tokens"), output_tokens: tokens("completion_tokens") });
        }
        let Some(choice) = event.get("choices").and_then(|choices| choices.get(0)) else { return Ok(()) };
        if let Some(delta) = choice.get("delta").or_else(|| choice.get("message")) {
            for text in [delta.get("content"), delta.get("refusal")].into_iter().flatten() {
                self.take_text(text, on_delta);
            }
            if let Some(fragments) = delta.get("tool_calls").and_then(Value::as_array) {
                for fragment in fragments {
                    self.take_fragment(fragment)?;
                }
            }
        }
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str).filter(|reason| !reason.is_empty()) {
            self.finish = Some(finish(reason));
        }
        Ok(())
    }

    /// The reply. `turn` makes the ids of calls without one differ from those of other turns.
    pub(super) fn finish(self, turn: usize) -> Result<Reply, ModelError> {
        let Some(finish) = self.finish else {
            return Err(ModelError::Interrupted("the stream ended before the model said that it was done".to_owned()));
        };
        let named = self.calls.into_iter().filter(|slot| !slot.name.is_empty());
        let calls: Vec<FunctionCall> = named
            .enumerate()
            .map(|(index, slot)| FunctionCall {
                id: if slot.id.is_empty() { format!("call_{turn}_{index}") } else { slot.id },
                name: slot.name,
                arguments: slot.arguments,
            })
            .collect();
        // Several vendors end with `stop` also where calls are to be made.
        let finish = if finish == Finish::Stop && !calls.is_empty() { Finish::Calls } else { finish };
        Ok(Reply { text: self.text.finish(), calls, usage: self.usage, finish })
    }

    fn take_text(&mut self, text: &Value, on_delta: &mut (dyn FnMut(&str) + Send)) {
        match text {
            Value::String(text) => self.text.push(text, on_delta),
            Value::Array(parts) => {
                for part in parts.iter().filter_map(|part| part.get("text")?.as_str()) {
                    self.text.push(part, on_delta);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
        }
    }

    fn take_fragment(&mut self, fragment: &Value) -> Result<(), ModelError> {
        let index = fragment.get("index").and_then(Value::as_u64);
        let id = fragment.get("id").and_then(Value::as_str).unwrap_or_default();
        let function = fragment.get("function");
        let name = function.and_then(|function| function.get("name")?.as_str()).unwrap_or_default();
        let slot = self.slot(index, id, name)?;
        if !id.is_empty() {
            id.clone_into(&mut slot.id);
        }
        // Some repeat the name with each fragment, none is known to send it in pieces.
        if slot.name.is_empty() {
            name.clone_into(&mut slot.name);
        }
        match function.and_then(|function| function.get("arguments")) {
            Some(Value::String(text)) => slot.arguments.push_str(text),
            Some(Value::Object(arguments)) => slot.arguments = Value::Object(arguments.clone()).to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | None => {}
        }
        Ok(())
    }

    /// The call that a fragment belongs to: that of its index, else that of its id, else the last.
    ///
    /// A second id under one index, or a second name without index and id, begins another call: some servers send each call
    /// whole and count none of them.
    fn slot(&mut self, index: Option<u64>, id: &str, name: &str) -> Result<&mut Slot, ModelError> {
        let continues = |slot: &Slot| {
            let same_id = id.is_empty() || slot.id.is_empty() || slot.id == id;
            match index {
                Some(_) => slot.index == index && same_id,
                None if !id.is_empty() => slot.id == id,
                None => name.is_empty(),
            }
        };
        // Without index the fragment can only go on with the call begun last.
        let position = match index {
            Some(_) => self.calls.iter().rposition(continues),
            None => self.calls.len().checked_sub(1).filter(|last| self.calls.get(*last).is_some_and(continues)),
        };
        let position = match position {
            Some(position) => position,
            None if self.calls.len() >= MAX_CALLS => {
                return Err(ModelError::Malformed(format!("one reply asks for more than {MAX_CALLS} calls")));
            }
            None => {
                self.calls.push(Slot { index, ..Slot::default() });
                self.calls.len() - 1
            }
        };
        self.calls.get_mut(position).ok_or_else(|| ModelError::Malformed("a call without a place".to_owned()))
    }
}

fn finish(reason: &str) -> Finish {
    match reason {
        "stop" => Finish::Stop,
        "tool_calls" | "function_call" => Finish::Calls,
        "length" => Finish::Length,
        "content_filter" => Finish::Filtered,
        other => Finish::Other(excerpt(other)),
    }
}

/// Text without the `<think>` block that reasoning models begin with where the server does not take it out.
#[derive(Debug, Default)]
struct Spoken {
    text: String,
    /// What may yet turn out to be thought.
    held: String,
    part: Part,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Start,
    Thought,
    /// The white space between thought and speech.
    Gap,
    Speech,
}

const THINK: &str = "<think>";
const THOUGHT: &str = "</think>";

impl Spoken {
    fn push(&mut self, piece: &str, on_delta: &mut (dyn FnMut(&str) + Send)) {
        match self.part {
            Part::Start => {
                self.held.push_str(piece);
                let begun = self.held.trim_start();
                if begun.starts_with(THINK) {
                    self.part = Part::Thought;
                    self.push("", on_delta);
                } else if !THINK.starts_with(begun) {
                    self.part = Part::Speech;
                    let held = std::mem::take(&mut self.held);
                    self.speak(&held, on_delta);
                }
            }
            Part::Thought => {
                self.held.push_str(piece);
                if let Some((_, after)) = self.held.split_once(THOUGHT) {
                    let after = after.to_owned();
                    self.held.clear();
                    self.part = Part::Gap;
                    self.push(&after, on_delta);
                }
            }
            Part::Gap => {
                let piece = piece.trim_start();
                if !piece.is_empty() {
                    self.part = Part::Speech;
                    self.speak(piece, on_delta);
                }
            }
            Part::Speech => self.speak(piece, on_delta),
        }
    }

    fn speak(&mut self, piece: &str, on_delta: &mut (dyn FnMut(&str) + Send)) {
        if !piece.is_empty() {
            self.text.push_str(piece);
            on_delta(piece);
        }
    }

    /// What was spoken. What is still held back was the beginning of a mark, or a thought that never ended.
    fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assemble(events: &[Value]) -> Result<(Reply, String), ModelError> {
        let mut assembly = Assembly::default();
        let mut heard = String::new();
        for event in events {
            assembly.take(event, &mut |piece: &str| heard.push_str(piece))?;
        }
        assembly.finish(7).map(|reply| (reply, heard))
    }

    fn delta(delta: Value) -> Value {
        json!({"choices": [{"index": 0, "delta": delta}]})
    }

    fn end(reason: &str) -> Value {
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    }

    fn calls_of(fragments: &[Value]) -> Vec<(String, String, String)> {
        let mut events: Vec<Value> = fragments.iter().map(|fragments| delta(json!({"tool_calls": fragments}))).collect();
        events.push(end("tool_calls"));
        let (reply, _) = assemble(&events).unwrap();
        reply.calls.into_iter().map(|call| (call.id, call.name, call.arguments)).collect()
    }

    fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
        (id.to_owned(), name.to_owned(), arguments.to_owned())
    }

    #[test]
    fn fragments_are_joined_by_index() {
        let calls = calls_of(&[
            json!([{"index": 0, "id": "a", "type": "function", "function": {"name": "best_run", "arguments": ""}}]),
            json!([{"index": 1, "id": "b", "function": {"name": "list_runs", "arguments": "{\"n"}}]),
            json!([{"index": 0, "function": {"arguments": "{\"metric\":"}}, {"index": 1, "function": {"arguments": "\":3}"}}]),
            json!([{"index": 0, "function": {"arguments": "\"f1\"}"}}]),
        ]);
        assert_eq!(calls, [call("a", "best_run", "{\"metric\":\"f1\"}"), call("b", "list_runs", "{\"n\":3}")]);
    }

    #[test]
    fn whole_calls_need_no_index_and_no_id() {
        let whole = json!([{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "f", "arguments": "{}"}}]);
        assert_eq!(calls_of(&[whole]), [call("call_7_0", "f", "{\"a\":1}"), call("call_7_1", "f", "{}")]);
    }

    #[test]
    fn a_second_id_under_one_index_is_a_second_call() {
        let calls = calls_of(&[
            json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}]),
            json!([{"index": 0, "id": "b", "function": {"name": "g", "arguments": "{\"x\""}}]),
            json!([{"index": 0, "id": "b", "function": {"name": "g", "arguments": ":1}"}}]),
        ]);
        assert_eq!(calls, [call("a", "f", "{}"), call("b", "g", "{\"x\":1}")]);
    }

    #[test]
    fn stop_after_calls_means_calls() {
        let events = [delta(json!({"tool_calls": [{"id": "a", "function": {"name": "f"}}]})), end("stop")];
        assert_eq!(assemble(&events).unwrap().0.finish, Finish::Calls);
    }

    #[test]
    fn reasoning_is_not_text() {
        let check = |pieces: &[&str], expected: &str| {
            let mut events = vec![delta(json!({"reasoning_content": "hm", "content": null}))];
            events.extend(pieces.iter().map(|piece| delta(json!({"content": piece}))));
            events.push(end("stop"));
            let (reply, heard) = assemble(&events).unwrap();
            assert_eq!((reply.text.as_str(), heard.as_str()), (expected, expected), "{pieces:?}");
        };
        check(&["The ", "best"], "The best");
        check(&["\n<th", "ink>so 0.9", "13</thi", "nk>\n\nrun", "-017"], "run-017");
        check(&["<think></think>", "\n", " a", " b"], "a b");
        check(&["<thin", " ice"], "<thin ice");
        check(&["a <think>b</think>"], "a <think>b</think>");
    }

    #[test]
    fn a_chunk_without_choices_brings_the_usage() {
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}});
        let (reply, _) = assemble(&[delta(json!({"content": [{"type": "text", "text": "hi"}]})), end("stop"), usage]).unwrap();
        assert_eq!((reply.text.as_str(), reply.usage), ("hi", Some(Usage { input_tokens: 12, output_tokens: 3 })));
    }

    #[test]
    fn a_reply_that_does_not_end_is_no_reply() {
        assert!(matches!(assemble(&[delta(json!({"content": "run-0"}))]), Err(ModelError::Interrupted(_))));
        assert!(matches!(assemble(&[json!({"error": {"message": "overloaded"}})]), Err(ModelError::Rejected { status: 200, .. })));
    }

    #[test]
    fn too_many_calls_are_refused() {
        let fragments: Vec<Value> = (0..200).map(|index| json!({"index": index, "function": {"name": "f"}})).collect();
        assert!(matches!(assemble(&[delta(json!({"tool_calls": fragments}))]), Err(ModelError::Malformed(_))));
    }

    #[test]
    fn unreadable_arguments_are_not_sent_back() {
        let check = |arguments: &str, expected: &str| {
            let call = FunctionCall { id: "a".to_owned(), name: "f".to_owned(), arguments: arguments.to_owned() };
            assert_eq!(call_body(&call)["function"]["arguments"], json!(expected), "{arguments}");
        };
        check("{\"a\": 1}", "{\"a\": 1}");
        check("{\"a\": ", "{}");
        check("", "{}");
    }
}
