//! Target tracking: the pair of alarms a policy manages, and the proportional rule (`docs/aws/target-tracking.md`).

use alloc::format;

use super::plan::{DatapointAggregation, PolicyRules, ScaleInMode, TargetTrackingPlan};
use crate::telemetry::{AlarmPlan, Comparison, TreatMissingData};

impl TargetTrackingPlan {
    /// The value below which the low alarm breaches: `tt_low_ratio × target_value`.
    #[must_use]
    pub fn low_threshold(&self, rules: &PolicyRules) -> f64 {
        self.target_value * rules.tt_low_ratio
    }

    /// The managed alarms: high, and low unless scale-in is disabled. Comparisons are strict on both sides and missing
    /// data is `missing` (`docs/aws/target-tracking.md#managed-alarms`, observed in real accounts).
    #[must_use]
    pub fn alarms(&self, name: &str, rules: &PolicyRules) -> (AlarmPlan, Option<AlarmPlan>) {
        let alarm = |suffix: &str, points: u32, comparison, threshold| AlarmPlan {
            name: format!("{name}-{suffix}"),
            metric: self.metric,
            query: self.query,
            evaluation_periods: points,
            datapoints_to_alarm: points,
            comparison,
            threshold,
            treat_missing_data: TreatMissingData::Missing,
        };
        let (high_points, low_points) = if self.query.is_high_resolution() {
            (rules.tt_high_points_20s, rules.tt_low_points_20s)
        } else {
            (rules.tt_high_points, rules.tt_low_points)
        };
        let high = alarm("AlarmHigh", high_points, Comparison::GreaterThanThreshold, self.target_value);
        let low = alarm("AlarmLow", low_points, Comparison::LessThanThreshold, self.low_threshold(rules));
        (high, (!self.disable_scale_in).then_some(low))
    }

    /// The number the formula uses, from the datapoints the alarm evaluated; `None` without any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a handful of datapoints")]
    pub fn aggregate(&self, datapoints: &[f64], rules: &PolicyRules) -> Option<f64> {
        let last = *datapoints.last()?;
        Some(match rules.tt_metric_aggregation {
            DatapointAggregation::MeanOfEvalWindow => {
                datapoints.iter().sum::<f64>() / datapoints.len() as f64
            }
            DatapointAggregation::Last => last,
            DatapointAggregation::Max => {
                datapoints.iter().copied().fold(last, |a, b| if b > a { b } else { a })
            }
        })
    }

    /// `ceil(base × value / target)`: never adds too little, never removes too much. With nothing running it adds the
    /// smallest possible amount (`docs/aws/target-tracking.md#formula`).
    ///
    /// Example: 4 tasks at 75 with target 50 → ceil(6.0) = 6; 2 tasks at 44 → ceil(1.76) = 2.
    #[must_use]
    pub fn proportional(&self, base: i64, value: f64) -> i64 {
        if base == 0 && value > self.target_value {
            return 1;
        }
        // A product of decimals such as 10 × 66 / 60 = 11 must not become 11.000000000000002 and then 12.
        let exact = to_f64(base) * value / self.target_value;
        let nearest = libm::round(exact);
        let settled =
            if (exact - nearest).abs() <= 1e-9 * (1.0 + nearest) { nearest } else { libm::ceil(exact) };
        to_i64(settled)
    }

    /// The count a scale-in proposes, by `tt_scale_in_mode` and `tt_scale_in_max_step`.
    #[must_use]
    pub fn scale_in(&self, running: i64, value: f64, rules: &PolicyRules) -> i64 {
        let proportional = self.proportional(running, value).min(running);
        let least = match rules.tt_scale_in_mode {
            ScaleInMode::ProportionalCeil => 0,
            ScaleInMode::OneAtATime => running - 1,
            ScaleInMode::MaxFraction(fraction) => {
                running - to_i64(libm::floor(to_f64(running) * fraction)).max(1)
            }
        };
        let step = rules.tt_scale_in_max_step.map_or(0, |most| running - i64::from(most));
        let mode = match rules.tt_scale_in_mode {
            ScaleInMode::OneAtATime => least,
            ScaleInMode::ProportionalCeil | ScaleInMode::MaxFraction(_) => proportional.max(least),
        };
        mode.max(step).max(0)
    }
}

/// A count as a float.
#[expect(clippy::cast_precision_loss, reason = "counts of tasks")]
pub(super) fn to_f64(count: i64) -> f64 {
    count as f64
}

/// The largest count that a formula gives \[tasks\], far above any service quota: what is more counts as this.
pub const MOST_TASKS: i64 = 1_000_000_000;

