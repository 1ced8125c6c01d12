//! Moments of a run: what a user may type for one, and how one is printed.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::read::RunLog;

/// Clock of a run: the local time of second 0, and the length of the run.
pub(super) struct RunClock {
    start: Zoned,
    end_s: f64,
}

impl RunClock {
    pub(super) fn new(log: &RunLog) -> Result<Self, String> {
        let bad = |what: &str| format!("`plan.toml` has no {what} that can be read");
        let start: Timestamp = log.head.start.parse().map_err(|_| bad("`start`"))?;
        let zone = TimeZone::get(&log.head.timezone).map_err(|_| bad("`timezone`"))?;
        let end_s = log.minutes.iter().map(|minute| minute.time_s.get()).fold(0.0, f64::max) + 60.0;
        Ok(Self { start: start.to_zoned(zone), end_s })
    }

    /// Whether the run lasts longer than a day, so that a time of day does not say which.
    fn is_long(&self) -> bool {
        self.end_s > 86_400.0
    }

    /// The second that a text means.
    pub(super) fn parse(&self, text: &str) -> Result<f64, String> {
        let at = self.second_of(text.trim()).ok_or_else(|| {
            format!(
                "`{text}` is not a moment; write a time of day such as 09:54, a date and time such as {}T09:54, or a time \
                 since the start such as \"9h 54m\"",
                self.start.date()
            )
        })?;
        if at < 0.0 || at > self.end_s {
            return Err(format!(
                "{text} is not within the run, which goes from {} to {}",
                self.full(0.0),
                self.full(self.end_s)
            ));
        }
        Ok(at)
    }

    fn second_of(&self, text: &str) -> Option<f64> {
        let zone = self.start.time_zone().clone();
        let since = |zoned: Zoned| {
            (zoned.timestamp().as_nanosecond() - self.start.timestamp().as_nanosecond()) as f64 / 1e9
        };
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Some(since(timestamp.to_zoned(zone)));
        }
        if let Ok(date_time) = text.parse::<jiff::civil::DateTime>() {
            // A date alone would be read as its midnight, which is not what a date means.
            return text.contains(':').then(|| date_time.to_zoned(zone).ok()).flatten().map(since);
        }
        if let Some(time) = time_of_day(text) {
            let same_day = self.start.date().to_datetime(time).to_zoned(zone.clone()).ok()?;
            let at = since(same_day);
            // A time of day before the start is that of the next day.
            let next_day = self.start.date().tomorrow().ok()?.to_datetime(time).to_zoned(zone).ok()?;
            return Some(if at < 0.0 { since(next_day) } else { at });
        }
        let length = crate::scenario::duration_of(text).ok()?;
        Some(length.as_secs_f64())
    }

    fn zoned(&self, at: f64) -> Zoned {
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a run")]
        let since = (at * 1e9).round() as i128;
        // A file can say any time; beyond the calendar, its end is shown.
        let nanos = self.start.timestamp().as_nanosecond().saturating_add(since);
        let end = if nanos < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let timestamp = Timestamp::from_nanosecond(nanos).unwrap_or(end);
        timestamp.to_zoned(self.start.time_zone().clone())
    }

    /// `09:54`, or `3 Dec 09:54` in a run of several days.
    pub(super) fn minute(&self, at: f64) -> String {
        let format = if self.is_long() { "%-d %b %H:%M" } else { "%H:%M" };
        self.zoned(at).strftime(format).to_string()
    }

    /// `09:54:12`, or `3 Dec 09:54:12`.
    pub(super) fn second(&self, at: f64) -> String {
        let format = if self.is_long() { "%-d %b %H:%M:%S" } else { "%H:%M:%S" };
        self.zoned(at).strftime(format).to_string()
    }

    /// `2026-11-27 09:54 UTC`.
    pub(super) fn full(&self, at: f64) -> String {
        self.zoned(at).strftime("%Y-%m-%d %H:%M %Q").to_string()
    }
}

fn time_of_day(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let two = |part: Option<&str>| -> Option<i8> {
        let part = part?;
        let is_number = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { part.parse().ok() } else { None }
    };
    let (hour, minute) = (two(parts.next())?, two(parts.next())?);
    let second = match parts.next() {
        Some(part) => two(Some(part))?,
        None => 0,
    };
    if parts.next().is_some() { None } else { Time::new(hour, minute, second, 0).ok() }
}
