//! Charts as plain data: what is drawn, checked once, before anybody draws it.
//!
//! A caller wishes for a [`Plot`]; [`Chart::prepare`] keeps what can be drawn and counts what it left out, so that every
//! rendering (Vega-Lite, SVG and PNG, terminal) shows the same points. Knows nothing of runs, stores or files.

mod axis;
mod from_vega_lite;
mod label;
mod number;
mod palette;
mod png;
mod svg;
mod terminal;
mod vega_lite;

pub use from_vega_lite::of_vega_lite;
pub use number::short_number;
pub use png::{PngError, to_png};
pub use svg::to_svg;
pub use terminal::{Colour, to_terminal};
pub use vega_lite::{points_of_vega_lite, to_vega_lite};

/// Curves in one line chart: as many as the colours and dashes can tell apart.
pub const MAX_SERIES: usize = 40;

/// Bars below each other, or runs in a comparison.
pub const MAX_BARS: usize = 60;

/// Metrics of a comparison, one panel each.
pub const MAX_PANELS: usize = 24;

/// A chart that can be drawn: at least one point, only finite values, labels that are clean and distinct.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    title: String,
    subtitle: Option<String>,
    plot: Plot,
}

/// What a chart shows; as a wish to [`Chart::prepare`] any value is valid.
#[derive(Debug, Clone, PartialEq)]
pub enum Plot {
    /// Metric histories: every run (and metric) a curve in one picture.
    Lines(Lines),
    /// Runs side by side: a panel for each metric, a bar for each run.
    Comparison(Comparison),
    /// Runs ordered by one metric.
    Ranking(Ranking),
    /// Which parameters move a metric: correlations from -1 to 1.
    Impact(Impact),
}

/// Metric histories in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// What the horizontal axis counts.
    pub x: XAxis,
    /// The metric's name, or what several have in common.
    pub y_label: String,
    /// How the vertical axis is divided.
    pub y_scale: Scale,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
}

/// What the horizontal axis of a line chart counts, and in which unit [`Point::x`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XAxis {
    /// Training steps.
    Step,
    /// Seconds since the run began.
    RelativeTime,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    WallTime,
}

/// How an axis is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are equally far apart; shows only values above zero.
    Log,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The run's name, with the metric's where the chart has several.
    pub label: String,
    /// The points in any order; a chart orders them by `x` and keeps the order of equal ones.
    pub points: Vec<Point>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// In the unit of [`XAxis`].
    pub x: f64,
    /// The metric's value.
    pub y: f64,
}

/// Runs side by side. Each metric has its own panel and axis, so that an accuracy stays readable beside a latency.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The runs' names, in the order of the bars.
    pub runs: Vec<String>,
    /// The metrics, in the order of the panels.
    pub metrics: Vec<MetricPanel>,
}

/// One metric of a [`Comparison`].
#[derive(Debug, Clone, PartialEq)]
pub struct MetricPanel {
    /// The metric's name.
    pub metric: String,
    /// One value a run, in the order of [`Comparison::runs`]; `None` where the run has none.
    pub values: Vec<Option<f64>>,
}

/// Runs ordered by one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The metric's name.
    pub metric: String,
    /// The runs in the order in which they are shown.
    pub bars: Vec<RankedBar>,
}

/// One run of a [`Ranking`].
#[derive(Debug, Clone, PartialEq)]
pub struct RankedBar {
    /// The run's name.
    pub label: String,
    /// The metric's value.
    pub value: f64,
    /// Whether the run is the best; several are where they tie.
    pub standing: Standing,
}

/// Where a run stands in its ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The best, drawn in the chart's strong colour.
    Best,
    /// One of the others.
    Other,
}

/// Which parameters move a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// What the axis shows, with the metric's name: `correlation with f1_score`.
    pub measure: String,
    /// The parameters in the order in which they are shown.
    pub bars: Vec<ImpactBar>,
}

/// One parameter of an [`Impact`].
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactBar {
    /// The parameter's name.
    pub label: String,
    /// The correlation, from -1 to 1.
    pub value: f64,
    /// Over how many runs it was computed; shown beside the value.
    pub run_count: usize,
}

/// What [`Chart::prepare`] made of a wish.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The chart; absent where nothing is left to draw.
    pub chart: Option<Chart>,
    /// What it does not show.
    pub omitted: Omitted,
}

/// What a chart does not show, for the caveats of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Omitted {
    /// Values that are NaN or infinite.
    pub not_finite: usize,
    /// Values at or below zero, which a logarithmic axis has no place for.
    pub not_positive: usize,
    /// Correlations outside -1 to 1.
    pub out_of_range: usize,
    /// Curves, bars or panels beyond [`MAX_SERIES`], [`MAX_BARS`] or [`MAX_PANELS`].
    pub beyond_limit: usize,
}

