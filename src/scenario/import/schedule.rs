//! The schedules of scheduled actions, `at(…)`, `rate(…)` and `cron(…)`, and the instants within a run at which they are due
//! (`docs/aws/scheduled-actions.md`). The kernel knows neither zones nor calendars; it gets the instants.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use windtunnel_kernel::units::SimTime;

use crate::scenario::import::cron::{self, Cron};

/// A parsed schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// Once, at a local time.
    At(DateTime),
    /// Every so many nanoseconds.
    Rate(i128),
    /// Whenever the local calendar and clock match.
    Cron(Box<Cron>),
}

/// Treatment of a local time that the change of clocks skips, and of one that it repeats. AWS says only that it follows
/// the zone; both are assumptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClockChanges {
    /// `schedule_skipped_time`: whether it runs as much later as the clock jumps; else it does not run.
    pub(crate) skipped_runs_later: bool,
    /// `schedule_repeated_time`: whether it runs both times; else the first time only.
    pub(crate) repeated_runs_twice: bool,
}

/// Time in which occurrences count.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Calendar time of second 0 [ns since 1970].
    pub(crate) second_0: i64,
    /// Simulated time \[ns\].
    pub(crate) horizon: u64,
    /// `StartTime` [ns since 1970].
    pub(crate) start: Option<i64>,
    /// `EndTime` [ns since 1970].
    pub(crate) end: Option<i64>,
    /// Zone of `at` and `cron`.
    pub(crate) zone: TimeZone,
    pub(crate) clock_changes: ClockChanges,
}

/// Longest text of a schedule \[characters\] (documented: `Schedule` of `PutScheduledAction` in the API reference of Application
/// Auto Scaling).
const LONGEST: usize = 1_600;

/// Reads a schedule.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn parse(text: &str) -> Result<Schedule, String> {
    if text.chars().count() > LONGEST {
        return Err(format!("it is longer than {LONGEST} characters"));
    }
    let text = text.trim();
    let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
    if let Some(time) = inside("at") {
        let digits = time.len() == 19 && time.as_bytes().get(10) == Some(&b'T');
        let parsed = time.parse::<DateTime>().ok().filter(|_| digits);
        return parsed
            .map(Schedule::At)
            .ok_or_else(|| format!("`{time}` is not of the form 2026-11-27T08:00:00"));
    }
    if let Some(rate) = inside("rate") {
        return self::rate(rate).map(Schedule::Rate);
    }
    if let Some(fields) = inside("cron") {
        return cron::parse(fields).map(|cron| Schedule::Cron(Box::new(cron)));
    }
    Err("it is none of at(…), rate(…) and cron(…)".to_owned())
}

fn rate(text: &str) -> Result<i128, String> {
    let parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let [value, unit] = parts.as_slice() else {
        return Err(format!("`{text}` is not a whole number and a unit"));
    };
    let seconds = match *unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        other => return Err(format!("`{other}` is not minutes, hours or days")),
    };
    let number = value.parse::<u32>().ok().filter(|number| *number >= 1 && !value.starts_with('+'));
    number
        .map(|number| i128::from(number) * seconds * 1_000_000_000)
        .ok_or_else(|| format!("`{value}` is not a whole number from 1"))
}

impl Schedule {
    /// How often it is due within the run at most, give or take an hour of changed clocks; told without making the occurrences.
    pub(crate) fn count(&self, span: &Span) -> u64 {
        match self {
            Self::At(_) => 2,
            Self::Rate(every) => u64::try_from(i128::from(span.horizon) / every + 2).unwrap_or(u64::MAX),
            Self::Cron(cron) => {
                let a_day = cron.hours.len() as u64 * cron.minutes.len() as u64;
                a_day.saturating_mul(span.dates().filter(|date| cron.matches(*date)).count() as u64) + 1
            }
        }
    }

    /// When it is due within the run, in order. A recurring schedule runs at its `StartTime` first (documented); without one a
    /// rate counts from second 0, when the action is created.
    pub(crate) fn occurrences(&self, span: &Span) -> Vec<SimTime> {
        let zero = i128::from(span.second_0);
        let mut due: Vec<i128> = match self {
            Self::At(time) => span.instants(*time),
            Self::Rate(every) => {
                let anchor = span.start.map_or(zero, i128::from);
                let first = if anchor >= zero { 1 } else { (zero - anchor + every - 1) / every };
                let count = (zero + i128::from(span.horizon) - anchor).max(0) / every;
                (first.max(1)..=count).map(|k| anchor + k * every).collect()
            }
            Self::Cron(cron) => span.matches(cron),
        };
        if let (Self::Rate(_) | Self::Cron(_), Some(start)) = (self, span.start) {
            due.retain(|at| *at > i128::from(start));
            due.push(i128::from(start));
        } else if let Some(start) = span.start {
            due.retain(|at| *at >= i128::from(start));
        }
        if let Some(end) = span.end {
            due.retain(|at| *at <= i128::from(end));
        }
        due.sort_unstable();
        due.dedup();
        let within = |at: i128| u64::try_from(at - zero).ok().filter(|at| *at <= span.horizon).map(SimTime);
        due.into_iter().filter_map(within).collect()
    }
}

impl Span {
    /// The instants at which clocks of the zone show `time`: one, or as the assumptions say where clocks change.
    fn instants(&self, time: DateTime) -> Vec<i128> {
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(time).ok().map(Timestamp::as_nanosecond);
        let offsets = match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => vec![offset],
            AmbiguousOffset::Gap { before, .. } if self.clock_changes.skipped_runs_later => vec![before],
            AmbiguousOffset::Gap { .. } => Vec::new(),
            AmbiguousOffset::Fold { before, after } if self.clock_changes.repeated_runs_twice => {
                vec![before, after]
            }
            AmbiguousOffset::Fold { before, .. } => vec![before],
        };
        offsets.into_iter().filter_map(at).collect()
    }

    /// The local dates of the run, as far as `StartTime` and `EndTime` leave any.
    fn dates(&self) -> impl Iterator<Item = Date> {
        let date = |nanos: i128| {
            let timestamp = Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::MAX);
            timestamp.to_zoned(self.zone.clone()).date()
        };
        // A day to either side: changing clocks can put a local time into the next date.
        const DAY: i128 = 86_400_000_000_000;
        let (first, last) = (i128::from(self.second_0), i128::from(self.second_0) + i128::from(self.horizon));
        let first = self.start.map_or(first, |start| first.max(i128::from(start) - DAY));
        let last = self.end.map_or(last, |end| last.min(i128::from(end) + DAY));
        let end = date(last);
        let next = |date: &Date| date.checked_add(1.day()).ok();
        std::iter::successors(Some(date(first)), next).take_while(move |date| *date <= end)
    }

    fn matches(&self, cron: &Cron) -> Vec<i128> {
        let mut due = Vec::new();
        for date in self.dates().filter(|date| cron.matches(*date)) {
            for (hour, minute) in cron.hours.iter().flat_map(|h| cron.minutes.iter().map(move |m| (*h, *m))) {
                due.extend(self.instants(date.at(hour, minute, 0, 0)));
            }
        }
        due
    }
}

#[cfg(test)]
mod tests;
