//! Horizontal bars with a name to the left and the value to the right, alone or in panels.

use super::super::axis::Axis;
use super::super::number::{coordinate, short_number};
use super::super::{Comparison, Impact, Ranking, Standing, palette};
use super::canvas::{Anchor, Canvas, Ink, Label};
use super::text::width;
use super::{MARGIN, SMALL, WIDTH};
use crate::domain::markup::escaped;

/// Height of a bar with the gap to the next.
const ROW: f64 = 25.0;

/// Thickness of a bar.
const BAR: f64 = 17.0;

/// From a bar's end to its value, from a name to its bar.
const GAP: f64 = 7.0;

/// The widest that names may be.
const NAME_ROOM: f64 = 230.0;

/// Bars that share an axis.
struct Panel<'a> {
    title: &'a str,
    title_place: TitlePlace,
    axis: Axis,
    left: f64,
    right: f64,
    top: f64,
    bars: Vec<Bar<'a>>,
}

struct Bar<'a> {
    label: &'a str,
    value: Option<f64>,
    text: String,
    colour: &'static str,
}

/// Where a panel says what it measures.
enum TitlePlace {
    /// Above the bars, as the heading of one of several panels.
    Above,
    /// Below the ticks, as the title of the only axis.
    Below,
}

/// Panels in rows of up to three; names stand once a row.
pub(super) fn draw_comparison(canvas: &mut Canvas, comparison: &Comparison, top: f64) -> f64 {
    const PANEL_GAP: f64 = 20.0;
    let columns = comparison.metrics.len().clamp(1, 3);
    let names = name_width(comparison.runs.iter().map(String::as_str));
    let left = MARGIN + names + GAP;
    let texts = comparison.metrics.iter().flat_map(|panel| &panel.values).flatten().map(|value| width(&short_number(*value), SMALL));
    let value_width = texts.fold(0.0, f64::max) + GAP;
    let gaps = PANEL_GAP * columns.saturating_sub(1) as f64;
    let panel_width = (WIDTH - MARGIN - left - gaps) / columns as f64;
    let mut bottom = top;
    for row in comparison.metrics.chunks(columns) {
        let row_top = bottom + 14.0;
        for (column, metric) in row.iter().enumerate() {
            let panel_left = left + column as f64 * (panel_width + PANEL_GAP);
            let bars = comparison.runs.iter().zip(&metric.values).enumerate().map(|(index, (run, value))| Bar {
                label: run,
                value: *value,
                text: value.map_or_else(|| "–".to_owned(), short_number),
                colour: palette::colour(index),
            });
            let panel = Panel {
                title: &metric.metric,
                title_place: TitlePlace::Above,
                axis: Axis::bars(metric.values.iter().flatten().copied(), &metric.metric, 3),
                left: panel_left,
                right: panel_left + (panel_width - value_width).max(20.0),
                top: row_top + 18.0,
                bars: bars.collect(),
            };
            if column == 0 {
                draw_names(canvas, &panel, names);
            }
            bottom = bottom.max(draw_panel(canvas, &panel, panel_width));
        }
    }
    bottom
}

/// Runs in their order, the best in the strong colour.
pub(super) fn draw_ranking(canvas: &mut Canvas, ranking: &Ranking, top: f64) -> f64 {
    let bars = ranking.bars.iter().map(|bar| Bar {
        label: &bar.label,
        value: Some(bar.value),
        text: short_number(bar.value),
        colour: match bar.standing {
            Standing::Best => palette::STRONG,
            Standing::Other => palette::MUTED,
        },
    });
    let axis = Axis::bars(ranking.bars.iter().map(|bar| bar.value), &ranking.metric, 6);
    draw_alone(canvas, axis, bars.collect(), top)
}

/// Correlations to both sides of zero.
pub(super) fn draw_impact(canvas: &mut Canvas, impact: &Impact, top: f64) -> f64 {
    let bars = impact.bars.iter().map(|bar| Bar {
        label: &bar.label,
        value: Some(bar.value),
        text: format!("{} (n = {})", short_number(bar.value), bar.run_count),
        colour: if bar.value < 0.0 { palette::OPPOSED } else { palette::STRONG },
    });
    draw_alone(canvas, Axis::correlations(&impact.measure), bars.collect(), top)
}

