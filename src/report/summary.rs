//! `summary.json`, from the result of a run.

use super::sentences::{sentences, unfinished_sentence};
use crate::experiment::{RunResult, per_million_served};
use crate::kernel::simulation::ServicePlan;
use crate::kernel::units::Usd;
use crate::record::{ClassRecord, RunRecord, ServiceRecord};
use crate::results::{
    AttemptsSummary, ClassSummary, ClassTimes, CostLine, DecimalText, Ordered, RequestSummary, Rounded,
    ScaleInRange, ScalingSummary, ScenarioSummary, ServiceCost, ServiceSummary, Summary, TaskSummary,
    TimesSummary, TotalCost, TraceSummary, UtilizationSummary, Version, json_text,
};
use crate::scenario::{Scenario, TraceCounts};

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
    json_text(&summary(result))
}

/// The summary of a run.
#[must_use]
pub fn summary(result: &RunResult) -> Summary {
    let scenario = &result.scenario;
    let horizon = scenario.plan.horizon;
    let services = &result.record.services;
    let trace = |index: usize| scenario.services.get(index).and_then(|notes| notes.trace.as_ref());
    let summaries = services
        .iter()
        .enumerate()
        .map(|(index, service)| (service.name.clone(), service_summary(service, scenario, trace(index))));
    Summary {
        schema_version: Version,
        scenario: ScenarioSummary {
            name: scenario.name.clone(),
            sha256: scenario.sha256.clone(),
            seed: scenario.seed,
            region: scenario.region.clone(),
            horizon_s: horizon.into(),
            fidelity: scenario.into(),
        },
        services: Ordered(summaries.collect()),
        cost: TotalCost {
            total_usd: DecimalText::cents(services.iter().map(|s| s.invoice.total()).sum::<Usd>()),
            per_month_usd: DecimalText::cents(
                services.iter().map(|s| s.invoice.per_month(horizon)).sum::<Usd>(),
            ),
            unpriced: scenario.unpriced().items,
            not_priced: scenario.not_priced.clone(),
            scale_in_range: result.scale_in.map(|ends| ScaleInRange {
                gradual_usd: DecimalText::cents(ends.gradual),
                proportional_usd: DecimalText::cents(ends.proportional),
            }),
        },
        checks: result.checks.iter().map(Into::into).collect(),
        fingerprint: fingerprint(&result.record),
        control_events: result.record.control_events,
    }
}

fn service_summary(
    service: &ServiceRecord,
    scenario: &Scenario,
    trace: Option<&TraceCounts>,
) -> ServiceSummary {
    let horizon = scenario.plan.horizon;
    let is_approximate = scenario.is_approximate();
    let plan = scenario.plan.services.iter().find(|plan| plan.name == service.name);
    let tasks = &service.tasks;
    ServiceSummary {
        story: sentences(service, scenario).into_iter().chain(unfinished_sentence(service)).collect(),
        capacity_per_task_rps: plan.and_then(ServicePlan::capacity_per_task).and_then(Rounded::new),
        requests: (&service.requests).into(),
        warmup_requests: service.warmup_requests,
        warmup_served: Some(service.warmup_served),
        attempts: service.attempts.as_ref().map(|attempts| AttemptsSummary {
            counts: RequestSummary::from(&attempts.counts),
            retries: attempts.retries,
            per_request: attempts.per_request().and_then(Rounded::new),
        }),
        classes: (!service.classes.is_empty()).then(|| classes(&service.classes)),
        response_time_ms: TimesSummary::new(&service.response_time, is_approximate),
        waiting_time_ms: TimesSummary::new(&service.waiting_time, is_approximate),
        tasks: TaskSummary {
            running_mean: Rounded::new(tasks.running_mean),
            running_min: tasks.running_min,
            running_max: tasks.running_max,
            started: tasks.started,
            stopped: tasks.stopped,
            task_hours: Rounded::new(tasks.running_time as f64 / 3.6e12),
        },
        utilization: UtilizationSummary {
            cpu_mean: service.cpu_utilization.and_then(Rounded::new),
            memory_mean: service.memory_utilization.and_then(Rounded::new),
        },
        scaling: ScalingSummary {
            scale_out: service.scaling.scale_out,
            scale_in: service.scaling.scale_in,
            not_scaled: service.scaling.not_scaled,
        },
        cost: ServiceCost {
            total_usd: DecimalText::cents(service.invoice.total()),
            per_month_usd: DecimalText::cents(service.invoice.per_month(horizon)),
            per_million_requests_usd: per_million_served([service]).map(DecimalText::cents),
            unpriced: scenario.unpriced_of(&service.name).items,
            lines: service.invoice.lines.iter().map(CostLine::from).collect(),
        },
        traffic: trace.map(TraceSummary::from),
    }
}

fn classes(classes: &[ClassRecord]) -> Ordered<ClassSummary> {
    let summary = |class: &ClassRecord| {
        let TimesSummary { mean, p50, p95, p99, .. } = TimesSummary::new(&class.response_time, false);
        let response_time_ms = ClassTimes { mean, p50, p95, p99 };
        (class.name.clone(), ClassSummary { requests: (&class.requests).into(), response_time_ms })
    };
    Ordered(classes.iter().map(summary).collect())
}
