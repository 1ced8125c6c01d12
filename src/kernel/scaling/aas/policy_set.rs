//! One decision from all policies of a service: proposals, cooldowns, credit, clamps, and who wins.
//!
//! The procedure is that of `docs/aws/scaling-activities.md`. A scale-out happens when any policy asks
//! for one; a target-tracking scale-in when all target-tracking policies that may scale in are ready; the largest resulting
//! capacity wins. Alarms reach this module as states and evaluated datapoints: it has no path to anything else.
//!
//! A target-tracking policy decides on datapoints of periods that began since the desired count was changed last
//! (`tt_datapoints`). Older ones were measured on another count: until a newer one can be read, a scale-in waits, and a
//! scale-out is computed from the count before that change, so that it adds something only where the breach is larger. AWS
//! publishes no such rule. Evidence for it: a public log with a scale-out cooldown of 60 s goes 1 → 2 → 3 in steps of 180 s,
//! which is when the first datapoint of a period after the change can be read (`docs/aws/reaction-times.md#scale-out`);
//! its guide says that target tracking "minimizes rapid fluctuations" of the count. That short cooldowns over-scale is
//! reported too (`docs/aws/reaction-times.md#scale-out`), and still happens where tasks take longer to serve than a
//! datapoint takes to be read.

use alloc::vec::Vec;

use super::activity::{Activity, Cooldown};
use super::plan::{
    CooldownCredit, CooldownScope, PolicyKind, PolicyPlan, PolicyRules, StepBase, TargetTrackingPlan,
    TrackedDatapoints,
};
use super::scheduled::Suspended;
use crate::telemetry::AlarmState;
use crate::units::{AlarmId, PolicyId, SimDuration, SimTime};

/// An alarm as its policy sees it.
#[derive(Clone, Copy, Debug)]
pub struct AlarmView<'a> {
    /// Policy to which the alarm belongs.
    pub policy: PolicyId,
    /// Whether it is the low alarm of a target-tracking policy.
    pub is_low: bool,
    /// State of the alarm.
    pub state: AlarmState,
    /// The datapoints it evaluated last, oldest first.
    pub datapoints: &'a [f64],
    /// Beginning of each datapoint's period; as many as there are datapoints.
    pub began: &'a [SimTime],
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
    /// Whether a deployment is in progress: scale-in is off (`docs/aws/scaling-activities.md#deployments`).
    pub deploying: bool,
    /// Suspended kinds of scaling (`docs/aws/scheduled-actions.md#suspended-scaling`).
    pub suspended: Suspended,
}

/// Result of one invocation.
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
    /// No datapoint of a period since the last change of the desired count can be read yet, and the proposal is not a larger
    /// scale-out.
    AwaitingDatapoint,
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
    /// Count of the alarm's newest datapoints of which that number was made.
    pub points: usize,
    /// The count its formula started from.
    pub base: u32,
    /// Proposal of the formula, before cooldown, credit and clamps.
    pub proposed: Option<i64>,
    /// Rest of the proposal after the credit for capacity already added in the cooldown.
    pub credited: Option<i64>,
    /// The cooldown that runs and concerns this policy; `None`: none does.
    pub cooldown: Option<Cooldown>,
    /// The scale-in cooldown that this scale-out ended before its time; `None`: there was none.
    pub cancelled: Option<Cooldown>,
    /// `MinCapacity` then \[tasks\].
    pub min: u32,
    /// `MaxCapacity` then \[tasks\].
    pub max: u32,
    /// Desired count before.
    pub desired_before: u32,
    /// Desired count after.
    pub desired_after: u32,
    /// Result of the invocation.
    pub verdict: Verdict,
}

/// A proposal on its way to a decision.
#[derive(Clone, Copy, Debug)]
struct Proposal {
    decision: Decision,
    is_scale_out: bool,
    /// Count that the activity starts from, for the next credit.
    base_count: i64,
    /// No datapoint since the last change of the desired count can be read yet.
    is_stale: bool,
}

