//! Requests on their way in: arrivals with what each asks for, drawn in batches from the same streams as on the fast path.
//! With classes, the class of a request comes from a stream of its own and its demands from its class's streams.

use alloc::vec::Vec;

use super::slab::AttemptDemand;
use super::timers::NEVER;
use crate::facts::RequestKey;
use crate::random::{Purpose, Rng, Streams};
use crate::serving::demands::{CHUNK, Demands};
use crate::serving::plan::{RequestPlan, TaskPlan};
use crate::traffic::ArrivalStream;

/// Requests on their way in.
#[derive(Clone, Debug)]
pub(super) struct ArrivalBuffer<'p> {
    arrivals: ArrivalStream<'p>,
    /// One a class; one in all without classes.
    demands: Vec<Demands>,
    /// Sums of the classes' weights; empty without classes.
    weights: Vec<f64>,
    class_rng: Rng,
    rows: Vec<AttemptDemand>,
    next: usize,
}

impl<'p> ArrivalBuffer<'p> {
    pub(super) fn new(
        arrivals: ArrivalStream<'p>,
        request: &RequestPlan,
        task: &TaskPlan,
        streams: Streams,
        name: &str,
    ) -> Self {
        let mut sum = 0.0;
        let mut weights = Vec::new();
        let mut demands = Vec::new();
        for class in &request.classes {
            sum += class.weight;
            weights.push(sum);
            let mut own = RequestPlan::new(class.cpu_time.clone(), class.wait_time.clone());
            own.timeout = class.timeout.clone();
            demands.push(Demands::new(&own, task, streams, &alloc::format!("{name}/{}", class.name)));
        }
        if demands.is_empty() {
            demands.push(Demands::new(request, task, streams, name));
        }
        let class_rng = streams.stream(Purpose::CLASS, name);
        Self { arrivals, demands, weights, class_rng, rows: Vec::with_capacity(CHUNK), next: 0 }
    }

    /// Instant at which the next request arrives \[ns\]; [`NEVER`] when none does before `until`. Before a new batch is drawn
    /// it asks whether to go on, with when the last one ended; where not, it says 0 and has nothing.
    #[inline]
    pub(super) fn first(&mut self, until: u64, mut goes_on: impl FnMut(u64) -> bool) -> u64 {
        if self.next == self.rows.len() {
            let last = self.rows.last().map_or(0, |row| row.key.first);
            if !self.rows.is_empty() && !goes_on(last) {
                return 0;
            }
            self.refill(until);
        }
        match self.rows.get(self.next) {
            Some(row) if row.key.first < until => row.key.first,
            _ => NEVER,
        }
    }

    /// The request that arrives next.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<AttemptDemand> {
        let row = self.rows.get(self.next).copied();
        self.next += 1;
        row
    }

    fn refill(&mut self, until: u64) {
        self.rows.clear();
        self.next = 0;
        let batch = self.arrivals.take_before(until, CHUNK);
        if let ([demands], true) = (self.demands.as_mut_slice(), self.weights.is_empty()) {
            demands.draw(batch.len());
            let drawn = demands.cpu().iter().zip(demands.wait()).zip(demands.patience());
            self.rows.extend(batch.iter().zip(drawn).map(|(at, ((cpu, wait), patience))| AttemptDemand {
                key: RequestKey::anonymous(*at, 0),
                attempt: 1,
                cpu: *cpu,
                wait: *wait,
                patience: *patience,
            }));
            return;
        }
        let total = self.weights.last().copied().unwrap_or(1.0);
        for at in batch {
            let point = self.class_rng.open_unit() * total;
            let class = self.weights.partition_point(|sum| *sum <= point).min(self.weights.len() - 1);
            let class = u32::try_from(class).unwrap_or(0);
            let key = RequestKey::anonymous(*at, class);
            self.rows.push(AttemptDemand { key, attempt: 1, ..AttemptDemand::default() });
        }
        self.draw_by_class();
    }

    /// The demands of each row, from the streams of its class.
    fn draw_by_class(&mut self) {
        for (class, demands) in self.demands.iter_mut().enumerate() {
            let is_mine = |row: &&mut AttemptDemand| row.key.class as usize == class;
            let count = self.rows.iter_mut().filter(is_mine).count();
            if count == 0 {
                continue;
            }
            demands.draw(count);
            let drawn = demands.cpu().iter().zip(demands.wait()).zip(demands.patience());
            for (row, ((cpu, wait), patience)) in self.rows.iter_mut().filter(is_mine).zip(drawn) {
                (row.cpu, row.wait, row.patience) = (*cpu, *wait, *patience);
            }
        }
    }
}
