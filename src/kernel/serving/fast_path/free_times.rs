//! Times at which places (and CPU servers) fall free: the state of the Kiefer–Wolfowitz recursion.
//!
//! Each layout keeps the free instants of one task in a slice of the fleet's array. FCFS gives the next request the
//! place that falls free first, so a layout answers "when is the earliest?" and replaces it by the end of the new
//! occupant. Layouts are chosen once a batch, by generics: the loop has no branch on configuration.

/// A place that does not exist: it never falls free.
pub(super) const NEVER_FREE: u64 = u64::MAX;

/// A layout of free instants.
pub(super) trait FreeTimes {
    /// Cells a task takes for `count` places.
    fn cells(count: usize) -> usize;

    /// The cells of the task with replica index `index`, `cells` a replica.
    fn of(all: &mut [u64], index: usize, cells: usize) -> &mut [u64] {
        &mut all[index * cells..][..cells]
    }

    /// Instant at which the first place falls free \[ns\]; 0 when one always is.
    fn next_free(cells: &[u64]) -> u64;

    /// Gives the place that falls free first to an occupant that leaves at `end`.
    fn assign(cells: &mut [u64], end: u64);
}

/// No limit. Its one cell holds the latest end, which a drain asks for.
pub(super) enum Unlimited {}

impl FreeTimes for Unlimited {
    fn cells(_count: usize) -> usize {
        1
    }

    #[inline]
    fn next_free(_cells: &[u64]) -> u64 {
        0
    }

    #[inline]
    fn assign(cells: &mut [u64], end: u64) {
        cells[0] = cells[0].max(end);
    }
}

/// Up to `N` places, sorted; missing ones hold [`NEVER_FREE`] at the end. An occupation is one pass of min and max.
pub(super) enum Sorted<const N: usize> {}

impl<const N: usize> FreeTimes for Sorted<N> {
    fn cells(_count: usize) -> usize {
        N
    }

    #[inline]
    fn of(all: &mut [u64], index: usize, _cells: usize) -> &mut [u64] {
        &mut all.as_chunks_mut::<N>().0[index]
    }

    #[inline]
    fn next_free(cells: &[u64]) -> u64 {
        cells[0]
    }

    #[inline]
    fn assign(cells: &mut [u64], end: u64) {
        let cells = &mut cells[..N];
        let mut carried = end;
        for i in 1..N {
            let next = cells[i];
            cells[i - 1] = next.min(carried);
            carried = next.max(carried);
        }
        cells[N - 1] = carried;
    }
}

/// Any number of places, as a heap with four children a node: the earliest is on top.
pub(super) enum Heap {}

impl FreeTimes for Heap {
    fn cells(count: usize) -> usize {
        count
    }

    #[inline]
    fn next_free(cells: &[u64]) -> u64 {
        cells[0]
    }

    #[inline]
    fn assign(cells: &mut [u64], end: u64) {
        let mut hole = 0;
        loop {
            let first = 4 * hole + 1;
            let child = match cells.get(first..first + 4) {
                Some(children) => {
                    let left = usize::from(children[1] < children[0]);
                    let right = 2 + usize::from(children[3] < children[2]);
                    first + if children[right] < children[left] { right } else { left }
                }
                None if first < cells.len() => {
                    let rest = cells[first..].iter().enumerate().min_by_key(|(_, at)| **at);
                    first + rest.map_or(0, |(index, _)| index)
                }
                None => break,
            };
            if cells[child] >= end {
                break;
            }
            cells[hole] = cells[child];
            hole = child;
        }
        cells[hole] = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    fn agrees_with_sorting<P: FreeTimes>(count: usize) {
        let mut rng = Rng::from_key(count as u64);
        let mut cells = vec![NEVER_FREE; P::cells(count)];
        cells[..count].fill(0);
        let mut plain = vec![0_u64; count];
        for step in 0..5_000 {
            let end = step + rng.below(200);
            assert_eq!(P::next_free(&cells), plain[0]);
            P::assign(&mut cells, end);
            plain[0] = end;
            plain.sort_unstable();
        }
        cells.sort_unstable();
        assert_eq!(cells[..count], plain);
    }

    #[test]
    fn every_layout_agrees_with_a_sorted_list() {
        for count in 1..=4 {
            agrees_with_sorting::<Sorted<4>>(count);
        }
        for count in [1, 5, 15, 16] {
            agrees_with_sorting::<Sorted<16>>(count);
        }
        for count in [1, 2, 3, 4, 5, 6, 16, 17, 21, 22, 100] {
            agrees_with_sorting::<Heap>(count);
        }
    }
}
