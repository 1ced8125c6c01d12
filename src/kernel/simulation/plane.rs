//! The data plane of a service, as the simulation sees it: single requests or flows. Which one a run takes is chosen once, and
//! the code of the one knows nothing of the other.

use super::fan_out::FanOut;
use super::observer::Observer;
use super::plan::Fidelity;
use super::plan::ServicePlan;
use crate::facts::{Retraction, Visit};
use crate::random::{Purpose, Streams};
use crate::replica_set::{Incident, ReplicaIndex, ReplicaSet};
use crate::serving::{Demands, EventPath, EventPathParts, FastFleet, Fluid, Reach};
use crate::traffic::ArrivalStream;
use crate::units::{ServiceId, SimDuration};

/// Data plane: the requests between control events.
pub(super) trait Plane<'p>: ReplicaSet {
    /// Whether a task may die of what happens in the plane: only then does the simulation look before it takes the next event.
    const HAS_INCIDENTS: bool = false;

    /// The plane of a service without tasks.
    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, fidelity: Fidelity) -> Self;

    /// Serves everything that arrives before `until` [ns since second 0], or up to the instant at which a task dies of it.
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> Option<Incident>;

    /// Instant of what happens next before `until` [ns since second 0]; `u64::MAX`: nothing does. Only planes of services that
    /// are served in groups are asked.
    fn next_at<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> u64 {
        let _ = (until, sink);
        u64::MAX
    }

    /// Serves as far as `reach`; what was used is left to be stated by [`Plane::state_until`].
    fn advance<O: Observer>(&mut self, reach: Reach, sink: &mut FanOut<'_, O>) -> Option<Incident> {
        self.serve(reach.arrivals_before, sink)
    }

    /// States what has happened up to `at` [ns since second 0] and is not stated yet.
    fn state_until<O: Observer>(&mut self, at: u64, sink: &mut FanOut<'_, O>) {
        let _ = (at, sink);
    }

    /// Requests in flight that arrived within [from, to) [ns since second 0], where the plane knows and has not stated it.
    fn in_flight_of(&self, from: u64, to: u64) -> u64;

    /// Forgets what ended before `now` [ns since second 0].
    fn forget_before(&mut self, now: u64);
}

/// Every request, one by one.
pub(super) struct FastPath<'p> {
    arrivals: ArrivalStream<'p>,
    demands: Demands,
    fleet: FastFleet,
}

impl<'p> Plane<'p> for FastPath<'p> {
    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, _fidelity: Fidelity) -> Self {
        let name = service.name.as_str();
        let keep_beyond = service
            .target_group
            .as_ref()
            .map_or(service.stopping.stop_timeout, |group| group.deregistration_delay);
        // Where what leaving tasks use does not count, the fleet has to know every request that a task holds.
        let keep_beyond =
            if service.telemetry.rules.counts_draining { keep_beyond } else { SimDuration::ZERO };
        let routing = (service.routing, streams.stream(Purpose::ROUTING, name));
        let has_patience = service.request.timeout.is_some();
        Self {
            arrivals: ArrivalStream::new(&service.traffic, streams.stream(Purpose::ARRIVALS, name)),
            demands: Demands::new(&service.request, &service.task, streams, name),
            fleet: FastFleet::new(
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
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> Option<Incident> {
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

impl ReplicaSet for FastPath<'_> {
    fn add(&mut self) -> ReplicaIndex {
        self.fleet.add()
    }

    fn drain(&mut self, replica: ReplicaIndex) -> u64 {
        self.fleet.drain(replica)
    }

    fn held(&self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Visit)) {
        self.fleet.held(replica, at, report);
    }

    fn kill(&mut self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Retraction)) {
        self.fleet.kill(replica, at, report);
    }

    fn release(&mut self, replica: ReplicaIndex) {
        self.fleet.release(replica);
    }

    fn drained_at(&self, replica: ReplicaIndex) -> Option<u64> {
        self.fleet.drained_at(replica)
    }

    fn hang(&mut self, replica: ReplicaIndex, at: u64) {
        self.fleet.hang(replica, at);
    }

    fn resume(&mut self, replica: ReplicaIndex, at: u64) {
        self.fleet.resume(replica, at);
    }

    fn scale_wait_times(&mut self, at: u64, factor: f64) {
        self.fleet.scale_wait_times(at, factor);
    }

    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool) {
        self.fleet.set_healthy(replica, is_healthy);
    }

    fn wait(&mut self, replica: ReplicaIndex, now: u64) -> Option<u64> {
        self.fleet.wait(replica, now)
    }
}

