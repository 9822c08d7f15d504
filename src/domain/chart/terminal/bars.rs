//! Bars in a terminal: a name, its value, and a bar of eighths of a character.

use unicode_width::UnicodeWidthStr;

use super::super::axis::Axis;
use super::super::number::short_number;
use super::super::{Comparison, Impact, Ranking, Standing, palette};
use super::rows::{Ink, Row, left_aligned, right_aligned};

/// Blocks from an eighth to a whole character.
const BLOCKS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

struct Bar<'a> {
    label: &'a str,
    value: Option<f64>,
    text: String,
    colour: &'static str,
}

/// The metrics one below the other, each with its own axis.
pub(super) fn comparison_rows(comparison: &Comparison, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, panel) in comparison.metrics.iter().enumerate() {
        if index > 0 {
            rows.push(Row::default());
        }
        let bars: Vec<Bar<'_>> = comparison
            .runs
            .iter()
            .zip(&panel.values)
            .enumerate()
            .map(|(index, (run, value))| Bar {
                label: run,
                value: *value,
                text: value.map_or_else(|| "–".to_owned(), short_number),
                colour: palette::colour(index),
            })
            .collect();
        let axis = Axis::bars(panel.values.iter().flatten().copied(), &panel.metric, 4);
        rows.extend(panel_rows(&bars, &axis, width));
    }
    rows
}

/// Runs in their order, the best in the strong colour.
pub(super) fn ranking_rows(ranking: &Ranking, width: usize) -> Vec<Row> {
    let bars: Vec<Bar<'_>> = ranking
        .bars
        .iter()
        .map(|bar| Bar {
            label: &bar.label,
            value: Some(bar.value),
            text: short_number(bar.value),
            colour: match bar.standing {
                Standing::Best => palette::STRONG,
                Standing::Other => palette::MUTED,
            },
        })
        .collect();
    panel_rows(&bars, &Axis::bars(ranking.bars.iter().map(|bar| bar.value), &ranking.metric, 4), width)
}

/// Correlations to both sides of zero.
pub(super) fn impact_rows(impact: &Impact, width: usize) -> Vec<Row> {
    let bars: Vec<Bar<'_>> = impact
        .bars
        .iter()
        .map(|bar| Bar {
            label: &bar.label,
            value: Some(bar.value),
            text: format!("{} (n = {})", short_number(bar.value), bar.run_count),
            colour: if bar.value < 0.0 { palette::OPPOSED } else { palette::STRONG },
        })
        .collect();
    panel_rows(&bars, &Axis::correlations(&impact.measure), width)
}

fn panel_rows(bars: &[Bar<'_>], axis: &Axis, width: usize) -> Vec<Row> {
    const GAP: &str = "  ";
    let value_width = bars.iter().map(|bar| bar.text.width()).max().unwrap_or(0);
    let label_width = bars.iter().map(|bar| bar.label.width()).max().unwrap_or(0).min((width * 2 / 5).max(6));
    let room = width.saturating_sub(label_width + value_width + 2 * GAP.len());
    let mut rows = vec![Row::of(Ink::Strong, axis.title.as_str())];
    for bar in bars {
        let name = left_aligned(bar.label, label_width) + GAP + &right_aligned(&bar.text, value_width) + GAP;
        rows.push(bar_row(Row::of(Ink::Plain, name), bar, axis, room));
    }
    rows
}

/// Appends the bar; where the axis has both signs, a line at zero has a column of its own.
fn bar_row(row: Row, bar: &Bar<'_>, axis: &Axis, room: usize) -> Row {
    let ink = Ink::Paint(bar.colour);
    let zero = axis.position(0.0);
    let value = bar.value.map_or(zero, |value| axis.position(value));
    if axis.domain().0 >= 0.0 {
        return row.with(ink, rightward(value * room as f64));
    }
    let room = room.saturating_sub(1);
    let left_room = whole_cells(zero * room as f64);
    let left = leftward(((zero - value) * room as f64).max(0.0));
    let space = " ".repeat(left_room.saturating_sub(left.width()));
    row.with(Ink::Plain, space).with(ink, left).with(Ink::Faint, "│").with(ink, rightward(((value - zero) * room as f64).max(0.0)))
}

fn rightward(cells: f64) -> String {
    let eighths = whole_cells(cells * 8.0);
    let rest = (eighths % 8).checked_sub(1).and_then(|index| BLOCKS.get(index));
    "█".repeat(eighths / 8) + &rest.map(char::to_string).unwrap_or_default()
}

/// Unicode has only a half block for the left end of a bar.
fn leftward(cells: f64) -> String {
    let halves = whole_cells(cells * 2.0);
    "▐".repeat(halves % 2) + &"█".repeat(halves / 2)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the width, never below zero")]
fn whole_cells(cells: f64) -> usize {
    cells.round() as usize
}

/// How many eighths of a bar `cell` shows.
#[cfg(test)]
pub(super) fn eighths(cell: char) -> u32 {
    BLOCKS.iter().zip(1..).find(|(block, _)| **block == cell).map_or(0, |(_, eighths)| eighths)
}
