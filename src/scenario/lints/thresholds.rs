//! Thresholds of target tracking that its metric cannot pass, and thresholds of two policies that work against each other.

use windtunnel_kernel::scaling::aas::{AdjustmentType, PolicyKind, StepPlan, TargetTrackingPlan};
use windtunnel_kernel::telemetry::{AlarmQuery, Comparison, Metric, Statistic};

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::lints::subject::{Policy, Service, plain};
use crate::scenario::lints::{range, steps};

const MINUTE: f64 = 60e9;

/// Warns of a target that its metric never or always passes. The high alarm is strict
/// (`docs/aws/target-tracking.md#managed-alarms`).
pub(super) fn reach(
    service: &Service<'_>,
    policy: &Policy<'_>,
    plan: &TargetTrackingPlan,
    report: &mut Report,
) {
    let range = range::of(plan.metric, plan.query.statistic, service.plan);
    let name = service.plan.metrics.name(plan.metric);
    let unit = range::unit(plan.metric);
    let target = plan.target_value;
    if target >= range.high {
        report.add(
            Problem::new(
                codes::OUT_OF_REACH,
                format!(
                    "{name} is at most {}{unit}, so it never passes {}",
                    plain(range.high),
                    plain(target)
                ),
            )
            .at(&policy.threshold_place(), "never passed")
            .help("the service will not scale out on it; targets of 40 to 80 are usual"),
        );
    } else if range.low > target {
        report.add(
            Problem::new(
                codes::ALWAYS_IN_ALARM,
                format!(
                    "{name} is at least {}{unit}, so it is always above the target of {}",
                    plain(range.low),
                    plain(target)
                ),
            )
            .at(&policy.threshold_place(), "always passed")
            .help("the policy adds tasks up to `max_capacity`, whatever the load; more tasks do not lower the metric that far"),
        );
    }
}

/// Value at which a policy begins to act in one direction.
#[derive(Clone, Copy)]
struct Threshold<'a> {
    policy: Policy<'a>,
    metric: Metric,
    statistic: Statistic,
    /// In the metric's unit; of a sum, in a minute.
    value: f64,
    /// Datapoints of the alarm ÷ `value`s: the alarm's minutes of a sum, else 1.
    scale: f64,
    comparison: Comparison,
}

impl Threshold<'_> {
    /// `CPUUtilization ≥ 60`
    fn text(&self) -> String {
        format!("{} {}", steps::sign(self.comparison), plain(self.value))
    }

    /// The count that the policy proposes for `count` tasks at this value; `None` where it does not act.
    fn proposal(&self, count: i64, value: f64) -> Option<i64> {
        match self.policy.kind {
            PolicyKind::TargetTracking(plan) => tracked(count, value, plan.target_value, self.comparison),
            PolicyKind::Step(plan) => plan.select(value * self.scale).map(|step| plan.apply(step, count)),
        }
    }
}

/// `ceil(count × value ÷ target)`, and at least one more where the value is barely above the target.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "task counts are at most 5000"
)]
fn tracked(count: i64, value: f64, target: f64, comparison: Comparison) -> Option<i64> {
    // The rounding of the division must not decide what a whole number is.
    let exact = count as f64 * value / target;
    let ceiling = if (exact - exact.round()).abs() < 1e-9 { exact.round() } else { exact.ceil() };
    let proposal = ceiling as i64;
    Some(if steps::is_above(comparison) { proposal.max(count + 1) } else { proposal })
}

