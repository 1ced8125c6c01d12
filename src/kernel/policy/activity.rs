//! Scaling activities and their cooldowns (`aws-scaling.md` §1.4).

use super::plan::CooldownStart;
use crate::units::{SimDuration, SimTime};

/// The last scaling activity of a policy, or of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Whether it added tasks.
    pub out: bool,
    /// Count it started from; a larger scale-out within the cooldown keeps the first one's.
    pub from: i64,
    /// Desired count it set.
    pub to: i64,
    /// When the desired count was changed.
    pub started: SimTime,
    /// When the running count reached the desired count; `None`: it has not yet.
    pub completed: Option<SimTime>,
}

impl Activity {
    /// Whether its cooldown still runs at `now`. It ends exactly `cooldown` after its start (inclusive: at that
    /// instant the full step is allowed again), and an activity that is not complete is always within it.
    #[must_use]
    pub fn cools(&self, now: SimTime, cooldown: SimDuration, start: CooldownStart) -> bool {
        let since = match start {
            CooldownStart::ActivityStart => Some(self.started),
            CooldownStart::ActivityCompleted => self.completed,
        };
        since.is_none_or(|since| now < since + cooldown)
    }
}
