//! A chart read back from the specification that [`to_vega_lite`](super::to_vega_lite) made of it.
//!
//! Conversations keep charts as they were told, and a kept chart has to be drawn again without a browser. What is not of our making is
//! no chart.

use serde_json::Value;

use super::{Chart, Comparison, Impact, ImpactBar, Lines, MetricPanel, Plot, Point, RankedBar, Ranking, Scale, Series, Standing, XAxis};

/// The chart of a specification.
#[must_use]
pub fn of_vega_lite(spec: &Value) -> Option<Chart> {
    let title = text(spec, "/title/text")?;
    let plot = match text(spec, "/layer/0/encoding/color/field") {
        Some("standing") => Plot::Ranking(ranking(spec)?),
        Some("direction") => Plot::Impact(impact(spec)?),
        Some(_) => return None,
        None if spec.get("concat").is_some() => Plot::Comparison(comparison(spec)?),
        None => Plot::Lines(lines(spec)?),
    };
    Chart::prepare(title, text(spec, "/title/subtitle"), plot).chart
}

fn lines(spec: &Value) -> Option<Lines> {
    let x = match text(spec, "/encoding/tooltip/1/title")? {
        "step" => XAxis::Step,
        "seconds since start" => XAxis::RelativeTime,
        "time (UTC)" => XAxis::WallTime,
        _ => return None,
    };
    let y_scale = if text(spec, "/encoding/y/scale/type")? == "log" { Scale::Log } else { Scale::Linear };
    let mut series: Vec<Series> = Vec::new();
    for row in rows(spec)? {
        let (label, point) = (text(row, "/label")?, Point { x: number(row, "x")?, y: number(row, "value")? });
        // The rows of a curve stand together.
        match series.last_mut().filter(|last| last.label == label) {
            Some(last) => last.points.push(point),
            None => series.push(Series { label: label.to_owned(), points: vec![point] }),
        }
    }
    Some(Lines { x, y_label: text(spec, "/encoding/tooltip/2/title")?.to_owned(), y_scale, series })
}

fn comparison(spec: &Value) -> Option<Comparison> {
    let panels = spec.get("concat")?.as_array()?;
    let runs = panels.first()?.pointer("/encoding/y/scale/domain")?.as_array()?;
    let runs: Vec<String> = runs.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut metrics = Vec::new();
    for panel in panels {
        let rows = rows(panel)?;
        let value_of = |run: &String| number(rows.iter().find(|row| text(row, "/label") == Some(run))?, "value");
        metrics.push(MetricPanel { metric: measure(panel)?, values: runs.iter().map(value_of).collect() });
    }
    Some(Comparison { runs, metrics })
}

fn ranking(spec: &Value) -> Option<Ranking> {
    let bar = |row: &Value| {
        let standing = if text(row, "/standing")? == "best" { Standing::Best } else { Standing::Other };
        Some(RankedBar { label: text(row, "/label")?.to_owned(), value: number(row, "value")?, standing })
    };
    Some(Ranking { metric: measure(spec)?, bars: rows(spec)?.iter().map(bar).collect::<Option<_>>()? })
}

fn impact(spec: &Value) -> Option<Impact> {
    let bar = |row: &Value| {
        let run_count = usize::try_from(row.get("runs")?.as_u64()?).ok()?;
        Some(ImpactBar { label: text(row, "/label")?.to_owned(), value: number(row, "value")?, run_count })
    };
    Some(Impact { measure: measure(spec)?, bars: rows(spec)?.iter().map(bar).collect::<Option<_>>()? })
}

/// What the value axis of bars is called.
fn measure(bars: &Value) -> Option<String> {
    text(bars, "/layer/0/encoding/x/title").map(str::to_owned)
}

fn rows(view: &Value) -> Option<&Vec<Value>> {
    view.pointer("/data/values")?.as_array()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

fn number(row: &Value, field: &str) -> Option<f64> {
    row.get(field)?.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_of_our_making_is_no_chart() {
        for foreign in [json!({}), json!([]), json!({"title": {"text": "a"}, "mark": "bar"}), json!({"title": {"text": "a"}, "concat": []})]
        {
            assert_eq!(of_vega_lite(&foreign), None, "{foreign}");
        }
    }
}
