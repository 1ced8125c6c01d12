//! Requirements of each feature of a service on the plane that serves it: one table, which the choice of a plane, the checks
//! of a scenario and a forecast read.
//!
//! [`is_known`] takes every plan struct of serving apart without a rest pattern, so a new field does not compile until
//! somebody has decided here whether a plane could ignore it.

use super::plan::ServicePlan;
use crate::platform::{FaultKind, TaskHealthPlan};
use crate::serving::{CpuDiscipline, RequestPlan, RoutingPlan, TaskPlan};
use crate::telemetry::{Metric, Variable};

/// Planes that can carry a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Single requests, on the event path.
    Events,
    /// The event path, or flows.
    EventsOrFlows,
    /// Single requests, on either path.
    SingleRequests,
}

/// A feature that not every plane can carry.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// Table of the key in a service of the scenario, or `fault`.
    pub table: &'static str,
    /// Key in its table.
    pub key: &'static str,
    /// Planes that can carry it.
    pub needs: Needs,
    present: fn(&ServicePlan) -> bool,
    /// Requests, clients or tasks that flows know in its place, as a noun phrase.
    pub why: &'static str,
    /// Value of the key with which a service can flow.
    pub instead: &'static str,
}

impl PartialEq for Requirement {
    /// Rows of the table differ in their keys or in the planes that they need.
    fn eq(&self, other: &Self) -> bool {
        (self.table, self.key, self.needs) == (other.table, other.key, other.needs)
    }
}

impl Eq for Requirement {}

impl Requirement {
    /// Whether `service` has the feature.
    #[must_use]
    pub fn is_present(&self, service: &ServicePlan) -> bool {
        (self.present)(service)
    }
}

const LEAVE_OUT: &str = "nothing: leave it out";

const fn row(
    (table, key): (&'static str, &'static str),
    needs: Needs,
    present: fn(&ServicePlan) -> bool,
    (why, instead): (&'static str, &'static str),
) -> Requirement {
    Requirement { table, key, needs, present, why, instead }
}

const fn fault(key: &'static str, needs: Needs, present: fn(&ServicePlan) -> bool) -> Requirement {
    row(("fault", key), needs, present, ("services without faults of single requests", LEAVE_OUT))
}

/// Every feature that some plane cannot carry, in the order in which a scenario is told of them.
pub const REQUIREMENTS: &[Requirement] = &[
    row(
        ("request", "timeout"),
        Needs::SingleRequests,
        |plan| plan.request.timeout.as_ref().is_some_and(|timeout| timeout.as_constant().is_none()),
        ("one patience for all clients", "a fixed duration such as \"30s\""),
    ),
    row(
        ("request", "class"),
        Needs::Events,
        |plan| !plan.request.classes.is_empty(),
        ("requests that are all alike", LEAVE_OUT),
    ),
    row(
        ("request", "retry"),
        Needs::Events,
        |plan| plan.request.retry.is_some(),
        ("clients that try once", LEAVE_OUT),
    ),
    row(
        ("request", "cancel_timed_out"),
        Needs::Events,
        |plan| plan.request.cancel_timed_out,
        ("tasks that work on in vain", "false"),
    ),
    row(
        ("task", "cpu_discipline"),
        Needs::SingleRequests,
        |plan| plan.task.cpu_discipline == CpuDiscipline::ProcessorSharing,
        ("CPU work in order of arrival", "\"fcfs\""),
    ),
    row(
        ("task", "cpu_discipline"),
        Needs::Events,
        |plan| plan.request.needs_cpu() && plan.task.shares_cpu(),
        ("CPU work in order of arrival", "\"fcfs\""),
    ),
    row(
        ("task", "out_of_memory"),
        Needs::Events,
        |plan| plan.task.runs_out_of_memory(),
        ("tasks that stay within their memory", "\"ignore\""),
    ),
    row(
        ("failure", "time_to_crash"),
        Needs::Events,
        |plan| plan.task_health.time_to_crash.is_some(),
        ("tasks that run until they are stopped", LEAVE_OUT),
    ),
    row(
        ("startup", "warm_up"),
        Needs::Events,
        |plan| plan.warm_up.is_some(),
        ("tasks that are all alike", LEAVE_OUT),
    ),
    row(
        ("load_balancer", "algorithm"),
        Needs::SingleRequests,
        |plan| plan.routing.algorithm.looks_at_load(),
        ("routes that do not look at load", "\"round_robin\" or \"random\""),
    ),
    row(
        ("load_balancer", "slow_start"),
        Needs::Events,
        |plan| plan.routing.slow_start.0 > 0,
        ("equal shares", "\"0s\""),
    ),
    fault("crash", Needs::Events, |plan| has(plan, |kind| matches!(kind, FaultKind::Crash(_)))),
    fault("hang", Needs::Events, |plan| has(plan, |kind| matches!(kind, FaultKind::Hang(_)))),
    fault("crash_loop", Needs::Events, |plan| has(plan, |kind| matches!(kind, FaultKind::CrashLoop(_)))),
    fault("slow_dependency", Needs::Events, |plan| {
        has(plan, |kind| matches!(kind, FaultKind::SlowDependency(_)))
    }),
    fault("zone_outage", Needs::Events, |plan| has(plan, |kind| matches!(kind, FaultKind::ZoneOutage(_)))),
    fault("failing_health_check", Needs::Events, |plan| {
        has(plan, |kind| matches!(kind, FaultKind::FailingHealthCheck(_)))
    }),
    fault("launch_failure", Needs::EventsOrFlows, |plan| {
        has(plan, |kind| matches!(kind, FaultKind::LaunchFailure(_)))
    }),
    row(
        ("service", "group"),
        Needs::Events,
        |plan| plan.group.is_some(),
        ("services that do not call each other", LEAVE_OUT),
    ),
    row(
        ("scaling", "metric"),
        Needs::SingleRequests,
        reads_response_times,
        ("policies that read no response time", "a metric of utilization or of requests"),
    ),
];

