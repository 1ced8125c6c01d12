//! The clients: when they lose patience, and when they try again.

use alloc::collections::{BinaryHeap, VecDeque};
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::slab::{AttemptDemand, Slab};
use super::timers::NEVER;
use crate::random::{Rng, exponential};
use crate::serving::plan::{Jitter, RetryPlan};
use crate::units::SimDuration;

/// Instants at which clients lose patience: `(instant, serial, job)`. Equal patience comes in order; patience drawn at random
/// lets a later client leave earlier, and its deadline stands in the heap. Jobs that are gone stay until their instant comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    in_order: VecDeque<(u64, u64, u32)>,
    early: BinaryHeap<Reverse<(u64, u64, u32)>>,
}

impl Deadlines {
    #[inline]
    pub(super) fn push(&mut self, at: u64, serial: u64, job: u32) {
        if self.in_order.back().is_none_or(|last| last.0 <= at) {
            self.in_order.push_back((at, serial, job));
        } else {
            self.early.push(Reverse((at, serial, job)));
        }
    }

    /// Forgets the deadlines of jobs that are gone, where most of them are.
    pub(super) fn forget(&mut self, jobs: &Slab) {
        const CLEANUP_FROM: usize = 1 << 16;
        if self.in_order.len() + self.early.len() > CLEANUP_FROM + 4 * jobs.len() {
            let is_there = |(_, serial, id): &(u64, u64, u32)| jobs.get(*id).serial == *serial;
            self.in_order.retain(is_there);
            self.early.retain(|entry| is_there(&entry.0));
        }
    }

    #[inline]
    pub(super) fn first(&self) -> u64 {
        let in_order = self.in_order.front().map_or(NEVER, |entry| entry.0);
        self.early.peek().map_or(in_order, |entry| entry.0.0.min(in_order))
    }

    /// The first of them; of several at one instant the one whose job is the oldest.
    pub(super) fn pop(&mut self) -> Option<(u64, u64, u32)> {
        match (self.in_order.front(), self.early.peek()) {
            (Some(in_order), Some(early)) if early.0 < *in_order => self.early.pop().map(|entry| entry.0),
            (None, _) => self.early.pop().map(|entry| entry.0),
            _ => self.in_order.pop_front(),
        }
    }
}

/// Parts of a token in the budget: shares of requests are kept as integers.
const TOKEN: u64 = 1 << 32;

/// Requests that are to be tried again, and the instants of their retries.
#[derive(Clone, Debug)]
pub(super) struct Retries {
    plan: Option<RetryPlan>,
    rng: Rng,
    tokens: u64,
    gain: u64,
    most: u64,
    queue: BinaryHeap<Reverse<(u64, u64, u32)>>,
    demands: Vec<AttemptDemand>,
    free: Vec<u32>,
    sequence: u64,
}

impl Retries {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a non-negative share; beyond 2³² tokens it saturates"
    )]
    pub(super) fn new(plan: Option<RetryPlan>, rng: Rng) -> Self {
        let parts = |tokens: f64| (tokens * TOKEN as f64) as u64;
        let gain = plan.as_ref().and_then(|plan| plan.budget).map_or(0, parts);
        let most = plan.as_ref().map_or(0, |plan| parts(plan.budget_burst));
        Self {
            plan,
            rng,
            tokens: most,
            gain,
            most,
            queue: BinaryHeap::new(),
            demands: Vec::new(),
            free: Vec::new(),
            sequence: 0,
        }
    }

    /// A request arrives for the first time.
    #[inline]
    pub(super) fn first_attempt(&mut self) {
        if self.gain > 0 {
            self.tokens = (self.tokens + self.gain).min(self.most);
        }
    }

    /// An attempt failed at `now`; whether its client will try again.
    pub(super) fn failed(&mut self, demand: &AttemptDemand, now: u64) -> bool {
        let Some(plan) = &self.plan else { return false };
        if demand.attempt >= plan.max_attempts {
            return false;
        }
        if plan.budget.is_some() {
            let Some(rest) = self.tokens.checked_sub(TOKEN) else { return false };
            self.tokens = rest;
        }
        let at = now.saturating_add(backoff(plan, demand.attempt, &mut self.rng));
        self.sequence += 1;
        let again = AttemptDemand { attempt: demand.attempt + 1, ..*demand };
        let index = self.allocate(again);
        self.queue.push(Reverse((at, self.sequence, index)));
        true
    }

    #[expect(clippy::cast_possible_truncation, reason = "memory ends long before 2³² clients")]
    fn allocate(&mut self, demand: AttemptDemand) -> u32 {
        if let Some(index) = self.free.pop() {
            self.demands[index as usize] = demand;
            return index;
        }
        self.demands.push(demand);
        (self.demands.len() - 1) as u32
    }

    /// Instant of the next retry \[ns\].
    #[inline]
    pub(super) fn first(&self) -> u64 {
        self.queue.peek().map_or(NEVER, |entry| entry.0.0)
    }

    /// Count of the requests that wait to be tried again.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Requests that wait to be tried again.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &AttemptDemand> {
        self.queue.iter().map(|Reverse((_, _, index))| &self.demands[*index as usize])
    }

    pub(super) fn pop(&mut self) -> Option<AttemptDemand> {
        let Reverse((_, _, index)) = self.queue.pop()?;
        self.free.push(index);
        Some(self.demands[index as usize])
    }
}

