//! Times as files write them: numbers of seconds, ISO 8601, and the dates of spreadsheets. A time without a zone is
//! given as if it were UTC, and `clock` makes an instant of it. A date whose day and month could be swapped is not guessed: other dates of the file tell, or the scenario does.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use windtunnel_kernel::units::NANOS_PER_SEC;

use crate::scenario::language::quantity::LONGEST_RUN_S;

/// Largest number that is taken for an offset \[s\]: the longest run. A larger one is a time since 1970.
const LARGEST_OFFSET_NS: i128 = LONGEST_RUN_S as i128 * NANOS_PER_SEC as i128;

/// Whether the day or the month comes first in `03/04/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// `31/12/2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
}

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    /// Since 1970, of a time without a zone as if it were UTC; or since the beginning of an offset \[ns\].
    pub(super) ns: i128,
    /// Whether it is one of the calendar, and not an offset.
    pub(super) is_date: bool,
    /// Whether it says its zone.
    pub(super) has_zone: bool,
}

/// Why a cell is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotATime {
    /// Time in no known notation.
    Unknown,
    /// The day and the month could be swapped.
    Either,
    /// A number that says no unit by its size.
    Size,
    /// A number in scientific notation, which has lost its last digits.
    Scientific,
    /// Seconds by the name of the column, and too many of them.
    TooManySeconds,
}

/// Reads a time. `in_seconds` where the column's name says so.
///
/// # Errors
/// Why it is none.
pub(super) fn instant(text: &str, order: Option<DateOrder>, in_seconds: bool) -> Result<Instant, NotATime> {
    if is_number(text) {
        return of_number(text, in_seconds);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(Instant { ns: timestamp.as_nanosecond(), is_date: true, has_zone: true });
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && text.parse::<f64>().is_ok()
    {
        return Err(NotATime::Scientific);
    }
    let (text, has_zone) = match text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT")) {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let ns =
        |civil: DateTime| civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_nanosecond());
    if let Ok(civil) = text.parse::<DateTime>() {
        let ns = ns(civil).ok_or(NotATime::Unknown)?;
        return Ok(Instant { ns, is_date: true, has_zone });
    }
    let (date, time) = text.split_once([' ', 'T', ',']).unwrap_or((text, ""));
    let date = date_parts(date).ok_or(NotATime::Unknown)?;
    // What follows may say its zone, as `09:05:00 +01:00` does.
    let clock = time.trim_matches([' ', ',', '\u{a0}', '\u{202f}']);
    let zoned = clock.find(['+', '-', 'Z']).map(|at| clock.split_at(at));
    let (clock, offset) = zoned.map_or((clock, ""), |(clock, offset)| (clock.trim_end(), offset));
    let (hour, minute, seconds) = clock_parts(clock).ok_or(NotATime::Unknown)?;
    let (year, month, day) = ordered(date, order)?;
    let iso = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{seconds}{offset}");
    let ns = if offset.is_empty() {
        iso.parse().ok().and_then(ns)
    } else {
        iso.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond)
    };
    let ns = ns.ok_or(NotATime::Unknown)?;
    Ok(Instant { ns, is_date: true, has_zone: has_zone || !offset.is_empty() })
}

