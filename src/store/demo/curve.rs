//! Training curves: smooth between a few points that a person sets, with a little noise.

use super::random::Random;

/// A metric's values over steps.
pub(super) type Curve = Vec<(i64, f64)>;

/// A value at every step from the first waypoint to the last. Exact at the waypoints; between them each step changes the value by
/// the same ratio, as losses fall, times a noise of the spread `wobble`. Waypoints have rising steps and values above 0.
pub(super) fn through(waypoints: &[(i64, f64)], wobble: f64, random: &mut Random) -> Curve {
    let mut curve: Curve = waypoints.iter().take(1).copied().collect();
    for (leg_start, leg_end) in waypoints.iter().zip(waypoints.iter().skip(1)) {
        let (first_step, first_value) = *leg_start;
        let (last_step, last_value) = *leg_end;
        for step in first_step + 1..last_step {
            let way = (step - first_step) as f64 / (last_step - first_step) as f64;
            let value = first_value * (last_value / first_value).powf(way) * (1.0 + wobble * random.noise());
            curve.push((step, rounded(value, 5)));
        }
        curve.push(*leg_end);
    }
    curve
}

/// `value` to `digits` decimals: shorter to read, and free of the last bits in which machines' powers and roots differ.
pub(super) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_exact_at_its_waypoints_and_has_every_step() {
        let curve = through(&[(0, 0.693), (10, 0.412), (30, 0.082)], 0.05, &mut Random::of("curve"));
        assert_eq!(curve.iter().map(|point| point.0).collect::<Vec<_>>(), (0..=30).collect::<Vec<_>>());
        assert_eq!([curve[0], curve[10], curve[30]], [(0, 0.693), (10, 0.412), (30, 0.082)]);
    }

    #[test]
    fn without_noise_the_way_between_is_even_in_ratio() {
        assert_eq!(through(&[(0, 1.0), (2, 0.25)], 0.0, &mut Random::of("")), [(0, 1.0), (1, 0.5), (2, 0.25)]);
    }
}