/// One panel over the whole width.
fn draw_alone(canvas: &mut Canvas, axis: Axis, bars: Vec<Bar<'_>>, top: f64) -> f64 {
    let names = name_width(bars.iter().map(|bar| bar.label));
    let left = MARGIN + names + GAP;
    let (low, high) = axis.domain();
    // The value of a bar to the left stands in the middle and needs no room at the right.
    let overhang = bars.iter().filter(|bar| low >= 0.0 || bar.value.is_some_and(|value| value > high / 2.0));
    let value_width = overhang.map(|bar| width(&bar.text, SMALL)).fold(0.0, f64::max) + GAP;
    let title = axis.title.clone();
    let right = WIDTH - MARGIN - value_width.max(10.0);
    let panel = Panel { title: &title, title_place: TitlePlace::Below, axis, left, right, top: top + 6.0, bars };
    draw_names(canvas, &panel, names);
    draw_panel(canvas, &panel, right - left)
}

fn name_width<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    names.map(|name| width(name, SMALL)).fold(0.0, f64::max).min(NAME_ROOM)
}

fn draw_names(canvas: &mut Canvas, panel: &Panel<'_>, room: f64) {
    for (index, bar) in panel.bars.iter().enumerate() {
        let y = panel.top + index as f64 * ROW + ROW / 2.0 + 4.0;
        let x = panel.left - GAP;
        canvas.label(Label { text: bar.label, x, y, size: SMALL, anchor: Anchor::End, ink: Ink::Strong, room: room + 1.0 });
    }
}

/// Draws axis, bars and values, and returns where it ended.
fn draw_panel(canvas: &mut Canvas, panel: &Panel<'_>, title_room: f64) -> f64 {
    let place = |value: f64| panel.left + panel.axis.position(value) * (panel.right - panel.left);
    let bottom = panel.top + panel.bars.len() as f64 * ROW + 4.0;
    let tick = Label { text: "", x: 0.0, y: bottom + 16.0, size: 11.0, anchor: Anchor::Middle, ink: Ink::Faint, room: WIDTH };
    for mark in &panel.axis.ticks {
        let x = place(mark.value);
        canvas.line((x, panel.top - 2.0), (x, bottom), Ink::Grid);
        canvas.label(Label { text: &mark.label, x, ..tick });
    }
    let (low, high) = panel.axis.domain();
    canvas.push(&format!(
        r#"<g class="panel" data-panel="{}" data-x-domain="{low:e} {high:e}" data-x-range="{} {}">"#,
        escaped(panel.title),
        coordinate(panel.left),
        coordinate(panel.right)
    ));
    let zero = place(0.0);
    for (index, bar) in panel.bars.iter().enumerate() {
        let y = panel.top + index as f64 * ROW + (ROW - BAR) / 2.0;
        let mut text_left = zero;
        if let Some(value) = bar.value {
            let end = place(value);
            text_left = text_left.max(end);
            canvas.push(&format!(
                r#"<rect class="bar" data-label="{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
                escaped(bar.label),
                coordinate(zero.min(end)),
                coordinate(y),
                coordinate((end - zero).abs()),
                coordinate(BAR),
                bar.colour
            ));
        }
        let label = Label { text: &bar.text, x: text_left + GAP, y: y + BAR / 2.0 + 4.0, anchor: Anchor::Start, ink: Ink::Normal, ..tick };
        canvas.label(Label { size: SMALL, ..label });
    }
    canvas.push("</g>");
    canvas.line((zero, panel.top - 2.0), (zero, bottom), Ink::Line);
    let title = Label { text: panel.title, size: SMALL, ink: Ink::Strong, room: title_room, ..tick };
    match panel.title_place {
        TitlePlace::Above => {
            canvas.label(Label { x: panel.left, y: panel.top - 12.0, anchor: Anchor::Start, size: 13.0, ..title });
            bottom + 20.0
        }
        TitlePlace::Below => {
            canvas.label(Label { x: f64::midpoint(panel.left, panel.right), y: bottom + 38.0, ink: Ink::Normal, ..title });
            bottom + 42.0
        }
    }
}
