//! Every kind of chart, seen from outside: valid Vega-Lite, and the same points in every rendering.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use resvg::usvg::roxmltree::{Document, Node};
use serde_json::{Value, json};
use trialogue::domain::chart::{
    Chart, ChartPoint, Colour, Comparison, Impact, ImpactBar, Lines, MetricPanel, Plot, Point, RankedBar, Ranking, Scale, Series, Standing,
    XAxis, of_vega_lite, points_of_vega_lite, to_png, to_svg, to_terminal, to_vega_lite,
};

/// Names that break programs which build expressions, paths or markup from them.
const HOSTILE: [&str; 8] = [
    "loss[0].\"a\"",
    "it's a.b.c",
    "<script>alert(1)</script> & co",
    "datum.value + '\\'",
    "実験-七 🚀",
    "a name so long that no axis, legend or terminal on earth has room for all of it, whatever the size of the screen",
    "`${x}` {{y}}",
    "same",
];

/// Every kind of chart as people meet it, and each again with what breaks programs.
fn samples() -> BTreeMap<&'static str, Chart> {
    let wishes = [
        ("lines_one_run", "training_loss of run-017", Some("churn-prediction-q1"), one_run()),
        ("lines_three_runs", "val_loss of the best three runs", Some("churn-prediction-q1"), curves(3, 120, XAxis::Step, Scale::Linear)),
        ("lines_log", "loss on a logarithmic axis", None, curves(4, 200, XAxis::Step, Scale::Log)),
        ("lines_relative_time", "val_loss over time", None, curves(2, 90, XAxis::RelativeTime, Scale::Linear)),
        ("lines_wall_time", "val_loss over time", Some("by the clock"), curves(2, 90, XAxis::WallTime, Scale::Linear)),
        ("lines_many", "all runs", Some("24 runs of churn-prediction-q1"), curves(24, 60, XAxis::Step, Scale::Linear)),
        ("lines_one_point", "a run that has just begun", None, curves(1, 1, XAxis::Step, Scale::Linear)),
        ("lines_hostile", HOSTILE[0], Some(HOSTILE[2]), hostile_lines()),
        ("comparison", "The last three runs", Some("churn-prediction-q1"), comparison()),
        ("comparison_hostile", HOSTILE[1], Some(HOSTILE[4]), hostile_comparison()),
        ("ranking", "Runs by f1_score", Some("best 12 of 24 runs"), ranking()),
        ("ranking_hostile", HOSTILE[5], None, hostile_ranking()),
        ("impact", "Which parameters move f1_score", Some("24 runs of churn-prediction-q1"), impact()),
        ("impact_hostile", HOSTILE[3], None, hostile_impact()),
    ];
    let prepare =
        |(name, title, subtitle, plot)| (name, Chart::prepare(title, subtitle, plot).chart.unwrap_or_else(|| panic!("{name} is empty")));
    wishes.into_iter().map(prepare).collect()
}

fn one_run() -> Plot {
    let loss = |step: u32| 0.12 + 0.9 * (-f64::from(step) / 60.0).exp() + 0.02 * (f64::from(step) * 0.9).sin();
    let points = (0..300).map(|step| Point { x: f64::from(step), y: loss(step) }).collect();
    let series = vec![Series { label: "run-017".to_owned(), points }];
    Plot::Lines(Lines { x: XAxis::Step, y_label: "training_loss".to_owned(), y_scale: Scale::Linear, series })
}

fn curves(runs: u32, length: u32, x: XAxis, y_scale: Scale) -> Plot {
    let place = |index: u32| match x {
        XAxis::Step => f64::from(index) * 10.0,
        XAxis::RelativeTime => f64::from(index) * 97.5,
        XAxis::WallTime => 1_742_032_800_000.0 + f64::from(index) * 97_500.0,
    };
    let value = |run: u32, index: u32| {
        let speed = 8.0 + 3.0 * f64::from(run % 7);
        let floor = if y_scale == Scale::Log { 0.000_2 } else { 0.2 } * (1.0 + 0.13 * f64::from(run));
        floor + 0.9 * (-f64::from(index) / speed).exp()
    };
    let series = (0..runs)
        .map(|run| Series {
            label: format!("run-{:03}", 17 - run % 17 + 17 * (run / 17)),
            points: (0..length).map(|index| Point { x: place(index), y: value(run, index) }).collect(),
        })
        .collect();
    Plot::Lines(Lines { x, y_label: "val_loss".to_owned(), y_scale, series })
}

