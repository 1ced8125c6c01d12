//! `[checks]`: an operator, a number and a unit.

use crate::scenario::keys::builder::Builder;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::{codes, quantity};
use crate::scenario::measure::{Grammar, Measure, MinuteFigure, MinuteLimit};

const fn time_check(name: &'static str, doc: &'static str) -> Key {
    Key::new(name, Kind::Check, doc)
}

pub(crate) const CHECKS: TableSpec = TableSpec {
    doc: "What must hold, each an operator (<, <=, >, >=), a number and a unit. With several services each must hold; \
          cost checks are for the sum.",
    keys: &[
        time_check("p50_response_time", "Median response time (arrival to end), such as `< 100ms`."),
        time_check("p90_response_time", "90th percentile of response times."),
        time_check("p95_response_time", "95th percentile of response times."),
        time_check("p99_response_time", "99th percentile of response times."),
        time_check("p99_9_response_time", "99.9th percentile of response times."),
        time_check("mean_response_time", "Mean response time."),
        time_check("max_response_time", "Largest response time."),
        time_check("p50_waiting_time", "Median waiting time (arrival to a place in a task)."),
        time_check("p90_waiting_time", "90th percentile of waiting times."),
        time_check("p95_waiting_time", "95th percentile of waiting times."),
        time_check("p99_waiting_time", "99th percentile of waiting times."),
        time_check("p99_9_waiting_time", "99.9th percentile of waiting times."),
        time_check("mean_waiting_time", "Mean waiting time."),
        time_check("max_waiting_time", "Largest waiting time."),
        Key::new(
            "availability",
            Kind::Check,
            "served ÷ (offered − in flight + overdue), such as `>= 99.9%`.",
        ),
        Key::new("cost", Kind::Check, "Cost of the run, such as `< 20 USD`."),
        Key::new("cost_per_month", Kind::Check, "Cost scaled to 730 hours, such as `< 2000 USD`."),
        Key::new(
            "cost_per_million_requests",
            Kind::Check,
            "Cost of a million served requests, so that refusing work makes nothing cheaper.",
        ),
        Key::new("running_max", Kind::Check, "Largest running count, such as `<= 80 tasks`."),
        Key::new("cpu_mean", Kind::Check, "Mean CPU utilization, such as `< 65%`."),
        Key::new(
            "time_to_capacity",
            Kind::Check,
            "The longest stretch in which more was offered than the tasks in service can carry: from then until enough of them \
             are in service or less is offered, such as `< 5m`. Load is known by the minute. One that is not over at the \
             horizon counts to it, and the verdict says so.",
        ),
        Key::new(
            "minutes_over_limit",
            Kind::Check,
            "Minutes in which a figure of the minute is over its limit, such as `<= 5 with p99_response_time > 500ms`; also \
             mean, p50 and p95 of response times, `cpu_utilization` and `memory_utilization` (`> 90%`). A minute in which \
             requests are lost and none is answered is over every limit of response times.",
        ),
        Key::new(
            "cost_change",
            Kind::Check,
            "Cost scaled to 730 hours against a baseline, such as `<= 5%` or `<= 100 USD`; `<= -10%` asks for a saving. The \
             baseline is that of `windtunnel check --baseline`, or the base of `compare` and `diff`; without one there is \
             nothing to judge.",
        ),
    ],
};

/// One line of `[checks]`. Where there are several services it holds for each of them; cost checks are for their sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// As reports print it: `p99_response_time < 800ms`.
    pub text: String,
    /// The figure that is limited.
    pub measure: Measure,
    /// The comparison of the figure with the limit.
    pub comparator: Comparator,
    /// The limit, in the unit of the figure.
    pub limit: f64,
}

/// Comparison of a figure with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Place of a check in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckPlace {
    /// Key of the check: `p99_response_time`.
    pub key: String,
    /// Name of the text: the scenario's, or `--set`; `None` where it is written nowhere.
    pub source: Option<String>,
    /// Line, counted from 1; 0 where it is written nowhere.
    pub line: usize,
}

pub(crate) fn read(view: TableReader<'_>, builder: &mut Builder<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for entry in &view.table.entries {
        let Some(text) = view.text(&entry.key) else { continue };
        match parse(&entry.key, text) {
            Ok(check) => checks.push(check),
            Err(expected) => {
                let problem =
                    Problem::new(codes::BAD_CHECK, format!("the check `{}` cannot be read", entry.key))
                        .at(&entry.node.place, "")
                        .expected(expected);
                // A percentage without its sign is above 1.
                let percent = format!("{}%", text.trim());
                builder.report.add(match parse(&entry.key, &percent) {
                    Ok(_) => problem.fix(format!("{} = \"{percent}\"", entry.key)),
                    Err(_) => problem,
                });
            }
        }
    }
    checks
}

