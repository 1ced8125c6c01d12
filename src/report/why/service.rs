//! Log of one service, from the files of a run.

use crate::results::{CellNumber, CellSeconds, DecisionRow, EvaluationRow, TaskRow, TimelineRow};

/// The rows of one service, each file in order of time.
pub(super) struct ServiceLog {
    pub(super) name: String,
    pub(super) minutes: Vec<TimelineRow>,
    pub(super) rows: Vec<DecisionRow>,
    pub(super) seen: Vec<EvaluationRow>,
    pub(super) lives: Vec<TaskRow>,
}

/// Requests and response times in a stretch of time, as users felt them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Felt {
    pub(super) worst_p95_ms: Option<(f64, f64)>,
    pub(super) rejected: u128,
    pub(super) timed_out: u128,
    pub(super) failed: u128,
}

impl ServiceLog {
    /// The minute that holds second `at`, or the nearest one.
    pub(super) fn minute_at(&self, at: f64) -> Option<&TimelineRow> {
        let after = self.minutes.partition_point(|minute| minute.time_s.get() <= at);
        self.minutes.get(after.saturating_sub(1))
    }

    /// Mean of the offered rate over the minutes that begin in [from, to).
    pub(super) fn mean_rate(&self, from: f64, to: f64) -> Option<f64> {
        let rates: Vec<f64> = self.between(from, to).map(|minute| minute.offered_per_s.get()).collect();
        (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
    }

    /// The minutes that begin in [from, to).
    pub(super) fn between(&self, from: f64, to: f64) -> impl Iterator<Item = &TimelineRow> {
        self.minutes.iter().filter(move |minute| minute.time_s.get() >= from && minute.time_s.get() < to)
    }

    /// The requests and response times of the minutes that begin in [from, to), as users felt them.
    pub(super) fn felt(&self, from: f64, to: f64) -> Felt {
        let mut felt = Felt::default();
        for minute in self.between(from, to) {
            felt.rejected += u128::from(minute.rejected);
            felt.timed_out += u128::from(minute.timed_out);
            felt.failed += u128::from(minute.failed);
            if let Some(p95) = minute.response_time_p95_ms.map(CellNumber::get)
                && felt.worst_p95_ms.is_none_or(|(worst, _)| p95 > worst)
            {
                felt.worst_p95_ms = Some((p95, minute.time_s.get()));
            }
        }
        felt
    }

    /// Median of the minutes' 95th percentiles in [from, to) \[ms\].
    pub(super) fn usual_p95(&self, from: f64, to: f64) -> Option<f64> {
        let mut all: Vec<f64> = self
            .between(from, to)
            .filter_map(|minute| minute.response_time_p95_ms.map(CellNumber::get))
            .collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    }

    /// The evaluation with which the alarm of a policy and metric last went to ALARM at or before `at`.
    pub(super) fn fired(
        &self,
        policy: &str,
        threshold: Option<CellNumber<6>>,
        at: f64,
    ) -> Option<&EvaluationRow> {
        let same = |seen: &&EvaluationRow| {
            seen.policy == policy
                && seen.state_after == "ALARM"
                && seen.state_before != "ALARM"
                && threshold.is_none_or(|threshold| threshold == seen.threshold)
        };
        self.seen.iter().filter(|seen| seen.time_s.get() <= at).rfind(same)
    }

    /// The evaluation of each alarm that held at second `at`, one an alarm, in order of their names.
    pub(super) fn standing(&self, at: f64) -> Vec<&EvaluationRow> {
        let mut standing: Vec<&EvaluationRow> = Vec::new();
        for seen in self.seen.iter().filter(|seen| seen.time_s.get() <= at) {
            match standing.iter_mut().find(|other| other.alarm == seen.alarm) {
                Some(other) => *other = seen,
                None => standing.push(seen),
            }
        }
        standing.sort_by(|a, b| a.alarm.cmp(&b.alarm));
        standing
    }

    /// Tasks that were asked for in [from, to]: when each ran and when it could serve.
    pub(super) fn asked_for(&self, from: f64, to: f64) -> Vec<&TaskRow> {
        let in_time = |at: f64| at >= from - 1e-6 && at <= to + 1e-6;
        self.lives.iter().filter(|life| life.asked_for_s.map(CellSeconds::get).is_some_and(in_time)).collect()
    }
}
