//! The data plane as flows: what arrives is a rate, what a task holds is an amount, and between two control events both
//! move in closed form. Backlogs, refusals, time-outs and CPU time are those of the fluid limit; nothing is drawn.
//!
//! Every task has a backlog of its own, as behind a load balancer that does not look at load: a new task begins empty and takes
//! nothing from the others. Tasks with equal backlogs are one group, so a service that keeps up costs the same whatever its
//! size. A step lasts until the next control event or change of slope; at most a second while a backlog moves or the rate moves
//! fast. What is left out: the waiting that chance causes below capacity. A listener may add it from the rates that a
//! [`FlowStep`] states.

use alloc::vec::Vec;

use super::fluid_queue::{Advanced, FluidQueue};
use super::residence::{Residence, stay};
use super::rounding::{DelayedAmounts, IntegerRounding, OutcomeAmounts};
use crate::facts::{DrainingUse, FlowClass, FlowStep, Probe, ResourceUse, Retraction, Visit};
use crate::replica_set::{ReplicaIndex, ReplicaSet};
use crate::serving::plan::{RequestPlan, TaskPlan};
use crate::traffic::{RateCursor, RateSegment, TrafficPlan};
use crate::units::{NANOS_PER_SEC, ServiceId};

/// Longest step while a backlog moves \[ns\].
const SHORT_STEP: u64 = NANOS_PER_SEC;
/// Change of the rate within one step that is still a long one, as a share of the capacity.
const SLOW_CHANGE: f64 = 0.02;
/// Share of late answers below which there are none.
const NEGLIGIBLE_SHARE: f64 = 1e-9;
/// Parts in which a sum over the rest of what a task holds is made.
const TRAPEZOIDS: u32 = 24;

/// Tasks in service with the same backlog, next to each other in order of entry.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Group {
    tasks: usize,
    backlog: f64,
}

/// A task that takes no new requests.
#[derive(Clone, Copy, Debug)]
struct DrainingTask {
    replica: u32,
    backlog: f64,
    /// Requests in service when it closed, and when that was.
    in_service: f64,
    since: u64,
    /// Instant at which less than half a request is left in it.
    idle_at: u64,
}

/// The state of the data plane of one service.
#[derive(Clone, Debug)]
pub struct Fluid<'p> {
    service: ServiceId,
    walk: RateCursor<'p>,
    fluid_queue: FluidQueue,
    now: u64,
    /// Slots that receive requests, in order of their entry into service.
    order: Vec<u32>,
    groups: Vec<Group>,
    closing: Vec<DrainingTask>,
    /// Slots in service, in order of entry, with whether their health checks pass.
    members: Vec<(u32, bool)>,
    /// Members whose health checks fail.
    unhealthy: usize,
    /// Members that receive nothing, and their backlogs.
    benched: Vec<(u32, f64)>,
    free_replicas: Vec<u32>,
    replicas: u32,
    /// Requests in service, without those that wait for the CPU.
    in_service: Residence,
    /// Clients who will give up, and of these those who wait for a place.
    giving_up: DelayedAmounts,
    waiting_in_vain: DelayedAmounts,
    /// Requests that will get a place too late for their clients' patience, those of them in service, and work done for
    /// them that has not been taken off what finished yet.
    late: DelayedAmounts,
    late_in_service: f64,
    wasted: f64,
    /// Requests lost with their tasks since the last step.
    failed: f64,
    account: IntegerRounding,
    classes: Vec<FlowClass>,
    /// Whether the usage of draining tasks is asked for.
    tells_leaving: bool,
}

/// Sums over the tasks of a step; amounts in requests, times in request·s.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    admitted: f64,
    rejected: f64,
    started: f64,
    backlog_time: f64,
    room_time: f64,
}

impl Sums {
    /// A task that gets nothing works off its backlog.
    fn work_off(&mut self, fluid_queue: &FluidQueue, backlog: &mut f64, span: f64) {
        if *backlog > 0.0 {
            let passed = fluid_queue.pass(*backlog, 0.0, span);
            *backlog = passed.backlog;
            self.started += passed.started;
            self.backlog_time += passed.backlog_time;
            self.room_time += passed.room_time;
        }
    }
}

