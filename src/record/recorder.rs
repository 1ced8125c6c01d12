//! The recorder: the probe that listens to a whole run and leaves a [`RunRecord`].

use std::sync::atomic::{AtomicBool, Ordering};

use windtunnel_kernel::facts::{FlowStep, Probe, RequestBatch, Retraction, TaskFailed, TaskMoved};
use windtunnel_kernel::scaling::aas::{PolicyKind, ScheduledOutcome, Verdict};
use windtunnel_kernel::simulation::{
    AlarmEvaluated, FaultMoved, MinuteClosed, Observer, Plan, PolicyInvoked, RunError, RunOutcome,
    ScheduledRan, Stop, SuspensionChanged, simulate,
};
use windtunnel_kernel::units::{ServiceId, SimTime};

use super::detail::Detail;
use super::lives::failure_name;
use super::reasons;
use super::result::{DecisionKind, DecisionRecord, RequestCounts, RunRecord, ServiceRecord};
use super::service::ServiceRecorder;

/// When a run is stopped before its horizon; the default never stops it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits<'a> {
    /// Most requests of all services together; looked at once a simulated minute.
    pub requests: Option<u64>,
    /// Becomes true when nobody wants the run any more. It is looked at once a simulated minute and, where a minute holds many
    /// requests, after every hundred thousand of them or so: within a fraction of a second.
    pub interrupted: Option<&'a AtomicBool>,
}

/// Listens to a run.
#[derive(Debug)]
pub struct Recorder<'p> {
    plan: &'p Plan,
    services: Vec<ServiceRecorder>,
    keep: Detail,
    limits: Limits<'p>,
    offered: u64,
}

/// Runs `plan` and records it.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn record(plan: &Plan, seed: u64, replication: u64) -> Result<RunRecord, RunError> {
    record_within(plan, (seed, replication), Detail::Everything, Limits::default())
}

/// Runs `plan` with the streams of `(seed, replication)` and keeps its totals, within `limits`.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn totals(
    plan: &Plan,
    (seed, replication): (u64, u64),
    limits: Limits<'_>,
) -> Result<RunRecord, RunError> {
    record_within(plan, (seed, replication), Detail::Totals, limits)
}

/// Runs `plan` with the streams of `(seed, replication)` and keeps what `keep` says, within `limits`.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn record_within(
    plan: &Plan,
    (seed, replication): (u64, u64),
    keep: Detail,
    limits: Limits<'_>,
) -> Result<RunRecord, RunError> {
    let mut recorder = Recorder::new(plan, keep, limits);
    let outcome = simulate(plan, seed, replication, &mut recorder)?;
    Ok(recorder.finish(outcome))
}

impl<'p> Recorder<'p> {
    /// A recorder for a run of `plan`.
    #[must_use]
    pub fn new(plan: &'p Plan, keep: Detail, limits: Limits<'p>) -> Self {
        let recorder = |s| ServiceRecorder::new(plan, s, keep);
        let services = plan.services.iter().map(recorder).collect();
        Self { plan, services, keep, limits, offered: 0 }
    }

    /// The record, once the run is over.
    #[must_use]
    pub fn finish(self, outcome: RunOutcome) -> RunRecord {
        let horizon = SimTime(self.plan.horizon.0);
        let services = self.services.into_iter().zip(&self.plan.services).zip(outcome.services);
        let services = services.map(|((mut recorder, plan), outcome)| {
            let tasks = recorder.task_statistics(horizon);
            let (cpu_utilization, memory_utilization) = recorder.utilization(plan);
            let minutes = &recorder.minutes;
            let (warmup_requests, warmup_served) = match &recorder.flows {
                Some(flows) => (flows.warmup_requests, flows.warmup_served),
                None => (minutes.warmup_requests, minutes.warmup_served),
            };
            let (requests, response_time, waiting_time) = match recorder.flows {
                Some(flows) => flows.finish(),
                None => recorder.minutes.finish(),
            };
            let requests = RequestCounts {
                overdue: (requests.overdue + outcome.overdue).min(requests.in_flight),
                ..requests
            };
            let (attempts, classes) = recorder.attempts.map_or((None, Vec::new()), |kept| kept.finish());
            ServiceRecord {
                name: plan.name.clone(),
                requests,
                warmup_requests,
                warmup_served,
                attempts,
                classes,
                response_time,
                waiting_time,
                tasks,
                cpu_utilization,
                memory_utilization,
                scaling: recorder.scaling,
                hourly_billed: recorder.hourly_billed,
                timeline: recorder.timeline,
                in_service: recorder.in_service,
                decisions: recorder.decisions.finish(),
                evaluations: recorder.evaluations.finish(),
                lives: recorder.lives.finish(),
                metered: outcome.reading,
                invoice: outcome.invoice,
            }
        });
        RunRecord {
            services: services.collect(),
            fingerprint: outcome.fingerprint,
            control_events: outcome.control_events,
        }
    }

