//! Step policies whose alarm and steps do not fit together.

use windtunnel_kernel::scaling::aas::{Adjustment, StepPlan};
use windtunnel_kernel::telemetry::Comparison;

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::tree::SourceSpan;
use crate::scenario::lints::range::{self, Range};
use crate::scenario::lints::subject::{Policy, Service, plain};

/// Whether an alarm of this comparison goes to ALARM above its threshold.
pub(super) fn is_above(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::GreaterThanOrEqualToThreshold | Comparison::GreaterThanThreshold)
}

/// How a comparison is written in a sentence.
pub(super) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThanOrEqualToThreshold => "≥",
        Comparison::GreaterThanThreshold => ">",
        Comparison::LessThanThreshold => "<",
        Comparison::LessThanOrEqualToThreshold => "≤",
    }
}

/// Warns of an alarm that never or always is in ALARM, and of values in ALARM that no step covers.
pub(super) fn check(service: &Service<'_>, policy: &Policy<'_>, step: &StepPlan, report: &mut Report) {
    let alarm = &step.alarm;
    let name = service.plan.metrics.name(alarm.metric).to_owned();
    let range = range::of(alarm.metric, alarm.query.statistic, service.plan);
    let unit = range::unit(alarm.metric);
    let (above, threshold) = (is_above(alarm.comparison), alarm.threshold);
    let breaches = |value: f64| alarm.comparison.breaches(value, threshold);
    // The value that breaches most easily, and the one that does so least.
    let (easy, hard) = if above { (range.high, range.low) } else { (range.low, range.high) };
    let condition = format!("{} {}", sign(alarm.comparison), plain(threshold));
    if !breaches(easy) {
        let limit = format!("{} {}{unit}", if above { "at most" } else { "at least" }, plain(easy));
        report.add(
            Problem::new(
                codes::OUT_OF_REACH,
                format!("{name} is {limit}, so the alarm of `{}` ({condition}) never fires", policy.name),
            )
            .at(&policy.threshold_place(), format!("{name} is {limit}"))
            .help("the policy never acts; choose a threshold that the metric can pass"),
        );
        return;
    }
    if breaches(hard) {
        report.add(
            Problem::new(
                codes::ALWAYS_IN_ALARM,
                format!(
                    "{name} is {} {}{unit}, so the alarm of `{}` ({condition}) is always in ALARM",
                    if above { "at least" } else { "at most" },
                    plain(hard),
                    policy.name
                ),
            )
            .at(&policy.threshold_place(), "always passed")
            .help(if above {
                "the policy adds tasks up to `max_capacity`, whatever the load"
            } else {
                "the policy removes tasks down to `min_capacity`, whatever the load"
            }),
        );
    }
    if coverage(policy, step, (&name, unit, range), report) {
        unreachable_steps(policy, step, (&name, unit, range), report);
    }
}

/// Warns of values in ALARM that no step covers; `false` where none covers any. The steps lie side by side, so what they cover
/// is one range.
fn coverage(policy: &Policy<'_>, step: &StepPlan, metric: (&str, &str, Range), report: &mut Report) -> bool {
    let (name, unit, range) = metric;
    let (Some(first), Some(last)) = (step.steps.first(), step.steps.last()) else { return false };
    let threshold = step.alarm.threshold;
    let at = |bound: Option<f64>, open: f64| bound.map_or(open, |bound| threshold + bound);
    let covered = (at(first.lower, f64::NEG_INFINITY), at(last.upper, f64::INFINITY));
    let above = is_above(step.alarm.comparison);
    let alarmed =
        if above { (threshold.max(range.low), range.high) } else { (range.low, threshold.min(range.high)) };
    let place = policy.view.place("steps");
    let (low, high) = alarmed;
    // A single value, such as 0 of a count, has a step or none.
    let is_covered =
        if low < high { covered.0.max(low) < covered.1.min(high) } else { step.select(low).is_some() };
    if !is_covered {
        report.add(
            Problem::new(
                codes::STEPS_MISS_ALARM,
                format!(
                    "no step of `{}` covers a value at which its alarm is in ALARM: {name} is then {}, and the steps cover {}",
                    policy.name,
                    between(low, high, unit),
                    between(covered.0, covered.1, unit)
                ),
            )
            .at(&place, if above { "below the threshold" } else { "above the threshold" })
            .also(&policy.threshold_place(), format!("{} {}", sign(step.alarm.comparison), plain(threshold)))
            .fix(fix(step, above))
            .help("the policy never acts (`no_matching_step`); bounds are differences from the threshold"),
        );
        return false;
    }
    for (from, to) in [(low, covered.0.min(high)), (covered.1.max(low), high)] {
        if from < to {
            partial(policy, name, &between(from, to, unit), &place, report);
        }
    }
    true
}