impl<'p> Fluid<'p> {
    /// An empty service; `capacity` is what one task can start in a second [requests/s], `None` where nothing limits it.
    /// A `timeout` counts with its mean: the scenario refuses one that varies.
    #[must_use]
    pub fn new(
        service: ServiceId,
        traffic: &'p TrafficPlan,
        request: &RequestPlan,
        task: &TaskPlan,
        capacity: Option<f64>,
    ) -> Self {
        let fluid_queue = FluidQueue::new(request, task, capacity);
        Self {
            service,
            walk: RateCursor::new(traffic),
            in_service: Residence::new(&fluid_queue),
            fluid_queue,
            now: 0,
            order: Vec::new(),
            groups: Vec::new(),
            closing: Vec::new(),
            members: Vec::new(),
            unhealthy: 0,
            benched: Vec::new(),
            free_replicas: Vec::new(),
            replicas: 0,
            giving_up: DelayedAmounts::default(),
            waiting_in_vain: DelayedAmounts::default(),
            late: DelayedAmounts::default(),
            late_in_service: 0.0,
            wasted: 0.0,
            failed: 0.0,
            account: IntegerRounding::default(),
            classes: Vec::new(),
            tells_leaving: false,
        }
    }

    /// States what tasks on their way out use apart, in [`ResourceUse::draining`].
    #[must_use]
    pub fn telling_leaving(mut self, tells: bool) -> Self {
        self.tells_leaving = tells;
        self
    }

    /// Lets everything flow until `until` [ns since second 0].
    pub fn serve(&mut self, until: u64, probe: &mut impl Probe) {
        while self.now < until {
            let stretch = self.walk.stretch(self.now);
            let end = self.step_end(&stretch, until);
            self.step(&stretch, end, probe);
        }
        if self.failed > 0.0 {
            // What was lost at this very instant is stated at it.
            let still = RateSegment { end: until, rate: 0.0, slope: 0.0 };
            self.step(&still, self.now, probe);
        }
    }

