//! The values that a metric can take in a scenario.

use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::telemetry::{Metric, Statistic};
use windtunnel_kernel::units::Bytes;

/// The smallest and the largest value, both possible; infinite where nothing limits them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The values of a metric's datapoints.
///
/// Measured CPU stops at 100 % of what is reserved (`docs/aws/target-tracking.md#formula`). Memory is `base_memory` at
/// least, and at most what full tasks use; a task that is killed for its memory never shows more than 100 %. Sums and
/// sample counts have no limit.
pub(super) fn of(metric: Metric, statistic: Statistic, plan: &ServicePlan) -> Range {
    match (metric, statistic) {
        (Metric::Custom(_), _) => Range { low: f64::NEG_INFINITY, high: f64::INFINITY },
        (Metric::CpuUtilization, Statistic::Average) => Range { low: 0.0, high: 100.0 },
        (Metric::MemoryUtilization, Statistic::Average) => memory(plan),
        _ => Range { low: 0.0, high: f64::INFINITY },
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of memory for people")]
fn memory(plan: &ServicePlan) -> Range {
    let task = &plan.task;
    let all = f64::from(task.memory_mib) * Bytes::MIB as f64;
    let percent = |bytes: f64| 100.0 * bytes / all;
    let base = task.base_memory.0 as f64;
    let each = task.memory_per_request.0 as f64;
    let most = if task.kills_out_of_memory { 100.0 } else { f64::INFINITY };
    let full = match task.concurrency {
        _ if task.memory_growth.0 > 0 => f64::INFINITY,
        _ if task.memory_per_request.0 == 0 => percent(base),
        Some(places) => percent(base + each * f64::from(places)),
        None => f64::INFINITY,
    };
    Range { low: percent(base), high: full.min(most) }
}

/// What stands behind a value of the metric.
pub(super) fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::CpuUtilization | Metric::MemoryUtilization => " %",
        _ => "",
    }
}
