//! The rate of arrivals as a walk in time: what the fluid plane takes instead of arrivals. Within an interval of counts
//! the rate is constant.

use super::TrafficPlan;
use super::curve::{CountInterval, Segment};

/// A stretch of time with a linear rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateSegment {
    /// End of the piece [ns since second 0]; `u64::MAX` after the last piece.
    pub end: u64,
    /// The rate at the instant that was asked for [requests/s].
    pub rate: f64,
    /// Slope of the rate [requests/s per ns].
    pub slope: f64,
}

/// A walk along the rate of a plan; it only goes forward.
#[derive(Clone, Debug)]
pub struct RateCursor<'p> {
    source: RateSource<'p>,
    index: usize,
}

#[derive(Clone, Copy, Debug)]
enum RateSource<'p> {
    Curve(&'p [Segment]),
    Counts(&'p [CountInterval]),
}

impl<'p> RateCursor<'p> {
    /// A walk that begins at second 0.
    #[must_use]
    pub fn new(plan: &'p TrafficPlan) -> Self {
        let source = match plan {
            TrafficPlan::Poisson(curve) | TrafficPlan::EvenlySpaced(curve) => {
                RateSource::Curve(curve.segments())
            }
            TrafficPlan::ExactCounts(intervals) => RateSource::Counts(intervals),
        };
        Self { source, index: 0 }
    }

    /// The stretch that `at` [ns since second 0] lies in, from `at` on; `at` never decreases from call to call.
    #[expect(clippy::cast_precision_loss, reason = "pieces are at most a day long, counts far below 2⁵³")]
    pub fn stretch(&mut self, at: u64) -> RateSegment {
        const AFTER: RateSegment = RateSegment { end: u64::MAX, rate: 0.0, slope: 0.0 };
        match self.source {
            RateSource::Curve(segments) => {
                while segments.get(self.index).is_some_and(|piece| piece.end <= at) {
                    self.index += 1;
                }
                let Some(piece) = segments.get(self.index) else { return AFTER };
                let start = if self.index == 0 { 0 } else { segments[self.index - 1].end };
                let slope = (piece.rate_end - piece.rate_start) / (piece.end - start) as f64;
                RateSegment { end: piece.end, rate: piece.rate_start + slope * (at - start) as f64, slope }
            }
            RateSource::Counts(intervals) => {
                while intervals.get(self.index).is_some_and(|interval| interval.end <= at) {
                    self.index += 1;
                }
                let Some(interval) = intervals.get(self.index) else { return AFTER };
                if at < interval.start {
                    return RateSegment { end: interval.start, rate: 0.0, slope: 0.0 };
                }
                let seconds = (interval.end - interval.start) as f64 / 1e9;
                RateSegment { end: interval.end, rate: interval.count as f64 / seconds, slope: 0.0 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::RateCurve;
    use crate::units::NANOS_PER_SEC;

    #[test]
    fn a_walk_has_the_integral_of_its_curve() {
        let pieces = [(10, 0.0, 4.0), (11, 9.0, 9.0), (30, 2.0, 0.0)]
            .map(|(end, rate_start, rate_end)| Segment { end: end * NANOS_PER_SEC, rate_start, rate_end });
        let plan = TrafficPlan::Poisson(RateCurve::new(&pieces).unwrap());
        let mut walk = RateCursor::new(&plan);
        let (mut at, mut sum) = (0, 0.0);
        while at < 40 * NANOS_PER_SEC {
            let stretch = walk.stretch(at);
            let next = stretch.end.min(at + 700_000_000);
            let length = (next - at) as f64;
            sum += (stretch.rate + stretch.slope * length / 2.0) * length / 1e9;
            at = next;
        }
        assert!((sum - (20.0 + 9.0 + 19.0)).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn counts_are_rates_within_their_intervals_and_nothing_between_them() {
        let interval = |start: u64, count| CountInterval {
            start: start * NANOS_PER_SEC,
            end: (start + 10) * NANOS_PER_SEC,
            count,
        };
        let plan = TrafficPlan::ExactCounts(vec![interval(0, 5), interval(20, 70)]);
        let mut walk = RateCursor::new(&plan);
        let mut rate = |second: u64| walk.stretch(second * NANOS_PER_SEC).rate;
        assert!((rate(0) - 0.5).abs() < 1e-12 && rate(12).abs() < 1e-12 && (rate(25) - 7.0).abs() < 1e-12);
        assert_eq!(walk.stretch(40 * NANOS_PER_SEC).end, u64::MAX);
    }
}
