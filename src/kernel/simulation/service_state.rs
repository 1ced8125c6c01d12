//! One service in motion: its data plane, its metrics, its alarms and its policies, wired together.

use alloc::vec::Vec;

use super::fan_out::{FanOut, Leash};
use super::observer::Observer;
use super::occurrences::{Occurrence, occurrences};
use super::plan::{Plan, ServicePlan};
use super::plane::Plane;
use crate::billing::Meter;
use crate::platform::{Effects, LaunchWindow, Lifecycle, LifecycleParts};
use crate::random::{Purpose, Streams};
use crate::replica_set::Incident;
use crate::scaling::aas::{Arbiter, PolicyKind, Suspended};
use crate::telemetry::{
    Alarm, AlarmPlan, Evaluation, Metric, MetricStore, OutcomeMeter, Publication, UsageMeter, UsageTotals,
    Window,
};
use crate::traffic::RateCursor;
use crate::units::{AlarmId, NANOS_PER_MINUTE, PolicyId, ServiceId, SimDuration, SimTime};

/// Probability of a wait beyond the time-out of a check below which no check is followed.
const UNLIKELY_WAIT: f64 = 1e-6;

/// An alarm on duty.
#[derive(Debug)]
pub(super) struct ManagedAlarm {
    pub(super) alarm: Alarm,
    pub(super) policy: PolicyId,
    pub(super) low: bool,
    pub(super) evaluation: Evaluation,
    /// How often it has entered `ALARM`: a repetition belongs to one stay.
    pub(super) alarm_episode: u32,
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
    /// The rate of arrivals, for a look at the period to come.
    walk: RateCursor<'p>,
    /// What was used of the open minute, without the open period.
    pub(super) minute: UsageTotals,
    /// Outcomes by period, where a metric needs them.
    pub(super) tally: Option<OutcomeMeter>,
    pub(super) metrics: MetricStore,
    pub(super) watches: Vec<ManagedAlarm>,
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
            target_group: service.target_group.as_ref(),
            victim: service.scale_in_victim,
            replacement: &service.replacement,
            window: LaunchWindow::new(&plan.launch_limits),
            backoff: service.launch_backoff,
            health: &service.task_health,
            zones: service.zones,
            name,
            streams,
        };
        let mut metrics = MetricStore::new(&service.metrics, service.shape());
        let watches = watches(service, plan.first_minute_end(), streams, &mut metrics);
        let watched = || watches.iter().map(|watch| watch.alarm.plan.metric);
        let period = finest(watched().map(|metric| service.metrics.resolution(metric)));
        let (first_end, horizon) = (plan.first_end(period), SimTime(plan.horizon.0));
        let needs_outcomes = watched().any(|metric| service.metrics.needs_outcomes(metric));
        Self {
            id,
            plan: service,
            plane: P::of(id, service, streams, plan.fidelity),
            lifecycle: Lifecycle::new(&parts),
            usage: UsageMeter::new(
                service.telemetry.rules,
                service.shape().growth,
                period,
                first_end,
                horizon,
            ),
            walk: RateCursor::new(&service.traffic),
            minute: UsageTotals::default(),
            tally: needs_outcomes.then(|| OutcomeMeter::new(period.0, first_end.0, horizon.0)),
            metrics,
            watches,
            actions: Vec::new(),
            arbiter: Arbiter::new(&service.policies, service.policy_rules.clone()),
            bounds: (service.min_capacity, service.max_capacity),
            suspended: Suspended::default(),
            occurrences: occurrences(&service.clock, name, streams),
            meter: Meter::new(&service.tariff, &service.billed_resources(), plan.start_unix_ns),
            fingerprint: 0x6A09_E667_F3BC_C908 ^ u64::from(id.0),
            awaits_incident: false,
        }
    }

    /// Looks at the period from `now` to `next` for requests that may have to wait, after one with this `usage`: only then may
    /// health checks that are served like requests fail, and only then are they followed. What decides is whether the
    /// largest rate of arrivals to come, or the CPU of the period that is over, makes waits as long as a check's time-out
    /// likely, or whether somebody waits now. It changes which events are on the calendar, and no result but that of a wait
    /// that comes from nowhere: with many retries, or after a loss of tasks within the period.
    pub(super) fn look_for_strain(
        &mut self,
        now: SimTime,
        next: SimTime,
        usage: &UsageTotals,
        out: &mut Effects,
    ) {
        let Some(timeout) = self.lifecycle.check_timeout().filter(|_| self.lifecycle.queues_checks()) else {
            return;
        };
        let Some(capacity) = self.plan.capacity_per_task() else { return };
        let peak = self.peak_rate(now.0, next.0);
        let load = peak / (capacity * f64::from(self.lifecycle.counts().in_service));
        let busy = self.plan.shape().cpu(usage).unwrap_or(0.0);
        // The tail of the wait of an M/M/1 queue whose server does `capacity` a second.
        let tail = |load: f64| load * libm::exp(-(1.0 - load) * timeout.as_secs_f64() * capacity);
        let is_likely = [load, busy].into_iter().any(|load| load >= 1.0 || tail(load) > UNLIKELY_WAIT);
        let soon = SimDuration(timeout.0 / 8);
        let is_strained = (peak > 0.0 && is_likely) || self.lifecycle.is_waiting(now, soon, &mut self.plane);
        self.lifecycle.strain(now, is_strained, out);
    }

    /// The largest rate of arrivals from `from` to `to` [requests/s].
    #[expect(clippy::cast_precision_loss, reason = "a span of a period")]
    fn peak_rate(&mut self, from: u64, to: u64) -> f64 {
        let (mut at, mut peak) = (from, 0.0);
        let _here = self.walk.stretch(from);
        let mut ahead = self.walk.clone();
        while at < to {
            let stretch = ahead.stretch(at);
            let end = stretch.end.min(to);
            let last = stretch.rate + stretch.slope * (end - at) as f64;
            for rate in [stretch.rate, last] {
                peak = if rate > peak { rate } else { peak };
            }
            at = end;
        }
        peak
    }

    /// Serves what arrives before `until`, or up to the instant at which a task dies of it, or as far as the leash reaches.
    pub(super) fn serve(
        &mut self,
        until: SimTime,
        observer: &mut impl Observer,
        leash: &mut Leash,
    ) -> Option<Incident> {
        if leash.halted.is_some() {
            return None;
        }
        let mut sink = FanOut {
            id: self.id,
            usage: &mut self.usage,
            tally: self.tally.as_mut(),
            observer,
            fingerprint: self.fingerprint,
            leash,
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

fn watches(
    service: &ServicePlan,
    first_minute: SimTime,
    streams: Streams,
    metrics: &mut MetricStore,
) -> Vec<ManagedAlarm> {
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

/// How late the datapoints of a metric can be read (`docs/aws/alarms.md#publication-delay`): one stream a metric, whoever
/// reads it.
fn publication(service: &ServicePlan, metric: Metric, streams: Streams) -> Publication {
    let delay = service.metric_delay(metric);
    let key = alloc::format!("{}/{}", service.name, service.metrics.name(metric));
    Publication { delay, rng: streams.stream(Purpose::METRIC_DELAY, &key) }
}

/// An alarm with its phase: fixed by the plan, or drawn for this alarm from U[0, its interval)
/// (`docs/aws/alarms.md#phase-of-evaluations`).
fn watch(
    service: &ServicePlan,
    (first_minute, streams): (SimTime, Streams),
    (policy, low): (PolicyId, bool),
    alarm: AlarmPlan,
    metrics: &mut MetricStore,
) -> ManagedAlarm {
    let telemetry = &service.telemetry;
    let interval = alarm.evaluation_interval();
    let key = alloc::format!("{}/{}", service.name, alarm.name);
    let drawn = || SimDuration(streams.stream(Purpose::ALARM_PHASE, &key).below(interval.0));
    // The phase counts from whole calendar minutes, which second 0 need not be.
    let phase = SimTime((first_minute.0 + telemetry.alarm_phase.unwrap_or_else(drawn).0) % interval.0);
    let beyond = if alarm.reading.is_high_resolution() {
        u32::try_from(telemetry.alarm_range_high_resolution.0 / alarm.reading.period.0.max(1))
            .unwrap_or(u32::MAX)
    } else {
        telemetry.alarm_range_extra
    };
    let range = alarm.evaluation_periods.saturating_add(beyond) as usize;
    let publication = publication(service, alarm.metric, streams);
    let window = metrics.watch(alarm.metric, alarm.reading, range, &publication);
    ManagedAlarm {
        alarm: Alarm::new(alarm),
        policy,
        low,
        evaluation: Evaluation::default(),
        alarm_episode: 0,
        phase,
        interval,
        window,
    }
}
