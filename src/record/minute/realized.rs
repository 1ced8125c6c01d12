//! Outcomes that are stated when they have happened: they belong to the open minute, and to the warm-up or not by the
//! arrival of their request.

use windtunnel_kernel::facts::{Attempt, Outcome, VisitColumns};

use super::minutes::Minutes;

impl Minutes {
    /// Requests are served whose first attempts arrived at `first` [ns since second 0].
    pub(super) fn served_since(&mut self, first: &[u64], visits: &VisitColumns<'_>) {
        let has_warm =
            self.warmup_end > 0 && !self.warming_up && first.iter().any(|first| *first < self.warmup_end);
        if !has_warm {
            self.open.serve_all(first, visits);
            return;
        }
        for (first, p) in first.iter().zip(visits.iter()) {
            let warm = self.is_warm(*first);
            self.stats_mut(warm).serve(p.end - first, p.start - p.arrival);
        }
    }

    /// A request has ended without an answer.
    pub(super) fn realized(&mut self, attempt: &Attempt) {
        let warm = self.is_warm(attempt.key.first);
        let stats = self.stats_mut(warm);
        match attempt.outcome {
            Outcome::Rejected(_) => stats.tally.rejected += 1,
            Outcome::Failed => stats.tally.failed += 1,
            Outcome::TimedOutWaiting => stats.tally.timed_out += 1,
            Outcome::TimedOutInService => {
                stats.tally.timed_out += 1;
                stats.wait(attempt.visit.start - attempt.visit.arrival);
            }
            Outcome::Served | Outcome::Wasted => {}
        }
    }
}
