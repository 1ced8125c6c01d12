//! `[service.<name>.scaling]` and its policies. Names are AWS's own, in snake case.

use crate::scenario::keys::limits::LONGEST_RUN_S;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, later, word};

/// Tasks a service may have: the ECS quota.
pub(crate) const MOST_TASKS: i128 = 5_000;
const CAPACITY: Kind = Kind::Integer(0, MOST_TASKS);
const SINCE_START: Kind = Kind::Duration(0, LONGEST_RUN_S);
const COOLDOWN: Kind = Kind::Duration(0, 86_400 * 7);

pub(crate) const SCALING: TableSpec = TableSpec {
    doc: "Capacities and scaling policies. ECS allows 5 000 tasks a service.",
    keys: &[
        Key::new("min_capacity", CAPACITY, "Fewest tasks.").required(),
        Key::new("max_capacity", CAPACITY, "Most tasks.").required(),
        Key::new("desired_count", CAPACITY, "Tasks at second 0, already warm. Left out: `min_capacity`."),
        Key::new("target_tracking", Kind::Map(&TARGET_TRACKING), "Target-tracking policies, by name.")
            .or("{}"),
        Key::new("step", Kind::Map(&STEP), "Step policies, by name.").or("{}"),
        Key::new("scheduled", Kind::Map(&SCHEDULED), "Scheduled actions, by name.").or("{}"),
        Key::new("predictive", Kind::Map(&PREDICTIVE), "Predictive policies, by name.")
            .not_built("scheduled actions raise capacity ahead of a load that is known"),
        Key::new(
            "suspended",
            Kind::List(&SUSPENDED),
            "Times in which scaling is suspended (SuspendedState).",
        )
        .or("[]"),
    ],
};

const TRACKED: &[Choice] = &[
    word("ECSServiceAverageCPUUtilization"),
    word("ECSServiceAverageMemoryUtilization"),
    word("ALBRequestCountPerTarget"),
    word("ECSServiceAverageCPUUtilizationHighResolution"),
    word("ECSServiceAverageMemoryUtilizationHighResolution"),
    word("CustomizedMetric"),
];

const TARGET_TRACKING: TableSpec = TableSpec {
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

const ADJUSTMENT_TYPES: &[Choice] =
    &[word("ChangeInCapacity"), word("PercentChangeInCapacity"), word("ExactCapacity")];

const STEP: TableSpec = TableSpec {
    doc: "A step policy: answers an alarm with a table of steps.",
    keys: &[
        Key::new("alarm", Kind::Table(&ALARM), "The CloudWatch alarm that invokes it.").required(),
        Key::new("adjustment_type", Kind::Choice(ADJUSTMENT_TYPES), "What an adjustment means.").required(),
        Key::new(
            "min_adjustment_magnitude",
            CAPACITY,
            "Percent policies change by at least this; 0: no minimum.",
        )
        .or("0"),
        Key::new(
            "metric_aggregation_type",
            Kind::Choice(&[word("Average"), word("Minimum"), word("Maximum")]),
            "How the alarm's recent datapoints become one number.",
        )
        .or("\"Average\""),
        Key::new("cooldown", COOLDOWN, "AWS's default is 300 s.").or("\"300s\""),
        Key::new("steps", Kind::List(&ADJUSTMENT), "1 to 20 steps.").required(),
    ],
};

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

const ALARM: TableSpec = TableSpec {
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

const ADJUSTMENT: TableSpec = TableSpec {
    doc: "A step: a range of differences from the threshold and what to do there.",
    keys: &[
        Key::new("lower", Kind::Number(-1e12, 1e12), "MetricIntervalLowerBound. Left out: −∞."),
        Key::new("upper", Kind::Number(-1e12, 1e12), "MetricIntervalUpperBound. Left out: +∞."),
        Key::new("adjustment", Kind::Integer(-1_000_000, 1_000_000), "ScalingAdjustment.").required(),
    ],
};

const SCHEDULED: TableSpec = TableSpec {
    doc: "A scheduled action: it sets `min_capacity`, `max_capacity` or both, and the desired count moves within them at once.",
    keys: &[
        Key::new(
            "schedule",
            Kind::Text,
            "\"at(2026-11-27T08:00:00)\", \"rate(5 minutes)\" or \"cron(0 8 ? * MON-FRI *)\": minute, hour, day of month, month, \
             day of week, year, with L, W, #, ?, lists, ranges and steps.",
        )
        .required(),
        Key::new("timezone", Kind::Zone, "Time zone of `at` and `cron`.").or("\"UTC\""),
        Key::new("start", Kind::Instant, "StartTime: a recurring action runs then first, and by its schedule afterwards."),
        Key::new("end", Kind::Instant, "EndTime: it does not run afterwards. Nothing is reverted."),
        Key::new("min_capacity", CAPACITY, "New `min_capacity`. Left out: it stays."),
        Key::new("max_capacity", CAPACITY, "New `max_capacity`. Left out: it stays."),
    ],
};

const PREDICTIVE: TableSpec = TableSpec {
    doc: "A predictive scaling policy.",
    keys: &[Key::new("target_value", Kind::NumberAbove(0.0, 1e9), "Utilization the forecast aims at.")],
};

const SUSPENDED: TableSpec = TableSpec {
    doc: "A time in which something is suspended. Windows may overlap.",
    keys: &[
        Key::new("from", SINCE_START, "Its beginning, from second 0.").or("\"0s\""),
        Key::new("until", SINCE_START, "Its end, from second 0. Left out: it lasts to the end of the run."),
        Key::new("dynamic_scaling_in", Kind::Bool, "DynamicScalingInSuspended: policies do not scale in.")
            .or("false"),
        Key::new("dynamic_scaling_out", Kind::Bool, "DynamicScalingOutSuspended: policies do not scale out.")
            .or("false"),
        Key::new(
            "scheduled_scaling",
            Kind::Bool,
            "ScheduledScalingSuspended: occurrences of scheduled actions are skipped.",
        )
        .or("false"),
    ],
};
