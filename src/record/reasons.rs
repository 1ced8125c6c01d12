//! The sentences of the decision log: the arithmetic of a decision, so that a person can check it by hand.

use super::digits::{number, push_number, push_whole, thousandths};
use windtunnel_kernel::facts::{TaskFailed, TaskFailure};
use windtunnel_kernel::platform::FaultKind;
use windtunnel_kernel::scaling::aas::{
    Activity, AdjustmentType, AlarmEvaluated, Decision, MOST_TASKS, PolicyInvoked, PolicyKind,
    ScheduledActionRan, ScheduledOutcome, SuspensionChanged, TargetTrackingPlan, Verdict,
};
use windtunnel_kernel::simulation::{FaultMoved, ServicePlan};
use windtunnel_kernel::telemetry::AlarmState;

/// Bytes of a reason that need no second allocation.
const USUAL_LENGTH: usize = 128;

/// The name of an outcome in the log; where AWS has a code for it, that code.
pub(super) const fn outcome(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ScaledOut => "scaled_out",
        Verdict::ScaledIn => "scaled_in",
        Verdict::AlreadyAtMaxCapacity => "AlreadyAtMaxCapacity",
        Verdict::AlreadyAtMinCapacity => "AlreadyAtMinCapacity",
        Verdict::AlreadyAtDesiredCapacity => "AlreadyAtDesiredCapacity",
        Verdict::AutoScalingAnticipatedFlapping => "AutoScalingAnticipatedFlapping",
        Verdict::TargetServicePutResourceAsUnscalable => "TargetServicePutResourceAsUnscalable",
        Verdict::CoolingDown => "cooling_down",
        Verdict::AwaitingDatapoint => "awaiting_datapoint",
        Verdict::NotUnanimous => "not_unanimous",
        Verdict::WithinTarget => "within_target",
        Verdict::NoMatchingStep => "no_matching_step",
        Verdict::Outvoted => "outvoted",
        Verdict::Suspended => "suspended",
    }
}

/// The reason why an alarm changed its state.
pub(super) fn alarm(evaluated: &AlarmEvaluated<'_>, metric: &str) -> String {
    let plan = evaluated.alarm;
    let (n, m) = (plan.evaluation_periods, plan.datapoints_to_alarm);
    let breaching = evaluated
        .evaluation
        .datapoints
        .iter()
        .filter(|value| plan.comparison.breaches(**value, plan.threshold))
        .count();
    let seen = evaluated.evaluation.datapoints.len();
    let verb = match plan.comparison {
        windtunnel_kernel::telemetry::Comparison::GreaterThanThreshold => "above",
        windtunnel_kernel::telemetry::Comparison::GreaterThanOrEqualToThreshold => "at or above",
        windtunnel_kernel::telemetry::Comparison::LessThanThreshold => "below",
        windtunnel_kernel::telemetry::Comparison::LessThanOrEqualToThreshold => "at or below",
    };
    let threshold = number(plan.threshold);
    match evaluated.evaluation.state {
        AlarmState::InsufficientData => {
            format!("{}: no datapoint of {metric} in the evaluation range", plan.name)
        }
        AlarmState::Alarm if seen == 0 => format!(
            "{}: no datapoint of {metric} in the evaluation range, and missing data counts as breaching",
            plan.name
        ),
        AlarmState::Alarm | AlarmState::Ok => {
            let missing = missing(evaluated.evaluation.missing);
            format!(
                "{}: {breaching} of {seen} datapoints {verb} {threshold}; {m} of {n} needed{missing}",
                plan.name
            )
        }
    }
}

/// The words for periods that are newer than the newest datapoint: the alarm rests on older ones.
fn missing(periods: u32) -> String {
    match periods {
        0 => String::new(),
        1 => "; the newest period has no datapoint".to_owned(),
        _ => format!("; the newest {periods} periods have no datapoint"),
    }
}

/// The effect of a scheduled action, in the words of AWS's own activities.
pub(super) fn scheduled(ran: &ScheduledActionRan<'_>) -> String {
    let set = match ran.asked {
        (Some(min), Some(max)) => format!("Setting min capacity to {min} and max capacity to {max}"),
        (Some(min), None) => format!("Setting min capacity to {min}"),
        (None, Some(max)) => format!("Setting max capacity to {max}"),
        (None, None) => "Setting nothing".to_owned(),
    };
    let cause = format!("scheduled action name {} was triggered", ran.name);
    match ran.outcome {
        ScheduledOutcome::Applied => format!("{set}; {cause}"),
        ScheduledOutcome::MinAboveMax => {
            let (min, max) = ran.bounds_before;
            let wanted = (ran.asked.0.unwrap_or(min), ran.asked.1.unwrap_or(max));
            format!(
                "{set}; {cause}; failed: min capacity {} would be above max capacity {}",
                wanted.0, wanted.1
            )
        }
        ScheduledOutcome::Suspended => {
            format!("scheduled action name {} was skipped: scheduled scaling is suspended", ran.name)
        }
    }
}

