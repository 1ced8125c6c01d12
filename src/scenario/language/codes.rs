//! The diagnostic codes: each with a title, what it means at length, and an example. `WT0..` are errors, `WT1..` warnings,
//! `WT2..` notes.

use schemars::JsonSchema;
use serde::Serialize;

/// Whether a diagnostic stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// The run can go on, but the scenario probably does not say what was meant.
    Warning,
    /// Something was decided that the scenario does not say.
    Note,
}

/// One code and its explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `WT…`.
    pub code: &'static str,
    /// Title of the code, in a few words.
    pub title: &'static str,
    /// Meaning of the code, and what to do about it.
    pub explanation: &'static str,
    /// A line or two of a scenario that has the problem.
    pub example: &'static str,
}

/// What a code is, by its first digit.
pub(crate) fn severity(code: &str) -> Severity {
    match code.get(..3) {
        Some("WT0") => Severity::Error,
        Some("WT1") => Severity::Warning,
        _ => Severity::Note,
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $explanation:literal, $example:literal;)*) => {
        $(#[doc = $title] pub(crate) const $name: &str = $code;)*
        /// All codes, in order.
        pub const ALL: &[Code] = &[$(Code {
            code: $code,
            title: $title,
            explanation: $explanation,
            example: $example,
        }),*];
    };
}

