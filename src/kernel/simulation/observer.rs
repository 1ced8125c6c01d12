//! Receivers of the facts of the control plane: what [`Probe`] is for requests and tasks, [`Observer`] is for the whole.

use crate::facts::Probe;
use crate::platform::{FaultPlan, TaskCounts};
use crate::scaling::ScalingFact;
use crate::telemetry::UsageTotals;
use crate::units::{ServiceId, SimTime};

/// A fault begins or is over.
#[derive(Clone, Copy, Debug)]
pub struct FaultMoved<'a> {
    /// Time of the fact.
    pub at: SimTime,
    /// Place among the service's faults.
    pub index: usize,
    /// Declaration of the fault.
    pub fault: &'a FaultPlan,
    /// Whether it begins.
    pub begins: bool,
    /// Tasks that it hit as it began.
    pub tasks: usize,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// A metric period is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteClosed {
    /// End of the minute.
    pub end: SimTime,
    /// Usage in the minute.
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
    /// A scaling controller decided something, or found that there is nothing to decide.
    fn scaling(&mut self, service: ServiceId, fact: &ScalingFact<'_>) {
        let _ = (service, fact);
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
