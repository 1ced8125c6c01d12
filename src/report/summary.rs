//! `summary.json`: one object a run, keys in a fixed order. The structs below are its schema; a key is added with a new
//! minor version, changed only with a new major one.

use serde::{Serialize, Serializer};

use super::numbers::{ratio, rounded};
use crate::experiment::per_million_served;
use crate::experiment::{CheckOutcome, CheckStatus, RunResult};
use crate::kernel::billing::InvoiceLine;
use crate::kernel::units::{SimDuration, Usd};
use crate::record::{AttemptsRecord, ClassRecord, LatencySummary, RequestCounts, RunRecord, ServiceRecord};
use crate::scenario::{Scenario, TraceCounts};

/// Version of the file's shape.
const SCHEMA_VERSION: &str = "1.2";

#[derive(Serialize)]
struct Summary<'a> {
    schema_version: &'static str,
    scenario: ScenarioSummary<'a>,
    services: Services<'a>,
    cost: TotalCost<'a>,
    checks: Vec<CheckSummary<'a>>,
    fingerprint: String,
    control_events: u64,
}

#[derive(Serialize)]
struct ScenarioSummary<'a> {
    name: &'a str,
    sha256: &'a str,
    seed: u64,
    region: &'a str,
    horizon_s: Seconds,
    fidelity: &'static str,
}

/// The services by name, in the order of the plan.
struct Services<'a>(Vec<(&'a str, ServiceSummary)>);

impl Serialize for Services<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, summary)| (name, summary)))
    }
}

#[derive(Serialize)]
struct ServiceSummary {
    requests: Requests,
    warmup_requests: u64,
    warmup_served: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<AttemptsSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classes: Option<Classes>,
    response_time_ms: Times,
    waiting_time_ms: Times,
    tasks: Tasks,
    utilization: Utilization,
    scaling: Scaling,
    cost: ServiceCost,
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic: Option<TraceSummary>,
}

/// Attempts of clients; only where they try again.
#[derive(Serialize)]
struct AttemptsSummary {
    #[serde(flatten)]
    counts: Requests,
    retries: u64,
    per_request: Option<f64>,
}

/// The classes by name, in the order of the plan; only where there are some.
struct Classes(Vec<(String, ClassSummary)>);

impl Serialize for Classes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, summary)| (name, summary)))
    }
}

#[derive(Serialize)]
struct ClassSummary {
    requests: Requests,
    response_time_ms: ClassTimes,
}

#[derive(Serialize)]
struct ClassTimes {
    mean: Option<f64>,
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

#[derive(Serialize)]
struct Requests {
    offered: u64,
    served: u64,
    rejected: u64,
    timed_out: u64,
    failed: u64,
    in_flight: u64,
    overdue: u64,
}

/// Milliseconds with three decimals; `null` where nothing was counted.
#[derive(Serialize)]
struct Times {
    mean: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    p99_9: Option<f64>,
    max: Option<f64>,
    /// Said only where it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate: Option<bool>,
}

#[derive(Serialize)]
struct Tasks {
    running_mean: Option<f64>,
    running_min: u32,
    running_max: u32,
    started: u64,
    stopped: u64,
    task_hours: Option<f64>,
}

#[derive(Serialize)]
struct Utilization {
    cpu_mean: Option<f64>,
    memory_mean: Option<f64>,
}

#[derive(Serialize)]
struct Scaling {
    scale_out: u64,
    scale_in: u64,
    not_scaled: u64,
}

#[derive(Serialize)]
struct ServiceCost {
    total_usd: String,
    per_month_usd: String,
    per_million_requests_usd: Option<String>,
    unpriced: Vec<String>,
    lines: Vec<CostLine>,
}

#[derive(Serialize)]
struct CostLine {
    item: &'static str,
    quantity: String,
    unit: &'static str,
    rate_usd: String,
    amount_usd: String,
    exact_usd: String,
}

#[derive(Serialize)]
struct TraceSummary {
    trace: String,
    interval_s: Seconds,
    intervals: u64,
    zero_intervals: u64,
    missing_intervals: u64,
    ended_at_s: Option<Seconds>,
    repeats: u64,
}

#[derive(Serialize)]
struct TotalCost<'a> {
    total_usd: String,
    per_month_usd: String,
    unpriced: Vec<String>,
    not_priced: &'a [String],
    scale_in_range: Option<ScaleInRange>,
}

