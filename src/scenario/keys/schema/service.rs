//! `[service.<name>]`: traffic, request, task, startup, load balancer; and distributions.

use crate::scenario::keys::limits::LONGEST_RUN_S;
use crate::scenario::keys::schema::failing::{CONTAINER_HEALTH_CHECK, FAILURE, MOST_ZONES};
use crate::scenario::keys::schema::scaling::SCALING;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, word};

const YEAR_RATE: f64 = 1e7;
const DAY: u64 = 86_400;
const TIB: u64 = 1 << 40;

pub(crate) const SERVICE: TableSpec = TableSpec {
    doc: "A service: what arrives, what a request needs, what a task is and how its number changes.",
    keys: &[
        Key::new("traffic", Kind::Table(&TRAFFIC), "When requests arrive.").required(),
        Key::new("request", Kind::Table(&REQUEST), "What a request needs.").required(),
        Key::new("task", Kind::Table(&TASK), "What a task is.").or("{}"),
        Key::new("startup", Kind::Table(&STARTUP), "The cold start, stage by stage.").or("{}"),
        Key::new(
            "load_balancer",
            Kind::Table(&LOAD_BALANCER),
            "The Application Load Balancer. Without the table requests go round robin to every running task.",
        ),
        Key::new("monitoring", Kind::Table(&MONITORING), "How often ECS publishes the service's metrics.")
            .or("{}"),
        Key::new("metric", Kind::Map(&METRIC), "Metrics of your own, by name, which policies can use.")
            .or("{}"),
        Key::new("scaling", Kind::Table(&SCALING), "Capacities and scaling policies.").required(),
        Key::new("failure", Kind::Table(&FAILURE), "How tasks fail of their own accord.").or("{}"),
        Key::new(
            "availability_zones",
            Kind::Integer(1, MOST_ZONES),
            "Zones its tasks are spread over; a new task goes where the fewest are.",
        )
        .or("2"),
    ],
};

const RESOLUTIONS: &[Choice] = &[word("20s"), word("60s")];

const MONITORING: TableSpec = TableSpec {
    doc: "How often ECS publishes the service's metrics (`monitoring.metricConfigurations`); high-resolution policies need 20 s.",
    keys: &[
        Key::new("cpu_utilization", Kind::Choice(RESOLUTIONS), "Resolution of CPUUtilization.").or("\"60s\""),
        Key::new("memory_utilization", Kind::Choice(RESOLUTIONS), "Resolution of MemoryUtilization.")
            .or("\"60s\""),
    ],
};

