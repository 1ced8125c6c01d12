//! The beginning of a trace, read ahead: its columns, and what its first rows tell of the notation of all others and of the
//! distance between them. What follows is streamed.

use std::collections::VecDeque;

use crate::scenario::import::trace::cells::{SEPARATORS, cells};
use crate::scenario::import::trace::clock::TraceClock;
use crate::scenario::import::trace::instant::{self, compact_date};
use crate::scenario::import::trace::kinds;
use crate::scenario::import::trace::lines::Lines;
use crate::scenario::import::trace::model::{Duplicates, TraceOptions, TraceProblem};
use crate::scenario::import::trace::number::{self, Decimal};
use crate::scenario::import::trace::row::{Format, of_header};
use crate::scenario::language::codes;

/// Most lines of labels before the first row of a console's export.
const MOST_LABELS: usize = 20;
/// Most rows that are read ahead.
const MOST_ROWS: usize = 1000;
/// Most text that is read ahead \[B\].
const MOST_TEXT: usize = 4 << 20;
/// As many equal distances at the beginning settle the step: a closer row later is another resolution.
const SETTLED: usize = 8;
/// Most empty lines: a few kilobytes of gzip can hold gigabytes of them.
const MOST_EMPTY: usize = 100_000;

/// The rows of a trace behind its header, those that were read ahead first.
pub(super) struct TraceRows {
    lines: Lines,
    ahead: VecDeque<(usize, String)>,
    /// Problem that stopped the reading ahead; reported when the rows before it are done.
    broken: Option<TraceProblem>,
    empty: usize,
}

impl TraceRows {
    /// The next row that is not empty, with its line.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub(super) fn next_row(&mut self) -> Result<Option<(usize, String)>, TraceProblem> {
        if let Some(row) = self.ahead.pop_front() {
            return Ok(Some(row));
        }
        if let Some(problem) = self.broken.take() {
            return Err(problem);
        }
        while let Some((line, text)) = self.lines.next_line()? {
            if !text.trim().is_empty() {
                return Ok(Some((line, text.to_owned())));
            }
            self.empty += 1;
            if self.empty > MOST_EMPTY {
                let message = "more than 100 000 lines of the trace are empty";
                return Err(TraceProblem { line, ..TraceProblem::whole(codes::TRACE_TOO_LARGE, message) });
            }
        }
        Ok(None)
    }

    /// Whether there are rows that were read ahead.
    pub(super) fn are_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    fn read_ahead(&mut self, first: Option<(usize, String)>) {
        let mut rows = VecDeque::from_iter(first);
        let mut length = 0;
        while rows.len() < MOST_ROWS && length < MOST_TEXT {
            match self.next_row() {
                Ok(Some(row)) => {
                    length += row.1.len();
                    rows.push_back(row);
                }
                Ok(None) => break,
                Err(problem) => {
                    self.broken = Some(problem);
                    break;
                }
            }
        }
        self.ahead = rows;
    }
}

/// Facts from the beginning of a trace.
pub(super) struct TraceHeader {
    pub(super) rows: TraceRows,
    pub(super) format: Format,
    /// Distance of the rows \[ns\]; `None` where the rows read ahead have none.
    pub(super) step: Option<i128>,
    /// Whether the rows run from the latest time to the earliest.
    pub(super) is_backwards: bool,
    /// The line with the names of the columns; empty where the file has none.
    pub(super) header: String,
}

