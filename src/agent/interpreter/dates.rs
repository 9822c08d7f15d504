//! Spans of time as people say them: "this week", "since March", "before 10 April 2025". All in UTC, as MLflow keeps time.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::domain::filter::{Attribute, Clause, Comparison, Field, Test};
use crate::domain::time::Timestamp;

/// A span of time, open where an end is absent: from the first instant on, up to but not with the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Period {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Period {
    /// As conditions on when a run started.
    pub(super) fn clauses(self) -> Vec<Clause> {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are far below 2^53")]
        let clause = |comparison, instant: Timestamp| Clause {
            field: Field::Attribute(Attribute::StartTime),
            test: Test::Number(comparison, instant.0 as f64),
        };
        let from = self.from.map(|from| clause(Comparison::Ge, from));
        let until = self.until.map(|until| clause(Comparison::Lt, until));
        from.into_iter().chain(until).collect()
    }
}

/// Reads a period at the head of `words`; gives it with how many words it took.
pub(super) fn period(words: &[&str], now: Timestamp) -> Option<(Period, usize)> {
    let today = day_of(now)?;
    let (lead, rest, taken) = match words {
        ["between", rest @ ..] => return between(rest, today).map(|(period, used)| (period, used + 1)),
        ["from", rest @ ..] if matches!(rest, ["before" | "after" | "since", ..]) => {
            return period(rest, now).map(|(period, used)| (period, used + 1));
        }
        // `and may?`
        ["and" | "about" | "for", "may"] => (Lead::Within, words.get(1..)?, 1),
        ["since", rest @ ..] => (Lead::Since, rest, 1),
        ["from", rest @ ..] if rest.iter().take(5).any(|word| matches!(*word, "onward" | "onwards" | "on")) => (Lead::Since, rest, 1),
        ["after", rest @ ..] => (Lead::After, rest, 1),
        ["before", rest @ ..] | ["until", rest @ ..] => (Lead::Before, rest, 1),
        ["earlier", "than", rest @ ..] | ["older", "than", rest @ ..] => (Lead::Before, rest, 2),
        ["later", "than", rest @ ..] | ["newer", "than", rest @ ..] => (Lead::After, rest, 2),
        ["in" | "on" | "during" | "of" | "from", rest @ ..] => (Lead::Within, rest, 1),
        rest => (Lead::None, rest, 0),
    };
    let (rest, article) = match rest {
        ["the", rest @ ..] => (rest, 1),
        rest => (rest, 0),
    };
    let (first, after, used) = named_period(rest, today, lead)?;
    let used = used + taken + article;
    let period = match lead {
        Lead::None | Lead::Within => Period { from: instant(first), until: instant(after).filter(|until| *until <= now) },
        Lead::Since => Period { from: instant(first), until: None },
        Lead::After => Period { from: instant(after), until: None },
        Lead::Before => Period { from: None, until: instant(first) },
    };
    Some((period, used))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    None,
    Within,
    Since,
    After,
    Before,
}

fn between(words: &[&str], today: Date) -> Option<(Period, usize)> {
    let (first, _, used) = named_period(words, today, Lead::Within)?;
    let rest = words.get(used..)?;
    let ["and" | "to", rest @ ..] = rest else { return None };
    let (_, after, used_too) = named_period(rest, today, Lead::Within)?;
    Some((Period { from: instant(first), until: instant(after) }, used + 1 + used_too))
}

/// The first day of a named period, the day after it, and how many words named it.
fn named_period(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    let day = |first: Date, used: usize| Some((first, first.checked_add(1.day()).ok()?, used));
    match words {
        ["today", ..] => day(today, 1),
        ["yesterday", ..] => day(today.checked_sub(1.day()).ok()?, 1),
        ["this", unit, ..] => {
            let first = beginning(unit, today)?;
            Some((first, first.checked_add(span(unit, 1)?).ok()?, 2))
        }
        ["last" | "past" | "previous", number, unit, ..] if number.parse::<i64>().is_ok() || small_number(number).is_some() => {
            let number = number.parse::<i64>().ok().or_else(|| small_number(number))?;
            Some((today.checked_sub(span(unit, number)?).ok()?, today.checked_add(1.day()).ok()?, 3))
        }
        ["last" | "past" | "previous", unit, ..] => {
            if let Some(weekday) = weekday(unit) {
                return day(latest_weekday(today.checked_sub(1.day()).ok()?, weekday)?, 2);
            }
            let this = beginning(unit, today)?;
            Some((this.checked_sub(span(unit, 1)?).ok()?, this, 2))
        }
        [year, month, number, ..] if year.len() == 4 && year.parse::<i16>().is_ok() && month.parse::<i8>().is_ok() => {
            day(Date::new(year.parse().ok()?, month.parse().ok()?, number.parse().ok()?).ok()?, 3)
        }
        _ => month_period(words, today, lead).or_else(|| match words {
            [name, ..] if weekday(name).is_some() => day(latest_weekday(today, weekday(name)?)?, 1),
            [year, ..] if lead != Lead::None && year.len() == 4 && year.starts_with("20") => {
                let first = Date::new(year.parse().ok()?, 1, 1).ok()?;
                Some((first, first.checked_add(1.year()).ok()?, 1))
            }
            _ => None,
        }),
    }
}

