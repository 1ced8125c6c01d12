//! Facts of Application Auto Scaling: evaluations of alarms, invocations of policies, scheduled actions, suspensions.

use super::policy_set::Decision;
use super::scheduled::{ScheduledOutcome, Suspended};
use crate::telemetry::{AlarmPlan, AlarmState, Evaluation};
use crate::units::{PolicyId, SimDuration, SimTime};

/// One evaluation of an alarm.
#[derive(Clone, Copy, Debug)]
pub struct AlarmEvaluated<'a> {
    /// Time of the evaluation.
    pub at: SimTime,
    /// Policy whose alarm it is.
    pub policy: PolicyId,
    /// Declaration of the alarm.
    pub alarm: &'a AlarmPlan,
    /// State before.
    pub before: AlarmState,
    /// The real datapoints among the newest N, and the state after.
    pub evaluation: &'a Evaluation,
    /// Evaluation range, oldest first; `None`: a missing datapoint.
    pub range: &'a [Option<f64>],
    /// End of the newest period in the range: the newest whose datapoint can be read; `None`: none can yet.
    pub newest: Option<SimTime>,
    /// Delay from the end of that period until its datapoint could be read \[ns\]; zero where there is none.
    pub delay: SimDuration,
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// One occurrence of a scheduled action, whatever came of it.
#[derive(Clone, Copy, Debug)]
pub struct ScheduledActionRan<'a> {
    /// Time of the run: as late as `schedule_jitter` made it.
    pub at: SimTime,
    /// Time at which it was due.
    pub due: SimTime,
    /// Name of the action.
    pub name: &'a str,
    /// Outcome.
    pub outcome: ScheduledOutcome,
    /// Bounds that it asks for: `MinCapacity` and `MaxCapacity`, where it does \[tasks\].
    pub asked: (Option<u32>, Option<u32>),
    /// `MinCapacity` and `MaxCapacity` before \[tasks\].
    pub bounds_before: (u32, u32),
    /// `MinCapacity` and `MaxCapacity` after \[tasks\].
    pub bounds_after: (u32, u32),
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count before \[tasks\].
    pub desired_before: u32,
    /// Desired count after: moved within the new bounds \[tasks\].
    pub desired_after: u32,
}

/// A change of the suspended state.
#[derive(Clone, Copy, Debug)]
pub struct SuspensionChanged {
    /// Time of the change.
    pub at: SimTime,
    /// Suspended state before.
    pub before: Suspended,
    /// Suspended state from now on.
    pub after: Suspended,
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// One invocation of a policy.
#[derive(Clone, Copy, Debug)]
pub struct PolicyInvoked<'a> {
    /// Time of the invocation.
    pub at: SimTime,
    /// Decision.
    pub decision: &'a Decision,
    /// Alarm that invoked it.
    pub alarm: &'a AlarmPlan,
    /// Datapoints that the alarm evaluated.
    pub datapoints: &'a [f64],
    /// Periods that are newer than the newest of them, could be read, and have none.
    pub missing: u32,
    /// The policy whose proposal was carried out at the same instant, if any was.
    pub winner: Option<PolicyId>,
    /// Running count then \[tasks\].
    pub running: u32,
}
