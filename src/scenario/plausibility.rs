//! Lints: scenarios that can be run but ask for what cannot be. Each says it in numbers.

use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::telemetry::{Metric, Variable};
use windtunnel_kernel::traffic::TrafficPlan;
use windtunnel_kernel::units::{Bytes, SimDuration};

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::table_reader::TableReader;

/// Mean service time of a request that waits for nothing \[ns\].
fn service_nanos(plan: &ServicePlan) -> f64 {
    let speed = plan.task.cpu_speed();
    let (cpu, wait) = plan.request.mean_nanos();
    cpu / speed + wait
}

/// Largest rate of the traffic [requests/s].
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn peak(traffic: &TrafficPlan) -> f64 {
    match traffic {
        TrafficPlan::Poisson(curve) | TrafficPlan::EvenlySpaced(curve) => {
            curve.segments().iter().map(|piece| piece.rate_start.max(piece.rate_end)).fold(0.0, f64::max)
        }
        TrafficPlan::ExactCounts(intervals) => {
            intervals.iter().map(|i| i.count as f64 * 1e9 / (i.end - i.start) as f64).fold(0.0, f64::max)
        }
    }
}

/// Warns of what no policy can mend.
pub(crate) fn lint(plan: &ServicePlan, service: TableReader<'_>, horizon: SimDuration, report: &mut Report) {
    load(plan, service, horizon, report);
    without_effect(plan, service, report);
    without_balancer(plan, service, report);
    let (Some(request), Some(task)) = (service.table("request"), service.table("task")) else { return };
    if let Some(timeout) = &plan.request.timeout {
        let (service_time, patience) = (service_nanos(plan) / 1e9, timeout.mean_nanos() / 1e9);
        if service_time >= patience {
            report.add(
                Problem::new(
                    codes::TIMEOUT_TOO_SHORT,
                    format!(
                        "a request takes {service_time:.3} s on average, and clients wait {patience:.3} s"
                    ),
                )
                .at(&request.place("timeout"), "clients give up")
                .help("most requests will time out even when nothing else is going on"),
            );
        }
    }
    places(plan, service, task, report);
    if let Some(places) = plan.task.concurrency {
        let full = u128::from(plan.task.base_memory.0)
            + u128::from(plan.task.memory_per_request.0) * u128::from(places);
        let have = u128::from(plan.task.memory_mib) * u128::from(Bytes::MIB);
        if full > have {
            report.add(
                Problem::new(
                    codes::MEMORY_AT_FULL,
                    format!(
                        "{places} requests in a task need {} MiB, and it has {} MiB",
                        full.div_ceil(u128::from(Bytes::MIB)),
                        plan.task.memory_mib
                    ),
                )
                .at(&task.place("memory_per_request"), "for each request")
                .also(&task.place("memory"), "all its memory")
                .help(if plan.task.kills_out_of_memory {
                    "a task that takes in so many is killed, and its requests fail"
                } else {
                    "a real container would be killed; here it only shows as utilization above 100 %"
                }),
            );
        }
    }
}

/// Warns of keys that nothing else lets have an effect.
fn without_effect(plan: &ServicePlan, service: TableReader<'_>, report: &mut Report) {
    let request = &plan.request;
    let is_patient = request.timeout.is_none() && request.classes.iter().all(|class| class.timeout.is_none());
    if let Some(view) = service.table("request")
        && request.cancel_timed_out
        && is_patient
    {
        report.add(
            Problem::new(codes::NO_EFFECT, "no client gives up, so there is nothing to cancel")
                .at(&view.place("cancel_timed_out"), "not used")
                .fix("timeout = \"30s\""),
        );
    }
    let is_read = |index: usize| {
        plan.scaling
            .policies
            .iter()
            .any(|policy| matches!(policy.metric(), Metric::Custom(other) if usize::from(other) == index))
    };
    let metrics = service.table("metric").into_iter().flat_map(|metrics| metrics.tables());
    for (_, (entry, view)) in metrics.enumerate().filter(|metric| !is_read(metric.0)) {
        report.add(
            Problem::new(codes::NO_EFFECT, format!("no policy reads the metric `{}`", entry.key))
                .at(view.place, "not used")
                .help("a policy reads it by `metric = \"CustomizedMetric\"` and `custom_metric`"),
        );
    }
}

