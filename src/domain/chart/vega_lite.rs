//! A chart as a Vega-Lite specification, for every client that draws them.
//!
//! Keeps to what versions 5 and 6 read alike. A user's name is always a data value or a title, never a field name, so
//! that dots, brackets and quotes in it mean nothing. Sets no colours but those of marks and
//! values; the reader's theme decides the rest.

use serde_json::{Map, Value, json};

use super::axis::Axis;
use super::number::short_number;
use super::{Chart, ChartPoint, Comparison, Impact, Lines, MAX_SERIES, Plot, Ranking, Scale, Standing, XAxis, palette};

/// Width of the plotting area, also of the panels of a comparison together.
const WIDTH: usize = 560;

/// Height of a bar with the gap to the next.
const BAR_STEP: usize = 22;

/// The widest that a name may be before it is cut.
const LABEL_LIMIT: usize = 220;

/// The chart as a complete specification with its data inline.
#[must_use]
pub fn to_vega_lite(chart: &Chart) -> Value {
    let body = match chart.plot() {
        Plot::Lines(lines) => lines_view(chart, lines),
        Plot::Comparison(comparison) => comparison_view(comparison),
        Plot::Ranking(ranking) => ranking_view(ranking),
        Plot::Impact(impact) => impact_view(impact),
    };
    let mut spec = Map::new();
    spec.insert("$schema".to_owned(), json!("https://vega.github.io/schema/vega-lite/v6.json"));
    spec.insert("description".to_owned(), json!(chart.title()));
    spec.insert("title".to_owned(), title(chart));
    spec.extend(body);
    spec.insert(
        "config".to_owned(),
        json!({
            "axis": { "gridOpacity": 0.5, "labelLimit": LABEL_LIMIT, "titleFontWeight": "normal" },
            "legend": { "labelLimit": LABEL_LIMIT },
            "view": { "stroke": null },
        }),
    );
    Value::Object(spec)
}

/// The points that a specification made by [`to_vega_lite`] shows, read back from its data.
#[must_use]
pub fn points_of_vega_lite(spec: &Value) -> Vec<ChartPoint> {
    let panels = match spec.get("concat").and_then(Value::as_array) {
        Some(panels) => panels.iter().collect(),
        None => vec![spec],
    };
    let mut points = Vec::new();
    for panel in panels {
        let rows = panel.pointer("/data/values").and_then(Value::as_array).into_iter().flatten();
        points.extend(rows.filter_map(|row| point_of_row(panel_name(panel), row)));
    }
    points
}

fn point_of_row(panel: &str, row: &Value) -> Option<ChartPoint> {
    Some(ChartPoint {
        panel: panel.to_owned(),
        label: row.get("label")?.as_str()?.to_owned(),
        x: row.get("x").and_then(Value::as_f64),
        value: row.get("value")?.as_f64()?,
    })
}

/// What the value axis of a panel is called.
fn panel_name(panel: &Value) -> &str {
    let of_lines = panel.pointer("/encoding/y/title");
    let of_bars = panel.pointer("/layer/0/encoding/x/title");
    of_bars.or(of_lines).and_then(Value::as_str).unwrap_or_default()
}

fn title(chart: &Chart) -> Value {
    let mut title = json!({ "text": chart.title(), "anchor": "start", "offset": 12, "limit": WIDTH + LABEL_LIMIT });
    if let (Some(fields), Some(subtitle)) = (title.as_object_mut(), chart.subtitle()) {
        fields.insert("subtitle".to_owned(), json!(subtitle));
    }
    title
}

fn lines_view(chart: &Chart, lines: &Lines) -> Map<String, Value> {
    let mut rows = Vec::new();
    for series in &lines.series {
        for point in &series.points {
            rows.push(json!({ "label": series.label, "x": point.x, "value": point.y }));
        }
    }
    let mut view = object(json!({
        "width": WIDTH,
        "height": 300,
        "data": { "values": rows },
        "mark": { "type": "line", "strokeWidth": 1.8, "point": if lines.has_dots() { json!({ "size": 28 }) } else { json!("transparent") } },
        "encoding": {
            "x": horizontal(lines),
            "y": vertical(lines),
            "color": series_colour(chart, lines),
            "tooltip": [
                { "field": "label", "type": "nominal", "title": "curve" },
                horizontal_tooltip(lines.x),
                { "field": "value", "type": "quantitative", "title": lines.y_label },
            ],
        },
    }));
    if lines.x == XAxis::WallTime {
        // A tooltip has no UTC format of its own.
        view.insert("transform".to_owned(), json!([{ "calculate": "utcFormat(datum.x, '%Y-%m-%d %H:%M:%S')", "as": "time" }]));
    }
    if let (true, Some(encoding)) = (lines.series.len() > palette::COLOURS.len(), view.get_mut("encoding").and_then(Value::as_object_mut)) {
        encoding.insert("strokeDash".to_owned(), series_dash(chart, lines));
    }
    view
}

