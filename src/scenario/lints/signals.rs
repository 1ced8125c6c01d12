//! Metrics that cannot steer: those that read zero for ever, that vanish with the last task, that are older than the last
//! action, and targets in another unit than the metric's.

use windtunnel_kernel::scaling::aas::PolicyKind;
use windtunnel_kernel::telemetry::{Metric, Statistic, Variable};
use windtunnel_kernel::units::{NANOS_PER_SEC, SimDuration};

use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::{codes, quantity};
use crate::scenario::lints::steps;
use crate::scenario::lints::subject::{Policy, Service, plain, seconds};

/// Warns of a policy on the memory of tasks that need none; `true` where it did.
pub(super) fn is_memory_without_memory(
    service: &Service<'_>,
    policy: &Policy<'_>,
    report: &mut Report,
) -> bool {
    let task = &service.plan.task;
    let needs_memory = task.base_memory.0 > 0 || task.memory_per_request.0 > 0 || task.memory_growth.0 > 0;
    let reads = match policy.metric() {
        Metric::MemoryUtilization => true,
        Metric::Custom(index) => service
            .plan
            .metrics
            .custom
            .get(usize::from(index))
            .is_some_and(|custom| custom.expression.variables().any(|v| v == Variable::MemoryUtilization)),
        _ => false,
    };
    if needs_memory || !reads {
        return false;
    }
    let place = match policy.kind {
        PolicyKind::TargetTracking(_) => policy.view.place("metric"),
        PolicyKind::Step(_) => policy
            .view
            .table("alarm")
            .map_or_else(|| policy.view.place.clone(), |alarm| alarm.place("metric")),
    };
    report.add(
        Problem::new(
            codes::NO_MEMORY,
            format!(
                "`{}` reads the memory of tasks that use none: `base_memory` and `memory_per_request` are 0, so it is 0 % for ever",
                policy.name
            ),
        )
        .at(&place, "always 0 %")
        .fix("base_memory = \"400MiB\", what an idle task of yours uses, in the table `task`")
        .help("a policy that always reads 0 % never scales out and never holds back a scale-in of the others"),
    );
    true
}

/// Warns of a utilization that is given as a share of 1 where percent are meant; `true` where it did.
pub(super) fn target_as_a_share(service: &Service<'_>, policy: &Policy<'_>, report: &mut Report) -> bool {
    let (value, key, statistic) = match policy.kind {
        PolicyKind::TargetTracking(plan) => (plan.target_value, "target_value", plan.query.statistic),
        PolicyKind::Step(plan) if steps::is_above(plan.alarm.comparison) => {
            (plan.alarm.threshold, "threshold", plan.alarm.query.statistic)
        }
        PolicyKind::Step(_) => return false,
    };
    let metric = policy.metric();
    let is_share = matches!(metric, Metric::CpuUtilization | Metric::MemoryUtilization)
        && statistic == Statistic::Average
        && value > 0.0
        && value < 1.0;
    if is_share {
        let name = service.plan.metrics.name(metric);
        report.add(
            Problem::new(
                codes::SHARE_FOR_PERCENT,
                format!(
                    "`{key}` = {} is {} % of {name}, which is measured in percent",
                    plain(value),
                    plain(value)
                ),
            )
            .at(&policy.threshold_place(), format!("{} %?", plain(value * 100.0)))
            .fix(format!("{key} = {}", plain(value * 100.0)))
            .help("at so low a value every service runs at `max_capacity`"),
        );
    }
    is_share
}

/// Warns of cooldowns that end before the metric shows what the last action did: the newest datapoint that an evaluation can
/// see began a delay, a period and an evaluation interval ago (`docs/aws/alarms.md#publication-delay`).
pub(super) fn cooldowns(service: &Service<'_>, policy: &Policy<'_>, report: &mut Report) {
    let (period, interval, given) = match policy.kind {
        PolicyKind::TargetTracking(plan) => {
            let interval = if plan.query.is_high_resolution() { 10 } else { 60 };
            let mut given = vec![("scale_out_cooldown", plan.scale_out_cooldown)];
            if !plan.disable_scale_in {
                given.push(("scale_in_cooldown", plan.scale_in_cooldown));
            }
            (plan.query.period, SimDuration::from_secs(interval), given)
        }
        PolicyKind::Step(plan) => {
            (plan.alarm.query.period, plan.alarm.evaluation_interval(), vec![("cooldown", plan.cooldown)])
        }
    };
    let delay = SimDuration::from_nanos_f64(
        service.plan.telemetry.delay(&service.plan.metrics, policy.metric()).mean_nanos(),
    );
    let age = SimDuration(delay.0.saturating_add(period.0).saturating_add(interval.0));
    let text = |span: SimDuration| seconds(span.as_secs_f64() * 1e9);
    for (key, cooldown) in given.into_iter().filter(|(_, cooldown)| *cooldown < age) {
        report.add(
            Problem::new(
                codes::SHORT_COOLDOWN,
                format!(
                    "`{key}` of `{}` is {}, and its metric may be {} old: {} on average until a datapoint can be read, {} of its \
                     period, {} until the next evaluation",
                    policy.name,
                    text(cooldown),
                    text(age),
                    text(delay),
                    text(period),
                    text(interval)
                ),
            )
            .at(&policy.view.place(key), format!("shorter than {}", text(age)))
            .fix(format!("{key} = \"{}\"", quantity::duration_text(SimDuration(age.0.div_ceil(NANOS_PER_SEC) * NANOS_PER_SEC))))
            .help(match policy.kind {
                PolicyKind::TargetTracking(_) => {
                    "the policy waits for a datapoint since its last action, so it acts no sooner for it; with \
                     `assumptions.tt_datapoints = \"alarm_window\"` it acts on older ones and swings"
                }
                PolicyKind::Step(_) => {
                    "the policy acts again on a datapoint from before its last action; repeated, that swings between \
                     `min_capacity` and `max_capacity`"
                }
            }),
        );
    }
}