/// Forms of limits, each with an example.
const SHARE: &str = "an operator (<, <=, >, >=) and a share, such as \">= 99.9%\"";
const AMOUNT: &str = "an operator (<, <=, >, >=) and an amount, such as \"< 2000 USD\"";
const COUNT: &str = "an operator (<, <=, >, >=) and a count, such as \"<= 80 tasks\"";
const SPAN: &str = "an operator (<, <=, >, >=) and a duration, such as \"< 800ms\"";
const LONG_SPAN: &str = "an operator (<, <=, >, >=) and a duration, such as \"< 5m\"";
const CHANGE: &str = "an operator (<, <=, >, >=) and a share of the baseline's cost or an amount a month, such as \"<= 5%\" or \"<= 100 USD\"";
const MINUTES: &str = "an operator and a number of minutes, then `with`, a figure of the minute (mean_response_time, \
    p50_response_time, p95_response_time, p99_response_time, cpu_utilization, memory_utilization), > or >= and its limit, such \
    as \"<= 5 with p99_response_time > 500ms\"";

/// Form of the limit in a check of that name, with an example; `None` where there is no such check.
pub(crate) fn expected(name: &str) -> Option<&'static str> {
    Measure::grammar_of(name).map(example)
}

/// Form of a limit, with an example.
const fn example(grammar: Grammar) -> &'static str {
    match grammar {
        Grammar::Share => SHARE,
        Grammar::Amount => AMOUNT,
        Grammar::Count => COUNT,
        Grammar::Duration => SPAN,
        Grammar::LongDuration => LONG_SPAN,
        Grammar::Change => CHANGE,
        Grammar::Minutes => MINUTES,
    }
}

/// Reads one check.
///
/// # Errors
/// The form that is expected, as a noun phrase.
pub(crate) fn parse(name: &str, text: &str) -> Result<Check, String> {
    let grammar = Measure::grammar_of(name).ok_or("one of the figures that can be checked")?;
    let (word, comparator, rest) = operator(text.trim()).ok_or(example(grammar))?;
    let (measure, limit) = limit(name, grammar, rest).ok_or(example(grammar))?;
    Ok(Check { text: format!("{name} {word} {rest}"), measure, comparator, limit })
}

/// The figure of a check of that name, and the limit in its unit.
fn limit(name: &str, grammar: Grammar, text: &str) -> Option<(Measure, f64)> {
    let limit = match grammar {
        Grammar::Minutes => {
            let (limit, minutes) = minutes(text)?;
            return Some((Measure::MinutesOver(minutes), limit));
        }
        Grammar::Change => return change(text),
        Grammar::Share => share(text).filter(|share| *share <= 1.0),
        Grammar::Amount => amount(text),
        Grammar::Count => number(text.strip_suffix("tasks").unwrap_or(text)),
        Grammar::LongDuration => millis(text).map(|millis| millis / 1e3),
        Grammar::Duration => millis(text),
    };
    Measure::of_check(name).zip(limit)
}

/// The operator at the beginning of a text, and the rest.
fn operator(text: &str) -> Option<(&'static str, Comparator, &str)> {
    let operators = [
        ("<=", Comparator::LessOrEqual),
        (">=", Comparator::GreaterOrEqual),
        ("<", Comparator::Less),
        (">", Comparator::Greater),
    ];
    let (word, comparator) = operators.into_iter().find(|(word, _)| text.starts_with(word))?;
    Some((word, comparator, text[word.len()..].trim()))
}

/// A number of digits and at most one point; neither a sign nor an exponent.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse::<f64>().ok().filter(|value| plain && value.is_finite())
}

/// `99.9%` or `0.999`.
fn share(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => number(percent).map(|value| value / 100.0),
        None => number(text),
    }
}

/// `2000 USD`, `2000` or `$2000`.
fn amount(text: &str) -> Option<f64> {
    number(text.strip_suffix("USD").unwrap_or(text).trim().trim_start_matches('$'))
}

fn millis(text: &str) -> Option<f64> {
    quantity::duration(text).ok().map(|span| span.as_millis_f64())
}

/// `5%` or `100 USD`, both with a sign where the cost is to fall. A bare number could be either, so it is neither.
fn change(text: &str) -> Option<(Measure, f64)> {
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1.0, size.trim_start()),
        None => (1.0, text.strip_prefix('+').map_or(text, str::trim_start)),
    };
    // Adding zero takes the sign from a negative zero.
    if size.ends_with('%') {
        return share(size).map(|share| (Measure::CostChangeShare, sign * share + 0.0));
    }
    let is_money = size.ends_with("USD") || size.starts_with('$');
    amount(size).filter(|_| is_money).map(|amount| (Measure::CostChange, sign * amount + 0.0))
}

