//! The fast path: every arrival between two control events, without an event calendar.
//!
//! Under FCFS a request's start is known when it arrives. With free instants f₁ ≤ f₂ ≤ … of its task's places
//! (Kiefer and Wolfowitz 1955) a request that arrives at t starts at max(t, f₁), takes the CPU server that falls free
//! first in the same way, then waits without CPU, and its end replaces f₁. Start times never decrease, so a waiting
//! room is a queue of start times and a client's patience is one comparison: it leaves at t + patience if its start
//! would be later. Example with two places, free at 3 and 7: an arrival at 2 that needs 6 starts at 3, ends at 9; the
//! next arrival finds 7 and 9.
//!
//! Where the load balancer looks at what the tasks hold, each arrival chooses its task when its turn comes, and
//! [`LoadAwareRouting`] keeps count of who has left.
//!
//! Ties: what ends at an instant frees its place before anything that arrives at that instant. Cost: no allocation,
//! no branch on configuration (the layout of places, the CPU, the gate and the choice are generic), no cache miss.

use alloc::vec::Vec;

use super::fast_fleet::{Cpu, FastFleet, Layout, RevocableVisit};
use super::free_times::{FreeTimes, Heap, Sorted, Unlimited};
use crate::facts::{Attempt, Outcome, Pace, Probe, Rejection, RequestBatch, Visit, VisitColumns};
use crate::serving::demands::{CHUNK, Demands};
use crate::serving::plan::Routing;
use crate::serving::routing::load_aware::LoadAwareRouting;
use crate::serving::routing::rotation::Rotation;
use crate::traffic::ArrivalStream;

/// Later than every horizon (2⁶² ns, 146 years): ends saturate here, so that no sum of draws can overflow.
const LATEST: u64 = 1 << 62;

/// The requests of one chunk, column by column.
struct Chunk<'a> {
    arrivals: &'a [u64],
    /// The task of each; the loop writes them where the choice looks at what the tasks hold.
    replicas: &'a mut [u32],
    cpu: &'a [u64],
    wait: &'a [u64],
    patience: &'a [u64],
}

/// Outcomes of the requests of a chunk, column by column.
struct OutcomeColumns {
    arrival: [u64; CHUNK],
    start: [u64; CHUNK],
    cpu_start: [u64; CHUNK],
    cpu_end: [u64; CHUNK],
    end: [u64; CHUNK],
    count: usize,
    latest: u64,
    /// Attempts that are told one by one.
    attempts: Vec<Attempt>,
}

impl OutcomeColumns {
    const fn new() -> Self {
        let column = [0; CHUNK];
        Self {
            arrival: column,
            start: column,
            cpu_start: column,
            cpu_end: column,
            end: column,
            count: 0,
            latest: 0,
            attempts: Vec::new(),
        }
    }

    fn push(&mut self, p: &Visit) {
        let row = self.count;
        self.arrival[row] = p.arrival;
        self.start[row] = p.start;
        self.cpu_start[row] = p.cpu_start;
        self.cpu_end[row] = p.cpu_end;
        self.end[row] = p.end;
        self.latest = self.latest.max(p.end);
        self.count += 1;
    }

    fn visits(&self) -> VisitColumns<'_> {
        let n = self.count;
        VisitColumns {
            arrival: &self.arrival[..n],
            start: &self.start[..n],
            cpu_start: &self.cpu_start[..n],
            cpu_end: &self.cpu_end[..n],
            end: &self.end[..n],
            latest: self.latest,
        }
    }
}

impl FastFleet {
    /// Replays every arrival before `until` [ns since second 0].
    pub fn serve(
        &mut self,
        arrivals: &mut ArrivalStream<'_>,
        demands: &mut Demands,
        until: u64,
        probe: &mut (impl Probe + Pace),
    ) {
        self.now = self.now.max(until);
        if arrivals.has_before(until) {
            self.serve_before(arrivals, demands, until, probe);
        }
    }

