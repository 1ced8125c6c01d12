//! The stages of a task of ECS on Fargate (`docs/aws/task-lifecycle.md#states`), and what holds in each.

use crate::facts::{ReplicaStage, StageProperty};

/// A stage of a task's life, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskStage {
    /// The desired count asks for the task; the scheduler has not created it yet.
    Scheduled,
    /// `PROVISIONING`: network interface and host.
    Provisioning,
    /// `PENDING`: image pull. The bill starts here.
    Pulling,
    /// `PENDING`: start of the container.
    Starting,
    /// `RUNNING`: boot of the application. With a load balancer the target is registered, or about to be, and its checks fail.
    Booting,
    /// `RUNNING`: the application answers; the target is registered, or about to be, and not yet healthy.
    Registering,
    /// `RUNNING`: the task receives requests.
    InService,
    /// `RUNNING`: the target is unhealthy; it receives requests only while every target is.
    Unhealthy,
    /// `DEACTIVATING`: the task finishes what it has and receives nothing new.
    Draining,
    /// `STOPPING`: SIGTERM was sent.
    Stopping,
    /// `DEPROVISIONING`: the container has exited; the bill has ended.
    Deprovisioning,
    /// `STOPPED`.
    Stopped,
}

impl TaskStage {
    /// All stages, in order.
    pub const ALL: [Self; 12] = [
        Self::Scheduled,
        Self::Provisioning,
        Self::Pulling,
        Self::Starting,
        Self::Booting,
        Self::Registering,
        Self::InService,
        Self::Unhealthy,
        Self::Draining,
        Self::Stopping,
        Self::Deprovisioning,
        Self::Stopped,
    ];

    /// The stage as it is stated in facts: its place, and what holds in it.
    #[must_use]
    pub const fn stated(self) -> ReplicaStage {
        use StageProperty::{Billed, Draining, Gone, InService, Pending, Released, Running, Unhealthy};
        let properties: &[StageProperty] = match self {
            Self::Scheduled | Self::Provisioning => &[Pending],
            Self::Pulling | Self::Starting => &[Pending, Billed],
            Self::Booting | Self::Registering => &[Running, Billed],
            Self::InService => &[Running, Billed, InService],
            Self::Unhealthy => &[Running, Billed, Unhealthy],
            Self::Draining | Self::Stopping => &[Draining, Billed],
            Self::Deprovisioning => &[Released],
            Self::Stopped => &[Gone],
        };
        ReplicaStage::new(self as u8, properties)
    }

    /// Whether ECS counts the task as pending.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        self.stated().is_pending()
    }

    /// Whether ECS counts the task as running.
    #[must_use]
    pub const fn is_running(self) -> bool {
        self.stated().is_running()
    }

    /// Whether the task is on its way out and its container still exists.
    #[must_use]
    pub const fn is_draining(self) -> bool {
        self.stated().is_draining()
    }

    /// Whether the container runs: it reserves CPU and memory that CloudWatch sees.
    #[must_use]
    pub const fn has_container(self) -> bool {
        self.stated().has_container()
    }

    /// Whether the task is billed.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        self.stated().is_billed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_says_in_facts_what_holds_in_it() {
        let names = |belongs: fn(ReplicaStage) -> bool| {
            TaskStage::ALL.into_iter().filter(|stage| belongs(stage.stated())).collect::<alloc::vec::Vec<_>>()
        };
        assert_eq!(names(ReplicaStage::is_pending), TaskStage::ALL[..4]);
        assert_eq!(names(ReplicaStage::is_running), TaskStage::ALL[4..8]);
        assert_eq!(names(ReplicaStage::is_draining), TaskStage::ALL[8..10]);
        assert_eq!(names(ReplicaStage::has_container), TaskStage::ALL[4..10]);
        assert_eq!(names(ReplicaStage::is_billed), TaskStage::ALL[2..10]);
        assert_eq!(names(ReplicaStage::is_in_service), [TaskStage::InService]);
        assert_eq!(names(ReplicaStage::is_unhealthy), [TaskStage::Unhealthy]);
        assert_eq!(names(ReplicaStage::is_released), [TaskStage::Deprovisioning]);
        assert_eq!(names(ReplicaStage::is_gone), [TaskStage::Stopped]);
        for (place, stage) in TaskStage::ALL.into_iter().enumerate() {
            assert_eq!(stage.stated().place(), place);
        }
    }
}
