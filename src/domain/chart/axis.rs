//! Axes: from values to a place between 0 and 1, with ticks at round numbers.

use super::number::tick_number;
use super::{Lines, Scale, XAxis};

/// One axis: what it spans and where its ticks are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
    /// In rising order, all within the axis.
    pub(super) ticks: Vec<Tick>,
    /// What the axis measures, with its unit.
    pub(super) title: String,
}

/// A marked value of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

impl Axis {
    /// The horizontal axis of a line chart; ends where the points end.
    pub(super) fn horizontal(lines: &Lines, tick_count: usize) -> Self {
        let (low, high) = widened(bounds(lines.series.iter().flat_map(|series| &series.points).map(|point| point.x)));
        let (title, ticks) = match lines.x {
            XAxis::Step => ("step".to_owned(), whole_ticks(low, high, tick_count)),
            XAxis::RelativeTime => elapsed_ticks(low, high, tick_count),
            XAxis::WallTime => clock_ticks(low, high, tick_count),
        };
        Self { scale: Scale::Linear, low, high, ticks, title }
    }

    /// The vertical axis of a line chart; ends at ticks.
    pub(super) fn vertical(lines: &Lines, tick_count: usize) -> Self {
        let (low, high) = bounds(lines.series.iter().flat_map(|series| &series.points).map(|point| point.y));
        let title = lines.y_label.clone();
        match lines.y_scale {
            Scale::Linear => {
                let (low, high) = widened((low, high));
                let step = round_step(low, high, tick_count);
                let (low, high) = (outward(low, step, f64::floor), outward(high, step, f64::ceil));
                Self { scale: Scale::Linear, low, high, ticks: number_ticks(low, high, step), title }
            }
            Scale::Log => {
                let (low, high) = log_bounds(low, high);
                Self { scale: Scale::Log, low, high, ticks: log_ticks(low, high, tick_count), title }
            }
        }
    }

    /// The axis of bars: from zero, and to one for values that look like scores, so that such panels compare.
    pub(super) fn bars(values: impl Iterator<Item = f64>, title: &str, tick_count: usize) -> Self {
        let (low, high) = bounds(values.chain([0.0]));
        let looks_like_score = low == 0.0 && (0.25..=1.0).contains(&high);
        let high = if looks_like_score || low == high { 1.0 } else { high };
        let step = round_step(low, high, tick_count);
        let (low, high) = (outward(low, step, f64::floor), outward(high, step, f64::ceil));
        Self { scale: Scale::Linear, low, high, ticks: number_ticks(low, high, step), title: title.to_owned() }
    }

    /// The axis of correlations, from -1 to 1.
    pub(super) fn correlations(title: &str) -> Self {
        Self { scale: Scale::Linear, low: -1.0, high: 1.0, ticks: number_ticks(-1.0, 1.0, 0.5), title: title.to_owned() }
    }

    /// Where `value` lies: 0 at the low end, 1 at the high end.
    pub(super) fn position(&self, value: f64) -> f64 {
        let place = match self.scale {
            // Halves, so that the span of the whole number range is still a number.
            Scale::Linear => (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
            Scale::Log => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
        };
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.5 }
    }

    /// The values at both ends.
    pub(super) fn domain(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// Seconds and milliseconds that make round ticks on a clock.
const CLOCK_STEPS: [f64; 21] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    21_600.0,
    43_200.0,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
];
const DAY: f64 = 86_400.0;

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

/// Room around a single value.
fn widened((low, high): (f64, f64)) -> (f64, f64) {
    if high - low > low.abs().max(high.abs()) * 1e-13 {
        return (low, high);
    }
    match low.abs() * 0.1 {
        0.0 => (-1.0, 1.0),
        room => ((low - room).max(f64::MIN), (high + room).min(f64::MAX)),
    }
}

/// The smallest of 1, 2, 5 × 10ⁿ that needs no more than about `tick_count` ticks.
fn round_step(low: f64, high: f64, tick_count: usize) -> f64 {
    let count = tick_count.max(1) as f64;
    let raw = high / count - low / count;
    let power = 10_f64.powf(raw.log10().floor());
    if !(power.is_normal() && raw.is_finite()) {
        return f64::MAX;
    }
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| raw <= factor * power * (1.0 + 1e-9)).unwrap_or(10.0);
    factor * power
}

/// The next multiple of `step` outward, unless that leaves the number range.
fn outward(value: f64, step: f64, round: fn(f64) -> f64) -> f64 {
    // A value that is a multiple up to rounding error is already there.
    let nearest = (value / step).round();
    let multiple = if (value / step - nearest).abs() < 1e-9 { nearest } else { round(value / step) };
    let end = multiple_of(step, multiple);
    if end.is_finite() { end } else { value }
}

