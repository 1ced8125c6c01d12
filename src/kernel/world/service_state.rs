//! One service in motion: its data plane, its metrics, its alarms and its policies, wired together.

use alloc::vec::Vec;

use super::observer::Observer;
use super::plan::{Plan, ServicePlan};
use super::plane::Plane;
use super::sink::ServiceSink;
use crate::billing::Meter;
use crate::policy::{Arbiter, PolicyKind};
use crate::random::{Purpose, Streams};
use crate::service::{Incident, LaunchWindow, Lifecycle, LifecycleParts};
use crate::telemetry::{Alarm, AlarmPlan, Evaluation, Metric, MetricStore, UsageMeter};
use crate::units::{AlarmId, PolicyId, ServiceId, SimDuration, SimTime};

/// Length of a minute \[ns\].
const MINUTE: u64 = 60_000_000_000;

/// An alarm on duty.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) alarm: Alarm,
    pub(super) policy: PolicyId,
    pub(super) low: bool,
    pub(super) evaluation: Evaluation,
    /// How often it has entered `ALARM`: a repetition belongs to one stay.
    pub(super) stays: u32,
    /// From the end of a period until its datapoint can be read.
    pub(super) delay: SimDuration,
    /// Instant of the first evaluation.
    pub(super) phase: SimTime,
    /// Datapoints it reads.
    pub(super) range: usize,
}

/// An action that an alarm has asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingAction {
    pub(super) at: SimTime,
    pub(super) alarm: AlarmId,
    /// Which stay in `ALARM` it repeats; `None`: it is the first of a stay and happens in any case.
    pub(super) repeats: Option<u32>,
}

/// One service in motion.
pub(super) struct ServiceState<'p, P> {
    pub(super) id: ServiceId,
    pub(super) plan: &'p ServicePlan,
    pub(super) plane: P,
    pub(super) lifecycle: Lifecycle,
    pub(super) usage: UsageMeter,
    pub(super) metrics: MetricStore,
    pub(super) watches: Vec<Watch>,
    pub(super) actions: Vec<PendingAction>,
    pub(super) arbiter: Arbiter,
    pub(super) meter: Meter,
    pub(super) fingerprint: u64,
    /// Whether its plane has stopped at a task that dies, whose event is on the calendar.
    pub(super) awaits_incident: bool,
}

impl<'p, P: Plane<'p>> ServiceState<'p, P> {
    pub(super) fn new(id: ServiceId, plan: &'p Plan, streams: Streams) -> Self {
        let service = &plan.services[id.index()];
        let name = service.name.as_str();
        let parts = LifecycleParts {
            startup: &service.startup,
            stopping: &service.stopping,
            balancer: service.load_balancer.as_ref(),
            victim: service.scale_in_victim,
            window: LaunchWindow::new(&plan.launch_limits),
            backoff: service.launch_backoff,
            health: &service.task.health,
            zones: service.zones,
            name,
            streams,
        };
        let watches = watches(service, plan.first_minute_end(), streams);
        let keep = watches.iter().map(|watch| watch.range + periods(watch.delay)).max().unwrap_or(0) + 2;
        Self {
            id,
            plan: service,
            plane: P::of(service, streams, plan.fidelity),
            lifecycle: Lifecycle::new(&parts),
            usage: UsageMeter::new(service.telemetry.rules, plan.first_minute_end(), SimTime(plan.horizon.0)),
            metrics: MetricStore::new(keep),
            watches,
            actions: Vec::new(),
            arbiter: Arbiter::new(&service.policies, service.policy_rules.clone()),
            meter: Meter::new(&service.tariff, plan.start_unix_ns),
            fingerprint: 0x6A09_E667_F3BC_C908 ^ u64::from(id.0),
            awaits_incident: false,
        }
    }

    /// Serves what arrives before `until`, or up to the instant at which a task dies of it.
    pub(super) fn serve(&mut self, until: SimTime, observer: &mut impl Observer) -> Option<Incident> {
        let mut sink =
            ServiceSink { id: self.id, usage: &mut self.usage, observer, fingerprint: self.fingerprint };
        let incident = self.plane.serve(until.0, &mut sink);
        self.fingerprint = sink.fingerprint;
        incident
    }
}

/// Whole periods in a span, rounded up.
#[expect(clippy::cast_possible_truncation, reason = "delays are minutes")]
fn periods(span: SimDuration) -> usize {
    span.0.div_ceil(MINUTE) as usize
}

fn watches(service: &ServicePlan, first_minute: SimTime, streams: Streams) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (index, policy) in service.policies.iter().enumerate() {
        let id = PolicyId(u32::try_from(index).unwrap_or(u32::MAX));
        match &policy.kind {
            PolicyKind::TargetTracking(plan) => {
                let (high, low) = plan.alarms(&policy.name, &service.policy_rules);
                watches.push(watch(service, (first_minute, streams), id, false, high));
                watches.extend(low.map(|low| watch(service, (first_minute, streams), id, true, low)));
            }
            PolicyKind::Step(plan) => {
                watches.push(watch(service, (first_minute, streams), id, false, plan.alarm.clone()))
            }
        }
    }
    watches
}

/// An alarm with its phase: fixed by the plan, or drawn for this alarm from U[0, 60 s) (`aws-scaling.md` §4.1).
fn watch(
    service: &ServicePlan,
    (first_minute, streams): (SimTime, Streams),
    policy: PolicyId,
    low: bool,
    alarm: AlarmPlan,
) -> Watch {
    let telemetry = &service.telemetry;
    let delay =
        if alarm.metric.is_load_balancer() { telemetry.alb_metric_delay } else { telemetry.ecs_metric_delay };
    let key = alloc::format!("{}/{}", service.name, alarm.name);
    let drawn = || SimDuration(streams.stream(Purpose::AlarmPhase, &key).below(MINUTE));
    // The phase counts from whole calendar minutes, which second 0 need not be.
    let phase = SimTime((first_minute.0 + telemetry.alarm_phase.unwrap_or_else(drawn).0) % MINUTE);
    let range = (alarm.evaluation_periods + telemetry.alarm_range_extra) as usize;
    Watch {
        alarm: Alarm::new(alarm),
        policy,
        low,
        evaluation: Evaluation::default(),
        stays: 0,
        delay,
        phase,
        range,
    }
}

/// The datapoints of a closed period, in the order of [`Metric::ALL`].
pub(super) fn datapoints(
    cpu: Option<f64>,
    memory: Option<f64>,
    usage: &crate::telemetry::UsageTotals,
) -> [Option<f64>; 4] {
    Metric::ALL.map(|metric| match metric {
        Metric::CpuUtilization => cpu.map(|share| 100.0 * share),
        Metric::MemoryUtilization => memory.map(|share| 100.0 * share),
        Metric::RequestCountPerTarget => Some(usage.request_count_per_target()),
        Metric::RequestCount => usage.request_count(),
    })
}
