//! The load balancer's rotation: which replicas receive requests, and whose turn it is.
//!
//! Each node of the load balancer keeps a turn of its own (`docs/aws/load-balancer.md#nodes`: a node an availability
//! zone, and each chooses by itself), and a client's requests come to any of them. So the turns of several nodes are less
//! even than one turn would be: a task may get two requests in a row.

use alloc::vec::Vec;
use core::mem;

use crate::random::Rng;

/// Replicas that stopped or began to receive requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::serving) struct Turnout {
    pub(in crate::serving) out: Vec<u32>,
    pub(in crate::serving) back: Vec<u32>,
}

/// The targets of a service and the turns of its load balancer's nodes.
#[derive(Clone, Debug)]
pub(in crate::serving) struct Rotation {
    /// Replicas in service, in order of entry, with whether their health checks pass.
    members: Vec<(u32, bool)>,
    /// Replicas that receive requests: the healthy ones, or all when none is (`docs/aws/load-balancer.md#fail-open`,
    /// fail-open).
    open: Vec<u32>,
    /// Position in `open` of each node's next turn.
    turns: Vec<usize>,
}

impl Rotation {
    /// A rotation without replicas, of a load balancer with so many nodes, ≥ 1.
    pub(in crate::serving) fn new(nodes: u32) -> Self {
        Self { members: Vec::new(), open: Vec::new(), turns: alloc::vec![0; nodes.max(1) as usize] }
    }

    /// The replicas that receive requests, in order of entry.
    #[inline]
    pub(in crate::serving) fn replicas(&self) -> &[u32] {
        &self.open
    }

    /// Members whose checks pass, but for `replica`.
    pub(in crate::serving) fn healthy_besides(&self, replica: u32) -> usize {
        self.members.iter().filter(|(other, is_healthy)| *is_healthy && *other != replica).count()
    }

    /// Enters a replica, healthy.
    pub(in crate::serving) fn enter(&mut self, replica: u32) -> Turnout {
        let fails_open = self.members.iter().all(|(_, is_healthy)| !is_healthy);
        self.members.push((replica, true));
        if fails_open {
            return self.renew();
        }
        for turn in self.turns.iter_mut().filter(|turn| **turn == self.open.len()) {
            *turn = 0;
        }
        self.open.push(replica);
        Turnout { out: Vec::new(), back: alloc::vec![replica] }
    }

    /// Removes a replica for good.
    pub(in crate::serving) fn leave(&mut self, replica: u32) -> Turnout {
        self.members.retain(|(other, _)| *other != replica);
        self.renew()
    }

    /// Notes that a replica's checks pass from now on, or fail; `None`: nothing changes.
    pub(in crate::serving) fn set_healthy(&mut self, replica: u32, is_healthy: bool) -> Option<Turnout> {
        let member = self.members.iter_mut().find(|(other, was)| *other == replica && *was != is_healthy)?;
        member.1 = is_healthy;
        Some(self.renew())
    }

    /// Makes the rotation anew. The replica that would have been next at a node still is, or the one after it.
    fn renew(&mut self) -> Turnout {
        let before = mem::take(&mut self.open);
        let fails_open = self.members.iter().all(|(_, is_healthy)| !is_healthy);
        let open = self.members.iter().filter(|(_, is_healthy)| *is_healthy || fails_open);
        self.open.extend(open.map(|(replica, _)| *replica));
        let now = Positions::of(&self.open);
        for turn in &mut self.turns {
            let order = before[(*turn).min(before.len())..].iter().chain(&before);
            *turn = order.filter_map(|replica| now.at(*replica)).next().unwrap_or(0);
        }
        let then = Positions::of(&before);
        let besides = |replicas: &[u32], places: &Positions| {
            replicas.iter().copied().filter(|replica| places.at(*replica).is_none()).collect()
        };
        Turnout { out: besides(&before, &now), back: besides(&self.open, &then) }
    }

    /// The node that a request comes to.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of nodes")]
    pub(in crate::serving) fn node(&self, rng: &mut Rng) -> usize {
        if self.turns.len() > 1 { rng.below(self.turns.len() as u64) as usize } else { 0 }
    }

