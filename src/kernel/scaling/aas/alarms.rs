//! The alarms of scaling policies: each reads its metric at its own phase and keeps its state.

use alloc::vec::Vec;

use super::facts::AlarmEvaluated;
use super::plan::{AlarmRules, ScalableTargetPlan};
use crate::random::{Purpose, Streams};
use crate::scaling::controller::Turn;
use crate::scaling::facts::ScalingFact;
use crate::telemetry::{Alarm, AlarmPlan, AlarmState, Evaluation, LowSamples, MetricStore, Window};
use crate::units::{PolicyId, SimDuration, SimTime};

/// An alarm that a policy owns or is invoked by.
#[derive(Debug)]
pub(super) struct ManagedAlarm {
    pub(super) alarm: Alarm,
    pub(super) policy: PolicyId,
    /// Whether it is the low alarm of a target-tracking policy.
    pub(super) is_low: bool,
    pub(super) evaluation: Evaluation,
    /// Count of entries into `ALARM`: a repetition of its action belongs to one stay.
    pub(super) episode: u32,
    /// Instant of the first evaluation.
    pub(super) phase: SimTime,
    /// Interval between evaluations \[ns\].
    pub(super) interval: SimDuration,
    /// Length of its evaluation range \[datapoints\].
    range: usize,
    /// The datapoints it reads; `None`: it has not asked for them yet.
    window: Option<Window>,
}

/// All alarms of a scalable target, in the order of its policies, the high one of a policy first. A phase is counted from
/// the whole minutes of the calendar, the first of which ends at `first_minute`.
pub(super) fn managed_alarms(
    plan: &ScalableTargetPlan,
    service: &str,
    first_minute: SimTime,
    streams: Streams,
) -> Vec<ManagedAlarm> {
    let mut alarms = Vec::new();
    for (policy, id) in plan.policies.iter().zip((0..).map(PolicyId)) {
        let (high, low) = policy.alarms(&plan.rules);
        for (alarm, is_low) in core::iter::once((high, false)).chain(low.map(|low| (low, true))) {
            let interval = alarm.evaluation_interval();
            let past = plan.alarm_rules.phase.unwrap_or_else(|| {
                let key = alloc::format!("{service}/{}", alarm.name);
                SimDuration(streams.stream(Purpose::ALARM_PHASE, &key).below(interval.0))
            });
            alarms.push(ManagedAlarm {
                range: range(&alarm, &plan.alarm_rules),
                alarm: Alarm::new(alarm),
                policy: id,
                is_low,
                evaluation: Evaluation::default(),
                episode: 0,
                // The phase counts from whole calendar minutes, which second 0 need not be.
                phase: SimTime((first_minute.0 + past.0) % interval.0),
                interval,
                window: None,
            });
        }
    }
    alarms
}

/// Datapoints of an alarm's evaluation range (`docs/aws/alarms.md#evaluation`).
fn range(alarm: &AlarmPlan, rules: &AlarmRules) -> usize {
    let beyond = if alarm.query.is_high_resolution() {
        u32::try_from(rules.range_high_resolution.0 / alarm.query.period.0.max(1)).unwrap_or(u32::MAX)
    } else {
        rules.range_extra
    };
    alarm.evaluation_periods.saturating_add(beyond) as usize
}

impl ManagedAlarm {
    /// Asks for the datapoints that it will read.
    pub(super) fn watch(&mut self, metrics: &mut MetricStore) {
        let plan = &self.alarm.plan;
        self.window = Some(metrics.watch(plan.metric, plan.query, self.range));
    }

    /// Whether it is in `ALARM`.
    pub(super) fn is_in_alarm(&self) -> bool {
        self.alarm.state() == AlarmState::Alarm
    }

    /// Evaluates the alarm on what can be read now; `range` is a buffer for its evaluation range. Returns whether it has
    /// entered `ALARM`.
    pub(super) fn evaluate(&mut self, turn: &mut Turn<'_>, range: &mut Vec<Option<f64>>) -> bool {
        let Some(window) = &self.window else { return false };
        let enough = turn.metrics.window(window, turn.now, range);
        let (newest, delay) = turn.metrics.newest(window, turn.now).unzip();
        let before = self.alarm.state();
        if enough || self.alarm.plan.query.low_samples == LowSamples::Evaluate {
            self.alarm.observe(range, newest.unwrap_or_default(), &mut self.evaluation);
        } else {
            self.alarm.keep_state(range, newest.unwrap_or_default(), &mut self.evaluation);
        }
        turn.note(&ScalingFact::AlarmEvaluated(AlarmEvaluated {
            at: turn.now,
            policy: self.policy,
            alarm: &self.alarm.plan,
            before,
            evaluation: &self.evaluation,
            range,
            newest,
            delay: delay.unwrap_or_default(),
            running: turn.running,
            desired: turn.desired,
        }));
        let entered = self.evaluation.changed && self.is_in_alarm();
        self.episode += u32::from(entered);
        entered
    }
}
