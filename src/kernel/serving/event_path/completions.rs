//! Answers by column, stated some at a time, so that a listener can work on a column.

use super::slab::Job;
use crate::facts::VisitColumns;

/// Answers stated at once.
const COUNT: usize = 128;

/// Answers not stated yet, in the order of their ends.
#[derive(Clone, Debug)]
pub(super) struct CompletionBuffer {
    first: [u64; COUNT],
    class: [u32; COUNT],
    arrival: [u64; COUNT],
    start: [u64; COUNT],
    cpu_start: [u64; COUNT],
    cpu_end: [u64; COUNT],
    end: [u64; COUNT],
    count: usize,
}

impl CompletionBuffer {
    pub(super) const fn new() -> Self {
        let column = [0; COUNT];
        Self {
            first: column,
            class: [0; COUNT],
            arrival: column,
            start: column,
            cpu_start: column,
            cpu_end: column,
            end: column,
            count: 0,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, job: &Job, end: u64) {
        // The caller that fills the last row states them all; the bound is for the compiler, once for all columns.
        let row = self.count.min(COUNT - 1);
        self.first[row] = job.demand.key.first;
        self.class[row] = job.demand.key.class;
        self.arrival[row] = job.arrival;
        self.start[row] = job.start;
        self.cpu_start[row] = job.cpu_start;
        self.cpu_end[row] = job.cpu_end;
        self.end[row] = end;
        self.count = row + 1;
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.count == COUNT
    }

    /// The columns, which begin anew: visits, arrivals of the first attempts, classes. `None`: no row.
    pub(super) fn take(&mut self) -> Option<(VisitColumns<'_>, &[u64], &[u32])> {
        let n = core::mem::take(&mut self.count);
        if n == 0 {
            return None;
        }
        let visits = VisitColumns {
            arrival: &self.arrival[..n],
            start: &self.start[..n],
            cpu_start: &self.cpu_start[..n],
            cpu_end: &self.cpu_end[..n],
            end: &self.end[..n],
            latest: self.end[n - 1],
        };
        Some((visits, &self.first[..n], &self.class[..n]))
    }
}
