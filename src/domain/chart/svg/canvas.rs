//! A picture in the making: shapes and text in the order in which they are painted.

use super::super::number::coordinate;
use super::text::fitted;
use crate::domain::markup::escaped;

/// Text and lines from strong to faint.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// Titles and names.
    Strong,
    /// Values and legends.
    Normal,
    /// Ticks and axis titles.
    Faint,
    /// Axis lines.
    Line,
    /// Gridlines.
    Grid,
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    /// The text runs right from its place.
    Start,
    /// The text stands around its place.
    Middle,
    /// The text ends at its place.
    End,
}

/// A text to set: where, how large, and how much room it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) text: &'a str,
    pub(super) x: f64,
    /// The baseline.
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) anchor: Anchor,
    pub(super) ink: Ink,
    pub(super) room: f64,
}

/// What is painted so far.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    body: String,
}

impl Ink {
    fn colour(self) -> &'static str {
        match self {
            Self::Strong => "#1c2733",
            Self::Normal => "#3d4a57",
            Self::Faint => "#66737f",
            Self::Line => "#a3adb7",
            Self::Grid => "#e8ebee",
        }
    }
}

impl Canvas {
    /// Sets a text; one that is cut keeps its whole wording as a tooltip.
    pub(super) fn label(&mut self, label: Label<'_>) {
        let anchor = match label.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let shown = fitted(label.text, label.size, label.room);
        let whole = if shown == label.text { String::new() } else { format!("<title>{}</title>", escaped(label.text)) };
        self.push(&format!(
            r#"<text x="{}" y="{}" font-size="{}" text-anchor="{anchor}" fill="{}">{}{whole}</text>"#,
            coordinate(label.x),
            coordinate(label.y),
            coordinate(label.size),
            label.ink.colour(),
            escaped(&shown)
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        self.push(&format!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>"#,
            coordinate(from.0),
            coordinate(from.1),
            coordinate(to.0),
            coordinate(to.1),
            ink.colour()
        ));
    }

    /// Whatever else, already written.
    pub(super) fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// The whole picture on a white ground, which keeps it readable on any page.
    pub(super) fn into_svg(self, title: &str, width: f64, height: f64) -> String {
        let (width, height) = (coordinate(width), coordinate(height));
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="Inter, 'Helvetica Neue', Arial, sans-serif">
<title>{}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{}</svg>
"##,
            escaped(title),
            self.body
        )
    }
}
