//! The event path: every request as a job that leaves when it leaves, for plans in which a start or a route depends on the
//! departures of others.
//!
//! Order at one instant: what ends gives way, then clients lose patience, then those who try again arrive, then new
//! requests. A plan that the fast path can serve has the same facts here to the nanosecond, because arrivals, demands and
//! routes come from the same streams and ties are broken alike. Outcomes are stated when they happen, and what was used
//! is stated as integrals over the time between control events, never ahead.
//!
//! Cost: one entry of a slab, one timer in a heap of its task, and a tree of minima over tasks that most changes leave alone.
//! Nothing is allocated for a request once the slab has grown.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::arrival_buffer::ArrivalBuffer;
use super::completions::CompletionBuffer;
use super::retries::{Deadlines, Retries};
use super::router::Router;
use super::server_params::ServerParams;
use super::slab::{AttemptDemand, JobStage};
use super::task_server::{ServerPool, StepResult, TaskServer};
use super::timers::Earliest;
use crate::facts::{
    Attempt, Outcome, Pace, Probe, Rejection, RequestBatch, RequestKey, ResourceUse, Retraction, Visit,
};
use crate::random::{Purpose, Streams};
use crate::replica_set::{Incident, ReplicaIndex, ReplicaSet};
use crate::serving::plan::{RequestPlan, RoutingPlan, TaskPlan, WarmUpPlan};
use crate::traffic::ArrivalStream;
use crate::units::ServiceId;

/// Attempts, or retries, that are stated at once.
const TOLD_AT_ONCE: usize = 128;

/// Parameters of the event path of one service.
#[derive(Clone, Copy, Debug)]
pub struct EventPathParts<'a> {
    /// The service.
    pub service: ServiceId,
    /// Plan of its requests.
    pub request: &'a RequestPlan,
    /// Plan of its tasks.
    pub task: &'a TaskPlan,
    /// Warm-up of a new task.
    pub warm_up: Option<WarmUpPlan>,
    /// Routing of its requests to tasks.
    pub routing: RoutingPlan,
    /// The service's name, part of the key of its streams.
    pub name: &'a str,
    /// The source of its streams.
    pub streams: Streams,
}

/// Bounds of an advance of the plane [ns since second 0].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Departures and time-outs up to this instant happen.
    pub ends_through: u64,
    /// Arrivals before this instant happen.
    pub arrivals_before: u64,
}

impl Reach {
    /// Everything that comes before a control event at `at`.
    #[must_use]
    pub const fn before(at: u64) -> Self {
        Self { ends_through: at, arrivals_before: at }
    }
}

/// The state of the data plane of one service on the event path.
#[derive(Clone, Debug)]
pub struct EventPath<'p> {
    service: ServiceId,
    arrival_buffer: ArrivalBuffer<'p>,
    router: Router,
    retries: Retries,
    deadlines: Deadlines,
    has_patience: bool,
    task_servers: Vec<TaskServer>,
    due: Earliest,
    server_pool: ServerPool,
    free_replicas: Vec<u32>,
    completions: Box<CompletionBuffer>,
    /// Requests by class, and attempts sent to tasks, since they were stated last.
    offered: Vec<u64>,
    routed: u64,
    /// Attempts without an answer and those that are answered in vain, and retries, since they were stated last.
    attempts: Vec<Attempt>,
    retried: Vec<RequestKey>,
    /// Retries since the plane asked last whether to go on.
    unasked: u64,
    now: u64,
    has_begun: bool,
}

impl<'p> EventPath<'p> {
    /// A service without tasks.
    #[must_use]
    pub fn new(arrivals: ArrivalStream<'p>, parts: &EventPathParts<'_>) -> Self {
        let (request, name) = (parts.request, parts.name);
        let has_patience =
            request.timeout.is_some() || request.classes.iter().any(|class| class.timeout.is_some());
        let params =
            ServerParams::new(parts.task, request.needs_cpu(), request.cancel_timed_out, parts.warm_up);
        let stream = |purpose| parts.streams.stream(purpose, name);
        Self {
            service: parts.service,
            arrival_buffer: ArrivalBuffer::new(arrivals, request, parts.task, parts.streams, name),
            router: Router::new(&parts.routing, stream(Purpose::ROUTING)),
            retries: Retries::new(request.retry.clone(), stream(Purpose::BACKOFF)),
            deadlines: Deadlines::default(),
            has_patience,
            task_servers: Vec::new(),
            due: Earliest::new(),
            server_pool: ServerPool::new(params),
            free_replicas: Vec::new(),
            completions: Box::new(CompletionBuffer::new()),
            offered: alloc::vec![0; request.classes.len().max(1)],
            routed: 0,
            attempts: Vec::new(),
            retried: Vec::new(),
            unasked: 0,
            now: 0,
            has_begun: false,
        }
    }

