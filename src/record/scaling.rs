//! Facts of scaling as rows of the decision log and as counts.

use windtunnel_kernel::scaling::aas::{
    AlarmEvaluated, PolicyInvoked, PolicyKind, ScheduledActionRan, ScheduledOutcome, SuspensionChanged,
    Verdict,
};
use windtunnel_kernel::scaling::{ControllerDecision, ScalingFact};
use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::units::SimTime;

use super::detail::Detail;
use super::reasons;
use super::result::{DecisionKind, DecisionRecord};
use super::service::ServiceRecorder;

/// Takes a fact of scaling of the service with this plan into its record.
pub(super) fn record(
    recorder: &mut ServiceRecorder,
    plan: &ServicePlan,
    keep: Detail,
    fact: &ScalingFact<'_>,
) {
    let keeps_all = keep == Detail::Everything;
    match fact {
        ScalingFact::AlarmEvaluated(evaluated) => {
            if keeps_all {
                alarm_evaluated(recorder, plan, evaluated);
            }
        }
        ScalingFact::PolicyInvoked(invoked) => policy_invoked(recorder, plan, keeps_all, invoked),
        ScalingFact::ScheduledActionRan(ran) => scheduled_action(recorder, keeps_all, ran),
        ScalingFact::SuspensionChanged(change) if keeps_all => suspension_changed(recorder, change),
        ScalingFact::DesiredClamped { before, after } if keeps_all => {
            let mut row = recorder.capacity_row(SimTime::ZERO, (*before, *after));
            row.outcome = direction(*before, *after);
            row.reason = reasons::bound_moved(*before, *after);
            recorder.decisions.push(row);
        }
        ScalingFact::ActivityCompleted { at, desired } if keeps_all => {
            let mut row = recorder.capacity_row(*at, (*desired, *desired));
            row.running = *desired;
            row.reason = format!("{desired} tasks run, as desired: the cooldown starts");
            recorder.decisions.push(row);
        }
        ScalingFact::Decided(decision) => decided(recorder, keeps_all, decision),
        ScalingFact::SuspensionChanged(_)
        | ScalingFact::DesiredClamped { .. }
        | ScalingFact::ActivityCompleted { .. } => {}
    }
}

/// Outcome of a change of the desired count.
const fn direction(before: u32, after: u32) -> &'static str {
    if after > before { "scaled_out" } else { "scaled_in" }
}

fn alarm_evaluated(recorder: &mut ServiceRecorder, plan: &ServicePlan, evaluated: &AlarmEvaluated<'_>) {
    let metric = plan.metrics.name(evaluated.alarm.metric);
    recorder.evaluations.note(evaluated, metric);
    if !evaluated.evaluation.changed {
        return;
    }
    recorder.decisions.push(DecisionRecord {
        at: evaluated.at,
        until: evaluated.at,
        times: 1,
        kind: DecisionKind::Alarm,
        policy: recorder.names[evaluated.policy.index()].clone(),
        alarm_state: evaluated.evaluation.state.name(),
        metric: metric.to_owned(),
        value: evaluated.evaluation.datapoints.last().copied(),
        threshold: Some(evaluated.alarm.threshold),
        datapoints: evaluated.evaluation.datapoints.clone(),
        running: evaluated.running,
        proposed: None,
        desired_before: evaluated.desired,
        desired_after: evaluated.desired,
        outcome: evaluated.evaluation.state.name(),
        reason: reasons::alarm(evaluated, metric),
    });
}

fn policy_invoked(
    recorder: &mut ServiceRecorder,
    plan: &ServicePlan,
    keeps_all: bool,
    invoked: &PolicyInvoked<'_>,
) {
    let decision = invoked.decision;
    match decision.verdict {
        Verdict::ScaledOut => recorder.scaling.scale_out += 1,
        Verdict::ScaledIn => {
            let policy = plan.scaling.policies.get(decision.policy.index());
            let is_tracking =
                policy.is_some_and(|policy| matches!(policy.kind, PolicyKind::TargetTracking(_)));
            recorder.scaling.scale_in += 1;
            recorder.scaling.tracking_in += u64::from(is_tracking);
        }
        _ => recorder.scaling.not_scaled += 1,
    }
    if !keeps_all || recorder.decisions.repeats(invoked) {
        return;
    }
    let row = DecisionRecord {
        at: invoked.at,
        until: invoked.at,
        times: 1,
        kind: DecisionKind::Policy,
        policy: recorder.names[decision.policy.index()].clone(),
        alarm_state: "ALARM",
        metric: plan.metrics.name(invoked.alarm.metric).to_owned(),
        value: decision.value,
        threshold: Some(invoked.alarm.threshold),
        datapoints: invoked.datapoints.to_vec(),
        running: invoked.running,
        proposed: decision.proposed,
        desired_before: decision.desired_before,
        desired_after: decision.desired_after,
        outcome: reasons::outcome(decision.verdict),
        reason: reasons::policy(invoked, plan),
    };
    match decision.verdict {
        Verdict::ScaledOut | Verdict::ScaledIn => recorder.decisions.push(row),
        verdict => recorder.decisions.push_refusal(decision.policy, verdict, row),
    }
}

fn scheduled_action(recorder: &mut ServiceRecorder, keeps_all: bool, ran: &ScheduledActionRan<'_>) {
    let (before, after) = (ran.desired_before, ran.desired_after);
    recorder.scaling.scale_out += u64::from(after > before);
    recorder.scaling.scale_in += u64::from(after < before);
    if !keeps_all {
        return;
    }
    let mut row = recorder.capacity_row(ran.at, (before, before));
    row.kind = DecisionKind::Scheduled;
    row.policy = ran.name.to_owned();
    row.running = ran.running;
    row.outcome = match ran.outcome {
        ScheduledOutcome::Applied => "applied",
        ScheduledOutcome::MinAboveMax => "failed",
        ScheduledOutcome::Suspended => "suspended",
    };
    row.reason = reasons::scheduled(ran);
    recorder.decisions.push(row.clone());
    if after != before {
        row.outcome = direction(before, after);
        row.reason = reasons::bound_moved(before, after);
        row.desired_after = after;
        recorder.decisions.push(row);
    }
}

fn suspension_changed(recorder: &mut ServiceRecorder, change: &SuspensionChanged) {
    let mut row = recorder.capacity_row(change.at, (change.desired, change.desired));
    row.kind = DecisionKind::Scheduled;
    row.running = change.running;
    row.outcome = if change.after == Default::default() { "resumed" } else { "suspended" };
    row.reason = reasons::suspension(change);
    recorder.decisions.push(row);
}

fn decided(recorder: &mut ServiceRecorder, keeps_all: bool, decision: &ControllerDecision<'_>) {
    let (before, after) = (decision.desired_before, decision.desired_after);
    recorder.scaling.scale_out += u64::from(after > before);
    recorder.scaling.scale_in += u64::from(after < before);
    recorder.scaling.not_scaled += u64::from(after == before);
    if !keeps_all {
        return;
    }
    let mut row = recorder.capacity_row(decision.at, (before, after));
    row.policy = decision.controller.to_owned();
    row.running = decision.running;
    row.outcome = if after == before { "not_scaled" } else { direction(before, after) };
    row.reason = decision.reason.to_owned();
    recorder.decisions.push(row);
}
