//! The tally: what became of requests, by the period in which it happens, and how many targets were healthy. It exists only
//! for services of which a metric is read that needs it; the others pay one branch a batch.
//!
//! An outcome may be stated before it happens (the fast path knows ends in advance), so periods to come are kept open, and
//! a lost request is taken back from the period in which it would have ended.

use super::sketch::{ClosedSketch, Sketch};
use crate::facts::{
    FlowStep, Outcome, ProvisionalOutcome, Rejection, ReplicaStage, RequestBatch, Retraction, TaskMoved,
};
use crate::period_ring::PeriodRing;

/// Outcomes of the requests of one service in one period or several.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// Arrivals \[requests\].
    pub offered: u64,
    /// Answers \[requests\].
    pub served: u64,
    /// Clients that gave up \[requests\].
    pub timed_out: u64,
    /// Refusals by a task whose queue was full \[requests\].
    pub rejected_by_target: u64,
    /// Refusals for want of a target \[requests\].
    pub rejected_by_balancer: u64,
    /// Requests lost with their task \[requests\].
    pub failed: u64,
    /// Sum of the answers' response times \[ns\].
    pub response_sum: u128,
    /// Smallest and largest response time \[ns\]; `None` without an answer, or when the extreme was taken back.
    pub response_range: Option<(u64, u64)>,
    /// The response times.
    pub times: ClosedSketch,
    /// Healthy targets.
    pub healthy: Gauge,
    /// Unhealthy targets.
    pub unhealthy: Gauge,
}

/// A count over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    /// Integral over the period [target·ns].
    pub integral: u64,
    /// Time it was watched \[ns\].
    pub length: u64,
    /// Smallest value.
    pub least: u64,
    /// Largest value.
    pub most: u64,
}

impl Gauge {
    fn accrue(&mut self, value: u64, span: u64) {
        let span_of = Self { integral: value * span, length: span, least: value, most: value };
        self.add(&span_of);
    }

    /// Adds the time of `other`.
    pub fn add(&mut self, other: &Self) {
        if other.length == 0 {
            return;
        }
        self.least = if self.length == 0 { other.least } else { self.least.min(other.least) };
        self.most = self.most.max(other.most);
        self.integral += other.integral;
        self.length += other.length;
    }
}

impl Outcomes {
    /// Adds what happened in the period that followed.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.served += other.served;
        self.timed_out += other.timed_out;
        self.rejected_by_target += other.rejected_by_target;
        self.rejected_by_balancer += other.rejected_by_balancer;
        self.failed += other.failed;
        self.response_sum += other.response_sum;
        self.response_range = match (self.response_range, other.response_range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (range, None) | (None, range) => range,
        };
        self.times.add(&other.times);
        self.healthy.add(&other.healthy);
        self.unhealthy.add(&other.unhealthy);
    }
}

/// A period that outcomes are still stated for.
#[derive(Clone, Debug, Default)]
struct OpenPeriod {
    outcomes: Outcomes,
    sketch: Sketch,
}

impl OpenPeriod {
    fn answered(&mut self, time: u64) {
        let outcomes = &mut self.outcomes;
        outcomes.served += 1;
        outcomes.response_sum += u128::from(time);
        let (least, most) = outcomes.response_range.unwrap_or((time, time));
        outcomes.response_range = Some((least.min(time), most.max(time)));
        self.sketch.record(time);
    }

    fn taken_back(&mut self, time: u64) {
        let outcomes = &mut self.outcomes;
        outcomes.served = outcomes.served.saturating_sub(1);
        outcomes.response_sum = outcomes.response_sum.saturating_sub(u128::from(time));
        self.sketch.take_back(time);
        // Which of the others is the extreme now is known to within a bucket: the sketch will say.
        outcomes.response_range =
            outcomes.response_range.filter(|(least, most)| *least < time && time < *most);
    }
}

/// Counts outcomes by period.
#[derive(Clone, Debug)]
pub struct OutcomeMeter {
    open: OpenPeriod,
    periods: PeriodRing<OpenPeriod>,
    healthy: u64,
    unhealthy: u64,
    changed_at: u64,
}

impl OutcomeMeter {
    /// A tally of periods of `period` \[ns\], the first of which ends at `first_end` and the last at `horizon`.
    #[must_use]
    pub fn new(period: u64, first_end: u64, horizon: u64) -> Self {
        Self {
            open: OpenPeriod::default(),
            periods: PeriodRing::new(period, first_end, horizon),
            healthy: 0,
            unhealthy: 0,
            changed_at: 0,
        }
    }

    /// The period in which `at` falls, its end included; `None` beyond the horizon.
    fn at(&mut self, at: u64) -> Option<&mut OpenPeriod> {
        match self.periods.index_of(at)? {
            0 => Some(&mut self.open),
            index => Some(self.periods.ahead(index)),
        }
    }

    fn now(&mut self) -> &mut Outcomes {
        &mut self.open.outcomes
    }

