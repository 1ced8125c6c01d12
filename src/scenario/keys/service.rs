//! Task, startup, load balancer and stopping of a service.

use windtunnel_kernel::random::Distribution;
use windtunnel_kernel::service::{
    CheckService, CpuDiscipline, HealthCheckPlan, LoadBalancerPlan, Routing, StartupPlan, StoppingPlan,
    TaskPlan, WarmUpPlan,
};
use windtunnel_kernel::units::{Bytes, SimDuration};

use crate::scenario::build::{Lower, Parts};
use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::keys::distribution;
use crate::scenario::keys::{faults, task_size};
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;
use crate::scenario::language::{codes, quantity};

pub(crate) fn task(service: View<'_>, lower: &mut Lower<'_>) -> Option<TaskPlan> {
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
        let problem = Problem::new(
            codes::TASK_SIZE,
            format!("Fargate sells no task of {cpu} CPU units and {memory} MiB"),
        )
        .at(&view.place("memory"), format!("{memory} MiB"))
        .also(&view.place("cpu"), format!("{cpu} CPU units"))
        .expected(format!("a size that Fargate sells; the nearest are {}", near.join("; ")));
        lower.report.add(match whole_units(cpu, memory) {
            Some(fix) => problem.fix(fix),
            None => problem,
        });
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
            _ => CpuDiscipline::ProcessorSharing,
        },
        concurrency: Some(view.count("concurrency")?).filter(|places| *places > 0),
        queue: view.count("queue"),
        base_cpu: base_cpu(view, cpu?, lower)?,
        base_memory: base?,
        memory_per_request: view.size("memory_per_request")?,
        memory_retained: view.number("memory_retained")?,
        health: health?,
    })
}

/// What the idle task uses of its CPU [thousandths of a CPU unit].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the size of a task")]
fn base_cpu(view: View<'_>, cpu: u32, lower: &mut Lower<'_>) -> Option<u32> {
    let base = view.number("base_cpu")?;
    let most = 0.9 * f64::from(cpu) / 1024.0;
    // Of a size that Fargate does not sell there is nothing more to say.
    if task_size::memories(cpu).is_empty() {
        return None;
    }
    if base > most {
        lower.report.add(
            Problem::new(codes::OUT_OF_RANGE, "the idle task uses nearly all of its CPU, or more")
                .at(&view.place("base_cpu"), format!("{base} vCPU"))
                .also(&view.place("cpu"), format!("{} vCPU", f64::from(cpu) / 1024.0))
                .expected(format!("at most nine tenths of the task's CPU: {most} vCPU")),
        );
        return None;
    }
    Some((base * 1_024_000.0).round() as u32)
}

/// What a size in vCPUs or GB is in the units of a task definition, where those make a size that Fargate sells.
fn whole_units(cpu: u32, memory: u32) -> Option<String> {
    let (units, mib) =
        (if cpu <= 32 { cpu * 1024 } else { cpu }, if memory <= 244 { memory * 1024 } else { memory });
    let is_sold = task_size::memories(units).contains(&mib) && (units, mib) != (cpu, memory);
    is_sold.then(|| format!("cpu = {units}, memory = {mib}, if vCPUs or GB are meant"))
}

pub(crate) fn startup(service: View<'_>, lower: &mut Lower<'_>) -> Option<StartupPlan> {
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
        boot_cpu: view.number("boot_cpu")?,
        warm_up: if view.is_given("warm_up") { Some(warm_up(view.table("warm_up")?, lower)?) } else { None },
    })
}

fn warm_up(view: View<'_>, lower: &mut Lower<'_>) -> Option<WarmUpPlan> {
    let plan = WarmUpPlan {
        factor: view.number("factor")?,
        requests: u64::from(view.count("requests")?),
        over: view.duration("over")?,
    };
    if plan.requests == 0 && plan.over.0 == 0 {
        lower.report.add(
            Problem::new(codes::MISSING_KEY, "a warm-up needs `requests` or `over`")
                .at(view.place, "neither is given, so it would never be felt")
                .fix("over = \"60s\""),
        );
    }
    Some(plan)
}

