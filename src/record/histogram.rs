//! The latency histogram: log-linear, 128 buckets an octave, so that a percentile is within 0.8 % of the truth, a
//! record is one increment, and a merge is exact addition (the same result in any order, on any machine).

use std::ops::Range;

use windtunnel_kernel::grid::LogLinear;

/// 128 buckets an octave.
type BucketGrid = LogLinear<7>;

/// Counts of times by bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BucketGrid::CELLS], total: 0 }
    }
}

impl Histogram {
    /// Counts one value \[ns\].
    pub fn record(&mut self, value: u64) {
        self.counts[BucketGrid::cell_of(value)] += 1;
        self.total += 1;
    }

    /// Counts one value \[ns\] so many times.
    pub(super) fn record_many(&mut self, value: u64, times: u64) {
        self.counts[BucketGrid::cell_of(value)] += times;
        self.total += times;
    }

    /// Values counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The value at quantile `q` in [0, 1] \[ns\]: rank ⌈q·n⌉ (at least 1), placed within its bucket by rank. `None`
    /// when nothing was counted.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        quantile_of(self.counts.iter().copied().enumerate(), self.total, q)
    }

    /// The buckets that hold anything, in order: `(lower edge, upper edge, count)` [ns, ns, values].
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let clip = |edge: u128| u64::try_from(edge).unwrap_or(u64::MAX);
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(move |(bucket, count)| {
            (clip(BucketGrid::lower_edge(bucket)), clip(BucketGrid::lower_edge(bucket + 1)), *count)
        })
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
    }

    /// Takes away the counts of `other`, all of which were added before.
    pub fn take_away(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_sub(*theirs);
        }
        self.total = self.total.saturating_sub(other.total);
    }

    /// Adds the counts of an open histogram, whose counts are all in `live`.
    pub(super) fn absorb(&mut self, open: &OpenHistogram, live: Range<usize>) {
        for (mine, theirs) in self.counts[live.clone()].iter_mut().zip(&open.counts[live]) {
            *mine += u64::from(*theirs);
            self.total += u64::from(*theirs);
        }
    }
}

/// The histogram of the minute that is being simulated: half the size, so that its live part stays in the cache.
#[derive(Clone, Debug)]
pub(super) struct OpenHistogram {
    counts: Vec<u32>,
}

impl Default for OpenHistogram {
    fn default() -> Self {
        Self { counts: vec![0; BucketGrid::CELLS] }
    }
}

impl OpenHistogram {
    #[inline]
    pub(super) fn record(&mut self, value: u64) {
        self.counts[BucketGrid::cell_of(value)] += 1;
    }

    /// Records `to − from` for two columns; returns the sum and the largest of these spans.
    #[inline]
    pub(super) fn record_spans(&mut self, from: &[u64], to: &[u64]) -> (u128, u64) {
        let counts = self.counts.as_mut_slice();
        let (mut sum, mut max) = (0_u64, 0);
        for (from, to) in from.iter().zip(to) {
            let span = to - from;
            counts[BucketGrid::cell_of(span)] += 1;
            sum = sum.wrapping_add(span);
            max = max.max(span);
        }
        // Short columns of spans below two years cannot wrap; anything else is added up again, wider.
        if max < 1 << 56 && to.len() <= 256 {
            (u128::from(sum), max)
        } else {
            (from.iter().zip(to).map(|(from, to)| u128::from(to - from)).sum(), max)
        }
    }

    /// Takes back a value that was recorded.
    pub(super) fn remove(&mut self, value: u64) {
        self.counts[BucketGrid::cell_of(value)] -= 1;
    }

    /// Adds the counts of `other`.
    pub(super) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// The upper edge of the highest bucket that holds anything \[ns\]; 0 when none does.
    pub(super) fn highest(&self) -> u64 {
        let bucket = self.counts.iter().rposition(|count| *count > 0);
        bucket.map_or(0, |bucket| u64::try_from(BucketGrid::lower_edge(bucket + 1)).unwrap_or(u64::MAX))
    }

