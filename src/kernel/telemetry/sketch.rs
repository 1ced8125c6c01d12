//! A sketch of the response times of one period: counts in 32 buckets an octave, so that a percentile is within 1.6 % of
//! the truth, a time can be taken back, and sketches of several periods add up exactly.

use alloc::vec::Vec;

/// Buckets an octave, as a power of two.
const SUB_BITS: u32 = 5;
/// Times below 2^10 ns (1.024 µs) share the first bucket with those just above.
const LOW_BITS: u32 = 10;
const ORIGIN: u64 = (1_023 + LOW_BITS as u64) << SUB_BITS;
const BUCKETS: usize = (63 - LOW_BITS as usize + 1) << SUB_BITS;

/// The bucket of a time \[ns\]: exponent and first five binary digits of its floating-point form.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "an index below BUCKETS, of a time below 2^63 ns"
)]
fn bucket_of(time: u64) -> usize {
    let clipped = time.clamp(1 << LOW_BITS, (1 << 63) - 1);
    (((clipped as f64).to_bits() >> (52 - SUB_BITS)) - ORIGIN) as usize
}

/// The middle of a bucket \[ns\].
#[expect(clippy::cast_precision_loss, reason = "a time within 1.6 %")]
fn middle_of(bucket: usize) -> f64 {
    let octave = (bucket >> SUB_BITS) as f64 + f64::from(LOW_BITS);
    let digits = (bucket & ((1 << SUB_BITS) - 1)) as f64 + 0.5;
    libm::exp2(octave) * (1.0 + digits / f64::from(1_u32 << SUB_BITS))
}

/// Counts of times that are still being added to; without a time it holds nothing.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    counts: Vec<u32>,
}

impl Sketch {
    /// Counts a time \[ns\].
    #[inline]
    pub fn record(&mut self, time: u64) {
        if self.counts.is_empty() {
            self.counts.resize(BUCKETS, 0);
        }
        let count = &mut self.counts[bucket_of(time)];
        *count = count.saturating_add(1);
    }

    /// Takes a time \[ns\] back that was counted before.
    pub fn take_back(&mut self, time: u64) {
        if let Some(count) = self.counts.get_mut(bucket_of(time)) {
            *count = count.saturating_sub(1);
        }
    }

    /// The buckets that hold anything, for keeping.
    #[must_use]
    pub fn close(&self) -> ClosedSketch {
        let held = self.counts.iter().zip(0_u16..).filter(|(count, _)| **count > 0);
        ClosedSketch { counts: held.map(|(count, bucket)| (bucket, u64::from(*count))).collect() }
    }
}

/// The times of a period that is over: bucket and count, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedSketch {
    counts: Vec<(u16, u64)>,
}

impl ClosedSketch {
    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        self.counts.extend_from_slice(&other.counts);
        self.counts.sort_unstable_by_key(|(bucket, _)| *bucket);
        self.counts.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 += if same { later.1 } else { 0 };
            same
        });
    }

    /// The time at quantile `p` in (0, 1), rank ⌈p·n⌉, at the middle of its bucket \[ns\]; `None` without any.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank among counts below 2^53"
    )]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let total: u64 = self.counts.iter().map(|(_, count)| count).sum();
        let rank = (libm::ceil(p * total as f64) as u64).clamp(1, total.max(1));
        let mut seen = 0;
        let at_rank = |(_, count): &&(u16, u64)| {
            seen += count;
            seen >= rank
        };
        self.counts.iter().find(at_rank).map(|(bucket, _)| middle_of(usize::from(*bucket)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn quantiles_are_within_a_sixtieth_of_the_truth_also_after_some_were_taken_back() {
        let mut rng = Rng::from_key(5);
        let mut sketch = Sketch::default();
        let mut kept = Vec::new();
        for _ in 0..20_000 {
            let octave = 12 + rng.below(20);
            let time = 2_000 + rng.below(1 << octave);
            sketch.record(time);
            if rng.below(3) == 0 {
                sketch.take_back(time);
            } else {
                kept.push(time);
            }
        }
        kept.sort_unstable();
        let times = sketch.close();
        for thousandths in [10, 500, 900, 990, 999] {
            let truth = kept[(thousandths * kept.len()).div_ceil(1_000) - 1] as f64;
            let found = times.quantile(thousandths as f64 / 1_000.0).unwrap();
            assert!((found / truth - 1.0).abs() < 1.0 / 60.0, "p{thousandths}: {found} and {truth}");
        }
    }

    #[test]
    fn periods_add_up_to_what_one_sketch_of_all_would_hold() {
        let mut rng = Rng::from_key(6);
        let (mut all, mut first, mut second) = (Sketch::default(), Sketch::default(), Sketch::default());
        for index in 0..1_000 {
            let time = rng.below(1 << 30);
            all.record(time);
            if index % 3 == 0 { first.record(time) } else { second.record(time) }
        }
        let mut sum = first.close();
        sum.add(&second.close());
        assert_eq!(sum, all.close());
        assert_eq!(ClosedSketch::default().quantile(0.5), None);
    }
}
