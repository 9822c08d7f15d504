//! What the chat is told: how long a turn may take, and which conversations are kept.

use std::time::Duration;

use super::{ConfigError, Setting, count};

/// Seconds of an hour.
const HOUR: u64 = 60 * 60;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// What the chat is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatConfig {
    /// `TRIALOGUE_TURN_SECONDS`: how long one turn may take, with a model or without, 120 s unless set.
    pub turn_deadline: Duration,
    /// `TRIALOGUE_CHARTS`: how chat completions show charts where the client does not say, `vega_lite` unless set.
    pub shows: ChartForm,
    /// `TRIALOGUE_PICTURE_HOURS`: how long pictures of charts are shown, 24 h unless set.
    pub pictures_good_for: Duration,
    /// `TRIALOGUE_CONVERSATION_DAYS`: how long a conversation is kept after its last turn, 30 days unless set.
    pub unused: Duration,
    /// `TRIALOGUE_CONVERSATIONS_PER_PRINCIPAL`: how many are kept of one, 200 unless set.
    pub per_principal: Setting<usize>,
}

/// How a chat completion shows charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartForm {
    /// Not at all: text and tables only.
    None,
    /// As fenced blocks of Vega-Lite.
    VegaLite,
    /// As Markdown images that the service shows for a while to whoever has their address.
    Image,
}

impl ChartForm {
    /// The form of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Self::None),
            "vega_lite" => Some(Self::VegaLite),
            "image" => Some(Self::Image),
            _ => None,
        }
    }
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
            shows: match variable("TRIALOGUE_CHARTS") {
                None => ChartForm::VegaLite,
                Some(value) => {
                    let expected = "`vega_lite`, `image` or `none`";
                    ChartForm::named(value.trim()).ok_or(ConfigError { name: "TRIALOGUE_CHARTS", value, expected })?
                }
            },
            pictures_good_for: Duration::from_secs(number("TRIALOGUE_PICTURE_HOURS", 24)?.value as u64 * HOUR),
            unused: Duration::from_secs(number("TRIALOGUE_CONVERSATION_DAYS", 30)?.value as u64 * DAY),
            per_principal: number("TRIALOGUE_CONVERSATIONS_PER_PRINCIPAL", 200)?,
        })
    }
}
