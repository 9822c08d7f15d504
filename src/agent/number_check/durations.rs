//! Reads how long something took as people write it: `14 min 50 s`, `4 h 6 min`, `2 hours and 5 minutes`.

/// A length of time at the head of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Duration {
    /// How many bytes it takes.
    pub(super) length: usize,
    /// In seconds.
    pub(super) seconds: f64,
    /// How many seconds the smallest unit that is told has.
    pub(super) unit: f64,
    /// How many numbers it is made of.
    pub(super) parts: usize,
}

/// The length of time with which `text` begins, units from large to small.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut found: Option<Duration> = None;
    let mut at = 0;
    while let Some((length, number, unit)) = text.get(at..).and_then(part) {
        if found.is_some_and(|before| before.unit <= unit) {
            break;
        }
        let (seconds, parts) = found.map_or((0.0, 0), |before| (before.seconds, before.parts));
        found = Some(Duration { length: at + length, seconds: seconds + number * unit, unit, parts: parts + 1 });
        let rest = text.get(at + length..).unwrap_or_default();
        let joint = [", ", " and ", " "].into_iter().find(|joint| rest.starts_with(joint));
        let Some(joint) = joint else { break };
        at += length + joint.len();
    }
    found
}

/// A number with a unit of time: its length in bytes, the number and the seconds of the unit.
fn part(text: &str) -> Option<(usize, f64, f64)> {
    let digits = text.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(text.len());
    let number: f64 = text.get(..digits)?.parse().ok()?;
    let rest = text.get(digits..)?;
    let unit_text = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let letters = unit_text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(unit_text.len());
    let unit = match unit_text.get(..letters)? {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    };
    Some((text.len() - unit_text.len() + letters, number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        let check = |text: &str, expected: Option<(f64, usize, usize)>| {
            assert_eq!(duration(text).map(|found| (found.seconds, found.parts, found.length)), expected, "{text}");
        };
        check("14 min 50 s of training", Some((890.0, 2, 11)));
        check("4 h 6 min", Some((14_760.0, 2, 9)));
        check("2 hours and 5 minutes", Some((7500.0, 2, 21)));
        check("95 s", Some((95.0, 1, 4)));
        check("5 min 6 min", Some((300.0, 1, 5)));
        check("0.912 for run 3", None);
        check("3 models", None);
    }
}
