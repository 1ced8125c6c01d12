//! Every evaluation of every alarm. Evaluations that go on as the one before did (same state, same counts) share a row,
//! so a quiet night is one row and not five hundred.

use windtunnel_kernel::scaling::aas::AlarmEvaluated;
use windtunnel_kernel::telemetry::AlarmState;
use windtunnel_kernel::units::{PolicyId, SimDuration, SimTime};

/// One evaluation of an alarm, or several in a row that found the same.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationRecord {
    /// The first of them.
    pub at: SimTime,
    /// The last of them.
    pub until: SimTime,
    /// Number of evaluations that share the record, ≥ 1.
    pub evaluations: u32,
    /// Policy whose alarm was evaluated.
    pub policy: PolicyId,
    /// The alarm's name.
    pub alarm: String,
    /// CloudWatch's name of the metric, or the custom one's own.
    pub metric: String,
    /// The alarm's threshold.
    pub threshold: f64,
    /// M: datapoints that must breach.
    pub needed: u32,
    /// N: datapoints that are looked at.
    pub periods: u32,
    /// State before.
    pub before: AlarmState,
    /// State after.
    pub after: AlarmState,
    /// Length of a period of the alarm \[ns\].
    pub period: SimDuration,
    /// End of the newest period whose datapoint could be read at the first evaluation.
    pub newest_end: Option<SimTime>,
    /// From the end of a period until its datapoint can be read \[ns\].
    pub delay: SimDuration,
    /// Value of the newest datapoint; `None`: missing.
    pub newest: Option<f64>,
    /// Smallest and largest newest datapoint of all these evaluations.
    pub spread: Option<(f64, f64)>,
    /// Of the newest N real datapoints, how many breach.
    pub breaching: u32,
    /// Real datapoints among the newest N.
    pub seen: u32,
    /// The evaluated datapoints of the first evaluation, oldest first; empty where nothing breached.
    pub datapoints: Vec<f64>,
    /// Running count at the first evaluation \[tasks\].
    pub running: u32,
    /// Desired count at the first evaluation \[tasks\].
    pub desired: u32,
}

/// The evaluations of one service, in order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Evaluations {
    rows: Vec<EvaluationRecord>,
    /// The last row of each alarm.
    last: Vec<usize>,
}

impl Evaluations {
    #[expect(clippy::cast_possible_truncation, reason = "at most 1440 datapoints")]
    pub(super) fn note(&mut self, evaluated: &AlarmEvaluated<'_>, metric: &str) {
        let (plan, evaluation) = (evaluated.alarm, evaluated.evaluation);
        let breaches = |value: &&f64| plan.comparison.breaches(**value, plan.threshold);
        let breaching = evaluation.datapoints.iter().filter(breaches).count() as u32;
        let seen = evaluation.datapoints.len() as u32;
        let newest = evaluated.range.last().copied().flatten();
        let mine = |row: &EvaluationRecord| row.policy == evaluated.policy && row.alarm == plan.name;
        let known = self.last.iter().position(|last| mine(&self.rows[*last]));
        if let Some(row) = known.and_then(|known| self.rows.get_mut(self.last[known])) {
            let goes_on = row.after == evaluation.state && row.breaching == breaching && row.seen == seen;
            if goes_on && row.before == row.after && evaluated.before == evaluation.state {
                row.until = evaluated.at;
                row.evaluations += 1;
                row.spread = join(row.spread, newest);
                return;
            }
        }
        let index = self.rows.len();
        match known {
            Some(known) => self.last[known] = index,
            None => self.last.push(index),
        }
        self.rows.push(EvaluationRecord {
            at: evaluated.at,
            until: evaluated.at,
            evaluations: 1,
            policy: evaluated.policy,
            alarm: plan.name.clone(),
            metric: metric.to_owned(),
            threshold: plan.threshold,
            needed: plan.datapoints_to_alarm,
            periods: plan.evaluation_periods,
            before: evaluated.before,
            after: evaluation.state,
            period: plan.query.period,
            newest_end: evaluated.newest,
            delay: evaluated.delay,
            newest,
            spread: join(None, newest),
            breaching,
            seen,
            datapoints: if breaching > 0 { evaluation.datapoints.clone() } else { Vec::new() },
            running: evaluated.running,
            desired: evaluated.desired,
        });
    }

    pub(super) fn finish(self) -> Vec<EvaluationRecord> {
        self.rows
    }
}

fn join(spread: Option<(f64, f64)>, value: Option<f64>) -> Option<(f64, f64)> {
    match (spread, value) {
        (Some((low, high)), Some(value)) => Some((low.min(value), high.max(value))),
        (None, Some(value)) => Some((value, value)),
        (spread, None) => spread,
    }
}