/// Warns of every pair of an out and an in threshold on the same metric that overlap, meet or lie a step apart.
pub(super) fn pairs(service: &Service<'_>, policies: &[Policy<'_>], report: &mut Report) {
    let outs: Vec<_> = policies.iter().filter_map(|policy| out_threshold(*policy)).collect();
    let ratio = service.plan.scaling.rules.tt_low_ratio;
    let ins: Vec<_> = policies.iter().filter_map(|policy| in_threshold(*policy, ratio)).collect();
    for out in &outs {
        for into in &ins {
            // Target tracking scales in only where all its policies agree, so two of them never work against each other.
            let both_track =
                [out, into].iter().all(|one| matches!(one.policy.kind, PolicyKind::TargetTracking(_)));
            if both_track || out.metric != into.metric || out.statistic != into.statistic {
                continue;
            }
            let name = service.plan.metrics.name(out.metric);
            if into.value >= out.value {
                overlap(service, name, out, into, report);
            } else if is_shared(out.metric)
                && let Some(cycle) = cycle(service, out, into)
            {
                narrow(name, out, into, cycle, report);
            }
        }
    }
}

/// Whether the metric is a load shared by the tasks, so that it falls in proportion when tasks are added.
fn is_shared(metric: Metric) -> bool {
    matches!(metric, Metric::CpuUtilization | Metric::RequestCountPerTarget)
}

fn overlap(
    service: &Service<'_>,
    name: &str,
    out: &Threshold<'_>,
    into: &Threshold<'_>,
    report: &mut Report,
) {
    let (add, remove) = (out.policy.name, into.policy.name);
    let message = if into.value > out.value {
        format!(
            "`{add}` adds tasks at {name} {}, `{remove}` removes them at {}: from {} to {} both act",
            out.text(),
            into.text(),
            plain(out.value),
            plain(into.value)
        )
    } else {
        format!(
            "`{add}` adds tasks at {name} {}, `{remove}` removes them at {}: the thresholds meet",
            out.text(),
            into.text()
        )
    };
    let mut problem = Problem::new(codes::THRESHOLDS_MEET, message)
        .at(&out.policy.threshold_place(), "adds tasks")
        .also(&into.policy.threshold_place(), "removes tasks")
        .help("tasks are added and removed in turn, whatever the load; leave a band between the thresholds in which neither acts");
    if is_shared(out.metric)
        && let Some(highest) = highest_in(service, out)
    {
        problem = problem.fix(format!("a threshold of `{remove}` below {}", plain(highest)));
    }
    report.add(problem);
}

/// What one task more leaves of the out threshold when the fewest tasks run: scale-in has to begin below it.
fn highest_in(service: &Service<'_>, out: &Threshold<'_>) -> Option<f64> {
    let least = i64::from(service.plan.scaling.min_capacity.max(1));
    let after = out.proposal(least, out.value)?.min(i64::from(service.plan.scaling.max_capacity));
    let (least, after) = (u32::try_from(least).ok()?, u32::try_from(after).ok()?);
    (after > least).then(|| (out.value * f64::from(least) / f64::from(after) * 100.0).floor() / 100.0)
}

/// A load that is too much for `few` tasks and too little for `many`.
struct Cycle {
    few: i64,
    many: i64,
    /// Value that the metric falls to.
    low: f64,
}

/// The smallest number of tasks at which a step out crosses the whole band and the step in leads back.
#[expect(clippy::cast_precision_loss, reason = "task counts are at most 5000")]
fn cycle(service: &Service<'_>, out: &Threshold<'_>, into: &Threshold<'_>) -> Option<Cycle> {
    let (min, max) =
        (i64::from(service.plan.scaling.min_capacity), i64::from(service.plan.scaling.max_capacity));
    (min.max(1)..max).find_map(|few| {
        let many = out.proposal(few, out.value)?.min(max);
        if many <= few {
            return None;
        }
        let low = out.value * few as f64 / many as f64;
        let is_in = into.comparison.breaches(low, into.value);
        let back = into.proposal(many, low).filter(|_| is_in)?.max(min);
        (back <= few).then_some(Cycle { few, many, low })
    })
}

