//! Metrics of a service, and the ways in which policies read them: custom metrics, resolutions, statistics and periods, checked by
//! CloudWatch's rules.

use windtunnel_kernel::telemetry::{
    AlarmQuery, CustomMetric, LowSamples, Metric, MetricsPlan, Statistic, Variable,
};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::assumptions::Assumptions;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::expression;
use crate::scenario::language::choices::choices;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::suggest::nearest;
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;
use crate::scenario::language::{codes, quantity};

choices! { ECS_RESOLUTIONS = SimDuration {
    "20s" => SimDuration::from_secs(20),
    "60s" => SimDuration::from_secs(60),
} }
choices! { RESOLUTIONS = SimDuration {
    "10s" => SimDuration::from_secs(10),
    "20s" => SimDuration::from_secs(20),
    "30s" => SimDuration::from_secs(30),
    "60s" => SimDuration::from_secs(60),
} }
choices! { pub(crate) LOW_SAMPLES: LowSamples { "evaluate" => Evaluate, "ignore" => Ignore } }
choices! {
    /// The statistics but for percentiles.
    STATISTICS = Statistic {
        "Average" => Statistic::Average,
        "Sum" => Statistic::Sum,
        "Minimum" => Statistic::Minimum,
        "Maximum" => Statistic::Maximum,
        "SampleCount" => Statistic::SampleCount,
    }
}

pub(crate) const MONITORING: TableSpec = TableSpec {
    doc: "How often ECS publishes the service's metrics (`monitoring.metricConfigurations`); high-resolution policies need 20 s.",
    keys: &[
        Key::new("cpu_utilization", Kind::Choice(ECS_RESOLUTIONS.words), "Resolution of CPUUtilization.")
            .or("\"60s\""),
        Key::new(
            "memory_utilization",
            Kind::Choice(ECS_RESOLUTIONS.words),
            "Resolution of MemoryUtilization.",
        )
        .or("\"60s\""),
    ],
};

pub(crate) const METRIC: TableSpec = TableSpec {
    doc: "A metric of your own: an expression of what is measured, published once a period.",
    keys: &[
        Key::new(
            "expression",
            Kind::Text,
            "Numbers, + - * / ( ), min(…), max(…) and: queue_length, in_flight, in_service (requests in a place), averages over \
             the period; requests, rejected, failed, timed_out in it; running, desired, pending, healthy tasks at its end; \
             cpu_utilization, memory_utilization [%]; response_time_mean, _p50, _p90, _p95, _p99 [ms]. A division by zero, or \
             something that was not measured, is a missing datapoint.",
        )
        .required(),
        Key::new(
            "resolution",
            Kind::Choice(RESOLUTIONS.words),
            "Length of its periods.",
        )
        .or("\"60s\""),
        Key::new(
            "delay",
            Kind::Duration(0, 3600),
            "From the end of a period until its datapoint can be read. Left out: `assumptions.custom_metric_delay`.",
        ),
    ],
};

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;

/// The metrics of a service; `None` when one is wrong.
pub(crate) fn read(
    service: TableReader<'_>,
    assumptions: Option<&Assumptions>,
    builder: &mut Builder<'_>,
) -> Option<MetricsPlan> {
    let monitoring = service.table("monitoring")?;
    let mut custom = Vec::new();
    for (entry, view) in service.table("metric")?.tables() {
        let resolution = view.choice("resolution", &RESOLUTIONS);
        let delay = if view.is_given("delay") {
            view.duration("delay")
        } else {
            assumptions.map(|a| a.custom_metric_delay)
        };
        let expression = view.text("expression").and_then(|text| match expression::parse(text) {
            Ok(expression) => Some(expression),
            Err(fault) => {
                builder.report.add(
                    Problem::new(
                        codes::BAD_EXPRESSION,
                        format!("the expression of `{}` cannot be read: {}", entry.key, fault.message),
                    )
                    .at(
                        &view.place("expression"),
                        format!("column {} of it: {}", fault.column, fault.message),
                    )
                    .expected("numbers, names of what is measured, + - * / ( ) min(…) max(…)")
                    .help("`explain metric` lists what is measured"),
                );
                None
            }
        });
        custom.push((|| {
            Some(CustomMetric {
                name: entry.key.clone(),
                expression: expression?,
                resolution: resolution?,
                delay: delay?,
            })
        })());
    }
    Some(MetricsPlan {
        cpu_resolution: monitoring.choice("cpu_utilization", &ECS_RESOLUTIONS)?,
        memory_resolution: monitoring.choice("memory_utilization", &ECS_RESOLUTIONS)?,
        custom: custom.into_iter().collect::<Option<_>>()?,
    })
}

