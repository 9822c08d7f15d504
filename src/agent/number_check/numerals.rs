//! Finds the numbers in a text and says what they may stand for.
//!
//! Digits that belong to a name (`run-017`, `f1_score`, `top-5`, `3f2a9c`) are no numbers. Dates, times and versions are kept as
//! they are written.

use std::ops::Range;

use super::durations::duration;

/// A number as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numeral {
    /// Where it stands, in bytes, with its sign and its percent sign.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A quantity: what it may stand for.
    Quantity(Vec<Reading>),
    /// A place in a row, such as `2nd`.
    Ordinal(u64),
    /// A date, a time or a version, which is right only letter by letter.
    Verbatim,
}

/// One way to read a printed number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) value: f64,
    /// Half a unit of the last printed place.
    half: f64,
    /// Printed as a plain whole number.
    pub(super) is_whole: bool,
}

impl Reading {
    /// Whether `value` is printed so, at this precision.
    pub(super) fn fits(&self, value: f64) -> bool {
        if self.equals(value) {
            return true;
        }
        // A small whole number is no rounding of a score: 1 is not 0.912. And 0 is nothing's rounding.
        if self.value == 0.0 || (self.is_whole && self.value.abs() < 10.0) {
            return false;
        }
        // Both 0.912 and 0.913 are fair for 0.9125: half up and half even differ, and so do binary and decimal halves.
        (self.value - value).abs() <= self.half * (1.0 + 1e-9)
    }

    /// Whether it is `value` itself.
    pub(super) fn equals(&self, value: f64) -> bool {
        (self.value - value).abs() <= 1e-12 * self.value.abs().max(value.abs())
    }
}

/// The numbers of `text`, first to last.
pub(super) fn scan(text: &str) -> Vec<Numeral> {
    let mut numerals = Vec::new();
    let mut position = 0;
    while let Some(start) = text.get(position..).and_then(|rest| rest.find(|letter: char| letter.is_ascii_digit())).map(|at| at + position)
    {
        let (end, numeral) = read(text, start);
        numerals.extend(numeral);
        position = end.max(start + 1);
    }
    numerals
}

/// The number whose first digit stands at `start`, and where to go on.
fn read(text: &str, start: usize) -> (usize, Option<Numeral>) {
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(start..).unwrap_or_default();
    if continues_name(before) {
        return (start + name_length(after), None);
    }
    if let Some(length) = moment_length(after) {
        return (start + length, Some(Numeral { range: start..start + length, kind: Kind::Verbatim }));
    }
    // `14 min 50 s` is one number of seconds; what is told in larger units leaves off the rest.
    let told = duration(after);
    if let Some(told) = told.filter(|told| told.parts > 1) {
        let half = if told.unit > 1.0 { told.unit } else { 0.5 };
        let reading = Reading { value: told.seconds, half, is_whole: true };
        let end = start + told.length;
        return (end, Some(Numeral { range: start..end, kind: Kind::Quantity(vec![reading]) }));
    }
    let (start, after) = match before.strip_suffix('.') {
        Some(_) => (start - 1, text.get(start - 1..).unwrap_or_default()),
        None => (start, after),
    };
    let digits = digits_length(after);
    let printed = after.get(..digits).unwrap_or_default();
    let (digits, mantissa) = match mantissa(printed) {
        Some(mantissa) => (digits, mantissa),
        // Not one number: `0.88,0.90` is two, `3.2.1` is none.
        None => match printed.split_once(',').and_then(|(first, _)| Some((first.len(), mantissa(first)?))) {
            Some(first) => first,
            None => return (start + digits, Some(Numeral { range: start..start + digits, kind: Kind::Verbatim })),
        },
    };
    let (sign_start, sign) = sign(text.get(..start).unwrap_or_default());
    let tail = after.get(digits..).unwrap_or_default();
    let (exponent_length, exponent) = exponent(tail);
    let tail = tail.get(exponent_length..).unwrap_or_default();
    let mut end = start + digits + exponent_length;
    let scale = 10_f64.powi(exponent);
    let half = 0.5 * 10_f64.powi(exponent - mantissa.decimals);
    let is_whole = mantissa.decimals == 0 && exponent_length == 0;
    let plain = Reading { value: sign * mantissa.value * scale, half, is_whole };
    if let Some(length) = percent_length(tail) {
        end += length;
        // Some stores keep the share, some the percentage.
        let share = Reading { value: plain.value / 100.0, half: half / 100.0, is_whole: false };
        return (end, Some(Numeral { range: sign_start..end, kind: Kind::Quantity(vec![share, plain]) }));
    }
    // `15 min` may be told of 900 seconds.
    let in_seconds = told.filter(|told| told.unit > 1.0).map(|told| plain.times(told.unit));
    let suffix_length = tail.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(tail.len());
    let kind = match tail.get(..suffix_length).unwrap_or_default() {
        "" | "s" | "ms" | "min" | "h" | "d" | "x" | "B" | "kB" | "KB" | "MB" | "GB" | "MiB" | "GiB" => {
            Kind::Quantity(std::iter::once(plain).chain(in_seconds).collect())
        }
        "k" | "K" => Kind::Quantity(vec![plain.times(1e3)]),
        "M" => Kind::Quantity(vec![plain.times(1e6)]),
        "st" | "nd" | "rd" | "th" => Kind::Ordinal(mantissa.value as u64),
        _ => return (start + name_length(after), None),
    };
    (end + suffix_length, Some(Numeral { range: sign_start..end, kind }))
}