impl Omitted {
    /// One sentence for each kind of omission; empty where the chart shows everything.
    #[must_use]
    pub fn caveats(&self) -> Vec<String> {
        let kinds = [
            (self.not_finite, "not drawn because NaN or infinite"),
            (self.not_positive, "not drawn because a logarithmic axis shows only values above zero"),
            (self.out_of_range, "not drawn because outside -1 to 1"),
        ];
        let mut caveats = Vec::new();
        for (count, reason) in kinds {
            match count {
                0 => {}
                1 => caveats.push(format!("1 value is {reason}")),
                more => caveats.push(format!("{more} values are {reason}")),
            }
        }
        if self.beyond_limit > 0 {
            caveats.push(format!("the chart has no room for {} more curves, bars or panels", self.beyond_limit));
        }
        caveats
    }
}

/// One value of a chart with its place: what all renderings of it must agree on.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPoint {
    /// The metric of a comparison's panel or of a ranking, the measure of an impact, the vertical axis of lines.
    pub panel: String,
    /// The curve, run or parameter.
    pub label: String,
    /// The horizontal place on a line chart.
    pub x: Option<f64>,
    /// The value.
    pub value: f64,
}

impl Chart {
    /// Keeps what can be drawn of `plot` and counts the rest. Labels lose control characters; a repeated one gets a number.
    #[must_use]
    pub fn prepare(title: &str, subtitle: Option<&str>, plot: Plot) -> Prepared {
        let mut omitted = Omitted::default();
        let plot = match plot {
            Plot::Lines(lines) => Plot::Lines(drawable_lines(lines, &mut omitted)),
            Plot::Comparison(comparison) => Plot::Comparison(drawable_comparison(comparison, &mut omitted)),
            Plot::Ranking(ranking) => Plot::Ranking(drawable_ranking(ranking, &mut omitted)),
            Plot::Impact(impact) => Plot::Impact(drawable_impact(impact, &mut omitted)),
        };
        let chart = Self { title: label::clean(title), subtitle: subtitle.map(label::clean).filter(|text| !text.is_empty()), plot };
        Prepared { chart: Some(chart).filter(|chart| !chart.is_empty()), omitted }
    }

    /// What the picture is about, in a line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A second line: the experiment, the number of runs.
    #[must_use]
    pub fn subtitle(&self) -> Option<&str> {
        self.subtitle.as_deref()
    }

    /// What is drawn.
    #[must_use]
    pub fn plot(&self) -> &Plot {
        &self.plot
    }

    /// Every value that is drawn, in drawing order.
    #[must_use]
    pub fn points(&self) -> Vec<ChartPoint> {
        let mut points = Vec::new();
        let mut push = |panel: &str, label: &str, x: Option<f64>, value: f64| {
            points.push(ChartPoint { panel: panel.to_owned(), label: label.to_owned(), x, value });
        };
        match &self.plot {
            Plot::Lines(lines) => {
                for series in &lines.series {
                    for point in &series.points {
                        push(&lines.y_label, &series.label, Some(point.x), point.y);
                    }
                }
            }
            Plot::Comparison(comparison) => {
                for panel in &comparison.metrics {
                    for (run, value) in comparison.runs.iter().zip(&panel.values) {
                        if let Some(value) = value {
                            push(&panel.metric, run, None, *value);
                        }
                    }
                }
            }
            Plot::Ranking(ranking) => ranking.bars.iter().for_each(|bar| push(&ranking.metric, &bar.label, None, bar.value)),
            Plot::Impact(impact) => impact.bars.iter().for_each(|bar| push(&impact.measure, &bar.label, None, bar.value)),
        }
        points
    }

    fn is_empty(&self) -> bool {
        match &self.plot {
            Plot::Lines(lines) => lines.series.is_empty(),
            Plot::Comparison(comparison) => comparison.metrics.is_empty(),
            Plot::Ranking(ranking) => ranking.bars.is_empty(),
            Plot::Impact(impact) => impact.bars.is_empty(),
        }
    }

    /// Whether the heading already names the only curve, so that a legend would repeat it.
    fn heading_names(&self, label: &str) -> bool {
        self.title.contains(label) || self.subtitle.as_deref().is_some_and(|subtitle| subtitle.contains(label))
    }
}

impl Lines {
    /// Short curves, and curves of one point, are drawn with a dot on each point.
    fn has_dots(&self) -> bool {
        let longest = self.series.iter().map(|series| series.points.len()).max().unwrap_or(0);
        longest <= 40 || self.series.iter().any(|series| series.points.len() == 1)
    }
}

