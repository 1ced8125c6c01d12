//! Who hears of the control plane: what [`Probe`] is for requests and tasks, [`Observer`] is for the whole.

use crate::facts::Probe;
use crate::platform::{FaultPlan, TaskCounts};
use crate::scaling::aas::{Decision, ScheduledOutcome, Suspended};
use crate::telemetry::{AlarmPlan, AlarmState, Evaluation, UsageTotals};
use crate::units::{PolicyId, ServiceId, SimDuration, SimTime};

/// An alarm was evaluated, whatever came of it.
#[derive(Clone, Copy, Debug)]
pub struct AlarmEvaluated<'a> {
    /// When.
    pub at: SimTime,
    /// Whose alarm it is.
    pub policy: PolicyId,
    /// How it was declared.
    pub alarm: &'a AlarmPlan,
    /// The state before.
    pub before: AlarmState,
    /// The real datapoints among the newest N, and the state after.
    pub evaluation: &'a Evaluation,
    /// The evaluation range, oldest first; `None`: a missing datapoint.
    pub range: &'a [Option<f64>],
    /// End of the newest period in the range: the newest whose datapoint can be read; `None`: none can yet.
    pub newest: Option<SimTime>,
    /// From the end of that period until its datapoint could be read \[ns\]; zero where there is none.
    pub delay: SimDuration,
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// An occurrence of a scheduled action, whatever came of it.
#[derive(Clone, Copy, Debug)]
pub struct ScheduledRan<'a> {
    /// When it ran: as late as `schedule_jitter` made it.
    pub at: SimTime,
    /// When it was due.
    pub due: SimTime,
    /// Its name.
    pub name: &'a str,
    /// What came of it.
    pub outcome: ScheduledOutcome,
    /// The bounds that it asks for: `MinCapacity` and `MaxCapacity`, where it does \[tasks\].
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

/// The suspended state changed.
#[derive(Clone, Copy, Debug)]
pub struct SuspensionChanged {
    /// When.
    pub at: SimTime,
    /// What was suspended before.
    pub before: Suspended,
    /// What is suspended from now on.
    pub after: Suspended,
    /// Running count then \[tasks\].
    pub running: u32,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// A policy was invoked.
#[derive(Clone, Copy, Debug)]
pub struct PolicyInvoked<'a> {
    /// When.
    pub at: SimTime,
    /// What came of it.
    pub decision: &'a Decision,
    /// The alarm that invoked it.
    pub alarm: &'a AlarmPlan,
    /// The datapoints the alarm evaluated.
    pub datapoints: &'a [f64],
    /// Periods that are newer than the newest of them, could be read, and have none.
    pub missing: u32,
    /// The policy whose proposal was carried out at the same instant, if any was.
    pub winner: Option<PolicyId>,
    /// Running count then.
    pub running: u32,
}

/// A fault begins or is over.
#[derive(Clone, Copy, Debug)]
pub struct FaultMoved<'a> {
    /// When.
    pub at: SimTime,
    /// Which of the service's faults.
    pub index: usize,
    /// How it was declared.
    pub fault: &'a FaultPlan,
    /// Whether it begins.
    pub begins: bool,
    /// Tasks that it hit as it began.
    pub tasks: usize,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// A metric period is over.
#[derive(Clone, Copy, Debug)]
pub struct MinuteClosed {
    /// When it ended.
    pub end: SimTime,
    /// What was used in it.
    pub usage: UsageTotals,
    /// CPU used ÷ reserved, in [0, 1].
    pub cpu_utilization: Option<f64>,
    /// Memory used ÷ reserved.
    pub memory_utilization: Option<f64>,
    /// Tasks at its end.
    pub counts: TaskCounts,
    /// Desired count at its end.
    pub desired: u32,
}

/// Hears of everything it does not leave unheard.
pub trait Observer: Probe {
    /// An alarm was evaluated; whether its state changed, the evaluation says.
    fn alarm_evaluated(&mut self, service: ServiceId, evaluated: &AlarmEvaluated<'_>) {
        let _ = (service, evaluated);
    }
    /// An occurrence of a scheduled action ran, failed or was skipped.
    fn scheduled_action(&mut self, service: ServiceId, ran: &ScheduledRan<'_>) {
        let _ = (service, ran);
    }
    /// The suspended state changed.
    fn suspension_changed(&mut self, service: ServiceId, change: &SuspensionChanged) {
        let _ = (service, change);
    }
    /// A policy was invoked.
    fn policy_invoked(&mut self, service: ServiceId, invoked: &PolicyInvoked<'_>) {
        let _ = (service, invoked);
    }
    /// At second 0 the desired count was moved within min and max.
    fn desired_clamped(&mut self, service: ServiceId, before: u32, after: u32) {
        let _ = (service, before, after);
    }
    /// The running count has reached the desired count after a change.
    fn activity_completed(&mut self, service: ServiceId, at: SimTime, desired: u32) {
        let _ = (service, at, desired);
    }
    /// A fault begins or is over.
    fn fault_moved(&mut self, service: ServiceId, moved: &FaultMoved<'_>) {
        let _ = (service, moved);
    }
    /// A metric period is over.
    fn period_closed(&mut self, service: ServiceId, period: &MinuteClosed) {
        let _ = (service, period);
    }
    /// Requests that arrive from now on count in the statistics.
    fn warmup_ended(&mut self, at: SimTime) {
        let _ = at;
    }
    /// Asked at the end of every metric period whether the run goes on; it always does unless an observer says so.
    ///
    /// # Errors
    /// Why the run is to be stopped.
    fn go_on(&mut self, _at: SimTime) -> Result<(), Stop> {
        Ok(())
    }
    /// Asked now and then between, after so much work, whether anybody still wants the run.
    fn is_wanted(&self) -> bool {
        true
    }
}

/// Why an observer stops a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Whoever asked for the run no longer wants it.
    Interrupted,
    /// More requests than the run was allowed.
    OverBudget,
}

/// Hears nothing and costs nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Probe for NoObserver {}

impl Observer for NoObserver {}
