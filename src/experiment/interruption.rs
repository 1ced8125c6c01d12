//! Interruptions: whether one was asked for, and whether it is what ended some runs.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::kernel::simulation::{RunError, Stop};

/// Whether an interruption was asked for.
pub(super) fn is_raised(flag: Option<&AtomicBool>) -> bool {
    flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Whether runs ended because they were interrupted; `has_result`: whether what was finished is worth keeping.
///
/// # Errors
/// What stopped the runs, when it was something else, or when nothing was finished.
pub(super) fn was_interrupted(stopped: Option<RunError>, has_result: bool) -> Result<bool, RunError> {
    match stopped {
        None => Ok(false),
        Some(RunError::Stopped { why: Stop::Interrupted, .. }) if has_result => Ok(true),
        Some(error) => Err(error),
    }
}
