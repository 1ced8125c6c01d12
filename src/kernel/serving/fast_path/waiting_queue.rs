//! The waiting queue of a task: when each waiting request leaves it, whether for a place or for good.

use alloc::collections::{BinaryHeap, VecDeque};
use core::cmp::Reverse;

/// Leaving times of waiting requests \[ns\]. Under FCFS with equal patience they come in order; patience drawn at random lets a
/// later request leave earlier, and its leaving time stands in the heap.
#[derive(Clone, Debug, Default)]
pub(super) struct WaitingQueue {
    in_order: VecDeque<u64>,
    early: BinaryHeap<Reverse<u64>>,
}

impl WaitingQueue {
    /// Lets a request that arrives at `now` in, to leave at `leaves`, unless `size` requests are waiting.
    pub(super) fn admit(&mut self, size: usize, now: u64, leaves: u64) -> bool {
        self.let_leave(now);
        if self.in_order.len() + self.early.len() >= size {
            return false;
        }
        if self.in_order.back().is_none_or(|last| *last <= leaves) {
            self.in_order.push_back(leaves);
        } else {
            self.early.push(Reverse(leaves));
        }
        true
    }

    /// Whether a request that arrives at `now` is refused.
    pub(super) fn is_full(&mut self, size: usize, now: u64) -> bool {
        self.let_leave(now);
        self.in_order.len() + self.early.len() >= size
    }

    fn let_leave(&mut self, now: u64) {
        while self.in_order.front().is_some_and(|first| *first <= now) {
            self.in_order.pop_front();
        }
        while self.early.peek().is_some_and(|first| first.0 <= now) {
            self.early.pop();
        }
    }

    /// Instant at which the last of them leaves \[ns\]; 0 when no request waits.
    pub(super) fn last(&self) -> u64 {
        // Whatever stands in the heap leaves before the request behind which it came.
        self.in_order
            .back()
            .copied()
            .into_iter()
            .chain(self.early.iter().map(|leaves| leaves.0))
            .max()
            .unwrap_or(0)
    }

    /// Empties the queue.
    pub(super) fn clear(&mut self) {
        self.in_order.clear();
        self.early.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn a_room_agrees_with_a_plain_list_of_leaving_times() {
        let mut rng = Rng::from_key(3);
        let (mut room, mut plain) = (WaitingQueue::default(), Vec::new());
        for step in 0..20_000_u64 {
            let now = step * 3;
            let leaves = now + 1 + rng.below(200);
            plain.retain(|other| *other > now);
            let fits = plain.len() < 20;
            assert_eq!(room.admit(20, now, leaves), fits, "at {now}");
            if fits {
                plain.push(leaves);
            }
            assert_eq!(room.last(), plain.iter().copied().max().unwrap_or(0));
        }
    }
}
