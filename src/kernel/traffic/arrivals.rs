//! The stream of arrival instants, drawn in batches.
//!
//! A Poisson process with a linear rate is drawn by inverting the integral of the rate, so it is exact: the k-th
//! arrival is where the integral reaches the sum of k unit exponentials. No arrival is thinned away and the rate is
//! never sampled on a grid. What is left of an exponential at the end of a piece carries over into the next.

use alloc::vec::Vec;

use super::TrafficPlan;
use super::curve::{CountInterval, RateCurve, Segment};
use crate::random::{Rng, exponential, fill_exponential, whole};
use crate::units::NANOS_PER_SEC;

/// Arrivals drawn at once.
const BATCH: usize = 256;

/// The arrivals of one service, in order of time.
#[derive(Clone, Debug)]
pub struct ArrivalStream<'p> {
    source: ArrivalSource<'p>,
    rng: Rng,
    buffer: Vec<u64>,
    next: usize,
    /// Nothing arrives any more.
    is_over: bool,
}

#[derive(Clone, Debug)]
enum ArrivalSource<'p> {
    Curve(CurveWalk<'p>),
    Counts(CountWalk<'p>),
}

/// State of a walk along a rate curve.
#[derive(Clone, Debug)]
struct CurveWalk<'p> {
    segments: &'p [Segment],
    index: usize,
    start: u64,
    /// Integral of the rate from the start of this piece to the next arrival \[requests\].
    target: f64,
    /// Gaps drawn ahead \[requests\]: unit exponentials, or exactly one; those before `used` were used.
    gaps: Vec<f64>,
    used: usize,
    random: bool,
}

/// State of a walk along counted intervals.
#[derive(Clone, Debug)]
struct CountWalk<'p> {
    intervals: &'p [CountInterval],
    index: usize,
    /// Arrivals of this interval that were drawn already.
    drawn: u64,
    /// Sum of the spacings so far, and of all spacings of this interval.
    sum: f64,
    total: f64,
}

impl<'p> ArrivalStream<'p> {
    /// The arrivals of `plan`, drawn from `rng`.
    #[must_use]
    pub fn new(plan: &'p TrafficPlan, mut rng: Rng) -> Self {
        let source = match plan {
            TrafficPlan::Poisson(curve) => {
                ArrivalSource::Curve(CurveWalk::new(curve, exponential(&mut rng), true))
            }
            TrafficPlan::EvenlySpaced(curve) => ArrivalSource::Curve(CurveWalk::new(curve, 0.5, false)),
            TrafficPlan::ExactCounts(intervals) => {
                ArrivalSource::Counts(CountWalk { intervals, index: 0, drawn: 0, sum: 0.0, total: 0.0 })
            }
        };
        Self { source, rng, buffer: Vec::with_capacity(BATCH), next: 0, is_over: false }
    }

    /// Whether anything arrives before `until` [ns since second 0].
    #[inline]
    pub fn has_before(&mut self, until: u64) -> bool {
        if self.next == self.buffer.len() {
            self.refill();
        }
        self.buffer.get(self.next).is_some_and(|at| *at < until)
    }

    /// The next arrivals before `until` [ns since second 0], at most `most` of them; empty when there is none.
    #[inline]
    pub fn take_before(&mut self, until: u64, most: usize) -> &[u64] {
        if self.next == self.buffer.len() {
            self.refill();
        }
        let first = self.next;
        let pending = &self.buffer[first..];
        let pending = &pending[..pending.len().min(most)];
        let count = match pending.last() {
            Some(last) if *last < until => pending.len(),
            _ => pending.partition_point(|at| *at < until),
        };
        self.next += count;
        &self.buffer[first..first + count]
    }

    fn refill(&mut self) {
        if self.is_over {
            return;
        }
        self.buffer.clear();
        self.next = 0;
        match &mut self.source {
            ArrivalSource::Curve(walk) => walk.fill(&mut self.rng, &mut self.buffer),
            ArrivalSource::Counts(walk) => walk.fill(&mut self.rng, &mut self.buffer),
        }
        // A batch is as large as it can be: an empty one is the last.
        self.is_over = self.buffer.is_empty();
    }
}

impl<'p> CurveWalk<'p> {
    fn new(curve: &'p RateCurve, target: f64, random: bool) -> Self {
        Self {
            segments: curve.segments(),
            index: 0,
            start: 0,
            target,
            gaps: alloc::vec![1.0; BATCH],
            used: BATCH,
            random,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "pieces are at most a day long: exact in an f64")]
    fn fill(&mut self, rng: &mut Rng, out: &mut Vec<u64>) {
        let mut hazards = [0.0_f64; BATCH];
        while out.len() < BATCH {
            let Some(piece) = self.segments.get(self.index) else { return };
            let length = (piece.end - self.start) as f64;
            let expected = (piece.rate_start + piece.rate_end) / 2.0 * (length / NANOS_PER_SEC as f64);
            let room = BATCH - out.len();
            let mut count = 0;
            while count < room && self.target < expected {
                if self.used == BATCH {
                    self.used = 0;
                    if self.random {
                        fill_exponential(rng, &mut self.gaps);
                    }
                }
                let (mut target, mut used) = (self.target, self.used);
                for (hazard, gap) in hazards[count..room].iter_mut().zip(&self.gaps[used..]) {
                    if target >= expected {
                        break;
                    }
                    *hazard = target;
                    target += gap;
                    used += 1;
                }
                count += used - self.used;
                (self.target, self.used) = (target, used);
            }
            invert(piece, length, &mut hazards[..count]);
            // A rounding error must not push an arrival beyond its piece. The sum stays below the piece's end.
            let start = self.start;
            out.extend(hazards[..count].iter().map(|offset| {
                let offset = if *offset < length { *offset } else { length };
                start.wrapping_add(whole(offset))
            }));
            if self.target >= expected {
                self.target -= expected;
                self.start = piece.end;
                self.index += 1;
            }
        }
    }
}

