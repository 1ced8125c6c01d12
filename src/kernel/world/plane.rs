//! The data plane of a service, as the world sees it: single requests or flows. Which one a run takes is chosen once, and
//! the code of the one knows nothing of the other.

use super::observer::Observer;
use super::plan::Fidelity;
use super::plan::ServicePlan;
use super::sink::ServiceSink;
use crate::facts::{Retraction, Visit};
use crate::random::{Purpose, Streams};
use crate::service::{Demands, Fleet, Fluid, Incident, Jobs, JobsParts, Seats, Slot};
use crate::traffic::ArrivalStream;
use crate::units::{ServiceId, SimDuration};

/// What happens between control events.
pub(super) trait Plane<'p>: Seats {
    /// Whether a task may die of what happens in the plane: only then does the world look before it takes the next event.
    const HAS_INCIDENTS: bool = false;

    /// The plane of a service without tasks.
    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, fidelity: Fidelity) -> Self;

    /// Serves everything that arrives before `until` [ns since second 0], or up to the instant at which a task dies of it.
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) -> Option<Incident>;

    /// Requests in flight that arrived within [from, to) [ns since second 0], where the plane knows and has not stated it.
    fn in_flight_of(&self, from: u64, to: u64) -> u64;

    /// Forgets what ended before `now` [ns since second 0].
    fn forget_before(&mut self, now: u64);
}

/// Every request, one by one.
pub(super) struct Requests<'p> {
    arrivals: ArrivalStream<'p>,
    demands: Demands,
    fleet: Fleet,
}

impl<'p> Plane<'p> for Requests<'p> {
    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, _fidelity: Fidelity) -> Self {
        let name = service.name.as_str();
        let keep_beyond = service
            .load_balancer
            .as_ref()
            .map_or(service.stopping.stop_timeout, |balancer| balancer.deregistration_delay);
        // Where what leaving tasks use does not count, the fleet has to know every request that a task holds.
        let keep_beyond =
            if service.telemetry.rules.counts_draining { keep_beyond } else { SimDuration::ZERO };
        let routing = (service.routing(), service.nodes(), streams.stream(Purpose::ROUTING, name));
        let has_patience = service.request.timeout.is_some();
        Self {
            arrivals: ArrivalStream::new(&service.traffic, streams.stream(Purpose::ARRIVALS, name)),
            demands: Demands::new(&service.request, &service.task, streams, name),
            fleet: Fleet::new(
                id,
                &service.task,
                service.request.needs_cpu(),
                has_patience,
                routing,
                keep_beyond,
            ),
        }
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) -> Option<Incident> {
        self.fleet.serve(&mut self.arrivals, &mut self.demands, until, sink);
        None
    }

    /// What becomes of a request is stated when it arrives, so nothing is left to be said.
    fn in_flight_of(&self, _from: u64, _to: u64) -> u64 {
        0
    }

    fn forget_before(&mut self, now: u64) {
        self.fleet.forget_before(now);
    }
}

impl Seats for Requests<'_> {
    fn enter(&mut self) -> Slot {
        self.fleet.enter()
    }

    fn close(&mut self, slot: Slot) -> u64 {
        self.fleet.close(slot)
    }

    fn held(&self, slot: Slot, at: u64, report: impl FnMut(&Visit)) {
        self.fleet.held(slot, at, report);
    }

    fn kill(&mut self, slot: Slot, at: u64, report: impl FnMut(&Retraction)) {
        self.fleet.kill(slot, at, report);
    }

    fn leave(&mut self, slot: Slot) {
        self.fleet.leave(slot);
    }

    fn set_healthy(&mut self, slot: Slot, is_healthy: bool) {
        self.fleet.set_healthy(slot, is_healthy);
    }

    fn wait(&mut self, slot: Slot, now: u64) -> Option<u64> {
        self.fleet.wait(slot, now)
    }
}