fn hostile_lines() -> Plot {
    let series = HOSTILE
        .into_iter()
        .chain(["same"])
        .enumerate()
        .map(|(index, label)| Series {
            label: label.to_owned(),
            points: (0..20).map(|step| Point { x: f64::from(step) - 5.0, y: (f64::from(step) + index as f64).sin() * 1e-6 }).collect(),
        })
        .collect();
    Plot::Lines(Lines { x: XAxis::Step, y_label: HOSTILE[3].to_owned(), y_scale: Scale::Linear, series })
}

fn comparison() -> Plot {
    let panel = |metric: &str, values: [Option<f64>; 3]| MetricPanel { metric: metric.to_owned(), values: values.to_vec() };
    Plot::Comparison(Comparison {
        runs: ["run-024", "run-023", "run-022"].map(str::to_owned).to_vec(),
        metrics: vec![
            panel("f1_score", [Some(0.891), Some(0.912), Some(0.874)]),
            panel("accuracy", [Some(0.934), Some(0.941), Some(0.9)]),
            panel("latency_ms", [Some(12.4), Some(148.2), Some(31.0)]),
            panel("training_loss", [Some(0.031), Some(0.0274), None]),
            panel("log_likelihood", [Some(-1204.5), Some(-980.25), Some(-1100.0)]),
        ],
    })
}

fn hostile_comparison() -> Plot {
    let values = (0..HOSTILE.len()).map(|index| Some((index as f64 - 3.0) * 1e7)).collect::<Vec<_>>();
    let metrics = HOSTILE.map(|metric| MetricPanel { metric: metric.to_owned(), values: values.clone() }).to_vec();
    Plot::Comparison(Comparison { runs: HOSTILE.map(str::to_owned).to_vec(), metrics })
}

fn ranking() -> Plot {
    let values = [0.912, 0.912, 0.9034, 0.8991, 0.8876, 0.881, 0.8777, 0.861, 0.85, 0.8312, 0.799, 0.7421];
    let bars = values.into_iter().enumerate().map(|(index, value)| RankedBar {
        label: format!("run-{:03}", (index * 7 + 17) % 24),
        value,
        standing: if value == 0.912 { Standing::Best } else { Standing::Other },
    });
    Plot::Ranking(Ranking { metric: "f1_score".to_owned(), bars: bars.collect() })
}

fn hostile_ranking() -> Plot {
    let bars = HOSTILE.into_iter().chain(["same", "same"]).enumerate().map(|(index, label)| RankedBar {
        label: label.to_owned(),
        value: 5e-7 - index as f64 * 1.1e-7,
        standing: if index == 0 { Standing::Best } else { Standing::Other },
    });
    Plot::Ranking(Ranking { metric: HOSTILE[0].to_owned(), bars: bars.collect() })
}

fn impact() -> Plot {
    let bars = [("learning_rate", -0.71, 24), ("num_layers", 0.64, 24), ("dropout", -0.33, 22), ("batch_size", 0.12, 24), ("seed", 0.0, 5)];
    let bars = bars.map(|(label, value, run_count)| ImpactBar { label: label.to_owned(), value, run_count }).to_vec();
    Plot::Impact(Impact { measure: "correlation with f1_score".to_owned(), bars })
}

fn hostile_impact() -> Plot {
    let bars = HOSTILE
        .into_iter()
        .enumerate()
        .map(|(index, label)| ImpactBar { label: label.to_owned(), value: 1.0 - index as f64 / 3.5, run_count: index })
        .collect();
    Plot::Impact(Impact { measure: HOSTILE[2].to_owned(), bars })
}

