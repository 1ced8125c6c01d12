//! `[service.<name>]`: the tables of a service, and the plan that they make together.

use windtunnel_kernel::facts::CapacityKind;
use windtunnel_kernel::platform::StoppingPlan;
use windtunnel_kernel::scaling::aas::ScalableTargetPlan;
use windtunnel_kernel::simulation::ServicePlan;

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::failure::FAILURE;
use crate::scenario::keys::limits::MOST_ZONES;
use crate::scenario::keys::load_balancer::{self, LOAD_BALANCER};
use crate::scenario::keys::metrics::{self, METRIC, MONITORING};
use crate::scenario::keys::prices::Prices;
use crate::scenario::keys::request::{self, REQUEST};
use crate::scenario::keys::scaling::scheduled::ScheduleText;
use crate::scenario::keys::scaling::table::SCALING;
use crate::scenario::keys::startup::{self, STARTUP};
use crate::scenario::keys::task::{self, ARCHITECTURES, TASK};
use crate::scenario::keys::traffic::table::{TRAFFIC, TrafficSource};
use crate::scenario::keys::traffic::trace::TraceCounts;
use crate::scenario::keys::{faults, scaling, traffic};
use crate::scenario::language::schema::{Key, Kind, TableSpec};

pub(crate) const SERVICE: TableSpec = TableSpec {
    doc: "A service: what arrives, what a request needs, what a task is and how its number changes.",
    keys: &[
        Key::new("traffic", Kind::Table(&TRAFFIC), "When requests arrive.").required(),
        Key::new("request", Kind::Table(&REQUEST), "What a request needs.").required(),
        Key::new("task", Kind::Table(&TASK), "What a task is.").or("{}"),
        Key::new("startup", Kind::Table(&STARTUP), "The cold start, stage by stage.").or("{}"),
        Key::new(
            "load_balancer",
            Kind::Table(&LOAD_BALANCER),
            "The Application Load Balancer. Without the table requests go round robin to every running task.",
        ),
        Key::new("monitoring", Kind::Table(&MONITORING), "How often ECS publishes the service's metrics.")
            .or("{}"),
        Key::new("metric", Kind::Map(&METRIC), "Metrics of your own, by name, which policies can use.")
            .or("{}"),
        Key::new("scaling", Kind::Table(&SCALING), "Capacities and scaling policies.").required(),
        Key::new("failure", Kind::Table(&FAILURE), "How tasks fail of their own accord.").or("{}"),
        Key::new(
            "availability_zones",
            Kind::Integer(1, MOST_ZONES),
            "Zones its tasks are spread over; a new task goes where the fewest are.",
        )
        .or("2"),
    ],
};

/// Facts about a service for reports, beyond the kernel's plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceNotes {
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The trace it replays, if any.
    pub trace: Option<TraceCounts>,
    /// Scheduled actions as they are written, in the order of the plan.
    pub schedules: Vec<ScheduleText>,
}

/// The plan of a service, and what reports say of it beside that; `None` only after an error was reported.
pub(crate) fn plan(
    context: &ServiceContext<'_>,
    source: Option<&TrafficSource>,
    prices: Option<&Prices>,
    builder: &mut Builder<'_>,
) -> Option<(ServicePlan, ServiceNotes)> {
    let view = context.service;
    let task_health = task::health(view, builder);
    let task = task::task(context, builder);
    let zones = view.count("availability_zones");
    let faults = zones.and_then(|zones| faults::of_service(context, zones, builder));
    let request = view.table("request").and_then(|request| request::request(request, builder));
    let startup = startup::startup(view, builder);
    let load_balancer = load_balancer::load_balancer(view, context.assumptions, builder);
    let stopping = stopping(context);
    let capacity = view.table("scaling").and_then(|scaling| scaling::table::capacity(scaling, builder));
    let metrics = metrics::read(view, context.assumptions, builder);
    let policies = metrics.as_ref().and_then(|metrics| scaling::table::read(view, metrics, builder));
    let schedule = scaling::scheduled::read(context, builder);
    let traffic = source.and_then(|source| traffic::table::plan(source, context, builder));
    let tariff = prices.and_then(|prices| prices.tariff(context, builder));
    let (traffic, trace) = traffic?;
    let (startup, warm_up) = startup?;
    let (routing, target_group) = load_balancer?;
    let (min_capacity, max_capacity, desired_count) = capacity?;
    let assumptions = context.assumptions?;
    let (request, task) = (request?, task?);
    let overdue_after = request::overdue_after(view.table("request")?, &request, &task)?;
    let plan = ServicePlan {
        name: context.name.to_owned(),
        traffic,
        request,
        task,
        startup,
        stopping: stopping?,
        warm_up,
        task_health: task_health?,
        routing,
        target_group,
        desired_count,
        replacement: assumptions.replacement.clone(),
        scale_in_victim: assumptions.scale_in_victim,
        zones: zones?,
        launch_backoff: assumptions.launch_backoff,
        faults: faults?,
        scaling: ScalableTargetPlan {
            min_capacity,
            max_capacity,
            policies: policies?,
            schedule: schedule?,
            rules: assumptions.policy_rules.clone(),
            alarm_rules: assumptions.alarm_rules,
        },
        metrics: metrics?,
        telemetry: assumptions.telemetry.clone(),
        tariff: tariff?,
        capacity: CapacityKind::Fargate,
        group: None,
        overdue_after,
    };
    let architecture = view.table("task")?.choice("architecture", &ARCHITECTURES)?.to_owned();
    let schedules = scaling::scheduled::texts(view)?;
    Some((plan, ServiceNotes { architecture, trace, schedules }))
}

/// Times of the way from the decision to stop a task to STOPPED.
pub(crate) fn stopping(context: &ServiceContext<'_>) -> Option<StoppingPlan> {
    let assumptions = context.assumptions?;
    let stop_timeout = context.service.table("task")?.duration("stop_timeout")?;
    Some(StoppingPlan {
        lag: if context.service.is_given("load_balancer") {
            assumptions.deregistration_lag
        } else {
            assumptions.stop_lag
        },
        exit_after_sigterm: assumptions.exit_after_sigterm.min(stop_timeout),
        stop_timeout,
        deprovisioning: assumptions.deprovisioning,
    })
}
