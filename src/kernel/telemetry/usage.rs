//! The usage meter: intervals of work become exact sums a period, however many periods they cover, and sums become
//! datapoints.

use alloc::vec::Vec;

use super::growth::{Aging, MemoryGrowth};
use crate::facts::{
    DrainingUse, FlowStep, HeldVisit, ProvisionalOutcome, ReplicaStage, RequestBatch, ResourceUse,
    Retraction, TaskMoved, Visit, VisitColumns,
};
use crate::period_ring::PeriodRing;
use crate::units::{SimDuration, SimTime, TaskId};

/// How facts become datapoints; each field is an `[assumptions]` key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricRules {
    /// `rcpt_denominator`: which targets `RequestCountPerTarget` divides by.
    pub rcpt_denominator: RcptDenominator,
    /// `metric_counts_draining`: whether the ECS averages reserve for tasks that are draining or stopping.
    pub counts_draining: bool,
}

/// Which targets `RequestCountPerTarget` divides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RcptDenominator {
    /// `healthy`.
    Healthy,
    /// `registered`.
    Registered,
}

/// Sums of one period; times are exact \[ns\].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UsageTotals {
    /// CPU servers busy [server·ns].
    pub cpu_busy: i128,
    /// Requests in a place [request·ns].
    pub occupied: i128,
    /// Requests waiting for a place [request·ns].
    pub waiting: i128,
    /// What of the CPU and of the places belongs to containers that do not reserve, because they are on their way out.
    pub draining: DrainingUse,
    /// Requests that came to the load balancer.
    pub asked: u64,
    /// Of these, those that it could send to a task.
    pub routed: u64,
    /// Containers that reserve CPU and memory [task·ns].
    pub reserved: u128,
    /// Of these, tasks whose applications boot [task·ns].
    pub booting: u128,
    /// Requests whose memory stays with their tasks, beyond those in a place [request·ns].
    pub retained: i128,
    /// Memory that tasks have gained since they run [B·ns].
    pub grown: f64,
    /// Targets that `RequestCountPerTarget` divides by [task·ns].
    pub targets: u128,
    /// Length of the period \[ns\]; less than a minute at the ends of the run.
    pub length: u64,
}

/// What an interval adds to.
#[derive(Clone, Copy, Debug)]
enum Sum {
    CpuBusy,
    Occupied,
    Waiting,
    DrainingCpu,
    DrainingOccupied,
}

/// Sums of intervals.
const SUMS: usize = 5;

/// Interval sums of a period to come, and how many intervals begin or stop to cover whole periods there.
#[derive(Clone, Copy, Debug, Default)]
struct Ahead {
    sums: [i128; SUMS],
    covers: [i64; SUMS],
}

/// Adds up what one service uses.
#[derive(Clone, Debug)]
pub struct UsageMeter {
    rules: MetricRules,
    periods: PeriodRing<Ahead>,
    open: UsageTotals,
    /// Intervals that cover the whole open period.
    covering: [i64; SUMS],
    reserving: u64,
    booting: u64,
    targets: u64,
    changed_at: u64,
    growth: MemoryGrowth,
    /// Tasks that reserve, where their memory changes with age or past.
    aging: Vec<Aging>,
}

impl UsageMeter {
    /// A meter of periods of `period`, whose first one ends at `first_end` and whose last one ends at `horizon`.
    #[must_use]
    pub fn new(
        rules: MetricRules,
        growth: MemoryGrowth,
        period: SimDuration,
        first_end: SimTime,
        horizon: SimTime,
    ) -> Self {
        Self {
            rules,
            periods: PeriodRing::new(period.0, first_end.0, horizon.0),
            open: UsageTotals::default(),
            covering: [0; SUMS],
            reserving: 0,
            booting: 0,
            targets: 0,
            changed_at: 0,
            growth,
            aging: Vec::new(),
        }
    }

    /// End of the open period.
    #[must_use]
    pub fn open_end(&self) -> SimTime {
        SimTime(self.periods.end())
    }

    /// A batch of requests: what came to the load balancer, what it sent on, and what that uses.
    pub fn requests(&mut self, batch: &RequestBatch<'_>) {
        self.open.asked += batch.offered + batch.retried.len() as u64;
        self.open.routed += batch.routed;
        if let Some(used) = &batch.measured {
            return self.used(used);
        }
        batch.attempts.iter().for_each(|attempt| self.visit(&attempt.visit));
        if let Some(served) = &batch.served {
            self.visits(served);
        }
    }

