//! What the fluid plane cannot represent, key by key. Everything a service can say is either a flow, or named here.

use windtunnel_kernel::service::CpuDiscipline;
use windtunnel_kernel::world::ServicePlan;

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;

/// A key whose value needs single requests.
pub(crate) struct Obstacle {
    table: &'static str,
    key: &'static str,
    why: &'static str,
    instead: &'static str,
}

/// The first key of `plan` that flows cannot follow.
pub(crate) fn obstacle(plan: &ServicePlan) -> Option<Obstacle> {
    let (request, balancer) = (&plan.request, plan.load_balancer.as_ref());
    let out = "nothing: leave it out";
    let obstacles = [
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
            plan.task.health.time_to_crash.is_some(),
            ("failure", "time_to_crash", "tasks that run until they are stopped", out),
        ),
        (plan.startup.warm_up.is_some(), ("startup", "warm_up", "tasks that are all alike", out)),
        (
            plan.routing().looks_at_load(),
            (
                "load_balancer",
                "algorithm",
                "routes that do not look at load",
                "\"round_robin\" or \"random\"",
            ),
        ),
        (
            balancer.is_some_and(|balancer| balancer.slow_start.0 > 0),
            ("load_balancer", "slow_start", "equal shares", "\"0s\""),
        ),
    ];
    let first = obstacles.into_iter().find(|(is_there, _)| *is_there);
    first.map(|(_, (table, key, why, instead))| Obstacle { table, key, why, instead })
}

/// The error that names the key.
pub(crate) fn refusal(root: View<'_>, service: &str, obstacle: &Obstacle) -> Problem {
    let problem = Problem::new(codes::NOT_A_FLOW, format!("the fluid plane knows {} only", obstacle.why));
    let table = root.table("service").and_then(|services| services.table(service));
    let problem = match table.and_then(|service| service.table(obstacle.table)) {
        Some(table) => problem.at(&table.place(obstacle.key), "this asks for more"),
        None => problem,
    };
    problem
        .also(&root.place("fidelity"), "asked for here")
        .expected(obstacle.instead)
        .help("`fidelity = \"requests\"` simulates each request on its own")
}
