//! Session of a command that simulates: its start, its interruption, and its permission to print progress.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::exit::Exit;
use super::printing::fail;
use crate::experiment::compare::{self, Variant, VariantComparison, compare};
use crate::kernel::simulation::{RunError, Stop};
use crate::shell::interrupt;
use crate::shell::progress::Progress;
use crate::shell::terminal::note;
use crate::shell::wall_clock::Stopwatch;

/// A command that simulates.
#[derive(Debug)]
pub(super) struct Session {
    /// Stopwatch that runs since the command began.
    pub(super) watch: Stopwatch,
    /// Flag of interruption: becomes true when the user interrupts the command.
    pub(super) interrupted: Arc<AtomicBool>,
    /// Whether it prints results only.
    pub(super) quiet: bool,
}

impl Session {
    /// Listens for interruptions from now on.
    ///
    /// # Errors
    /// The exit code, once the reason was printed.
    pub(super) fn listen(watch: Stopwatch, quiet: bool) -> Result<Self, Exit> {
        let interrupted = interrupt::listen()
            .map_err(|error| fail(Exit::RunFailed, &format!("cannot listen for interruptions: {error}")))?;
        Ok(Self { watch, interrupted, quiet })
    }
}

/// Runs of each variant, and the seed of them all.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeededRuns {
    /// The seed.
    pub(super) seed: u64,
    /// Runs, ≥ 1.
    pub(super) runs: u64,
}

/// Runs variants on the same requests, with a progress bar and an ear for interruptions; the first is the base. `with_ends`:
/// with the cost at both ends of the range of `tt_scale_in_mode`.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn compared(
    variants: Vec<Variant>,
    runs: SeededRuns,
    with_ends: bool,
    session: &Session,
) -> Result<VariantComparison, Exit> {
    let SeededRuns { seed, runs } = runs;
    let interrupted = Some(session.interrupted.as_ref());
    let mut progress = Progress::start("runs", runs * variants.len() as u64, 0, session.quiet);
    let result = compare(variants, seed, runs, interrupted, &mut |done| progress.reach(done));
    progress.finish();
    let mut comparison = result.map_err(|error| stopped(&error))?;
    if with_ends && !comparison.interrupted {
        at_both_ends(session, |progress| {
            compare::add_scale_in_range(&mut comparison, interrupted, progress)
        })?;
    }
    Ok(comparison)
}

/// Adds the cost at both ends of the range of `tt_scale_in_mode`, with a progress bar from the first run on.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn at_both_ends(
    session: &Session,
    add: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<(), RunError>,
) -> Result<(), Exit> {
    let mut bar: Option<Progress> = None;
    let result = add(&mut |done, total| {
        bar.get_or_insert_with(|| Progress::start("scale-in runs", total, 0, session.quiet)).reach(done);
    });
    if let Some(bar) = &bar {
        bar.finish();
    }
    result.map_err(|error| stopped(&error))
}

/// Says why runs were stopped before there was a result.
pub(super) fn stopped(error: &RunError) -> Exit {
    match error {
        RunError::Stopped { why: Stop::Interrupted, .. } => {
            note("interrupted before the first run was over; nothing was written\n");
            Exit::Interrupted
        }
        other => fail(Exit::RunFailed, &format!("a run was stopped: {other}")),
    }
}
