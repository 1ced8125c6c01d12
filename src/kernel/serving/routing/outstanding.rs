//! Counts of the requests that each task holds, for a load balancer that looks at them, and its choice among the emptiest.

use alloc::vec::Vec;

use crate::random::Rng;

/// A target that gets nothing: it is out of rotation.
pub(in crate::serving) const OUT_OF_ROTATION: u32 = u32::MAX;

/// Loads that have a set of replicas of their own, from the base on; the last set has all that hold more.
const LEVELS: usize = 64;

/// Distance of the base below the least load when it moves, so that it does not move for every request.
const MARGIN: u32 = 32;

/// Count of the requests that each replica holds, and for each count the replicas that hold so many, as sets of bits: which of
/// the emptiest replicas is the n-th is then a matter of counting bits. Few loads have a set of their own, but which ones moves
/// with them: a balancer keeps the loads of its targets close together, however high they are.
#[derive(Clone, Debug)]
pub(in crate::serving) struct OutstandingRequests {
    load: Vec<u32>,
    /// `words` a level.
    sets: Vec<u64>,
    words: usize,
    /// The load of the first set; no replica in rotation holds less.
    base: u32,
    /// Members of each set, and the sets that have any.
    counts: [u32; LEVELS],
    has_members: u64,
}

impl Default for OutstandingRequests {
    fn default() -> Self {
        Self { load: Vec::new(), sets: Vec::new(), words: 0, base: 0, counts: [0; LEVELS], has_members: 0 }
    }
}

impl OutstandingRequests {
    /// Extends the sets to hold `replica`.
    pub(in crate::serving) fn cover(&mut self, replica: usize) {
        if replica >= self.load.len() {
            self.load.resize((replica / 64 + 1) * 64, OUT_OF_ROTATION);
            self.words = self.load.len() / 64;
            self.rebuild();
        }
    }

    /// Makes the sets anew, around the loads as they are.
    #[cold]
    fn rebuild(&mut self) {
        let least = self.load.iter().copied().min().filter(|least| *least != OUT_OF_ROTATION).unwrap_or(0);
        self.base = least.saturating_sub(MARGIN);
        self.sets.clear();
        self.sets.resize(LEVELS * self.words, 0);
        (self.counts, self.has_members) = ([0; LEVELS], 0);
        for replica in 0..self.load.len() {
            self.join(replica, self.load[replica]);
        }
    }

    /// The set for a load.
    #[inline]
    fn level(&self, load: u32) -> usize {
        (load.saturating_sub(self.base) as usize).min(LEVELS - 1)
    }

    fn join(&mut self, replica: usize, load: u32) {
        if load != OUT_OF_ROTATION {
            let level = self.level(load);
            self.sets[level * self.words + replica / 64] |= 1 << (replica % 64);
            self.counts[level] += 1;
            self.has_members |= 1 << level;
        }
    }

    /// Count of the requests that `replica` holds; [`OUT_OF_ROTATION`]: it gets nothing.
    #[inline]
    pub(in crate::serving) fn of(&self, replica: usize) -> u32 {
        self.load[replica]
    }

    /// `replica` holds so many now; [`OUT_OF_ROTATION`]: it gets nothing.
    #[inline]
    pub(in crate::serving) fn set(&mut self, replica: usize, load: u32) {
        let before = core::mem::replace(&mut self.load[replica], load);
        if before != OUT_OF_ROTATION {
            let level = self.level(before);
            self.sets[level * self.words + replica / 64] &= !(1 << (replica % 64));
            self.counts[level] -= 1;
            self.has_members &= !(u64::from(self.counts[level] == 0) << level);
        }
        if load < self.base {
            self.rebuild();
        } else {
            self.join(replica, load);
        }
    }

    /// `replica`, which gets requests, holds one more.
    #[inline]
    pub(in crate::serving) fn more(&mut self, replica: usize) {
        let load = self.load[replica];
        self.load[replica] = load + 1;
        self.shift(replica, self.level(load), self.level(load + 1));
    }

    /// `replica` holds one less, if it still gets requests.
    #[inline]
    pub(in crate::serving) fn less(&mut self, replica: usize) {
        let load = self.load[replica];
        if load != OUT_OF_ROTATION {
            self.load[replica] = load - 1;
            if load == self.base {
                self.rebuild();
            } else {
                self.shift(replica, self.level(load), self.level(load - 1));
            }
        }
    }

    /// Moves `replica` from one set to another.
    #[inline]
    fn shift(&mut self, replica: usize, before: usize, after: usize) {
        let (word, bit) = (replica / 64, 1 << (replica % 64));
        if before != after {
            self.sets[before * self.words + word] ^= bit;
            self.sets[after * self.words + word] ^= bit;
            let left = self.counts[before].wrapping_sub(1);
            self.counts[before] = left;
            self.counts[after] = self.counts[after].wrapping_add(1);
            self.has_members = (self.has_members & !(u64::from(left == 0) << before)) | 1 << after;
        }
    }