/// Also a clock's axis is a number axis with clock labels: where a page forbids `eval`, Vega's interpreter takes the values
/// of a temporal one for years, and the ticks are gone.
fn horizontal(lines: &Lines) -> Value {
    positional("x", Scale::Linear, &Axis::horizontal(lines, 8), json!({ "grid": false }))
}

fn vertical(lines: &Lines) -> Value {
    positional("value", lines.y_scale, &Axis::vertical(lines, 7), json!({}))
}

/// An axis with our span and our ticks, so that every rendering has the same. The labels hold digits and suffixes only.
fn positional(field: &str, scale: Scale, axis: &Axis, mut style: Value) -> Value {
    let (low, high) = axis.domain();
    let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
    let values: Vec<f64> = axis.ticks.iter().map(|tick| tick.value).collect();
    if let Some(fields) = style.as_object_mut() {
        fields.insert("labelExpr".to_owned(), json!(format!("{}[indexof({}, datum.value)]", json!(labels), json!(values))));
        fields.insert("values".to_owned(), json!(values));
    }
    let kind = match scale {
        Scale::Linear => "linear",
        Scale::Log => "log",
    };
    json!({
        "field": field, "type": "quantitative", "title": axis.title,
        "scale": { "type": kind, "domain": [low, high], "nice": false }, "axis": style,
    })
}

fn horizontal_tooltip(x: XAxis) -> Value {
    match x {
        XAxis::Step => json!({ "field": "x", "type": "quantitative", "title": "step" }),
        XAxis::RelativeTime => json!({ "field": "x", "type": "quantitative", "title": "seconds since start" }),
        XAxis::WallTime => json!({ "field": "time", "type": "nominal", "title": "time (UTC)" }),
    }
}

fn series_colour(chart: &Chart, lines: &Lines) -> Value {
    let colours: Vec<&str> = (0..lines.series.len()).map(palette::colour).collect();
    series_channel(chart, lines, json!(colours))
}

/// After the last colour the line patterns tell the curves apart.
fn series_dash(chart: &Chart, lines: &Lines) -> Value {
    let solid: &[u8] = &[1, 0];
    let dashes: Vec<&[u8]> = (0..lines.series.len()).map(palette::dash).map(|dash| if dash.is_empty() { solid } else { dash }).collect();
    series_channel(chart, lines, json!(dashes))
}

fn series_channel(chart: &Chart, lines: &Lines, range: Value) -> Value {
    let labels: Vec<&str> = lines.series.iter().map(|series| series.label.as_str()).collect();
    let legend = match labels.as_slice() {
        [only] if chart.heading_names(only) => Value::Null,
        _ => {
            json!({ "orient": "bottom", "columns": legend_columns(&labels), "symbolLimit": MAX_SERIES, "symbolType": "stroke", "title": null })
        }
    };
    json!({ "field": "label", "type": "nominal", "scale": { "domain": labels, "range": range }, "legend": legend })
}

/// As many columns as the longest name leaves room for.
fn legend_columns(labels: &[&str]) -> usize {
    const CHARACTER: usize = 6;
    const SYMBOL: usize = 30;
    let longest = labels.iter().map(|label| label.chars().count() * CHARACTER).max().unwrap_or(0).min(LABEL_LIMIT);
    WIDTH / (longest + SYMBOL)
}

