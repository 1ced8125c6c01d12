//! A check and its verdict, as every document has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::DecimalText;
use crate::scenario::Scenario;

/// Verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CheckStatus {
    /// The limit holds.
    Pass,
    /// The limit does not hold.
    Fail,
    /// There is nothing to judge: no request was served, or there is no baseline.
    NoData,
    /// The interval of the figure holds values on both sides of the limit: more runs would tell.
    Inconclusive,
}

impl CheckStatus {
    /// The verdict as documents name it: never a bare true or false.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NoData => "no_data",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Check of a scenario and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Text of the check, as written.
    pub check: String,
    /// Value of the figure with its unit and, of several runs, its 95 % interval.
    pub value: String,
    /// Verdict of the check.
    pub status: CheckStatus,
    /// Note beside the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Way in which traffic was simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FidelityName {
    /// One request at a time.
    Requests,
    /// A flow, with approximate response times.
    Fluid,
}

impl FidelityName {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Fluid => "fluid",
        }
    }
}

impl From<&Scenario> for FidelityName {
    fn from(scenario: &Scenario) -> Self {
        if scenario.is_approximate() { Self::Fluid } else { Self::Requests }
    }
}

/// Cost at both ends of the range of `assumptions.tt_scale_in_mode`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleInRange {
    /// Cost where a scale-in removes at most 5 % of the tasks and at least one \[USD\].
    pub gradual_usd: DecimalText,
    /// Cost where a scale-in goes to the proportional count at once \[USD\].
    pub proportional_usd: DecimalText,
}