/// The desired count was moved within its bounds.
pub(super) fn bound_moved(before: u32, after: u32) -> String {
    let bound = if after > before { "minimum" } else { "maximum" };
    format!("{bound} capacity was set to {after}")
}

/// The processes that are suspended from now on.
pub(super) fn suspension(change: &SuspensionChanged) -> String {
    let after = change.after;
    let parts = [
        (after.dynamic_scaling_in, "dynamic scaling in"),
        (after.dynamic_scaling_out, "dynamic scaling out"),
        (after.scheduled_scaling, "scheduled scaling"),
    ];
    let suspended: Vec<&str> = parts.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    if suspended.is_empty() {
        "nothing is suspended any more".to_owned()
    } else {
        format!("suspended from now on: {}", suspended.join(", "))
    }
}

/// The computation of a policy, and its result.
pub(super) fn policy(invoked: &PolicyInvoked<'_>, service: &ServicePlan) -> String {
    let decision = invoked.decision;
    let mut text = String::with_capacity(USUAL_LENGTH);
    arithmetic(&mut text, invoked, service);
    if !text.is_empty() {
        let (all, used) = (invoked.datapoints.len(), decision.points);
        if used > 0 && used < all {
            let since = if used == 1 { "datapoint" } else { "datapoints" };
            text.push_str(&format!(" (of the newest {used} {since}, since the last change)"));
        }
        text.push_str("; ");
    }
    result(&mut text, invoked, service);
    if decision.value.is_some() {
        text.push_str(&missing(invoked.missing));
    }
    text
}

/// The result of an invocation.
fn result(text: &mut String, invoked: &PolicyInvoked<'_>, service: &ServicePlan) {
    let decision = invoked.decision;
    let mut at_bound = |bound: &str, count: u32| {
        text.push_str("the desired count is already ");
        text.push_str(bound);
        push_whole(text, i64::from(count));
    };
    let said = match decision.verdict {
        Verdict::AlreadyAtMaxCapacity => return at_bound("at max_capacity = ", decision.max),
        Verdict::AlreadyAtMinCapacity => return at_bound("at min_capacity = ", decision.min),
        Verdict::AlreadyAtDesiredCapacity => return at_bound("", decision.desired_before),
        Verdict::ScaledOut | Verdict::ScaledIn => changed(decision),
        Verdict::AutoScalingAnticipatedFlapping => flapping(decision, service),
        Verdict::CoolingDown => cooling(invoked),
        Verdict::AwaitingDatapoint => awaiting(decision),
        Verdict::Outvoted => {
            let winner = invoked.winner.and_then(|winner| service.scaling.policies.get(winner.index()));
            let winner =
                winner.map_or_else(|| "another policy".to_owned(), |policy| format!("`{}`", policy.name));
            format!("{winner} asked for more capacity at the same moment")
        }
        other => return text.push_str(constant(other, decision.value.is_some())),
    };
    text.push_str(&said);
}

/// The words for a verdict that has no numbers.
const fn constant(verdict: Verdict, has_value: bool) -> &'static str {
    match verdict {
        Verdict::TargetServicePutResourceAsUnscalable => "no scale-in during a deployment",
        Verdict::NotUnanimous => "another target-tracking policy is not ready to scale in",
        Verdict::WithinTarget => "the aggregated metric is not beyond the threshold",
        Verdict::NoMatchingStep if has_value => "no step covers it",
        Verdict::NoMatchingStep => {
            "the alarm is in ALARM without a datapoint, so there is no value to choose a step by"
        }
        Verdict::Suspended => "scaling in this direction is suspended",
        Verdict::ScaledOut
        | Verdict::ScaledIn
        | Verdict::AlreadyAtMaxCapacity
        | Verdict::AlreadyAtMinCapacity
        | Verdict::AlreadyAtDesiredCapacity
        | Verdict::AutoScalingAnticipatedFlapping
        | Verdict::CoolingDown
        | Verdict::AwaitingDatapoint
        | Verdict::Outvoted => "",
    }
}