    /// Attempts pass through replicas.
    #[inline]
    fn visits(&mut self, visits: &VisitColumns<'_>) {
        let first = visits.arrival.first().copied().unwrap_or(0);
        // Spans of up to 2⁵⁰ ns (13 days) each: a chunk of them cannot overflow a sum.
        if visits.latest <= self.periods.end() && self.periods.end() - first < 1 << 50 {
            self.open.cpu_busy += i128::from(total_span(visits.cpu_start, visits.cpu_end));
            self.open.occupied += i128::from(total_span(visits.start, visits.end));
            self.open.waiting += i128::from(total_span(visits.arrival, visits.start));
        } else {
            visits.iter().for_each(|visit| self.visit(&visit));
        }
    }

    /// An attempt passes through a replica.
    #[inline]
    pub fn visit(&mut self, p: &Visit) {
        if p.end <= self.periods.end() {
            self.open.cpu_busy += i128::from(p.cpu_end - p.cpu_start);
            self.open.occupied += i128::from(p.end - p.start);
            self.open.waiting += i128::from(p.start - p.arrival);
        } else {
            self.long_visit(p);
        }
    }

    #[cold]
    #[inline(never)]
    fn long_visit(&mut self, p: &Visit) {
        self.add(Sum::CpuBusy, p.cpu_start, p.cpu_end, 1);
        self.add(Sum::Occupied, p.start, p.end, 1);
        self.add(Sum::Waiting, p.arrival, p.start, 1);
    }

    /// Adds what was used within the open period.
    pub fn used(&mut self, used: &ResourceUse) {
        self.open.cpu_busy += used.cpu_busy;
        self.open.occupied += used.occupied;
        self.open.waiting += used.waiting;
        // What draining tasks use counts where their containers reserve.
        if !self.rules.counts_draining {
            self.open.draining.add(&used.draining);
        }
    }

    /// Requests flow, within the open period.
    pub fn flowed(&mut self, step: &FlowStep<'_>) {
        self.open.asked += step.offered;
        self.open.routed += step.routed;
        self.used(&step.used);
    }

    /// A task that leaves `RUNNING` holds a request: where its container does not reserve from now on, neither counts what
    /// the request uses.
    pub fn held(&mut self, held: &HeldVisit) {
        self.leaves(&held.visit, held.at, 1);
    }

    /// Adds `sign` times what a visit uses from `at` on to what does not count.
    fn leaves(&mut self, p: &Visit, at: u64, sign: i64) {
        if !self.rules.counts_draining {
            self.add(Sum::DrainingCpu, at.max(p.cpu_start), p.cpu_end, sign);
            self.add(Sum::DrainingOccupied, at.max(p.start), p.end, sign);
        }
    }

    /// Takes back what a lost request would have used after its task was killed, which leaves `RUNNING` before that.
    pub fn retracted(&mut self, retraction: &Retraction) {
        let Retraction { at, visit: p, stated } = retraction;
        if let ProvisionalOutcome::TimedOutWaiting(until) = stated {
            self.add(Sum::Waiting, (*at).max(p.arrival), *until, -1);
        } else {
            self.add(Sum::CpuBusy, (*at).max(p.cpu_start), p.cpu_end, -1);
            self.add(Sum::Occupied, (*at).max(p.start), p.end, -1);
            self.add(Sum::Waiting, (*at).max(p.arrival), p.start, -1);
            self.leaves(p, *at, -1);
        }
    }

    /// Adds `sign` times the interval [from, to), split over the periods it covers. Its cost does not depend on its
    /// length: an interval is everything from its start on, less everything from its end on.
    fn add(&mut self, sum: Sum, from: u64, to: u64, sign: i64) {
        if from < to {
            self.open_ended(sum, from, sign);
            self.open_ended(sum, to, -sign);
        }
    }

    /// Adds `sign` times everything from `at` on: the rest of its period, and all later periods whole.
    fn open_ended(&mut self, sum: Sum, at: u64, sign: i64) {
        let periods = &mut self.periods;
        let at = at.clamp(periods.start(), periods.horizon());
        let which = sum as usize;
        let index = periods.index_of(at).unwrap_or(0);
        let rest = i128::from(sign) * i128::from(periods.end_of(index) - at);
        periods.ahead(index + 1).covers[which] += sign;
        match (index, which) {
            (0, 0) => self.open.cpu_busy += rest,
            (0, 1) => self.open.occupied += rest,
            (0, 2) => self.open.waiting += rest,
            (0, 3) => self.open.draining.cpu_busy += rest,
            (0, _) => self.open.draining.occupied += rest,
            _ => periods.ahead(index).sums[which] += rest,
        }
    }

