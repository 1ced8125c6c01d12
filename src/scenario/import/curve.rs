//! From shapes to one piecewise linear rate curve over the horizon.
//!
//! Constants, steps, ramps and weekly rates are exact. A sinusoid is followed in pieces of at most 60 s: its chord is off
//! by at most A·(2π/86 400 s)²·(60 s)²/8 = 2.4e-6·A. Where a spike's flank multiplies a rate that changes, the product is
//! followed in the same pieces, off by at most a quarter of the product of the two changes within a piece.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use windtunnel_kernel::traffic::{CurveError, RateCurve, Segment};

/// Longest linear piece of what is not linear \[ns\].
const GRID: u64 = 60_000_000_000;
const DAY_SECONDS: f64 = 86_400.0;

/// One shape, with times in nanoseconds since second 0 and rates in requests a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Constant { rate: f64 },
    Diurnal { mean: f64, amplitude: f64, peak_s: u32 },
    Weekly { rate: f64, weekend_factor: f64 },
    Ramp { start: u64, end: u64, from: f64, to: f64 },
    Step { at: u64, rate: f64 },
    Spike { at: u64, factor: f64, rise: u64, hold: u64, fall: u64 },
}

/// Place of second 0 in the calendar.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub(crate) start_unix_ns: i64,
    pub(crate) zone: TimeZone,
}

impl Calendar {
    fn timestamp(&self, at: u64) -> Timestamp {
        let nanos = i128::from(self.start_unix_ns) + i128::from(at);
        Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::MAX)
    }

    /// Moments within the horizon at which the offset from UTC changes.
    fn transitions(&self, horizon: u64) -> Vec<u64> {
        let last = self.timestamp(horizon);
        self.zone
            .following(self.timestamp(0))
            .map(|transition| transition.timestamp())
            .take_while(|at| *at < last)
            .filter_map(|at| u64::try_from(at.as_nanosecond() - i128::from(self.start_unix_ns)).ok())
            .collect()
    }

    /// Local midnights within the horizon.
    fn midnights(&self, horizon: u64) -> Vec<u64> {
        let mut midnights = Vec::new();
        let mut date = self.timestamp(0).to_zoned(self.zone.clone()).date();
        while let Ok(next) = date.checked_add(1.day()) {
            date = next;
            let Ok(midnight) = self.zone.to_zoned(date.at(0, 0, 0, 0)) else { break };
            let at = midnight.timestamp().as_nanosecond() - i128::from(self.start_unix_ns);
            match u64::try_from(at) {
                Ok(at) if at < horizon => midnights.push(at),
                Ok(_) => break,
                Err(_) => {}
            }
        }
        midnights
    }

    /// Local calendar at `at`: the offset from UTC in seconds and whether it is a weekend.
    fn local(&self, at: u64) -> (i32, bool) {
        let zoned = self.timestamp(at).to_zoned(self.zone.clone());
        let day = zoned.weekday();
        (
            zoned.offset().seconds(),
            matches!(day, jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday),
        )
    }
}

/// A stretch of the horizon without corners, and the length of the pieces that follow it \[ns\].
struct SmoothStretch {
    start: u64,
    end: u64,
    step: u64,
    /// Instant that tells on which side of a jump it is.
    middle: u64,
    /// The offset from UTC in seconds and whether it is a weekend.
    local: (i32, bool),
}

/// The shapes over the horizon, cut at their corners: how many pieces they make is known before the first is made.
pub(crate) struct CutShapes<'a> {
    shapes: &'a [Shape],
    calendar: &'a Calendar,
    stretches: Vec<SmoothStretch>,
}