/// The total at both ends of the range of `assumptions.tt_scale_in_mode`.
#[derive(Serialize)]
struct ScaleInRange {
    gradual_usd: String,
    proportional_usd: String,
}

#[derive(Serialize)]
pub(super) struct CheckSummary<'a> {
    check: &'a str,
    value: &'a str,
    status: &'static str,
    /// Said only where something has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

impl<'a> CheckSummary<'a> {
    pub(super) fn of(outcome: &'a CheckOutcome) -> Self {
        Self {
            check: &outcome.check,
            value: &outcome.value,
            status: status_word(outcome.status),
            note: outcome.note.as_deref(),
        }
    }
}

/// A span \[ns\], written as seconds: a whole number where it is one.
struct Seconds(u64);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1_000_000_000) {
            serializer.serialize_u64(self.0 / 1_000_000_000)
        } else {
            serializer.serialize_f64(SimDuration(self.0).as_secs_f64())
        }
    }
}

/// The fingerprint of a run, as its files write it.
#[must_use]
pub fn fingerprint(record: &RunRecord) -> String {
    format!("{:016x}", record.fingerprint)
}

/// The summary of a run as JSON, ending with a line feed.
///
/// Money is a decimal string, times carry their unit in the key, and what does not exist is `null`: percentiles of no
/// request, the utilization of no task, the cost of a million served requests where none was served. `unpriced` names the items that every amount of its object
/// leaves out because they have no price. `scale_in_range` is the total at both ends of the range of
/// `assumptions.tt_scale_in_mode`, `null` where no target-tracking policy scaled in. Where a trace was
/// replayed, `traffic` says which of its intervals were zero, missing or beyond its end.
#[must_use]
pub fn summary_json(result: &RunResult) -> String {
    let scenario = &result.scenario;
    let horizon = scenario.plan.horizon;
    let services = &result.record.services;
    let notes = |index: usize| scenario.services.get(index).and_then(|notes| notes.trace.as_ref());
    let summary = Summary {
        schema_version: SCHEMA_VERSION,
        scenario: ScenarioSummary {
            name: &scenario.name,
            sha256: &scenario.sha256,
            seed: scenario.seed,
            region: &scenario.region,
            horizon_s: Seconds(horizon.0),
            fidelity: scenario.fidelity(),
        },
        services: Services(
            services
                .iter()
                .enumerate()
                .map(|(index, service)| {
                    (service.name.as_str(), service_summary(service, scenario, notes(index)))
                })
                .collect(),
        ),
        cost: TotalCost {
            total_usd: services.iter().map(|s| s.invoice.total()).sum::<Usd>().to_cents_string(),
            per_month_usd: services
                .iter()
                .map(|s| s.invoice.per_month(horizon))
                .sum::<Usd>()
                .to_cents_string(),
            unpriced: scenario.unpriced().items,
            not_priced: &scenario.not_priced,
            scale_in_range: result.scale_in.map(|ends| ScaleInRange {
                gradual_usd: ends.gradual.to_cents_string(),
                proportional_usd: ends.proportional.to_cents_string(),
            }),
        },
        checks: result.checks.iter().map(CheckSummary::of).collect(),
        fingerprint: fingerprint(&result.record),
        control_events: result.record.control_events,
    };
    let mut text = to_json(&summary);
    text.push('\n');
    text
}

#[expect(
    clippy::expect_used,
    reason = "plain structs with string keys always serialize; serde_json writes NaN as null"
)]
fn to_json(summary: &Summary<'_>) -> String {
    serde_json::to_string_pretty(summary).expect("a summary is plain data")
}

/// A status as JSON says it: never a bare true or false.
pub(super) const fn status_word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::NoData => "no_data",
        CheckStatus::Inconclusive => "inconclusive",
    }
}

