//! `[sweep]`, `[optimize]` and `[forecast]`: what is varied, and how often each setting is run.

use crate::scenario::language::schema::{Key, Kind, TableSpec, word};

/// Most replications of one setting.
const MOST_REPLICATIONS: i128 = 100_000;

/// `[sweep]`.
pub(crate) const SWEEP: TableSpec = TableSpec {
    doc: "What `windtunnel sweep` varies. `run` only checks that it can be read.",
    keys: &[
        Key::new("replications", Kind::Integer(1, MOST_REPLICATIONS), "Runs of each point, each with its own random numbers; all points share them.")
            .or("1"),
        Key::new(
            "design",
            Kind::Choice(&[word("grid"), word("latin_hypercube")]),
            "`grid`: every combination. `latin_hypercube`: `points` combinations in which every value of every axis comes \
             up equally often, as far as the numbers allow.",
        )
        .or("\"grid\""),
        Key::new("points", Kind::Integer(1, 1_000_000), "Points of a Latin hypercube.").or("100"),
        Key::new("axis", Kind::List(&AXIS), "Keys that are varied.").or("[]"),
        Key::new("choice", Kind::List(&CHOICE), "Sets of keys that are varied together.").or("[]"),
    ],
};

/// `[optimize]`.
pub(crate) const OPTIMIZE: TableSpec = TableSpec {
    doc: "What `windtunnel optimize` may choose: the cheapest combination that passes the scenario's checks.",
    keys: &[
        Key::new(
            "confidence",
            Kind::Number(0.5, 0.999_9),
            "Confidence with which the winner must pass every check.",
        )
        .or("0.95"),
        Key::new(
            "replications",
            Kind::Integer(2, MOST_REPLICATIONS),
            "Runs of the winner on fresh random numbers, from which its figures are reported.",
        )
        .or("30"),
        Key::new(
            "first_round",
            Kind::Integer(2, 1_000),
            "Runs of every candidate before the first are dropped.",
        )
        .or("3"),
        Key::new("axis", Kind::List(&AXIS), "Keys that may be chosen.").or("[]"),
        Key::new("choice", Kind::List(&CHOICE), "Sets of keys that are chosen together.").or("[]"),
    ],
};

/// `[forecast]`.
pub(crate) const FORECAST: TableSpec = TableSpec {
    doc: "What `windtunnel forecast` expects of the months to come.",
    keys: &[
        Key::new("months", Kind::Integer(1, 60), "Months of the forecast.").or("12"),
        Key::new("from", Kind::Text, "First month, such as `2026-12`. Left out: the first month, in the scenario's time zone, that begins when its run is over or later."),
        Key::new(
            "growth",
            Kind::Text,
            "Growth of the traffic from each month to the next, such as `4%/month` or `60%/year`.",
        )
        .or("\"0%/month\""),
        Key::new(
            "growth_sd",
            Kind::Number(0.0, 1.0),
            "How sure the growth is: the standard deviation of the monthly rate between runs (normal law); 0.01 is one \
             percentage point.",
        )
        .or("0.0"),
        Key::new(
            "service_time_cv",
            Kind::Number(0.0, 3.0),
            "How sure `cpu_time` and `wait_time` are: both are multiplied by a factor of mean 1 and this coefficient of \
             variation, drawn for each run (lognormal law).",
        )
        .or("0.0"),
        Key::new(
            "price_cv",
            Kind::Number(0.0, 3.0),
            "How sure prices are: all are multiplied by a factor of mean 1 and this coefficient of variation, drawn for \
             each run (lognormal law).",
        )
        .or("0.0"),
        Key::new(
            "seasonality",
            Kind::Values,
            "Twelve factors of the traffic by calendar month, January first; empty: none.",
        )
        .or("[]"),
        Key::new("replications", Kind::Integer(1, 10_000), "Runs, each with inputs of its own.").or("100"),
    ],
};

const AXIS: TableSpec = TableSpec {
    doc: "A key and its values.",
    keys: &[
        Key::new("key", Kind::Text, "Path of the key in the file, as after `--set`.").required(),
        Key::new("values", Kind::Values, "Its values.").required(),
    ],
};

const CHOICE: TableSpec = TableSpec {
    doc: "A choice between named sets of overrides, such as the sizes of a task or two kinds of policy.",
    keys: &[
        Key::new("name", Kind::Name, "What reports call it.").required(),
        Key::new("option", Kind::List(&OPTION), "What can be chosen.").required(),
    ],
};

const OPTION: TableSpec = TableSpec {
    doc: "One option of a choice.",
    keys: &[
        Key::new("name", Kind::Name, "What reports call it.").required(),
        Key::new("set", Kind::Texts, "What it changes, each `KEY=VALUE` as after `--set`; may be empty.")
            .required(),
    ],
};
