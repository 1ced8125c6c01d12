//! The control events, a closed set, and the order in which events of the same instant happen.

use crate::platform::TaskTimer;
use crate::replica_set::ReplicaIndex;
use crate::scaling::{Timer, TimerPhase};
use crate::units::ServiceId;

/// Events of the control plane.
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
    /// A timer of a scaling controller falls due.
    Scaling(ServiceId, Timer),
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
    /// Datapoints, before the controllers that read them.
    Publication,
    /// Evaluations, before the actions they bring about.
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
            Self::PeriodEnd(_) => Priority::Publication,
            Self::Scaling(_, timer) => match timer.phase {
                TimerPhase::Publication => Priority::Publication,
                TimerPhase::Evaluation => Priority::Evaluation,
                TimerPhase::Action => Priority::Action,
            },
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
            Self::Scaling(service, Timer { subject: Some(subject), .. }) => {
                ((service.0 as u64) << 32) | subject as u64
            }
            Self::PeriodEnd(service) | Self::Scaling(service, _) => service.0 as u64,
            Self::WarmupEnd | Self::Horizon => 0,
        }
    }
}
