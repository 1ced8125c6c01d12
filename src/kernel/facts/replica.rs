//! Facts about replicas: the moves of tasks from stage to stage, and their failures.

use crate::units::{RevisionId, SimTime, TaskId};

/// Property of a stage of a replica's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum StageProperty {
    /// Asked for, and not running yet.
    Pending = 1,
    /// Counted as running.
    Running = 2,
    /// On its way out; its container still exists.
    Draining = 4,
    /// Billed.
    Billed = 8,
    /// Receives requests.
    InService = 16,
    /// Runs, and its health checks fail.
    Unhealthy = 32,
    /// Its container has exited, and what it reserved is given back.
    Released = 64,
    /// Gone.
    Gone = 128,
}

/// Stage of a replica's life. Its platform names it; here stands what holds in it, which is all that telemetry, billing and
/// records need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReplicaStage {
    place: u8,
    properties: u16,
}

impl ReplicaStage {
    /// The stage of this number among those of its platform, with these properties.
    #[must_use]
    pub const fn new(place: u8, properties: &[StageProperty]) -> Self {
        let (mut all, mut index) = (0, 0);
        while index < properties.len() {
            all |= properties[index] as u16;
            index += 1;
        }
        Self { place, properties: all }
    }

    /// Number of the stage among those of its platform, in order.
    #[must_use]
    pub const fn place(self) -> usize {
        self.place as usize
    }

    const fn has(self, property: StageProperty) -> bool {
        self.properties & property as u16 != 0
    }

    /// Whether the replica counts as pending.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        self.has(StageProperty::Pending)
    }

    /// Whether the replica counts as running.
    #[must_use]
    pub const fn is_running(self) -> bool {
        self.has(StageProperty::Running)
    }

    /// Whether the replica is on its way out and its container still exists.
    #[must_use]
    pub const fn is_draining(self) -> bool {
        self.has(StageProperty::Draining)
    }

    /// Whether the container of the replica runs: it reserves CPU and memory.
    #[must_use]
    pub const fn has_container(self) -> bool {
        self.is_running() || self.is_draining()
    }

    /// Whether the replica is billed.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        self.has(StageProperty::Billed)
    }

    /// Whether the replica receives requests.
    #[must_use]
    pub const fn is_in_service(self) -> bool {
        self.has(StageProperty::InService)
    }

    /// Whether the replica runs and its health checks fail.
    #[must_use]
    pub const fn is_unhealthy(self) -> bool {
        self.has(StageProperty::Unhealthy)
    }

    /// Whether the container of the replica has exited and what it reserved is given back.
    #[must_use]
    pub const fn is_released(self) -> bool {
        self.has(StageProperty::Released)
    }

    /// Whether the replica is gone.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        self.has(StageProperty::Gone)
    }
}

/// Kind of capacity that a replica runs on, which decides the items that its time is billed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapacityKind {
    /// AWS Fargate, on demand.
    Fargate,
}

/// A move of a task from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskMoved {
    /// Time of the move.
    pub at: SimTime,
    /// The task.
    pub task: TaskId,
    /// Revision of its service's task definition, which has its size.
    pub revision: RevisionId,
    /// Capacity that it runs on.
    pub capacity: CapacityKind,
    /// Stage before; `None` for a task that is new.
    pub from: Option<ReplicaStage>,
    /// Stage from now on.
    pub to: ReplicaStage,
    /// Start of its bill, if it has begun.
    pub billed_since: Option<SimTime>,
    /// Availability zone, counted from 0; 0 before it is launched.
    pub zone: u32,
}

/// A task whose bill runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilledTask {
    /// Start of its bill.
    pub since: SimTime,
    /// Revision of its service's task definition, which has its size.
    pub revision: RevisionId,
    /// Capacity that it runs on.
    pub capacity: CapacityKind,
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
