//! One decision from all policies of a service: proposals, cooldowns, credit, clamps, and who wins.
//!
//! The procedure is that of `aws-scaling.md` §1.4 and §1.5. A scale-out happens when any policy asks for one; a
//! target-tracking scale-in when all target-tracking policies that may scale in are ready; the largest resulting
//! capacity wins. Alarms reach this room as states and evaluated datapoints: it has no path to anything else.

use alloc::vec::Vec;

use super::activity::{Activity, Cooldown};
use super::plan::{CooldownCredit, CooldownScope, PolicyKind, PolicyPlan, PolicyRules, StepBase};
use super::scheduled::Suspended;
use crate::telemetry::AlarmState;
use crate::units::{AlarmId, PolicyId, SimDuration, SimTime};

/// An alarm as its policy sees it.
#[derive(Clone, Copy, Debug)]
pub struct AlarmView<'a> {
    /// Whose alarm it is.
    pub policy: PolicyId,
    /// Whether it is the low alarm of a target-tracking policy.
    pub low: bool,
    /// Its state.
    pub state: AlarmState,
    /// The datapoints it evaluated last, oldest first.
    pub datapoints: &'a [f64],
}

/// The service as Application Auto Scaling sees it.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Now.
    pub now: SimTime,
    /// Tasks in `RUNNING`.
    pub running: u32,
    /// Desired count.
    pub desired: u32,
    /// `MinCapacity`.
    pub min: u32,
    /// `MaxCapacity`.
    pub max: u32,
    /// Whether a deployment is in progress: scale-in is off (`aws-scaling.md` §1.6).
    pub deploying: bool,
    /// What is suspended (`aws-scaling.md` §3).
    pub suspended: Suspended,
}

/// What came of one invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The desired count was raised.
    ScaledOut,
    /// The desired count was lowered.
    ScaledIn,
    /// AWS: `AlreadyAtMaxCapacity`.
    AlreadyAtMaxCapacity,
    /// AWS: `AlreadyAtMinCapacity`.
    AlreadyAtMinCapacity,
    /// AWS: `AlreadyAtDesiredCapacity`.
    AlreadyAtDesiredCapacity,
    /// AWS: `AutoScalingAnticipatedFlapping`: one task fewer would push the metric above the target.
    AutoScalingAnticipatedFlapping,
    /// AWS: `TargetServicePutResourceAsUnscalable`: a deployment is in progress.
    TargetServicePutResourceAsUnscalable,
    /// The cooldown runs, and the proposal is not a larger scale-out.
    CoolingDown,
    /// Another target-tracking policy is not ready to scale in.
    NotUnanimous,
    /// The aggregated metric is not beyond the alarm's threshold.
    WithinTarget,
    /// No step holds the metric.
    NoMatchingStep,
    /// Another policy asked for more at the same instant.
    Outvoted,
    /// Scaling in this direction is suspended.
    Suspended,
}

/// One invocation of one policy and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The policy.
    pub policy: PolicyId,
    /// The alarm that invoked it.
    pub alarm: AlarmId,
    /// The number it used.
    pub value: Option<f64>,
    /// The count its formula started from.
    pub base: u32,
    /// What the formula gave, before cooldown, credit and clamps.
    pub proposed: Option<i64>,
    /// What was left of it after the credit for capacity already added in the cooldown.
    pub credited: Option<i64>,
    /// The cooldown that runs and concerns this policy; `None`: none does.
    pub cooldown: Option<Cooldown>,
    /// `MinCapacity` then \[tasks\].
    pub min: u32,
    /// `MaxCapacity` then \[tasks\].
    pub max: u32,
    /// Desired count before.
    pub desired_before: u32,
    /// Desired count after.
    pub desired_after: u32,
    /// What came of it.
    pub verdict: Verdict,
}

/// A proposal on its way to a decision.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    decision: Decision,
    out: bool,
    /// Count the activity started from, for the next credit.
    from: i64,
}

