//! Text of figures: the one formatter of the terminal, Markdown, pages, pictures and reports of tests. Which unit a figure has
//! stands in the table of [`Measure`].

use super::decimals::trimmed;
use super::numbers::{figure, grouped, span, whole};
use crate::kernel::units::SimDuration;
use crate::scenario::{Measure, MeasureUnit};

/// Sign for a number that does not exist.
pub const NO_VALUE: &str = "–";

/// A value of a figure with its unit: `301 ms`, `1.66 s`, `95.98 %`, `22.52 USD`.
#[must_use]
pub fn figure_text(measure: Measure, value: f64) -> String {
    unit_text(measure.unit(), value)
}

/// A value with its unit. Counts and tasks have none.
#[must_use]
pub fn unit_text(unit: MeasureUnit, value: f64) -> String {
    precise_text(unit, value, 0).0
}

/// A value that may be missing, with its unit.
#[must_use]
pub fn maybe_text(unit: MeasureUnit, value: Option<f64>) -> String {
    value.map_or_else(|| NO_VALUE.to_owned(), |value| unit_text(unit, value))
}

/// Half the width of an interval, `± 4.26 USD`; empty where it is not known.
#[must_use]
pub fn half_width_text(unit: MeasureUnit, half: Option<f64>) -> String {
    let text = |half: f64| match unit {
        MeasureUnit::ServedShare => format!("± {} %", decimals(half * 100.0, SHARE_DIGITS).0),
        _ => format!("± {}", unit_text(unit, half)),
    };
    half.map_or_else(String::new, text)
}

/// Half the width of the interval of a difference; empty where it is not known.
#[must_use]
pub fn change_half_text(unit: MeasureUnit, half: Option<f64>) -> String {
    half.map_or_else(String::new, |half| format!("± {}", size_of_change(unit, half)))
}

/// Decimals of a difference between two shares, in percent.
const SHARE_DIGITS: usize = 2;

/// A value and half the width of its interval: `66.50 USD ± 0.80 USD`.
#[must_use]
pub fn interval_text(unit: MeasureUnit, value: f64, half: Option<f64>) -> String {
    format!("{} {}", unit_text(unit, value), half_width_text(unit, half)).trim_end().to_owned()
}

/// A difference with its sign: `+12.40 USD`, `-38 ms`. A difference of shares is in points.
#[must_use]
pub fn change_text(unit: MeasureUnit, value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", size_of_change(unit, value))
}

/// A difference without a sign where it is positive.
#[must_use]
pub fn size_of_change(unit: MeasureUnit, value: f64) -> String {
    match unit {
        MeasureUnit::ServedShare => format!("{} points", decimals(value * 100.0, SHARE_DIGITS).0),
        _ => unit_text(unit, value),
    }
}

/// A relative difference with its sign: `+4.1 %`.
#[must_use]
pub fn relative_text(share: f64) -> String {
    let sign = if share < 0.0 { "-" } else { "+" };
    format!("{sign}{} %", figure(share.abs() * 100.0))
}

/// Dollars without their unit: cents, and more digits where cents would say nothing.
#[must_use]
pub fn dollars_text(value: f64) -> String {
    dollars(value, 0).0
}

/// Dollars of a decimal text, exactly as it says, with their thousands apart.
#[must_use]
pub fn money_text(text: &str) -> String {
    match text.split_once('.').and_then(|(whole, cents)| Some((whole.parse::<u128>().ok()?, cents))) {
        Some((whole, cents)) => format!("{}.{cents}", grouped(whole)),
        None => text.to_owned(),
    }
}

/// A value with its unit in `more` digits than usual, and the value that the text says.
#[must_use]
pub fn precise_text(unit: MeasureUnit, value: f64, more: usize) -> (String, f64) {
    if !value.is_finite() {
        return ("no data".to_owned(), value);
    }
    let plain = |value: f64, scale: f64, unit: &str| {
        let (text, said) = significant(value * scale, more);
        (format!("{text}{unit}"), said / scale)
    };
    match unit {
        MeasureUnit::Count | MeasureUnit::Tasks => plain(value, 1.0, ""),
        MeasureUnit::Minutes => plain(value, 1.0, " min"),
        MeasureUnit::Millis if value.abs() >= 999.5 => plain(value, 1e-3, " s"),
        MeasureUnit::Millis => plain(value, 1.0, " ms"),
        MeasureUnit::Seconds => seconds(value, more),
        MeasureUnit::ServedShare => served_share(value, more),
        MeasureUnit::Utilization | MeasureUnit::ShareChange => {
            let (text, said) = decimals(value * 100.0, 1 + more);
            (format!("{text} %"), said / 100.0)
        }
        MeasureUnit::Usd | MeasureUnit::UsdChange => {
            let (text, said) = dollars(value, more);
            (format!("{text} USD"), said)
        }
    }
}

/// A number with about three digits that matter and `more`, and what it says.
fn significant(value: f64, more: usize) -> (String, f64) {
    let digits = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    decimals(value, digits + more)
}

/// A number with so many decimals at most, its thousands apart, and what it says.
fn decimals(value: f64, digits: usize) -> (String, f64) {
    let text = format!("{value:.digits$}");
    let said = text.parse().unwrap_or(value);
    let text = trimmed(&text);
    // What rounds to nothing has no sign.
    let (sign, size) = text.strip_prefix('-').map_or(("", text.as_str()), |size| ("-", size));
    let sign = if size == "0" { "" } else { sign };
    let (whole, rest) = size.split_at(size.find('.').unwrap_or(size.len()));
    let whole = whole.parse::<u128>().map_or_else(|_| whole.to_owned(), grouped);
    (format!("{sign}{whole}{rest}"), said)
}

