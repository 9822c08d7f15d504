//! What a turn takes of a principal's day of a model, written down however the turn ends.
//!
//! Turns of one principal that are under way at the same time do not see each other's tokens: a day may pass its budget by as many turns
//! as may go on at a time.

use crate::agent::Planner;
use crate::domain::time::Timestamp;
use crate::llm::Usage;
use crate::state::State;
use crate::state::spending::Tokens;

/// Of one turn.
#[derive(Debug)]
pub(super) struct Meter {
    state: State,
    principal: String,
    now: Timestamp,
    /// What the model has cost in this turn so far.
    pub spent: Usage,
}

impl Meter {
    /// Of a turn that has cost nothing yet.
    pub(super) fn new(state: &State, principal: &str, now: Timestamp) -> Self {
        Self { state: state.clone(), principal: principal.to_owned(), now, spent: Usage::default() }
    }

    /// Why `planner` may not be asked today any more, if it may not.
    pub(super) async fn used_up(&self, planner: &Planner) -> Option<String> {
        let Planner::Model { budget, .. } = planner else { return None };
        match self.state.taken_today(&self.principal, self.now).await {
            Ok(taken) => budget.passed_in_day(taken.input, taken.output),
            Err(error) => {
                tracing::error!(%error, "it is not known what a principal has taken of the model");
                Some("it is not known what you have taken of a model today".to_owned())
            }
        }
    }

    /// Writes down what the turn has cost.
    pub(super) async fn write_down(&mut self) {
        let spent = std::mem::take(&mut self.spent);
        write_down(&self.state, &self.principal, spent, self.now).await;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        // A turn that was given up half-way; at the end of the process there is nobody left to write it down.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (state, principal, now) = (self.state.clone(), std::mem::take(&mut self.principal), self.now);
        let spent = self.spent;
        if spent != Usage::default() {
            runtime.spawn(async move { write_down(&state, &principal, spent, now).await });
        }
    }
}

async fn write_down(state: &State, principal: &str, spent: Usage, now: Timestamp) {
    if spent == Usage::default() {
        return;
    }
    let tokens = Tokens { input: spent.input_tokens, output: spent.output_tokens };
    if let Err(error) = state.take(principal, tokens, now).await {
        tracing::error!(principal, %error, "what a turn took of the model could not be written down");
    }
}
