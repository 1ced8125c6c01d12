//! The verdict strip: every check with its value, its limit and how far apart they are. A check never reads by its colour
//! alone: it has a word and a sign.

use serde::Serialize;

use crate::results::CheckResult;

/// A check as the strip shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct JudgedCheck {
    /// `pass`, `fail`, `inconclusive` or `no_data`: a class of the styles.
    status: &'static str,
    word: &'static str,
    sign: &'static str,
    figure: String,
    limit: String,
    value: String,
    /// Text behind the value in brackets: an interval, or the service that decided.
    detail: String,
    margin: String,
    /// Note beside the value.
    note: Option<String>,
}

/// The strip, and the sentence above it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Verdicts {
    /// The worst status of all; `none` where there is no check.
    status: &'static str,
    sentence: String,
    checks: Vec<JudgedCheck>,
}

/// Statuses: the class, word and sign of each, and how bad it is.
const STATUSES: [(&str, &str, &str); 4] = [
    ("pass", "Pass", "✓"),
    ("no_data", "No data", "–"),
    ("inconclusive", "Inconclusive", "?"),
    ("fail", "Fail", "✕"),
];

impl Verdicts {
    pub(super) fn new(rows: &[CheckResult]) -> Self {
        let rank = |row: &CheckResult| {
            STATUSES.iter().position(|(status, ..)| *status == row.status.name()).unwrap_or(1)
        };
        let count = |wanted: usize| rows.iter().filter(|row| rank(row) == wanted).count();
        let worst = rows.iter().map(rank).max().and_then(|rank| STATUSES.get(rank));
        let all = rows.len();
        let plural = |n: usize| if n == 1 { "1 check".to_owned() } else { format!("{n} checks") };
        let parts: Vec<String> = [(3, "failed"), (2, "inconclusive"), (1, "without data")]
            .into_iter()
            .filter(|(rank, _)| count(*rank) > 0)
            .map(|(rank, word)| format!("{} {word}", count(rank)))
            .collect();
        let sentence = match (all, parts.is_empty()) {
            (0, _) => "No checks: nothing says what is good enough".to_owned(),
            (1, true) => "The check passed".to_owned(),
            (_, true) => format!("All {} passed", plural(all)),
            (_, false) => format!("Of {}: {}", plural(all), parts.join(", ")),
        };
        Self {
            status: worst.map_or("none", |(status, ..)| status),
            sentence,
            checks: rows.iter().map(|row| verdict(row, rank(row))).collect(),
        }
    }
}

fn verdict(row: &CheckResult, rank: usize) -> JudgedCheck {
    let (status, word, sign) = STATUSES.get(rank).copied().unwrap_or(("no_data", "No data", "–"));
    let (name, limit) = row.check.split_once(' ').unwrap_or((&row.check, ""));
    let (value, detail) = match row.value.split_once(" (") {
        Some((value, detail)) => (value, detail.trim_end_matches(')')),
        None => (row.value.as_str(), ""),
    };
    JudgedCheck {
        status,
        word,
        sign,
        figure: name.replace('_', " "),
        limit: spaced(&limit.replace("<=", "≤").replace(">=", "≥")),
        value: spaced(value),
        detail: spaced(detail),
        margin: margin(value, limit).unwrap_or_default(),
        note: row.note.clone(),
    }
}

/// From so many times its limit on a value is told as such a multiple.
const MANY_TIMES: f64 = 4.0;

/// The distance of the value from its limit: a share of the limit, or points of a percentage. `None` where either is no
/// number.
fn margin(value: &str, limit: &str) -> Option<String> {
    let (operator, limit) = ["<=", ">=", "<", ">"]
        .into_iter()
        .find_map(|operator| limit.strip_prefix(operator).map(|rest| (operator, rest)))?;
    let ((value, unit), (limit, limit_unit)) = (amount(value)?, amount(limit)?);
    // A limit without a unit means the unit of its figure, a share apart: 0.999 is 99.9 %.
    let (limit, unit) = match (unit, limit_unit) {
        (AmountUnit::Points, AmountUnit::None) => (limit * 100.0, unit),
        (_, AmountUnit::None) => (limit, unit),
        (a, b) if a == b => (limit, unit),
        _ => return None,
    };
    let spare = if operator.starts_with('<') { limit - value } else { value - limit };
    let word = if spare < 0.0 { "misses by" } else { "margin" };
    if unit == AmountUnit::Points {
        return Some(format!("{word} {} points", short(spare.abs())));
    }
    if limit <= 0.0 {
        return None;
    }
    // Hundreds of percent are no longer a share that anyone can picture.
    if spare < 0.0 && value >= limit * MANY_TIMES {
        return Some(format!("{:.0} times the limit", value / limit));
    }
    Some(format!("{word} {} %", short(spare.abs() / limit * 100.0)))
}

