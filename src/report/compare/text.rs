//! Words that the table of a difference and the pictures of a comparison share.

use super::super::numbers::grouped;
use super::super::words::plain;
use crate::experiment::compare::{Compared, VariantComparison};
use crate::experiment::{Estimate, Measure};
use crate::results::figure_text;

/// Measures of a service that are shown of every variant.
pub(in crate::report) const OF_SERVICE: [Measure; 6] = [
    Measure::ResponseQuantile(0.5),
    Measure::ResponseQuantile(0.95),
    Measure::ResponseQuantile(0.99),
    Measure::Availability,
    Measure::RunningMean,
    Measure::RunningMax,
];

/// A row of the comparison: a figure of a service, or of all together.
pub(in crate::report) type ComparisonRow<'a> = (Option<&'a str>, Measure);

/// The rows of the comparison, in order.
pub(in crate::report) fn lines(comparison: &VariantComparison) -> Vec<ComparisonRow<'_>> {
    let mut lines = vec![(None, Measure::CostPerMonth), (None, Measure::CostPerMillion)];
    for service in comparison.services() {
        lines.extend(OF_SERVICE.map(|measure| (Some(service), measure)));
    }
    lines
}

/// The variants' names: `web against faster, bigger`.
pub(in crate::report) fn title(comparison: &VariantComparison) -> String {
    let names: Vec<String> = comparison.variants.iter().map(|v| plain(&v.variant.name)).collect();
    match names.split_first() {
        Some((base, others)) if !others.is_empty() => format!("{base} against {}", others.join(", ")),
        _ => names.concat(),
    }
}

/// The basis of the figures: runs, intervals and seed.
pub(in crate::report) fn basis(comparison: &VariantComparison) -> String {
    let runs = comparison.variants.first().map_or(0, |variant| variant.sample.runs());
    let partial = if comparison.interrupted { " (interrupted)" } else { "" };
    let runs = if runs == 1 { "1 run".to_owned() } else { format!("{} runs", grouped(runs as u64)) };
    let approximate = comparison.variants.iter().any(|variant| variant.variant.scenario.is_approximate());
    let times = if approximate { " · requests flow: times are approximate (≈)" } else { "" };
    format!("{runs} each{partial}, the same requests for all · seed {}{times}", comparison.seed)
}

/// The value of a figure, marked where it is approximate.
pub(in crate::report) fn value_text(variant: &Compared, measure: Measure, estimate: &Estimate) -> String {
    let approximate = variant.variant.scenario.is_approximate() && measure.is_time();
    format!("{}{}", if approximate { "≈" } else { "" }, figure_text(measure, estimate.value))
}
