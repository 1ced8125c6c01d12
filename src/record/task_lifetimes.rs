//! Lifetime of every task: the time at which it came to each stage, and the cause that ended it.

use windtunnel_kernel::facts::{TaskFailed, TaskFailure, TaskMoved};
use windtunnel_kernel::platform::TaskStage;
use windtunnel_kernel::units::{SimTime, TaskId};

/// Lifetime of one task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskLifetime {
    /// Number of the task, in the order in which the scheduler asked for them.
    pub task: TaskId,
    /// Availability zone of the task, counted from 0.
    pub zone: u32,
    /// Time at which the task first came to each stage, in the order of [`TaskStage::ALL`].
    pub came_to: [Option<SimTime>; TaskStage::ALL.len()],
    /// Failure of the task, if it failed, and its time.
    pub failure: Option<(SimTime, TaskFailure)>,
}

impl TaskLifetime {
    /// The time at which the task first came to `stage`.
    #[must_use]
    pub fn came_to(&self, stage: TaskStage) -> Option<SimTime> {
        self.came_to[stage.stated().place()]
    }
}

/// Lifetimes of one service's tasks; task n is at index n.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskLifetimes(Vec<TaskLifetime>);

impl TaskLifetimes {
    fn of(&mut self, task: TaskId) -> &mut TaskLifetime {
        while self.0.len() <= task.index() {
            let task = TaskId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
            self.0.push(TaskLifetime { task, zone: 0, came_to: [None; TaskStage::ALL.len()], failure: None });
        }
        &mut self.0[task.index()]
    }

    pub(super) fn moved(&mut self, moved: &TaskMoved) {
        let life = self.of(moved.task);
        life.zone = moved.zone;
        if let Some(came_to) = life.came_to.get_mut(moved.to.place()) {
            came_to.get_or_insert(moved.at);
        }
    }

    pub(super) fn failed(&mut self, failed: &TaskFailed) {
        self.of(failed.task).failure.get_or_insert((failed.at, failed.failure));
    }

    pub(super) fn finish(self) -> Vec<TaskLifetime> {
        self.0
    }
}

/// The cause that ended a task, in words of the log.
#[must_use]
pub const fn failure_name(failure: TaskFailure) -> &'static str {
    match failure {
        TaskFailure::Crashed => "crashed",
        TaskFailure::OutOfMemory => "out_of_memory",
        TaskFailure::UnhealthyTarget => "unhealthy_target",
        TaskFailure::NeverHealthy => "never_healthy",
        TaskFailure::UnhealthyContainer => "unhealthy_container",
        TaskFailure::LaunchFailed => "launch_failed",
        TaskFailure::ZoneLost => "zone_lost",
    }
}
