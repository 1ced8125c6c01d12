//! All lints of a service, in the order in which they are reported.

use windtunnel_kernel::scaling::aas::PolicyKind;

use crate::scenario::language::diagnostic::Report;
use crate::scenario::lints::subject::{Service, policies};
use crate::scenario::lints::{capacity, signals, startup, steps, thresholds};

/// Warns of all of it.
pub(crate) fn check(service: &Service<'_>, report: &mut Report) {
    let policies = policies(service);
    for policy in &policies {
        if signals::is_memory_without_memory(service, policy, report) {
            continue;
        }
        let is_slip = signals::target_as_a_share(service, policy, report);
        match policy.kind {
            _ if is_slip => {}
            PolicyKind::TargetTracking(plan) => thresholds::reach(service, policy, plan, report),
            PolicyKind::Step(plan) => steps::check(service, policy, plan, report),
        }
        signals::cooldowns(service, policy, report);
        signals::requests_a_second(service, policy, report);
    }
    thresholds::pairs(service, &policies, report);
    signals::asleep(service, &policies, report);
    capacity::check(service, report);
    startup::check(service, report);
}
