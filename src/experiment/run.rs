//! Running: one replication with its checks, or several in parallel.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::outcome::CheckOutcome;
use super::{checks, scale_in, threads};
use crate::kernel::simulation::{Plan, RunError};
use crate::kernel::units::Usd;
use crate::record::{self, Detail, Limits, RunRecord};
use crate::scenario::Scenario;

/// Everything a report needs of one run.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// Scenario that was run.
    pub scenario: Scenario,
    /// Record of the run.
    pub record: RunRecord,
    /// The checks, in the order of the file.
    pub checks: Vec<CheckOutcome>,
    /// The bill of all services at both ends of the range of `tt_scale_in_mode`; `None` where no target-tracking policy scaled
    /// in, or where it was not asked for.
    pub scale_in: Option<scale_in::Ends<Usd>>,
}

/// Runs a scenario once, with its own seed, and judges its checks.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn run(scenario: Scenario) -> Result<RunResult, RunError> {
    run_replication(scenario, 0, None)
}

/// Runs one replication of a scenario, counted from 0, and judges its checks: what a row of many runs was, in full, with
/// the bill at both ends of the range of `tt_scale_in_mode`. It ends when `interrupted` becomes true.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn run_replication(
    scenario: Scenario,
    replication: u64,
    interrupted: Option<&AtomicBool>,
) -> Result<RunResult, RunError> {
    let (plan, numbers) = (&scenario.plan, (scenario.seed, replication));
    let limits = Limits { interrupted, ..Limits::default() };
    let record = record::record_within(plan, numbers, Detail::Everything, limits)?;
    let scale_in = scale_in::of_run(plan, numbers, &record, limits)?;
    let checks = checks::evaluate(&scenario, &record);
    Ok(RunResult { scenario, record, checks, scale_in })
}

/// Runs `plan` once for each replication, on all cores. The records come in the order of the replications and are the
/// same on any number of threads.
///
/// # Errors
/// The error of the first replication that was stopped.
pub fn replicate(plan: &Plan, seed: u64, replications: Range<u64>) -> Result<Vec<RunRecord>, RunError> {
    replicate_within(plan, seed, replications, Limits::default())
}

/// The same within `limits`.
///
/// # Errors
/// The error of the first replication that was stopped.
pub(super) fn replicate_within(
    plan: &Plan,
    seed: u64,
    replications: Range<u64>,
    limits: Limits<'_>,
) -> Result<Vec<RunRecord>, RunError> {
    let one = |replication| record::record_within(plan, (seed, replication), Detail::Everything, limits);
    let shared = threads::within(|| replications.clone().into_par_iter().map(one).collect());
    shared.unwrap_or_else(|| replications.map(one).collect())
}
