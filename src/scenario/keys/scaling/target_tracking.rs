//! `[service.<name>.scaling.target_tracking.<name>]`: target-tracking policies.

use windtunnel_kernel::scaling::aas::{PolicyKind, PolicyPlan, TargetTrackingPlan};
use windtunnel_kernel::telemetry::{AlarmQuery, Metric, MetricsPlan};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::limits::COOLDOWN;
use crate::scenario::keys::metrics;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::{Entry, SourceSpan};

/// Period of the alarms of a high-resolution metric (`docs/aws/target-tracking.md#managed-alarms`).
const HIGH_RESOLUTION: SimDuration = SimDuration::from_secs(20);

/// A metric of AWS that target tracking knows by a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Predefined {
    metric: Metric,
    /// Whether it is the kind that is published every 20 s.
    is_high_resolution: bool,
}

impl Predefined {
    const fn usual(metric: Metric) -> Option<Self> {
        Some(Self { metric, is_high_resolution: false })
    }

    const fn high_resolution(metric: Metric) -> Option<Self> {
        Some(Self { metric, is_high_resolution: true })
    }
}

choices! {
    /// `PredefinedMetricType`; `None`: one of the service's `metric` tables.
    TRACKED_METRICS = Option<Predefined> {
        "ECSServiceAverageCPUUtilization" => Predefined::usual(Metric::CpuUtilization),
        "ECSServiceAverageMemoryUtilization" => Predefined::usual(Metric::MemoryUtilization),
        "ALBRequestCountPerTarget" => Predefined::usual(Metric::RequestCountPerTarget),
        "ECSServiceAverageCPUUtilizationHighResolution" => Predefined::high_resolution(Metric::CpuUtilization),
        "ECSServiceAverageMemoryUtilizationHighResolution" => Predefined::high_resolution(Metric::MemoryUtilization),
        "CustomizedMetric" => None,
    }
}

/// The name under which Application Auto Scaling knows a metric; `None` where it predefines none.
#[must_use]
pub fn predefined_metric(metric: Metric, is_high_resolution: bool) -> Option<&'static str> {
    TRACKED_METRICS.word(Some(Predefined { metric, is_high_resolution }))
}

pub(crate) const TARGET_TRACKING: TableSpec = TableSpec {
    doc: "A target-tracking policy: keeps a metric near a value.",
    keys: &[
        Key::new(
            "metric",
            Kind::Choice(TRACKED_METRICS.words),
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
    place: SourceSpan,
}

/// The metric of a target-tracking policy and its reading by the alarms.
fn tracked_metric(
    view: TableReader<'_>,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<(Metric, AlarmQuery)> {
    let Some(predefined) = view.choice("metric", &TRACKED_METRICS)? else {
        let metric = metrics::custom(view, metrics, builder)?;
        if let Metric::Custom(index) = metric {
            metrics::proportional(&metrics.custom[usize::from(index)], &view.place("custom_metric"), builder);
        }
        let statistic = metrics::statistic(view, metric, builder)?;
        return Some((metric, AlarmQuery { statistic, ..AlarmQuery::of(metric) }));
    };
    let metric = predefined.metric;
    metrics::no_custom(view, builder);
    if view.is_given("statistic") {
        builder.report.add(
            Problem::new(
                codes::NO_SUCH_STATISTIC,
                format!("{} has a statistic of its own", view.text("metric")?),
            )
            .at(&view.place("statistic"), "not for a predefined metric")
            .expected("no `statistic`, or `metric = \"CustomizedMetric\"`"),
        );
    }
    let query = AlarmQuery::of(metric);
    if predefined.is_high_resolution {
        metrics::published(view, metric, metrics, builder);
        return Some((metric, query.every(HIGH_RESOLUTION)));
    }
    Some((metric, query))
}

pub(crate) fn target_tracking(
    entry: &Entry,
    view: TableReader<'_>,
    metrics: &MetricsPlan,
    tracked: &mut Vec<Tracked>,
    builder: &mut Builder<'_>,
) -> Option<PolicyPlan> {
    let (metric, query) = tracked_metric(view, metrics, builder)?;
    let high_resolution = query.is_high_resolution();
    let same = |known: &&Tracked| known.metric == metric && known.high_resolution == high_resolution;
    if let Some(other) = tracked.iter().find(same) {
        builder.report.add(
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
        query,
        target_value: view.number("target_value")?,
        scale_out_cooldown: view.duration("scale_out_cooldown")?,
        scale_in_cooldown: view.duration("scale_in_cooldown")?,
        disable_scale_in: view.flag("disable_scale_in")?,
    };
    Some(PolicyPlan { name: entry.key.clone(), kind: PolicyKind::TargetTracking(plan) })
}