#[derive(Clone, Debug)]
struct PolicyState {
    plan: PolicyPlan,
    last: Option<Activity>,
}

/// The last change of the desired count, by any policy.
#[derive(Clone, Copy, Debug)]
struct Change {
    at: SimTime,
    /// The count on which what was measured before it was measured.
    from: i64,
}

/// Policies of a scalable target, with the activities and cooldowns on which their next decision depends.
#[derive(Clone, Debug)]
pub struct PolicySet {
    rules: PolicyRules,
    policies: Vec<PolicyState>,
    /// The last activity of any policy.
    last: Option<Activity>,
    changed: Option<Change>,
}

impl PolicySet {
    /// Policies without history.
    #[must_use]
    pub fn new(policies: &[PolicyPlan], rules: PolicyRules) -> Self {
        let policies = policies.iter().map(|plan| PolicyState { plan: plan.clone(), last: None }).collect();
        Self { rules, policies, last: None, changed: None }
    }

    /// Something else than a policy changed the desired count while `running` tasks ran: a scheduled action.
    pub fn note_change(&mut self, now: SimTime, running: u32) {
        self.changed = Some(Change { at: now, from: i64::from(running) });
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
        let proposals: Vec<Proposal> =
            invoked.iter().map(|alarm| self.proposal(&context, *alarm, alarms)).collect();
        let result = |c: &Proposal| c.decision.desired_after;
        let open = |c: &&Proposal| matches!(c.decision.verdict, Verdict::ScaledOut | Verdict::ScaledIn);
        let winner_out = proposals.iter().filter(open).filter(|c| c.is_scale_out).map(result).max();
        let winner_in = proposals.iter().filter(open).filter(|c| !c.is_scale_out).map(result).max();
        let mut applied = false;
        for mut proposal in proposals {
            if open(&&proposal) {
                let wanted = if winner_out.is_some() { winner_out } else { winner_in };
                let wins = proposal.is_scale_out == winner_out.is_some()
                    && Some(result(&proposal)) == wanted
                    && !applied;
                if wins {
                    applied = true;
                    if proposal.is_scale_out {
                        proposal.decision.cancelled = self.scale_in_cooldown(context.now);
                    }
                    self.apply(&context, &proposal);
                    context.desired = proposal.decision.desired_after;
                } else {
                    proposal.decision.verdict = Verdict::Outvoted;
                    proposal.decision.desired_after = proposal.decision.desired_before;
                }
            }
            out.push(proposal.decision);
        }
    }

    fn apply(&mut self, context: &Context, proposal: &Proposal) {
        let decision = &proposal.decision;
        let activity = Activity {
            policy: decision.policy,
            is_scale_out: proposal.is_scale_out,
            from: proposal.base_count,
            to: i64::from(decision.desired_after),
            started: context.now,
            completed: None,
        };
        if proposal.is_scale_out {
            // A scale-out cancels every running scale-in cooldown of the service.
            let all = self
                .policies
                .iter_mut()
                .map(|policy| &mut policy.last)
                .chain(core::iter::once(&mut self.last));
            for last in all {
                *last = last.filter(|activity| activity.is_scale_out);
            }
        }
        self.policies[decision.policy.index()].last = Some(activity);
        self.last = Some(activity);
        self.changed = Some(Change { at: context.now, from: proposal.base_count });
    }

