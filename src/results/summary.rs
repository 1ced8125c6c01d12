//! `summary.json` of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{CheckResult, FidelityName, ScaleInRange};
use super::document::Document;
use super::values::{DecimalText, Ordered, Rounded, Seconds, Version};
use crate::kernel::billing::InvoiceLine;
use crate::kernel::units::SimDuration;
use crate::record::{LatencySummary, RequestCounts};
use crate::scenario::TraceCounts;

/// Figures of a run, for programs. Money is decimal text, a time has its unit in the key, what does not exist is null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 4>,
    /// Scenario of the run.
    pub scenario: ScenarioSummary,
    /// Services by name, in the order of the scenario.
    pub services: Ordered<ServiceSummary>,
    /// Bill of all services together.
    pub cost: TotalCost,
    /// Checks of the scenario with their verdicts, in its order.
    pub checks: Vec<CheckResult>,
    /// Hash of everything that happened, in hex: equal runs have equal ones.
    pub fingerprint: String,
    /// Events of the control plane.
    pub control_events: u64,
}

impl Document for Summary {
    const NAME: &'static str = "summary.json";
}

/// Scenario of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioSummary {
    /// Name of the scenario.
    pub name: String,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub sha256: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Simulated time \[s\].
    pub horizon_s: Seconds,
    /// Way in which traffic was simulated.
    pub fidelity: FidelityName,
}

/// Figures of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSummary {
    /// Plain-language summary, one sentence an entry: the peak, whether capacity kept up, and what became of the requests.
    #[serde(default)]
    pub story: Vec<String>,
    /// Load that one task in service can carry \[requests/s\]; null where the scenario does not say it.
    #[serde(default)]
    pub capacity_per_task_rps: Option<Rounded<6>>,
    /// Requests after the warm-up; `offered` is the sum of the others but `overdue`.
    pub requests: RequestSummary,
    /// Requests before the end of the warm-up, which are in no other figure.
    pub warmup_requests: u64,
    /// Of the requests that arrived in the warm-up, those that were served.
    #[serde(default)]
    pub warmup_served: Option<u64>,
    /// Attempts of clients, where they try again; `requests` then counts what users asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<AttemptsSummary>,
    /// Classes of requests by name, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Ordered<ClassSummary>>,
    /// Times from arrival to answer.
    pub response_time_ms: TimesSummary,
    /// Times from arrival to a place in a task.
    pub waiting_time_ms: TimesSummary,
    /// Tasks of the service.
    pub tasks: TaskSummary,
    /// Shares of what is reserved that are used.
    pub utilization: UtilizationSummary,
    /// Decisions of the scaling policies.
    pub scaling: ScalingSummary,
    /// Bill of the service.
    pub cost: ServiceCost,
    /// Trace that was replayed, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<TraceSummary>,
}

/// Requests by outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestSummary {
    /// Requests that arrived.
    pub offered: u64,
    /// Requests that were answered.
    pub served: u64,
    /// Requests that were refused: no target, or its queue was full.
    pub rejected: u64,
    /// Requests whose client gave up.
    pub timed_out: u64,
    /// Requests that were lost with their task or answered with an error.
    pub failed: u64,
    /// Requests not finished at the horizon.
    pub in_flight: u64,
    /// Of those in flight, requests in the system for longer than `request.overdue_after`; availability counts them as not served.
    pub overdue: u64,
}

impl From<&RequestCounts> for RequestSummary {
    fn from(counts: &RequestCounts) -> Self {
        let RequestCounts { offered, served, rejected, timed_out, failed, in_flight, overdue } = *counts;
        Self { offered, served, rejected, timed_out, failed, in_flight, overdue }
    }
}

impl RequestSummary {
    /// The same as the recorder counts them.
    #[must_use]
    pub const fn counts(&self) -> RequestCounts {
        let Self { offered, served, rejected, timed_out, failed, in_flight, overdue } = *self;
        RequestCounts { offered, served, rejected, timed_out, failed, in_flight, overdue }
    }
}

/// Attempts of clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptsSummary {
    /// Attempts by outcome.
    #[serde(flatten)]
    pub counts: RequestSummary,
    /// Attempts after the first.
    pub retries: u64,
    /// Attempts per request.
    pub per_request: Option<Rounded<6>>,
}

/// Requests of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassSummary {
    /// Requests of the class by outcome.
    pub requests: RequestSummary,
    /// Times from the first attempt to the answer.
    pub response_time_ms: ClassTimes,
}

/// Times of the requests of a class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassTimes {
    /// Mean \[ms\].
    pub mean: Option<Rounded<3>>,
    /// Median \[ms\].
    pub p50: Option<Rounded<3>>,
    /// 95th percentile \[ms\].
    pub p95: Option<Rounded<3>>,
    /// 99th percentile \[ms\].
    pub p99: Option<Rounded<3>>,
}

/// Distribution of times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimesSummary {
    /// Mean \[ms\].
    pub mean: Option<Rounded<3>>,
    /// Median \[ms\].
    pub p50: Option<Rounded<3>>,
    /// 90th percentile \[ms\].
    pub p90: Option<Rounded<3>>,
    /// 95th percentile \[ms\].
    pub p95: Option<Rounded<3>>,
    /// 99th percentile \[ms\].
    pub p99: Option<Rounded<3>>,
    /// 99.9th percentile \[ms\].
    pub p99_9: Option<Rounded<3>>,
    /// Largest \[ms\].
    pub max: Option<Rounded<3>>,
    /// `true`, where these times are approximate because traffic flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<bool>,
}