/// The custom metric that `view` names by `custom_metric`, which it must do if and only if its metric is a custom one.
pub(crate) fn custom(
    view: TableReader<'_>,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<Metric> {
    let Some(name) = view.text("custom_metric") else {
        builder.report.add(
            Problem::new(codes::UNKNOWN_METRIC, "a CustomizedMetric needs `custom_metric`, the name of one")
                .at(&view.place("metric"), "which one?")
                .expected("the name of a table [service.<name>.metric.<name>]"),
        );
        return None;
    };
    let found = metrics.custom.iter().zip(0_u16..).find(|(custom, _)| custom.name == name);
    if found.is_none() {
        let known: Vec<&str> = metrics.custom.iter().map(|custom| custom.name.as_str()).collect();
        let mut problem =
            Problem::new(codes::UNKNOWN_METRIC, format!("the service has no metric called `{name}`"))
                .at(&view.place("custom_metric"), "not a metric of this service")
                .expected(format!("one of {}", known.join(", ")))
                .help("custom metrics are tables [service.<name>.metric.<name>]");
        if let Some(near) = nearest(name, &known) {
            problem = problem.fix(format!("custom_metric = \"{near}\""));
        }
        builder.report.add(problem);
    }
    found.map(|(_, index)| Metric::Custom(index))
}

/// Complains of a `custom_metric` beside a metric of AWS.
pub(crate) fn no_custom(view: TableReader<'_>, builder: &mut Builder<'_>) {
    if view.is_given("custom_metric") {
        builder.report.add(
            Problem::new(
                codes::UNKNOWN_METRIC,
                "`custom_metric` goes with `metric = \"CustomizedMetric\"` only",
            )
            .at(&view.place("custom_metric"), "not used")
            .also(&view.place("metric"), "a metric of AWS")
            .fix("metric = \"CustomizedMetric\""),
        );
    }
}

/// The statistic that `view` asks for, or the metric's usual one.
pub(crate) fn statistic(
    view: TableReader<'_>,
    metric: Metric,
    builder: &mut Builder<'_>,
) -> Option<Statistic> {
    let Some(text) = view.text("statistic") else { return Some(metric.usual_statistic()) };
    let statistic = statistic_of(text);
    if let Some(found) = statistic
        && metric.has(found)
    {
        return statistic;
    }
    let why = match (statistic, metric) {
        (None, _) => format!("`{text}` is not a statistic"),
        (Some(Statistic::Percentile(_)), _) => {
            format!("{} has no percentiles: only TargetResponseTime is made of single values", metric.name())
        }
        (Some(_), Metric::RequestCountPerTarget) => {
            "RequestCountPerTarget has the statistic Sum only".to_owned()
        }
        (Some(_), _) => format!(
            "the {text} of {} over tasks is not known: the model keeps their sum, not their shares",
            metric.name()
        ),
    };
    let all = ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p99"];
    let fit = all.iter().filter(|word| statistic_of(word).is_some_and(|found| metric.has(found)));
    let fit: Vec<&str> = fit.copied().collect();
    builder.report.add(
        Problem::new(codes::NO_SUCH_STATISTIC, why)
            .at(&view.place("statistic"), "not a statistic of this metric")
            .expected(format!("one of {}, percentiles with up to three decimals", fit.join(", ")))
            .help("left out, it is the metric's usual one"),
    );
    None
}

/// `Average`, `p99`, `p99.9`, ….
fn statistic_of(text: &str) -> Option<Statistic> {
    if let Some(statistic) = STATISTICS.value(text) {
        return Some(statistic);
    }
    let percent = text.strip_prefix('p')?;
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 2) || !digits(decimals, 3) {
        return None;
    }
    let thousandths = format!("{whole}{decimals:0<3}").parse::<u32>().ok()?;
    Some(Statistic::Percentile(Some(thousandths).filter(|p| *p > 0)?))
}