impl<'a> CutShapes<'a> {
    /// The shapes over the horizon.
    pub(crate) fn new(shapes: &'a [Shape], calendar: &'a Calendar, horizon: u64) -> Self {
        let calendric =
            shapes.iter().any(|shape| matches!(shape, Shape::Diurnal { .. } | Shape::Weekly { .. }));
        let mut course = Self { shapes, calendar, stretches: Vec::new() };
        let mut start = 0_u64;
        for end in corners(shapes, calendar, horizon).into_iter().chain([horizon]) {
            if end <= start {
                continue;
            }
            let middle = start + (end - start) / 2;
            let local = if calendric { calendar.local(middle) } else { (0, false) };
            let mut stretch = SmoothStretch { start, end, step: end - start, middle, local };
            if !course.piece(&stretch).is_linear(start, end) {
                stretch.step = GRID;
            }
            course.stretches.push(stretch);
            start = end;
        }
        course
    }

    fn piece(&self, stretch: &SmoothStretch) -> Piece<'_> {
        let Self { shapes, calendar, .. } = self;
        Piece { shapes, calendar, middle: stretch.middle, local: stretch.local }
    }

    /// How many pieces it makes, before neighbours that are flat at the same rate are joined.
    pub(crate) fn pieces(&self) -> u64 {
        self.stretches.iter().map(|stretch| (stretch.end - stretch.start).div_ceil(stretch.step)).sum()
    }

    /// How often a shape is evaluated to make them.
    pub(crate) fn evaluations(&self) -> u64 {
        let ends = self.pieces().saturating_add(self.stretches.len() as u64);
        ends.saturating_mul(self.shapes.len() as u64)
    }

    /// The curve of the shapes' sum, times the spikes' product.
    ///
    /// # Errors
    /// When a rate overflows to infinity.
    pub(crate) fn curve(&self) -> Result<RateCurve, CurveError> {
        let mut segments = Vec::new();
        for stretch in &self.stretches {
            let piece = self.piece(stretch);
            let (mut at, mut rate_start) = (stretch.start, piece.rate(stretch.start));
            while at < stretch.end {
                let end = at.saturating_add(stretch.step).min(stretch.end);
                let rate_end = piece.rate(end);
                segments.push(Segment { end, rate_start, rate_end });
                (at, rate_start) = (end, rate_end);
            }
        }
        RateCurve::new(&merged(segments))
    }
}

/// Joins neighbours that are flat at the same rate, so that a night without traffic is one piece.
fn merged(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::with_capacity(segments.len());
    for segment in segments {
        let flat = |s: &Segment| s.rate_start.to_bits() == s.rate_end.to_bits();
        match out.last_mut() {
            Some(last)
                if flat(last)
                    && flat(&segment)
                    && last.rate_end.to_bits() == segment.rate_start.to_bits() =>
            {
                last.end = segment.end;
            }
            _ => out.push(segment),
        }
    }
    out
}

/// Moments within the horizon at which any shape has a corner or a jump.
fn corners(shapes: &[Shape], calendar: &Calendar, horizon: u64) -> BTreeSet<u64> {
    let mut corners = BTreeSet::new();
    if shapes.iter().any(|shape| matches!(shape, Shape::Diurnal { .. })) {
        corners.extend(calendar.transitions(horizon));
    }
    if shapes.iter().any(|shape| matches!(shape, Shape::Weekly { .. })) {
        corners.extend(calendar.midnights(horizon));
    }
    for shape in shapes {
        match *shape {
            // Those of the calendar are the same for all shapes.
            Shape::Constant { .. } | Shape::Diurnal { .. } | Shape::Weekly { .. } => {}
            Shape::Ramp { start, end, .. } => corners.extend([start, end]),
            Shape::Step { at, .. } => corners.extend([at]),
            Shape::Spike { at, rise, hold, fall, .. } => {
                let mut moment = at;
                corners.extend([moment]);
                for part in [rise, hold, fall] {
                    moment = moment.saturating_add(part);
                    corners.extend([moment]);
                }
            }
        }
    }
    corners.retain(|at| *at > 0 && *at < horizon);
    corners
}

