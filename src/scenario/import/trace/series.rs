//! The rows of a trace, one after another onto a grid of equal intervals, with everything that is out of step.

use std::io::Read;
use std::ops::Range;

use jiff::Timestamp;
use windtunnel_kernel::units::NANOS_PER_SEC;

use crate::scenario::import::trace::clock::{NoInstant, TraceClock};
use crate::scenario::import::trace::head::{TraceHeader, TraceRows};
use crate::scenario::import::trace::instant::Instant;
use crate::scenario::import::trace::lines::Lines;
use crate::scenario::import::trace::model::{
    Duplicates, EqualIntervals, FirstTime, Gaps, Trace, TraceOptions, TraceProblem, Wider,
};
use crate::scenario::import::trace::row::{Format, RowError};
use crate::scenario::language::codes;

/// Most runs of equal intervals that are held.
const MOST_RUNS: usize = 4_000_000;
/// Most problems that are listed one by one.
const MOST_LISTED: usize = 20;
/// Most rows with a problem before reading stops.
pub(super) const MOST_COUNTED: usize = 100_000;
/// Most text of a line that a problem keeps \[B\].
const MOST_CONTENT: usize = 1 << 14;
/// As many equal gaps in a row look like another resolution.
const REGULAR: u64 = 8;
const YEAR: i128 = 366 * 86_400 * NANOS_PER_SEC as i128;

/// A row or a cell, as problems point at it.
#[derive(Clone, Debug)]
struct ProblemPlace {
    line: usize,
    content: String,
    span: Range<usize>,
}

/// Intervals that are missing, until the next value says how many there are.
#[derive(Clone, Debug)]
struct MissingIntervals {
    /// Times can lie farther apart than any run is long, and each row adds to it.
    intervals: u128,
    at: ProblemPlace,
    /// Whether the first of them is a row with an empty cell.
    is_empty_cell: bool,
}

/// A trace as far as it is read.
pub(super) struct TraceReader<'a> {
    options: &'a TraceOptions<'a>,
    trace: Trace,
    problems: Vec<TraceProblem>,
    unlisted: usize,
    first_unlisted: Option<TraceProblem>,
    last_time: Option<i128>,
    missing: Option<MissingIntervals>,
    /// Equal gaps in a row: their length in steps, how many, the line of the first.
    streak: (u128, u64, usize),
    /// Whether rows have no place in time, so that only their values are judged.
    is_untimed: bool,
    clock: TraceClock<'a>,
    /// A row that waits for others of the same time: its intervals without a row before it, and its value.
    waiting_row: Option<(ProblemPlace, u128, Option<f64>)>,
    /// Whether clocks go back within the intervals that are missing.
    goes_back: bool,
    /// The line with the names of the columns, without what parts them.
    header: String,
}

impl<'a> TraceReader<'a> {
    pub(super) fn new(options: &'a TraceOptions<'a>) -> Self {
        Self {
            options,
            trace: Trace { ended: true, ..Trace::default() },
            problems: Vec::new(),
            unlisted: 0,
            first_unlisted: None,
            last_time: None,
            missing: None,
            streak: (0, 0, 0),
            is_untimed: false,
            clock: TraceClock::new(options.zone),
            waiting_row: None,
            goes_back: false,
            header: String::new(),
        }
    }

    /// Takes in a problem that ends the reading.
    pub(super) fn add(&mut self, problem: TraceProblem) {
        self.problems.push(problem);
    }

    /// Reads all lines.
    pub(super) fn all(&mut self, lines: Lines) {
        match TraceHeader::read(lines, self.options) {
            Ok(TraceHeader { rows, format, step, is_backwards, header }) => {
                self.header = bare(&header);
                self.trace.step = step.and_then(|step| u64::try_from(step).ok()).unwrap_or(0);
                self.rows(rows, &format, is_backwards);
            }
            Err(problem) => self.add(problem),
        }
    }

