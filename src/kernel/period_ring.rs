//! Periods of equal length, end to end up to the horizon: the open one, and those to come as far as anything is known of
//! them. Meters and records that hear of an instant in advance keep what belongs to a later period here until it opens.
//!
//! One rule for an instant on a boundary: it belongs to the period that ends there.

use alloc::collections::VecDeque;

/// The open period, and what is known of those to come.
#[derive(Clone, Debug)]
pub struct PeriodRing<T> {
    period: u64,
    start: u64,
    end: u64,
    horizon: u64,
    ahead: VecDeque<T>,
}

impl<T: Default> PeriodRing<T> {
    /// Periods of `period` \[ns\], > 0, from second 0 on. The first ends at `first_end` and the last at `horizon`
    /// [ns since second 0].
    #[must_use]
    pub fn new(period: u64, first_end: u64, horizon: u64) -> Self {
        Self { period: period.max(1), start: 0, end: first_end.min(horizon), horizon, ahead: VecDeque::new() }
    }

    /// Start of the open period [ns since second 0].
    #[inline]
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// End of the open period [ns since second 0].
    #[inline]
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// End of the last period [ns since second 0].
    #[must_use]
    pub const fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Index of the period of an instant that is not before the open one [ns since second 0]: 0 is the open one; `None`
    /// beyond the horizon.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a number of periods within the run")]
    pub const fn index_of(&self, at: u64) -> Option<usize> {
        if at > self.horizon {
            None
        } else if at <= self.end {
            Some(0)
        } else {
            Some((at - self.end).div_ceil(self.period) as usize)
        }
    }

    /// End of the period with this index [ns since second 0].
    #[must_use]
    pub fn end_of(&self, index: usize) -> u64 {
        (self.end + index as u64 * self.period).min(self.horizon)
    }

    /// State of the period to come with this index, ≥ 1.
    pub fn ahead(&mut self, index: usize) -> &mut T {
        let place = index.saturating_sub(1);
        if self.ahead.len() <= place {
            self.ahead.resize_with(place + 1, T::default);
        }
        &mut self.ahead[place]
    }

    /// States of all periods to come, in order.
    pub fn all_ahead(&mut self) -> impl Iterator<Item = &mut T> {
        self.ahead.iter_mut()
    }

    /// Closes the open period and opens the next; returns what was known of the one that opens.
    pub fn advance(&mut self) -> Option<T> {
        self.start = self.end;
        self.end = (self.end + self.period).min(self.horizon);
        self.ahead.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_on_a_boundary_belongs_to_the_period_that_ends_there() {
        let ring = PeriodRing::<u32>::new(60, 20, 150);
        let found = [0, 20, 21, 80, 81, 140, 141, 150].map(|at| ring.index_of(at));
        assert_eq!(found, [0, 0, 1, 1, 2, 2, 3, 3].map(Some));
        assert_eq!(ring.index_of(151), None);
        assert_eq!([0, 1, 2, 3].map(|index| ring.end_of(index)), [20, 80, 140, 150]);
    }

    #[test]
    fn what_is_kept_for_a_period_comes_when_it_opens() {
        let mut ring = PeriodRing::<u32>::new(60, 20, 150);
        *ring.ahead(2) += 7;
        assert_eq!((ring.advance(), ring.start(), ring.end()), (Some(0), 20, 80));
        assert_eq!((ring.advance(), ring.start(), ring.end()), (Some(7), 80, 140));
        assert_eq!((ring.advance(), ring.start(), ring.end()), (None, 140, 150));
        assert_eq!((ring.advance(), ring.start(), ring.end()), (None, 150, 150));
    }
}