#[derive(Clone, Debug)]
struct PolicyState {
    plan: PolicyPlan,
    last: Option<Activity>,
}

/// Decides for one service.
#[derive(Clone, Debug)]
pub struct Arbiter {
    rules: PolicyRules,
    policies: Vec<PolicyState>,
    /// The last activity of any policy, for `cooldown_scope = "per_target"`.
    last: Option<Activity>,
}

impl Arbiter {
    /// An arbiter without history.
    #[must_use]
    pub fn new(policies: &[PolicyPlan], rules: PolicyRules) -> Self {
        let policies = policies.iter().map(|plan| PolicyState { plan: plan.clone(), last: None }).collect();
        Self { rules, policies, last: None }
    }

    /// The running count has reached the desired count: activities are complete and their cooldowns start.
    pub fn complete(&mut self, now: SimTime) {
        let activities =
            self.policies.iter_mut().filter_map(|policy| policy.last.as_mut()).chain(self.last.as_mut());
        for activity in activities {
            activity.completed = activity.completed.or(Some(now));
        }
    }

    /// Whether an activity waits for its completion.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        let mut activities =
            self.policies.iter().filter_map(|policy| policy.last.as_ref()).chain(self.last.as_ref());
        activities.any(|activity| activity.completed.is_none())
    }

    /// Decides on the policies whose alarms were `invoked` at the same instant; one decision each, in that order, at
    /// most one of which changes the desired count for each direction.
    pub fn decide(
        &mut self,
        context: &Context,
        invoked: &[AlarmId],
        alarms: &[AlarmView<'_>],
        out: &mut Vec<Decision>,
    ) {
        let mut context = *context;
        let candidates: Vec<Candidate> =
            invoked.iter().map(|alarm| self.candidate(&context, *alarm, alarms)).collect();
        let result = |c: &Candidate| c.decision.desired_after;
        let open = |c: &&Candidate| matches!(c.decision.verdict, Verdict::ScaledOut | Verdict::ScaledIn);
        let winner_out = candidates.iter().filter(open).filter(|c| c.out).map(result).max();
        let winner_in = candidates.iter().filter(open).filter(|c| !c.out).map(result).max();
        let mut applied = false;
        for mut candidate in candidates {
            if open(&&candidate) {
                let wanted = if winner_out.is_some() { winner_out } else { winner_in };
                let wins =
                    candidate.out == winner_out.is_some() && Some(result(&candidate)) == wanted && !applied;
                if wins {
                    applied = true;
                    self.apply(&context, &candidate);
                    context.desired = candidate.decision.desired_after;
                } else {
                    candidate.decision.verdict = Verdict::Outvoted;
                    candidate.decision.desired_after = candidate.decision.desired_before;
                }
            }
            out.push(candidate.decision);
        }
    }

    fn apply(&mut self, context: &Context, candidate: &Candidate) {
        let decision = &candidate.decision;
        let activity = Activity {
            policy: decision.policy,
            out: candidate.out,
            from: candidate.from,
            to: i64::from(decision.desired_after),
            started: context.now,
            completed: None,
        };
        if candidate.out {
            // A scale-out cancels every running scale-in cooldown of the service.
            let all = self
                .policies
                .iter_mut()
                .map(|policy| &mut policy.last)
                .chain(core::iter::once(&mut self.last));
            for last in all {
                *last = last.filter(|activity| activity.out);
            }
        }
        self.policies[decision.policy.index()].last = Some(activity);
        self.last = Some(activity);
    }

    /// What one invocation comes to on its own.
    fn candidate(&self, context: &Context, alarm: AlarmId, alarms: &[AlarmView<'_>]) -> Candidate {
        let view = &alarms[alarm.index()];
        let mut candidate = Candidate {
            decision: Decision {
                policy: view.policy,
                alarm,
                value: None,
                base: context.running,
                proposed: None,
                credited: None,
                cooldown: None,
                min: context.min,
                max: context.max,
                desired_before: context.desired,
                desired_after: context.desired,
                verdict: Verdict::AlreadyAtDesiredCapacity,
            },
            out: false,
            from: i64::from(context.running),
        };
        let verdict = self
            .propose(context, view, &mut candidate)
            .and_then(|()| self.agree(context, view, alarms, &mut candidate))
            .and_then(|()| self.cool_down(context, view, &mut candidate))
            .and_then(|()| clamp(context, &mut candidate));
        candidate.decision.verdict = match verdict {
            Ok(()) if candidate.out => Verdict::ScaledOut,
            Ok(()) => Verdict::ScaledIn,
            Err(verdict) => verdict,
        };
        candidate
    }

    /// The formula.
    fn propose(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        candidate: &mut Candidate,
    ) -> Result<(), Verdict> {
        let decision = &mut candidate.decision;
        match &self.policies[view.policy.index()].plan.kind {
            PolicyKind::TargetTracking(plan) => {
                let value = plan.aggregate(view.datapoints, &self.rules).ok_or(Verdict::WithinTarget)?;
                decision.value = Some(value);
                let running = i64::from(context.running);
                let beyond = if view.low {
                    value < plan.low_threshold(&self.rules)
                } else {
                    value > plan.target_value
                };
                if !beyond {
                    return Err(Verdict::WithinTarget);
                }
                let count = if view.low {
                    plan.scale_in(running, value, &self.rules)
                } else {
                    plan.proportional(running, value)
                };
                decision.proposed = Some(count);
                if view.low && self.rules.tt_flapping_guard && flaps(running, count, value, plan.target_value)
                {
                    return Err(Verdict::AutoScalingAnticipatedFlapping);
                }
            }
            PolicyKind::Step(plan) => {
                if self.rules.step_base == StepBase::Desired {
                    decision.base = context.desired;
                }
                let value = plan.aggregate(view.datapoints, &self.rules).ok_or(Verdict::NoMatchingStep)?;
                decision.value = Some(value);
                let step = plan.select(value).ok_or(Verdict::NoMatchingStep)?;
                decision.proposed = Some(plan.apply(step, i64::from(decision.base)));
            }
        }
        let (proposed, base) = (decision.proposed.unwrap_or(0), i64::from(decision.base));
        if proposed == base {
            return Err(Verdict::AlreadyAtDesiredCapacity);
        }
        candidate.out = proposed > base;
        decision.credited = decision.proposed;
        if !candidate.out && context.deploying {
            return Err(Verdict::TargetServicePutResourceAsUnscalable);
        }
        if context.suspended.stops(candidate.out) {
            return Err(Verdict::Suspended);
        }
        Ok(())
    }

    /// Target tracking scales in only when every target-tracking policy that may is ready, to the largest proposal.
    fn agree(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        alarms: &[AlarmView<'_>],
        candidate: &mut Candidate,
    ) -> Result<(), Verdict> {
        if candidate.out || !view.low {
            return Ok(());
        }
        let running = i64::from(context.running);
        for other in alarms.iter().filter(|other| other.low) {
            let PolicyKind::TargetTracking(plan) = &self.policies[other.policy.index()].plan.kind else {
                continue;
            };
            let value =
                plan.aggregate(other.datapoints, &self.rules).filter(|_| other.state == AlarmState::Alarm);
            let Some(value) = value.filter(|value| *value < plan.low_threshold(&self.rules)) else {
                return Err(Verdict::NotUnanimous);
            };
            let count = plan.scale_in(running, value, &self.rules);
            candidate.decision.credited = candidate.decision.credited.max(Some(count));
        }
        if candidate.decision.credited >= Some(running) { Err(Verdict::NotUnanimous) } else { Ok(()) }
    }

    /// Cooldowns, and the credit for capacity that the activity in cooldown already added.
    fn cool_down(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        candidate: &mut Candidate,
    ) -> Result<(), Verdict> {
        let state = &self.policies[view.policy.index()];
        let last = match self.rules.cooldown_scope {
            CooldownScope::PerPolicy => state.last,
            CooldownScope::PerTarget => self.last,
        };
        let start = self.rules.cooldown_start;
        let length = |last: &Activity| cooldown(&state.plan.kind, last.out);
        let Some(last) = last.filter(|last| last.cools(context.now, length(last), start)) else {
            return Ok(());
        };
        let until = last.cools_until(length(&last), start);
        let running = Cooldown { activity: last, length: length(&last), until, credit: 0 };
        candidate.decision.cooldown = Some(running);
        match (candidate.out, last.out) {
            (true, true) => {
                let credited = self.credit(context, state, &last, &candidate.decision);
                let credit = candidate.decision.proposed.unwrap_or(credited) - credited;
                candidate.decision.credited = Some(credited);
                candidate.decision.cooldown = Some(Cooldown { credit, ..running });
                candidate.from = last.from;
                if candidate.decision.credited <= Some(i64::from(context.desired)) {
                    return Err(Verdict::CoolingDown);
                }
                Ok(())
            }
            (true, false) => Ok(()),
            (false, true) if !self.rules.block_in_during_out_cooldown => Ok(()),
            (false, _) => Err(Verdict::CoolingDown),
        }
    }

    /// A larger scale-out within the cooldown: the count after subtracting what was already added.
    fn credit(&self, context: &Context, state: &PolicyState, last: &Activity, decision: &Decision) -> i64 {
        let proposed = decision.proposed.unwrap_or(0);
        match self.rules.cooldown_credit {
            CooldownCredit::SubtractAdded => {
                // The base counts running tasks, so only what already runs of the activity was counted twice.
                let base = if decision.base == context.running { context.running } else { context.desired };
                let counted = (i64::from(base) - last.from).clamp(0, (last.to - last.from).max(0));
                proposed - counted
            }
            CooldownCredit::BaseBeforeActivity => match (&state.plan.kind, decision.value) {
                (PolicyKind::TargetTracking(plan), Some(value)) => plan.proportional(last.from, value),
                (PolicyKind::Step(plan), Some(value)) => {
                    plan.select(value).map_or(proposed, |step| plan.apply(step, last.from))
                }
                (_, None) => proposed,
            },
        }
    }
}

/// Whether fewer tasks would push the metric above the target, or no task can be spared.
fn flaps(running: i64, count: i64, value: f64, target: f64) -> bool {
    use super::target_tracking::to_f64;
    count == running || (count > 0 && value * to_f64(running) / to_f64(count) > target * (1.0 + 1e-9))
}

fn cooldown(kind: &PolicyKind, out: bool) -> SimDuration {
    match kind {
        PolicyKind::TargetTracking(plan) if out => plan.scale_out_cooldown,
        PolicyKind::TargetTracking(plan) => plan.scale_in_cooldown,
        PolicyKind::Step(plan) => plan.cooldown,
    }
}

/// Moves the result within min and max and compares it with the desired count (`aws-scaling.md` §1.6).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u32 bounds")]
fn clamp(context: &Context, candidate: &mut Candidate) -> Result<(), Verdict> {
    let wanted = candidate.decision.credited.unwrap_or(0);
    let desired = wanted.clamp(i64::from(context.min), i64::from(context.max)) as u32;
    let no_change = if candidate.out { desired <= context.desired } else { desired >= context.desired };
    if no_change {
        return Err(match candidate.out {
            true if context.desired >= context.max => Verdict::AlreadyAtMaxCapacity,
            false if context.desired <= context.min => Verdict::AlreadyAtMinCapacity,
            _ => Verdict::AlreadyAtDesiredCapacity,
        });
    }
    candidate.decision.desired_after = desired;
    Ok(())
}

#[cfg(test)]
mod tests;