/// The official schema; its definitions get plain names, because `MarkPropDef<(Gradient|string|null)>` is no URI reference.
fn vega_lite_schema() -> jsonschema::Validator {
    let packed = include_bytes!("../data/vega-lite/vega-lite-schema.json.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    let definitions = schema["definitions"].as_object().unwrap().clone();
    let plain_names: BTreeMap<String, String> =
        definitions.keys().enumerate().map(|(index, name)| (format!("#/definitions/{name}"), format!("d{index}"))).collect();
    schema["definitions"] =
        definitions.into_iter().map(|(name, definition)| (plain_names[&format!("#/definitions/{name}")].clone(), definition)).collect();
    rename_references(&mut schema, &plain_names);
    jsonschema::validator_for(&schema).unwrap()
}

fn rename_references(node: &mut Value, plain_names: &BTreeMap<String, String>) {
    match node {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref") {
                *reference = format!("#/definitions/{}", plain_names[reference.as_str()]);
            }
            fields.values_mut().for_each(|value| rename_references(value, plain_names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_references(item, plain_names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What the schema does not see: a wrong field name or an empty table is valid and draws an empty picture.
fn lint(spec: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let empty = Vec::new();
    let views = spec["concat"].as_array().cloned().unwrap_or_else(|| vec![spec.clone()]);
    for view in &views {
        let rows = view["data"]["values"].as_array().unwrap_or(&empty);
        if rows.is_empty() {
            faults.push("no rows".to_owned());
        }
        let mut known: BTreeSet<String> = rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().cloned()).collect();
        let mut used = BTreeSet::new();
        visit(view, &mut |key, value| match (key, value) {
            ("as", Value::String(name)) => drop(known.insert(name.clone())),
            ("field", Value::String(name)) => drop(used.insert(name.clone())),
            _ => {}
        });
        faults.extend(used.difference(&known).map(|field| format!("no row has the field `{field}`")));
        for row in rows {
            // A float that is not finite becomes null in JSON.
            if row.as_object().is_none_or(|row| row.values().any(Value::is_null)) {
                faults.push(format!("row {row} has a value that is not finite"));
            }
        }
        for size in ["width", "height"] {
            if view[size].as_u64().is_none_or(|pixels| pixels == 0) {
                faults.push(format!("no explicit {size}"));
            }
        }
    }
    faults
}

fn visit(node: &Value, see: &mut impl FnMut(&str, &Value)) {
    match node {
        Value::Object(fields) => {
            for (key, value) in fields {
                see(key, value);
                visit(value, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_kind_of_chart_is_valid_vega_lite() {
    let schema = vega_lite_schema();
    for (name, chart) in samples() {
        let spec = to_vega_lite(&chart);
        let faults: Vec<String> = schema.iter_errors(&spec).map(|fault| format!("{} at {}", fault, fault.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new(), "{name}");
        assert_eq!(lint(&spec), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_checks_see_a_broken_specification() {
    let schema = vega_lite_schema();
    let good = to_vega_lite(&samples()["ranking"]);
    let mut unknown_mark = good.clone();
    unknown_mark["layer"][0]["mark"]["type"] = json!("blob");
    assert!(!schema.is_valid(&unknown_mark));
    let mut wrong_field = good.clone();
    wrong_field["layer"][0]["encoding"]["x"]["field"] = json!("f1_score");
    assert_eq!(lint(&wrong_field), ["no row has the field `f1_score`"]);
    let mut no_rows = good;
    no_rows["data"]["values"] = json!([]);
    assert_eq!(lint(&no_rows)[0], "no rows");
}

#[test]
fn vega_lite_shows_the_points_of_the_chart() {
    for (name, chart) in samples() {
        let spec = serde_json::from_str(&to_vega_lite(&chart).to_string()).unwrap();
        assert_eq!(points_of_vega_lite(&spec), chart.points(), "{name}");
    }
}

/// A number of pixels and the values that they stand for.
struct PixelAxis {
    domain: (f64, f64),
    range: (f64, f64),
    is_log: bool,
}

impl PixelAxis {
    fn of(panel: Node, axis: &str) -> Self {
        let pair = |name: &str| {
            let text = panel.attribute(format!("data-{axis}-{name}").as_str()).unwrap();
            let (low, high) = text.split_once(' ').unwrap();
            (low.parse().unwrap(), high.parse().unwrap())
        };
        let is_log = panel.attribute(format!("data-{axis}-scale").as_str()) == Some("log");
        Self { domain: pair("domain"), range: pair("range"), is_log }
    }

    /// The pixel at which `value` belongs.
    fn pixel(&self, value: f64) -> f64 {
        let on_axis = |value: f64| if self.is_log { value.ln() } else { value };
        let (low, high) = (on_axis(self.domain.0), on_axis(self.domain.1));
        self.range.0 + (on_axis(value) - low) / (high - low) * (self.range.1 - self.range.0)
    }
}

/// What a picture shows, curve by curve and bar by bar: panel, label and pixels (of a bar, its end).
fn drawn_in(svg: &str, expected: &[ChartPoint]) -> Vec<(String, String, f64, f64)> {
    let document = Document::parse(svg).unwrap();
    let mut drawn = Vec::new();
    for shape in document.descendants().filter(|node| node.has_attribute("data-label")) {
        let panel = shape.parent().unwrap();
        let (name, label) = (panel.attribute("data-panel").unwrap(), shape.attribute("data-label").unwrap());
        let number = |name: &str| shape.attribute(name).unwrap().parse::<f64>().unwrap();
        if let Some(points) = shape.attribute("points") {
            for point in points.split(' ') {
                let (x, y) = point.split_once(',').unwrap();
                drawn.push((name.to_owned(), label.to_owned(), x.parse().unwrap(), y.parse().unwrap()));
            }
        } else {
            let is_left = expected.iter().any(|point| point.panel == name && point.label == label && point.value < 0.0);
            let end = if is_left { number("x") } else { number("x") + number("width") };
            drawn.push((name.to_owned(), label.to_owned(), end, 0.0));
        }
    }
    drawn
}

#[test]
fn a_chart_is_read_back_from_its_specification() {
    for (name, chart) in samples() {
        let spec: Value = serde_json::from_str(&to_vega_lite(&chart).to_string()).unwrap();
        assert_eq!(of_vega_lite(&spec).as_ref(), Some(&chart), "{name}");
    }
}

#[test]
fn svg_shows_the_points_of_the_chart() {
    for (name, chart) in samples() {
        let svg = to_svg(&chart);
        let document = Document::parse(&svg).unwrap();
        let mut expected = Vec::new();
        for point in chart.points() {
            let panel = document.descendants().find(|node| node.attribute("data-panel") == Some(&point.panel)).unwrap();
            let horizontal = PixelAxis::of(panel, "x");
            let (x, y) = match point.x {
                Some(x) => (horizontal.pixel(x), PixelAxis::of(panel, "y").pixel(point.value)),
                None => (horizontal.pixel(point.value), 0.0),
            };
            expected.push((point.panel, point.label, x, y));
        }
        let mut drawn = drawn_in(&svg, &chart.points());
        let by_curve =
            |left: &(String, String, f64, f64), right: &(String, String, f64, f64)| (&left.0, &left.1).cmp(&(&right.0, &right.1));
        drawn.sort_by(by_curve);
        expected.sort_by(by_curve);
        assert_eq!(drawn.len(), expected.len(), "{name}");
        for (drawn, expected) in drawn.iter().zip(&expected) {
            let is_same = (&drawn.0, &drawn.1) == (&expected.0, &expected.1);
            assert!(
                is_same && (drawn.2 - expected.2).abs() < 0.02 && (drawn.3 - expected.3).abs() < 0.02,
                "{name}: {drawn:?}, {expected:?}"
            );
        }
    }
}

/// For people and for `tests/charts/compile.mjs`, which draws them with the real Vega.
#[test]
fn samples_are_written_where_asked() {
    let Some(folder) = std::env::var_os("TRIALOGUE_CHART_SAMPLES").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for (name, chart) in samples() {
        std::fs::write(folder.join(format!("{name}.vl.json")), to_vega_lite(&chart).to_string()).unwrap();
        std::fs::write(folder.join(format!("{name}.txt")), to_terminal(&chart, 100, Colour::None)).unwrap();
        std::fs::write(folder.join(format!("{name}.ansi.txt")), to_terminal(&chart, 100, Colour::Ansi)).unwrap();
        std::fs::write(folder.join(format!("{name}.svg")), to_svg(&chart)).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), to_png(&chart).unwrap()).unwrap();
    }
}