    /// Buckets that can hold anything when no value is above `max` \[ns\]: a minute touches a tenth of them, and what goes
    /// over a minute goes over these only.
    pub(super) fn live(&self, max: u64) -> Range<usize> {
        const CHUNK: usize = 64;
        let end = BucketGrid::cell_of(max) + 1;
        let empty =
            self.counts[..end].chunks(CHUNK).take_while(|chunk| chunk.iter().fold(0, |any, c| any | c) == 0);
        (empty.count() * CHUNK).min(end)..end
    }

    /// Forgets the counts in `live`.
    pub(super) fn clear(&mut self, live: Range<usize>) {
        self.counts[live].fill(0);
    }

    /// The values at three quantiles, as in [`Histogram::quantile`], of this and `other` together, all of whose counts
    /// are in `live`.
    pub(super) fn quantiles(
        &self,
        other: Option<&Self>,
        live: Range<usize>,
        total: u64,
        qs: [f64; 3],
    ) -> [Option<u64>; 3] {
        let second = |bucket: usize| other.map_or(0, |other| u64::from(other.counts[bucket]));
        qs.map(|q| {
            let mine = self.counts[live.clone()].iter().enumerate();
            let counts = mine.map(|(i, count)| (live.start + i, u64::from(*count) + second(live.start + i)));
            quantile_of(counts, total, q)
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rank between 1 and the total"
)]
fn quantile_of(counts: impl Iterator<Item = (usize, u64)>, total: u64, q: f64) -> Option<u64> {
    if total == 0 {
        return None;
    }
    let rank = ((q * total as f64).ceil() as u64).clamp(1, total);
    let mut below = 0;
    for (bucket, count) in counts {
        if below + count >= rank {
            if bucket == 0 {
                // Below a microsecond is as good as nothing: a median wait of nothing reads 0.
                return Some(0);
            }
            let (low, high) = (BucketGrid::lower_edge(bucket), BucketGrid::lower_edge(bucket + 1));
            // The k-th of `count` values stands in the middle of the k-th of `count` equal parts.
            let place = 2 * u128::from(rank - below) - 1;
            let value = low + (high - low) * place / (2 * u128::from(count));
            return Some(u64::try_from(value).unwrap_or(u64::MAX));
        }
        below += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_within_its_bucket_and_buckets_are_narrow() {
        let mut value = 1_u64;
        while value < 1 << 62 {
            for probe in [value - 1, value, value + value / 3] {
                let bucket = BucketGrid::cell_of(probe);
                let (low, high) = (BucketGrid::lower_edge(bucket), BucketGrid::lower_edge(bucket + 1));
                assert!((low..high).contains(&u128::from(probe)), "{probe} is not in [{low}, {high})");
                assert!(bucket == 0 || (high - low) * 128 <= low, "[{low}, {high}) is wide");
            }
            value = value * 3 / 2 + 1;
        }
    }

    #[test]
    fn quantiles_of_a_known_sample_are_within_a_bucket() {
        let mut histogram = Histogram::default();
        for millis in 1..=1000_u64 {
            histogram.record(millis * 1_000_000);
        }
        for (q, truth) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0), (1.0, 1000.0), (0.0, 1.0)] {
            let value = histogram.quantile(q).unwrap() as f64 / 1e6;
            assert!((value / truth - 1.0_f64).abs() < 0.008, "q {q}: {value}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
    }

    #[test]
    fn a_merge_is_the_same_as_recording_everything_in_one() {
        let (mut all, mut left, mut right) =
            (Histogram::default(), Histogram::default(), Histogram::default());
        for value in (0..50_000_u64).map(|i| i * i * 977) {
            all.record(value);
            if value % 2 == 0 { left.record(value) } else { right.record(value) }
        }
        left.merge(&right);
        assert_eq!(left, all);
        assert_eq!(all.buckets().map(|(_, _, count)| count).sum::<u64>(), all.total());
    }
}
