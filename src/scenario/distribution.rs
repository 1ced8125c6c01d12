//! Distributions as scenarios write them, and the sample files of empirical ones.

use std::io::{BufRead, BufReader, Read};

use windtunnel_kernel::random::{Distribution, DistributionError};
use windtunnel_kernel::units::SimDuration;

use super::codes;
use super::diagnostic::Problem;
use super::lower::Lower;
use super::lower::budget::Item;
use super::tree::{Place, Value};
use super::view::View;

/// Most samples that an empirical distribution holds.
const MOST_SAMPLES: usize = 10_000_000;

/// Longest time of a sample \[ns\].
const LONGEST_SAMPLE: f64 = 365.0 * 86_400.0 * 1e9;

/// The distribution of `key`.
pub(crate) fn read(view: View<'_>, key: &str, lower: &mut Lower<'_>) -> Option<Distribution> {
    match &view.node(key)?.value {
        Value::Text(_) => view.duration(key).map(Distribution::constant),
        Value::Table(_) => {
            let (law, parameters) = view.table(key)?.alternative()?;
            let place = view.place(key);
            if law == "empirical" {
                return empirical(parameters, &place, lower);
            }
            match build(law, parameters, &place, lower)? {
                Ok(distribution) => Some(distribution),
                Err(error) => {
                    lower.report.add(
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

fn build(
    law: &str,
    parameters: View<'_>,
    place: &Place,
    lower: &mut Lower<'_>,
) -> Option<Result<Distribution, DistributionError>> {
    let span = |key| parameters.duration(key);
    let number = |key| parameters.number(key);
    Some(match law {
        "constant" => Ok(Distribution::constant(span("value")?)),
        "exponential" => Distribution::exponential(span("mean")?),
        "lognormal" => return lognormal(parameters, place, lower),
        "gamma" => Distribution::gamma(number("shape")?, span("mean")?),
        "weibull" => Distribution::weibull(number("shape")?, span("scale")?),
        "pareto" => {
            let alpha = number("alpha")?;
            if alpha <= 1.0 {
                Err(DistributionError { parameter: "alpha", expected: "above 1, or the mean is infinite" })
            } else {
                if alpha <= 2.0 {
                    lower.report.add(
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
        "uniform" => Distribution::uniform(span("min")?, span("max")?),
        "triangular" => Distribution::triangular(span("min")?, span("mode")?, span("max")?),
        _ => return None,
    })
}

fn lognormal(
    parameters: View<'_>,
    place: &Place,
    lower: &mut Lower<'_>,
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
            lower.report.add(
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

fn empirical(parameters: View<'_>, place: &Place, lower: &mut Lower<'_>) -> Option<Distribution> {
    let file = parameters.text("file")?;
    let nanos = match parameters.text("unit")? {
        "s" => 1e9,
        "ms" => 1e6,
        "us" => 1e3,
        _ => 1.0,
    };
    if !lower.budget.has_room(Item::Samples) {
        return None;
    }
    let reader = lower.open(file, &parameters.place("file"))?;
    match samples(reader, nanos) {
        Ok(samples) => {
            let has_room = lower.budget.take(Item::Samples, samples.len() as u64, place);
            has_room.then(|| Distribution::empirical(&samples).ok()).flatten()
        }
        Err((0, why)) => {
            lower.report.add(
                Problem::new(codes::BAD_SAMPLES, format!("the samples cannot be used: {why}"))
                    .at(place, "this file"),
            );
            None
        }
        Err((line, why)) => {
            lower.report.add(
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
            Ok(value) if value.is_finite() && value * nanos > LONGEST_SAMPLE => {
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
