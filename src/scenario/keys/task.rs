//! `[service.<name>.task]`: the size of a task, what it uses by itself, and the check of its container.

use windtunnel_kernel::platform::{ContainerCheckPlan, TaskHealthPlan};
use windtunnel_kernel::serving::{CpuDiscipline, TaskPlan};
use windtunnel_kernel::units::Bytes;

use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::{failure, task_size};
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;

const TIB: u64 = 1 << 40;

choices! { DISCIPLINES: CpuDiscipline { "fcfs" => Fcfs, "processor_sharing" => ProcessorSharing } }
choices! {
    /// The name by which the price book and reports know an instruction set.
    pub(crate) ARCHITECTURES = &'static str { "x86_64" => "x86_64", "arm64" => "arm64" }
}
choices! {
    /// Whether a task that needs more than its memory is killed.
    OUT_OF_MEMORY = bool { "kill" => true, "ignore" => false }
}

pub(crate) const TASK: TableSpec = TableSpec {
    doc: "What a task is; `cpu` and `memory` must be a size that Fargate sells.",
    keys: &[
        Key::new("cpu", Kind::Integer(1, 32_768), "CPU units; 1024 are one vCPU.").or("1024"),
        Key::new("memory", Kind::Integer(1, 249_856), "Memory [MiB].").or("2048"),
        Key::new(
            "architecture",
            Kind::Choice(ARCHITECTURES.words),
            "Instruction set: for the price, and for the speed of a vCPU (`assumptions.arm64_speed`).",
        )
        .or("\"x86_64\""),
        Key::new("cpu_discipline", Kind::Choice(DISCIPLINES.words), "How the CPU is shared among requests.")
            .or("\"fcfs\""),
        Key::new(
            "concurrency",
            Kind::Integer(0, 65_536),
            "Requests in service at once in a task; 0 is unlimited.",
        )
        .or("0"),
        Key::new(
            "queue",
            Kind::Integer(0, 10_000_000),
            "Requests that may wait for a place before a 503. Left out: unlimited.",
        ),
        Key::new(
            "base_cpu",
            Kind::Number(0.0, 32.0),
            "CPU that a running task uses whatever its requests do: runtime, agents, sidecars [vCPU]. Requests get the rest, and \
             CPUUtilization never falls to 0. Range: 0 to 0.05.",
        )
        .or("0.005"),
        Key::new("base_memory", Kind::Size(0, TIB), "Memory of the idle task.").or("\"0MiB\""),
        Key::new("memory_per_request", Kind::Size(0, TIB), "Memory that each request in service adds.")
            .or("\"0MiB\""),
        Key::new(
            "memory_growth_per_hour",
            Kind::Size(0, TIB),
            "Memory that a running task gains every hour: a leak, or a cache that fills.",
        )
        .or("\"0MiB\""),
        Key::new(
            "memory_growth_limit",
            Kind::Size(0, TIB),
            "What it gains at most: the plateau of a cache. Left out: no limit.",
        ),
        Key::new(
            "memory_retained",
            Kind::Number(0.0, 1.0),
            "Share of the memory of the most requests that a task has had in service which stays with it: a heap that does not \
             shrink. The most is that of the means of a metric's periods.",
        )
        .or("0.0"),
        Key::new(
            "out_of_memory",
            Kind::Choice(OUT_OF_MEMORY.words),
            "What happens when the task needs more than its memory: it is killed and its requests fail, as with \
             Fargate, or the utilization goes above 100 %.",
        )
        .or("\"kill\""),
        Key::new(
            "container_health_check",
            Kind::Table(&CONTAINER_HEALTH_CHECK),
            "The container's own health check. Left out: none.",
        ),
        Key::new("image_size", Kind::Size(0, 16 * TIB / 1024), "Compressed size of the image.")
            .or("\"150MiB\""),
        Key::new(
            "stop_timeout",
            Kind::Duration(2, 120),
            "From SIGTERM to SIGKILL; Fargate allows 2 s to 120 s.",
        )
        .or("\"30s\""),
        Key::new(
            "ephemeral_storage",
            Kind::Size(20 << 30, 200 << 30),
            "Ephemeral storage; 20 GiB are included.",
        )
        .or("\"20GiB\""),
        Key::new(
            "assign_public_ip",
            Kind::Bool,
            "Whether every task has a public IPv4 address, which is billed.",
        )
        .or("false"),
    ],
};

