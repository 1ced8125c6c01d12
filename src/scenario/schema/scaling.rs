//! `[service.<name>.scaling]` and its policies. Names are AWS's own, in snake case.

use super::{Choice, Key, Kind, TableSpec, later, word};

/// Tasks a service may have: the ECS quota.
pub(super) const MOST_TASKS: i128 = 5_000;
const CAPACITY: Kind = Kind::Integer(0, MOST_TASKS);
const COOLDOWN: Kind = Kind::Duration(0, 86_400 * 7);
const HIGH_RESOLUTION: &str = "metrics have periods of 60 s here";

pub(super) const SCALING: TableSpec = TableSpec {
    doc: "Capacities and scaling policies. ECS allows 5 000 tasks a service.",
    keys: &[
        Key::new("min_capacity", CAPACITY, "Fewest tasks.").required(),
        Key::new("max_capacity", CAPACITY, "Most tasks.").required(),
        Key::new("desired_count", CAPACITY, "Tasks at second 0, already warm. Left out: `min_capacity`."),
        Key::new("target_tracking", Kind::Map(&TARGET_TRACKING), "Target-tracking policies, by name.")
            .or("{}"),
        Key::new("step", Kind::Map(&STEP), "Step policies, by name.").or("{}"),
        Key::new("scheduled", Kind::Map(&SCHEDULED), "Scheduled actions, by name.")
            .not_built("set `min_capacity` to what the schedule would need"),
    ],
};

const TRACKED: &[Choice] = &[
    word("ECSServiceAverageCPUUtilization"),
    word("ECSServiceAverageMemoryUtilization"),
    word("ALBRequestCountPerTarget"),
    later("ECSServiceAverageCPUUtilizationHighResolution", HIGH_RESOLUTION),
    later("ECSServiceAverageMemoryUtilizationHighResolution", HIGH_RESOLUTION),
    later("CustomizedMetric", "the predefined metrics are built"),
];

const TARGET_TRACKING: TableSpec = TableSpec {
    doc: "A target-tracking policy: keeps a metric near a value.",
    keys: &[
        Key::new("metric", Kind::Choice(TRACKED), "PredefinedMetricType.").required(),
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

const STATISTICS: &[Choice] = &[
    word("Average"),
    word("Sum"),
    later("Minimum", "\"Average\" for ECS metrics and \"Sum\" for the load balancer's are built"),
    later("Maximum", "\"Average\" for ECS metrics and \"Sum\" for the load balancer's are built"),
    later("SampleCount", "\"Average\" for ECS metrics and \"Sum\" for the load balancer's are built"),
];
const ALARM_METRICS: &[Choice] = &[
    word("CPUUtilization"),
    word("MemoryUtilization"),
    word("RequestCountPerTarget"),
    word("RequestCount"),
    later("TargetResponseTime", "RequestCountPerTarget is the nearest that is built"),
    later("HTTPCode_Target_5XX_Count", "RequestCount is the nearest that is built"),
    later("HTTPCode_ELB_5XX_Count", "RequestCount is the nearest that is built"),
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
        Key::new("metric", Kind::Choice(ALARM_METRICS), "MetricName.").required(),
        Key::new(
            "statistic",
            Kind::Choice(STATISTICS),
            "\"Average\" for CPUUtilization and MemoryUtilization, \"Sum\" for RequestCount and RequestCountPerTarget. \
             Left out: the one that fits.",
        ),
        Key::new("period", Kind::DurationAbove(86_400), "Length of a datapoint; only \"60s\" is built.")
            .or("\"60s\""),
        Key::new("evaluation_periods", Kind::Integer(1, 1440), "N: periods that are looked at.").required(),
        Key::new(
            "datapoints_to_alarm",
            Kind::Integer(1, 1440),
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
    doc: "A scheduled action.",
    keys: &[
        Key::new("schedule", Kind::Text, "at(…), rate(…) or cron(…)."),
        Key::new("timezone", Kind::Zone, "Time zone of the schedule."),
        Key::new("min_capacity", CAPACITY, "New `min_capacity`."),
        Key::new("max_capacity", CAPACITY, "New `max_capacity`."),
    ],
};
