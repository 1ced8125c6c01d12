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
//! [`Balance`] keeps count of who has left.
//!
//! Ties: what ends at an instant frees its place before anything that arrives at that instant. Cost: no allocation,
//! no branch on configuration (the layout of places, the CPU, the gate and the choice are generic), no cache miss.

use super::balance::Balance;
use super::demands::{CHUNK, Demands};
use super::fleet::{Cpu, Fleet, Layout, Outstanding};
use super::places::{Heap, Places, Sorted, Unlimited};
use super::plan::Routing;
use super::rotation::Rotation;
use crate::facts::{Passage, Passages, Refusal};
use crate::traffic::ArrivalStream;

/// Later than every horizon (2⁶² ns, 146 years): ends saturate here, so that no sum of draws can overflow.
const LATEST: u64 = 1 << 62;

/// Hears of each request of one service as it is replayed; see [`crate::facts::Probe`] for what each fact means.
pub trait Sink {
    /// `count` requests arrived; `routed`: there is a task to send them to.
    fn offered(&mut self, count: u64, routed: bool);
    /// Requests are served; none of them can be lost.
    fn served(&mut self, passages: &Passages<'_>);
    /// A request is served unless it is lost with its task before that.
    fn served_revocably(&mut self, passage: &Passage);
    /// A client gives up in service.
    fn gave_up_in_service(&mut self, passage: &Passage, at: u64);
    /// A client gives up while waiting.
    fn gave_up_waiting(&mut self, arrival: u64, at: u64);
    /// A request is refused.
    fn refused(&mut self, at: u64, why: Refusal);
    /// Asked after each chunk of requests, the last of which arrived at `at` \[ns\], with how many of those in flight had to be
    /// kept: whether the plane goes on.
    fn goes_on(&mut self, at: u64, in_flight: u64) -> bool {
        let _ = (at, in_flight);
        true
    }
}

/// The requests of one chunk, column by column.
struct Chunk<'a> {
    arrivals: &'a [u64],
    /// The task of each; the loop writes them where the choice looks at what the tasks hold.
    slots: &'a mut [u32],
    cpu: &'a [u64],
    wait: &'a [u64],
    patience: &'a [u64],
}

/// What became of the requests of a chunk, column by column.
struct Columns {
    arrival: [u64; CHUNK],
    start: [u64; CHUNK],
    cpu_start: [u64; CHUNK],
    cpu_end: [u64; CHUNK],
    end: [u64; CHUNK],
    count: usize,
    latest: u64,
}

impl Columns {
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
        }
    }

    fn push(&mut self, p: &Passage) {
        let row = self.count;
        self.arrival[row] = p.arrival;
        self.start[row] = p.start;
        self.cpu_start[row] = p.cpu_start;
        self.cpu_end[row] = p.cpu_end;
        self.end[row] = p.end;
        self.latest = self.latest.max(p.end);
        self.count += 1;
    }

    fn passages(&self) -> Passages<'_> {
        let n = self.count;
        Passages {
            arrival: &self.arrival[..n],
            start: &self.start[..n],
            cpu_start: &self.cpu_start[..n],
            cpu_end: &self.cpu_end[..n],
            end: &self.end[..n],
            latest: self.latest,
        }
    }
}

impl Fleet {
    /// Replays every arrival before `until` [ns since second 0].
    pub fn serve(
        &mut self,
        arrivals: &mut ArrivalStream<'_>,
        demands: &mut Demands,
        until: u64,
        sink: &mut impl Sink,
    ) {
        self.now = self.now.max(until);
        if arrivals.has_before(until) {
            self.serve_before(arrivals, demands, until, sink);
        }
    }

    /// As [`Fleet::serve`], where something arrives: its columns are not worth their setting up otherwise.
    #[inline(never)]
    fn serve_before(
        &mut self,
        arrivals: &mut ArrivalStream<'_>,
        demands: &mut Demands,
        until: u64,
        sink: &mut impl Sink,
    ) {
        let mut slots = [0_u32; CHUNK];
        let mut columns = Columns::new();
        loop {
            let batch = arrivals.take_before(until, CHUNK);
            if batch.is_empty() {
                return;
            }
            sink.offered(batch.len() as u64, !self.rotation.slots().is_empty());
            let (count, last) = (batch.len(), batch[batch.len() - 1]);
            demands.draw(count);
            if self.rotation.slots().is_empty() {
                batch.iter().for_each(|at| sink.refused(*at, Refusal::NoTarget));
                if !sink.goes_on(last, 0) {
                    return;
                }
                continue;
            }
            let slots = &mut slots[..count];
            self.route(slots);
            let mut chunk = Chunk {
                arrivals: batch,
                slots,
                cpu: &demands.cpu()[..count],
                wait: &demands.wait()[..count],
                patience: &demands.patience()[..count],
            };
            self.serve_chunk(&mut chunk, &mut columns, sink);
            if !sink.goes_on(last, self.kept_at(last)) {
                return;
            }
        }
    }