fn service_summary(
    service: &ServiceRecord,
    scenario: &Scenario,
    trace: Option<&TraceCounts>,
) -> ServiceSummary {
    let horizon = scenario.plan.horizon;
    let approximate = scenario.is_approximate().then_some(true);
    let (requests, tasks) = (&service.requests, &service.tasks);
    let share = |value: Option<f64>| value.and_then(|value| rounded(value, 6));
    ServiceSummary {
        requests: counts(requests),
        warmup_requests: service.warmup_requests,
        warmup_served: service.warmup_served,
        attempts: service.attempts.as_ref().map(attempts),
        classes: (!service.classes.is_empty()).then(|| classes(&service.classes)),
        response_time_ms: times(&service.response_time, approximate),
        waiting_time_ms: times(&service.waiting_time, approximate),
        tasks: Tasks {
            running_mean: rounded(tasks.running_mean, 6),
            running_min: tasks.running_min,
            running_max: tasks.running_max,
            started: tasks.started,
            stopped: tasks.stopped,
            task_hours: rounded(tasks.running_time as f64 / 3.6e12, 6),
        },
        utilization: Utilization {
            cpu_mean: share(service.cpu_utilization),
            memory_mean: share(service.memory_utilization),
        },
        scaling: Scaling {
            scale_out: service.scaling.scale_out,
            scale_in: service.scaling.scale_in,
            not_scaled: service.scaling.not_scaled,
        },
        cost: ServiceCost {
            total_usd: service.invoice.total().to_cents_string(),
            per_month_usd: service.invoice.per_month(horizon).to_cents_string(),
            per_million_requests_usd: per_million_served([service]).map(Usd::to_cents_string),
            unpriced: scenario.unpriced_of(&service.name).items,
            lines: service.invoice.lines.iter().map(cost_line).collect(),
        },
        traffic: trace.map(trace_summary),
    }
}

fn counts(counts: &RequestCounts) -> Requests {
    Requests {
        offered: counts.offered,
        served: counts.served,
        rejected: counts.rejected,
        timed_out: counts.timed_out,
        failed: counts.failed,
        in_flight: counts.in_flight,
        overdue: counts.overdue,
    }
}

fn attempts(attempts: &AttemptsRecord) -> AttemptsSummary {
    AttemptsSummary {
        counts: counts(&attempts.counts),
        retries: attempts.retries,
        per_request: attempts.per_request().and_then(|mean| rounded(mean, 6)),
    }
}

fn classes(classes: &[ClassRecord]) -> Classes {
    let summary = |class: &ClassRecord| {
        let all = times(&class.response_time, None);
        let response_time_ms = ClassTimes { mean: all.mean, p50: all.p50, p95: all.p95, p99: all.p99 };
        (class.name.clone(), ClassSummary { requests: counts(&class.requests), response_time_ms })
    };
    Classes(classes.iter().map(summary).collect())
}

fn cost_line(line: &InvoiceLine) -> CostLine {
    CostLine {
        item: line.item.name(),
        quantity: ratio(line.quantity_numerator, line.quantity_denominator),
        unit: line.item.unit(),
        rate_usd: line.rate.to_string(),
        amount_usd: line.amount.to_cents_string(),
        exact_usd: line.exact.to_string(),
    }
}

fn trace_summary(trace: &TraceCounts) -> TraceSummary {
    TraceSummary {
        trace: trace.file.clone(),
        interval_s: Seconds(trace.interval_ns),
        intervals: trace.intervals,
        zero_intervals: trace.zero_intervals,
        missing_intervals: trace.missing_intervals,
        ended_at_s: trace.ended_at_ns.map(Seconds),
        repeats: trace.repeats,
    }
}

fn times(summary: &LatencySummary, approximate: Option<bool>) -> Times {
    let millis = |value: Option<f64>| value.and_then(|value| rounded(value, 3));
    let quantile = |q| millis(summary.quantile_ms(q));
    Times {
        mean: millis(summary.mean_ms()),
        p50: quantile(0.5),
        p90: quantile(0.9),
        p95: quantile(0.95),
        p99: quantile(0.99),
        p99_9: quantile(0.999),
        max: millis(summary.max_ms()),
        approximate,
    }
}
