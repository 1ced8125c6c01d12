//! `[limits]`: guards against slips of a unit, and the bounds that hold for every scenario.

use windtunnel_kernel::units::NANOS_PER_SEC;

use crate::scenario::language::schema::{Key, Kind, TableSpec};

/// Capacity of a service \[tasks\].
pub(crate) const CAPACITY: Kind = Kind::Integer(0, MOST_TASKS);

/// Time from second 0.
pub(crate) const SINCE_START: Kind = Kind::Duration(0, LONGEST_RUN_S);

/// Cooldown of a policy.
pub(crate) const COOLDOWN: Kind = Kind::Duration(0, 86_400 * 7);

/// Longest run \[ns\].
pub(crate) const LONGEST_RUN: u64 = LONGEST_RUN_S * NANOS_PER_SEC;

/// Tasks a service may have: the ECS quota.
pub(crate) const MOST_TASKS: i128 = 5_000;

/// Most availability zones of a region.
pub(crate) const MOST_ZONES: i128 = 6;

/// Longest run \[s\]: five years of 365.25 days.
pub const LONGEST_RUN_S: u64 = 157_788_000;

pub(crate) const LIMITS: TableSpec = TableSpec {
    doc: "Guards against runs that take too long or too much memory.",
    keys: &[
        Key::new(
            "max_requests",
            Kind::Integer(1, 1_000_000_000_000_000),
            "Most requests that a run may expect one by one; the estimate is the integral of the arrival rate. Retries are \
             counted in the run, which ends with an error (exit code 3) when there are more of them than this. Flows have no \
             limit.",
        )
        .or("100000000000"),
        Key::new(
            "max_in_flight",
            Kind::Integer(1, 1_000_000_000),
            "Most requests of one service that a run may keep one by one while they wait, are in service, are worked on in vain \
             or wait to be tried again, about 100 bytes each; a run that has more ends with an error (exit code 3). Where no \
             request depends on those that come after it, only those count that have been in a task for longer than \
             `deregistration_delay`, or `stop_timeout` without a load balancer. Flows have no limit.",
        )
        .or("5000000"),
        Key::new(
            "max_output",
            Kind::Size(1 << 20, 4 << 30),
            "Most that the files of a command may take together. `run` estimates them before it begins (a row a minute and \
             service), and writing ends with an error (exit code 3) where they are more.",
        )
        .or("\"4GiB\""),
        Key::new(
            "fluid_above",
            Kind::Integer(1, 1_000_000_000_000_000_000),
            "Expected requests above which `fidelity = \"auto\"` lets requests flow; the default is half a minute of \
             single requests on one core.",
        )
        .or("1000000000"),
    ],
};