    /// Serves as [`FastFleet::serve`], where something arrives: its columns are not worth their setting up otherwise.
    #[inline(never)]
    fn serve_before(
        &mut self,
        arrivals: &mut ArrivalStream<'_>,
        demands: &mut Demands,
        until: u64,
        probe: &mut (impl Probe + Pace),
    ) {
        let mut replicas = [0_u32; CHUNK];
        let mut columns = OutcomeColumns::new();
        loop {
            let batch = arrivals.take_before(until, CHUNK);
            if batch.is_empty() {
                return;
            }
            let (count, last) = (batch.len(), batch[batch.len() - 1]);
            let offered = count as u64;
            demands.draw(count);
            columns.attempts.clear();
            if self.rotation.replicas().is_empty() {
                let rejected = Outcome::Rejected(Rejection::NoTarget);
                columns
                    .attempts
                    .extend(batch.iter().map(|at| Attempt::only(Visit::waiting(*at, *at), *at, rejected)));
                let stated = RequestBatch { offered, attempts: &columns.attempts, ..RequestBatch::default() };
                probe.requests(self.service, &stated);
                if !probe.goes_on(last, 0, 0) {
                    return;
                }
                continue;
            }
            let replicas = &mut replicas[..count];
            self.route(replicas);
            let mut chunk = Chunk {
                arrivals: batch,
                replicas,
                cpu: &demands.cpu()[..count],
                wait: &demands.wait()[..count],
                patience: &demands.patience()[..count],
            };
            self.serve_chunk(&mut chunk, &mut columns);
            let stated = RequestBatch {
                offered,
                routed: offered,
                served: Some(columns.visits()),
                attempts: &columns.attempts,
                ..RequestBatch::default()
            };
            probe.requests(self.service, &stated);
            if !probe.goes_on(last, self.kept_at(last), 0) {
                return;
            }
        }
    }

    /// Chooses a replica for each request of a chunk.
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn route(&mut self, replicas: &mut [u32]) {
        match self.routing {
            Routing::RoundRobin => self.rotation.turns(replicas, &mut self.routing_rng),
            // Chosen at each arrival.
            Routing::LeastOutstandingRequests | Routing::TwoRandomChoices => {}
            // Weights differ on the event path only.
            Routing::Random | Routing::WeightedRandom => {
                let open = self.rotation.replicas();
                for replica in replicas {
                    *replica = open[self.routing_rng.below(open.len() as u64) as usize];
                }
            }
        }
    }

    /// Chooses the loop once for the whole chunk.
    fn serve_chunk(&mut self, chunk: &mut Chunk<'_>, columns: &mut OutcomeColumns) {
        match self.layout {
            Layout::Unlimited => self.with_places::<Unlimited>(chunk, columns),
            Layout::Four => self.with_places::<Sorted<4>>(chunk, columns),
            Layout::Sixteen => self.with_places::<Sorted<16>>(chunk, columns),
            Layout::Heap => self.with_places::<Heap>(chunk, columns),
        }
    }

    fn with_places<P: FreeTimes>(&mut self, chunk: &mut Chunk<'_>, columns: &mut OutcomeColumns) {
        match self.cpu {
            Cpu::Direct => self.with_cpu::<P, DirectCpu>(chunk, columns),
            Cpu::One => self.with_cpu::<P, QueuedCpu<Sorted<1>>>(chunk, columns),
            Cpu::Many => self.with_cpu::<P, QueuedCpu<Heap>>(chunk, columns),
        }
    }

    fn with_cpu<P: FreeTimes, C: CpuStage>(&mut self, chunk: &mut Chunk<'_>, columns: &mut OutcomeColumns) {
        match self.balance.take() {
            None => self.with_choice::<P, C>(chunk, columns, &mut PreRouted),
            Some(mut balance) => {
                let rotation = core::mem::replace(&mut self.rotation, Rotation::new(1));
                let mut by_load = ChoiceByLoad { balance: &mut balance, in_service: rotation.replicas() };
                self.with_choice::<P, C>(chunk, columns, &mut by_load);
                (self.balance, self.rotation) = (Some(balance), rotation);
            }
        }
    }

