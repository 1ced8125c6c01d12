//! One service in motion: its data plane, its metrics, its alarms and its policies, wired together.

use alloc::vec::Vec;

use super::clock::{self, Occurrence};
use super::observer::Observer;
use super::plan::{Plan, ServicePlan};
use super::plane::Plane;
use super::sink::ServiceSink;
use crate::billing::Meter;
use crate::policy::{Arbiter, PolicyKind, Suspended};
use crate::random::{Purpose, Streams};
use crate::service::{Incident, LaunchWindow, Lifecycle, LifecycleParts};
use crate::telemetry::{
    Alarm, AlarmPlan, Evaluation, Metric, MetricStore, Tally, TaskShape, UsageMeter, UsageTotals, Window,
};
use crate::units::{AlarmId, Bytes, NANOS_PER_MINUTE, PolicyId, ServiceId, SimDuration, SimTime};

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
    /// How often it is evaluated.
    pub(super) interval: SimDuration,
    /// The datapoints it reads.
    pub(super) window: Window,
}

/// An action that an alarm has asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingAction {
    pub(super) at: SimTime,
    pub(super) alarm: AlarmId,
    /// Which stay in `ALARM` it repeats; `None`: it is the first of a stay and happens in any case.
    pub(super) repeats: Option<u32>,
    /// Whether it is asked for again after `alarm_reinvoke`.
    pub(super) again: bool,
}

/// One service in motion.
pub(super) struct ServiceState<'p, P> {
    pub(super) id: ServiceId,
    pub(super) plan: &'p ServicePlan,
    pub(super) plane: P,
    pub(super) lifecycle: Lifecycle,
    pub(super) usage: UsageMeter,
    /// What was used of the open minute, without the open period.
    pub(super) minute: UsageTotals,
    /// Outcomes by period, where a metric needs them.
    pub(super) tally: Option<Tally>,
    pub(super) metrics: MetricStore,
    pub(super) watches: Vec<Watch>,
    pub(super) actions: Vec<PendingAction>,
    pub(super) arbiter: Arbiter,
    /// `MinCapacity` and `MaxCapacity`, which scheduled actions change.
    pub(super) bounds: (u32, u32),
    pub(super) suspended: Suspended,
    /// Occurrences of scheduled actions to come, the next one last.
    pub(super) occurrences: Vec<Occurrence>,
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
        let mut metrics = MetricStore::new(&service.metrics, shape(service));
        let watches = watches(service, plan.first_minute_end(), streams, &mut metrics);
        let watched = || watches.iter().map(|watch| watch.alarm.plan.metric);
        let period = finest(watched().map(|metric| service.metrics.resolution(metric)));
        let (first_end, horizon) = (plan.first_end(period), SimTime(plan.horizon.0));
        let needs_outcomes = watched().any(|metric| service.metrics.needs_outcomes(metric));
        Self {
            id,
            plan: service,
            plane: P::of(service, streams, plan.fidelity),
            lifecycle: Lifecycle::new(&parts),
            usage: UsageMeter::new(service.telemetry.rules, period, first_end, horizon),
            minute: UsageTotals::default(),
            tally: needs_outcomes.then(|| Tally::new(period.0, first_end.0, horizon.0)),
            metrics,
            watches,
            actions: Vec::new(),
            arbiter: Arbiter::new(&service.policies, service.policy_rules.clone()),
            bounds: (service.min_capacity, service.max_capacity),
            suspended: Suspended::default(),
            occurrences: clock::occurrences(&service.clock, name, streams),
            meter: Meter::new(&service.tariff, plan.start_unix_ns),
            fingerprint: 0x6A09_E667_F3BC_C908 ^ u64::from(id.0),
            awaits_incident: false,
        }
    }

    /// Serves what arrives before `until`, or up to the instant at which a task dies of it.
    pub(super) fn serve(&mut self, until: SimTime, observer: &mut impl Observer) -> Option<Incident> {
        let mut sink = ServiceSink {
            id: self.id,
            usage: &mut self.usage,
            tally: self.tally.as_mut(),
            observer,
            fingerprint: self.fingerprint,
        };
        let incident = self.plane.serve(until.0, &mut sink);
        self.fingerprint = sink.fingerprint;
        incident
    }
}