pub(crate) const CONTAINER_HEALTH_CHECK: TableSpec = TableSpec {
    doc: "The container's health check of the task definition; the defaults are those of ECS.",
    keys: &[
        Key::new("interval", Kind::Duration(5, 300), "Time between checks.").or("\"30s\""),
        Key::new("timeout", Kind::Duration(2, 60), "When a check that is not answered has failed.")
            .or("\"5s\""),
        Key::new("retries", Kind::Integer(1, 10), "Failed checks in a row that make the task unhealthy.")
            .or("3"),
        Key::new("start_period", Kind::Duration(0, 300), "Failures that do not count, from RUNNING on.")
            .or("\"0s\""),
    ],
};

pub(crate) fn task(context: &ServiceContext<'_>, builder: &mut Builder<'_>) -> Option<TaskPlan> {
    let view = context.service.table("task")?;
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
        builder.report.add(match whole_units(cpu, memory) {
            Some(fix) => problem.fix(fix),
            None => problem,
        });
    }
    let base = view.size("base_memory");
    if let (Some(memory), Some(base)) = (memory, base)
        && base.0 > u64::from(memory) * Bytes::MIB
    {
        builder.report.add(
            Problem::new(codes::TASK_MEMORY, format!("the idle task needs more than its {memory} MiB"))
                .at(&view.place("base_memory"), "more than the task has")
                .also(&view.place("memory"), "all its memory"),
        );
    }
    Some(TaskPlan {
        cpu_units: cpu?,
        memory_mib: memory?,
        vcpu_speed: vcpu_speed(view, context.assumptions)?,
        cpu_discipline: view.choice("cpu_discipline", &DISCIPLINES)?,
        concurrency: Some(view.count("concurrency")?).filter(|places| *places > 0),
        queue: view.count("queue"),
        base_cpu: base_cpu(view, cpu?, builder)?,
        base_memory: base?,
        memory_per_request: view.size("memory_per_request")?,
        memory_retained: view.number("memory_retained")?,
        memory_growth: view.size("memory_growth_per_hour")?,
        memory_growth_limit: view.size("memory_growth_limit"),
        kills_out_of_memory: view.choice("out_of_memory", &OUT_OF_MEMORY)?,
    })
}

/// Failures of a task of its own accord, and its container's check.
pub(crate) fn health(service: TableReader<'_>, builder: &mut Builder<'_>) -> Option<TaskHealthPlan> {
    let task = service.table("task")?;
    let container_check = match task.table("container_health_check") {
        Some(check) if task.is_given("container_health_check") => Some(ContainerCheckPlan {
            interval: check.duration("interval")?,
            timeout: check.duration("timeout")?,
            retries: check.count("retries")?,
            start_period: check.duration("start_period")?,
        }),
        _ => None,
    };
    let failure = failure::read(service.table("failure")?, builder)?;
    Some(TaskHealthPlan {
        time_to_crash: failure.time_to_crash,
        launch_failure: failure.launch_failure,
        container_check,
    })
}

/// CPU that the idle task uses [thousandths of a CPU unit].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the size of a task")]
fn base_cpu(view: TableReader<'_>, cpu: u32, builder: &mut Builder<'_>) -> Option<u32> {
    let base = view.number("base_cpu")?;
    let most = 0.9 * f64::from(cpu) / 1024.0;
    // Of a size that Fargate does not sell there is nothing more to say.
    if task_size::memories(cpu).is_empty() {
        return None;
    }
    if base > most {
        builder.report.add(
            Problem::new(codes::OUT_OF_RANGE, "the idle task uses nearly all of its CPU, or more")
                .at(&view.place("base_cpu"), format!("{base} vCPU"))
                .also(&view.place("cpu"), format!("{} vCPU", f64::from(cpu) / 1024.0))
                .expected(format!("at most nine tenths of the task's CPU: {most} vCPU")),
        );
        return None;
    }
    Some((base * 1_024_000.0).round() as u32)
}

/// A size in vCPUs or GB in the units of a task definition, where those make a size that Fargate sells.
fn whole_units(cpu: u32, memory: u32) -> Option<String> {
    let (units, mib) =
        (if cpu <= 32 { cpu * 1024 } else { cpu }, if memory <= 244 { memory * 1024 } else { memory });
    let is_sold = task_size::memories(units).contains(&mib) && (units, mib) != (cpu, memory);
    is_sold.then(|| format!("cpu = {units}, memory = {mib}, if vCPUs or GB are meant"))
}
/// Speed of a vCPU of the task: that of its architecture.
fn vcpu_speed(task: TableReader<'_>, assumptions: Option<&Assumptions>) -> Option<f64> {
    let is_arm64 = task.choice("architecture", &ARCHITECTURES)? == "arm64";
    if is_arm64 { assumptions.map(|assumptions| assumptions.arm64_speed) } else { Some(1.0) }
}
