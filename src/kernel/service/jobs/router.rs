//! The load balancer's choice of a task, where it may depend on what the tasks hold.
//!
//! Round robin and random choose as on the fast path, from the same stream. While `slow_start` holds a target back its
//! weight is its age ÷ the span: random choices use the weights, and round robin passes a target by until its weights
//! have added up to a whole turn. The load balancer skips the ramp while no target has its full share
//! (`aws-platform.md` §1.7).

use alloc::vec::Vec;

use crate::random::Rng;
use crate::service::plan::Routing;

/// A target that gets nothing: it is out of rotation.
const OUT: u32 = u32::MAX;

/// Loads that have a set of slots of their own; from the last of them on slots are told apart one by one.
const LEVELS: usize = 64;

/// How many requests each slot holds, by slot, and the slots that hold so many, as sets of bits: which of the emptiest
/// slots is the n-th is then a matter of counting bits.
#[derive(Clone, Debug)]
struct Loads {
    load: Vec<u32>,
    /// `words` a level.
    sets: Vec<u64>,
    words: usize,
    /// Members of each set, and the sets that have any.
    counts: [u32; LEVELS],
    has_members: u64,
}

impl Default for Loads {
    fn default() -> Self {
        Self { load: Vec::new(), sets: Vec::new(), words: 0, counts: [0; LEVELS], has_members: 0 }
    }
}

impl Loads {
    /// Makes room for `slot`.
    fn cover(&mut self, slot: usize) {
        if slot < self.load.len() {
            return;
        }
        let mut load = core::mem::take(&mut self.load);
        load.resize((slot / 64 + 1) * 64, OUT);
        self.words = load.len() / 64;
        self.sets = alloc::vec![0; LEVELS * self.words];
        (self.counts, self.has_members) = ([0; LEVELS], 0);
        self.load = alloc::vec![OUT; load.len()];
        load.into_iter().enumerate().for_each(|(slot, load)| self.set(slot, load));
    }

    /// `slot` holds so many now; [`OUT`]: it gets nothing.
    #[inline]
    fn set(&mut self, slot: usize, load: u32) {
        let before = core::mem::replace(&mut self.load[slot], load);
        let (word, bit) = (slot / 64, 1 << (slot % 64));
        if before != OUT {
            let level = (before as usize).min(LEVELS - 1);
            self.sets[level * self.words + word] &= !bit;
            self.counts[level] -= 1;
            self.has_members &= !(u64::from(self.counts[level] == 0) << level);
        }
        if load != OUT {
            let level = (load as usize).min(LEVELS - 1);
            self.sets[level * self.words + word] |= bit;
            self.counts[level] += 1;
            self.has_members |= 1 << level;
        }
    }

    /// One of the slots with the least load, each with the same probability; a draw only where there are several.
    #[inline]
    fn least(&mut self, rng: &mut Rng) -> u32 {
        let level = self.has_members.trailing_zeros() as usize;
        if level >= LEVELS - 1 {
            return self.least_of_the_full(rng);
        }
        let rank = draw(self.counts[level], rng);
        match &self.sets[level * self.words..][..self.words] {
            [set] => nth_bit(*set, rank),
            sets => nth_of(sets, rank),
        }
    }

    /// The same where every slot holds more than there are levels.
    #[cold]
    fn least_of_the_full(&mut self, rng: &mut Rng) -> u32 {
        let least = self.load.iter().copied().min().unwrap_or(OUT);
        let emptiest = || (0_u32..).zip(&self.load).filter(|(_, load)| **load == least).map(|(slot, _)| slot);
        let rank = draw(u32::try_from(emptiest().count()).unwrap_or(1), rng);
        emptiest().nth(rank as usize).unwrap_or(0)
    }
}

/// A rank below `count`; nothing is drawn where there is no choice.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "below a u32")]
fn draw(count: u32, rng: &mut Rng) -> u32 {
    if count > 1 { rng.below(u64::from(count)) as u32 } else { 0 }
}

/// The member of `sets` that has `rank` members below it.
#[inline]
fn nth_of(sets: &[u64], mut rank: u32) -> u32 {
    let mut first = 0;
    for set in sets {
        let count = set.count_ones();
        if rank < count {
            return first + nth_bit(*set, rank);
        }
        rank -= count;
        first += 64;
    }
    0
}

