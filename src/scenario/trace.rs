//! Traces: a CSV of counts or rates, streamed. Only the intervals within the horizon are kept, equal neighbours merged,
//! so a file of any size needs bounded memory. Every row that is out of step is reported with its line.

mod lines;
mod row;

use std::io::Read;

use windtunnel_kernel::units::NANOS_PER_SEC;

use super::codes;
use lines::Lines;
use row::Columns;

/// Most runs of equal intervals that are held.
const MOST_RUNS: usize = 4_000_000;
/// Most lines of labels before the first row of a console's export.
const MOST_LABELS: usize = 20;
/// Most problems that are listed one by one.
const MOST_LISTED: usize = 20;
/// Most empty lines, and most rows with a problem, before reading stops: a few kilobytes of gzip can hold gigabytes of them.
const MOST_COUNTED: usize = 100_000;

/// How a scenario wants a trace read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceOptions<'a> {
    pub(crate) file: &'a str,
    pub(crate) column: &'a str,
    pub(crate) gaps: Gaps,
    /// Nothing at or after this is read [ns since second 0].
    pub(crate) until: u64,
}

/// What a missing row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gaps {
    Error,
    Zero,
    Hold,
}

/// Some intervals with the same value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) intervals: u64,
    pub(crate) value: f64,
}

/// A trace as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trace {
    /// Length of an interval \[ns\].
    pub(crate) step: u64,
    /// Its values, in order.
    pub(crate) runs: Vec<Run>,
    /// Intervals of the runs that the file gives.
    pub(crate) given: u64,
    /// Of these, zeros.
    pub(crate) zeros: u64,
    /// Intervals of the runs that the file leaves out.
    pub(crate) missing: u64,
    /// Whether the file ended before `until`.
    pub(crate) ended: bool,
}

impl Trace {
    /// Intervals, given and missing.
    pub(crate) fn intervals(&self) -> u64 {
        self.given + self.missing
    }

    /// Length of the trace \[ns\].
    pub(crate) fn length(&self) -> u64 {
        self.intervals().saturating_mul(self.step)
    }
}

/// One problem of a trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TraceProblem {
    pub(crate) code: &'static str,
    /// Line from 1; 0 for the trace as a whole.
    pub(crate) line: usize,
    pub(crate) content: String,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

/// Reads a trace.
///
/// # Errors
/// Everything that is wrong with it, the first [`MOST_LISTED`] one by one.
pub(crate) fn read(reader: Box<dyn Read>, options: &TraceOptions<'_>) -> Result<Trace, Vec<TraceProblem>> {
    let mut reading = Reading::new(options);
    match Lines::open(reader) {
        Ok(mut lines) => reading.all(&mut lines),
        Err(problem) => reading.problems.push(problem),
    }
    reading.finish()
}

struct Reading<'a> {
    options: &'a TraceOptions<'a>,
    trace: Trace,
    problems: Vec<TraceProblem>,
    unlisted: usize,
    /// Time and value of the first row, until the second gives the step.
    first: Option<(i128, f64)>,
    last_time: i128,
}

impl<'a> Reading<'a> {
    fn new(options: &'a TraceOptions<'a>) -> Self {
        let trace = Trace { ended: true, ..Trace::default() };
        Self { options, trace, problems: Vec::new(), unlisted: 0, first: None, last_time: 0 }
    }

    /// The columns, from the header or from the labels of a console's export; of the latter also its first row.
    fn columns(&self, lines: &mut Lines) -> Result<(Columns, Option<(usize, String)>), TraceProblem> {
        let Some((line, header)) = lines.next_line()?.map(|(line, header)| (line, header.to_owned())) else {
            return Err(TraceProblem::whole(codes::TRACE_HEADER, "the trace is empty"));
        };
        let wanted = self.options.column;
        let at = |problem: TraceProblem| TraceProblem { line, ..problem };
        let problem = match Columns::find(&header, wanted) {
            Ok(columns) => return Ok((columns, None)),
            Err(problem) => at(problem),
        };
        // A header with a time column has said what it is; so has a row.
        if Columns::time(&header).is_some() || Columns::begins_with_a_time(&header) {
            return Err(problem);
        }
        let mut labels = vec![header];
        while labels.len() < MOST_LABELS {
            let Some((number, row)) = lines.next_line()? else { break };
            if Columns::begins_with_a_time(row) {
                let columns = Columns::export(&labels, row, wanted).map_err(at)?;
                return Ok((columns, Some((number, row.to_owned()))));
            }
            labels.push(row.to_owned());
        }
        Err(problem)
    }

