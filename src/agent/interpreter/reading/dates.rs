//! Spans of time as people say them: "this week", "since March", "before 10 April 2025". All in UTC, as MLflow keeps time.

mod parts;

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use parts::{part_of_period, weekend};

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
    pub(in crate::agent::interpreter) fn clauses(self) -> Vec<Clause> {
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
    if let ["from", rest @ ..] = words
        && matches!(rest.first(), Some(&("before" | "after" | "since")))
    {
        return period(rest, now).map(|(period, used)| (period, used + 1));
    }
    let (lead, taken) = lead(words);
    let rest = words.get(taken..)?;
    if let Some((first, after, used)) = range(rest, today, lead) {
        return Some((Period { from: instant(first), until: instant(after) }, used + taken));
    }
    if lead == Lead::Between {
        return None;
    }
    let (first, after, used) = articled_period(rest, today, lead)?;
    let used = used + taken;
    let (is_open, opening) = opening(words.get(used..).unwrap_or_default(), lead);
    let lead = if is_open { Lead::Since } else { lead };
    let period = match lead {
        Lead::None | Lead::Within | Lead::From | Lead::Between => {
            Period { from: instant(first), until: instant(after).filter(|until| *until <= now) }
        }
        Lead::Since => Period { from: instant(first), until: None },
        Lead::After => Period { from: instant(after), until: None },
        Lead::Before => Period { from: None, until: instant(first) },
        Lead::Through => Period { from: None, until: instant(after) },
    };
    Some((period, used + opening))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    None,
    Within,
    /// `from`: within, unless `on` or `onwards` follows.
    From,
    Between,
    Since,
    After,
    Before,
    /// Up to and with.
    Through,
}

/// The words before a period that say on which side of it, and how many they are.
fn lead(words: &[&str]) -> (Lead, usize) {
    const LEADS: &[(&[&str], Lead)] = &[
        // `and may?`
        (&["and", "may"], Lead::Within),
        (&["about", "may"], Lead::Within),
        (&["for", "may"], Lead::Within),
        (&["between"], Lead::Between),
        (&["since"], Lead::Since),
        (&["as", "of"], Lead::Since),
        (&["as", "from"], Lead::Since),
        (&["starting", "from"], Lead::Since),
        (&["starting", "on"], Lead::Since),
        (&["starting", "in"], Lead::Since),
        (&["starting", "with"], Lead::Since),
        (&["starting"], Lead::Since),
        (&["beginning", "on"], Lead::Since),
        (&["beginning", "in"], Lead::Since),
        (&["no", "earlier", "than"], Lead::Since),
        (&["not", "before"], Lead::Since),
        (&["no", "later", "than"], Lead::Through),
        (&["not", "later", "than"], Lead::Through),
        (&["not", "after"], Lead::Through),
        (&["up", "to"], Lead::Through),
        (&["through"], Lead::Through),
        (&["after"], Lead::After),
        (&["later", "than"], Lead::After),
        (&["newer", "than"], Lead::After),
        (&["before"], Lead::Before),
        (&["until"], Lead::Before),
        (&["till"], Lead::Before),
        (&["prior", "to"], Lead::Before),
        (&["earlier", "than"], Lead::Before),
        (&["older", "than"], Lead::Before),
        (&["in"], Lead::Within),
        (&["on"], Lead::Within),
        (&["during"], Lead::Within),
        (&["of"], Lead::Within),
        (&["from"], Lead::From),
    ];
    let found = LEADS.iter().find(|(said, _)| words.starts_with(said));
    // The name of the month stands for itself, though it leads.
    found.map_or((Lead::None, 0), |(said, lead)| (*lead, if said.last() == Some(&"may") { 1 } else { said.len() }))
}

/// `on`, `onwards`, `and later` behind a period: whether they leave its end open, and how many words they are.
fn opening(words: &[&str], lead: Lead) -> (bool, usize) {
    match words {
        ["onward" | "onwards" | "forward", ..] => (true, 1),
        ["and" | "or", "later" | "after" | "onward" | "onwards" | "newer", ..] => (true, 2),
        ["on", ..] if lead == Lead::From => (true, 1),
        _ => (false, 0),
    }
}