fn narrow(name: &str, out: &Threshold<'_>, into: &Threshold<'_>, cycle: Cycle, report: &mut Report) {
    let (add, remove) = (out.policy.name, into.policy.name);
    let unit = range::unit(out.metric);
    let Cycle { few, many, low } = cycle;
    let tasks = if few == 1 { "task" } else { "tasks" };
    report.add(
        Problem::new(
            codes::THRESHOLDS_MEET,
            format!(
                "the band between `{add}` ({name} {}) and `{remove}` ({}) is narrower than a step: {few} {tasks} at {}{unit} \
                 become {many} at {}{unit}, and those {few} again",
                out.text(),
                into.text(),
                plain(out.value),
                plain(low)
            ),
        )
        .at(&out.policy.threshold_place(), "adds tasks")
        .also(&into.policy.threshold_place(), "removes tasks")
        .fix(format!("a threshold of `{remove}` below {}, or smaller steps", plain((low * 100.0).floor() / 100.0)))
        .help("a steady load of that size makes the service scale out and in for ever"),
    );
}

/// Minutes of a datapoint that is a sum over its period; 1 for levels.
#[expect(clippy::cast_precision_loss, reason = "a period of at most a week")]
fn scale(metric: Metric, query: &AlarmQuery) -> f64 {
    if metric.is_count() && query.statistic == Statistic::Sum { query.period.0 as f64 / MINUTE } else { 1.0 }
}

fn out_threshold(policy: Policy<'_>) -> Option<Threshold<'_>> {
    match policy.kind {
        PolicyKind::TargetTracking(plan) => Some(Threshold {
            policy,
            metric: plan.metric,
            statistic: plan.query.statistic,
            value: plan.target_value,
            scale: 1.0,
            comparison: Comparison::GreaterThanThreshold,
        }),
        PolicyKind::Step(plan) if steps::is_above(plan.alarm.comparison) => {
            let acts = |adjustment: i32| adjustment > 0;
            let first = acting(plan)?
                .filter(|step| step.upper.is_none_or(|upper| upper > 0.0))
                .find(|step| step.adjustment != 0)?;
            acts(first.adjustment).then(|| of_step(policy, plan, first.lower.unwrap_or(0.0).max(0.0)))
        }
        PolicyKind::Step(_) => None,
    }
}

fn in_threshold(policy: Policy<'_>, ratio: f64) -> Option<Threshold<'_>> {
    match policy.kind {
        PolicyKind::TargetTracking(plan) => (!plan.disable_scale_in).then_some(Threshold {
            policy,
            metric: plan.metric,
            statistic: plan.query.statistic,
            value: plan.target_value * ratio,
            scale: 1.0,
            comparison: Comparison::LessThanThreshold,
        }),
        PolicyKind::Step(plan) if !steps::is_above(plan.alarm.comparison) => {
            let last = acting(plan)?
                .rev()
                .filter(|step| step.lower.is_none_or(|lower| lower < 0.0))
                .find(|step| step.adjustment != 0)?;
            (last.adjustment < 0).then(|| of_step(policy, plan, last.upper.unwrap_or(0.0).min(0.0)))
        }
        PolicyKind::Step(_) => None,
    }
}

/// The steps of a policy whose adjustments say a direction.
fn acting(
    plan: &StepPlan,
) -> Option<impl DoubleEndedIterator<Item = &windtunnel_kernel::scaling::aas::Adjustment>> {
    (plan.adjustment_type != AdjustmentType::ExactCapacity).then(|| plan.steps.iter())
}

fn of_step<'a>(policy: Policy<'a>, plan: &StepPlan, bound: f64) -> Threshold<'a> {
    let alarm = &plan.alarm;
    let scale = scale(alarm.metric, &alarm.query);
    let value = (alarm.threshold + bound) / scale;
    // A step that begins beyond the threshold includes its bound.
    let comparison = match (alarm.comparison, bound.abs() > 0.0) {
        (comparison, false) => comparison,
        (Comparison::GreaterThanThreshold, true) => Comparison::GreaterThanOrEqualToThreshold,
        (Comparison::LessThanThreshold, true) => Comparison::LessThanOrEqualToThreshold,
        (comparison, true) => comparison,
    };
    Threshold { policy, metric: alarm.metric, statistic: alarm.query.statistic, value, scale, comparison }
}