/// The longest period of which all of these are multiples, and a minute too: how often the usage meter closes.
fn finest(resolutions: impl Iterator<Item = SimDuration>) -> SimDuration {
    let common = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    SimDuration(resolutions.fold(NANOS_PER_MINUTE, |sum, resolution| common(sum, resolution.0)))
}

/// What turns use into utilization.
fn shape(service: &ServicePlan) -> TaskShape {
    let task = &service.task;
    TaskShape {
        cpu_servers: task.cpu_servers() as usize,
        base_memory: task.base_memory.0,
        memory_per_request: task.memory_per_request.0,
        memory: u64::from(task.memory_mib) * Bytes::MIB,
    }
}

fn watches(
    service: &ServicePlan,
    first_minute: SimTime,
    streams: Streams,
    metrics: &mut MetricStore,
) -> Vec<Watch> {
    let mut watch =
        |policy, low, alarm| watch(service, (first_minute, streams), (policy, low), alarm, metrics);
    let mut watches = Vec::new();
    for (index, policy) in service.policies.iter().enumerate() {
        let id = PolicyId(u32::try_from(index).unwrap_or(u32::MAX));
        match &policy.kind {
            PolicyKind::TargetTracking(plan) => {
                let (high, low) = plan.alarms(&policy.name, &service.policy_rules);
                watches.push(watch(id, false, high));
                watches.extend(low.map(|low| watch(id, true, low)));
            }
            PolicyKind::Step(plan) => watches.push(watch(id, false, plan.alarm.clone())),
        }
    }
    watches
}

/// From the end of a metric's period until its datapoint can be read (`aws-scaling.md` §4.1).
fn delay(service: &ServicePlan, metric: Metric) -> SimDuration {
    let telemetry = &service.telemetry;
    match metric {
        Metric::Custom(index) => {
            let custom = service.metrics.custom.get(usize::from(index));
            custom.map_or(telemetry.ecs_metric_delay, |custom| custom.delay)
        }
        metric if metric.is_load_balancer() => telemetry.alb_metric_delay,
        metric if service.metrics.resolution(metric).0 < NANOS_PER_MINUTE => telemetry.ecs_metric_delay_20s,
        _ => telemetry.ecs_metric_delay,
    }
}

/// An alarm with its phase: fixed by the plan, or drawn for this alarm from U[0, its interval) (`aws-scaling.md` §4.1).
fn watch(
    service: &ServicePlan,
    (first_minute, streams): (SimTime, Streams),
    (policy, low): (PolicyId, bool),
    alarm: AlarmPlan,
    metrics: &mut MetricStore,
) -> Watch {
    let telemetry = &service.telemetry;
    let delay = delay(service, alarm.metric);
    let interval = alarm.evaluation_interval();
    let key = alloc::format!("{}/{}", service.name, alarm.name);
    let drawn = || SimDuration(streams.stream(Purpose::AlarmPhase, &key).below(interval.0));
    // The phase counts from whole calendar minutes, which second 0 need not be.
    let phase = SimTime((first_minute.0 + telemetry.alarm_phase.unwrap_or_else(drawn).0) % interval.0);
    let beyond = if alarm.reading.is_high_resolution() {
        u32::try_from(telemetry.alarm_range_high_resolution.0 / alarm.reading.period.0.max(1))
            .unwrap_or(u32::MAX)
    } else {
        telemetry.alarm_range_extra
    };
    let range = alarm.evaluation_periods.saturating_add(beyond) as usize;
    let window = metrics.watch(alarm.metric, alarm.reading, range, delay);
    Watch {
        alarm: Alarm::new(alarm),
        policy,
        low,
        evaluation: Evaluation::default(),
        stays: 0,
        delay,
        phase,
        interval,
        window,
    }
}
