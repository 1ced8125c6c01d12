//! The data plane of one service: requests, tasks, the load balancer in front of them, a task's life and the ECS
//! scheduler that starts and stops tasks. It states facts; it knows no metric, policy or price, and it does not
//! touch the calendar: what falls due it returns to the world.

mod balance;
mod demands;
mod departures;
mod fleet;
mod fluid;
mod jobs;
mod launch;
mod lifecycle;
mod loads;
mod path;
mod places;
mod plan;
mod room;
mod rotation;
mod seats;

pub use demands::Demands;
pub use fleet::{Fleet, Slot};
pub use fluid::Fluid;
pub use jobs::{Jobs, JobsParts};
pub use launch::{LaunchBucket, LaunchWindow};
pub use lifecycle::{Due, Lifecycle, LifecycleParts, Outcome, Step, TaskCounts};
pub use plan::{
    CheckService, ClassPlan, ContainerCheckPlan, CpuDiscipline, DeregistrationEnd, Extent, FaultKind,
    FaultPlan, FirstHealthCheck, HealthCheckPlan, Jitter, LaunchBackoff, LaunchLimits, LoadBalancerPlan,
    ReplacementPlan, RequestPlan, RetryPlan, Routing, ScaleInVictim, StartupPlan, StoppingPlan,
    TaskHealthPlan, TaskPlan, WarmUpPlan,
};
pub use seats::{Incident, Seats};
