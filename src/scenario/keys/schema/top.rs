//! The outermost table, `[limits]`, `[prices]` and `[checks]`.

use crate::scenario::keys::limits::LIMITS;
use crate::scenario::keys::limits::LONGEST_RUN_S;
use crate::scenario::keys::schema::assumptions::ASSUMPTIONS;
use crate::scenario::keys::schema::experiments::{FORECAST, OPTIMIZE, SWEEP};
use crate::scenario::keys::schema::failing::FAULT;
use crate::scenario::keys::schema::service::SERVICE;
use crate::scenario::language::schema::{Key, Kind, TableSpec, word};

/// The scenario.
pub(crate) const SCENARIO: TableSpec = TableSpec {
    doc: "A scenario: a service, its traffic, its scaling policies and what must hold.",
    keys: &[
        Key::new("schema", Kind::Integer(1, 1), "Version of the scenario language; this program reads 1.").required(),
        Key::new("name", Kind::Name, "Name of the scenario; also of its folder of results.").required(),
        Key::new("description", Kind::Text, "What it shows, for people.").or("\"\""),
        Key::new("region", Kind::Name, "AWS region, for the prices.").or("\"us-east-1\""),
        Key::new(
            "start",
            Kind::Instant,
            "Calendar time of simulated second 0: it sets time stamps, times of day and weekdays. The default is a \
             Thursday and stands for no particular day.",
        )
        .or("\"2026-01-01T00:00:00Z\""),
        Key::new("timezone", Kind::Zone, "Time zone of times of day and of weekdays; daylight saving is followed.")
            .or("\"UTC\""),
        Key::new(
            "horizon",
            Kind::DurationAbove(LONGEST_RUN_S),
            "Simulated time. May be left out where a trace gives it: then it is the length of the longest trace.",
        ),
        Key::new(
            "warmup",
            Kind::Duration(0, LONGEST_RUN_S),
            "Requests that arrive before this are left out of the request statistics, never of the bill.",
        )
        .or("\"0s\""),
        Key::new(
            "fidelity",
            Kind::Choice(&[word("requests"), word("fluid"), word("auto")]),
            "How requests are simulated: one by one; as flows, for months and huge rates, with approximate response times \
             (docs/validation.md says how good they are); or as flows where more requests are expected than \
             `limits.fluid_above`.",
        )
        .or("\"requests\""),
        Key::new("seed", Kind::Integer(0, 18_446_744_073_709_551_615), "Seed of all random streams.").or("1"),
        Key::new("limits", Kind::Table(&LIMITS), "Guards against slips of a unit.").or("{}"),
        Key::new("service", Kind::Map(&SERVICE), "The services, by name (A-Z a-z 0-9 _ -).").required(),
        Key::new("fault", Kind::List(&FAULT), "What goes wrong at given times.").or("[]"),
        Key::new("assumptions", Kind::Table(&ASSUMPTIONS), "What AWS does not publish, with defaults.").or("{}"),
        Key::new("prices", Kind::Table(&PRICES), "Prices that replace those of the built-in book.").or("{}"),
        Key::new("checks", Kind::Table(&CHECKS), "What must hold; a check that does not makes the exit code 1.")
            .or("{}"),
        Key::new("sweep", Kind::Table(&SWEEP), "What `windtunnel sweep` varies."),
        Key::new("optimize", Kind::Table(&OPTIMIZE), "What `windtunnel optimize` may choose."),
        Key::new("forecast", Kind::Table(&FORECAST), "What `windtunnel forecast` expects."),
    ],
};