    /// The replica whose turn it is at `node`; there is one.
    #[inline]
    pub(in crate::serving) fn turn_at(&mut self, node: usize) -> u32 {
        let turn = &mut self.turns[node];
        let replica = self.open[*turn];
        *turn = if *turn + 1 == self.open.len() { 0 } else { *turn + 1 };
        replica
    }

    /// Fills `replicas` with the replicas of as many requests, in turn; there is at least one.
    #[inline]
    pub(in crate::serving) fn turns(&mut self, replicas: &mut [u32], rng: &mut Rng) {
        if self.turns.len() > 1 {
            for replica in replicas {
                let node = self.node(rng);
                *replica = self.turn_at(node);
            }
            return;
        }
        let turn = &mut self.turns[0];
        let mut rest = replicas;
        while !rest.is_empty() {
            let ahead = &self.open[*turn..];
            let run = ahead.len().min(rest.len());
            rest[..run].copy_from_slice(&ahead[..run]);
            *turn = if *turn + run == self.open.len() { 0 } else { *turn + run };
            rest = &mut rest[run..];
        }
    }
}

/// Position of each replica in a list.
struct Positions(Vec<u32>);

impl Positions {
    /// Not in the list.
    const NOWHERE: u32 = u32::MAX;

    fn of(replicas: &[u32]) -> Self {
        let count = replicas.iter().max().map_or(0, |replica| *replica as usize + 1);
        let mut places = alloc::vec![Self::NOWHERE; count];
        for (place, replica) in (0..).zip(replicas) {
            places[*replica as usize] = place;
        }
        Self(places)
    }

    fn at(&self, replica: u32) -> Option<usize> {
        self.0.get(replica as usize).filter(|place| **place != Self::NOWHERE).map(|place| *place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_turns_at_once_are_those_one_by_one() {
        for nodes in [1, 2, 3] {
            let (mut one, mut rng) = (Rotation::new(nodes), Rng::from_key(5));
            (0..7).for_each(|replica| drop(one.enter(replica)));
            let (mut other, mut same) = (one.clone(), rng.clone());
            let mut many = [0; 100];
            one.turns(&mut many, &mut rng);
            let single: Vec<u32> = (0..100)
                .map(|_| {
                    let node = other.node(&mut same);
                    other.turn_at(node)
                })
                .collect();
            assert_eq!(many.to_vec(), single, "{nodes} nodes");
        }
    }

    #[test]
    fn each_node_has_a_turn_of_its_own() {
        let mut rotation = Rotation::new(2);
        (0..3).for_each(|replica| drop(rotation.enter(replica)));
        let turns = [0, 0, 1, 0, 1, 1].map(|node| rotation.turn_at(node));
        assert_eq!(turns, [0, 1, 0, 2, 1, 2]);
        // A replica that leaves is passed over at the node whose turn was with it, and the other keeps its place.
        rotation.turn_at(0);
        rotation.leave(1);
        assert_eq!([0, 1].map(|node| rotation.turn_at(node)), [2, 0]);
    }

    #[test]
    fn with_no_healthy_member_all_receive_requests() {
        let mut rotation = Rotation::new(1);
        (0..3).for_each(|replica| drop(rotation.enter(replica)));
        assert!(rotation.set_healthy(1, false).is_some());
        assert!(rotation.set_healthy(1, false).is_none());
        assert_eq!(rotation.replicas(), [0, 2]);
        rotation.set_healthy(0, false);
        rotation.set_healthy(2, false);
        assert_eq!(rotation.replicas(), [0, 1, 2]);
        rotation.set_healthy(2, true);
        assert_eq!(rotation.replicas(), [2]);
    }

    #[test]
    fn a_request_comes_to_every_node_alike() {
        let (rotation, mut rng) = (Rotation::new(3), Rng::from_key(1));
        let mut seen = [0; 3];
        (0..300).for_each(|_| seen[rotation.node(&mut rng)] += 1);
        // 100 ± 8.2 each: the bounds are 3.6 standard deviations, and the key is fixed.
        assert!(seen.iter().all(|count| (70..=130).contains(count)), "{seen:?}");
    }
}
