//! The load balancer's choice of a task, where it may depend on what the tasks hold.
//!
//! Round robin and random choose as on the fast path, from the same stream. While `slow_start` holds a target back its
//! weight is its age ÷ the span: random choices use the weights, and round robin passes a target by until its weights
//! have added up to a whole turn. The load balancer skips the ramp while no target has its full share
//! (`docs/aws/load-balancer.md#slow-start`).

use alloc::vec::Vec;

use crate::random::Rng;
use crate::serving::plan::{Routing, RoutingPlan};
use crate::serving::routing::outstanding::{OUT_OF_ROTATION, OutstandingRequests};
use crate::serving::routing::rotation::{Rotation, Turnout};

/// Tasks that receive requests, and the state of the choice among them.
#[derive(Clone, Debug)]
pub(super) struct Router {
    routing: Routing,
    looks_at_load: bool,
    rng: Rng,
    slow_start: u64,
    rotation: Rotation,
    loads: OutstandingRequests,
    /// Targets in slow start: index, begin of the slow start \[ns\], and what round robin owes them \[ns\].
    ramps: Vec<(u32, u64, u64)>,
}

impl Router {
    pub(super) fn new(plan: &RoutingPlan, rng: Rng) -> Self {
        Self {
            routing: plan.algorithm,
            looks_at_load: plan.algorithm.looks_at_load(),
            rng,
            slow_start: plan.slow_start.0,
            rotation: Rotation::new(plan.nodes),
            loads: OutstandingRequests::default(),
            ramps: Vec::new(),
        }
    }

    /// `replica` holds so many requests now.
    #[inline]
    pub(super) fn load_changed(&mut self, replica: u32, outstanding: u32) {
        if self.looks_at_load && self.loads.of(replica as usize) != OUT_OF_ROTATION {
            self.loads.set(replica as usize, outstanding);
        }
    }

    /// A target enters at `now`; `is_new`: it was not there from the beginning.
    pub(super) fn enter(&mut self, replica: u32, now: u64, is_new: bool) {
        if is_new {
            self.begin_slow_start(replica, now);
        }
        let turnout = self.rotation.enter(replica);
        self.rotate(&turnout, |_| 0);
    }

    /// A target becomes healthy: its ramp begins, unless no target has its full share.
    fn begin_slow_start(&mut self, replica: u32, now: u64) {
        self.end_ramps(now);
        let full = self.rotation.healthy_besides(replica);
        if self.slow_start > 0 && full > self.ramps.len() {
            self.ramps.push((replica, now, 0));
        }
    }

    pub(super) fn close(&mut self, replica: u32, load: impl Fn(u32) -> u32) {
        let turnout = self.rotation.leave(replica);
        self.ramps.retain(|ramp| ramp.0 != replica);
        self.rotate(&turnout, load);
    }

    pub(super) fn set_healthy(
        &mut self,
        replica: u32,
        is_healthy: bool,
        now: u64,
        load: impl Fn(u32) -> u32,
    ) {
        let Some(turnout) = self.rotation.set_healthy(replica, is_healthy) else { return };
        self.ramps.retain(|ramp| ramp.0 != replica);
        if is_healthy {
            self.begin_slow_start(replica, now);
        }
        self.rotate(&turnout, load);
    }

    /// Tells a routing that looks at load of a change of the rotation.
    fn rotate(&mut self, turnout: &Turnout, load: impl Fn(u32) -> u32) {
        if !self.looks_at_load {
            return;
        }
        for replica in &turnout.out {
            self.loads.set(*replica as usize, OUT_OF_ROTATION);
        }
        for replica in &turnout.back {
            self.loads.cover(*replica as usize);
            self.loads.set(*replica as usize, load(*replica));
        }
    }

    /// Forgets the ramps that are over.
    fn end_ramps(&mut self, now: u64) {
        let slow_start = self.slow_start;
        self.ramps.retain(|ramp| now - ramp.1 < slow_start);
    }

