//! The laws of a distribution of times, as tables of a scenario.

use crate::scenario::language::schema::{Key, Kind, TableSpec, word};

const DAY: u64 = 86_400;
const POSITIVE: Kind = Kind::DurationAbove(DAY * 365);
const SHAPE_PARAMETER: Kind = Kind::NumberAbove(0.000_001, 999_999.0);

/// The laws of a distribution of times.
pub(crate) const DISTRIBUTION: TableSpec = TableSpec {
    doc: "A distribution of times; a plain duration is the constant.",
    keys: &[
        Key::new("constant", Kind::Table(&LAW_CONSTANT), "Always the same."),
        Key::new("exponential", Kind::Table(&LAW_EXPONENTIAL), "Exponential."),
        Key::new(
            "lognormal",
            Kind::Table(&LAW_LOGNORMAL),
            "Lognormal, by `mean` and `cv` or by `median` and `p95`.",
        ),
        Key::new("gamma", Kind::Table(&LAW_GAMMA), "Gamma."),
        Key::new("weibull", Kind::Table(&LAW_WEIBULL), "Weibull."),
        Key::new("pareto", Kind::Table(&LAW_PARETO), "Pareto, type I."),
        Key::new("uniform", Kind::Table(&LAW_UNIFORM), "Uniform."),
        Key::new(
            "triangular",
            Kind::Table(&LAW_TRIANGULAR),
            "Triangular: what is known of a time is a smallest, a likeliest and a largest value.",
        ),
        Key::new(
            "empirical",
            Kind::Table(&LAW_EMPIRICAL),
            "The samples of a file, each as likely as the others.",
        ),
    ],
};
const LAW_CONSTANT: TableSpec = TableSpec {
    doc: "Always the same.",
    keys: &[Key::new("value", Kind::Duration(0, DAY * 365), "The value.").required()],
};
const LAW_EXPONENTIAL: TableSpec =
    TableSpec { doc: "Exponential.", keys: &[Key::new("mean", POSITIVE, "Its mean.").required()] };
const LAW_LOGNORMAL: TableSpec = TableSpec {
    doc: "Lognormal, by `mean` and `cv` or by `median` and `p95`.",
    keys: &[
        Key::new("mean", POSITIVE, "Its mean; with `cv`."),
        Key::new("cv", Kind::Number(0.0, 1000.0), "Standard deviation ÷ mean; with `mean`."),
        Key::new("median", POSITIVE, "Its median; with `p95`."),
        Key::new("p95", POSITIVE, "Its 95th percentile; with `median`."),
    ],
};
const LAW_GAMMA: TableSpec = TableSpec {
    doc: "Gamma.",
    keys: &[
        Key::new("shape", SHAPE_PARAMETER, "Its shape.").required(),
        Key::new("mean", POSITIVE, "Its mean.").required(),
    ],
};
const LAW_WEIBULL: TableSpec = TableSpec {
    doc: "Weibull.",
    keys: &[
        Key::new("shape", SHAPE_PARAMETER, "Its shape.").required(),
        Key::new("scale", POSITIVE, "Its scale.").required(),
    ],
};
const LAW_PARETO: TableSpec = TableSpec {
    doc: "Pareto, type I.",
    keys: &[
        Key::new("alpha", SHAPE_PARAMETER, "Tail index; above 1, or the mean is infinite.").required(),
        Key::new("minimum", POSITIVE, "Smallest value.").required(),
    ],
};
const LAW_UNIFORM: TableSpec = TableSpec {
    doc: "Uniform.",
    keys: &[
        Key::new("min", Kind::Duration(0, DAY * 365), "Smallest value.").required(),
        Key::new("max", Kind::Duration(0, DAY * 365), "Largest value.").required(),
    ],
};
const LAW_TRIANGULAR: TableSpec = TableSpec {
    doc: "Triangular.",
    keys: &[
        Key::new("min", Kind::Duration(0, DAY * 365), "Smallest value.").required(),
        Key::new("mode", Kind::Duration(0, DAY * 365), "Likeliest value, from `min` to `max`.").required(),
        Key::new("max", Kind::Duration(0, DAY * 365), "Largest value, above `min`.").required(),
    ],
};
const LAW_EMPIRICAL: TableSpec = TableSpec {
    doc: "The samples of a file.",
    keys: &[
        Key::new(
            "file",
            Kind::Name,
            "Path relative to the scenario's folder: one number a line, or the first CSV column.",
        )
        .required(),
        Key::new(
            "unit",
            Kind::Choice(&[word("s"), word("ms"), word("us"), word("ns")]),
            "Unit of the numbers.",
        )
        .required(),
    ],
};
