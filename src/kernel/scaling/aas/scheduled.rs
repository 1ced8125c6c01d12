//! Scheduled actions and the suspended state: what moves the bounds by the clock, and what holds scaling back
//! (`docs/aws/scheduled-actions.md`). When an action is due was worked out by the scenario; zones and calendars are not
//! known here.

use alloc::string::String;
use alloc::vec::Vec;

use crate::units::{SimDuration, SimTime};

/// A scheduled action: at each of its occurrences it sets one bound or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledPlan {
    /// The user's name for it; part of the key of its lateness.
    pub name: String,
    /// New `MinCapacity` \[tasks\]; `None`: it stays.
    pub min_capacity: Option<u32>,
    /// New `MaxCapacity` \[tasks\]; `None`: it stays.
    pub max_capacity: Option<u32>,
    /// When it is due, in order \[ns since second 0\].
    pub occurrences: Vec<SimTime>,
}

/// `SuspendedState`: what Application Auto Scaling does not do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`: policies do not scale in.
    pub dynamic_scaling_in: bool,
    /// `DynamicScalingOutSuspended`: policies do not scale out.
    pub dynamic_scaling_out: bool,
    /// `ScheduledScalingSuspended`: scheduled actions do not run.
    pub scheduled_scaling: bool,
}

impl Suspended {
    /// Whether policies may not scale in this direction.
    #[must_use]
    pub const fn stops(self, out: bool) -> bool {
        if out { self.dynamic_scaling_out } else { self.dynamic_scaling_in }
    }

    /// What either of the two suspends.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            dynamic_scaling_in: self.dynamic_scaling_in || other.dynamic_scaling_in,
            dynamic_scaling_out: self.dynamic_scaling_out || other.dynamic_scaling_out,
            scheduled_scaling: self.scheduled_scaling || other.scheduled_scaling,
        }
    }

    /// Whether `later` lets policies do something that `self` does not.
    #[must_use]
    pub const fn is_resumed_by(self, later: Self) -> bool {
        (self.dynamic_scaling_in && !later.dynamic_scaling_in)
            || (self.dynamic_scaling_out && !later.dynamic_scaling_out)
    }
}

/// A time in which something is suspended: [from, until).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuspensionPlan {
    /// Its beginning \[ns since second 0\].
    pub from: SimTime,
    /// Its end \[ns since second 0\]; `None`: it lasts to the horizon.
    pub until: Option<SimTime>,
    /// What is suspended meanwhile.
    pub suspended: Suspended,
}

/// What the clock does to a service's scaling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockPlan {
    /// Scheduled actions, in the order of the scenario file.
    pub actions: Vec<ScheduledPlan>,
    /// Suspensions; they may overlap.
    pub suspensions: Vec<SuspensionPlan>,
    /// `schedule_jitter`: an occurrence is late by U[0, this) \[ns\].
    pub jitter: SimDuration,
}

/// What came of one occurrence of a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduledOutcome {
    /// The bounds were set.
    Applied,
    /// `MinCapacity` would have been above `MaxCapacity`: the activity failed and the occurrence is used up.
    MinAboveMax,
    /// Scheduled scaling was suspended: the occurrence is skipped.
    Suspended,
}
