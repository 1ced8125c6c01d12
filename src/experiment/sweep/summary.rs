//! Summary of the rows of a sweep: the summary of a point between its replications, the front of points that none beats
//! in cost and p99 at once, and the cheapest point that passes. A point costs sixteen bytes and a bit here, so that a
//! summary of many is small; figures stay in the rows.

use std::collections::BTreeMap;

use super::header::SweepHeader;
use super::row::{CellOutcome, CellRow, CellVerdict, FailureKind};
use crate::experiment::figures::largest;
use crate::experiment::pareto::{ParetoPoint, front};
use crate::experiment::points::Design;
use crate::experiment::{CONFIDENCE, Estimate, of_means};

/// Summary of the replications of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct PointSummary {
    /// Replications with figures.
    pub runs: u64,
    /// Replications that failed.
    pub failed: u64,
    /// Replications that passed every check.
    pub passed: u64,
    /// Replications whose times are approximate.
    pub approximate: u64,
    /// The figures: mean and half width of the 95 % interval.
    pub figures: Vec<Option<Estimate>>,
    /// Cost and p99 of the point.
    pub at: ParetoPoint,
    /// The first failure, where there is one.
    pub error: Option<String>,
}

/// The summary of a point from its rows, one a replication; `None` where a cell was not run.
#[must_use]
pub fn summarize(head: &SweepHeader, rows: &[Option<CellRow>]) -> PointSummary {
    let mut done = Vec::new();
    let (mut failed, mut error) = (0, None);
    for row in rows.iter().flatten() {
        match &row.outcome {
            CellOutcome::CellFigures(cell) => done.push(cell),
            CellOutcome::Failed(failure) => {
                failed += 1;
                error.get_or_insert_with(|| format!("{}: {}", failure.kind.name(), failure.message));
            }
        }
    }
    let mean = |index: usize| {
        let values: Vec<Option<f64>> =
            done.iter().map(|cell| cell.figures.get(index).copied().flatten()).collect();
        of_means(&values).map(|pseudo| pseudo.estimate(CONFIDENCE))
    };
    let figures: Vec<Option<Estimate>> = (0..head.figures.len()).map(mean).collect();
    let is_whole = done.len() == rows.len() && !rows.is_empty();
    let p99 = head.p99();
    let slowest: Vec<Option<f64>> = done
        .iter()
        .map(|cell| largest(p99.iter().filter_map(|index| cell.figures.get(*index).copied().flatten())))
        .collect();
    let cost = head.cost().and_then(|index| figures[index]).map_or(f64::NAN, |estimate| estimate.value);
    let p99 = of_means(&slowest).map_or(f64::NAN, |pseudo| pseudo.whole);
    PointSummary {
        runs: done.len() as u64,
        failed,
        passed: done.iter().filter(|cell| cell.verdict == CellVerdict::Pass).count() as u64,
        approximate: done.iter().filter(|cell| cell.approximate).count() as u64,
        figures,
        at: if is_whole { ParetoPoint { cost, p99 } } else { ParetoPoint::UNKNOWN },
        error,
    }
}

/// Summary of all rows.
#[derive(Clone, Debug, Default)]
pub struct SweepSummary {
    /// Cells of the sweep.
    pub planned: u64,
    /// Cells with a row.
    pub finished: u64,
    /// Rows whose times are approximate.
    pub approximate: u64,
    /// Rows that failed, by kind.
    pub failed: BTreeMap<FailureKind, u64>,
    /// Requests of all rows.
    pub requests: u128,
    /// Cost and p99 of each point.
    pub points: Vec<ParetoPoint>,
    /// Points that passed every check in every replication, in order.
    pub passing: Vec<u64>,
    /// Points that no other beats in cost and p99 at once, from the cheapest on.
    pub front: Vec<u64>,
    /// The first failure of each of the first points that have one.
    pub failures: Vec<CellRow>,
    /// The front in the order of the points.
    front_by_number: Vec<u64>,
}

/// Failures that a summary keeps.
const FAILURES_KEPT: usize = 20;

impl SweepSummary {
    /// A summary of the points of `design`; points are added in order, then it is closed.
    #[must_use]
    pub fn new(design: &Design<'_>) -> Self {
        Self { planned: design.cells(), ..Self::default() }
    }

    /// Adds the next point.
    pub fn add(&mut self, point: u64, rows: &[Option<CellRow>], summary: &PointSummary) {
        let mut is_first = true;
        for row in rows.iter().flatten() {
            self.finished += 1;
            match &row.outcome {
                CellOutcome::CellFigures(done) => {
                    self.requests += u128::from(done.requests);
                    self.approximate += u64::from(done.approximate);
                }
                CellOutcome::Failed(failure) => {
                    *self.failed.entry(failure.kind).or_default() += 1;
                    if is_first && self.failures.len() < FAILURES_KEPT {
                        self.failures.push(row.clone());
                    }
                    is_first = false;
                }
            }
        }
        self.points.push(summary.at);
        if summary.passed == rows.len() as u64 && !rows.is_empty() {
            self.passing.push(point);
        }
    }

    /// Finds the front, once every point is there.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.front = front(&self.points).into_iter().map(|index| index as u64).collect();
        self.front_by_number.clone_from(&self.front);
        self.front_by_number.sort_unstable();
        self
    }

    /// Whether no other point beats this one.
    #[must_use]
    pub fn is_on_front(&self, point: u64) -> bool {
        self.front_by_number.binary_search(&point).is_ok()
    }

    /// Whether a point passed every check in every replication.
    #[must_use]
    pub fn passes(&self, point: u64) -> bool {
        self.passing.binary_search(&point).is_ok()
    }

    /// Whether every cell has its row.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.finished == self.planned
    }

    /// Rows that failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Rows that failed although their point was a scenario.
    #[must_use]
    pub fn failed_runs(&self) -> u64 {
        self.failed.iter().filter(|(kind, _)| **kind != FailureKind::Invalid).map(|(_, count)| count).sum()
    }

    /// The cost and p99 of a point.
    #[must_use]
    pub fn at(&self, point: u64) -> ParetoPoint {
        usize::try_from(point)
            .ok()
            .and_then(|index| self.points.get(index))
            .copied()
            .unwrap_or(ParetoPoint::UNKNOWN)
    }

    /// The cheapest of the points that pass; of equally cheap ones the fastest, then the first.
    #[must_use]
    pub fn cheapest(&self) -> Option<u64> {
        let mut passing: Vec<u64> =
            self.passing.iter().copied().filter(|point| self.at(*point).cost.is_finite()).collect();
        passing.sort_by(|a, b| {
            let (a, b) = (self.at(*a), self.at(*b));
            a.cost.total_cmp(&b.cost).then(a.p99.total_cmp(&b.p99))
        });
        passing.first().copied()
    }
}
