//! The rate of arrivals over time: linear pieces, each with its end and the rates at its two ends.

use alloc::vec::Vec;
use core::fmt;

/// One linear piece of a rate curve; it begins where the piece before it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// End of the piece [ns since second 0].
    pub end: u64,
    /// Rate at its beginning [requests/s], finite, ≥ 0.
    pub rate_start: f64,
    /// Rate at its end [requests/s], finite, ≥ 0.
    pub rate_end: f64,
}

/// An interval with a fixed number of arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountInterval {
    /// Beginning of the interval [ns since second 0].
    pub start: u64,
    /// End of the interval [ns since second 0], > `start`.
    pub end: u64,
    /// Arrivals within it.
    pub count: u64,
}

/// Error of a list of pieces that is not a rate curve; the number is the index of the offending piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveError {
    /// A piece ends where it begins, or before.
    NotIncreasing(usize),
    /// A rate is negative, infinite or NaN.
    BadRate(usize),
}

impl fmt::Display for CurveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotIncreasing(i) => {
                write!(f, "piece {i} of the rate curve ends where it begins, or before")
            }
            Self::BadRate(i) => write!(f, "piece {i} of the rate curve has a negative, infinite or NaN rate"),
        }
    }
}

/// A piecewise linear rate of arrivals; zero after its last piece.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RateCurve {
    segments: Vec<Segment>,
}

impl RateCurve {
    /// Longest piece that is kept whole \[ns\]: one day, so that positions within a piece are exact in an `f64`.
    const LONGEST: u64 = 86_400 * crate::units::NANOS_PER_SEC;

    /// A curve of the given pieces; pieces longer than a day are split.
    ///
    /// # Errors
    /// When ends do not increase or a rate is negative or not finite.
    pub fn new(pieces: &[Segment]) -> Result<Self, CurveError> {
        let mut segments = Vec::with_capacity(pieces.len());
        let mut start = 0_u64;
        for (index, piece) in pieces.iter().enumerate() {
            if piece.end <= start {
                return Err(CurveError::NotIncreasing(index));
            }
            let sound = |rate: f64| rate.is_finite() && rate >= 0.0;
            if !sound(piece.rate_start) || !sound(piece.rate_end) {
                return Err(CurveError::BadRate(index));
            }
            Self::push_split(&mut segments, start, *piece);
            start = piece.end;
        }
        Ok(Self { segments })
    }

