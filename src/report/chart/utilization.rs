//! The second panel: CPU and memory utilization in percent, with what the policies compare them to. A policy that counts
//! requests per target is drawn as percent of its target, so that all lines share one axis.

use plotters::prelude::DrawingBackend;

use super::super::numbers::figure;
use super::super::words::plain;
use super::ChartError;
use super::axis::{Scale, percent_label};
use super::canvas::{Canvas, role};
use super::panel::{HEADING, Panel, Reference, Swatch};
use super::series::{most, points};
use super::service_view::ServiceView;
use crate::kernel::scaling::aas::{PolicyKind, PolicyPlan};
use crate::kernel::simulation::ServicePlan;
use crate::kernel::telemetry::{AlarmPlan, Comparison, Metric, Statistic};
use crate::record::MinuteRecord;
use crate::report::palette::Role;

/// Draws the panel between `top` and `bottom` \[px\].
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &ServiceView<'_>,
    top: f64,
    bottom: f64,
) -> Result<(), ChartError> {
    let timeline = &block.service.timeline;
    let series = |value: &dyn Fn(&MinuteRecord) -> Option<f64>| points(timeline, block.per_column, value);
    let cpu = series(&|minute| minute.cpu_utilization.map(|share| share * 100.0));
    let uses_memory = block.plan.is_none_or(uses_memory);
    let memory =
        series(&|minute| minute.memory_utilization.filter(|_| uses_memory).map(|share| share * 100.0));
    let target = block.plan.and_then(per_target_policy);
    let load =
        target.map(|(_, target)| series(&|minute| requests_per_target(minute).map(|n| n / target * 100.0)));
    let references = block.plan.map_or_else(Vec::new, |plan| references(plan, target.is_some()));
    let load_name = target.map(|(name, target)| {
        format!("requests per target, % of {}'s target of {}", plain(name), figure(target))
    });
    let mut entries = vec![(Swatch::Line(role(Role::Cpu), 1.5), "CPU")];
    if uses_memory {
        entries.push((Swatch::Line(role(Role::Memory), 1.5), "memory"));
    }
    if let Some(name) = &load_name {
        entries.push((Swatch::Line(role(Role::PerTarget), 1.5), name));
    }
    Panel::heading(canvas, top, "Utilization", &entries)?;
    let drawn = [Some(&cpu), Some(&memory), load.as_ref()];
    let highest = drawn.iter().flatten().filter_map(|s| most(s)).fold(0.0, f64::max);
    let highest = references.iter().map(|reference| reference.value).fold(highest, f64::max);
    // Up to 100 % the axis is always the same, so that pictures can be compared.
    let panel = Panel::new(&block.time, Scale::linear(highest.max(100.0), 4.0), top + HEADING, bottom);
    panel.grid(canvas, percent_label)?;
    panel.line(canvas, &memory, (role(Role::Memory), 1.5))?;
    if let Some(load) = &load {
        panel.line(canvas, load, (role(Role::PerTarget), 1.5))?;
    }
    panel.line(canvas, &cpu, (role(Role::Cpu), 1.5))?;
    panel.references(canvas, &references)?;
    if most(&cpu).is_none() && most(&memory).is_none() {
        panel.nothing(canvas, "no task ran")?;
    }
    panel.base(canvas)
}

/// Whether memory is worth a line: a scenario that says nothing about it would have one at 0 %.
fn uses_memory(plan: &ServicePlan) -> bool {
    let follows = |policy: &PolicyPlan| policy.metric() == Metric::MemoryUtilization;
    plan.task.base_memory.0 > 0
        || plan.task.memory_per_request.0 > 0
        || plan.scaling.policies.iter().any(follows)
}

/// Requests a task in service got, a minute.
fn requests_per_target(minute: &MinuteRecord) -> Option<f64> {
    let per_s = crate::record::shortfall::offered_per_s(minute);
    (minute.in_service > 0).then(|| per_s * 60.0 / f64::from(minute.in_service))
}

/// The first policy that counts requests per target: its name and what it compares to.
fn per_target_policy(plan: &ServicePlan) -> Option<(&str, f64)> {
    let limit_of = |policy: &PolicyPlan| match &policy.kind {
        PolicyKind::TargetTracking(tracking) if tracking.metric == Metric::RequestCountPerTarget => {
            Some(tracking.target_value)
        }
        PolicyKind::Step(step) if step.alarm.metric == Metric::RequestCountPerTarget => {
            Some(step.alarm.threshold)
        }
        _ => None,
    };
    let found = plan
        .scaling
        .policies
        .iter()
        .find_map(|policy| limit_of(policy).map(|limit| (policy.name.as_str(), limit)));
    found.filter(|(_, limit)| *limit > 0.0)
}

/// The lines that policies compare utilization to [%].
fn references(plan: &ServicePlan, has_load_line: bool) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for policy in &plan.scaling.policies {
        match &policy.kind {
            PolicyKind::TargetTracking(tracking) => {
                if let Some(noun) = noun_of(tracking.metric) {
                    let low = tracking.target_value * plan.scaling.rules.tt_low_ratio;
                    found.push(line(
                        tracking.target_value,
                        format!("{noun} target {}", percent(tracking.target_value)),
                        true,
                    ));
                    if !tracking.disable_scale_in {
                        found.push(line(low, format!("low alarm {}", percent(low)), false));
                    }
                }
            }
            PolicyKind::Step(step) => {
                let is_share = step.alarm.query.statistic == Statistic::Average;
                if is_share && noun_of(step.alarm.metric).is_some() {
                    let sign = sign_of(&step.alarm);
                    let name = format!("{} {sign} {}", plain(&policy.name), percent(step.alarm.threshold));
                    let mut reference = line(step.alarm.threshold, name, false);
                    reference.colour = role(Role::Alarm);
                    found.push(reference);
                }
            }
        }
    }
    if has_load_line {
        found.push(line(100.0, "requests target".to_owned(), true));
    }
    found
}

fn line(value: f64, name: String, is_target: bool) -> Reference {
    Reference { value, name, colour: role(if is_target { Role::Target } else { Role::Alarm }) }
}

fn percent(value: f64) -> String {
    format!("{} %", figure(value))
}

/// The noun for a utilization metric; `None` for a metric that is not in percent.
const fn noun_of(metric: Metric) -> Option<&'static str> {
    match metric {
        Metric::CpuUtilization => Some("CPU"),
        Metric::MemoryUtilization => Some("memory"),
        _ => None,
    }
}

const fn sign_of(alarm: &AlarmPlan) -> &'static str {
    match alarm.comparison {
        Comparison::GreaterThanOrEqualToThreshold => "≥",
        Comparison::GreaterThanThreshold => ">",
        Comparison::LessThanThreshold => "<",
        Comparison::LessThanOrEqualToThreshold => "≤",
    }
}
