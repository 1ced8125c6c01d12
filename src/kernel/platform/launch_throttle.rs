//! The wait of the scheduler after tasks that never reached `RUNNING`.

use super::plan::LaunchBackoff;
use crate::units::SimTime;

/// Wait after launches that failed, longer with each in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct LaunchThrottle {
    backoff: LaunchBackoff,
    failures: u32,
    until: SimTime,
}

impl LaunchThrottle {
    pub(super) const fn new(backoff: LaunchBackoff) -> Self {
        Self { backoff, failures: 0, until: SimTime::ZERO }
    }

    /// Until when nothing is launched.
    pub(super) const fn until(&self) -> SimTime {
        self.until
    }

    /// A task failed before it ran. Those that were launched together fail together and count once.
    pub(super) fn failed(&mut self, now: SimTime) {
        if now < self.until {
            return;
        }
        let wait = self.backoff.first.0.saturating_mul(1 << self.failures).min(self.backoff.longest.0);
        self.failures = (self.failures + 1).min(40);
        self.until = SimTime(now.0 + wait);
    }

    /// A task reached `RUNNING`: the failures in a row are over.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.until = SimTime::ZERO;
    }
}
