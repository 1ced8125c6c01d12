//! Calendar months as spans of real length, and a recorded pattern of traffic laid over them: a Monday looks like a
//! recorded Monday, noon is noon on the local clock, on days of 23 and of 25 hours too.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use crate::kernel::units::NANOS_PER_MINUTE;

/// Length of an hour \[ns\].
const HOUR: u64 = 3_600_000_000_000;

/// One calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Year of the month.
    pub year: i16,
    /// Number of the month, in 1..=12.
    pub month: i8,
    /// First local midnight of the month [ns since 1970-01-01T00:00:00Z].
    pub start_unix_ns: i64,
    /// Length of the month, daylight saving included \[ns\].
    pub length: u64,
}

impl Month {
    /// `2026-12`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

/// `count` months from the one that `first` begins; `None` beyond the calendar.
#[must_use]
pub fn months(first: Date, count: u32, zone: &TimeZone) -> Option<Vec<Month>> {
    let first = first.first_of_month();
    let midnight = |index: u32| {
        let date = first.checked_add(i64::from(index).months()).ok()?;
        let at = zone.to_zoned(date.at(0, 0, 0, 0)).ok()?;
        Some((date, i64::try_from(at.timestamp().as_nanosecond()).ok()?))
    };
    (0..count)
        .map(|index| {
            let ((date, start), (_, end)) = (midnight(index)?, midnight(index + 1)?);
            let length = u64::try_from(end - start).ok()?;
            Some(Month { year: date.year(), month: date.month(), start_unix_ns: start, length })
        })
        .collect()
}

/// A recorded pattern: whole local days of traffic, by weekday.
#[derive(Clone, Debug)]
pub struct Pattern {
    curve: RateCurve,
    zone: TimeZone,
    start_unix_ns: i64,
    /// Whole recorded days, in order.
    days: Vec<Date>,
}

impl Pattern {
    /// The whole local days within the first `length` \[ns\] of traffic that begins at `start_unix_ns`, as far as the traffic
    /// goes: a run that outlasts its trace records nothing. `None` when there is none. Traffic that is finer than a minute
    /// is averaged over minutes.
    #[must_use]
    pub fn of(traffic: &TrafficPlan, start_unix_ns: i64, length: u64, zone: &TimeZone) -> Option<Self> {
        let curve = by_the_minute(&curve_of(traffic), length);
        let start = Timestamp::from_nanosecond(i128::from(start_unix_ns)).ok()?;
        let mut date = start.to_zoned(zone.clone()).date();
        let mut days = Vec::new();
        let place = |date: Date| {
            let at = zone.to_zoned(date.at(0, 0, 0, 0)).ok()?.timestamp().as_nanosecond();
            Some(at - i128::from(start_unix_ns))
        };
        let recorded = length.min(curve.segments().last().map_or(0, |piece| piece.end));
        while let (Some(from), Some(to)) = (place(date), place(date.tomorrow().ok()?)) {
            if to > i128::from(recorded) {
                break;
            }
            if from >= 0 {
                days.push(date);
            }
            date = date.tomorrow().ok()?;
        }
        (!days.is_empty()).then(|| Self { curve, zone: zone.clone(), start_unix_ns, days })
    }

    /// Days that were recorded.
    #[must_use]
    pub fn days(&self) -> usize {
        self.days.len()
    }

    /// The pattern over a month, as a curve from its first midnight. Weekdays that were recorded several times come in
    /// turn, by the number of the week, so that a month goes on where the last one stopped; a weekday that
    /// was not recorded is like the recorded days in turn.
    #[must_use]
    pub fn over(&self, month: &Month) -> RateCurve {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < month.length {
            let unix = i128::from(month.start_unix_ns) + i128::from(at);
            let Ok(instant) = Timestamp::from_nanosecond(unix) else { break };
            let local = instant.to_zoned(self.zone.clone());
            // To the next full hour of the local clock: no offset changes in between.
            let span = (HOUR - clock_of(&local) % HOUR).min(month.length - at);
            let from = self.recorded(self.day_like(local.date()).to_datetime(local.time()));
            let source = self.curve.slice(from, from + span);
            let mut end = 0;
            for piece in source.segments() {
                pieces.push(Segment { end: at + piece.end, ..*piece });
                end = piece.end;
            }
            if end < span {
                pieces.push(Segment { end: at + span, rate_start: 0.0, rate_end: 0.0 });
            }
            at += span;
        }
        RateCurve::new(&pieces).unwrap_or_default()
    }

