//! Flows by the minute: what [`super::minute`] is for single requests. Counts are exact; times are those of the
//! queueing theory of the fluid plane ([`QueueingDelays`], [`Mixture`]), and approximate. A minute weighs them by what arrives in it; the run weighs them by what is served
//! before the horizon, since what is still in flight there has no response time yet.

use std::collections::BTreeMap;

use windtunnel_kernel::facts::{FlowClass, FlowStep};
use windtunnel_kernel::random::DiscretizedLaw;
use windtunnel_kernel::serving::{DelayKind, Mixture, QueueingDelay, QueueingDelays, quantile};
use windtunnel_kernel::simulation::{Plan, ServicePlan};

use super::law_summary::summary;
use super::minute::{ClosedMinute, OutcomeCounts};
use super::result::{LatencySummary, RequestCounts};
use super::unfinished::Unfinished;

/// The flows of one service.
#[derive(Clone, Debug)]
pub(super) struct Flows {
    delays: QueueingDelays,
    service: DiscretizedLaw,
    /// Longest time in which a client is answered \[ns\].
    patience: f64,
    tally: OutcomeCounts,
    /// Response times of the open minute's arrivals: of those that are all served before the horizon, and of the
    /// others.
    minute: Mixture,
    minute_unfinished: Mixture,
    /// Sum of the mean response times of the open minute's arrivals [request·ns], and their number.
    minute_time: f64,
    minute_weight: f64,
    response: Mixture,
    waiting: Mixture,
    unfinished: Unfinished,
    warming_up: bool,
    /// Requests of the warm-up that are still in flight.
    warm: u64,
    in_flight: u64,
    totals: RequestCounts,
    pub(super) warmup_requests: u64,
    /// Of these, those that were served.
    pub(super) warmup_served: u64,
    percentiles: BTreeMap<DelayKind, [Option<u64>; 3]>,
}

impl Flows {
    pub(super) fn new(plan: &Plan, service: &ServicePlan) -> Self {
        let slowness = 1.0 / service.task.cpu_speed();
        let law = DiscretizedLaw::of(&service.request.cpu_time, slowness)
            .plus(&DiscretizedLaw::of(&service.request.wait_time, 1.0));
        Self {
            delays: QueueingDelays::new(
                (&service.request, &service.task, &service.routing),
                &service.traffic,
                service.capacity_per_task(),
                &law,
            ),
            unfinished: Unfinished::new(plan.horizon, &law),
            service: law,
            patience: service.request.timeout.as_ref().map_or(f64::INFINITY, |t| t.mean_nanos()),
            tally: OutcomeCounts::default(),
            minute: Mixture::default(),
            minute_unfinished: Mixture::default(),
            minute_time: 0.0,
            minute_weight: 0.0,
            response: Mixture::default(),
            waiting: Mixture::default(),
            warming_up: plan.warmup.0 > 0,
            warm: 0,
            in_flight: 0,
            totals: RequestCounts::default(),
            warmup_requests: 0,
            warmup_served: 0,
            percentiles: BTreeMap::new(),
        }
    }

    pub(super) fn flowed(&mut self, step: &FlowStep<'_>) {
        self.tally.offered += step.offered;
        self.tally.served += step.served;
        self.tally.rejected += step.rejected;
        self.tally.timed_out += step.timed_out;
        self.tally.failed += step.failed;
        self.in_flight += step.offered;
        if self.warming_up {
            self.warmup_requests += step.offered;
            self.warmup_served += step.served;
        } else {
            self.count(step);
        }
        let left = step.served + step.rejected + step.timed_out + step.failed;
        self.in_flight = self.in_flight.saturating_sub(left);
        for class in step.classes {
            self.class(class, step.replicas, (step.from, step.to));
        }
    }

    /// Counts for the run: what leaves first belongs to the warm-up as long as any of it is in flight, but a refusal is of
    /// a new request.
    fn count(&mut self, step: &FlowStep<'_>) {
        let refused = step.rejected.min(self.in_flight.saturating_sub(self.warm));
        self.warm = self.warm.saturating_sub(step.rejected - refused);
        let mut counted = |count: u64| {
            let warm = count.min(self.warm);
            self.warm -= warm;
            count - warm
        };
        self.totals.offered += step.offered;
        self.totals.rejected += refused;
        self.totals.timed_out += counted(step.timed_out);
        self.totals.failed += counted(step.failed);
        let served = counted(step.served);
        self.totals.served += served;
        self.warmup_served += step.served - served;
    }

