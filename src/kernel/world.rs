//! The whole.

mod plan;

pub use plan::{Plan, ServicePlan, TelemetryPlan};
