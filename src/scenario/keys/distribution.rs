//! Distributions as scenarios write them, and the sample files of empirical ones.

use std::io::{BufRead, BufReader, Read};

use windtunnel_kernel::random::{Distribution, DistributionError};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::budget::BudgetItem;
use crate::scenario::keys::builder::Builder;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::{SourceSpan, Value};

const DAY: u64 = 86_400;
const POSITIVE: Kind = Kind::DurationAbove(DAY * 365);
const SHAPE_PARAMETER: Kind = Kind::NumberAbove(0.000_001, 999_999.0);

/// A duration, or a table with one law.
pub(crate) const TIMES: Kind = Kind::Distribution(&DISTRIBUTION);

/// A law of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LawKind {
    Constant,
    Exponential,
    Lognormal,
    Gamma,
    Weibull,
    Pareto,
    Uniform,
    Triangular,
    Empirical,
}

choices! { LAWS: LawKind {
    "constant" => Constant,
    "exponential" => Exponential,
    "lognormal" => Lognormal,
    "gamma" => Gamma,
    "weibull" => Weibull,
    "pareto" => Pareto,
    "uniform" => Uniform,
    "triangular" => Triangular,
    "empirical" => Empirical,
} }
choices! {
    /// Units of sample files \[ns\].
    UNITS = f64 { "s" => 1e9, "ms" => 1e6, "us" => 1e3, "ns" => 1.0 }
}

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
        Key::new("unit", Kind::Choice(UNITS.words), "Unit of the numbers.").required(),
    ],
};

/// Most samples that an empirical distribution holds.
const MOST_SAMPLES: usize = 10_000_000;

/// Longest mean and longest sample of a law, as long as the longest value that can be written: 365 days.
const LONGEST_MEAN: SimDuration = SimDuration::from_secs(365 * 86_400);

/// The distribution of `key`. Its mean is at most [`LONGEST_MEAN`], whatever it follows from.
pub(crate) fn read(view: TableReader<'_>, key: &str, builder: &mut Builder<'_>) -> Option<Distribution> {
    match &view.node(key)?.value {
        Value::Text(_) => view.duration(key).map(Distribution::constant),
        Value::Table(_) => {
            let (law, parameters) = view.table(key)?.alternative()?;
            let law = LAWS.value(law)?;
            let place = view.place(key);
            if law == LawKind::Empirical {
                let distribution = empirical(parameters, &place, builder)?;
                return bounded(distribution, key, &parameters.place("file"), None, None, builder);
            }
            match build(law, parameters, &place, builder)? {
                Ok(distribution) => {
                    let ([parameter, other], fix) = tamer(law, parameters);
                    let (place, other) = (parameters.place(parameter), parameters.place(other));
                    bounded(distribution, key, &place, Some(&other), fix, builder)
                }
                Err(error) => {
                    builder.report.add(
                        Problem::new(codes::BAD_DISTRIBUTION, format!("`{key}` is not a distribution"))
                            .at(&parameters.place(error.parameter), error.parameter)
                            .expected(format!("`{}` to be {}", error.parameter, error.expected)),
                    );
                    None
                }
            }
        }
        _ => None,
    }
}

/// The law, unless its mean is too long: flows go by means, and what they add up must stay finite.
#[expect(clippy::cast_precision_loss, reason = "a limit")]
fn bounded(
    law: Distribution,
    key: &str,
    place: &SourceSpan,
    other: Option<&SourceSpan>,
    fix: Option<String>,
    builder: &mut Builder<'_>,
) -> Option<Distribution> {
    let mean = law.mean_nanos();
    // A mean that is given is at most the limit, and comes back from the law with an error in its last digits.
    if mean <= LONGEST_MEAN.0 as f64 * (1.0 + 1e-9) {
        return Some(law);
    }
    let said = if mean.is_finite() { format!("{:.3e} s", mean / 1e9) } else { "infinite".to_owned() };
    let mut problem = Problem::new(codes::BAD_DISTRIBUTION, format!("the mean of `{key}` is {said}"))
        .at(place, "the mean follows from this")
        .expected("parameters whose mean is at most 365d");
    if let Some(other) = other {
        problem = problem.also(other, "and from this");
    }
    builder.report.add(match fix {
        Some(fix) => problem.fix(fix),
        None => problem.help("a mean of months is seldom meant: look at the unit"),
    });
    None
}

