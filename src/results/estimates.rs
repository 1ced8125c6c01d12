//! `estimates.json`: the figures of many runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{CheckResult, FidelityName, ScaleInRange};
use super::document::Document;
use super::values::{FigureValue, Rounded, Version};

/// Figures of many runs of one scenario (`windtunnel run --replications`), with their intervals and their spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimates {
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 3>,
    /// Scenario of the runs.
    pub scenario: EstimatesScenario,
    /// Count of the runs.
    pub replications: usize,
    /// Whether it was stopped before all runs were over.
    pub interrupted: bool,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Length of the start of each run that is left out \[s\].
    pub warmup_s: f64,
    /// Precision that `--until` asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionSummary>,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Mean total of the runs at both ends of the range of `assumptions.tt_scale_in_mode`; null where no target-tracking policy scaled in, or where the runs were interrupted.
    #[serde(default)]
    pub scale_in_range: Option<ScaleInRange>,
    /// Figures by name; those of a service begin with its name and a point.
    pub figures: BTreeMap<String, Option<EstimatedFigure>>,
    /// Checks of the scenario with their verdicts, in its order.
    pub checks: Vec<CheckResult>,
}

impl Document for Estimates {
    const NAME: &'static str = "estimates.json";
}

/// Scenario of the runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EstimatesScenario {
    /// Way in which traffic was simulated.
    pub fidelity: FidelityName,
    /// Name of the scenario.
    pub name: String,
    /// Region of the scenario.
    pub region: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub sha256: String,
}

/// Precision that `--until` asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PrecisionSummary {
    /// Name of the figure.
    pub figure: String,
    /// Whether the interval is narrow enough.
    pub met: bool,
    /// Half width that was reached, relative to the value.
    pub reached_relative: Option<Rounded<6>>,
    /// Half width that was asked for, relative to the value.
    pub wanted_relative: f64,
}

/// Figure of many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EstimatedFigure {
    /// `true`, where this time is approximate because traffic flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<bool>,
    /// Half the width of the 95 % interval; null with a single run.
    pub half_width: Option<FigureValue>,
    /// 10th percentile of the runs.
    pub p10: Option<FigureValue>,
    /// Median of the runs.
    pub p50: Option<FigureValue>,
    /// 90th percentile of the runs.
    pub p90: Option<FigureValue>,
    /// Runs that have the figure.
    pub runs: u64,
    /// Estimate of the figure.
    pub value: Option<FigureValue>,
}