fn drawable_lines(mut lines: Lines, omitted: &mut Omitted) -> Lines {
    for series in &mut lines.series {
        series.points.retain(|point| keep(point.x.is_finite() && point.y.is_finite(), &mut omitted.not_finite));
        if lines.y_scale == Scale::Log {
            series.points.retain(|point| keep(point.y > 0.0, &mut omitted.not_positive));
        }
        series.points.sort_by(|left, right| left.x.total_cmp(&right.x));
    }
    lines.series.retain(|series| !series.points.is_empty());
    limit(&mut lines.series, MAX_SERIES, omitted);
    lines.y_label = label::clean(&lines.y_label);
    label::make_distinct(lines.series.iter_mut().map(|series| &mut series.label));
    lines
}

fn drawable_comparison(mut comparison: Comparison, omitted: &mut Omitted) -> Comparison {
    limit(&mut comparison.runs, MAX_BARS, omitted);
    for panel in &mut comparison.metrics {
        panel.values.resize(comparison.runs.len(), None);
        for value in &mut panel.values {
            *value = value.filter(|number| keep(number.is_finite(), &mut omitted.not_finite));
        }
    }
    comparison.metrics.retain(|panel| panel.values.iter().any(Option::is_some));
    limit(&mut comparison.metrics, MAX_PANELS, omitted);
    label::make_distinct(comparison.runs.iter_mut());
    label::make_distinct(comparison.metrics.iter_mut().map(|panel| &mut panel.metric));
    comparison
}

fn drawable_ranking(mut ranking: Ranking, omitted: &mut Omitted) -> Ranking {
    ranking.bars.retain(|bar| keep(bar.value.is_finite(), &mut omitted.not_finite));
    limit(&mut ranking.bars, MAX_BARS, omitted);
    ranking.metric = label::clean(&ranking.metric);
    label::make_distinct(ranking.bars.iter_mut().map(|bar| &mut bar.label));
    ranking
}

fn drawable_impact(mut impact: Impact, omitted: &mut Omitted) -> Impact {
    // Rounding carries a perfect correlation a little past 1.
    const ROUNDING: f64 = 1e-9;
    impact.bars.retain(|bar| keep(bar.value.is_finite(), &mut omitted.not_finite));
    impact.bars.retain(|bar| keep(bar.value.abs() <= 1.0 + ROUNDING, &mut omitted.out_of_range));
    limit(&mut impact.bars, MAX_BARS, omitted);
    impact.measure = label::clean(&impact.measure);
    label::make_distinct(impact.bars.iter_mut().map(|bar| &mut bar.label));
    impact
}

/// Passes the verdict on and counts a rejection.
fn keep(verdict: bool, rejected: &mut usize) -> bool {
    *rejected += usize::from(!verdict);
    verdict
}

