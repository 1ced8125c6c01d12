//! Requests: who is served, where, and for how long. Two planes of single requests and one of flows, and the routing in
//! front of them. They state facts; they know no stage of a task, no metric, policy or price.

mod demands;
mod event_path;
mod fast_path;
mod fluid;
mod plan;
mod routing;

pub use demands::Demands;
pub use event_path::{EventPath, EventPathParts, Reach};
pub use fast_path::FastFleet;
pub use fluid::{DelayKind, Fluid, Mixture, QueueingDelay, QueueingDelays, quantile};
pub use plan::{
    ClassPlan, CpuDiscipline, Jitter, RequestPlan, RetryPlan, Routing, RoutingPlan, TaskPlan, WarmUpPlan,
};