impl Reading {
    fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, half: self.half * factor, is_whole: false }
    }
}

/// Whether a digit after `before` belongs to a name: a letter stands before it, at most one joint away.
fn continues_name(before: &str) -> bool {
    let mut letters = before.chars().rev();
    let Some(last) = letters.next() else { return false };
    if last.is_alphanumeric() || last == '_' {
        return true;
    }
    let joins = matches!(last, '-' | '.' | '@' | '/' | '\\');
    joins && letters.next().is_some_and(|letter| letter.is_alphabetic() || letter == '_')
}

/// How far the name goes on: letters and digits, with single joints between them.
fn name_length(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let joins = matches!(letter, '-' | '.' | '@' | '/' | '\\' | '_');
        let goes_on = letters.peek().is_some_and(|(_, next)| next.is_alphanumeric() || *next == '_');
        if !(letter.is_alphanumeric() || letter == '_' || (joins && goes_on)) {
            return at;
        }
    }
    text.len()
}

/// The length of a date (`2025-03-15`, with or without a time) or a time (`10:00`, `10:00:05`).
fn moment_length(text: &str) -> Option<usize> {
    let shape: String = text.chars().take(11).map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    if shape.starts_with("0000-00-00") && !shape.starts_with("0000-00-000") {
        let part_of_moment = |letter: char| letter.is_ascii_digit() || matches!(letter, 'T' | 'Z' | ':' | '.' | '+' | '-');
        let length = text.find(|letter: char| !part_of_moment(letter)).unwrap_or(text.len());
        // The full stop of a sentence is no part of the date.
        return Some(text.get(..length).unwrap_or_default().trim_end_matches(['.', ':', '+', '-']).len());
    }
    let (head, length) =
        [("00:00:00", 8), ("0:00:00", 7), ("00:00", 5), ("0:00", 4)].into_iter().find(|(head, _)| shape.starts_with(head))?;
    let next = shape.get(head.len()..).and_then(|rest| rest.chars().next());
    if next.is_some_and(|next| next == '0' || next == ':') { None } else { Some(length) }
}

/// Digits with what may stand between two of them in one number.
fn digits_length(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let separates = matches!(letter, '.' | ',' | '\'' | '_' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        let goes_on = letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(letter.is_ascii_digit() || (separates && goes_on)) {
            return at;
        }
    }
    text.len()
}

struct Mantissa {
    value: f64,
    decimals: i32,
}

/// Digits with separators as one number: `912`, `0.912`, `0,912`, `1,234.5`, `1.234,5`, `12 345`.
fn mantissa(printed: &str) -> Option<Mantissa> {
    let separators: Vec<char> = printed.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let point = match separators.as_slice() {
        [] => None,
        ['.'] => Some('.'),
        // Three digits after a comma are thousands, unless nothing but a nought stands before it.
        [','] => printed.split_once(',').filter(|(whole, rest)| rest.len() != 3 || whole.len() > 3 || whole.starts_with('0')).map(|_| ','),
        [first, .., last] if first != last && matches!(last, '.' | ',') => Some(*last),
        [_, ..] => None,
    };
    let (whole, fraction) = point.and_then(|point| printed.rsplit_once(point)).unwrap_or((printed, ""));
    let groups: Vec<&str> = whole.split(|letter: char| !letter.is_ascii_digit()).collect();
    let same_separator = whole.chars().filter(|letter| !letter.is_ascii_digit()).collect::<std::collections::BTreeSet<_>>().len() <= 1;
    let grouped = match groups.as_slice() {
        [] | [_] => true,
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3),
    };
    if !grouped || !same_separator || (groups.len() > 1 && whole.contains('.') && point.is_none()) {
        return None;
    }
    let value = format!("{}.{fraction}0", groups.concat()).parse().or_else(|_| format!("0.{fraction}0").parse()).ok()?;
    Some(Mantissa { value, decimals: i32::try_from(fraction.len()).ok()? })
}

/// Where the sign begins and what it does; a dash between two numbers is none.
fn sign(before: &str) -> (usize, f64) {
    let mut letters = before.char_indices().rev();
    let Some((at, dash)) = letters.next() else { return (before.len(), 1.0) };
    let is_free = letters.next().is_none_or(|(_, letter)| !letter.is_alphanumeric() && !matches!(letter, ')' | '%'));
    match dash {
        '-' | '−' | '–' if is_free => (at, -1.0),
        '+' if is_free => (at, 1.0),
        _ => (before.len(), 1.0),
    }
}

