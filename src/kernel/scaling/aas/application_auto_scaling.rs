//! Application Auto Scaling as a scaling controller: its timers are the evaluations of alarms, the actions that they invoke,
//! scheduled actions, and the ends of suspensions.
//!
//! An alarm that enters `ALARM` invokes its policy, and again every `alarm_reinvoke` while it stays there
//! (`docs/aws/alarms.md#actions`). All policies that are invoked at one instant are decided together by [`PolicySet`].
//! Scheduled actions move the bounds, suspensions hold scaling back (`docs/aws/scheduled-actions.md`).

use alloc::vec::Vec;

use super::actions::PendingActions;
use super::alarms::{ManagedAlarm, managed_alarms};
use super::facts::{PolicyInvoked, ScheduledActionRan, SuspensionChanged};
use super::plan::ScalableTargetPlan;
use super::policy_set::{AlarmView, Context, Decision, PolicySet, Verdict};
use super::scheduled::{Occurrence, ScheduledOutcome, Suspended, occurrences};
use crate::random::Streams;
use crate::scaling::controller::{Controller, Timer, TimerPhase, Turn};
use crate::scaling::facts::ScalingFact;
use crate::telemetry::MetricStore;
use crate::units::{AlarmId, SimTime};

/// An alarm is evaluated; its subject is the alarm.
const EVALUATION: u8 = 0;
/// Policies act on alarms.
const POLICIES: u8 = 1;
/// The next occurrence of a scheduled action runs.
const SCHEDULED: u8 = 2;
/// A suspension begins or ends.
const SUSPENSION: u8 = 3;

const fn evaluation_of(alarm: u32) -> Timer {
    Timer { phase: TimerPhase::Evaluation, code: EVALUATION, subject: Some(alarm) }
}

const fn timer(phase: TimerPhase, code: u8) -> Timer {
    Timer { phase, code, subject: None }
}

/// A scalable target of Application Auto Scaling: the bounds of a service, its policies with their alarms, and its schedule.
#[derive(Debug)]
pub struct ApplicationAutoScaling<'p> {
    plan: &'p ScalableTargetPlan,
    alarms: Vec<ManagedAlarm>,
    actions: PendingActions,
    policies: PolicySet,
    /// `MinCapacity` and `MaxCapacity`, which scheduled actions change \[tasks\].
    bounds: (u32, u32),
    suspended: Suspended,
    /// Occurrences of scheduled actions to come, the next one last.
    occurrences: Vec<Occurrence>,
    /// Buffer for the evaluation range of an alarm.
    range: Vec<Option<f64>>,
    /// Buffer for the alarms whose actions are due.
    invoked: Vec<AlarmId>,
    /// Buffer for the decisions of one instant.
    decisions: Vec<Decision>,
}

impl<'p> ApplicationAutoScaling<'p> {
    /// The scalable target of the service with this name. The first whole minute of the calendar ends at `first_minute`.
    #[must_use]
    pub fn new(plan: &'p ScalableTargetPlan, service: &str, first_minute: SimTime, streams: Streams) -> Self {
        Self {
            plan,
            alarms: managed_alarms(plan, service, first_minute, streams),
            actions: PendingActions::default(),
            policies: PolicySet::new(&plan.policies, plan.rules.clone()),
            bounds: (plan.min_capacity, plan.max_capacity),
            suspended: Suspended::default(),
            occurrences: occurrences(&plan.schedule, service, streams),
            range: Vec::new(),
            invoked: Vec::new(),
            decisions: Vec::new(),
        }
    }

    fn set_timer_of_next_occurrence(&self, turn: &mut Turn<'_>) {
        if let Some(next) = self.occurrences.last() {
            turn.set_timer(next.at, timer(TimerPhase::Action, SCHEDULED));
        }
    }

    /// Evaluates an alarm; when it enters `ALARM`, its policy is invoked after `aas_action_latency`.
    fn evaluate(&mut self, id: AlarmId, turn: &mut Turn<'_>) {
        let Some(alarm) = self.alarms.get_mut(id.index()) else { return };
        if alarm.evaluate(turn, &mut self.range) {
            let at = turn.now + self.plan.alarm_rules.action_latency;
            self.actions.enter(at, id);
            turn.set_timer(at, timer(TimerPhase::Action, POLICIES));
        }
        turn.set_timer(turn.now + alarm.interval, evaluation_of(id.0));
    }

    /// Acts on every alarm whose action is due now.
    fn invoke_policies(&mut self, turn: &mut Turn<'_>) -> Option<u32> {
        let reinvoke = self.plan.alarm_rules.reinvoke;
        self.actions.take_due(turn.now, reinvoke, &self.alarms, &mut self.invoked);
        if self.invoked.is_empty() {
            return None;
        }
        turn.set_timer(turn.now + reinvoke, timer(TimerPhase::Action, POLICIES));
        let views: Vec<AlarmView<'_>> = self.alarms.iter().map(view).collect();
        let context = Context {
            now: turn.now,
            running: turn.running,
            desired: turn.desired,
            min: self.bounds.0,
            max: self.bounds.1,
            deploying: false,
            suspended: self.suspended,
        };
        self.decisions.clear();
        self.policies.decide(&context, &self.invoked, &views, &mut self.decisions);
        let scaled =
            self.decisions.iter().find(|d| matches!(d.verdict, Verdict::ScaledOut | Verdict::ScaledIn));
        let winner = scaled.map(|decision| decision.policy);
        for decision in &self.decisions {
            let alarm = &self.alarms[decision.alarm.index()];
            turn.note(&ScalingFact::PolicyInvoked(PolicyInvoked {
                at: turn.now,
                decision,
                alarm: &alarm.alarm.plan,
                datapoints: &alarm.evaluation.datapoints,
                missing: alarm.evaluation.missing,
                winner,
                running: turn.running,
            }));
        }
        scaled.map(|decision| decision.desired_after)
    }

