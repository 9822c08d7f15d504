//! What happens in a turn, as JSON events, and what of it the report needs.
//!
//! Words that a model is still writing are not among them: until its numbers are checked they are nobody's to see. What was checked
//! is told at the end, by [`super::report`].

use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::meter::Meter;
use crate::agent::{Call, Event};
use crate::api::arguments::ChartWish;
use crate::api::problem::Problem;
use crate::domain::chart::to_vega_lite;

/// The calls of a turn and what they gave.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The calls, each with what came of it and how long it took.
    pub calls: Vec<Value>,
    /// The charts, as Vega-Lite, each with the index of its call.
    pub charts: Vec<Value>,
    /// The tables, each with the index of its call.
    pub tables: Vec<Value>,
}

/// Hears the events of a turn. Whoever listens to it hears the end when it is dropped.
#[derive(Debug)]
pub(super) struct Recorder {
    conversation_id: String,
    wish: ChartWish,
    told: UnboundedSender<Value>,
    call_begun: Instant,
    /// The calls so far.
    pub made: Made,
    /// What the store refused or failed at last, if it did.
    pub store_problem: Option<Problem>,
    /// What a model costs.
    pub meter: Meter,
}

impl Recorder {
    /// One that tells on to `told`; nobody need listen.
    pub(super) fn new(conversation_id: &str, wish: ChartWish, told: UnboundedSender<Value>, meter: Meter) -> Self {
        Self {
            conversation_id: conversation_id.to_owned(),
            wish,
            told,
            call_begun: Instant::now(),
            made: Made::default(),
            store_problem: None,
            meter,
        }
    }

    /// Takes in what happens.
    pub(super) fn hear(&mut self, event: Event<'_>) {
        match event {
            Event::Planner(planner) => self.tell(json!({"type": "planner", "planner": planner, "conversation_id": self.conversation_id})),
            Event::CallStarted { tool, arguments } => {
                self.call_begun = Instant::now();
                self.tell(json!({"type": "call_started", "call": self.made.calls.len(), "tool": tool, "arguments": arguments}));
            }
            Event::StoreFailed(fault) => self.store_problem = Some(Problem::from(fault)),
            Event::CallDone(call) => self.take(call),
            Event::NumberCheckFailed(faults) if !faults.is_empty() => {
                let unverified: Vec<&str> = faults.iter().map(|fault| fault.text.as_str()).collect();
                self.tell(json!({"type": "number_check", "unverified_numbers": unverified}));
            }
            Event::Spent(spent) => self.meter.spent = spent,
            Event::NumberCheckFailed(_) | Event::Delta(_) | Event::Done(_) => {}
        }
    }

    /// How the store failed, if it did. What is not there or not allowed is an answer; only a store that cannot answer fails.
    pub(super) fn failure(&self) -> Option<&Problem> {
        self.store_problem.as_ref().filter(|problem| problem.status.is_server_error())
    }

    fn take(&mut self, call: &Call) {
        let index = self.made.calls.len();
        let took_ms = milliseconds(self.call_begun);
        let mut told =
            json!({"call": index, "tool": call.tool, "arguments": call.arguments, "ok": call.result.is_ok(), "took_ms": took_ms});
        let came = match &call.result {
            Ok(outcome) => ("result", outcome.result.clone()),
            Err(refusal) => {
                // The driver's words may hold statements and values of others; a problem has none.
                let message = match &self.store_problem {
                    Some(problem) if refusal.code == "store" => &problem.detail,
                    _ => &refusal.message,
                };
                ("error", json!({"code": refusal.code, "message": message}))
            }
        };
        if let Some(fields) = told.as_object_mut() {
            fields.insert("resolved".to_owned(), json!(call.resolved()));
            fields.insert(came.0.to_owned(), came.1);
        }
        self.made.calls.push(told.clone());
        let outcome = call.result.as_ref().ok();
        let table = outcome.and_then(|outcome| outcome.table.as_ref());
        if let Some(fields) = told.as_object_mut() {
            fields.insert("type".to_owned(), json!("call_result"));
            fields.insert("table".to_owned(), json!(table.map(|table| json!({"columns": table.columns, "rows": table.rows}))));
        }
        self.tell(told);
        self.made.tables.extend(table.map(|table| json!({"call": index, "columns": table.columns, "rows": table.rows})));
        let chart = outcome.and_then(|outcome| outcome.chart.as_ref()).filter(|_| self.wish == ChartWish::VegaLite);
        if let Some(chart) = chart.map(|chart| json!({"call": index, "vega_lite": to_vega_lite(chart)})) {
            self.made.charts.push(chart.clone());
            self.tell(typed("chart", chart));
        }
    }

    fn tell(&self, event: Value) {
        // Who does not listen has gone away, and the turn with him, or wants the whole only.
        let _ = self.told.send(event);
    }
}

/// An object with its type.
pub(super) fn typed(kind: &str, mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert("type".to_owned(), json!(kind));
    }
    object
}

/// Milliseconds since `begun`, to a microsecond.
pub(super) fn milliseconds(begun: Instant) -> f64 {
    (begun.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0
}