    /// A batch of requests. The load balancer knows attempts only: a second one is a request like the first.
    pub fn requests(&mut self, batch: &RequestBatch<'_>) {
        self.now().offered += batch.offered + batch.retried.len() as u64;
        for attempt in batch.attempts {
            match attempt.outcome {
                Outcome::Served => self.answered(attempt.visit.arrival, attempt.at),
                Outcome::Rejected(why) => self.rejected(why),
                Outcome::TimedOutWaiting | Outcome::TimedOutInService => self.timed_out(attempt.at),
                Outcome::Failed => self.failed(),
                Outcome::Wasted => {}
            }
        }
        if let Some(served) = &batch.served {
            for (arrival, end) in served.arrival.iter().zip(served.end) {
                self.answered(*arrival, *end);
            }
        }
    }

    /// A request that arrived at `arrival` is answered at `end` [ns since second 0].
    pub(super) fn answered(&mut self, arrival: u64, end: u64) {
        if let Some(open) = self.at(end) {
            open.answered(end - arrival);
        }
    }

    /// A client gives up at `at` [ns since second 0].
    fn timed_out(&mut self, at: u64) {
        if let Some(open) = self.at(at) {
            open.outcomes.timed_out += 1;
        }
    }

    fn rejected(&mut self, why: Rejection) {
        match why {
            Rejection::QueueFull => self.now().rejected_by_target += 1,
            Rejection::NoTarget => self.now().rejected_by_balancer += 1,
        }
    }

    fn failed(&mut self) {
        self.now().failed += 1;
    }

    /// A request fails with its task now whose outcome had been stated already.
    pub fn retracted(&mut self, retraction: &Retraction) {
        let (at, visit) = (retraction.at, &retraction.visit);
        match retraction.stated {
            ProvisionalOutcome::Served => {
                if let Some(open) = self.at(visit.end) {
                    open.taken_back(visit.end - visit.arrival);
                }
            }
            // A client that had given up before the task was killed does not fail a second time.
            ProvisionalOutcome::TimedOutInService(stated) if stated <= at => return,
            ProvisionalOutcome::TimedOutInService(stated) | ProvisionalOutcome::TimedOutWaiting(stated) => {
                if let Some(open) = self.at(stated) {
                    open.outcomes.timed_out = open.outcomes.timed_out.saturating_sub(1);
                }
            }
        }
        self.failed();
    }

    /// Requests step. Without a task in service the load balancer refuses, else the tasks' queues are full.
    pub fn flowed(&mut self, step: &FlowStep<'_>) {
        let now = self.now();
        now.offered += step.offered;
        now.served += step.served;
        now.timed_out += step.timed_out;
        now.failed += step.failed;
        if step.replicas == 0 {
            now.rejected_by_balancer += step.rejected;
        } else {
            now.rejected_by_target += step.rejected;
        }
    }

    /// A task moved on.
    pub fn task_moved(&mut self, moved: &TaskMoved) {
        self.accrue(moved.at.0);
        let step = |count: u64, belongs: fn(ReplicaStage) -> bool| {
            count + u64::from(belongs(moved.to)) - u64::from(moved.from.is_some_and(belongs))
        };
        self.healthy = step(self.healthy, ReplicaStage::is_in_service);
        self.unhealthy = step(self.unhealthy, ReplicaStage::is_unhealthy);
    }

    fn accrue(&mut self, now: u64) {
        let span = now - self.changed_at;
        let (healthy, unhealthy) = (self.healthy, self.unhealthy);
        self.changed_at = now;
        let open = self.now();
        open.healthy.accrue(healthy, span);
        open.unhealthy.accrue(unhealthy, span);
    }

    /// Ends the open period and opens the next; returns what happened in it.
    pub fn close_period(&mut self) -> Outcomes {
        self.accrue(self.periods.end());
        let next = self.periods.advance().unwrap_or_default();
        let open = core::mem::replace(&mut self.open, next);
        Outcomes { times: open.sketch.close(), ..open.outcomes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Visit;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn an_outcome_counts_in_the_period_in_which_it_happens_and_can_be_taken_back_from_there() {
        let mut tally = OutcomeMeter::new(20 * SECOND, 20 * SECOND, 100 * SECOND);
        tally.answered(19 * SECOND, 20 * SECOND);
        tally.answered(19 * SECOND, 21 * SECOND);
        tally.timed_out(45 * SECOND);
        tally.answered(19 * SECOND, 101 * SECOND);
        let end = 50 * SECOND;
        let visit = Visit { arrival: SECOND, start: SECOND, cpu_start: SECOND, cpu_end: end, end };
        tally.answered(SECOND, end);
        tally.retracted(&Retraction { at: 10 * SECOND, visit, stated: ProvisionalOutcome::Served });
        let closed: [Outcomes; 3] = core::array::from_fn(|_| tally.close_period());
        assert_eq!(
            closed.each_ref().map(|c| (c.served, c.timed_out, c.failed)),
            [(1, 0, 1), (1, 0, 0), (0, 1, 0)]
        );
        assert_eq!(closed[1].response_range, Some((2 * SECOND, 2 * SECOND)));
        assert_eq!(closed[2].times.quantile(0.5), None);
    }

    #[test]
    fn gauges_keep_the_least_the_most_and_the_integral() {
        let mut gauge = Gauge::default();
        for (value, span) in [(2, 10), (5, 0), (3, 30)] {
            gauge.accrue(value, span);
        }
        assert_eq!(gauge, Gauge { integral: 2 * 10 + 3 * 30, length: 40, least: 2, most: 3 });
    }
}