    /// The offset of a local date and time in the record [ns since its second 0]. An hour that the clock skipped on
    /// that day is like the one after it, of an hour that it showed twice the first counts.
    fn recorded(&self, local: DateTime) -> u64 {
        let at = self.zone.to_zoned(local).map_or(0, |at| at.timestamp().as_nanosecond());
        u64::try_from(at - i128::from(self.start_unix_ns)).unwrap_or(0)
    }

    /// The recorded day that stands for a date.
    fn day_like(&self, date: Date) -> Date {
        let epoch = Date::constant(1970, 1, 5);
        let days = date.since(epoch).map_or(0, |span| i64::from(span.get_days()));
        let alike: Vec<Date> =
            self.days.iter().filter(|day| day.weekday() == date.weekday()).copied().collect();
        let pick = |of: &[Date], turn: i64| {
            let count = i64::try_from(of.len()).unwrap_or(1).max(1);
            of.get(usize::try_from(turn.rem_euclid(count)).unwrap_or(0)).copied().unwrap_or(date)
        };
        if alike.is_empty() { pick(&self.days, days) } else { pick(&alike, days.div_euclid(7)) }
    }
}

/// Time since local midnight on the clock \[ns\].
fn clock_of(local: &jiff::Zoned) -> u64 {
    let time = local.time();
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    part(i64::from(time.hour())) * HOUR
        + part(i64::from(time.minute())) * NANOS_PER_MINUTE
        + part(i64::from(time.second())) * 1_000_000_000
        + part(i64::from(time.subsec_nanosecond()))
}

/// The rate curve of any traffic; counts become the rate of their interval.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn curve_of(traffic: &TrafficPlan) -> RateCurve {
    match traffic {
        TrafficPlan::Poisson(curve) | TrafficPlan::EvenlySpaced(curve) => curve.clone(),
        TrafficPlan::ExactCounts(intervals) => {
            let mut pieces: Vec<Segment> = Vec::new();
            for interval in intervals {
                if pieces.last().map_or(0, |piece| piece.end) < interval.start {
                    pieces.push(Segment { end: interval.start, rate_start: 0.0, rate_end: 0.0 });
                }
                let rate = interval.count as f64 * 1e9 / (interval.end - interval.start) as f64;
                pieces.push(Segment { end: interval.end, rate_start: rate, rate_end: rate });
            }
            RateCurve::new(&pieces).unwrap_or_default()
        }
    }
}