    /// End of the step that begins now.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn step_end(&self, stretch: &RateSegment, until: u64) -> u64 {
        let end = stretch.end.min(until);
        let change = stretch.slope * (end - self.now) as f64;
        let (least, most) = (stretch.rate + change.min(0.0), stretch.rate + change.max(0.0));
        let capacity = self.fluid_queue.capacity * self.order.len() as f64;
        if capacity.is_infinite() || self.order.is_empty() {
            return end;
        }
        let is_draining = self.closing.iter().any(|task| task.backlog > 0.0)
            || self.benched.iter().any(|(_, backlog)| *backlog > 0.0);
        let is_calm = most <= capacity && self.groups.iter().all(|group| group.backlog <= 0.0);
        let max_backlog = self.fluid_queue.max_backlog();
        // Clients who give up are followed closely: what becomes of them depends on when they came.
        let is_full = least >= capacity
            && self.groups.iter().all(|group| group.backlog >= max_backlog)
            && self.fluid_queue.late_share(max_backlog / self.fluid_queue.capacity) <= NEGLIGIBLE_SHARE;
        let is_slow = change.abs() <= SLOW_CHANGE * capacity;
        if (is_calm || is_full) && is_slow && !is_draining { end } else { end.min(self.now + SHORT_STEP) }
    }

    /// One step: nothing about the service changes in it, and the rate counts with its mean.
    #[expect(clippy::cast_precision_loss, reason = "spans and amounts")]
    fn step(&mut self, stretch: &RateSegment, end: u64, probe: &mut impl Probe) {
        let (from, length) = (self.now, (end - self.now) as f64);
        let span = length / 1e9;
        let offered = ((stretch.rate + stretch.slope * length / 2.0) * span).max(0.0);
        self.classes.clear();
        let mut sums = Sums::default();
        if self.order.is_empty() {
            sums.rejected = offered;
        } else if span > 0.0 {
            self.pass_groups(offered / span / self.order.len() as f64, (from, span), &mut sums);
        }
        let draining = self.pass_closing(span, &mut sums);
        let waiting_in_vain = self.waiting_in_vain.held;
        let stayed = self.in_service.pass(sums.started, (from, end), &self.fluid_queue);
        let finished = stayed.finished;
        let kept = self.in_service.kept(span, &self.fluid_queue);
        let late = self.late.due(end);
        self.wasted += stay(&mut self.late_in_service, late, self.fluid_queue.stay, (span, kept));
        let wasted = self.wasted.min(finished);
        self.wasted -= wasted;
        self.now = end;
        let _gone = self.waiting_in_vain.due(end);
        let booked = self.account.book(&OutcomeAmounts {
            offered,
            rejected: sums.rejected,
            failed: core::mem::take(&mut self.failed),
            timed_out: self.giving_up.due(end),
            served: finished - wasted,
        });
        let step = FlowStep {
            from,
            to: end,
            offered: booked.offered,
            rejected: booked.rejected,
            failed: booked.failed,
            timed_out: booked.timed_out,
            served: booked.served,
            routed: if self.order.is_empty() { 0 } else { booked.offered },
            used: ResourceUse {
                cpu_busy: whole(sums.started * self.fluid_queue.cpu_work),
                occupied: whole((stayed.occupied + sums.backlog_time - sums.room_time) * 1e9),
                waiting: whole((sums.room_time + waiting_in_vain * span) * 1e9),
                draining,
            },
            replicas: self.order.len(),
            classes: &self.classes,
        };
        probe.flowed(self.service, &step);
    }

    /// Every task in service takes `rate` requests a second for `span` \[s\] from `from` \[ns\] on.
    #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
    fn pass_groups(&mut self, rate: f64, (from, span): (u64, f64), sums: &mut Sums) {
        let mut hot = false;
        for index in 0..self.groups.len() {
            let Group { tasks, backlog } = self.groups[index];
            let passed = self.fluid_queue.pass(backlog, rate, span);
            self.groups[index].backlog = passed.backlog;
            hot |= backlog > 0.0;
            let count = tasks as f64;
            sums.admitted += passed.admitted * count;
            sums.rejected += passed.rejected * count;
            sums.started += passed.started * count;
            sums.backlog_time += passed.backlog_time * count;
            sums.room_time += passed.room_time * count;
            self.note_class(&passed, count, rate, (from, span));
        }
        if hot {
            self.groups.dedup_by(|next, kept| {
                // Backlogs never grow from one group to the next, which entered later.
                let equal = next.backlog >= kept.backlog;
                if equal {
                    kept.tasks += next.tasks;
                }
                equal
            });
        }
    }

    /// States what the requests that `count` tasks took will go through, and notes whose clients will give up.
    fn note_class(&mut self, passed: &Advanced, count: f64, rate: f64, (from, span): (u64, f64)) {
        let per_task = self.fluid_queue.capacity * span;
        let wait = if per_task.is_finite() { passed.backlog_time / per_task } else { 0.0 };
        let room_wait = if per_task.is_finite() { passed.room_time / per_task } else { 0.0 };
        let late_share = self.fluid_queue.late_share(wait);
        let late = if late_share > NEGLIGIBLE_SHARE { passed.admitted * count * late_share } else { 0.0 };
        let in_vain = passed.gives_up * count;
        if late + in_vain > 0.0 {
            let middle = from + nanos(span / 2.0);
            let gives_up = middle + nanos(self.fluid_queue.patience);
            self.giving_up.push(gives_up, late + in_vain);
            self.waiting_in_vain.push(gives_up, in_vain);
            self.late.push(middle + nanos(wait), late);
        }
        self.classes.push(FlowClass {
            weight: passed.admitted * count - late,
            rate,
            room_wait: room_wait * 1e9,
            cpu_wait: (wait - room_wait) * 1e9,
        });
    }

    /// Tasks on their way out, and those out of the rotation, work off what they hold. Returns what the former use.
    fn pass_closing(&mut self, span: f64, sums: &mut Sums) -> DrainingUse {
        let before = *sums;
        for task in &mut self.closing {
            sums.work_off(&self.fluid_queue, &mut task.backlog, span);
        }
        let started = sums.started - before.started;
        let backlog_time = (sums.backlog_time - before.backlog_time) - (sums.room_time - before.room_time);
        for (_, backlog) in &mut self.benched {
            sums.work_off(&self.fluid_queue, backlog, span);
        }
        if self.closing.is_empty() || !self.tells_leaving {
            return DrainingUse::default();
        }
        let in_service: f64 = self.closing.iter().map(|task| self.served_while_closing(task, span)).sum();
        DrainingUse {
            cpu_busy: whole(started * self.fluid_queue.cpu_work),
            occupied: whole((in_service + backlog_time) * 1e9),
        }
    }

    /// Integral over the next `span` \[s\] of what is in service of a task that is closing [request·s], by trapezoids that are
    /// shorter where it changes faster: at their beginning.
    #[expect(clippy::cast_precision_loss, reason = "ages")]
    fn served_while_closing(&self, task: &DrainingTask, span: f64) -> f64 {
        let age = (self.now - task.since) as f64;
        let point = |part: u32| {
            let share = f64::from(part) / f64::from(TRAPEZOIDS);
            let later = span * share * share * share;
            (later, self.fluid_queue.service.lasts_beyond(age + later * 1e9))
        };
        let (mut last, mut sum) = (point(0), 0.0);
        for part in 1..=TRAPEZOIDS {
            let next = point(part);
            sum += (last.1 + next.1) / 2.0 * (next.0 - last.0);
            last = next;
        }
        task.in_service * sum
    }

    /// Requests in service in the tasks that are closing.
    #[expect(clippy::cast_precision_loss, reason = "an age")]
    fn in_service_of_closing(&self) -> f64 {
        let left = |task: &DrainingTask| {
            task.in_service * self.fluid_queue.service.lasts_beyond((self.now - task.since) as f64)
        };
        self.closing.iter().map(left).sum()
    }

    /// The backlog of a replica that receives requests.
    fn backlog_of(&self, replica: u32) -> Option<f64> {
        let position = self.order.iter().position(|other| *other == replica)?;
        let mut first = 0;
        self.groups.iter().find_map(|group| {
            first += group.tasks;
            (position < first).then_some(group.backlog)
        })
    }

    /// Takes the task at `position` of the order out of it; returns its backlog.
    fn take_out(&mut self, position: usize) -> f64 {
        self.order.remove(position);
        let mut first = 0;
        for index in 0..self.groups.len() {
            first += self.groups[index].tasks;
            if position < first {
                let backlog = self.groups[index].backlog;
                self.groups[index].tasks -= 1;
                if self.groups[index].tasks == 0 {
                    self.groups.remove(index);
                }
                return backlog;
            }
        }
        0.0
    }

    /// Puts a task with `backlog` into the order: before those with less, since backlogs never grow along it.
    fn put_in(&mut self, replica: u32, backlog: f64) {
        let index = self.groups.partition_point(|group| group.backlog >= backlog);
        let position: usize = self.groups[..index].iter().map(|group| group.tasks).sum();
        self.order.insert(position, replica);
        match index.checked_sub(1).and_then(|before| self.groups.get_mut(before)) {
            Some(group) if group.backlog <= backlog => group.tasks += 1,
            _ => self.groups.insert(index, Group { tasks: 1, backlog }),
        }
    }

    /// Lets those receive requests that should: the healthy members, or all of them when none is.
    fn rotate(&mut self) {
        if self.unhealthy == 0 && self.benched.is_empty() {
            return;
        }
        let fails_open = self.members.iter().all(|(_, is_healthy)| !is_healthy);
        for index in 0..self.members.len() {
            let (replica, is_healthy) = self.members[index];
            let position = self.order.iter().position(|other| *other == replica);
            let bench = self.benched.iter().position(|(other, _)| *other == replica);
            match (is_healthy || fails_open, position, bench) {
                (false, Some(position), _) => {
                    let backlog = self.take_out(position);
                    self.benched.push((replica, backlog));
                }
                (true, None, Some(bench)) => {
                    let (_, backlog) = self.benched.remove(bench);
                    self.put_in(replica, backlog);
                }
                _ => {}
            }
        }
    }

    /// Time until less than half of `amount` requests in service is left \[ns\].
    fn until_idle(&self, amount: f64) -> f64 {
        let longest = self.fluid_queue.service.longest();
        if amount <= 0.5 {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, longest);
        for _ in 0..24 {
            let middle = (low + high) / 2.0;
            if amount * self.fluid_queue.service.lasts_beyond(middle) < 0.5 {
                high = middle
            } else {
                low = middle
            }
        }
        high
    }
}

