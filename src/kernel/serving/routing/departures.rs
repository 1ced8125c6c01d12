//! Departures of requests from tasks: a calendar whose days are looked at one after the other.
//!
//! A calendar of `days.len()` days, each 2^`shift` ns long; whatever ends in a later year stands in the same day and waits for
//! it. An arrival looks at the days since the last one and lets those leave whose instant has come. The order in which they
//! leave does not matter, so nothing is ever sorted, and how long a day is can follow the traffic: a day should see about one
//! departure. Brown (1988), *Calendar queues*, Communications of the ACM 31(10).

use alloc::vec::Vec;

/// No entry.
const NONE: u32 = u32::MAX;

/// Entries after which the length of a day is looked at again.
const REVIEW: u32 = 1 << 12;

/// Steps an entry may cost on average before the length of a day changes.
const STEPS: u64 = 4;

#[derive(Clone, Copy, Debug)]
struct Departure {
    at: u64,
    replica: u32,
    next: u32,
}

/// The calendar.
#[derive(Clone, Debug)]
pub(in crate::serving) struct Departures {
    /// The first entry of each day.
    days: Vec<u32>,
    shift: u32,
    entries: Vec<Departure>,
    free: u32,
    count: usize,
    /// The day up to which everything has been looked at, counted from second 0.
    day: u64,
    /// Entries until the next review, and days and waiting entries looked at since the last one.
    until_review: u32,
    days_seen: u64,
    waiting_seen: u64,
}

impl Departures {
    /// An empty calendar with days of a millisecond.
    pub(in crate::serving) fn new() -> Self {
        Self {
            days: alloc::vec![NONE; 1 << 10],
            shift: 20,
            entries: Vec::new(),
            free: NONE,
            count: 0,
            day: 0,
            until_review: REVIEW,
            days_seen: 0,
            waiting_seen: 0,
        }
    }

