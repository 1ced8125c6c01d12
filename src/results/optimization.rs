//! `optimization.json`: the cheapest setting that passes the checks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::CheckResult;
use super::document::Document;
use super::values::{FigureValue, Rounded, Version};

/// Search for the cheapest setting that passes the checks (`windtunnel optimize`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Optimization {
    /// Whether traffic flowed, with approximate response times.
    pub approximate_times: bool,
    /// Checks of the scenario as it is.
    pub base_checks: Vec<CheckResult>,
    /// Settings in the search.
    pub candidates: u64,
    /// Checks that compare with a baseline, of which there is none.
    #[serde(default)]
    pub checks_not_judged: Vec<String>,
    /// Cost of the recommended setting less that of the scenario as it is; null without one.
    pub cost_per_month_against_base_usd: Option<SavingResult>,
    /// Simulated time of a run, from which a month is scaled \[s\].
    #[serde(default)]
    pub horizon_s: Option<Rounded<9>>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Effects of the axes.
    pub knobs: Vec<AxisResult>,
    /// Distances of the recommended setting from the limits.
    pub margins: Vec<MarginResult>,
    /// Settings that could not be run.
    #[serde(default)]
    pub not_run: Vec<NotRunResult>,
    /// Settings that no other beats in cost and latency, the cheapest first, with their figures in the race.
    #[serde(default)]
    pub pareto_front: Vec<FrontSetting>,
    /// Runs of the race.
    pub race_runs: u64,
    /// Recommended setting; null where none was confirmed.
    pub recommended: Option<ConfirmedResult>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Settings that won the race and failed their confirmation.
    pub rejected: Vec<ConfirmedResult>,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 2>,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Concessions that would change the choice, in sentences.
    pub what_would_change_the_choice: Vec<String>,
}

impl Document for Optimization {
    const NAME: &'static str = "optimization.json";
}

/// Difference in cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SavingResult {
    /// Half the width of the 95 % interval \[USD\].
    pub half_width: Option<FigureValue>,
    /// Whether the interval leaves out zero.
    pub significant: bool,
    /// Difference \[USD\].
    pub value: Option<FigureValue>,
}

/// Setting and its confirmation on fresh random numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmedResult {
    /// Number of the setting.
    pub candidate: usize,
    /// Checks of the scenario with their verdicts, in its order.
    pub checks: Vec<CheckResult>,
    /// Whether it passed.
    pub confirmed: bool,
    /// Half the width of the 95 % interval of the bill \[USD\].
    pub cost_per_month_half_width_usd: Option<FigureValue>,
    /// Bill of a month in the race, which chose it and is therefore too low on average \[USD\].
    pub cost_per_month_in_race_usd: Option<FigureValue>,
    /// Bill of a month \[USD\].
    pub cost_per_month_usd: Option<FigureValue>,
    /// Values of the setting in words.
    pub name: String,
    /// Runs of the confirmation.
    pub replications: usize,
    /// Keys to set, for `--set`.
    pub set: Vec<String>,
}

/// Setting that could not be run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotRunResult {
    /// Number of the setting.
    pub candidate: usize,
    /// Values of the setting in words.
    pub name: String,
    /// Reason.
    pub why: String,
}

/// Setting on the Pareto front of the race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FrontSetting {
    /// Number of the setting.
    pub candidate: usize,
    /// Mean bill of a month in the race \[USD\].
    pub cost_per_month_usd: Option<FigureValue>,
    /// Fate of the setting in the race, as in `candidates.csv`.
    pub fate: String,
    /// Values of the setting in words.
    pub name: String,
    /// Mean 99th percentile of the response times in the race \[ms\].
    pub response_time_p99_ms: Option<Rounded<3>>,
}

/// Distance from a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MarginResult {
    /// Text of the check.
    pub check: String,
    /// Distance from the limit, relative to the limit.
    pub share_of_limit: Option<Rounded<6>>,
}

/// Effect of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AxisResult {
    /// Key of the axis.
    pub axis: String,
    /// Values of the axis.
    pub levels: Vec<LevelResult>,
    /// Share of the differences in cost that it explains.
    pub share_of_cost_differences: Option<Rounded<6>>,
    /// Share of the differences in the 99th percentile that it explains.
    pub share_of_p99_differences: Option<Rounded<6>>,
}

/// Value of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelResult {
    /// Settings that have the value.
    pub candidates: usize,
    /// Mean bill of the settings that have the value \[USD\].
    pub cost_per_month_usd: Option<FigureValue>,
    /// Mean 99th percentile of the response times of the settings that have the value \[ms\].
    pub response_time_p99_ms: Option<Rounded<3>>,
    /// Value of the axis.
    pub value: String,
}
