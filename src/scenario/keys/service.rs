//! `[service.<name>]`: the tables of a service, and the plan that they make together.

use windtunnel_kernel::service::StoppingPlan;
use windtunnel_kernel::world::ServicePlan;

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::context::Parts;
use crate::scenario::keys::failure::FAILURE;
use crate::scenario::keys::limits::MOST_ZONES;
use crate::scenario::keys::load_balancer::{self, LOAD_BALANCER};
use crate::scenario::keys::metrics::{self, METRIC, MONITORING};
use crate::scenario::keys::prices::Prices;
use crate::scenario::keys::request::{self, REQUEST};
use crate::scenario::keys::scaling::scheduled::ScheduleText;
use crate::scenario::keys::scaling::table::SCALING;
use crate::scenario::keys::startup::{self, STARTUP};
use crate::scenario::keys::task::{self, TASK};
use crate::scenario::keys::traffic::table::{Source, TRAFFIC};
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

/// What a report says of a service beyond the kernel's plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceNotes {
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The trace it replays, if any.
    pub trace: Option<TraceCounts>,
    /// Its scheduled actions as they are written, in the order of the plan.
    pub schedules: Vec<ScheduleText>,
}

/// The plan of a service, and what reports say of it beside that; `None` only after an error was reported.
pub(crate) fn plan(
    parts: &Parts<'_>,
    source: Option<&Source>,
    prices: Option<&Prices>,
    lower: &mut Lower<'_>,
) -> Option<(ServicePlan, ServiceNotes)> {
    let view = parts.service;
    let task = task::task(view, lower);
    let zones = view.count("availability_zones");
    let faults = zones.and_then(|zones| faults::of_service(parts, zones, lower));
    let request = view.table("request").and_then(|request| request::request(request, lower));
    let startup = startup::startup(view, lower);
    let load_balancer = load_balancer::load_balancer(view, parts.assumptions, lower);
    let stopping = stopping(parts);
    let capacity = view.table("scaling").and_then(|scaling| scaling::table::capacity(scaling, lower));
    let metrics = metrics::read(view, parts.assumptions, lower);
    let policies = metrics.as_ref().and_then(|metrics| scaling::table::read(view, metrics, lower));
    let clock = scaling::scheduled::read(parts, lower);
    let traffic = source.and_then(|source| traffic::table::plan(source, parts, lower));
    let tariff = prices.and_then(|prices| prices.tariff(parts, lower));
    let (traffic, trace) = traffic?;
    let (min_capacity, max_capacity, desired_count) = capacity?;
    let assumptions = parts.assumptions?;
    let (request, task) = (request?, task?);
    let overdue_after = request::overdue_after(view.table("request")?, &request, &task)?;
    let plan = ServicePlan {
        name: parts.name.to_owned(),
        traffic,
        request,
        task,
        startup: startup?,
        stopping: stopping?,
        load_balancer: load_balancer?,
        min_capacity,
        max_capacity,
        desired_count,
        replacement: assumptions.replacement.clone(),
        scale_in_victim: assumptions.scale_in_victim,
        zones: zones?,
        launch_backoff: assumptions.launch_backoff,
        faults: faults?,
        policies: policies?,
        clock: clock?,
        metrics: metrics?,
        policy_rules: assumptions.policy_rules.clone(),
        telemetry: assumptions.telemetry.clone(),
        tariff: tariff?,
        overdue_after,
    };
    let architecture = view.table("task")?.text("architecture")?.to_owned();
    let schedules = scaling::scheduled::texts(view)?;
    Some((plan, ServiceNotes { architecture, trace, schedules }))
}

/// How a task of the service is stopped.
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
