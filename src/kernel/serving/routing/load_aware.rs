//! The load balancer's choice on the fast path where it looks at what the tasks hold.
//!
//! Under FCFS a request's whole way is known when it arrives, but how many a task holds at an arrival depends on the requests
//! that have left by then. So each request leaves the instant of its departure in a calendar, and an arrival first lets those
//! leave whose instant has come: what ends at an instant gives way to what arrives at it, as everywhere.

use super::departures::Departures;
use super::outstanding::{OUT_OF_ROTATION, OutstandingRequests};
use super::rotation::Turnout;
use crate::random::Rng;
use crate::serving::plan::Routing;

/// The choice among tasks by what they hold.
#[derive(Clone, Debug)]
pub(in crate::serving) struct LoadAwareRouting {
    takes_two: bool,
    rng: Rng,
    loads: OutstandingRequests,
    departures: Departures,
}

impl LoadAwareRouting {
    /// Without tasks; `None` where the routing looks at nothing.
    pub(in crate::serving) fn of(routing: Routing, rng: &Rng) -> Option<Self> {
        let takes_two = match routing {
            Routing::LeastOutstandingRequests => false,
            Routing::TwoRandomChoices => true,
            Routing::RoundRobin | Routing::Random | Routing::WeightedRandom => return None,
        };
        Some(Self {
            takes_two,
            rng: rng.clone(),
            loads: OutstandingRequests::default(),
            departures: Departures::new(),
        })
    }

    /// Enters an empty task as `replica`. What is left in the calendar is of the task that had the index before.
    pub(in crate::serving) fn enter(&mut self, replica: u32) {
        self.departures.forget(replica);
        self.loads.cover(replica as usize);
    }

    /// Follows a change of the rotation: the replicas that receive requests were `before`, and are `open` from `now` \[ns\] on.
    pub(in crate::serving) fn rotate(&mut self, turnout: &Turnout, now: u64) {
        let loads = &mut self.loads;
        self.departures.leave(now, |replica| loads.less(replica as usize));
        for replica in &turnout.out {
            self.loads.set(*replica as usize, OUT_OF_ROTATION);
        }
        for replica in &turnout.back {
            let held = self.departures.held(*replica, now);
            self.loads.set(*replica as usize, held);
        }
    }

    /// The replica for a request that arrives at `now`, out of those in service in the order of their entry; there is one.
    #[inline]
    pub(in crate::serving) fn choose(&mut self, now: u64, in_service: &[u32]) -> u32 {
        let loads = &mut self.loads;
        self.departures.leave(now, |replica| loads.less(replica as usize));
        if self.takes_two {
            self.loads.better_of_two(in_service, &mut self.rng)
        } else {
            self.loads.least(&mut self.rng)
        }
    }

    /// A request that was sent to `replica` is let in, and leaves it at `at`.
    #[inline]
    pub(in crate::serving) fn admit(&mut self, replica: u32, at: u64) {
        self.loads.more(replica as usize);
        self.departures.push(at, replica);
    }
}
