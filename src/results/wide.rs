//! Descriptions of sheets that have columns of the scenario's own: values of axes, figures of services, checks. Their rows are
//! written column by column (`report`); the types here state the columns that every such file has.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Value of an axis, a figure (those of a service begin with its name and a point; the half width of one ends in
/// `half_width_95`), or a check.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ScenarioCell {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A truth value.
    Truth(bool),
    /// Nothing.
    Empty(()),
}

/// One row per setting of a search (`candidates.csv`): its values, its elimination, its figures in the race, and each check's
/// figure. A cell that does not exist is empty (null).
#[derive(Debug, Serialize, JsonSchema)]
pub struct CandidateRow {
    /// Number of the setting.
    pub candidate: u64,
    /// Runs of the setting in the race.
    pub runs: u64,
    /// Elimination of the setting, or that it is a finalist.
    pub fate: String,
    /// Mean bill of a month in the race \[USD\].
    pub cost_per_month_usd: Option<f64>,
    /// Mean 99th percentile of the response times in the race \[ms\].
    pub response_time_p99_ms: Option<f64>,
    /// Whether no other setting beats it in cost and latency.
    pub on_front: bool,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<String>,
    /// Columns of the scenario's own.
    #[serde(flatten)]
    pub others: BTreeMap<String, ScenarioCell>,
}

/// One row per point of a sweep (`points.csv`): the values of its axes, and every figure with half the width of its interval. A
/// cell that does not exist is empty (null).
#[derive(Debug, Serialize, JsonSchema)]
pub struct PointRow {
    /// Number of the point.
    pub point: u64,
    /// Runs that ended.
    pub runs: u64,
    /// Runs that failed.
    pub errors: u64,
    /// Runs that pass every check.
    pub checks_passed: Option<u64>,
    /// Runs in which traffic flowed.
    pub approximate_runs: u64,
    /// Whether no other point beats it in cost and latency.
    pub on_pareto_front: Option<bool>,
    /// Message of the first run that failed.
    pub error: Option<String>,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<String>,
    /// Columns of the scenario's own.
    #[serde(flatten)]
    pub others: BTreeMap<String, ScenarioCell>,
}

/// One row per run of a sweep (`runs.csv`): the values of its axes, its status, every figure. A cell that does not exist is empty
/// (null).
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunRow {
    /// Number of the point.
    pub point: u64,
    /// Number of the run.
    pub replication: u64,
    /// Seed of the run.
    pub seed: u64,
    /// `ok`, or the kind of the failure.
    pub status: String,
    /// Verdict of the checks.
    pub checks: Option<String>,
    /// Hash of everything that happened, in hex.
    pub fingerprint: Option<String>,
    /// Whether traffic flowed.
    pub approximate_times: Option<bool>,
    /// Message of the failure.
    pub error: Option<String>,
    /// Command that runs it alone, if it failed.
    pub replay: Option<String>,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<String>,
    /// Columns of the scenario's own.
    #[serde(flatten)]
    pub others: BTreeMap<String, ScenarioCell>,
}

/// One row per run (`replications.csv`), with every figure. A cell that does not exist is empty (null).
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplicationRow {
    /// Number of the run, from 0.
    pub replication: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<String>,
    /// Columns of the scenario's own.
    #[serde(flatten)]
    pub others: BTreeMap<String, ScenarioCell>,
}