const METRIC: TableSpec = TableSpec {
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
            Kind::Choice(&[word("10s"), word("20s"), word("30s"), word("60s")]),
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

const TRAFFIC: TableSpec = TableSpec {
    doc: "When requests arrive: a trace, or shapes whose rates add up.",
    keys: &[
        Key::new(
            "arrivals",
            Kind::Choice(&[word("poisson"), word("evenly_spaced"), word("exact_counts")]),
            "How arrivals are drawn: a Poisson process of the rate; one whenever its integral passes k − ½; or exactly \
             as many an interval as the trace says, uniformly at random within it.",
        )
        .or("\"poisson\""),
        Key::new("trace", Kind::Table(&TRACE), "A recorded series of counts or rates."),
        Key::new("shape", Kind::ListOneOf(&SHAPE), "Shapes: constant, diurnal, weekly, ramp and step rates add up, \
             spikes multiply. All becomes one piecewise linear curve: constants, steps and ramps exactly; a sinusoid, or \
             the product of a spike's flank with a rate that changes, in pieces of at most 60 s, which is within 2.4e-6 of \
             the amplitude for a daily sinusoid."),
    ],
};

const TRACE: TableSpec = TableSpec {
    doc: "A trace: CSV, plain or gzip, with a time column `timestamp`, `time`, `datetime` or `date` in any case (ISO 8601, a date \
          as spreadsheets write it, seconds, or milli-, micro- or nanoseconds since 1970) or `time_s`; or a CSV of the CloudWatch console, with its lines of \
          labels. Commas, semicolons or tabs part the cells. Second 0 is its first interval; within an interval the rate is \
          constant.",
    keys: &[
        Key::new("file", Kind::Name, "Path relative to the scenario's folder.").required(),
        Key::new("column", Kind::Name, "The value column.").or("\"requests\""),
        Key::new(
            "unit",
            Kind::Choice(&[word("count"), word("rate")]),
            "Whether values are requests an interval or requests a second.",
        )
        .or("\"count\""),
        Key::new("scale", Kind::Number(0.0, 1e9), "Every value is multiplied by this.").or("1.0"),
        Key::new("repeat", Kind::Bool, "Whether the trace begins again where it ends.").or("false"),
        Key::new(
            "gaps",
            Kind::Choice(&[word("error"), word("zero"), word("hold")]),
            "What a missing row, or a cell that is empty, `null`, `NaN`, `N/A` or `-`, is: an error, no requests, or the value \
             before it.",
        )
        .or("\"error\""),
        Key::new(
            "duplicates",
            Kind::Choice(&[word("error"), word("sum"), word("first"), word("last")]),
            "What rows of one time that follow one another are: an error, their sum, the first or the last of them.",
        )
        .or("\"error\""),
        Key::new(
            "timezone",
            Kind::Zone,
            "Time zone of times that say none; changes of clocks are followed. Left out: the scenario's `timezone`.",
        ),
        Key::new(
            "dates",
            Kind::Choice(&[word("day_first"), word("month_first")]),
            "What `03/04/2026` is: 3 April, or March 4. Left out, a date of the first rows whose day is above 12 tells; where \
             none does, it is an error.",
        ),
        Key::new(
            "decimal",
            Kind::Choice(&[word("point"), word("comma")]),
            "Whether `1,234` is 1234 or 1.234. Left out, a number of the first rows that can be read in one way tells, then a \
             comma between cells (point); where nothing does, it is an error.",
        ),
    ],
};

const RATE: Kind = Kind::Number(0.0, YEAR_RATE);
const SINCE_START: Kind = Kind::Duration(0, LONGEST_RUN_S);

const SHAPE: TableSpec = TableSpec {
    doc: "One shape of an arrival rate; rates are requests a second, times count from second 0.",
    keys: &[
        Key::new("constant", Kind::Table(&CONSTANT), "The same rate all the time."),
        Key::new(
            "diurnal",
            Kind::Table(&DIURNAL),
            "mean + amplitude · cos, with its peak at a local time of day.",
        ),
        Key::new(
            "weekly",
            Kind::Table(&WEEKLY),
            "One rate on weekdays, a share of it at weekends, in local time.",
        ),
        Key::new(
            "ramp",
            Kind::Table(&RAMP),
            "`from` until the start, a straight line to `to`, and `to` from then on.",
        ),
        Key::new("step", Kind::Table(&STEP), "A rate from a moment on."),
        Key::new(
            "spike",
            Kind::Table(&SPIKE),
            "Multiplies the sum of the rates: up to a factor, hold, down again.",
        ),
    ],
};

const CONSTANT: TableSpec = TableSpec {
    doc: "The same rate all the time.",
    keys: &[Key::new("rate", RATE, "Rate [requests/s].").required()],
};
const DIURNAL: TableSpec = TableSpec {
    doc: "A daily sinusoid.",
    keys: &[
        Key::new("mean", RATE, "Mean rate [requests/s].").required(),
        Key::new("amplitude", RATE, "From the mean to the peak [requests/s]; at most the mean.").required(),
        Key::new("peak_at", Kind::TimeOfDay, "Time of day of the peak, local to `timezone`.").required(),
    ],
};
const WEEKLY: TableSpec = TableSpec {
    doc: "Weekdays and weekends.",
    keys: &[
        Key::new("mean", RATE, "Rate from Monday to Friday [requests/s]; not the average over the week.")
            .required(),
        Key::new(
            "weekend_factor",
            Kind::Number(0.0, 1e6),
            "On Saturday and Sunday the rate is multiplied by this.",
        )
        .required(),
    ],
};
const RAMP: TableSpec = TableSpec {
    doc: "A straight line.",
    keys: &[
        Key::new("start", SINCE_START, "Where it begins.").or("\"0s\""),
        Key::new("end", SINCE_START, "Where it ends; after the start.").required(),
        Key::new("from", RATE, "Rate until the start [requests/s].").or("0.0"),
        Key::new("to", RATE, "Rate from the end on [requests/s].").required(),
    ],
};
const STEP: TableSpec = TableSpec {
    doc: "A rate from a moment on.",
    keys: &[
        Key::new("at", SINCE_START, "From when on.").required(),
        Key::new("rate", RATE, "What is added from then on [requests/s].").required(),
    ],
};
const SPIKE: TableSpec = TableSpec {
    doc: "A temporary factor on everything else.",
    keys: &[
        Key::new("at", SINCE_START, "Where it begins to rise.").required(),
        Key::new("factor", Kind::Number(0.0, 1e6), "The factor at its height.").required(),
        Key::new("rise", SINCE_START, "How long it rises.").or("\"0s\""),
        Key::new("hold", SINCE_START, "How long it stays.").or("\"0s\""),
        Key::new("fall", SINCE_START, "How long it falls.").or("\"0s\""),
    ],
};

const REQUEST: TableSpec = TableSpec {
    doc: "What a request needs: a place in a task, then CPU, then time downstream. At least one of the two times.",
    keys: &[
        Key::new("cpu_time", Kind::Distribution, "vCPU time it consumes.").or("\"0ms\""),
        Key::new(
            "wait_time",
            Kind::Distribution,
            "Time it is then blocked on something downstream, without CPU.",
        )
        .or("\"0ms\""),
        Key::new(
            "timeout",
            Kind::Distribution,
            "The client gives up so long after arrival. Left out: never.",
        ),
        Key::new(
            "overdue_after",
            Kind::Either(&NEVER, &OVERDUE),
            "A request that is in flight at the horizon and has been for longer than this counts as not served; \"never\": it is left \
             out of availability. Left out: 60 s, after which a load balancer answers 504, or the 99.9th percentile of the service \
             time where that is longer. With a `timeout` clients decide.",
        ),
        Key::new(
            "bytes",
            Kind::Size(0, TIB),
            "Request and response together, for the load balancer's bill. Left out: not billed.",
        ),
        Key::new("class", Kind::Map(&CLASS), "Classes of requests with demands of their own, by name.")
            .or("{}"),
        Key::new("retry", Kind::Table(&RETRY), "When clients try again. Left out: they try once."),
        Key::new(
            "cancel_timed_out",
            Kind::Bool,
            "Whether a task stops working on a request whose client has given up; else it does the work in vain.",
        )
        .or("false"),
    ],
};

const NEVER: Kind = Kind::Choice(&[word("never")]);
const OVERDUE: Kind = Kind::DurationAbove(DAY * 365);

const CLASS: TableSpec = TableSpec {
    doc: "A class of requests. What is left out is as the table above it says for all requests.",
    keys: &[
        Key::new(
            "weight",
            Kind::NumberAbove(0.0, 1e9),
            "Its share of the requests, relative to the weights of the other classes.",
        )
        .required(),
        Key::new("cpu_time", Kind::Distribution, "vCPU time it consumes."),
        Key::new("wait_time", Kind::Distribution, "Time it is then blocked, without CPU."),
        Key::new("timeout", Kind::Distribution, "The client gives up so long after arrival."),
    ],
};

const RETRY: TableSpec = TableSpec {
    doc: "When clients try again: after a 503, a time-out, or the death of the task that held the attempt. The defaults \
          are those of AWS's SDKs in their standard mode, but for the budget, which is off.",
    keys: &[
        Key::new(
            "max_attempts",
            Kind::Integer(2, 1_000),
            "Attempts at most, the first one included; at most 100 where clients try again at once (`backoff` or `max_backoff` \
             of 0 s).",
        )
        .or("3"),
        Key::new("backoff", Kind::Duration(0, 3600), "Wait before the second attempt.").or("\"1s\""),
        Key::new("multiplier", Kind::Number(1.0, 100.0), "Each further wait is the last one times this.")
            .or("2.0"),
        Key::new("max_backoff", Kind::Duration(0, DAY), "Longest wait before jitter.").or("\"20s\""),
        Key::new(
            "jitter",
            Kind::Choice(&[word("none"), word("full"), word("equal"), word("exponential")]),
            "How chance changes a wait: not at all; uniform from zero to it; half of it and uniform up to it; or \
             exponential with it as the mean.",
        )
        .or("\"full\""),
        Key::new(
            "budget",
            Kind::Number(0.0, 1000.0),
            "Retries allowed as a share of requests, all clients together. Left out: no limit.",
        ),
        Key::new(
            "budget_burst",
            Kind::Number(1.0, 1e9),
            "Retries that the budget has saved up at most, and at second 0.",
        )
        .or("10.0"),
    ],
};

const DISCIPLINES: &[Choice] = &[word("fcfs"), word("processor_sharing")];

const TASK: TableSpec = TableSpec {
    doc: "What a task is; `cpu` and `memory` must be a size that Fargate sells.",
    keys: &[
        Key::new("cpu", Kind::Integer(1, 32_768), "CPU units; 1024 are one vCPU.").or("1024"),
        Key::new("memory", Kind::Integer(1, 249_856), "Memory [MiB].").or("2048"),
        Key::new(
            "architecture",
            Kind::Choice(&[word("x86_64"), word("arm64")]),
            "Instruction set, for the price.",
        )
        .or("\"x86_64\""),
        Key::new("cpu_discipline", Kind::Choice(DISCIPLINES), "How the CPU is shared among requests.")
            .or("\"fcfs\""),
        Key::new(
            "concurrency",
            Kind::Integer(0, 65_536),
            "Requests in service at once in a task; 0 is unlimited.",
        )
        .or("0"),
        Key::new(
            "queue",
            Kind::Integer(0, 10_000_000),
            "Requests that may wait for a place before a 503. Left out: unlimited.",
        ),
        Key::new(
            "base_cpu",
            Kind::Number(0.0, 32.0),
            "CPU that a running task uses whatever its requests do: runtime, agents, sidecars [vCPU]. Requests get the rest, and \
             CPUUtilization never falls to 0. Range: 0 to 0.05.",
        )
        .or("0.005"),
        Key::new("base_memory", Kind::Size(0, TIB), "Memory of the idle task.").or("\"0MiB\""),
        Key::new("memory_per_request", Kind::Size(0, TIB), "Memory that each request in service adds.")
            .or("\"0MiB\""),
        Key::new(
            "memory_growth_per_hour",
            Kind::Size(0, TIB),
            "Memory that a running task gains every hour: a leak, or a cache that fills.",
        )
        .or("\"0MiB\""),
        Key::new(
            "memory_growth_limit",
            Kind::Size(0, TIB),
            "What it gains at most: the plateau of a cache. Left out: no limit.",
        ),
        Key::new(
            "memory_retained",
            Kind::Number(0.0, 1.0),
            "Share of the memory of the most requests that a task has had in service which stays with it: a heap that does not \
             shrink. The most is that of the means of a metric's periods.",
        )
        .or("0.0"),
        Key::new(
            "out_of_memory",
            Kind::Choice(&[word("kill"), word("ignore")]),
            "What happens when the task needs more than its memory: it is killed and its requests fail, as with \
             Fargate, or the utilization goes above 100 %.",
        )
        .or("\"kill\""),
        Key::new(
            "container_health_check",
            Kind::Table(&CONTAINER_HEALTH_CHECK),
            "The container's own health check. Left out: none.",
        ),
        Key::new("image_size", Kind::Size(0, 16 * TIB / 1024), "Compressed size of the image.")
            .or("\"150MiB\""),
        Key::new(
            "stop_timeout",
            Kind::Duration(2, 120),
            "From SIGTERM to SIGKILL; Fargate allows 2 s to 120 s.",
        )
        .or("\"30s\""),
        Key::new(
            "ephemeral_storage",
            Kind::Size(20 << 30, 200 << 30),
            "Ephemeral storage; 20 GiB are included.",
        )
        .or("\"20GiB\""),
        Key::new(
            "assign_public_ip",
            Kind::Bool,
            "Whether every task has a public IPv4 address, which is billed.",
        )
        .or("false"),
    ],
};

const STARTUP: TableSpec = TableSpec {
    doc: "The cold start, stage by stage; the defaults are medians of published task timestamps.",
    keys: &[
        Key::new(
            "scheduling",
            Kind::Distribution,
            "From the change of the desired count to the task's creation.",
        )
        .or("\"5s\""),
        Key::new("provisioning", Kind::Distribution, "From creation to the start of the image pull.")
            .or("{ lognormal = { median = \"15s\", p95 = \"24s\" } }"),
        Key::new(
            "image_pull_rate",
            Kind::SizeRate,
            "Compressed bytes a second; `image_size` divided by it is the pull.",
        )
        .or("\"50MiB/s\""),
        Key::new("container_start", Kind::Distribution, "From the end of the pull to RUNNING.")
            .or("{ lognormal = { median = \"2s\", p95 = \"6s\" } }"),
        Key::new("application_boot", Kind::Distribution, "From RUNNING until the application can answer.")
            .or("\"0s\""),
        Key::new(
            "boot_cpu",
            Kind::Number(0.0, 1.0),
            "Share of the task's CPU that its boot uses. CloudWatch counts it, so a boot can invoke a policy.",
        )
        .or("0.5"),
        Key::new(
            "warm_up",
            Kind::Table(&WARM_UP),
            "Slower first requests. Left out: a new task is as fast as an old one.",
        ),
    ],
};
const WARM_UP: TableSpec = TableSpec {
    doc: "Slower first requests of a task that starts after second 0: caches are cold, code is not compiled yet.",
    keys: &[
        Key::new("factor", Kind::Number(1.0, 1000.0), "Factor on the CPU time at first.").required(),
        Key::new(
            "requests",
            Kind::Integer(0, 1_000_000_000),
            "So many first requests take the whole factor.",
        )
        .or("0"),
        Key::new(
            "over",
            Kind::Duration(0, DAY),
            "From entry into service the factor falls in a straight line to 1 over this span.",
        )
        .or("\"0s\""),
    ],
};

const LOAD_BALANCER: TableSpec = TableSpec {
    doc: "The Application Load Balancer in front of the tasks.",
    keys: &[
        Key::new(
            "algorithm",
            Kind::Choice(&[
                word("round_robin"),
                word("least_outstanding_requests"),
                word("random"),
                word("weighted_random"),
                word("two_random_choices"),
            ]),
            "How it chooses a task: in turn; the one with the fewest requests, ties at random; at random; at random by \
             weights, which are equal but for slow start; or the one with fewer requests of two at random, which an \
             Application Load Balancer does not do but service meshes do.",
        )
        .or("\"round_robin\""),
        Key::new(
            "registration",
            Kind::Distribution,
            "From RUNNING until the target is registered. Its checks begin then, and fail while the application boots.",
        )
        .or("\"5s\""),
        Key::new("health_check", Kind::Table(&HEALTH_CHECK), "The target group's health check.").or("{}"),
        Key::new(
            "health_check_grace_period",
            Kind::Duration(0, 2_147_483_647),
            "`healthCheckGracePeriodSeconds`: how long after RUNNING ECS ignores failed checks. Without it, an application that boots \
             longer than `registration` + `interval` × (`unhealthy_threshold` − 1) is stopped before it answers.",
        )
        .or("\"0s\""),
        Key::new(
            "deregistration_delay",
            Kind::Duration(0, 3600),
            "How long a leaving target may finish its requests. Its task runs, and is billed, for the whole delay.",
        )
        .or("\"300s\""),
        Key::new(
            "slow_start",
            Kind::Duration(0, 900),
            "How long a new target's share rises in a straight line: 30 s to 900 s, or \"0s\" for none.",
        )
        .or("\"0s\""),
        Key::new("rules", Kind::Integer(0, 100), "Listener rules; those above 10 count for the LCUs.")
            .or("0"),
        Key::new(
            "public_ipv4",
            Kind::Integer(0, 20),
            "Its public IPv4 addresses, one an availability zone; 0: internal.",
        )
        .or("2"),
    ],
};
const HEALTH_CHECK: TableSpec = TableSpec {
    doc: "The health check of the target group.",
    keys: &[
        Key::new("interval", Kind::Duration(5, 300), "Time between checks.").or("\"30s\""),
        Key::new(
            "served",
            Kind::Choice(&[word("queued"), word("apart")]),
            "How a task serves its checks: like requests, so that an overloaded task fails them and is replaced; or apart from them, \
             so that only a task that hangs or boots fails. Left out: queued where `task.concurrency = 0`, since then all that a \
             task does stands in one line, else apart, as beside a pool of workers.",
        ),
        Key::new(
            "initial_healthy_count",
            Kind::Integer(1, 10),
            "Passing checks that a new target needs. Left out: `assumptions.initial_health_checks` says it.",
        ),
        Key::new("timeout", Kind::Duration(2, 120), "When a check that is not answered has failed.")
            .or("\"5s\""),
        Key::new(
            "unhealthy_threshold",
            Kind::Integer(2, 10),
            "Failed checks in a row that take a target out of rotation; ECS then replaces its task.",
        )
        .or("2"),
        Key::new(
            "healthy_threshold",
            Kind::Integer(2, 10),
            "Passed checks in a row that put an unhealthy target back.",
        )
        .or("5"),
    ],
};