/// The parameters of a law that make its mean long, and the nearest value of the first that does not.
fn tamer(law: LawKind, parameters: TableReader<'_>) -> ([&'static str; 2], Option<String>) {
    let number = |key| parameters.number(key);
    let span = |key| parameters.duration(key);
    let rounded_up = |key: &str, value: f64| format!("{key} = {:.3}", libm::ceil(value * 1e3) / 1e3);
    match law {
        LawKind::Weibull => {
            let shape =
                nearest(number("shape"), 1.0, |shape| Distribution::weibull(shape, span("scale")?).ok());
            (["shape", "scale"], shape.map(|shape| rounded_up("shape", shape)))
        }
        LawKind::Pareto => {
            let alpha =
                nearest(number("alpha"), 1e3, |alpha| Distribution::pareto(alpha, span("minimum")?).ok());
            (["alpha", "minimum"], alpha.map(|alpha| rounded_up("alpha", alpha)))
        }
        // Only the parameters of these three make a mean longer than they are themselves.
        LawKind::Lognormal
        | LawKind::Constant
        | LawKind::Exponential
        | LawKind::Gamma
        | LawKind::Uniform
        | LawKind::Triangular
        | LawKind::Empirical => {
            let p95 = nearest(span("p95").map(SimDuration::as_secs_f64), 0.0, |p95| {
                let median = span("median")?;
                let p95 = SimDuration::from_secs_f64(p95).max(median);
                Distribution::lognormal_median_p95(median, p95).ok()
            });
            (["p95", "median"], p95.map(|p95| format!("p95 = \"{}ms\"", libm::floor(p95 * 1e3))))
        }
    }
}

/// The value nearest to `from` whose law has a mean within the limit, on the way to `to`, whose law has; `None` where not
/// even that one has.
#[expect(clippy::cast_precision_loss, reason = "a limit")]
fn nearest(from: Option<f64>, to: f64, law: impl Fn(f64) -> Option<Distribution>) -> Option<f64> {
    let is_short = |value: f64| law(value).is_some_and(|law| law.mean_nanos() <= LONGEST_MEAN.0 as f64);
    let (mut long, mut short) = (from?, to);
    if !is_short(short) {
        return None;
    }
    for _ in 0..100 {
        let middle = (long + short) / 2.0;
        if is_short(middle) { short = middle } else { long = middle }
    }
    Some(short)
}

fn build(
    law: LawKind,
    parameters: TableReader<'_>,
    place: &SourceSpan,
    builder: &mut Builder<'_>,
) -> Option<Result<Distribution, DistributionError>> {
    let span = |key| parameters.duration(key);
    let number = |key| parameters.number(key);
    Some(match law {
        LawKind::Constant => Ok(Distribution::constant(span("value")?)),
        LawKind::Exponential => Distribution::exponential(span("mean")?),
        LawKind::Lognormal => return lognormal(parameters, place, builder),
        LawKind::Gamma => Distribution::gamma(number("shape")?, span("mean")?),
        LawKind::Weibull => Distribution::weibull(number("shape")?, span("scale")?),
        LawKind::Pareto => {
            let alpha = number("alpha")?;
            if alpha <= 1.0 {
                Err(DistributionError { parameter: "alpha", expected: "above 1, or the mean is infinite" })
            } else {
                if alpha <= 2.0 {
                    builder.report.add(
                        Problem::new(
                            codes::HEAVY_TAIL,
                            format!("a Pareto law with alpha = {alpha} has no variance"),
                        )
                        .at(&parameters.place("alpha"), "2 or less")
                        .help("means converge slowly; treat the results of a single run with care"),
                    );
                }
                Distribution::pareto(alpha, span("minimum")?)
            }
        }
        LawKind::Uniform => Distribution::uniform(span("min")?, span("max")?),
        LawKind::Triangular => Distribution::triangular(span("min")?, span("mode")?, span("max")?),
        // The samples of a file are read by `empirical`.
        LawKind::Empirical => return None,
    })
}