/// A share of all in percent: what is not all of it never reads as 100, nor does what is not nothing as 0.
fn served_share(share: f64, more: usize) -> (String, f64) {
    let percent = share * 100.0;
    let least = if percent > 99.0 { 3 } else { 2 };
    let hides = |text: &str| (text == "100" && percent < 100.0) || (text == "0" && percent > 0.0);
    let mut last = decimals(percent, least + more);
    for digits in least + more + 1..least + more + 8 {
        if !hides(&last.0) {
            break;
        }
        last = decimals(percent, digits);
    }
    (format!("{} %", last.0), last.1 / 100.0)
}

/// Dollars with cents, and with more digits where cents would say nothing.
fn dollars(value: f64, more: usize) -> (String, f64) {
    let size = value.abs();
    let digits = if size > 0.0 && size < 0.1 { 4 } else { 2 } + more;
    // Half a cent is rounded up, as on a bill.
    let text = if digits == 2 && size < 1e15 {
        let cents = whole(size * 100.0);
        format!("{}.{:02}", cents / 100, cents % 100)
    } else {
        format!("{size:.digits$}")
    };
    let said: f64 = text.parse().unwrap_or(size);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "00"));
    // Zeros beyond the cents say nothing.
    let rest = format!("{:0<2}", rest.trim_end_matches('0'));
    let whole = whole.parse::<u128>().map_or_else(|_| whole.to_owned(), grouped);
    let sign = if value < 0.0 && said > 0.0 { "-" } else { "" };
    (format!("{sign}{whole}.{rest}"), said.copysign(value))
}

/// Seconds of a run: `6 min 31 s`; in more digits to a part of a second.
fn seconds(value: f64, more: usize) -> (String, f64) {
    if value == 0.0 {
        return ("0 s".to_owned(), 0.0);
    }
    if more == 0 || value < 1.0 {
        let nearest = if (1.0..7_200.0).contains(&value) { value.round() } else { value };
        return (span(SimDuration::from_secs_f64(value)), nearest);
    }
    let digits = more - 1;
    let said: f64 = format!("{value:.digits$}").parse().unwrap_or(value);
    let whole_seconds = whole(said.floor());
    let (hours, minutes) = (whole_seconds / 3600, whole_seconds / 60 % 60);
    let rest = decimals(said - (hours * 3600 + minutes * 60) as f64, digits).0;
    let mut parts = Vec::new();
    parts.extend((hours > 0).then(|| format!("{hours} h")));
    parts.extend((minutes > 0).then(|| format!("{minutes} min")));
    parts.push(format!("{rest} s"));
    (parts.join(" "), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_reads_with_its_unit() {
        for (measure, value, text) in [
            (Measure::ResponseMax, 301.2, "301 ms"),
            (Measure::ResponseMax, 1663.2, "1.66 s"),
            (Measure::ResponseMax, 70_860.2, "70.9 s"),
            (Measure::ResponseMax, 0.525, "0.53 ms"),
            (Measure::Availability, 0.9598, "95.98 %"),
            (Measure::Availability, 0.999_999_6, "99.99996 %"),
            (Measure::Availability, 1.0, "100 %"),
            (Measure::CpuMean, 0.5799, "58 %"),
            (Measure::CostPerMonth, 1234.5, "1 234.50 USD"),
            (Measure::CostPerMonth, -82.129, "-82.13 USD"),
            (Measure::CostPerMillion, -0.0123, "-0.0123 USD"),
            (Measure::CostPerMillion, 0.0, "0.00 USD"),
            (Measure::RunningMean, 15.27, "15.3"),
            (Measure::Offered, 1_234_567.0, "1 234 567"),
            (Measure::TimeToCapacity, 391.2, "6 min 31 s"),
        ] {
            assert_eq!(figure_text(measure, value), text, "{measure:?} {value}");
        }
    }

    #[test]
    fn differences_have_a_sign_and_shares_of_shares_are_points() {
        assert_eq!(change_text(MeasureUnit::Usd, 12.4), "+12.40 USD");
        assert_eq!(change_text(MeasureUnit::Millis, -38.0), "-38 ms");
        assert_eq!(change_text(MeasureUnit::ServedShare, -0.012), "-1.2 points");
        assert_eq!(half_width_text(MeasureUnit::Usd, Some(4.26)), "± 4.26 USD");
        assert_eq!(half_width_text(MeasureUnit::Usd, None), "");
        assert_eq!(relative_text(-0.422_385), "-42.2 %");
        assert_eq!(unit_text(MeasureUnit::Millis, -0.001), "0 ms");
    }

    #[test]
    fn more_digits_come_closer_and_the_text_says_what_is_returned() {
        for unit in [MeasureUnit::Millis, MeasureUnit::Usd, MeasureUnit::ServedShare, MeasureUnit::Seconds] {
            let value = if unit == MeasureUnit::ServedShare { 0.998_765_432_1 } else { 798.765_432_1 };
            let mut last = f64::INFINITY;
            for more in 0..6 {
                let (text, said) = precise_text(unit, value, more);
                assert!((said - value).abs() <= last, "{unit:?} {text}");
                last = (said - value).abs().max(1e-9);
            }
            assert!(last < 1e-4, "{unit:?} {last}");
        }
    }
}