/// Every request, on the fast path where the service allows it and on the event path where it does not.
#[expect(clippy::large_enum_variant, reason = "one a service")]
pub(super) enum PerService<'p> {
    Fast(FastPath<'p>),
    Events(EventPath<'p>),
}

impl<'p> PerService<'p> {
    /// The event path, whether the service needs it or not.
    fn events(id: ServiceId, service: &'p ServicePlan, streams: Streams) -> Self {
        let name = service.name.as_str();
        let arrivals = ArrivalStream::new(&service.traffic, streams.stream(Purpose::ARRIVALS, name));
        let parts = EventPathParts {
            service: id,
            request: &service.request,
            task: &service.task,
            warm_up: service.warm_up,
            routing: service.routing,
            name,
            streams,
        };
        Self::Events(EventPath::new(arrivals, &parts))
    }
}

impl<'p> Plane<'p> for PerService<'p> {
    const HAS_INCIDENTS: bool = true;

    fn of(id: ServiceId, service: &'p ServicePlan, streams: Streams, fidelity: Fidelity) -> Self {
        if fidelity == Fidelity::Events || service.needs_events() {
            Self::events(id, service, streams)
        } else {
            Self::Fast(FastPath::of(id, service, streams, fidelity))
        }
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> Option<Incident> {
        match self {
            Self::Fast(requests) => Plane::serve(requests, until, sink),
            Self::Events(jobs) => jobs.serve(until, sink),
        }
    }

    fn next_at<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> u64 {
        match self {
            Self::Fast(_) => u64::MAX,
            Self::Events(jobs) => jobs.next_at(until, sink),
        }
    }

    fn advance<O: Observer>(&mut self, reach: Reach, sink: &mut FanOut<'_, O>) -> Option<Incident> {
        match self {
            Self::Fast(requests) => requests.advance(reach, sink),
            Self::Events(jobs) => jobs.advance(reach, sink),
        }
    }

    fn state_until<O: Observer>(&mut self, at: u64, sink: &mut FanOut<'_, O>) {
        if let Self::Events(jobs) = self {
            jobs.state_until(at, sink);
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

impl ReplicaSet for PerService<'_> {
    fn add(&mut self) -> ReplicaIndex {
        match self {
            Self::Fast(requests) => requests.add(),
            Self::Events(jobs) => jobs.add(),
        }
    }

    fn drain(&mut self, replica: ReplicaIndex) -> u64 {
        match self {
            Self::Fast(requests) => requests.drain(replica),
            Self::Events(jobs) => jobs.drain(replica),
        }
    }

    fn drained_at(&self, replica: ReplicaIndex) -> Option<u64> {
        match self {
            Self::Fast(_) => None,
            Self::Events(jobs) => jobs.drained_at(replica),
        }
    }

    fn held(&self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Visit)) {
        if let Self::Fast(requests) = self {
            requests.held(replica, at, report);
        }
    }

    fn kill(&mut self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Retraction)) {
        match self {
            Self::Fast(requests) => requests.kill(replica, at, report),
            Self::Events(jobs) => jobs.kill(replica, at, report),
        }
    }

    fn release(&mut self, replica: ReplicaIndex) {
        match self {
            Self::Fast(requests) => requests.release(replica),
            Self::Events(jobs) => jobs.release(replica),
        }
    }

    fn hang(&mut self, replica: ReplicaIndex, at: u64) {
        if let Self::Events(jobs) = self {
            jobs.hang(replica, at);
        }
    }

    fn resume(&mut self, replica: ReplicaIndex, at: u64) {
        if let Self::Events(jobs) = self {
            jobs.resume(replica, at);
        }
    }

    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool) {
        match self {
            Self::Fast(requests) => requests.set_healthy(replica, is_healthy),
            Self::Events(jobs) => jobs.set_healthy(replica, is_healthy),
        }
    }

    fn wait(&mut self, replica: ReplicaIndex, now: u64) -> Option<u64> {
        match self {
            Self::Fast(requests) => requests.wait(replica, now),
            Self::Events(jobs) => jobs.wait(replica, now),
        }
    }

    fn scale_wait_times(&mut self, at: u64, factor: f64) {
        if let Self::Events(jobs) = self {
            jobs.scale_wait_times(at, factor);
        }
    }
}

impl<'p> Plane<'p> for Fluid<'p> {
    fn of(id: ServiceId, service: &'p ServicePlan, _streams: Streams, _fidelity: Fidelity) -> Self {
        Self::new(id, &service.traffic, &service.request, &service.task, service.capacity_per_task())
            .telling_leaving(!service.telemetry.rules.counts_draining)
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut FanOut<'_, O>) -> Option<Incident> {
        Self::serve(self, until, sink);
        None
    }

    fn in_flight_of(&self, from: u64, to: u64) -> u64 {
        Self::in_flight_of(self, from, to)
    }

    fn forget_before(&mut self, _now: u64) {}
}
