//! `[service.<name>.load_balancer]`: routing, registration and the health check of the target group.

use windtunnel_kernel::platform::{CheckService, HealthCheckPlan, TargetGroupPlan};
use windtunnel_kernel::serving::{Routing, RoutingPlan};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::distribution;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;

choices! { ROUTINGS: Routing {
    "round_robin" => RoundRobin,
    "least_outstanding_requests" => LeastOutstandingRequests,
    "random" => Random,
    "weighted_random" => WeightedRandom,
    "two_random_choices" => TwoRandomChoices,
} }
choices! { CHECK_SERVICES: CheckService { "queued" => Queued, "apart" => Apart } }

pub(crate) const LOAD_BALANCER: TableSpec = TableSpec {
    doc: "The Application Load Balancer in front of the tasks.",
    keys: &[
        Key::new(
            "algorithm",
            Kind::Choice(ROUTINGS.words),
            "How it chooses a task: in turn; the one with the fewest requests, ties at random; at random; at random by \
             weights, which are equal but for slow start; or the one with fewer requests of two at random, which an \
             Application Load Balancer does not do but service meshes do.",
        )
        .or("\"round_robin\""),
        Key::new(
            "registration",
            distribution::TIMES,
            "From RUNNING until the target is registered. Its checks begin then, and fail while the application boots.",
        )
        .or("\"5s\""),
        Key::new("health_check", Kind::Table(&HEALTH_CHECK), "The target group's health check.").or("{}"),
        Key::new(
            "health_check_grace_period",
            Kind::Duration(0, 2_147_483_647),
            "`healthCheckGracePeriodSeconds`: how long after RUNNING ECS ignores failed checks. Without it, an application that boots \
             longer than `registration` + `interval` × (`unhealthy_threshold` − 1) is stopped before it answers.",
        )
        .or("\"0s\""),
        Key::new(
            "deregistration_delay",
            Kind::Duration(0, 3600),
            "How long a leaving target may finish its requests. Its task runs, and is billed, for the whole delay.",
        )
        .or("\"300s\""),
        Key::new(
            "slow_start",
            Kind::Duration(0, 900),
            "How long a new target's share rises in a straight line: 30 s to 900 s, or \"0s\" for none.",
        )
        .or("\"0s\""),
        Key::new("rules", Kind::Integer(0, 100), "Listener rules; those above 10 count for the LCUs.")
            .or("0"),
        Key::new(
            "public_ipv4",
            Kind::Integer(0, 20),
            "Its public IPv4 addresses, one an availability zone; 0: internal.",
        )
        .or("2"),
    ],
};

const HEALTH_CHECK: TableSpec = TableSpec {
    doc: "The health check of the target group.",
    keys: &[
        Key::new("interval", Kind::Duration(5, 300), "Time between checks.").or("\"30s\""),
        Key::new(
            "served",
            Kind::Choice(CHECK_SERVICES.words),
            "How a task serves its checks: like requests, so that an overloaded task fails them and is replaced; or apart from them, \
             so that only a task that hangs or boots fails. Left out: queued where `task.concurrency = 0`, since then all that a \
             task does stands in one line, else apart, as beside a pool of workers.",
        ),
        Key::new(
            "initial_healthy_count",
            Kind::Integer(1, 10),
            "Passing checks that a new target needs. Left out: `assumptions.initial_health_checks` says it.",
        ),
        Key::new("timeout", Kind::Duration(2, 120), "When a check that is not answered has failed.")
            .or("\"5s\""),
        Key::new(
            "unhealthy_threshold",
            Kind::Integer(2, 10),
            "Failed checks in a row that take a target out of rotation; ECS then replaces its task.",
        )
        .or("2"),
        Key::new(
            "healthy_threshold",
            Kind::Integer(2, 10),
            "Passed checks in a row that put an unhealthy target back.",
        )
        .or("5"),
    ],
};

/// Routing of the requests of a service, and its target group, if it has one; `None` only after an error was reported.
pub(crate) fn load_balancer(
    service: TableReader<'_>,
    assumptions: Option<&Assumptions>,
    builder: &mut Builder<'_>,
) -> Option<(RoutingPlan, Option<TargetGroupPlan>)> {
    if !service.is_given("load_balancer") {
        return Some((RoutingPlan::default(), None));
    }
    let view = service.table("load_balancer")?;
    let routing = view.choice("algorithm", &ROUTINGS);
    let slow_start = slow_start(view, routing, builder);
    let registration = distribution::read(view, "registration", builder);
    let health_check = view.table("health_check")?;
    let nodes = service.count("availability_zones")?;
    let group = TargetGroupPlan {
        registration: registration?,
        health_check: HealthCheckPlan {
            served: match health_check.choice("served", &CHECK_SERVICES) {
                Some(served) => served,
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
    };
    let routing = RoutingPlan { algorithm: routing?, nodes, slow_start: slow_start? };
    Some((routing, Some(group)))
}

/// The slow start \[ns\], refused where an Application Load Balancer does not accept it
/// (`docs/aws/load-balancer.md#slow-start`); the limits of weighted random are not published there, so it may be used
/// with it.
fn slow_start(
    view: TableReader<'_>,
    routing: Option<Routing>,
    builder: &mut Builder<'_>,
) -> Option<SimDuration> {
    let slow_start = view.duration("slow_start")?;
    let refused =
        |what: &str, label: &str| Problem::new(codes::SLOW_START, what).at(&view.place("slow_start"), label);
    if slow_start.0 == 0 {
        return Some(slow_start);
    }
    if slow_start < SimDuration::from_secs(30) {
        builder
            .report
            .add(refused("a `slow_start` below 30 s", "too short").expected("\"0s\", or 30s to 900s"));
    }
    if routing.is_some_and(Routing::looks_at_load) {
        builder.report.add(
            refused("`slow_start` with an algorithm that looks at load", "not with this algorithm")
                .also(&view.place("algorithm"), "it sends requests to the emptiest target")
                .expected("\"0s\", or another `algorithm`"),
        );
    }
    Some(slow_start)
}
