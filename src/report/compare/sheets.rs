//! The comparison for programs: every figure of every variant, with its difference to the base.

use serde_json::{Map, Value, json};

use crate::experiment::compare::{Difference, VariantComparison};
use crate::experiment::{CONFIDENCE, Estimate, Measure};
use crate::report::figures::figure_number;
use crate::report::numbers::rounded;
use crate::report::scale_in::{ends_json, orders};
use crate::report::summary::CheckSummary;
use crate::results::cell;

/// Every figure that is compared, of all services together and of each.
fn figures(comparison: &VariantComparison) -> Vec<(Option<&str>, Measure)> {
    let whole = [Measure::Cost, Measure::CostPerMonth, Measure::CostPerMillion];
    let mut figures: Vec<(Option<&str>, Measure)> = whole.iter().map(|measure| (None, *measure)).collect();
    for service in comparison.services() {
        figures.extend(Measure::OF_SERVICE.map(|measure| (Some(service), measure)));
    }
    figures
}

fn name(service: Option<&str>, measure: Measure) -> String {
    service.map_or_else(|| measure.name(), |service| format!("{service}.{}", measure.name()))
}

/// `comparison.csv`: one row a variant and figure. Differences are variant less base; their intervals hold together.
#[must_use]
pub fn comparison_csv(comparison: &VariantComparison) -> Vec<u8> {
    let number = |value: Option<f64>| {
        value.and_then(|value| rounded(value, 6)).map_or_else(String::new, |value| value.to_string())
    };
    // The last column is there only where a bill leaves something out.
    let has_gaps =
        comparison.variants.iter().any(|variant| !variant.variant.scenario.unpriced().is_nothing());
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    rows[0].extend(has_gaps.then(|| "unpriced".to_owned()));
    for (index, variant) in comparison.variants.iter().enumerate() {
        for (service, measure) in figures(comparison) {
            let Some(estimate) = variant.estimate(service, measure) else { continue };
            let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
            let mut row = vec![
                cell(&variant.variant.name),
                name(service, measure),
                number(Some(estimate.value)),
                number(estimate.half_width),
                number(difference.map(|d| d.absolute.value)),
                number(difference.and_then(|d| d.absolute.half_width)),
                number(difference.and_then(|d| d.relative)),
                difference.map_or_else(String::new, |d| d.absolute.is_significant().to_string()),
            ];
            let scenario = &variant.variant.scenario;
            let gaps = || match service {
                _ if !measure.is_cost() => String::new(),
                Some(service) => scenario.unpriced_of(service).items.join(" "),
                None => scenario.unpriced().items.join(" "),
            };
            row.extend(has_gaps.then(gaps));
            rows.push(row);
        }
    }
    sheet(&rows)
}

const COLUMNS: [&str; 8] = [
    "variant",
    "figure",
    "value",
    "half_width",
    "difference",
    "difference_half_width",
    "relative_difference",
    "significant",
];

/// Rows as CSV.
fn sheet(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail, and every row has the same length.
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// `comparison.json`.
#[must_use]
pub fn comparison_json(comparison: &VariantComparison) -> String {
    let variants: Vec<Value> =
        (0..comparison.variants.len()).map(|index| variant_json(comparison, index)).collect();
    let whole = json!({
        "schema_version": "1.3",
        "seed": comparison.seed,
        "replications": comparison.variants.first().map_or(0, |variant| variant.sample.runs()),
        "interrupted": comparison.interrupted,
        "confidence": CONFIDENCE,
        "confidence_of_each_difference": rounded(comparison.joint_confidence(), 9),
        "cheapest_that_passes": comparison.cheapest.map(|index| comparison.variants[index].variant.name.clone()),
        "order_by_cost_at_scale_in_ends": orders(comparison).map(|orders| json!({
            "gradual": orders.gradual, "proportional": orders.proportional,
        })),
        "variants": variants,
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn variant_json(comparison: &VariantComparison, index: usize) -> Value {
    let variant = &comparison.variants[index];
    let mut values = Map::new();
    for (service, measure) in figures(comparison) {
        let Some(estimate) = variant.estimate(service, measure) else { continue };
        let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
        let mut value = figure(measure, &estimate, difference);
        if let (true, Value::Object(map)) =
            (variant.variant.scenario.is_approximate() && measure.is_time(), &mut value)
        {
            map.insert("approximate".to_owned(), Value::Bool(true));
        }
        values.insert(name(service, measure), value);
    }
    let checks: Vec<CheckSummary<'_>> = variant.checks.iter().map(CheckSummary::of).collect();
    let scenario = &variant.variant.scenario;
    json!({
        "name": variant.variant.name,
        "scenario": { "name": scenario.name, "sha256": scenario.sha256, "fidelity": scenario.fidelity() },
        "not_the_same_requests": comparison.unlike(index),
        "assumptions": scenario.assumptions(),
        "region": scenario.region,
        "horizon_s": rounded(scenario.plan.horizon.as_secs_f64(), 9),
        "unpriced": scenario.unpriced().items,
        "bill_not_comparable": comparison.unlike_bills(index, None),
        "not_priced": scenario.not_priced,
        "scale_in_range": ends_json(variant.scale_in, "per_month_usd"),
        "figures": values,
        "checks": checks,
    })
}

fn figure(measure: Measure, estimate: &Estimate, difference: Option<Difference>) -> Value {
    let number = |value: f64| figure_number(measure, value);
    let mut object =
        json!({ "value": number(estimate.value), "half_width": estimate.half_width.map(number) });
    if let (Some(difference), Value::Object(map)) = (difference, &mut object) {
        let Difference { absolute, relative } = difference;
        map.insert(
            "difference".to_owned(),
            json!({
                "value": number(absolute.value),
                "half_width": absolute.half_width.map(number),
                "relative": relative.and_then(|share| rounded(share, 6)),
                "significant": absolute.is_significant(),
            }),
        );
    }
    object
}
