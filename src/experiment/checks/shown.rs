//! A value of a check as people read it, in the fewest digits whose comparison with the limit comes out as the value's
//! own does.

use super::{compare, ends, holds};
use crate::experiment::Estimate;
use crate::scenario::{Check, Unit};

/// The value with its interval: `612ms (603ms to 621ms)`.
pub(super) fn shown_estimate(check: &Check, estimate: &Estimate) -> String {
    let value = shown(check, estimate.value);
    let (low, high) = ends(check, estimate);
    let (low, high) = (shown(check, low), shown(check, high));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

/// The value with its unit, from a sensible number of digits on.
pub(super) fn shown(check: &Check, value: f64) -> String {
    let of = check.measure.unit();
    let is_signed = matches!(of, Unit::UsdChange | Unit::ShareChange);
    let (scale, unit, least) = match of {
        Unit::Seconds => return span(check, value),
        Unit::Millis => (1.0, "ms", if value >= 100.0 { 0 } else { 2 }),
        Unit::ServedShare => (100.0, "%", 2),
        Unit::Utilization | Unit::ShareChange => (100.0, "%", 1),
        Unit::Usd | Unit::UsdChange => (1.0, " USD", 2),
        Unit::Tasks => (1.0, " tasks", 0),
        Unit::Minutes => (1.0, " min", 1),
        Unit::Count => (1.0, "", 0),
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