fn limit<T>(items: &mut Vec<T>, most: usize, omitted: &mut Omitted) {
    omitted.beyond_limit += items.len().saturating_sub(most);
    items.truncate(most);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(y_scale: Scale, points: &[(f64, f64)]) -> Plot {
        let points = points.iter().map(|&(x, y)| Point { x, y }).collect();
        let series = vec![Series { label: "run".to_owned(), points }];
        Plot::Lines(Lines { x: XAxis::Step, y_label: "loss".to_owned(), y_scale, series })
    }

    fn check(plot: Plot, expected: &[(Option<f64>, f64)], omitted: Omitted) {
        let prepared = Chart::prepare("title", None, plot);
        let points: Vec<_> = prepared.chart.iter().flat_map(Chart::points).map(|point| (point.x, point.value)).collect();
        assert_eq!((points.as_slice(), prepared.omitted), (expected, omitted));
    }

    #[test]
    fn values_that_are_not_finite_are_left_out_and_counted() {
        let points = [(0.0, 1.0), (1.0, f64::NAN), (2.0, f64::INFINITY), (f64::NAN, 1.0), (3.0, 2.0)];
        let omitted = Omitted { not_finite: 3, ..Omitted::default() };
        check(lines(Scale::Linear, &points), &[(Some(0.0), 1.0), (Some(3.0), 2.0)], omitted);
    }

    #[test]
    fn a_logarithmic_axis_leaves_out_what_is_not_positive() {
        let omitted = Omitted { not_positive: 2, ..Omitted::default() };
        check(lines(Scale::Log, &[(0.0, 0.0), (1.0, -1.0), (2.0, 0.5)]), &[(Some(2.0), 0.5)], omitted);
    }

    #[test]
    fn nothing_to_draw_is_no_chart() {
        check(lines(Scale::Linear, &[(0.0, f64::NAN)]), &[], Omitted { not_finite: 1, ..Omitted::default() });
        check(lines(Scale::Linear, &[]), &[], Omitted::default());
        check(Plot::Ranking(Ranking { metric: "f1".to_owned(), bars: Vec::new() }), &[], Omitted::default());
        let panel = MetricPanel { metric: "f1".to_owned(), values: vec![None] };
        check(Plot::Comparison(Comparison { runs: vec!["a".to_owned()], metrics: vec![panel] }), &[], Omitted::default());
    }

    #[test]
    fn points_are_ordered_by_their_place() {
        check(
            lines(Scale::Linear, &[(2.0, 3.0), (-1.0, 4.0), (2.0, 1.0)]),
            &[(Some(-1.0), 4.0), (Some(2.0), 3.0), (Some(2.0), 1.0)],
            Omitted::default(),
        );
    }

    #[test]
    fn a_comparison_keeps_each_value_at_its_run() {
        let panel = MetricPanel { metric: "f1".to_owned(), values: vec![None, Some(f64::NAN), Some(0.5)] };
        let runs = ["same", "same", "same", "short"].map(str::to_owned).to_vec();
        let prepared = Chart::prepare("title", Some(" "), Plot::Comparison(Comparison { runs, metrics: vec![panel] }));
        let chart = prepared.chart.unwrap();
        let point = ChartPoint { panel: "f1".to_owned(), label: "same (3)".to_owned(), x: None, value: 0.5 };
        assert_eq!((chart.points(), chart.subtitle(), prepared.omitted.not_finite), (vec![point], None, 1));
    }

    #[test]
    fn correlations_outside_their_range_are_left_out() {
        let bar = |value: f64| ImpactBar { label: "lr".to_owned(), value, run_count: 3 };
        let impact = Impact { measure: "r".to_owned(), bars: vec![bar(1.5), bar(-1.0), bar(1.0 + 1e-12)] };
        check(Plot::Impact(impact), &[(None, -1.0), (None, 1.0 + 1e-12)], Omitted { out_of_range: 1, ..Omitted::default() });
    }

    #[test]
    fn a_chart_says_how_many_it_has_no_room_for() {
        let bar = RankedBar { label: "run".to_owned(), value: 1.0, standing: Standing::Other };
        let prepared = Chart::prepare("title", None, Plot::Ranking(Ranking { metric: "f1".to_owned(), bars: vec![bar; MAX_BARS + 2] }));
        assert_eq!(prepared.omitted.caveats(), ["the chart has no room for 2 more curves, bars or panels"]);
    }

    #[test]
    fn caveats_count_each_kind() {
        let omitted = Omitted { not_finite: 1, not_positive: 2, out_of_range: 0, beyond_limit: 0 };
        let expected = [
            "1 value is not drawn because NaN or infinite",
            "2 values are not drawn because a logarithmic axis shows only values above zero",
        ];
        assert_eq!(omitted.caveats(), expected);
    }

    #[test]
    fn every_rendering_survives_the_ends_of_the_number_range() {
        let ends = [f64::MIN, -1e300, -1.0, -f64::MIN_POSITIVE, -5e-324, 0.0, 5e-324, 1e-300, 1.0, 1.0 + f64::EPSILON, 1e300, f64::MAX];
        for low in ends {
            for high in ends {
                for (x, y_scale) in [(XAxis::Step, Scale::Linear), (XAxis::RelativeTime, Scale::Log), (XAxis::WallTime, Scale::Linear)] {
                    let points = vec![Point { x: low, y: low }, Point { x: high, y: high }];
                    let series = vec![Series { label: "run".to_owned(), points }];
                    let plot = Plot::Lines(Lines { x, y_label: "loss".to_owned(), y_scale, series });
                    survives(plot);
                }
                let bar = |value: f64| RankedBar { label: "run".to_owned(), value, standing: Standing::Other };
                survives(Plot::Ranking(Ranking { metric: "f1".to_owned(), bars: vec![bar(low), bar(high)] }));
            }
        }
    }

    fn survives(plot: Plot) {
        let wish = format!("{plot:?}");
        let Some(chart) = Chart::prepare("title", None, plot).chart else { return };
        let spec = to_vega_lite(&chart);
        assert_eq!(points_of_vega_lite(&spec), chart.points(), "{wish}");
        assert!(!spec.to_string().contains(r#""domain":[null"#), "{wish}");
        let svg = to_svg(&chart);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{wish}: {svg}");
        assert!(to_terminal(&chart, 60, Colour::None).lines().count() > 3, "{wish}");
    }
}
