//! Scaling activities and their cooldowns (`docs/aws/scaling-activities.md#cooldowns`).

use super::plan::CooldownStart;
use crate::units::{PolicyId, SimDuration, SimTime};

/// The last scaling activity of a policy, or of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The policy that brought it about.
    pub policy: PolicyId,
    /// Whether it added tasks.
    pub is_scale_out: bool,
    /// Count it started from; a larger scale-out within the cooldown keeps the first one's.
    pub from: i64,
    /// Desired count it set.
    pub to: i64,
    /// Time of the change of the desired count.
    pub started: SimTime,
    /// Time at which the running count reached the desired count; `None`: it has not yet.
    pub completed: Option<SimTime>,
}

impl Activity {
    /// Whether its cooldown still runs at `now`. It ends exactly `cooldown` after its start (inclusive: at that
    /// instant the full step is allowed again), and an activity that is not complete is always within it.
    #[must_use]
    pub fn in_cooldown(&self, now: SimTime, cooldown: SimDuration, start: CooldownStart) -> bool {
        self.cools_until(cooldown, start).is_none_or(|until| now < until)
    }

    /// End of the activity's cooldown; `None` while the activity whose completion starts the clock is not complete.
    #[must_use]
    pub fn cools_until(&self, cooldown: SimDuration, start: CooldownStart) -> Option<SimTime> {
        let since = match start {
            CooldownStart::ActivityStart => Some(self.started),
            CooldownStart::ActivityCompleted => self.completed,
        };
        since.map(|since| since + cooldown)
    }
}

/// A cooldown that runs while a policy is invoked: everything needed to check it by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cooldown {
    /// The activity that it follows.
    pub activity: Activity,
    /// Length of the cooldown \[ns\].
    pub length: SimDuration,
    /// End of the cooldown; `None`: its clock has not started, since the activity is not complete.
    pub until: Option<SimTime>,
    /// Tasks that were subtracted from the proposal because the activity had added them \[tasks\].
    pub credit: i64,
}
