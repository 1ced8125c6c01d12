//! Checks: what must hold of a run or of many, and whether it did.

mod change;
mod display;
mod evaluate;
mod findings;
mod limit;
mod verdict;

pub use change::{Bills, judge_change};
pub use evaluate::{evaluate, evaluate_against, evaluate_sample, without_baseline};
pub use findings::{NO_CAPACITY, keep_for, limited_by, sound_task_proviso, still_short};
pub use limit::{ends, holds, verdict};
pub use verdict::{Finding, judge_one_run, judge_runs, priced};
