//! Step scaling: from a breach to a step, and from a step to a count (`docs/aws/step-scaling.md`).

use super::plan::{Adjustment, AdjustmentType, PolicyRules, StepAggregation, StepPlan, StepWindow};

impl StepPlan {
    /// The number that is compared with the steps, from the datapoints the alarm evaluated; `None` without any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a handful of datapoints")]
    pub fn aggregate(&self, datapoints: &[f64], rules: &PolicyRules) -> Option<f64> {
        let last = *datapoints.last()?;
        if rules.step_metric_window == StepWindow::LastPoint {
            return Some(last);
        }
        Some(match self.metric_aggregation_type {
            StepAggregation::Average => datapoints.iter().sum::<f64>() / datapoints.len() as f64,
            StepAggregation::Minimum => {
                datapoints.iter().copied().fold(last, |a, b| if b < a { b } else { a })
            }
            StepAggregation::Maximum => {
                datapoints.iter().copied().fold(last, |a, b| if b > a { b } else { a })
            }
        })
    }

    /// The step whose range holds `value`: above the threshold the lower bound is inclusive and the upper exclusive,
    /// below it the lower is exclusive and the upper inclusive. `None`: no range holds it, no action.
    #[must_use]
    pub fn select(&self, value: f64) -> Option<&Adjustment> {
        let difference = value - self.alarm.threshold;
        let above = |step: &&Adjustment| {
            // A range above the threshold starts at zero or higher, or reaches from −∞ beyond zero.
            let is_above =
                step.lower.map_or_else(|| step.upper.is_none_or(|upper| upper > 0.0), |lower| lower >= 0.0);
            is_above
                && step.lower.is_none_or(|lower| difference >= lower)
                && step.upper.is_none_or(|upper| difference < upper)
        };
        let below = |step: &&Adjustment| {
            step.lower.is_none_or(|lower| difference > lower)
                && step.upper.is_some_and(|upper| upper <= 0.0 && difference <= upper)
        };
        self.steps.iter().find(above).or_else(|| self.steps.iter().find(below))
    }

    /// The count that `step` asks for, starting from `base`.
    #[must_use]
    pub fn apply(&self, step: &Adjustment, base: i64) -> i64 {
        let adjustment = i64::from(step.adjustment);
        match self.adjustment_type {
            AdjustmentType::ExactCapacity => adjustment,
            AdjustmentType::ChangeInCapacity => base + adjustment,
            AdjustmentType::PercentChangeInCapacity => base + self.percent_change(adjustment, base),
        }
    }

