//! Attempts of clients and outcomes of each class of requests, where the plan has retries or classes. Requests that
//! arrived in the warm-up are left out with all their attempts.

use windtunnel_kernel::facts::{Attempt, Outcome, RequestBatch, RequestKey};
use windtunnel_kernel::simulation::{Plan, ServicePlan};

use super::histogram::Histogram;
use super::result::{AttemptsRecord, ClassRecord, LatencySummary, RequestCounts};

/// Attempts and classes of one service on the event path.
#[derive(Debug)]
pub(super) struct AttemptsRecorder {
    has_retries: bool,
    warming_up: bool,
    warmup_end: u64,
    counts: RequestCounts,
    retries: u64,
    classes: Vec<ClassRecord>,
}

/// One attempt more that had no answer.
fn count(counts: &mut RequestCounts, outcome: Outcome) {
    match outcome {
        Outcome::Rejected(_) => counts.rejected += 1,
        Outcome::TimedOutWaiting | Outcome::TimedOutInService => counts.timed_out += 1,
        Outcome::Failed => counts.failed += 1,
        Outcome::Served | Outcome::Wasted => {}
    }
}

/// Counts in which what has no outcome is in flight.
fn closed(counts: RequestCounts) -> RequestCounts {
    let ended = counts.served + counts.rejected + counts.timed_out + counts.failed;
    RequestCounts { in_flight: counts.offered - ended, ..counts }
}

impl AttemptsRecorder {
    /// The recorder of attempts of `service`; `None`: its plan has neither retries nor classes.
    pub(super) fn of(plan: &Plan, service: &ServicePlan) -> Option<Box<Self>> {
        let (request, has_retries) = (&service.request, service.request.retry.is_some());
        let record = |name: &String| ClassRecord {
            name: name.clone(),
            requests: RequestCounts::default(),
            response_time: LatencySummary { histogram: Histogram::default(), sum: 0, max: 0 },
        };
        let classes: Vec<ClassRecord> = request.classes.iter().map(|class| record(&class.name)).collect();
        (has_retries || !classes.is_empty()).then(|| {
            Box::new(Self {
                has_retries,
                warming_up: plan.warmup.0 > 0,
                warmup_end: plan.warmup.0,
                counts: RequestCounts::default(),
                retries: 0,
                classes,
            })
        })
    }

    /// A batch of requests.
    pub(super) fn requests(&mut self, batch: &RequestBatch<'_>) {
        if !self.warming_up {
            self.counts.offered += batch.offered;
            for (class, count) in self.classes.iter_mut().zip(batch.offered_by_class) {
                class.requests.offered += count;
            }
        }
        batch.retried.iter().for_each(|key| self.retried(key));
        batch.attempts.iter().for_each(|attempt| self.attempt(attempt));
        let Some(served) = &batch.served else { return };
        let (Some(first), Some(class)) = (batch.first, batch.class) else { return };
        let rows = first.iter().zip(class).zip(served.end);
        for ((first, class), end) in rows.filter(|((first, _), _)| **first >= self.warmup_end) {
            self.counts.served += 1;
            if let Some(class) = self.classes.get_mut(*class as usize) {
                class.requests.served += 1;
                class.response_time.histogram.record(end - first);
                class.response_time.sum += u128::from(end - first);
                class.response_time.max = class.response_time.max.max(end - first);
            }
        }
    }

    fn retried(&mut self, key: &RequestKey) {
        if key.first >= self.warmup_end {
            self.counts.offered += 1;
            self.retries += 1;
        }
    }

    fn attempt(&mut self, attempt: &Attempt) {
        if attempt.key.first < self.warmup_end {
            return;
        }
        count(&mut self.counts, attempt.outcome);
        let class = self.classes.get_mut(attempt.key.class as usize).filter(|_| !attempt.will_retry);
        if let Some(class) = class {
            count(&mut class.requests, attempt.outcome);
        }
    }

    pub(super) fn warmup_ended(&mut self) {
        self.warming_up = false;
    }

    pub(super) fn finish(self) -> (Option<AttemptsRecord>, Vec<ClassRecord>) {
        let attempts = AttemptsRecord { counts: closed(self.counts), retries: self.retries };
        let mut classes = self.classes;
        for class in &mut classes {
            class.requests = closed(class.requests);
        }
        (self.has_retries.then_some(attempts), classes)
    }
}