impl Fluid<'_> {
    /// Requests in backlogs that arrived within [from, to) [ns since second 0], as far as the rate of now was that of then: a
    /// backlog is first come first served, so the last `now − to` of arrivals are its end.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of requests"
    )]
    pub fn in_flight_of(&self, from: u64, to: u64) -> u64 {
        if from >= to || self.fluid_queue.capacity.is_infinite() {
            return 0;
        }
        let offered = self.walk.clone().stretch(self.now.saturating_sub(1)).rate;
        let rate = (offered / self.order.len().max(1) as f64).min(self.most_admitted());
        let fresh = rate * self.now.saturating_sub(to) as f64 / 1e9;
        let old = |tasks: f64, backlog: f64| tasks * (backlog - fresh).max(0.0);
        let receiving: f64 = self.groups.iter().map(|group| old(group.tasks as f64, group.backlog)).sum();
        let benched: f64 = self.benched.iter().map(|(_, backlog)| old(1.0, *backlog)).sum();
        libm::round(receiving + benched) as u64
    }

    /// Requests a second that a task with a full backlog takes: what it starts, where a bounded waiting queue refuses the rest.
    fn most_admitted(&self) -> f64 {
        let is_full =
            self.groups.iter().any(|group| group.backlog >= self.fluid_queue.max_backlog() * (1.0 - 1e-9));
        if self.fluid_queue.refuses() && is_full { self.fluid_queue.capacity } else { f64::INFINITY }
    }
}

