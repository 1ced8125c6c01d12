//! Lints of scaling: policies, bounds and health checks that are accepted by AWS and do something else than was meant, as far
//! as the scenario alone tells. Each says it in numbers, with what to write instead. What only a run can tell is not here.

mod capacity;
mod range;
mod signals;
mod startup;
mod steps;
mod thresholds;

use windtunnel_kernel::policy::{PolicyKind, PolicyPlan, StepPlan, TargetTrackingPlan};
use windtunnel_kernel::telemetry::Metric;
use windtunnel_kernel::units::SimDuration;
use windtunnel_kernel::world::ServicePlan;

use crate::scenario::language::diagnostic::Report;
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::Place;

/// A service as lints look at it.
#[derive(Clone, Copy)]
pub(super) struct Service<'a> {
    pub(super) plan: &'a ServicePlan,
    pub(super) view: View<'a>,
    pub(super) horizon: SimDuration,
    /// Calendar time of second 0 [ns since 1970].
    pub(super) second_0: i64,
}

/// A policy with its table in the scenario.
#[derive(Clone, Copy)]
struct Policy<'a> {
    name: &'a str,
    kind: Kind<'a>,
    view: View<'a>,
}

/// What a policy does.
#[derive(Clone, Copy)]
enum Kind<'a> {
    TargetTracking(&'a TargetTrackingPlan),
    Step(&'a StepPlan),
}

/// Warns of all of it.
pub(super) fn check(service: &Service<'_>, report: &mut Report) {
    let policies = policies(service);
    for policy in &policies {
        if signals::is_memory_without_memory(service, policy, report) {
            continue;
        }
        let is_slip = signals::target_as_a_share(service, policy, report);
        match policy.kind {
            _ if is_slip => {}
            Kind::TargetTracking(plan) => thresholds::reach(service, policy, plan, report),
            Kind::Step(plan) => steps::check(service, policy, plan, report),
        }
        signals::cooldowns(service, policy, report);
        signals::requests_a_second(service, policy, report);
    }
    thresholds::pairs(service, &policies, report);
    signals::asleep(service, &policies, report);
    capacity::check(service, report);
    startup::check(service, report);
}

/// The policies with their tables: target tracking first, each kind in the order of the file.
fn policies<'a>(service: &Service<'a>) -> Vec<Policy<'a>> {
    let Some(scaling) = service.view.table("scaling") else { return Vec::new() };
    let find = |policy: &'a PolicyPlan| {
        let (table, kind) = match &policy.kind {
            PolicyKind::TargetTracking(plan) => ("target_tracking", Kind::TargetTracking(plan)),
            PolicyKind::Step(plan) => ("step", Kind::Step(plan)),
        };
        Some(Policy { name: &policy.name, kind, view: scaling.table(table)?.table(&policy.name)? })
    };
    service.plan.policies.iter().filter_map(find).collect()
}

impl Policy<'_> {
    /// What it reads.
    fn metric(&self) -> Metric {
        match self.kind {
            Kind::TargetTracking(plan) => plan.metric,
            Kind::Step(plan) => plan.alarm.metric,
        }
    }

    /// The place of its target, or of its alarm's threshold.
    fn threshold_place(&self) -> Place {
        match self.kind {
            Kind::TargetTracking(_) => self.view.place("target_value"),
            Kind::Step(_) => {
                self.view.table("alarm").map_or_else(Place::nowhere, |alarm| alarm.place("threshold"))
            }
        }
    }
}

/// A number without the noise of its binary form.
fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number of seconds for people.
fn seconds(nanos: f64) -> String {
    format!("{} s", plain((nanos / 1e7).round() / 100.0))
}