/// Warns of a target of requests a minute that the mean traffic exceeds even at the most tasks.
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
pub(super) fn requests_a_second(service: &Service<'_>, policy: &Policy<'_>, report: &mut Report) {
    let PolicyKind::TargetTracking(plan) = policy.kind else { return };
    if plan.metric != Metric::RequestCountPerTarget {
        return;
    }
    let most = service.plan.scaling.schedule.actions.iter().filter_map(|action| action.max_capacity);
    let most = most.chain([service.plan.scaling.max_capacity]).max().unwrap_or(0);
    let horizon = (service.horizon.0 as f64 / 1e9).max(1e-9);
    let mean = service.plan.traffic.expected_requests(service.horizon) / horizon;
    let target = plan.target_value;
    let wanted = (mean * 60.0 / target).ceil();
    if wanted <= f64::from(most) {
        return;
    }
    let mut problem = Problem::new(
        codes::REQUESTS_A_SECOND,
        format!(
            "at the mean of {} requests a second `{}` asks for {} tasks ({} × 60 s ÷ {}), and at most {most} may run",
            plain(mean),
            policy.name,
            quantity::grouped(wanted),
            plain(mean),
            plain(target)
        ),
    )
    .at(&policy.threshold_place(), "requests a target and minute")
    .help("the metric counts the requests of a minute; the service stays at `max_capacity`");
    if (mean / target).ceil() <= f64::from(most) {
        let fix = format!("target_value = {}, if {} a second are meant", plain(target * 60.0), plain(target));
        problem = problem.fix(fix);
    }
    report.add(problem);
}

/// Warns of a minimum of 0 where no policy and no scheduled action brings the first task back.
pub(super) fn asleep(service: &Service<'_>, policies: &[Policy<'_>], report: &mut Report) {
    let plan = service.plan;
    let Some(scaling) = service.view.table("scaling") else { return };
    let actions = &plan.scaling.schedule.actions;
    let may_be_none =
        plan.scaling.min_capacity == 0 || actions.iter().any(|action| action.min_capacity == Some(0));
    let becomes_none = plan.desired_count == 0
        || policies.iter().any(scales_in)
        || actions.iter().any(|action| action.max_capacity == Some(0));
    let is_woken = actions.iter().any(|action| action.min_capacity.is_some_and(|min| min > 0));
    if !may_be_none || !becomes_none || is_woken || policies.is_empty() || plan.scaling.max_capacity == 0 {
        return;
    }
    let mut reasons = Vec::new();
    for policy in policies.iter().filter(|policy| scales_out_from_none(policy)) {
        match vanishes(service, policy) {
            Some(reason) => reasons.push(reason),
            None => return,
        }
    }
    let why =
        if reasons.is_empty() { "no policy adds a task to none".to_owned() } else { reasons.join(", ") };
    report.add(
        Problem::new(codes::NOTHING_WAKES, format!("once no task runs, nothing starts one again: {why}"))
            .at(&scaling.place("min_capacity"), "the service can scale in to 0")
            .fix("min_capacity = 1")
            .help(
                "or a scheduled action with `min_capacity = 1`, or a step policy on HTTPCode_ELB_5XX_Count, which counts requests that \
                 find no target",
            ),
    );
}

fn scales_in(policy: &Policy<'_>) -> bool {
    match policy.kind {
        PolicyKind::TargetTracking(plan) => !plan.disable_scale_in,
        PolicyKind::Step(plan) => plan.steps.iter().any(|step| plan.apply(step, 1) < 1),
    }
}

fn scales_out_from_none(policy: &Policy<'_>) -> bool {
    match policy.kind {
        PolicyKind::TargetTracking(_) => true,
        PolicyKind::Step(plan) => plan.steps.iter().any(|step| plan.apply(step, 0) > 0),
    }
}

/// Why the policy sees nothing while no task runs; `None` where it does. ECS publishes nothing for an empty service, and an
/// empty target group serves and answers nothing (`docs/aws/metrics.md#empty-services`).
fn vanishes(service: &Service<'_>, policy: &Policy<'_>) -> Option<String> {
    let metric = policy.metric();
    let name = service.plan.metrics.name(metric);
    let reason = |what: &str| Some(format!("`{}` reads {name}, which {what}", policy.name));
    match metric {
        Metric::CpuUtilization | Metric::MemoryUtilization => reason("has no datapoints without tasks"),
        Metric::RequestCountPerTarget => reason("counts nothing without targets"),
        Metric::TargetResponseTime | Metric::Target5xxCount => reason("has no datapoints without targets"),
        Metric::Custom(index) => {
            let custom = service.plan.metrics.custom.get(usize::from(index))?;
            let arrivals = |variable| matches!(variable, Variable::Requests | Variable::Rejected);
            match custom.expression.evaluate(without_tasks) {
                None => reason("has no value without tasks"),
                Some(_) if custom.expression.variables().any(arrivals) => None,
                Some(value) => match policy.kind {
                    PolicyKind::TargetTracking(plan) if value <= plan.target_value => {
                        reason(&format!("is {} without tasks", plain(value)))
                    }
                    _ => None,
                },
            }
        }
        _ => None,
    }
}

/// What a variable is while no task runs and requests arrive.
fn without_tasks(variable: Variable) -> Option<f64> {
    match variable {
        Variable::CpuUtilization
        | Variable::MemoryUtilization
        | Variable::ResponseTimeMean
        | Variable::ResponseTimePercentile(_) => None,
        Variable::Requests | Variable::Rejected => Some(1.0),
        _ => Some(0.0),
    }
}
