//! A chart as a picture in SVG, written by hand so that its look is ours on every machine.
//!
//! Each panel is a group that says by `data-` attributes which values its pixels stand for, so that a test (or a page)
//! can read the points back.

mod bars;
mod canvas;
mod lines;
mod text;

use super::{Chart, Plot};
use canvas::{Anchor, Canvas, Ink, Label};

/// Width of the picture.
const WIDTH: f64 = 760.0;

/// White space around everything.
const MARGIN: f64 = 24.0;

/// Font size of ticks, legends and values.
const SMALL: f64 = 12.0;

/// The chart as a standalone SVG document.
#[must_use]
pub fn to_svg(chart: &Chart) -> String {
    let mut canvas = Canvas::default();
    let top = heading(&mut canvas, chart);
    let bottom = match chart.plot() {
        Plot::Lines(lines) => lines::draw(&mut canvas, chart, lines, top),
        Plot::Comparison(comparison) => bars::draw_comparison(&mut canvas, comparison, top),
        Plot::Ranking(ranking) => bars::draw_ranking(&mut canvas, ranking, top),
        Plot::Impact(impact) => bars::draw_impact(&mut canvas, impact, top),
    };
    canvas.into_svg(chart.title(), WIDTH, bottom + MARGIN)
}

/// Title and subtitle; returns where the plot begins.
fn heading(canvas: &mut Canvas, chart: &Chart) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    let title = Label { text: chart.title(), x: MARGIN, y: MARGIN + 16.0, size: 18.0, anchor: Anchor::Start, ink: Ink::Strong, room };
    canvas.label(title);
    match chart.subtitle() {
        Some(subtitle) => {
            canvas.label(Label { text: subtitle, y: title.y + 21.0, size: 13.0, ink: Ink::Faint, ..title });
            title.y + 21.0 + 18.0
        }
        None => title.y + 18.0,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{RankedBar, Ranking, Standing};
    use super::*;

    /// A ranking of the given bars, for tests of the renderings.
    pub(in crate::domain::chart) fn ranking_of(bars: &[(&str, f64)]) -> Chart {
        let bars = bars.iter().map(|&(label, value)| RankedBar { label: label.to_owned(), value, standing: Standing::Other }).collect();
        Chart::prepare("Runs by f1_score", None, Plot::Ranking(Ranking { metric: "f1_score".to_owned(), bars })).chart.unwrap()
    }

    #[test]
    fn markup_in_a_name_stays_text() {
        let svg = to_svg(&ranking_of(&[("<script>alert('1')</script>", 1.0)]));
        assert!(!svg.contains("<script"));
        assert!(svg.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
    }

    #[test]
    fn a_cut_name_keeps_its_wording_as_a_tooltip() {
        let name = "a name that is so long that it would leave no room at all for the bars";
        let svg = to_svg(&ranking_of(&[(name, 1.0)]));
        assert!(svg.contains("…<title>a name that is"), "{svg}");
    }
}
