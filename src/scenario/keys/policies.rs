//! Capacities and scaling policies, checked by the rules by which AWS accepts them.

use std::cmp::Ordering;

use windtunnel_kernel::policy::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan, TargetTrackingPlan,
};
use windtunnel_kernel::telemetry::{AlarmPlan, Comparison, Metric, MetricsPlan, Reading, TreatMissingData};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::build::Lower;
use crate::scenario::keys::metrics;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::{Entry, Place};

/// Period of the alarms of a high-resolution metric (`aws-scaling.md` §1.1).
const HIGH_RESOLUTION: SimDuration = SimDuration::from_secs(20);

/// Smallest, largest and first capacity.
pub(crate) fn capacity(view: View<'_>, lower: &mut Lower<'_>) -> Option<(u32, u32, u32)> {
    let (min, max) = (view.count("min_capacity"), view.count("max_capacity"));
    let mut ordered = |low: (&str, Option<u32>), high: (&str, Option<u32>)| {
        if let (Some(low_value), Some(high_value)) = (low.1, high.1)
            && low_value > high_value
        {
            lower.report.add(
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
    service: View<'_>,
    metrics: &MetricsPlan,
    lower: &mut Lower<'_>,
) -> Option<Vec<PolicyPlan>> {
    let scaling = service.table("scaling")?;
    let mut policies = Vec::new();
    let mut tracked: Vec<Tracked> = Vec::new();
    same_names(scaling, lower);
    for (entry, view) in scaling.table("target_tracking")?.tables() {
        policies.push(target_tracking(entry, view, (metrics, &mut tracked), lower));
        needs_load_balancer(service, tracked.last().map(|last| last.metric), &view.place("metric"), lower);
    }
    for (entry, view) in scaling.table("step")?.tables() {
        let plan = step(view, entry, metrics, lower);
        let metric = view.table("alarm").and_then(|alarm| metric(alarm.text("metric")?));
        let place = view.table("alarm").map_or_else(Place::nowhere, |alarm| alarm.place("metric"));
        needs_load_balancer(service, metric, &place, lower);
        policies.push(plan.map(|plan| PolicyPlan { name: entry.key.clone(), kind: PolicyKind::Step(plan) }));
    }
    policies.into_iter().collect()
}

/// A policy's name stands for it in the decision log and keys its random streams, so it must be its own.
fn same_names(scaling: View<'_>, lower: &mut Lower<'_>) -> Option<()> {
    let tracking = scaling.table("target_tracking")?;
    for entry in &scaling.table("step")?.table.entries {
        if let Some(other) = tracking.table.entry(&entry.key) {
            lower.report.add(
                Problem::new(codes::BAD_NAME, format!("two policies are called `{}`", entry.key))
                    .at(&entry.key_place, "this one")
                    .also(&other.key_place, "and this one")
                    .help("AWS wants the names of a service's policies to differ"),
            );
        }
    }
    Some(())
}

/// A metric that a policy tracks already; a metric and its high-resolution kind are two types to AWS.
struct Tracked {
    metric: Metric,
    high_resolution: bool,
    place: Place,
}

/// What a target-tracking policy tracks, and how its alarms read it.
fn tracked_metric(view: View<'_>, metrics: &MetricsPlan, lower: &mut Lower<'_>) -> Option<(Metric, Reading)> {
    let text = view.text("metric")?;
    let metric = match text {
        "CustomizedMetric" => {
            let metric = metrics::custom(view, metrics, lower)?;
            if let Metric::Custom(index) = metric {
                metrics::proportional(
                    &metrics.custom[usize::from(index)],
                    &view.place("custom_metric"),
                    lower,
                );
            }
            let statistic = metrics::statistic(view, metric, lower)?;
            return Some((metric, Reading { statistic, ..Reading::of(metric) }));
        }
        "ALBRequestCountPerTarget" => Metric::RequestCountPerTarget,
        memory if memory.starts_with("ECSServiceAverageMemory") => Metric::MemoryUtilization,
        _ => Metric::CpuUtilization,
    };
    metrics::no_custom(view, lower);
    if view.is_given("statistic") {
        lower.report.add(
            Problem::new(codes::NO_SUCH_STATISTIC, format!("{text} has a statistic of its own"))
                .at(&view.place("statistic"), "not for a predefined metric")
                .expected("no `statistic`, or `metric = \"CustomizedMetric\"`"),
        );
    }
    let reading = Reading::of(metric);
    if text.ends_with("HighResolution") {
        metrics::published(view, metric, metrics, lower);
        return Some((metric, reading.every(HIGH_RESOLUTION)));
    }
    Some((metric, reading))
}

fn target_tracking(
    entry: &Entry,
    view: View<'_>,
    (metrics, tracked): (&MetricsPlan, &mut Vec<Tracked>),
    lower: &mut Lower<'_>,
) -> Option<PolicyPlan> {
    let (metric, reading) = tracked_metric(view, metrics, lower)?;
    let high_resolution = reading.is_high_resolution();
    let same = |known: &&Tracked| known.metric == metric && known.high_resolution == high_resolution;
    if let Some(other) = tracked.iter().find(same) {
        lower.report.add(
            Problem::new(
                codes::SAME_METRIC,
                format!("two target-tracking policies track {}", metrics.name(metric)),
            )
            .at(&view.place("metric"), "tracked again")
            .also(&other.place, "tracked here already")
            .help("AWS accepts one target-tracking policy a metric and service"),
        );
    }
    tracked.push(Tracked { metric, high_resolution, place: view.place("metric") });
    let plan = TargetTrackingPlan {
        metric,
        reading,
        target_value: view.number("target_value")?,
        scale_out_cooldown: view.duration("scale_out_cooldown")?,
        scale_in_cooldown: view.duration("scale_in_cooldown")?,
        disable_scale_in: view.flag("disable_scale_in")?,
    };
    Some(PolicyPlan { name: entry.key.clone(), kind: PolicyKind::TargetTracking(plan) })
}

fn needs_load_balancer(service: View<'_>, metric: Option<Metric>, place: &Place, lower: &mut Lower<'_>) {
    if let Some(metric) = metric
        && metric.is_load_balancer()
        && !service.is_given("load_balancer")
    {
        lower.report.add(
            Problem::new(
                codes::NEEDS_LOAD_BALANCER,
                format!("{} is published by a load balancer, and the service has none", metric.name()),
            )
            .at(place, "a load balancer's metric")
            .help("add a table `load_balancer` to the service"),
        );
    }
}

/// The metric of AWS of that name.
fn metric(name: &str) -> Option<Metric> {
    Metric::ALL.into_iter().find(|metric| metric.name() == name)
}

fn alarm(view: View<'_>, name: &str, metrics: &MetricsPlan, lower: &mut Lower<'_>) -> Option<AlarmPlan> {
    let watched = match view.text("metric")? {
        "CustomizedMetric" => metrics::custom(view, metrics, lower),
        name => {
            metrics::no_custom(view, lower);
            metric(name)
        }
    };
    let reading = watched.and_then(|metric| metrics::reading(view, metric, metrics, lower));
    let (n, m) = (view.count("evaluation_periods"), view.count("datapoints_to_alarm"));
    if let (Some(n), Some(m)) = (n, m)
        && m > n
    {
        lower.report.add(
            Problem::new(codes::ALARM_WINDOW, format!("{m} datapoints of {n} periods can never breach"))
                .at(&view.place("datapoints_to_alarm"), format!("more than {n}"))
                .also(&view.place("evaluation_periods"), "the periods that are looked at")
                .expected("datapoints_to_alarm ≤ evaluation_periods"),
        );
    }
    if let (Some(n), Some(reading)) = (n, reading) {
        metrics::span(view, n, reading.period, lower);
    }
    Some(AlarmPlan {
        name: name.to_owned(),
        metric: watched?,
        reading: reading?,
        evaluation_periods: n?,
        datapoints_to_alarm: m?,
        comparison: match view.text("comparison")? {
            "GreaterThanThreshold" => Comparison::GreaterThanThreshold,
            "LessThanThreshold" => Comparison::LessThanThreshold,
            "LessThanOrEqualToThreshold" => Comparison::LessThanOrEqualToThreshold,
            _ => Comparison::GreaterThanOrEqualToThreshold,
        },
        threshold: view.number("threshold")?,
        treat_missing_data: match view.text("treat_missing_data")? {
            "notBreaching" => TreatMissingData::NotBreaching,
            "breaching" => TreatMissingData::Breaching,
            "ignore" => TreatMissingData::Ignore,
            _ => TreatMissingData::Missing,
        },
    })
}

fn step(view: View<'_>, entry: &Entry, metrics: &MetricsPlan, lower: &mut Lower<'_>) -> Option<StepPlan> {
    let alarm = view.table("alarm").and_then(|table| alarm(table, &entry.key, metrics, lower));
    let steps = steps(view, lower);
    let min_adjustment_magnitude = view.count("min_adjustment_magnitude");
    if min_adjustment_magnitude.is_some_and(|least| least > 0)
        && view.text("adjustment_type").is_some_and(|kind| kind != "PercentChangeInCapacity")
    {
        lower.report.add(
            Problem::new(
                codes::STEP_RANGES,
                "only PercentChangeInCapacity takes a `min_adjustment_magnitude`",
            )
            .at(&view.place("min_adjustment_magnitude"), "")
            .also(&view.place("adjustment_type"), "not a percentage"),
        );
    }
    Some(StepPlan {
        alarm: alarm?,
        adjustment_type: match view.text("adjustment_type")? {
            "PercentChangeInCapacity" => AdjustmentType::PercentChangeInCapacity,
            "ExactCapacity" => AdjustmentType::ExactCapacity,
            _ => AdjustmentType::ChangeInCapacity,
        },
        min_adjustment_magnitude: min_adjustment_magnitude?,
        metric_aggregation_type: match view.text("metric_aggregation_type")? {
            "Minimum" => StepAggregation::Minimum,
            "Maximum" => StepAggregation::Maximum,
            _ => StepAggregation::Average,
        },
        cooldown: view.duration("cooldown")?,
        steps: steps?,
    })
}

/// The steps in the order of their ranges; every rule of AWS that they break is reported.
fn steps(view: View<'_>, lower: &mut Lower<'_>) -> Option<Vec<Adjustment>> {
    let list_place = view.place("steps");
    let mut refuse = |message: String, place: &Place, also: Option<&Place>| {
        let mut problem = Problem::new(codes::STEP_RANGES, message).at(place, "");
        if let Some(also) = also {
            problem = problem.also(also, "and this one");
        }
        lower.report.add(problem.help("bounds are differences from the alarm's threshold"));
    };
    let items = view.list("steps");
    if view.node("steps").is_some_and(|node| matches!(&node.value, crate::scenario::language::tree::Value::Array(all) if all.is_empty() || all.len() > 20)) {
        refuse("a step policy has 1 to 20 steps".to_owned(), &list_place, None);
        return None;
    }
    let exact = view.text("adjustment_type") == Some("ExactCapacity");
    let mut steps = Vec::new();
    for item in items {
        let bound_is_wrong = |key: &str| item.is_given(key) && item.number(key).is_none();
        if bound_is_wrong("lower") || bound_is_wrong("upper") {
            return None;
        }
        let (low, high) = (item.number("lower"), item.number("upper"));
        if low.is_none() && high.is_none() {
            refuse("a step needs a bound".to_owned(), item.place, None);
        }
        if let (Some(low), Some(high)) = (low, high)
            && low >= high
        {
            refuse(format!("the range from {low} to {high} is empty"), &item.place("upper"), None);
        }
        let adjustment = item.integer("adjustment").and_then(|number| i32::try_from(number).ok())?;
        if exact && adjustment < 0 {
            let place = item.place("adjustment");
            refuse("ExactCapacity takes no negative adjustment".to_owned(), &place, None);
        }
        steps.push((Adjustment { lower: low, upper: high, adjustment }, item));
    }
    let order = |step: &Adjustment| step.lower.unwrap_or(f64::NEG_INFINITY);
    steps.sort_by(|a, b| order(&a.0).total_cmp(&order(&b.0)));
    for pair in steps.windows(2) {
        let [(first, first_item), (second, second_item)] = pair else { continue };
        let (first_place, second_place) = (first_item.place("upper"), second_item.place("lower"));
        let end = first.upper.unwrap_or(f64::INFINITY);
        match end.total_cmp(&order(second)) {
            Ordering::Less => {
                refuse(
                    format!("no step covers the range from {end} to {}", order(second)),
                    &first_place,
                    Some(&second_place),
                );
            }
            Ordering::Greater => {
                refuse(format!("two steps overlap below {end}"), &first_place, Some(&second_place));
            }
            Ordering::Equal => {}
        }
    }
    let open = |bound: fn(&Adjustment) -> Option<f64>| steps.iter().any(|(step, _)| bound(step).is_none());
    let negative = steps.iter().find(|(step, _)| step.lower.is_some_and(|low| low < 0.0));
    if let Some((_, item)) = negative.filter(|_| !open(|step| step.lower)) {
        let message = "a negative lower bound needs a step without lower bound".to_owned();
        refuse(message, &item.place("lower"), None);
    }
    let positive = steps.iter().find(|(step, _)| step.upper.is_some_and(|high| high > 0.0));
    if let Some((_, item)) = positive.filter(|_| !open(|step| step.upper)) {
        let message = "a positive upper bound needs a step without upper bound".to_owned();
        refuse(message, &item.place("upper"), None);
    }
    Some(steps.into_iter().map(|(step, _)| step).collect())
}