    /// The same rate for `span` \[ns\].
    ///
    /// # Errors
    /// When the rate is negative or not finite, or the span is zero.
    pub fn constant(rate: f64, span: u64) -> Result<Self, CurveError> {
        Self::new(&[Segment { end: span, rate_start: rate, rate_end: rate }])
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a piece")]
    fn push_split(segments: &mut Vec<Segment>, start: u64, piece: Segment) {
        let length = piece.end - start;
        let parts = length.div_ceil(Self::LONGEST);
        let slope = (piece.rate_end - piece.rate_start) / length as f64;
        let mut rate = piece.rate_start;
        for part in 1..=parts {
            let end = if part == parts { piece.end } else { start + part * Self::LONGEST };
            let rate_end = if part == parts {
                piece.rate_end
            } else {
                piece.rate_start + slope * (part * Self::LONGEST) as f64
            };
            segments.push(Segment { end, rate_start: rate, rate_end });
            rate = rate_end;
        }
    }

    /// The curve between `from` and `until` [ns since second 0], as one that begins at second 0; what lies beyond its end is
    /// zero.
    #[must_use]
    pub fn slice(&self, from: u64, until: u64) -> Self {
        let mut segments = Vec::new();
        let first = self.segments.partition_point(|piece| piece.end <= from);
        let mut start = if first == 0 { 0 } else { self.segments[first - 1].end };
        for piece in &self.segments[first..] {
            if start >= until {
                break;
            }
            let (low, high) = (start.max(from), piece.end.min(until));
            if low < high {
                let rate = |at: u64| Self::within(start, piece, at);
                segments.push(Segment { end: high - from, rate_start: rate(low), rate_end: rate(high) });
            }
            start = piece.end;
        }
        Self { segments }
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a piece")]
    fn within(start: u64, piece: &Segment, at: u64) -> f64 {
        let share = (at - start) as f64 / (piece.end - start) as f64;
        let rate = piece.rate_start + (piece.rate_end - piece.rate_start) * share;
        if rate > 0.0 { rate } else { 0.0 }
    }

    /// The curve with every rate `factor` times as high; a factor that is not finite or is below zero counts as zero.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 0.0 };
        let scale = |piece: &Segment| Segment {
            end: piece.end,
            rate_start: piece.rate_start * factor,
            rate_end: piece.rate_end * factor,
        };
        Self { segments: self.segments.iter().map(scale).collect() }
    }

    /// The pieces, in order.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Expected arrivals before `until` [ns since second 0].
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an expectation")]
    pub fn integral(&self, until: u64) -> f64 {
        let mut sum = 0.0;
        let mut start = 0_u64;
        for piece in &self.segments {
            if start >= until {
                break;
            }
            let length = (piece.end - start) as f64;
            let covered = (piece.end.min(until) - start) as f64;
            let slope = (piece.rate_end - piece.rate_start) / length;
            sum += (piece.rate_start + slope * covered / 2.0) * covered / 1e9;
            start = piece.end;
        }
        sum
    }

    /// The rate at `at` [requests/s]; the right limit where the curve jumps.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of a piece")]
    pub fn rate_at(&self, at: u64) -> f64 {
        let index = self.segments.partition_point(|piece| piece.end <= at);
        let Some(piece) = self.segments.get(index) else { return 0.0 };
        let start = if index == 0 { 0 } else { self.segments[index - 1].end };
        let share = (at - start) as f64 / (piece.end - start) as f64;
        piece.rate_start + (piece.rate_end - piece.rate_start) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::NANOS_PER_SEC;

    #[test]
    fn the_integral_of_a_ramp_is_its_mean_times_its_length() {
        let ramp = [Segment { end: 10 * NANOS_PER_SEC, rate_start: 0.0, rate_end: 4.0 }];
        let curve = RateCurve::new(&ramp).unwrap();
        assert!((curve.integral(10 * NANOS_PER_SEC) - (0.0 + 4.0) / 2.0 * 10.0).abs() < 1e-9);
        assert!((curve.integral(5 * NANOS_PER_SEC) - (0.0 + 2.0) / 2.0 * 5.0).abs() < 1e-9);
        assert!((curve.rate_at(5 * NANOS_PER_SEC) - 2.0).abs() < 1e-12);
        assert!(curve.rate_at(10 * NANOS_PER_SEC).abs() < 1e-12);
    }

    #[test]
    fn a_long_piece_is_split_without_changing_the_curve() {
        let days = 7 * 86_400 * NANOS_PER_SEC;
        let ramp = [Segment { end: days, rate_start: 1.0, rate_end: 8.0 }];
        let curve = RateCurve::new(&ramp).unwrap();
        assert_eq!(curve.segments().len(), 7);
        assert!((curve.rate_at(days / 7 * 3) - 4.0).abs() < 1e-9);
        assert!((curve.integral(days) - 4.5 * 7.0 * 86_400.0).abs() < 1e-3);
    }

    #[test]
    fn a_slice_is_the_curve_between_two_instants_and_scaling_scales_its_integral() {
        let secs = |n: u64| n * NANOS_PER_SEC;
        let pieces = [
            Segment { end: secs(10), rate_start: 0.0, rate_end: 4.0 },
            Segment { end: secs(20), rate_start: 1.0, rate_end: 1.0 },
        ];
        let curve = RateCurve::new(&pieces).unwrap();
        let slice = curve.slice(secs(5), secs(15));
        assert!((slice.rate_at(0) - 2.0).abs() < 1e-12 && (slice.rate_at(secs(6)) - 1.0).abs() < 1e-12);
        let whole = curve.integral(secs(15)) - curve.integral(secs(5));
        assert!((slice.integral(secs(10)) - whole).abs() < 1e-9);
        assert!((slice.scaled(2.5).integral(secs(10)) - 2.5 * whole).abs() < 1e-9);
        assert!(curve.slice(secs(30), secs(40)).segments().is_empty());
    }

    #[test]
    fn bad_pieces_are_named() {
        let bad = |end, rate_start| RateCurve::new(&[Segment { end, rate_start, rate_end: 1.0 }]);
        assert_eq!(bad(0, 1.0), Err(CurveError::NotIncreasing(0)));
        assert_eq!(bad(1, -1.0), Err(CurveError::BadRate(0)));
        assert_eq!(bad(1, f64::NAN), Err(CurveError::BadRate(0)));
        assert_eq!(bad(1, f64::INFINITY), Err(CurveError::BadRate(0)));
    }
}
