//! The load balancer's rotation: which slots receive requests, and whose turn it is.
//!
//! Each node of the load balancer keeps a turn of its own (`aws-platform.md` §1.7: a node an availability zone, and each chooses
//! by itself), and a client's requests come to any of them. So the turns of several nodes are less even than one turn
//! would be: a task may get two requests in a row.

use alloc::vec::Vec;
use core::mem;

use crate::random::Rng;

/// The targets of a service and the turns of its load balancer's nodes.
#[derive(Clone, Debug)]
pub(super) struct Rotation {
    /// Slots in service, in order of entry, with whether their health checks pass.
    members: Vec<(u32, bool)>,
    /// Those that receive requests: the healthy ones, or all when none is (`aws-platform.md` §1.7, fail-open).
    open: Vec<u32>,
    /// Position in `open` of each node's next turn.
    turns: Vec<usize>,
}

impl Rotation {
    /// Without slots, of a load balancer with so many nodes, ≥ 1.
    pub(super) fn new(nodes: u32) -> Self {
        Self { members: Vec::new(), open: Vec::new(), turns: alloc::vec![0; nodes.max(1) as usize] }
    }

    /// The slots that receive requests, in order of entry.
    #[inline]
    pub(super) fn slots(&self) -> &[u32] {
        &self.open
    }

    /// Members whose checks pass, but for `slot`.
    pub(super) fn healthy_besides(&self, slot: u32) -> usize {
        self.members.iter().filter(|(other, is_healthy)| *is_healthy && *other != slot).count()
    }

    /// A slot enters, healthy. Returns the slots that received requests before.
    pub(super) fn enter(&mut self, slot: u32) -> Vec<u32> {
        self.members.push((slot, true));
        self.renew()
    }

    /// A slot leaves for good.
    pub(super) fn leave(&mut self, slot: u32) -> Vec<u32> {
        self.members.retain(|(other, _)| *other != slot);
        self.renew()
    }

    /// A slot's checks pass from now on, or fail; `None`: nothing changes.
    pub(super) fn set_healthy(&mut self, slot: u32, is_healthy: bool) -> Option<Vec<u32>> {
        let member = self.members.iter_mut().find(|(other, was)| *other == slot && *was != is_healthy)?;
        member.1 = is_healthy;
        Some(self.renew())
    }

    /// Makes the rotation anew. Who would have been next at a node still is, or the one after it.
    fn renew(&mut self) -> Vec<u32> {
        let before = mem::take(&mut self.open);
        let fails_open = self.members.iter().all(|(_, is_healthy)| !is_healthy);
        let open = self.members.iter().filter(|(_, is_healthy)| *is_healthy || fails_open);
        self.open.extend(open.map(|(slot, _)| *slot));
        for turn in &mut self.turns {
            let order = before[(*turn).min(before.len())..].iter().chain(&before);
            let next = order.filter_map(|slot| self.open.iter().position(|other| other == slot)).next();
            *turn = next.unwrap_or(0);
        }
        before
    }

    /// The node that a request comes to.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of nodes")]
    pub(super) fn node(&self, rng: &mut Rng) -> usize {
        if self.turns.len() > 1 { rng.below(self.turns.len() as u64) as usize } else { 0 }
    }

    /// The slot whose turn it is at `node`; there is one.
    #[inline]
    pub(super) fn turn_at(&mut self, node: usize) -> u32 {
        let turn = &mut self.turns[node];
        let slot = self.open[*turn];
        *turn = if *turn + 1 == self.open.len() { 0 } else { *turn + 1 };
        slot
    }

    /// The slots of as many requests as `slots` holds, in turn; there is a slot.
    #[inline]
    pub(super) fn turns(&mut self, slots: &mut [u32], rng: &mut Rng) {
        if self.turns.len() > 1 {
            for slot in slots {
                let node = self.node(rng);
                *slot = self.turn_at(node);
            }
            return;
        }
        let turn = &mut self.turns[0];
        let mut rest = slots;
        while !rest.is_empty() {
            let ahead = &self.open[*turn..];
            let run = ahead.len().min(rest.len());
            rest[..run].copy_from_slice(&ahead[..run]);
            *turn = if *turn + run == self.open.len() { 0 } else { *turn + run };
            rest = &mut rest[run..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_turns_at_once_are_those_one_by_one() {
        for nodes in [1, 2, 3] {
            let (mut one, mut rng) = (Rotation::new(nodes), Rng::from_key(5));
            (0..7).for_each(|slot| drop(one.enter(slot)));
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
        (0..3).for_each(|slot| drop(rotation.enter(slot)));
        let turns = [0, 0, 1, 0, 1, 1].map(|node| rotation.turn_at(node));
        assert_eq!(turns, [0, 1, 0, 2, 1, 2]);
        // Who leaves is passed over at the node whose turn was with it, and the other keeps its place.
        rotation.turn_at(0);
        rotation.leave(1);
        assert_eq!([0, 1].map(|node| rotation.turn_at(node)), [2, 0]);
    }

    #[test]
    fn with_no_healthy_member_all_receive_requests() {
        let mut rotation = Rotation::new(1);
        (0..3).for_each(|slot| drop(rotation.enter(slot)));
        assert!(rotation.set_healthy(1, false).is_some());
        assert!(rotation.set_healthy(1, false).is_none());
        assert_eq!(rotation.slots(), [0, 2]);
        rotation.set_healthy(0, false);
        rotation.set_healthy(2, false);
        assert_eq!(rotation.slots(), [0, 1, 2]);
        rotation.set_healthy(2, true);
        assert_eq!(rotation.slots(), [2]);
    }
}
