//! One row of a trace: how its file writes it, its time and its value.

use std::ops::Range;

use super::cells::{Cell, SEPARATORS, cells};
use super::instant::{DateOrder, Instant, NotATime, instant};
use super::number::{Decimal, NotANumber, number};
use super::{TraceOptions, TraceProblem};
use crate::scenario::codes;
use crate::scenario::conform::nearest;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) message: String,
    /// Where, in the line \[B\].
    pub(super) span: Range<usize>,
    pub(super) help: Option<String>,
    /// Whether it is the notation of the whole file, which is told once.
    pub(super) is_of_file: bool,
}

/// How a file writes its rows.
#[derive(Clone, Debug)]
pub(super) struct Format {
    separator: char,
    /// Place of the time.
    time: usize,
    /// Place of the value.
    value: usize,
    /// Cells that a row may have.
    width: usize,
    /// Whether the time column is called `time_s`.
    in_seconds: bool,
    /// The name of the value column.
    column: String,
    pub(super) dates: Option<DateOrder>,
    pub(super) decimal: Option<Decimal>,
}

impl Format {
    /// Finds the columns in the header.
    ///
    /// # Errors
    /// When one is missing.
    pub(super) fn find(header: &str, options: &TraceOptions<'_>) -> Result<Self, TraceProblem> {
        let Some((separator, time)) = Self::time(header) else {
            return Err(of_header(header, "there is no column `timestamp` or `time_s`".to_owned()));
        };
        let names: Vec<_> = cells(header, separator).map(|cell| cell.name().into_owned()).collect();
        let Some(value) = names.iter().position(|name| name == options.column) else {
            return Err(of_header(header, missing_column("there is no column", options.column, &names)));
        };
        Ok(Self {
            separator,
            time,
            value,
            width: names.len(),
            in_seconds: names[time] == "time_s",
            column: options.column.to_owned(),
            dates: options.dates,
            decimal: options.decimal,
        })
    }

    /// The separator of a header with a time column, and that column's place.
    pub(super) fn time(header: &str) -> Option<(char, usize)> {
        SEPARATORS.into_iter().find_map(|separator| {
            let is_time = |cell: Cell<'_>| matches!(cell.text, "timestamp" | "time_s");
            cells(header, separator).position(is_time).map(|at| (separator, at))
        })
    }

    /// Finds the columns of a console's export (`aws-platform.md` §6.2: its layout is nowhere documented): lines of
    /// labels, such as `Id,m1` and `Label,RequestCount`, then rows that begin with a time. The value's column is the one
    /// that the labels call so; the only one, where the scenario names none (and so means `requests`).
    ///
    /// # Errors
    /// When no label is that of the wanted column, or two columns have it.
    pub(super) fn export(
        labels: &[String],
        row: &str,
        options: &TraceOptions<'_>,
    ) -> Result<Self, TraceProblem> {
        let separator = Self::begins_with_a_time(row).unwrap_or(',');
        let names = |line: &String| -> Vec<String> {
            cells(line, separator).skip(1).map(|cell| cell.name().into_owned()).collect()
        };
        let labels_of: Vec<Vec<String>> = labels.iter().map(names).collect();
        let wanted = options.column;
        let problem = |message| of_header(labels.first().map_or("", String::as_str), message);
        let width = labels_of.iter().map(Vec::len).max().unwrap_or(0) + 1;
        let at = labels_of.iter().find_map(|names| names.iter().position(|name| name == wanted));
        let is_twice = |names: &Vec<String>| names.iter().filter(|name| *name == wanted).count() > 1;
        let value = match at {
            Some(at) if !labels_of.iter().any(is_twice) => at + 1,
            Some(_) => return Err(problem(format!("two columns are labelled `{wanted}`"))),
            None if cells(row, separator).count() == 2 && wanted == "requests" => 1,
            None => {
                let names: Vec<String> = labels_of.concat();
                return Err(problem(missing_column("no column is labelled", wanted, &names)));
            }
        };
        Ok(Self {
            separator,
            time: 0,
            value,
            width: width.max(value + 1),
            in_seconds: false,
            column: wanted.to_owned(),
            dates: options.dates,
            decimal: options.decimal,
        })
    }

    /// The separator of a line that begins with a time of day, as a row of an export does and a label does not.
    pub(super) fn begins_with_a_time(line: &str) -> Option<char> {
        SEPARATORS.into_iter().find(|separator| {
            let first = cells(line, *separator).next().map_or("", |cell| cell.text);
            first.contains(':') && matches!(instant(first, None, false), Ok(_) | Err(NotATime::Either))
        })
    }

