//! Scheduled actions and the suspended state: what moves the bounds by the clock, and what holds scaling back
//! (`docs/aws/scheduled-actions.md`). When an action is due was worked out by the scenario; zones and calendars are not
//! known here.

use alloc::string::String;
use alloc::vec::Vec;

use crate::random::{Purpose, Streams};
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
    /// Due times, in order \[ns since second 0\].
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
    pub const fn stops(self, is_scale_out: bool) -> bool {
        if is_scale_out { self.dynamic_scaling_out } else { self.dynamic_scaling_in }
    }

    /// Unites the two: suspended is what either of them suspends.
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
    /// Beginning of the suspension \[ns since second 0\].
    pub from: SimTime,
    /// End of the suspension \[ns since second 0\]; `None`: it lasts to the horizon.
    pub until: Option<SimTime>,
    /// Suspended kinds of scaling.
    pub suspended: Suspended,
}

/// Schedule of a scalable target: its scheduled actions and suspensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchedulePlan {
    /// Scheduled actions, in the order of the scenario file.
    pub actions: Vec<ScheduledPlan>,
    /// Suspensions; they may overlap.
    pub suspensions: Vec<SuspensionPlan>,
    /// `schedule_jitter`: an occurrence is late by U[0, this) \[ns\].
    pub jitter: SimDuration,
}

/// Result of one occurrence of a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduledOutcome {
    /// The bounds were set.
    Applied,
    /// `MinCapacity` would have been above `MaxCapacity`: the activity failed and the occurrence is used up.
    MinAboveMax,
    /// Scheduled scaling was suspended: the occurrence is skipped.
    Suspended,
}

impl SchedulePlan {
    /// Kinds of scaling that all suspensions together suspend at `now`.
    #[must_use]
    pub fn suspended_at(&self, now: SimTime) -> Suspended {
        let is_on =
            |window: &&SuspensionPlan| window.from <= now && window.until.is_none_or(|until| now < until);
        let on = self.suspensions.iter().filter(is_on);
        on.fold(Suspended::default(), |sum, window| sum.or(window.suspended))
    }

    /// Every instant at which a suspension begins or ends, in order, each once.
    pub(super) fn turns(&self) -> Vec<SimTime> {
        let mut turns: Vec<SimTime> = self.suspensions.iter().map(|suspension| suspension.from).collect();
        turns.extend(self.suspensions.iter().filter_map(|suspension| suspension.until));
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

/// One occurrence of a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// Time at which it runs.
    pub(super) at: SimTime,
    /// Time at which it is due.
    pub(super) due: SimTime,
    /// Index of the action, in the order of the plan.
    pub(super) action: usize,
}

/// All occurrences of a service's actions, the last to run first. Each is late by a draw of its own action's stream, but none
/// overtakes one that was due before it or was declared before it: the order within a target is kept (documented:
/// `docs/aws/scheduled-actions.md`).
pub(super) fn occurrences(schedule: &SchedulePlan, service: &str, streams: Streams) -> Vec<Occurrence> {
    let mut all = Vec::new();
    for (action, plan) in schedule.actions.iter().enumerate() {
        let key = alloc::format!("{service}/{}", plan.name);
        let mut lateness = streams.stream(Purpose::SCHEDULE_JITTER, &key);
        for due in &plan.occurrences {
            let late = if schedule.jitter.0 == 0 { 0 } else { lateness.below(schedule.jitter.0) };
            all.push(Occurrence { at: SimTime(due.0 + late), due: *due, action });
        }
    }
    all.sort_by_key(|occurrence| (occurrence.due, occurrence.action));
    let mut latest = SimTime::ZERO;
    for occurrence in &mut all {
        latest = latest.max(occurrence.at);
        occurrence.at = latest;
    }
    all.reverse();
    all
}