    fn capacity_row(&self, service: ServiceId, at: SimTime, desired: (u32, u32)) -> DecisionRecord {
        let last = self.services[service.index()].timeline.last();
        DecisionRecord {
            at,
            until: at,
            times: 1,
            kind: DecisionKind::Capacity,
            policy: String::new(),
            alarm_state: "",
            metric: String::new(),
            value: None,
            threshold: None,
            datapoints: Vec::new(),
            running: last.map_or(desired.0, |row| row.running),
            proposed: None,
            desired_before: desired.0,
            desired_after: desired.1,
            outcome: "completed",
            reason: String::new(),
        }
    }
}

impl Probe for Recorder<'_> {
    fn requests(&mut self, service: ServiceId, batch: &RequestBatch<'_>) {
        self.offered += batch.offered;
        self.services[service.index()].requests(batch);
    }

    fn retracted(&mut self, service: ServiceId, retraction: &Retraction) {
        self.services[service.index()].minutes.retracted(retraction);
    }

    fn flowed(&mut self, service: ServiceId, step: &FlowStep<'_>) {
        if let Some(flows) = &mut self.services[service.index()].flows {
            flows.flowed(step);
        }
    }

    fn task_failed(&mut self, service: ServiceId, failed: &TaskFailed) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, failed.at, (failed.desired, failed.desired));
        row.kind = DecisionKind::Task;
        row.outcome = failure_name(failed.failure);
        row.reason = reasons::failure(failed);
        let recorder = &mut self.services[service.index()];
        row.running = recorder.running;
        recorder.lives.failed(failed);
        recorder.decisions.push(row);
    }

    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        self.services[service.index()].task_moved(moved);
    }
}

