//! Health checks that give up on a task while its application boots.

use windtunnel_kernel::units::SimDuration;

use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::{codes, quantity};
use crate::scenario::lints::subject::{Service, seconds};

/// Warns of an application that boots longer than the target group waits: ECS registers a task at `RUNNING`, its checks fail
/// while the application boots, and after `unhealthy_threshold` of them ECS replaces the task unless the grace period still
/// runs (`docs/aws/health-checks.md#container-health-checks`). Within one, the target must pass `healthy_threshold`
/// checks, since it has become unhealthy.
#[expect(clippy::cast_precision_loss, reason = "times of at most an hour")]
pub(super) fn check(service: &Service<'_>, report: &mut Report) {
    let Some(balancer) = &service.plan.target_group else { return };
    let Some(view) = service.view.table("load_balancer") else { return };
    let boot = service.plan.startup.application_boot.mean_nanos();
    let checks = &balancer.health_check;
    // The first check comes with the registration, and each further one an interval later.
    let registration = SimDuration::from_nanos_f64(balancer.registration.mean_nanos()).0;
    let further = u64::from(checks.unhealthy_threshold.saturating_sub(1));
    let patience = registration.saturating_add(checks.interval.0.saturating_mul(further));
    let grace = checks.grace_period.0;
    let recovery = checks.interval.0.saturating_mul(u64::from(checks.healthy_threshold.max(1)));
    if boot <= patience as f64 || boot + recovery as f64 <= grace as f64 {
        return;
    }
    let text = |nanos: u64| quantity::duration_text(SimDuration(nanos));
    let startup = service.view.table("startup");
    let place = startup.map_or_else(|| view.place.clone(), |startup| startup.place("application_boot"));
    let mut problem = Problem::new(
        codes::BOOT_CUT_OFF,
        format!(
            "the application boots in {} on average, and {} failed health checks every {} make a task unhealthy after {}; {} \
             that pass take {} more, and the grace period is {}",
            seconds(boot),
            checks.unhealthy_threshold,
            text(checks.interval.0),
            text(patience),
            checks.healthy_threshold,
            text(recovery),
            text(grace)
        ),
    )
    .at(&place, "longer than the load balancer waits")
    .help("on AWS, ECS replaces such a task before it has served a request, and its successor too");
    if let Some(check) = view.table("health_check") {
        problem = problem.also(&check.place("interval"), "its health check");
    }
    // Half as long again leaves room for a boot that is slower than the mean.
    let enough = ((boot * 1.5 + recovery as f64) / 1e9).ceil();
    report.add(problem.fix(format!("health_check_grace_period = \"{enough:.0}s\"")));
}
