//! The interface between the simulation and a scaling controller: timers and telemetry in, a desired count out.
//!
//! A controller sees the metrics that it asked for, the running and the desired count, and the time. It reads nothing of
//! single requests, of tasks, or of what is to come. The simulation owns the calendar and the tasks: it calls
//! [`Controller::fire`] when a timer of the controller falls due, and moves the desired count to what the controller returns.

use core::fmt;

use super::facts::ScalingFact;
use crate::telemetry::MetricStore;
use crate::units::SimTime;

/// Place of a timer among the events of its instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerPhase {
    /// Publication of datapoints, before anything that reads them.
    Publication,
    /// Reading of metrics, after all datapoints of the instant and before all actions.
    Evaluation,
    /// Change of the desired count, after all evaluations of the instant.
    Action,
}

/// A timer of a controller. What `code` and `subject` mean is the controller's own affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Phase of the timer among the events of its instant.
    pub phase: TimerPhase,
    /// Kind of the timer.
    pub code: u8,
    /// The thing it concerns, such as an alarm; `None`: the service as a whole.
    pub subject: Option<u32>,
}

/// One call of a controller: what it may see, and what it may leave behind.
pub struct Turn<'a> {
    /// Time of the call.
    pub now: SimTime,
    /// Running count \[tasks\].
    pub running: u32,
    /// Desired count \[tasks\].
    pub desired: u32,
    /// The metrics that the controller asked for in [`Controller::watch`].
    pub metrics: &'a MetricStore,
    set_timer: &'a mut dyn FnMut(SimTime, Timer),
    note: &'a mut dyn FnMut(&ScalingFact<'_>),
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, running, desired, .. } = self;
        let mut turn = f.debug_struct("Turn");
        turn.field("now", now).field("running", running).field("desired", desired).finish_non_exhaustive()
    }
}

impl<'a> Turn<'a> {
    /// A call at `now`, of a service with these counts of `(running, desired)` tasks. Each timer that the controller sets is
    /// handed to `set_timer` at once, each fact that it states to `note`.
    pub fn new(
        now: SimTime,
        (running, desired): (u32, u32),
        metrics: &'a MetricStore,
        set_timer: &'a mut dyn FnMut(SimTime, Timer),
        note: &'a mut dyn FnMut(&ScalingFact<'_>),
    ) -> Self {
        Self { now, running, desired, metrics, set_timer, note }
    }

    /// Asks for a call of [`Controller::fire`] with `timer` at `at`, which must not be before now. Timers of the same
    /// instant and phase fire in the order in which they were set.
    pub fn set_timer(&mut self, at: SimTime, timer: Timer) {
        (self.set_timer)(at, timer);
    }

    /// States a fact for the observer of the run.
    pub fn note(&mut self, fact: &ScalingFact<'_>) {
        (self.note)(fact);
    }
}

/// A scaling controller: who decides the desired count of one service.
pub trait Controller {
    /// Asks `metrics` to keep what the controller will read. Called once, before everything else.
    fn watch(&mut self, metrics: &mut MetricStore);

    /// Second 0: the first timers, and the desired count where it is to differ from the plan's \[tasks\].
    fn begin(&mut self, turn: &mut Turn<'_>) -> Option<u32>;

    /// A timer falls due. Returns the new desired count \[tasks\]; `None`: it stays.
    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) -> Option<u32>;

    /// Called when as many tasks run as are desired, and none is about to stop: for the first time since the desired count was
    /// changed, or since a task was lost.
    fn settled(&mut self, turn: &mut Turn<'_>) {
        let _ = turn;
    }
}
