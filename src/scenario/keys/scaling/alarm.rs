//! `[service.<name>.scaling.step.<name>.alarm]`: the CloudWatch alarm of a step policy.

use windtunnel_kernel::telemetry::{AlarmPlan, Comparison, Metric, MetricsPlan, TreatMissingData};

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::metrics;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, later, word};
use crate::scenario::language::table_reader::View;

const ALARM_METRICS: &[Choice] = &[
    word("CPUUtilization"),
    word("MemoryUtilization"),
    word("RequestCountPerTarget"),
    word("RequestCount"),
    word("TargetResponseTime"),
    word("HTTPCode_Target_5XX_Count"),
    word("HTTPCode_ELB_5XX_Count"),
    word("HealthyHostCount"),
    word("UnHealthyHostCount"),
    word("CustomizedMetric"),
    later("ActiveConnectionCount", "RequestCount is the nearest that is built"),
];

const COMPARISONS: &[Choice] = &[
    word("GreaterThanOrEqualToThreshold"),
    word("GreaterThanThreshold"),
    word("LessThanThreshold"),
    word("LessThanOrEqualToThreshold"),
];

pub(crate) const ALARM: TableSpec = TableSpec {
    doc: "A CloudWatch alarm.",
    keys: &[
        Key::new(
            "metric",
            Kind::Choice(ALARM_METRICS),
            "MetricName; or \"CustomizedMetric\" for one of the service's `metric` tables.",
        )
        .required(),
        Key::new("custom_metric", Kind::Name, "Which of the service's `metric` tables, with \"CustomizedMetric\"."),
        Key::new(
            "statistic",
            Kind::Text,
            "Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as \"p99\" or \"p99.9\" (of TargetResponseTime). \
             Left out: Sum for counts of requests, else Average.",
        ),
        Key::new(
            "period",
            Kind::DurationAbove(7 * 86_400),
            "Length of a datapoint: 10, 20 or 30 s or whole minutes, in multiples of the metric's resolution.",
        )
        .or("\"60s\""),
        Key::new("evaluation_periods", Kind::Integer(1, 8640), "N: periods that are looked at.").required(),
        Key::new(
            "datapoints_to_alarm",
            Kind::Integer(1, 8640),
            "M: datapoints that must breach. Left out: N.",
        ),
        Key::new("comparison", Kind::Choice(COMPARISONS), "ComparisonOperator.").required(),
        Key::new("threshold", Kind::Number(-1e12, 1e12), "The threshold, in the metric's unit.").required(),
        Key::new(
            "treat_missing_data",
            Kind::Choice(&[word("missing"), word("notBreaching"), word("breaching"), word("ignore")]),
            "What a missing datapoint counts as.",
        )
        .or("\"missing\""),
        Key::new(
            "evaluate_low_sample_count_percentile",
            Kind::Choice(&[word("evaluate"), word("ignore")]),
            "Whether the state may change while the newest percentile has too few samples: fewer than 10 ÷ (1 − p), below \
             the median 10 ÷ p.",
        )
        .or("\"evaluate\""),
    ],
};

/// The metric of AWS of that name.
pub(crate) fn metric(name: &str) -> Option<Metric> {
    Metric::ALL.into_iter().find(|metric| metric.name() == name)
}

pub(crate) fn alarm(
    view: View<'_>,
    name: &str,
    metrics: &MetricsPlan,
    lower: &mut Lower<'_>,
) -> Option<AlarmPlan> {
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