/// `step` × `count`, rounded as a person would write it: below one by division, because 0.1 is no binary fraction and 10 is.
fn multiple_of(step: f64, count: f64) -> f64 {
    let inverse = (1.0 / step).round();
    if step < 1.0 && inverse < 1e15 && (inverse * step - 1.0).abs() < 1e-9 { count / inverse } else { count * step }
}

fn number_ticks(low: f64, high: f64, step: f64) -> Vec<Tick> {
    multiples(low, high, step).into_iter().map(|value| Tick { value, label: tick_number(value, step) }).collect()
}

/// The multiples of `step` from `low` to `high`; never more than a picture can hold.
fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    const MOST: u32 = 60;
    let slack = 1e-9;
    let first = (low / step - slack).ceil();
    let mut values: Vec<f64> = (0..MOST)
        .map(|index| first + f64::from(index))
        .take_while(|count| *count <= high / step + slack)
        .map(|count| multiple_of(step, count))
        .filter(|value| value.is_finite())
        .collect();
    values.dedup();
    values
}

fn whole_ticks(low: f64, high: f64, tick_count: usize) -> Vec<Tick> {
    number_ticks(low, high, round_step(low, high, tick_count).max(1.0))
}

/// Ticks in the largest unit of time of which the axis spans at least two.
fn elapsed_ticks(low: f64, high: f64, tick_count: usize) -> (String, Vec<Tick>) {
    let units = [(DAY, "days"), (3600.0, "hours"), (60.0, "minutes")];
    let (unit, name) = units.into_iter().find(|(unit, _)| high - low >= 2.0 * unit).unwrap_or((1.0, "seconds"));
    let in_units = number_ticks(low / unit, high / unit, round_step(low / unit, high / unit, tick_count));
    let in_seconds = in_units.into_iter().map(|tick| Tick { value: tick.value * unit, label: tick.label });
    let ticks = in_seconds.filter(|tick| tick.value.is_finite()).collect();
    (format!("{name} since start"), ticks)
}

/// Ticks at round times of day or at dates, in UTC.
fn clock_ticks(low: f64, high: f64, tick_count: usize) -> (String, Vec<Tick>) {
    let raw = (high - low) / 1000.0 / tick_count.max(1) as f64;
    let step = CLOCK_STEPS.into_iter().find(|step| *step >= raw).unwrap_or_else(|| round_step(0.0, raw / DAY, 1) * DAY);
    let is_one_day = clock_text(low, "%Y-%m-%d") == clock_text(high, "%Y-%m-%d");
    let format = if step >= DAY {
        "%Y-%m-%d"
    } else if step < 60.0 {
        "%H:%M:%S"
    } else if is_one_day {
        "%H:%M"
    } else {
        "%m-%d %H:%M"
    };
    let ticks = multiples(low, high, step * 1000.0).into_iter().map(|value| Tick { value, label: clock_text(value, format) }).collect();
    let title = if is_one_day { clock_text(low, "time (UTC) on %Y-%m-%d") } else { "time (UTC)".to_owned() };
    (title, ticks)
}

/// The instant by a format of `jiff`; the bare number where it is no date.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range becomes its end, which jiff refuses")]
fn clock_text(millis: f64, format: &str) -> String {
    match jiff::Timestamp::from_millisecond(millis.round() as i64) {
        Ok(instant) => instant.strftime(format).to_string(),
        Err(_) => tick_number(millis, 1.0),
    }
}

/// The next 1, 2 or 5 × 10ⁿ outward.
fn log_bounds(low: f64, high: f64) -> (f64, f64) {
    let below = decade_steps(low).into_iter().rev().find(|step| *step > 0.0 && *step <= low).unwrap_or(low);
    let above = decade_steps(high).into_iter().find(|step| *step >= high && step.is_finite()).unwrap_or(high);
    if below < above { (below, above) } else { ((low / 2.0).max(f64::from_bits(1)), (high * 2.0).min(f64::MAX)) }
}

/// Round numbers around `value`.
fn decade_steps(value: f64) -> Vec<f64> {
    let exponent = value.log10().floor();
    (-1..=1).flat_map(|shift| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powf(exponent + f64::from(shift)))).collect()
}

