//! A value of a check as people read it, in the fewest digits whose comparison with the limit comes out as the value's
//! own does.

use super::limit::{compare, ends, holds};
use crate::experiment::estimate::Estimate;
use crate::scenario::{Check, MeasureUnit};

/// The value with its interval: `612ms (603ms to 621ms)`.
pub(super) fn display_estimate(check: &Check, estimate: &Estimate) -> String {
    let value = display(check, estimate.value);
    let (low, high) = ends(check, estimate);
    let (low, high) = (display(check, low), display(check, high));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

/// The value with its unit, from a sensible number of digits on.
pub(super) fn display(check: &Check, value: f64) -> String {
    let of = check.measure.unit();
    let is_signed = matches!(of, MeasureUnit::UsdChange | MeasureUnit::ShareChange);
    let (scale, unit, least) = match of {
        MeasureUnit::Seconds => return span(check, value),
        MeasureUnit::Millis => (1.0, "ms", if value >= 100.0 { 0 } else { 2 }),
        MeasureUnit::ServedShare => (100.0, "%", 2),
        MeasureUnit::Utilization | MeasureUnit::ShareChange => (100.0, "%", 1),
        MeasureUnit::Usd | MeasureUnit::UsdChange => (1.0, " USD", 2),
        MeasureUnit::Tasks => (1.0, " tasks", 0),
        MeasureUnit::Minutes => (1.0, " min", 1),
        MeasureUnit::Count => (1.0, "", 0),
    };
    let is_money = unit == " USD";
    for decimals in least..12 {
        let text = format!("{:.decimals$}", value * scale);
        let printed = text.parse::<f64>().unwrap_or(f64::NAN);
        if compare(check.comparator, printed, check.limit * scale) == holds(check, value) {
            let is_padded = text.contains('.') && !is_money;
            let digits = if is_padded { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            // What rounds to nothing has no sign.
            let digits = if printed == 0.0 { digits.trim_start_matches('-') } else { digits };
            let sign = if is_signed && printed > 0.0 { "+" } else { "" };
            return format!("{sign}{digits}{unit}");
        }
    }
    format!("{}{unit}", value * scale)
}

/// Seconds as a scenario writes them: `4m 31s`, with decimals where whole seconds would contradict the verdict.
fn span(check: &Check, seconds: f64) -> String {
    for decimals in 0..10 {
        let text = format!("{seconds:.decimals$}");
        let printed = text.parse::<f64>().unwrap_or(f64::NAN);
        if compare(check.comparator, printed, check.limit) != holds(check, seconds) {
            continue;
        }
        let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
        let whole: u64 = whole.parse().unwrap_or(0);
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        let (hours, minutes) = (whole / 3600, whole / 60 % 60);
        let mut parts = Vec::new();
        parts.extend((hours > 0).then(|| format!("{hours}h")));
        parts.extend((minutes > 0).then(|| format!("{minutes}m")));
        if !whole.is_multiple_of(60) || !rest.is_empty() || parts.is_empty() {
            parts.push(format!("{}{point}{rest}s", whole % 60));
        }
        return parts.join(" ");
    }
    format!("{seconds}s")
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
        assert_eq!(display(&p99, 612.3), "612ms");
        assert_eq!(display(&p99, 799.96), "799.96ms");
        assert_eq!(display(&p99, 800.0), "800ms");
        assert_eq!(display(&p99, 0.5), "0.5ms");
        let availability = check(Measure::Availability, Comparator::GreaterOrEqual, 0.999);
        assert_eq!(display(&availability, 0.998_999_9), "99.89999%");
        assert_eq!(display(&availability, 0.9995), "99.95%");
        let cost = check(Measure::CostPerMonth, Comparator::Less, 2000.0);
        assert_eq!(display(&cost, 1234.5), "1234.50 USD");
    }

    #[test]
    fn an_interval_ends_where_its_figure_does() {
        let p99 = check(Measure::P99, Comparator::Less, 1000.0);
        let wide = Estimate { value: 825.0, half_width: Some(1835.0), runs: 2 };
        assert_eq!(display_estimate(&p99, &wide), "825ms (0ms to 2660ms)");
        assert_eq!(verdict(&p99, &wide), CheckStatus::Inconclusive);
        let share = check(Measure::Availability, Comparator::LessOrEqual, 1.0);
        let estimate = Estimate { value: 0.999, half_width: Some(0.01), runs: 3 };
        assert_eq!(display_estimate(&share, &estimate), "99.9% (98.9% to 100%)");
        assert_eq!(verdict(&share, &estimate), CheckStatus::Pass);
    }
}