/// Warns of what waits for tasks that will never take it: without a load balancer a request stays with the task it was handed
/// to. Only where that misleads: jobs of a minute or more, policies that read a backlog, or a minimum of 0.
fn without_balancer(plan: &ServicePlan, service: TableReader<'_>, report: &mut Report) {
    const JOB_NANOS: f64 = 60e9;
    let reads_backlog = plan.scaling.policies.iter().any(|policy| {
        let Metric::Custom(index) = policy.metric() else { return false };
        let backlog =
            |variable| matches!(variable, Variable::QueueLength | Variable::InFlight | Variable::InService);
        let custom = plan.metrics.custom.get(usize::from(index));
        custom.is_some_and(|custom| custom.expression.variables().any(backlog))
    });
    let is_job = service_nanos(plan) >= JOB_NANOS;
    let scales = plan.scaling.max_capacity > plan.scaling.min_capacity && !plan.scaling.policies.is_empty();
    let may_be_none = plan.scaling.min_capacity == 0;
    if plan.target_group.is_some() || !scales || !(reads_backlog || is_job || may_be_none) {
        return;
    }
    report.add(
        Problem::new(
            codes::NO_BALANCER,
            format!(
                "`{}` has no load balancer: each request goes to a running task at once and waits there, so tasks that start later \
                 take nothing of a backlog, and without a running task requests are refused",
                plan.name
            ),
        )
        .at(service.place, "no `load_balancer`")
        .help("a queue from which idle tasks take work is not simulated; `windtunnel explain queues` says what to do instead"),
    );
}

/// Places of all tasks that may run, each a number the run must hold.
fn places(plan: &ServicePlan, service: TableReader<'_>, task: TableReader<'_>, report: &mut Report) {
    const MOST: u64 = 20_000_000;
    let places = u64::from(plan.task.concurrency.unwrap_or(1)) * u64::from(plan.scaling.max_capacity);
    let Some(scaling) = service.table("scaling").filter(|_| places > MOST) else { return };
    report.add(
        Problem::new(
            codes::OUT_OF_RANGE,
            format!(
                "{} tasks of {} places are {places} places",
                plan.scaling.max_capacity,
                places / u64::from(plan.scaling.max_capacity)
            ),
        )
        .at(&task.place("concurrency"), "places of a task")
        .also(&scaling.place("max_capacity"), "tasks")
        .expected(format!("at most {MOST} places in all"))
        .fix("concurrency = 0, where no request ever waits for a place".to_owned()),
    );
}

fn load(plan: &ServicePlan, service: TableReader<'_>, horizon: SimDuration, report: &mut Report) {
    let Some(scaling) = service.table("scaling") else { return };
    let capacity = plan.capacity_per_task().unwrap_or(f64::INFINITY);
    let (peak, mean) =
        (peak(&plan.traffic), plan.traffic.expected_requests(horizon) / horizon.as_secs_f64().max(1e-9));
    let most = capacity * f64::from(plan.scaling.max_capacity);
    let least = capacity * f64::from(plan.scaling.min_capacity);
    let cpu_s = plan.request.mean_nanos().0 / 1e9;
    // A thousandth of the CPU time would do: the unit is a slip.
    if peak > most && cpu_s >= 1.0 && peak <= most * 1e3 {
        let place =
            service.table("request").map_or_else(|| service.place.clone(), |view| view.place("cpu_time"));
        report.add(
            Problem::new(
                codes::SECONDS_OF_CPU,
                format!(
                    "a request needs {cpu_s:.3} s of CPU, {peak:.1} requests a second arrive at the peak, and {} tasks can do \
                     {most:.1}",
                    plan.scaling.max_capacity
                ),
            )
            .at(&place, format!("one task can do {capacity:.3} a second"))
            .fix(format!("cpu_time = \"{:.0}ms\", if milliseconds are meant", cpu_s))
            .help("where seconds are meant, the service is overloaded as long as the peak lasts"),
        );
    } else if peak > most {
        report.add(
            Problem::new(
                codes::OVERLOAD,
                format!(
                    "at the peak {peak:.1} requests a second arrive, and {} tasks can do {most:.1}",
                    plan.scaling.max_capacity
                ),
            )
            .at(&scaling.place("max_capacity"), format!("one task can do {capacity:.1} a second"))
            .help("queues grow as long as the peak lasts, whatever the policies do"),
        );
    } else if mean > least && plan.scaling.min_capacity > 0 {
        report.add(
            Problem::new(
                codes::THIN_MINIMUM,
                format!(
                    "on average {mean:.1} requests a second arrive, and {} tasks can do {least:.1}",
                    plan.scaling.min_capacity
                ),
            )
            .at(&scaling.place("min_capacity"), format!("one task can do {capacity:.1} a second"))
            .help("after a scale-in to the minimum the service is overloaded until tasks have started"),
        );
    }
}