    /// The time and the value of a row as they are written.
    pub(super) fn texts<'a>(&self, line: &'a str) -> (Option<Cell<'a>>, Option<Cell<'a>>) {
        let (mut time, mut value) = (None, None);
        for (index, cell) in cells(line, self.separator).enumerate() {
            if index == self.time {
                time = Some(cell);
            } else if index == self.value {
                value = Some(cell);
            }
        }
        (time, value)
    }

    /// Whether numbers may have commas without quotes, because something else parts the cells.
    pub(super) fn has_free_commas(&self) -> bool {
        self.separator != ','
    }

    /// Time and value of a row; no value where its cell is empty.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(&self, line: &str) -> Result<(Instant, Option<f64>), Fault> {
        let (Some(time), Some(value)) = self.texts(line) else {
            return Err(Fault::new("the row has fewer columns than the header".to_owned(), 0..line.len()));
        };
        if let Some(extra) = cells(line, self.separator).skip(self.width).find(|cell| !cell.text.is_empty()) {
            let fault = Fault::new("the row has more columns than the header".to_owned(), extra.span);
            return Err(fault.help("a number with a comma in it stands in quotes: \"8,644\""));
        }
        let number = self.value(&value)?;
        let instant = instant(time.text, self.dates, self.in_seconds).map_err(|why| no_time(&why, &time))?;
        Ok((instant, number))
    }

    fn value(&self, cell: &Cell<'_>) -> Result<Option<f64>, Fault> {
        let (text, column) = (shown(cell.text), shown(&self.column));
        let fault = |message: String| Fault::new(message, cell.span.clone());
        let number = match number(cell.text, self.decimal) {
            Ok(None) => return Ok(None),
            Ok(Some(number)) => number,
            Err(NotANumber::Text) => {
                return Err(fault(format!("`{text}` is not a number (column `{column}`)")));
            }
            Err(NotANumber::NotFinite) => return Err(fault(format!("`{text}` is not a finite number"))),
            Err(NotANumber::Notation) => {
                let (mark, key) = match self.decimal {
                    Some(Decimal::Comma) => ("comma", "point"),
                    _ => ("point", "comma"),
                };
                let fault =
                    fault(format!("`{text}` is not a number with a decimal {mark} (column `{column}`)"));
                return Err(fault.help(&format!("`decimal = \"{key}\"` reads the file the other way")));
            }
            Err(NotANumber::Either(point, comma)) => {
                let fault =
                    fault(format!("`{text}` is {point} or {comma}, and no number of the file tells which"));
                let help = "`decimal = \"point\"` or `decimal = \"comma\"` in the trace's table says it";
                return Err(Fault { is_of_file: true, ..fault.help(help) });
            }
        };
        if number < 0.0 {
            return Err(fault(format!("`{text}` is negative (column `{column}`)")));
        }
        if number > 1e15 {
            return Err(fault(format!("`{text}` is more than 10¹⁵ (column `{column}`)")));
        }
        Ok(Some(number + 0.0))
    }
}

impl Fault {
    fn new(message: String, span: Range<usize>) -> Self {
        Self { message, span, help: None, is_of_file: false }
    }

    fn help(self, help: &str) -> Self {
        Self { help: Some(help.to_owned()), ..self }
    }
}

/// What is wrong with a time, and what to do about it.
fn no_time(why: &NotATime, cell: &Cell<'_>) -> Fault {
    let text = shown(cell.text);
    let fault = |message: String| Fault::new(message, cell.span.clone());
    match why {
        NotATime::Unknown => fault(format!("`{text}` is not a time")).help(
            "times are written `2026-03-02T09:05:00Z`, `2026-03-02 09:05`, `2026/03/02 09:05:00`, `02.03.2026 09:05`, \
             `3/2/2026 9:05 AM`, or as seconds",
        ),
        NotATime::Either => {
            let fault = fault(format!("`{text}` is a date whose day and month could be swapped"));
            let help = "`dates = \"day_first\"` or `dates = \"month_first\"` in the trace's table says which it is";
            Fault { is_of_file: true, ..fault.help(help) }
        }
        NotATime::Size => fault(format!("`{text}` has no size of a time")).help(
            "a time since 1970 has 10 digits in seconds, 13 in milliseconds, 16 in microseconds, 19 in nanoseconds; a \
             date is written `2026-03-02T09:05:00`",
        ),
        NotATime::Scientific => fault(format!("`{text}` has lost its last digits"))
            .help("let the spreadsheet show the column as a whole number before it saves the file"),
        NotATime::TooManySeconds => fault(format!("`{text}` is too large for seconds since 1970"))
            .help("milliseconds, microseconds and nanoseconds are read in a column called `timestamp`"),
    }
}

/// A problem of the line that names the columns.
pub(super) fn of_header(header: &str, message: String) -> TraceProblem {
    TraceProblem {
        content: header.to_owned(),
        span: 0..header.len(),
        ..TraceProblem::whole(codes::TRACE_HEADER, &message)
    }
}

fn missing_column(what: &str, wanted: &str, names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = nearest(wanted, &names).map_or(String::new(), |near| format!("; is it `{near}`?"));
    format!("{what} `{wanted}`{near}")
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
