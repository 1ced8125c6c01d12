//! `check --format json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::CheckStatus;
use super::document::Document;
use super::values::{FigureValue, Version};

/// Verdicts on the checks of a scenario or of a folder of results (`windtunnel check --format json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// Baseline of changes of cost.
    pub baseline: Option<String>,
    /// Checks in the order of the scenario.
    pub checks: Vec<JudgedCheck>,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Checks by status.
    pub counts: StatusCounts,
    /// State of the gate, which the exit code says.
    pub gate: GateState,
    /// Effect of a check without a verdict, as `--strict` says.
    pub inconclusive_counts_as: StrictStatus,
    /// Count of the runs.
    pub replications: u64,
    /// State of the runs.
    pub runs: Completion,
    /// Subject that is judged.
    pub scenario: CheckSubject,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 1>,
    /// Worst verdict of all checks.
    pub status: CheckStatus,
}

impl Document for CheckReport {
    const NAME: &'static str = "check";
}

/// State of the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Completion {
    /// All runs are over.
    Complete,
    /// The runs were interrupted.
    Interrupted,
}

/// State of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GateState {
    /// Nothing that counts failed: exit code 0.
    Open,
    /// A check that counts failed.
    Closed,
}

/// Effect of a check without a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum StrictStatus {
    /// The check counts as passed.
    Pass,
    /// The check counts as failed.
    Fail,
}

/// Subject that is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckSubject {
    /// Name of the scenario.
    pub name: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// File or folder, as named.
    pub subject: String,
}

/// Checks by status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatusCounts {
    /// Checks that fail.
    pub fail: usize,
    /// Checks whose interval holds the limit.
    pub inconclusive: usize,
    /// Checks without anything to judge.
    pub no_data: usize,
    /// Checks that pass.
    pub pass: usize,
}

/// Check with its verdict and the figure behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JudgedCheck {
    /// Text of the check, as written.
    pub check: String,
    /// Value of the figure; null without data.
    pub estimate: Option<FigureValue>,
    /// Upper end of the interval; null with a single run.
    pub high: Option<FigureValue>,
    /// Limit of the check.
    pub limit: Option<FigureValue>,
    /// Lower end of the interval; null with a single run.
    pub low: Option<FigureValue>,
    /// Note beside the value.
    pub note: Option<String>,
    /// Place of the check; null where it comes from a folder of results.
    pub place: Option<CheckLocation>,
    /// Service that decides.
    pub service: Option<String>,
    /// Verdict of the check.
    pub status: CheckStatus,
    /// Unit of the limit and the figure.
    pub unit: String,
    /// Value of the figure with its unit and its interval.
    pub value: String,
}

/// Place of a check in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckLocation {
    /// File of the scenario.
    pub file: String,
    /// Line of the check.
    pub line: usize,
}