/// `5 with p99_response_time > 500ms`: how many minutes, and which.
fn minutes(text: &str) -> Option<(f64, MinuteLimit)> {
    let (count, condition) = text.split_once(" with ")?;
    let count = count.trim();
    let unit = ["minutes", "minute", "min"].into_iter().find_map(|unit| count.strip_suffix(unit));
    let count = number(unit.unwrap_or(count))?;
    let end = condition.find(['<', '>'])?;
    let (name, rest) = condition.split_at(end);
    let (figure, _) = MinuteFigure::ALL.into_iter().find(|(_, known)| *known == name.trim())?;
    let (_, comparator, limit) = operator(rest)?;
    let or_equal = match comparator {
        Comparator::Greater => false,
        Comparator::GreaterOrEqual => true,
        Comparator::Less | Comparator::LessOrEqual => return None,
    };
    let limit = if figure.is_time() { millis(limit)? } else { share(limit)? };
    Some((count, MinuteLimit { figure, or_equal, limit }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_table_can_be_read_as_a_check() {
        for key in CHECKS.keys {
            assert!(expected(key.name).is_some(), "{}", key.name);
        }
    }

    #[test]
    fn checks_read_their_limit_in_the_unit_of_their_figure() {
        let check = parse("p99_response_time", "< 800ms").unwrap();
        assert_eq!(check.text, "p99_response_time < 800ms");
        assert_eq!((check.measure, check.comparator), (Measure::ResponseQuantile(0.99), Comparator::Less));
        let near = |check: Check, limit: f64| (check.limit - limit).abs() < 1e-12;
        assert!(near(check, 800.0));
        assert!(near(parse("availability", ">=99.9%").unwrap(), 0.999));
        assert!(near(parse("cost_per_month", "<2000 USD").unwrap(), 2000.0));
        assert!(near(parse("running_max", "<= 80 tasks").unwrap(), 80.0));
        assert_eq!(parse("max_waiting_time", "< 1s").unwrap().measure, Measure::WaitingMax);
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
            ("time_to_capacity", "< 5"),
            ("time_to_capacity", "5m"),
            ("minutes_over_limit", "<= 5"),
            ("minutes_over_limit", "<= 5 with p99_response_time"),
            ("minutes_over_limit", "<= 5 with p99_response_time < 500ms"),
            ("minutes_over_limit", "<= 5 with p99_response_time > 500"),
            ("minutes_over_limit", "<= 5 with p90_response_time > 500ms"),
            ("minutes_over_limit", "<= 5% with p99_response_time > 500ms"),
            ("minutes_over_limit", "<= -1 with p99_response_time > 500ms"),
            ("minutes_over_limit", "<= 5 with cpu_utilization > 90ms"),
            ("cost_change", "<= 5"),
            ("cost_change", "<= five %"),
            ("cost_change", "5%"),
            ("cost_change", "<= --5%"),
            ("cost_change", "<= 5% USD"),
        ] {
            assert!(parse(name, text).is_err(), "{name} {text}");
        }
    }

    #[test]
    fn checks_of_minutes_of_capacity_and_of_the_change_of_cost_read_what_they_mean() {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        let capacity = parse("time_to_capacity", "< 5m").unwrap();
        assert!(capacity.measure == Measure::TimeToCapacity && near(capacity.limit, 300.0));
        let minutes = parse("minutes_over_limit", "<= 5 with p99_response_time > 500ms").unwrap();
        assert_eq!(minutes.text, "minutes_over_limit <= 5 with p99_response_time > 500ms");
        let Measure::MinutesOver(over) = minutes.measure else { panic!("{minutes:?}") };
        assert!(near(minutes.limit, 5.0) && near(over.limit, 500.0) && !over.or_equal);
        assert_eq!(
            (over.figure, minutes.comparator),
            (MinuteFigure::ResponseTimeP99, Comparator::LessOrEqual)
        );
        for text in ["< 2.5 minutes with cpu_utilization >= 90%", "< 2.5min with cpu_utilization >= 0.9"] {
            let check = parse("minutes_over_limit", text).unwrap();
            let Measure::MinutesOver(over) = check.measure else { panic!("{check:?}") };
            assert!(near(check.limit, 2.5) && near(over.limit, 0.9) && over.or_equal, "{text}");
        }
        for (text, measure, limit) in [
            ("<= 5%", Measure::CostChangeShare, 0.05),
            ("< -10 %", Measure::CostChangeShare, -0.1),
            ("<= 100 USD", Measure::CostChange, 100.0),
            ("<= +$7.5", Measure::CostChange, 7.5),
            ("<= -3 USD", Measure::CostChange, -3.0),
            ("<= -0%", Measure::CostChangeShare, 0.0),
        ] {
            let check = parse("cost_change", text).unwrap();
            assert!(check.measure == measure && near(check.limit, limit), "{text}: {check:?}");
            assert!(check.limit.is_sign_positive() || check.limit < 0.0, "{text}");
        }
    }
}
