//! windtunnel: a discrete-event autoscaling and cost simulator for AWS ECS/Fargate services.

pub mod experiment;
pub mod record;
pub mod report;
pub mod scenario;
pub mod shell;

pub use windtunnel_kernel as kernel;