/// A float as a count, within ± [`MOST_TASKS`].
#[expect(clippy::cast_possible_truncation, reason = "clamped on the same line")]
pub(super) fn to_i64(value: f64) -> i64 {
    value.clamp(-to_f64(MOST_TASKS), to_f64(MOST_TASKS)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::{AlarmQuery, Metric};
    use crate::units::SimDuration;

    fn tracking(target_value: f64) -> TargetTrackingPlan {
        TargetTrackingPlan {
            metric: Metric::CpuUtilization,
            query: AlarmQuery::of(Metric::CpuUtilization),
            target_value,
            scale_out_cooldown: SimDuration::from_secs(300),
            scale_in_cooldown: SimDuration::from_secs(300),
            disable_scale_in: false,
        }
    }

    #[test]
    fn case_t1_the_ceil_rule() {
        let plan = tracking(50.0);
        assert_eq!(plan.proportional(4, 75.0), 6);
        assert_eq!(plan.proportional(4, 50.1), 5);
        assert_eq!(plan.proportional(10, 20.0), 4);
        assert_eq!(plan.proportional(2, 44.0), 2);
        assert_eq!(tracking(60.0).proportional(2, 50.0), 2);
    }

    #[test]
    fn a_whole_result_is_not_pushed_over_by_rounding() {
        for base in 1..200 {
            for target in 1..100 {
                let value = f64::from(target) * 1.1;
                let exact = f64::from(base) * 11.0 / 10.0;
                let expected = to_i64(libm::ceil(exact - 1e-7));
                assert_eq!(
                    tracking(f64::from(target)).proportional(i64::from(base), value),
                    expected,
                    "{base} × {value} / {target}"
                );
            }
        }
    }

    #[test]
    fn nothing_running_and_a_high_metric_starts_one() {
        assert_eq!(tracking(50.0).proportional(0, 500.0), 1);
        assert_eq!(tracking(50.0).proportional(0, 20.0), 0);
    }

    #[test]
    fn the_managed_pair_is_three_of_three_and_fifteen_of_fifteen_minutes_or_three_and_thirty_times_20_s() {
        let (high, low) = tracking(70.0).alarms("cpu", &PolicyRules::default());
        let low = low.unwrap();
        assert_eq!((high.evaluation_periods, high.datapoints_to_alarm), (3, 3));
        assert_eq!((low.evaluation_periods, low.datapoints_to_alarm), (15, 15));
        assert!((low.threshold - 63.0).abs() < 1e-12);
        let mut fine = tracking(50.0);
        fine.query = fine.query.every(SimDuration::from_secs(20));
        let (high, low) = fine.alarms("cpu", &PolicyRules::default());
        assert_eq!((high.evaluation_periods, low.unwrap().evaluation_periods), (3, 30));
        assert_eq!(high.evaluation_interval(), SimDuration::from_secs(10));
        let mut one_way = tracking(70.0);
        one_way.disable_scale_in = true;
        assert_eq!(one_way.alarms("cpu", &PolicyRules::default()).1, None);
    }

    #[test]
    fn case_t2_the_low_alarm_is_strict() {
        use crate::telemetry::{AlarmState, evaluate};
        // T = 70: 63.0 does not breach, 62.999 fifteen times does; T = 50 in periods of 20 s: 45.0 does not.
        for (target, minutes) in [(70.0, true), (50.0, false)] {
            let mut plan = tracking(target);
            if !minutes {
                plan.query.period = SimDuration::from_secs(20);
            }
            let (high, low) = plan.alarms("cpu", &PolicyRules::default());
            let low = low.unwrap();
            let after = |alarm: &AlarmPlan, value: f64| evaluate(alarm, &[Some(value); 40], AlarmState::Ok);
            assert_eq!(after(&low, 0.9 * target), AlarmState::Ok, "{target}");
            assert_eq!(after(&low, 0.9 * target - 0.001), AlarmState::Alarm, "{target}");
            assert_eq!(after(&high, target), AlarmState::Ok, "{target}");
            assert_eq!(after(&high, target + 0.001), AlarmState::Alarm, "{target}");
        }
    }

    #[test]
    fn scale_in_modes_limit_how_much_goes_at_once() {
        let plan = tracking(50.0);
        let with = |mode, step| PolicyRules {
            tt_scale_in_mode: mode,
            tt_scale_in_max_step: step,
            ..PolicyRules::default()
        };
        assert_eq!(plan.scale_in(10, 20.0, &with(ScaleInMode::ProportionalCeil, None)), 4);
        assert_eq!(plan.scale_in(10, 20.0, &with(ScaleInMode::ProportionalCeil, Some(2))), 8);
        assert_eq!(plan.scale_in(10, 20.0, &with(ScaleInMode::OneAtATime, None)), 9);
        assert_eq!(plan.scale_in(10, 20.0, &with(ScaleInMode::MaxFraction(0.25), None)), 8);
        assert_eq!(plan.scale_in(3, 1.0, &with(ScaleInMode::MaxFraction(0.25), None)), 2);
    }
}