    fn class(&mut self, class: &FlowClass, tasks: usize, span: (u64, u64)) {
        if class.weight <= 0.0 {
            return;
        }
        let (cpu, room) = self.delays.at(class.rate, tasks);
        let chance = cpu.then(&room);
        let backlog = class.room_wait + class.cpu_wait;
        let is_queue = backlog > chance.overall();
        let wait = if is_queue { backlog } else { chance.overall() };
        self.minute_time += class.weight * (self.service.mean() + wait);
        self.minute_weight += class.weight;
        let variance = |wait: f64| wait * self.delays.dispersion;
        let meet = |mixture: &mut Mixture, weight: f64| {
            if is_queue {
                mixture.queue(backlog, variance(backlog), weight)
            } else {
                mixture.meet(&chance, weight)
            }
        };
        let counts = !self.warming_up;
        let served = self.unfinished.served(span, wait, &self.service, |part, share| {
            if counts {
                meet(part, class.weight * share);
            }
        });
        meet(if served.is_some() { &mut self.minute_unfinished } else { &mut self.minute }, class.weight);
        let weight = class.weight * served.unwrap_or(1.0);
        if self.warming_up || weight <= 0.0 {
        } else if !is_queue {
            self.waiting.meet(&room, weight);
        } else if class.room_wait > 0.0 {
            self.waiting.queue(class.room_wait, variance(class.room_wait), weight);
        } else {
            self.waiting.meet(&QueueingDelay::default(), weight);
        }
    }

    /// Requests count from here on: what flowed in the open minute moves out of the way.
    pub(super) fn warmup_ended(&mut self) {
        self.warming_up = false;
        self.warm = self.in_flight;
        self.minute = Mixture::default();
        self.minute_unfinished = Mixture::default();
    }

    /// Ends the open minute: its row, and its share of the run.
    pub(super) fn close(&mut self) -> ClosedMinute {
        let tally = std::mem::take(&mut self.tally);
        let minute = std::mem::take(&mut self.minute);
        let unfinished = std::mem::take(&mut self.minute_unfinished);
        let mean = (tally.served > 0 && self.minute_weight > 0.0)
            .then(|| (self.minute_time / self.minute_weight).min(self.patience));
        (self.minute_time, self.minute_weight) = (0.0, 0.0);
        let percentiles = if tally.served == 0 { [None; 3] } else { self.percentiles(&minute, &unfinished) };
        self.add_to_run(&minute);
        ClosedMinute { tally, mean, percentiles }
    }

    /// Ends the open minute without a row: its share of the run only.
    pub(super) fn pass(&mut self) {
        self.tally = OutcomeCounts::default();
        let minute = std::mem::take(&mut self.minute);
        self.minute_unfinished = Mixture::default();
        self.add_to_run(&minute);
    }

    fn add_to_run(&mut self, minute: &Mixture) {
        if !self.warming_up {
            self.response.add(minute);
        }
    }

    /// Median, 95th and 99th percentile of a minute; without a backlog those of the mean delay, which are remembered.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times of at most months")]
    fn percentiles(&mut self, minute: &Mixture, unfinished: &Mixture) -> [Option<u64>; 3] {
        let both;
        let minute = if unfinished.is_empty() {
            minute
        } else {
            both = minute.with(unfinished);
            &both
        };
        let (service, patience) = (&self.service, self.patience);
        let found = |mixture: &Mixture| {
            let law = mixture.law(service);
            [0.5, 0.95, 0.99].map(|q| law.as_ref().map(|law| quantile(law, q).min(patience) as u64))
        };
        match minute.mean_kind() {
            Some(kind) => *self.percentiles.entry(kind).or_insert_with(|| found(&Mixture::of_kind(kind))),
            None => found(minute),
        }
    }

    pub(super) fn finish(mut self) -> (RequestCounts, LatencySummary, LatencySummary) {
        let counts = &mut self.totals;
        let left = counts.served + counts.rejected + counts.timed_out + counts.failed;
        counts.in_flight = counts.offered.saturating_sub(left);
        // Where no request was expected to be answered in time, one that is answered all the same did not wait.
        let response =
            self.unfinished.with(self.response.law(&self.service), self.response.weight(), &self.service);
        let response = summary(response.as_ref().unwrap_or(&self.service), counts.served, self.patience);
        let nothing = DiscretizedLaw::constant(0.0);
        let waiting = self.waiting.law(&nothing);
        let waiting = summary(waiting.as_ref().unwrap_or(&nothing), counts.served, self.patience);
        (self.totals, response, waiting)
    }
}