/// The length and value of `e-5`; (0, 0) where there is none.
fn exponent(tail: &str) -> (usize, i32) {
    let Some(rest) = tail.strip_prefix(['e', 'E']) else { return (0, 0) };
    let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let length = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let ends = digits.get(length..).is_none_or(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'));
    let signed = rest.get(..rest.len() - digits.len() + length).unwrap_or_default();
    match signed.parse() {
        Ok(exponent) if ends && (-400..=400).contains(&exponent) => (1 + signed.len(), exponent),
        Ok(_) | Err(_) => (0, 0),
    }
}

fn percent_length(tail: &str) -> Option<usize> {
    let words = tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let sign = ["%", "percent", "per cent"].into_iter().find(|sign| words.starts_with(sign))?;
    Some(tail.len() - words.len() + sign.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, f64)]) {
        let found: Vec<(&str, f64)> = scan(text)
            .iter()
            .map(|numeral| {
                let value = match &numeral.kind {
                    Kind::Quantity(readings) => readings[0].value,
                    Kind::Ordinal(place) => *place as f64,
                    Kind::Verbatim => f64::INFINITY,
                };
                (&text[numeral.range.clone()], value)
            })
            .collect();
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for ((found_text, found_value), (expected_text, expected_value)) in found.iter().zip(expected) {
            let same = found_value == expected_value || (found_value - expected_value).abs() < 1e-12 * expected_value.abs();
            assert!(found_text == expected_text && same, "{text}: {found:?}");
        }
    }

    #[test]
    fn numbers_are_read_in_many_forms() {
        check("0.912, 17 and .5.", &[("0.912", 0.912), ("17", 17.0), (".5", 0.5)]);
        check("-0.72 −0.72 +3 (-1)", &[("-0.72", -0.72), ("−0.72", -0.72), ("+3", 3.0), ("-1", -1.0)]);
        check("95 % or 91.2% or 3 percent", &[("95 %", 0.95), ("91.2%", 0.912), ("3 percent", 0.03)]);
        check("1e-5, 2.5E+3", &[("1e-5", 1e-5), ("2.5E+3", 2500.0)]);
        check(
            "1,234 1,234,567.5 12\u{202f}345 0,912 1.234,5",
            &[("1,234", 1234.0), ("1,234,567.5", 1_234_567.5), ("12\u{202f}345", 12345.0), ("0,912", 0.912), ("1.234,5", 1234.5)],
        );
        check("0.88-0.91 and 0.88–0.91", &[("0.88", 0.88), ("0.91", 0.91), ("0.88", 0.88), ("0.91", 0.91)]);
        check("0.88,0.90", &[("0.88", 0.88), ("0.90", 0.90)]);
        check(
            "f1=0.9, loss:0.1; 342s, 12k, 3x, 24-run",
            &[("0.9", 0.9), ("0.1", 0.1), ("342", 342.0), ("12", 12000.0), ("3", 3.0), ("24", 24.0)],
        );
        check("the 2nd of 3/24", &[("2", 2.0), ("3", 3.0), ("24", 24.0)]);
    }

    #[test]
    fn names_with_digits_hold_no_numbers() {
        for text in [
            "run-017",
            "f1_score",
            "F1",
            "top-5",
            "precision@10",
            "gpt-4.1-mini",
            "3f2a9c11",
            "val/f1",
            "ResNet50",
            "x2_5",
            "v1.2",
            "block.3.weight",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn moments_and_versions_stay_whole() {
        check("on 2025-03-15.", &[("2025-03-15", f64::INFINITY)]);
        check("2025-03-15T10:00:00Z, 10:05", &[("2025-03-15T10:00:00Z", f64::INFINITY), ("10:05", f64::INFINITY)]);
        check("python 3.11.4", &[("3.11.4", f64::INFINITY)]);
    }

    #[test]
    fn precision_is_what_is_printed() {
        let check = |printed: &str, value: f64, expected: bool| {
            let Kind::Quantity(readings) = scan(printed).remove(0).kind else { panic!("{printed}") };
            assert_eq!(readings.iter().any(|reading| reading.fits(value)), expected, "{printed} for {value}");
        };
        check("0.91", 0.912, true);
        check("0.912", 0.912, true);
        check("0.913", 0.912, false);
        check("0.9120", 0.912, true);
        check("0.912", 0.9125, true);
        check("0.913", 0.9125, true);
        check("91 %", 0.912, true);
        check("91 %", 91.2, true);
        check("92 %", 0.912, false);
        check("1", 0.912, false);
        check("0", 0.08, false);
        check("0.0", 0.03, false);
        check("342", 342.4, true);
        check("343", 342.4, false);
        check("8.2e-2", 0.082, true);
        check("1e-5", 0.00001, true);
    }
}