    /// The task for a request that arrives at `now`; `None`: there is none.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    pub(super) fn route(&mut self, now: u64) -> Option<u32> {
        if self.rotation.replicas().is_empty() {
            return None;
        }
        if !self.ramps.is_empty() {
            self.end_ramps(now);
            if !self.ramps.is_empty() {
                return Some(self.route_slowly(now));
            }
        }
        Some(match self.routing {
            Routing::RoundRobin => {
                let node = self.rotation.node(&mut self.rng);
                self.rotation.turn_at(node)
            }
            Routing::Random | Routing::WeightedRandom => {
                let open = self.rotation.replicas();
                open[self.rng.below(open.len() as u64) as usize]
            }
            Routing::LeastOutstandingRequests => self.loads.least(&mut self.rng),
            Routing::TwoRandomChoices => self.loads.better_of_two(self.rotation.replicas(), &mut self.rng),
        })
    }

    /// The weight of a target in slow start: its age, where a full share is the span of the slow start \[ns\].
    fn weight(&self, replica: u32, now: u64) -> u64 {
        self.ramps.iter().find(|ramp| ramp.0 == replica).map_or(self.slow_start, |ramp| now - ramp.1)
    }

    /// Routes as [`Router::route`] while some targets are held back. The routings that look at load have no slow start.
    fn route_slowly(&mut self, now: u64) -> u32 {
        if self.routing == Routing::RoundRobin {
            return self.thinned_turn(now);
        }
        let total: u64 = self.rotation.replicas().iter().map(|replica| self.weight(*replica, now)).sum();
        let mut rest = self.rng.below(total.max(1));
        for replica in self.rotation.replicas() {
            let weight = self.weight(*replica, now);
            if rest < weight {
                return *replica;
            }
            rest -= weight;
        }
        self.rotation.replicas()[0]
    }

    /// Round robin that passes a target in slow start by until its weights add up to a turn.
    fn thinned_turn(&mut self, now: u64) -> u32 {
        let node = self.rotation.node(&mut self.rng);
        for _ in 0..self.rotation.replicas().len() {
            let replica = self.rotation.turn_at(node);
            let Some(ramp) = self.ramps.iter_mut().find(|ramp| ramp.0 == replica) else { return replica };
            ramp.2 += now - ramp.1;
            if ramp.2 >= self.slow_start {
                ramp.2 -= self.slow_start;
                return replica;
            }
        }
        // No target has a turn to take: all of them are new.
        self.rotation.turn_at(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    #[test]
    fn a_new_target_takes_its_turn_as_often_as_its_age_allows() {
        let mut router = Router::new(
            &RoutingPlan { slow_start: SimDuration(100), ..RoutingPlan::default() },
            Rng::from_key(1),
        );
        router.enter(0, 0, true);
        router.enter(1, 0, true);
        assert_eq!(router.ramps.len(), 1, "the first one has its full share at once");
        // At age 25 of 100 it takes one turn in four.
        let turns = (0..50).filter(|_| router.route(25) == Some(1)).count();
        assert_eq!(turns, 10);
        let turns = (0..50).filter(|_| router.route(100) == Some(1)).count();
        assert_eq!(turns, 25);
    }

    #[test]
    fn targets_that_fail_their_checks_leave_the_rotation_until_all_have_failed() {
        let mut router = Router::new(&RoutingPlan::default(), Rng::from_key(1));
        (0..3).for_each(|replica| router.enter(replica, 0, false));
        router.set_healthy(1, false, 0, |_| 0);
        let turns: Vec<_> = (0..4).map(|_| router.route(0)).collect();
        assert_eq!(turns, [Some(0), Some(2), Some(0), Some(2)]);
        router.set_healthy(0, false, 0, |_| 0);
        router.set_healthy(2, false, 0, |_| 0);
        assert_eq!((0..3).filter(|_| router.route(0) == Some(1)).count(), 1, "the load balancer fails open");
        router.set_healthy(2, true, 0, |_| 0);
        assert_eq!((router.route(0), router.route(0)), (Some(2), Some(2)));
    }
}
