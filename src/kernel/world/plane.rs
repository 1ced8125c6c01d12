//! The data plane of a service, as the world sees it: single requests or flows. Which one a run takes is chosen once, and
//! the code of the one knows nothing of the other.

use super::observer::Observer;
use super::plan::ServicePlan;
use super::sink::ServiceSink;
use crate::facts::Loss;
use crate::random::{Purpose, Streams};
use crate::service::{Demands, Fleet, Fluid, Seats, Slot};
use crate::traffic::ArrivalStream;
use crate::units::SimDuration;

/// What happens between control events.
pub(super) trait Plane<'p>: Seats {
    /// The plane of a service without tasks.
    fn of(service: &'p ServicePlan, streams: Streams) -> Self;

    /// Serves everything that arrives before `until` [ns since second 0].
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>);

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
    fn of(service: &'p ServicePlan, streams: Streams) -> Self {
        let name = service.name.as_str();
        let keep_beyond = service
            .load_balancer
            .as_ref()
            .map_or(service.stopping.stop_timeout, |balancer| balancer.deregistration_delay);
        let routing = (service.routing(), streams.stream(Purpose::Routing, name));
        let has_cpu_work = service.request.cpu_time.as_constant() != Some(SimDuration::ZERO);
        let has_patience = service.request.timeout.is_some();
        Self {
            arrivals: ArrivalStream::new(&service.traffic, streams.stream(Purpose::Arrivals, name)),
            demands: Demands::new(&service.request, &service.task, streams, name),
            fleet: Fleet::new(&service.task, has_cpu_work, has_patience, routing, keep_beyond),
        }
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) {
        self.fleet.serve(&mut self.arrivals, &mut self.demands, until, sink);
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

    fn kill(&mut self, slot: Slot, at: u64, report: impl FnMut(&Loss)) {
        self.fleet.kill(slot, at, report);
    }

    fn leave(&mut self, slot: Slot) {
        self.fleet.leave(slot);
    }
}

impl<'p> Plane<'p> for Fluid<'p> {
    fn of(service: &'p ServicePlan, _streams: Streams) -> Self {
        Self::new(&service.traffic, &service.request, &service.task, service.capacity_per_task())
    }

    #[inline]
    fn serve<O: Observer>(&mut self, until: u64, sink: &mut ServiceSink<'_, O>) {
        Self::serve(self, until, |flow| sink.flowed(flow));
    }

    fn forget_before(&mut self, _now: u64) {}
}