impl Observer for Recorder<'_> {
    fn alarm_evaluated(&mut self, service: ServiceId, evaluated: &AlarmEvaluated<'_>) {
        if self.keep != Detail::Everything {
            return;
        }
        let metric = self.plan.services[service.index()].metrics.name(evaluated.alarm.metric);
        self.services[service.index()].evaluations.note(evaluated, metric);
        if !evaluated.evaluation.changed {
            return;
        }
        let recorder = &mut self.services[service.index()];
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

    fn fault_moved(&mut self, service: ServiceId, moved: &FaultMoved<'_>) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, moved.at, (moved.desired, moved.desired));
        row.kind = DecisionKind::Fault;
        row.outcome = if moved.begins { "fault_begins" } else { "fault_ends" };
        row.reason = reasons::fault(moved);
        let recorder = &mut self.services[service.index()];
        row.running = recorder.running;
        recorder.decisions.push(row);
    }

    fn policy_invoked(&mut self, service: ServiceId, invoked: &PolicyInvoked<'_>) {
        let recorder = &mut self.services[service.index()];
        let decision = invoked.decision;
        match decision.verdict {
            Verdict::ScaledOut => recorder.scaling.scale_out += 1,
            Verdict::ScaledIn => {
                let policies = &self.plan.services[service.index()].policies;
                let kind = policies.get(decision.policy.index()).map(|policy| &policy.kind);
                recorder.scaling.scale_in += 1;
                recorder.scaling.tracking_in +=
                    u64::from(matches!(kind, Some(PolicyKind::TargetTracking(_))));
            }
            _ => recorder.scaling.not_scaled += 1,
        }
        if self.keep != Detail::Everything {
            return;
        }
        if recorder.decisions.repeats(invoked) {
            return;
        }
        let reason = reasons::policy(invoked, &self.plan.services[service.index()]);
        let row = DecisionRecord {
            at: invoked.at,
            until: invoked.at,
            times: 1,
            kind: DecisionKind::Policy,
            policy: recorder.names[decision.policy.index()].clone(),
            alarm_state: "ALARM",
            metric: self.plan.services[service.index()].metrics.name(invoked.alarm.metric).to_owned(),
            value: decision.value,
            threshold: Some(invoked.alarm.threshold),
            datapoints: invoked.datapoints.to_vec(),
            running: invoked.running,
            proposed: decision.proposed,
            desired_before: decision.desired_before,
            desired_after: decision.desired_after,
            outcome: reasons::outcome(decision.verdict),
            reason,
        };
        match decision.verdict {
            Verdict::ScaledOut | Verdict::ScaledIn => recorder.decisions.push(row),
            verdict => recorder.decisions.push_refusal(decision.policy, verdict, row),
        }
    }

    fn desired_clamped(&mut self, service: ServiceId, before: u32, after: u32) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, SimTime::ZERO, (before, after));
        row.outcome = if after > before { "scaled_out" } else { "scaled_in" };
        row.reason = reasons::bound_moved(before, after);
        self.services[service.index()].decisions.push(row);
    }

    fn activity_completed(&mut self, service: ServiceId, at: SimTime, desired: u32) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, at, (desired, desired));
        row.running = desired;
        row.reason = format!("{desired} tasks run, as desired: the cooldown starts");
        self.services[service.index()].decisions.push(row);
    }

    fn scheduled_action(&mut self, service: ServiceId, ran: &ScheduledRan<'_>) {
        let recorder = &mut self.services[service.index()];
        let (before, after) = (ran.desired_before, ran.desired_after);
        recorder.scaling.scale_out += u64::from(after > before);
        recorder.scaling.scale_in += u64::from(after < before);
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, ran.at, (before, before));
        row.kind = DecisionKind::Scheduled;
        row.policy = ran.name.to_owned();
        row.running = ran.running;
        row.outcome = match ran.outcome {
            ScheduledOutcome::Applied => "applied",
            ScheduledOutcome::MinAboveMax => "failed",
            ScheduledOutcome::Suspended => "suspended",
        };
        row.reason = reasons::scheduled(ran);
        let rows = &mut self.services[service.index()].decisions;
        rows.push(row.clone());
        if after != before {
            row.outcome = if after > before { "scaled_out" } else { "scaled_in" };
            row.reason = reasons::bound_moved(before, after);
            row.desired_after = after;
            rows.push(row);
        }
    }

    fn suspension_changed(&mut self, service: ServiceId, change: &SuspensionChanged) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.capacity_row(service, change.at, (change.desired, change.desired));
        row.kind = DecisionKind::Scheduled;
        row.running = change.running;
        row.outcome = if change.after == Default::default() { "resumed" } else { "suspended" };
        row.reason = reasons::suspension(change);
        self.services[service.index()].decisions.push(row);
    }

    fn period_closed(&mut self, service: ServiceId, period: &MinuteClosed) {
        self.services[service.index()].period_closed(period);
    }

    fn warmup_ended(&mut self, _at: SimTime) {
        for recorder in &mut self.services {
            recorder.warmup_ended();
        }
    }

    fn is_wanted(&self) -> bool {
        !self.limits.interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn go_on(&mut self, _at: SimTime) -> Result<(), Stop> {
        if !self.is_wanted() {
            return Err(Stop::Interrupted);
        }
        if self.limits.requests.is_some_and(|most| self.offered > most) {
            return Err(Stop::OverBudget);
        }
        Ok(())
    }
}
