//! Requests by the minute in which they end. The end of a request is known when it arrives, so what ends in a later
//! minute waits there as an entry, and what is lost before that is taken out again.

use windtunnel_kernel::facts::{
    Attempt, Outcome, ProvisionalOutcome, RequestBatch, Retraction, VisitColumns,
};
use windtunnel_kernel::period_ring::PeriodRing;
use windtunnel_kernel::units::{NANOS_PER_MINUTE, SimDuration};

use crate::record::histogram::{Histogram, OpenHistogram};
use crate::record::result::{LatencySummary, RequestCounts};

/// A request that ends in a later minute, or that may still be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record) struct PendingOutcome {
    /// Response time \[ns\]; [`PendingOutcome::TIMED_OUT`]: its client gives up in service.
    response: u64,
    /// Waiting time \[ns\].
    waiting: u64,
}

impl PendingOutcome {
    const TIMED_OUT: u64 = u64::MAX;

    /// A request that is answered.
    pub(in crate::record) const fn served(response: u64, waiting: u64) -> Self {
        Self { response, waiting }
    }

    /// A request whose client gives up in service.
    pub(in crate::record) const fn timed_out(waiting: u64) -> Self {
        Self { response: Self::TIMED_OUT, waiting }
    }
}

/// Entries of one minute that is not open yet, or that may be taken back: a list while they are few, counts once a list
/// would take more memory than counts do.
#[derive(Clone, Debug, Default)]
struct OutcomeBag {
    list: Vec<PendingOutcome>,
    counted: Option<Box<MinuteStats>>,
}

/// Entries beyond which counts are smaller than a list \[entries\].
const LONGEST_LIST: usize = 3_000;

impl OutcomeBag {
    fn push(&mut self, entry: PendingOutcome) {
        if let Some(stats) = &mut self.counted {
            stats.enter(entry);
            return;
        }
        self.list.push(entry);
        if self.list.len() > LONGEST_LIST {
            let stats = self.counted.get_or_insert_default();
            std::mem::take(&mut self.list).into_iter().for_each(|entry| stats.enter(entry));
        }
    }

    /// Takes `entry` back; equal entries are alike.
    fn remove(&mut self, entry: PendingOutcome) {
        if let Some(stats) = &mut self.counted {
            stats.leave(entry);
        } else if let Some(position) = self.list.iter().position(|other| *other == entry) {
            self.list.swap_remove(position);
        }
    }

    fn is_empty(&self) -> bool {
        self.list.is_empty() && self.counted.is_none()
    }
}

/// Outcomes of one minute.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::record) struct OutcomeCounts {
    pub(in crate::record) offered: u64,
    pub(in crate::record) served: u64,
    pub(in crate::record) rejected: u64,
    pub(in crate::record) timed_out: u64,
    pub(in crate::record) failed: u64,
    response_sum: u128,
    waiting_sum: u128,
    response_max: u64,
    waiting_max: u64,
}

/// Outcomes and times of one minute.
#[derive(Clone, Debug, Default)]
pub(in crate::record) struct MinuteStats {
    pub(in crate::record) tally: OutcomeCounts,
    response: OpenHistogram,
    waiting: OpenHistogram,
    deferred: OutcomeBag,
}

/// A minute to come.
#[derive(Clone, Debug, Default)]
struct FutureOutcomes {
    entries: OutcomeBag,
    timed_out: u64,
    warm_entries: OutcomeBag,
    warm_timed_out: u64,
}

/// The open minute and those to come, and the sums of the run.
#[derive(Clone, Debug)]
pub(in crate::record) struct Minutes {
    periods: PeriodRing<FutureOutcomes>,
    overdue_after: Option<SimDuration>,
    pub(super) open: MinuteStats,
    /// Requests of the open minute that arrived in the warm-up, once that is over.
    warm: Option<Box<MinuteStats>>,
    pub(super) warming_up: bool,
    pub(super) warmup_end: u64,
    totals: RequestCounts,
    pub(in crate::record) warmup_requests: u64,
    /// Of these, those that were served.
    pub(in crate::record) warmup_served: u64,
    response: LatencySummary,
    waiting: LatencySummary,
}

/// Values of a closed minute for its row.
#[derive(Clone, Copy, Debug)]
pub(in crate::record) struct ClosedMinute {
    pub(in crate::record) tally: OutcomeCounts,
    pub(in crate::record) mean: Option<f64>,
    pub(in crate::record) percentiles: [Option<u64>; 3],
}

impl OutcomeCounts {
    fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.served += other.served;
        self.rejected += other.rejected;
        self.timed_out += other.timed_out;
        self.failed += other.failed;
        self.response_sum += other.response_sum;
        self.waiting_sum += other.waiting_sum;
    }
}

