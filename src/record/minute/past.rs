//! Outcomes that are stated when they happen: they belong to the open minute, and to the warm-up or not by the arrival of
//! their request.

use windtunnel_kernel::facts::{Answers, Denial, Unanswered};

use super::super::result::{LatencySummary, RequestCounts};
use super::{Ledger, Minutes};

impl Minutes {
    /// Requests were answered.
    pub(in crate::record) fn answered(&mut self, answers: &Answers<'_>) {
        let has_warm = self.warmup_end > 0
            && !self.warming_up
            && answers.first.iter().any(|first| *first < self.warmup_end);
        if !has_warm {
            self.open.answer_all(answers);
            return;
        }
        for (first, p) in answers.first.iter().zip(answers.passages.iter()) {
            let warm = self.is_warm(*first);
            self.ledger_mut(warm).serve(p.end - first, p.start - p.arrival);
        }
    }

    /// A request ended without an answer; an attempt that will be followed by another one is no such end.
    pub(in crate::record) fn unanswered(&mut self, end: &Unanswered) {
        let warm = self.is_warm(end.origin.first);
        let ledger = self.ledger_mut(warm);
        match end.denial {
            Denial::Refused(_) => ledger.tally.rejected += 1,
            Denial::Lost => ledger.tally.failed += 1,
            Denial::TimedOut => {
                ledger.tally.timed_out += 1;
                if let Some(start) = end.start {
                    ledger.wait(start - end.arrival);
                }
            }
        }
    }

    /// The sums of a run whose outcomes were stated when they happened: what has none at the horizon is in flight.
    pub(in crate::record) fn finish_past(self) -> (RequestCounts, LatencySummary, LatencySummary) {
        let (mut counts, response, waiting) = self.finish();
        counts.in_flight =
            counts.offered - counts.served - counts.rejected - counts.timed_out - counts.failed;
        (counts, response, waiting)
    }
}

impl Ledger {
    fn answer_all(&mut self, answers: &Answers<'_>) {
        let passages = &answers.passages;
        self.tally.served += passages.end.len() as u64;
        let (responses, longest) = self.response.record_spans(answers.first, passages.end);
        let (waits, longest_wait) = self.waiting.record_spans(passages.arrival, passages.start);
        self.tally.response_sum += responses;
        self.tally.waiting_sum += waits;
        self.tally.response_max = self.tally.response_max.max(longest);
        self.tally.waiting_max = self.tally.waiting_max.max(longest_wait);
    }
}
