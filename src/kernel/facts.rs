//! Facts about requests and tasks, as small `Copy` structs, and the [`Probe`] that receives them.
//!
//! The model states facts and nothing else: it does not aggregate, price, store or format them. A probe is known at
//! compile time, so a probe that does nothing costs nothing.

mod probe;
mod replica;
mod request;

pub use probe::{Pace, Probe};
pub use replica::{
    BilledTask, CapacityKind, ReplicaStage, StageProperty, TaskFailed, TaskFailure, TaskMoved,
};
pub use request::{
    Attempt, Caller, DrainingUse, FlowClass, FlowStep, HeldVisit, Outcome, ProvisionalOutcome, Rejection,
    RequestBatch, RequestKey, ResourceUse, Retraction, Visit, VisitColumns,
};
