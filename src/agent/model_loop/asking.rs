//! Asks the model, within its budgets: what one request may hold, and what a turn may take of tokens, money and time.

use tokio::time::{Instant, timeout_at};

use super::briefing;
use crate::agent::Event;
use crate::agent::conversation::Conversation;
use crate::config::ModelBudget;
use crate::llm::{Message, Model, ModelError, Reply, Request, Usage, estimate};
use crate::prompts::Prompts;
use crate::tools::Context;

/// What stands in place of a result that has no room any more.
const LEFT_OUT: &str = "{\"left_out\":\"there is no room for this result any more; call again for what you still need\"}";

/// A model that is being asked in a turn.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    model: &'a Model,
    /// What it may be told besides the request.
    pub(super) prompts: &'a Prompts,
    /// What it may cost.
    pub(super) budget: &'a ModelBudget,
    /// What it is asked next.
    pub(super) request: Request,
    /// How many earlier turns the request holds: pairs of messages after the first.
    earlier: usize,
    until: Instant,
    spent: Usage,
}

impl<'a> Asking<'a> {
    /// Begins a turn: the request holds what the model is told beforehand, and the question.
    pub(super) async fn begin(
        utterance: &str,
        model: &'a Model,
        prompts: &'a Prompts,
        budget: &'a ModelBudget,
        context: &Context,
        conversation: &Conversation,
    ) -> Self {
        let until = Instant::now() + budget.time;
        let messages = briefing::messages(utterance, prompts, context, conversation).await;
        let earlier = messages.len().saturating_sub(2) / 2;
        let request = Request { messages, functions: briefing::functions(), ..Request::default() };
        Self { model, prompts, budget, request, earlier, until, spent: Usage::default() }
    }

    /// What the model cost so far, if it cost anything.
    pub(super) fn spent(&self) -> Option<Usage> {
        (self.spent != Usage::default()).then_some(self.spent)
    }

    /// What the model was told before all else.
    pub(super) fn instructions(&self) -> &str {
        self.request.messages.first().map_or("", Message::text)
    }

    /// Asks for a reply.
    ///
    /// # Errors
    /// Where a budget does not allow it, time is up, or the model fails.
    pub(super) async fn reply(&mut self, on_event: &mut (dyn FnMut(Event<'_>) + Send)) -> Result<Reply, ModelError> {
        let asked = self.fit()?;
        // Counted before it is sent: whoever goes away meanwhile has cost it all the same.
        let pending = self.spent.plus(Usage { input_tokens: asked, output_tokens: 0, estimated: true });
        if let Some(passed) = self.budget.passed_in_turn(pending.input_tokens, pending.output_tokens) {
            return Err(ModelError::OverBudget(passed));
        }
        on_event(Event::Spent(pending));
        let mut on_delta = |text: &str| on_event(Event::Delta(text));
        let reply = match timeout_at(self.until, self.model.reply(&self.request, &mut on_delta)).await {
            Ok(reply) => reply,
            Err(_) => Err(ModelError::Timeout { after: self.budget.time }),
        };
        match &reply {
            Ok(reply) => {
                let estimated = || Usage { input_tokens: asked, output_tokens: estimate::of_reply(reply), estimated: true };
                self.spent = self.spent.plus(reply.usage.unwrap_or_else(estimated));
                on_event(Event::Spent(self.spent));
            }
            // What no model has read has cost nothing.
            Err(ModelError::Unreachable { .. } | ModelError::RateLimited { .. } | ModelError::Rejected { .. }) => {
                on_event(Event::Spent(self.spent));
            }
            Err(_) => self.spent = pending,
        }
        reply
    }

    /// Leaves out whole earlier turns, the oldest first, then results of this turn, until the request has room; gives its tokens.
    fn fit(&mut self) -> Result<u64, ModelError> {
        let most = self.budget.context_tokens;
        let mut tokens = estimate::of_request(&self.request);
        while tokens > most && self.earlier > 0 {
            self.request.messages.drain(1..3);
            self.earlier -= 1;
            tokens = estimate::of_request(&self.request);
        }
        for message in &mut self.request.messages {
            if tokens <= most {
                break;
            }
            let before = estimate::of_message(message);
            if let Message::ToolResult { text, .. } = message
                && text.len() > LEFT_OUT.len()
            {
                LEFT_OUT.clone_into(text);
                tokens = tokens + estimate::of_message(message) - before;
            }
        }
        if tokens > most {
            let told =
                format!("the question and what the model is told take {tokens} tokens; TRIALOGUE_MODEL_CONTEXT_TOKENS allows {most}");
            return Err(ModelError::OverBudget(told));
        }
        Ok(tokens)
    }
}
