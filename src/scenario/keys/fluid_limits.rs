//! What the fluid plane cannot represent, key by key. Everything a service can say is either a flow, or named here.

use windtunnel_kernel::serving::CpuDiscipline;
use windtunnel_kernel::simulation::ServicePlan;

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::TableReader;

/// A key whose value needs single requests.
pub(crate) struct FluidBlocker {
    table: &'static str,
    key: &'static str,
    why: &'static str,
    instead: &'static str,
}

/// The first key of `plan` that flows cannot follow.
pub(crate) fn first_blocker(plan: &ServicePlan) -> Option<FluidBlocker> {
    let request = &plan.request;
    let out = "nothing: leave it out";
    let blockers = [
        (
            request.timeout.as_ref().is_some_and(|timeout| timeout.as_constant().is_none()),
            ("request", "timeout", "one patience for all clients", "a fixed duration such as \"30s\""),
        ),
        (!request.classes.is_empty(), ("request", "class", "requests that are all alike", out)),
        (request.retry.is_some(), ("request", "retry", "clients that try once", out)),
        (request.cancel_timed_out, ("request", "cancel_timed_out", "tasks that work on in vain", "false")),
        (
            plan.task.cpu_discipline == CpuDiscipline::ProcessorSharing,
            ("task", "cpu_discipline", "CPU work in order of arrival", "\"fcfs\""),
        ),
        (
            plan.task.runs_out_of_memory(),
            ("task", "out_of_memory", "tasks that stay within their memory", "\"ignore\""),
        ),
        (
            plan.task_health.time_to_crash.is_some(),
            ("failure", "time_to_crash", "tasks that run until they are stopped", out),
        ),
        (plan.warm_up.is_some(), ("startup", "warm_up", "tasks that are all alike", out)),
        (
            plan.routing.algorithm.looks_at_load(),
            (
                "load_balancer",
                "algorithm",
                "routes that do not look at load",
                "\"round_robin\" or \"random\"",
            ),
        ),
        (plan.routing.slow_start.0 > 0, ("load_balancer", "slow_start", "equal shares", "\"0s\"")),
    ];
    let first = blockers.into_iter().find(|(is_there, _)| *is_there);
    first.map(|(_, (table, key, why, instead))| FluidBlocker { table, key, why, instead })
}

/// The error that names the key.
pub(crate) fn refusal(root: TableReader<'_>, service: &str, blocker: &FluidBlocker) -> Problem {
    let problem = Problem::new(codes::NOT_A_FLOW, format!("the fluid plane knows {} only", blocker.why));
    let table = root.table("service").and_then(|services| services.table(service));
    let problem = match table.and_then(|service| service.table(blocker.table)) {
        Some(table) => problem.at(&table.place(blocker.key), "this asks for more"),
        None => problem,
    };
    problem
        .also(&root.place("fidelity"), "asked for here")
        .expected(blocker.instead)
        .help("`fidelity = \"requests\"` simulates each request on its own")
}
