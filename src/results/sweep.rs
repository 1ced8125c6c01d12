//! `summary.json` of a sweep.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::Value;

use super::document::Document;
use super::values::{DecimalText, Rounded, Version};

/// Points of a sweep (`windtunnel sweep` or `merge`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepResult {
    /// Assumptions about what AWS does not publish, every default filled in, as in `plan.toml`.
    #[serde(default)]
    pub assumptions: BTreeMap<String, Value>,
    /// Runs of the sweep.
    pub cells: SweepCells,
    /// Runs in which traffic flowed.
    pub cells_with_approximate_times: u64,
    /// Cheapest point that passes every check; null without checks or without such a point.
    pub cheapest_that_passes: Option<SweepPoint>,
    /// Checks of the scenario.
    pub checks: Vec<String>,
    /// Checks that compare with a baseline, of which there is none.
    #[serde(default)]
    pub checks_not_judged: Vec<String>,
    /// Axes and points of the sweep.
    pub design: SweepDesign,
    /// Runs that failed, the first of them.
    pub failures: Vec<SweepFailure>,
    /// Simulated time of a run, from which a month is scaled \[s\].
    #[serde(default)]
    pub horizon_s: Option<f64>,
    /// Cost that is not in the bill, in words.
    #[serde(default)]
    pub not_priced: Vec<String>,
    /// Points that no other beats in cost and latency, the cheapest first.
    pub pareto_front: Vec<SweepPoint>,
    /// Whether runs are missing.
    pub partial: bool,
    /// Points that pass every check; null without checks.
    pub points_that_pass: Option<usize>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Requests of all runs.
    pub requests: RequestTotal,
    /// Scenario of the sweep.
    pub scenario: SweepScenario,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 2>,
    /// SHA-256 of all that makes the sweep, in hex.
    pub sweep_sha256: String,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
}

impl Document for SweepResult {
    const NAME: &'static str = "sweep/summary.json";
    const FILE: &'static str = "summary.json";
}

/// Scenario of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepScenario {
    /// Name of the scenario.
    pub name: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub sha256: String,
}

/// Axes and points of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepDesign {
    /// Axes of the sweep.
    pub axes: Vec<SweepAxis>,
    /// Most requests of a run.
    pub budget_requests: Option<u64>,
    /// Way in which points are chosen.
    pub kind: DesignKind,
    /// Count of the points.
    pub points: u64,
    /// Runs of each point.
    pub replications: u64,
}

/// Axis of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepAxis {
    /// Key of the axis.
    pub name: String,
    /// Values of the axis; of a random design its ends.
    pub values: Vec<String>,
}

/// Way in which the points of a sweep are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DesignKind {
    /// Every combination of the values.
    Grid,
    /// Random points, spread evenly over each axis.
    LatinHypercube,
    /// Points of a file.
    List,
}

/// Runs of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepCells {
    /// Runs that failed.
    pub failed: u64,
    /// Runs that failed, by kind of failure.
    pub failed_by_kind: BTreeMap<String, u64>,
    /// Runs that are finished.
    pub finished: u64,
    /// Runs that are planned.
    pub planned: u64,
}

/// Point of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepPoint {
    /// Mean bill of a month \[USD\].
    pub cost_per_month_usd: Option<DecimalText>,
    /// Whether every run passes every check; null without checks.
    pub passes_checks: Option<bool>,
    /// Number of the point.
    pub point: u64,
    /// Mean 99th percentile of the response times \[ms\].
    pub response_time_p99_ms: Option<Rounded<3>>,
    /// Keys to set, for `--set`.
    pub set: Vec<String>,
    /// Values of the point by axis.
    pub values: BTreeMap<String, String>,
}

/// Run of a sweep that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepFailure {
    /// Kind of the failure.
    pub kind: String,
    /// Message of the failure.
    pub message: String,
    /// Number of the point.
    pub point: u64,
    /// Command that runs it alone.
    pub replay: String,
    /// Number of the run.
    pub replication: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Values of the point by axis.
    pub values: BTreeMap<String, String>,
}

/// Count of requests: a whole number where 64 bits hold it, else the nearest float.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum RequestTotal {
    /// Exact count.
    Exact(u64),
    /// Count beyond 64 bits.
    Nearest(f64),
}

impl From<u128> for RequestTotal {
    fn from(count: u128) -> Self {
        u64::try_from(count).map_or(Self::Nearest(count as f64), Self::Exact)
    }
}
