//! Scaling policies: they see metrics through their alarm, the running count, and nothing else.

mod activity;
mod arbiter;
mod plan;
mod scheduled;
mod step;
mod target_tracking;

pub use activity::{Activity, Cooldown};
pub use arbiter::{AlarmView, Arbiter, Context, Decision, Verdict};
pub use plan::{
    Adjustment, AdjustmentType, CooldownCredit, CooldownScope, CooldownStart, DatapointAggregation,
    PolicyKind, PolicyPlan, PolicyRules, ScaleInMode, StepAggregation, StepBase, StepPlan, StepWindow,
    TargetTrackingPlan, TrackedDatapoints,
};
pub use scheduled::{ClockPlan, ScheduledOutcome, ScheduledPlan, Suspended, SuspensionPlan};
pub use target_tracking::MOST_TASKS;
