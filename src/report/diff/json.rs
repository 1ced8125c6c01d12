//! The difference for programs.

use serde_json::{Map, Value, json};

use super::text::Diff;
use crate::experiment::compare::Difference;
use crate::experiment::{CONFIDENCE, Estimate, Measure};
use crate::report::compare::lines;
use crate::report::figures::figure_number;
use crate::report::gate::gate_value;
use crate::report::numbers::rounded;
use crate::scenario::{Change, Part};

/// The difference as JSON, ending with a line feed.
#[must_use]
pub fn diff_json(diff: &Diff) -> String {
    let comparison = &diff.comparison;
    let scenario = |index: usize| {
        let scenario = &comparison.variants.get(index)?.variant.scenario;
        Some(json!({
            "subject": diff.subjects[index],
            "name": scenario.name,
            "sha256": scenario.sha256,
            "region": scenario.region,
            "unpriced": scenario.unpriced().items,
        }))
    };
    let mut figures = Map::new();
    for (service, measure) in lines(comparison) {
        let at = |index: usize| {
            let estimate = comparison.variants.get(index)?.estimate(service, measure)?;
            Some(estimated(measure, &estimate))
        };
        let name = service.map_or_else(|| measure.name(), |service| format!("{service}.{}", measure.name()));
        let difference = comparison.difference(1, service, measure);
        figures.insert(
            name,
            json!({ "before": at(0), "after": at(1), "difference": difference.map(|d| differing(measure, &d)) }),
        );
    }
    let services: Map<String, Value> = comparison
        .services()
        .into_iter()
        .map(|service| (service.to_owned(), json!(diff.presence(service).word())))
        .collect();
    let part = |part: Part| diff.of(part).into_iter().map(change).collect::<Vec<_>>();
    let whole = json!({
        "schema_version": "1.1",
        "base": scenario(0),
        "head": scenario(1),
        "seed": comparison.seed,
        "replications": diff.gate.runs,
        "runs": if comparison.interrupted { "interrupted" } else { "complete" },
        "confidence": CONFIDENCE,
        "verdict": diff.verdict(),
        "bill_not_comparable": comparison.unlike_bills(1, None),
        "services": services,
        "figures": figures,
        "checks": gate_value(&diff.gate),
        "changes": {
            "policy": part(Part::Policy),
            "other": part(Part::Other),
            "other_in_words": diff.unlike(),
            "checks": part(Part::Checks),
            "without_effect": part(Part::Aside),
        },
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn estimated(measure: Measure, estimate: &Estimate) -> Value {
    let number = |value: f64| figure_number(measure, value);
    json!({ "value": number(estimate.value), "half_width": estimate.half_width.map(number) })
}

fn differing(measure: Measure, difference: &Difference) -> Value {
    let Difference { absolute, relative } = difference;
    let mut object = estimated(measure, absolute);
    if let Value::Object(map) = &mut object {
        map.insert("relative".to_owned(), json!(relative.and_then(|share| rounded(share, 6))));
        let word = match absolute.half_width {
            None => "one_run",
            Some(_) if absolute.is_significant() => "significant",
            Some(_) => "not_significant",
        };
        map.insert("verdict".to_owned(), json!(word));
    }
    object
}

fn change(change: &Change) -> Value {
    json!({ "key": change.key, "before": change.before, "after": change.after })
}