/// Replaces integrals of the rate since the start of `piece` by offsets from that start \[ns\].
///
/// a·t + b·t²/2 = h has the root t = 2h / (a + √(a² + 2bh)) = (h/a) · g(z) with z = bh / 2a², without cancellation.
/// On gentle pieces, |z| ≤ 1/128, g is its series Σ Cₙ(−z)ⁿ with the Catalan numbers Cₙ to the 7th power: the
/// remainder is below 2·10⁻¹⁴ of the offset, a thousandth of a nanosecond in a minute, at a third of the cost.
#[expect(clippy::float_cmp, reason = "equal ends mean a constant rate")]
#[expect(clippy::cast_precision_loss, reason = "a constant")]
fn invert(piece: &Segment, length: f64, hazards: &mut [f64]) {
    let per_nano = 1.0 / NANOS_PER_SEC as f64;
    let a = piece.rate_start * per_nano;
    if piece.rate_start == piece.rate_end {
        let spacing = NANOS_PER_SEC as f64 / piece.rate_start;
        for hazard in hazards {
            *hazard *= spacing;
        }
        return;
    }
    let b = (piece.rate_end - piece.rate_start) * per_nano / length;
    let whole_piece = (piece.rate_start + piece.rate_end) / 2.0 * per_nano * length;
    let steepest = b * whole_piece / (2.0 * a * a);
    if (-1.0 / 128.0..=1.0 / 128.0).contains(&steepest) {
        let (per_hazard, minus_z) = (1.0 / a, -b / (2.0 * a * a));
        for hazard in hazards {
            let y = *hazard * minus_z;
            let y2 = y * y;
            let low = (1.0 + y) + y2 * (2.0 + 5.0 * y);
            let high = (14.0 + 42.0 * y) + y2 * (132.0 + 429.0 * y);
            *hazard *= per_hazard * (low + (y2 * y2) * high);
        }
        return;
    }
    for hazard in hazards {
        let h = *hazard + f64::MIN_POSITIVE;
        let inner = a * a + 2.0 * b * h;
        let inner = if inner > 0.0 { inner } else { 0.0 };
        *hazard = 2.0 * h / (a + libm::sqrt(inner));
    }
}

