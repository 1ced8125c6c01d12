//! The life of every task: when it came to each stage, and what ended it.

use windtunnel_kernel::facts::{TaskFailed, TaskFailure, TaskMoved, TaskStage};
use windtunnel_kernel::units::{SimTime, TaskId};

/// One task.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskLifetime {
    /// Number of the task, in the order in which the scheduler asked for them.
    pub task: TaskId,
    /// Availability zone of the task, counted from 0.
    pub zone: u32,
    /// Time at which the task first came to each stage, in the order of [`TaskLifetime::STAGES`].
    pub came_to: [Option<SimTime>; TaskLifetime::STAGES.len()],
    /// Failure of the task, if it failed, and its time.
    pub failure: Option<(SimTime, TaskFailure)>,
}

impl TaskLifetime {
    /// The stages, in order.
    pub const STAGES: [TaskStage; 12] = [
        TaskStage::Scheduled,
        TaskStage::Provisioning,
        TaskStage::Pulling,
        TaskStage::Starting,
        TaskStage::Booting,
        TaskStage::Registering,
        TaskStage::InService,
        TaskStage::Unhealthy,
        TaskStage::Draining,
        TaskStage::Stopping,
        TaskStage::Deprovisioning,
        TaskStage::Stopped,
    ];

    /// The time at which the task first came to `stage`.
    #[must_use]
    pub fn came_to(&self, stage: TaskStage) -> Option<SimTime> {
        let index = Self::STAGES.iter().position(|other| *other == stage)?;
        self.came_to[index]
    }
}

/// The lives of one service's tasks; task n is at index n.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskLifetimes(Vec<TaskLifetime>);

impl TaskLifetimes {
    fn of(&mut self, task: TaskId) -> &mut TaskLifetime {
        while self.0.len() <= task.index() {
            let task = TaskId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
            self.0.push(TaskLifetime {
                task,
                zone: 0,
                came_to: [None; TaskLifetime::STAGES.len()],
                failure: None,
            });
        }
        &mut self.0[task.index()]
    }

    pub(super) fn moved(&mut self, moved: &TaskMoved) {
        let life = self.of(moved.task);
        life.zone = moved.zone;
        if let Some(index) = TaskLifetime::STAGES.iter().position(|stage| *stage == moved.to) {
            life.came_to[index].get_or_insert(moved.at);
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
