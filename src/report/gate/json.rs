//! The verdicts for programs. Money is decimal text; a status and what it does are words.

use serde_json::{Map, Value, json};

use super::{Gate, Judged};
use crate::experiment::replications::CONFIDENCE;
use crate::experiment::{CheckStatus, checks};
use crate::report::numbers::rounded;
use crate::report::summary::status_word;
use crate::scenario::Check;

/// The verdicts as JSON, ending with a line feed.
#[must_use]
pub fn gate_json(gate: &Gate) -> String {
    let mut text = serde_json::to_string_pretty(&gate_value(gate)).unwrap_or_default();
    text.push('\n');
    text
}

/// The verdicts as a value, to stand alone or within another document.
pub(in crate::report) fn gate_value(gate: &Gate) -> Value {
    let counts = |status| gate.verdicts.iter().filter(|judged| judged.outcome.status == status).count();
    json!({
        "schema_version": "1.0",
        "scenario": { "name": gate.scenario, "subject": gate.subject, "seed": gate.seed },
        "baseline": gate.baseline,
        "replications": gate.runs,
        "runs": if gate.interrupted { "interrupted" } else { "complete" },
        "confidence": CONFIDENCE,
        "status": status_word(gate.status()),
        "gate": if gate.holds() { "open" } else { "closed" },
        "inconclusive_counts_as": if gate.strict { "fail" } else { "pass" },
        "counts": {
            "pass": counts(CheckStatus::Pass),
            "fail": counts(CheckStatus::Fail),
            "inconclusive": counts(CheckStatus::Inconclusive),
            "no_data": counts(CheckStatus::NoData),
        },
        "checks": gate.verdicts.iter().map(judged).collect::<Vec<_>>(),
    })
}

fn judged(judged: &Judged) -> Value {
    let Judged { check, outcome, place } = judged;
    let mut object = Map::new();
    let mut add = |key: &str, value: Value| object.insert(key.to_owned(), value);
    add("check", json!(outcome.check));
    add("status", json!(status_word(outcome.status)));
    add("value", json!(outcome.value));
    add("unit", json!(check.measure.unit().name()));
    add("limit", number(check, check.limit));
    let estimate = outcome.estimate.as_ref();
    let (low, high) = estimate.map(|estimate| checks::ends(check, estimate)).unzip();
    let known = |value: Option<f64>| value.map_or(Value::Null, |value| number(check, value));
    add("estimate", known(estimate.map(|estimate| estimate.value)));
    let has_interval = estimate.is_some_and(|estimate| estimate.half_width.is_some());
    add("low", known(low.filter(|_| has_interval)));
    add("high", known(high.filter(|_| has_interval)));
    add("service", json!(outcome.service));
    add("note", json!(outcome.note));
    add("place", place.as_ref().map_or(Value::Null, |(file, line)| json!({ "file": file, "line": line })));
    Value::Object(object)
}

fn number(check: &Check, value: f64) -> Value {
    match check.measure.unit().name() {
        "USD" if value.is_finite() => json!(format!("{value:.4}")),
        _ => rounded(value, 6).map_or(Value::Null, |value| json!(value)),
    }
}
