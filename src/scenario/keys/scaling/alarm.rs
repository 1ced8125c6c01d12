//! `[service.<name>.scaling.step.<name>.alarm]`: the CloudWatch alarm of a step policy.

use windtunnel_kernel::telemetry::{AlarmPlan, Comparison, Metric, MetricsPlan, TreatMissingData};

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::metrics::{self, LOW_SAMPLES};
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;

choices! {
    /// The metric of AWS of that name; `None`: one of the service's `metric` tables.
    pub(crate) ALARM_METRICS = Option<Metric> {
        "CPUUtilization" => Some(Metric::CpuUtilization),
        "MemoryUtilization" => Some(Metric::MemoryUtilization),
        "RequestCountPerTarget" => Some(Metric::RequestCountPerTarget),
        "RequestCount" => Some(Metric::RequestCount),
        "TargetResponseTime" => Some(Metric::TargetResponseTime),
        "HTTPCode_Target_5XX_Count" => Some(Metric::Target5xxCount),
        "HTTPCode_ELB_5XX_Count" => Some(Metric::Elb5xxCount),
        "HealthyHostCount" => Some(Metric::HealthyHostCount),
        "UnHealthyHostCount" => Some(Metric::UnHealthyHostCount),
        "CustomizedMetric" => None,
    } not built {
        "ActiveConnectionCount": "RequestCount is the nearest that is built",
    }
}

choices! { COMPARISONS: Comparison {
    "GreaterThanOrEqualToThreshold" => GreaterThanOrEqualToThreshold,
    "GreaterThanThreshold" => GreaterThanThreshold,
    "LessThanThreshold" => LessThanThreshold,
    "LessThanOrEqualToThreshold" => LessThanOrEqualToThreshold,
} }
choices! { MISSING_DATA: TreatMissingData {
    "missing" => Missing,
    "notBreaching" => NotBreaching,
    "breaching" => Breaching,
    "ignore" => Ignore,
} }

pub(crate) const ALARM: TableSpec = TableSpec {
    doc: "A CloudWatch alarm.",
    keys: &[
        Key::new(
            "metric",
            Kind::Choice(ALARM_METRICS.words),
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
        Key::new("comparison", Kind::Choice(COMPARISONS.words), "ComparisonOperator.").required(),
        Key::new("threshold", Kind::Number(-1e12, 1e12), "The threshold, in the metric's unit.").required(),
        Key::new(
            "treat_missing_data",
            Kind::Choice(MISSING_DATA.words),
            "What a missing datapoint counts as.",
        )
        .or("\"missing\""),
        Key::new(
            "evaluate_low_sample_count_percentile",
            Kind::Choice(LOW_SAMPLES.words),
            "Whether the state may change while the newest percentile has too few samples: fewer than 10 ÷ (1 − p), below \
             the median 10 ÷ p.",
        )
        .or("\"evaluate\""),
    ],
};

pub(crate) fn alarm(
    view: TableReader<'_>,
    name: &str,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<AlarmPlan> {
    let watched = match view.choice("metric", &ALARM_METRICS)? {
        None => metrics::custom(view, metrics, builder),
        known => {
            metrics::no_custom(view, builder);
            known
        }
    };
    let query = watched.and_then(|metric| metrics::query(view, metric, metrics, builder));
    let (n, m) = (view.count("evaluation_periods"), view.count("datapoints_to_alarm"));
    if let (Some(n), Some(m)) = (n, m)
        && m > n
    {
        builder.report.add(
            Problem::new(codes::ALARM_WINDOW, format!("{m} datapoints of {n} periods can never breach"))
                .at(&view.place("datapoints_to_alarm"), format!("more than {n}"))
                .also(&view.place("evaluation_periods"), "the periods that are looked at")
                .expected("datapoints_to_alarm ≤ evaluation_periods"),
        );
    }
    if let (Some(n), Some(query)) = (n, query) {
        metrics::span(view, n, query.period, builder);
    }
    Some(AlarmPlan {
        name: name.to_owned(),
        metric: watched?,
        query: query?,
        evaluation_periods: n?,
        datapoints_to_alarm: m?,
        comparison: view.choice("comparison", &COMPARISONS)?,
        threshold: view.number("threshold")?,
        treat_missing_data: view.choice("treat_missing_data", &MISSING_DATA)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_aws_can_be_watched_by_its_own_name() {
        for metric in Metric::ALL {
            assert_eq!(ALARM_METRICS.word(Some(metric)), Some(metric.name()));
            assert!(crate::scenario::explain(metric.name()).is_some(), "{}", metric.name());
        }
        let built = ALARM_METRICS.values.iter().flatten().count();
        assert_eq!(built, Metric::ALL.len());
    }
}
