//! Lines of a terminal: pieces of text with a colour, cut at the width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::palette;
use super::Colour;

/// How a piece of text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// As the terminal writes.
    Plain,
    /// Titles, in bold.
    Strong,
    /// Axes and second lines.
    Faint,
    /// In a colour of the palette, given as its hexadecimal value there.
    Paint(&'static str),
}

impl Ink {
    fn code(self) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1".to_owned()),
            Self::Faint => Some("2".to_owned()),
            Self::Paint(colour) => Some(format!("38;5;{}", terminal_colour(colour))),
        }
    }
}

/// The nearest of the 256 colours that terminals know.
fn terminal_colour(colour: &str) -> u8 {
    const NEAREST: [u8; 7] = [32, 209, 36, 160, 81, 204, 245];
    match palette::COLOURS.iter().zip(NEAREST).find(|(known, _)| **known == colour) {
        Some((_, nearest)) => nearest,
        // The palette's muted blue.
        None => 110,
    }
}

/// One line.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pieces: Vec<(Ink, String)>,
}

impl Row {
    /// A line of one piece.
    pub(super) fn of(ink: Ink, text: impl Into<String>) -> Self {
        Self::default().with(ink, text)
    }

    /// The line with another piece at its end.
    pub(super) fn with(mut self, ink: Ink, text: impl Into<String>) -> Self {
        let text = text.into();
        match self.pieces.last_mut() {
            Some((last_ink, last_text)) if *last_ink == ink => last_text.push_str(&text),
            Some(_) | None => self.pieces.push((ink, text)),
        }
        self
    }

    /// The line as text, cut after `width` columns.
    pub(super) fn render(&self, width: usize, colour: Colour) -> String {
        let mut rendered = String::new();
        let mut room = width;
        let last_visible = self.pieces.iter().rposition(|(_, text)| !text.trim_end().is_empty());
        for (index, (ink, text)) in self.pieces.iter().enumerate().take(last_visible.map_or(0, |last| last + 1)) {
            let text = if Some(index) == last_visible { text.trim_end() } else { text.as_str() };
            let shown = fitted(text, room);
            room -= shown.width();
            match (ink.code(), colour) {
                (Some(code), Colour::Ansi) => rendered.push_str(&format!("\u{1b}[{code}m{shown}\u{1b}[0m")),
                (Some(_), Colour::None) | (None, Colour::Ansi | Colour::None) => rendered.push_str(&shown),
            }
        }
        rendered
    }
}

/// `text`, shortened with an ellipsis where it has more than `room` columns.
pub(super) fn fitted(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(character);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// `text` in exactly `room` columns, at the left.
pub(super) fn left_aligned(text: &str, room: usize) -> String {
    let shown = fitted(text, room);
    let space = " ".repeat(room.saturating_sub(shown.width()));
    shown + &space
}

/// `text` in exactly `room` columns, at the right.
pub(super) fn right_aligned(text: &str, room: usize) -> String {
    let shown = fitted(text, room);
    " ".repeat(room.saturating_sub(shown.width())) + &shown
}