    /// A task moved on.
    pub fn task_moved(&mut self, moved: &TaskMoved) {
        self.accrue(moved.at.0);
        let counts_draining = self.rules.counts_draining;
        let reserves = |stage: ReplicaStage| {
            if counts_draining { stage.has_container() } else { stage.is_running() }
        };
        let denominator = self.rules.rcpt_denominator;
        let is_target = |stage: ReplicaStage| match denominator {
            RcptDenominator::Healthy => stage.is_in_service(),
            RcptDenominator::Registered => stage.is_running(),
        };
        if self.growth.is_some() {
            let (reserved, will) = (moved.from.is_some_and(reserves), reserves(moved.to));
            if will && !reserved {
                self.aging.push(Aging { task: moved.task, since: moved.at.0, most: 0.0 });
            } else if reserved && !will {
                self.stop_aging(moved.task, moved.at.0);
            }
        }
        self.reserving =
            self.reserving + u64::from(reserves(moved.to)) - u64::from(moved.from.is_some_and(reserves));
        self.targets =
            self.targets + u64::from(is_target(moved.to)) - u64::from(moved.from.is_some_and(is_target));
    }

    /// A task's application begins to boot at `at`, or no longer does.
    pub fn boot_changed(&mut self, at: SimTime, boots: bool) {
        self.accrue(at.0);
        self.booting = if boots { self.booting + 1 } else { self.booting.saturating_sub(1) };
    }

    fn stop_aging(&mut self, task: TaskId, at: u64) {
        if let Some(position) = self.aging.iter().position(|aging| aging.task == task) {
            let aging = self.aging.swap_remove(position);
            self.open.grown += aging.gained(&self.growth, self.periods.start(), at);
        }
    }

    /// Adds what the tasks that reserve have gained, and keep of their past, in the period that ends.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "means of a period")]
    fn age(&mut self, closed: &mut UsageTotals) {
        if self.aging.is_empty() {
            return;
        }
        let mean = closed.counted_places() as f64 / closed.reserved.max(1) as f64;
        for aging in &mut self.aging {
            closed.grown += aging.gained(&self.growth, self.periods.start(), self.periods.end());
            aging.most = if mean > aging.most { mean } else { aging.most };
            let kept = self.growth.retained * aging.most - mean;
            if kept > 0.0 {
                let span = self.periods.end() - aging.since.max(self.periods.start());
                closed.retained += (kept * span as f64) as i128;
            }
        }
    }

    fn accrue(&mut self, now: u64) {
        let span = now - self.changed_at;
        self.open.reserved += u128::from(self.reserving) * u128::from(span);
        self.open.booting += u128::from(self.booting) * u128::from(span);
        self.open.targets += u128::from(self.targets) * u128::from(span);
        self.changed_at = now;
    }

    /// Ends the open period at its end and opens the next; returns its sums.
    pub fn close_period(&mut self) -> UsageTotals {
        self.accrue(self.periods.end());
        let mut closed = self.open;
        closed.length = self.periods.end() - self.periods.start();
        let length = i128::from(closed.length);
        closed.cpu_busy += i128::from(self.covering[0]) * length;
        closed.occupied += i128::from(self.covering[1]) * length;
        closed.waiting += i128::from(self.covering[2]) * length;
        closed.draining.cpu_busy += i128::from(self.covering[3]) * length;
        closed.draining.occupied += i128::from(self.covering[4]) * length;
        self.age(&mut closed);
        let next = self.periods.advance().unwrap_or_default();
        for (covering, change) in self.covering.iter_mut().zip(next.covers) {
            *covering += change;
        }
        let [cpu_busy, occupied, waiting, ..] = next.sums;
        let draining = DrainingUse { cpu_busy: next.sums[3], occupied: next.sums[4] };
        self.open = UsageTotals { cpu_busy, occupied, waiting, draining, ..UsageTotals::default() };
        closed
    }
}

/// Sum of `to − from` over two columns; the caller knows that it does not overflow.
#[inline]
fn total_span(from: &[u64], to: &[u64]) -> u64 {
    from.iter().zip(to).fold(0, |sum: u64, (from, to)| sum.wrapping_add(to.wrapping_sub(*from)))
}

impl DrainingUse {
    fn add(&mut self, next: &Self) {
        self.cpu_busy += next.cpu_busy;
        self.occupied += next.occupied;
    }
}

