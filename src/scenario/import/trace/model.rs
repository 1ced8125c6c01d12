//! Content of a trace, the ways in which a scenario wants it read, and its possible faults.

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::scenario::import::trace::instant::DateOrder;
use crate::scenario::import::trace::number::Decimal;

/// Ways in which a scenario wants a trace read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceOptions<'a> {
    pub(crate) file: &'a str,
    pub(crate) column: &'a str,
    pub(crate) gaps: Gaps,
    /// `None`: as the dates of the file tell.
    pub(crate) dates: Option<DateOrder>,
    /// `None`: as the numbers of the file tell.
    pub(crate) decimal: Option<Decimal>,
    pub(crate) duplicates: Duplicates,
    /// Of times that say none.
    pub(crate) zone: &'a TimeZone,
    /// Whether the scenario says that zone.
    pub(crate) is_zone_given: bool,
    /// Nothing at or after this is read [ns since second 0].
    pub(crate) until: u64,
}

/// Meaning of a missing row or an empty cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gaps {
    Error,
    Zero,
    Hold,
}

/// Meaning of several rows of one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicates {
    Error,
    Sum,
    First,
    Last,
}

/// Some intervals with the same value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EqualIntervals {
    pub(crate) intervals: u64,
    pub(crate) value: f64,
}

/// The first time of a trace, where it is one of the calendar and not an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FirstTime {
    /// Since 1970 \[ns\].
    pub(crate) unix_ns: i128,
    /// Whether the file says its zone; else it was read in that of the options.
    pub(crate) has_zone: bool,
}

/// Row from which rows lie regularly farther apart than the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wider {
    /// Line of the first such row.
    pub(crate) line: usize,
    /// Distance of the rows from there on \[steps\].
    pub(crate) steps: u64,
}

/// A trace as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trace {
    /// Length of an interval \[ns\].
    pub(crate) step: u64,
    /// Values of the trace, in order.
    pub(crate) runs: Vec<EqualIntervals>,
    /// Intervals of the runs that the file gives.
    pub(crate) given: u64,
    /// Of these, zeros.
    pub(crate) zeros: u64,
    /// Intervals of the runs that the file leaves out, or whose cell is empty.
    pub(crate) missing: u64,
    /// Line at which the first of them was noticed; 0 where there is none.
    pub(crate) first_missing: usize,
    /// Row from which the missing ones look like rows of another resolution.
    pub(crate) wider: Option<Wider>,
    /// The time of the first row.
    pub(crate) first: Option<FirstTime>,
    /// Whether the file ended before `until`.
    pub(crate) ended: bool,
    pub(super) course: ValueChanges,
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

/// A trace that only grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Growth {
    pub(crate) first: f64,
    pub(crate) last: f64,
    /// Of all values.
    pub(crate) sum: f64,
    pub(crate) intervals: u64,
}

/// As many increases without a decrease are no traffic.
const GROWS: u64 = 15;

/// Sequence of the values that a file gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ValueChanges {
    first: Option<f64>,
    last: f64,
    rises: u64,
    falls: u64,
}

impl ValueChanges {
    /// Takes in the next value.
    pub(super) fn note(&mut self, value: f64) {
        if self.first.is_none() {
            self.first = Some(value);
        } else if value > self.last {
            self.rises += 1;
        } else if value < self.last {
            self.falls += 1;
        }
        self.last = value;
    }
}

impl Trace {
    /// First and last value of a trace that only grows, as a running total does; `None` where it falls, or is too short to tell.
    #[expect(clippy::cast_precision_loss, reason = "numbers of intervals for people")]
    pub(crate) fn growth(&self) -> Option<Growth> {
        let ValueChanges { first, last, rises, falls } = self.course;
        let sum = self.runs.iter().map(|run| run.value * run.intervals as f64).sum();
        let growth = Growth { first: first?, last, sum, intervals: self.intervals() };
        (falls == 0 && rises >= GROWS).then_some(growth)
    }
}

/// One problem of a trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TraceProblem {
    pub(crate) code: &'static str,
    /// Line from 1; 0 for the trace as a whole.
    pub(crate) line: usize,
    pub(crate) content: String,
    /// Part of `content` that is meant \[B\].
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl TraceProblem {
    pub(super) fn whole(code: &'static str, message: &str) -> Self {
        Self { code, line: 0, content: String::new(), span: 0..0, message: message.to_owned(), help: None }
    }
}