impl MinuteStats {
    #[inline]
    pub(super) fn serve(&mut self, response: u64, waiting: u64) {
        self.tally.served += 1;
        self.tally.response_sum += u128::from(response);
        self.tally.response_max = self.tally.response_max.max(response);
        self.response.record(response);
        self.wait(waiting);
    }

    #[inline]
    pub(super) fn wait(&mut self, waiting: u64) {
        self.tally.waiting_sum += u128::from(waiting);
        self.tally.waiting_max = self.tally.waiting_max.max(waiting);
        self.waiting.record(waiting);
    }

    pub(super) fn serve_all(&mut self, first: &[u64], visits: &VisitColumns<'_>) {
        self.tally.served += visits.end.len() as u64;
        let (responses, longest) = self.response.record_spans(first, visits.end);
        let (waits, longest_wait) = self.waiting.record_spans(visits.arrival, visits.start);
        self.tally.response_sum += responses;
        self.tally.waiting_sum += waits;
        self.tally.response_max = self.tally.response_max.max(longest);
        self.tally.waiting_max = self.tally.waiting_max.max(longest_wait);
    }

    fn enter(&mut self, entry: PendingOutcome) {
        if entry.response == PendingOutcome::TIMED_OUT {
            self.tally.timed_out += 1;
            self.wait(entry.waiting);
        } else {
            self.serve(entry.response, entry.waiting);
        }
    }

    /// Takes back what [`MinuteStats::enter`] counted. A maximum that leaves with it is replaced by the upper edge of the
    /// highest bucket that is left, at most 0.8 % above the truth.
    fn leave(&mut self, entry: PendingOutcome) {
        if entry.response == PendingOutcome::TIMED_OUT {
            self.tally.timed_out -= 1;
        } else {
            self.tally.served -= 1;
            self.tally.response_sum -= u128::from(entry.response);
            self.response.remove(entry.response);
            if entry.response == self.tally.response_max {
                self.tally.response_max = self.response.highest().min(entry.response);
            }
        }
        self.tally.waiting_sum -= u128::from(entry.waiting);
        self.waiting.remove(entry.waiting);
        if entry.waiting == self.tally.waiting_max {
            self.tally.waiting_max = self.waiting.highest().min(entry.waiting);
        }
    }

    /// Counts what was deferred: nothing can take it back any more.
    fn settle(&mut self) {
        let deferred = std::mem::take(&mut self.deferred);
        deferred.list.into_iter().for_each(|entry| self.enter(entry));
        if let Some(counted) = deferred.counted {
            self.tally.add(&counted.tally);
            self.tally.response_max = self.tally.response_max.max(counted.tally.response_max);
            self.tally.waiting_max = self.tally.waiting_max.max(counted.tally.waiting_max);
            self.response.add(&counted.response);
            self.waiting.add(&counted.waiting);
        }
    }
}

impl Minutes {
    pub(in crate::record) fn new(
        first_end: u64,
        horizon: u64,
        warmup: u64,
        overdue_after: Option<SimDuration>,
    ) -> Self {
        let empty = || LatencySummary { histogram: Histogram::default(), sum: 0, max: 0 };
        Self {
            periods: PeriodRing::new(NANOS_PER_MINUTE, first_end, horizon),
            overdue_after,
            open: MinuteStats::default(),
            warm: None,
            warming_up: warmup > 0,
            warmup_end: warmup,
            totals: RequestCounts::default(),
            warmup_requests: 0,
            warmup_served: 0,
            response: empty(),
            waiting: empty(),
        }
    }

    /// A batch of requests. Attempts that others will follow are no end of a request.
    pub(in crate::record) fn requests(&mut self, batch: &RequestBatch<'_>) {
        self.open.tally.offered += batch.offered;
        for attempt in batch.attempts.iter().filter(|attempt| !attempt.will_retry) {
            if batch.is_final {
                self.realized(attempt);
            } else {
                self.foreseen(attempt);
            }
        }
        match (&batch.served, batch.first) {
            (Some(visits), Some(first)) => self.served_since(first, visits),
            (Some(visits), None) => self.served(visits),
            (None, _) => {}
        }
    }

