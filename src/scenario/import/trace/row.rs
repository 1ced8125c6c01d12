//! One row of a trace: how its file writes it, its time and its value.

use std::ops::Range;

use crate::scenario::import::trace::cells::{Cell, SEPARATORS, cells};
use crate::scenario::import::trace::instant::{DateOrder, Instant, NotATime, instant};
use crate::scenario::import::trace::model::{TraceOptions, TraceProblem};
use crate::scenario::import::trace::number::{Decimal, NotANumber, number};
use crate::scenario::language::codes;
use crate::scenario::language::suggest::nearest;

/// Fault of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RowError {
    pub(super) message: String,
    /// Place of the fault in the line \[B\].
    pub(super) span: Range<usize>,
    pub(super) help: Option<String>,
    /// Whether it is the notation of the whole file, which is told once.
    pub(super) is_of_file: bool,
}

/// Names of the time column, the surest first.
const TIMES: [&str; 6] = ["timestamp", "time_s", "@timestamp", "datetime", "time", "date"];
/// Most columns that are listed.
const MOST_COLUMNS: usize = 12;

/// Format of a file's rows.
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
            return Err(of_header(
                header,
                "there is no column `timestamp`, `time`, `datetime`, `date` or `time_s`".to_owned(),
            ));
        };
        let names: Vec<_> = cells(header, separator).map(|cell| cell.name().into_owned()).collect();
        let is = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if names[time].eq_ignore_ascii_case("time") && is("date") {
            let problem = of_header(header, "the date and the time of day stand in two columns".to_owned());
            let help = "join them in one column `timestamp`: `2026-03-02 09:05`".to_owned();
            return Err(TraceProblem { help: Some(help), ..problem });
        }
        let Some(value) = names.iter().position(|name| name == options.column) else {
            return Err(missing_value(header, options.column, &names, time));
        };
        Ok(Self {
            separator,
            time,
            value,
            width: names.len(),
            in_seconds: names[time].eq_ignore_ascii_case("time_s"),
            column: options.column.to_owned(),
            dates: options.dates,
            decimal: options.decimal,
        })
    }

    /// The columns of a header whose value column is not known: any other stands for it.
    pub(super) fn of_times(header: &str, options: &TraceOptions<'_>) -> Option<Self> {
        let (separator, time) = Self::time(header)?;
        let names: Vec<_> = cells(header, separator).map(|cell| cell.name().into_owned()).collect();
        let other = names.iter().enumerate().rev().find(|(at, _)| *at != time)?.1;
        Self::find(header, &TraceOptions { column: other, ..*options }).ok()
    }

    /// The time of a row in nanoseconds, as it is written.
    pub(super) fn moment(&self, row: &str) -> Option<i128> {
        let cell = self.texts(row).0?;
        instant(cell.text, self.dates, self.in_seconds).ok().map(|time| time.ns)
    }

    /// The separator of a header with a time column, and that column's place. Names are tried in this order, in any case.
    pub(super) fn time(header: &str) -> Option<(char, usize)> {
        SEPARATORS.into_iter().find_map(|separator| {
            let is = |cell: &Cell<'_>, name: &str| cell.text.eq_ignore_ascii_case(name);
            let place = |name: &&str| cells(header, separator).position(|cell| is(&cell, name));
            TIMES.iter().find_map(place).map(|at| (separator, at))
        })
    }

    /// Whether a column of that name is one of times.
    pub(super) fn is_time_name(name: &str) -> bool {
        TIMES.iter().any(|known| name.eq_ignore_ascii_case(known))
    }

    /// The places of the cells of a row that are neither its time nor its value.
    pub(super) fn others(&self, row: &str) -> Vec<usize> {
        (0..cells(row, self.separator).count()).filter(|at| *at != self.time && *at != self.value).collect()
    }

    /// The text of the cell at a place.
    pub(super) fn cell(&self, row: &str, at: usize) -> Option<String> {
        cells(row, self.separator).nth(at).map(|cell| cell.text.to_owned())
    }

    /// The names of the columns.
    pub(super) fn names(&self, header: &str) -> Vec<String> {
        cells(header, self.separator).map(|cell| cell.name().into_owned()).collect()
    }

    /// Finds the columns of a console's export (`docs/aws/exports.md#csv-of-the-cloudwatch-console`: its layout is
    /// nowhere documented): lines of labels, such as `Id,m1` and `Label,RequestCount`, then rows that begin with a time.
    /// The value's column is the one that the labels call so; the only one, where the scenario names none (and so means
    /// `requests`).
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
    pub(super) fn parse(&self, line: &str) -> Result<(Instant, Option<f64>), RowError> {
        let (Some(time), Some(value)) = self.texts(line) else {
            return Err(RowError::new("the row has fewer columns than the header".to_owned(), 0..line.len()));
        };
        if let Some(extra) = cells(line, self.separator).skip(self.width).find(|cell| !cell.text.is_empty()) {
            let fault = RowError::new("the row has more columns than the header".to_owned(), extra.span);
            return Err(fault.help("a number with a comma in it stands in quotes: \"8,644\""));
        }
        let number = self.value(&value)?;
        let instant = instant(time.text, self.dates, self.in_seconds).map_err(|why| no_time(&why, &time))?;
        Ok((instant, number))
    }

    fn value(&self, cell: &Cell<'_>) -> Result<Option<f64>, RowError> {
        let (text, column) = (shown(cell.text), shown(&self.column));
        let fault = |message: String| RowError::new(message, cell.span.clone());
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
                return Err(RowError { is_of_file: true, ..fault.help(help) });
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

impl RowError {
    fn new(message: String, span: Range<usize>) -> Self {
        Self { message, span, help: None, is_of_file: false }
    }

    fn help(self, help: &str) -> Self {
        Self { help: Some(help.to_owned()), ..self }
    }
}

/// What is wrong with a time, and what to do about it.
fn no_time(why: &NotATime, cell: &Cell<'_>) -> RowError {
    let text = shown(cell.text);
    let fault = |message: String| RowError::new(message, cell.span.clone());
    match why {
        NotATime::Unknown => fault(format!("`{text}` is not a time")).help(
            "times are written `2026-03-02T09:05:00Z`, `2026-03-02 09:05`, `2026/03/02 09:05:00`, `02.03.2026 09:05`, \
             `3/2/2026 9:05 AM`, or as seconds",
        ),
        NotATime::Either => {
            let fault = fault(format!("`{text}` is a date whose day and month could be swapped"));
            let help = "`dates = \"day_first\"` or `dates = \"month_first\"` in the trace's table says which it is";
            RowError { is_of_file: true, ..fault.help(help) }
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

/// A header without the value column: what it has, and what to write.
fn missing_value(header: &str, wanted: &str, names: &[String], time: usize) -> TraceProblem {
    let others: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(at, name)| *at != time && !name.is_empty())
        .map(|(_, name)| name.as_str())
        .collect();
    let listed: Vec<String> =
        others.iter().take(MOST_COLUMNS).map(|name| format!("`{}`", shown(name))).collect();
    let dots = if others.len() > MOST_COLUMNS { ", …" } else { "" };
    let message = format!("there is no column `{wanted}`; the file has {}{dots}", listed.join(", "));
    let problem = of_header(header, message);
    let likely = nearest(wanted, &others).or_else(|| others.first().copied());
    let help = likely
        .map(|name| format!("name the column with the counts or rates: `column = \"{}\"`", shown(name)));
    TraceProblem { help, ..problem }
}

fn missing_column(what: &str, wanted: &str, names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let near = nearest(wanted, &names).map_or(String::new(), |near| format!("; is it `{near}`?"));
    format!("{what} `{wanted}`{near}")
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
