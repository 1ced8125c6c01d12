//! Assumptions and limits: what the run took for granted, what the bill leaves out, and the whole plan.

use serde::Serialize;

use super::reading::Results;
use crate::results::FidelityName;
use crate::scenario;

/// Longest plan that a page carries \[B\]; a longer one stays in its file.
const LONGEST_PLAN: usize = 200_000;

/// Sentence that holds for every bill.
pub(in crate::report) const PRICES: &str =
    "Prices are list prices on demand, without tax and discounts; a month is 730 hours.";
/// Sentence that holds where no request stands for others.
pub(in crate::report) const ONE_BY_ONE: &str = "Every request was simulated one by one.";

/// Note on runs with flows of requests.
const FLOWED: &str = "Requests flowed (fidelity `fluid`): tasks, decisions and cost are those of the flow, response times come from \
                      formulas and are approximate (≈).";

/// Content of the section.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PlanSection {
    assumptions: Vec<Assumption>,
    not_priced: Vec<String>,
    limits: Vec<String>,
    plan: Option<String>,
}

/// One assumption.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Assumption {
    pub(in crate::report) key: String,
    pub(in crate::report) value: String,
    pub(in crate::report) meaning: &'static str,
    /// Whether the scenario gives another value than the default.
    pub(in crate::report) is_changed: bool,
}

impl PlanSection {
    pub(super) fn new(results: &Results) -> Self {
        let plan = &results.plan;
        let assumptions = plan.head.assumptions.iter().map(|(key, value)| assumption(key, value)).collect();
        Self {
            assumptions,
            not_priced: results.summary.cost.not_priced.clone(),
            limits: limits(results),
            plan: (plan.text.len() <= LONGEST_PLAN).then(|| plan.text.clone()),
        }
    }
}

/// An assumption with what there is to say of it.
pub(in crate::report) fn assumption(key: &str, value: &toml::Value) -> Assumption {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let path = format!("assumptions.{key}");
    Assumption {
        key: key.to_owned(),
        value: text,
        meaning: scenario::key_note(&path).map_or("", |note| note.doc),
        is_changed: is_changed(&path, value),
    }
}

/// Whether a value, or one in the table that it is, is another than the default.
fn is_changed(path: &str, value: &toml::Value) -> bool {
    let default = scenario::key_note(path).and_then(|note| note.default).and_then(|text| {
        let table: toml::Table = toml::from_str(&format!("default = {text}")).ok()?;
        table.get("default").cloned()
    });
    // An empty table says that each of its keys has a default.
    let default = default.filter(|default| default.as_table().is_none_or(|table| !table.is_empty()));
    match (default, value.as_table()) {
        (Some(default), _) => !is_same(&default, value),
        (None, Some(table)) => table.iter().any(|(key, value)| is_changed(&format!("{path}.{key}"), value)),
        (None, None) => false,
    }
}

/// Whether two values say the same: `20` is `20.0`.
fn is_same(one: &toml::Value, other: &toml::Value) -> bool {
    let number =
        |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    if let (Some(one), Some(other)) = (one.as_table(), other.as_table()) {
        return one.len() == other.len()
            && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_same(value, other)));
    }
    number(one)
        .zip(number(other))
        .map_or_else(|| one == other, |(one, other)| one.to_bits() == other.to_bits())
}

/// The limits of the figures of this run: what they do not say.
fn limits(results: &Results) -> Vec<String> {
    let mut limits = Vec::new();
    let head = &results.plan.head;
    limits.push(match results.summary.scenario.fidelity {
        FidelityName::Requests => ONE_BY_ONE.to_owned(),
        FidelityName::Fluid => FLOWED.to_owned(),
    });
    limits.push(match &results.estimates {
        None => "This is one run, and another seed gives other figures; run it with --replications 30 to see how far they \
                 spread."
            .to_owned(),
        Some(estimates) => {
            let runs = estimates.replications;
            let mut text = format!("Checks rest on {runs} runs; charts, log, bill and tables show the first of them.");
            if estimates.interrupted {
                text.push_str(" The runs were interrupted: what was finished by then counts.");
            }
            text
        }
    });
    if head.warmup != "0s" {
        limits.push(format!(
            "Requests of the first {} are left out of the request figures; the bill leaves nothing out.",
            head.warmup
        ));
    }
    limits.push(PRICES.to_owned());
    limits
}