codes! {
    SYNTAX = "WT001", "not TOML",
        "The text could not be read as TOML. Everything the parser complains of is listed; nothing else is checked until the text can be read.",
        "name = flash-sale        # a string needs quotes";
    DUPLICATE_KEY = "WT002", "a key given twice",
        "A table holds the same key twice. Which of the two was meant cannot be known, so neither is used.",
        "seed = 1\nseed = 2";
    TEXT_LIMITS = "WT003", "text beyond what is read",
        "A scenario may be 16 MiB long, nested 64 tables deep, hold 1000 items a list and integers of at most 38 digits. Of its problems 1000 are listed. Long series of numbers belong in a trace file.",
        "name = [[[[[[[[[[[[ … ]]]]]]]]]]]]";
    UNKNOWN_KEY = "WT004", "unknown key",
        "No such key exists in this table. Unknown keys are never ignored: a misspelt `scale_in_cooldwon` would silently run with the default. The nearest valid key is suggested; `explain KEY` and `schema` list them all.",
        "[service.web.scaling]\nmax_capcity = 20";
    MISSING_KEY = "WT005", "missing key",
        "The key has no sensible default, so it must be given.",
        "[service.web.scaling]\nmin_capacity = 2          # max_capacity is missing";
    WRONG_TYPE = "WT006", "value of the wrong type",
        "The key takes another type of value. Durations and sizes are strings with a unit.",
        "horizon = 24              # \"24h\"";
    OUT_OF_RANGE = "WT007", "value out of range",
        "The number, duration or size is outside the range of the key; NaN and infinities are outside every range.",
        "[service.web.scaling]\nmin_capacity = -1";
    NOT_A_CHOICE = "WT008", "not one of the choices",
        "The key takes one of a few words.",
        "[service.web.traffic]\narrivals = \"poison\"";
    MALFORMED = "WT009", "malformed value",
        "A duration, size, time of day, instant, time zone or price is not written in the form that its key takes.",
        "horizon = \"24 parsecs\"";
    NOT_BUILT = "WT010", "not built yet",
        "The key or value is part of the scenario language, but this version cannot simulate it. It is refused rather than ignored, so that no result depends on something that did not happen.",
        "[assumptions]\nspot_hazard = 0.05";
    SUPERSEDED = "WT011", "assumption replaced by another key",
        "The quantity is described more precisely by other keys of the scenario; the message names them.",
        "[assumptions]\nfargate_start = \"25s\"";
    BAD_OVERRIDE = "WT012", "override that cannot be applied",
        "An override has the form KEY=VALUE, where KEY is the path of a key in the file (`service.web.scaling.max_capacity`, list items by number from 0) and VALUE is TOML or a bare word.",
        "--set horizon";
    BAD_NAME = "WT013", "name that cannot be used",
        "Names are 1 to 200 characters without control or invisible characters; names of services and policies are made of A-Z a-z 0-9 _ and -.",
        "[service.\"my web\"]";
    ONE_OF = "WT014", "exactly one alternative is needed",
        "A distribution, a shape or a scale-in mode is a table with one key that says which it is.",
        "cpu_time = { exponential = { mean = \"40ms\" }, constant = { value = \"40ms\" } }";
    SCHEMA_VERSION = "WT015", "unknown version of the scenario language",
        "`schema` is the version of the scenario language; this program reads version 1.",
        "schema = 2";
    TASK_SIZE = "WT020", "not a task size that Fargate sells",
        "Fargate sells fixed pairs of CPU and memory: 256 units with 512, 1024 or 2048 MiB; 512 with 1 to 4 GiB; 1024 with 2 to 8; 2048 with 4 to 16; 4096 with 8 to 30 (steps of 1 GiB); 8192 with 16 to 60 (steps of 4); 16384 with 32 to 120 (steps of 8); 32768 with 60, 120 or 244 GiB.",
        "[service.web.task]\ncpu = 1024\nmemory = 1024";
    CAPACITY_ORDER = "WT021", "capacities in the wrong order",
        "min_capacity ≤ desired_count ≤ max_capacity must hold at second 0.",
        "[service.web.scaling]\nmin_capacity = 10\nmax_capacity = 5";
    STEP_RANGES = "WT022", "step policy that AWS refuses",
        "Step ranges are differences from the alarm's threshold. They may not overlap or leave a gap; a step without lower bound is needed when a bound is negative, one without upper bound when a bound is positive; at most one of each; a single step cannot lack both; ExactCapacity takes no negative adjustment; only PercentChangeInCapacity takes a minimum magnitude.",
        "steps = [ { lower = 0.0, upper = 10.0, adjustment = 1 } ]   # nothing from +10 on";
    SAME_METRIC = "WT023", "two target-tracking policies on one metric",
        "AWS accepts one target-tracking policy a metric and service.",
        "target_tracking.a.metric = target_tracking.b.metric";
    NEEDS_LOAD_BALANCER = "WT024", "load balancer metric without a load balancer",
        "RequestCount and RequestCountPerTarget are published by the load balancer, and the service has none.",
        "metric = \"ALBRequestCountPerTarget\"      # and no [service.web.load_balancer]";
    TASK_MEMORY = "WT025", "the idle task does not fit its memory",
        "`base_memory` is what the task uses without a single request; it cannot be more than `memory`.",
        "[service.web.task]\nmemory = 512\nbase_memory = \"1GiB\"";
    ALARM_WINDOW = "WT026", "alarm window that CloudWatch refuses",
        "`datapoints_to_alarm` (M) cannot exceed `evaluation_periods` (N), and N periods span at most a day, or a week where a period is an hour or more.",
        "evaluation_periods = 2, datapoints_to_alarm = 3";
    TIME_ORDER = "WT027", "times in the wrong order",
        "The warm-up must end before the horizon, a ramp must end after its start, the longest backoff cannot be shorter than the first.",
        "horizon = \"1h\"\nwarmup = \"2h\"";
    BAD_DISTRIBUTION = "WT028", "not a distribution",
        "The parameters do not make a distribution of times: a zero mean, a percentile below the median, a Pareto tail index of 1 or less, whose mean is infinite.",
        "wait_time = { pareto = { alpha = 0.9, minimum = \"10ms\" } }";
    TRAFFIC_SOURCE = "WT029", "traffic needs one source",
        "A service's traffic is a trace or a list of shapes, not both and not neither; `exact_counts` needs a trace of counts.",
        "[service.web.traffic]\narrivals = \"poisson\"         # and neither trace nor shape";
    NEGATIVE_RATE = "WT030", "arrival rate below zero",
        "A diurnal shape whose amplitude exceeds its mean would ask for a negative rate at night. It is not clamped, since that would silently raise the mean.",
        "diurnal = { mean = 100.0, amplitude = 150.0, peak_at = \"14:00\" }";
    TOO_MANY_REQUESTS = "WT031", "more requests than the limit",
        "The traffic asks for more requests than `limits.max_requests`. The estimate is made before the run, so that a slip of a unit does not cost an hour. Raise the limit if it is meant.",
        "constant = { rate = 1e9 }, horizon = \"24h\"";
    STOPPING_TIMES = "WT032", "stopping stages longer than the whole",
        "`task_stop_seconds` is the whole way from the decision to STOPPED; `task_stop_lag` and `deprovisioning` are parts of it, and the rest is the container's exit.",
        "[assumptions]\ntask_stop_seconds = \"10s\"";
    BAD_CHECK = "WT033", "check that cannot be read",
        "A check is an operator (<, <=, >, >=), a number and a unit: a duration for times, % for shares, USD for costs, tasks for counts. `cost_change` takes % or USD, with a sign; `minutes_over_limit` a number of minutes and which they are: `<= 5 with p99_response_time > 500ms`.",
        "[checks]\navailability = \"99.9%\"       # which way?";
    UNKNOWN_REGION = "WT034", "region without prices",
        "The price book has no Fargate price for the region and architecture. Supply one with `[prices] file` or the keys of `[prices]`.",
        "region = \"us-east-9\"";
    BAD_PRICE_FILE = "WT035", "price file that cannot be read",
        "A price file is CSV with the columns platform, region, arch, os, item, unit, price_usd, source, as_of. Prices are decimals with at most 12 places.",
        "fargate,us-east-1,x86_64,linux,vcpu,vCPU-hour,cheap,me,2026-01-01";
    BAD_AXIS = "WT036", "axis that cannot be read",
        "An axis is a key and its values: a range FROM..TO:STEP, whose steps are exact decimals, or an array. Values are different from one another, and a key has one axis.",
        "[[sweep.axis]]\nkey = \"service.web.scaling.max_capacity\"\nvalues = \"10..40\"        # in steps of what?";
    BAD_FORECAST = "WT037", "forecast that cannot be read",
        "Growth is a share a month or a year, the first month has the form 2026-12 (from 1970-01 to 2200-12), seasonality is twelve factors above zero.",
        "[forecast]\ngrowth = \"4%\"           # a month? a year?";
    BAD_FAULT = "WT038", "fault that hits nothing it could",
        "A fault names a service or an availability zone that does not exist. A service has `availability_zones` zones, called \"a\", \"b\", and so on; `services` limits a fault to some services.",
        "[[fault]]\nat = \"10m\"\nzone_outage = { zone = \"f\" }";
    FILE_UNREADABLE = "WT040", "file that cannot be opened or read",
        "A trace, sample or price file is named relative to the folder of the scenario. It could not be opened, or reading it failed.",
        "trace = { file = \"missing.csv\" }";
    TRACE_HEADER = "WT041", "trace without the columns that are needed",
        "The first line names the columns: a time column (`timestamp`, `time`, `datetime` or `date` in any case, or `time_s`), and the value column, with commas, semicolons or tabs between them. A CSV of the CloudWatch console has lines of labels instead, one of which names the column.",
        "when,requests";
    TRACE_VALUE = "WT042", "trace row that cannot be read",
        "A value must be a finite number, zero or more; a time must be ISO 8601, seconds (or milliseconds, microseconds, nanoseconds since 1970), or a date as spreadsheets write it. Where a date or a number could be two, and nothing in the beginning of the file tells which, `dates` or `decimal` in the trace's table does.",
        "2026-01-01T00:05:00Z,-3";
    TRACE_ORDER = "WT043", "trace rows out of step",
        "Rows must follow one another in steps of one size, the smallest distance of the first rows. Duplicates, rows that go back in time and rows between the steps are listed; `duplicates` says what two rows of one time are.",
        "60,12\n120,14\n90,13";
    TRACE_GAP = "WT044", "trace with gaps",
        "Rows are missing, or their cell is empty (or `null`, `NaN`, `N/A`, `-`). A missing sample is neither a zero nor its neighbour: `gaps = \"zero\"` or `gaps = \"hold\"` says which it shall be.",
        "0,12\n60,11\n300,14";
    TRACE_TOO_LARGE = "WT045", "trace beyond what is held",
        "Lines are at most 1 MiB, unzipped text at most 16 GiB and 200 times the file, and 4 000 000 intervals of different value are held. Shorten the horizon or aggregate the trace.",
        "a year of seconds";
    BAD_SAMPLES = "WT046", "sample file that cannot be read",
        "An empirical distribution takes a file with one number a line (or in the first column of a CSV), finite and zero or more.",
        "wait_time = { empirical = { file = \"empty.txt\", unit = \"ms\" } }";
    NO_HORIZON = "WT047", "no horizon",
        "`horizon` may be left out only where a trace gives the length of the run.",
        "[service.web.traffic]\nshape = [{ constant = { rate = 5 } }]     # for how long?";
    OTHER_FORMAT = "WT048", "file that is no series of counts",
        "A trace is a CSV with a row an interval: a time and a count. Answers of CloudWatch and Prometheus in JSON, access logs, files with a column for each interval, with a row for each request or with rows of several series are named; the message says what to do with them.",
        "trace = { file = \"access.log\" }";
    LOCAL_TIME = "WT049", "local time that the clocks skip or repeat",
        "Times without a zone are read in the trace's `timezone`, else in the scenario's. Where clocks are put forward an hour does not exist; where they are put back one comes twice, and both are read when both are there. A first row within that hour could be either.",
        "2026-03-29 02:30:00,12        # in Europe/Berlin";
    TOO_LARGE = "WT050", "scenario beyond what is held",
        "What the services of a scenario hold together is bounded: 5 000 000 instants at which scheduled actions are due, 20 000 000 pieces of rates and counts, as many intervals of traces and as many samples, and 200 000 000 evaluations of shapes. Shorten the horizon, or write less of what the message names.",
        "schedule = \"cron(* * * * ? *)\"     # in a hundred actions over five years";
    NOT_A_FLOW = "WT060", "what flows cannot represent",
        "With `fidelity = \"fluid\"` requests are not told apart: every client has the same fixed patience and tries once, all requests are alike, all tasks are alike, and the load balancer does not look at load. Leave the key out, or simulate single requests.",
        "fidelity = \"fluid\"\ntimeout = { exponential = { mean = \"30s\" } }";
    SLOW_START = "WT061", "slow start that the load balancer refuses",
        "`slow_start` is 0 s or 30 s to 900 s, and it works by passing new targets by: it goes with algorithms that do not look at the targets' load.",
        "algorithm = \"least_outstanding_requests\"\nslow_start = \"60s\"";
    NO_SUCH_STATISTIC = "WT070", "statistic that the metric does not have",
        "RequestCountPerTarget has Sum only. CPU and memory have Average, Sum and SampleCount; their Minimum and Maximum over tasks are not known here, since the model keeps the sum of the tasks' use. Percentiles are known of TargetResponseTime.",
        "alarm = { metric = \"CPUUtilization\", statistic = \"Maximum\", … }";
    BAD_PERIOD = "WT071", "alarm period that the metric does not have",
        "CloudWatch has periods of 10, 20 and 30 s and of whole minutes. A period is a multiple of the metric's resolution: load balancer metrics have a minute, ECS metrics what `monitoring` says, custom metrics their `resolution`.",
        "alarm = { metric = \"RequestCount\", period = \"20s\", … }";
    NOT_PUBLISHED = "WT072", "high-resolution metric that is not published",
        "The high-resolution metrics of target tracking need the service to publish CPUUtilization or MemoryUtilization every 20 s; AWS refuses the policy before that.",
        "metric = \"ECSServiceAverageCPUUtilizationHighResolution\"     # and no [service.web.monitoring]";
    BAD_EXPRESSION = "WT073", "expression that cannot be read",
        "The expression of a custom metric is made of numbers, names of what is measured, + - * / and parentheses, min(…) and max(…). The message names the column.",
        "[service.web.metric.backlog]\nexpression = \"queue_lenght / running\"";
    UNKNOWN_METRIC = "WT074", "custom metric that does not exist",
        "`metric = \"CustomizedMetric\"` goes with `custom_metric`, the name of a `metric` table of the same service.",
        "metric = \"CustomizedMetric\"\ncustom_metric = \"backlog\"      # and no [service.web.metric.backlog]";
    BAD_SCHEDULE = "WT075", "schedule that cannot be read",
        "A schedule is at(yyyy-mm-ddThh:mm:ss), rate(n minutes|hours|days) or cron with six fields: minute, hour, day of month, month, day of week, year. One of the two days is `?`. AWS takes a seventh field of seconds but does not keep it; it is refused here.",
        "schedule = \"cron(0 8 * * 1-5)\"";
    OVERLOAD = "WT101", "peak beyond the largest capacity",
        "At the peak more work is offered than `max_capacity` tasks can do: queues grow as long as it lasts, and no scaling policy can help.",
        "rate = 5000, cpu_time = \"40ms\", max_capacity = 10";
    THIN_MINIMUM = "WT102", "smallest capacity cannot carry the mean",
        "The mean rate is more than `min_capacity` tasks can do, so whenever the service has scaled in that far it is overloaded until tasks have started.",
        "rate = 300, cpu_time = \"40ms\", min_capacity = 2";
    HEAVY_TAIL = "WT103", "infinite variance",
        "A Pareto distribution with a tail index of 2 or less has no variance: sample means converge slowly and confidence intervals do not hold.",
        "cpu_time = { pareto = { alpha = 1.5, minimum = \"10ms\" } }";
    TIMEOUT_TOO_SHORT = "WT104", "clients give up before the mean request is done",
        "The mean service time is at least the client's timeout, so most requests time out on an idle service.",
        "wait_time = \"5s\", timeout = \"2s\"";
    SHORT_COOLDOWN = "WT105", "cooldown shorter than the age of the metric",
        "The newest datapoint that an evaluation can see is old: it could be read a delay after its period, the period itself has a length, and alarms are evaluated once a minute. Where the cooldown ends earlier, the policy acts again on a datapoint from before its last action, and repeated that swings over the whole range of capacities. The message has the numbers.",
        "scale_out_cooldown = \"30s\"      # and CPUUtilization, which may be 240 s old";
    NOT_PRICED = "WT106", "used but not priced",
        "The price book has no price for something the service uses. Every total leaves it out and says so, and no check of a cost can pass: it is inconclusive, unless the part with prices alone is above its limit. Supply the price with `[prices] file` or the keys of `[prices]`.",
        "region = \"eu-south-1\"           # the load balancer";
    TRACE_ENDS = "WT107", "trace ends before the horizon",
        "No requests arrive after the last interval of the trace. Shorten the horizon or set `repeat = true`.",
        "horizon = \"48h\"                 # and a trace of a day";
    NEVER_HAPPENS = "WT108", "never within the run",
        "The shape, fault or suspension begins after the run has ended, or the scheduled action is never due in it.",
        "horizon = \"1h\", spike = { at = \"20h\", … }";
    MEMORY_AT_FULL = "WT109", "a full task needs more memory than it has",
        "With all its places taken a task would use more than its memory. `out_of_memory` says what happens then: \"kill\" (the default) kills the task, and its requests fail; \"ignore\" lets the utilization go above 100 %.",
        "memory = 512, memory_per_request = \"64MiB\", concurrency = 16";
    OUT_OF_REACH = "WT111", "threshold that the metric cannot pass",
        "Measured CPU stops at 100 % of what tasks reserve, and memory at what full tasks use. A target, a threshold or the beginning of a step beyond that is never reached, so the policy, or the step, never acts.",
        "metric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 150.0";
    NO_EFFECT = "WT112", "key without an effect",
        "The key is understood, but nothing in the scenario lets it change anything: `cancel_timed_out` where no client gives up, a crash with a `duration`, a slow dependency of services that wait for none, a custom metric that no policy reads.",
        "[service.web.request]\ncpu_time = \"40ms\"\ncancel_timed_out = true       # and no `timeout`";
    TRACE_FILLED = "WT113", "trace with gaps that were filled",
        "Rows are missing or their cell is empty, and `gaps` says what they are. Where many are, or where rows lie regularly farther apart from some line on, look whether that is what the file means.",
        "trace = { file = \"gaps.csv\", gaps = \"zero\" }";
    STEPS_MISS_ALARM = "WT114", "values in ALARM that no step covers",
        "The steps of a step policy are differences from the threshold of its alarm. Where the alarm is in ALARM at values that no step covers, the policy does nothing there and says `no_matching_step`. A low alarm has its steps below the threshold, so the first has `upper = 0`; a high alarm has them above, with `lower = 0`.",
        "alarm = { comparison = \"LessThanThreshold\", threshold = 10, … }\nsteps = [{ lower = 0, adjustment = -1 }]      # { upper = 0, adjustment = -1 }";
    THRESHOLDS_MEET = "WT115", "thresholds that overlap, meet or lie a step apart",
        "One policy adds tasks and another removes them at the same value of the same metric, or a single step leads from the one threshold across the other. The service then scales out and in for ever under a steady load. Target tracking counts with its own two alarms, at the target and at 0.9 times the target.",
        "out: CPUUtilization ≥ 60, in: CPUUtilization ≤ 75";
    NO_MEMORY = "WT116", "memory policy of tasks without memory",
        "`base_memory` and `memory_per_request` are both 0, so MemoryUtilization is 0 % for ever: the policy never scales out, and never holds back a scale-in of other policies, as it does on AWS, where an idle task uses memory.",
        "metric = \"ECSServiceAverageMemoryUtilization\"     # and no `base_memory` in [service.web.task]";
    NOTHING_WAKES = "WT117", "nothing starts the first task",
        "With a minimum of 0 the service can scale in to no task at all. CPU and memory have no datapoints then, RequestCountPerTarget counts nothing, and a custom metric that divides by the tasks has no value: no policy sees that requests arrive, and all are refused.",
        "min_capacity = 0, metric = \"ECSServiceAverageCPUUtilization\"";
    ACTION_FAILS = "WT118", "scheduled action that fails",
        "When it is due, the action would set a minimum above the maximum (or a maximum below the minimum) that holds then. On AWS the action fails, changes nothing, and the occurrence is used up. Actions count in the order in which they are due.",
        "max_capacity = 10\n[service.web.scaling.scheduled.peak]\nschedule = \"cron(0 8 * * ? *)\"\nmin_capacity = 20";
    BOOT_CUT_OFF = "WT119", "application that boots longer than health checks wait",
        "ECS registers a task with the load balancer when it is RUNNING, and its health checks fail until the application has booted. After `unhealthy_threshold` failed checks the target is unhealthy, and ECS replaces the task, unless `health_check_grace_period` runs until `healthy_threshold` checks have passed: else no new task ever serves.",
        "application_boot = \"30s\", interval = \"10s\", unhealthy_threshold = 2      # and no grace period";
    NOT_PROPORTIONAL = "WT120", "tracked metric that does not fall when tasks are added",
        "Target tracking proposes running × metric ÷ target, so the metric must be a load of one task. A total, such as a bare queue length, stays when tasks are added; the policy then adds more and more.",
        "[service.web.metric.backlog]\nexpression = \"queue_length\"     # queue_length / running";
    RUNNING_TOTAL = "WT121", "trace of a running total",
        "The column only grows, as a counter does that is never set back. Read as counts, every row stands for all requests since the beginning. Write the difference of each row to the one before it, or take the column that has it.",
        "column = \"Total Request Count\"";
    NO_BALANCER = "WT122", "work without a load balancer or a queue",
        "Without a load balancer a request goes to a running task, in turn, and stays with it: what waits is not taken over by tasks that start later, and requests that find no task are refused. A queue from which idle tasks take work is not simulated.",
        "expression = \"queue_length / running\"      # and no [service.web.load_balancer]";
    SHARE_FOR_PERCENT = "WT123", "share where percent are meant",
        "CPU and memory are measured in percent: 0.5 is half a percent, and every service is above it.",
        "metric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 0.5          # 50";
    REQUESTS_A_SECOND = "WT124", "target that the mean traffic exceeds at the most tasks",
        "RequestCountPerTarget counts the requests of a minute. A target that is meant a second is 60 times too small: the policy asks for more tasks than may run, even at the mean rate.",
        "metric = \"ALBRequestCountPerTarget\"\ntarget_value = 30           # 1800, for 30 a second";
    SECONDS_OF_CPU = "WT125", "CPU time in seconds",
        "A request needs a second of CPU or more, and the service cannot do the requests that arrive; with the same number of milliseconds it could. Look whether the unit is meant.",
        "cpu_time = \"40s\"           # \"40ms\"";
    ALWAYS_IN_ALARM = "WT126", "threshold that the metric always passes",
        "The metric never comes back to the threshold: memory, for one, is never below what idle tasks use, however many run. The policy acts at every evaluation, up to `max_capacity` or down to `min_capacity`.",
        "memory = 1024, base_memory = \"650MiB\"\nmetric = \"ECSServiceAverageMemoryUtilization\"\ntarget_value = 60";
    DERIVED_PRICE = "WT110", "price that was derived, not published",
        "The price comes from a row whose source begins with `DERIVED`: it was worked out from another price. No row of the built-in book is; those of a `[prices] file` may be. Supply the published price with `[prices]` where it matters.",
        "fargate,us-west-2,arm64,linux,vcpu,vCPU-hour,0.0324,DERIVED: 0.8 x the x86_64 price,2026-11";
    START_OF_TRACE = "WT201", "start that a trace gives",
        "The scenario has no `start`, and its trace has dates: the run begins at the first of them, and times of day, weekdays and schedules are counted from there. Times without a zone are read in the trace's `timezone`, else in the scenario's, which is UTC where it says none.",
        "trace = { file = \"requests.csv\" }     # and no `start`";
    OTHER_DATES = "WT202", "trace laid on another date",
        "Second 0 is the first interval of every trace, whatever date it has: `start`, or the trace of another service, says another. Where the dates are meant, leave `start` out.",
        "start = \"2026-11-27T00:00:00Z\"       # and a trace of March";
}

/// The code of that name, in any case.
pub(crate) fn find(code: &str) -> Option<&'static Code> {
    ALL.iter().find(|known| known.code.eq_ignore_ascii_case(code))
}
