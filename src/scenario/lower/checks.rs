//! `[checks]`: an operator, a number and a unit.

use super::Lower;
use crate::scenario::codes;
use crate::scenario::diagnostic::Problem;
use crate::scenario::quantity;
use crate::scenario::view::View;
use crate::scenario::{Check, Comparator, Quantity};

pub(super) fn read(view: View<'_>, lower: &mut Lower<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for entry in &view.table.entries {
        let Some(text) = view.text(&entry.key) else { continue };
        match parse(&entry.key, text) {
            Ok(check) => checks.push(check),
            Err(expected) => lower.report.add(
                Problem::new(codes::BAD_CHECK, format!("the check `{}` cannot be read", entry.key))
                    .at(&entry.node.place, "")
                    .expected(expected),
            ),
        }
    }
    checks
}

/// The figure that a check limits.
pub(crate) fn figure(name: &str) -> Option<Quantity> {
    let quantile = |prefix: &str| match prefix {
        "p50" => Some(0.5),
        "p90" => Some(0.9),
        "p95" => Some(0.95),
        "p99" => Some(0.99),
        "p99_9" => Some(0.999),
        _ => None,
    };
    if let Some(prefix) = name.strip_suffix("_response_time") {
        return match prefix {
            "mean" => Some(Quantity::ResponseTimeMean),
            "max" => Some(Quantity::ResponseTimeMax),
            _ => quantile(prefix).map(Quantity::ResponseTimeQuantile),
        };
    }
    if let Some(prefix) = name.strip_suffix("_waiting_time") {
        return match prefix {
            "mean" => Some(Quantity::WaitingTimeMean),
            "max" => Some(Quantity::WaitingTimeQuantile(1.0)),
            _ => quantile(prefix).map(Quantity::WaitingTimeQuantile),
        };
    }
    Some(match name {
        "availability" => Quantity::Availability,
        "cost" => Quantity::CostTotal,
        "cost_per_month" => Quantity::CostPerMonth,
        "cost_per_million_requests" => Quantity::CostPerMillionRequests,
        "running_max" => Quantity::RunningMax,
        "cpu_mean" => Quantity::CpuMean,
        _ => return None,
    })
}

/// Reads one check.
///
/// # Errors
/// What would have been right, as a noun phrase.
pub(crate) fn parse(name: &str, text: &str) -> Result<Check, String> {
    let quantity = figure(name).ok_or("one of the figures that can be checked")?;
    let text = text.trim();
    let operators = [
        ("<=", Comparator::LessOrEqual),
        (">=", Comparator::GreaterOrEqual),
        ("<", Comparator::Less),
        (">", Comparator::Greater),
    ];
    let example = match quantity {
        Quantity::Availability | Quantity::CpuMean => {
            "an operator (<, <=, >, >=) and a share, such as \">= 99.9%\""
        }
        Quantity::CostTotal | Quantity::CostPerMonth | Quantity::CostPerMillionRequests => {
            "an operator (<, <=, >, >=) and an amount, such as \"< 2000 USD\""
        }
        Quantity::RunningMax => "an operator (<, <=, >, >=) and a count, such as \"<= 80 tasks\"",
        _ => "an operator (<, <=, >, >=) and a duration, such as \"< 800ms\"",
    };
    let (word, comparator) = operators.iter().find(|(word, _)| text.starts_with(word)).ok_or(example)?;
    let limit_text = text[word.len()..].trim();
    let number = |text: &str| {
        let text = text.trim();
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        text.parse::<f64>().ok().filter(|value| plain && value.is_finite())
    };
    let limit = match quantity {
        Quantity::Availability | Quantity::CpuMean => match limit_text.strip_suffix('%') {
            Some(percent) => number(percent).map(|value| value / 100.0),
            None => number(limit_text),
        }
        .filter(|share| *share <= 1.0),
        Quantity::CostTotal | Quantity::CostPerMonth | Quantity::CostPerMillionRequests => {
            number(limit_text.strip_suffix("USD").unwrap_or(limit_text).trim().trim_start_matches('$'))
        }
        Quantity::RunningMax => number(limit_text.strip_suffix("tasks").unwrap_or(limit_text)),
        _ => quantity::duration(limit_text).ok().map(|span| span.as_millis_f64()),
    };
    let limit = limit.ok_or(example)?;
    Ok(Check { text: format!("{name} {word} {limit_text}"), quantity, comparator: *comparator, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_read_their_limit_in_the_unit_of_their_figure() {
        let check = parse("p99_response_time", "< 800ms").unwrap();
        assert_eq!(check.text, "p99_response_time < 800ms");
        assert_eq!(
            (check.quantity, check.comparator),
            (Quantity::ResponseTimeQuantile(0.99), Comparator::Less)
        );
        let near = |check: Check, limit: f64| (check.limit - limit).abs() < 1e-12;
        assert!(near(check, 800.0));
        assert!(near(parse("availability", ">=99.9%").unwrap(), 0.999));
        assert!(near(parse("cost_per_month", "<2000 USD").unwrap(), 2000.0));
        assert!(near(parse("running_max", "<= 80 tasks").unwrap(), 80.0));
        assert_eq!(parse("max_waiting_time", "< 1s").unwrap().quantity, Quantity::WaitingTimeQuantile(1.0));
    }

    #[test]
    fn a_check_without_operator_number_or_unit_is_refused() {
        for (name, text) in [
            ("availability", "99.9%"),
            ("availability", ">= 120%"),
            ("p99_response_time", "< 800"),
            ("cost", "< NaN USD"),
            ("cost", "< -1 USD"),
            ("cpu_mean", "="),
            ("running_max", "< many"),
        ] {
            assert!(parse(name, text).is_err(), "{name} {text}");
        }
    }
}
