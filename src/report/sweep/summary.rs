//! `summary.json` of a sweep: what was swept, how much of it there is, the front, and the cheapest point that passes.

use serde_json::{Map, Value, json};

use super::super::numbers::rounded;
use super::SweepView;
use super::sheets::replay;
use crate::experiment::points::Points;
use crate::experiment::sweep::{CellOutcome, CellRow, FailureKind};

/// The content of `summary.json`.
#[must_use]
pub fn summary_json(view: &SweepView<'_>) -> String {
    let SweepView { head, design, summary } = view;
    let kind = match &head.points {
        Points::Grid => "grid",
        Points::LatinHypercube { .. } => "latin_hypercube",
        Points::List { .. } => "list",
    };
    let labels = |axis: &crate::scenario::Axis| {
        let labels: Vec<&str> = axis.values.iter().map(|value| value.label.as_str()).collect();
        json!({ "name": axis.name, "values": labels })
    };
    let by_kind = FailureKind::ALL
        .into_iter()
        .map(|kind| (kind.name().to_owned(), json!(summary.failed.get(&kind).copied().unwrap_or(0))));
    let front: Vec<Value> = summary.front.iter().map(|point| point_json(view, *point)).collect();
    let failures: Vec<Value> = summary.failures.iter().map(|row| failure_json(view, row)).collect();
    let summary = json!({
        "schema_version": "1.2",
        "scenario": { "name": head.scenario, "sha256": head.scenario_sha256, "seed": head.seed },
        "sweep_sha256": head.hash(),
        "design": {
            "kind": kind,
            "axes": head.axes.iter().map(labels).collect::<Vec<_>>(),
            "points": design.points(),
            "replications": design.replications(),
            "budget_requests": head.budget,
        },
        "cells": {
            "planned": summary.planned,
            "finished": summary.finished,
            "failed": summary.failures(),
            "failed_by_kind": Map::from_iter(by_kind),
        },
        "partial": !summary.is_whole(),
        "cells_with_approximate_times": summary.approximate,
        "requests": counted(summary.requests),
        "checks": head.checks,
        "assumptions": head.assumptions,
        "not_priced": head.not_priced,
        "region": head.region,
        "horizon_s": head.horizon_s,
        "unpriced": head.unpriced,
        "checks_not_judged": head.unjudged,
        "pareto_front": front,
        "points_that_pass": if head.checks.is_empty() { Value::Null } else { json!(summary.passing.len()) },
        "cheapest_that_passes": summary.cheapest().map_or(Value::Null, |point| point_json(view, point)),
        "failures": failures,
    });
    let text = serde_json::to_string_pretty(&summary).unwrap_or_default();
    text + "\n"
}

fn values_json(view: &SweepView<'_>, point: u64) -> Value {
    let labels = view.design.labels(point);
    let pairs = view.design.axes().iter().zip(labels);
    Value::Object(pairs.map(|(axis, label)| (axis.name.clone(), json!(label))).collect())
}

fn point_json(view: &SweepView<'_>, point: u64) -> Value {
    let place = view.summary.at(point);
    json!({
        "point": point,
        "values": values_json(view, point),
        "set": view.design.overrides(point),
        "cost_per_month_usd": rounded(place.cost, 2).map_or(Value::Null, |cost| json!(format!("{cost:.2}"))),
        "response_time_p99_ms": rounded(place.p99, 3),
        "passes_checks": if view.head.checks.is_empty() { Value::Null } else { json!(view.summary.passes(point)) },
    })
}

fn failure_json(view: &SweepView<'_>, row: &CellRow) -> Value {
    let (point, replication) = view.design.split(row.cell);
    let CellOutcome::Failed(failure) = &row.outcome else { return Value::Null };
    json!({
        "point": point,
        "replication": replication,
        "seed": row.seed,
        "values": values_json(view, point),
        "kind": failure.kind.name(),
        "message": failure.message,
        "replay": replay(view.head, view.design, row),
    })
}

/// A count in JSON: a whole number where 64 bits hold it, else a float.
#[expect(clippy::cast_precision_loss, reason = "a count beyond what JSON has whole numbers for")]
fn counted(count: u128) -> Value {
    u64::try_from(count).map_or_else(|_| json!(count as f64), |count| json!(count))
}
