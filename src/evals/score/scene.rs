//! Where calls are made again: the fixture's stores as the conversation had left them, and what was in focus.

use serde_json::{Map, Value};

use crate::agent::Call;
use crate::domain::experiment::ExperimentId;
use crate::evals::fixture::Which;
use crate::evals::play::{Earlier, PlayedTurn};
use crate::evals::stage::{Copy, Stage};
use crate::tools::{self, Access, Outcome};

/// A write of a conversation: the tool and its arguments.
pub(super) type Write = (String, Map<String, Value>);

/// The scene of one turn.
pub(super) struct Scene<'a> {
    pub(super) stage: &'a Stage,
    /// The turns before.
    pub(super) before: Earlier<'a>,
    /// The turn.
    pub(super) played: &'a PlayedTurn,
    /// The writes that were to be done before, by which its stores differ from the fixture's.
    writes: &'a [Write],
    /// The base and the twin with these writes; the fixture's own serve where there are none.
    written: Option<[Copy; 2]>,
}

impl<'a> Scene<'a> {
    /// Sets the scene.
    ///
    /// # Errors
    /// Where a store cannot be copied.
    pub(super) async fn set(stage: &'a Stage, before: Earlier<'a>, played: &'a PlayedTurn, writes: &'a [Write]) -> anyhow::Result<Self> {
        let mut scene = Self { stage, before, played, writes, written: None };
        if !writes.is_empty() {
            scene.written = Some([scene.copy(Which::Base).await?, scene.copy(Which::Twin).await?]);
        }
        Ok(scene)
    }

    /// A copy with the writes before. Where one cannot be done, the verdict on the state tells so.
    async fn copy(&self, which: Which) -> anyhow::Result<Copy> {
        let copy = self.stage.copy(which)?;
        for (tool, arguments) in self.writes {
            if let Some(tool) = tools::named(tool) {
                let _ = tool.call(Value::Object(arguments.clone()), &copy.context).await;
            }
        }
        Ok(copy)
    }

    /// What a tool answers on one of the stores in the place of the call at `index`, or the code of its refusal. A write has a copy of
    /// its own.
    pub(super) async fn answer(
        &self,
        which: Which,
        tool: &str,
        arguments: &Map<String, Value>,
        index: usize,
    ) -> anyhow::Result<Result<Outcome, &'static str>> {
        let Some(tool) = tools::named(tool) else { return Ok(Err("unknown_tool")) };
        let in_twin = || arguments.iter().map(|(name, value)| (name.clone(), self.stage.in_twin(name, value))).collect();
        let arguments: Map<String, Value> = if which == Which::Base { arguments.clone() } else { in_twin() };
        let copy = if tool.access == Access::Write { Some(self.copy(which).await?) } else { None };
        let mut context = match (&copy, &self.written) {
            (Some(copy), _) => copy.context.clone(),
            (None, Some([base, twin])) => if which == Which::Base { base } else { twin }.context.clone(),
            (None, None) => self.stage.shared(which),
        };
        context.focus = self.focus(index).map(|id| if which == Which::Base { id } else { self.stage.experiment_in_twin(&id) });
        Ok(tool.call(Value::Object(arguments), &context).await.map_err(|error| error.code()))
    }

    /// The experiment that was in focus before the call at `index`: that of the last call before it that was about one.
    fn focus(&self, index: usize) -> Option<ExperimentId> {
        let calls = self.played.turn.calls.iter().take(index);
        let of_call = |call: &Call| call.resolved().experiment.map(|experiment| ExperimentId(experiment.id));
        calls.rev().find_map(of_call).or_else(|| self.played.focus.clone())
    }

    /// Whether a text stands in what was said, in this turn or before.
    pub(super) fn is_said(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut said = self.before.turns.iter().chain([self.played]).map(|turn| turn.user.to_lowercase());
        said.any(|said| said.contains(&text))
    }

    /// Whether a text stands in a result from before the call at `index`.
    pub(super) fn is_found(&self, text: &str, index: usize) -> bool {
        let earlier = self.before.turns.iter().flat_map(|turn| &turn.turn.calls);
        let mut results = earlier.chain(self.played.turn.calls.iter().take(index)).filter_map(|call| call.result.as_ref().ok());
        results.any(|outcome| holds(&outcome.result, text))
    }
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(fields) => fields.values().any(|field| holds(field, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
