//! The change of the cost against a baseline, run by run: run `k` of both saw the same arrivals where the seed and the
//! traffic are the same, so that what both share cancels; where they are not, the runs are independent and the interval
//! is as honest, only wider.

use super::display::display_estimate;
use super::limit::verdict;
use super::verdict::{nothing, priced};
use crate::experiment::estimate::{CONFIDENCE, of_means, of_ratios};
use crate::experiment::figures::{Figure, Measure};
use crate::experiment::outcome::{CheckOutcome, CheckStatus};
use crate::experiment::sample::RunSample;
use crate::kernel::units::SimDuration;
use crate::scenario::{Check, Scenario, Unpriced};

/// The bills of runs, to be compared with those of others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bills {
    /// Cost of each of the runs \[USD a month\].
    pub costs: Vec<Option<f64>>,
    /// Billable items without a price, which the costs leave out.
    pub unpriced: Unpriced,
    /// Simulated time of a run.
    pub horizon: SimDuration,
}

impl Bills {
    /// The runs of a sample.
    #[must_use]
    pub fn of(scenario: &Scenario, sample: &RunSample) -> Self {
        let cost = Figure { service: None, measure: Measure::CostPerMonth };
        Self { costs: sample.values(&cost), unpriced: scenario.unpriced(), horizon: scenario.plan.horizon }
    }
}

/// Message where a change of cost cannot be judged.
const NO_BASELINE: &str = "no baseline; give one with `windtunnel check --baseline`";

/// The verdict of a change of cost against a baseline.
#[must_use]
pub fn judge_change(check: &Check, bills: &Bills, baseline: Option<&Bills>) -> CheckOutcome {
    judge_change_with(check, bills, baseline, CONFIDENCE)
}

/// The same, with an interval of this confidence in (0, 1). Bills are compared only where they have the same lines, and even
/// then there is no verdict where a line of both has no price.
pub(super) fn judge_change_with(
    check: &Check,
    bills: &Bills,
    baseline: Option<&Bills>,
    confidence: f64,
) -> CheckOutcome {
    let without = |note: &str| CheckOutcome { note: Some(note.to_owned()), ..nothing(check) };
    let Some(baseline) = baseline else { return without(NO_BASELINE) };
    if let Some(why) = bills.unpriced.unlike(&baseline.unpriced, "this one", "the baseline") {
        let value = "not comparable".to_owned();
        return CheckOutcome { value, status: CheckStatus::Inconclusive, is_unpriced: true, ..without(&why) };
    }
    let costs = &bills.costs;
    let pairs = costs.iter().zip(&baseline.costs).map(|(cost, base)| Some((*cost)?).zip(*base));
    let pairs: Vec<Option<(f64, f64)>> = pairs.collect();
    let pseudo = if check.measure == Measure::CostChangeShare {
        let shares = pairs.iter().map(|pair| pair.map(|(cost, base)| (cost - base, base)));
        of_ratios(&shares.collect::<Vec<_>>())
    } else {
        of_means(&pairs.iter().map(|pair| pair.map(|(cost, base)| cost - base)).collect::<Vec<_>>())
    };
    let Some(estimate) = pseudo.map(|pseudo| pseudo.estimate(confidence)) else {
        return without("the baseline costs nothing, or has no run");
    };
    let paired = pairs.len();
    let noun = if paired == 1 { "run" } else { "runs" };
    let note = (paired < costs.len()).then(|| format!("over the {paired} {noun} that both have"));
    let outcome = CheckOutcome {
        value: display_estimate(check, &estimate),
        status: verdict(check, &estimate),
        note,
        estimate: Some(estimate),
        ..nothing(check)
    };
    priced(check, &bills.unpriced, bills.horizon, outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Comparator;

    fn check(measure: Measure, limit: f64) -> Check {
        Check { text: String::new(), measure, comparator: Comparator::LessOrEqual, limit }
    }

    /// The bills of runs of a month that cost so much.
    fn bills(costs: &[f64]) -> Bills {
        let horizon = SimDuration::from_secs(730 * 3_600);
        Bills { costs: costs.iter().copied().map(Some).collect(), horizon, ..Bills::default() }
    }

    #[test]
    fn what_both_share_cancels_in_the_change_of_cost() {
        // Costs that vary by far more than the change: 100, 200, 300 against 5 % more of each.
        let baseline = bills(&[100.0, 200.0, 300.0]);
        let costs = bills(&[105.0, 210.0, 315.0]);
        let share = check(Measure::CostChangeShare, 0.051);
        let outcome = judge_change_with(&share, &costs, Some(&baseline), 0.95);
        assert_eq!((outcome.status, outcome.value.as_str()), (CheckStatus::Pass, "+5 %"));
        let amount = judge_change_with(&check(Measure::CostChange, 5.0), &costs, Some(&baseline), 0.95);
        // 5, 10, 15: mean 10, half width 4.303 · 5 / √3 = 12.42.
        assert_eq!(amount.status, CheckStatus::Inconclusive);
        assert_eq!(amount.value, "+10.00 USD (-2.42 USD to +22.42 USD)");
    }

    #[test]
    fn without_a_baseline_nothing_passes() {
        let outcome = judge_change_with(&check(Measure::CostChange, 1e9), &bills(&[1.0]), None, 0.95);
        assert_eq!(outcome.status, CheckStatus::NoData);
        assert!(outcome.note.is_some_and(|note| note.contains("--baseline")));
        let free = bills(&[0.0]);
        let share =
            judge_change_with(&check(Measure::CostChangeShare, 0.1), &bills(&[1.0]), Some(&free), 0.95);
        assert_eq!(share.status, CheckStatus::NoData);
    }

    #[test]
    fn a_saving_can_be_asked_for() {
        let baseline = bills(&[100.0, 100.0]);
        let saved = judge_change_with(
            &check(Measure::CostChangeShare, -0.1),
            &bills(&[85.0, 85.0]),
            Some(&baseline),
            0.95,
        );
        assert_eq!((saved.status, saved.value.as_str()), (CheckStatus::Pass, "-15 %"));
        let not = judge_change_with(
            &check(Measure::CostChangeShare, -0.1),
            &bills(&[99.0, 99.0]),
            Some(&baseline),
            0.95,
        );
        assert_eq!((not.status, not.value.as_str()), (CheckStatus::Fail, "-1 %"));
    }

    #[test]
    fn bills_with_other_lines_are_not_compared_and_a_missing_price_passes_nothing() {
        let cut = |costs: &[f64]| {
            let unpriced = Unpriced { items: vec!["alb_hour".to_owned()], region: "eu-south-1".to_owned() };
            Bills { unpriced, ..bills(costs) }
        };
        let share = check(Measure::CostChangeShare, 0.05);
        let unlike = judge_change_with(&share, &cut(&[50.0]), Some(&bills(&[100.0])), 0.95);
        assert_eq!((unlike.status, unlike.value.as_str()), (CheckStatus::Inconclusive, "not comparable"));
        assert!(unlike.fails(false) && unlike.estimate.is_none());
        assert_eq!(
            unlike.note.as_deref(),
            Some("the bills do not have the same lines: this one is without alb_hour in eu-south-1")
        );
        // Half of the bill twice over is a tenth more where the rest, which is unknown, is four times as much.
        for cost in [50.0, 200.0] {
            let outcome = judge_change_with(&share, &cut(&[cost]), Some(&cut(&[100.0])), 0.95);
            assert_eq!(outcome.status, CheckStatus::Inconclusive);
            assert_eq!(outcome.note.as_deref(), Some("without alb_hour in eu-south-1"));
        }
    }
}