/// Warns that no step covers `missed`, a part of the values at which the alarm is in ALARM.
fn partial(policy: &Policy<'_>, name: &str, missed: &str, place: &SourceSpan, report: &mut Report) {
    report.add(
        Problem::new(
            codes::STEPS_MISS_ALARM,
            format!(
                "`{}` does nothing while {name} is {missed}: its alarm is in ALARM, and no step covers it",
                policy.name
            ),
        )
        .at(place, format!("nothing for {missed}"))
        .also(&policy.threshold_place(), "the threshold, from which bounds count")
        .help("let the first step begin at the threshold (`lower = 0`, of a low alarm `upper = 0`), or move the threshold"),
    );
}

/// The steps with their bounds on the other side of the threshold.
fn fix(step: &StepPlan, above: bool) -> String {
    let bound = |value: f64| plain(if value.abs() > 0.0 { -value } else { 0.0 });
    let one = |adjustment: &Adjustment| {
        let mut parts = Vec::new();
        parts.extend(adjustment.upper.map(|upper| format!("lower = {}", bound(upper))));
        parts.extend(adjustment.lower.map(|lower| format!("upper = {}", bound(lower))));
        parts.push(format!("adjustment = {}", adjustment.adjustment));
        format!("{{ {} }}", parts.join(", "))
    };
    let mut all: Vec<String> = step.steps.iter().map(one).collect();
    all.reverse();
    let side = if above { "above" } else { "below" };
    format!("steps = [{}], which lie {side} the threshold", all.join(", "))
}

/// Warns of single steps that begin beyond what the metric can reach.
fn unreachable_steps(policy: &Policy<'_>, step: &StepPlan, metric: (&str, &str, Range), report: &mut Report) {
    let (name, unit, range) = metric;
    let threshold = step.alarm.threshold;
    for (index, item) in step.steps.iter().enumerate() {
        let beyond = if is_above(step.alarm.comparison) {
            item.lower.map(|lower| threshold + lower).filter(|begin| *begin > range.high)
        } else {
            item.upper.map(|upper| threshold + upper).filter(|end| *end < range.low)
        };
        let Some(beyond) = beyond else { continue };
        let (limit, key) = if beyond > range.high {
            (format!("at most {}{unit}", plain(range.high)), "lower")
        } else {
            (format!("at least {}{unit}", plain(range.low)), "upper")
        };
        report.add(
            Problem::new(
                codes::OUT_OF_REACH,
                format!(
                    "step {index} of `{}` is for {name} {} {}{unit}, and {name} is {limit}",
                    policy.name,
                    if beyond > range.high { "from" } else { "up to" },
                    plain(beyond)
                ),
            )
            .at(&policy.view.place("steps"), "a step that is never taken")
            .also(&policy.threshold_place(), "the threshold, to which bounds are added")
            .help(format!("`{key}` is a difference from the threshold of {}", plain(threshold))),
        );
    }
}

/// A range of values for people.
fn between(low: f64, high: f64, unit: &str) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{} to {}{unit}", plain(low), plain(high)),
        (true, false) => format!("{}{unit} and more", plain(low)),
        (false, true) => format!("{}{unit} and less", plain(high)),
        (false, false) => "anything".to_owned(),
    }
}
