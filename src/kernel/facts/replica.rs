//! Facts about replicas: the moves of tasks from stage to stage, and their failures.

use crate::units::{SimTime, TaskId};

/// The stages of a task's life, in order (`docs/aws/task-lifecycle.md#states`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskStage {
    /// The desired count asks for it; the scheduler has not created it yet.
    Scheduled,
    /// `PROVISIONING`: network interface and host.
    Provisioning,
    /// `PENDING`: the image is pulled. The bill runs from here.
    Pulling,
    /// `PENDING`: the container starts.
    Starting,
    /// `RUNNING`: the application boots. With a load balancer its target is registered, or about to be, and its checks fail.
    Booting,
    /// `RUNNING`: the application answers; its target is registered, or about to be, and not yet healthy.
    Registering,
    /// `RUNNING`: it receives requests.
    InService,
    /// `RUNNING`: its target is unhealthy; it receives requests only while every target is.
    Unhealthy,
    /// `DEACTIVATING`: it finishes what it has and receives nothing new.
    Draining,
    /// `STOPPING`: SIGTERM was sent.
    Stopping,
    /// `DEPROVISIONING`: the container has exited; the bill ended.
    Deprovisioning,
    /// `STOPPED`.
    Stopped,
}

impl TaskStage {
    /// Whether ECS counts the task as pending.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Scheduled | Self::Provisioning | Self::Pulling | Self::Starting)
    }

    /// Whether ECS counts the task as running.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Booting | Self::Registering | Self::InService | Self::Unhealthy)
    }

    /// Whether it is on its way out but its container still exists.
    #[must_use]
    pub const fn is_draining(self) -> bool {
        matches!(self, Self::Draining | Self::Stopping)
    }

    /// Whether its container runs: it reserves CPU and memory that CloudWatch sees.
    #[must_use]
    pub const fn has_container(self) -> bool {
        self.is_running() || self.is_draining()
    }

    /// Whether it is billed.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        matches!(self, Self::Pulling | Self::Starting) || self.has_container()
    }
}

/// A task moved from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskMoved {
    /// When.
    pub at: SimTime,
    /// Which task.
    pub task: TaskId,
    /// Where it was; `None` for a task that is new.
    pub from: Option<TaskStage>,
    /// Where it is.
    pub to: TaskStage,
    /// When its bill began, if it did.
    pub billed_since: Option<SimTime>,
    /// Its availability zone, counted from 0; 0 before it is launched.
    pub zone: u32,
}

/// Why a task ended that nobody had chosen to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskFailure {
    /// Its container exited of its own accord.
    Crashed,
    /// It was killed because its memory was exceeded.
    OutOfMemory,
    /// The load balancer's health check failed: ECS replaces it.
    UnhealthyTarget,
    /// Its target never became healthy: ECS stops it and starts another.
    NeverHealthy,
    /// The container's health check failed: ECS replaces it.
    UnhealthyContainer,
    /// It never reached `RUNNING`.
    LaunchFailed,
    /// Its availability zone was lost.
    ZoneLost,
}

/// A task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskFailed {
    /// When.
    pub at: SimTime,
    /// Which task.
    pub task: TaskId,
    /// Why.
    pub failure: TaskFailure,
    /// Desired count then \[tasks\].
    pub desired: u32,
}
