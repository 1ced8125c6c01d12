//! `forecast.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::CellShort;
use super::sheet::{SheetRow, present};

/// One row per month. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastRow {
    /// Name of the month, such as 2026-12.
    pub month: String,
    /// Length of the month \[h\].
    pub hours: u64,
    /// Requests, mean of the runs.
    pub requests: Option<CellShort<0>>,
    /// Running tasks, average over time.
    pub tasks_mean: Option<CellShort<4>>,
    /// Bill of the month, mean \[USD\].
    pub cost_mean_usd: Option<CellShort<2>>,
    /// 10th percentile of the bill \[USD\].
    pub cost_p10_usd: Option<CellShort<2>>,
    /// Median of the bill \[USD\].
    pub cost_p50_usd: Option<CellShort<2>>,
    /// 90th percentile of the bill \[USD\].
    pub cost_p90_usd: Option<CellShort<2>>,
    /// Bills so far, mean \[USD\].
    pub cumulative_mean_usd: Option<CellShort<2>>,
    /// 10th percentile of the bills so far \[USD\].
    pub cumulative_p10_usd: Option<CellShort<2>>,
    /// 90th percentile of the bills so far \[USD\].
    pub cumulative_p90_usd: Option<CellShort<2>>,
    /// Cost of a million served requests \[USD\].
    pub cost_per_million_requests_usd: Option<CellShort<4>>,
    /// 99th percentile of the response times, mean of the runs \[ms\].
    pub response_time_p99_ms: Option<CellShort<3>>,
    /// Kind of the response times.
    pub response_times: ResponseTimesKind,
    /// Share of requests that were served.
    pub availability: Option<CellShort<6>>,
    /// Share of runs that have reached `max_capacity` by the end of the month.
    pub at_max_capacity_by_now: Option<CellShort<4>>,
    /// Real bill, where one was given \[USD\].
    pub actual_usd: Option<CellShort<2>>,
    /// Error of the forecast against the real bill, relative.
    pub error: Option<CellShort<4>>,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub unpriced: Option<String>,
}

impl SheetRow for ForecastRow {
    const FILE: &'static str = "forecast.csv";
    const OPTIONAL: &'static [&'static str] = &["unpriced"];
}

/// Kind of the response times of a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ResponseTimesKind {
    /// From formulas, because traffic flows.
    Approximate,
    /// Of single requests.
    Simulated,
}
