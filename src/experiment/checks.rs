//! Checks: what must hold of a run or of many, and whether it did.

mod change;
mod display;
mod evaluate;
mod findings;
mod limit;
mod verdict;

pub use change::{Bills, judge_change};
pub use evaluate::{evaluate, evaluate_against, evaluate_sample, without_baseline};
pub use findings::{keep_for, limited_by, still_short};
pub use limit::{ends, holds, verdict};
pub use verdict::{Finding, judge_one_run, judge_runs, priced};
