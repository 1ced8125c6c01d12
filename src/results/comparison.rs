//! `comparison.json`: variants on the same requests.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::Value;

use super::check::{CheckResult, FidelityName};
use super::diff::ChangedKey;
use super::document::Document;
use super::values::{DecimalText, FigureValue, Rounded, Version};

/// Variants on the same requests (`windtunnel compare`); the first is the base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Variant with the lowest bill that passes its checks.
    pub cheapest_that_passes: Option<String>,
    /// Confidence of the intervals of the figures.
    pub confidence: f64,
    /// Confidence of each interval of a difference, so that all hold together at `confidence`.
    pub confidence_of_each_difference: Option<Rounded<9>>,
    /// Whether it was stopped before all runs were over.
    pub interrupted: bool,
    /// Variants from the cheapest on at both ends of the range of `assumptions.tt_scale_in_mode`; null where the order is the same at both.
    #[serde(default)]
    pub order_by_cost_at_scale_in_ends: Option<VariantOrders>,
    /// Runs of each variant.
    pub replications: usize,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 4>,
    /// Seed, the same for all.
    pub seed: u64,
    /// Variants, the base first.
    pub variants: Vec<VariantResult>,
}

impl Document for Comparison {
    const NAME: &'static str = "comparison.json";
}

/// Variants from the cheapest on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantOrders {
    /// Order where a scale-in removes at most 5 % of the tasks and at least one.
    pub gradual: Vec<String>,
    /// Order where a scale-in goes to the proportional count at once.
    pub proportional: Vec<String>,
}

/// Figures of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantResult {
    /// Assumptions about what AWS does not publish, every default filled in, as in `plan.toml`.
    #[serde(default)]
    pub assumptions: BTreeMap<String, Value>,
    /// Reason why the costs are not compared: one bill lacks a price that the other has.
    #[serde(default)]
    pub bill_not_comparable: Option<String>,
    /// Keys whose values are not those of the base; empty of the base, and of a variant that is the same.
    #[serde(default)]
    pub changes: Vec<ChangedKey>,
    /// Checks of the scenario with their verdicts, in its order.
    pub checks: Vec<CheckResult>,
    /// Figures by name.
    pub figures: BTreeMap<String, ComparedFigure>,
    /// Simulated time of a run, from which a month is scaled \[s\].
    #[serde(default)]
    pub horizon_s: Option<Rounded<9>>,
    /// Name of the variant.
    pub name: String,
    /// Cost that is not in the bill, in words.
    #[serde(default)]
    pub not_priced: Vec<String>,
    /// Reasons why the requests are not those of the base; empty where they are.
    #[serde(default)]
    pub not_the_same_requests: Vec<String>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Mean cost of a month at both ends of the range of `assumptions.tt_scale_in_mode`; null where no target-tracking policy scaled in, or where the runs were interrupted.
    #[serde(default)]
    pub scale_in_range: Option<ScaleInRangePerMonth>,
    /// Scenario of the variant.
    pub scenario: VariantScenario,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
}

/// Scenario of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantScenario {
    /// Way in which traffic was simulated.
    pub fidelity: FidelityName,
    /// Name of the scenario.
    pub name: String,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub sha256: String,
}

/// Cost of a month at both ends of the range of `assumptions.tt_scale_in_mode`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleInRangePerMonth {
    /// Cost where a scale-in removes at most 5 % of the tasks and at least one \[USD\].
    pub gradual_per_month_usd: DecimalText,
    /// Cost where a scale-in goes to the proportional count at once \[USD\].
    pub proportional_per_month_usd: DecimalText,
}

/// Figure of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedFigure {
    /// `true`, where this time is approximate because traffic flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<bool>,
    /// Difference from the base, run by run; none of the base itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<FigureDifference>,
    /// Half the width of the 95 % interval.
    pub half_width: Option<FigureValue>,
    /// Estimate of the figure.
    pub value: Option<FigureValue>,
}

/// Difference of a figure from the base, run by run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureDifference {
    /// Half the width of the interval of the difference.
    pub half_width: Option<FigureValue>,
    /// Difference relative to the base.
    pub relative: Option<Rounded<6>>,
    /// Whether the interval leaves out zero.
    pub significant: bool,
    /// Difference, variant less base.
    pub value: Option<FigureValue>,
}