    /// Chooses a slot for each request of a chunk.
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn route(&mut self, slots: &mut [u32]) {
        match self.routing {
            Routing::RoundRobin => self.rotation.turns(slots, &mut self.routing_rng),
            // Chosen at each arrival.
            Routing::LeastOutstandingRequests | Routing::TwoRandomChoices => {}
            // Weights differ on the event path only.
            Routing::Random | Routing::WeightedRandom => {
                let open = self.rotation.slots();
                for slot in slots {
                    *slot = open[self.routing_rng.below(open.len() as u64) as usize];
                }
            }
        }
    }

    /// Chooses the loop once for the whole chunk.
    fn serve_chunk(&mut self, chunk: &mut Chunk<'_>, columns: &mut Columns, sink: &mut impl Sink) {
        match self.layout {
            Layout::Unlimited => self.with_places::<Unlimited>(chunk, columns, sink),
            Layout::Four => self.with_places::<Sorted<4>>(chunk, columns, sink),
            Layout::Sixteen => self.with_places::<Sorted<16>>(chunk, columns, sink),
            Layout::Heap => self.with_places::<Heap>(chunk, columns, sink),
        }
    }

    fn with_places<P: Places>(&mut self, chunk: &mut Chunk<'_>, columns: &mut Columns, sink: &mut impl Sink) {
        match self.cpu {
            Cpu::Direct => self.with_cpu::<P, DirectCpu>(chunk, columns, sink),
            Cpu::One => self.with_cpu::<P, QueuedCpu<Sorted<1>>>(chunk, columns, sink),
            Cpu::Many => self.with_cpu::<P, QueuedCpu<Heap>>(chunk, columns, sink),
        }
    }