/// Which of the two comes first in a date that leaves no choice; `None` where it leaves one, or says nothing.
pub(super) fn evidence(text: &str) -> Option<DateOrder> {
    match date_parts(text.split([' ', 'T', ',']).next()?)? {
        Date::Swappable(first, second, _) if first > 12 && second <= 12 => Some(DateOrder::DayFirst),
        Date::Swappable(first, second, _) if second > 12 && first <= 12 => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// A date such as `20260302` as its ISO form: it looks like a number of seconds and is none.
pub(super) fn compact_date(text: &str) -> Option<String> {
    let is_compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_compact || !(text.starts_with("19") || text.starts_with("20")) {
        return None;
    }
    let iso = format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    iso.parse::<jiff::civil::Date>().is_ok().then_some(iso)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits != "."
        && digits.matches('.').count() <= 1
}

/// A number: an offset in seconds, or a time since 1970 whose unit its size tells. Seconds since 1970 have ten digits
/// until the year 2286, milliseconds thirteen, microseconds sixteen, nanoseconds nineteen.
fn of_number(text: &str, in_seconds: bool) -> Result<Instant, NotATime> {
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let significant = whole.trim_start_matches('0').len();
    // Twelve digits are milliseconds of 1973 to 2001, or `202603020905`.
    let is_clock = whole.len() == 12 && (whole.starts_with("19") || whole.starts_with("20"));
    let unit: i128 = match significant {
        0..=11 => 1_000_000_000,
        _ if in_seconds => return Err(NotATime::TooManySeconds),
        12..=13 if !is_clock => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return Err(NotATime::Size),
    };
    let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let parts = (whole.parse::<i128>(), fraction.parse::<i128>());
    let (Ok(whole), Ok(fraction)) = (if whole.is_empty() { Ok(0) } else { parts.0 }, parts.1) else {
        return Err(NotATime::Unknown);
    };
    let ns = whole * unit + fraction * unit / 1_000_000_000;
    let ns = if is_negative { -ns } else { ns };
    let is_date = unit < 1_000_000_000 || ns > LARGEST_OFFSET_NS;
    Ok(Instant { ns, is_date, has_zone: is_date })
}

/// A date in three numbers.
enum Date {
    /// Year, month, day.
    Known(i32, u32, u32),
    /// Day and month in the one or the other order, and the year.
    Swappable(u32, u32, i32),
}

fn date_parts(text: &str) -> Option<Date> {
    let mark = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '-' | '.'))?;
    let mut parts = text.split(mark);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let small = |part: &str| part.parse::<u32>().ok().filter(|_| matches!(part.len(), 1..=2));
    let year = |part: &str| part.parse::<i32>().ok().filter(|_| part.len() == 4);
    if parts.next().is_some() {
        return None;
    }
    match (year(first), year(third)) {
        (Some(year), None) => Some(Date::Known(year, small(second)?, small(third)?)),
        // Dates with dots have the day first wherever they are used.
        (None, Some(year)) if mark == '.' => Some(Date::Known(year, small(second)?, small(first)?)),
        (None, Some(year)) => Some(Date::Swappable(small(first)?, small(second)?, year)),
        _ => None,
    }
}

/// Year, month and day.
fn ordered(date: Date, order: Option<DateOrder>) -> Result<(i32, u32, u32), NotATime> {
    match (date, order) {
        (Date::Known(year, month, day), _) => Ok((year, month, day)),
        (Date::Swappable(day, month, year), Some(DateOrder::DayFirst)) => Ok((year, month, day)),
        (Date::Swappable(month, day, year), Some(DateOrder::MonthFirst)) => Ok((year, month, day)),
        (Date::Swappable(first, second, year), None) if first == second => Ok((year, first, second)),
        (Date::Swappable(first, second, year), None) if first > 12 => Ok((year, second, first)),
        (Date::Swappable(first, second, year), None) if second > 12 => Ok((year, first, second)),
        (Date::Swappable(..), None) => Err(NotATime::Either),
    }
}