/// `1 june to 15 june`, `the 1st to the 15th of june`: the first day, the day after the last, and how many words.
fn range(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    if !matches!(lead, Lead::Between | Lead::From | Lead::None | Lead::Within) {
        return None;
    }
    let named = articled_period(words, today, lead);
    let used = named.map(|(.., used)| used).or_else(|| bare_day(words).map(|(_, used)| used))?;
    let (link, rest) = words.get(used..)?.split_first()?;
    let links = matches!(*link, "to" | "until" | "till" | "through" | "thru") || *link == "and" && lead == Lead::Between;
    if !links {
        return None;
    }
    let (last, after, used_too) = articled_period(rest, today, Lead::Within)?;
    let first = match (named, bare_day(words)) {
        (Some((first, ..)), _) => first,
        (None, Some((day, _))) => Date::new(last.year(), last.month(), day).ok()?,
        (None, None) => return None,
    };
    (first < after).then_some((first, after, used + 1 + used_too))
}

/// `the 15th`, `15`: a day that does not say of which month.
fn bare_day(words: &[&str]) -> Option<(i8, usize)> {
    let article = usize::from(words.first() == Some(&"the"));
    let day = words.get(article)?.parse::<i8>().ok().filter(|day| (1..=31).contains(day))?;
    let ordinal = usize::from(matches!(words.get(article + 1), Some(&("st" | "nd" | "rd" | "th"))));
    Some((day, article + 1 + ordinal))
}

/// A named period with or without `the`.
fn articled_period(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    match words {
        ["the", rest @ ..] => part_of_period(rest, today, lead).map(|(first, after, used)| (first, after, used + 1)),
        words => part_of_period(words, today, lead),
    }
}

/// The first day of a named period, the day after it, and how many words named it.
fn named_period(words: &[&str], today: Date, lead: Lead) -> Option<(Date, Date, usize)> {
    let day = |first: Date, used: usize| Some((first, first.checked_add(1.day()).ok()?, used));
    match words {
        ["q", number, rest @ ..] if matches!(*number, "1" | "2" | "3" | "4") => {
            let month = (number.parse::<i8>().ok()? - 1) * 3 + 1;
            let year = rest.first().filter(|year| year.len() == 4 && year.starts_with("20"));
            let first = match year {
                Some(year) => Date::new(year.parse().ok()?, month, 1).ok()?,
                None => latest(today, month, 1)?,
            };
            Some((first, first.checked_add(3.months()).ok()?, if year.is_some() { 3 } else { 2 }))
        }
        ["today", ..] => day(today, 1),
        ["day", "before", "yesterday", ..] => day(today.checked_sub(2.days()).ok()?, 3),
        ["yesterday", ..] => day(today.checked_sub(1.day()).ok()?, 1),
        ["christmas", ..] if lead != Lead::None => day(latest(today, 12, 25)?, 1),
        ["new", "year", ..] if lead != Lead::None => day(latest(today, 1, 1)?, 2),
        // `older than 3 months`
        [number, unit, ..] if matches!(lead, Lead::Before | Lead::After) && small_number(number).is_some() && span(unit, 1).is_some() => {
            day(today.checked_sub(span(unit, small_number(number)?)?).ok()?, 2)
        }
        [number, unit, "ago", ..] => {
            let number = number.parse::<i64>().ok().or_else(|| small_number(number))?;
            day(today.checked_sub(span(unit, number)?).ok()?, 3)
        }
        ["this", "weekend", ..] => weekend(today, 2),
        ["this" | "current", unit, ..] => {
            let first = beginning(unit, today)?;
            Some((first, first.checked_add(span(unit, 1)?).ok()?, 2))
        }
        ["last" | "past" | "previous", number, unit, ..] if number.parse::<i64>().is_ok() || small_number(number).is_some() => {
            let number = number.parse::<i64>().ok().or_else(|| small_number(number))?;
            Some((today.checked_sub(span(unit, number)?).ok()?, today.checked_add(1.day()).ok()?, 3))
        }
        ["weekend", ..] if lead != Lead::None => weekend(today, 1),
        ["last" | "past", "weekend", ..] => weekend(today, 2),
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
            // `since the 15th`: of the latest month that has come so far.
            [number, "st" | "nd" | "rd" | "th", rest @ ..] if lead != Lead::None && !is_ranked_noun(rest) => {
                let number = number.parse::<i8>().ok()?;
                let this = Date::new(today.year(), today.month(), number).ok().filter(|first| *first <= today);
                day(this.or_else(|| beginning("month", today)?.checked_sub(1.month()).ok()?.with().day(number).build().ok())?, 2)
            }
            _ => None,
        }),
    }
}

