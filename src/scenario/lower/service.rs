//! Request, task, startup, load balancer and stopping of a service.

use windtunnel_kernel::random::Distribution;
use windtunnel_kernel::service::{
    CpuDiscipline, HealthCheckPlan, LoadBalancerPlan, RequestPlan, Routing, StartupPlan, StoppingPlan,
    TaskPlan,
};
use windtunnel_kernel::units::{Bytes, SimDuration};

use super::assumptions::Assumptions;
use super::{Lower, Parts, faults, task_size};
use crate::scenario::diagnostic::Problem;
use crate::scenario::view::View;
use crate::scenario::{codes, distribution, quantity};

pub(super) fn request(view: View<'_>, lower: &mut Lower<'_>) -> Option<RequestPlan> {
    let written = |key: &str| view.node(key).is_some_and(|node| node.place.0.is_some());
    if !written("cpu_time") && !written("wait_time") {
        lower.report.add(
            Problem::new(codes::MISSING_KEY, "a request needs `cpu_time` or `wait_time`")
                .at(view.place, "neither is given")
                .fix("cpu_time = \"40ms\""),
        );
    }
    let cpu_time = distribution::read(view, "cpu_time", lower);
    let wait_time = distribution::read(view, "wait_time", lower);
    let timeout =
        if view.is_given("timeout") { Some(distribution::read(view, "timeout", lower)) } else { None };
    Some(RequestPlan {
        cpu_time: cpu_time?,
        wait_time: wait_time?,
        timeout: match timeout {
            Some(timeout) => Some(timeout?),
            None => None,
        },
        bytes: view.size("bytes"),
        classes: Vec::new(),
        retry: None,
        cancel_timed_out: false,
    })
}

pub(super) fn task(service: View<'_>, lower: &mut Lower<'_>) -> Option<TaskPlan> {
    let view = service.table("task")?;
    let health = faults::health(service, lower);
    let (cpu, memory) = (view.count("cpu"), view.count("memory"));
    if let (Some(cpu), Some(memory)) = (cpu, memory)
        && !task_size::memories(cpu).contains(&memory)
    {
        let near: Vec<String> = task_size::nearest(cpu, memory)
            .iter()
            .map(|(cpu, memory)| format!("cpu = {cpu}, memory = {memory}"))
            .collect();
        lower.report.add(
            Problem::new(
                codes::TASK_SIZE,
                format!("Fargate sells no task of {cpu} CPU units and {memory} MiB"),
            )
            .at(&view.place("memory"), format!("{memory} MiB"))
            .also(&view.place("cpu"), format!("{cpu} CPU units"))
            .expected(format!("a size that Fargate sells; the nearest are {}", near.join("; "))),
        );
    }
    let base = view.size("base_memory");
    if let (Some(memory), Some(base)) = (memory, base)
        && base.0 > u64::from(memory) * Bytes::MIB
    {
        lower.report.add(
            Problem::new(codes::TASK_MEMORY, format!("the idle task needs more than its {memory} MiB"))
                .at(&view.place("base_memory"), "more than the task has")
                .also(&view.place("memory"), "all its memory"),
        );
    }
    Some(TaskPlan {
        cpu_units: cpu?,
        memory_mib: memory?,
        cpu_discipline: match view.text("cpu_discipline")? {
            "fcfs" => CpuDiscipline::Fcfs,
            _ => return None,
        },
        concurrency: Some(view.count("concurrency")?).filter(|places| *places > 0),
        queue: view.count("queue"),
        base_memory: base?,
        memory_per_request: view.size("memory_per_request")?,
        health: health?,
    })
}

pub(super) fn startup(service: View<'_>, lower: &mut Lower<'_>) -> Option<StartupPlan> {
    let view = service.table("startup")?;
    let scheduling = distribution::read(view, "scheduling", lower);
    let provisioning = distribution::read(view, "provisioning", lower);
    let container_start = distribution::read(view, "container_start", lower);
    let application_boot = distribution::read(view, "application_boot", lower);
    let image = service.table("task")?.size("image_size")?;
    let rate = quantity::size_rate(view.text("image_pull_rate")?).ok()?;
    Some(StartupPlan {
        scheduling: scheduling?,
        provisioning: provisioning?,
        image_pull: Distribution::constant(pull_time(image, rate)),
        container_start: container_start?,
        application_boot: application_boot?,
        warm_up: None,
    })
}

/// Size ÷ rate, rounded to the nearest nanosecond.
fn pull_time(image: Bytes, rate: Bytes) -> SimDuration {
    let rate = u128::from(rate.0.max(1));
    let nanos = (u128::from(image.0) * 1_000_000_000 + rate / 2) / rate;
    SimDuration(u64::try_from(nanos).unwrap_or(u64::MAX).min(SimDuration::CAP.0))
}

/// The outer `None`: it is wrong; the inner one: there is none.
#[expect(clippy::option_option, reason = "absent and wrong are two different things here")]
pub(super) fn load_balancer(
    service: View<'_>,
    assumptions: Option<&Assumptions>,
    lower: &mut Lower<'_>,
) -> Option<Option<LoadBalancerPlan>> {
    if !service.is_given("load_balancer") {
        return Some(None);
    }
    let view = service.table("load_balancer")?;
    if let Some(slow_start) = view.duration("slow_start")
        && slow_start.0 > 0
    {
        lower.report.add(
            Problem::new(codes::NOT_BUILT, "a `slow_start` other than \"0s\" is not built yet")
                .at(&view.place("slow_start"), "this version cannot simulate it")
                .help("a new target gets its full share of requests at once"),
        );
    }
    let registration = distribution::read(view, "registration", lower);
    let health_check = view.table("health_check")?;
    Some(Some(LoadBalancerPlan {
        routing: match view.text("algorithm")? {
            "random" => Routing::Random,
            _ => Routing::RoundRobin,
        },
        registration: registration?,
        health_check: HealthCheckPlan {
            interval: health_check.duration("interval")?,
            initial_healthy_count: health_check.count("initial_healthy_count")?,
            first_check: assumptions?.first_health_check,
            timeout: health_check.duration("timeout")?,
            unhealthy_threshold: health_check.count("unhealthy_threshold")?,
            healthy_threshold: health_check.count("healthy_threshold")?,
            grace_period: view.duration("health_check_grace_period")?,
        },
        deregistration_delay: view.duration("deregistration_delay")?,
        slow_start: SimDuration::ZERO,
    }))
}

pub(super) fn stopping(parts: &Parts<'_>) -> Option<StoppingPlan> {
    let assumptions = parts.assumptions?;
    let stop_timeout = parts.service.table("task")?.duration("stop_timeout")?;
    Some(StoppingPlan {
        lag: assumptions.stop_lag,
        exit_after_sigterm: assumptions.exit_after_sigterm.min(stop_timeout),
        stop_timeout,
        deprovisioning: assumptions.deprovisioning,
    })
}