/// The formula with its numbers; nothing where there was no value.
fn arithmetic(text: &mut String, invoked: &PolicyInvoked<'_>, service: &ServicePlan) {
    let decision = invoked.decision;
    let Some(value) = decision.value else { return };
    match &service.scaling.policies[decision.policy.index()].kind {
        PolicyKind::TargetTracking(plan) => match decision.proposed {
            Some(proposed) => tracked(text, plan, (decision.base, value), proposed),
            None => {
                push_number(text, value);
                text.push_str(" against a target of ");
                push_number(text, plan.target_value);
            }
        },
        PolicyKind::Step(plan) => {
            let excess = value - plan.alarm.threshold;
            let place = format!(
                "{} is {} from the threshold {}",
                number(value),
                signed(excess),
                number(plan.alarm.threshold)
            );
            text.push_str(&place);
            let (Some(step), Some(proposed)) = (plan.select(value), decision.proposed) else { return };
            let adjustment = match plan.adjustment_type {
                AdjustmentType::ExactCapacity => format!("exactly {}", step.adjustment),
                AdjustmentType::ChangeInCapacity => format!("{} {}", decision.base, change(step.adjustment)),
                AdjustmentType::PercentChangeInCapacity => {
                    format!("{} {} %", decision.base, change(step.adjustment))
                }
            };
            text.push_str(&format!(": {adjustment} = {proposed}"));
        }
    }
}

/// The formula of target tracking.
#[expect(clippy::cast_precision_loss, reason = "thousandths of a number that a float holds")]
fn tracked(text: &mut String, plan: &TargetTrackingPlan, (base, value): (u32, f64), proposed: i64) {
    let count = i64::from(base);
    let rule = plan.proportional(count, value);
    text.push_str("ceil(");
    push_whole(text, count);
    text.push_str(" × ");
    // Three decimals, unless a reader who rounds like this would get another count.
    let first = text.len();
    push_number(text, value);
    let read = match thousandths(value) {
        Some(thousandths) => Some(thousandths as f64 / 1e3),
        None => text[first..].parse().ok(),
    };
    if read.is_none_or(|read| plan.proportional(count, read) != rule) {
        text.truncate(first);
        text.push_str(&format!("{value:.9}"));
    }
    text.push_str(" / ");
    push_number(text, plan.target_value);
    if rule < proposed {
        // A scale-in may be limited by `tt_scale_in_mode` and `tt_scale_in_max_step`.
        let removed = count - proposed;
        text.push_str(&format!(") = {rule}, of which a scale-in takes {removed} at once: {proposed}"));
    } else if rule >= MOST_TASKS {
        text.push_str(&format!(") is more than {MOST_TASKS}, and counts as that"));
    } else {
        text.push_str(") = ");
        push_whole(text, proposed);
    }
}

/// A change with its sign: `+5`, `−5`.
fn change(tasks: i32) -> String {
    if tasks < 0 { format!("− {}", tasks.unsigned_abs()) } else { format!("+ {tasks}") }
}

/// `1 was added`, `7 were added`.
fn added(tasks: i64) -> String {
    format!("{tasks} {} added", if tasks == 1 { "was" } else { "were" })
}

fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{}", number(-value)) } else { format!("+{}", number(value)) }
}

fn changed(decision: &Decision) -> String {
    let change = i64::from(decision.desired_after) - i64::from(decision.desired_before);
    let credit = match (decision.credited, decision.proposed) {
        (Some(credited), Some(proposed)) if credited < proposed => {
            format!("{} in the cooldown already, so {credited}; ", added(proposed - credited))
        }
        (Some(credited), Some(proposed)) if credited > proposed => {
            format!("the largest proposal is {credited}; ")
        }
        _ => String::new(),
    };
    let clamp = match decision.credited {
        Some(count) if count > i64::from(decision.desired_after) => {
            format!("max_capacity = {}; ", decision.max)
        }
        Some(count) if count < i64::from(decision.desired_after) => {
            format!("min_capacity = {}; ", decision.min)
        }
        _ => String::new(),
    };
    let sign = if change < 0 { "−" } else { "+" };
    let cancelled = decision.cancelled.map_or_else(String::new, |cooldown| {
        let Activity { from, to, .. } = cooldown.activity;
        let length = number(cooldown.length.as_secs_f64());
        format!("; ends the scale-in cooldown of {length} s that followed {from} → {to}")
    });
    format!("{credit}{clamp}{sign}{}{cancelled}", change.unsigned_abs())
}

fn cooling(invoked: &PolicyInvoked<'_>) -> String {
    let decision = invoked.decision;
    let clock = cooldown_clock(invoked);
    let what = match (decision.credited, decision.proposed) {
        (Some(credited), Some(proposed)) if credited < proposed => format!(
            "in the cooldown: {} already, {proposed} − {} = {credited} is not above {}",
            added(proposed - credited),
            proposed - credited,
            decision.desired_before
        ),
        (Some(_), Some(proposed)) if proposed > i64::from(decision.base) => format!(
            "in the cooldown only a larger scale-out counts, and the desired count is already {}",
            decision.desired_before
        ),
        _ => "in the cooldown of the last activity".to_owned(),
    };
    format!("{what}{clock}")
}