/// Every request, on the fast path where the service allows it and on the event path where it does not.
#[expect(clippy::large_enum_variant, reason = "one a service")]
pub(super) enum Mixed<'p> {
    Fast(Requests<'p>),
    Events(Jobs<'p>),
}

impl<'p> Mixed<'p> {
    /// The event path, whether the service needs it or not.
    fn events(id: ServiceId, service: &'p ServicePlan, streams: Streams) -> Self {
        let name = service.name.as_str();
        let arrivals = ArrivalStream::new(&service.traffic, streams.stream(Purpose::ARRIVALS, name));
        let parts = JobsParts {
            service: id,
            request: &service.request,
            task: &service.task,
            warm_up: service.startup.warm_up,
            routing: service.routing(),
            nodes: service.nodes(),
            slow_start: service.load_balancer.as_ref().map_or(SimDuration::ZERO, |lb| lb.slow_start),
            name,
            streams,
        };
        Self::Events(Jobs::new(arrivals, &parts))
    }
}

impl<'p> Plane<'p> for Mixed<'p> {
    const HAS_INCIDENTS: bool = true;

    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, fidelity: Fidelity) -> Self {
        if fidelity == Fidelity::Events || service.needs_events() {
            Self::events(id, service, streams)
        } else {
            Self::Fast(Requests::of(id, service, streams, fidelity))
        }
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) -> Option<Incident> {
        match self {
            Self::Fast(requests) => Plane::serve(requests, until, sink),
            Self::Events(jobs) => jobs.serve(until, sink),
        }
    }

    fn in_flight_of(&self, from: u64, to: u64) -> u64 {
        match self {
            Self::Fast(requests) => requests.in_flight_of(from, to),
            Self::Events(jobs) => jobs.in_flight_of(from, to),
        }
    }

    fn forget_before(&mut self, now: u64) {
        if let Self::Fast(requests) = self {
            requests.forget_before(now);
        }
    }
}

impl Seats for Mixed<'_> {
    fn enter(&mut self) -> Slot {
        match self {
            Self::Fast(requests) => requests.enter(),
            Self::Events(jobs) => jobs.enter(),
        }
    }

    fn close(&mut self, slot: Slot) -> u64 {
        match self {
            Self::Fast(requests) => requests.close(slot),
            Self::Events(jobs) => jobs.close(slot),
        }
    }

    fn idle_from(&self, slot: Slot) -> Option<u64> {
        match self {
            Self::Fast(_) => None,
            Self::Events(jobs) => jobs.idle_from(slot),
        }
    }

    fn held(&self, slot: Slot, at: u64, report: impl FnMut(&Visit)) {
        if let Self::Fast(requests) = self {
            requests.held(slot, at, report);
        }
    }

    fn kill(&mut self, slot: Slot, at: u64, report: impl FnMut(&Retraction)) {
        match self {
            Self::Fast(requests) => requests.kill(slot, at, report),
            Self::Events(jobs) => jobs.kill(slot, at, report),
        }
    }

    fn leave(&mut self, slot: Slot) {
        match self {
            Self::Fast(requests) => requests.leave(slot),
            Self::Events(jobs) => jobs.leave(slot),
        }
    }

    fn hang(&mut self, slot: Slot, at: u64) {
        if let Self::Events(jobs) = self {
            jobs.hang(slot, at);
        }
    }

    fn resume(&mut self, slot: Slot, at: u64) {
        if let Self::Events(jobs) = self {
            jobs.resume(slot, at);
        }
    }

    fn set_healthy(&mut self, slot: Slot, is_healthy: bool) {
        match self {
            Self::Fast(requests) => requests.set_healthy(slot, is_healthy),
            Self::Events(jobs) => jobs.set_healthy(slot, is_healthy),
        }
    }

    fn wait(&mut self, slot: Slot, now: u64) -> Option<u64> {
        match self {
            Self::Fast(requests) => requests.wait(slot, now),
            Self::Events(jobs) => jobs.wait(slot, now),
        }
    }

    fn slow_down_waits(&mut self, at: u64, factor: f64) {
        if let Self::Events(jobs) = self {
            jobs.slow_down_waits(at, factor);
        }
    }
}

impl<'p> Plane<'p> for Fluid<'p> {
    fn of(id: ServiceId, service: &'p ServicePlan, _streams: Streams, _fidelity: Fidelity) -> Self {
        Self::new(id, &service.traffic, &service.request, &service.task, service.capacity_per_task())
            .telling_leaving(!service.telemetry.rules.counts_draining)
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) -> Option<Incident> {
        Self::serve(self, until, sink);
        None
    }

    fn in_flight_of(&self, from: u64, to: u64) -> u64 {
        Self::in_flight_of(self, from, to)
    }

    fn forget_before(&mut self, _now: u64) {}
}