/// The wait after attempt number `attempt` \[ns\]: backoff × multiplier^(attempt − 1), at most the longest, with jitter.
#[expect(clippy::cast_precision_loss, reason = "a wait that chance changes anyway")]
fn backoff(plan: &RetryPlan, attempt: u32, rng: &mut Rng) -> u64 {
    let power = libm::pow(plan.multiplier, f64::from(attempt - 1));
    let wait = SimDuration::from_nanos_f64(plan.backoff.0 as f64 * power).0.min(plan.max_backoff.0);
    let scaled = |share: f64| SimDuration::from_nanos_f64(wait as f64 * share).0;
    match plan.jitter {
        Jitter::None => wait,
        Jitter::Full => scaled(rng.open_unit()),
        Jitter::Equal => wait / 2 + scaled(rng.open_unit() / 2.0),
        Jitter::Exponential => scaled(exponential(rng)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> RetryPlan {
        RetryPlan {
            max_attempts: 5,
            backoff: SimDuration(100),
            multiplier: 2.0,
            max_backoff: SimDuration(350),
            jitter: Jitter::None,
            budget: None,
            budget_burst: 10.0,
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut rng = Rng::from_key(1);
        let waits: Vec<u64> = (1..=4).map(|attempt| backoff(&plan(), attempt, &mut rng)).collect();
        assert_eq!(waits, [100, 200, 350, 350]);
    }

    #[test]
    fn jitter_keeps_a_wait_within_its_bounds() {
        let mut rng = Rng::from_key(2);
        for _ in 0..1_000 {
            assert!(backoff(&RetryPlan { jitter: Jitter::Full, ..plan() }, 2, &mut rng) <= 200);
            let equal = backoff(&RetryPlan { jitter: Jitter::Equal, ..plan() }, 2, &mut rng);
            assert!((100..=200).contains(&equal));
        }
    }

    #[test]
    fn a_budget_of_a_tenth_lets_one_retry_through_for_ten_requests() {
        let budget = RetryPlan { budget: Some(0.125), budget_burst: 2.0, ..plan() };
        let mut retries = Retries::new(Some(budget), Rng::from_key(3));
        let demand = AttemptDemand { attempt: 1, ..AttemptDemand::default() };
        let burst = (0..10).filter(|_| retries.failed(&demand, 0)).count();
        assert_eq!(burst, 2, "what it holds at second 0");
        let after = (0..80).filter(|_| {
            retries.first_attempt();
            retries.failed(&demand, 0)
        });
        assert_eq!(after.count(), 10, "80 requests of an eighth of a token each");
        assert!(!retries.failed(&AttemptDemand { attempt: 5, ..demand }, 0), "five attempts are the most");
    }

    #[test]
    fn deadlines_of_jobs_that_are_gone_do_not_pile_up_and_the_others_stay() {
        // A day's patience with requests that take next to nothing: one in a thousand is still there.
        let (mut deadlines, mut jobs, mut there) = (Deadlines::default(), Slab::default(), Vec::new());
        for at in 0..500_000_u64 {
            let id = jobs.allocate(&AttemptDemand::default(), at, 0);
            let serial = jobs.get(id).serial;
            deadlines.push(86_400_000_000_000 + at, serial, id);
            if at % 1_000 == 0 {
                there.push((86_400_000_000_000 + at, serial, id));
            } else {
                jobs.remove(id);
            }
            deadlines.forget(&jobs);
            assert!(deadlines.in_order.len() <= (1 << 16) + 4 * jobs.len() + 1);
        }
        let left = core::iter::from_fn(|| deadlines.pop());
        let left: Vec<_> = left.filter(|(_, serial, id)| jobs.get(*id).serial == *serial).collect();
        assert_eq!(left, there);
    }

    #[test]
    fn deadlines_come_in_order_whatever_order_they_were_made_in() {
        let mut rng = Rng::from_key(4);
        let (mut deadlines, mut plain) = (Deadlines::default(), Vec::new());
        for serial in 0..5_000_u64 {
            let at = serial + rng.below(300);
            deadlines.push(at, serial, 0);
            plain.push((at, serial, 0));
        }
        plain.sort_unstable();
        assert_eq!(deadlines.first(), plain[0].0);
        let popped: Vec<_> = core::iter::from_fn(|| deadlines.pop()).collect();
        assert_eq!(popped, plain);
    }
}
