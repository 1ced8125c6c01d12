//! What clients did and what became of each class of requests, where the plan has retries or classes. Requests that
//! arrived in the warm-up are left out with all their attempts.

use windtunnel_kernel::facts::{Answers, Denial, Origin, Unanswered};
use windtunnel_kernel::world::{Plan, ServicePlan};

use super::histogram::Histogram;
use super::result::{AttemptsRecord, ClassRecord, LatencySummary, RequestCounts};

/// Attempts and classes of one service on the event path.
#[derive(Debug)]
pub(super) struct Attempts {
    has_retries: bool,
    warming_up: bool,
    warmup_end: u64,
    counts: RequestCounts,
    retries: u64,
    classes: Vec<ClassRecord>,
}

/// One outcome more.
fn deny(counts: &mut RequestCounts, denial: Denial) {
    match denial {
        Denial::Refused(_) => counts.rejected += 1,
        Denial::TimedOut => counts.timed_out += 1,
        Denial::Lost => counts.failed += 1,
    }
}

/// Counts in which what has no outcome is in flight.
fn closed(counts: RequestCounts) -> RequestCounts {
    let ended = counts.served + counts.rejected + counts.timed_out + counts.failed;
    RequestCounts { in_flight: counts.offered - ended, ..counts }
}

impl Attempts {
    /// What is to be kept of `service`; `None`: its plan has neither retries nor classes.
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

    pub(super) fn offered(&mut self, class: u32, count: u64) {
        if self.warming_up {
            return;
        }
        self.counts.offered += count;
        if let Some(class) = self.classes.get_mut(class as usize) {
            class.requests.offered += count;
        }
    }

    pub(super) fn tried_again(&mut self, origin: &Origin) {
        if origin.first >= self.warmup_end {
            self.counts.offered += 1;
            self.retries += 1;
        }
    }

    pub(super) fn answered(&mut self, answers: &Answers<'_>) {
        let rows = answers.first.iter().zip(answers.class).zip(answers.passages.end);
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

    pub(super) fn unanswered(&mut self, end: &Unanswered) {
        if end.origin.first < self.warmup_end {
            return;
        }
        deny(&mut self.counts, end.denial);
        let class = self.classes.get_mut(end.origin.class as usize).filter(|_| !end.tries_again);
        if let Some(class) = class {
            deny(&mut class.requests, end.denial);
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
