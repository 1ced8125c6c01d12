//! Properties of every kind of policy: the metric it reads, the alarms that invoke it, its cooldown. One more kind of
//! policy is one more arm here, and one in [`super::PolicySet`].

use super::plan::{PolicyKind, PolicyPlan, PolicyRules, ScalableTargetPlan};
use crate::telemetry::{AlarmPlan, Metric};
use crate::units::SimDuration;

impl PolicyPlan {
    /// Alarms that invoke the policy: the high or the only one, and the low one of target tracking.
    #[must_use]
    pub fn alarms(&self, rules: &PolicyRules) -> (AlarmPlan, Option<AlarmPlan>) {
        match &self.kind {
            PolicyKind::TargetTracking(plan) => plan.alarms(&self.name, rules),
            PolicyKind::Step(plan) => (plan.alarm.clone(), None),
        }
    }

    /// Metric that its alarms read.
    #[must_use]
    pub const fn metric(&self) -> Metric {
        match &self.kind {
            PolicyKind::TargetTracking(plan) => plan.metric,
            PolicyKind::Step(plan) => plan.alarm.metric,
        }
    }

    /// Cooldown after an activity of its own \[ns\].
    #[must_use]
    pub const fn cooldown(&self, is_scale_out: bool) -> SimDuration {
        match &self.kind {
            PolicyKind::TargetTracking(plan) if is_scale_out => plan.scale_out_cooldown,
            PolicyKind::TargetTracking(plan) => plan.scale_in_cooldown,
            PolicyKind::Step(plan) => plan.cooldown,
        }
    }

    /// Count that a scale-out from `base` tasks comes to at this `value` of the metric \[tasks\]; `None`: no step holds it.
    #[must_use]
    pub fn scale_out_count(&self, base: i64, value: f64) -> Option<i64> {
        match &self.kind {
            PolicyKind::TargetTracking(plan) => Some(plan.proportional(base, value)),
            PolicyKind::Step(plan) => plan.select(value).map(|step| plan.apply(step, base)),
        }
    }
}

impl ScalableTargetPlan {
    /// CloudWatch alarms of its policies: standard ones and high-resolution ones, which are billed apart.
    #[must_use]
    pub fn alarms(&self) -> (u32, u32) {
        let (mut standard, mut high_resolution) = (0, 0);
        for policy in &self.policies {
            let (high, low) = policy.alarms(&self.rules);
            let alarms = 1 + u32::from(low.is_some());
            if high.query.is_high_resolution() { high_resolution += alarms } else { standard += alarms }
        }
        (standard, high_resolution)
    }
}
