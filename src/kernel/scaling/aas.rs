//! Application Auto Scaling: alarms, policies, scheduled actions and suspensions of one scalable target.

mod actions;
mod activity;
mod alarms;
mod application_auto_scaling;
mod facts;
mod plan;
mod policy;
mod policy_set;
mod scheduled;
mod step;
mod target_tracking;

pub use activity::{Activity, Cooldown};
pub use application_auto_scaling::ApplicationAutoScaling;
pub use facts::{AlarmEvaluated, PolicyInvoked, ScheduledActionRan, SuspensionChanged};
pub use plan::{
    Adjustment, AdjustmentType, AlarmRules, CooldownCredit, CooldownScope, CooldownStart,
    DatapointAggregation, PolicyKind, PolicyPlan, PolicyRules, ScalableTargetPlan, ScaleInMode,
    StepAggregation, StepBase, StepPlan, StepWindow, TargetTrackingPlan, TrackedDatapoints,
};
pub use policy_set::{AlarmView, Context, Decision, PolicySet, Verdict};
pub use scheduled::{SchedulePlan, ScheduledOutcome, ScheduledPlan, Suspended, SuspensionPlan};
pub use target_tracking::MOST_TASKS;
