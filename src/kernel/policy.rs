//! Scaling policies: they see metrics through their alarm, the running count, and nothing else.

mod plan;

pub use plan::{
    Adjustment, AdjustmentType, CooldownCredit, CooldownScope, CooldownStart, DatapointAggregation, PolicyKind, PolicyPlan,
    PolicyRules, ScaleInMode, StepAggregation, StepBase, StepPlan, StepWindow, TargetTrackingPlan,
};