/// The reason why the datapoints that there are do not suffice.
fn awaiting(decision: &Decision) -> String {
    let old = "no datapoint since the last change of the desired count can be read yet";
    match decision.proposed {
        Some(_) => format!(
            "{old}: {} tasks are those on which these were measured, and {} are desired already",
            decision.base, decision.desired_before
        ),
        None => old.to_owned(),
    }
}

/// The activity whose cooldown runs, and how long it still does.
fn cooldown_clock(invoked: &PolicyInvoked<'_>) -> String {
    let Some(cooldown) = &invoked.decision.cooldown else { return String::new() };
    let activity = &cooldown.activity;
    let length = number(cooldown.length.as_secs_f64());
    let end = match cooldown.until {
        Some(until) => {
            let left = number(until.since(invoked.at).as_secs_f64());
            format!("its {length} s end in {left} s")
        }
        None => format!("its {length} s begin when {} tasks run", activity.to),
    };
    format!(" (of {} → {}; {end})", activity.from, activity.to)
}

fn flapping(decision: &Decision, service: &ServicePlan) -> String {
    let fewer = decision.base.saturating_sub(1);
    let (Some(value), PolicyKind::TargetTracking(plan)) =
        (decision.value, &service.scaling.policies[decision.policy.index()].kind)
    else {
        return String::new();
    };
    if fewer == 0 {
        return "one task is the least that can carry any load".to_owned();
    }
    let predicted = value * f64::from(decision.base) / f64::from(fewer);
    format!("with {fewer} the metric would be {}, above {}", number(predicted), number(plan.target_value))
}

/// The reason why a task failed, and the scheduler's reaction.
pub(super) fn failure(failed: &TaskFailed) -> String {
    let task = failed.task.0;
    match failed.failure {
        TaskFailure::Crashed => format!("task {task} exited of its own accord; it is replaced at once"),
        TaskFailure::OutOfMemory => {
            format!("task {task} was killed because it needed more than its memory; it is replaced at once")
        }
        TaskFailure::UnhealthyTarget => {
            format!(
                "the load balancer's checks of task {task} failed; it is stopped when another has taken its place"
            )
        }
        TaskFailure::NeverHealthy => {
            format!(
                "the target of task {task} never became healthy; the task is stopped and another one started"
            )
        }
        TaskFailure::UnhealthyContainer => {
            format!(
                "the container's checks of task {task} failed; it is stopped when another has taken its place"
            )
        }
        TaskFailure::LaunchFailed => {
            format!(
                "task {task} stopped before it was RUNNING; the scheduler waits longer before it launches another"
            )
        }
        TaskFailure::ZoneLost => format!("task {task} was lost with its availability zone"),
    }
}

/// The description of a fault, as it begins or is over.
pub(super) fn fault(moved: &FaultMoved<'_>) -> String {
    let tasks = moved.tasks;
    let count = format!("{tasks} {}", if tasks == 1 { "task" } else { "tasks" });
    let what = match &moved.fault.kind {
        FaultKind::Crash(_) => format!("{count} crashed"),
        FaultKind::Hang(_) if moved.begins => format!("{count} hung: requests are accepted and not answered"),
        FaultKind::Hang(_) => "the tasks that hung go on".to_owned(),
        FaultKind::CrashLoop(after) => {
            format!("tasks that start crash {} s after they run", number(after.as_secs_f64()))
        }
        FaultKind::SlowDependency(factor) => {
            format!("waits downstream take {} times as long", number(*factor))
        }
        FaultKind::LaunchFailure(probability) => {
            format!("launches fail with probability {}", number(*probability))
        }
        FaultKind::FailingHealthCheck(_) if moved.begins => {
            format!("the health checks of {count} fail, and those of tasks that start")
        }
        FaultKind::FailingHealthCheck(_) => "the health checks pass again".to_owned(),
        FaultKind::ZoneOutage(zone) if moved.begins => {
            format!("availability zone {} was lost with {count}", zone_name(*zone))
        }
        FaultKind::ZoneOutage(zone) => format!("availability zone {} is back", zone_name(*zone)),
    };
    match (&moved.fault.kind, moved.begins) {
        (FaultKind::Hang(_) | FaultKind::FailingHealthCheck(_) | FaultKind::ZoneOutage(_), _) | (_, true) => {
            what
        }
        (_, false) => format!("over: {what}"),
    }
}

/// The letter of an availability zone.
pub(super) fn zone_name(zone: u32) -> char {
    char::from(b'a'.saturating_add(u8::try_from(zone).unwrap_or(25).min(25)))
}
