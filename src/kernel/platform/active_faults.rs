//! The faults of a service that last now, and the tasks they hold.

use alloc::vec::Vec;

use super::plan::FaultKind;
use crate::units::{SimDuration, TaskId};

/// Faults that last, while they last.
#[derive(Clone, Debug, Default)]
pub(super) struct ActiveFaults {
    pub(super) running: Vec<(usize, FaultKind)>,
    /// Tasks that hang because of a fault.
    pub(super) hung: Vec<(usize, TaskId)>,
    /// Tasks whose health checks fail because of a fault.
    pub(super) failing: Vec<(usize, TaskId)>,
}

impl ActiveFaults {
    /// Whether an availability zone is lost.
    pub(super) fn is_lost(&self, zone: u32) -> bool {
        self.running.iter().any(|(_, kind)| *kind == FaultKind::ZoneOutage(zone))
    }

    /// The probability that a launch fails: the largest of the service's own and of those of the faults.
    pub(super) fn launch_failure(&self, own: f64) -> f64 {
        let faults = self.running.iter().filter_map(|(_, kind)| match kind {
            FaultKind::LaunchFailure(probability) => Some(*probability),
            _ => None,
        });
        faults.fold(own, |most, probability| if probability > most { probability } else { most })
    }

    /// How long a task runs that reaches `RUNNING` now; `None`: nothing ends it.
    pub(super) fn crash_loop(&self) -> Option<SimDuration> {
        let faults = self.running.iter().filter_map(|(_, kind)| match kind {
            FaultKind::CrashLoop(after) => Some(*after),
            _ => None,
        });
        faults.min()
    }

    /// Whether a fault makes the task's health checks fail.
    pub(super) fn fails_checks(&self, task: TaskId) -> bool {
        self.failing.iter().any(|(_, other)| *other == task)
    }

    /// What waits are multiplied by: the product of all slow dependencies.
    pub(super) fn wait_factor(&self) -> f64 {
        let faults = self.running.iter().filter_map(|(_, kind)| match kind {
            FaultKind::SlowDependency(factor) => Some(*factor),
            _ => None,
        });
        faults.product()
    }
}
