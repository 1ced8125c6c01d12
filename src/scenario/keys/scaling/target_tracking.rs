//! `[service.<name>.scaling.target_tracking.<name>]`: target-tracking policies.

use windtunnel_kernel::policy::{PolicyKind, PolicyPlan, TargetTrackingPlan};
use windtunnel_kernel::telemetry::{Metric, MetricsPlan, Reading};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::limits::COOLDOWN;
use crate::scenario::keys::metrics;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, word};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::{Entry, Place};

/// Period of the alarms of a high-resolution metric (`docs/aws/target-tracking.md#managed-alarms`).
const HIGH_RESOLUTION: SimDuration = SimDuration::from_secs(20);

const TRACKED: &[Choice] = &[
    word("ECSServiceAverageCPUUtilization"),
    word("ECSServiceAverageMemoryUtilization"),
    word("ALBRequestCountPerTarget"),
    word("ECSServiceAverageCPUUtilizationHighResolution"),
    word("ECSServiceAverageMemoryUtilizationHighResolution"),
    word("CustomizedMetric"),
];

pub(crate) const TARGET_TRACKING: TableSpec = TableSpec {
    doc: "A target-tracking policy: keeps a metric near a value.",
    keys: &[
        Key::new(
            "metric",
            Kind::Choice(TRACKED),
            "PredefinedMetricType; or \"CustomizedMetric\" for one of the service's `metric` tables. High-resolution metrics \
             need `monitoring`.",
        )
        .required(),
        Key::new("custom_metric", Kind::Name, "Which of the service's `metric` tables, with \"CustomizedMetric\"."),
        Key::new(
            "statistic",
            Kind::Text,
            "Statistic of a CustomizedMetric: Average, Sum, Minimum, Maximum or SampleCount. Left out: Average.",
        ),
        Key::new(
            "target_value",
            Kind::NumberAbove(0.0, 1e9),
            "The value [% or requests a target and minute].",
        )
        .required(),
        Key::new("scale_out_cooldown", COOLDOWN, "AWS's default for ECS is 300 s.").or("\"300s\""),
        Key::new("scale_in_cooldown", COOLDOWN, "AWS's default for ECS is 300 s.").or("\"300s\""),
        Key::new("disable_scale_in", Kind::Bool, "Whether it never removes tasks.").or("false"),
    ],
};

/// A metric that a policy tracks already; a metric and its high-resolution kind are two types to AWS.
pub(crate) struct Tracked {
    pub(crate) metric: Metric,
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

pub(crate) fn target_tracking(
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