    fn all(&mut self, lines: &mut Lines) {
        let (columns, first) = match self.columns(lines) {
            Ok(found) => found,
            Err(problem) => return self.problems.push(problem),
        };
        if let Some((number, line)) = first {
            match columns.parse(&line) {
                Ok((time, value)) => {
                    self.row(number, &line, time, value);
                }
                Err(message) => self.problem(codes::TRACE_VALUE, number, &line, message),
            }
        }
        let mut empty = 0;
        while self.unlisted < MOST_COUNTED {
            match lines.next_line() {
                Ok(Some((number, line))) if line.trim().is_empty() => {
                    empty += 1;
                    if empty > MOST_COUNTED {
                        let message = "more than 100 000 lines of the trace are empty".to_owned();
                        return self.problem(codes::TRACE_TOO_LARGE, number, "", message);
                    }
                }
                Ok(Some((number, line))) => match columns.parse(line) {
                    Ok((time, value)) => {
                        if !self.row(number, line, time, value) {
                            return;
                        }
                    }
                    Err(message) => self.problem(codes::TRACE_VALUE, number, line, message),
                },
                Ok(None) => return,
                Err(problem) => return self.problems.push(problem),
            }
        }
    }

    /// Takes a row in; `false` when nothing more is needed.
    fn row(&mut self, line: usize, content: &str, time: i128, value: f64) -> bool {
        let Some((first_time, first_value)) = self.first else {
            self.first = Some((time, value));
            self.last_time = time;
            return true;
        };
        if self.trace.step == 0 {
            return self.second_row((line, content), time - first_time, (first_value, value), time);
        }
        let step = i128::from(self.trace.step);
        let delta = time - self.last_time;
        if delta == 0 {
            self.problem(codes::TRACE_ORDER, line, content, "the same time as the row before".to_owned());
            return true;
        }
        if delta < 0 {
            let message = goes_back(-delta);
            self.problem(codes::TRACE_ORDER, line, content, message);
            return true;
        }
        if delta % step != 0 {
            let message = format!(
                "{} after the last row in step, which is no multiple of the {} between the first two rows",
                seconds(delta),
                seconds(step)
            );
            self.problem(codes::TRACE_ORDER, line, content, message);
            self.last_time = time;
            return true;
        }
        if delta > step && !self.gap((line, content), delta, step) {
            return false;
        }
        self.last_time = time;
        self.push(1, value, false)
    }

    fn second_row(&mut self, at: (usize, &str), delta: i128, values: (f64, f64), time: i128) -> bool {
        match u64::try_from(delta) {
            Ok(step) if step > 0 && step <= 366 * 86_400 * NANOS_PER_SEC => {
                self.trace.step = step;
                self.last_time = time;
                self.push(1, values.0, false) && self.push(1, values.1, false)
            }
            Ok(0) => {
                self.problem(codes::TRACE_ORDER, at.0, at.1, "the same time as the row before".to_owned());
                true
            }
            Ok(_) => {
                self.problem(
                    codes::TRACE_ORDER,
                    at.0,
                    at.1,
                    "more than a year after the row above".to_owned(),
                );
                false
            }
            Err(_) => {
                let message = goes_back(-delta);
                self.problem(codes::TRACE_ORDER, at.0, at.1, message);
                true
            }
        }
    }

    /// Fills the intervals between two rows; `false` when nothing more is needed.
    fn gap(&mut self, at: (usize, &str), delta: i128, step: i128) -> bool {
        let missing = u64::try_from(delta / step - 1).unwrap_or(u64::MAX);
        match self.options.gaps {
            Gaps::Error => {
                let noun = if missing == 1 { "interval is" } else { "intervals are" };
                self.problem(
                    codes::TRACE_GAP,
                    at.0,
                    at.1,
                    format!("{missing} {noun} missing before this row"),
                );
                self.push(missing, 0.0, true)
            }
            Gaps::Zero => self.push(missing, 0.0, true),
            Gaps::Hold => {
                let value = self.trace.runs.last().map_or(0.0, |run| run.value);
                self.push(missing, value, true)
            }
        }
    }

    /// Appends intervals, up to `until`; `false` when that is reached.
    fn push(&mut self, intervals: u64, value: f64, missing: bool) -> bool {
        let held = self.trace.intervals();
        let most = self.options.until.div_ceil(self.trace.step);
        let intervals = intervals.min(most.saturating_sub(held));
        if intervals > 0 {
            match self.trace.runs.last_mut() {
                Some(run) if run.value.to_bits() == value.to_bits() => run.intervals += intervals,
                _ => self.trace.runs.push(Run { intervals, value }),
            }
            if missing {
                self.trace.missing += intervals;
            } else {
                self.trace.given += intervals;
                if value <= 0.0 {
                    self.trace.zeros += intervals;
                }
            }
        }
        if self.trace.runs.len() > MOST_RUNS {
            self.problems.push(TraceProblem::whole(
                codes::TRACE_TOO_LARGE,
                "more than 4 000 000 intervals of different value lie within the horizon",
            ));
            return false;
        }
        if self.trace.intervals() >= most {
            self.trace.ended = false;
            return false;
        }
        true
    }