/// Hour, minute and seconds as text, of a clock of 24 hours or of 12 with AM or PM; midnight where there is none.
fn clock_parts(text: &str) -> Option<(u32, u32, String)> {
    if text.is_empty() {
        return Some((0, 0, "00".to_owned()));
    }
    let lower = text.to_ascii_lowercase().replace('.', " ");
    let half = ["am", "a m", "pm", "p m"].into_iter().find(|half| lower.trim_end().ends_with(half));
    let digits = match half {
        // Dots of `a.m.` have become blanks; a fraction of a second before it keeps its dot in the original text.
        Some(_) => text[..lower.rfind(['a', 'p'])?].trim_end_matches([' ', '\u{a0}', '\u{202f}']),
        None => text,
    };
    let mut parts = digits.split(':');
    let (hour, minute) = (parts.next()?, parts.next().unwrap_or("00"));
    let seconds = parts.next().unwrap_or("00");
    let small = |part: &str| part.parse::<u32>().ok().filter(|_| matches!(part.len(), 1..=2));
    let (hour, minute) = (small(hour)?, small(minute)?);
    let whole = seconds.split('.').next()?;
    if parts.next().is_some() || small(whole)? > 59 || minute > 59 {
        return None;
    }
    // An hour alone is a clock only with AM or PM.
    if half.is_none() && !digits.contains(':') {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + if half.starts_with('p') { 12 } else { 0 },
    };
    let seconds = if whole.len() == 1 { format!("0{seconds}") } else { seconds.to_owned() };
    Some((hour, minute, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: Option<DateOrder>) -> Result<String, NotATime> {
        let found = instant(text, order, false)?;
        Ok(Timestamp::from_nanosecond(found.ns).map_or_else(|error| error.to_string(), |at| at.to_string()))
    }

    #[test]
    fn every_way_to_write_one_time_is_that_time() {
        for text in [
            "2026-03-02T21:05:00Z",
            "2026-03-02T22:05:00+01:00",
            "2026-03-02 21:05:00",
            "2026-03-02 21:05",
            "2026-03-02 21:05:00 UTC",
            "2026-03-02 21:05:00 +0000",
            "2026/03/02 21:05:00",
            "2026/3/2 9:05:00 PM",
            "2026-03-02 09:05 p.m.",
            "02.03.2026 21:05",
            "2.3.2026, 21:05:00",
            "1772485500",
            "1772485500.0",
            "1772485500000",
            "1772485500000000",
            "1772485500000000000",
        ] {
            assert_eq!(read(text, None).as_deref(), Ok("2026-03-02T21:05:00Z"), "{text}");
        }
        for text in ["03/02/2026 21:05", "3/2/2026, 9:05:00\u{202f}PM", "03-02-2026 21:05:00"] {
            assert_eq!(
                read(text, Some(DateOrder::MonthFirst)).as_deref(),
                Ok("2026-03-02T21:05:00Z"),
                "{text}"
            );
            assert_eq!(read(text, None), Err(NotATime::Either), "{text}");
        }
        assert_eq!(
            read("2/3/2026 12:05 AM", Some(DateOrder::DayFirst)).as_deref(),
            Ok("2026-03-02T00:05:00Z")
        );
        assert_eq!(read("25/12/2026 12:00 pm", None).as_deref(), Ok("2026-12-25T12:00:00Z"));
        assert_eq!(read("04/04/2026", None).as_deref(), Ok("2026-04-04T00:00:00Z"));
    }

    #[test]
    fn a_number_is_an_offset_or_says_its_unit_by_its_size() {
        let plain = |text| instant(text, None, false).unwrap();
        assert_eq!(
            plain("157788000"),
            Instant { ns: 157_788_000_000_000_000, is_date: false, has_zone: false }
        );
        assert!(plain("804571201").is_date);
        assert_eq!(plain("0.25").ns, 250_000_000);
        assert_eq!(plain("-1.5").ns, -1_500_000_000);
        assert_eq!(plain("1772485500000.5").ns, 1_772_485_500_000_500_000);
        assert_eq!(plain("804571201000").ns, 804_571_201_000_000_000);
        for text in ["202603022105", "20260302210500", "177248550000000", "17724855000000000"] {
            assert_eq!(read(text, None), Err(NotATime::Size), "{text}");
        }
        assert_eq!(instant("1772485500000", None, true), Err(NotATime::TooManySeconds));
        assert_eq!(read("1.7724855E+12", None), Err(NotATime::Scientific));
        assert_eq!(compact_date("20260302").as_deref(), Some("2026-03-02"));
        assert_eq!(compact_date("20261302"), None);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["", "noon", "2026-13-01", "31/31/2026", "1:2:3", "25:00", "2026-03-02 13:00 PM", "02/03/26", "."]
        {
            assert!(read(text, None).is_err(), "{text}");
        }
        // What is no time is not a date with two readings either.
        assert_eq!(read("03/04/2026 10:00;5", None), Err(NotATime::Unknown));
        assert_eq!(evidence("13/04/2026 10:00"), Some(DateOrder::DayFirst));
        assert_eq!(evidence("04/13/2026"), Some(DateOrder::MonthFirst));
        assert_eq!(evidence("04/12/2026"), None);
    }
}