/// A stretch without corners: which side of a jump it is on is told by its middle.
struct Piece<'a> {
    shapes: &'a [Shape],
    calendar: &'a Calendar,
    middle: u64,
    local: (i32, bool),
}

impl Piece<'_> {
    /// Whether the product is a straight line between the two moments.
    fn is_linear(&self, start: u64, end: u64) -> bool {
        if self
            .shapes
            .iter()
            .any(|shape| matches!(shape, Shape::Diurnal { amplitude, .. } if *amplitude > 0.0))
        {
            return false;
        }
        let changes = |value: (f64, f64)| value.0.to_bits() != value.1.to_bits();
        let sum_changes = changes((self.sum(start), self.sum(end)));
        let flanks = self
            .shapes
            .iter()
            .filter(|shape| changes((self.factor(shape, start), self.factor(shape, end))))
            .count();
        flanks == 0 || (flanks == 1 && !sum_changes)
    }

    fn rate(&self, at: u64) -> f64 {
        let factor: f64 = self.shapes.iter().map(|shape| self.factor(shape, at)).product();
        (self.sum(at) * factor).max(0.0)
    }

    fn sum(&self, at: u64) -> f64 {
        self.shapes.iter().map(|shape| self.term(shape, at)).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "a position within the horizon, to 10⁻⁹ of a second")]
    fn term(&self, shape: &Shape, at: u64) -> f64 {
        match *shape {
            Shape::Constant { rate } => rate,
            Shape::Diurnal { mean, amplitude, peak_s } => {
                let local_ns = i128::from(self.calendar.start_unix_ns)
                    + i128::from(at)
                    + i128::from(self.local.0) * 1_000_000_000;
                let second = local_ns.rem_euclid(86_400_000_000_000) as f64 / 1e9;
                let phase = (second - f64::from(peak_s)) / DAY_SECONDS;
                mean + amplitude * libm::cos(core::f64::consts::TAU * phase)
            }
            Shape::Weekly { rate, weekend_factor } => {
                if self.local.1 {
                    rate * weekend_factor
                } else {
                    rate
                }
            }
            Shape::Ramp { start, end, from, to } => {
                if self.middle < start {
                    from
                } else if self.middle >= end {
                    to
                } else {
                    from + (to - from) * ((at - start) as f64 / (end - start) as f64)
                }
            }
            Shape::Step { at: from, rate } => {
                if self.middle >= from {
                    rate
                } else {
                    0.0
                }
            }
            Shape::Spike { .. } => 0.0,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a flank")]
    fn factor(&self, shape: &Shape, at: u64) -> f64 {
        let Shape::Spike { at: begin, factor, rise, hold, fall } = *shape else { return 1.0 };
        let top = begin.saturating_add(rise);
        let down = top.saturating_add(hold);
        let over = down.saturating_add(fall);
        if self.middle < begin || self.middle >= over {
            1.0
        } else if self.middle < top {
            1.0 + (factor - 1.0) * ((at - begin) as f64 / rise as f64)
        } else if self.middle < down {
            factor
        } else {
            factor + (1.0 - factor) * ((at - down) as f64 / fall as f64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::language::quantity;

    fn build(shapes: &[Shape], calendar: &Calendar, horizon: u64) -> Result<RateCurve, CurveError> {
        CutShapes::new(shapes, calendar, horizon).curve()
    }

    const SECOND: u64 = 1_000_000_000;
    const HOUR: u64 = 3600 * SECOND;

    fn calendar(start: &str, zone: &str) -> Calendar {
        Calendar { start_unix_ns: quantity::instant(start).unwrap(), zone: quantity::zone(zone).unwrap() }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9 * b.abs().max(1.0)
    }

    #[test]
    fn rates_add_up_and_a_spike_multiplies_the_sum() {
        let shapes = [
            Shape::Constant { rate: 50.0 },
            Shape::Step { at: HOUR, rate: 30.0 },
            Shape::Spike { at: 2 * HOUR, factor: 10.0, rise: 0, hold: HOUR, fall: 0 },
        ];
        let curve = build(&shapes, &calendar("2026-01-01T00:00:00Z", "UTC"), 4 * HOUR).unwrap();
        // 50·1 h + 80·1 h + 800·1 h + 80·1 h
        assert!(close(curve.integral(4 * HOUR), (50.0 + 80.0 + 800.0 + 80.0) * 3600.0));
        assert_eq!(curve.segments().len(), 4);
    }

    #[test]
    fn a_ramp_holds_its_end_rates_and_is_exact() {
        let shapes = [Shape::Ramp { start: HOUR, end: 3 * HOUR, from: 10.0, to: 30.0 }];
        let curve = build(&shapes, &calendar("2026-01-01T00:00:00Z", "UTC"), 4 * HOUR).unwrap();
        assert!(close(curve.integral(4 * HOUR), (10.0 + 20.0 * 2.0 + 30.0) * 3600.0));
        assert!(close(curve.rate_at(2 * HOUR), 20.0));
    }

    #[test]
    fn a_diurnal_rate_peaks_at_the_local_time_and_averages_to_its_mean() {
        let shapes = [Shape::Diurnal { mean: 300.0, amplitude: 200.0, peak_s: 14 * 3600 }];
        let berlin = calendar("2026-06-01T00:00:00Z", "Europe/Berlin");
        let curve = build(&shapes, &berlin, 24 * HOUR).unwrap();
        assert!(close(curve.rate_at(12 * HOUR), 500.0), "14:00 in Berlin is 12:00 UTC in summer");
        assert!((curve.integral(24 * HOUR) / 86_400.0 - 300.0).abs() < 1e-6);
        let worst = (0..1440)
            .map(|minute| {
                let at = minute * 60 * SECOND + 30 * SECOND;
                let phase = (minute as f64 * 60.0 + 30.0) / 86_400.0 - 0.5;
                (curve.rate_at(at) - (300.0 + 200.0 * libm::cos(core::f64::consts::TAU * phase))).abs()
            })
            .fold(0.0, f64::max);
        assert!(worst < 2.5e-6 * 200.0, "{worst}");
    }

    #[test]
    fn daylight_saving_moves_the_peak_with_the_clock() {
        let shapes = [Shape::Diurnal { mean: 1.0, amplitude: 1.0, peak_s: 12 * 3600 }];
        let berlin = calendar("2026-03-28T00:00:00Z", "Europe/Berlin");
        let curve = build(&shapes, &berlin, 48 * HOUR).unwrap();
        assert!(close(curve.rate_at(11 * HOUR), 2.0), "noon is 11:00 UTC in winter");
        assert!(close(curve.rate_at(34 * HOUR), 2.0), "and 10:00 UTC after the change");
    }

    #[test]
    fn weekends_begin_at_local_midnight() {
        let shapes = [Shape::Weekly { rate: 100.0, weekend_factor: 0.4 }];
        let tokyo = calendar("2026-11-27T00:00:00Z", "Asia/Tokyo");
        let curve = build(&shapes, &tokyo, 48 * HOUR).unwrap();
        assert!(close(curve.rate_at(15 * HOUR - 1), 100.0), "Friday until 15:00 UTC");
        assert!(close(curve.rate_at(15 * HOUR), 40.0), "Saturday from there");
    }

    #[test]
    fn a_spike_on_a_flat_rate_is_four_pieces() {
        let shapes = [
            Shape::Constant { rate: 10.0 },
            Shape::Spike { at: HOUR, factor: 3.0, rise: HOUR, hold: HOUR, fall: HOUR },
        ];
        let curve = build(&shapes, &calendar("2026-01-01T00:00:00Z", "UTC"), 6 * HOUR).unwrap();
        assert_eq!(curve.segments().len(), 5);
        assert!(close(curve.integral(6 * HOUR), (10.0 + 20.0 + 30.0 + 20.0 + 20.0) * 3600.0));
    }
}
