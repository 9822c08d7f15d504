//! A chart in a terminal: curves in braille dots, bars in blocks, nothing wider than it may be.

mod bars;
mod braille;
mod lines;
mod rows;

use super::{Chart, Plot};
use rows::{Ink, Row};

/// Whether a picture in the terminal has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// ANSI escape sequences, 256 colours.
    Ansi,
    /// Plain text; letters tell the curves apart.
    None,
}

/// The chart in lines of at most `width` columns, without a line feed at the end.
#[must_use]
pub fn to_terminal(chart: &Chart, width: usize, colour: Colour) -> String {
    let mut rows = vec![Row::of(Ink::Strong, chart.title())];
    rows.extend(chart.subtitle().map(|subtitle| Row::of(Ink::Faint, subtitle)));
    rows.push(Row::default());
    match chart.plot() {
        Plot::Lines(lines) => rows.extend(lines::rows(chart, lines, width, colour)),
        Plot::Comparison(comparison) => rows.extend(bars::comparison_rows(comparison, width)),
        Plot::Ranking(ranking) => rows.extend(bars::ranking_rows(ranking, width)),
        Plot::Impact(impact) => rows.extend(bars::impact_rows(impact, width)),
    }
    rows.iter().map(|row| row.render(width, colour)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::super::axis::Axis;
    use super::super::svg::tests::ranking_of;
    use super::super::{Impact, ImpactBar, Lines, Point, Scale, Series, XAxis};
    use super::*;

    fn wave(labels: &[&str]) -> Chart {
        let series = labels.iter().enumerate().map(|(index, &label)| Series {
            label: label.to_owned(),
            points: (0..50).map(|step| Point { x: f64::from(step), y: (f64::from(step) / 7.0 + index as f64).sin() }).collect(),
        });
        let lines = Lines { x: XAxis::Step, y_label: "loss".to_owned(), y_scale: Scale::Linear, series: series.collect() };
        Chart::prepare("loss by step", None, Plot::Lines(lines)).chart.unwrap()
    }

    fn impact() -> Chart {
        let bars = [("learning_rate", -0.32), ("実験", 0.5), ("seed", 0.0)];
        let bars = bars.map(|(label, value)| ImpactBar { label: label.to_owned(), value, run_count: 24 }).to_vec();
        Chart::prepare("impact", None, Plot::Impact(Impact { measure: "correlation with f1".to_owned(), bars })).chart.unwrap()
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        for chart in [wave(&["a", "run with a long name 実験実験", "c"]), ranking_of(&[("実験実験実験", 0.5), ("b", 1e300)]), impact()]
        {
            for width in 0..130 {
                for line in to_terminal(&chart, width, Colour::None).lines() {
                    assert!(line.width() <= width, "{width}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn colours_change_no_character() {
        let chart = ranking_of(&[("run-017", 0.912), ("run-016", 0.9)]);
        let coloured = to_terminal(&chart, 80, Colour::Ansi);
        assert!(coloured.contains("\u{1b}["));
        let mut plain = String::new();
        for piece in coloured.split('\u{1b}') {
            plain.push_str(piece.strip_prefix('[').and_then(|code| code.split_once('m')).map_or(piece, |(_, text)| text));
        }
        assert_eq!(plain, to_terminal(&chart, 80, Colour::None));
    }

    #[test]
    fn every_point_lights_its_dot() {
        let chart = wave(&["first", "second"]);
        let Plot::Lines(lines) = chart.plot() else { panic!("not lines") };
        let (x_axis, y_axis) = (Axis::horizontal(lines, 6), Axis::vertical(lines, 5));
        let picture = to_terminal(&chart, 80, Colour::None);
        let plot: Vec<Vec<char>> =
            picture.lines().filter_map(|line| line.split_once(['┤', '│'])).map(|(_, cells)| cells.chars().collect()).collect();
        let columns = lines::plot_columns(&y_axis, 80);
        assert_eq!(plot.len(), lines::ROWS);
        for point in chart.points() {
            let column = (x_axis.position(point.x.unwrap()) * (columns * 2 - 1) as f64).round() as usize;
            let row = ((1.0 - y_axis.position(point.value)) * (lines::ROWS * 4 - 1) as f64).round() as usize;
            let cell = plot[row / 4][column / 2];
            let bits = u32::from(cell).checked_sub(0x2800).filter(|bits| *bits < 256);
            // A letter stands over dots.
            assert!(
                cell.is_ascii_alphabetic() || bits.is_some_and(|bits| bits & braille::bit(column % 2, row % 4) != 0),
                "{point:?}: {cell}"
            );
        }
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let picture = to_terminal(&ranking_of(&[("a", 1.0), ("b", 0.5), ("c", 0.0)]), 40, Colour::None);
        let rows: Vec<&str> = picture.lines().skip_while(|line| !line.starts_with("a ")).collect();
        let eighths = |row: &str| row.chars().map(|cell| usize::try_from(bars::eighths(cell)).unwrap()).sum::<usize>();
        assert_eq!(rows.iter().map(|row| eighths(row)).collect::<Vec<_>>(), [32 * 8, 32 * 4, 0]);
        assert!(rows[1].starts_with("b  0.5  █"));
    }

    #[test]
    fn impact_in_a_terminal() {
        let expected = "\
impact

correlation with f1
learning_rate  -0.32 (n = 24)           ▐████│
実験             0.5 (n = 24)                │███████
seed               0 (n = 24)                │";
        assert_eq!(to_terminal(&impact(), 60, Colour::None), expected);
    }
}
