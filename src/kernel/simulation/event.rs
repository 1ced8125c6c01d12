//! The control events, a closed set, and the order in which events of the same instant happen.

use crate::platform::TaskTimer;
use crate::replica_set::ReplicaIndex;
use crate::units::{AlarmId, ServiceId};

/// What can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A stage of a task is over.
    Task(ServiceId, TaskTimer),
    /// A fault begins.
    FaultBegins(ServiceId, u32),
    /// A fault is over.
    FaultEnds(ServiceId, u32),
    /// The memory of the task with this index is exceeded.
    OutOfMemory(ServiceId, ReplicaIndex),
    /// A metric period ends: its datapoints are made.
    PeriodEnd(ServiceId),
    /// An alarm is evaluated.
    AlarmEvaluation(ServiceId, AlarmId),
    /// Application Auto Scaling acts on alarms.
    PolicyAction(ServiceId),
    /// The next occurrence of a scheduled action runs.
    Scheduled(ServiceId),
    /// A suspension begins or ends.
    Suspension(ServiceId),
    /// Requests count in the statistics from here on.
    WarmupEnd,
    /// The run ends.
    Horizon,
}

/// Order of events at the same instant. Completions of requests come before all of these and arrivals after all of
/// them: a request that ends when a task is killed has ended, and one that arrives when a task enters service may
/// already use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Priority {
    /// Capacity changes first, so that a period that ends now has seen them.
    Capacity,
    /// Datapoints, before the alarms that read them; suspensions, before the actions they hold back.
    Publication,
    /// Alarms, before the actions they invoke.
    Evaluation,
    /// Scaling actions.
    Action,
    /// The end of the warm-up, before the arrivals of its instant.
    Warmup,
    /// The horizon, after everything else that happens at its instant.
    Horizon,
}

impl Event {
    /// Its place among events of the same instant.
    #[must_use]
    pub const fn priority(self) -> Priority {
        match self {
            Self::Task(..) | Self::OutOfMemory(..) | Self::FaultBegins(..) | Self::FaultEnds(..) => {
                Priority::Capacity
            }
            Self::PeriodEnd(_) | Self::Suspension(_) => Priority::Publication,
            Self::AlarmEvaluation(..) => Priority::Evaluation,
            Self::PolicyAction(_) | Self::Scheduled(_) => Priority::Action,
            Self::WarmupEnd => Priority::Warmup,
            Self::Horizon => Priority::Horizon,
        }
    }

    /// The entity it concerns, for the fingerprint.
    #[must_use]
    pub const fn entity(self) -> u64 {
        match self {
            Self::Task(service, due) => ((service.0 as u64) << 32) | due.task.0 as u64,
            Self::FaultBegins(service, fault) => ((service.0 as u64) << 32) | (1 << 30) | fault as u64,
            Self::FaultEnds(service, fault) => ((service.0 as u64) << 32) | (1 << 31) | fault as u64,
            Self::OutOfMemory(service, slot) => ((service.0 as u64) << 32) | slot.index() as u64,
            Self::AlarmEvaluation(service, alarm) => ((service.0 as u64) << 32) | alarm.0 as u64,
            Self::PeriodEnd(service)
            | Self::PolicyAction(service)
            | Self::Scheduled(service)
            | Self::Suspension(service) => service.0 as u64,
            Self::WarmupEnd | Self::Horizon => 0,
        }
    }
}
