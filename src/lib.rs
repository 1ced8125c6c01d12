//! windtunnel: a discrete-event autoscaling and cost simulator for AWS ECS/Fargate services.

pub mod experiment;
pub mod record;
pub mod scenario;

pub use windtunnel_kernel as kernel;
