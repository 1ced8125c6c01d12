//! Figures as people read them: a value in its unit, with its interval, and the names that tables use.

use super::numbers::{PLAIN, figure, grouped, whole};
use crate::experiment::{Estimate, Measure};

/// Dollars without the unit, as figures of many runs have them.
pub(super) fn usd(value: f64) -> String {
    figure_text(Measure::Cost, value).trim_end_matches(" USD").to_owned()
}

/// A value of a figure with its unit: `1 663 ms`, `95.98 %`, `22.52 USD`.
#[must_use]
pub fn figure_text(measure: Measure, value: f64) -> String {
    match measure {
        Measure::Availability => format!("{} %", percent(value)),
        Measure::CpuMean | Measure::MemoryMean => format!("{} %", decimals(value * 100.0, 1)),
        Measure::Cost | Measure::CostPerMonth | Measure::CostPerMillion => {
            format!("{} USD", amount(value))
        }
        Measure::ResponseMean
        | Measure::ResponseQuantile(_)
        | Measure::ResponseMax
        | Measure::WaitingMean
        | Measure::WaitingQuantile(_)
        | Measure::WaitingMax => format!("{} ms", signed(value)),
        Measure::TimeToCapacity => format!("{} s", signed(value)),
        Measure::MinutesOver(_) => format!("{} min", signed(value)),
        _ => signed(value),
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
    let text = match measure {
        Measure::Availability => decimals(half * 100.0, 3),
        Measure::CpuMean | Measure::MemoryMean => decimals(half * 100.0, 1),
        Measure::Cost | Measure::CostPerMonth | Measure::CostPerMillion => amount(half),
        _ => signed(half),
    };
    format!("± {text}")
}

/// What a table calls the figure.
pub(super) fn label(measure: Measure) -> String {
    let quantile = |q: f64| if q > 0.9985 { "p99.9".to_owned() } else { format!("p{:.0}", q * 100.0) };
    match measure {
        Measure::Offered => "requests offered".to_owned(),
        Measure::Served => "requests served".to_owned(),
        Measure::Rejected => "requests rejected".to_owned(),
        Measure::TimedOut => "requests timed out".to_owned(),
        Measure::Failed => "requests failed".to_owned(),
        Measure::Availability => "availability".to_owned(),
        Measure::ResponseMean => "response mean".to_owned(),
        Measure::ResponseQuantile(q) => format!("response {}", quantile(q)),
        Measure::ResponseMax => "response max, a run".to_owned(),
        Measure::WaitingMean => "waiting mean".to_owned(),
        Measure::WaitingQuantile(q) => format!("waiting {}", quantile(q)),
        Measure::WaitingMax => "waiting max, a run".to_owned(),
        Measure::RunningMean => "tasks, mean".to_owned(),
        Measure::RunningMax => "tasks, most".to_owned(),
        Measure::Started => "tasks started".to_owned(),
        Measure::TaskHours => "task-hours".to_owned(),
        Measure::CpuMean => "CPU".to_owned(),
        Measure::MemoryMean => "memory".to_owned(),
        Measure::ScaleOut => "scale-outs".to_owned(),
        Measure::ScaleIn => "scale-ins".to_owned(),
        Measure::Cost => "cost of the run".to_owned(),
        Measure::CostPerMonth => "cost a month".to_owned(),
        Measure::CostPerMillion => "cost a million served".to_owned(),
        Measure::TimeToCapacity => "time to capacity".to_owned(),
        Measure::ShortAtTheEnd => "short at the end".to_owned(),
        Measure::MinutesOver(_) => "minutes over limit".to_owned(),
    }
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