impl ReplicaSet for Fluid<'_> {
    fn add(&mut self) -> ReplicaIndex {
        let replica = self.free_replicas.pop().unwrap_or_else(|| {
            self.replicas += 1;
            self.replicas - 1
        });
        self.put_in(replica, 0.0);
        self.members.push((replica, true));
        self.rotate();
        ReplicaIndex(replica)
    }

    #[expect(clippy::cast_precision_loss, reason = "a number of tasks")]
    fn drain(&mut self, replica: ReplicaIndex) -> u64 {
        if !self.members.iter().any(|(other, _)| *other == replica.0) {
            return 0;
        }
        let serving = (self.in_service.content() - self.in_service_of_closing()).max(0.0);
        let in_service = serving / self.members.len() as f64;
        self.members.retain(|(other, _)| *other != replica.0);
        self.unhealthy = self.members.iter().filter(|(_, is_healthy)| !is_healthy).count();
        let backlog = match self.order.iter().position(|other| *other == replica.0) {
            Some(position) => self.take_out(position),
            None => {
                let bench = self.benched.iter().position(|(other, _)| *other == replica.0);
                bench.map_or(0.0, |bench| self.benched.remove(bench).1)
            }
        };
        self.rotate();
        let work = if backlog > 0.0 { backlog / self.fluid_queue.capacity } else { 0.0 };
        let last =
            if backlog > 0.0 { backlog.min(self.fluid_queue.capacity * self.fluid_queue.stay) } else { 0.0 };
        let idle_at = self.now + nanos(work) + nanos(self.until_idle(in_service.max(last)) / 1e9);
        self.closing.push(DrainingTask { replica: replica.0, backlog, in_service, since: self.now, idle_at });
        if idle_at > self.now { idle_at } else { 0 }
    }

    #[expect(clippy::cast_precision_loss, reason = "an age")]
    fn kill(&mut self, replica: ReplicaIndex, at: u64, _report: impl FnMut(&Retraction)) {
        let Some(task) = self.closing.iter_mut().find(|task| task.replica == replica.0) else { return };
        if at < task.idle_at {
            let left = self.fluid_queue.service.lasts_beyond((at.saturating_sub(task.since)) as f64);
            let lost = (task.in_service * left).min(self.in_service.content());
            self.in_service.lose(lost);
            self.failed += lost + task.backlog;
        }
        (task.backlog, task.in_service) = (0.0, 0.0);
    }

    fn release(&mut self, replica: ReplicaIndex) {
        self.closing.retain(|task| task.replica != replica.0);
        self.free_replicas.push(replica.0);
    }

    fn drained_at(&self, _replica: ReplicaIndex) -> Option<u64> {
        None
    }

    /// Reports nothing: the usage of draining replicas is told apart in each step.
    fn held(&self, _replica: ReplicaIndex, _at: u64, _report: impl FnMut(&Visit)) {}

    /// A service with faults cannot flow.
    fn hang(&mut self, _replica: ReplicaIndex, _at: u64) {}

    fn resume(&mut self, _replica: ReplicaIndex, _at: u64) {}

    fn scale_wait_times(&mut self, _at: u64, _factor: f64) {}

    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool) {
        for member in self.members.iter_mut().filter(|(other, was)| *other == replica.0 && *was != is_healthy)
        {
            member.1 = is_healthy;
            if is_healthy { self.unhealthy -= 1 } else { self.unhealthy += 1 }
        }
        self.rotate();
    }

    /// A task whose backlog stands at its brim refuses the share of its requests that it cannot start, which counts as all.
    fn wait(&mut self, replica: ReplicaIndex, _now: u64) -> Option<u64> {
        let benched = self.benched.iter().find(|(other, _)| *other == replica.0).map(|(_, backlog)| *backlog);
        let backlog = benched.or_else(|| self.backlog_of(replica.0)).unwrap_or(0.0);
        if backlog <= 0.0 || self.fluid_queue.capacity.is_infinite() {
            return Some(0);
        }
        let is_full = self.fluid_queue.refuses() && backlog >= self.fluid_queue.max_backlog() * (1.0 - 1e-9);
        (!is_full).then(|| nanos(backlog / self.fluid_queue.capacity))
    }
}

/// Seconds as whole nanoseconds; more than a century becomes a century.
fn nanos(seconds: f64) -> u64 {
    crate::units::SimDuration::from_nanos_f64(seconds * 1e9).0
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
fn whole(value: f64) -> i128 {
    libm::round(value) as i128
}