impl TraceHeader {
    /// Reads the columns and the first rows.
    ///
    /// # Errors
    /// When a column is missing, or a time is a date without its separators.
    pub(super) fn read(lines: Lines, options: &TraceOptions<'_>) -> Result<Self, TraceProblem> {
        let mut rows = TraceRows { lines, ahead: VecDeque::new(), broken: None, empty: 0 };
        let HeaderColumns { mut format, first, header } = columns(&mut rows, options)?;
        rows.read_ahead(first);
        settle_notation(&mut format, &rows.ahead);
        let mut clock = TraceClock::new(options.zone);
        if let Some((line, text)) = rows.ahead.front()
            && let Some(cell) = format.texts(text).0
            && let Some(iso) = compact_date(cell.text)
        {
            return Err(TraceProblem {
                line: *line,
                content: text.clone(),
                span: cell.span.clone(),
                help: Some(format!("write it as `{iso}`; a number is a time in seconds")),
                ..TraceProblem::whole(codes::TRACE_VALUE, &format!("`{}` looks like a date", cell.text))
            });
        }
        let times: Vec<i128> = rows
            .ahead
            .iter()
            .filter_map(|(_, text)| format.parse(text).ok())
            .filter_map(|(time, _)| clock.resolve(time).ok())
            .map(|time| time.ns)
            .collect();
        if options.duplicates == Duplicates::Error
            && let Some(problem) = several(&format, &header, rows.ahead.iter().map(|(_, row)| row.as_str()))
        {
            return Err(TraceProblem { line: rows.ahead.front().map_or(1, |(line, _)| *line), ..problem });
        }
        let is_backwards = times.len() > 2 && times.windows(2).all(|pair| pair[1] < pair[0]);
        Ok(Self { step: step(&times), is_backwards, rows, format, header })
    }
}

/// Columns by the first lines of a trace.
struct HeaderColumns {
    format: Format,
    /// The first row, where it had to be read to know the columns.
    first: Option<(usize, String)>,
    /// The line with the names, of a file that has one.
    header: String,
}

/// The columns, from the header or from the labels of a console's export; of the latter also its first row.
fn columns(rows: &mut TraceRows, options: &TraceOptions<'_>) -> Result<HeaderColumns, TraceProblem> {
    let mut next = rows.next_row()?;
    // Some spreadsheets write their separator into a line of its own.
    if next.as_ref().is_some_and(|(_, text)| text.len() == 5 && text.starts_with("sep=")) {
        next = rows.next_row()?;
    }
    let Some((line, header)) = next else {
        return Err(TraceProblem::whole(codes::TRACE_HEADER, "the trace is empty"));
    };
    let at = |problem: TraceProblem| TraceProblem { line, ..problem };
    if kinds::may_be_other(&header)
        && let Some(problem) = kinds::other(&beginning(&header, rows))
    {
        return Err(at(problem));
    }
    let problem = match Format::find(&header, options) {
        Ok(format) => return Ok(HeaderColumns { format, first: None, header }),
        Err(problem) => at(problem),
    };
    if header.trim_end().contains('\r') {
        let problem = of_header(&header, "the lines end with a carriage return alone".to_owned());
        return Err(at(TraceProblem { help: Some("save the file with line feeds".to_owned()), ..problem }));
    }
    // A header with a time column has said what it is; so has a row.
    if let Some((separator, _)) = Format::time(&header) {
        let rows = some(rows);
        let series = Format::of_times(&header, options)
            .and_then(|format| several(&format, &header, rows.iter().map(String::as_str)))
            .map(|found| TraceProblem { line: line + 1, ..found });
        let named = series.or_else(|| kinds::without_values(&header, &rows, separator).map(at));
        return Err(named.unwrap_or(problem));
    }
    if Format::begins_with_a_time(&header).is_some() {
        let problem = of_header(
            &header,
            "the first line is a row; a line with the names of the columns is missing".to_owned(),
        );
        let help = format!("write `timestamp,{}` above it, with its separator", options.column);
        return Err(at(TraceProblem { help: Some(help), ..problem }));
    }
    let mut labels = vec![header];
    while labels.len() < MOST_LABELS {
        let Some((number, row)) = rows.next_row()? else { break };
        if Format::begins_with_a_time(&row).is_some() {
            let format = Format::export(&labels, &row, options).map_err(at)?;
            return Ok(HeaderColumns { format, first: Some((number, row)), header: String::new() });
        }
        labels.push(row);
    }
    let separator = SEPARATORS.into_iter().find(|separator| labels[0].contains(*separator)).unwrap_or(',');
    let has_values = cells(&labels[0], separator).any(|cell| cell.text == options.column);
    if !has_values && let Some(named) = kinds::without_values(&labels[0], &labels[1..], separator) {
        return Err(at(named));
    }
    Err(renamed(problem, &labels))
}

