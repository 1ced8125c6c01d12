//! The whole: the closed set of control events with its priority table, their dispatch, and [`simulate`].

mod event;
mod fan_out;
mod group;
mod observer;
mod plan;
mod plane;
mod requirements;
mod run;
mod service_state;

pub use event::{Event, Priority};
pub use observer::{FaultMoved, MinuteClosed, NoObserver, Observer, Stop};
pub use plan::{Bounds, Fidelity, Plan, ServicePlan};
pub use requirements::{Needs, REQUIREMENTS, Requirement};
pub use run::{RunError, RunOutcome, ServiceOutcome, simulate, simulate_with};
