//! One service in motion: its data plane, its tasks, its metrics and its scaling controller, wired together.

use alloc::boxed::Box;

use super::event::Event;
use super::fan_out::{FanOut, Leash};
use super::observer::Observer;
use super::plan::{Plan, ServicePlan};
use super::plane::Plane;
use crate::billing::Meter;
use crate::event_queue::EventQueue;
use crate::platform::{Effects, LaunchWindow, Lifecycle, LifecycleParts};
use crate::random::Streams;
use crate::replica_set::Incident;
use crate::scaling::{Controller, ScalingFact, Timer, Turn};
use crate::serving::Reach;
use crate::telemetry::{MetricStore, OutcomeMeter, UsageMeter, UsageTotals};
use crate::traffic::RateCursor;
use crate::units::{ServiceId, SimDuration, SimTime};

/// Probability of a wait beyond the time-out of a check below which no check is followed.
const UNLIKELY_WAIT: f64 = 1e-6;

/// One service in motion.
pub(super) struct ServiceState<'p, P> {
    pub(super) id: ServiceId,
    pub(super) plan: &'p ServicePlan,
    pub(super) plane: P,
    pub(super) lifecycle: Lifecycle,
    pub(super) usage: UsageMeter,
    /// The rate of arrivals, for a look at the period to come.
    walk: RateCursor<'p>,
    /// Usage of the open minute, without the open period.
    pub(super) minute: UsageTotals,
    /// Outcomes by period, where a metric needs them.
    pub(super) tally: Option<OutcomeMeter>,
    pub(super) metrics: MetricStore,
    /// Controller that decides the desired count.
    pub(super) controller: Box<dyn Controller + 'p>,
    /// Whether as many tasks ran as were desired after the last change of tasks.
    pub(super) is_settled: bool,
    pub(super) meter: Meter,
    pub(super) fingerprint: u64,
    /// Whether its plane has stopped at a task that dies, whose event is on the calendar.
    pub(super) awaits_incident: bool,
}

impl<'p, P: Plane<'p>> ServiceState<'p, P> {
    pub(super) fn new(
        id: ServiceId,
        plan: &'p Plan,
        streams: Streams,
        mut controller: Box<dyn Controller + 'p>,
    ) -> Self {
        let service = &plan.services[id.index()];
        let name = service.name.as_str();
        let parts = LifecycleParts {
            revision: ServicePlan::FIRST_REVISION,
            capacity: service.capacity,
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
        let mut metrics =
            MetricStore::new((&service.metrics, &service.telemetry), service.shape(), (name, streams));
        controller.watch(&mut metrics);
        let period = metrics.finest_period();
        let (first_end, horizon) = (plan.first_end(period), SimTime(plan.horizon.0));
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
            tally: metrics.needs_outcomes().then(|| OutcomeMeter::new(period.0, first_end.0, horizon.0)),
            metrics,
            controller,
            is_settled: true,
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

    /// Calls the scaling controller at `now`. The timers that it sets go to the calendar, unless they lie beyond the horizon;
    /// the observer hears of its facts.
    pub(super) fn control<T>(
        &mut self,
        now: SimTime,
        observer: &mut impl Observer,
        (events, horizon): (&mut EventQueue<Event>, SimDuration),
        call: impl FnOnce(&mut dyn Controller, &mut Turn<'_>) -> T,
    ) -> T {
        let (id, counts) = (self.id, (self.lifecycle.counts().running, self.lifecycle.desired()));
        let mut note = |fact: &ScalingFact<'_>| observer.scaling(id, fact);
        let mut set_timer = |at: SimTime, timer: Timer| {
            if at.0 <= horizon.0 {
                let event = Event::Scaling(id, timer);
                events.schedule(at, event.priority() as u8, event);
            }
        };
        let mut turn = Turn::new(now, counts, &self.metrics, &mut set_timer, &mut note);
        call(self.controller.as_mut(), &mut turn)
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
        self.with_plane(observer, leash, |plane, sink| plane.serve(until.0, sink))
    }

    /// Instant of what happens next before `until` [ns since second 0]; `u64::MAX`: nothing does.
    pub(super) fn next_at(&mut self, until: SimTime, observer: &mut impl Observer, leash: &mut Leash) -> u64 {
        self.with_plane(observer, leash, |plane, sink| plane.next_at(until.0, sink))
    }

    /// Serves as far as `reach`, as one of a group.
    pub(super) fn advance(
        &mut self,
        reach: Reach,
        observer: &mut impl Observer,
        leash: &mut Leash,
    ) -> Option<Incident> {
        self.with_plane(observer, leash, |plane, sink| plane.advance(reach, sink))
    }

    /// States what a service of a group has done up to `at`.
    pub(super) fn state_until(&mut self, at: SimTime, observer: &mut impl Observer, leash: &mut Leash) {
        self.with_plane(observer, leash, |plane, sink| plane.state_until(at.0, sink));
    }

    #[inline]
    fn with_plane<O: Observer, T>(
        &mut self,
        observer: &mut O,
        leash: &mut Leash,
        work: impl FnOnce(&mut P, &mut FanOut<'_, O>) -> T,
    ) -> T {
        let mut sink = FanOut {
            id: self.id,
            usage: &mut self.usage,
            tally: self.tally.as_mut(),
            observer,
            fingerprint: self.fingerprint,
            leash,
        };
        let done = work(&mut self.plane, &mut sink);
        self.fingerprint = sink.fingerprint;
        done
    }
}
