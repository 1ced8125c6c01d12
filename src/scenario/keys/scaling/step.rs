//! `[service.<name>.scaling.step.<name>]`: step policies.

use std::cmp::Ordering;

use windtunnel_kernel::scaling::aas::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan,
};
use windtunnel_kernel::telemetry::MetricsPlan;

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::limits::{CAPACITY, COOLDOWN};
use crate::scenario::keys::scaling::alarm::{ALARM, alarm};
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::{Entry, SourceSpan, Value};

choices! { ADJUSTMENT_TYPES: AdjustmentType {
    "ChangeInCapacity" => ChangeInCapacity,
    "PercentChangeInCapacity" => PercentChangeInCapacity,
    "ExactCapacity" => ExactCapacity,
} }
choices! { AGGREGATIONS: StepAggregation { "Average" => Average, "Minimum" => Minimum, "Maximum" => Maximum } }

pub(crate) const STEP: TableSpec = TableSpec {
    doc: "A step policy: answers an alarm with a table of steps.",
    keys: &[
        Key::new("alarm", Kind::Table(&ALARM), "The CloudWatch alarm that invokes it.").required(),
        Key::new("adjustment_type", Kind::Choice(ADJUSTMENT_TYPES.words), "What an adjustment means.")
            .required(),
        Key::new(
            "min_adjustment_magnitude",
            CAPACITY,
            "Percent policies change by at least this; 0: no minimum.",
        )
        .or("0"),
        Key::new(
            "metric_aggregation_type",
            Kind::Choice(AGGREGATIONS.words),
            "How the alarm's recent datapoints become one number.",
        )
        .or("\"Average\""),
        Key::new("cooldown", COOLDOWN, "AWS's default is 300 s.").or("\"300s\""),
        Key::new("steps", Kind::List(&ADJUSTMENT), "1 to 20 steps.").required(),
    ],
};

const ADJUSTMENT: TableSpec = TableSpec {
    doc: "A step: a range of differences from the threshold and what to do there.",
    keys: &[
        Key::new("lower", Kind::Number(-1e12, 1e12), "MetricIntervalLowerBound. Left out: −∞."),
        Key::new("upper", Kind::Number(-1e12, 1e12), "MetricIntervalUpperBound. Left out: +∞."),
        Key::new("adjustment", Kind::Integer(-1_000_000, 1_000_000), "ScalingAdjustment.").required(),
    ],
};

pub(crate) fn step(
    view: TableReader<'_>,
    entry: &Entry,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<PolicyPlan> {
    let alarm = view.table("alarm").and_then(|table| alarm(table, &entry.key, metrics, builder));
    let steps = steps(view, builder);
    let min_adjustment_magnitude = view.count("min_adjustment_magnitude");
    if min_adjustment_magnitude.is_some_and(|least| least > 0)
        && view
            .choice("adjustment_type", &ADJUSTMENT_TYPES)
            .is_some_and(|kind| kind != AdjustmentType::PercentChangeInCapacity)
    {
        builder.report.add(
            Problem::new(
                codes::STEP_RANGES,
                "only PercentChangeInCapacity takes a `min_adjustment_magnitude`",
            )
            .at(&view.place("min_adjustment_magnitude"), "")
            .also(&view.place("adjustment_type"), "not a percentage"),
        );
    }
    let plan = StepPlan {
        alarm: alarm?,
        adjustment_type: view.choice("adjustment_type", &ADJUSTMENT_TYPES)?,
        min_adjustment_magnitude: min_adjustment_magnitude?,
        metric_aggregation_type: view.choice("metric_aggregation_type", &AGGREGATIONS)?,
        cooldown: view.duration("cooldown")?,
        steps: steps?,
    };
    Some(PolicyPlan { name: entry.key.clone(), kind: PolicyKind::Step(plan) })
}

/// The steps in the order of their ranges; every rule of AWS that they break is reported.
fn steps(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<Vec<Adjustment>> {
    let list_place = view.place("steps");
    let mut refuse = |message: String, place: &SourceSpan, also: Option<&SourceSpan>| {
        let mut problem = Problem::new(codes::STEP_RANGES, message).at(place, "");
        if let Some(also) = also {
            problem = problem.also(also, "and this one");
        }
        builder.report.add(problem.help("bounds are differences from the alarm's threshold"));
    };
    let items = view.list("steps");
    if view
        .node("steps")
        .is_some_and(|node| matches!(&node.value, Value::Array(all) if all.is_empty() || all.len() > 20))
    {
        refuse("a step policy has 1 to 20 steps".to_owned(), &list_place, None);
        return None;
    }
    let exact = view.choice("adjustment_type", &ADJUSTMENT_TYPES) == Some(AdjustmentType::ExactCapacity);
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
    closed_ends(&steps, &mut refuse);
    Some(steps.into_iter().map(|(step, _)| step).collect())
}

/// Refuses steps that end on a side of the threshold on which they have to be open.
fn closed_ends(
    steps: &[(Adjustment, TableReader<'_>)],
    refuse: &mut dyn FnMut(String, &SourceSpan, Option<&SourceSpan>),
) {
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
}
