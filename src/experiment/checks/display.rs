//! A value of a check as people read it, in the fewest digits whose comparison with the limit comes out as the value's
//! own does.

use super::limit::{compare, ends, holds};
use crate::experiment::estimate::Estimate;
use crate::results::precise_text;
use crate::scenario::{Check, MeasureUnit};

/// The value with its interval: `612 ms (603 ms to 621 ms)`.
pub(super) fn display_estimate(check: &Check, estimate: &Estimate) -> String {
    let value = display(check, estimate.value);
    let (low, high) = ends(check, estimate);
    let (low, high) = (display(check, low), display(check, high));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

/// Most digits beyond the usual ones \[decimals\].
const MOST_DIGITS: usize = 12;

/// The value with its unit, from the usual number of digits on.
pub(super) fn display(check: &Check, value: f64) -> String {
    let unit = check.measure.unit();
    let texts = (0..MOST_DIGITS).map(|more| precise_text(unit, value, more));
    let honest =
        |(_, said): &(String, f64)| compare(check.comparator, *said, check.limit) == holds(check, value);
    let mut texts = texts.filter(honest);
    let (text, said) = texts.next().unwrap_or_else(|| precise_text(unit, value, MOST_DIGITS));
    let is_signed = matches!(unit, MeasureUnit::UsdChange | MeasureUnit::ShareChange);
    let sign = if is_signed && said > 0.0 { "+" } else { "" };
    let noun = if unit == MeasureUnit::Tasks { " tasks" } else { "" };
    format!("{sign}{text}{noun}")
}

#[cfg(test)]
mod tests {
    use super::super::limit::verdict;
    use super::*;
    use crate::experiment::outcome::CheckStatus;
    use crate::scenario::{Comparator, Measure};

    fn check(measure: Measure, comparator: Comparator, limit: f64) -> Check {
        Check { text: String::new(), measure, comparator, limit }
    }

    #[test]
    fn a_printed_value_never_contradicts_its_verdict() {
        let p99 = check(Measure::P99, Comparator::Less, 800.0);
        assert_eq!(display(&p99, 612.3), "612 ms");
        assert_eq!(display(&p99, 799.96), "799.96 ms");
        assert_eq!(display(&p99, 800.0), "800 ms");
        assert_eq!(display(&p99, 0.5), "0.5 ms");
        let availability = check(Measure::Availability, Comparator::GreaterOrEqual, 0.999);
        assert_eq!(display(&availability, 0.998_999_9), "99.89999 %");
        assert_eq!(display(&availability, 0.9995), "99.95 %");
        let cost = check(Measure::CostPerMonth, Comparator::Less, 2000.0);
        assert_eq!(display(&cost, 1234.5), "1 234.50 USD");
    }

    #[test]
    fn an_interval_ends_where_its_figure_does() {
        let p99 = check(Measure::P99, Comparator::Less, 1000.0);
        let wide = Estimate { value: 825.0, half_width: Some(1835.0), runs: 2 };
        assert_eq!(display_estimate(&p99, &wide), "825 ms (0 ms to 2.66 s)");
        assert_eq!(verdict(&p99, &wide), CheckStatus::Inconclusive);
        let share = check(Measure::Availability, Comparator::LessOrEqual, 1.0);
        let estimate = Estimate { value: 0.999, half_width: Some(0.01), runs: 3 };
        assert_eq!(display_estimate(&share, &estimate), "99.9 % (98.9 % to 100 %)");
        assert_eq!(verdict(&share, &estimate), CheckStatus::Pass);
    }
}