    fn rows(&mut self, mut rows: TraceRows, format: &Format, is_backwards: bool) {
        while self.unlisted < MOST_COUNTED {
            let (line, content) = match rows.next_row() {
                Ok(Some(row)) => row,
                Ok(None) => return,
                Err(problem) => return self.add(problem),
            };
            match format.parse(&content) {
                Ok((time, value)) => {
                    let at = ProblemPlace { line, span: 0..content.len(), content };
                    let instant = match self.clock.resolve(time) {
                        Ok(instant) => instant,
                        Err(why) => {
                            self.no_instant(why, &at);
                            continue;
                        }
                    };
                    if is_backwards && self.last_time.is_some() && !self.is_untimed {
                        self.is_untimed = true;
                        let message = "the rows run from the latest time to the earliest";
                        self.problem(codes::TRACE_ORDER, &at, message.to_owned(), Some(SORT));
                    }
                    if !self.is_untimed && !self.row(at, instant, value) {
                        return;
                    }
                }
                // Files that were put together have their header again and again.
                Err(_) if !self.header.is_empty() && bare(&content) == self.header => {}
                Err(fault) => self.fault(line, content, fault),
            }
            // Without a place in time there is no horizon that would end the reading.
            if self.is_untimed && !rows.are_ahead() {
                return;
            }
        }
    }

    /// Reports a local time that the clocks skip or repeat.
    fn no_instant(&mut self, why: NoInstant, at: &ProblemPlace) {
        let (message, help) = match why {
            NoInstant::Skipped => ("the clocks of the trace's zone skip this time".to_owned(), SKIPPED),
            NoInstant::Twice(first, second) => {
                let text = |ns: i128| {
                    Timestamp::from_nanosecond(ns).map_or_else(|_| ns.to_string(), |at| at.to_string())
                };
                (format!("this time comes twice, at {} and at {}", text(first), text(second)), TWICE)
            }
        };
        self.problem(codes::LOCAL_TIME, at, message, Some(help));
    }

    /// Reports what is wrong with a row; what is wrong with all of them alike only once.
    fn fault(&mut self, line: usize, content: String, fault: RowError) {
        let at = ProblemPlace { line, content, span: fault.span };
        if fault.is_of_file {
            self.is_untimed = true;
            let help = fault.help.as_deref();
            if self.problems.iter().any(|problem| problem.help.as_deref() == help) {
                return;
            }
        }
        self.problem(codes::TRACE_VALUE, &at, fault.message, fault.help.as_deref());
    }

    /// Takes a row in; `false` when nothing more is needed.
    fn row(&mut self, at: ProblemPlace, instant: Instant, value: Option<f64>) -> bool {
        let time = instant.ns;
        let Some(last) = self.last_time else {
            self.last_time = Some(time);
            self.trace.first =
                instant.is_date.then_some(FirstTime { unix_ns: time, has_zone: instant.has_zone });
            return self.hand_on(at, 0, value);
        };
        let delta = time - last;
        if self.trace.step == 0 && delta > 0 {
            // A step that does not fit is far beyond a year, which is refused below.
            self.trace.step = u64::try_from(delta).unwrap_or(u64::MAX);
        }
        let step = i128::from(self.trace.step);
        // What the clocks did since the last row, where its time depends on them.
        let change = if instant.is_date && !instant.has_zone { self.clock.change(last, time) } else { 0 };
        if delta == 0 {
            if self.options.duplicates != Duplicates::Error {
                self.merge(value);
                return true;
            }
            self.problem(codes::TRACE_ORDER, &at, "the same time as the row before".to_owned(), Some(ONCE));
            return true;
        }
        if delta < 0 {
            let is_local = instant.is_date && !instant.has_zone && !self.options.is_zone_given;
            let (order, help) = if is_local && -delta <= AN_HOUR {
                ("", Some(BACK))
            } else {
                ("; sort the file by time", None)
            };
            let message = format!("the row lies {} before the last row in step{order}", seconds(-delta));
            self.problem(codes::TRACE_ORDER, &at, message, help);
            return true;
        }
        if step > YEAR {
            let message = "more than a year after the row above".to_owned();
            self.problem(codes::TRACE_ORDER, &at, message, None);
            return false;
        }
        self.last_time = Some(time);
        if delta % step != 0 {
            let message = format!(
                "{} after the last row in step, which is no multiple of the {} between rows",
                seconds(delta),
                seconds(step)
            );
            let help = match (change, delta < step) {
                (0, false) => None,
                (0, true) => Some(
                    "a row between the steps does not belong there; a file of two resolutions has to be brought to one",
                ),
                _ => Some(CHANGED),
            };
            self.problem(codes::TRACE_ORDER, &at, message, help);
            return true;
        }
        // Both are above zero here, and the step divides the distance.
        let absent = (delta / step - 1).unsigned_abs();
        self.note_streak(absent, at.line);
        if absent > 0 && change < 0 {
            self.goes_back = true;
        }
        self.hand_on(at, absent, value)
    }