/// Position of the set bit of `bits` that has `rank` set bits below it: by halves, without a branch. The bits of all
/// fields of a width are counted at once.
#[inline]
fn nth_bit(bits: u64, mut rank: u32) -> u32 {
    let in_two = bits - ((bits >> 1) & 0x5555_5555_5555_5555);
    let in_four = (in_two & 0x3333_3333_3333_3333) + ((in_two >> 2) & 0x3333_3333_3333_3333);
    let in_eight = (in_four + (in_four >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let in_sixteen = (in_eight + (in_eight >> 8)) & 0x00ff_00ff_00ff_00ff;
    let in_half = (in_sixteen + (in_sixteen >> 16)) & 0x0000_ffff_0000_ffff;
    let mut position = 0;
    let fields = [(32, in_half), (16, in_sixteen), (8, in_eight), (4, in_four), (2, in_two), (1, bits)];
    for (width, counts) in fields {
        let mask = if width == 32 { 0xff } else { (1 << width) - 1 };
        #[expect(clippy::cast_possible_truncation, reason = "a number of bits")]
        let count = ((counts >> position) & mask) as u32;
        let is_above = u32::from(rank >= count);
        rank = rank.wrapping_sub(count & is_above.wrapping_neg());
        position += width * is_above;
    }
    position
}

/// Which slots receive requests, and who is next.
#[derive(Clone, Debug)]
pub(super) struct Router {
    routing: Routing,
    looks_at_load: bool,
    rng: Rng,
    slow_start: u64,
    /// Slots in service, in order of entry, with whether the health checks pass.
    in_service: Vec<(u32, bool)>,
    /// Those that receive requests.
    rotation: Vec<u32>,
    cursor: usize,
    loads: Loads,
    /// Targets in slow start: slot, since when \[ns\], and what round robin owes them \[ns\].
    ramps: Vec<(u32, u64, u64)>,
}

impl Router {
    pub(super) fn new(routing: Routing, rng: Rng, slow_start: u64) -> Self {
        Self {
            routing,
            looks_at_load: matches!(routing, Routing::LeastOutstandingRequests | Routing::TwoRandomChoices),
            rng,
            slow_start,
            in_service: Vec::new(),
            rotation: Vec::new(),
            cursor: 0,
            loads: Loads::default(),
            ramps: Vec::new(),
        }
    }

    /// `slot` holds so many requests now.
    #[inline]
    pub(super) fn load_changed(&mut self, slot: u32, outstanding: u32) {
        if self.looks_at_load && self.loads.load[slot as usize] != OUT {
            self.loads.set(slot as usize, outstanding);
        }
    }

    /// A target enters at `now`; `is_new`: it was not there from the beginning.
    pub(super) fn enter(&mut self, slot: u32, now: u64, is_new: bool) {
        if is_new {
            self.begin_slow_start(slot, now);
        }
        self.in_service.push((slot, true));
        self.rotate(|_| 0);
    }

    /// A target becomes healthy: its ramp begins, unless no target has its full share.
    fn begin_slow_start(&mut self, slot: u32, now: u64) {
        self.end_ramps(now);
        let full = self.in_service.iter().filter(|(other, is_healthy)| *is_healthy && *other != slot).count();
        if self.slow_start > 0 && full > self.ramps.len() {
            self.ramps.push((slot, now, 0));
        }
    }

    pub(super) fn close(&mut self, slot: u32, load: impl Fn(u32) -> u32) {
        self.in_service.retain(|(other, _)| *other != slot);
        self.ramps.retain(|ramp| ramp.0 != slot);
        self.rotate(load);
    }

    pub(super) fn set_healthy(&mut self, slot: u32, is_healthy: bool, now: u64, load: impl Fn(u32) -> u32) {
        let Some(position) = self.in_service.iter().position(|(other, _)| *other == slot) else { return };
        if self.in_service[position].1 == is_healthy {
            return;
        }
        self.ramps.retain(|ramp| ramp.0 != slot);
        if is_healthy {
            self.begin_slow_start(slot, now);
        }
        self.in_service[position].1 = is_healthy;
        self.rotate(load);
    }

    /// Makes the rotation anew: the healthy targets, or all of them when none is. Who would have been next still is, or
    /// the one after it.
    fn rotate(&mut self, load: impl Fn(u32) -> u32) {
        let before = core::mem::take(&mut self.rotation);
        let fails_open = self.in_service.iter().all(|(_, is_healthy)| !is_healthy);
        let in_rotation = self.in_service.iter().filter(|(_, is_healthy)| *is_healthy || fails_open);
        self.rotation.extend(in_rotation.map(|(slot, _)| *slot));
        let turn = before[self.cursor.min(before.len())..].iter().chain(&before);
        let next = turn.filter_map(|slot| self.rotation.iter().position(|other| other == slot)).next();
        self.cursor = next.unwrap_or(0);
        if self.looks_at_load {
            for slot in &before {
                if !self.rotation.contains(slot) {
                    self.loads.set(*slot as usize, OUT);
                }
            }
            for slot in &self.rotation {
                self.loads.cover(*slot as usize);
                if !before.contains(slot) {
                    self.loads.set(*slot as usize, load(*slot));
                }
            }
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
        if self.rotation.is_empty() {
            return None;
        }
        if !self.ramps.is_empty() {
            self.end_ramps(now);
            if !self.ramps.is_empty() {
                return Some(self.route_slowly(now));
            }
        }
        Some(match self.routing {
            Routing::RoundRobin => self.next_in_turn(),
            Routing::Random | Routing::WeightedRandom => {
                self.rotation[self.rng.below(self.rotation.len() as u64) as usize]
            }
            Routing::LeastOutstandingRequests => self.loads.least(&mut self.rng),
            Routing::TwoRandomChoices => self.better_of_two(),
        })
    }

    fn next_in_turn(&mut self) -> u32 {
        let slot = self.rotation[self.cursor];
        self.cursor += 1;
        if self.cursor == self.rotation.len() {
            self.cursor = 0;
        }
        slot
    }

    /// The one with fewer requests of two different targets; the first of the two when they hold as many.
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn better_of_two(&mut self) -> u32 {
        let count = self.rotation.len() as u64;
        let first = self.rng.below(count);
        if count == 1 {
            return self.rotation[0];
        }
        let second = self.rng.below(count - 1);
        let second = second + u64::from(second >= first);
        let (first, second) = (self.rotation[first as usize], self.rotation[second as usize]);
        let load = |slot: u32| self.loads.load[slot as usize];
        if load(second) < load(first) { second } else { first }
    }

    /// The weight of a target in slow start: its age, where a full share is the span of the slow start \[ns\].
    fn weight(&self, slot: u32, now: u64) -> u64 {
        self.ramps.iter().find(|ramp| ramp.0 == slot).map_or(self.slow_start, |ramp| now - ramp.1)
    }

    /// As [`Router::route`] while some targets are held back. The routings that look at load have no slow start.
    fn route_slowly(&mut self, now: u64) -> u32 {
        if self.routing == Routing::RoundRobin {
            return self.thinned_turn(now);
        }
        let total: u64 = self.rotation.iter().map(|slot| self.weight(*slot, now)).sum();
        let mut rest = self.rng.below(total.max(1));
        for slot in &self.rotation {
            let weight = self.weight(*slot, now);
            if rest < weight {
                return *slot;
            }
            rest -= weight;
        }
        self.rotation[0]
    }

    /// Round robin that passes a target in slow start by until its weights add up to a turn.
    fn thinned_turn(&mut self, now: u64) -> u32 {
        for _ in 0..self.rotation.len() {
            let slot = self.next_in_turn();
            let Some(ramp) = self.ramps.iter_mut().find(|ramp| ramp.0 == slot) else { return slot };
            ramp.2 += now - ramp.1;
            if ramp.2 >= self.slow_start {
                ramp.2 -= self.slow_start;
                return slot;
            }
        }
        // Nobody has a turn to take: all of them are new.
        self.next_in_turn()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_loaded_slot_is_found_in_any_block_and_ties_are_broken_evenly() {
        let mut rng = Rng::from_key(9);
        let mut loads = Loads::default();
        loads.cover(299);
        let mut plain = std::vec![OUT; 320];
        let mut hits = std::vec![0_u32; 320];
        for step in 0..40_000_usize {
            let slot = usize::try_from(rng.below(300)).unwrap();
            plain[slot] = if rng.below(10) == 0 {
                OUT
            } else {
                u32::try_from(rng.below(5)).unwrap() + 200 * u32::from(step > 20_000)
            };
            loads.set(slot, plain[slot]);
            let least = *plain.iter().min().unwrap();
            let found = loads.least(&mut rng) as usize;
            assert_eq!(plain[found], least, "step {step}");
        }
        (0..300).for_each(|slot| loads.set(slot, 7));
        for slot in [3, 70, 299] {
            loads.set(slot, 1);
        }
        (0..30_000).for_each(|_| hits[loads.least(&mut rng) as usize] += 1);
        // Binomial(30 000, 1/3): standard deviation 81.6; three checks at 5 of them.
        assert!([3, 70, 299].iter().all(|slot| hits[*slot].abs_diff(10_000) < 408), "{hits:?}");
    }

    #[test]
    fn the_nth_bit_is_the_one_with_n_bits_below_it() {
        let mut rng = Rng::from_key(10);
        for step in 0..2_000_u32 {
            let bits = match step % 4 {
                0 => rng.below(u64::MAX),
                1 => rng.below(u64::MAX) & rng.below(u64::MAX) & rng.below(u64::MAX),
                2 => u64::MAX << (step % 64),
                _ => 1 << (step % 64),
            };
            let set = (0..64_u32).filter(|position| bits >> position & 1 == 1);
            for (rank, position) in (0..).zip(set) {
                assert_eq!(nth_bit(bits, rank), position, "{bits:#x}, {rank}");
            }
        }
    }

    #[test]
    fn a_new_target_takes_its_turn_as_often_as_its_age_allows() {
        let mut router = Router::new(Routing::RoundRobin, Rng::from_key(1), 100);
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
        let mut router = Router::new(Routing::RoundRobin, Rng::from_key(1), 0);
        (0..3).for_each(|slot| router.enter(slot, 0, false));
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
