//! Results of an operation on the tasks of a service, and the timers it asks for.

use alloc::vec::Vec;

use super::stages::TaskStage;
use crate::facts::{HeldVisit, Retraction, TaskFailed, TaskMoved};
use crate::units::{SimTime, TaskId};

/// Next step of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerKind {
    /// The current stage is over.
    Advance,
    /// The stop lag is over: it leaves `RUNNING`.
    BeginStop,
    /// A launch limit lets the scheduler go on.
    Launch,
    /// The container exits of its own accord.
    Crash,
    /// The application answers.
    Booted,
    /// A health check of the load balancer comes to its target.
    Check,
    /// A check was not answered in time.
    CheckTimedOut,
    /// Requests are sent to a target that has passed its first checks.
    TargetHealthy,
    /// The container's last check that counts was not answered in time.
    ContainerFails,
    /// ECS acts on what the checks have found: another task is started in place of this one.
    Replace,
}

/// Something that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskTimer {
    /// Time of the step.
    pub at: SimTime,
    /// Task of the step.
    pub task: TaskId,
    /// Kind of the step.
    pub step: TimerKind,
    /// The stage the task must still be in.
    pub stage: TaskStage,
}

/// Results of an operation: moves to state as facts, losses, and steps to put on the calendar.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// Moves, in order.
    pub moved: Vec<TaskMoved>,
    /// Requests that tasks hold which left `RUNNING`.
    pub held: Vec<HeldVisit>,
    /// Requests that were lost.
    pub retracted: Vec<Retraction>,
    /// Tasks that failed.
    pub failed: Vec<TaskFailed>,
    /// Steps that fall due.
    pub due: Vec<TaskTimer>,
    /// Applications that began (`true`) or stopped (`false`) to boot, in order.
    pub boots: Vec<(SimTime, bool)>,
}

/// Tasks by what ECS and the load balancer count them as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Asked for, not running yet.
    pub pending: u32,
    /// In `RUNNING`.
    pub running: u32,
    /// Registered with the load balancer, or about to be: healthy or not.
    pub registered: u32,
    /// Receiving requests.
    pub in_service: u32,
    /// On the way out, container still there.
    pub draining: u32,
}
