//! The future event list: what falls due, ordered by (time, priority, sequence). It knows no domain word.
//!
//! Events at the same instant come in the order of their priority, and within a priority in the order in which they
//! were scheduled. Nothing is ever removed from the middle: an event that no longer applies is recognized by its
//! receiver.

use alloc::collections::BinaryHeap;
use core::cmp::Ordering;

use crate::units::SimTime;

/// Events to come, of type `E`.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    heap: BinaryHeap<QueuedEvent<E>>,
    sequence: u64,
}

#[derive(Clone, Debug)]
struct QueuedEvent<E> {
    at: SimTime,
    priority: u8,
    sequence: u64,
    event: E,
}

impl<E> QueuedEvent<E> {
    /// Later first, because the heap's top is its largest entry.
    fn key(&self) -> (core::cmp::Reverse<SimTime>, core::cmp::Reverse<u8>, core::cmp::Reverse<u64>) {
        use core::cmp::Reverse;
        (Reverse(self.at), Reverse(self.priority), Reverse(self.sequence))
    }
}

impl<E> PartialEq for QueuedEvent<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for QueuedEvent<E> {}

impl<E> PartialOrd for QueuedEvent<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for QueuedEvent<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), sequence: 0 }
    }
}

impl<E> EventQueue<E> {
    /// Schedules `event` at `at`; a smaller `priority` comes first among events of the same instant.
    pub fn schedule(&mut self, at: SimTime, priority: u8, event: E) {
        self.heap.push(QueuedEvent { at, priority, sequence: self.sequence, event });
        self.sequence += 1;
    }

    /// Time at which the next event falls due.
    #[must_use]
    pub fn next_at(&self) -> Option<SimTime> {
        self.heap.peek().map(|entry| entry.at)
    }

    /// Takes the next event, with its instant.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_then_priority_then_order_of_scheduling() {
        let mut calendar = EventQueue::default();
        for (at, priority, name) in [(5, 1, "e"), (3, 2, "c"), (3, 1, "a"), (3, 2, "d"), (3, 1, "b")] {
            calendar.schedule(SimTime(at), priority, name);
        }
        let order: Vec<&str> = core::iter::from_fn(|| calendar.pop().map(|(_, name)| name)).collect();
        assert_eq!(order, ["a", "b", "c", "d", "e"]);
    }
}