    /// Selects the datapoints of an alarm whose periods began since the desired count was changed last.
    fn fresh<'a>(&self, view: &AlarmView<'a>) -> &'a [f64] {
        let since = match (self.rules.tt_datapoints, self.changed) {
            (TrackedDatapoints::SinceLastActivity, Some(change)) => change.at,
            _ => return view.datapoints,
        };
        let first = view.began.partition_point(|began| *began < since);
        view.datapoints.get(first..).unwrap_or(&[])
    }

    /// Computes the proposal of one invocation by itself.
    fn proposal(&self, context: &Context, alarm: AlarmId, alarms: &[AlarmView<'_>]) -> Proposal {
        let view = &alarms[alarm.index()];
        let mut proposal = Proposal {
            decision: Decision {
                policy: view.policy,
                alarm,
                value: None,
                points: 0,
                base: context.running,
                proposed: None,
                credited: None,
                cooldown: None,
                cancelled: None,
                min: context.min,
                max: context.max,
                desired_before: context.desired,
                desired_after: context.desired,
                verdict: Verdict::AlreadyAtDesiredCapacity,
            },
            is_scale_out: false,
            base_count: i64::from(context.running),
            is_stale: false,
        };
        let verdict = self
            .propose(context, view, &mut proposal)
            .and_then(|()| self.cool_down(context, view, &mut proposal))
            .and_then(|()| self.require_unanimity(context, view, alarms, &mut proposal))
            .and_then(|()| await_datapoint(context, &proposal))
            .and_then(|()| clamp(context, &mut proposal));
        proposal.decision.verdict = match verdict {
            Ok(()) if proposal.is_scale_out => Verdict::ScaledOut,
            Ok(()) => Verdict::ScaledIn,
            Err(verdict) => verdict,
        };
        proposal
    }

    /// The formula.
    fn propose(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        proposal: &mut Proposal,
    ) -> Result<(), Verdict> {
        let decision = &mut proposal.decision;
        match &self.policies[view.policy.index()].plan.kind {
            PolicyKind::TargetTracking(plan) => {
                self.track(context, plan, view, proposal)?;
            }
            PolicyKind::Step(plan) => {
                if self.rules.step_base == StepBase::Desired {
                    decision.base = context.desired;
                }
                let value = plan.aggregate(view.datapoints, &self.rules).ok_or(Verdict::NoMatchingStep)?;
                (decision.value, decision.points) = (Some(value), view.datapoints.len());
                let step = plan.select(value).ok_or(Verdict::NoMatchingStep)?;
                decision.proposed = Some(plan.apply(step, i64::from(decision.base)));
            }
        }
        let decision = &mut proposal.decision;
        let (proposed, base) = (decision.proposed.unwrap_or(0), i64::from(decision.base));
        if proposed == base {
            return Err(Verdict::AlreadyAtDesiredCapacity);
        }
        proposal.is_scale_out = proposed > base;
        decision.credited = decision.proposed;
        if !proposal.is_scale_out && context.deploying {
            return Err(Verdict::TargetServicePutResourceAsUnscalable);
        }
        if context.suspended.stops(proposal.is_scale_out) {
            return Err(Verdict::Suspended);
        }
        Ok(())
    }

    /// Computes the proposal of a target-tracking policy.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count that was one")]
    fn track(
        &self,
        context: &Context,
        plan: &TargetTrackingPlan,
        view: &AlarmView<'_>,
        proposal: &mut Proposal,
    ) -> Result<(), Verdict> {
        let decision = &mut proposal.decision;
        let fresh = self.fresh(view);
        let is_stale = fresh.is_empty() && !view.datapoints.is_empty();
        let points = if is_stale { view.datapoints } else { fresh };
        let value = plan.aggregate(points, &self.rules).ok_or(Verdict::WithinTarget)?;
        (decision.value, decision.points) = (Some(value), points.len());
        proposal.is_stale = is_stale;
        if is_stale && view.is_low {
            return Err(self.cool_down(context, view, proposal).err().unwrap_or(Verdict::AwaitingDatapoint));
        }
        let beyond =
            if view.is_low { value < plan.low_threshold(&self.rules) } else { value > plan.target_value };
        if !beyond {
            return Err(Verdict::WithinTarget);
        }
        let running = i64::from(context.running);
        if view.is_low {
            let count = plan.scale_in(running, value, &self.rules);
            decision.proposed = Some(count);
            if self.rules.tt_flapping_guard && flaps(running, count, value, plan.target_value) {
                return Err(Verdict::AutoScalingAnticipatedFlapping);
            }
            return Ok(());
        }
        let base = self.changed.filter(|_| is_stale).map_or(running, |change| change.from);
        (decision.base, proposal.base_count) = (base as u32, base);
        decision.proposed = Some(plan.proportional(base, value));
        Ok(())
    }

    /// Target tracking scales in only when every target-tracking policy that may is ready, to the largest proposal. One whose
    /// own scale-in cooldown runs proposes nothing, so it is not ready.
    fn require_unanimity(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        alarms: &[AlarmView<'_>],
        proposal: &mut Proposal,
    ) -> Result<(), Verdict> {
        if proposal.is_scale_out || !view.is_low {
            return Ok(());
        }
        let running = i64::from(context.running);
        for other in alarms.iter().filter(|other| other.is_low) {
            let PolicyKind::TargetTracking(plan) = &self.policies[other.policy.index()].plan.kind else {
                continue;
            };
            let is_cooling = other.policy != view.policy && self.is_cooling_in(context, other.policy);
            let value = plan
                .aggregate(self.fresh(other), &self.rules)
                .filter(|_| other.state == AlarmState::Alarm && !is_cooling);
            let Some(value) = value.filter(|value| *value < plan.low_threshold(&self.rules)) else {
                return Err(Verdict::NotUnanimous);
            };
            let count = plan.scale_in(running, value, &self.rules);
            proposal.decision.credited = proposal.decision.credited.max(Some(count));
        }
        if proposal.decision.credited >= Some(running) { Err(Verdict::NotUnanimous) } else { Ok(()) }
    }

    /// Cooldowns, and the credit for capacity that the activity in cooldown already added.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count that was one")]
    fn cool_down(
        &self,
        context: &Context,
        view: &AlarmView<'_>,
        proposal: &mut Proposal,
    ) -> Result<(), Verdict> {
        let state = &self.policies[view.policy.index()];
        let last = match self.rules.cooldown_scope {
            CooldownScope::PerPolicy => state.last,
            CooldownScope::PerTarget => self.last,
            CooldownScope::ScaleInPerTarget => {
                self.last.filter(|last| !proposal.is_scale_out && !last.is_scale_out).or(state.last)
            }
        };
        let start = self.rules.cooldown_start;
        let length = |last: &Activity| self.cooldown_after(view.policy, last);
        let Some(last) = last.filter(|last| last.in_cooldown(context.now, length(last), start)) else {
            return Ok(());
        };
        let until = last.cools_until(length(&last), start);
        let running = Cooldown { activity: last, length: length(&last), until, credit: 0 };
        proposal.decision.cooldown = Some(running);
        match (proposal.is_scale_out, last.is_scale_out) {
            (true, true) => {
                let credited = self.credit(context, state, &last, proposal);
                let credit = match self.rules.cooldown_credit {
                    CooldownCredit::SubtractAdded => {
                        proposal.decision.proposed.unwrap_or(credited) - credited
                    }
                    CooldownCredit::BaseBeforeActivity => 0,
                };
                proposal.decision.credited = Some(credited);
                proposal.decision.cooldown = Some(Cooldown { credit, ..running });
                proposal.base_count = last.from;
                if self.rules.cooldown_credit == CooldownCredit::BaseBeforeActivity {
                    proposal.decision.base = last.from as u32;
                    proposal.decision.proposed = Some(credited);
                }
                if proposal.decision.credited <= Some(i64::from(context.desired)) {
                    return Err(Verdict::CoolingDown);
                }
                Ok(())
            }
            (true, false) => Ok(()),
            (false, true) if !self.rules.block_in_during_out_cooldown => Ok(()),
            (false, _) => Err(Verdict::CoolingDown),
        }
    }

    /// Cooldown of `policy` after `last`: its own cooldown; after another policy's scale-in the longer of the two.
    fn cooldown_after(&self, policy: PolicyId, last: &Activity) -> SimDuration {
        let own = self.policies[policy.index()].plan.cooldown(last.is_scale_out);
        if last.is_scale_out { own } else { own.max(self.policies[last.policy.index()].plan.cooldown(false)) }
    }

    /// The scale-in cooldown that runs at `now`: of several that which ends last.
    fn scale_in_cooldown(&self, now: SimTime) -> Option<Cooldown> {
        let start = self.rules.cooldown_start;
        let running = self.policies.iter().filter_map(|policy| {
            let activity = policy.last.filter(|last| !last.is_scale_out)?;
            let length = policy.plan.cooldown(false);
            let until = activity.cools_until(length, start);
            activity.in_cooldown(now, length, start).then_some(Cooldown {
                activity,
                length,
                until,
                credit: 0,
            })
        });
        running.max_by_key(|cooldown| cooldown.until.unwrap_or(SimTime::NEVER))
    }

    /// Whether the policy's own scale-in cooldown runs.
    fn is_cooling_in(&self, context: &Context, policy: PolicyId) -> bool {
        let state = &self.policies[policy.index()];
        let length = state.plan.cooldown(false);
        let last = state.last.filter(|last| !last.is_scale_out);
        last.is_some_and(|last| last.in_cooldown(context.now, length, self.rules.cooldown_start))
    }

    /// A larger scale-out within the cooldown: the count after subtracting what was already added.
    fn credit(&self, context: &Context, state: &PolicyState, last: &Activity, proposal: &Proposal) -> i64 {
        let decision = &proposal.decision;
        let proposed = decision.proposed.unwrap_or(0);
        match self.rules.cooldown_credit {
            // Computed from the count before the change already.
            CooldownCredit::SubtractAdded if proposal.is_stale => proposed,
            CooldownCredit::SubtractAdded => {
                // The base counts running tasks, so only what already runs of the activity was counted twice.
                let base = if decision.base == context.running { context.running } else { context.desired };
                let counted = (i64::from(base) - last.from).clamp(0, (last.to - last.from).max(0));
                proposed - counted
            }
            CooldownCredit::BaseBeforeActivity => {
                let count = decision.value.and_then(|value| state.plan.scale_out_count(last.from, value));
                count.unwrap_or(proposed)
            }
        }
    }
}

/// Whether fewer tasks would push the metric above the target, or no task can be spared.
fn flaps(running: i64, count: i64, value: f64, target: f64) -> bool {
    use super::target_tracking::to_f64;
    count == running || (count > 0 && value * to_f64(running) / to_f64(count) > target * (1.0 + 1e-9))
}

/// A scale-out that was computed from the count before the last change must be larger than what that change asked for.
fn await_datapoint(context: &Context, proposal: &Proposal) -> Result<(), Verdict> {
    let reached = i64::from(context.desired.max(context.running));
    let adds = proposal.decision.credited.is_some_and(|count| count > reached);
    if proposal.is_stale && proposal.is_scale_out && !adds { Err(Verdict::AwaitingDatapoint) } else { Ok(()) }
}

/// Moves the result within min and max and compares it with the desired count
/// (`docs/aws/scaling-activities.md#minimum-and-maximum`).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u32 bounds")]
fn clamp(context: &Context, proposal: &mut Proposal) -> Result<(), Verdict> {
    let wanted = proposal.decision.credited.unwrap_or(0);
    let desired = wanted.clamp(i64::from(context.min), i64::from(context.max)) as u32;
    let no_change =
        if proposal.is_scale_out { desired <= context.desired } else { desired >= context.desired };
    if no_change {
        return Err(match proposal.is_scale_out {
            true if context.desired >= context.max => Verdict::AlreadyAtMaxCapacity,
            false if context.desired <= context.min => Verdict::AlreadyAtMinCapacity,
            _ => Verdict::AlreadyAtDesiredCapacity,
        });
    }
    proposal.decision.desired_after = desired;
    Ok(())
}

#[cfg(test)]
mod tests;