    /// The next occurrence runs: it sets the bounds and moves the desired count within them. Cooldowns neither stop it nor
    /// start.
    fn run_scheduled_action(&mut self, turn: &mut Turn<'_>) -> Option<u32> {
        let occurrence = self.occurrences.pop()?;
        let action = self.plan.schedule.actions.get(occurrence.action)?;
        let before = self.bounds;
        let asked = (action.min_capacity, action.max_capacity);
        let wanted = (asked.0.unwrap_or(before.0), asked.1.unwrap_or(before.1));
        let outcome = if self.suspended.scheduled_scaling {
            ScheduledOutcome::Suspended
        } else if wanted.0 > wanted.1 {
            ScheduledOutcome::MinAboveMax
        } else {
            self.bounds = wanted;
            ScheduledOutcome::Applied
        };
        let desired_after = match outcome {
            ScheduledOutcome::Applied => turn.desired.clamp(wanted.0, wanted.1),
            ScheduledOutcome::MinAboveMax | ScheduledOutcome::Suspended => turn.desired,
        };
        turn.note(&ScalingFact::ScheduledActionRan(ScheduledActionRan {
            at: turn.now,
            due: occurrence.due,
            name: &action.name,
            outcome,
            asked,
            bounds_before: before,
            bounds_after: self.bounds,
            running: turn.running,
            desired_before: turn.desired,
            desired_after,
        }));
        self.set_timer_of_next_occurrence(turn);
        let is_changed = desired_after != turn.desired;
        if is_changed {
            self.policies.note_change(turn.now, turn.running);
        }
        is_changed.then_some(desired_after)
    }

    /// A suspension begins or ends. When policies may act again, those whose alarm is in `ALARM` are evaluated again (documented:
    /// `docs/aws/scheduled-actions.md#suspended-scaling`), besides their repetitions.
    fn change_suspension(&mut self, turn: &mut Turn<'_>) {
        let (before, after) = (self.suspended, self.plan.schedule.suspended_at(turn.now));
        if after == before {
            return;
        }
        self.suspended = after;
        turn.note(&ScalingFact::SuspensionChanged(SuspensionChanged {
            at: turn.now,
            before,
            after,
            running: turn.running,
            desired: turn.desired,
        }));
        if !before.is_resumed_by(after) {
            return;
        }
        let at = turn.now + self.plan.alarm_rules.action_latency;
        for (alarm, id) in self.alarms.iter().zip((0..).map(AlarmId)) {
            if alarm.is_in_alarm() {
                self.actions.act_once(at, id, alarm.episode);
            }
        }
        turn.set_timer(at, timer(TimerPhase::Action, POLICIES));
    }
}

/// An alarm as the policies see it.
fn view(alarm: &ManagedAlarm) -> AlarmView<'_> {
    AlarmView {
        policy: alarm.policy,
        is_low: alarm.is_low,
        state: alarm.alarm.state(),
        datapoints: &alarm.evaluation.datapoints,
        began: &alarm.evaluation.began,
    }
}

impl Controller for ApplicationAutoScaling<'_> {
    fn watch(&mut self, metrics: &mut MetricStore) {
        for alarm in &mut self.alarms {
            alarm.watch(metrics);
        }
    }

    /// `RegisterScalableTarget` moves the count within the new bounds at once
    /// (`docs/aws/scaling-activities.md#minimum-and-maximum`).
    fn begin(&mut self, turn: &mut Turn<'_>) -> Option<u32> {
        for (alarm, id) in self.alarms.iter().zip(0..) {
            turn.set_timer(alarm.phase, evaluation_of(id));
        }
        self.set_timer_of_next_occurrence(turn);
        for at in self.plan.schedule.turns() {
            turn.set_timer(at, timer(TimerPhase::Publication, SUSPENSION));
        }
        let clamped = turn.desired.clamp(self.bounds.0, self.bounds.1);
        let is_moved = clamped != turn.desired;
        if is_moved {
            turn.note(&ScalingFact::DesiredClamped { before: turn.desired, after: clamped });
        }
        is_moved.then_some(clamped)
    }

    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) -> Option<u32> {
        match (timer.code, timer.subject) {
            (EVALUATION, Some(alarm)) => {
                self.evaluate(AlarmId(alarm), turn);
                None
            }
            (SCHEDULED, _) => self.run_scheduled_action(turn),
            (SUSPENSION, _) => {
                self.change_suspension(turn);
                None
            }
            // `POLICIES`: no other timer is ever set.
            _ => self.invoke_policies(turn),
        }
    }

    fn settled(&mut self, turn: &mut Turn<'_>) {
        if self.policies.is_pending() {
            self.policies.complete(turn.now);
            let (at, desired) = (turn.now, turn.desired);
            turn.note(&ScalingFact::ActivityCompleted { at, desired });
        }
    }
}
