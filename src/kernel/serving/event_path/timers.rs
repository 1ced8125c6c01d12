//! Timers of the jobs of one task, and the earliest timer of each task of a service.
//!
//! A task's timers are a heap with four children a node. The earliest of each task stands in a tree of minima by task: most
//! changes of a task leave its earliest timer as it was, and then the tree is not touched at all.

use alloc::vec::Vec;

/// Instant of what never happens.
pub(super) const NEVER: u64 = u64::MAX;

/// A heap of `(key, job)`, smallest key on top; which of several equal keys comes first is fixed by their history.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers<K> {
    cells: Vec<(K, u32)>,
}

impl<K: Copy + Ord> Timers<K> {
    pub(super) const fn new() -> Self {
        Self { cells: Vec::new() }
    }

    #[inline]
    pub(super) fn first(&self) -> Option<(K, u32)> {
        self.cells.first().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    #[inline]
    pub(super) fn push(&mut self, key: K, job: u32) {
        let mut hole = self.cells.len();
        self.cells.push((key, job));
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.cells[parent].0 <= key {
                break;
            }
            self.cells[hole] = self.cells[parent];
            hole = parent;
        }
        self.cells[hole] = (key, job);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(K, u32)> {
        let last = self.cells.pop()?;
        let Some(first) = self.cells.first().copied() else { return Some(last) };
        self.sink(0, last);
        Some(first)
    }

    /// Puts `cell` where the hole sinks to.
    fn sink(&mut self, mut hole: usize, cell: (K, u32)) {
        loop {
            let first = 4 * hole + 1;
            if first >= self.cells.len() {
                break;
            }
            let end = self.cells.len().min(first + 4);
            let mut child = first;
            for other in first + 1..end {
                if self.cells[other].0 < self.cells[child].0 {
                    child = other;
                }
            }
            if self.cells[child].0 >= cell.0 {
                break;
            }
            self.cells[hole] = self.cells[child];
            hole = child;
        }
        self.cells[hole] = cell;
    }

    /// Takes the timer of `job` out; it has one.
    pub(super) fn remove(&mut self, job: u32) {
        self.cells.retain(|cell| cell.1 != job);
        self.cells.sort_unstable();
    }

    /// Changes every key in a way that keeps their order.
    pub(super) fn map(&mut self, change: impl Fn(K) -> K) {
        self.cells.iter_mut().for_each(|cell| cell.0 = change(cell.0));
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = (K, u32)> + '_ {
        self.cells.iter().copied()
    }
}

/// The earliest instant of each task, and of all of them \[ns\]: a tree of minima with eight children a node, which are looked
/// at together.
#[derive(Clone, Debug)]
pub(super) struct Earliest {
    /// The tasks first, then the minima of every eight of a level, up to the level of one.
    levels: Vec<Vec<[u64; 8]>>,
    first: u64,
}

impl Earliest {
    pub(super) fn new() -> Self {
        Self { levels: alloc::vec![alloc::vec![[NEVER; 8]]], first: NEVER }
    }

    /// Extends the tree to hold `task`.
    pub(super) fn cover(&mut self, task: usize) {
        if task / 8 < self.levels[0].len() {
            return;
        }
        self.levels[0].resize(task / 8 + 1, [NEVER; 8]);
        self.levels.truncate(1);
        while let Some(below) = self.levels.last().filter(|level| level.len() > 1) {
            let mut level = alloc::vec![[NEVER; 8]; below.len().div_ceil(8)];
            for (index, eight) in below.iter().enumerate() {
                level[index / 8][index % 8] = least(eight);
            }
            self.levels.push(level);
        }
    }

    #[inline]
    pub(super) fn set(&mut self, task: usize, at: u64) {
        let (mut index, mut value) = (task, at);
        for level in &mut self.levels {
            let eight = &mut level[index / 8];
            let before = core::mem::replace(&mut eight[index % 8], value);
            if before == value {
                return;
            }
            value = least(eight);
            index /= 8;
        }
        self.first = value;
    }

    /// The earliest instant of all.
    #[inline]
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The task to which the earliest instant belongs; of several the lowest.
    #[inline]
    pub(super) fn first_task(&self) -> usize {
        let at = self.first;
        self.levels.iter().rev().fold(0, |index, level| 8 * index + position(&level[index], at))
    }
}

/// The least of eight, in three steps.
#[inline]
fn least(eight: &[u64; 8]) -> u64 {
    let [a, b, c, d, e, f, g, h] = *eight;
    a.min(b).min(c.min(d)).min(e.min(f).min(g.min(h)))
}

/// Position of the first of eight that equals `at`.
#[inline]
fn position(eight: &[u64; 8], at: u64) -> usize {
    let bits = (0..8).fold(0_u32, |bits, index| bits | u32::from(eight[index] == at) << index);
    (bits | 128).trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn timers_agree_with_a_sorted_list() {
        let mut rng = Rng::from_key(5);
        let (mut timers, mut plain) = (Timers::new(), Vec::new());
        for job in 0..20_000_u32 {
            let key = rng.below(500);
            timers.push(key, job);
            plain.push(key);
            plain.sort_unstable();
            if rng.below(3) > 0 {
                assert_eq!(timers.pop().map(|(key, _)| key), Some(plain.remove(0)));
            }
            if job % 1_000 == 999 {
                let (key, job) = timers.first().unwrap();
                timers.remove(job);
                plain.remove(plain.iter().position(|other| *other == key).unwrap());
            }
            assert_eq!(
                (timers.len(), timers.first().map(|cell| cell.0)),
                (plain.len(), plain.first().copied())
            );
        }
    }

    #[test]
    fn the_tree_knows_the_earliest_slot() {
        let mut rng = Rng::from_key(6);
        let (mut tree, mut plain) = (Earliest::new(), Vec::new());
        for step in 0..20_000_usize {
            if step % 200 == 0 {
                tree.cover(plain.len());
                plain.push(NEVER);
            }
            let task = usize::try_from(rng.below(plain.len() as u64)).unwrap();
            plain[task] = if rng.below(4) == 0 { NEVER } else { rng.below(1_000) };
            tree.set(task, plain[task]);
            let first = plain.iter().copied().min().unwrap();
            assert_eq!(tree.first(), first);
            assert_eq!(Some(tree.first_task()), plain.iter().position(|at| *at == first));
        }
    }
}
