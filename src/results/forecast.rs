//! `forecast.json`: the bills of calendar months.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{FidelityName, ScaleInRange};
use super::document::Document;
use super::values::{DecimalText, FigureValue, Rounded, Version};

/// Bills of calendar months and how sure they are (`windtunnel forecast`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastResult {
    /// Comparison with real bills; null without any.
    pub backtest: Option<BacktestResult>,
    /// Way in which traffic was simulated.
    pub fidelity: FidelityName,
    /// Difference of the flow from single requests, measured on a day of this scenario; null where it was not measured.
    pub fluid_error: Option<FluidErrorResult>,
    /// Inputs that every run draws anew, besides chance within a run.
    #[serde(default)]
    pub inputs_varied: Option<Vec<String>>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// First month in which half of the runs have reached `max_capacity`.
    pub max_capacity_first_reached: Option<String>,
    /// Months of the forecast.
    pub months: Vec<MonthResult>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Remarks to read before it is used.
    pub remarks: Vec<String>,
    /// Whether response times are approximate.
    pub response_times_approximate: bool,
    /// Runs, each with growth, service times and prices of its own.
    pub runs: u64,
    /// Commitment that saves most, by term.
    pub savings_plans: Vec<SavingsPlanResult>,
    /// Kinds of Savings Plans whose rates are known for the region and architecture; others are not sized.
    #[serde(default)]
    pub savings_plans_with_known_rates: Option<Vec<String>>,
    /// Mean cost of all months together at both ends of the range of `assumptions.tt_scale_in_mode`; null where no target-tracking policy scaled in.
    #[serde(default)]
    pub scale_in_range: Option<ScaleInRange>,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 2>,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
}

impl Document for ForecastResult {
    const NAME: &'static str = "forecast.json";
}

/// Comparison with real bills.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BacktestResult {
    /// Mean relative error.
    pub bias: Option<Rounded<6>>,
    /// Mean absolute relative error.
    pub mape: Option<Rounded<6>>,
    /// Months with a real bill.
    pub months: usize,
    /// Share of the bills within the span.
    pub share_between_p10_and_p90: Option<Rounded<6>>,
    /// Sum of bills against sum of forecasts, relative.
    pub variance: Option<Rounded<6>>,
}

/// Difference of the flow from single requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FluidErrorResult {
    /// Relative error of the cost.
    pub cost: Option<Rounded<6>>,
    /// Relative error of the 95th percentile of response times.
    pub p95: Option<Rounded<6>>,
    /// Relative error of the 99th percentile of response times.
    pub p99: Option<Rounded<6>>,
    /// Relative error of the task-hours.
    pub task_hours: Option<Rounded<6>>,
}

/// Month of the forecast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MonthResult {
    /// Real bill, where one was given \[USD\].
    pub actual_usd: Option<FigureValue>,
    /// Share of runs that have reached `max_capacity` by the end of the month.
    pub at_max_capacity_by_now: Option<Rounded<4>>,
    /// Share of requests that were served.
    pub availability_mean: Option<Rounded<6>>,
    /// Cost of a million served requests \[USD\].
    pub cost_per_million_requests_usd: Option<FigureValue>,
    /// Bill of the month \[USD\].
    pub cost_usd: SpreadResult,
    /// Bills so far \[USD\].
    pub cumulative_usd: SpreadResult,
    /// Length of the month \[h\].
    pub hours: u64,
    /// Name of the month, such as 2026-12.
    pub month: String,
    /// Requests, mean of the runs.
    pub requests_mean: Option<Rounded<0>>,
    /// 99th percentile of the response times, mean of the runs \[ms\].
    pub response_time_p99_ms_mean: Option<Rounded<3>>,
    /// Running tasks, average over time.
    pub tasks_mean: Option<Rounded<4>>,
}

/// Spread of an amount over the runs \[USD\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpreadResult {
    /// Mean \[USD\].
    pub mean: Option<FigureValue>,
    /// 10th percentile \[USD\].
    pub p10: Option<FigureValue>,
    /// 25th percentile \[USD\].
    pub p25: Option<FigureValue>,
    /// Median \[USD\].
    pub p50: Option<FigureValue>,
    /// 75th percentile \[USD\].
    pub p75: Option<FigureValue>,
    /// 90th percentile \[USD\].
    pub p90: Option<FigureValue>,
}

/// Savings Plan that saves most of its term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SavingsPlanResult {
    /// Commitment per hour \[USD\].
    pub commitment_usd_per_hour: Option<DecimalText>,
    /// Share of the eligible cost that it covers.
    pub coverage: Option<Rounded<6>>,
    /// Name of the plan with its term.
    pub plan: String,
    /// Saving per month \[USD\].
    pub saving_per_month_usd: SavingSpread,
    /// Share of the commitment that is used.
    pub utilization: Option<Rounded<6>>,
}

/// Spread of a saving over the runs \[USD\].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SavingSpread {
    /// Mean \[USD\].
    pub mean: Option<FigureValue>,
    /// 10th percentile \[USD\].
    pub p10: Option<FigureValue>,
    /// 90th percentile \[USD\].
    pub p90: Option<FigureValue>,
}
