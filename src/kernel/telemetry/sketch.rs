//! A sketch of the response times of one period: counts in 32 buckets an octave, so that a percentile is within 1.6 % of
//! the truth, a time can be taken back, and sketches of several periods add up exactly.

use alloc::vec::Vec;

use crate::grid::LogLinear;

/// 32 buckets an octave.
type Buckets = LogLinear<5>;

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
            self.counts.resize(Buckets::CELLS, 0);
        }
        let count = &mut self.counts[Buckets::cell_of(time)];
        *count = count.saturating_add(1);
    }

    /// Takes a time \[ns\] back that was counted before.
    pub fn take_back(&mut self, time: u64) {
        if let Some(count) = self.counts.get_mut(Buckets::cell_of(time)) {
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
        self.counts.iter().find(at_rank).map(|(bucket, _)| Buckets::middle(usize::from(*bucket)))
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