    /// An attempt whose outcome may lie in the future, and may be retracted.
    fn foreseen(&mut self, attempt: &Attempt) {
        let (visit, at) = (&attempt.visit, attempt.at);
        let waiting = visit.start - visit.arrival;
        match attempt.outcome {
            Outcome::Rejected(_) => self.open.tally.rejected += 1,
            Outcome::Served => {
                self.record_future(
                    visit.arrival,
                    at,
                    PendingOutcome::served(visit.end - visit.arrival, waiting),
                );
            }
            Outcome::TimedOutInService => {
                self.record_future(visit.arrival, at, PendingOutcome::timed_out(waiting));
            }
            Outcome::TimedOutWaiting => self.timed_out_waiting(visit.arrival, at),
            Outcome::Failed => self.failed(visit.arrival),
            Outcome::Wasted => {}
        }
    }

    /// Requests are served. A batch that ends within the open minute goes through a column at a time.
    fn served(&mut self, visits: &VisitColumns<'_>) {
        if visits.latest <= self.periods.end() {
            self.open.serve_all(visits.arrival, visits);
            return;
        }
        for p in visits.iter() {
            if p.end <= self.periods.end() {
                self.open.serve(p.end - p.arrival, p.start - p.arrival);
            } else {
                let outcome = PendingOutcome::served(p.end - p.arrival, p.start - p.arrival);
                self.record_future(p.arrival, p.end, outcome);
            }
        }
    }

    /// A request fails now whose outcome had been stated already.
    pub(in crate::record) fn retracted(&mut self, retraction: &Retraction) {
        let p = &retraction.visit;
        let waiting = p.start - p.arrival;
        match retraction.stated {
            ProvisionalOutcome::Served => {
                let outcome = PendingOutcome::served(p.end - p.arrival, waiting);
                self.retract(p.arrival, p.end, outcome);
            }
            // A client that had given up before the task was killed does not fail a second time.
            ProvisionalOutcome::TimedOutInService(at) if at <= retraction.at => return,
            ProvisionalOutcome::TimedOutInService(at) => {
                self.retract(p.arrival, at, PendingOutcome::timed_out(waiting));
            }
            ProvisionalOutcome::TimedOutWaiting(at) => self.retract_timed_out_waiting(p.arrival, at),
        }
        self.failed(p.arrival);
    }

    /// An outcome, at `at`, of a request that arrived at `arrival`; beyond the horizon the request is in flight.
    #[cold]
    #[inline(never)]
    fn record_future(&mut self, arrival: u64, at: u64, entry: PendingOutcome) {
        match self.periods.index_of(at) {
            None => self.in_flight(arrival),
            Some(0) => self.open.deferred.push(entry),
            Some(index) => self.periods.ahead(index).entries.push(entry),
        }
    }

    /// A client gives up at `at` while waiting.
    fn timed_out_waiting(&mut self, arrival: u64, at: u64) {
        match self.periods.index_of(at) {
            None => self.in_flight(arrival),
            Some(0) => self.open.tally.timed_out += 1,
            Some(index) => self.periods.ahead(index).timed_out += 1,
        }
    }

    fn in_flight(&mut self, arrival: u64) {
        if !self.warming_up {
            self.totals.overdue += u64::from(self.is_overdue(arrival));
        }
    }

    /// Whether a request that arrived at `arrival` and is in flight at the horizon counts as not served.
    fn is_overdue(&self, arrival: u64) -> bool {
        self.overdue_after.is_some_and(|limit| arrival.saturating_add(limit.0) < self.periods.horizon())
    }

    /// Takes back an outcome that was recorded for `at`.
    fn retract(&mut self, arrival: u64, at: u64, entry: PendingOutcome) {
        let warm = self.is_warm(arrival);
        let entries = match self.periods.index_of(at) {
            None => return self.retract_in_flight(warm, arrival),
            Some(0) => &mut self.stats_mut(warm).deferred,
            Some(index) => {
                let ahead = self.periods.ahead(index);
                if warm { &mut ahead.warm_entries } else { &mut ahead.entries }
            }
        };
        entries.remove(entry);
    }

    /// Takes back that a client would give up waiting at `at`.
    fn retract_timed_out_waiting(&mut self, arrival: u64, at: u64) {
        let warm = self.is_warm(arrival);
        match self.periods.index_of(at) {
            None => self.retract_in_flight(warm, arrival),
            Some(0) => self.stats_mut(warm).tally.timed_out -= 1,
            Some(index) => {
                let ahead = self.periods.ahead(index);
                if warm { ahead.warm_timed_out -= 1 } else { ahead.timed_out -= 1 }
            }
        }
    }

    fn retract_in_flight(&mut self, warm: bool, arrival: u64) {
        if !warm && !self.warming_up {
            self.totals.overdue -= u64::from(self.is_overdue(arrival));
        }
    }

    /// A request that arrived at `arrival` is lost now.
    fn failed(&mut self, arrival: u64) {
        let warm = self.is_warm(arrival);
        self.stats_mut(warm).tally.failed += 1;
    }

