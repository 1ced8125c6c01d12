//! Outcome of a check: its verdict with the value that it was given by.

use super::estimate::Estimate;
pub use crate::results::CheckStatus;
use crate::results::{CheckResult, Rounded};

/// One check and what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOutcome {
    /// As written: `p99_response_time < 800ms`.
    pub check: String,
    /// Value that was found, with its unit: `612 ms`; `no data` where there was none.
    pub value: String,
    /// The verdict.
    pub status: CheckStatus,
    /// Note beside the value: why there is none, or what it leaves open.
    pub note: Option<String>,
    /// Whether there is no verdict because a price is missing: no number of runs would tell.
    pub is_unpriced: bool,
    /// The service that decided; `None` where it is of all together.
    pub service: Option<String>,
    /// The value with its interval, in the unit of the check's limit; `None` where there is nothing to judge.
    pub estimate: Option<Estimate>,
    /// Distance of the value from the limit, positive on the good side, relative to the limit; of a share, the difference of
    /// the shares. `None` where there is no value or the limit is zero.
    pub margin: Option<f64>,
}

impl From<&CheckOutcome> for CheckResult {
    fn from(outcome: &CheckOutcome) -> Self {
        let CheckOutcome { check, value, status, note, margin, .. } = outcome.clone();
        Self { check, value, status, note, margin: margin.and_then(Rounded::new) }
    }
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
