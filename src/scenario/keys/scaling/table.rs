//! Capacities and scaling policies, checked by the rules by which AWS accepts them.

use windtunnel_kernel::scaling::aas::PolicyPlan;
use windtunnel_kernel::telemetry::{Metric, MetricsPlan};

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::limits::CAPACITY;
use crate::scenario::keys::scaling::alarm::ALARM_METRICS;
use crate::scenario::keys::scaling::scheduled::{SCHEDULED, SUSPENDED};
use crate::scenario::keys::scaling::step::{STEP, step};
use crate::scenario::keys::scaling::target_tracking::{TARGET_TRACKING, Tracked, target_tracking};
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;

pub(crate) const SCALING: TableSpec = TableSpec {
    doc: "Capacities and scaling policies. ECS allows 5 000 tasks a service.",
    keys: &[
        Key::new("min_capacity", CAPACITY, "Fewest tasks.").required(),
        Key::new("max_capacity", CAPACITY, "Most tasks.").required(),
        Key::new("desired_count", CAPACITY, "Tasks at second 0, already warm. Left out: `min_capacity`."),
        Key::new("target_tracking", Kind::Map(&TARGET_TRACKING), "Target-tracking policies, by name.")
            .or("{}"),
        Key::new("step", Kind::Map(&STEP), "Step policies, by name.").or("{}"),
        Key::new("scheduled", Kind::Map(&SCHEDULED), "Scheduled actions, by name.").or("{}"),
        Key::new(
            "suspended",
            Kind::List(&SUSPENDED),
            "Times in which scaling is suspended (SuspendedState).",
        )
        .or("[]"),
    ],
};

/// Smallest, largest and first capacity.
pub(crate) fn capacity(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<(u32, u32, u32)> {
    let (min, max) = (view.count("min_capacity"), view.count("max_capacity"));
    let mut ordered = |low: (&str, Option<u32>), high: (&str, Option<u32>)| {
        if let (Some(low_value), Some(high_value)) = (low.1, high.1)
            && low_value > high_value
        {
            builder.report.add(
                Problem::new(
                    codes::CAPACITY_ORDER,
                    format!("`{}` = {low_value} is more than `{}` = {high_value}", low.0, high.0),
                )
                .at(&view.place(low.0), format!("more than {high_value}"))
                .also(&view.place(high.0), format!("less than {low_value}"))
                .expected("min_capacity ≤ desired_count ≤ max_capacity"),
            );
            return false;
        }
        true
    };
    let desired = view.count("desired_count");
    if ordered(("min_capacity", min), ("max_capacity", max)) {
        ordered(("min_capacity", min), ("desired_count", desired));
        ordered(("desired_count", desired), ("max_capacity", max));
    }
    Some((min?, max?, desired?))
}

/// The policies of a service, target tracking first; `None` when one is wrong.
pub(crate) fn read(
    service: TableReader<'_>,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<Vec<PolicyPlan>> {
    let scaling = service.table("scaling")?;
    let mut policies = Vec::new();
    let mut tracked: Vec<Tracked> = Vec::new();
    same_names(scaling, builder);
    for (entry, view) in scaling.table("target_tracking")?.tables() {
        policies.push(target_tracking(entry, view, metrics, &mut tracked, builder));
        needs_load_balancer(service, tracked.last().map(|last| last.metric), &view.place("metric"), builder);
    }
    for (entry, view) in scaling.table("step")?.tables() {
        policies.push(step(view, entry, metrics, builder));
        let metric = view.table("alarm").and_then(|alarm| alarm.choice("metric", &ALARM_METRICS)?);
        let place = view.table("alarm").map_or_else(SourceSpan::nowhere, |alarm| alarm.place("metric"));
        needs_load_balancer(service, metric, &place, builder);
    }
    policies.into_iter().collect()
}

/// A policy's name stands for it in the decision log and keys its random streams, so it must be its own.
fn same_names(scaling: TableReader<'_>, builder: &mut Builder<'_>) -> Option<()> {
    let tracking = scaling.table("target_tracking")?;
    for entry in &scaling.table("step")?.table.entries {
        if let Some(other) = tracking.table.entry(&entry.key) {
            builder.report.add(
                Problem::new(codes::BAD_NAME, format!("two policies are called `{}`", entry.key))
                    .at(&entry.key_place, "this one")
                    .also(&other.key_place, "and this one")
                    .help("AWS wants the names of a service's policies to differ"),
            );
        }
    }
    Some(())
}

fn needs_load_balancer(
    service: TableReader<'_>,
    metric: Option<Metric>,
    place: &SourceSpan,
    builder: &mut Builder<'_>,
) {
    if let Some(metric) = metric
        && metric.is_load_balancer()
        && !service.is_given("load_balancer")
    {
        builder.report.add(
            Problem::new(
                codes::NEEDS_LOAD_BALANCER,
                format!("{} is published by a load balancer, and the service has none", metric.name()),
            )
            .at(place, "a load balancer's metric")
            .help("add a table `load_balancer` to the service"),
        );
    }
}