    /// One of the replicas with the least load, each with the same probability; a draw only where there are several. At least
    /// one replica gets requests.
    #[inline]
    pub(in crate::serving) fn least(&mut self, rng: &mut Rng) -> u32 {
        if self.has_members == 1 << (LEVELS - 1) {
            self.rebuild();
        }
        let level = self.has_members.trailing_zeros() as usize;
        let rank = draw(self.counts[level], rng);
        match &self.sets[level * self.words..][..self.words] {
            [set] => nth_bit(*set, rank),
            sets => nth_of(sets, rank),
        }
    }

    /// The one with fewer requests of two different replicas of `rotation`, which is not empty; the first of the two when they
    /// hold as many.
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    pub(in crate::serving) fn better_of_two(&self, rotation: &[u32], rng: &mut Rng) -> u32 {
        let count = rotation.len() as u64;
        let first = rng.below(count);
        if count == 1 {
            return rotation[0];
        }
        let second = rng.below(count - 1);
        let second = second + u64::from(second >= first);
        let (first, second) = (rotation[first as usize], rotation[second as usize]);
        if self.of(second as usize) < self.of(first as usize) { second } else { first }
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

/// Position of the set bit of `bits` that has `rank` set bits below it, without a branch: which byte has it, from the sums
/// of all bytes up to each, then by halves (Vigna 2008, *Broadword implementation of rank/select queries*).
#[inline]
fn nth_bit(bits: u64, rank: u32) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let in_two = bits - ((bits >> 1) & 0x5555_5555_5555_5555);
    let in_four = (in_two & 0x3333_3333_3333_3333) + ((in_two >> 2) & 0x3333_3333_3333_3333);
    let in_eight = (in_four + (in_four >> 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let sums = in_eight.wrapping_mul(ONES);
    // The highest bit of each byte whose sum is not above the rank.
    let below = (((u64::from(rank) * ONES) | (ONES << 7)) - sums) & (ONES << 7);
    let mut position = (((below >> 7).wrapping_mul(ONES) >> 53) & !7) & 63;
    let mut rank = u64::from(rank) - (((sums << 8) >> position) & 0xff);
    for (width, counts) in [(4, in_four), (2, in_two), (1, bits)] {
        let count = (counts >> position) & ((1 << width) - 1);
        let is_above = u64::from(rank >= count);
        rank = rank.wrapping_sub(count & is_above.wrapping_neg());
        position += width * is_above;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 64")]
    let position = position as u32;
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_loaded_slot_is_found_in_any_block_and_ties_are_broken_evenly() {
        let mut rng = Rng::from_key(9);
        let mut loads = OutstandingRequests::default();
        loads.cover(299);
        let mut plain = std::vec![OUT_OF_ROTATION; 320];
        let mut hits = std::vec![0_u32; 320];
        for step in 0..40_000_usize {
            let replica = usize::try_from(rng.below(300)).unwrap();
            plain[replica] = if rng.below(10) == 0 {
                OUT_OF_ROTATION
            } else {
                u32::try_from(rng.below(5)).unwrap() + 200 * u32::from(step > 20_000)
            };
            loads.set(replica, plain[replica]);
            let least = *plain.iter().min().unwrap();
            let found = loads.least(&mut rng) as usize;
            assert_eq!(plain[found], least, "step {step}");
        }
        (0..300).for_each(|replica| loads.set(replica, 7));
        for replica in [3, 70, 299] {
            loads.set(replica, 1);
        }
        (0..30_000).for_each(|_| hits[loads.least(&mut rng) as usize] += 1);
        // Binomial(30 000, 1/3): standard deviation 81.6; three checks at 5 of them.
        assert!([3, 70, 299].iter().all(|replica| hits[*replica].abs_diff(10_000) < 408), "{hits:?}");
    }

    /// Queues that grow to thousands and shrink again, with replicas that come empty and leave.
    #[test]
    fn one_more_and_one_less_keep_the_choice_that_a_plain_list_would_make() {
        let mut rng = Rng::from_key(11);
        let mut loads = OutstandingRequests::default();
        let mut plain = std::vec![OUT_OF_ROTATION; 128];
        for (replica, load) in plain.iter_mut().enumerate().take(100) {
            loads.cover(replica);
            loads.set(replica, 0);
            *load = 0;
        }
        for step in 0..60_000_u32 {
            let mut ranks = rng.clone();
            let found = loads.least(&mut rng) as usize;
            let least = *plain.iter().min().unwrap();
            let emptiest: Vec<usize> = (0..128).filter(|replica| plain[*replica] == least).collect();
            let rank = draw(u32::try_from(emptiest.len()).unwrap(), &mut ranks) as usize;
            assert_eq!(found, emptiest[rank], "step {step}");
            let replica = usize::try_from(rng.below(100)).unwrap();
            if rng.below(2_000) == 0 {
                let load = if plain[replica] == OUT_OF_ROTATION { 0 } else { OUT_OF_ROTATION };
                loads.set(replica, load);
                plain[replica] = load;
            } else if rng.below(10) < if step < 30_000 { 9 } else { 1 } {
                loads.more(found);
                plain[found] += 1;
            } else if ![0, OUT_OF_ROTATION].contains(&plain[replica]) {
                loads.less(replica);
                plain[replica] -= 1;
            }
        }
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
}
