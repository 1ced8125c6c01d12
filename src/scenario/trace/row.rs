//! One row of a trace: its columns, its time and its value.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::TraceProblem;
use crate::scenario::codes;
use crate::scenario::conform::nearest;

/// Which columns hold the time and the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    time: usize,
    value: usize,
}

impl Columns {
    /// Finds the columns in the header.
    ///
    /// # Errors
    /// When one is missing.
    pub(super) fn find(header: &str, value: &str) -> Result<Self, TraceProblem> {
        let names: Vec<&str> = header.split(',').map(unquoted).collect();
        let problem = |message: String| TraceProblem {
            content: header.chars().take(200).collect(),
            ..TraceProblem::whole(codes::TRACE_HEADER, &message)
        };
        let Some(time) = Self::time(header) else {
            return Err(problem("there is no column `timestamp` or `time_s`".to_owned()));
        };
        let Some(value) = names.iter().position(|name| *name == value) else {
            let near = nearest(value, &names).map_or(String::new(), |near| format!("; is it `{near}`?"));
            return Err(problem(format!("there is no column `{value}`{near}")));
        };
        Ok(Self { time, value })
    }

    /// The place of the time column in the header.
    pub(super) fn time(header: &str) -> Option<usize> {
        header.split(',').map(unquoted).position(|name| matches!(name, "timestamp" | "time_s"))
    }

    /// Finds the columns of a console's export (`aws-platform.md` §6.2: its layout is nowhere documented): lines of
    /// labels, such as `Id,m1` and `Label,RequestCount`, then rows that begin with a time. The value's column is the one
    /// that the labels call so; the only one, where the scenario names none (and so means `requests`).
    ///
    /// # Errors
    /// When no label is that of the wanted column, or two columns have it.
    pub(super) fn export(labels: &[String], row: &str, value: &str) -> Result<Self, TraceProblem> {
        let named = |line: &String| line.split(',').map(unquoted).skip(1).position(|name| name == value);
        let is_twice =
            |line: &str| line.split(',').map(unquoted).skip(1).filter(|name| *name == value).count() > 1;
        let problem = |message: String| TraceProblem {
            content: labels.first().map_or("", String::as_str).chars().take(200).collect(),
            ..TraceProblem::whole(codes::TRACE_HEADER, &message)
        };
        match labels.iter().find_map(named) {
            Some(at) if labels.iter().all(|line| !is_twice(line)) => Ok(Self { time: 0, value: at + 1 }),
            Some(_) => Err(problem(format!("two columns are labelled `{value}`"))),
            None if row.split(',').count() == 2 && value == "requests" => Ok(Self { time: 0, value: 1 }),
            None => {
                let names: Vec<&str> =
                    labels.iter().flat_map(|line| line.split(',').map(unquoted).skip(1)).collect();
                let near = nearest(value, &names).map_or(String::new(), |near| format!("; is it `{near}`?"));
                Err(problem(format!("no column is labelled `{value}`{near}")))
            }
        }
    }

    /// Whether a line begins with a time of day, as a row of an export does and a label does not.
    pub(super) fn begins_with_a_time(line: &str) -> bool {
        let first = unquoted(line.split(',').next().unwrap_or(""));
        first.contains(':') && instant(first).is_some()
    }

    /// Time \[ns\] and value of a row.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn parse(self, line: &str) -> Result<(i128, f64), String> {
        let (mut time, mut value) = (None, None);
        for (index, field) in line.split(',').enumerate() {
            if index == self.time {
                time = Some(unquoted(field));
            }
            if index == self.value {
                value = Some(unquoted(field));
            }
        }
        let (Some(time), Some(value)) = (time, value) else {
            return Err("the row has fewer columns than the header".to_owned());
        };
        let nanos = instant(time).ok_or_else(|| format!("`{}` is not a time", shown(time)))?;
        let number = value.parse::<f64>().map_err(|_| format!("`{}` is not a number", shown(value)))?;
        if !number.is_finite() {
            return Err(format!("`{}` is not a finite number", shown(value)));
        }
        if number < 0.0 {
            return Err(format!("`{}` is negative", shown(value)));
        }
        if number > 1e15 {
            return Err(format!("`{}` is more than 10¹⁵", shown(value)));
        }
        Ok((nanos, number + 0.0))
    }
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(field).trim()
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A time as nanoseconds: whole or decimal seconds, or ISO 8601. A time without a zone is read as UTC, since only
/// distances matter.
fn instant(text: &str) -> Option<i128> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
        && !text[1.min(text.len())..].contains('-')
    {
        return decimal_seconds(text);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_nanosecond());
    }
    // A console's export has `2026/03/02 09:05:00`.
    let civil: DateTime = match text.get(4..5) {
        Some("/") => text.replacen('/', "-", 2).parse().ok()?,
        _ => text.parse().ok()?,
    };
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_nanosecond())
}

fn decimal_seconds(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || whole.len() > 15 || fraction.len() > 9 {
        return None;
    }
    let nanos =
        whole.parse::<i128>().ok()? * 1_000_000_000 + format!("{fraction:0<9}").parse::<i128>().ok()?;
    Some(if negative { -nanos } else { nanos })
}
