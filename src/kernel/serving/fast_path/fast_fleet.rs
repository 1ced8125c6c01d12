//! The tasks of one service on the fast path and the requests they hold, in arrays by replica index, small enough for the
//! first-level cache.
//!
//! A replica index is a task's position in the arrays; it is used again when its task is gone. Between two control events the
//! membership does not change, and [`FastFleet::serve`] replays every arrival in one batch.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::free_times::{FreeTimes, Heap, NEVER_FREE, Sorted, Unlimited};
use super::waiting_queue::WaitingQueue;
use crate::facts::{ProvisionalOutcome, Retraction, Visit};
use crate::random::Rng;
use crate::replica_set::{ReplicaIndex, ReplicaSet};
use crate::serving::plan::{Routing, RoutingPlan, TaskPlan};
use crate::serving::routing::load_aware::LoadAwareRouting;
use crate::serving::routing::rotation::{Rotation, Turnout};
use crate::units::{ServiceId, SimDuration};

/// Kept visits below which those that are over are not counted.
const LOOK_AT: usize = 1 << 17;

/// A visit that could outlive its task, with the instant at which its client gives up \[ns\].
#[derive(Clone, Copy, Debug)]
pub(super) struct RevocableVisit {
    pub(super) visit: Visit,
    pub(super) gives_up: u64,
}

impl RevocableVisit {
    /// A visit whose client does not give up.
    pub(super) const NEVER: u64 = u64::MAX;

    /// Outcome that was stated of the visit: a client that gives up before the start never got a place.
    fn stated(&self) -> ProvisionalOutcome {
        if self.gives_up == Self::NEVER {
            ProvisionalOutcome::Served
        } else if self.gives_up < self.visit.start {
            ProvisionalOutcome::TimedOutWaiting(self.gives_up)
        } else {
            ProvisionalOutcome::TimedOutInService(self.gives_up)
        }
    }

    /// Instant at which the request leaves the task for good \[ns\].
    fn leaves(&self) -> u64 {
        if self.gives_up < self.visit.start { self.gives_up } else { self.visit.end }
    }
}

/// Layout of the places of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Unlimited,
    Four,
    Sixteen,
    Heap,
}

/// Service of CPU work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cpu {
    /// A request with a place has a CPU server at once: there are as many as places, or no work.
    Direct,
    /// One server.
    One,
    /// Several servers.
    Many,
}

/// The state of the data plane of one service.
#[derive(Clone, Debug)]
pub struct FastFleet {
    pub(super) service: ServiceId,
    pub(super) layout: Layout,
    pub(super) cpu: Cpu,
    place_count: usize,
    pub(super) place_cells: usize,
    pub(super) server_cells: usize,
    /// Instants at which places fall free \[ns\], `place_cells` a replica.
    pub(super) places: Vec<u64>,
    /// Instants at which CPU servers fall free \[ns\], `server_cells` a replica.
    pub(super) servers: Vec<u64>,
    /// Waiting queues, used when they are bounded.
    pub(super) waiting_queues: Vec<WaitingQueue>,
    /// Requests that may wait in one task; `usize::MAX`: no bound.
    pub(super) queue_capacity: usize,
    pub(super) has_patience: bool,
    /// Visits longer than this could be cut short by a kill \[ns\].
    pub(super) revocable_after: u64,
    pub(super) outstanding: Vec<Vec<RevocableVisit>>,
    /// Visits kept in all, some of which may be over, and how many of them make it worth while to look.
    kept: usize,
    look_at: usize,
    pub(super) rotation: Rotation,
    pub(super) routing: Routing,
    pub(super) routing_rng: Rng,
    /// Routing by what the tasks hold; `None`: the routing does not look at it.
    pub(super) balance: Option<Box<LoadAwareRouting>>,
    free_replicas: Vec<u32>,
    /// Instant up to which arrivals were replayed \[ns\].
    pub(super) now: u64,
}

