//! Simulated instants as calendar time: ISO 8601 in UTC for machines, the scenario's own zone for people. The time
//! zone database is compiled in, so a report is the same on every machine.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::kernel::units::SimTime;
use crate::scenario::Scenario;

/// Instant of second 0 and the clock that people read.
#[derive(Clone, Debug)]
pub struct RunCalendar {
    start_unix_ns: i64,
    zone: TimeZone,
    zone_name: String,
    horizon: SimTime,
}

impl RunCalendar {
    /// The calendar of a scenario; a zone that is not in the database is read as UTC, and named so.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let (zone, zone_name) = match TimeZone::get(&scenario.timezone) {
            Ok(zone) => (zone, scenario.timezone.clone()),
            Err(_) => (TimeZone::UTC, "UTC".to_owned()),
        };
        let horizon = SimTime(scenario.plan.horizon.0);
        Self { start_unix_ns: scenario.plan.start_unix_ns, zone, zone_name, horizon }
    }

    /// The zone's name.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The instant as a timestamp; what lies beyond the calendar is the calendar's end.
    fn timestamp(&self, at: SimTime) -> Timestamp {
        let nanos = i128::from(self.start_unix_ns) + i128::from(at.0);
        Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::MAX)
    }

    /// ISO 8601 in UTC: `2026-11-27T20:05:00Z`.
    #[must_use]
    pub fn iso(&self, at: SimTime) -> String {
        self.timestamp(at).to_string()
    }

    /// The instant on the scenario's own clock.
    #[must_use]
    pub fn zoned(&self, at: SimTime) -> Zoned {
        self.timestamp(at).to_zoned(self.zone.clone())
    }

    /// Time of day for people, with the date where the run lasts longer than two days: `20:05`, `3 Dec 20:05`.
    #[must_use]
    pub fn clock(&self, at: SimTime) -> String {
        let format = if self.horizon.0 > 172_800_000_000_000 { "%-d %b %H:%M" } else { "%H:%M" };
        self.zoned(at).strftime(format).to_string()
    }

    /// The simulated second of a calendar instant \[s\]; negative before second 0.
    #[must_use]
    pub fn second_of(&self, instant: &Zoned) -> f64 {
        (instant.timestamp().as_nanosecond() - i128::from(self.start_unix_ns)) as f64 / 1e9
    }
}
