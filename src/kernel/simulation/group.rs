//! Services that can call each other: they are served together, in order of time, so that what one of them does can reach
//! another at that very instant. A service that is in no group is served alone, a whole stretch at a time.
//!
//! At one instant requests leave all services of a group before any arrives at one of them; then they arrive in the order of
//! the plan.

use alloc::vec::Vec;

use super::fan_out::Leash;
use super::observer::Observer;
use super::plan::Plan;
use super::plane::Plane;
use super::service_state::ServiceState;
use crate::replica_set::Incident;
use crate::serving::Reach;
use crate::units::SimTime;

/// The groups of a plan: the indices of the services of each, in the order of the plan.
pub(super) fn groups(plan: &Plan) -> Vec<Vec<usize>> {
    let mut groups: Vec<(u32, Vec<usize>)> = Vec::new();
    for (index, service) in plan.services.iter().enumerate() {
        let Some(number) = service.group else { continue };
        match groups.iter_mut().find(|(other, _)| *other == number) {
            Some((_, members)) => members.push(index),
            None => groups.push((number, alloc::vec![index])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Serves a group up to a control event at `until`, or up to the instant at which a task of one of its services dies of
/// what it holds. Returns the index of that service and its incident.
pub(super) fn serve<'p, P: Plane<'p>>(
    services: &mut [ServiceState<'p, P>],
    group: &[usize],
    until: SimTime,
    observer: &mut impl Observer,
    leash: &mut Leash,
) -> Option<(usize, Incident)> {
    // The event of a task that dies comes before anything else that its group does.
    if group.iter().any(|index| services[*index].awaits_incident) {
        return None;
    }
    while leash.halted.is_none() {
        let next = group.iter().map(|index| (*index, services[*index].next_at(until, observer, leash)));
        let Some(step) = next_step(next, until.0).filter(|_| leash.halted.is_none()) else { break };
        let ends = group.iter().map(|index| (*index, Reach::before(step.at))).filter(|_| step.is_shared);
        for (index, reach) in ends.chain(core::iter::once((step.index, step.reach))) {
            if let Some(incident) = services[index].advance(reach, observer, leash) {
                services[index].state_until(SimTime(incident.at), observer, leash);
                return Some((index, incident));
            }
        }
    }
    for index in group {
        services[*index].state_until(until, observer, leash);
    }
    None
}

/// The next thing to do in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    /// Instant at which it begins [ns since second 0].
    at: u64,
    /// Something happens in several services at that instant: first what ends in any of them.
    is_shared: bool,
    /// Index of the service that goes on.
    index: usize,
    /// End of the batch.
    reach: Reach,
}

/// Who goes on next, and how far, from the instants at which something happens next in each service, in the order of the
/// plan: one alone up to the next instant of another; several at one instant in turn, that instant only. `None`: nothing
/// happens up to the control event at `until`.
fn next_step(next: impl Iterator<Item = (usize, u64)>, until: u64) -> Option<Step> {
    let ((mut at, mut first), mut other) = ((u64::MAX, 0), u64::MAX);
    for (index, instant) in next {
        if instant < at {
            other = at;
            (at, first) = (instant, index);
        } else {
            other = other.min(instant);
        }
    }
    if at > until {
        return None;
    }
    let is_shared = at == other;
    let reach = if is_shared {
        Reach { ends_through: at, arrivals_before: (at + 1).min(until) }
    } else if other <= until {
        Reach { ends_through: other - 1, arrivals_before: other }
    } else {
        Reach::before(until)
    };
    Some(Step { at, is_shared, index: first, reach })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    /// A service whose requests arrive and leave at known instants.
    #[derive(Clone, Default)]
    struct Known {
        ends: Vec<u64>,
        arrivals: Vec<u64>,
    }

    impl Known {
        fn next_at(&self, until: u64) -> u64 {
            let arrival = self.arrivals.first().copied().filter(|at| *at < until);
            self.ends.first().copied().unwrap_or(u64::MAX).min(arrival.unwrap_or(u64::MAX))
        }

        /// Moves what happens within `reach` to `done`: (instant, whether it arrives, service).
        fn advance(&mut self, index: usize, reach: Reach, done: &mut Vec<(u64, bool, usize)>) {
            let ends = self.ends.partition_point(|at| *at <= reach.ends_through);
            let arrivals = self.arrivals.partition_point(|at| *at < reach.arrivals_before);
            let mut now: Vec<_> = self.ends.drain(..ends).map(|at| (at, false, index)).collect();
            now.extend(self.arrivals.drain(..arrivals).map(|at| (at, true, index)));
            now.sort_unstable();
            done.append(&mut now);
        }
    }

    fn drawn(rng: &mut Rng) -> Vec<u64> {
        let mut instants: Vec<u64> = (0..rng.below(12)).map(|_| rng.below(30)).collect();
        instants.sort_unstable();
        instants
    }

    #[test]
    fn everything_happens_in_order_of_time_and_ends_before_arrivals_across_services() {
        let mut rng = Rng::from_key(3);
        for case in 0..2_000 {
            let mut services: Vec<Known> = (0..1 + rng.below(4))
                .map(|_| Known { ends: drawn(&mut rng), arrivals: drawn(&mut rng) })
                .collect();
            let (mut expected, mut done) = (Vec::new(), Vec::new());
            let until = 25;
            for (index, service) in services.iter().enumerate() {
                expected.extend(service.ends.iter().filter(|at| **at <= until).map(|at| (*at, false, index)));
                expected
                    .extend(service.arrivals.iter().filter(|at| **at < until).map(|at| (*at, true, index)));
            }
            expected.sort_unstable();
            while let Some(step) = next_step(services.iter().map(|s| s.next_at(until)).enumerate(), until) {
                if step.is_shared {
                    for (index, service) in services.iter_mut().enumerate() {
                        service.advance(index, Reach::before(step.at), &mut done);
                    }
                }
                services[step.index].advance(step.index, step.reach, &mut done);
            }
            assert_eq!(done, expected, "case {case}");
        }
    }
}