    fn with_choice<P: FreeTimes, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut OutcomeColumns,
        choice: &mut impl ReplicaChoice,
    ) {
        if self.has_patience || self.queue_capacity != usize::MAX {
            self.serve_bounded::<P, C>(chunk, columns, choice);
        } else {
            let longest = self.open::<P, C>(chunk, columns, choice);
            if longest > self.revocable_after {
                self.split_revocable(chunk.replicas, columns);
            }
        }
    }

    /// No bound on waiting, no impatience: every request is served. Returns the longest response time \[ns\].
    fn open<P: FreeTimes, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut OutcomeColumns,
        choice: &mut impl ReplicaChoice,
    ) -> u64 {
        let count = chunk.arrivals.len();
        columns.count = count;
        columns.arrival[..count].copy_from_slice(chunk.arrivals);
        let inputs = chunk.arrivals.iter().zip(&mut *chunk.replicas).zip(chunk.cpu.iter().zip(chunk.wait));
        let starts = columns.start[..count].iter_mut().zip(&mut columns.cpu_start[..count]);
        let ends = columns.cpu_end[..count].iter_mut().zip(&mut columns.end[..count]);
        let (mut longest, mut latest) = (0, 0);
        for (((arrival, replica), (cpu, wait)), ((start_cell, cpu_start_cell), (cpu_end_cell, end_cell))) in
            inputs.zip(starts.zip(ends))
        {
            choice.choose(*arrival, replica);
            let index = *replica as usize;
            let places = P::of(&mut self.places, index, self.place_cells);
            let start = (*arrival).max(P::next_free(places));
            let (cpu_start, cpu_end) = C::work(&mut self.servers, index, self.server_cells, start, *cpu);
            let end = (cpu_end + wait).min(LATEST);
            P::assign(places, end);
            choice.admitted(*replica, end);
            (*start_cell, *cpu_start_cell) = (start, cpu_start);
            (*cpu_end_cell, *end_cell) = (cpu_end, end);
            longest = longest.max(end - arrival);
            latest = latest.max(end);
        }
        columns.latest = latest;
        longest
    }

    /// Takes the visits that could outlive their task out of the columns and keeps them.
    #[cold]
    fn split_revocable(&mut self, replicas: &[u32], columns: &mut OutcomeColumns) {
        let mut kept = OutcomeColumns::new();
        kept.attempts = core::mem::take(&mut columns.attempts);
        for (visit, replica) in columns.visits().iter().zip(replicas) {
            if visit.end - visit.arrival > self.revocable_after {
                self.keep(*replica as usize, RevocableVisit { visit, gives_up: RevocableVisit::NEVER });
                kept.attempts.push(Attempt::only(visit, visit.end, Outcome::Served));
            } else {
                kept.push(&visit);
            }
        }
        *columns = kept;
    }

    /// Serves with a bounded waiting queue, or clients that give up, or both.
    fn serve_bounded<P: FreeTimes, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut OutcomeColumns,
        choice: &mut impl ReplicaChoice,
    ) {
        let bounded = self.queue_capacity != usize::MAX;
        (columns.count, columns.latest) = (0, 0);
        let rows = chunk
            .arrivals
            .iter()
            .zip(&mut *chunk.replicas)
            .zip(chunk.cpu.iter().zip(chunk.wait).zip(chunk.patience));
        for ((arrival, replica), ((cpu, wait), patience)) in rows {
            choice.choose(*arrival, replica);
            let index = *replica as usize;
            let places = P::of(&mut self.places, index, self.place_cells);
            let start = (*arrival).max(P::next_free(places));
            let deadline = arrival.saturating_add(*patience);
            if start > *arrival {
                if bounded
                    && !self.waiting_queues[index].admit(self.queue_capacity, *arrival, start.min(deadline))
                {
                    let outcome = Outcome::Rejected(Rejection::QueueFull);
                    columns.attempts.push(Attempt::only(
                        Visit::waiting(*arrival, *arrival),
                        *arrival,
                        outcome,
                    ));
                    continue;
                }
                if start > deadline {
                    choice.admitted(*replica, deadline);
                    let waited = Visit::waiting(*arrival, deadline);
                    columns.attempts.push(Attempt::only(waited, deadline, Outcome::TimedOutWaiting));
                    if deadline - arrival > self.revocable_after {
                        let visit = Visit::waiting(*arrival, start);
                        self.keep(index, RevocableVisit { visit, gives_up: deadline });
                    }
                    continue;
                }
            }
            let (cpu_start, cpu_end) = C::work(&mut self.servers, index, self.server_cells, start, *cpu);
            let end = (cpu_end + wait).min(LATEST);
            P::assign(places, end);
            choice.admitted(*replica, end);
            let visit = Visit { arrival: *arrival, start, cpu_start, cpu_end, end };
            if end > deadline || end - arrival > self.revocable_after {
                self.record_exceptional(index, visit, deadline, columns);
            } else {
                columns.push(&visit);
            }
        }
    }

    /// A request whose client gives up in service, or that could outlive its task.
    #[cold]
    fn record_exceptional(
        &mut self,
        index: usize,
        visit: Visit,
        deadline: u64,
        columns: &mut OutcomeColumns,
    ) {
        let (at, outcome, gives_up) = if visit.end > deadline {
            (deadline, Outcome::TimedOutInService, deadline)
        } else {
            (visit.end, Outcome::Served, RevocableVisit::NEVER)
        };
        columns.attempts.push(Attempt::only(visit, at, outcome));
        if visit.end - visit.arrival > self.revocable_after {
            self.keep(index, RevocableVisit { visit, gives_up });
        }
    }
}

