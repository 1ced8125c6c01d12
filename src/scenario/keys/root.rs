//! The outermost table of a scenario.

use crate::scenario::keys::assumptions::ASSUMPTIONS;
use crate::scenario::keys::checks::{self, CHECKS};
use crate::scenario::keys::distribution::DISTRIBUTION;
use crate::scenario::keys::experiments::{OPTIMIZE, SWEEP};
use crate::scenario::keys::faults::FAULT;
use crate::scenario::keys::forecast::FORECAST;
use crate::scenario::keys::limits::LIMITS;
use crate::scenario::keys::prices::{ITEM_TEXTS, PRICES};
use crate::scenario::keys::service::SERVICE;
use crate::scenario::language::choices::choices;
use crate::scenario::language::quantity::LONGEST_RUN_S;
use crate::scenario::language::schema::{Key, Kind, Language, TableSpec};

/// Simulation of requests that the scenario asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FidelityChoice {
    /// One by one.
    Requests,
    /// As flows.
    Fluid,
    /// As their number suggests.
    Auto,
}

choices! { pub(crate) FIDELITIES: FidelityChoice { "requests" => Requests, "fluid" => Fluid, "auto" => Auto } }

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
            Kind::Choice(FIDELITIES.words),
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

/// The language of scenarios.
pub(crate) const LANGUAGE: Language =
    Language { root: &SCENARIO, laws: &DISTRIBUTION, items: &ITEM_TEXTS, limit_of_check: checks::expected };
