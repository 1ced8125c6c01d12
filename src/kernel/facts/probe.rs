//! The listener to the facts of a run, and what a plane asks while it serves.

use super::replica::{TaskFailed, TaskMoved};
use super::request::{FlowStep, RequestBatch, Retraction};
use crate::units::ServiceId;

/// A listener to the facts of a run. All instants are ns since second 0; several services are told apart by id.
pub trait Probe {
    /// A batch of requests of `service`.
    fn requests(&mut self, service: ServiceId, batch: &RequestBatch<'_>) {
        let _ = (service, batch);
    }

    /// A correction of an earlier batch of `service`.
    fn retracted(&mut self, service: ServiceId, retraction: &Retraction) {
        let _ = (service, retraction);
    }

    /// A step of the flows of `service`, where the plan asks for the fluid plane; no batch is stated then.
    fn flowed(&mut self, service: ServiceId, step: &FlowStep<'_>) {
        let _ = (service, step);
    }

    /// A failure of a task; its moves are stated as well.
    fn task_failed(&mut self, service: ServiceId, failed: &TaskFailed) {
        let _ = (service, failed);
    }

    /// A move of a task from one stage to the next.
    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        let _ = (service, moved);
    }
}

/// The permission of a plane to go on between two control events.
pub trait Pace {
    /// Asked after each batch of arrivals and before each retry, at `at` [ns since second 0]: whether the plane goes on.
    /// `in_flight`: requests that it keeps one by one; `retries`: those since it asked last.
    fn goes_on(&mut self, at: u64, in_flight: u64, retries: u64) -> bool {
        let _ = (at, in_flight, retries);
        true
    }
}
