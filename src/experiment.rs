//! What is asked of the engine: one run with its checks, or many replications on all cores. It neither touches the
//! disk nor renders, and it is the only room with threads.

mod base;
pub mod checks;
pub mod compare;
mod effort;
mod estimate;
mod fidelity;
mod figures;
pub mod forecast;
mod minutes;
pub mod optimize;
pub mod pareto;
pub mod points;
pub mod pool;
pub mod replications;
mod run;
mod sample;
mod saved_run;
pub mod scale_in;
mod student;
pub mod sweep;
pub mod threads;
pub mod warmup;

pub use base::Base;
pub use effort::Effort;
pub use estimate::{Estimate, Pseudo, of_means, of_ratios, of_sections, quantile_of};
pub use fidelity::{COMPARED_REQUESTS, FluidError, compared, fluid_error};
pub use figures::{Figure, Law, Measure, Share, largest_p99, per_million_served};
pub use minutes::{Longest, longest_shortfall, minutes_over};
pub use run::{replicate, run, run_replication};
pub use sample::Sample;
pub use saved_run::{Kept, KeptFiles, checked_horizon};
pub use student::{normal_quantile, student_t_quantile};

use crate::kernel::units::Usd;
use crate::record::RunRecord;
use crate::scenario::Scenario;

/// Everything a report needs of one run.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// What was run.
    pub scenario: Scenario,
    /// What happened.
    pub record: RunRecord,
    /// The checks, in the order of the file.
    pub checks: Vec<CheckOutcome>,
    /// The bill of all services at both ends of the range of `tt_scale_in_mode`; `None` where no target-tracking policy scaled
    /// in, or where nobody asked.
    pub scale_in: Option<scale_in::Ends<Usd>>,
}

/// Whether a check held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// It held.
    Pass,
    /// It did not.
    Fail,
    /// There was nothing to judge: no request was served, or there is no baseline.
    NoData,
    /// The interval of its figure holds values on both sides of the limit: more runs would tell.
    Inconclusive,
}

/// One check and what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOutcome {
    /// As written: `p99_response_time < 800ms`.
    pub check: String,
    /// What was found, with its unit: `612ms`; `no data` where there was none.
    pub value: String,
    /// The verdict.
    pub status: CheckStatus,
    /// What has to be said beside the value: why there is none, or what it leaves open.
    pub note: Option<String>,
    /// Whether there is no verdict because a price is missing: no number of runs would tell.
    pub is_unpriced: bool,
    /// The service that decided; `None` where it is of all together.
    pub service: Option<String>,
    /// The value with its interval, in the unit of the check's limit; `None` where there is nothing to judge.
    pub estimate: Option<Estimate>,
}

impl CheckOutcome {
    /// Whether it fails a gate; `strict`: whether that includes what is inconclusive or has nothing to judge. A check of a
    /// cost whose price is missing is never let through.
    #[must_use]
    pub const fn fails(&self, strict: bool) -> bool {
        match self.status {
            CheckStatus::Pass => false,
            CheckStatus::Fail => true,
            CheckStatus::Inconclusive | CheckStatus::NoData => strict || self.is_unpriced,
        }
    }
}