fn has(plan: &ServicePlan, is_it: fn(&FaultKind) -> bool) -> bool {
    plan.faults.iter().any(|fault| is_it(&fault.kind))
}

/// Whether a policy reads the response times of single requests, which flows do not have.
fn reads_response_times(plan: &ServicePlan) -> bool {
    let reads = |metric: Metric| match metric {
        Metric::TargetResponseTime => true,
        Metric::Custom(index) => plan
            .metrics
            .custom
            .get(usize::from(index))
            .is_some_and(|custom| custom.expression.variables().any(Variable::is_response_time)),
        _ => false,
    };
    plan.scaling.policies.iter().any(|policy| reads(policy.metric()))
}

impl ServicePlan {
    /// The features of the service that some plane cannot carry, in the order of the table.
    pub fn requirements(&self) -> impl Iterator<Item = &'static Requirement> + '_ {
        debug_assert!(is_known(self), "every field is decided on");
        REQUIREMENTS.iter().filter(|requirement| requirement.is_present(self))
    }

    /// Whether the way of a request may depend on what comes after it: then it cannot be known on arrival, and the service
    /// takes the event path.
    #[must_use]
    pub fn needs_events(&self) -> bool {
        self.requirements().any(|requirement| requirement.needs != Needs::SingleRequests)
    }

    /// The features of the service that flows cannot follow, in the order of the table.
    pub fn flow_blockers(&self) -> impl Iterator<Item = &'static Requirement> + '_ {
        self.requirements().filter(|requirement| requirement.needs != Needs::EventsOrFlows)
    }

    /// Whether the fluid plane can follow it.
    #[must_use]
    pub fn can_flow(&self) -> bool {
        self.flow_blockers().next().is_none()
    }
}

/// Takes apart what a plane reads of a service. A field that is new has no place here until it is decided whether every
/// plane carries it (then it is named here) or not (then it has a row in [`REQUIREMENTS`] too).
fn is_known(plan: &ServicePlan) -> bool {
    let RequestPlan {
        cpu_time: _,
        wait_time: _,
        timeout: _,
        bytes: _,
        classes: _,
        retry: _,
        cancel_timed_out: _,
    } = &plan.request;
    let TaskPlan {
        cpu_units: _,
        memory_mib: _,
        vcpu_speed: _,
        cpu_discipline: _,
        concurrency: _,
        queue: _,
        base_cpu: _,
        base_memory: _,
        memory_per_request: _,
        memory_retained: _,
        memory_growth: _,
        memory_growth_limit: _,
        kills_out_of_memory: _,
    } = &plan.task;
    let RoutingPlan { algorithm: _, nodes: _, slow_start: _ } = &plan.routing;
    let TaskHealthPlan { time_to_crash: _, launch_failure: _, container_check: _ } = &plan.task_health;
    // A fault of a kind without a row would reach a plane that ignores it.
    plan.faults.iter().all(|fault| match fault.kind {
        FaultKind::Crash(_)
        | FaultKind::Hang(_)
        | FaultKind::CrashLoop(_)
        | FaultKind::SlowDependency(_)
        | FaultKind::LaunchFailure(_)
        | FaultKind::FailingHealthCheck(_)
        | FaultKind::ZoneOutage(_) => true,
    })
}
