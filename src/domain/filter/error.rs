//! What is wrong with a filter or sort key, where, and what would be right.

/// A text that is no filter or sort key, or a tree that cannot be written as one.
///
/// Printed, it shows the place: the problem, then the line with a caret under the character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at character {position})\n  {excerpt}\n  {caret}")]
pub struct FilterError {
    problem: String,
    position: usize,
    excerpt: String,
    caret: String,
}

/// Characters shown on each side of the place.
const SHOWN: usize = 40;

impl FilterError {
    /// `problem` with `text` at the byte `offset`.
    pub(super) fn new(text: &str, offset: usize, problem: impl Into<String>) -> Self {
        let before: Vec<char> = text.char_indices().take_while(|(at, _)| *at < offset).map(|(_, letter)| letter).collect();
        let position = before.len();
        let shown_before = before.iter().skip(position.saturating_sub(SHOWN)).copied().map(visible);
        let shown_after = text.chars().skip(position).take(SHOWN).map(visible);
        let excerpt: String = shown_before.chain(shown_after).collect();
        let caret = format!("{}^", " ".repeat(position.min(SHOWN)));
        Self { problem: problem.into(), position: position + 1, excerpt, caret }
    }

    /// What is wrong and what would be right, without the place.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The character it is about, counted from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

/// Line breaks would tear the caret from its character, and control characters have no width.
fn visible(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}