impl FastFleet {
    /// An empty fleet. A visit can outlive its task only if it is longer than `keep_beyond`, the time a stopping
    /// task has to finish.
    #[must_use]
    pub fn new(
        service: ServiceId,
        task: &TaskPlan,
        has_cpu_work: bool,
        has_patience: bool,
        (routing, routing_rng): (RoutingPlan, Rng),
        revocable_after: SimDuration,
    ) -> Self {
        let place_count = task.concurrency.unwrap_or(0) as usize;
        let server_count = task.cpu_servers() as usize;
        let layout = match place_count {
            0 => Layout::Unlimited,
            1..=4 => Layout::Four,
            5..=16 => Layout::Sixteen,
            _ => Layout::Heap,
        };
        let cpu = match server_count {
            _ if !has_cpu_work => Cpu::Direct,
            servers if place_count != 0 && servers >= place_count => Cpu::Direct,
            1 => Cpu::One,
            _ => Cpu::Many,
        };
        let place_cells = match layout {
            Layout::Unlimited => Unlimited::cells(place_count),
            Layout::Four => Sorted::<4>::cells(place_count),
            Layout::Sixteen => Sorted::<16>::cells(place_count),
            Layout::Heap => Heap::cells(place_count),
        };
        Self {
            service,
            layout,
            cpu,
            place_count: place_count.max(1),
            place_cells,
            server_cells: if cpu == Cpu::Direct { 0 } else { server_count },
            places: Vec::new(),
            servers: Vec::new(),
            waiting_queues: Vec::new(),
            queue_capacity: task.queue.map_or(usize::MAX, |queue| queue as usize),
            has_patience,
            revocable_after: revocable_after.0,
            outstanding: Vec::new(),
            kept: 0,
            look_at: LOOK_AT,
            rotation: Rotation::new(routing.nodes),
            balance: LoadAwareRouting::of(routing.algorithm, &routing_rng).map(Box::new),
            routing: routing.algorithm,
            routing_rng,
            free_replicas: Vec::new(),
            now: 0,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most a few thousand tasks")]
    fn grow(&mut self) -> u32 {
        let replica = self.waiting_queues.len() as u32;
        self.places.resize(self.places.len() + self.place_cells, NEVER_FREE);
        self.servers.resize(self.servers.len() + self.server_cells, 0);
        self.waiting_queues.push(WaitingQueue::default());
        self.outstanding.push(Vec::new());
        replica
    }

    /// Follows a change of the rotation where the load balancer looks at loads: those that left the rotation get nothing, and
    /// those that came back are known again by what they hold.
    fn rebalance(&mut self, turnout: &Turnout) {
        if let Some(balance) = &mut self.balance {
            balance.rotate(turnout, self.now);
        }
    }

    /// Keeps a visit that could outlive its task. A list that is full first forgets what has ended, and grows only where
    /// more than half of it is left.
    #[cold]
    #[inline(never)]
    pub(super) fn keep(&mut self, index: usize, held: RevocableVisit) {
        let list = &mut self.outstanding[index];
        if list.len() == list.capacity() {
            let now = held.visit.arrival;
            list.retain(|held| held.leaves() > now);
            self.kept -= list.capacity() - list.len();
            if list.len() * 2 > list.capacity() {
                list.reserve(list.len());
            }
        }
        list.push(held);
        self.kept += 1;
    }

    /// Visits kept at `now` \[ns\] that are not over, or an upper bound while they are few.
    #[inline]
    pub(super) fn kept_at(&mut self, now: u64) -> u64 {
        if self.kept > self.look_at {
            self.forget_before(now);
            // A look costs as much as there is kept: the next one is due when a quarter has come to it.
            self.look_at = LOOK_AT.max(self.kept + self.kept / 4);
        }
        self.kept as u64
    }

    /// Forgets visits that ended before `now` \[ns\]; called now and then so that the lists stay short.
    pub fn forget_before(&mut self, now: u64) {
        for held in &mut self.outstanding {
            if !held.is_empty() {
                held.retain(|held| held.leaves() > now);
            }
        }
        self.kept = self.outstanding.iter().map(Vec::len).sum();
    }
}

impl ReplicaSet for FastFleet {
    fn add(&mut self) -> ReplicaIndex {
        let replica = self.free_replicas.pop().unwrap_or_else(|| self.grow());
        let index = replica as usize;
        let cells = &mut self.places[index * self.place_cells..][..self.place_cells];
        cells.fill(NEVER_FREE);
        cells[..self.place_count].fill(0);
        self.servers[index * self.server_cells..][..self.server_cells].fill(0);
        self.waiting_queues[index].clear();
        self.kept -= self.outstanding[index].len();
        self.outstanding[index].clear();
        if let Some(balance) = &mut self.balance {
            balance.enter(replica);
        }
        let turnout = self.rotation.enter(replica);
        self.rebalance(&turnout);
        ReplicaIndex(replica)
    }

    fn drain(&mut self, replica: ReplicaIndex) -> u64 {
        let turnout = self.rotation.leave(replica.0);
        self.rebalance(&turnout);
        let index = replica.0 as usize;
        let cells = &self.places[index * self.place_cells..][..self.place_cells];
        let places = cells.iter().copied().filter(|at| *at != NEVER_FREE).max().unwrap_or(0);
        let room = self.waiting_queues[index].last();
        let held = self.outstanding[index].iter().map(RevocableVisit::leaves).max().unwrap_or(0);
        places.max(room).max(held)
    }

    fn held(&self, replica: ReplicaIndex, at: u64, mut report: impl FnMut(&Visit)) {
        let gets_in = |held: &&RevocableVisit| held.gives_up >= held.visit.start && held.visit.end > at;
        self.outstanding[replica.0 as usize].iter().filter(gets_in).for_each(|held| report(&held.visit));
    }

    fn kill(&mut self, replica: ReplicaIndex, at: u64, mut report: impl FnMut(&Retraction)) {
        self.kept -= self.outstanding[replica.0 as usize].len();
        for held in self.outstanding[replica.0 as usize].drain(..) {
            if held.leaves() > at {
                report(&Retraction { at, visit: held.visit, stated: held.stated() });
            }
        }
    }

    fn release(&mut self, replica: ReplicaIndex) {
        self.free_replicas.push(replica.0);
    }

    /// Answers `None`: what is known of a visit is known when it begins.
    fn drained_at(&self, _replica: ReplicaIndex) -> Option<u64> {
        None
    }

    /// Services whose replicas can hang take the event path.
    fn hang(&mut self, _replica: ReplicaIndex, _at: u64) {}

    fn resume(&mut self, _replica: ReplicaIndex, _at: u64) {}

    /// Services with faults take the event path.
    fn scale_wait_times(&mut self, _at: u64, _factor: f64) {}

    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool) {
        if let Some(turnout) = self.rotation.set_healthy(replica.0, is_healthy) {
            self.rebalance(&turnout);
        }
    }

    fn wait(&mut self, replica: ReplicaIndex, now: u64) -> Option<u64> {
        let index = replica.0 as usize;
        let next_free = |cells: &[u64]| cells.iter().copied().min().unwrap_or(0);
        let start = match self.layout {
            Layout::Unlimited => now,
            _ => now.max(next_free(&self.places[index * self.place_cells..][..self.place_cells])),
        };
        if start > now
            && self.queue_capacity != usize::MAX
            && self.waiting_queues[index].is_full(self.queue_capacity, now)
        {
            return None;
        }
        let servers = &self.servers[index * self.server_cells..][..self.server_cells];
        Some(start.max(next_free(servers)) - now)
    }
}
