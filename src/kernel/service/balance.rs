//! The load balancer's choice on the fast path where it looks at what the tasks hold.
//!
//! Under FCFS a request's whole way is known when it arrives, but how many a task holds at an arrival depends on who has
//! left by then. So each request leaves the instant of its departure in a calendar, and an arrival first lets those leave
//! whose instant has come: what ends at an instant gives way to what arrives at it, as everywhere.

use alloc::vec::Vec;

use super::departures::Departures;
use super::loads::{Loads, OUT};
use super::plan::Routing;
use crate::random::Rng;

/// The choice among tasks by what they hold.
#[derive(Clone, Debug)]
pub(super) struct Balance {
    takes_two: bool,
    rng: Rng,
    loads: Loads,
    /// Slots that receive requests, in order of their entry into service.
    rotation: Vec<u32>,
    departures: Departures,
}

impl Balance {
    /// Without tasks; `None` where the routing looks at nothing.
    pub(super) fn of(routing: Routing, rng: &Rng) -> Option<Self> {
        let takes_two = match routing {
            Routing::LeastOutstandingRequests => false,
            Routing::TwoRandomChoices => true,
            Routing::RoundRobin | Routing::Random | Routing::WeightedRandom => return None,
        };
        Some(Self {
            takes_two,
            rng: rng.clone(),
            loads: Loads::default(),
            rotation: Vec::new(),
            departures: Departures::new(),
        })
    }

    /// An empty task takes `slot`. What is left in the calendar is of the task that had the slot before.
    pub(super) fn enter(&mut self, slot: u32) {
        self.departures.forget(slot);
        self.loads.cover(slot as usize);
        self.loads.set(slot as usize, 0);
        self.rotation.push(slot);
    }

    /// `slot` receives nothing any more.
    pub(super) fn close(&mut self, slot: u32) {
        self.rotation.retain(|other| *other != slot);
        self.loads.set(slot as usize, OUT);
    }

    /// The slot for a request that arrives at `now`; some slot receives requests.
    #[inline]
    pub(super) fn choose(&mut self, now: u64) -> u32 {
        let loads = &mut self.loads;
        self.departures.leave(now, |slot| loads.less(slot as usize));
        if self.takes_two {
            self.loads.better_of_two(&self.rotation, &mut self.rng)
        } else {
            self.loads.least(&mut self.rng)
        }
    }

    /// A request that was sent to `slot` is let in, and leaves it at `at`.
    #[inline]
    pub(super) fn admit(&mut self, slot: u32, at: u64) {
        self.loads.more(slot as usize);
        self.departures.push(at, slot);
    }
}
