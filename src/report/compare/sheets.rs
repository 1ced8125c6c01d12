//! The comparison for programs: every figure of every variant, with its difference to the base.

use crate::experiment::compare::{Difference, VariantComparison};
use crate::experiment::scale_in::Ends;
use crate::experiment::{CONFIDENCE, Measure};
use crate::report::diff::changed_key;
use crate::report::scale_in::{mean_ends, orders};
use crate::results::{
    CellShort, ChangedKey, ComparedFigure, Comparison, ComparisonRow, FigureDifference, FigureValue, Rounded,
    ScaleInRangePerMonth, VariantOrders, VariantResult, VariantScenario, Version, sheet_bytes,
};
use crate::scenario::{Change, Part, changes};

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

/// `comparison.csv`: one row per variant and figure.
#[must_use]
pub fn comparison_csv(comparison: &VariantComparison) -> Vec<u8> {
    let has_gaps =
        comparison.variants.iter().any(|variant| !variant.variant.scenario.unpriced().is_nothing());
    let all = (0..comparison.variants.len())
        .flat_map(|index| figures(comparison).into_iter().map(move |figure| (index, figure)));
    sheet_bytes(has_gaps, all.filter_map(|(index, figure)| row(comparison, index, figure, has_gaps)))
}

fn row(
    comparison: &VariantComparison,
    index: usize,
    (service, measure): (Option<&str>, Measure),
    has_gaps: bool,
) -> Option<ComparisonRow> {
    let variant = &comparison.variants[index];
    let estimate = variant.estimate(service, measure)?;
    let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
    let scenario = &variant.variant.scenario;
    let gaps = || match service {
        _ if !measure.is_cost() => String::new(),
        Some(service) => scenario.unpriced_of(service).items.join(" "),
        None => scenario.unpriced().items.join(" "),
    };
    Some(ComparisonRow {
        variant: variant.variant.name.as_str().into(),
        figure: name(service, measure),
        value: CellShort::new(estimate.value),
        half_width: estimate.half_width.and_then(CellShort::new),
        difference: difference.and_then(|d| CellShort::new(d.absolute.value)),
        difference_half_width: difference.and_then(|d| CellShort::new(d.absolute.half_width?)),
        relative_difference: difference.and_then(|d| CellShort::new(d.relative?)),
        significant: difference.map(|d| d.absolute.is_significant()),
        unpriced: has_gaps.then(gaps),
    })
}

/// The content of `comparison.json`.
#[must_use]
pub fn comparison_result(comparison: &VariantComparison) -> Comparison {
    let variants = 0..comparison.variants.len();
    Comparison {
        cheapest_that_passes: comparison
            .cheapest
            .map(|index| comparison.variants[index].variant.name.clone()),
        confidence: CONFIDENCE,
        confidence_of_each_difference: Rounded::new(comparison.joint_confidence()),
        interrupted: comparison.interrupted,
        order_by_cost_at_scale_in_ends: orders(comparison)
            .map(|Ends { gradual, proportional }| VariantOrders { gradual, proportional }),
        replications: comparison.variants.first().map_or(0, |variant| variant.sample.runs()),
        schema_version: Version,
        seed: comparison.seed,
        variants: variants.map(|index| variant_result(comparison, index)).collect(),
    }
}

/// The keys in which a variant is not the base: what a run reads, and the checks.
fn changed_keys(comparison: &VariantComparison, index: usize) -> Vec<ChangedKey> {
    let [base, variant] = [0, index].map(|at| &comparison.variants[at].variant.scenario.resolved_toml);
    let is_read = |change: &Change| change.part != Part::Aside;
    changes(base, variant).into_iter().filter(is_read).map(changed_key).collect()
}

fn variant_result(comparison: &VariantComparison, index: usize) -> VariantResult {
    let variant = &comparison.variants[index];
    let scenario = &variant.variant.scenario;
    let compared = |(service, measure): (Option<&str>, Measure)| {
        let estimate = variant.estimate(service, measure)?;
        let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
        let is_approximate = scenario.is_approximate() && measure.is_time();
        let figure = ComparedFigure {
            approximate: is_approximate.then_some(true),
            difference: difference.map(|difference| figure_difference(measure, difference)),
            half_width: estimate.half_width.and_then(|half| FigureValue::new(measure, half)),
            value: FigureValue::new(measure, estimate.value),
        };
        Some((name(service, measure), figure))
    };
    VariantResult {
        assumptions: scenario.assumptions(),
        bill_not_comparable: comparison.unlike_bills(index, None),
        changes: changed_keys(comparison, index),
        checks: variant.checks.iter().map(Into::into).collect(),
        figures: figures(comparison).into_iter().filter_map(compared).collect(),
        horizon_s: Rounded::new(scenario.plan.horizon.as_secs_f64()),
        name: variant.variant.name.clone(),
        not_priced: scenario.not_priced.clone(),
        not_the_same_requests: comparison.unlike(index),
        region: scenario.region.clone(),
        scale_in_range: mean_ends(variant.scale_in).map(|ends| ScaleInRangePerMonth {
            gradual_per_month_usd: ends.gradual,
            proportional_per_month_usd: ends.proportional,
        }),
        scenario: VariantScenario {
            fidelity: scenario.into(),
            name: scenario.name.clone(),
            sha256: scenario.sha256.clone(),
        },
        unpriced: scenario.unpriced().items,
    }
}

fn figure_difference(measure: Measure, difference: Difference) -> FigureDifference {
    let Difference { absolute, relative } = difference;
    FigureDifference {
        half_width: absolute.half_width.and_then(|half| FigureValue::new(measure, half)),
        relative: relative.and_then(Rounded::new),
        significant: absolute.is_significant(),
        value: FigureValue::new(measure, absolute.value),
    }
}
