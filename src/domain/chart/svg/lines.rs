//! Curves with their axes and legend.

use super::super::axis::Axis;
use super::super::number::coordinate;
use super::super::{Chart, Lines, Scale, Series, palette};
use super::canvas::{Anchor, Canvas, Ink, Label};
use super::text::width;
use super::{MARGIN, SMALL, WIDTH};
use crate::domain::markup::escaped;

/// Height of the plotting area.
const HEIGHT: f64 = 340.0;

/// Height of a row of the legend.
const LEGEND_ROW: f64 = 21.0;

/// The plotting area and what its edges stand for.
struct Frame {
    x: Axis,
    y: Axis,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + self.x.position(x) * (self.right - self.left), self.bottom - self.y.position(y) * (self.bottom - self.top))
    }
}

/// Draws below `top` and returns where it ended.
pub(super) fn draw(canvas: &mut Canvas, chart: &Chart, lines: &Lines, top: f64) -> f64 {
    let (x, y) = (Axis::horizontal(lines, 8), Axis::vertical(lines, 7));
    let gutter = y.ticks.iter().map(|tick| width(&tick.label, SMALL)).fold(0.0, f64::max) + 10.0;
    // The vertical axis has its title above it, where it is read without turning the head.
    let plot_top = top + 26.0;
    let frame = Frame { x, y, left: MARGIN + gutter, right: WIDTH - MARGIN - 8.0, top: plot_top, bottom: plot_top + HEIGHT };
    draw_axes(canvas, &frame, top);
    draw_curves(canvas, lines, &frame);
    let below_axis = frame.bottom + 46.0;
    match lines.series.as_slice() {
        [only] if chart.heading_names(&only.label) => below_axis,
        series => draw_legend(canvas, series, below_axis + 24.0),
    }
}

fn draw_axes(canvas: &mut Canvas, frame: &Frame, top: f64) {
    let tick = Label { text: "", x: 0.0, y: 0.0, size: SMALL, anchor: Anchor::End, ink: Ink::Faint, room: WIDTH };
    for mark in &frame.y.ticks {
        let (_, y) = frame.place(0.0, mark.value);
        canvas.line((frame.left, y), (frame.right, y), Ink::Grid);
        canvas.label(Label { text: &mark.label, x: frame.left - 10.0, y: y + 4.0, ..tick });
    }
    for mark in &frame.x.ticks {
        let (x, _) = frame.place(mark.value, 0.0);
        canvas.line((x, frame.bottom), (x, frame.bottom + 5.0), Ink::Line);
        canvas.label(Label { text: &mark.label, x, y: frame.bottom + 20.0, anchor: Anchor::Middle, ..tick });
    }
    canvas.line((frame.left, frame.bottom), (frame.right, frame.bottom), Ink::Line);
    let title = Label { ink: Ink::Normal, ..tick };
    canvas.label(Label { text: &frame.y.title, x: MARGIN, y: top + 8.0, anchor: Anchor::Start, room: frame.right - MARGIN, ..title });
    let middle = f64::midpoint(frame.left, frame.right);
    canvas.label(Label { text: &frame.x.title, x: middle, y: frame.bottom + 42.0, anchor: Anchor::Middle, ..title });
}

fn draw_curves(canvas: &mut Canvas, lines: &Lines, frame: &Frame) {
    let ((x_low, x_high), (y_low, y_high)) = (frame.x.domain(), frame.y.domain());
    let scale = match lines.y_scale {
        Scale::Linear => "linear",
        Scale::Log => "log",
    };
    canvas.push(&format!(
        r#"<g class="panel" data-panel="{}" data-x-domain="{x_low:e} {x_high:e}" data-x-range="{} {}" data-y-domain="{y_low:e} {y_high:e}" data-y-range="{} {}" data-y-scale="{scale}">"#,
        escaped(&lines.y_label),
        coordinate(frame.left),
        coordinate(frame.right),
        coordinate(frame.bottom),
        coordinate(frame.top),
    ));
    // The first curve is the one asked for most; it is painted last, above the others.
    for (index, series) in lines.series.iter().enumerate().rev() {
        let places: Vec<String> = series.points.iter().map(|point| frame.place(point.x, point.y)).map(pair).collect();
        canvas.push(&format!(
            r#"<polyline class="curve" data-label="{}" points="{}" fill="none" stroke="{}" stroke-width="1.8" stroke-linejoin="round"{}/>"#,
            escaped(&series.label),
            places.join(" "),
            palette::colour(index),
            dash_attribute(index)
        ));
        if lines.has_dots() {
            for point in &series.points {
                let (x, y) = frame.place(point.x, point.y);
                canvas.push(&format!(
                    r#"<circle cx="{}" cy="{}" r="2.8" fill="{}"/>"#,
                    coordinate(x),
                    coordinate(y),
                    palette::colour(index)
                ));
            }
        }
    }
    canvas.push("</g>");
}

fn pair((x, y): (f64, f64)) -> String {
    format!("{},{}", coordinate(x), coordinate(y))
}

fn dash_attribute(index: usize) -> String {
    let lengths: Vec<String> = palette::dash(index).iter().map(u8::to_string).collect();
    if lengths.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{}""#, lengths.join(" ")) }
}

/// Names in as many even columns as there is room for; returns where it ended.
fn draw_legend(canvas: &mut Canvas, series: &[Series], top: f64) -> f64 {
    const SWATCH: f64 = 30.0;
    const GAP: f64 = 22.0;
    let room = WIDTH - 2.0 * MARGIN;
    let widest = series.iter().map(|series| width(&series.label, SMALL)).fold(0.0, f64::max).min(room / 2.0 - SWATCH - GAP);
    let column_width = SWATCH + widest + GAP;
    let mut x = MARGIN;
    let mut y = top;
    for (index, series) in series.iter().enumerate() {
        if x + column_width - GAP > WIDTH - MARGIN {
            x = MARGIN;
            y += LEGEND_ROW;
        }
        canvas.push(&format!(
            r#"<path d="M{},{} h22" stroke="{}" stroke-width="2.4"{}/>"#,
            coordinate(x),
            coordinate(y - 4.0),
            palette::colour(index),
            dash_attribute(index)
        ));
        let label =
            Label { text: &series.label, x: x + SWATCH, y, size: SMALL, anchor: Anchor::Start, ink: Ink::Normal, room: widest + 1.0 };
        canvas.label(label);
        x += column_width;
    }
    y + 4.0
}