/// The first lines of a file that may be no CSV.
fn beginning(first: &str, rows: &mut TraceRows) -> String {
    let mut text = first.to_owned();
    for row in some(rows) {
        text.push('\n');
        text.push_str(&row);
    }
    text
}

/// Some rows, for a problem that ends the reading.
fn some(rows: &mut TraceRows) -> Vec<String> {
    (0..MOST_LABELS).map_while(|_| rows.next_row().ok().flatten().map(|(_, row)| row)).collect()
}

/// Names a file of several series.
fn several<'t>(format: &Format, header: &str, rows: impl Iterator<Item = &'t str>) -> Option<TraceProblem> {
    let timed: Vec<(i128, &str)> = rows.filter_map(|row| Some((format.moment(row)?, row))).collect();
    kinds::several(format, &format.names(header), &timed)
}

/// The problem of a header without a time column, with advice where its first column seems to be one.
fn renamed(problem: TraceProblem, labels: &[String]) -> TraceProblem {
    let first = cells(&problem.content, ',').next().map_or("", |cell| cell.text);
    let is_time =
        |name: &str| ["time", "date", "ts", "epoch"].iter().any(|word| name.to_lowercase().contains(word));
    if labels.len() < 2 || !is_time(first) {
        return problem;
    }
    TraceProblem { help: Some("call the column of times `timestamp`".to_owned()), ..problem }
}

/// Takes from the first rows what the scenario does not say: the order of dates and the decimal mark.
fn settle_notation(format: &mut Format, rows: &VecDeque<(usize, String)>) {
    if format.dates.is_none() {
        format.dates = rows
            .iter()
            .find_map(|(_, text)| format.texts(text).0.and_then(|cell| instant::evidence(cell.text)));
    }
    if format.decimal.is_none() {
        let found = rows
            .iter()
            .find_map(|(_, text)| format.texts(text).1.and_then(|cell| number::evidence(cell.text)));
        // Where commas part the cells, a comma within quotes parts thousands.
        format.decimal = found.or((!format.has_free_commas()).then_some(Decimal::Point));
    }
}

/// The distance of rows with these times: the smallest between neighbours, since a missing row makes a larger one. Where
/// most agree on one, or where the smallest does not divide the others, it is the usual one: the rows that are out of step
/// are then few, and are told.
fn step(times: &[i128]) -> Option<i128> {
    let mut latest = *times.first()?;
    let mut distances = Vec::new();
    for time in times {
        if *time > latest {
            distances.push(time - latest);
            latest = *time;
        }
    }
    let first = *distances.first()?;
    if distances.len() >= SETTLED && distances[..SETTLED].iter().all(|distance| *distance == first) {
        return Some(first);
    }
    distances.sort_unstable();
    let smallest = *distances.first()?;
    let usual = distances
        .chunk_by(|one, other| one == other)
        .max_by_key(|equal| (equal.len(), std::cmp::Reverse(equal[0])))?;
    let is_grid = distances.iter().all(|distance| distance % smallest == 0);
    Some(if is_grid && usual.len() * 2 <= distances.len() { smallest } else { usual[0] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_the_smallest_distance_that_divides_the_others() {
        assert_eq!(step(&[0, 10, 15, 20, 30]), Some(5));
        assert_eq!(step(&[0, 10, 10, 5, 20]), Some(10));
        assert_eq!(step(&[7]), None);
        assert_eq!(step(&[7, 7, 3]), None);
    }

    #[test]
    fn a_row_between_the_steps_does_not_make_them_shorter() {
        let mut times: Vec<i128> = (0..20).map(|i| i * 60).collect();
        times.insert(12, 11 * 60 + 30);
        assert_eq!(step(&times), Some(60));
        assert_eq!(step(&[0, 60, 61, 121, 181]), Some(60));
        // Two distances, each once: the rows follow the smaller.
        assert_eq!(step(&[0, 60, 250]), Some(60));
        // Traffic so thin that most periods are left out: no distance is that of most rows.
        assert_eq!(step(&[0, 180, 240, 480, 540, 660]), Some(60));
    }
}
