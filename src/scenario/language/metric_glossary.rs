//! The metrics that policies see and the figures that results hold, but for the lines of bills, which the keys of prices
//! know ([`Language::items`](super::schema::Language)).

/// A metric or figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MetricText {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// The topic of that name, of the name without the group it stands in, or of the group of a statistic
/// (`response_time_ms.p99`); `items` are the lines of bills.
pub(super) fn find(items: &'static [MetricText], name: &str) -> Option<&'static MetricText> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    ALL.iter()
        .chain(items)
        .find(|metric| same(metric.name))
        .or_else(|| ALL.iter().find(|metric| metric.name.split_once('.').is_some_and(|(_, last)| same(last))))
        .or_else(|| {
            let (group, last) = name.split_once('.')?;
            let statistic = ["mean", "p50", "p90", "p95", "p99", "p99_9", "max"].contains(&last);
            ALL.iter().find(|metric| statistic && metric.name == group && metric.name.ends_with("_ms"))
        })
}

const fn metric(name: &'static str, text: &'static str) -> MetricText {
    MetricText { name, text }
}

/// All of them.
pub(super) const ALL: &[MetricText] = &[
    metric(
        "CPUUtilization",
        "AWS/ECS, Average, percent. CPU time that the service's tasks consumed in a minute ÷ CPU time they had reserved, over all tasks that run. A datapoint can be read `assumptions.ecs_metric_delay_60s` after its minute has ended. An empty service publishes nothing.",
    ),
    metric(
        "MemoryUtilization",
        "AWS/ECS, Average, percent. Memory in use (`base_memory` and `memory_per_request` for each request in service) ÷ memory reserved, over all tasks that run, averaged over the minute.",
    ),
    metric(
        "RequestCountPerTarget",
        "AWS/ApplicationELB, Sum. Requests in a minute ÷ targets (`assumptions.rcpt_denominator`). It is reported even when nothing arrives, so a zero is data. Readable `assumptions.alb_metric_delay` after the minute.",
    ),
    metric(
        "RequestCount",
        "AWS/ApplicationELB, Sum. Requests in a minute; reported only for minutes in which requests flow.",
    ),
    metric(
        "TargetResponseTime",
        "AWS/ApplicationELB, seconds. Arrival to end of the requests that are answered in the minute; the only metric with percentiles, from a sketch within 1.6 %.",
    ),
    metric(
        "HTTPCode_Target_5XX_Count",
        "AWS/ApplicationELB, Sum. Requests that a task refused with a 503 because its queue was full; reported only when there are any.",
    ),
    metric(
        "HTTPCode_ELB_5XX_Count",
        "AWS/ApplicationELB, Sum. Requests without a target (503) or lost with it (502); reported only when there are any.",
    ),
    metric("HealthyHostCount", "AWS/ApplicationELB. Targets in service, averaged over the minute."),
    metric(
        "UnHealthyHostCount",
        "AWS/ApplicationELB. Targets that failed their health checks, averaged over the minute.",
    ),
    metric(
        "CustomizedMetric",
        "One of the service's `metric` tables, named by `custom_metric`: an expression of queue_length, in_flight, in_service, requests, rejected, failed, timed_out, running, desired, pending, healthy, cpu_utilization, memory_utilization, response_time_mean, response_time_p50, _p90, _p95 and _p99.",
    ),
    metric(
        "ECSServiceAverageCPUUtilizationHighResolution",
        "The predefined metric of target tracking for CPUUtilization every 20 s, which the service must publish (`monitoring`). Its high alarm takes 3 of 3 periods of 20 s above the target, its low alarm 30 of 30 below 0.9 times the target.",
    ),
    metric(
        "ECSServiceAverageMemoryUtilizationHighResolution",
        "The predefined metric of target tracking for MemoryUtilization every 20 s, with the same alarms.",
    ),
    metric(
        "ECSServiceAverageCPUUtilization",
        "The predefined metric of target tracking for CPUUtilization. Its high alarm takes 3 of 3 minutes above the target, its low alarm 15 of 15 below 0.9 times the target.",
    ),
    metric(
        "ECSServiceAverageMemoryUtilization",
        "The predefined metric of target tracking for MemoryUtilization, with the same alarms.",
    ),
    metric(
        "ALBRequestCountPerTarget",
        "The predefined metric of target tracking for RequestCountPerTarget, with the same alarms; the target is requests a target and minute.",
    ),
    metric(
        "requests",
        "Requests that arrived after the warm-up, by outcome. offered = served + rejected + timed_out + failed + in_flight.",
    ),
    metric("requests.offered", "Arrivals."),
    metric("requests.served", "Answered before the client gave up and before the horizon."),
    metric("requests.rejected", "Refused at once with a 503: the queue was full, or no task was in service."),
    metric("requests.timed_out", "The client gave up, waiting or in service."),
    metric("requests.failed", "Lost with the task that held them."),
    metric("requests.in_flight", "Not finished at the horizon."),
    metric(
        "response_time_ms",
        "Arrival to end of served requests [ms]: mean, p50, p90, p95, p99, p99_9 and max. Quantiles come from a histogram whose buckets bound their relative error.",
    ),
    metric(
        "waiting_time_ms",
        "Arrival until a request gets a place in a task [ms], of requests that got one. What it then waits for the CPU is part of the response time, not of this.",
    ),
    metric("tasks", "Tasks over the whole run, warm-up included."),
    metric("tasks.running_mean", "Mean number of running tasks over the run (time-weighted)."),
    metric("tasks.running_min", "Fewest tasks running at any moment."),
    metric("tasks.running_max", "Most tasks running at any moment."),
    metric("tasks.started", "Tasks that were started by the scheduler after second 0."),
    metric("tasks.stopped", "Tasks that were stopped."),
    metric(
        "tasks.task_hours",
        "Billed hours of all tasks together: from the start of the image pull to the container's exit, at least 60 s a task.",
    ),
    metric("utilization", "Shares in [0, 1] over the whole run."),
    metric("utilization.cpu_mean", "CPU time consumed ÷ CPU time reserved by running tasks."),
    metric("utilization.memory_mean", "Memory used ÷ memory reserved by running tasks, time-weighted."),
    metric("scaling", "What the policies did."),
    metric("scaling.scale_out", "Times the desired count was raised."),
    metric("scaling.scale_in", "Times the desired count was lowered."),
    metric(
        "scaling.not_scaled",
        "Invocations that changed nothing, such as those at a limit or in a cooldown.",
    ),
    metric("cost", "What the run costs: the sum of the invoice lines, each quantity × price rounded once."),
    metric("cost.total_usd", "Cost of the simulated time, on demand and without tax."),
    metric(
        "cost.per_month_usd",
        "The bill of a month of 730 hours like the run: each line scaled, then rounded to a cent. True only if every such period is like this one.",
    ),
    metric(
        "cost.per_million_requests_usd",
        "The exact total ÷ served requests (the warm-up's too), times a million.",
    ),
    metric("cost.lines", "The invoice: item, quantity, unit, rate and amount of each line."),
    metric(
        "cost.unpriced",
        "Items that are used and have no price: every amount leaves them out, and no check of a cost can pass.",
    ),
    metric("cost.not_priced", "What the bill leaves out, in words."),
    metric("availability", "served ÷ (offered − in flight + overdue)."),
    metric(
        "desired",
        "Desired count of the service: what the scaling policies ask the scheduler for. In timeline.csv as at the end of the minute.",
    ),
    metric(
        "pending",
        "Tasks that are asked for and do not run yet. In timeline.csv as at the end of the minute.",
    ),
    metric(
        "running",
        "Tasks in RUNNING: their container runs, whether or not the application answers yet. Policies start from this count. In timeline.csv as at the end of the minute.",
    ),
    metric("in_service", "Tasks that receive requests. In timeline.csv as at the end of the minute."),
    metric(
        "draining",
        "Tasks on their way out whose container still exists. In timeline.csv as at the end of the minute.",
    ),
    metric("scaled_out", "Outcome in decisions.csv: the desired count was raised."),
    metric("scaled_in", "Outcome in decisions.csv: the desired count was lowered."),
    metric(
        "completed",
        "Outcome in decisions.csv: the running count has reached the desired count; the cooldown starts now.",
    ),
    metric(
        "cooling_down",
        "Outcome in decisions.csv: the cooldown of the last activity runs, and the proposal is not a larger scale-out.",
    ),
    metric(
        "awaiting_datapoint",
        "Outcome in decisions.csv: no datapoint of a period that began since the last change of the desired count can be read yet, and older ones ask for nothing more (`assumptions.tt_datapoints`).",
    ),
    metric(
        "not_unanimous",
        "Outcome in decisions.csv: target tracking scales in only when every policy that may scale in is ready, and another one is not.",
    ),
    metric(
        "within_target",
        "Outcome in decisions.csv: the alarm is in ALARM, but the number the policy uses (by default the mean of the alarm's datapoints) is not beyond the threshold.",
    ),
    metric(
        "suspended",
        "Outcome in decisions.csv: scaling in this direction is suspended, or a scheduled action was skipped for it.",
    ),
    metric("resumed", "Outcome in decisions.csv: nothing is suspended any more."),
    metric("applied", "Outcome in decisions.csv: a scheduled action set the bounds."),
    metric(
        "failed",
        "Outcome in decisions.csv: a scheduled action would have set a minimum above the maximum; nothing happened.",
    ),
    metric("no_matching_step", "Outcome in decisions.csv: no step covers the metric."),
    metric(
        "outvoted",
        "Outcome in decisions.csv: another policy asked for more capacity at the same moment.",
    ),
    metric(
        "AlreadyAtMaxCapacity",
        "Outcome in decisions.csv, AWS's code: the desired count is already at max_capacity.",
    ),
    metric(
        "AlreadyAtMinCapacity",
        "Outcome in decisions.csv, AWS's code: the desired count is already at min_capacity.",
    ),
    metric(
        "AlreadyAtDesiredCapacity",
        "Outcome in decisions.csv, AWS's code: what the policy proposes is the desired count already, for example because tasks are still starting.",
    ),
    metric(
        "AutoScalingAnticipatedFlapping",
        "Outcome in decisions.csv, AWS's code: with one task fewer the metric would be above the target.",
    ),
];
