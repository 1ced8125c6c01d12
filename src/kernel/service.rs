//! The data plane of one service: requests, tasks, the load balancer in front of them, a task's life and the ECS
//! scheduler that starts and stops tasks. It states facts; it knows no metric, policy or price, and it does not
//! touch the calendar: what falls due it returns to the world.

mod plan;

pub use plan::{
    CpuDiscipline, FirstHealthCheck, HealthCheckPlan, LaunchLimits, LoadBalancerPlan, RequestPlan, Routing, ScaleInVictim,
    StartupPlan, StoppingPlan, TaskPlan,
};
