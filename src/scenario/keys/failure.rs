//! `[service.<name>.failure]`: how tasks fail of their own accord.

use windtunnel_kernel::random::Distribution;

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::distribution;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::View;

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

/// What fails in a task of its own accord.
pub(crate) struct Failure {
    /// From RUNNING to the exit of the container; `None`: never.
    pub(crate) time_to_crash: Option<Distribution>,
    /// Probability that a task stops before it is RUNNING, in [0, 1].
    pub(crate) launch_failure: f64,
}

/// What `view` says; `None` when it is wrong.
pub(crate) fn read(view: View<'_>, lower: &mut Lower<'_>) -> Option<Failure> {
    let time_to_crash = if view.is_given("time_to_crash") {
        Some(distribution::read(view, "time_to_crash", lower)?)
    } else {
        None
    };
    Some(Failure { time_to_crash, launch_failure: view.number("launch_failure_probability")? })
}
