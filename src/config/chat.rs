//! What the chat is told: how long a turn may take, and which conversations are kept.

use std::time::Duration;

use super::{ConfigError, Setting, count};

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// What the chat is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatConfig {
    /// `TRIALOGUE_TURN_SECONDS`: how long one turn may take, with a model or without, 120 s unless set.
    pub turn_deadline: Duration,
    /// `TRIALOGUE_CONVERSATION_DAYS`: how long a conversation is kept after its last turn, 30 days unless set.
    pub unused: Duration,
    /// `TRIALOGUE_CONVERSATIONS_PER_PRINCIPAL`: how many are kept of one, 200 unless set.
    pub per_principal: Setting<usize>,
}

impl ChatConfig {
    /// Reads the environment over the defaults. `variable` gives the value of a variable that is set.
    ///
    /// # Errors
    /// Where a value is no number that fits.
    pub(super) fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConfigError> {
        let number = |name, default| count(name, variable(name), default);
        Ok(Self {
            turn_deadline: Duration::from_secs(number("TRIALOGUE_TURN_SECONDS", 120)?.value as u64),
            unused: Duration::from_secs(number("TRIALOGUE_CONVERSATION_DAYS", 30)?.value as u64 * DAY),
            per_principal: number("TRIALOGUE_CONVERSATIONS_PER_PRINCIPAL", 200)?,
        })
    }
}
