//! Whole requests from flows: each outcome is counted in whole requests as its exact amount grows, and never more of
//! them than are in flight, so that every request has exactly one outcome.

use alloc::collections::VecDeque;

/// An amount that grows, counted in whole requests.
#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    exact: f64,
    counted: u64,
}

impl Counter {
    /// Adds `amount`; returns the whole requests that are due now, at most `limit` of them. The rest comes later.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; casts saturate")]
    fn grow(&mut self, amount: f64, limit: u64) -> u64 {
        self.exact += amount;
        let due = ((self.exact + 0.5) as u64).saturating_sub(self.counted).min(limit);
        self.counted += due;
        due
    }
}

/// Requests by outcome, within a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct OutcomeAmounts<T> {
    pub(super) offered: T,
    pub(super) rejected: T,
    pub(super) failed: T,
    pub(super) timed_out: T,
    pub(super) served: T,
}

/// Counters of one service, by outcome.
#[derive(Clone, Debug, Default)]
pub(super) struct IntegerRounding {
    counters: OutcomeAmounts<Counter>,
    in_flight: u64,
}

impl IntegerRounding {
    /// Books the amounts of a step; returns them in whole requests.
    pub(super) fn book(&mut self, amounts: &OutcomeAmounts<f64>) -> OutcomeAmounts<u64> {
        let counters = &mut self.counters;
        let offered = counters.offered.grow(amounts.offered, u64::MAX);
        self.in_flight += offered;
        let mut leave = |counter: &mut Counter, amount| {
            let count = counter.grow(amount, self.in_flight);
            self.in_flight -= count;
            count
        };
        OutcomeAmounts {
            offered,
            rejected: leave(&mut counters.rejected, amounts.rejected),
            failed: leave(&mut counters.failed, amounts.failed),
            timed_out: leave(&mut counters.timed_out, amounts.timed_out),
            served: leave(&mut counters.served, amounts.served),
        }
    }
}

/// Amounts that fall due later.
#[derive(Clone, Debug, Default)]
pub(super) struct DelayedAmounts {
    queue: VecDeque<(u64, f64)>,
    /// Sum of what is still to come.
    pub(super) held: f64,
}

impl DelayedAmounts {
    /// `amount` falls due at `at` [ns since second 0], or when what came before it does.
    pub(super) fn push(&mut self, at: u64, amount: f64) {
        if amount > 0.0 {
            self.queue.push_back((at, amount));
            self.held += amount;
        }
    }

    /// Takes the amount that has fallen due by `now` [ns since second 0].
    pub(super) fn due(&mut self, now: u64) -> f64 {
        let mut sum = 0.0;
        while let Some((at, amount)) = self.queue.front().copied()
            && at <= now
        {
            self.queue.pop_front();
            sum += amount;
        }
        self.held = if self.queue.is_empty() { 0.0 } else { self.held - sum };
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    #[test]
    fn whole_requests_follow_their_amounts_within_one_and_never_exceed_what_is_there() {
        let mut rng = Rng::from_key(5);
        let (mut account, mut exact, mut whole) = (IntegerRounding::default(), [0.0_f64; 5], [0_u64; 5]);
        let mut content = 0.0;
        for _ in 0..20_000 {
            let offered = rng.below(1_000) as f64 / 300.0;
            content += offered;
            // Everything that is there may leave at once: rounding must not let more out than came in.
            let parts = [0.1, 0.2, 0.3, 0.4].map(|share| content * share);
            content = 0.0;
            let [rejected, failed, timed_out, served] = parts;
            let booked = account.book(&OutcomeAmounts { offered, rejected, failed, timed_out, served });
            let booked = [booked.offered, booked.rejected, booked.failed, booked.timed_out, booked.served];
            let amounts = [offered, rejected, failed, timed_out, served];
            for ((exact, whole), (amount, count)) in
                exact.iter_mut().zip(&mut whole).zip(amounts.into_iter().zip(booked))
            {
                *exact += amount;
                *whole += count;
                assert!((*exact - *whole as f64).abs() < 3.0);
            }
            assert_eq!(whole[0], whole[1..].iter().sum::<u64>() + account.in_flight);
        }
    }

    #[test]
    fn what_is_deferred_comes_back_once() {
        let mut later = DelayedAmounts::default();
        later.push(10, 2.0);
        later.push(20, 3.0);
        assert_eq!((later.held, later.due(9), later.due(10), later.held), (5.0, 0.0, 2.0, 3.0));
        assert_eq!((later.due(100), later.due(100), later.held), (3.0, 0.0, 0.0));
    }
}