    /// Lets everything happen that comes before a control event at `until` [ns since second 0]: departures and time-outs
    /// up to that instant, arrivals before it. Stops where a task's memory is exceeded.
    pub fn serve(&mut self, until: u64, probe: &mut (impl Probe + Pace)) -> Option<Incident> {
        let incident = self.advance(Reach::before(until), probe);
        self.state_until(incident.map_or(until, |incident| incident.at), probe);
        incident
    }

    /// The same as far as `reach`, without stating what was used: for services that are served together, step by step.
    #[inline]
    pub fn advance(&mut self, reach: Reach, probe: &mut (impl Probe + Pace)) -> Option<Incident> {
        self.has_begun = true;
        self.run(reach, probe)
    }

    /// Instant of what happens next before `until` [ns since second 0]; `u64::MAX`: nothing does; 0: the run is not to go on.
    pub fn next_at(&mut self, until: u64, probe: &mut (impl Probe + Pace)) -> u64 {
        let arrival = self.next_arrival(until, probe);
        let patience = if self.has_patience { self.deadlines.first() } else { u64::MAX };
        let again = Some(self.retries.first()).filter(|at| *at < until).unwrap_or(u64::MAX);
        self.due.first().min(patience).min(again).min(arrival)
    }

    #[inline]
    fn next_arrival(&mut self, until: u64, pace: &mut impl Pace) -> u64 {
        self.arrival_buffer.first(until, |at| {
            let held = (self.server_pool.jobs.len() + self.retries.len()) as u64;
            self.deadlines.forget(&self.server_pool.jobs);
            pace.goes_on(at, held, core::mem::take(&mut self.unasked))
        })
    }

    /// States what has happened, and what was used, up to `at` [ns since second 0].
    pub fn state_until(&mut self, at: u64, probe: &mut impl Probe) {
        self.now = at.max(self.now);
        let (used, offered) = (self.server_pool.take_usage(self.now), self.offered.iter().sum());
        let classes = core::mem::take(&mut self.offered);
        let more = RequestBatch {
            offered,
            offered_by_class: &classes,
            routed: core::mem::take(&mut self.routed),
            measured: Some(used),
            ..RequestBatch::default()
        };
        self.state(more, probe);
        self.offered = classes;
        self.offered.fill(0);
    }

    /// States what has happened since it did last, and `more`.
    fn state(&mut self, more: RequestBatch<'_>, probe: &mut impl Probe) {
        let (mut served, mut first, mut class) = (None, None, None);
        if let Some((visits, firsts, classes)) = self.completions.take() {
            (served, first, class) = (Some(visits), Some(firsts), Some(classes));
        }
        let batch = RequestBatch {
            retried: &self.retried,
            served,
            first,
            class,
            attempts: &self.attempts,
            measured: Some(more.measured.unwrap_or_default()),
            is_final: true,
            ..more
        };
        probe.requests(self.service, &batch);
        self.retried.clear();
        self.attempts.clear();
    }

    /// Tells an attempt by itself; states what there is when it has become much.
    #[cold]
    fn tell(&mut self, attempt: Attempt, probe: &mut impl Probe) {
        self.attempts.push(attempt);
        if self.attempts.len() >= TOLD_AT_ONCE {
            let batch = RequestBatch {
                retried: &self.retried,
                attempts: &self.attempts,
                measured: Some(ResourceUse::default()),
                is_final: true,
                ..RequestBatch::default()
            };
            probe.requests(self.service, &batch);
            self.retried.clear();
            self.attempts.clear();
        }
    }

    /// States the retries since they were stated last.
    #[cold]
    fn state_retries(&mut self, probe: &mut impl Probe) {
        let batch = RequestBatch {
            retried: &self.retried,
            measured: Some(ResourceUse::default()),
            is_final: true,
            ..RequestBatch::default()
        };
        probe.requests(self.service, &batch);
        self.retried.clear();
    }

    /// Whether the plane goes on at `at`.
    fn goes_on(&mut self, at: u64, pace: &mut impl Pace) -> bool {
        let held = (self.server_pool.jobs.len() + self.retries.len()) as u64;
        pace.goes_on(at, held, core::mem::take(&mut self.unasked))
    }

