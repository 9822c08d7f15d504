//! Curves with axes and legend in a terminal.

use unicode_width::UnicodeWidthStr;

use super::super::axis::Axis;
use super::super::{Chart, Lines, palette};
use super::Colour;
use super::braille::{Braille, Cell};
use super::rows::{Ink, Row, fitted, right_aligned};

/// Height of the plotting area.
pub(super) const ROWS: usize = 16;

/// What tells curves apart where colours do not.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Columns from one letter of a curve to its next.
const LETTER_DISTANCE: usize = 12;

/// How a curve is told from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Line,
    Letter,
}

/// The plot below the heading.
pub(super) fn rows(chart: &Chart, lines: &Lines, width: usize, colour: Colour) -> Vec<Row> {
    let y_axis = Axis::vertical(lines, 5);
    let columns = plot_columns(&y_axis, width);
    let x_axis = Axis::horizontal(lines, (columns / 12).max(2));
    let is_told_by_colour = match colour {
        Colour::Ansi => lines.series.len() <= palette::COLOURS.len(),
        Colour::None => lines.series.len() == 1,
    };
    let key = if is_told_by_colour { Key::Line } else { Key::Letter };
    let mut rows = vec![Row::of(Ink::Plain, lines.y_label.as_str())];
    rows.extend(plot_rows(lines, &x_axis, &y_axis, columns, key));
    rows.extend(x_axis_rows(&x_axis, gutter(&y_axis), columns));
    match lines.series.as_slice() {
        [only] if chart.heading_names(&only.label) => {}
        _ => rows.extend(legend_rows(lines, width, key)),
    }
    rows
}

/// Columns that the tick labels of the vertical axis take, with its line.
fn gutter(y_axis: &Axis) -> usize {
    y_axis.ticks.iter().map(|tick| tick.label.width()).max().unwrap_or(0) + 2
}

/// Columns that are left for the curves; some even where there is no room, the surplus is cut.
pub(super) fn plot_columns(y_axis: &Axis, width: usize) -> usize {
    width.saturating_sub(gutter(y_axis)).max(8)
}

fn plot_rows(lines: &Lines, x_axis: &Axis, y_axis: &Axis, columns: usize, key: Key) -> Vec<Row> {
    let mut braille = Braille::new(columns, ROWS);
    // The first curve is drawn last and so owns the cells where curves meet.
    for (index, series) in lines.series.iter().enumerate().rev() {
        braille.draw_curve(index, series.points.iter().map(|point| (x_axis.position(point.x), y_axis.position(point.y))));
    }
    let labels: Vec<(usize, &str)> = y_axis.ticks.iter().map(|tick| (row_of(y_axis.position(tick.value)), tick.label.as_str())).collect();
    let mut rows = Vec::new();
    for index in 0..ROWS {
        let label = labels.iter().find(|(row, _)| *row == index).map(|(_, label)| *label);
        let axis_line = if label.is_some() { "┤" } else { "│" };
        let mut row = Row::of(Ink::Faint, right_aligned(label.unwrap_or_default(), gutter(y_axis).saturating_sub(2)) + " " + axis_line);
        for (column, cell) in braille.row(index).iter().enumerate() {
            row = row.with(ink_of(*cell), character_of(*cell, column, key));
        }
        rows.push(row);
    }
    rows
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position lies between 0 and 1")]
fn row_of(position: f64) -> usize {
    ((1.0 - position) * (ROWS * 4 - 1) as f64).round() as usize / 4
}

fn ink_of(cell: Cell) -> Ink {
    cell.owner.map_or(Ink::Plain, |owner| Ink::Paint(palette::colour(owner)))
}

fn character_of(cell: Cell, column: usize, key: Key) -> char {
    match (key, cell.owner) {
        // Neighbouring curves have their letters at different columns.
        (Key::Letter, Some(owner)) if (column + owner * 5) % LETTER_DISTANCE == LETTER_DISTANCE / 2 => letter(owner),
        (Key::Letter | Key::Line, _) => cell.character(),
    }
}

fn letter(index: usize) -> char {
    LETTERS.chars().nth(index % LETTERS.len()).unwrap_or('?')
}

/// The axis, its tick labels and its title.
fn x_axis_rows(x_axis: &Axis, gutter: usize, columns: usize) -> Vec<Row> {
    let mut line: Vec<char> = vec!['─'; columns];
    let mut labels = " ".repeat(gutter);
    for tick in &x_axis.ticks {
        let column = column_of(x_axis.position(tick.value), columns);
        let label_start =
            (gutter + column).saturating_sub(tick.label.width() / 2).min((gutter + columns).saturating_sub(tick.label.width()));
        let is_free = labels.width() < label_start || labels.trim().is_empty();
        if let (true, Some(place)) = (is_free, line.get_mut(column)) {
            *place = '┬';
            labels = labels.chars().take(label_start).collect();
            labels.push_str(&" ".repeat(label_start.saturating_sub(labels.width())));
            labels.push_str(&tick.label);
        }
    }
    let axis = " ".repeat(gutter.saturating_sub(1)) + "└" + &String::from_iter(line);
    let title_start = gutter + columns.saturating_sub(x_axis.title.width()) / 2;
    [axis, labels, " ".repeat(title_start) + &x_axis.title].map(|text| Row::of(Ink::Faint, text)).to_vec()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position lies between 0 and 1")]
fn column_of(position: f64, columns: usize) -> usize {
    (position * (columns * 2).saturating_sub(1) as f64).round() as usize / 2
}

/// Names in as many even columns as there is room for.
fn legend_rows(lines: &Lines, width: usize, key: Key) -> Vec<Row> {
    const SYMBOL: usize = 3;
    const GAP: usize = 3;
    let widest = lines.series.iter().map(|series| series.label.width()).max().unwrap_or(0).min(width.saturating_sub(SYMBOL)).max(1);
    let columns = ((width + GAP) / (SYMBOL + widest + GAP)).max(1);
    let mut rows = vec![Row::default()];
    let entries: Vec<(usize, &str)> = lines.series.iter().map(|series| series.label.as_str()).enumerate().collect();
    for chunk in entries.chunks(columns) {
        let mut row = Row::default();
        for (index, label) in chunk {
            let symbol = match key {
                Key::Line => "── ".to_owned(),
                Key::Letter => format!("{}  ", letter(*index)),
            };
            let name = fitted(label, widest);
            let space = " ".repeat(widest.saturating_sub(name.width()) + GAP);
            row = row.with(Ink::Paint(palette::colour(*index)), symbol).with(Ink::Plain, name + &space);
        }
        rows.push(row);
    }
    rows
}
