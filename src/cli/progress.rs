//! What happens in a turn, as it happens, on standard error where that is a terminal: the same events that the service sends.

use std::io::{self, IsTerminal};
use std::time::Instant;

use serde_json::{Map, Value};

use super::render;
use crate::agent::Event;
use crate::tools::view::plain;

/// The most characters of a line.
const LINE_CHARACTERS: usize = 160;

/// Hears a turn.
#[derive(Debug)]
pub(super) struct Progress {
    is_shown: bool,
    call_begun: Instant,
}

impl Progress {
    /// Of one turn.
    pub(super) fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal(), call_begun: Instant::now() }
    }

    /// Tells what happens.
    pub(super) fn hear(&mut self, event: &Event<'_>) {
        if let Event::CallStarted { .. } = event {
            self.call_begun = Instant::now();
        }
        if let Some(line) = line(event, self.call_begun.elapsed().as_millis()).filter(|_| self.is_shown) {
            render::remark(&line);
        }
    }
}

/// What is told of an event. Words that a model is still writing are not: nobody has checked them.
fn line(event: &Event<'_>, call_ms: u128) -> Option<String> {
    let line = match event {
        Event::Planner(planner) => format!("· {planner}"),
        Event::CallStarted { tool, arguments } => format!("→ {tool} {}", told(arguments)),
        Event::CallDone(call) => match &call.result {
            Ok(_) => format!("← {}, {call_ms} ms", call.tool),
            Err(refusal) => format!("← {}: {}", call.tool, refusal.message),
        },
        Event::NumberCheckFailed(faults) => {
            let numbers: Vec<&str> = faults.iter().map(|fault| fault.text.as_str()).collect();
            format!("! not in the results: {}; the answer is written anew", numbers.join(", "))
        }
        Event::StoreFailed(_) | Event::Spent(_) | Event::Delta(_) | Event::Done(_) => return None,
    };
    Some(plain(&line).chars().take(LINE_CHARACTERS).collect())
}

fn told(arguments: &Map<String, Value>) -> String {
    arguments.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::{Call, Refusal};

    #[test]
    fn calls_and_what_came_of_them_are_told_in_a_line_each() {
        let arguments = Map::from_iter([("metric".to_owned(), json!("F1\u{1b}[31m"))]);
        let started = Event::CallStarted { tool: "best_run", arguments: &arguments };
        assert_eq!(line(&started, 0).unwrap(), "→ best_run metric=\"F1\\u001b[31m\"");
        let refusal = Refusal { code: "not_found", message: "no run matches `\u{1b}x`".to_owned() };
        let call = Call { tool: "get_run".to_owned(), arguments, result: Err(refusal) };
        assert_eq!(line(&Event::CallDone(&call), 3).unwrap(), "← get_run: no run matches `x`");
        assert_eq!(line(&Event::Delta("0.987"), 0), None);
    }
}