/// The curve with its means over minutes, where it has more pieces than minutes.
#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn by_the_minute(curve: &RateCurve, length: u64) -> RateCurve {
    if curve.segments().len() as u64 <= length / NANOS_PER_MINUTE {
        return curve.clone();
    }
    let mut pieces = Vec::new();
    let (mut start, mut minute, mut sum) = (0_u64, 0_u64, 0.0);
    for piece in curve.segments() {
        let mut from = start;
        while from < piece.end {
            let end = (minute + 1) * NANOS_PER_MINUTE;
            let to = piece.end.min(end);
            let rate = |at: u64| {
                let share = (at - start) as f64 / (piece.end - start) as f64;
                piece.rate_start + (piece.rate_end - piece.rate_start) * share
            };
            sum += (rate(from) + rate(to)) / 2.0 * (to - from) as f64;
            if to == end {
                let mean = sum / NANOS_PER_MINUTE as f64;
                pieces.push(Segment { end, rate_start: mean, rate_end: mean });
                (minute, sum) = (minute + 1, 0.0);
            }
            from = to;
        }
        start = piece.end;
    }
    if start > minute * NANOS_PER_MINUTE {
        let mean = sum / (start - minute * NANOS_PER_MINUTE) as f64;
        pieces.push(Segment { end: start, rate_start: mean, rate_end: mean });
    }
    RateCurve::new(&pieces).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn months_have_their_real_lengths_daylight_saving_included() {
        let months = months(Date::constant(2027, 2, 14), 9, &berlin()).unwrap();
        let hours: Vec<u64> = months.iter().map(|month| month.length / HOUR).collect();
        // March 2027 loses an hour on the 28th, October gains one on the 31st.
        assert_eq!(hours, [28 * 24, 31 * 24 - 1, 720, 744, 720, 744, 744, 720, 31 * 24 + 1]);
        assert_eq!(months[0].name(), "2027-02");
        assert_eq!(months[8].name(), "2027-10");
    }

    #[test]
    fn a_week_is_laid_over_a_month_by_weekday_and_local_clock() {
        // A recorded week from Monday 2026-06-01 00:00 in Berlin; the rate is 100 × weekday + hour.
        let zone = berlin();
        let start = zone.to_zoned(Date::constant(2026, 6, 1).at(0, 0, 0, 0)).unwrap();
        let pieces: Vec<Segment> = (0..7 * 24_u64)
            .map(|hour| {
                let rate = (100 * (hour / 24) + hour % 24) as f64;
                Segment { end: (hour + 1) * HOUR, rate_start: rate, rate_end: rate }
            })
            .collect();
        let traffic = TrafficPlan::Poisson(RateCurve::new(&pieces).unwrap());
        let unix = i64::try_from(start.timestamp().as_nanosecond()).unwrap();
        let pattern = Pattern::of(&traffic, unix, 7 * 24 * HOUR, &zone).unwrap();
        assert_eq!(pattern.days(), 7);
        let october = months(Date::constant(2027, 10, 1), 1, &zone).unwrap()[0];
        let curve = pattern.over(&october);
        for hour in 0..october.length / HOUR {
            let at = i128::from(october.start_unix_ns) + i128::from(hour * HOUR);
            let local = Timestamp::from_nanosecond(at).unwrap().to_zoned(zone.clone());
            let expected =
                100.0 * f64::from(local.weekday().to_monday_zero_offset()) + f64::from(local.hour());
            let rate = curve.rate_at(hour * HOUR + 1);
            assert!((rate - expected).abs() < 1e-9, "{local}: {rate}");
        }
    }

    #[test]
    fn a_recorded_day_of_23_or_25_hours_keeps_its_clock() {
        // Recorded weeks with a change of the clock; the rate is the hour of the local clock.
        let zone = berlin();
        for (first, hours) in
            [(Date::constant(2026, 3, 23), 7 * 24 - 1), (Date::constant(2026, 10, 19), 7 * 24 + 1)]
        {
            let start = zone.to_zoned(first.at(0, 0, 0, 0)).unwrap().timestamp();
            let clock = |at: u64| {
                let at = start.as_nanosecond() + i128::from(at);
                f64::from(Timestamp::from_nanosecond(at).unwrap().to_zoned(zone.clone()).hour())
            };
            let hour = |hour: u64| Segment {
                end: (hour + 1) * HOUR,
                rate_start: clock(hour * HOUR),
                rate_end: clock(hour * HOUR),
            };
            let traffic = TrafficPlan::Poisson(
                RateCurve::new(&(0..hours).map(hour).collect::<Vec<Segment>>()).unwrap(),
            );
            let unix = i64::try_from(start.as_nanosecond()).unwrap();
            let pattern = Pattern::of(&traffic, unix, hours * HOUR, &zone).unwrap();
            assert_eq!(pattern.days(), 7);
            let month = months(Date::constant(2026, 7, 1), 1, &zone).unwrap()[0];
            let curve = pattern.over(&month);
            for hour in 0..month.length / HOUR {
                // The hour that the Sunday in March skipped is like the next one; the month begins on a Wednesday.
                let skipped = first.month() == 3 && hour % 24 == 2 && (2 + hour / 24) % 7 == 6;
                let expected = if skipped { 3 } else { hour % 24 };
                let rate = curve.rate_at(hour * HOUR + 1);
                assert!((rate - expected as f64).abs() < 1e-9, "{first}, hour {hour}: {rate}");
            }
        }
    }

    #[test]
    fn what_comes_after_the_end_of_a_trace_was_not_recorded() {
        let flat = TrafficPlan::Poisson(RateCurve::constant(5.0, 49 * HOUR).unwrap());
        let pattern = Pattern::of(&flat, 0, 7 * 24 * HOUR, &TimeZone::UTC).unwrap();
        assert_eq!(pattern.days(), 2);
        let month = months(Date::constant(2027, 1, 1), 1, &TimeZone::UTC).unwrap()[0];
        let requests = pattern.over(&month).integral(month.length);
        assert!((requests / (5.0 * 31.0 * 86_400.0) - 1.0).abs() < 1e-9, "{requests}");
    }

    #[test]
    fn less_than_a_day_is_no_pattern_and_fine_traffic_is_averaged() {
        let flat = TrafficPlan::Poisson(RateCurve::constant(5.0, 30 * HOUR).unwrap());
        assert!(Pattern::of(&flat, 0, 23 * HOUR, &TimeZone::UTC).is_none());
        let pieces: Vec<Segment> = (0..86_400_u64)
            .map(|second| {
                let rate = (second % 60) as f64;
                Segment { end: (second + 1) * 1_000_000_000, rate_start: rate, rate_end: rate }
            })
            .collect();
        let curve = RateCurve::new(&pieces).unwrap();
        let averaged = by_the_minute(&curve, 24 * HOUR);
        assert_eq!(averaged.segments().len(), 1440);
        assert!((averaged.rate_at(17) - 29.5).abs() < 1e-9);
        assert!((averaged.integral(24 * HOUR) - curve.integral(24 * HOUR)).abs() < 1e-3);
    }
}