    fn problem(&mut self, code: &'static str, line: usize, content: &str, message: String) {
        if self.problems.len() >= MOST_LISTED {
            self.unlisted += 1;
            return;
        }
        let help = (code == codes::TRACE_GAP).then_some(
            "`gaps = \"zero\"` takes missing rows as no requests, `gaps = \"hold\"` as the row before",
        );
        let content = content.chars().take(200).collect();
        self.problems.push(TraceProblem { code, line, content, message, help });
    }

    fn finish(mut self) -> Result<Trace, Vec<TraceProblem>> {
        if self.problems.is_empty() && self.trace.step == 0 {
            let message = "the trace needs at least two rows: their distance is the length of an interval";
            self.problems.push(TraceProblem::whole(codes::TRACE_HEADER, message));
        }
        if self.unlisted > 0
            && let Some(code) =
                self.problems.iter().rfind(|problem| problem.line > 0).map(|problem| problem.code)
        {
            let message = if self.unlisted < MOST_COUNTED {
                format!("and {} more rows", self.unlisted)
            } else {
                format!("and {} more rows, where reading stopped", self.unlisted)
            };
            self.problems.push(TraceProblem::whole(code, &message));
        }
        if self.problems.is_empty() { Ok(self.trace) } else { Err(self.problems) }
    }
}

impl TraceProblem {
    fn whole(code: &'static str, message: &str) -> Self {
        Self { code, line: 0, content: String::new(), message: message.to_owned(), help: None }
    }
}

fn goes_back(by: i128) -> String {
    format!("the row lies {} before the last row in step; sort the file by time", seconds(by))
}

