//! Running cells: a point is loaded, run and judged; whatever goes wrong with it, a panic included, becomes its row and
//! never the end of the sweep.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::header::SweepHeader;
use super::row::{CellFailure, CellFigures, CellOutcome, CellRow, CellVerdict, FailureKind};
use crate::experiment::interruption::is_raised;
use crate::experiment::points::{Design, LoadedPoints};
use crate::experiment::{CheckOutcome, CheckStatus, Figure, VariedScenario, checks, pool, threads};
use crate::kernel::simulation::{RunError, Stop};
use crate::record::{self, Limits};
use crate::scenario::{Loaded, Scenario, Severity, Unpriced};

/// Runs the cells of a sweep.
#[derive(Debug)]
pub struct CellRunner<'a> {
    design: &'a Design<'a>,
    points: LoadedPoints<'a, CellFailure>,
    /// The seed of rows that cannot be loaded.
    seed: u64,
    figures: usize,
    /// Billable items without a price, which the bills of comparable points leave out.
    unpriced: Unpriced,
    limits: Limits<'a>,
}

impl<'a> CellRunner<'a> {
    /// A runner for the points of `design`, as `head` has them.
    #[must_use]
    pub fn new(
        base: VariedScenario<'a>,
        design: &'a Design<'a>,
        head: &'a SweepHeader,
        limits: Limits<'a>,
    ) -> Self {
        let (seed, figures) = (head.seed, head.figures.len());
        let unpriced = Unpriced { items: head.unpriced.clone(), region: head.region.clone() };
        // As many as cells can be under way.
        let points = LoadedPoints::new(base, design, threads::count() + 1);
        Self { design, points, seed, figures, unpriced, limits }
    }

    /// Runs the `count` cells that `cell` numbers, on all cores, and gives each row to `take` as it is finished, until
    /// `take` breaks off or the interruption is raised. `None` is given whenever every row so far was taken: the time to
    /// bring them to safety.
    pub fn run(
        &self,
        count: u64,
        cell: impl Fn(u64) -> u64 + Sync,
        mut take: impl FnMut(Option<CellRow>) -> ControlFlow<()>,
    ) {
        let job = |number| self.row(cell(number));
        pool::as_finished_or_idle(0..count, job, |event| match event {
            pool::PoolEvent::Finished(_, Some(row)) => take(Some(row)),
            pool::PoolEvent::Finished(_, None) => ControlFlow::Break(()),
            pool::PoolEvent::Idle => take(None),
        });
    }

    /// The row of a cell; `None` when it was interrupted.
    #[must_use]
    pub fn row(&self, cell: u64) -> Option<CellRow> {
        let (point, replication) = self.design.split(cell);
        if is_raised(self.limits.interrupted) {
            return None;
        }
        let mut seed = self.seed;
        let simulate = |scenario: Result<&Scenario, &CellFailure>| match scenario {
            Ok(scenario) => {
                seed = scenario.seed;
                self.simulate(scenario, replication)
            }
            Err(failure) => Ok(Some(CellOutcome::Failed(failure.clone()))),
        };
        let outcome = guarded(|| self.points.with(point, |loaded| self.accept(loaded), simulate));
        let outcome = match outcome {
            Ok(outcome) => outcome?,
            Err(failure) => CellOutcome::Failed(failure),
        };
        Some(CellRow { cell, seed, outcome })
    }

    fn simulate(&self, scenario: &Scenario, replication: u64) -> Result<Option<CellOutcome>, CellFailure> {
        let keep = checks::keep_for(&scenario.checks);
        let run = (scenario.seed, replication);
        let record = match record::record_within(&scenario.plan, run, keep, self.limits) {
            Ok(record) => record,
            Err(RunError::Stopped { why: Stop::Interrupted, .. }) => return Ok(None),
            Err(error) => {
                let is_budget = matches!(error, RunError::Stopped { why: Stop::OverBudget, .. });
                let kind = if is_budget { FailureKind::OverBudget } else { FailureKind::Stopped };
                return Err(CellFailure { kind, message: error.to_string() });
            }
        };
        let figures = Figure::all(&scenario.plan);
        Ok(Some(CellOutcome::CellFigures(CellFigures {
            requests: record.services.iter().map(|s| s.requests.offered + s.warmup_requests).sum(),
            fingerprint: record.fingerprint,
            approximate: scenario.is_approximate(),
            verdict: verdict(scenario, &record),
            figures: figures.iter().map(|figure| figure.value(&record, &scenario.plan)).collect(),
        })))
    }

