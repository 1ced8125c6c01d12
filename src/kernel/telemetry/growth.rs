//! Change of a task's memory with its age and its past.

use crate::units::TaskId;

/// Change of a task's memory with its age and its past.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MemoryGrowth {
    /// Gained every hour from `RUNNING` on \[B/h\].
    pub per_hour: u64,
    /// Gained at most \[B\]; `None`: no limit.
    pub limit: Option<u64>,
    /// Share of the memory of the most requests in service that stays, in [0, 1].
    pub retained: f64,
}

impl MemoryGrowth {
    /// Whether there is any.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.per_hour > 0 || self.retained > 0.0
    }
}

/// A task whose memory changes with its age and its past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aging {
    pub(super) task: TaskId,
    /// Since when it runs \[ns\].
    pub(super) since: u64,
    /// The largest mean number of requests in a place of one of its tasks that the service has had in a period since.
    pub(super) most: f64,
}

impl Aging {
    /// Memory that a task has gained, integrated from `from` to `to` \[ns\], both after it began to run [B·ns].
    #[expect(clippy::cast_precision_loss, reason = "an integral")]
    pub(super) fn gained(&self, growth: &MemoryGrowth, from: u64, to: u64) -> f64 {
        let (from, to) = (from.max(self.since) - self.since, to.max(self.since) - self.since);
        let rate = growth.per_hour as f64 / crate::units::NANOS_PER_HOUR as f64;
        // Up to an age the memory grows in a straight line; from then on it stays.
        let integral = |age: f64| match growth.limit {
            Some(limit) if rate * age > limit as f64 => limit as f64 * (age - limit as f64 / rate / 2.0),
            _ => rate * age * age / 2.0,
        };
        integral(to as f64) - integral(from as f64)
    }
}
