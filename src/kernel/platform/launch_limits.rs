//! Launch limits: Fargate's token bucket, shared by the account, and the scheduler's rate for one service.

use alloc::collections::VecDeque;

use super::plan::LaunchLimits;
use crate::units::{SimDuration, SimTime};

/// Fargate's launch bucket (`docs/aws/launch-limits.md#launch-rate-of-an-account`: burst 100, refill 20/s, an account and
/// region), as a virtual schedule: a launch is due no earlier than `burst − 1` refill intervals before the bucket's
/// theoretical time.
#[derive(Clone, Debug)]
pub struct LaunchBucket {
    interval: u64,
    tolerance: u64,
    theoretical: u64,
}

impl LaunchBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(limits: &LaunchLimits) -> Self {
        // At least a token in a century, at most one a nanosecond.
        let rate = (limits.refill_per_s * limits.efficiency).clamp(1e-9, 1e9);
        let interval = SimDuration::from_nanos_f64(1e9 / rate).0.max(1);
        let tolerance = interval.saturating_mul(u64::from(limits.burst.max(1) - 1));
        Self { interval, tolerance, theoretical: 0 }
    }

    /// Takes one token at the earliest instant at or after `now`, and returns that instant.
    pub fn take(&mut self, now: SimTime) -> SimTime {
        let at = now.0.max(self.theoretical.saturating_sub(self.tolerance));
        self.theoretical = self.theoretical.max(at).saturating_add(self.interval);
        SimTime(at)
    }
}

/// Length of the window in which a service's launches are counted (documented as a rate a minute:
/// `docs/aws/launch-limits.md#launch-rate-of-a-service`).
const WINDOW: SimDuration = SimDuration::from_secs(60);

/// The scheduler's rate for one service (`docs/aws/launch-limits.md#launch-rate-of-a-service`: 500 tasks a minute): no
/// minute holds more launches.
#[derive(Clone, Debug)]
pub struct LaunchWindow {
    recent: VecDeque<SimTime>,
    per_minute: usize,
}

impl LaunchWindow {
    /// A window without launches.
    #[must_use]
    pub fn new(limits: &LaunchLimits) -> Self {
        let per_minute = limits.per_service_per_minute.max(1) as usize;
        Self { recent: VecDeque::new(), per_minute }
    }

    /// The earliest instant at or after `now` at which one more launch is allowed.
    #[must_use]
    pub fn earliest(&self, now: SimTime) -> SimTime {
        if self.recent.len() < self.per_minute {
            return now;
        }
        self.recent.front().map_or(now, |oldest| now.max(*oldest + WINDOW))
    }

    /// Notes a launch at `at`, which [`LaunchWindow::earliest`] allowed.
    pub fn note(&mut self, at: SimTime) {
        self.recent.push_back(at);
        if self.recent.len() > self.per_minute {
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::units::NANOS_PER_SEC;

    const LIMITS: LaunchLimits =
        LaunchLimits { burst: 100, refill_per_s: 20.0, efficiency: 1.0, per_service_per_minute: 500 };

    #[test]
    fn a_full_bucket_gives_a_hundred_at_once_and_then_twenty_a_second() {
        let mut bucket = LaunchBucket::new(&LIMITS);
        let launches: Vec<u64> = (0..140).map(|_| bucket.take(SimTime(0)).0).collect();
        assert_eq!(launches.iter().filter(|at| **at == 0).count(), 100);
        // Token 101 comes after 1/20 s, token 140 after 40/20 s.
        assert_eq!(launches[100], NANOS_PER_SEC / 20);
        assert_eq!(launches[139], 2 * NANOS_PER_SEC);
    }

    #[test]
    fn three_and_a_half_thousand_launches_take_the_documented_lower_bound() {
        // docs/aws/launch-limits.md#mass-launches: (3500 − 100) / 20 = 170 s.
        let mut bucket = LaunchBucket::new(&LIMITS);
        let last = (0..3_500).map(|_| bucket.take(SimTime(0)).0).max().unwrap();
        assert_eq!(last, 170 * NANOS_PER_SEC);
    }

    #[test]
    fn a_fractional_rate_and_an_efficiency_stretch_the_refill() {
        // Half a token a second at 80 %: one in 2.5 s.
        let limits = LaunchLimits { burst: 1, refill_per_s: 0.5, efficiency: 0.8, ..LIMITS };
        let mut bucket = LaunchBucket::new(&limits);
        let launches: Vec<u64> = (0..3).map(|_| bucket.take(SimTime(0)).0).collect();
        assert_eq!(launches, [0, 2_500_000_000, 5_000_000_000]);
    }

    #[test]
    fn no_minute_holds_more_than_five_hundred_launches_of_a_service() {
        let mut window = LaunchWindow::new(&LIMITS);
        let mut launches = Vec::new();
        for k in 0..1_200_u64 {
            let at = window.earliest(SimTime(k * NANOS_PER_SEC / 100));
            window.note(at);
            launches.push(at);
        }
        assert!(launches.windows(501).all(|w| w[500].since(w[0]) >= SimDuration::from_secs(60)));
        assert_eq!(launches[499], SimTime(499 * NANOS_PER_SEC / 100));
        assert_eq!(launches[500], SimTime(60 * NANOS_PER_SEC));
    }
}