    /// Takes a row in, or keeps it until it is known whether another one has its time.
    fn hand_on(&mut self, at: ProblemPlace, absent: u128, value: Option<f64>) -> bool {
        if self.options.duplicates == Duplicates::Error {
            return self.take(at, absent, value);
        }
        match self.waiting_row.replace((at, absent, value)) {
            Some((at, absent, value)) => self.take(at, absent, value),
            None => true,
        }
    }

    /// Adds the value of a row to the one before it, which has the same time.
    fn merge(&mut self, value: Option<f64>) {
        let Some((_, _, held)) = &mut self.waiting_row else { return };
        *held = match (*held, value, self.options.duplicates) {
            (None, other, _) | (other, None, _) => other,
            (Some(one), Some(other), Duplicates::Sum) => Some(one + other),
            (Some(_), other, Duplicates::Last) => other,
            (one, ..) => one,
        };
    }

    /// Keeps the longest stretch of equal gaps.
    fn note_streak(&mut self, absent: u128, line: usize) {
        self.streak = match self.streak {
            (gap, count, first) if gap == absent => (gap, count + 1, first),
            _ => (absent, 1, line),
        };
        if absent > 0 && self.streak.1 == REGULAR && self.trace.wider.is_none() {
            // Rows so far apart that their distance has no name lie beyond every run.
            let steps = u64::try_from(absent + 1).ok();
            self.trace.wider = steps.map(|steps| Wider { line: self.streak.2, steps });
        }
    }

    /// Takes in what a row says after `absent` intervals without one; `false` when nothing more is needed.
    fn take(&mut self, at: ProblemPlace, absent: u128, value: Option<f64>) -> bool {
        let intervals = absent + u128::from(value.is_none());
        if intervals > 0 {
            if self.trace.first_missing == 0 {
                self.trace.first_missing = at.line;
            }
            match &mut self.missing {
                Some(missing) => missing.intervals += intervals,
                None => {
                    self.missing = Some(MissingIntervals { intervals, at, is_empty_cell: absent == 0 });
                }
            }
        }
        match value {
            Some(value) => self.fill() && self.push(1, value, false),
            None => {
                let known = u128::from(self.trace.intervals()) + self.waiting();
                self.trace.step == 0 || known < u128::from(self.most())
            }
        }
    }

    fn waiting(&self) -> u128 {
        self.missing.as_ref().map_or(0, |missing| missing.intervals)
    }

    /// Intervals within the horizon.
    fn most(&self) -> u64 {
        self.options.until.div_ceil(self.trace.step.max(1))
    }

    /// Fills the intervals that are missing; `false` when nothing more is needed.
    fn fill(&mut self) -> bool {
        let Some(MissingIntervals { intervals, at, is_empty_cell }) = self.missing.take() else {
            return true;
        };
        let last = self.trace.runs.last().map(|run| run.value);
        let value = match (self.options.gaps, last) {
            (Gaps::Error, _) => {
                let message = match (is_empty_cell, intervals) {
                    (true, 1) => "the row has no value".to_owned(),
                    (true, _) => format!("{intervals} intervals have no value, from this row on"),
                    (false, 1) => "1 interval is missing before this row".to_owned(),
                    (false, _) => format!("{intervals} intervals are missing before this row"),
                };
                let help = if std::mem::take(&mut self.goes_back) { REPEATED } else { GAPS };
                self.problem(codes::TRACE_GAP, &at, message, Some(help));
                0.0
            }
            (Gaps::Zero, _) => 0.0,
            (Gaps::Hold, Some(value)) => value,
            (Gaps::Hold, None) => {
                let message = "the trace begins without a value, so there is none to hold".to_owned();
                self.problem(codes::TRACE_GAP, &at, message, Some(LEADING));
                0.0
            }
        };
        self.push(intervals, value, true)
    }

    /// Appends intervals, up to `until`; `false` when that is reached.
    fn push(&mut self, intervals: u128, value: f64, missing: bool) -> bool {
        if self.trace.step == 0 {
            return true;
        }
        let most = self.most();
        let room = most.saturating_sub(self.trace.intervals());
        let intervals = u64::try_from(intervals).map_or(room, |intervals| intervals.min(room));
        if intervals > 0 {
            match self.trace.runs.last_mut() {
                Some(run) if run.value.to_bits() == value.to_bits() => run.intervals += intervals,
                _ => self.trace.runs.push(EqualIntervals { intervals, value }),
            }
            if missing {
                self.trace.missing += intervals;
            } else {
                self.trace.given += intervals;
                self.trace.course.note(value);
                if value <= 0.0 {
                    self.trace.zeros += intervals;
                }
            }
        }
        if self.trace.runs.len() > MOST_RUNS {
            let message = "more than 4 000 000 intervals of different value lie within the horizon";
            self.add(TraceProblem::whole(codes::TRACE_TOO_LARGE, message));
            return false;
        }
        if self.trace.intervals() >= most {
            self.trace.ended = false;
            return false;
        }
        true
    }