/// Size ÷ rate, rounded to the nearest nanosecond.
fn pull_time(image: Bytes, rate: Bytes) -> SimDuration {
    let rate = u128::from(rate.0.max(1));
    let nanos = (u128::from(image.0) * 1_000_000_000 + rate / 2) / rate;
    SimDuration(u64::try_from(nanos).unwrap_or(u64::MAX).min(SimDuration::CAP.0))
}

/// The outer `None`: it is wrong; the inner one: there is none.
#[expect(clippy::option_option, reason = "absent and wrong are two different things here")]
pub(crate) fn load_balancer(
    service: View<'_>,
    assumptions: Option<&Assumptions>,
    lower: &mut Lower<'_>,
) -> Option<Option<LoadBalancerPlan>> {
    if !service.is_given("load_balancer") {
        return Some(None);
    }
    let view = service.table("load_balancer")?;
    let routing = match view.text("algorithm") {
        Some("round_robin") => Some(Routing::RoundRobin),
        Some("least_outstanding_requests") => Some(Routing::LeastOutstandingRequests),
        Some("random") => Some(Routing::Random),
        Some("weighted_random") => Some(Routing::WeightedRandom),
        Some("two_random_choices") => Some(Routing::TwoRandomChoices),
        _ => None,
    };
    let slow_start = slow_start(view, routing, lower);
    let registration = distribution::read(view, "registration", lower);
    let health_check = view.table("health_check")?;
    Some(Some(LoadBalancerPlan {
        routing: routing?,
        nodes: service.count("availability_zones")?,
        registration: registration?,
        health_check: HealthCheckPlan {
            served: match health_check.text("served") {
                Some("apart") => CheckService::Apart,
                Some(_) => CheckService::Queued,
                None if service.table("task")?.count("concurrency")? > 0 => CheckService::Apart,
                None => CheckService::Queued,
            },
            interval: health_check.duration("interval")?,
            initial_healthy_count: match health_check.count("initial_healthy_count") {
                Some(count) => count,
                None if assumptions?.needs_all_checks => health_check.count("healthy_threshold")?,
                None => 1,
            },
            healthy_lag: assumptions?.healthy_lag,
            first_check: assumptions?.first_health_check,
            timeout: health_check.duration("timeout")?,
            unhealthy_threshold: health_check.count("unhealthy_threshold")?,
            healthy_threshold: health_check.count("healthy_threshold")?,
            grace_period: view.duration("health_check_grace_period")?,
        },
        deregistration_delay: view.duration("deregistration_delay")?,
        deregistration_end: assumptions?.deregistration_end,
        slow_start: slow_start?,
    }))
}

/// What an Application Load Balancer accepts (`aws-platform.md` §1.7); the limits of weighted random are not published
/// there, so it may be used with it.
fn slow_start(view: View<'_>, routing: Option<Routing>, lower: &mut Lower<'_>) -> Option<SimDuration> {
    let slow_start = view.duration("slow_start")?;
    let refused =
        |what: &str, label: &str| Problem::new(codes::SLOW_START, what).at(&view.place("slow_start"), label);
    if slow_start.0 == 0 {
        return Some(slow_start);
    }
    if slow_start < SimDuration::from_secs(30) {
        lower
            .report
            .add(refused("a `slow_start` below 30 s", "too short").expected("\"0s\", or 30s to 900s"));
    }
    if matches!(routing, Some(Routing::LeastOutstandingRequests | Routing::TwoRandomChoices)) {
        lower.report.add(
            refused("`slow_start` with an algorithm that looks at load", "not with this algorithm")
                .also(&view.place("algorithm"), "it sends requests to the emptiest target")
                .expected("\"0s\", or another `algorithm`"),
        );
    }
    Some(slow_start)
}

pub(crate) fn stopping(parts: &Parts<'_>) -> Option<StoppingPlan> {
    let assumptions = parts.assumptions?;
    let stop_timeout = parts.service.table("task")?.duration("stop_timeout")?;
    Some(StoppingPlan {
        lag: if parts.service.is_given("load_balancer") {
            assumptions.deregistration_lag
        } else {
            assumptions.stop_lag
        },
        exit_after_sigterm: assumptions.exit_after_sigterm.min(stop_timeout),
        stop_timeout,
        deprovisioning: assumptions.deprovisioning,
    })
}
