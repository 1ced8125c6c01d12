//! The whole: the closed set of control events with its priority table, their dispatch, and [`simulate`].

mod clock;
mod event;
mod fan_out;
mod observer;
mod occurrences;
mod plan;
mod plane;
mod requirements;
mod run;
mod service_state;

pub use event::{Event, Priority};
pub use observer::{
    AlarmEvaluated, FaultMoved, MinuteClosed, NoObserver, Observer, PolicyInvoked, ScheduledRan, Stop,
    SuspensionChanged,
};
pub use plan::{Bounds, Fidelity, Plan, ServicePlan, TelemetryPlan};
pub use requirements::{Needs, REQUIREMENTS, Requirement};
pub use run::{RunError, RunOutcome, ServiceOutcome, simulate};