    fn problem(&mut self, code: &'static str, at: &ProblemPlace, message: String, help: Option<&str>) {
        let is_listed = self.problems.len() < MOST_LISTED;
        if !is_listed {
            self.unlisted += 1;
            if self.first_unlisted.is_some() {
                return;
            }
        }
        let mut end = at.content.len().min(MOST_CONTENT);
        while !at.content.is_char_boundary(end) {
            end -= 1;
        }
        let problem = TraceProblem {
            code,
            line: at.line,
            content: at.content[..end].to_owned(),
            span: at.span.start.min(end)..at.span.end.min(end),
            message,
            help: help.map(str::to_owned),
        };
        if is_listed { self.problems.push(problem) } else { self.first_unlisted = Some(problem) }
    }

    /// The trace, or everything that is wrong with it.
    pub(super) fn finish(mut self) -> Result<Trace, Vec<TraceProblem>> {
        if let Some((at, absent, value)) = self.waiting_row.take() {
            self.take(at, absent, value);
        }
        self.fill();
        if self.problems.is_empty() && self.trace.step == 0 {
            let message = "the trace needs at least two rows: their distance is the length of an interval";
            self.add(TraceProblem::whole(codes::TRACE_HEADER, message));
        }
        // Where the first row stands that is not listed, so that the count follows the rows that are.
        if let Some(first) = self.first_unlisted.take() {
            let rows = if self.unlisted == 1 { "row" } else { "rows" };
            let stopped = if self.unlisted < MOST_COUNTED { "" } else { ", where reading stopped" };
            let message = format!("and {} more {rows} from this one on{stopped}", self.unlisted);
            self.add(TraceProblem { message, help: None, ..first });
        }
        if self.problems.is_empty() { Ok(self.trace) } else { Err(self.problems) }
    }
}

const SORT: &str = "sort the file by time, the earliest first";
const ONCE: &str =
    "`duplicates = \"sum\"` adds rows of one time, `duplicates = \"first\"` and `\"last\"` keep one of them";
const SKIPPED: &str = "write the times with their offset (`2026-03-29T03:30:00+02:00`), or `timezone = \"UTC\"` in the trace's table where \
    they are UTC";
const TWICE: &str = "the clocks go back, and no row before it tells which is meant: write the first time with its offset, or cut the row";
const BACK: &str = "times without a zone are read as UTC; where the clocks went back here, `timezone = \"Europe/Berlin\"` (the zone of the \
    file) in the trace's table reads both hours; else sort the file by time";
const CHANGED: &str = "the clocks change in between; where the rows are equal steps all the same, `timezone = \"UTC\"` in the trace's table \
    reads them so, and times of day are then those of the first rows";
const REPEATED: &str = "the clocks go back here, and the file has the repeated hour once; where its values hold both hours, `gaps = \"zero\"` \
    keeps their sum, else `gaps = \"hold\"` repeats the last";
/// Time by which clocks go back.
const AN_HOUR: i128 = 3_600 * NANOS_PER_SEC as i128;
const GAPS: &str =
    "`gaps = \"zero\"` takes what is missing as no requests, `gaps = \"hold\"` as the value before it";
const LEADING: &str = "cut these rows, or take them as no requests: `gaps = \"zero\"`";

/// The letters and digits of a line.
fn bare(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "for display")]
fn seconds(nanos: i128) -> String {
    format!("{} s", nanos as f64 / 1e9)
}

/// Reads a trace. Of times without a zone the clock changes of `options.zone` are followed.
///
/// # Errors
/// Everything that is wrong with it, the first twenty one by one, in the order of the file.
pub(crate) fn read(reader: Box<dyn Read>, options: &TraceOptions<'_>) -> Result<Trace, Vec<TraceProblem>> {
    let mut reading = TraceReader::new(options);
    match Lines::open(reader) {
        Ok(lines) => reading.all(lines),
        Err(problem) => reading.add(problem),
    }
    reading.finish()
}