    fn run(&mut self, reach: Reach, probe: &mut (impl Probe + Pace)) -> Option<Incident> {
        loop {
            let departure = self.due.first();
            let arrival = self.next_arrival(reach.arrivals_before, probe);
            let again = self.retries.first();
            let patience = if self.has_patience { self.deadlines.first() } else { u64::MAX };
            if departure <= patience.min(again).min(arrival) {
                if departure > reach.ends_through {
                    return None;
                }
                if let Some(incident) = self.depart(departure, probe) {
                    return Some(incident);
                }
            } else if patience <= again.min(arrival) {
                if patience > reach.ends_through {
                    return None;
                }
                self.lose_patience(probe);
            } else if again <= arrival {
                if again >= reach.arrivals_before {
                    return None;
                }
                if !self.goes_on(again, probe) {
                    return None;
                }
                self.arrive_again(again, probe);
            } else {
                let demand = self.arrival_buffer.pop()?;
                self.offered[demand.key.class as usize] += 1;
                self.retries.first_attempt();
                self.arrive(arrival, &demand, probe);
            }
        }
    }

    #[inline]
    fn depart(&mut self, now: u64, probe: &mut impl Probe) -> Option<Incident> {
        let index = self.due.first_task();
        let task_server = &mut self.task_servers[index];
        let fired = task_server.fire(&mut self.server_pool, now);
        task_server.follow(&mut self.server_pool, now);
        self.due.set(index, task_server.due());
        match fired {
            StepResult::Nothing => {}
            StepResult::Left(id) => {
                let job = self.server_pool.jobs.get(id);
                let replica = job.replica;
                if job.abandoned {
                    let (key, visit) = (job.demand.key, job.visit(now));
                    let wasted = Attempt { key, visit, at: now, outcome: Outcome::Wasted, will_retry: false };
                    self.tell(wasted, probe);
                } else {
                    self.completions.push(job, now);
                    if self.completions.is_full() {
                        self.state(RequestBatch::default(), probe);
                    }
                }
                self.server_pool.jobs.remove(id);
                self.router.load_changed(replica, self.task_servers[index].outstanding());
            }
            StepResult::OutOfMemory => {
                #[expect(clippy::cast_possible_truncation, reason = "at most a few thousand tasks")]
                let replica = ReplicaIndex(index as u32);
                return Some(Incident { at: now, replica });
            }
        }
        None
    }

    #[inline(never)]
    fn arrive_again(&mut self, now: u64, probe: &mut impl Probe) {
        let Some(demand) = self.retries.pop() else { return };
        self.retried.push(demand.key);
        self.unasked += 1;
        if self.retried.len() >= TOLD_AT_ONCE {
            self.state_retries(probe);
        }
        self.arrive(now, &demand, probe);
    }

    #[inline]
    fn arrive(&mut self, now: u64, demand: &AttemptDemand, probe: &mut impl Probe) {
        let Some(replica) = self.router.route(now) else {
            return self.reject(now, demand, Rejection::NoTarget, probe);
        };
        self.routed += 1;
        let index = replica as usize;
        let task_server = &mut self.task_servers[index];
        if !task_server.can_admit(&self.server_pool.params) {
            return self.reject(now, demand, Rejection::QueueFull, probe);
        }
        let id = self.server_pool.jobs.allocate(demand, now, replica);
        task_server.arrive(&mut self.server_pool, now, id);
        self.due.set(index, task_server.due());
        self.router.load_changed(replica, task_server.outstanding());
        if self.has_patience {
            let serial = self.server_pool.jobs.get(id).serial;
            self.deadlines.push(now.saturating_add(demand.patience), serial, id);
        }
    }

    #[cold]
    fn reject(&mut self, now: u64, demand: &AttemptDemand, why: Rejection, probe: &mut impl Probe) {
        let (key, will_retry) = (demand.key, self.retries.failed(demand, now));
        let (visit, outcome) = (Visit::waiting(now, now), Outcome::Rejected(why));
        self.tell(Attempt { key, visit, at: now, outcome, will_retry }, probe);
    }