/// `the 3rd run`, `the 99th percentile`: an ordinal that is no day.
fn is_ranked_noun(words: &[&str]) -> bool {
    words.first().is_some_and(|word| {
        matches!(*word, "run" | "one" | "best" | "worst" | "percentile" | "epoch" | "step" | "place" | "in") || word.parse::<f64>().is_ok()
    })
}

/// The latest day of this month and number that has come.
fn latest(today: Date, month: i8, number: i8) -> Option<Date> {
    let in_year = |year: i16| Date::new(year, month, number).ok();
    in_year(today.year()).filter(|first| *first <= today).or_else(|| in_year(today.year() - 1))
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
    // `does aug help`: three letters are a month only where something says so.
    if name.len() == 3 && lead == Lead::None && number.is_none() && year.is_none() {
        return None;
    }
    let first = match year {
        Some(year) => Date::new(year, month, number.unwrap_or(1)).ok()?,
        None => latest(today, month, number.unwrap_or(1))?,
    };
    let length: Span = if number.is_some() { 1.day() } else { 1.month() };
    Some((first, first.checked_add(length).ok()?, used))
}

/// The month of this name, whole or its first three letters.
pub(in crate::agent::interpreter) fn month(name: &str) -> Option<i8> {
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

/// The first day of the present week, month or year; `this months runs` is said of the same.
fn beginning(unit: &str, today: Date) -> Option<Date> {
    match unit.trim_end_matches('s') {
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
    const MOST: i64 = 10_000;
    crate::domain::reference::count_word(word).and_then(|count| i64::try_from(count).ok()).filter(|count| *count <= MOST)
}

fn day_of(now: Timestamp) -> Option<Date> {
    jiff::Timestamp::from_millisecond(now.0).ok().map(|instant| instant.to_zoned(TimeZone::UTC).date())
}

fn instant(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| Timestamp(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use crate::agent::interpreter::reading::dates::*;

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
        check("this months", ("2025-06-01", ""));
        check("in the last week of february", ("2025-02-22", "2025-03-01"));
        check("final two weeks of may 2025", ("2025-05-18", "2025-06-01"));
        check("in the last three days of march", ("2025-03-29", "2025-04-01"));
        check("in the week of march 5", ("2025-03-03", "2025-03-10"));
        check("the day before yesterday", ("2025-06-18", "2025-06-19"));
        check("last weekend", ("2025-06-14", "2025-06-16"));
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

    #[test]
    fn ends_may_be_open_and_periods_cut() {
        check("from the 9 th of june onwards", ("2025-06-09", ""));
        check("from the 15 th on", ("2025-06-15", ""));
        check("since the 25 th", ("2025-05-25", ""));
        check("since mid march", ("2025-03-15", ""));
        check("as of 7 january 2025", ("2025-01-07", ""));
        check("starting february 2025", ("2025-02-01", ""));
        check("up to the end of november 2024", ("", "2024-12-01"));
        check("before christmas", ("", "2024-12-25"));
        check("no later than 3 march", ("", "2025-03-04"));
        check("in the second half of may", ("2025-05-16", "2025-06-01"));
        check("from 1 june to 15 june", ("2025-06-01", "2025-06-16"));
        check("between the 1 st and the 15 th of june", ("2025-06-01", "2025-06-16"));
        check("april and later", ("2025-04-01", ""));
        check("older than 3 months", ("", "2025-03-20"));
        check("older than two weeks", ("", "2025-06-06"));
        check("in the first two weeks of may", ("2025-05-01", "2025-05-15"));
        check("from q 1", ("2025-01-01", "2025-04-01"));
        check("in q 3 2024", ("2024-07-01", "2024-10-01"));
        check("3 days ago", ("2025-06-17", "2025-06-18"));
        assert!(period(&["in", "the", "last", "8000000", "days", "of", "may"], Timestamp(0)).is_none());
    }
}