#[expect(clippy::cast_precision_loss, reason = "for display")]
fn seconds(nanos: i128) -> String {
    format!("{} s", nanos as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(gaps: Gaps, until_s: u64) -> TraceOptions<'static> {
        TraceOptions { file: "t.csv", column: "requests", gaps, until: until_s * NANOS_PER_SEC }
    }

    fn read_text(text: &str, gaps: Gaps, until_s: u64) -> Result<Trace, Vec<TraceProblem>> {
        read(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), &options(gaps, until_s))
    }

    fn codes_of(text: &str) -> Vec<(&'static str, usize)> {
        read_text(text, Gaps::Error, 10_000).unwrap_err().iter().map(|p| (p.code, p.line)).collect()
    }

    #[test]
    fn equal_neighbours_are_one_run_and_the_horizon_cuts() {
        let trace = read_text("timestamp,requests\n0,5\n60,5\n120,0\n180,7\n", Gaps::Error, 150).unwrap();
        assert_eq!(trace.runs, [Run { intervals: 2, value: 5.0 }, Run { intervals: 1, value: 0.0 }]);
        assert_eq!((trace.step, trace.given, trace.zeros, trace.ended), (60 * NANOS_PER_SEC, 3, 1, false));
    }

    #[test]
    fn missing_rows_are_an_error_a_zero_or_the_row_before_as_asked() {
        let text = "\u{feff}timestamp,requests\r\n2026-01-01 00:00:00,4\r\n2026-01-01 00:01:00,6\r\n2026-01-01 00:04:00,1\r\n";
        assert_eq!(codes_of(text), [(codes::TRACE_GAP, 4)]);
        let zero = read_text(text, Gaps::Zero, 10_000).unwrap();
        assert_eq!((zero.given, zero.missing, zero.zeros, zero.runs[2].value), (3, 2, 0, 0.0));
        let hold = read_text(text, Gaps::Hold, 10_000).unwrap();
        assert_eq!(hold.runs[1], Run { intervals: 3, value: 6.0 });
        assert!(hold.ended);
    }

    #[test]
    fn every_bad_row_is_named_by_its_line() {
        let text = "timestamp,requests\n0,1\n60,2\n60,3\n30,1\n120,-1\n180,NaN\n240,inf\nnoon,1\n250,1\n";
        assert_eq!(
            codes_of(text),
            [
                (codes::TRACE_ORDER, 4),
                (codes::TRACE_ORDER, 5),
                (codes::TRACE_VALUE, 6),
                (codes::TRACE_VALUE, 7),
                (codes::TRACE_VALUE, 8),
                (codes::TRACE_VALUE, 9),
                (codes::TRACE_ORDER, 10)
            ]
        );
    }

    #[test]
    fn a_long_list_of_problems_is_cut_with_a_count() {
        let mut text = "timestamp,requests\n0,1\n60,1\n".to_owned();
        (0..50).for_each(|_| text.push_str("60,1\n"));
        let problems = read_text(&text, Gaps::Error, 10_000).unwrap_err();
        assert_eq!(problems.len(), 21);
        assert_eq!(problems[20].message, "and 30 more rows");
    }

    #[test]
    fn endless_empty_lines_and_endless_bad_rows_end_the_reading() {
        let empty = format!("timestamp,requests\n0,1\n{}", "\n".repeat(MOST_COUNTED + 5));
        assert_eq!(codes_of(&empty), [(codes::TRACE_TOO_LARGE, MOST_COUNTED + 3)]);
        let bad = format!("timestamp,requests\n{}", "x\n".repeat(MOST_COUNTED * 2));
        let problems = read_text(&bad, Gaps::Error, 10_000).unwrap_err();
        assert_eq!(problems.last().unwrap().message, "and 100000 more rows, where reading stopped");
    }

    #[test]
    fn a_trace_without_its_columns_or_rows_is_refused() {
        assert_eq!(codes_of(""), [(codes::TRACE_HEADER, 0)]);
        assert_eq!(codes_of("when,requests\n0,1\n"), [(codes::TRACE_HEADER, 1)]);
        assert_eq!(codes_of("timestamp,hits\n0,1\n"), [(codes::TRACE_HEADER, 1)]);
        assert_eq!(codes_of("timestamp,requests\n0,1\n"), [(codes::TRACE_HEADER, 0)]);
        assert_eq!(
            codes_of(&format!("timestamp,requests\n0,{}\n", "1".repeat(2 << 20))),
            [(codes::TRACE_TOO_LARGE, 2)]
        );
    }

    #[test]
    fn an_export_of_the_console_is_read_whatever_its_labels() {
        let rows = "2026/03/02 00:00:00,10\n2026/03/02 00:05:00,20\n";
        let read = |text: &str| read_text(text, Gaps::Error, 10_000).unwrap();
        let plain = read(&format!("timestamp,requests\n{}", rows.replace('/', "-")));
        for labels in [
            "Id,m1\nLabel,RequestCount\nFull label,ALB RequestCount\n",
            "\"Label\",\"requests\"\n",
            "Full label,app/web/50dc,\n\nTimestamp,Sum\n",
        ] {
            assert_eq!(read(&format!("{labels}{rows}")), plain, "{labels}");
        }
        let two = "Id,m1,m2\nLabel,p99,requests\n2026/03/02 00:00:00,9,10\n2026/03/02 00:05:00,9,20\n";
        assert_eq!(read(two), plain);
        assert_eq!(codes_of(&two.replace("requests", "Requests")), [(codes::TRACE_HEADER, 1)]);
        assert_eq!(codes_of(&two.replace("p99", "requests")), [(codes::TRACE_HEADER, 1)]);
        assert_eq!(codes_of(&two.replace("9,10", "9,ten")), [(codes::TRACE_VALUE, 3)]);
        assert_eq!(codes_of(&"Label,requests\n".repeat(50)), [(codes::TRACE_HEADER, 1)]);
        assert_eq!(codes_of(rows), [(codes::TRACE_HEADER, 1)]);
    }

    /// Rows `0,7`, `1,7`, … made as they are read.
    struct Rows {
        next: u64,
        last: u64,
        pending: Vec<u8>,
    }

    impl Read for Rows {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            while self.pending.len() < out.len() && self.next < self.last {
                self.pending.extend_from_slice(format!("{},7\n", self.next).as_bytes());
                self.next += 1;
            }
            let length = self.pending.len().min(out.len());
            out[..length].copy_from_slice(&self.pending[..length]);
            self.pending.drain(..length);
            Ok(length)
        }
    }

    #[test]
    fn a_long_trace_is_streamed_and_nothing_beyond_the_horizon_is_read() {
        let rows = |last| Rows { next: 0, last, pending: b"timestamp,requests\n".to_vec() };
        let whole = read(Box::new(rows(1_000_000)), &options(Gaps::Error, 2_000_000)).unwrap();
        assert_eq!(whole.runs, [Run { intervals: 1_000_000, value: 7.0 }]);
        let endless = read(Box::new(rows(u64::MAX)), &options(Gaps::Error, 3600)).unwrap();
        assert_eq!((endless.given, endless.ended), (3600, false));
    }

    #[test]
    fn gzip_is_read_and_a_broken_one_is_an_error() {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"time_s,requests\n0,1\n1,2\n").unwrap();
        let bytes = encoder.finish().unwrap();
        let whole = read(Box::new(std::io::Cursor::new(bytes.clone())), &options(Gaps::Error, 100)).unwrap();
        assert_eq!(whole.step, NANOS_PER_SEC);
        let broken = bytes[..bytes.len() - 12].to_vec();
        let problems = read(Box::new(std::io::Cursor::new(broken)), &options(Gaps::Error, 100)).unwrap_err();
        assert_eq!(problems[0].code, codes::FILE_UNREADABLE);
    }
}