    /// The next client loses patience, unless its attempt is over.
    fn lose_patience(&mut self, probe: &mut impl Probe) {
        let Some((now, serial, id)) = self.deadlines.pop() else { return };
        let job = self.server_pool.jobs.get_mut(id);
        if job.serial != serial {
            return;
        }
        let is_waiting = job.stage == JobStage::Waiting;
        job.abandoned = true;
        let job = *job;
        let (key, will_retry) = (job.demand.key, self.retries.failed(&job.demand, now));
        let outcome = if is_waiting { Outcome::TimedOutWaiting } else { Outcome::TimedOutInService };
        self.tell(Attempt { key, visit: job.visit_until(now), at: now, outcome, will_retry }, probe);
        if is_waiting || self.server_pool.params.cancels {
            let task_server = &mut self.task_servers[job.replica as usize];
            task_server.withdraw(&mut self.server_pool, now, id);
            self.server_pool.jobs.remove(id);
            self.due.set(job.replica as usize, task_server.due());
            self.router.load_changed(job.replica, task_server.outstanding());
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most a few thousand tasks")]
    fn grow(&mut self) -> u32 {
        let replica = self.task_servers.len();
        self.task_servers.push(TaskServer::new(&self.server_pool.params));
        self.due.cover(replica);
        replica as u32
    }

    /// Requests in flight whose first attempt arrived within [from, to) [ns since second 0], in a task or waiting to try again.
    #[must_use]
    pub fn in_flight_of(&self, from: u64, to: u64) -> u64 {
        let held = self.server_pool.jobs.iter().filter(|job| !job.abandoned).map(|job| &job.demand);
        let demands = held.chain(self.retries.waiting());
        demands.filter(|demand| (from..to).contains(&demand.key.first)).count() as u64
    }

    /// Requests that have a task, waiting or in a place.
    #[must_use]
    pub fn outstanding(&self, replica: ReplicaIndex) -> u32 {
        self.task_servers[replica.0 as usize].outstanding()
    }
}

impl ReplicaSet for EventPath<'_> {
    /// A task that enters before second 0 has passed is warm: it neither warms up nor starts slowly.
    fn add(&mut self) -> ReplicaIndex {
        let replica = self.free_replicas.pop().unwrap_or_else(|| self.grow());
        self.task_servers[replica as usize].enter(&self.server_pool.params, self.now, self.has_begun);
        self.due.set(replica as usize, self.task_servers[replica as usize].due());
        self.router.enter(replica, self.now, self.has_begun);
        ReplicaIndex(replica)
    }

    fn drain(&mut self, replica: ReplicaIndex) -> u64 {
        let task_servers = &self.task_servers;
        self.router.close(replica.0, |other| task_servers[other as usize].outstanding());
        self.task_servers[replica.0 as usize].close(&mut self.server_pool, self.now);
        self.task_servers[replica.0 as usize].empty_at(&self.server_pool, self.now)
    }

    fn drained_at(&self, replica: ReplicaIndex) -> Option<u64> {
        Some(self.task_servers[replica.0 as usize].empty_at(&self.server_pool, self.now))
    }

    /// Attempts that die are stated when the service is served next, which is before anything reads them: losses are
    /// not reported here.
    fn kill(&mut self, replica: ReplicaIndex, at: u64, _report: impl FnMut(&Retraction)) {
        let index = replica.0 as usize;
        for id in self.task_servers[index].clear(&mut self.server_pool, at) {
            let job = *self.server_pool.jobs.get(id);
            self.server_pool.jobs.remove(id);
            if job.abandoned {
                continue;
            }
            let will_retry = self.retries.failed(&job.demand, at);
            self.attempts.push(Attempt {
                key: job.demand.key,
                visit: job.visit_until(at),
                at,
                outcome: Outcome::Failed,
                will_retry,
            });
        }
        self.due.set(index, self.task_servers[index].due());
        self.router.load_changed(replica.0, 0);
    }

    fn release(&mut self, replica: ReplicaIndex) {
        self.free_replicas.push(replica.0);
    }

    fn hang(&mut self, replica: ReplicaIndex, at: u64) {
        let task_server = &mut self.task_servers[replica.0 as usize];
        task_server.hang(&mut self.server_pool, at);
        self.due.set(replica.0 as usize, task_server.due());
    }

    fn resume(&mut self, replica: ReplicaIndex, at: u64) {
        let task_server = &mut self.task_servers[replica.0 as usize];
        task_server.resume(&mut self.server_pool, at);
        self.due.set(replica.0 as usize, task_server.due());
    }

    fn wait(&mut self, replica: ReplicaIndex, now: u64) -> Option<u64> {
        self.task_servers[replica.0 as usize].wait(&self.server_pool, now)
    }

    /// Reports nothing: the usage of draining replicas is measured apart.
    fn held(&self, _replica: ReplicaIndex, _at: u64, _report: impl FnMut(&Visit)) {}

    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool) {
        let (task_servers, now) = (&self.task_servers, self.now);
        self.router
            .set_healthy(replica.0, is_healthy, now, |other| task_servers[other as usize].outstanding());
    }

    fn scale_wait_times(&mut self, _at: u64, factor: f64) {
        let is_one = (factor - 1.0).abs() < f64::EPSILON;
        self.server_pool.wait_factor = (!is_one).then_some(factor);
    }
}

#[cfg(test)]
mod tests;