impl TimesSummary {
    /// A quantile that the document has \[ms\]: 0.5, 0.9, 0.95, 0.99 or 0.999.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let known =
            [(0.5, self.p50), (0.9, self.p90), (0.95, self.p95), (0.99, self.p99), (0.999, self.p99_9)];
        known.into_iter().find(|(known, _)| (known - q).abs() < 1e-9)?.1.map(Rounded::get)
    }

    /// The distribution that a recorder found; `is_approximate` where traffic flows.
    #[must_use]
    pub fn new(summary: &LatencySummary, is_approximate: bool) -> Self {
        let millis = |value: Option<f64>| Rounded::new(value?);
        let quantile = |q| millis(summary.quantile_ms(q));
        Self {
            mean: millis(summary.mean_ms()),
            p50: quantile(0.5),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p99_9: quantile(0.999),
            max: millis(summary.max_ms()),
            approximate: is_approximate.then_some(true),
        }
    }
}

/// Tasks of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskSummary {
    /// Running tasks, average over time.
    pub running_mean: Option<Rounded<6>>,
    /// Fewest running tasks at once.
    pub running_min: u32,
    /// Most running tasks at once.
    pub running_max: u32,
    /// Tasks that reached RUNNING after the beginning.
    pub started: u64,
    /// Tasks that stopped or failed.
    pub stopped: u64,
    /// Time of running tasks \[h\].
    pub task_hours: Option<Rounded<6>>,
}

/// Shares of what is reserved that are used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UtilizationSummary {
    /// Mean CPU utilization, of 1.
    pub cpu_mean: Option<Rounded<6>>,
    /// Mean memory utilization, of 1.
    pub memory_mean: Option<Rounded<6>>,
}

/// Decisions of the scaling policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScalingSummary {
    /// Decisions for more tasks.
    pub scale_out: u64,
    /// Decisions for fewer tasks.
    pub scale_in: u64,
    /// Invocations of a policy that changed nothing.
    pub not_scaled: u64,
}

/// Bill of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceCost {
    /// Bill of the simulated time \[USD\].
    pub total_usd: DecimalText,
    /// Bill of a month of 730 h that is like this run: each line scaled, then rounded to a cent \[USD\].
    pub per_month_usd: DecimalText,
    /// Cost of a million served requests, those of the warm-up included \[USD\]; null where none was served.
    pub per_million_requests_usd: Option<DecimalText>,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Lines of the bill.
    pub lines: Vec<CostLine>,
}

/// Line of a bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostLine {
    /// Item that is charged for.
    pub item: String,
    /// Quantity of the item.
    pub quantity: DecimalText,
    /// Unit of the quantity.
    pub unit: String,
    /// Price of a unit \[USD\].
    pub rate_usd: DecimalText,
    /// Charge, rounded once to a cent \[USD\].
    pub amount_usd: DecimalText,
    /// Amount before rounding \[USD\].
    pub exact_usd: DecimalText,
}

impl From<&InvoiceLine> for CostLine {
    fn from(line: &InvoiceLine) -> Self {
        Self {
            item: line.item.name().to_owned(),
            quantity: DecimalText::ratio(line.quantity_numerator, line.quantity_denominator),
            unit: line.item.unit().to_owned(),
            rate_usd: line.rate.into(),
            amount_usd: DecimalText::cents(line.amount),
            exact_usd: line.exact.into(),
        }
    }
}

/// Trace that was replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceSummary {
    /// Name of the file.
    pub trace: String,
    /// Length of the intervals \[s\].
    pub interval_s: Seconds,
    /// Intervals in the file.
    pub intervals: u64,
    /// Intervals without a request.
    pub zero_intervals: u64,
    /// Intervals that were missing and filled as the scenario says.
    pub missing_intervals: u64,
    /// End of the trace, if before the horizon \[s\].
    pub ended_at_s: Option<Seconds>,
    /// Repetitions of the trace.
    pub repeats: u64,
}

impl From<&TraceCounts> for TraceSummary {
    fn from(trace: &TraceCounts) -> Self {
        let seconds = |nanos: u64| Seconds::from(SimDuration(nanos));
        Self {
            trace: trace.file.clone(),
            interval_s: seconds(trace.interval_ns),
            intervals: trace.intervals,
            zero_intervals: trace.zero_intervals,
            missing_intervals: trace.missing_intervals,
            ended_at_s: trace.ended_at_ns.map(seconds),
            repeats: trace.repeats,
        }
    }
}

/// Bill of all services together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TotalCost {
    /// Bill of the simulated time \[USD\].
    pub total_usd: DecimalText,
    /// Bill of a month of 730 h that is like this run: each line scaled, then rounded to a cent \[USD\].
    pub per_month_usd: DecimalText,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Cost that is not in the bill, in words.
    pub not_priced: Vec<String>,
    /// Total at both ends of the range of `assumptions.tt_scale_in_mode`, of the same seed; null where no target-tracking policy scaled in.
    #[serde(default)]
    pub scale_in_range: Option<ScaleInRange>,
}
