//! Limits: whether a value, or an interval, keeps to the limit of a check.

use crate::experiment::estimate::Estimate;
use crate::experiment::outcome::CheckStatus;
use crate::scenario::{Check, Comparator, MeasureUnit};

/// The verdict on one estimate.
#[must_use]
pub fn verdict(check: &Check, estimate: &Estimate) -> CheckStatus {
    let (low, high) = ends(check, estimate);
    match (holds(check, low), holds(check, high)) {
        (true, true) => CheckStatus::Pass,
        (false, false) => CheckStatus::Fail,
        _ => CheckStatus::Inconclusive,
    }
}

/// The ends of an interval, as far as its figure can reach: none that is checked is below zero but a change, and no share
/// is above one.
#[must_use]
pub fn ends(check: &Check, estimate: &Estimate) -> (f64, f64) {
    let (least, most) = match check.measure.unit() {
        MeasureUnit::ServedShare | MeasureUnit::Utilization => (0.0, 1.0),
        MeasureUnit::UsdChange | MeasureUnit::ShareChange => (f64::NEG_INFINITY, f64::INFINITY),
        _ => (0.0, f64::INFINITY),
    };
    // Never beyond the value itself, whatever rounding did to it.
    let (least, most) = (estimate.value.min(least), estimate.value.max(most));
    (estimate.low().max(least), estimate.high().min(most))
}

/// Whether a value keeps to the limit.
#[must_use]
pub fn holds(check: &Check, value: f64) -> bool {
    compare(check.comparator, value, check.limit)
}

/// The distance of a value from its limit, positive on the good side, relative to the limit; of a share, the difference of the
/// shares. `None` where the limit is zero.
#[must_use]
pub(super) fn margin(check: &Check, value: f64) -> Option<f64> {
    let gap = match check.comparator {
        Comparator::Less | Comparator::LessOrEqual => check.limit - value,
        Comparator::Greater | Comparator::GreaterOrEqual => value - check.limit,
    };
    let margin = match check.measure.unit() {
        MeasureUnit::ServedShare | MeasureUnit::Utilization => gap,
        _ => gap / check.limit.abs(),
    };
    margin.is_finite().then_some(margin)
}

/// Whether a value keeps to a limit.
pub(super) fn compare(comparator: Comparator, value: f64, limit: f64) -> bool {
    match comparator {
        Comparator::Less => value < limit,
        Comparator::LessOrEqual => value <= limit,
        Comparator::Greater => value > limit,
        Comparator::GreaterOrEqual => value >= limit,
    }
}
