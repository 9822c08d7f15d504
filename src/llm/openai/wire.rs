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
    /// What the model says in place of an answer that it will not give.
    refusal: String,
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
            self.usage =
                Some(Usage { input_tokens: tokens("prompt_tokens"), output_tokens: tokens("completion_tokens"), estimated: false });
        }
        let Some(choice) = event.get("choices").and_then(|choices| choices.get(0)) else { return Ok(()) };
        if let Some(delta) = choice.get("delta").or_else(|| choice.get("message")) {
            if let Some(text) = delta.get("content") {
                self.take_text(text, on_delta);
            }
            if let Some(refusal) = delta.get("refusal").and_then(Value::as_str) {
                self.refusal.push_str(refusal);
            }
            if let Some(fragments) = delta.get("tool_calls").and_then(Value::as_array) {
                for fragment in fragments {
                    self.take_fragment(fragment)?;
                }
            }
            // The form before there were tools: one call, in pieces, without an id.
            if let Some(function) = delta.get("function_call").filter(|function| function.is_object()) {
                self.take_function(Some(0), "", Some(function))?;
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
        let text = self.text.finish();
        if text.trim().is_empty() && calls.is_empty() {
            if !self.refusal.trim().is_empty() {
                return Err(ModelError::Refused(excerpt(self.refusal.trim())));
            }
            if finish == Finish::Filtered {
                return Err(ModelError::Refused("its server's filter withheld the answer".to_owned()));
            }
        }
        Ok(Reply { text, calls, usage: self.usage, finish })
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
        self.take_function(index, id, fragment.get("function"))
    }

    fn take_function(&mut self, index: Option<u64>, id: &str, function: Option<&Value>) -> Result<(), ModelError> {
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

/// Text without the thought that reasoning models speak where the server does not take it out: blocks of `<think>`, wherever they
/// stand, and what comes before a `</think>` that nothing opened (the mark that opens it then stands in the model's template).
#[derive(Debug, Default)]
struct Spoken {
    text: String,
    /// What may yet turn out to be a mark.
    held: String,
    part: Part,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Before anything was spoken, and after a thought: white space is passed over.
    #[default]
    Gap,
    Thought,
    Speech,
}

const THINK: &str = "<think>";
const THOUGHT: &str = "</think>";

impl Spoken {
    fn push(&mut self, piece: &str, on_delta: &mut (dyn FnMut(&str) + Send)) {
        self.held.push_str(piece);
        loop {
            let marks = [(self.held.find(THINK), THINK), (self.held.find(THOUGHT), THOUGHT)];
            let first = marks.into_iter().filter_map(|(at, mark)| Some((at?, mark))).min();
            let Some((at, mark)) = first else { break };
            let after = self.held.split_off(at + mark.len());
            let before = std::mem::replace(&mut self.held, after);
            let before = before.strip_suffix(mark).unwrap_or_default();
            match (mark, self.part) {
                (THINK, Part::Gap | Part::Speech) => {
                    self.speak(before, on_delta);
                    self.part = Part::Thought;
                }
                (THINK, Part::Thought) => {}
                (_, Part::Thought) => self.part = Part::Gap,
                (_, Part::Gap | Part::Speech) => {
                    self.text.clear();
                    self.part = Part::Gap;
                }
            }
        }
        let sure = self.held.len() - beginning_of_mark(&self.held);
        let rest = self.held.split_off(sure);
        let sure = std::mem::replace(&mut self.held, rest);
        if self.part != Part::Thought {
            self.speak(&sure, on_delta);
        }
    }

    fn speak(&mut self, piece: &str, on_delta: &mut (dyn FnMut(&str) + Send)) {
        let piece = if self.part == Part::Gap { piece.trim_start() } else { piece };
        if !piece.is_empty() {
            self.part = Part::Speech;
            self.text.push_str(piece);
            on_delta(piece);
        }
    }

    /// What was spoken. What is still held back was only the beginning of a mark, unless it is thought that never ended.
    fn finish(mut self) -> String {
        if self.part != Part::Thought {
            self.text.push_str(&self.held);
        }
        self.text
    }
}

/// How many bytes at the end of `text` may be the beginning of a mark.
fn beginning_of_mark(text: &str) -> usize {
    let from = text.rfind('<').filter(|from| {
        let end = text.get(*from..).unwrap_or_default();
        THINK.starts_with(end) || THOUGHT.starts_with(end)
    });
    from.map_or(0, |from| text.len() - from)
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
        check(&["\n", "The"], "The");
        check(&["\n<th", "ink>so 0.9", "13</thi", "nk>\n\nrun", "-017"], "run-017");
        check(&["<think></think>", "\n", " a", " b"], "a b");
        check(&["<thin", " ice"], "<thin ice");
        check(&["a <think>b</thi", "nk> c"], "a c");
        check(&["<think>0.5 or <think> 0.6"], "");
    }

    #[test]
    fn thought_that_only_ends_is_not_text() {
        let pieces = ["so 0.9", "13, no", "</think>\n", "run-017"];
        let mut events: Vec<Value> = pieces.iter().map(|piece| delta(json!({"content": piece}))).collect();
        events.push(end("stop"));
        assert_eq!(assemble(&events).unwrap().0.text, "run-017");
    }

    #[test]
    fn a_call_of_the_old_form_is_a_call() {
        let events = [
            delta(json!({"function_call": {"name": "best_run", "arguments": ""}})),
            delta(json!({"function_call": {"arguments": "{\"metric\":"}})),
            delta(json!({"function_call": {"arguments": "\"f1\"}"}})),
            end("function_call"),
        ];
        let (reply, _) = assemble(&events).unwrap();
        let call = &reply.calls[0];
        assert_eq!((call.name.as_str(), call.arguments.as_str(), reply.finish), ("best_run", "{\"metric\":\"f1\"}", Finish::Calls));
    }

    #[test]
    fn who_will_not_answer_gives_no_reply() {
        for events in [[delta(json!({"refusal": "I can't."})), end("stop")], [delta(json!({"content": ""})), end("content_filter")]] {
            assert!(matches!(assemble(&events), Err(ModelError::Refused(_))), "{events:?}");
        }
    }

    #[test]
    fn a_chunk_without_choices_brings_the_usage() {
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3}});
        let (reply, _) = assemble(&[delta(json!({"content": [{"type": "text", "text": "hi"}]})), end("stop"), usage]).unwrap();
        assert_eq!((reply.text.as_str(), reply.usage), ("hi", Some(Usage { input_tokens: 12, output_tokens: 3, estimated: false })));
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
