//! Calendar months (UTC): the one definition of how long a month is, for prices by the month and for bills by the month.

use alloc::vec::Vec;

use crate::units::{NANOS_PER_SEC, SimDuration, SimTime};

/// Nanoseconds of a day.
const NANOS_PER_DAY: i128 = 86_400 * NANOS_PER_SEC as i128;
/// Days that months of 28, 29, 30 and 31 days all divide: their least common multiple.
const COMMON_DAYS: i128 = 377_580;

/// Months are counted in units of 1 / `MONTH_DENOMINATOR`: the smallest common denominator of nanoseconds of months of
/// every length.
pub const MONTH_DENOMINATOR: i128 = COMMON_DAYS * NANOS_PER_DAY;

/// A month of the calendar in UTC.
///
/// AWS charges what is priced a month by the share of the calendar month in which it exists: 13 alarms for an hour of
/// September were 13 / 720 alarm-months on a real bill (`docs/aws/billing.md#calendar-months`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarMonth {
    /// First instant of the month [ns since 1970-01-01T00:00:00Z].
    pub begin: i128,
    /// The first instant of the next month [ns since 1970-01-01T00:00:00Z].
    pub end: i128,
}

impl CalendarMonth {
    /// The month in which an instant lies [ns since 1970-01-01T00:00:00Z].
    #[must_use]
    pub const fn at(unix_ns: i128) -> Self {
        let (year, month) = month_of_day(unix_ns.div_euclid(NANOS_PER_DAY));
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Self {
            begin: first_day(year, month) * NANOS_PER_DAY,
            end: first_day(next_year, next_month) * NANOS_PER_DAY,
        }
    }

    /// The month after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self::at(self.end)
    }

    /// Length of the month \[days\]: 28 to 31.
    #[must_use]
    pub const fn days(self) -> i128 {
        (self.end - self.begin) / NANOS_PER_DAY
    }
}

/// Months from second 0 until `at`, each instant as a share of the calendar month in which it lies, in units of
/// 1 / [`MONTH_DENOMINATOR`]; `start_unix_ns` is the calendar time of second 0.
///
/// Example: an hour of September is 1 / 720 of a month, any whole month is 1.
#[must_use]
pub fn months_until(start_unix_ns: i64, at: SimTime) -> i128 {
    let mut from = i128::from(start_unix_ns);
    let until = from + i128::from(at.0);
    let mut month = CalendarMonth::at(from);
    let mut parts = 0;
    while from < until {
        let end = month.end.min(until);
        parts += (end - from) * (COMMON_DAYS / month.days());
        (from, month) = (end, month.next());
    }
    parts
}

/// The months that a run touches, in order, each with the part of the run that lies in it.
pub fn months_of_run(
    start_unix_ns: i64,
    horizon: SimDuration,
) -> impl Iterator<Item = (CalendarMonth, SimTime, SimTime)> {
    let start = i128::from(start_unix_ns);
    let since = move |instant: i128| {
        SimTime(u64::try_from((instant - start).max(0)).unwrap_or(horizon.0).min(horizon.0))
    };
    let first = CalendarMonth::at(start);
    core::iter::successors(Some(first), |month| Some(month.next()))
        .map(move |month| (month, since(month.begin), since(month.end)))
        .take_while(move |(month, from, _)| from.0 < horizon.0 || *month == first)
}

/// The calendar months since second 0 of a run, by number: that of second 0 is 0.
#[derive(Clone, Debug)]
pub(super) struct RunMonths {
    start_unix_ns: i64,
    month: CalendarMonth,
    /// The ends of the months that were asked for so far.
    ends: Vec<SimTime>,
}

impl RunMonths {
    /// The months of a run whose second 0 is at this calendar time [ns since 1970-01-01T00:00:00Z].
    pub(super) fn new(start_unix_ns: i64) -> Self {
        let month = CalendarMonth::at(i128::from(start_unix_ns));
        Self { start_unix_ns, month, ends: Vec::new() }
    }