const PRICES: TableSpec = TableSpec {
    doc: "Prices that replace those of the built-in book, in USD without tax, as decimal strings.",
    keys: &[
        Key::new(
            "file",
            Kind::Text,
            "CSV with the columns of the built-in book (platform, region, arch, os, item, unit, price_usd, source, \
             as_of); its rows replace and extend the book's.",
        ),
        Key::new("fargate_vcpu", Kind::Price, "Per vCPU-hour."),
        Key::new("fargate_memory", Kind::Price, "Per GB-hour of memory."),
        Key::new("fargate_ephemeral_storage", Kind::Price, "Per GB-hour of ephemeral storage above 20 GB."),
        Key::new("alb_hour", Kind::Price, "Per hour of a load balancer."),
        Key::new("alb_lcu", Kind::Price, "Per LCU-hour."),
        Key::new("public_ipv4", Kind::Price, "Per public IPv4 address and hour."),
        Key::new("cloudwatch_alarm", Kind::Price, "Per standard-resolution alarm and month."),
        Key::new(
            "cloudwatch_high_resolution_alarm",
            Kind::Price,
            "Per alarm of periods below a minute and month.",
        ),
    ],
};

const fn time_check(name: &'static str, doc: &'static str) -> Key {
    Key::new(name, Kind::Check, doc)
}

const CHECKS: TableSpec = TableSpec {
    doc: "What must hold, each an operator (<, <=, >, >=), a number and a unit. With several services each must hold; \
          cost checks are for the sum.",
    keys: &[
        time_check("p50_response_time", "Median response time (arrival to end), such as `< 100ms`."),
        time_check("p90_response_time", "90th percentile of response times."),
        time_check("p95_response_time", "95th percentile of response times."),
        time_check("p99_response_time", "99th percentile of response times."),
        time_check("p99_9_response_time", "99.9th percentile of response times."),
        time_check("mean_response_time", "Mean response time."),
        time_check("max_response_time", "Largest response time."),
        time_check("p50_waiting_time", "Median waiting time (arrival to a place in a task)."),
        time_check("p90_waiting_time", "90th percentile of waiting times."),
        time_check("p95_waiting_time", "95th percentile of waiting times."),
        time_check("p99_waiting_time", "99th percentile of waiting times."),
        time_check("p99_9_waiting_time", "99.9th percentile of waiting times."),
        time_check("mean_waiting_time", "Mean waiting time."),
        time_check("max_waiting_time", "Largest waiting time."),
        Key::new(
            "availability",
            Kind::Check,
            "served ÷ (offered − in flight + overdue), such as `>= 99.9%`.",
        ),
        Key::new("cost", Kind::Check, "Cost of the run, such as `< 20 USD`."),
        Key::new("cost_per_month", Kind::Check, "Cost scaled to 730 hours, such as `< 2000 USD`."),
        Key::new(
            "cost_per_million_requests",
            Kind::Check,
            "Cost of a million served requests, so that refusing work makes nothing cheaper.",
        ),
        Key::new("running_max", Kind::Check, "Largest running count, such as `<= 80 tasks`."),
        Key::new("cpu_mean", Kind::Check, "Mean CPU utilization, such as `< 65%`."),
        Key::new(
            "time_to_capacity",
            Kind::Check,
            "The longest stretch in which more was offered than the tasks in service can carry: from then until enough of them \
             are in service or less is offered, such as `< 5m`. Load is known by the minute. One that is not over at the \
             horizon counts to it, and the verdict says so.",
        ),
        Key::new(
            "minutes_over_limit",
            Kind::Check,
            "Minutes in which a figure of the minute is over its limit, such as `<= 5 with p99_response_time > 500ms`; also \
             mean, p50 and p95 of response times, `cpu_utilization` and `memory_utilization` (`> 90%`). A minute in which \
             requests are lost and none is answered is over every limit of response times.",
        ),
        Key::new(
            "cost_change",
            Kind::Check,
            "Cost scaled to 730 hours against a baseline, such as `<= 5%` or `<= 100 USD`; `<= -10%` asks for a saving. The \
             baseline is that of `windtunnel check --baseline`, or the base of `compare` and `diff`; without one there is \
             nothing to judge.",
        ),
    ],
};