impl UsageTotals {
    /// Adds the sums of the period that followed.
    pub fn add(&mut self, next: &Self) {
        self.cpu_busy += next.cpu_busy;
        self.occupied += next.occupied;
        self.waiting += next.waiting;
        self.draining.add(&next.draining);
        self.asked += next.asked;
        self.routed += next.routed;
        self.reserved += next.reserved;
        self.booting += next.booting;
        self.retained += next.retained;
        self.grown += next.grown;
        self.targets += next.targets;
        self.length += next.length;
    }

    /// CPU servers busy in containers that reserve [server·ns].
    #[must_use]
    pub const fn counted_cpu(&self) -> i128 {
        self.cpu_busy - self.draining.cpu_busy
    }

    /// Requests in a place of containers that reserve [request·ns].
    #[must_use]
    pub const fn counted_places(&self) -> i128 {
        self.occupied - self.draining.occupied
    }

    /// `RequestCountPerTarget`: routed requests ÷ mean number of targets; 0 without requests or targets
    /// (always reported: `docs/aws/metrics.md#request-count-per-target`).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    pub fn request_count_per_target(&self) -> f64 {
        if self.targets == 0 { 0.0 } else { self.routed as f64 * self.length as f64 / self.targets as f64 }
    }

    /// `RequestCount`: published only when requests flow.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    pub fn request_count(&self) -> Option<f64> {
        (self.routed > 0).then_some(self.routed as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{CapacityKind, StageProperty};
    use crate::random::Rng;
    use crate::telemetry::TaskShape;
    use crate::units::RevisionId;
    use crate::units::{NANOS_PER_MINUTE, NANOS_PER_SEC};

    const RULES: MetricRules =
        MetricRules { rcpt_denominator: RcptDenominator::Healthy, counts_draining: true };

    #[test]
    fn an_interval_is_split_exactly_over_the_periods_it_covers() {
        let mut rng = Rng::from_key(1);
        let horizon = 20 * NANOS_PER_MINUTE + 7;
        let first_end = 13 * NANOS_PER_SEC;
        let mut meter = UsageMeter::new(
            RULES,
            MemoryGrowth::default(),
            SimDuration(NANOS_PER_MINUTE),
            SimTime(first_end),
            SimTime(horizon),
        );
        let mut ends = vec![first_end];
        while *ends.last().unwrap() < horizon {
            ends.push((ends.last().unwrap() + NANOS_PER_MINUTE).min(horizon));
        }
        let mut plain = vec![0_i128; ends.len()];
        for (period, end) in ends.iter().enumerate() {
            let start = if period == 0 { 0 } else { ends[period - 1] };
            for _ in 0..50 {
                let arrival = start + rng.below(end - start);
                let wait = rng.below(4 * NANOS_PER_MINUTE);
                let p = Visit {
                    arrival,
                    start: arrival,
                    cpu_start: arrival,
                    cpu_end: arrival + wait,
                    end: arrival + wait,
                };
                meter.visit(&p);
                let kill = arrival + rng.below(2 * NANOS_PER_MINUTE);
                let lost = rng.below(4) == 0 && kill < p.end && kill < ends[period];
                if lost {
                    meter.retracted(&Retraction { at: kill, visit: p, stated: ProvisionalOutcome::Served });
                }
                let until = if lost { kill } else { p.end };
                for (k, e) in ends.iter().enumerate() {
                    let s = if k == 0 { 0 } else { ends[k - 1] };
                    plain[k] += i128::from(until.min(*e).saturating_sub(arrival.max(s)));
                }
            }
            let closed = meter.close_period();
            assert_eq!(closed.cpu_busy, plain[period], "period {period}");
            assert_eq!(closed.occupied, plain[period], "period {period}");
        }
    }

    #[test]
    fn what_a_container_uses_counts_until_it_does_not() {
        // Two requests of 40 s on two tasks from second 10 on; one task leaves at second 20 and is killed at second 30.
        let rules = MetricRules { counts_draining: false, ..RULES };
        let minute = SimDuration(NANOS_PER_MINUTE);
        let meter = |rules| {
            UsageMeter::new(rules, MemoryGrowth::default(), minute, SimTime(minute.0), SimTime(2 * minute.0))
        };
        let second = NANOS_PER_SEC;
        let visit = Visit {
            arrival: 10 * second,
            start: 10 * second,
            cpu_start: 10 * second,
            cpu_end: 70 * second,
            end: 80 * second,
        };
        let (mut without, mut with) = (meter(rules), meter(RULES));
        for meter in [&mut without, &mut with] {
            meter.visit(&visit);
            meter.visit(&visit);
            meter.held(&HeldVisit { at: 20 * second, visit });
            meter.retracted(&Retraction { at: 30 * second, visit, stated: ProvisionalOutcome::Served });
        }
        let (first, all) = (without.close_period(), with.close_period());
        assert_eq!(first.counted_cpu(), i128::from(60 * second));
        assert_eq!((all.counted_cpu(), all.cpu_busy), (i128::from(70 * second), first.cpu_busy));
        assert_eq!((first.occupied, first.counted_places()), (all.occupied, i128::from(60 * second)));
        let (first, all) = (without.close_period(), with.close_period());
        assert_eq!(
            (first.counted_cpu(), first.counted_places()),
            (i128::from(10 * second), i128::from(20 * second))
        );
        assert_eq!((all.cpu_busy, all.occupied), (first.cpu_busy, first.occupied));
    }

    const SHAPE: TaskShape = TaskShape {
        cpu_servers: 4,
        base_cpu: 0.0,
        boot_cpu: 0.0,
        base_memory: 100,
        memory_per_request: 10,
        memory: 1_000,
        growth: MemoryGrowth { per_hour: 0, limit: None, retained: 0.0 },
    };

    #[test]
    fn two_busy_servers_of_four_for_half_a_minute_are_a_quarter() {
        let totals = UsageTotals {
            cpu_busy: 2 * 30 * 1_000_000_000,
            reserved: 60 * u128::from(NANOS_PER_SEC),
            ..UsageTotals::default()
        };
        assert!((SHAPE.cpu(&totals).unwrap() - (2.0 * 30.0) / (4.0 * 60.0)).abs() < 1e-12);
        assert_eq!(SHAPE.cpu(&UsageTotals::default()), None);
        // 4 % of the CPU whatever happens, 60 % while it boots, which is a quarter of the time: requests have 96 % of a server.
        let shape = TaskShape { base_cpu: 0.04, boot_cpu: 0.6, ..SHAPE };
        let totals = UsageTotals { booting: 15 * u128::from(NANOS_PER_SEC), ..totals };
        let expected = 0.25 * 0.96 + 0.75 * 0.04 + 0.25 * 0.6;
        assert!((shape.cpu(&totals).unwrap() - expected).abs() < 1e-12);
    }

    /// A meter of ten minutes with one task that runs from `since` on, and whose memory changes so.
    fn aging(growth: MemoryGrowth, since: u64) -> UsageMeter {
        let minute = SimDuration(NANOS_PER_MINUTE);
        let end = SimTime(NANOS_PER_MINUTE);
        let mut meter = UsageMeter::new(RULES, growth, minute, end, SimTime(10 * NANOS_PER_MINUTE));
        meter.task_moved(&TaskMoved {
            at: SimTime(since),
            task: TaskId(0),
            revision: RevisionId(0),
            capacity: CapacityKind::Fargate,
            from: None,
            to: ReplicaStage::new(0, &[StageProperty::Running, StageProperty::InService]),
            billed_since: None,
            zone: 0,
        });
        meter
    }

    #[test]
    fn memory_grows_with_the_age_of_a_task_up_to_its_plateau() {
        // 60 B an hour are one a minute: at most two.
        let growth = MemoryGrowth { per_hour: 60, limit: Some(2), ..MemoryGrowth::default() };
        let mut meter = aging(growth, 30 * NANOS_PER_SEC);
        // Means of its 0 to 0.5, 0.5 to 1.5, 1.5 to 2.5 and later minutes: 0.25; 1; (1.75 + 2) ÷ 2; 2.
        for expected in [0.25, 1.0, (1.75 + 2.0) / 2.0, 2.0, 2.0] {
            let closed = meter.close_period();
            let mean = closed.grown / closed.reserved as f64;
            assert!((mean - expected).abs() < 1e-9, "{mean} and not {expected}");
            assert!((SHAPE.memory(&closed).unwrap() - (100.0 + expected) / 1_000.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_heap_keeps_its_share_of_the_most_requests_that_it_has_held() {
        let growth = MemoryGrowth { retained: 0.5, ..MemoryGrowth::default() };
        let mut meter = aging(growth, 0);
        let minute = i128::from(NANOS_PER_MINUTE);
        // Eight requests, then one, then none: half of eight stays, of which those in service are a part.
        for (held, memory) in [(8, 180.0), (1, 140.0), (0, 140.0)] {
            meter.used(&ResourceUse { occupied: held * minute, ..ResourceUse::default() });
            let closed = meter.close_period();
            assert!((SHAPE.memory(&closed).unwrap() * 1_000.0 - memory).abs() < 1e-6, "{held}");
        }
    }
}
