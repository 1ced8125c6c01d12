//! Replicas: the life of a task, and the scheduler that keeps as many as are desired. It knows no request; it speaks to the
//! plane that serves them through [`crate::replica_set::ReplicaSet`], states facts, and returns what falls due to the simulation.

mod active_faults;
mod effects;
mod faults;
mod health;
mod launch_limits;
mod launch_throttle;
mod plan;
mod replacement;
mod scheduler;
mod stages;
mod starting;
mod state;
mod stopping;
#[cfg(test)]
mod tests;
mod zones;

pub use effects::{Effects, TaskCounts, TaskTimer, TimerKind};
pub use launch_limits::{LaunchBucket, LaunchWindow};
pub use plan::{
    CheckService, ContainerCheckPlan, DeregistrationEnd, Extent, FaultKind, FaultPlan, FirstHealthCheck,
    HealthCheckPlan, LaunchBackoff, LaunchLimits, ReplacementPlan, ScaleInVictim, StartupPlan, StoppingPlan,
    TargetGroupPlan, TaskHealthPlan,
};
pub use stages::TaskStage;
pub use state::{Lifecycle, LifecycleParts};