    /// The scenario of a point, where its figures can be compared with those of the others.
    fn accept(&self, loaded: Loaded) -> Result<Box<Scenario>, CellFailure> {
        let message = why_not(&loaded);
        let Some(scenario) = loaded.scenario else {
            return Err(CellFailure { kind: FailureKind::Invalid, message });
        };
        let invalid = |message: String| Err(CellFailure { kind: FailureKind::Invalid, message });
        if Figure::all(&scenario.plan).len() != self.figures {
            return invalid("the point changes which services there are".to_owned());
        }
        if let Some(why) = scenario.unpriced().unlike(&self.unpriced, "the point", "the scenario") {
            return invalid(format!("it is not comparable: {why}; give the price by `[prices]`"));
        }
        Ok(Box::new(scenario))
    }
}

fn verdict(scenario: &Scenario, record: &record::RunRecord) -> CellVerdict {
    // What compares with a baseline has nothing to judge here, so it decides nothing.
    let outcomes: Vec<CheckOutcome> = scenario
        .checks
        .iter()
        .zip(checks::evaluate(scenario, record))
        .filter_map(|(check, outcome)| (!check.measure.needs_baseline()).then_some(outcome))
        .collect();
    let has = |status| outcomes.iter().any(|outcome| outcome.status == status);
    match () {
        () if outcomes.is_empty() => CellVerdict::NoChecks,
        () if has(CheckStatus::Fail) => CellVerdict::Fail,
        () if outcomes.iter().all(|outcome| outcome.status == CheckStatus::Pass) => CellVerdict::Pass,
        () if has(CheckStatus::Inconclusive) => CellVerdict::Inconclusive,
        () => CellVerdict::NoData,
    }
}

/// The first error of a scenario that could not be loaded, in one line; empty where there is none.
pub(super) fn why_not(loaded: &Loaded) -> String {
    let mut errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let Some(first) = errors.next() else { return String::new() };
    let others = errors.count();
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    format!("{}: {}{more}", first.code, first.message)
}

thread_local! {
    /// Within a guarded job: what its panic said, once it did.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
    static GUARDED: RefCell<bool> = const { RefCell::new(false) };
}

/// Does a job whose panic is a failure like any other, and says nothing on the terminal.
///
/// # Errors
/// The job's own failure, or the panic's message with its place in the source.
pub fn guarded<T>(job: impl FnOnce() -> Result<T, CellFailure>) -> Result<T, CellFailure> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if GUARDED.with_borrow(|guarded| *guarded) {
                let text = info.payload_as_str().unwrap_or("no message");
                let place = info.location().map(|at| format!(" ({at})")).unwrap_or_default();
                CAUGHT.set(Some(format!("{text}{place}")));
            } else {
                usual(info);
            }
        }));
    });
    GUARDED.set(true);
    // What a panicking job leaves behind is thrown away with it: no state outlives a cell.
    let result = catch_unwind(AssertUnwindSafe(job));
    GUARDED.set(false);
    let caught = CAUGHT.take();
    result.unwrap_or_else(|_| {
        let message = caught.unwrap_or_else(|| "no message".to_owned());
        Err(CellFailure { kind: FailureKind::Panicked, message: format!("a bug in windtunnel: {message}") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_with_its_message_and_its_place() {
        let failure = guarded(|| -> Result<(), CellFailure> { panic!("seven is {}", "odd") }).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Panicked);
        assert!(
            failure.message.contains("seven is odd") && failure.message.contains("cell.rs"),
            "{failure:?}"
        );
        // The thread can do its next job.
        assert_eq!(guarded(|| Ok(3)), Ok(3));
        let own = CellFailure { kind: FailureKind::Stopped, message: "stopped".to_owned() };
        assert_eq!(guarded(|| Err::<(), _>(own.clone())), Err(own));
    }
}