/// Two digits that matter are enough to judge a distance by.
fn short(value: f64) -> String {
    let decimals = if value >= 9.95 {
        0
    } else if value >= 0.095 {
        1
    } else {
        3
    };
    format!("{value:.decimals$}")
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum AmountUnit {
    None,
    Seconds,
    Points,
    Dollars,
    Tasks,
}

/// A number with its unit, in seconds, points, dollars or tasks.
fn amount(text: &str) -> Option<(f64, AmountUnit)> {
    let text = text.trim().trim_start_matches(['≈', '$']).trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let (factor, unit) = match text[end..].trim() {
        "" => (1.0, AmountUnit::None),
        "us" | "µs" => (1e-6, AmountUnit::Seconds),
        "ms" => (1e-3, AmountUnit::Seconds),
        "s" => (1.0, AmountUnit::Seconds),
        "m" | "min" => (60.0, AmountUnit::Seconds),
        "h" => (3_600.0, AmountUnit::Seconds),
        "%" => (1.0, AmountUnit::Points),
        "USD" => (1.0, AmountUnit::Dollars),
        "tasks" => (1.0, AmountUnit::Tasks),
        _ => return None,
    };
    Some((number * factor, unit))
}

/// The text with a space between a number and its unit: `301ms` → `301 ms`.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut last = ' ';
    for c in text.chars() {
        let is_unit = c.is_alphabetic() || c == '%';
        if (is_unit && last.is_ascii_digit()) || (c.is_ascii_digit() && matches!(last, '<' | '>' | '≤' | '≥'))
        {
            out.push('\u{a0}');
        }
        out.push(c);
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::CheckStatus;

    fn row(check: &str, value: &str, status: CheckStatus) -> CheckResult {
        CheckResult { check: check.to_owned(), value: value.to_owned(), status, note: None }
    }

    #[test]
    fn a_margin_is_a_share_of_the_limit_or_points_of_a_percentage() {
        assert_eq!(margin("301ms", "< 500ms").as_deref(), Some("margin 40 %"));
        assert_eq!(margin("≈1.2s", "< 800ms").as_deref(), Some("misses by 50 %"));
        assert_eq!(margin("95.98%", ">= 95%").as_deref(), Some("margin 1.0 points"));
        assert_eq!(margin("95.98%", ">= 0.999").as_deref(), Some("misses by 3.9 points"));
        assert_eq!(margin("22.52 USD", "< 40 USD").as_deref(), Some("margin 44 %"));
        assert_eq!(margin("22.52 USD", "< $40").as_deref(), Some("margin 44 %"));
        assert_eq!(margin("99.95%", ">= 99.9%").as_deref(), Some("margin 0.050 points"));
        assert_eq!(margin("2522ms", "< 20ms").as_deref(), Some("126 times the limit"));
        for (value, limit) in [("no data", "< 1s"), ("3s", "< 1m 30s"), ("3s", "2s"), ("3 tasks", "< 2s")] {
            assert_eq!(margin(value, limit), None, "{value} {limit}");
        }
    }

    #[test]
    fn the_worst_check_gives_the_strip_its_status() {
        let strip = |rows: &[CheckResult]| {
            let strip = Verdicts::new(rows);
            (strip.status, strip.sentence)
        };
        let (pass, fail) = (
            row("cost < 2 USD", "1 USD", CheckStatus::Pass),
            row("cost < 1 USD", "1 USD", CheckStatus::Fail),
        );
        let unsure = row("cost < 1 USD", "1 USD (0 USD to 2 USD)", CheckStatus::Inconclusive);
        assert_eq!(strip(&[]), ("none", "No checks: nothing says what is good enough".to_owned()));
        assert_eq!(strip(&[pass.clone(), pass.clone()]), ("pass", "All 2 checks passed".to_owned()));
        let mixed = ("fail", "Of 3 checks: 1 failed, 1 inconclusive".to_owned());
        assert_eq!(strip(&[pass, fail, unsure]), mixed);
    }

    #[test]
    fn a_value_is_set_apart_from_its_interval() {
        let shown =
            verdict(&row("p95_response_time < 500ms", "300ms (299ms to 301ms)", CheckStatus::Pass), 0);
        assert_eq!((shown.figure.as_str(), shown.limit.as_str()), ("p95 response time", "< 500\u{a0}ms"));
        assert_eq!(
            (shown.value.as_str(), shown.detail.as_str()),
            ("300\u{a0}ms", "299\u{a0}ms to 301\u{a0}ms")
        );
    }
}
