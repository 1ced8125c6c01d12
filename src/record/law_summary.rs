//! A distribution of times as a histogram of so many requests, for flows, which know no single request.

use windtunnel_kernel::random::DiscretizedLaw;
use windtunnel_kernel::random::discretized_law::cell_start;

use super::histogram::Histogram;
use super::result::LatencySummary;

/// `count` times spread by `law`, none longer than `limit` \[ns\], as counts of a histogram that add up to `count`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "times within the grid, and counts"
)]
pub(super) fn summary(law: &DiscretizedLaw, count: u64, limit: f64) -> LatencySummary {
    const PARTS: usize = 8;
    let mut histogram = Histogram::default();
    if count == 0 {
        return LatencySummary { histogram, sum: 0, max: 0 };
    }
    let mut points = vec![(law.shift, law.atom)];
    for (index, mass) in law.cells.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        let low = if index == 0 { 0.0 } else { cell_start(index) };
        let step = (cell_start(index + 1) - low) / PARTS as f64;
        let part = |part: usize| (law.shift + low + (part as f64 + 0.5) * step, mass / PARTS as f64);
        points.extend((0..PARTS).map(part));
    }
    points.retain(|(time, _)| *time <= limit);
    let total: f64 = points.iter().map(|(_, mass)| mass).sum();
    if points.is_empty() || total <= 0.0 {
        points = vec![(limit.min(law.mean()), 1.0)];
    }
    let total = if total > 0.0 { total } else { 1.0 };
    let (mut share, mut placed, mut sum, mut max, mut placed_sum) = (0.0, 0_u64, 0.0, 0.0, 0_u128);
    for (time, mass) in &points {
        share += mass / total;
        sum += time * mass / total;
        // Half a request is one: the largest time is the one that half a request is expected beyond.
        let due = ((share * count as f64 + 0.5) as u64).min(count);
        if due > placed {
            histogram.record_many(*time as u64, due - placed);
            placed_sum += u128::from(*time as u64) * u128::from(due - placed);
            max = *time;
            placed = due;
        }
    }
    if placed < count {
        histogram.record_many(max as u64, count - placed);
        placed_sum += u128::from(max as u64) * u128::from(count - placed);
    }
    let (sum, max) = ((sum * count as f64) as u128, max as u64);
    // Of few requests none is expected in the tail that makes the mean of the law: their mean is then that of those counted.
    let sum = if sum > u128::from(max) * u128::from(count) { placed_sum } else { sum };
    LatencySummary { histogram, sum, max }
}

#[cfg(test)]
mod tests {
    use super::*;
    use windtunnel_kernel::random::Distribution;
    use windtunnel_kernel::serving::{Mixture, QueueingDelay};
    use windtunnel_kernel::units::SimDuration;

    fn exponential(millis: u64) -> DiscretizedLaw {
        DiscretizedLaw::of(&Distribution::exponential(SimDuration::from_millis(millis)).unwrap(), 1.0)
    }

    #[test]
    fn a_summary_counts_every_request_once_and_none_beyond_the_limit() {
        let mut mixture = Mixture::default();
        mixture.meet(&QueueingDelay { probable: 0.3, mean: 30e6 }, 1.0);
        let law = mixture.law(&exponential(40)).unwrap();
        for count in [0, 1, 2, 10, 999, 1_000_000] {
            let summary = summary(&law, count, 200e6);
            assert_eq!(summary.histogram.total(), count);
            assert!(summary.max <= 200_000_000);
            assert!(summary.sum <= u128::from(summary.max) * u128::from(count), "{count}");
        }
    }
}
