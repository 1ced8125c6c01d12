//! Subjects of lints: a service with its tables, and its policies with theirs.

use windtunnel_kernel::scaling::aas::{PolicyKind, PolicyPlan};
use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::telemetry::Metric;
use windtunnel_kernel::units::SimDuration;

use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;

/// A service as lints look at it.
#[derive(Clone, Copy)]
pub(crate) struct Service<'a> {
    pub(crate) plan: &'a ServicePlan,
    pub(crate) view: TableReader<'a>,
    pub(crate) horizon: SimDuration,
    /// Calendar time of second 0 [ns since 1970].
    pub(crate) second_0: i64,
}

/// A policy with its table in the scenario.
#[derive(Clone, Copy)]
pub(super) struct Policy<'a> {
    plan: &'a PolicyPlan,
    pub(super) name: &'a str,
    pub(super) kind: &'a PolicyKind,
    pub(super) view: TableReader<'a>,
}

/// The policies with their tables: target tracking first, each kind in the order of the file.
pub(super) fn policies<'a>(service: &Service<'a>) -> Vec<Policy<'a>> {
    let Some(scaling) = service.view.table("scaling") else { return Vec::new() };
    let find = |policy: &'a PolicyPlan| {
        let table = match policy.kind {
            PolicyKind::TargetTracking(_) => "target_tracking",
            PolicyKind::Step(_) => "step",
        };
        Some(Policy {
            plan: policy,
            name: &policy.name,
            kind: &policy.kind,
            view: scaling.table(table)?.table(&policy.name)?,
        })
    };
    service.plan.scaling.policies.iter().filter_map(find).collect()
}

impl Policy<'_> {
    /// What it reads.
    pub(super) fn metric(&self) -> Metric {
        self.plan.metric()
    }

    /// The place of its target, or of its alarm's threshold.
    pub(super) fn threshold_place(&self) -> SourceSpan {
        match self.kind {
            PolicyKind::TargetTracking(_) => self.view.place("target_value"),
            PolicyKind::Step(_) => {
                self.view.table("alarm").map_or_else(SourceSpan::nowhere, |alarm| alarm.place("threshold"))
            }
        }
    }
}

/// A number without the noise of its binary form.
pub(super) fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number of seconds for people.
pub(super) fn seconds(nanos: f64) -> String {
    format!("{} s", plain((nanos / 1e7).round() / 100.0))
}