fn lognormal(
    parameters: TableReader<'_>,
    place: &SourceSpan,
    builder: &mut Builder<'_>,
) -> Option<Result<Distribution, DistributionError>> {
    let given: Vec<bool> =
        ["mean", "cv", "median", "p95"].iter().map(|key| parameters.is_given(key)).collect();
    match given.as_slice() {
        [true, true, false, false] => {
            Some(Distribution::lognormal_mean_cv(parameters.duration("mean")?, parameters.number("cv")?))
        }
        [false, false, true, true] => Some(Distribution::lognormal_median_p95(
            parameters.duration("median")?,
            parameters.duration("p95")?,
        )),
        _ => {
            builder.report.add(
                Problem::new(
                    codes::BAD_DISTRIBUTION,
                    "a lognormal law needs two parameters that go together",
                )
                .at(place, "")
                .expected("`mean` and `cv`, or `median` and `p95`"),
            );
            None
        }
    }
}

fn empirical(
    parameters: TableReader<'_>,
    place: &SourceSpan,
    builder: &mut Builder<'_>,
) -> Option<Distribution> {
    let file = parameters.text("file")?;
    let nanos = parameters.choice("unit", &UNITS)?;
    if !builder.budget.has_room(BudgetItem::Samples) {
        return None;
    }
    let reader = builder.open(file, &parameters.place("file"))?;
    match samples(reader, nanos) {
        Ok(samples) => {
            let has_room = builder.budget.take(BudgetItem::Samples, samples.len() as u64, place);
            has_room.then(|| Distribution::empirical(&samples).ok()).flatten()
        }
        Err((0, why)) => {
            builder.report.add(
                Problem::new(codes::BAD_SAMPLES, format!("the samples cannot be used: {why}"))
                    .at(place, "this file"),
            );
            None
        }
        Err((line, why)) => {
            builder.report.add(
                Problem::new(codes::BAD_SAMPLES, format!("line {line} of `{file}` cannot be used: {why}"))
                    .at(place, "this file")
                    .expected("one finite number, zero or more, a line"),
            );
            None
        }
    }
}

/// The samples of a file; an error carries its line, 0 for the file as a whole.
fn samples(reader: Box<dyn Read>, nanos: f64) -> Result<Vec<SimDuration>, (usize, String)> {
    let mut reader = BufReader::new(reader);
    let mut samples = Vec::new();
    let mut buffer = Vec::new();
    for line in 1.. {
        buffer.clear();
        let limit = 1 << 16;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut buffer);
        match read {
            Err(error) => return Err((0, error.to_string())),
            Ok(0) => break,
            Ok(length) if length as u64 == limit => return Err((line, "the line is too long".to_owned())),
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&buffer);
        let field = text.trim_start_matches('\u{feff}').split(',').next().unwrap_or("").trim();
        if field.is_empty() {
            continue;
        }
        match field.parse::<f64>() {
            Ok(value) if value.is_finite() && value * nanos > LONGEST_MEAN.0 as f64 => {
                return Err((line, format!("{value} is more than 365 days, the longest time of a law")));
            }
            Ok(value) if value.is_finite() && value >= 0.0 => {
                samples.push(SimDuration::from_nanos_f64(value * nanos));
            }
            Err(_) if line == 1 => {}
            _ => return Err((line, format!("`{}`", field.escape_debug().take(40).collect::<String>()))),
        }
        if samples.len() > MOST_SAMPLES {
            return Err((line, format!("there are more than {MOST_SAMPLES} samples")));
        }
    }
    if samples.is_empty() { Err((0, "there is no sample in the file".to_owned())) } else { Ok(samples) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_of_the_table_is_bound() {
        let keys: Vec<&str> = DISTRIBUTION.keys.iter().map(|key| key.name).collect();
        let words: Vec<&str> = LAWS.words.iter().map(|choice| choice.word).collect();
        assert_eq!(keys, words);
    }
}