    /// The end of a month: the first instant of the next one.
    pub(super) fn end(&mut self, index: usize) -> SimTime {
        while self.ends.len() <= index {
            // A month that begins before second 0 ends after it; no run lasts for centuries.
            let end = self.month.end - i128::from(self.start_unix_ns);
            self.ends.push(SimTime(u64::try_from(end).unwrap_or(u64::MAX)));
            self.month = self.month.next();
        }
        self.ends[index]
    }

    /// The month in which an instant lies.
    pub(super) fn index_of(&mut self, at: SimTime) -> usize {
        while self.ends.last().is_none_or(|end| *end <= at) {
            let _ = self.end(self.ends.len());
        }
        self.ends.partition_point(|end| *end <= at)
    }
}

/// Year and month (1 to 12) of a day [days since 1970-01-01], in the Gregorian calendar.
const fn month_of_day(day: i128) -> (i128, i128) {
    // Years begin in March here, so that the day that leap years add is the last of a year; eras are of 400 years.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + (month <= 2) as i128, month)
}

/// The first day of a month [days since 1970-01-01].
const fn first_day(year: i128, month: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// 2024-09-01T00:00:00Z.
    const SEPTEMBER: i64 = 1_725_148_800_000_000_000;
    const HOUR: i64 = 3_600_000_000_000;

    #[test]
    fn months_have_the_days_of_the_calendar() {
        let mut month = CalendarMonth::at(i128::from(SEPTEMBER) - 1);
        let mut days = Vec::new();
        for _ in 0..9 {
            days.push(month.days());
            month = month.next();
        }
        assert_eq!(days, [31, 30, 31, 30, 31, 31, 28, 31, 30]);
        let days = |unix_days: i128| CalendarMonth::at(unix_days * NANOS_PER_DAY).days();
        // 2024-02-29, 2000-02-29, 2100-02-28, 1970-01-01, 1969-12-31.
        assert_eq!([19_782, 11_016, 47_540, 0, -1].map(days), [29, 29, 28, 31, 31]);
        assert_eq!(CalendarMonth::at(i128::from(SEPTEMBER)).begin, i128::from(SEPTEMBER));
    }

    #[test]
    fn any_whole_month_is_one_and_an_hour_is_its_share() {
        let mut month = CalendarMonth::at(i128::from(SEPTEMBER));
        for _ in 0..18 {
            let start = i64::try_from(month.begin).unwrap();
            let length = u64::try_from(month.end - month.begin).unwrap();
            assert_eq!(months_until(start, SimTime(length)), MONTH_DENOMINATOR);
            month = month.next();
        }
        let hour = SimTime(HOUR.unsigned_abs());
        assert_eq!(months_until(SEPTEMBER, hour) * 720, MONTH_DENOMINATOR);
        // The last hour of September and the first of October.
        let both = months_until(SEPTEMBER + 719 * HOUR, SimTime(2 * HOUR.unsigned_abs()));
        assert_eq!(both, MONTH_DENOMINATOR / 720 + MONTH_DENOMINATOR / 744);
    }

    #[test]
    fn a_run_is_cut_at_the_ends_of_its_months() {
        let run = |start, hours: u64| {
            let horizon = SimDuration(hours * HOUR.unsigned_abs());
            let hours = |at: SimTime| at.0 / HOUR.unsigned_abs();
            let cut = |(_, from, until): (CalendarMonth, SimTime, SimTime)| (hours(from), hours(until));
            months_of_run(start, horizon).map(cut).collect::<Vec<_>>()
        };
        assert_eq!(run(SEPTEMBER, 720), [(0, 720)]);
        assert_eq!(run(SEPTEMBER, 721), [(0, 720), (720, 721)]);
        assert_eq!(run(SEPTEMBER + 719 * HOUR, 746), [(0, 1), (1, 745), (745, 746)]);
    }
}
