//! Parts of periods: `mid march`, `the last week of february`, `the week of march 5`, `last weekend`.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Lead, articled_period, latest_weekday, named_period, small_number};

/// `mid march`, `the second half of may`, `end of november`, or the whole of a named period.
pub(super) fn part_of_period(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    let (taken, from, until): (usize, i64, Option<i64>) = match words {
        ["first", "half", "of", ..] => (3, 0, Some(15)),
        ["second" | "latter", "half", "of", ..] => (3, 15, None),
        ["first", "week", "of", ..] => (3, 0, Some(7)),
        ["second", "week", "of", ..] => (3, 7, Some(14)),
        ["third", "week", "of", ..] => (3, 14, Some(21)),
        ["first", number, unit @ ("day" | "days" | "week" | "weeks"), "of", ..] => {
            let days = if unit.starts_with('w') { 7 } else { 1 };
            (4, 0, Some(days * small_number(number)?))
        }
        ["first", "days", "of", ..] => (3, 0, Some(5)),
        ["beginning" | "start", "of", ..] | ["early", "in", ..] => (2, 0, Some(10)),
        ["middle", "of", ..] => (2, 14, Some(20)),
        ["early", ..] => (1, 0, Some(10)),
        ["mid", ..] => (1, 14, Some(20)),
        ["late", ..] => (1, 20, None),
        ["last" | "final", "week", "of", ..] => return last_days(words, 3, 7, today),
        ["last" | "final", "days", "of", ..] => return last_days(words, 3, 5, today),
        ["last" | "final", number, "days", "of", ..] => return last_days(words, 4, small_number(number)?, today),
        ["last" | "final", number, "weeks", "of", ..] => return last_days(words, 4, 7 * small_number(number)?, today),
        ["week", "of", ..] => return week_of(words, today),
        ["end", "of", ..] => {
            let (_, after, used) = named_period(words.get(2..)?, today, lead)?;
            return Some((after.checked_sub(1.day()).ok()?, after, used + 2));
        }
        words => return named_period(words, today, lead),
    };
    let (first, after, used) = named_period(words.get(taken..)?, today, Lead::Within)?;
    let part = (first.checked_add(from.days()).ok()?, until.map_or(Some(after), |days| first.checked_add(days.days()).ok())?);
    // Of a day or a week there is no such part.
    (first.checked_add(28.days()).ok()? <= after).then_some((part.0, part.1, taken + used))
}

/// `last week of february`, `final three days of march`: the days with which a month or a longer period ends.
fn last_days(words: &[&str], taken: usize, days: i64, today: Date) -> Option<(Date, Date, usize)> {
    let (first, after, used) = named_period(words.get(taken..)?, today, Lead::Within)?;
    let from = after.checked_sub(days.days()).ok()?;
    (first < from && days > 0).then_some((from, after, taken + used))
}

/// `week of march 2`: the days from monday to sunday about a day.
fn week_of(words: &[&str], today: Date) -> Option<(Date, Date, usize)> {
    let (day, after, used) = articled_period(words.get(2..)?, today, Lead::Within)?;
    let first = latest_weekday(day, Weekday::Monday)?;
    let is_day = day.checked_add(1.day()).ok()? == after;
    is_day.then_some((first, first.checked_add(7.days()).ok()?, used + 2))
}

/// The latest weekend that has begun.
pub(super) fn weekend(today: Date, used: usize) -> Option<(Date, Date, usize)> {
    let first = latest_weekday(today, Weekday::Saturday)?;
    Some((first, first.checked_add(2.days()).ok()?, used))
}