    /// Percent of `base` as whole tasks: above one rounded down, between zero and one to one, and alike below zero;
    /// then raised to the minimum magnitude.
    ///
    /// Examples of the user guide: 12.7 → 12, 0.67 → 1, −0.58 → −1, −6.67 → −6.
    fn percent_change(&self, percent: i64, base: i64) -> i64 {
        let exact = percent * base;
        let magnitude = match (exact.abs() / 100, exact.abs()) {
            (_, 0) => return 0,
            (0, _) => 1,
            (whole, _) => whole,
        };
        exact.signum() * magnitude.max(i64::from(self.min_adjustment_magnitude))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::telemetry::{AlarmPlan, AlarmQuery, Comparison, Metric, TreatMissingData};
    use crate::units::SimDuration;

    pub(in crate::scaling::aas) fn step_plan(
        threshold: f64,
        kind: AdjustmentType,
        steps: &[(Option<f64>, Option<f64>, i32)],
    ) -> StepPlan {
        StepPlan {
            alarm: AlarmPlan {
                name: "alarm".into(),
                metric: Metric::CpuUtilization,
                query: AlarmQuery::of(Metric::CpuUtilization),
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                comparison: Comparison::GreaterThanOrEqualToThreshold,
                threshold,
                treat_missing_data: TreatMissingData::Missing,
            },
            adjustment_type: kind,
            min_adjustment_magnitude: 0,
            metric_aggregation_type: StepAggregation::Average,
            cooldown: SimDuration::from_secs(300),
            steps: steps
                .iter()
                .map(|(lower, upper, adjustment)| Adjustment {
                    lower: *lower,
                    upper: *upper,
                    adjustment: *adjustment,
                })
                .collect(),
        }
    }

    fn propose(plan: &StepPlan, value: f64, base: i64) -> Option<i64> {
        plan.select(value).map(|step| plan.apply(step, base))
    }

    fn out_50() -> StepPlan {
        let steps = [(Some(0.0), Some(10.0), 0), (Some(10.0), Some(20.0), 10), (Some(20.0), None, 30)];
        step_plan(50.0, AdjustmentType::PercentChangeInCapacity, &steps)
    }

    fn in_50() -> StepPlan {
        let steps = [(Some(-10.0), Some(0.0), 0), (Some(-20.0), Some(-10.0), -10), (None, Some(-20.0), -30)];
        step_plan(50.0, AdjustmentType::PercentChangeInCapacity, &steps)
    }

    #[test]
    fn case_s1_the_walk_of_the_user_guide() {
        assert_eq!(propose(&out_50(), 59.0, 10), Some(10));
        assert_eq!(propose(&out_50(), 60.0, 10), Some(11));
        assert_eq!(propose(&out_50(), 70.0, 11), Some(14));
        assert_eq!(propose(&in_50(), 40.0, 14), Some(13));
        assert_eq!(propose(&in_50(), 30.0, 13), Some(10));
    }

    #[test]
    fn oracle_step_boundaries() {
        let change = |value: f64| {
            let plan = if value >= 50.0 { out_50() } else { in_50() };
            plan.select(value).map(|step| step.adjustment)
        };
        let table = [
            (50.0, 0),
            (59.999, 0),
            (60.0, 10),
            (69.999, 10),
            (70.0, 30),
            (1000.0, 30),
            (49.999, 0),
            (40.001, 0),
            (40.0, -10),
            (30.001, -10),
            (30.0, -30),
            (0.0, -30),
        ];
        for (value, percent) in table {
            assert_eq!(change(value), Some(percent), "at {value}");
        }
    }

    #[test]
    fn case_s2_three_steps_above_seventy() {
        let steps = [(Some(0.0), Some(15.0), 1), (Some(15.0), Some(25.0), 2), (Some(25.0), None, 3)];
        let plan = step_plan(70.0, AdjustmentType::ChangeInCapacity, &steps);
        for (value, added) in [(70.0, 1), (84.9, 1), (85.0, 2), (94.9, 2), (95.0, 3)] {
            assert_eq!(propose(&plan, value, 10), Some(10 + added), "at {value}");
        }
        assert_eq!(propose(&plan, 69.9, 10), None);
    }

    #[test]
    fn case_s3_the_three_adjustment_types() {
        let with = |kind, adjustment| step_plan(50.0, kind, &[(Some(0.0), None, adjustment)]);
        assert_eq!(propose(&with(AdjustmentType::ChangeInCapacity, 5), 60.0, 3), Some(8));
        assert_eq!(propose(&with(AdjustmentType::ExactCapacity, 5), 60.0, 3), Some(5));
        assert_eq!(propose(&with(AdjustmentType::PercentChangeInCapacity, 10), 60.0, 10), Some(11));
    }

    #[test]
    fn case_s4_bounds_are_inclusive_towards_the_threshold() {
        let out = step_plan(50.0, AdjustmentType::ChangeInCapacity, &[(Some(0.0), Some(10.0), 1)]);
        assert!([50.0, 59.9].iter().all(|value| out.select(*value).is_some()));
        assert!([49.9, 60.0].iter().all(|value| out.select(*value).is_none()));
        let scale_in = step_plan(50.0, AdjustmentType::ChangeInCapacity, &[(Some(-10.0), Some(0.0), -1)]);
        assert!([40.1, 50.0].iter().all(|value| scale_in.select(*value).is_some()));
        assert!([40.0, 50.1].iter().all(|value| scale_in.select(*value).is_none()));
    }

    #[test]
    fn case_s5_a_minimum_magnitude_raises_one_task_to_two() {
        let steps = [(Some(0.0), None, 25)];
        let mut plan = step_plan(50.0, AdjustmentType::PercentChangeInCapacity, &steps);
        assert_eq!(propose(&plan, 60.0, 4), Some(5));
        plan.min_adjustment_magnitude = 2;
        assert_eq!(propose(&plan, 60.0, 4), Some(6));
    }

    #[test]
    fn oracle_step_percent_rounding() {
        let table = [
            (10, 10, 0, 1),
            (11, 30, 0, 3),
            (14, -10, 0, -1),
            (13, -30, 0, -3),
            (4, 25, 2, 2),
            (127, 10, 0, 12),
            (3, 10, 0, 1),
            (3, -10, 0, -1),
        ];
        for (capacity, percent, minimum, delta) in table {
            let mut plan =
                step_plan(50.0, AdjustmentType::PercentChangeInCapacity, &[(Some(0.0), None, percent)]);
            plan.min_adjustment_magnitude = minimum;
            assert_eq!(propose(&plan, 60.0, capacity), Some(capacity + delta), "{percent} % of {capacity}");
        }
    }

    #[test]
    fn case_s8_two_hundred_percent_of_one_are_two_more() {
        let triple = step_plan(75.0, AdjustmentType::PercentChangeInCapacity, &[(Some(0.0), None, 200)]);
        assert_eq!(propose(&triple, 80.0, 1), Some(3));
    }

    #[test]
    fn case_s9_half_of_three_is_one() {
        let halve = step_plan(25.0, AdjustmentType::PercentChangeInCapacity, &[(None, Some(0.0), -50)]);
        assert_eq!(propose(&halve, 20.0, 3), Some(2));
    }

    #[test]
    fn datapoints_are_aggregated_as_the_policy_says() {
        let mut plan = out_50();
        let rules = PolicyRules::default();
        let points = [60.0, 90.0, 75.0];
        assert_eq!(plan.aggregate(&points, &rules), Some((60.0 + 90.0 + 75.0) / 3.0));
        plan.metric_aggregation_type = StepAggregation::Minimum;
        assert_eq!(plan.aggregate(&points, &rules), Some(60.0));
        plan.metric_aggregation_type = StepAggregation::Maximum;
        assert_eq!(plan.aggregate(&points, &rules), Some(90.0));
        let last = PolicyRules { step_metric_window: StepWindow::LastPoint, ..rules };
        assert_eq!(plan.aggregate(&points, &last), Some(75.0));
    }
}