/// `10 april 2025`, `april 10`, `april 10 th 2025`, `march 2025`, `march`.
fn month_period(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    let is_day = |word: &str| word.parse::<i8>().is_ok_and(|day| (1..=31).contains(&day));
    let mut rest = words;
    let mut used = 0;
    let mut take = |rest: &mut &[&str], count: usize| {
        used += count;
        *rest = rest.get(count..).unwrap_or_default();
    };
    let mut number = None;
    if let [first, ..] = rest
        && is_day(first)
    {
        number = first.parse::<i8>().ok();
        take(&mut rest, 1);
        if let ["st" | "nd" | "rd" | "th", ..] = rest {
            take(&mut rest, 1);
        }
        if let ["of", ..] = rest {
            take(&mut rest, 1);
        }
    }
    let (name, _) = rest.split_first()?;
    let month = month(name)?;
    if *name == "may" && lead == Lead::None && number.is_none() {
        return None;
    }
    take(&mut rest, 1);
    if let [first, ..] = rest
        && number.is_none()
        && is_day(first)
    {
        number = first.parse::<i8>().ok();
        take(&mut rest, 1);
        if let ["st" | "nd" | "rd" | "th", ..] = rest {
            take(&mut rest, 1);
        }
    }
    let mut year = None;
    if let [first, ..] = rest
        && first.len() == 4
        && first.starts_with("20")
    {
        year = first.parse::<i16>().ok();
        take(&mut rest, 1);
    }
    let in_year = |year: i16| Date::new(year, month, number.unwrap_or(1)).ok();
    let first = match year {
        Some(year) => in_year(year)?,
        None => in_year(today.year()).filter(|first| *first <= today).or_else(|| in_year(today.year() - 1))?,
    };
    let length: Span = if number.is_some() { 1.day() } else { 1.month() };
    Some((first, first.checked_add(length).ok()?, used))
}

fn month(name: &str) -> Option<i8> {
    const MONTHS: [(&str, i8); 13] = [
        ("january", 1),
        ("february", 2),
        ("march", 3),
        ("april", 4),
        ("may", 5),
        ("june", 6),
        ("july", 7),
        ("august", 8),
        ("september", 9),
        ("sept", 9),
        ("october", 10),
        ("november", 11),
        ("december", 12),
    ];
    MONTHS.iter().find(|(full, _)| *full == name || (name.len() == 3 && full.starts_with(name))).map(|(_, number)| *number)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn latest_weekday(from: Date, weekday: Weekday) -> Option<Date> {
    (0..7).filter_map(|back: i64| from.checked_sub(back.days()).ok()).find(|day| day.weekday() == weekday)
}

fn beginning(unit: &str, today: Date) -> Option<Date> {
    match unit {
        "week" => latest_weekday(today, Weekday::Monday),
        "month" => Some(date(today.year(), today.month(), 1)),
        "year" => Some(date(today.year(), 1, 1)),
        _ => None,
    }
}

fn span(unit: &str, count: i64) -> Option<Span> {
    match unit.trim_end_matches('s') {
        "day" => Span::new().try_days(count).ok(),
        "week" => Span::new().try_weeks(count).ok(),
        "month" => Span::new().try_months(count).ok(),
        "year" => Span::new().try_years(count).ok(),
        _ => None,
    }
}

fn small_number(word: &str) -> Option<i64> {
    crate::domain::reference::count_word(word).and_then(|count| i64::try_from(count).ok())
}

fn day_of(now: Timestamp) -> Option<Date> {
    jiff::Timestamp::from_millisecond(now.0).ok().map(|instant| instant.to_zoned(TimeZone::UTC).date())
}

fn instant(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| Timestamp(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expected: (&str, &str)) {
        let now = Timestamp("2025-06-20T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let words: Vec<&str> = said.split(' ').collect();
        let (period, used) = period(&words, now).unwrap_or_else(|| panic!("`{said}` is no period"));
        let show = |instant: Option<Timestamp>| instant.map_or(String::new(), |instant| instant.to_string()[..10].to_owned());
        assert_eq!((show(period.from).as_str(), show(period.until).as_str()), expected, "{said}");
        assert_eq!(used, words.len(), "{said}");
    }

    #[test]
    fn periods_are_read_as_people_say_them() {
        check("today", ("2025-06-20", ""));
        check("this week", ("2025-06-16", ""));
        check("last week", ("2025-06-09", "2025-06-16"));
        check("last month", ("2025-05-01", "2025-06-01"));
        check("since march", ("2025-03-01", ""));
        check("since september", ("2024-09-01", ""));
        check("in march 2025", ("2025-03-01", "2025-04-01"));
        check("before 10 april 2025", ("", "2025-04-10"));
        check("after april 10 th", ("2025-04-11", ""));
        check("since 2025 3 15", ("2025-03-15", ""));
        check("in the last 7 days", ("2025-06-13", ""));
        check("between march 1 and april 10 2025", ("2025-03-01", "2025-04-11"));
        check("since monday", ("2025-06-16", ""));
        check("in 2024", ("2024-01-01", "2025-01-01"));
    }
}