/// Powers of ten; on a short axis 2 and 5 between them.
fn log_ticks(low: f64, high: f64, tick_count: usize) -> Vec<Tick> {
    let decades = high.log10() - low.log10();
    let factors: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let stride = (decades / tick_count.max(1) as f64).ceil().max(1.0);
    let first = low.log10().floor();
    let mut ticks = Vec::new();
    let mut exponent = (first / stride).floor() * stride;
    while exponent <= high.log10() + stride {
        for factor in factors {
            let value = format!("{factor}e{exponent}").parse().unwrap_or(f64::NAN);
            if value.is_finite() && (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&value) {
                ticks.push(Tick { value, label: tick_number(value, value) });
            }
        }
        exponent += stride;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::super::{Point, Series};
    use super::*;

    fn lines(x: XAxis, y_scale: Scale, points: &[(f64, f64)]) -> Lines {
        let points = points.iter().map(|&(x, y)| Point { x, y }).collect();
        Lines { x, y_label: "loss".to_owned(), y_scale, series: vec![Series { label: "run".to_owned(), points }] }
    }

    fn check(axis: &Axis, expected: &[&str]) {
        let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, expected);
        let positions: Vec<f64> = axis.ticks.iter().map(|tick| axis.position(tick.value)).collect();
        assert!(positions.is_sorted() && positions.iter().all(|position| (0.0..=1.0).contains(position)), "{positions:?}");
    }

    fn check_vertical(y_scale: Scale, low: f64, high: f64, expected: &[&str]) {
        check(&Axis::vertical(&lines(XAxis::Step, y_scale, &[(0.0, low), (1.0, high)]), 5), expected);
    }

    fn check_horizontal(x: XAxis, low: f64, high: f64, title: &str, expected: &[&str]) {
        let axis = Axis::horizontal(&lines(x, Scale::Linear, &[(low, 0.0), (high, 0.0)]), 5);
        assert_eq!(axis.title, title);
        check(&axis, expected);
    }

    #[test]
    fn a_linear_axis_has_round_ticks_around_the_values() {
        check_vertical(Scale::Linear, 0.03, 0.97, &["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        check_vertical(Scale::Linear, 0.9, 0.912, &["0.900", "0.905", "0.910", "0.915"]);
        check_vertical(Scale::Linear, -3.0, 12_500.0, &["-5000", "0", "5000", "10k", "15k"]);
        check_vertical(Scale::Linear, 1e-6, 5e-6, &["1e-6", "2e-6", "3e-6", "4e-6", "5e-6"]);
    }

    #[test]
    fn a_single_value_has_room_around_it() {
        check_vertical(Scale::Linear, 0.5, 0.5, &["0.44", "0.46", "0.48", "0.50", "0.52", "0.54", "0.56"]);
        check_vertical(Scale::Linear, 0.0, 0.0, &["-1.0", "-0.5", "0", "0.5", "1.0"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        check_vertical(Scale::Log, 0.000_3, 1.0, &["0.001", "0.01", "0.1", "1"]);
        check_vertical(Scale::Log, 0.3, 4.0, &["0.2", "0.5", "1", "2", "5"]);
        check_vertical(Scale::Log, 1e-12, 1.0, &["1e-12", "1e-9", "1e-6", "0.001", "1"]);
    }

    #[test]
    fn steps_are_whole() {
        check_horizontal(XAxis::Step, 0.0, 3.0, "step", &["0", "1", "2", "3"]);
        check_horizontal(XAxis::Step, 0.0, 100_000.0, "step", &["0", "20k", "40k", "60k", "80k", "100k"]);
    }

    #[test]
    fn elapsed_time_is_counted_in_the_unit_that_fits() {
        check_horizontal(XAxis::RelativeTime, 0.0, 90.0, "seconds since start", &["0", "20", "40", "60", "80"]);
        check_horizontal(XAxis::RelativeTime, 0.0, 600.0, "minutes since start", &["0", "2", "4", "6", "8", "10"]);
        check_horizontal(XAxis::RelativeTime, 0.0, 3.0 * 86_400.0, "days since start", &["0", "1", "2", "3"]);
    }

    #[test]
    fn the_clock_is_marked_at_round_times() {
        let morning = 1_742_032_800_000.0;
        let hour = 3_600_000.0;
        let of_one_day = ["10:00", "11:00", "12:00", "13:00"];
        check_horizontal(XAxis::WallTime, morning, morning + 3.5 * hour, "time (UTC) on 2025-03-15", &of_one_day);
        let of_two_days = ["03-15 12:00", "03-15 18:00", "03-16 00:00", "03-16 06:00"];
        check_horizontal(XAxis::WallTime, morning, morning + 24.0 * hour, "time (UTC)", &of_two_days);
        let of_many_days = ["2025-03-27", "2025-04-10", "2025-04-24", "2025-05-08"];
        check_horizontal(XAxis::WallTime, morning, morning + 60.0 * 24.0 * hour, "time (UTC)", &of_many_days);
    }

    #[test]
    fn bars_begin_at_zero_and_scores_end_at_one() {
        check(&Axis::bars([0.9, 0.4].into_iter(), "f1", 4), &["0", "0.5", "1.0"]);
        check(&Axis::bars([0.03].into_iter(), "loss", 4), &["0", "0.01", "0.02", "0.03"]);
        check(&Axis::bars([-3.0, 12.0].into_iter(), "gain", 4), &["-5", "0", "5", "10", "15"]);
        check(&Axis::bars([0.0].into_iter(), "nothing", 4), &["0", "0.5", "1.0"]);
    }
}