    /// Notes that a request leaves `replica` at `at` \[ns\], which is not before what [`Departures::leave`] was told last.
    #[inline]
    pub(in crate::serving) fn push(&mut self, at: u64, replica: u32) {
        let mask = self.days.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "below the number of days")]
        let first = &mut self.days[(at >> self.shift) as usize & mask];
        let entry = Departure { at, replica, next: *first };
        if let Some(cell) = self.entries.get_mut(self.free as usize) {
            *first = self.free;
            self.free = cell.next;
            *cell = entry;
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "memory ends long before 2³² entries")]
            let index = self.entries.len() as u32;
            *first = index;
            self.entries.push(entry);
        }
        self.count += 1;
        self.until_review -= 1;
        if self.until_review == 0 {
            self.review();
        }
    }

    /// Lets every request leave whose instant is `now` \[ns\] or before: `gone` is called with each replica.
    #[inline]
    pub(in crate::serving) fn leave(&mut self, now: u64, mut gone: impl FnMut(u32)) {
        let today = now >> self.shift;
        let days = (today - self.day).min(self.days.len() as u64 - 1) + 1;
        self.days_seen += days;
        for day in today + 1 - days..=today {
            let mask = self.days.len() - 1;
            #[expect(clippy::cast_possible_truncation, reason = "below the number of days")]
            let first = &mut self.days[day as usize & mask];
            let (mut index, mut before) = (*first, NONE);
            while let Some(entry) = self.entries.get(index as usize).copied() {
                if entry.at > now {
                    self.waiting_seen += 1;
                    before = index;
                } else {
                    match self.entries.get_mut(before as usize) {
                        Some(entry_before) => entry_before.next = entry.next,
                        None => *first = entry.next,
                    }
                    self.entries[index as usize].next = self.free;
                    self.free = index;
                    self.count -= 1;
                    gone(entry.replica);
                }
                index = entry.next;
            }
        }
        self.day = today;
    }

    /// Count of the requests that leave `replica` after `now` \[ns\].
    pub(in crate::serving) fn held(&self, replica: u32, now: u64) -> u32 {
        let mut held = 0;
        for first in &self.days {
            let mut index = *first;
            while let Some(entry) = self.entries.get(index as usize) {
                held += u32::from(entry.replica == replica && entry.at > now);
                index = entry.next;
            }
        }
        held
    }

    /// Forgets every request that would leave `replica`.
    pub(in crate::serving) fn forget(&mut self, replica: u32) {
        if self.count > 0 {
            self.rebuild(self.days.len(), self.shift, Some(replica));
        }
    }

    /// Days that cost too many steps get longer or shorter, and more of them where there are many entries.
    #[cold]
    fn review(&mut self) {
        let most = STEPS * u64::from(REVIEW);
        // Days that are too short are passed by the hundred, and what waits in them is seen over and over: longer ones cure
        // both.
        let shift = if self.days_seen > most {
            (self.shift + 1).min(50)
        } else if self.waiting_seen > most {
            self.shift.saturating_sub(1).max(4)
        } else {
            self.shift
        };
        let mut days = self.days.len();
        while days < 4 * self.count {
            days *= 2;
        }
        if shift != self.shift || days != self.days.len() {
            self.rebuild(days, shift, None);
        }
        (self.until_review, self.days_seen, self.waiting_seen) = (REVIEW, 0, 0);
    }

    /// Makes the calendar anew, without those of `forgotten`.
    fn rebuild(&mut self, days: usize, shift: u32, forgotten: Option<u32>) {
        let mut kept: Vec<(u64, u32)> = Vec::with_capacity(self.count);
        for first in &self.days {
            let mut index = *first;
            while let Some(entry) = self.entries.get(index as usize) {
                if Some(entry.replica) != forgotten {
                    kept.push((entry.at, entry.replica));
                }
                index = entry.next;
            }
        }
        let since = self.day << self.shift;
        let review = (self.until_review, self.days_seen, self.waiting_seen);
        *self = Self { days: alloc::vec![NONE; days], shift, day: since >> shift, ..Self::new() };
        // What is taken over costs the review nothing.
        self.until_review = u32::MAX;
        kept.iter().for_each(|(at, replica)| self.push(*at, *replica));
        (self.until_review, self.days_seen, self.waiting_seen) = review;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    /// Against a plain list, at a rate that changes a thousandfold, with ends near and far, and replicas that are forgotten.
    #[test]
    fn everybody_leaves_between_the_two_arrivals_that_are_around_it() {
        let mut rng = Rng::from_key(8);
        let (mut calendar, mut plain) = (Departures::new(), Vec::<(u64, u32)>::new());
        let mut now = 0;
        let mut sizes = std::collections::BTreeSet::new();
        for step in 0..60_000_u64 {
            let gap = [1_000, 1_000_000, 300_000_000][(step / 20_000) as usize];
            now += rng.below(2 * gap);
            let mut gone = Vec::new();
            calendar.leave(now, |replica| gone.push(replica));
            let mut expected: Vec<u32> =
                plain.iter().filter(|(at, _)| *at <= now).map(|cell| cell.1).collect();
            gone.sort_unstable();
            expected.sort_unstable();
            assert_eq!(gone, expected, "step {step}");
            plain.retain(|(at, _)| *at > now);
            let stay = if rng.below(20) == 0 { 2_000 * gap } else { rng.below(20 * gap) };
            let replica = u32::try_from(rng.below(50)).unwrap();
            calendar.push(now + stay, replica);
            plain.push((now + stay, replica));
            if rng.below(500) == 0 {
                let replica = u32::try_from(rng.below(50)).unwrap();
                calendar.forget(replica);
                plain.retain(|cell| cell.1 != replica);
            }
            assert_eq!(calendar.count, plain.len());
            sizes.insert((calendar.shift, calendar.days.len()));
        }
        assert!(sizes.len() > 3, "days of one length only: {sizes:?}");
    }
}