/// Choice of a request's task: before the loop, or in it.
trait ReplicaChoice {
    /// Writes the task of a request that arrives at `now` into `replica`.
    fn choose(&mut self, now: u64, replica: &mut u32);
    /// The request is let in and leaves at `at`.
    fn admitted(&mut self, replica: u32, at: u64);
}

/// The tasks of a chunk were chosen before.
struct PreRouted;

impl ReplicaChoice for PreRouted {
    #[inline]
    fn choose(&mut self, _now: u64, _slot: &mut u32) {}

    #[inline]
    fn admitted(&mut self, _slot: u32, _at: u64) {}
}

/// Each task is chosen when its request arrives, by what the tasks hold then.
struct ChoiceByLoad<'a> {
    balance: &'a mut LoadAwareRouting,
    in_service: &'a [u32],
}

impl ReplicaChoice for ChoiceByLoad<'_> {
    #[inline]
    fn choose(&mut self, now: u64, replica: &mut u32) {
        *replica = self.balance.choose(now, self.in_service);
    }

    #[inline]
    fn admitted(&mut self, replica: u32, at: u64) {
        self.balance.admit(replica, at);
    }
}

/// CPU stage of a request with a place.
trait CpuStage {
    /// Start and end of `work` \[ns\] in replica `index`, for a request that got its place at `start`.
    fn work(servers: &mut [u64], index: usize, cells: usize, start: u64, work: u64) -> (u64, u64);
}

/// A CPU server is always free.
enum DirectCpu {}

impl CpuStage for DirectCpu {
    #[inline]
    fn work(_servers: &mut [u64], _index: usize, _cells: usize, start: u64, work: u64) -> (u64, u64) {
        (start, start + work)
    }
}

/// CPU servers with a queue, in order of arrival.
struct QueuedCpu<S: FreeTimes>(core::marker::PhantomData<S>);

impl<S: FreeTimes> CpuStage for QueuedCpu<S> {
    #[inline]
    fn work(servers: &mut [u64], index: usize, cells: usize, start: u64, work: u64) -> (u64, u64) {
        let servers = S::of(servers, index, cells);
        let begin = start.max(S::next_free(servers));
        S::assign(servers, (begin + work).min(LATEST));
        (begin, begin + work)
    }
}
