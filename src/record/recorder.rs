//! The recorder: the probe that listens to a whole run and leaves a [`RunRecord`].

use std::sync::atomic::{AtomicBool, Ordering};

use windtunnel_kernel::facts::{FlowStep, Probe, RequestBatch, Retraction, TaskFailed, TaskMoved};
use windtunnel_kernel::scaling::ScalingFact;
use windtunnel_kernel::simulation::{
    FaultMoved, MinuteClosed, Observer, Plan, RunError, RunOutcome, Stop, simulate,
};
use windtunnel_kernel::units::{ServiceId, SimTime};

use super::detail::Detail;
use super::reasons;
use super::result::{DecisionKind, RequestCounts, RunRecord, ServiceRecord};
use super::scaling;
use super::service::ServiceRecorder;
use super::task_lifetimes::failure_name;

/// Limits at which a run is stopped before its horizon; the default never stops it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits<'a> {
    /// Most requests of all services together; looked at once a simulated minute.
    pub requests: Option<u64>,
    /// Flag of interruption: becomes true when the run is not wanted any more. It is looked at once a simulated minute and, where a minute holds many
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
                task_lifetimes: recorder.task_lifetimes.finish(),
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
        let mut row =
            self.services[service.index()].capacity_row(failed.at, (failed.desired, failed.desired));
        row.kind = DecisionKind::Task;
        row.outcome = failure_name(failed.failure);
        row.reason = reasons::failure(failed);
        let recorder = &mut self.services[service.index()];
        row.running = recorder.running;
        recorder.task_lifetimes.failed(failed);
        recorder.decisions.push(row);
    }

    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        self.services[service.index()].task_moved(moved);
    }
}

impl Observer for Recorder<'_> {
    fn scaling(&mut self, service: ServiceId, fact: &ScalingFact<'_>) {
        let plan = &self.plan.services[service.index()];
        scaling::record(&mut self.services[service.index()], plan, self.keep, fact);
    }

    fn fault_moved(&mut self, service: ServiceId, moved: &FaultMoved<'_>) {
        if self.keep != Detail::Everything {
            return;
        }
        let mut row = self.services[service.index()].capacity_row(moved.at, (moved.desired, moved.desired));
        row.kind = DecisionKind::Fault;
        row.outcome = if moved.begins { "fault_begins" } else { "fault_ends" };
        row.reason = reasons::fault(moved);
        let recorder = &mut self.services[service.index()];
        row.running = recorder.running;
        recorder.decisions.push(row);
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
