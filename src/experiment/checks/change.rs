//! The change of the cost against a baseline, run by run: run `k` of both saw the same arrivals where the seed and the
//! traffic are the same, so that what both share cancels; where they are not, the runs are independent and the interval
//! is as honest, only wider.

use super::shown::shown_estimate;
use super::{CheckOutcome, nothing, verdict};
use crate::experiment::{Figure, Measure, Sample, of_means, of_ratios};
use crate::scenario::{Check, Quantity};

/// What a cost is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// What each of its runs costs \[USD a month\].
    pub costs: Vec<Option<f64>>,
}

impl Baseline {
    /// The runs of a sample.
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        let cost = Figure { service: None, measure: Measure::CostPerMonth };
        Self { costs: sample.values(&cost) }
    }
}

/// What is said where a change of cost cannot be judged.
const NO_BASELINE: &str = "no baseline; give one with `windtunnel check --baseline`";

/// The verdict of a change of cost.
pub(super) fn judge(
    check: &Check,
    costs: &[Option<f64>],
    baseline: Option<&Baseline>,
    confidence: f64,
) -> CheckOutcome {
    let without = |note: &str| CheckOutcome { note: Some(note.to_owned()), ..nothing(check) };
    let Some(baseline) = baseline else { return without(NO_BASELINE) };
    let pairs = costs.iter().zip(&baseline.costs).map(|(cost, base)| Some((*cost)?).zip(*base));
    let pairs: Vec<Option<(f64, f64)>> = pairs.collect();
    let pseudo = if check.quantity == Quantity::CostChangeShare {
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
    CheckOutcome {
        value: shown_estimate(check, &estimate),
        status: verdict(check, &estimate),
        note,
        estimate: Some(estimate),
        ..nothing(check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::CheckStatus;
    use crate::scenario::Comparator;

    fn check(quantity: Quantity, limit: f64) -> Check {
        Check { text: String::new(), quantity, comparator: Comparator::LessOrEqual, limit }
    }

    #[test]
    fn what_both_share_cancels_in_the_change_of_cost() {
        // Costs that vary by far more than the change: 100, 200, 300 against 5 % more of each.
        let baseline = Baseline { costs: vec![Some(100.0), Some(200.0), Some(300.0)] };
        let costs = [Some(105.0), Some(210.0), Some(315.0)];
        let share = check(Quantity::CostChangeShare, 0.051);
        let outcome = judge(&share, &costs, Some(&baseline), 0.95);
        assert_eq!((outcome.status, outcome.value.as_str()), (CheckStatus::Pass, "+5%"));
        let amount = judge(&check(Quantity::CostChange, 5.0), &costs, Some(&baseline), 0.95);
        // 5, 10, 15: mean 10, half width 4.303 · 5 / √3 = 12.42.
        assert_eq!(amount.status, CheckStatus::Inconclusive);
        assert_eq!(amount.value, "+10.00 USD (-2.42 USD to +22.42 USD)");
    }

    #[test]
    fn without_a_baseline_nothing_passes() {
        let outcome = judge(&check(Quantity::CostChange, 1e9), &[Some(1.0)], None, 0.95);
        assert_eq!(outcome.status, CheckStatus::NoData);
        assert!(outcome.note.is_some_and(|note| note.contains("--baseline")));
        let free = Baseline { costs: vec![Some(0.0)] };
        let share = judge(&check(Quantity::CostChangeShare, 0.1), &[Some(1.0)], Some(&free), 0.95);
        assert_eq!(share.status, CheckStatus::NoData);
    }

    #[test]
    fn a_saving_can_be_asked_for() {
        let baseline = Baseline { costs: vec![Some(100.0), Some(100.0)] };
        let saved =
            judge(&check(Quantity::CostChangeShare, -0.1), &[Some(85.0), Some(85.0)], Some(&baseline), 0.95);
        assert_eq!((saved.status, saved.value.as_str()), (CheckStatus::Pass, "-15%"));
        let not =
            judge(&check(Quantity::CostChangeShare, -0.1), &[Some(99.0), Some(99.0)], Some(&baseline), 0.95);
        assert_eq!((not.status, not.value.as_str()), (CheckStatus::Fail, "-1%"));
    }
}
