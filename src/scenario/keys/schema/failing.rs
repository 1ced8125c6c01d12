//! What fails: `[service.<name>.failure]`, the checks of a container, and `[[fault]]`.

use crate::scenario::keys::limits::LONGEST_RUN_S;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, word};

/// Most availability zones of a region.
pub(crate) const MOST_ZONES: i128 = 6;

pub(crate) const FAILURE: TableSpec = TableSpec {
    doc: "How tasks fail of their own accord. Left out: they do not.",
    keys: &[
        Key::new(
            "time_to_crash",
            Kind::Distribution,
            "From RUNNING (from second 0 for tasks that are warm then) to the exit of the container. Exponential is a \
             constant hazard rate; a constant is a crash loop. Left out: never.",
        ),
        Key::new(
            "launch_failure_probability",
            Kind::Number(0.0, 1.0),
            "Probability that a task stops before it is RUNNING: an image that cannot be pulled, no capacity.",
        )
        .or("0.0"),
    ],
};

pub(crate) const CONTAINER_HEALTH_CHECK: TableSpec = TableSpec {
    doc: "The container's health check of the task definition; the defaults are those of ECS.",
    keys: &[
        Key::new("interval", Kind::Duration(5, 300), "Time between checks.").or("\"30s\""),
        Key::new("timeout", Kind::Duration(2, 60), "When a check that is not answered has failed.")
            .or("\"5s\""),
        Key::new("retries", Kind::Integer(1, 10), "Failed checks in a row that make the task unhealthy.")
            .or("3"),
        Key::new("start_period", Kind::Duration(0, 300), "Failures that do not count, from RUNNING on.")
            .or("\"0s\""),
    ],
};

const ZONES: &[Choice] = &[word("a"), word("b"), word("c"), word("d"), word("e"), word("f")];
const ZONE: Key =
    Key::new("zone", Kind::Choice(ZONES), "Availability zone, the first of a service is \"a\".");

/// The kinds of a fault, by key; exactly one of them is given.
pub(crate) const FAULT_KINDS: [&str; 7] = [
    "crash",
    "hang",
    "crash_loop",
    "slow_dependency",
    "launch_failure",
    "failing_health_check",
    "zone_outage",
];

pub(crate) const FAULT: TableSpec = TableSpec {
    doc: "Something that goes wrong at a given time: one of `crash`, `hang`, `crash_loop`, `slow_dependency`, \
          `launch_failure`, `failing_health_check`, `zone_outage`.",
    keys: &[
        Key::new("at", Kind::Duration(0, LONGEST_RUN_S), "When it begins, from second 0.").required(),
        Key::new(
            "duration",
            Kind::DurationAbove(LONGEST_RUN_S),
            "How long it lasts. Left out: to the end of the run. A crash happens in an instant.",
        ),
        Key::new("services", Kind::Texts, "The services it concerns. Left out: all."),
        Key::new("crash", Kind::Table(&EXTENT), "Running tasks exit at once; ECS replaces them at once."),
        Key::new(
            "hang",
            Kind::Table(&EXTENT),
            "Tasks in service accept requests and answer none, health checks included; what they were doing goes on \
             when the fault is over, if they live that long.",
        ),
        Key::new("crash_loop", Kind::Table(&CRASH_LOOP), "Tasks that start while it lasts crash soon after."),
        Key::new("slow_dependency", Kind::Table(&SLOW), "Waits that begin while it lasts take longer."),
        Key::new("launch_failure", Kind::Table(&LAUNCH), "Tasks launched while it lasts may never run."),
        Key::new(
            "failing_health_check",
            Kind::Table(&EXTENT),
            "The targets of tasks fail their health checks while it lasts, whatever they answer to requests: a wrong path or a \
             wrong expected status. Tasks that start meanwhile fail with the same share, or in the same zone.",
        ),
        Key::new(
            "zone_outage",
            Kind::Table(&OUTAGE),
            "All tasks of a zone are lost at once, and none is placed there while it lasts.",
        ),
    ],
};

const EXTENT: TableSpec = TableSpec {
    doc: "Which tasks it hits: a share of them, or those of one zone.",
    keys: &[
        Key::new(
            "share",
            Kind::NumberAbove(0.0, 1.0),
            "Share of the tasks, rounded up; which ones, chance decides.",
        ),
        ZONE,
    ],
};
const CRASH_LOOP: TableSpec = TableSpec {
    doc: "Tasks that crash soon after they start: a bad configuration.",
    keys: &[Key::new("after", Kind::Duration(0, 86_400), "From RUNNING to the crash.").required()],
};
const SLOW: TableSpec = TableSpec {
    doc: "A downstream service that answers slowly.",
    keys: &[Key::new("factor", Kind::Number(0.0, 10_000.0), "Factor on `request.wait_time`.").required()],
};
const LAUNCH: TableSpec = TableSpec {
    doc: "Launches that fail.",
    keys: &[Key::new(
        "probability",
        Kind::NumberAbove(0.0, 1.0),
        "Probability that a task stops before it is RUNNING.",
    )
    .or("1.0")],
};
const OUTAGE: TableSpec = TableSpec { doc: "The loss of an availability zone.", keys: &[ZONE.required()] };