/// The period of an alarm: 10, 20 or 30 s or whole minutes, and a multiple of the metric's resolution.
pub(crate) fn period(
    view: TableReader<'_>,
    metric: Metric,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<SimDuration> {
    let period = view.duration("period")?;
    let resolution = metrics.resolution(metric);
    let text = quantity::duration_text;
    let is_valid = [10, 20, 30].map(|s| s * SECOND).contains(&period.0) || period.0 % (60 * SECOND) == 0;
    let why = if !is_valid {
        format!("CloudWatch has no period of {}", text(period))
    } else if period.0 % resolution.0 != 0 {
        format!("{} is published every {}", metrics.name(metric), text(resolution))
    } else {
        return Some(period);
    };
    builder.report.add(
        Problem::new(codes::BAD_PERIOD, why)
            .at(&view.place("period"), format!("not a period of {}", metrics.name(metric)))
            .expected(format!("10s, 20s, 30s or whole minutes, in multiples of {}", text(resolution)))
            .help("`monitoring` and a custom metric's `resolution` say how often a metric is published"),
    );
    None
}

/// Statistic, period and few samples of an alarm's metric.
pub(crate) fn query(
    view: TableReader<'_>,
    metric: Metric,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) -> Option<AlarmQuery> {
    let statistic = statistic(view, metric, builder);
    let period = period(view, metric, metrics, builder);
    Some(AlarmQuery {
        statistic: statistic?,
        period: period?,
        low_samples: view.choice("evaluate_low_sample_count_percentile", &LOW_SAMPLES)?,
    })
}

/// N periods may span a day, or a week where a period is an hour or more (documented: `docs/aws/alarms.md#evaluation`).
pub(crate) fn span(view: TableReader<'_>, periods: u32, period: SimDuration, builder: &mut Builder<'_>) {
    let most = if period.0 >= 3_600 * SECOND { 7 * DAY } else { DAY };
    if u64::from(periods).saturating_mul(period.0) > most {
        let most = quantity::duration_text(SimDuration(most));
        builder.report.add(
            Problem::new(
                codes::ALARM_WINDOW,
                format!("{periods} periods of {} span more than {most}", quantity::duration_text(period)),
            )
            .at(&view.place("evaluation_periods"), "too far back")
            .also(&view.place("period"), "the period")
            .expected("a day in all, or a week with periods of an hour or more"),
        );
    }
}

/// A high-resolution metric of target tracking must be published (`docs/aws/target-tracking.md#high-resolution-metrics`).
pub(crate) fn published(
    view: TableReader<'_>,
    metric: Metric,
    metrics: &MetricsPlan,
    builder: &mut Builder<'_>,
) {
    if metrics.resolution(metric).0 >= 60 * SECOND {
        let key = if metric == Metric::CpuUtilization { "cpu_utilization" } else { "memory_utilization" };
        builder.report.add(
            Problem::new(
                codes::NOT_PUBLISHED,
                format!("the service publishes {} every 60 s only", metric.name()),
            )
            .at(&view.place("metric"), "needs it every 20 s")
            .fix(format!("[service.<name>.monitoring] {key} = \"20s\""))
            .help("AWS refuses the policy until the service publishes the metric at high resolution"),
        );
    }
}

/// Warns of a tracked metric that does not fall when tasks are added (documented:
/// `docs/aws/target-tracking.md#usable-metrics`).
pub(crate) fn proportional(custom: &CustomMetric, place: &SourceSpan, builder: &mut Builder<'_>) {
    let falls = |variable: Variable| {
        matches!(
            variable,
            Variable::Running
                | Variable::Healthy
                | Variable::Desired
                | Variable::Pending
                | Variable::CpuUtilization
                | Variable::MemoryUtilization
        ) || variable.is_response_time()
    };
    if !custom.expression.variables().any(falls) {
        builder.report.add(
            Problem::new(
                codes::NOT_PROPORTIONAL,
                format!("`{}` is a total: it does not fall in proportion when tasks are added", custom.name),
            )
            .at(place, "tracked")
            .fix("divide it by `running`: the backlog of a task is what a target can be set for")
            .help("`running × metric ÷ target` then adds more than is needed, again and again"),
        );
    }
}
