//! Times without a zone: which instants they are in the zone of the trace, also where its clocks change. A skipped time is
//! refused; of a repeated one the first is meant until the rows have passed it, then the second.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::scenario::import::trace::instant::Instant;

/// Why a local time is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoInstant {
    /// The clocks skip it.
    Skipped,
    /// A local time that comes twice, at these times since 1970 \[ns\], and nothing tells which is meant.
    Twice(i128, i128),
}

/// The zone of a trace, and how far its rows have come.
#[derive(Clone, Debug)]
pub(super) struct TraceClock<'a> {
    zone: &'a TimeZone,
    last: Option<i128>,
}

impl<'a> TraceClock<'a> {
    pub(super) fn new(zone: &'a TimeZone) -> Self {
        Self { zone, last: None }
    }

    /// The same time as an instant; one with a zone, or an offset, is one already.
    ///
    /// # Errors
    /// When the clocks of the zone skip it, or repeat it with nothing before that tells which of the two is meant.
    pub(super) fn resolve(&mut self, time: Instant) -> Result<Instant, NoInstant> {
        let ns = if time.has_zone || !time.is_date { time.ns } else { self.local(time.ns)? };
        self.last = Some(ns);
        Ok(Instant { ns, ..time })
    }

    /// `written` is the local time as if it were UTC.
    fn local(&self, written: i128) -> Result<i128, NoInstant> {
        let Ok(timestamp) = Timestamp::from_nanosecond(written) else { return Ok(written) };
        let civil = TimeZone::UTC.to_datetime(timestamp);
        let at = |offset: Offset| offset.to_timestamp(civil).map_or(written, Timestamp::as_nanosecond);
        match (self.zone.to_ambiguous_timestamp(civil).offset(), self.last) {
            (AmbiguousOffset::Unambiguous { offset }, _) => Ok(at(offset)),
            (AmbiguousOffset::Gap { .. }, _) => Err(NoInstant::Skipped),
            (AmbiguousOffset::Fold { before, after }, None) => Err(NoInstant::Twice(at(before), at(after))),
            (AmbiguousOffset::Fold { before, after }, Some(last)) => {
                Ok(if last < at(before) { at(before) } else { at(after) })
            }
        }
    }

    /// How far the clocks are put forward from one instant to another \[s\]; below zero where they go back.
    pub(super) fn change(&self, from: i128, to: i128) -> i32 {
        let offset =
            |ns: i128| Timestamp::from_nanosecond(ns).map_or(0, |at| self.zone.to_offset(at).seconds());
        offset(to) - offset(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::import::trace::instant::instant;
    use crate::scenario::language::quantity;

    fn utc(clock: &mut TraceClock<'_>, text: &str) -> Result<String, NoInstant> {
        let time = instant(text, None, false).unwrap();
        let found = clock.resolve(time)?;
        Ok(Timestamp::from_nanosecond(found.ns).unwrap().to_string())
    }

    #[test]
    fn a_repeated_hour_is_read_twice_and_a_skipped_one_is_refused() {
        let zone = quantity::zone("Europe/Berlin").unwrap();
        let mut clock = TraceClock::new(&zone);
        for (local, expected) in [
            ("2025-10-26 01:30", "2025-10-25T23:30:00Z"),
            ("2025-10-26 02:00", "2025-10-26T00:00:00Z"),
            ("2025-10-26 02:30", "2025-10-26T00:30:00Z"),
            ("2025-10-26 02:00", "2025-10-26T01:00:00Z"),
            ("2025-10-26 02:30", "2025-10-26T01:30:00Z"),
            ("2025-10-26 03:00", "2025-10-26T02:00:00Z"),
        ] {
            assert_eq!(utc(&mut clock, local).as_deref(), Ok(expected), "{local}");
        }
        assert_eq!(utc(&mut clock, "2026-03-29 02:30"), Err(NoInstant::Skipped));
        assert_eq!(utc(&mut clock, "2026-03-29 03:00").as_deref(), Ok("2026-03-29T01:00:00Z"));
        // A time with a zone, and an offset, are what they say.
        assert_eq!(utc(&mut clock, "2026-03-29T02:30:00Z").as_deref(), Ok("2026-03-29T02:30:00Z"));
        assert!(matches!(utc(&mut TraceClock::new(&zone), "2025-10-26 02:30"), Err(NoInstant::Twice(..))));
    }
}
