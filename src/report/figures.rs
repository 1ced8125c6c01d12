//! Figures as people read them: a value in its unit, with its interval, and the names that tables use.

use super::numbers::{PLAIN, figure, grouped, whole};
use crate::experiment::{Estimate, Measure};
use crate::scenario::MeasureUnit;

/// Dollars without the unit, as figures of many runs have them.
pub(super) fn usd(value: f64) -> String {
    figure_text(Measure::Cost, value).trim_end_matches(" USD").to_owned()
}

/// A value of a figure with its unit: `1 663 ms`, `95.98 %`, `22.52 USD`.
#[must_use]
pub fn figure_text(measure: Measure, value: f64) -> String {
    match measure.unit() {
        MeasureUnit::ServedShare => format!("{} %", percent(value)),
        MeasureUnit::Utilization | MeasureUnit::ShareChange => format!("{} %", decimals(value * 100.0, 1)),
        MeasureUnit::Usd | MeasureUnit::UsdChange => format!("{} USD", amount(value)),
        MeasureUnit::Millis => format!("{} ms", signed(value)),
        MeasureUnit::Seconds => format!("{} s", signed(value)),
        MeasureUnit::Minutes => format!("{} min", signed(value)),
        MeasureUnit::Count | MeasureUnit::Tasks => signed(value),
    }
}

/// A share of all, in percent: what is not all of it never reads as 100, nor does what is not nothing as 0.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let hides = |text: &str| (text == "100" && percent < 100.0) || (text == "0" && percent > 0.0);
    let mut text = decimals(percent, 3);
    for digits in 4..9 {
        if !hides(&text) {
            break;
        }
        text = decimals(percent, digits);
    }
    text
}

/// Half the width of an interval, in the unit of the figure, which stands beside it.
pub(super) fn half_width_text(measure: Measure, estimate: &Estimate) -> String {
    let Some(half) = estimate.half_width else { return String::new() };
    let text = match measure.unit() {
        MeasureUnit::ServedShare => decimals(half * 100.0, 3),
        MeasureUnit::Utilization | MeasureUnit::ShareChange => decimals(half * 100.0, 1),
        MeasureUnit::Usd | MeasureUnit::UsdChange => amount(half),
        _ => signed(half),
    };
    format!("± {text}")
}

/// A number with its sign and about three digits that matter.
fn signed(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", figure(value.abs(), PLAIN))
}

fn decimals(value: f64, digits: usize) -> String {
    super::numbers::trimmed(&format!("{value:.digits$}"))
}

/// Dollars with cents, and with more digits where cents would say nothing.
fn amount(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let value = value.abs();
    if value >= 0.1 || value <= 0.0 {
        let cents = whole(value * 100.0);
        format!("{sign}{}.{:02}", grouped(cents / 100, PLAIN), cents % 100)
    } else {
        format!("{sign}{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_reads_with_its_unit() {
        assert_eq!(figure_text(Measure::ResponseMax, 1663.2), "1 663 ms");
        assert_eq!(figure_text(Measure::Availability, 0.9598), "95.98 %");
        assert_eq!(figure_text(Measure::Availability, 0.999_999_6), "99.99996 %");
        assert_eq!(figure_text(Measure::Availability, 1.0), "100 %");
        assert_eq!(figure_text(Measure::CostPerMonth, 1234.5), "1 234.50 USD");
        assert_eq!(figure_text(Measure::CostPerMillion, -0.0123), "-0.0123 USD");
        assert_eq!(figure_text(Measure::RunningMean, 15.27), "15.3");
    }
}
