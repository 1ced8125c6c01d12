//! CloudWatch alarms: M datapoints of N, missing data, and the three states (`docs/aws/alarms.md`).

use alloc::string::String;

use super::metric::{AlarmQuery, Metric};
use crate::units::{SimDuration, SimTime};

/// An alarm as its owner declared it.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmPlan {
    /// Name in the decision log; part of the key of its phase.
    pub name: String,
    /// Metric that the alarm watches.
    pub metric: Metric,
    /// Query by which it reads the metric.
    pub query: AlarmQuery,
    /// N: periods it evaluates, ≥ 1.
    pub evaluation_periods: u32,
    /// M: datapoints that must breach, in 1..=N.
    pub datapoints_to_alarm: u32,
    /// Comparison by which a datapoint breaches.
    pub comparison: Comparison,
    /// The threshold, in the metric's unit; finite.
    pub threshold: f64,
    /// Treatment of a missing datapoint.
    pub treat_missing_data: TreatMissingData,
}

/// `ComparisonOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `GreaterThanOrEqualToThreshold`.
    GreaterThanOrEqualToThreshold,
    /// `GreaterThanThreshold`.
    GreaterThanThreshold,
    /// `LessThanThreshold`.
    LessThanThreshold,
    /// `LessThanOrEqualToThreshold`.
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// Whether `value` breaches `threshold`.
    #[must_use]
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }
}

/// `TreatMissingData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreatMissingData {
    /// `missing` (the default): as if it were not there.
    Missing,
    /// `notBreaching`.
    NotBreaching,
    /// `breaching`.
    Breaching,
    /// `ignore`: the state stays where filling would decide it.
    Ignore,
}

/// `StateValue`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlarmState {
    /// `INSUFFICIENT_DATA`, the initial state.
    #[default]
    InsufficientData,
    /// `OK`.
    Ok,
    /// `ALARM`.
    Alarm,
}

impl AlarmState {
    /// CloudWatch's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
        }
    }
}

/// The state an alarm takes from the datapoints in its evaluation range.
///
/// `range` holds the datapoints of the range, oldest first, `None` where one is missing; it is at least
/// `evaluation_periods` long. `current` is the state before.
///
/// The rules, from the CloudWatch user guide (`docs/aws/alarms.md#missing-data`): with at least N real points the newest N
/// decide; otherwise the missing ones are filled as `treat_missing_data` says. Under `missing` and `ignore` the real
/// points decide where they can; an all-breaching remainder of fewer than M points alarms only when its oldest
/// point is at least M positions old (the premature-alarm rule), which `missing` applies and `ignore` leaves as it is.
#[must_use]
pub fn evaluate(plan: &AlarmPlan, range: &[Option<f64>], current: AlarmState) -> AlarmState {
    let (n, m) = (plan.evaluation_periods as usize, plan.datapoints_to_alarm as usize);
    let breaches = |value: f64| plan.comparison.breaches(value, plan.threshold);
    let real = || range.iter().rev().flatten();
    let real_count = real().count();
    let breaching = real().take(n).filter(|value| breaches(**value)).count();
    let decided = |breaching: usize| if breaching >= m { AlarmState::Alarm } else { AlarmState::Ok };
    if real_count >= n {
        return decided(breaching);
    }
    match plan.treat_missing_data {
        TreatMissingData::NotBreaching => decided(breaching),
        TreatMissingData::Breaching => decided(breaching + (n - real_count)),
        TreatMissingData::Missing | TreatMissingData::Ignore => {
            if breaching >= m {
                AlarmState::Alarm
            } else if breaching < real_count {
                AlarmState::Ok
            } else if plan.treat_missing_data == TreatMissingData::Ignore {
                current
            } else if real_count == 0 {
                AlarmState::InsufficientData
            } else {
                let oldest = range.iter().position(Option::is_some).map_or(0, |index| range.len() - index);
                if oldest >= m { AlarmState::Alarm } else { current }
            }
        }
    }
}

impl AlarmPlan {
    /// An alarm on one datapoint of one minute of the metric's usual statistic, for which missing data is missing.
    #[must_use]
    pub fn new(name: &str, metric: Metric, comparison: Comparison, threshold: f64) -> Self {
        Self {
            name: name.into(),
            metric,
            query: AlarmQuery::of(metric),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            comparison,
            threshold,
            treat_missing_data: TreatMissingData::Missing,
        }
    }

    /// Interval between evaluations \[ns\] (documented: `docs/aws/alarms.md#evaluation`): every 10 s with periods below a
    /// minute, every hour when it looks back over more than a day, else every minute.
    #[must_use]
    pub fn evaluation_interval(&self) -> SimDuration {
        let span = u64::from(self.evaluation_periods).saturating_mul(self.query.period.0);
        SimDuration::from_secs(match self.query.is_high_resolution() {
            true => 10,
            false if span > 86_400_000_000_000 => 3_600,
            false => 60,
        })
    }
}

/// One evaluation: what the alarm saw and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// The state after it.
    pub state: AlarmState,
    /// Whether the state changed.
    pub changed: bool,
    /// The real datapoints among the newest N, oldest first.
    pub datapoints: alloc::vec::Vec<f64>,
    /// Beginning of each of their periods.
    pub began: alloc::vec::Vec<SimTime>,
    /// Periods of the range that are newer than the newest datapoint, and have none.
    pub missing: u32,
}

/// An alarm and its state.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Declaration of the alarm.
    pub plan: AlarmPlan,
    state: AlarmState,
}

impl Alarm {
    /// An alarm in `INSUFFICIENT_DATA`.
    #[must_use]
    pub fn new(plan: AlarmPlan) -> Self {
        Self { plan, state: AlarmState::InsufficientData }
    }

    /// State of the alarm.
    #[must_use]
    pub fn state(&self) -> AlarmState {
        self.state
    }

    /// Evaluates `range` (as in [`evaluate`]), whose newest period ended at `newest`, and takes the new state; the result is
    /// written to `out`.
    pub fn observe(&mut self, range: &[Option<f64>], newest: SimTime, out: &mut Evaluation) {
        self.take(evaluate(&self.plan, range, self.state), (range, newest), out);
    }

    /// Looks at `range` and keeps its state: its newest datapoint is a percentile of too few samples
    /// (`EvaluateLowSampleCountPercentile`, `docs/aws/alarms.md#percentiles-of-few-samples`).
    pub fn keep_state(&mut self, range: &[Option<f64>], newest: SimTime, out: &mut Evaluation) {
        self.take(self.state, (range, newest), out);
    }

    fn take(&mut self, state: AlarmState, (range, newest): (&[Option<f64>], SimTime), out: &mut Evaluation) {
        out.changed = state != self.state;
        out.state = state;
        out.datapoints.clear();
        out.began.clear();
        let missing = range.iter().rev().take_while(|point| point.is_none()).count();
        out.missing = u32::try_from(missing).unwrap_or(u32::MAX);
        // Where the newest N real points begin.
        let (mut first, mut left) = (range.len(), self.plan.evaluation_periods);
        while left > 0 && first > 0 {
            first -= 1;
            left -= u32::from(range[first].is_some());
        }
        let period = self.plan.query.period.0;
        for (back, point) in (1..=(range.len() - first) as u64).rev().zip(&range[first..]) {
            if let Some(value) = point {
                out.datapoints.push(*value);
                out.began.push(SimTime(newest.0.saturating_sub(back.saturating_mul(period))));
            }
        }
        self.state = state;
    }
}
