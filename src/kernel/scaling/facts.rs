//! Facts that scaling controllers state, from which a decision log is made.

use super::aas::{AlarmEvaluated, PolicyInvoked, ScheduledActionRan, SuspensionChanged};
use crate::units::SimTime;

/// A fact about scaling.
#[derive(Clone, Copy, Debug)]
pub enum ScalingFact<'a> {
    /// An alarm was evaluated; whether its state changed, the evaluation says.
    AlarmEvaluated(AlarmEvaluated<'a>),
    /// A policy was invoked.
    PolicyInvoked(PolicyInvoked<'a>),
    /// An occurrence of a scheduled action ran, failed or was skipped.
    ScheduledActionRan(ScheduledActionRan<'a>),
    /// The suspended state changed.
    SuspensionChanged(SuspensionChanged),
    /// Move of the desired count to within the bounds, at second 0.
    DesiredClamped {
        /// Desired count before \[tasks\].
        before: u32,
        /// Desired count after \[tasks\].
        after: u32,
    },
    /// Completion of a scaling activity: as many tasks run as it asked for, and its cooldown starts.
    ActivityCompleted {
        /// Time of the completion.
        at: SimTime,
        /// Desired count, which is the running count \[tasks\].
        desired: u32,
    },
    /// A controller without policies and alarms decided.
    Decided(ControllerDecision<'a>),
}

/// A decision of a controller that has no policies and alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControllerDecision<'a> {
    /// Time of the decision.
    pub at: SimTime,
    /// Name of the controller.
    pub controller: &'a str,
    /// Reason in words, for the decision log.
    pub reason: &'a str,
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count before \[tasks\].
    pub desired_before: u32,
    /// Desired count after \[tasks\].
    pub desired_after: u32,
}