impl CountWalk<'_> {
    /// n arrivals uniformly at random, in order: partial sums of n + 1 unit exponentials over their sum. The sum comes
    /// first, from a copy of the generator that then draws the same exponentials again.
    #[expect(clippy::cast_precision_loss, reason = "an interval is far shorter than 2⁵³ ns")]
    fn fill(&mut self, rng: &mut Rng, out: &mut Vec<u64>) {
        while out.len() < BATCH {
            let Some(interval) = self.intervals.get(self.index) else { return };
            if self.drawn == 0 && interval.count > 0 {
                let mut ahead = rng.clone();
                self.sum = 0.0;
                self.total = (0..=interval.count).map(|_| exponential(&mut ahead)).sum();
            }
            let length = interval.end - interval.start;
            while self.drawn < interval.count && out.len() < BATCH {
                self.sum += exponential(rng);
                let offset = whole(self.sum / self.total * length as f64);
                out.push(interval.start + offset.min(length - 1));
                self.drawn += 1;
            }
            if self.drawn == interval.count {
                if interval.count > 0 {
                    let _last_spacing = exponential(rng);
                }
                self.drawn = 0;
                self.index += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Streams};

    fn all(plan: &TrafficPlan, seed: u64) -> Vec<u64> {
        let mut stream = ArrivalStream::new(plan, Streams::new(seed, 0).stream(Purpose::ARRIVALS, "web"));
        let mut out = Vec::new();
        loop {
            let batch = stream.take_before(u64::MAX, 100);
            if batch.is_empty() {
                return out;
            }
            out.extend_from_slice(batch);
        }
    }

    fn curve(pieces: &[(u64, f64, f64)]) -> RateCurve {
        let pieces: Vec<Segment> = pieces
            .iter()
            .map(|(end, rate_start, rate_end)| Segment {
                end: end * NANOS_PER_SEC,
                rate_start: *rate_start,
                rate_end: *rate_end,
            })
            .collect();
        RateCurve::new(&pieces).unwrap()
    }

    #[test]
    fn evenly_spaced_arrivals_stand_in_the_middle_of_their_gaps() {
        let plan = TrafficPlan::EvenlySpaced(curve(&[(2, 4.0, 4.0)]));
        let quarter = NANOS_PER_SEC / 4;
        let expected: Vec<u64> = (0..8).map(|k| quarter / 2 + k * quarter).collect();
        assert_eq!(all(&plan, 1), expected);
    }

    #[test]
    fn evenly_spaced_arrivals_on_a_ramp_follow_the_square_root() {
        // Rate 2t: the integral is t², so the k-th arrival stands at √(k − ½).
        let plan = TrafficPlan::EvenlySpaced(curve(&[(10, 0.0, 20.0)]));
        let arrivals = all(&plan, 1);
        assert_eq!(arrivals.len(), 100);
        for (k, at) in arrivals.iter().enumerate() {
            let expected = libm::sqrt(k as f64 + 0.5) * 1e9;
            assert!((*at as f64 - expected).abs() < 2.0, "arrival {k}: {at} instead of {expected}");
        }
    }

    #[test]
    fn the_series_of_a_gentle_piece_agrees_with_the_root() {
        let length = 60.0 * 1e9;
        for (rate_start, rate_end) in [(100.0, 101.0), (1_000.0, 985.0), (5_000.0, 5_075.0)] {
            let piece = Segment { end: 60 * NANOS_PER_SEC, rate_start, rate_end };
            let expected = (rate_start + rate_end) / 2.0 * 60.0;
            let (a, b) = (rate_start * 1e-9, (rate_end - rate_start) * 1e-9 / length);
            let mut hazards: Vec<f64> = (1..=100).map(|k| expected * f64::from(k) / 100.0).collect();
            let roots: Vec<f64> =
                hazards.iter().map(|h| 2.0 * h / (a + libm::sqrt(a * a + 2.0 * b * h))).collect();
            invert(&piece, length, &mut hazards);
            assert!(
                hazards.iter().zip(&roots).all(|(x, y)| (x - y).abs() < 0.01),
                "{rate_start} to {rate_end}"
            );
        }
    }

    #[test]
    fn poisson_counts_have_the_mean_and_the_variance_of_the_integral_even_where_the_rate_jumps() {
        // Pieces far shorter than a gap: nothing may be lost or doubled at their ends.
        let pieces: Vec<(u64, f64, f64)> = (1..=2_000)
            .map(|k| (k, if k % 2 == 0 { 0.9 } else { 0.0 }, if k % 3 == 0 { 0.4 } else { 0.1 }))
            .collect();
        let curve = curve(&pieces);
        let mean = curve.integral(u64::MAX);
        let plan = TrafficPlan::Poisson(curve);
        let runs = 2_000_u32;
        let counts: Vec<f64> = (0..runs).map(|seed| all(&plan, u64::from(seed)).len() as f64).collect();
        let n = f64::from(runs);
        let average = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|c| (c - average) * (c - average)).sum::<f64>() / (n - 1.0);
        assert!((average - mean).abs() < 4.5 * libm::sqrt(mean / n), "{average} instead of {mean}");
        assert!((variance / mean - 1.0).abs() < 4.5 * libm::sqrt(2.0 / n), "dispersion {}", variance / mean);
    }

    #[test]
    fn exact_counts_are_exact_sorted_and_uniform() {
        let second = NANOS_PER_SEC;
        let intervals = vec![
            CountInterval { start: 0, end: 10 * second, count: 1_000 },
            CountInterval { start: 10 * second, end: 20 * second, count: 0 },
            CountInterval { start: 20 * second, end: 30 * second, count: 40_000 },
        ];
        let arrivals = all(&TrafficPlan::ExactCounts(intervals), 3);
        assert!(arrivals.is_sorted());
        assert_eq!(arrivals.iter().filter(|at| **at < 10 * second).count(), 1_000);
        assert_eq!(arrivals.iter().filter(|at| (10 * second..20 * second).contains(at)).count(), 0);
        assert_eq!(arrivals.len(), 41_000);
        let first_half = arrivals.iter().filter(|at| (20 * second..25 * second).contains(at)).count() as f64;
        // Binomial(40 000, ½): standard deviation 100.
        assert!((first_half - 20_000.0).abs() < 450.0, "{first_half}");
    }

    #[test]
    fn batches_do_not_change_the_stream() {
        let plan = TrafficPlan::Poisson(curve(&[(100, 50.0, 10.0)]));
        let whole = all(&plan, 5);
        let mut stream = ArrivalStream::new(&plan, Streams::new(5, 0).stream(Purpose::ARRIVALS, "web"));
        let mut pieces = Vec::new();
        for step in 1..=1_000_u64 {
            loop {
                let batch = stream.take_before(step * NANOS_PER_SEC / 10, 7);
                if batch.is_empty() {
                    break;
                }
                assert!(batch.iter().all(|at| *at < step * NANOS_PER_SEC / 10));
                pieces.extend_from_slice(batch);
            }
        }
        assert_eq!(pieces, whole);
    }
}