fn comparison_view(comparison: &Comparison) -> Map<String, Value> {
    let columns = comparison.metrics.len().clamp(1, 3);
    let colours: Vec<&str> = (0..comparison.runs.len()).map(palette::colour).collect();
    let mut panels = Vec::new();
    for (index, panel) in comparison.metrics.iter().enumerate() {
        let mut rows = Vec::new();
        for (run, value) in comparison.runs.iter().zip(&panel.values) {
            if let Some(value) = value {
                rows.push(json!({ "label": run, "value": value, "text": short_number(*value) }));
            }
        }
        let bars = Bars {
            what: "run",
            labels: comparison.runs.iter().map(String::as_str).collect(),
            has_label_axis: index % columns == 0,
            axis: Axis::bars(panel.values.iter().flatten().copied(), &panel.metric, 4),
            width: WIDTH / columns,
            colour: json!({ "field": "label", "type": "nominal", "scale": { "domain": comparison.runs, "range": colours }, "legend": null }),
            tooltip: Vec::new(),
        };
        panels.push(Value::Object(bars.view(rows)));
    }
    object(json!({ "columns": columns, "spacing": 45, "align": "each", "concat": panels }))
}

fn ranking_view(ranking: &Ranking) -> Map<String, Value> {
    let mut rows = Vec::new();
    for bar in &ranking.bars {
        let standing = match bar.standing {
            Standing::Best => "best",
            Standing::Other => "other",
        };
        rows.push(json!({ "label": bar.label, "value": bar.value, "text": short_number(bar.value), "standing": standing }));
    }
    let bars = Bars {
        what: "run",
        labels: ranking.bars.iter().map(|bar| bar.label.as_str()).collect(),
        has_label_axis: true,
        axis: Axis::bars(ranking.bars.iter().map(|bar| bar.value), &ranking.metric, 6),
        width: WIDTH,
        colour: json!({
            "field": "standing", "type": "nominal", "legend": null,
            "scale": { "domain": ["best", "other"], "range": [palette::STRONG, palette::MUTED] },
        }),
        tooltip: Vec::new(),
    };
    bars.view(rows)
}

fn impact_view(impact: &Impact) -> Map<String, Value> {
    let mut rows = Vec::new();
    for bar in &impact.bars {
        let direction = if bar.value < 0.0 { "opposed" } else { "together" };
        let text = format!("{} (n = {})", short_number(bar.value), bar.run_count);
        rows.push(json!({ "label": bar.label, "value": bar.value, "text": text, "direction": direction, "runs": bar.run_count }));
    }
    let bars = Bars {
        what: "parameter",
        labels: impact.bars.iter().map(|bar| bar.label.as_str()).collect(),
        has_label_axis: true,
        axis: Axis::correlations(&impact.measure),
        width: WIDTH,
        colour: json!({
            "field": "direction", "type": "nominal", "legend": null,
            "scale": { "domain": ["together", "opposed"], "range": [palette::STRONG, palette::OPPOSED] },
        }),
        tooltip: vec![json!({ "field": "runs", "type": "quantitative", "title": "runs" })],
    };
    bars.view(rows)
}

/// Horizontal bars with their values beside them; rows have `label`, `value` and `text`.
struct Bars<'a> {
    what: &'a str,
    labels: Vec<&'a str>,
    has_label_axis: bool,
    axis: Axis,
    width: usize,
    colour: Value,
    tooltip: Vec<Value>,
}

impl Bars<'_> {
    fn view(self, rows: Vec<Value>) -> Map<String, Value> {
        let mut tooltip = vec![
            json!({ "field": "label", "type": "nominal", "title": self.what }),
            json!({ "field": "value", "type": "quantitative", "title": self.axis.title }),
        ];
        tooltip.extend(self.tooltip);
        let label_axis = if self.has_label_axis { json!({ "domain": false, "ticks": false, "labelPadding": 6 }) } else { Value::Null };
        object(json!({
            "width": self.width,
            "height": BAR_STEP * self.labels.len(),
            "data": { "values": rows },
            "encoding": {
                "y": { "field": "label", "type": "nominal", "title": null, "scale": { "domain": self.labels, "padding": 0.2 }, "axis": label_axis },
            },
            "layer": [
                {
                    "mark": { "type": "bar" },
                    "encoding": {
                        "x": positional("value", Scale::Linear, &self.axis, json!({})),
                        "color": self.colour,
                        "tooltip": tooltip,
                    },
                },
                {
                    // The value stands right of its bar, and right of the zero line where the bar goes left.
                    "transform": [{ "calculate": "max(datum.value, 0)", "as": "end" }],
                    "mark": { "type": "text", "align": "left", "baseline": "middle", "dx": 4, "fontSize": 11, "color": palette::NEUTRAL },
                    "encoding": {
                        "x": { "field": "end", "type": "quantitative" },
                        "text": { "field": "text", "type": "nominal" },
                    },
                },
            ],
        }))
    }
}

/// The fields of a JSON object literal.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}