    fn with_cpu<P: Places, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut Columns,
        sink: &mut impl Sink,
    ) {
        match self.balance.take() {
            None => self.with_choice::<P, C>(chunk, columns, &mut Chosen, sink),
            Some(mut balance) => {
                let rotation = core::mem::replace(&mut self.rotation, Rotation::new(1));
                let mut by_load = ByLoad { balance: &mut balance, in_service: rotation.slots() };
                self.with_choice::<P, C>(chunk, columns, &mut by_load, sink);
                (self.balance, self.rotation) = (Some(balance), rotation);
            }
        }
    }

    fn with_choice<P: Places, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut Columns,
        choice: &mut impl Choice,
        sink: &mut impl Sink,
    ) {
        if self.has_patience || self.room_size != usize::MAX {
            self.gated::<P, C>(chunk, columns, choice, sink);
        } else {
            let longest = self.open::<P, C>(chunk, columns, choice);
            if longest > self.keep_beyond {
                self.keep_long(chunk.slots, columns, sink);
            }
        }
        sink.served(&columns.passages());
    }

    /// No bound on waiting, no impatience: every request is served. Returns the longest response time \[ns\].
    fn open<P: Places, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut Columns,
        choice: &mut impl Choice,
    ) -> u64 {
        let count = chunk.arrivals.len();
        columns.count = count;
        columns.arrival[..count].copy_from_slice(chunk.arrivals);
        let inputs = chunk.arrivals.iter().zip(&mut *chunk.slots).zip(chunk.cpu.iter().zip(chunk.wait));
        let starts = columns.start[..count].iter_mut().zip(&mut columns.cpu_start[..count]);
        let ends = columns.cpu_end[..count].iter_mut().zip(&mut columns.end[..count]);
        let (mut longest, mut latest) = (0, 0);
        for (((arrival, slot), (cpu, wait)), ((start_cell, cpu_start_cell), (cpu_end_cell, end_cell))) in
            inputs.zip(starts.zip(ends))
        {
            choice.choose(*arrival, slot);
            let index = *slot as usize;
            let places = P::of(&mut self.places, index, self.place_cells);
            let start = (*arrival).max(P::earliest(places));
            let (cpu_start, cpu_end) = C::work(&mut self.servers, index, self.server_cells, start, *cpu);
            let end = (cpu_end + wait).min(LATEST);
            P::occupy(places, end);
            choice.admitted(*slot, end);
            (*start_cell, *cpu_start_cell) = (start, cpu_start);
            (*cpu_end_cell, *end_cell) = (cpu_end, end);
            longest = longest.max(end - arrival);
            latest = latest.max(end);
        }
        columns.latest = latest;
        longest
    }

    /// Takes the passages that could outlive their task out of the columns and keeps them.
    #[cold]
    fn keep_long(&mut self, slots: &[u32], columns: &mut Columns, sink: &mut impl Sink) {
        let mut kept = Columns::new();
        for (passage, slot) in columns.passages().iter().zip(slots) {
            if passage.end - passage.arrival > self.keep_beyond {
                self.keep(*slot as usize, Outstanding { passage, gives_up: Outstanding::NEVER });
                sink.served_revocably(&passage);
            } else {
                kept.push(&passage);
            }
        }
        *columns = kept;
    }

    /// A bounded waiting room, or clients that give up, or both.
    fn gated<P: Places, C: CpuStage>(
        &mut self,
        chunk: &mut Chunk<'_>,
        columns: &mut Columns,
        choice: &mut impl Choice,
        sink: &mut impl Sink,
    ) {
        let bounded = self.room_size != usize::MAX;
        (columns.count, columns.latest) = (0, 0);
        let rows = chunk
            .arrivals
            .iter()
            .zip(&mut *chunk.slots)
            .zip(chunk.cpu.iter().zip(chunk.wait).zip(chunk.patience));
        for ((arrival, slot), ((cpu, wait), patience)) in rows {
            choice.choose(*arrival, slot);
            let index = *slot as usize;
            let places = P::of(&mut self.places, index, self.place_cells);
            let start = (*arrival).max(P::earliest(places));
            let deadline = arrival.saturating_add(*patience);
            if start > *arrival {
                if bounded && !self.rooms[index].admit(self.room_size, *arrival, start.min(deadline)) {
                    sink.refused(*arrival, Refusal::QueueFull);
                    continue;
                }
                if start > deadline {
                    choice.admitted(*slot, deadline);
                    sink.gave_up_waiting(*arrival, deadline);
                    if deadline - arrival > self.keep_beyond {
                        let passage = Passage {
                            arrival: *arrival,
                            start,
                            cpu_start: start,
                            cpu_end: start,
                            end: start,
                        };
                        self.keep(index, Outstanding { passage, gives_up: deadline });
                    }
                    continue;
                }
            }
            let (cpu_start, cpu_end) = C::work(&mut self.servers, index, self.server_cells, start, *cpu);
            let end = (cpu_end + wait).min(LATEST);
            P::occupy(places, end);
            choice.admitted(*slot, end);
            let passage = Passage { arrival: *arrival, start, cpu_start, cpu_end, end };
            let revocable = end - arrival > self.keep_beyond;
            if end > deadline || revocable {
                self.keep_special(index, passage, deadline, sink);
            } else {
                columns.push(&passage);
            }
        }
    }

    /// A request whose client gives up in service, or that could outlive its task.
    #[cold]
    fn keep_special(&mut self, index: usize, passage: Passage, deadline: u64, sink: &mut impl Sink) {
        let gives_up = if passage.end > deadline {
            sink.gave_up_in_service(&passage, deadline);
            deadline
        } else {
            sink.served_revocably(&passage);
            Outstanding::NEVER
        };
        if passage.end - passage.arrival > self.keep_beyond {
            self.keep(index, Outstanding { passage, gives_up });
        }
    }
}

/// Who chooses the task of a request, and when.
trait Choice {
    /// Writes the task of a request that arrives at `now` into `slot`.
    fn choose(&mut self, now: u64, slot: &mut u32);
    /// The request is let in and leaves at `at`.
    fn admitted(&mut self, slot: u32, at: u64);
}

/// The tasks of a chunk were chosen before.
struct Chosen;

impl Choice for Chosen {
    #[inline]
    fn choose(&mut self, _now: u64, _slot: &mut u32) {}

    #[inline]
    fn admitted(&mut self, _slot: u32, _at: u64) {}
}

/// Each task is chosen when its request arrives, by what the tasks hold then.
struct ByLoad<'a> {
    balance: &'a mut Balance,
    in_service: &'a [u32],
}

impl Choice for ByLoad<'_> {
    #[inline]
    fn choose(&mut self, now: u64, slot: &mut u32) {
        *slot = self.balance.choose(now, self.in_service);
    }

    #[inline]
    fn admitted(&mut self, slot: u32, at: u64) {
        self.balance.admit(slot, at);
    }
}

/// How a request with a place gets its CPU work done.
trait CpuStage {
    /// Start and end of `work` \[ns\] in slot `index`, for a request that got its place at `start`.
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
struct QueuedCpu<S: Places>(core::marker::PhantomData<S>);

impl<S: Places> CpuStage for QueuedCpu<S> {
    #[inline]
    fn work(servers: &mut [u64], index: usize, cells: usize, start: u64, work: u64) -> (u64, u64) {
        let servers = S::of(servers, index, cells);
        let begin = start.max(S::earliest(servers));
        S::occupy(servers, (begin + work).min(LATEST));
        (begin, begin + work)
    }
}
