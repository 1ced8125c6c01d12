//! The simulation: a plan and a seed go in, facts come out. A small closed set of control events with an order at one instant,
//! their dispatch, and [`simulate`].
//!
//! ```text
//!            control events, in order of time, priority and sequence ([`Event`], [`Priority`])
//!                                           │
//!        ┌──────────────────┬───────────────┼────────────────────┐
//!        ▼                  ▼               ▼                    ▼
//!   timer or fault     end of a period   timer of a         task out of memory
//!   of a task               │            controller         (found by a plane)
//!        │                  ▼               ▼                    │
//!        │             UsageMeter,     Controller ◄─ metrics     │
//!        │             OutcomeMeter ─► MetricStore               │
//!        │                  │               │ desired count      │
//!        ▼                  ▼               ▼                    │
//!    Lifecycle ◄────────── Meter ◄──── set_desired ◄─────────────┘
//!    (platform)            (billing)
//!        │ ▲ ReplicaSet: add, drain, kill, release …
//!        ▼ │
//!    Plane (serving): every request that arrives before the next control event
//!        │ RequestBatch, Retraction, FlowStep
//!        ▼
//!    FanOut ─► UsageMeter, OutcomeMeter, fingerprint, Observer
//! ```
//!
//! Before the simulation takes an event, the planes serve up to it: services alone, or those of a group together in order of
//! time. What a change of tasks brings about (moves, losses, failures, timers) comes back as `Effects`: it is stated to the
//! meters and the observer, and what falls due goes on the calendar. Everything that happens is told to the [`Observer`] once.

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