    /// Whether a request belongs to the statistics of the warm-up while counted requests have one of their own.
    pub(super) fn is_warm(&self, arrival: u64) -> bool {
        !self.warming_up && arrival < self.warmup_end
    }

    pub(super) fn stats_mut(&mut self, warm: bool) -> &mut MinuteStats {
        if warm { self.warm.get_or_insert_default() } else { &mut self.open }
    }

    /// Requests count from here on: what is known of the warm-up's own moves aside.
    pub(in crate::record) fn warmup_ended(&mut self) {
        self.warming_up = false;
        self.warmup_requests += self.open.tally.offered;
        self.warm = Some(Box::new(std::mem::take(&mut self.open)));
        for ahead in self.periods.all_ahead() {
            ahead.warm_entries = std::mem::take(&mut ahead.entries);
            ahead.warm_timed_out = std::mem::take(&mut ahead.timed_out);
        }
    }

    /// Ends the open minute: its row, and its share of the run's sums.
    pub(in crate::record) fn close(&mut self) -> ClosedMinute {
        self.open.settle();
        let mut tally = self.open.tally;
        if let Some(warm) = self.settled_warm() {
            tally.add(&warm);
        }
        let percentiles = if tally.served == 0 { [None; 3] } else { self.percentiles(tally.served) };
        #[expect(clippy::cast_precision_loss, reason = "a mean")]
        let mean = (tally.served > 0).then(|| tally.response_sum as f64 / tally.served as f64);
        self.add_to_run();
        self.open_next();
        ClosedMinute { tally, mean, percentiles }
    }

    /// The requests of a warm-up that is over which ended in the open minute, by outcome.
    fn settled_warm(&mut self) -> Option<OutcomeCounts> {
        let warm = self.warm.as_mut()?;
        warm.settle();
        self.warmup_served += warm.tally.served;
        Some(warm.tally)
    }

    /// Ends the open minute without a row: its share of the run's sums only.
    pub(in crate::record) fn pass(&mut self) {
        self.open.settle();
        let _row = self.settled_warm();
        self.add_to_run();
        self.open_next();
    }

    /// Median, 95th and 99th percentile of the open minute's response times, the warm-up's included.
    fn percentiles(&self, served: u64) -> [Option<u64>; 3] {
        let qs = [0.5, 0.95, 0.99];
        let live = self.open.response.live(self.open.tally.response_max);
        let Some(warm) = &self.warm else { return self.open.response.quantiles(None, live, served, qs) };
        let more = warm.response.live(warm.tally.response_max);
        let live = live.start.min(more.start)..live.end.max(more.end);
        self.open.response.quantiles(Some(&warm.response), live, served, qs)
    }

    /// Adds the open minute to the run, unless it belongs to the warm-up, and empties its histograms.
    fn add_to_run(&mut self) {
        let tally = &self.open.tally;
        let response_live = self.open.response.live(tally.response_max);
        let waiting_live = self.open.waiting.live(tally.waiting_max);
        if self.warming_up {
            self.warmup_requests += tally.offered;
            self.warmup_served += tally.served;
        } else {
            self.totals.offered += tally.offered;
            self.totals.served += tally.served;
            self.totals.rejected += tally.rejected;
            self.totals.timed_out += tally.timed_out;
            self.totals.failed += tally.failed;
            self.response.histogram.absorb(&self.open.response, response_live.clone());
            self.waiting.histogram.absorb(&self.open.waiting, waiting_live.clone());
            self.response.sum += tally.response_sum;
            self.waiting.sum += tally.waiting_sum;
            self.response.max = self.response.max.max(tally.response_max);
            self.waiting.max = self.waiting.max.max(tally.waiting_max);
        }
        self.open.response.clear(response_live);
        self.open.waiting.clear(waiting_live);
    }

    fn open_next(&mut self) {
        self.open.tally = OutcomeCounts::default();
        self.warm = None;
        let Some(next) = self.periods.advance() else { return };
        self.open.deferred = next.entries;
        self.open.tally.timed_out = next.timed_out;
        if next.warm_timed_out > 0 || !next.warm_entries.is_empty() {
            let warm = self.warm.get_or_insert_default();
            warm.deferred = next.warm_entries;
            warm.tally.timed_out = next.warm_timed_out;
        }
    }

    /// The sums of the run: requests without an outcome at the horizon are in flight.
    pub(in crate::record) fn finish(self) -> (RequestCounts, LatencySummary, LatencySummary) {
        let mut counts = self.totals;
        counts.in_flight =
            counts.offered - counts.served - counts.rejected - counts.timed_out - counts.failed;
        (counts, self.response, self.waiting)
    }
}
